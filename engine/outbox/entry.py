"""What is to be told outside of the house: a row per contact and thing, written with the step that tells it."""
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Date, Index, String, Uuid, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock, deployment, directory
from engine.contact import Reach
from engine.db import Base, Utc
from engine.finding import one_line
from engine.identifier import uuid7
from engine.outbox.hours import Hours, hours
from engine.outbox.reader import Readers
from engine.plan import Plan

_WAITS = text('delivery_id IS NULL')


class Entry(Base):
    """One thing for one contact. Times are the government's own.

    It may go along from `from_at` on, and is reason enough to send at `ready_at`. What it says is no secret: a title,
    who leads, a step, a deadline. The address stands with the contact alone.
    """

    __tablename__ = 'outbox'
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    tenant: Mapped[str] = mapped_column(String(20))
    contact_id: Mapped[UUID] = mapped_column(Uuid)
    channel: Mapped[str] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(10))
    urgent: Mapped[bool] = mapped_column(Boolean)
    title: Mapped[str] = mapped_column(String(300))
    lead_unit: Mapped[str | None] = mapped_column(String(40))
    step: Mapped[str] = mapped_column(String(200))
    deadline: Mapped[date | None] = mapped_column(Date)
    place: Mapped[str] = mapped_column(String(10))                     # task message copy: which page it leads to
    place_id: Mapped[UUID | None] = mapped_column(Uuid)
    told_at: Mapped[datetime] = mapped_column(Utc)
    from_at: Mapped[datetime] = mapped_column(Utc)
    ready_at: Mapped[datetime] = mapped_column(Utc)
    delivery_id: Mapped[UUID | None] = mapped_column(Uuid)             # the letter in which it goes
    __table_args__ = (Index('outbox_ready', 'tenant', 'ready_at', sqlite_where=_WAITS, postgresql_where=_WAITS),
                      Index('outbox_contact', 'contact_id', sqlite_where=_WAITS, postgresql_where=_WAITS),
                      Index('outbox_delivery', 'delivery_id'))


@dataclass(frozen=True)
class Note:
    """What is told to a post, and what a letter may say of it. `kind` is one of `contact.KINDS`; `place` names the kind
    of page to which it leads (task, message, copy) and `place_id` which."""

    kind: str
    unit: str
    post: str
    title: str
    lead_unit: str | None
    step: str
    deadline: date | None
    place: str
    place_id: UUID
    urgent: bool = False


def post(plan: Plan, readers: Readers, tenant_id: str, notes: Iterable[Note], times: Hours, now: datetime) -> None:
    """Add to a plan what goes to the contacts of these posts, and of who acts for them, that want it.

    Who is told of a new task, which come first, is not reminded of the same step as well, and who is told something for
    its own post does not hear it again for another.
    """
    busy: set[UUID] = set()
    told: set[tuple] = set()
    meant = [(note, *reader) for note in notes for reader in readers.of((note.unit, note.post))]
    for note, one, absent in sorted(meant, key=lambda found: found[2] != ''):
        what = (one.id, note.kind, note.title, note.step, None if note.place == 'message' else note.place_id)
        if note.kind in one.kinds and not (note.kind == 'reminder' and one.id in busy) and not (absent and what in told):
            plan.insert(Entry.__table__, _row(note, one, absent, tenant_id, times, now))
            busy |= {one.id} if note.kind == 'task' else set()
            told.add(what)


def _row(note: Note, reach: Reach, absent: str, tenant_id: str, times: Hours, now: datetime) -> dict[str, Any]:
    step = f'{note.step}（代{absent}）' if absent else note.step
    return {'id': uuid7(), 'tenant': tenant_id, 'contact_id': reach.id,
            'channel': reach.channel, 'kind': note.kind, 'urgent': note.urgent, 'title': one_line(note.title)[:300],
            'lead_unit': note.lead_unit, 'step': one_line(step)[:200], 'deadline': note.deadline, 'place': note.place,
            'place_id': note.place_id, 'told_at': now, 'from_at': now if note.urgent else times.first(now),
            'ready_at': now if note.urgent else times.ready(now), 'delivery_id': None}


def tell(session: Session, tenant_id: str, notes: Iterable[Note]) -> None:
    """What a person did that is no step (a copy, a comment) reaches those who want to hear of it, in the caller's
    writing session."""
    tenant = directory.tenant(session, tenant_id)
    now = clock.now(tenant)
    readers = Readers(session, tenant, now.astimezone(clock.zone(tenant.zone)).date())
    notes = [note for note in notes if readers.of((note.unit, note.post))]
    if notes:
        current, plan = deployment.current(session, tenant_id), Plan()
        times = hours(session, tenant, deployment.bundle(session, current.id) if current else None)
        post(plan, readers, tenant_id, notes, times, now)
        plan.flush(session)
