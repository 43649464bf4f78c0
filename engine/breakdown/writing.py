"""What an officer's act makes of a breakdown: thought out outside of the time to write, then written or not at all."""
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Update, bindparam
from sqlalchemy.orm import Session

from engine import history
from engine.breakdown.table import OPEN, Breakdown, Line
from engine.history import Actor, Kind
from engine.plan import Plan

_MAY_CHANGE = ('sheet', 'columns', 'labels', 'common', 'state', 'whole', 'actor')
_TABLE = Breakdown.__table__
_ON = (_TABLE.update().where(_TABLE.c.id == bindparam('b_id'), _TABLE.c.version == bindparam('b_version'),
                             _TABLE.c.state == OPEN)
       .values(version=bindparam('b_next'), **{name: bindparam(f'b_{name}') for name in _MAY_CHANGE}))
_LINE = Line.__table__
_AT = (_LINE.c.breakdown_id == bindparam('b_breakdown'), _LINE.c.place == bindparam('b_place'))
_FORGET = _LINE.delete().where(*_AT)


@cache
def _kept(names: tuple[str, ...]) -> Update:
    """Made once, because a statement that is made anew has to be recognised anew."""
    return _LINE.update().where(*_AT).values({name: bindparam(f'b_{name}') for name in names})


class Opening:
    """A breakdown as it is first kept. `id` is its number, once it is written."""

    def __init__(self, made: Breakdown, lines: Sequence[Mapping[str, Any]]) -> None:
        self.id = 0
        self._made, self._lines = made, lines

    def flush(self, session: Session) -> None:
        """Write it within the caller's transaction."""
        session.add(self._made)
        session.flush()
        self.id = self._made.id
        if self._lines:
            session.execute(_LINE.insert(), [{**line, 'breakdown_id': self.id} for line in self._lines])


class Order(Plan):
    """A change of a breakdown, thought out on one version of it, with the lines that it changes.

    `count` is how many matters it is about. Writing it raises Conflict when the breakdown has changed meanwhile.
    """

    def __init__(self, breakdown: Breakdown, **changes: Any) -> None:
        super().__init__()
        self.breakdown_id, self.count = breakdown.id, 0
        self._told: tuple[Any, ...] | None = None
        held = {name: changes.get(name, getattr(breakdown, name)) for name in _MAY_CHANGE}
        self.check(_ON, {'b_id': breakdown.id, 'b_version': breakdown.version, 'b_next': breakdown.version + 1,
                         **{f'b_{name}': value for name, value in held.items()}})

    def forget(self, place: int) -> None:
        """A line that is there goes."""
        self.check(_FORGET, {'b_breakdown': self.breakdown_id, 'b_place': place})

    def take_in(self, line: Mapping[str, Any]) -> None:
        """A new line."""
        self.insert(_LINE, {**line, 'breakdown_id': self.breakdown_id})

    def tell(self, tenant_id: str, actor: Actor, kind: Kind, summary: str, count: int) -> None:
        """An event on the trail."""
        self.count = count
        self._told = tenant_id, actor, kind, summary, {'breakdown': self.breakdown_id, 'matters': count}

    def keep(self, line: Mapping[str, Any], *names: str) -> None:
        """A line that is there is kept with these of its columns as they are now."""
        self.change(_kept(names), {'b_breakdown': self.breakdown_id, 'b_place': line['place'],
                                      **{f'b_{name}': line[name] for name in names}})

    def flush(self, session: Session) -> None:
        """Write it within the caller's transaction.

        :raises Conflict: somebody has changed the breakdown since it was read; the caller rolls back.
        """
        super().flush(session)
        if self._told is not None:
            history.record(session, *self._told)
