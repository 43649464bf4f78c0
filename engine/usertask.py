"""What waits for a person, and what was answered."""
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, String, Uuid, bindparam, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.db import Base, Json, Utc
from engine.errors import Conflict


class UserTask(Base):
    """One task of one post. Its id is the engine's own, so a step never has to ask for it.

    A row that ``asks`` is no task of the diagram: another post is asked for its opinion on one. Its state is `later`
    until the doer has submitted, where it is asked only then (`how` is `after`).
    """

    __tablename__ = 'user_task'
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    tenant: Mapped[str] = mapped_column(String(20))
    instance_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey('instance.id'))
    matter_id: Mapped[UUID | None] = mapped_column(Uuid)
    process: Mapped[str] = mapped_column(String(80))                   # the diagram on which the task is drawn
    element: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(200))
    form: Mapped[str | None] = mapped_column(String(80))
    unit: Mapped[str] = mapped_column(String(40))
    post: Mapped[str] = mapped_column(String(20))
    token: Mapped[Any] = mapped_column(Json, nullable=True)            # a multi-instance element such as {'unit': …}
    state: Mapped[str] = mapped_column(String(10))                     # open done cancelled, later
    opened_at: Mapped[datetime] = mapped_column(Utc)
    opened_turn: Mapped[int] = mapped_column(Integer)                  # its instance's version then: orders one moment
    due_at: Mapped[datetime | None] = mapped_column(Utc)
    closed_at: Mapped[datetime | None] = mapped_column(Utc)
    closed_by: Mapped[str | None] = mapped_column(String(160))
    closed_turn: Mapped[int | None] = mapped_column(Integer)           # as opened_turn
    answer: Mapped[Any] = mapped_column(Json, nullable=True)           # the form as it was submitted
    fallback: Mapped[Any] = mapped_column(Json, nullable=True)         # who was to do it and could not be asked, see instance.fallback
    claimed_by: Mapped[int | None] = mapped_column(Integer)            # the account that has claimed it
    owner: Mapped[str | None] = mapped_column(String(61))              # "unit/post" to which a delegated task comes back
    kept: Mapped[Any] = mapped_column(Json, nullable=True)             # {'answer': …, …}: what the form is offered with again
    asks: Mapped[UUID | None] = mapped_column(Uuid)                    # an opinion is asked for: the task that it is about
    how: Mapped[str | None] = mapped_column(String(10))                # before beside after
    __table_args__ = (
        Index('user_task_inbox', 'tenant', 'unit', 'post', 'due_at', sqlite_where=text("state = 'open'"),
              postgresql_where=text("state = 'open'")),
        Index('user_task_done', 'tenant', 'unit', 'post', 'closed_at', sqlite_where=text("state = 'done'"),
              postgresql_where=text("state = 'done'")),
        Index('user_task_matter', 'matter_id', 'opened_at'),
        Index('user_task_instance', 'instance_id'),
        Index('user_task_asks', 'asks', sqlite_where=text('asks IS NOT NULL'), postgresql_where=text('asks IS NOT NULL')),
    )


class Draft(Base):
    """What a person typed into a form and has not submitted yet; one per task and account."""

    __tablename__ = 'draft'
    task_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey('user_task.id'), primary_key=True)
    account_id: Mapped[int] = mapped_column(Integer, ForeignKey('account.id'), primary_key=True)
    answer: Mapped[Any] = mapped_column(Json)
    saved_at: Mapped[datetime] = mapped_column(Utc)
    __table_args__ = (Index('draft_account', 'account_id', 'saved_at'),)


class Handed(Base):
    """A task that a post gave on to another, or back: it took part in it, though somebody else has it now, or nobody."""

    __tablename__ = 'handed'
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    task_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey('user_task.id'))
    tenant: Mapped[str] = mapped_column(String(20))
    unit: Mapped[str] = mapped_column(String(40))
    post: Mapped[str] = mapped_column(String(20))
    act: Mapped[str] = mapped_column(String(10))                       # transfer, hand_back (to who delegated it), return
    to: Mapped[str] = mapped_column(String(61))                        # "unit/post" that has had it since; '': nobody
    at: Mapped[datetime] = mapped_column(Utc)
    by: Mapped[str] = mapped_column(String(160))
    __table_args__ = (Index('handed_done', 'tenant', 'unit', 'post', 'at'), Index('handed_task', 'task_id'))


# Every page of a task asks these, so they are made once.
_ANSWERED = select(UserTask.answer, UserTask.token).where(
    UserTask.instance_id == bindparam('instance'), UserTask.state == 'done', UserTask.asks.is_(None)).order_by(
    UserTask.closed_at, UserTask.closed_turn)
_DONE = select(UserTask).where(
    UserTask.instance_id == bindparam('instance'), UserTask.id != bindparam('task'), UserTask.state == 'done',
    UserTask.asks.is_(None), UserTask.closed_turn <= bindparam('turn')).order_by(
    UserTask.closed_turn.desc(), UserTask.id.desc())
"""What was answered in an instance before a task of it opened or by the step that opened it, the last first."""
_LAST_DONE = _DONE.limit(1)
_DONE_HERE = _DONE.where(UserTask.process == bindparam('process'), UserTask.element == bindparam('element'))
_TYPED = select(UserTask.answer, UserTask.token, UserTask.state).where(
    UserTask.instance_id == bindparam('instance'), UserTask.process == bindparam('process'),
    UserTask.element == bindparam('element'), UserTask.id != bindparam('task'), UserTask.asks.is_(None)).order_by(
    UserTask.closed_at.desc(), UserTask.closed_turn.desc())


def draft_of(session: Session, task_id: UUID, account_id: int) -> Draft | None:
    """What this account typed into the task's form and has not submitted."""
    return session.get(Draft, (task_id, account_id))


def save_draft(session: Session, task_id: UUID, account_id: int, answer: dict[str, Any], now: datetime) -> None:
    """Keep what was typed, unchecked, in the caller's writing session; the newest wins, also of two
    that come at once.

    :raises Conflict: the task is done already, so nothing is kept.
    """
    state = session.scalar(select(UserTask.state).where(UserTask.id == task_id).with_for_update(key_share=True))
    if state != 'open':
        raise Conflict()
    session.merge(Draft(task_id=task_id, account_id=account_id, answer=answer, saved_at=now))


def answers(session: Session, instance_id: UUID, token: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What people answered in this instance so far, by field; the latest answer of a field counts. What was answered
    beside this `token`, by another of several, does not count."""
    given: dict[str, Any] = {}
    for answer, other in session.execute(_ANSWERED, {'instance': instance_id}):
        if not _beside(token or {}, other or {}):
            given.update(answer or {})
    return given


def filled_in(session: Session, task: UserTask) -> dict[str, Any] | None:
    """What its doer has filled in by now, for whom it asks: submitted, else the newest draft, else handed on with it."""
    kept = task.kept or {}
    if task.answer or 'by' in kept:
        return task.answer or kept['answer']
    drafts = select(Draft.answer).where(Draft.task_id == task.id).order_by(Draft.saved_at.desc()).limit(1)
    return session.scalar(drafts) or kept.get('answer')


def last_round(session: Session, task: UserTask) -> tuple[UserTask, UserTask] | None:
    """How a step came to be done again: what was answered here last, and the last answer in its instance before this one
    opened, which led back. None: the step was not answered before, or nothing was answered elsewhere since."""
    here = session.scalars(_DONE_HERE, {**_before(task), 'process': task.process, 'element': task.element})
    before = next((one for one in here if one.token == task.token), None)
    if before is None:
        return None
    last = sent_by(session, task)
    return None if last.id == before.id else (before, last)


def sent_by(session: Session, task: UserTask) -> UserTask | None:
    """What was answered last in its instance before this task opened; None: nothing."""
    return session.scalars(_LAST_DONE, _before(task)).first()


def handed_by(session: Session, task_id: UUID, posts: Iterable[tuple[str, str]]) -> Handed | None:
    """How one of these posts, as (unit, post), gave a task out of its hand last; None: none of them did."""
    held = set(posts)
    found = session.scalars(select(Handed).where(Handed.task_id == task_id).order_by(Handed.at.desc(), Handed.id.desc()))
    return next((one for one in found if (one.unit, one.post) in held), None)


def _before(task: UserTask) -> dict[str, Any]:
    return {'instance': task.instance_id, 'task': task.id, 'turn': task.opened_turn}


def typed_before(session: Session, task: UserTask) -> dict[str, Any] | None:
    """What was typed into an earlier task of the same place that ended before it was submitted, unless it was answered
    since; of a task that was returned, what was answered there last. None: nothing."""
    found = session.execute(_TYPED, {'instance': task.instance_id, 'process': task.process, 'element': task.element,
                                     'task': task.id})
    last = next((row for row in found if row.answer is not None and row.token == task.token), None)
    returned = (task.kept or {}).get('as') == 'returned'
    return last.answer if last is not None and (returned or last.state == 'cancelled') else None


def _beside(token: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return any(name in other and other[name] != value for name, value in token.items())
