"""Numbers of documents: per tenant, kind and year, without gaps, never reused."""
import re

from sqlalchemy import Integer, String, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import statement
from engine.db import Base
from engine.plan import Plan


class Series(Base):
    """The last number given out of one series."""

    __tablename__ = 'number_series'
    tenant: Mapped[str] = mapped_column(String(20), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    year: Mapped[int] = mapped_column(Integer, primary_key=True)
    last: Mapped[int] = mapped_column(Integer)


_PLACE = re.compile(r'\{(year|kind|number)(?::0(\d)d)?\}')


def written(pattern: str, year: int, count: int, kind: str = '') -> str:
    """A number as the tenant writes it: ``{year}``, ``{kind}``, ``{number}`` or ``{number:03d}`` in its pattern."""
    values = {'year': str(year), 'kind': kind, 'number': str(count)}
    return _PLACE.sub(lambda place: values[place[1]].zfill(int(place[2] or 0)), pattern)


_table = Series.__table__
# PostgreSQL: wait for who takes a number of the same series now.
_LAST = select(_table.c.last).where(_table.c.tenant == bindparam('tenant'), _table.c.kind == bindparam('kind'),
                                    _table.c.year == bindparam('year')).with_for_update()
_TAKE = (_table.update().where(_table.c.tenant == bindparam('b_tenant'), _table.c.kind == bindparam('b_kind'),
                               _table.c.year == bindparam('b_year'), _table.c.last == bindparam('b_last'))
         .values(last=bindparam('b_next')))


def take(session: Session, plan: Plan, tenant: str, kind: str, year: int, given: int) -> int:
    """The next number of a series; `given` were already taken in this plan. Written with the plan, so a step that is
    undone leaves no gap, and two steps that took the same number cannot both be written."""
    found = statement.read(session.connection(), _LAST, {'tenant': tenant, 'kind': kind, 'year': year})
    last = found[0]['last'] if found else 0
    if not found and not given:
        plan.insert(_table, {'tenant': tenant, 'kind': kind, 'year': year, 'last': 1})
    elif not found:
        _own(plan, tenant, kind, year)['last'] = given + 1
    else:
        plan.check(_TAKE, {'b_tenant': tenant, 'b_kind': kind, 'b_year': year, 'b_last': last + given,
                           'b_next': last + given + 1})
    return last + given + 1


def _own(plan: Plan, tenant: str, kind: str, year: int) -> dict:
    return next(row for row in plan.inserts[_table]
                if (row['tenant'], row['kind'], row['year']) == (tenant, kind, year))
