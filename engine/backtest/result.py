"""What came of a backtest so far: matter by matter, and all together."""
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.backtest import difference
from engine.backtest.table import Replayed, unpacked
from engine.errors import NotFound
from engine.speech import again


def matters(session: Session, backtest_id: int) -> list[dict[str, Any]]:
    """What came of each matter, as `difference.compared` has it, by its code."""
    rows = session.scalars(select(Replayed.outcome).where(
        Replayed.backtest_id == backtest_id, Replayed.outcome.is_not(None)))
    return sorted(map(_read, rows), key=lambda one: (one['code'], one['id']))


def _read(outcome: bytes) -> dict[str, Any]:
    found = unpacked(outcome)
    return found | {'notes': again(found['notes'])}


def matter(session: Session, backtest_id: int, matter_id: UUID) -> dict[str, Any]:
    """What came of one matter, with the `lines` of both courses. :raises NotFound: it has not been replayed."""
    row = session.get(Replayed, (backtest_id, matter_id))
    if row is None or row.outcome is None:
        raise NotFound('这次回放里没有这件事项。')
    found, course = _read(row.outcome), unpacked(row.course)
    for side, lines in course.items():
        found[side]['lines'] = lines
    return found


def untold(session: Session, backtest_id: int) -> int:
    """How many matters could not be replayed, because their trail does not tell how they began."""
    return session.scalar(select(func.count()).select_from(Replayed).where(
        Replayed.backtest_id == backtest_id, Replayed.outcome.is_(None)))


def whole(session: Session, backtest_id: int) -> dict[str, Any]:
    """Everything, together: `difference.summary`, the `matters` it is made from, and how many are `untold`."""
    found = matters(session, backtest_id)
    return {**difference.summary(found), 'each': found, 'untold': untold(session, backtest_id)}
