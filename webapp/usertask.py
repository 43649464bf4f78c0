"""我的待办, 已办, and the form of one task: read, keep as a draft, submit."""
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import ColumnElement, and_, func, literal_column, or_, select
from werkzeug.wrappers import Response

from engine import clock, directory, incident, instance, suspension
from engine import usertask as tasks
from engine.db import writing
from engine.errors import Conflict, Forbidden, Invalid, NotFound
from engine.instance import TaskView
from engine.ledger import Matter
from engine.plan import Plan
from engine.usertask import Draft, UserTask
from webapp import auth, form, message, pager, say
from webapp import errors as refusals
from webapp.db import db

bp = Blueprint('usertask', __name__)

# Written out, not bound: only then do both databases see that the partial indexes serve.
_OPEN, _DONE = literal_column("'open'"), literal_column("'done'")
_BACK = 200                 # own steps looked back for what others have now
_SHOWN = 5                  # rows of a short list
_NAMED = 3                  # tasks that one sentence names


@dataclass(frozen=True)
class Group:
    """A heading of the inbox with the rows of it that are on this page, and how many there are in all."""

    id: str
    title: str
    rows: Sequence[Any]
    total: int


def _posts() -> list[tuple[str, str]]:
    """The posts for which this one acts today, itself first."""
    held = current_user.unit, current_user.post
    return directory.stands_for(db.session, current_user.tenant.id, held, say.today())


def _of(posts: list[tuple[str, str]]) -> ColumnElement:
    return and_(UserTask.tenant == current_user.tenant.id,
                or_(*(and_(UserTask.unit == unit, UserTask.post == post) for unit, post in posts)))


def _midnight(days: int) -> datetime:
    """00:00 of today (0), or of the n-th working day after it, in the government's zone."""
    day = say.calendar().add(say.today(), days) if days else say.today()
    return datetime.combine(day, time(), clock.zone(current_user.tenant.zone))


@bp.get('/tasks')
@auth.signed_in
def index() -> str:
    """What this post has to do, by what is due; what others have; messages; holidays."""
    posts, near = _posts(), say.near_days()
    today, soon, due = _midnight(0), _midnight(near + 1), UserTask.due_at
    parts = due < today, and_(due >= today, due < soon), due >= soon, due.is_(None)
    numbers = select(*(_number(posts, part) for part in parts))
    late, pressing, later, undated = db.session.execute(numbers).one()
    shown = pager.page_of(late + pressing + later + undated)
    rows = _open_tasks(posts, late + pressing + later, shown)
    of = {'late': [row for row in rows if row.due_at and row.due_at < today],
          'near': [row for row in rows if row.due_at and today <= row.due_at < soon],
          'later': [row for row in rows if not row.due_at or row.due_at >= soon]}
    groups = [Group('late', _('已超期'), of['late'], late),
              Group('near', _('%(n)s个工作日内', n=near), of['near'], pressing),
              Group('later', _('以后'), of['later'], later + undated)]
    return render_template(
        'usertask/index.html', groups=[group for group in groups if group.rows], page=shown,
        waiting=_with_others(posts), messages=db.session.execute(message.newest(_SHOWN)).all(),
        unread=message.unread(), names=form.names(),
        still=suspension.since(db.session, current_user.tenant.id, current_user.tenant.parameter_revision))


def _number(posts: list[tuple[str, str]], part: ColumnElement) -> Any:
    """How many open tasks lie in a stretch of the index."""
    return select(func.count()).where(_of(posts), UserTask.state == _OPEN, part).scalar_subquery()


def _open_tasks(posts: list[tuple[str, str]], dated: int, shown: pager.Page) -> list[Any]:
    """The page's open tasks by due date, those without one last, each with its matter.

    Where a NULL sorts differs between the databases, so the walk along the index is in two parts; nearly
    always the first is enough. `dated` is how many tasks have a date.
    """
    query = (
        select(UserTask.id, UserTask.name, UserTask.due_at, UserTask.unit, UserTask.post, Matter.title,
               Matter.code, Matter.lamp, Matter.level, Matter.level_label, Matter.status,
               Matter.supervisor_unit, Matter.suspended_at, UserTask.process, Draft.saved_at)
        .outerjoin(Matter, Matter.id == UserTask.matter_id)
        .outerjoin(Draft, and_(Draft.task_id == UserTask.id, Draft.account_id == current_user.id))
        .where(_of(posts), UserTask.state == _OPEN))
    rows: list[Any] = []
    if shown.offset < dated:
        first = query.where(UserTask.due_at.is_not(None)).order_by(UserTask.due_at, UserTask.id)
        rows += db.session.execute(first.limit(shown.size).offset(shown.offset))
    if len(rows) < min(shown.size, shown.total - shown.offset):
        rest = query.where(UserTask.due_at.is_(None)).order_by(UserTask.id)
        rows += db.session.execute(rest.limit(shown.size - len(rows)).offset(max(0, shown.offset - dated)))
    return rows


def _with_others(posts: list[tuple[str, str]]) -> Sequence[Any]:
    """Open tasks of other posts in the processes in which this post has lately done a step: the most pressing, each
    with the number of all."""
    recent = (select(UserTask.instance_id).where(_of(posts), UserTask.state == _DONE)
              .order_by(UserTask.closed_at.desc()).limit(_BACK).subquery())
    return db.session.execute(
        select(UserTask.name, UserTask.unit, UserTask.post, UserTask.due_at, UserTask.matter_id, Matter.title,
               func.count().over().label('total'))
        .outerjoin(Matter, Matter.id == UserTask.matter_id)
        .where(UserTask.instance_id.in_(select(recent.c.instance_id)), UserTask.state == _OPEN, ~_of(posts))
        .order_by(UserTask.due_at.is_(None), UserTask.due_at).limit(_SHOWN)).all()


@bp.get('/tasks/done')
@auth.signed_in
def done() -> str:
    """What this post has done, newest first."""
    mine = and_(_of(_posts()), UserTask.state == _DONE)
    shown = pager.page_of(db.session.scalar(select(func.count()).where(mine)))
    rows = db.session.execute(
        select(UserTask.id, UserTask.name, UserTask.closed_at, UserTask.closed_by, Matter.title, Matter.code)
        .outerjoin(Matter, Matter.id == UserTask.matter_id)
        .where(mine).order_by(UserTask.closed_at.desc()).limit(shown.size).offset(shown.offset)).all()
    return render_template('usertask/done.html', rows=rows, page=shown)


@bp.get('/tasks/<uuid:task_id>')
@auth.signed_in
def show(task_id: UUID) -> str:
    """The form of an open task for those who may do it; of a closed one what was answered."""
    view = _view(task_id)
    if view.task.state != 'open':
        return _closed(view)
    draft = tasks.draft_of(db.session, task_id, current_user.id)
    return form.draw(view, draft.answer if draft else None, saved_at=draft.saved_at if draft else None)


@bp.post('/tasks/<uuid:task_id>')
@auth.signed_in
def submit(task_id: UUID) -> Any:
    """Submit, or keep as a draft when that button was pressed; what is refused becomes a draft, too."""
    view = _view(task_id)
    answer = view.form.collect(request.form) if view.form else {}
    if view.task.state != 'open':
        return _taken(view, answer)
    if 'draft' in request.form:
        return _draft(view, answer)
    try:
        plan = incident.carry_out_or_open(
            db.engine, lambda session: instance.complete(session, task_id, current_user.actor(), answer),
            tenant_id=view.task.tenant, verb='complete', instance_id=view.task.instance_id)
    except Invalid as refusal:
        keep(task_id, answer)
        return form.draw(view, answer, refusal.fields, saved_at=current_user.now), 422
    except Conflict:
        return _taken(_view(task_id, fresh=True), answer)
    except Exception:
        keep(task_id, answer)
        refusals.draft_was_kept()
        raise
    flash(went(view.task.name, plan), 'ok')
    return redirect(url_for('usertask.index'), 303)


def _view(task_id: UUID, *, fresh: bool = False) -> TaskView:
    """The task for somebody who may see it: who does it; once closed, also its unit and the supervision.

    :raises NotFound: there is none in this government. :raises Forbidden: it is another post's.
    """
    if fresh:
        db.session.rollback()
    view = instance.view(db.session, task_id)
    task = view.task
    if task.tenant != current_user.tenant.id:
        raise NotFound('没有找到这件待办。')
    overseer = current_user.unit == task.unit or current_user.post in (
        *auth.SUPERVISION, *auth.LEADERS, 'auditor')
    if (task.unit, task.post) in _posts() or (overseer and task.state != 'open'):
        return view
    raise Forbidden('这一步由{post}办。', post=_post_name(task.unit, task.post))


def _post_name(unit: str, post: str) -> str:
    return directory.post_name(db.session, current_user.tenant.id, f'{unit}/{post}')


def keep(task_id: UUID, answer: Mapping[str, Any]) -> None:
    """Keep what was typed, as far as the task is still open."""
    with writing(db.engine) as session:
        tasks.save_draft(session, task_id, current_user.id, dict(answer), current_user.now)


def _draft(view: TaskView, answer: dict[str, Any]) -> Response:
    """The button or the script kept a draft: say when; a further row of a list opens where one was."""
    keep(view.task.id, answer)
    said = _('草稿已保存 %(time)s', time=say.hour(current_user.now))
    if request.form['draft'] == 'auto':
        return jsonify(saved=said)
    flash(said, 'ok')
    place = request.form['draft'] if request.form['draft'] in view.form.fields else None
    return redirect(url_for('usertask.show', task_id=view.task.id, _anchor=place), 303)


def went(name: str, plan: Plan) -> str:
    """已提交“申请延期”。现在由省政府办公厅·督查员办“审核延期申请”; where nothing new opened, who else is at work on the matter."""
    done = _('已提交“%(name)s”', name=_inner(name)) + (f'：{"，".join(plan.told)}' if plan.told else '') + '。'
    if plan.opened:
        return done + _('现在由%(holders)s。', holders=_holders(plan.opened))
    others = _still_open(plan.matter_id) if plan.matter_id else ()
    return done + _('还在等：%(holders)s。', holders=_holders(others)) if others else done


def _holders(rows: Sequence[Mapping[str, Any]]) -> str:
    return '、'.join(_('%(post)s办“%(name)s”', post=_post_name(row['unit'], row['post']), name=_inner(row['name']))
                    for row in rows[:_NAMED])


def _still_open(matter_id: UUID) -> Sequence[Mapping[str, Any]]:
    """What waits for a person in the matter once the step is written, the most pressing first."""
    db.session.rollback()                              # the step must be among what is read next
    return db.session.execute(
        select(UserTask.name, UserTask.unit, UserTask.post)
        .where(UserTask.matter_id == matter_id, UserTask.state == 'open')
        .order_by(UserTask.due_at.is_(None), UserTask.due_at, UserTask.id).limit(_NAMED)).mappings().all()


def _inner(name: str) -> str:
    """A name to stand in quotation marks: its own become single ones."""
    return name.replace('“', '‘').replace('”', '’')


def _closed(view: TaskView) -> str:
    return render_template('usertask/closed.html', task=view.task, matter=view.matter,
                           said=form.said(view, view.task.answer), names=form.names())


def _taken(view: TaskView, answer: dict[str, Any]) -> tuple[str, int]:
    """Somebody was faster: who and when, and what this person wrote, so that it need not be written again."""
    return render_template('usertask/taken.html', task=view.task, matter=view.matter,
                           said=form.said(view, answer)), 409
