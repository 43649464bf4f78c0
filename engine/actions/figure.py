"""各单位办理情况: what a bulletin counts, at the moment at which it is issued. Units and matters, never persons."""
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any, Protocol

from sqlalchemy import Select, and_, case, func, not_, or_, select

from engine.ledger import Matter


class Asked(Protocol):
    """Whose figures: a government, and how it is read."""

    tenant: str
    functions: Mapping[str, Callable[..., Any]]

    def read(self, statement: Any) -> Sequence[Any]: ...
    def unit_name(self, code: str | None) -> str: ...


def units(asked: Asked, since: date, until: date, zone: tzinfo) -> list[dict[str, str]]:
    """A row per unit that led something from the one day to the other, both included, the best first (单位情况).

    What is open and overdue is counted as it stood at the end of the last day, whatever happened since; of a span that
    is not over, as it stands. The rate is what was closed in time out of what was to be closed: closed in time, closed
    late, still open and overdue.
    """
    begin, end = (datetime.combine(day, time(), zone) for day in (since, until + timedelta(days=1)))
    unfinished = min(end.date(), date.fromisoformat(asked.functions['today']()))
    rows = sorted((_Row(*one) for one in asked.read(_query(asked.tenant, begin, end, unfinished))), key=_Row.order)
    rates = [row.rate for row in rows if row.rate is not None]
    return [{'名次': str(rates.index(row.rate) + 1) if row.rate is not None else '—', '单位': asked.unit_name(row.unit),
             '交办': str(row.given), '按期办结': str(row.in_time), '超期办结': str(row.late), '在办': str(row.open),
             '超期未办': str(row.overdue), '按期办结率': f'{row.rate}%' if row.rate is not None else '—'} for row in rows]


class _Row:
    def __init__(self, unit: str, given: int, in_time: int, late: int, open_: int, overdue: int) -> None:
        self.unit, self.given, self.in_time, self.late, self.open, self.overdue = unit, given, in_time, late, open_, overdue
        wanted = in_time + late + overdue
        self.rate = round(in_time * 100 / wanted) if wanted else None

    def order(self) -> tuple:
        return self.rate is None, -(self.rate or 0), self.unit


def _query(tenant: str, begin: datetime, end: datetime, unfinished: date) -> Select:
    """`unfinished` is the first day that was not over when it is counted: what is due then is not overdue yet."""
    given = and_(Matter.issued_at >= begin, Matter.issued_at < end)
    closed = and_(Matter.status == 'closed', Matter.closed_at >= begin, Matter.closed_at < end)
    running = and_(Matter.issued_at < end, or_(Matter.closed_at.is_(None), Matter.closed_at >= end))
    in_time = and_(Matter.status == 'closed', Matter.late.is_not(True))        # closed since, asked for before it was due
    counted = (given, and_(closed, Matter.late.is_not(True)), and_(closed, Matter.late.is_(True)), running,
               and_(running, Matter.due_at < unfinished, not_(in_time)))
    return select(Matter.lead_unit, *(func.sum(case((one, 1), else_=0)) for one in counted)).where(
        Matter.tenant == tenant, Matter.lead_unit.is_not(None), or_(given, closed, running)).group_by(Matter.lead_unit)
