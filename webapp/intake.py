"""立项: the question of secrecy first and alone, then the register form; nothing is stored before that."""
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask import session as cookie
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from engine import incident, instance
from engine.errors import Invalid
from engine.instance import TaskView
from engine.plan import Plan
from webapp import auth, form, usertask
from webapp.db import db

bp = Blueprint('intake', __name__)


def _blank(name: str) -> TaskView:
    """A form before there is a matter: the officer's own unit supervises until the table says otherwise."""
    return instance.blank_view(db.session, current_user.tenant.id, name, current_user.actor(),
                               {'supervisor_unit': current_user.unit})


@bp.get('/intake')
@auth.requires('officer')
def ask() -> str:
    """Is it secret?"""
    cookie.pop('not_secret', None)
    return form.draw(_blank('intake'), None, drafts='')


@bp.post('/intake')
@auth.requires('officer')
def answer() -> Any:
    """"yes" ends here with the reason: neither a draft nor an event remembers that anything was asked."""
    view = _blank('intake')
    given = view.form.collect(request.form)
    try:
        view.form.check(given, view.scope, view.functions)
    except Invalid as refusal:
        heading = _('这件事不能在这里登记') if given else ''
        return form.draw(view, given, refusal.fields, drafts='', heading=heading), 422
    cookie['not_secret'] = True
    return redirect(url_for('intake.register'), 303)


@bp.get('/intake/register')
@auth.requires('officer')
def register() -> Any:
    """The register form; whoever has not answered the question is sent back to it."""
    if not cookie.get('not_secret'):
        return redirect(url_for('intake.ask'))
    return form.draw(_blank('register'), None, drafts='button')


@bp.post('/intake/register')
@auth.requires('officer')
def start() -> Any:
    """Begin the matter and answer its first task in one step, or begin it with what was typed as a draft."""
    if not cookie.get('not_secret'):
        return redirect(url_for('intake.ask'), 303)
    view = _blank('register')
    given = view.form.collect(request.form)
    if 'draft' in request.form:
        return _draft(given)
    try:
        plan = _begin(answers={'register': given})
    except Invalid as refusal:
        return form.draw(view, given, refusal.fields, drafts='button'), 422
    cookie.pop('not_secret', None)
    flash(usertask.went(_('立项'), plan), 'ok')
    return redirect(url_for('usertask.index'), 303)


def register_at_once(given: Mapping[str, Any], key: str | None) -> Plan:
    """Both forms in one go, for programs: the question of secrecy is answered among the others and judged first.

    :raises Invalid: an answer is missing or not right; nothing is stored.
    """
    view = _blank('intake')
    asked = {name: value for name, value in given.items() if name in view.form.fields}
    view.form.check(asked, view.scope, view.functions)
    return _begin(answers={'register': {name: value for name, value in given.items() if name not in asked}}, key=key)


def _begin(**how: Any) -> Plan:
    tenant_id, actor = current_user.tenant.id, current_user.actor()
    return incident.carry_out_or_open(
        db.engine, lambda session: instance.start(session, tenant_id, 'matter', actor, **how),
        tenant_id=tenant_id, verb='start', process='matter')


def _draft(given: dict[str, Any]) -> Response:
    """The matter begins as a draft with its title; the rest waits in the draft of its first task."""
    title = given.get('title')
    plan = _begin(values={'title': title.strip()[:100]} if isinstance(title, str) and title.strip() else None)
    cookie.pop('not_secret', None)
    task_id = plan.opened[0]['id']
    usertask.keep(task_id, given)
    flash(_('已存为草稿，在待办里可以接着填。'), 'ok')
    return redirect(url_for('usertask.show', task_id=task_id), 303)
