"""What became of a matter: its lamps, notices, points and levels, how it ended, and its whole course to be read."""
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from engine.backtest.event import Seen
from engine.finding import one_line
from engine.history import Kind

_TOLD = frozenset({Kind.TASK_OPENED, Kind.TASK_COMPLETED, Kind.TIMER_FIRED, Kind.LAMP_CHANGED, Kind.NOTICE_DRAFTED,
                   Kind.NOTICE_ISSUED, Kind.NOTICE_DECLINED, Kind.NOTICE_WITHDRAWN, Kind.POINTS_RECORDED,
                   Kind.MATTER_WITHDRAWN, Kind.MATTER_CANCELLED, Kind.MATTER_SUSPENDED, Kind.MATTER_RESUMED})
_STOPPED = (Kind.MATTER_WITHDRAWN, Kind.MATTER_CANCELLED)


class Line(NamedTuple):
    """One line of the course: when, the kind of event, what it says, and of which co-unit."""

    at: datetime
    kind: str
    said: str
    unit: str = ''


class Life(NamedTuple):
    """Each is (moment, …) in order: lamps, notices with a level that were issued, points by unit, levels reached."""

    lamps: tuple[tuple[datetime, str], ...]
    notices: tuple[tuple[datetime, int, str], ...]
    points: tuple[tuple[datetime, str, float], ...]
    levels: tuple[tuple[datetime, int], ...]
    ended_at: datetime | None
    result: str
    lines: tuple[Line, ...]

    @classmethod
    def of(cls, events: Iterable[Seen]) -> 'Life':
        """As these events of one matter tell it."""
        events = list(events)
        changed = [(seen.at, name, one['new']) for seen in events if seen.kind == Kind.FACT_CHANGED
                   for name, one in seen.data.items()]
        results = [str(new) for _, name, new in changed if name == 'result' and new]
        withdrawn = any(seen.kind in _STOPPED for seen in events)
        ended = [at for at, name, new in changed if name == 'closed_at' and new]
        ended += [seen.at for seen in events if seen.kind in _STOPPED]
        return cls(
            tuple((seen.at, seen.data['lamp']['new']) for seen in events if seen.kind == Kind.LAMP_CHANGED),
            tuple((seen.at, seen.data['level'], seen.summary.removesuffix(seen.data['number'])) for seen in events
                  if seen.kind == Kind.NOTICE_ISSUED and seen.data.get('level')),
            tuple((seen.at, seen.data['unit'], seen.data['points']) for seen in events
                  if seen.kind == Kind.POINTS_RECORDED),
            tuple((at, int(new)) for at, name, new in changed if name == 'level' and new),
            ended[0] if ended else None, 'withdrawn' if withdrawn else results[-1] if results else '',
            tuple(Line(seen.at, seen.kind, _said(seen), _unit(seen)) for seen in events if seen.kind in _TOLD))

    @property
    def level(self) -> int:
        """The highest level that was reached."""
        return max((level for _, level in self.levels), default=0)

    def spans(self, until: datetime) -> list[tuple[str, datetime, datetime]]:
        """How long each lamp was lit: the lamp, from, to. A closed matter's lamp is lit no longer."""
        ends = [*(at for at, _ in self.lamps), until][1:]
        return [(lamp, at, end) for (at, lamp), end in zip(self.lamps, ends, strict=True) if lamp != 'blue']

    def first(self, lamp: str) -> datetime | None:
        """When a lamp was lit for the first time."""
        return next((at for at, lit in self.lamps if lit == lamp), None)

    def deducted(self) -> dict[str, float]:
        """Points taken off, by unit."""
        found: dict[str, float] = {}
        for _, unit, points in self.points:
            found[unit] = found.get(unit, 0) - points
        return found


def _said(seen: Seen) -> str:
    if seen.kind == Kind.LAMP_CHANGED:
        return seen.data['lamp']['new']
    if seen.kind in (Kind.TASK_OPENED, Kind.TASK_COMPLETED, Kind.TIMER_FIRED):
        return one_line(seen.name)
    return seen.summary.removesuffix(str(seen.data.get('number', '')))         # a replay counts by itself


def _unit(seen: Seen) -> str:
    unit = (seen.data.get('token') or {}).get('unit')
    return unit if isinstance(unit, str) else ''
