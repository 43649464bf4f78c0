"""The web: reads the request, calls a verb of the engine, draws the answer. Here its rooms come together."""
from collections.abc import Mapping, MutableMapping
from importlib import import_module, util
from typing import Any

from flask import Flask, Response
from flask.templating import Environment
from flask_wtf.csrf import generate_csrf
from jinja2 import StrictUndefined
from markupsafe import Markup
from werkzeug.middleware.proxy_fix import ProxyFix

from webapp import asset, auth, config, errors, language, number, page, say
from webapp.db import db

# One room per noun; each exposes its blueprint as `bp`.
ROOMS = ('asset', 'session', 'inbox', 'batch', 'usertask', 'assignment', 'opinion', 'intake', 'breakdown', 'message', 'contact',
         'outbox', 'clock', 'matter', 'ledger', 'board', 'milestone', 'wall', 'history', 'notice', 'document',
         'offer', 'export', 'definition', 'decision', 'comparison', 'release', 'proposal', 'draft', 'drawing', 'file',
         'story', 'simulation', 'filling', 'backtest', 'calendar', 'parameter', 'health', 'incident', 'migration',
         'intervention', 'rest', 'beside', 'circulation', 'comment', 'attachment', 'urging', 'phrase', 'savedview',
         'setting', 'language', 'substitute', 'account', 'directory', 'handover', 'roster', 'tenant')

POLICY = ("default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
          "frame-ancestors 'none'")


class Templates(Environment):
    """No template has globals of its own here, so all share one dict: a page imports two dozen components, and each import
    compares the names of its globals with the page's."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return super().make_globals(d) if d else self.globals


def create_app(settings: Mapping[str, Any] | None = None) -> Flask:
    """The application. `settings` by the names of `config.SETTINGS`; the others come from the environment.

    :raises config.Unusable: a setting cannot be used; the text says what to write.
    """
    app = Flask(__name__, static_folder=None)
    app.jinja_environment = Templates
    app.config.from_mapping(config.read() | dict(settings or {}))
    _configure(app)
    db.init_app(app)
    for part in (language, number, auth, errors, page, say, asset):
        part.install(app)
    for room in ROOMS:
        if util.find_spec(f'webapp.{room}'):
            app.register_blueprint(import_module(f'webapp.{room}').bp)
    app.after_request(_headers)
    return app


def _configure(app: Flask) -> None:
    app.config.update(
        SQLALCHEMY_DATABASE_URI=app.config['DATABASE_URL'],
        MAX_CONTENT_LENGTH=app.config['UPLOAD_KB'] * 1024,
        MAX_FORM_MEMORY_SIZE=app.config['UPLOAD_KB'] * 1024,
        PERMANENT_SESSION_LIFETIME=app.config['IDLE_MINUTES'] * 60,
        SESSION_COOKIE_NAME='duban', SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE='Lax',
        WTF_CSRF_TIME_LIMIT=None,           # as long as the session: a form may stay open
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals['csrf_field'] = lambda: Markup(
        '<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())
    layers = app.config['PROXIES']
    if layers:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=layers, x_proto=layers, x_host=layers)


def _headers(answer: Response) -> Response:
    answer.headers.setdefault('Content-Security-Policy', POLICY)
    answer.headers.setdefault('X-Content-Type-Options', 'nosniff')
    answer.headers.setdefault('Referrer-Policy', 'same-origin')
    answer.headers.setdefault('Cache-Control', 'no-store')
    return answer
