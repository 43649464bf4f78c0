"""The lists of a post's work: 我的待办 and 已办."""
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from flask import render_template
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import ColumnElement, and_, func, literal_column, or_, select

from engine import clock, directory, suspension
from engine.ledger import Matter
from engine.usertask import Draft, UserTask
from webapp import auth, form, message, pager, say
from webapp.db import db

# Written out, not bound: only then do both databases see that the partial indexes serve.
_OPEN, _DONE = literal_column("'open'"), literal_column("'done'")
_BACK = 200                 # own steps looked back for what others have now
_SHOWN = 5                  # rows of a short list


@dataclass(frozen=True)
class Group:
    """A heading of the inbox with the rows of it that are on this page, and how many there are in all."""

    id: str
    title: str
    rows: Sequence[Any]
    total: int


def held() -> list[tuple[str, str]]:
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


@auth.signed_in
def index() -> str:
    """What this post has to do, by what is due; what others have; messages; holidays."""
    posts, near = held(), say.near_days()
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


@auth.signed_in
def done() -> str:
    """What this post has done, newest first."""
    mine = and_(_of(held()), UserTask.state == _DONE)
    shown = pager.page_of(db.session.scalar(select(func.count()).where(mine)))
    rows = db.session.execute(
        select(UserTask.id, UserTask.name, UserTask.closed_at, UserTask.closed_by, Matter.title, Matter.code)
        .outerjoin(Matter, Matter.id == UserTask.matter_id)
        .where(mine).order_by(UserTask.closed_at.desc()).limit(shown.size).offset(shown.offset)).all()
    return render_template('usertask/done.html', rows=rows, page=shown)
