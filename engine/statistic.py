"""Figures of the ledger: how many matters of what kind, in few questions that an index answers.

`scope` is a condition on the ledger that names the tenant, such as `Sight.condition` or `Matter.tenant == 'gz'`. Units
and matters are counted, never persons; the order of what is returned is no ranking.
"""
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, String, func, literal, select, union_all
from sqlalchemy.orm import Session

from engine.ledger import Matter

SAMPLE = 2000               # matters from whose moments the durations are taken, the last ones closed
STEPS = (('received_at', 'registered_at'), ('registered_at', 'issued_at'), ('issued_at', 'signed_at'),
         ('signed_at', 'closing_requested_at'), ('closing_requested_at', 'closed_at'))
"""Between which moments of a matter its stages lie: 收到—立项—交办—签收—申请办结—办结."""
_OVERDUE = ((Matter.status == 'closed', Matter.late.is_(True)), (Matter.status == 'open', Matter.lamp == 'red'))
"""Counted apart: together, no index would find them by their day."""


@dataclass
class Counted:
    """The matters in hand of one value (a unit, a stage), by lamp."""

    lamps: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.lamps.values())


@dataclass(frozen=True)
class Month:
    """One span: how many matters were registered and closed in it, closed in time, and due in it but not closed by
    their day."""

    first: date
    registered: int
    closed: int
    in_time: int
    overdue: int

    @property
    def rate(self) -> int | None:
        """Of a hundred that were closed, how many in time; None when none was closed."""
        return round(self.in_time * 100 / self.closed) if self.closed else None


def lamps(session: Session, scope: ColumnElement[bool]) -> dict[str, int]:
    """How many matters in hand carry each lamp."""
    return dict(session.execute(select(Matter.lamp, func.count()).where(scope, Matter.status == 'open')
                                .group_by(Matter.lamp)).all())


def in_hand(session: Session, scope: ColumnElement[bool], by: Any,
            *conditions: ColumnElement[bool]) -> dict[str, Counted]:
    """The matters in hand counted by a column of the ledger, by lamp; '' holds those without a value."""
    found: dict[str, Counted] = {}
    hand = scope, Matter.status == 'open', *conditions
    for lamp, value, number in session.execute(
            select(Matter.lamp, by, func.count()).where(*hand).group_by(Matter.lamp, by)):
        found.setdefault(value or '', Counted()).lamps[lamp] = number
    return found


def raised(session: Session, scope: ColumnElement[bool]) -> dict[str, int]:
    """How many matters in hand of each lead unit stand at a level of escalation."""
    return {unit or '': number for unit, number in session.execute(
        select(Matter.lead_unit, func.count()).where(scope, Matter.status == 'open', Matter.level > 0)
        .group_by(Matter.lead_unit))}


def months(session: Session, scope: ColumnElement[bool], firsts: Sequence[date],
           begins: Sequence[datetime]) -> list[Month]:
    """Each month from `firsts[n]` up to `firsts[n + 1]`; `begins` are the moments at which these days begin."""
    parts = []
    for place, (first, after, begin, end) in enumerate(zip(firsts, firsts[1:], begins, begins[1:], strict=False)):
        closed = Matter.status == 'closed', Matter.closed_at >= begin, Matter.closed_at < end
        parts += [_count(place, 'registered', scope, Matter.registered_at >= begin, Matter.registered_at < end),
                  _count(place, 'closed', scope, *closed),
                  _count(place, 'in_time', scope, *closed, Matter.late.is_not(True)),
                  *(_count(place, 'overdue', scope, Matter.due_at >= first, Matter.due_at < after, *kind)
                    for kind in _OVERDUE)]
    found: Counter[tuple[int, str]] = Counter()
    for place, what, number in session.execute(union_all(*parts)):
        found[place, what] += number
    return [Month(first, *(found[place, what] for what in ('registered', 'closed', 'in_time', 'overdue')))
            for place, first in enumerate(firsts[:-1])]


def _count(place: int, what: str, *conditions: ColumnElement[bool]) -> Any:
    return select(literal(place), literal(what, String(20)), func.count()).select_from(Matter).where(*conditions)


def durations(session: Session, scope: ColumnElement[bool], since: datetime) -> list[tuple[float | None, int]]:
    """For each of `STEPS` the median of its days, and of how many matters: of those closed since then, the latest
    `SAMPLE`. None: no matter has both moments."""
    columns = list(dict.fromkeys(name for step in STEPS for name in step))
    rows = session.execute(select(*(getattr(Matter, name) for name in columns)).where(
        scope, Matter.status == 'closed', Matter.closed_at >= since)
        .order_by(Matter.closed_at.desc()).limit(SAMPLE)).mappings().all()
    found = []
    for first, last in STEPS:
        days = [(row[last] - row[first]).total_seconds() / 86400 for row in rows if row[first] and row[last]]
        found.append((median(days) if days else None, len(days)))
    return found
