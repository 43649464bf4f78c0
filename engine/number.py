"""Numbers of documents: per tenant, kind and year, without gaps, never reused."""
import re

from sqlalchemy import Integer, String, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import statement
from engine.db import Base
from engine.plan import Plan

LONGEST_KIND = 20


class Series(Base):
    """The last number given out of one series."""

    __tablename__ = 'number_series'
    tenant: Mapped[str] = mapped_column(String(20), primary_key=True)
    kind: Mapped[str] = mapped_column(String(LONGEST_KIND), primary_key=True)
    year: Mapped[int] = mapped_column(Integer, primary_key=True)
    last: Mapped[int] = mapped_column(Integer)


_PLACE = re.compile(r'\{(year|kind|number)(?::0(\d)d)?\}')


def written(pattern: str, year: int, count: int, kind: str = '') -> str:
    """A number as the tenant writes it: ``{year}``, ``{kind}``, ``{number}`` or ``{number:03d}`` in its pattern."""
    values = {'year': str(year), 'kind': kind, 'number': str(count)}
    return _PLACE.sub(lambda place: values[place[1]].zfill(int(place[2] or 0)), pattern)


_table = Series.__table__
_LAST = select(_table.c.last).where(_table.c.tenant == bindparam('tenant'), _table.c.kind == bindparam('kind'),
                                    _table.c.year == bindparam('year'))
_LOCKED = _LAST.with_for_update()       # PostgreSQL: wait for who takes a number of the same series now
_TAKE = (_table.update().where(_table.c.tenant == bindparam('b_tenant'), _table.c.kind == bindparam('b_kind'),
                               _table.c.year == bindparam('b_year'), _table.c.last == bindparam('b_last'))
         .values(last=bindparam('b_next')))


class Numbers:
    """The numbers that a step takes, or that several steps take which are all written together or not at all.

    They are written with the plan, so a step that is undone leaves no gap, and two that took the same number cannot
    both be written. Others who want one wait, unless so many are wanted that this would be long (`waits`).
    """

    def __init__(self, waits: bool = True) -> None:
        self._read = _LOCKED if waits else _LAST
        self._last: dict[tuple[str, str, int], int] = {}
        self._begun: dict[tuple[str, str, int], dict] = {}

    def take(self, session: Session, plan: Plan, tenant: str, kind: str, year: int) -> int:
        """The next number of a series."""
        series = tenant, kind, year
        if series not in self._last:
            self._look(session, plan, *series)
        last = self._last[series]
        self._last[series] = last + 1
        if series in self._begun:
            self._begun[series]['last'] = last + 1
        else:
            plan.check(_TAKE, {'b_tenant': tenant, 'b_kind': kind, 'b_year': year, 'b_last': last, 'b_next': last + 1})
        return last + 1

    def _look(self, session: Session, plan: Plan, tenant: str, kind: str, year: int) -> None:
        series = {'tenant': tenant, 'kind': kind, 'year': year}
        found = statement.read(session.connection(), self._read, series)
        self._last[tenant, kind, year] = found[0]['last'] if found else 0
        if not found:
            self._begun[tenant, kind, year] = series | {'last': 0}
            plan.insert(_table, self._begun[tenant, kind, year])
