"""What the form refuses in each line of a breakdown, and which lines there are already.

Lines are rows here, read and changed in memory: whoever judges them does so before the time to write comes.
"""
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.breakdown.proposal import Ground, alike
from engine.breakdown.table import Breakdown, Line
from engine.errors import said
from engine.ledger import Matter

Row = dict[str, Any]
_TABLE = Line.__table__
_READ = ('place', 'answer', 'notes', 'wrong', 'twin', 'edited', 'left_out')


def rows(session: Session, breakdown: Breakdown) -> list[Row]:
    """Every line, in the order of the file."""
    found = session.execute(select(*(_TABLE.c[name] for name in _READ)).where(
        _TABLE.c.breakdown_id == breakdown.id).order_by(_TABLE.c.place))
    return [dict(row) for row in found.mappings()]


def judge(session: Session, tenant_id: str, ground: Ground, lines: Sequence[Row], common: Mapping[str, Any]) -> None:
    """See what the form refuses in each line, `common` said for all of them, and which lines there are already."""
    for line in lines:
        _, line['wrong'] = ground.judged(line['answer'], said_for(line, common))
    pair(session, tenant_id, lines)


def said_for(line: Row, common: Mapping[str, Any]) -> Mapping[str, Any]:
    """What is said for all lines and true of this one: nothing where it was mended by hand."""
    return {} if line['edited'] else common


def pair(session: Session, tenant_id: str, lines: Sequence[Row]) -> None:
    """Note which of these lines, in their order, are in hand already or stand there before."""
    known = _in_hand(session, tenant_id, {line['answer'].get('lead_unit') for line in lines})
    seen: dict[tuple[str, str], int] = {}
    for line in lines:
        key = what(line)
        line['twin'] = (said('台账里已有：{matter}', matter=known[key][:100]) if key in known else
                        said('与第{place}件重复', place=seen[key]) if key in seen else '')
        seen.setdefault(key, line['place'])


def what(line: Row) -> tuple[str, str]:
    """What a line has in common with others that are the same."""
    return alike(str(line['answer'].get('title') or ''), line['answer'].get('lead_unit'))


def _in_hand(session: Session, tenant_id: str, units: Iterable[str | None]) -> dict[tuple[str, str], str]:
    """What these units have in hand already: title and lead unit to code."""
    found = session.execute(select(Matter.title, Matter.lead_unit, Matter.code).where(
        Matter.tenant == tenant_id, Matter.status.in_(('draft', 'open')), Matter.title.is_not(None),
        Matter.lead_unit.in_(filter(None, units))))
    return {alike(title, unit): code or title for title, unit, code in found}
