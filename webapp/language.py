"""语言: Chinese, or English on a switch; what the reader chose is kept in a cookie, signed in or not.

What a government writes itself (names of steps, forms, tables, matters, the trail) stays as it was written.
"""
import os
import re
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Blueprint, Flask, redirect, render_template, request, url_for
from flask_babel import ngettext, refresh
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup
from werkzeug.wrappers import Response

from webapp import auth, reader
from webapp.plural import Languages, agreeing
from webapp.reader import COOKIE, LOCALES, chosen, english
from webapp.session import local_path

bp = Blueprint('language', __name__)

NAMES = {'zh': '中文', 'en': 'English'}
TAGS = {'zh': 'zh-CN', 'en': 'en'}
_YEAR = 365 * 86_400
_CHINESE = re.compile(r'<(\w+)((?:\s[^<>]*)?)>(?=[^<]*[\u4e00-\u9fff])(?![^<]*[A-Za-z]{3})(?=[^<]*</\1>)')
_LOOSE = re.compile(r'(<(?!/?(?:title|option|textarea|script|style|text|tspan)\b)/?\w+(?![^<>]* lang=)(?:\s[^<>]*)?>)'
                    r'(?=[^<]*[\u4e00-\u9fff])([^<]+)')
_WORD = re.compile('[A-Za-z]{3}')
_RUN = re.compile('[\u4e00-\u9fff][\u3000-\u303f\u4e00-\u9fff\uff00-\uffef·0-9]*')
CATALOGUE = Path(__file__).parent / 'translations' / 'en' / 'LC_MESSAGES' / 'messages.po'


def compiled() -> None:
    """Make the catalogue that gettext reads, unless it is as new as the one that people write."""
    made = CATALOGUE.with_suffix('.mo')
    if made.exists() and made.stat().st_mtime >= CATALOGUE.stat().st_mtime:
        return
    fresh = made.with_suffix(f'.{os.getpid()}')                          # two that start at once do not mix
    with CATALOGUE.open('rb') as source, fresh.open('wb') as target:
        write_mo(target, read_po(source, locale='en'))
    fresh.replace(made)


@bp.get('/language')
@auth.public
def index() -> str:
    """The two languages, and which one is read now."""
    return render_template('language/index.html', names=NAMES, back=local_path(request.args.get('next')) or '')


@bp.post('/language')
@auth.public
def choose() -> Response:
    """Read on in the language of the button, on the page where one was."""
    read = reader.choose(request.form.get('language'))
    refresh()
    answer = redirect(local_path(request.form.get('next')) or url_for('language.index'), 303)
    answer.set_cookie(COOKIE, read, max_age=_YEAR, samesite='Lax', httponly=True, secure=request.is_secure)
    return answer


@bp.after_app_request
def marked(answer: Response) -> Response:
    """What is Chinese on an English page says so, to be read aloud in the right language (WCAG 3.1.2)."""
    if english() and answer.mimetype == 'text/html' and not answer.direct_passthrough:
        page = _CHINESE.sub(_with_language, answer.get_data(as_text=True))
        answer.set_data(_LOOSE.sub(_with_runs, page))
    return answer


def _with_language(tag: re.Match[str]) -> str:
    name, attributes = tag.groups()
    return tag[0] if ' lang=' in attributes else f'<{name}{attributes} lang="{TAGS["zh"]}">'


def _with_runs(found: re.Match[str]) -> str:
    """A text beside other elements: marked as a whole, or its names in an English sentence. It stays in one piece,
    for where pieces are laid out side by side (a cell of a table on a phone) another would come between."""
    tag, text = found.groups()
    if not _WORD.search(text):
        return f'{tag}{_piece(text)}'
    return f'{tag}<span>{_RUN.sub(lambda run: _piece(run[0]), text)}</span>'


def _piece(text: str) -> str:
    return f'<span lang="{TAGS["zh"]}">{text}</span>'


@pass_eval_context
def _said(context: EvalContext, text: str, /, **values: Any) -> str:
    """The words of a template. Chinese is what is written there: a page says hundreds, so nothing is looked up."""
    said = agreeing(text, values) if english() else text
    return (Markup(said) if context.autoescape else said) % values


def install(app: Flask) -> None:
    """Templates write `language()`, `language_tag()`, `other_language()`."""
    compiled()
    reader.install(app)
    Languages(app, default_locale=LOCALES['zh'], default_timezone='Asia/Shanghai',
              locale_selector=lambda: LOCALES[chosen()])
    other = {'zh': 'en', 'en': 'zh'}
    app.jinja_env.install_gettext_callables(_said, ngettext, newstyle=False)
    app.jinja_env.globals.update(language=chosen, language_tag=lambda: TAGS[chosen()],
                                 other_language=lambda: (other[chosen()], NAMES[other[chosen()]]))
