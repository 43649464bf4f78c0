"""里程碑: the rows of a matter's plan, each with its day, and which of them are reached.

The plan is the newest answer to the form's list that is drawn as the plan (its property ``shows: milestones``). In each
row ``task`` says what, ``by`` until when (nothing: the matter's own deadline); the other columns are shown as they are.
"""
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Integer, String, Uuid, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import history
from engine.db import Base, Utc
from engine.errors import Conflict, NotFound
from engine.form import Form
from engine.history import Actor, Kind
from engine.ledger import Matter
from engine.usertask import UserTask

SHOWS = 'milestones'


class Reached(Base):
    """A row of a plan that its unit reports as done. The plan is the answer of this task."""

    __tablename__ = 'milestone_reached'
    task_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey('user_task.id'), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    matter_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey('ledger.id'), index=True)
    at: Mapped[datetime] = mapped_column(Utc)
    by: Mapped[str] = mapped_column(String(160))


@dataclass(frozen=True)
class Milestone:
    """One row of a matter's plan. `due` is None where neither the row nor the matter has a day."""

    task_id: UUID
    position: int
    task: str
    due: date | None
    row: Mapping[str, Any]
    reached_at: datetime | None = None
    reached_by: str = ''

    def missed(self, today: date) -> bool:
        """Its day is over and it is not reached."""
        return self.reached_at is None and self.due is not None and self.due < today


def plans(session: Session, matters: Sequence[Matter], forms: Mapping[int, Mapping[str, Form]]
          ) -> dict[UUID, list[Milestone]]:
    """The plan of each of these matters, in the order in which it was written; a matter without one is left out. `forms`
    are those of each version on which one of them runs."""
    lists = {(version, form_id): key for version, known in forms.items() for form_id, form in known.items()
             if (key := _list_of(form))}
    versions = {matter.id: matter.deployment_id for matter in matters}
    keys = list(versions)
    answers: dict[UUID, tuple[UUID, list[dict[str, Any]]]] = {}
    for task_id, matter_id, form_id, answer in session.execute(
            select(UserTask.id, UserTask.matter_id, UserTask.form, UserTask.answer)
            .where(UserTask.matter_id.in_(keys), UserTask.state == 'done', UserTask.form.in_({form for _, form in lists}))
            .order_by(UserTask.closed_at, UserTask.closed_turn)):
        if rows := (answer or {}).get(lists.get((versions[matter_id], form_id))):
            answers[matter_id] = task_id, rows
    done = {(row.task_id, row.position): row
            for row in session.scalars(select(Reached).where(Reached.matter_id.in_(keys)))}
    return {matter.id: list(_read(matter, *answers[matter.id], done)) for matter in matters if matter.id in answers}


def _list_of(form: Form) -> str | None:
    return next((key for key, field in form.fields.items() if field.rules.get('shows') == SHOWS), None)


def _read(matter: Matter, task_id: UUID, rows: Sequence[Mapping[str, Any]],
          done: Mapping[tuple[UUID, int], Reached]) -> Iterable[Milestone]:
    for position, row in enumerate(rows):
        reached = done.get((task_id, position))
        yield Milestone(task_id, position, str(row.get('task') or ''),
                        date.fromisoformat(row['by'][:10]) if row.get('by') else matter.due_at, row,
                        *((reached.at, reached.by) if reached else ()))


def reach(session: Session, matter_id: UUID, milestone: Milestone, actor: Actor, now: datetime) -> None:
    """Note that a row of the plan is done, in the caller's writing session; it goes on the trail.

    :raises Conflict: somebody noted it already.
    """
    session.get(Matter, matter_id, with_for_update=True)       # two who say the same at once: the second is told
    if session.get(Reached, (milestone.task_id, milestone.position)) is not None:
        raise Conflict('这一项已经记为完成了。')
    session.add(Reached(task_id=milestone.task_id, position=milestone.position, matter_id=matter_id, at=now,
                        by=actor.said))
    history.record_matter(session, matter_id, actor, Kind.MILESTONE_REACHED, f'计划完成一项：{milestone.task}')


def reopen(session: Session, matter_id: UUID, milestone: Milestone, actor: Actor) -> None:
    """Take back that a row of the plan is done, in the caller's writing session; it goes on the trail.

    :raises NotFound: it was not noted as done.
    """
    session.get(Matter, matter_id, with_for_update=True)
    row = session.get(Reached, (milestone.task_id, milestone.position))
    if row is None:
        raise NotFound('这一项没有记为完成，不用撤回。')
    session.delete(row)
    history.record_matter(session, matter_id, actor, Kind.MILESTONE_REOPENED, f'撤回完成：{milestone.task}')

