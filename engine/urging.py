"""催办: who waits for a task asks its holder to get on. How often, a parameter of the government says."""
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, Text, Uuid, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import authority, circulation, clock, deployment, directory, history, parameter, usertask, workcal
from engine.actions import reminder
from engine.db import Base, Utc
from engine.directory import Held, Tenant
from engine.errors import Conflict, Forbidden, NotFound, Refused, dated, said
from engine.finding import inner
from engine.history import Actor, Kind
from engine.identifier import uuid7
from engine.ledger import Matter
from engine.usertask import UserTask

INTERVAL = 'urge_days'
"""The parameter that says after how many working days a task may be urged again; 0: at any time."""
LONGEST = 200
"""Characters of what is said with it."""


class Urging(Base):
    """One urging of one task."""

    __tablename__ = 'urging'
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    tenant: Mapped[str] = mapped_column(String(20))
    matter_id: Mapped[UUID] = mapped_column(Uuid)
    task_id: Mapped[UUID] = mapped_column(Uuid)
    unit: Mapped[str] = mapped_column(String(40))
    post: Mapped[str] = mapped_column(String(20))
    urged_by: Mapped[str] = mapped_column(String(160))
    note: Mapped[str] = mapped_column(Text, default='')
    urged_at: Mapped[datetime] = mapped_column(Utc)
    __table_args__ = (Index('urging_task', 'task_id', 'urged_at'),)


@dataclass(frozen=True)
class Urged:
    """How often a task was urged; when, by whom and with what words last."""

    count: int
    last_at: datetime
    last_by: str
    last_note: str


_URGED = select(Urging.task_id, Urging.urged_at, Urging.urged_by, Urging.note).where(
    Urging.task_id.in_(bindparam('tasks', expanding=True))).order_by(Urging.urged_at, Urging.id)


def of(session: Session, task_ids: Iterable[UUID]) -> dict[UUID, Urged]:
    """The tasks among these that were urged."""
    found: dict[UUID, Urged] = {}
    for key, at, by, note in session.execute(_URGED, {'tasks': list(task_ids)}):
        found[key] = Urged(found[key].count + 1 if key in found else 1, at, by, note)
    return found


def waits(session: Session, task: UserTask, matter: Matter, *seats: Held) -> Held | None:
    """The first of these posts that waits for the holder of a task and may urge, as the table `oversight` has it: of the
    supervision, the leader who assigned the matter, the lead unit for its co-units, and who did the step before. None
    where none does, or where one of them holds the task itself."""
    if (task.unit, task.post) in seats:
        return None
    sender = _sender(session, task)
    return next((seat for seat in seats if any(
        authority.may(session, matter.tenant, Actor('', *seat), act) for act in _acts(task, matter, seat, sender))), None)


def _acts(task: UserTask, matter: Matter, seat: Held, sender: Held | None) -> list[str]:
    """As what a post would urge."""
    leads = seat[0] == matter.lead_unit and task.unit in (matter.co_units or '').split(',')
    found = seat[0] == matter.supervisor_unit, '/'.join(seat) == matter.leader_post, leads, seat == sender
    return [act for act, so in zip(authority.URGING, found, strict=True) if so]


def _sender(session: Session, task: UserTask) -> tuple[str, str] | None:
    """The post that did the step before this one in the same instance; of an opinion, the post that asks for it."""
    if task.asks is not None:
        about = session.get(UserTask, task.asks)
        return about.unit, about.post
    before = usertask.sent_by(session, task)
    return None if before is None else (before.unit, before.post)


def again_at(session: Session, matter: Matter, last_at: datetime | None) -> datetime | None:
    """From when on a task that was urged last at this moment may be urged again; None: at any time."""
    days = _interval(session, matter)
    if last_at is None or not days:
        return None
    tenant = directory.tenant(session, matter.tenant)
    zone, calendar = clock.zone(tenant.zone), workcal.load(session, tenant)
    counted = workcal.functions(calendar, clock.now(tenant), zone)['workdays']
    return datetime.fromisoformat(counted(last_at.astimezone(zone).isoformat(), days))


def _interval(session: Session, matter: Matter) -> Any:
    """The government's parameter, from the version that the matter runs on, else from the newest.

    :raises Refused: no table of parameters has it.
    """
    newest = deployment.current(session, matter.tenant)
    for deployment_id in (matter.deployment_id, newest.id if newest else None):
        bundle = _bundle(session, deployment_id)
        if bundle is not None and INTERVAL in bundle.parameters:
            return parameter.reader(session, directory.tenant(session, matter.tenant), bundle)(INTERVAL)
    raise Refused('参数表里没有催办间隔 {name}，请流程管理员在决策表 parameters 里加一行。', name=INTERVAL)


def _bundle(session: Session, deployment_id: int | None) -> Any:
    try:
        return None if deployment_id is None else deployment.bundle(session, deployment_id)
    except NotFound:
        return None


def urge(session: Session, task_id: UUID, actor: Actor, note: str = '') -> None:
    """Ask the holder of an open task to get on, by a message to the post, in the caller's writing session.

    :raises NotFound: there is no such task of a matter. :raises Conflict: it is done already.
    :raises Forbidden: neither this post nor one that it stands in for waits for it, or the table lets none of them.
    :raises Refused: it was urged a short while ago, or the words are too many.
    """
    task = session.get(UserTask, task_id)
    if task is None or task.matter_id is None:
        raise NotFound('没有找到这件待办。')
    matter = session.get(Matter, task.matter_id, with_for_update=True, populate_existing=True)
    session.refresh(task)
    now, note = clock.now(session.get(Tenant, task.tenant)), note.strip()
    actor = _allow(session, task, matter, actor, now, note)
    session.add(Urging(id=uuid7(), tenant=task.tenant, matter_id=matter.id, task_id=task.id, unit=actor.unit,
                       post=actor.post, urged_by=actor.said, note=note, urged_at=now))
    told = f'{actor.said}催办“{inner(task.name)}”' + (f'：{note}' if note else '')
    reminder.tell(session, task.tenant, [f'{task.unit}/{task.post}'], told, now, matter.id)
    history.record_matter(session, matter.id, actor, Kind.TASK_URGED, f'催办：{task.name}',
                          {'to': f'{task.unit}/{task.post}'} | ({'note': note} if note else {}), **circulation.at(task))


def _allow(session: Session, task: UserTask, matter: Matter, actor: Actor, now: datetime, note: str) -> Actor:
    """Who urges: the actor, perhaps in the name of the post that waits."""
    if task.state != 'open':
        raise Conflict('这一步刚刚已经办了，不用催了。')
    zone, held = clock.zone(session.get(Tenant, task.tenant).zone), (actor.unit, actor.post)
    seat = waits(session, task, matter, *directory.stands_for(session, task.tenant, held, now.astimezone(zone).date()))
    if seat is None:
        raise Forbidden('催办由等着这一步的岗位发出；哪些岗位可以，写在决策表 oversight 里。')
    if len(note) > LONGEST:
        raise Refused('催办的话最多{most}个字，现在有{count}个。', most=LONGEST, count=len(note))
    before = of(session, [task.id]).get(task.id)
    free = again_at(session, matter, before.last_at if before else None)
    if before and free and now < free:
        last, then = (said('{day} {hour}', day=dated(each.date()), hour=f'{each:%H:%M}') for each in (
            before.last_at.astimezone(zone), free.astimezone(zone)))
        raise Refused('{by}{last}刚催过，{then}以后可以再催。', by=before.last_by, last=last, then=then)
    return actor if seat == held else replace(actor, for_name=directory.post_name(session, task.tenant, '/'.join(seat)))
