"""A tenant's calendar as rows: filled from the published arrangements, changed, read once per change."""
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple, Protocol

from sqlalchemy import Boolean, Date, Select, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.db import Base
from engine.errors import Refused
from engine.remember import changing, remember
from engine.workcal import official
from engine.workcal.calendar import Calendar


class CalendarDay(Base):
    """A day about which the tenant's calendar says something: worked or off, by whose word, and why."""

    __tablename__ = 'calendar_day'
    tenant: Mapped[str] = mapped_column(String(20), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    working: Mapped[bool] = mapped_column(Boolean)
    source: Mapped[str] = mapped_column(String(100))                  # the notice, or who decided
    note: Mapped[str] = mapped_column(String(200), default='')        # 春节, 调休上班, 防汛值守


class Owner(Protocol):
    """The tenant row: the columns that belong to its calendar."""

    id: str
    covered_until: date
    calendar_revision: int


class Row(NamedTuple):
    """A wish: `day` shall be worked, be off, or (None) be what the rule of weekdays and holidays makes of
    it."""

    day: date
    working: bool | None
    note: str = ''


class Change(NamedTuple):
    """A day whose row changed. `before` and `after` say whether it was and is worked; both may be the
    same."""

    day: date
    before: bool
    after: bool
    note: str


class Changed(NamedTuple):
    """What a change came to. `moved` means that dates must be computed anew."""

    days: tuple[Change, ...]
    covered_until: date
    was_covered_until: date

    @property
    def moved(self) -> bool:
        reach = self.covered_until != self.was_covered_until
        return reach or any(day.before != day.after for day in self.days)


def load(session: Session, tenant: Owner) -> Calendar:
    """The tenant's calendar, read from the database once per revision and process."""
    return remember(session, 'calendar', tenant.id, (tenant.calendar_revision, tenant.covered_until),
                    lambda: _in_memory(session.scalars(_rows(tenant)), tenant.covered_until))


def seed(session: Session, tenant: Owner) -> None:
    """Give a new tenant the published arrangements, and set how far they reach."""
    session.add_all(CalendarDay(tenant=tenant.id, **one._asdict()) for one in official.days())
    tenant.covered_until = official.covered_until()
    _mark(session, tenant)


def change(session: Session, tenant: Owner, rows: Iterable[Row], source: str, *,
           covered_until: date | None = None) -> Changed:
    """Write rows into the tenant's calendar and give it a new revision, if they make any difference.

    The caller writes the trail and re-arms timers where the answer has ``moved``.

    :raises Refused: a day is named twice, or the calendar would reach less far than it does.
    """
    session.refresh(tenant, attribute_names=['covered_until', 'calendar_revision'], with_for_update=True)
    rows, reach = list(rows), covered_until or tenant.covered_until
    if twice := _twice(rows):
        raise Refused('{day}写了两次，请只留一次', day=twice)
    if reach < tenant.covered_until:
        raise Refused('日历已经覆盖到{now}，不能改短到{wish}', now=tenant.covered_until, wish=reach)
    stored = {row.day: row for row in session.scalars(_rows(tenant))}
    old = _in_memory(stored.values(), tenant.covered_until)
    touched = [row for row in rows if _write(session, stored, tenant, row, source)]
    was = tenant.covered_until
    if not touched and reach == was:
        return Changed((), was, was)
    tenant.covered_until = reach
    new = _in_memory(stored.values(), reach)
    _mark(session, tenant)
    return Changed(tuple(Change(row.day, old.is_workday(row.day), new.is_workday(row.day), row.note)
                         for row in touched), reach, was)


def _write(session: Session, stored: dict[date, CalendarDay], tenant: Owner, row: Row, source: str) -> bool:
    """Whether the row made a difference to what is stored."""
    known = stored.get(row.day)
    if row.working is None:
        if known is not None:
            session.delete(stored.pop(row.day))
        return known is not None
    if known is not None and (known.working, known.source, known.note) == (row.working, source, row.note):
        return False
    if known is None:
        known = stored[row.day] = CalendarDay(tenant=tenant.id, day=row.day)
        session.add(known)
    known.working, known.source, known.note = row.working, source, row.note
    return True


def _mark(session: Session, tenant: Owner) -> None:
    tenant.calendar_revision = (tenant.calendar_revision or 0) + 1
    changing(session, 'calendar', tenant.id)
    session.flush()


def _rows(tenant: Owner) -> Select[tuple[CalendarDay]]:
    return select(CalendarDay).where(CalendarDay.tenant == tenant.id)


def _in_memory(rows: Iterable[CalendarDay], covered_until: date) -> Calendar:
    off, on = [], []
    for row in rows:
        (on if row.working else off).append(row.day)
    return Calendar(off, on, covered_until)


def _twice(rows: list[Row]) -> date | None:
    seen: set[date] = set()
    return next((row.day for row in rows if row.day in seen or seen.add(row.day)), None)
