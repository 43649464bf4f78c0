"""干预: what those whom the tenant names do to one matter by hand, or to a whole process that shall stand still."""
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import orjson
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as later
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from engine import authority, incident, intervention
from engine.db import writing
from engine.deployment import Bundle
from engine.errors import Failed, Forbidden, NotFound, Refused
from engine.finding import Spot
from engine.history import Actor
from engine.instance import Instance
from engine.ledger import FACTS, Matter
from engine.plan import Plan
from webapp import auth, definition, errors, ledger
from webapp.db import db
from webapp.fact import LABELS

bp = Blueprint('intervention', __name__)

Answer = str | Response | tuple[str, int]
_LONGEST = 500
_DONE = {'suspend': later('已暂停：期限不再到期，待办不能办，消息照听。恢复时重新计算。'), 'resume': later('已恢复，期限重新计算过。'),
         'put': later('已移过去。'), 'set': later('已改，有关的期限跟着重新计算。'),
         'cancel': later('已作废。待办都停了，已下发的通知书和扣分保留。')}


@bp.get('/matter/<uuid:matter_id>/intervene')
@auth.signed_in
def show(matter_id: UUID) -> str:
    """Where the matter stands, and what this post may do about it."""
    matter = ledger.found(matter_id)
    if not any(may(act) for act in _DONE):
        raise Forbidden('这个岗位不能干预在办的事项；谁可以，写在决策表 intervention 里。')
    return _draw(matter)


@bp.post('/matter/<uuid:matter_id>/intervene/<act>')
@auth.signed_in
def intervene(matter_id: UUID, act: str) -> Answer:
    """Do it, with the reason; what is refused stays on the page."""
    matter = ledger.found(matter_id)
    if act not in _DONE:
        abort(404)
    reason, actor = request.form.get('reason', '').strip()[:_LONGEST], current_user.actor()
    verb = _ACTS[act]
    try:
        incident.carry_out_or_open(db.engine, lambda session: verb(session, matter.id, request.form, actor, reason),
                                   tenant_id=current_user.tenant.id, verb='intervene')
    except (Failed, Forbidden, NotFound):
        raise
    except Refused as refusal:
        db.session.rollback()
        return _draw(ledger.found(matter_id), act, errors.sentence(refusal)), 422
    flash(str(_DONE[act]), 'ok')
    return redirect(url_for('intervention.show', matter_id=matter_id), 303)


def _put(session: Any, matter_id: UUID, given: Mapping[str, str], actor: Actor, reason: str) -> Plan:
    token, _bar, element = given.get('place', '').partition('/')
    try:
        key = UUID(token)
    except ValueError:
        raise Refused('选一步，再选移到哪里。') from None
    return intervention.put(session, matter_id, key, element, actor, reason)


def _set(session: Any, matter_id: UUID, given: Mapping[str, str], actor: Actor, reason: str) -> Plan:
    name, text = given.get('name', '').strip(), given.get('value', '').strip()
    if not name:
        raise Refused('写明改哪一项。')
    return intervention.set_values(session, matter_id, {name: _value(text)}, actor, reason,
                                   None if name in FACTS else given.get('process') or None)


def _value(text: str) -> Any:
    """JSON where it is some, else the text itself."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


_ACTS: Mapping[str, Callable[..., Plan]] = {
    'suspend': lambda session, key, given, actor, reason: intervention.suspend(session, key, actor, reason),
    'resume': lambda session, key, given, actor, reason: intervention.resume(session, key, actor, reason),
    'cancel': lambda session, key, given, actor, reason: intervention.cancel(session, key, actor, reason),
    'put': _put, 'set': _set}


def may(act: str) -> bool:
    """May this post do an act? Resuming is the other half of suspending."""
    asked = 'suspend' if act == 'resume' else act
    return authority.may(db.session, current_user.tenant.id, current_user.actor(), asked)


def _draw(matter: Matter, act: str = '', refusal: str = '') -> str:
    bundle = definition.of(matter.deployment_id)
    standing = intervention.standing(db.session, matter.id, current_user.actor())
    processes = dict.fromkeys(db.session.scalars(select(Instance.process).where(
        Instance.matter_id == matter.id, Instance.status == 'running', Instance.parent_id.is_(None))))
    return render_template(
        'intervention/show.html', matter=matter, standing=standing, may=may, act=act, refusal=refusal, facts=LABELS,
        given=request.form, running=matter.status in ('draft', 'open'), params=definition.params(bundle),
        called=lambda process, element, name: _called(bundle, process, element, name), content=ledger.reads_content(),
        processes={key: bundle.processes[key].name for key in processes if bundle and key in bundle.processes})


def _called(bundle: Bundle | None, process: str, element: str, name: str) -> str:
    """A step in words; one without a name by its kind, and its id."""
    drawn = bundle.processes.get(process) if bundle else None
    kind = drawn.elements[element].kind if drawn and element in drawn.elements else ''
    if name == element and kind:
        return errors.finding(Spot('', kind, element).label())
    return definition.named(name, definition.params(bundle))


# -- a whole process --------------------------------------------------------------------------------------------------


@bp.get('/process/standstill')
@auth.signed_in
def processes() -> str:
    """Which processes stand still, and the way to stop one or let it go on."""
    if not may('suspend'):
        raise Forbidden('这个岗位不能暂停流程；谁可以，写在决策表 intervention 里。')
    return _draw_processes()


@bp.post('/process/standstill')
@auth.signed_in
def standstill() -> Answer:
    """Stop a process, or let it go on."""
    process = request.form.get('process', '')
    reason, resumes = request.form.get('reason', '').strip()[:_LONGEST], 'resume' in request.form
    verb = intervention.resume_process if resumes else intervention.suspend_process
    try:
        with writing(db.engine) as session:
            verb(session, current_user.tenant.id, process, current_user.actor(), reason)
    except (Forbidden, NotFound):
        raise
    except Refused as refusal:
        return _draw_processes(process, errors.sentence(refusal)), 422
    flash(_('已恢复，到期的马上重新计算。') if resumes else str(_DONE['suspend']), 'ok')
    return redirect(url_for('intervention.processes'), 303)


def _draw_processes(process: str = '', refusal: str = '') -> str:
    bundle = definition.current()
    return render_template('intervention/processes.html', bundle=bundle, refused=process, refusal=refusal,
                           still=intervention.suspended(db.session, current_user.tenant.id))
