"""各单位办理情况: what a bulletin counts, at the moment at which it is issued. Units and matters, never persons."""
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any, Protocol

from sqlalchemy import Select, and_, case, func, not_, or_, select

from engine.ledger import Matter


_TABLE = 'ranking'


class Asked(Protocol):
    """Whose figures: a government, how it is read, and what its tables answer (nothing where there is none)."""

    tenant: str
    functions: Mapping[str, Callable[..., Any]]

    def read(self, statement: Any) -> Sequence[Any]: ...
    def ask(self, table: str, given: Mapping[str, Any]) -> Mapping[str, Any]: ...
    def unit_name(self, code: str | None) -> str: ...


@dataclass(frozen=True)
class _Row:
    unit: str
    given: int
    in_time: int
    late: int
    open: int
    overdue: int
    answer: Mapping[str, Any]

    @property
    def score(self) -> float | None:
        return self.answer.get('score')

    def order(self) -> tuple:
        return self.score is None, -(self.score or 0), self.unit


def units(asked: Asked, since: date, until: date, zone: tzinfo) -> dict[str, Any]:
    """How each unit stood that led something from the one day to the other, both included: a row each, the best first
    (单位情况), and what the table `ranking` says of its scores (评分说明).

    What is open and overdue is counted as it stood at the end of the last day, whatever happened since; of a span that
    is not over, as it stands. The table makes a score of the counts; a unit without one is not ranked.

    :raises Broken: the table fails.
    """
    begin, end = (datetime.combine(day, time(), zone) for day in (since, until + timedelta(days=1)))
    unfinished = min(end.date(), date.fromisoformat(asked.functions['today']()))
    counted = asked.read(_query(asked.tenant, begin, end, unfinished))
    rows = sorted((_scored(asked, *one) for one in counted), key=_Row.order)
    scores = [row.score for row in rows]
    notes = dict.fromkeys(row.answer.get('score_note') or '' for row in rows)
    return {'评分说明': ''.join(notes), '单位情况': [_said(asked, row, scores.index(row.score) + 1) for row in rows]}


def _scored(asked: Asked, unit: str, *counts: int) -> _Row:
    given = dict(zip(('given', 'in_time', 'late', 'open', 'overdue'), counts, strict=True))
    return _Row(unit, **given, answer=asked.ask(_TABLE, given))


def _said(asked: Asked, row: _Row, place: int) -> dict[str, str]:
    unranked = row.score is None
    return {'名次': '—' if unranked else str(place), '单位': asked.unit_name(row.unit), '代码': row.unit,
            '交办': str(row.given), '按期办结': str(row.in_time), '超期办结': str(row.late), '在办': str(row.open),
            '超期未办': str(row.overdue), '评分': str(row.answer.get('score_shown', '—' if unranked else row.score))}


def _query(tenant: str, begin: datetime, end: datetime, unfinished: date) -> Select:
    """`unfinished` is the first day that was not over when it is counted: what is due then is not overdue yet."""
    given = and_(Matter.issued_at >= begin, Matter.issued_at < end)
    closed = and_(Matter.status == 'closed', Matter.closed_at >= begin, Matter.closed_at < end)
    running = and_(Matter.issued_at < end, or_(Matter.closed_at.is_(None), Matter.closed_at >= end))
    in_time = and_(Matter.status == 'closed', Matter.late.is_not(True))       # asked for in time, whenever granted
    counted = (given, and_(closed, Matter.late.is_not(True)), and_(closed, Matter.late.is_(True)), running,
               and_(running, Matter.due_at < unfinished, not_(in_time)))
    return select(Matter.lead_unit, *(func.sum(case((one, 1), else_=0)) for one in counted)).where(
        Matter.tenant == tenant, Matter.lead_unit.is_not(None), or_(given, closed, running)).group_by(Matter.lead_unit)
