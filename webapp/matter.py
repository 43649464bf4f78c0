"""One matter: what now, by when, what then; its way, facts and notices; what this post may do about it."""
from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from engine import directory, document, history, incident, instance
from engine.actions.notice import Notice
from engine.definition import Definition, Element
from engine.deployment import Bundle, Deployment
from engine.errors import Refused
from engine.instance import Instance
from engine.job import Timer
from engine.ledger import CoUnit, Matter
from engine.usertask import UserTask
from webapp import (
    auth, definition, diagram, history as trace, intervention, ledger, milestone, offer, outlook, page, say, trail,
    visibility)
from webapp.db import db
from webapp.diagram import Picture
from webapp.filter import STATUS

bp = Blueprint('matter', __name__)

RECENT = 8


@bp.get('/matter/<uuid:matter_id>')
@auth.requires(*auth.READERS)
def show(matter_id: UUID) -> str:
    """The matter's page."""
    matter = ledger.found(matter_id)
    bundle = definition.of(matter.deployment_id)
    plan = milestone.plan(matter)
    drawn = diagram.pictures(matter, bundle)
    params, words = definition.params(bundle), definition.words(bundle)
    tasks, mine = _first_things_first(matter, open_tasks(matter), drawn)
    recent = history.events(db.session, str(matter_id), newest_first=True, limit=RECENT, kinds=trace.TOLD)
    return render_template(
        'matter/show.html', matter=matter, tasks=tasks, mine=mine, words=words, names=words.names,
        params=params, next=outlook.outlook(matter, timers(matter), tasks, drawn, bundle),
        stages=stages(matter, bundle), picture=drawn[0] if drawn else None,
        made=db.session.get(Deployment, matter.deployment_id), lines=trail.lines(recent, words),
        named=lambda text: definition.named(text, params), units=co_units(matter),
        notices=notices(matter), papers=document.issued(db.session, matter_id), offers=offer.beside(matter), plan=plan,
        plan_line=milestone.own_line(matter, plan), plan_state=lambda one: milestone.state(one, say.today()),
        may_report=milestone.may_report(matter), extension=may_extend(matter, bundle), may_withdraw=_may_withdraw(matter),
        may_intervene=any(intervention.may(act) for act in ('suspend', 'put', 'cancel', 'set')))


@bp.post('/matter/<uuid:matter_id>/extension')
@auth.requires(*auth.READERS)
def extend(matter_id: UUID) -> Response:
    """Begin a request for more time; its form is the next page."""
    matter = ledger.found(matter_id)
    why_not = may_extend(matter, definition.of(matter.deployment_id))
    if why_not:
        raise Refused(why_not)
    tenant_id, actor = current_user.tenant.id, current_user.actor()
    plan = incident.carry_out_or_open(
        db.engine, lambda session: instance.start(session, tenant_id, 'extension', actor,
                                                  matter_id=matter_id),
        tenant_id=tenant_id, verb='start', process='extension')
    task = next(iter(plan.opened), None)
    flash(_('延期申请已经打开，填好以后提交。'), 'ok')
    return redirect((page.href('usertask.show', task_id=task['id']) if task else None)
                    or url_for('matter.show', matter_id=matter_id), 303)


@bp.get('/matter/<uuid:matter_id>/withdraw')
@auth.requires(*auth.READERS)
def ask_withdraw(matter_id: UUID) -> str:
    """The question before 撤销立项, with what follows."""
    return _draw_withdraw(_to_withdraw(matter_id))


@bp.post('/matter/<uuid:matter_id>/withdraw')
@auth.requires(*auth.READERS)
def withdraw(matter_id: UUID) -> Response | tuple[str, int]:
    """End the matter and everything beside it, with the reason."""
    matter = _to_withdraw(matter_id)
    reason = request.form.get('reason', '').strip()[:500]
    if not reason:
        return _draw_withdraw(matter, _('写一句为什么撤销。')), 422
    actor = current_user.actor()
    incident.carry_out_or_open(
        db.engine, lambda session: instance.withdraw(session, matter_id, actor, reason),
        tenant_id=current_user.tenant.id, verb='withdraw')
    flash(_('已撤销立项。牵头和协办单位的待办都停了，已下发的通知书和扣分保留。'), 'ok')
    return redirect(url_for('matter.show', matter_id=matter_id), 303)


def _to_withdraw(matter_id: UUID) -> Matter:
    matter = ledger.found(matter_id)
    if not _may_withdraw(matter):
        raise Refused('撤销立项由有权决定的岗位办，而且事项还没有结束。')
    return matter


def _draw_withdraw(matter: Matter, refusal: str = '') -> str:
    return render_template('matter/withdraw.html', matter=matter, refusal=refusal,
                           given=request.form.get('reason', ''))


def open_tasks(matter: Matter) -> Sequence[UserTask]:
    """What waits for a person, the most pressing first."""
    return db.session.scalars(
        select(UserTask).where(UserTask.matter_id == matter.id, UserTask.state == 'open')
        .order_by(UserTask.due_at.asc().nulls_last(), UserTask.opened_at)).all()


def _first_things_first(matter: Matter, tasks: Sequence[UserTask],
                        drawn: Sequence[Picture]) -> tuple[list[UserTask], list[UserTask]]:
    """The tasks in the order in which a reader asks for them, and those that this post may do (as a
    substitute, too): a request that is being decided, one's own, the lifecycle's, the shares of co-units."""
    posts = directory.stands_for(db.session, current_user.tenant.id, (current_user.unit, current_user.post),
                                 say.today())
    mine = {task.id for task in tasks if (task.unit, task.post) in posts}
    asked = 'extension' if matter.extension_pending else ''
    lifecycle = drawn[0].instance_id if drawn else None
    ordered = sorted(tasks, key=lambda task: (task.process != asked, task.id not in mine,
                                              task.instance_id != lifecycle, bool(task.token)))
    return ordered, [task for task in ordered if task.id in mine]


def timers(matter: Matter) -> Sequence[Timer]:
    """What waits for a time, the next first."""
    return db.session.scalars(select(Timer).where(Timer.matter_id == matter.id).order_by(Timer.due_at)).all()


def stages(matter: Matter, bundle: Bundle | None) -> list[tuple[str, str]]:
    """Each stage of the lifecycle with 'done', 'now' or ''."""
    names = list(definition.stages(bundle))
    if matter.stage not in names:
        return []
    here, over = names.index(matter.stage), matter.status not in ('draft', 'open') and not open_tasks(matter)
    return [(name, 'done' if at < here or over and at == here else 'now' if at == here else '')
            for at, name in enumerate(names)]


@bp.app_template_global('standing_of')
def standing_of(matter: Matter) -> str:
    """How a matter stands, in a word; closed is not yet written off: 已办结, and after the last stage drawn 已销号."""
    drawn = stages(matter, definition.of(matter.deployment_id)) if matter.status == 'closed' else []
    if drawn and drawn[-1][1] == 'done':
        return _('已%(stage)s', stage=drawn[-1][0])
    return str(STATUS[matter.status])


def co_units(matter: Matter) -> Sequence[CoUnit]:
    """The co-units' shares, each with its own date."""
    return db.session.scalars(select(CoUnit).where(CoUnit.matter_id == matter.id).order_by(CoUnit.unit)).all()


def notices(matter: Matter) -> Sequence[Notice]:
    """The matter's notices, newest first; who does not follow it up sees those that were issued."""
    query = select(Notice).where(Notice.matter_id == matter.id)
    if not visibility.sight().oversees(matter):
        query = query.where(Notice.state == 'issued')
    return db.session.scalars(query.order_by(Notice.drafted_at.desc(), Notice.id.desc())).all()


def may_extend(matter: Matter, bundle: Bundle | None) -> str | None:
    """Why the post that starts an extension cannot ask for more time now; '' when it can; None for everybody else.

    Who asks and until when are the drawing's own: the starter of `extension`, and the interrupting timers on its
    first step (P02-01).
    """
    process = bundle.processes.get('extension') if bundle else None
    if process is None or matter.status != 'open':
        return None
    place = outlook.Place(matter, bundle)
    if not offer.begins(process, place):
        return None
    if matter.due_at is None:
        return _('这件事没有办结时限，不用延期。')
    running = select(Instance.id).where(Instance.matter_id == matter.id, Instance.process == process.id,
                                        Instance.status == 'running')
    if db.session.scalar(running.limit(1)):
        return _('已经有一份延期申请在办。')
    for edge in _edges(process):
        at = place.moment(edge)
        if at and at <= current_user.now:
            why = definition.named(edge.name, definition.params(bundle))
            return _('%(why)s：延期要在时限之前申请。', why=why)
    return ''


def _edges(process: Definition) -> list[Element]:
    """What interrupts the first steps of a process."""
    starts = [start for start in process.inside(None) if start.kind == 'startEvent']
    return [edge for start in starts for step in process.following(start.id)
            for edge in process.boundaries(step.id) if edge.interrupting]


def _may_withdraw(matter: Matter) -> bool:
    """May this post take back the 立项?"""
    return instance.may_withdraw(db.session, matter.id, current_user.actor())
