"""我的待办, 已办, and the form of one task: read, keep as a draft, submit."""
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from flask import Blueprint, render_template
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import ColumnElement, and_, case, func, literal_column, or_, select

from engine import clock, directory
from engine.ledger import Matter
from engine.usertask import Draft, UserTask
from webapp import auth, message, pager, say
from webapp.db import db

bp = Blueprint('usertask', __name__)

# Written out, not bound: only then do both databases see that the partial indexes serve.
_OPEN, _DONE = literal_column("'open'"), literal_column("'done'")
_AHEAD, _SHOWN = 200, 5                                                # steps looked back for what others have; rows shown


@dataclass(frozen=True)
class Group:
    """A heading of the inbox with the rows of it that are on this page, and how many there are in all."""

    id: str
    title: str
    rows: Sequence[Any]
    total: int


def _posts() -> list[tuple[str, str]]:
    """The posts for which this one acts today, itself first."""
    return directory.stands_for(db.session, current_user.tenant.id, (current_user.unit, current_user.post), say.today())


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
    """What this post has to do: overdue, due within a few working days, later; what others have; messages; holidays."""
    posts, near = _posts(), say.near_days()
    today, soon = _midnight(0), _midnight(near + 1)
    due = UserTask.due_at
    total, late, pressing = db.session.execute(
        select(func.count(), func.coalesce(func.sum(case((due < today, 1), else_=0)), 0),
               func.coalesce(func.sum(case((and_(due >= today, due < soon), 1), else_=0)), 0))
        .where(_of(posts), UserTask.state == _OPEN)).one()
    shown = pager.page_of(total)
    rows = db.session.execute(_open_tasks(posts).limit(shown.size).offset(shown.offset)).all()
    groups = [Group('late', _('已超期'), [row for row in rows if row.due_at and row.due_at < today], late),
              Group('near', _('%(n)s个工作日内', n=near), [row for row in rows if row.due_at and today <= row.due_at < soon],
                    pressing),
              Group('later', _('以后'), [row for row in rows if not row.due_at or row.due_at >= soon],
                    total - late - pressing)]
    return render_template('usertask/index.html', groups=[group for group in groups if group.rows], page=shown,
                           waiting=_with_others(posts), messages=db.session.execute(message.newest(_SHOWN)).all(),
                           unread=message.unread(), names=directory.names(db.session, current_user.tenant.id))


def _open_tasks(posts: list[tuple[str, str]]) -> Any:
    """One indexed walk: the open tasks of these posts by due date, those without one last, each with its matter."""
    return (select(UserTask.id, UserTask.name, UserTask.due_at, UserTask.unit, UserTask.post, Matter.title, Matter.code,
                   Matter.lamp, Matter.level, Matter.level_label, Matter.supervisor_unit, Draft.saved_at)
            .outerjoin(Matter, Matter.id == UserTask.matter_id)
            .outerjoin(Draft, and_(Draft.task_id == UserTask.id, Draft.account_id == current_user.id))
            .where(_of(posts), UserTask.state == _OPEN)
            .order_by(UserTask.due_at.is_(None), UserTask.due_at, UserTask.id))


def _with_others(posts: list[tuple[str, str]]) -> Sequence[Any]:
    """Open tasks of other posts in the processes in which this post has lately done a step."""
    recent = (select(UserTask.instance_id).where(_of(posts), UserTask.state == _DONE)
              .order_by(UserTask.closed_at.desc()).limit(_AHEAD).subquery())
    return db.session.execute(
        select(UserTask.name, UserTask.unit, UserTask.post, UserTask.due_at, UserTask.matter_id, Matter.title)
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
