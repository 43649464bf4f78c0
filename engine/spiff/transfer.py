"""A state carried over to another version of its diagrams: every token that waits keeps its id and what it knows.

Tasks, catching events, sub-processes, calls and joins have to have a place in the new version. Boundary events,
starts of event sub-processes and the events behind an event-based gateway follow what they belong to: those that are gone wait no
more, new ones begin to wait. Nothing moves.
"""
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import uuid4

import orjson
from SpiffWorkflow import TaskState

from engine.errors import listed, said
from engine.spiff import codec
from engine.spiff.event import Boundary, Handler
from engine.spiff.fit import family, misfit, uncovered
from engine.spiff.gateway import Join, Race
from engine.spiff.library import Library
from engine.spiff.place import LIVE, drawn
from engine.spiff.scope import Sub

Names = Mapping[str, Mapping[str, str]]
"""By process, the new ids of elements; one that is not named keeps its id."""


class Spot(NamedTuple):
    """An element on a diagram."""

    process: str
    element: str
    name: str


@dataclass(frozen=True)
class Hitch:
    """Why a token cannot be carried over. `mappable`: it can when its element is mapped to another one."""

    spot: Spot
    cause: str
    mappable: bool = False


@dataclass
class Carried:
    """A state on the new version (of no use while there are hitches), what waits there no more, and what is new."""

    state: bytes = b''
    hitches: list[Hitch] = field(default_factory=list)
    gone: list[Spot] = field(default_factory=list)
    added: list[Spot] = field(default_factory=list)

    def hitch(self, spot: Spot, cause: str, mappable: bool = False) -> None:
        """One more reason; the same one is told once."""
        found = Hitch(spot, cause, mappable)
        if found not in self.hitches:
            self.hitches.append(found)


def carry(process: str, blob: bytes, old: Library, new: Library, names: Names) -> Carried:
    """The state of an instance, carried over from one version of a bundle to another that has the process, too."""
    carried, body = Carried(), orjson.loads(codec.plain(blob))
    specs, levels = old.specs(process)[1], new.specs(process)[1]
    first = _Level(old, specs[process], levels[process], body['t'], names, carried)
    insides, inner = first.insides, []
    for key, name, rows in body['s']:
        if insides.get(key) in levels:                   # else its owner has no place, which is told already
            level = _Level(old, specs[name], levels[insides[key]], rows, names, carried)
            inner.append((key, insides[key], level.rows))
            insides |= level.insides
    body |= {'t': first.rows, 's': inner}
    body['x']['rung'] = {_bell(bell, old, names): at for bell, at in body['x'].get('rung', {}).items()}
    carried.state = codec.packed(orjson.dumps(body))
    return carried


def _bell(bell: str, old: Library, names: Names) -> str:
    """The key under which a reminder that has rung is remembered: process, element, token."""
    place, brace, token = bell.partition('{')
    process = max((one for one in set(old.home.values()) if place.startswith(f'{one}.')), key=len, default='')
    element = place.removeprefix(f'{process}.')
    return f'{process}.{names.get(process, {}).get(element, element)}{brace}{token}'


class _Row(NamedTuple):
    """A task as it is written down: id, place of its parent, name of its specification, state, what it keeps."""

    key: str
    at: int | None
    name: str
    state: int
    kept: dict


class _Level:
    """One level of tokens, on its new specification. ``insides`` are the new names of the levels in it, by owner."""

    def __init__(self, old: Library, before: Any, after: Any, rows: list, names: Names, carried: Carried) -> None:
        self.before, self.after, self.carried = before.task_specs, after.task_specs, carried
        self.process = old.home[before.name]
        self.names = names.get(self.process, {})
        self.had = [_Row(*row[:4], row[4] or {}) for row in rows]
        self.rows: list[list] = []
        self.insides: dict[str, str] = {}
        self._places: dict[int, int] = {}                 # place of a row among the old ones → among the new ones
        self._hosts = {row.key: row.name for row in self.had}
        for place, row in enumerate(self.had):
            self._carry(place, row)
        self._add_handlers(before.handlers, after.handlers)
        self._check_ways()
        self._check_joins(before, after)

    def _carry(self, place: int, row: _Row) -> None:
        spec, target = self.before[row.name], self._renamed(row.name)
        if not row.state & LIVE:
            if target not in self.after:
                self._places[place] = 0                   # whence a token came is forgotten where that place is gone
                if isinstance(spec, Race):
                    self._check_place(spec, target, row.kept)
                return
        elif self._follows(row):
            if not self._may_follow(row, target):
                self.carried.gone.append(self._spot(spec))
                return
        else:
            self._check_place(spec, target, row.kept)
        self._places[place] = len(self.rows)
        kept = self._kept(spec, self.after.get(target), row)
        self.rows.append([row.key, None if row.at is None else self._places[row.at], target, row.state, kept or None])
        self._add_followers(row, target)

    def _renamed(self, name: str) -> str:
        """The new name of a place: its element's, and what tells it from others of the same element."""
        element = drawn(self.before[name])
        return name if element is None else self.names.get(element, element) + name.removeprefix(element)

    def _spot(self, spec: Any) -> Spot:
        return Spot(self.process, drawn(spec) or '', (spec.bpmn_name or drawn(spec) or '').replace('\n', ''))

    def _kept(self, old: Any, new: Any, row: _Row) -> dict:
        """What a token knows; where a time or condition is drawn differently now, it is worked out anew."""
        kept = dict(row.kept)
        if 'from' in kept:
            kept['from'] = [self.names.get(one, one) for one in kept['from']]
        if _drawn_time(getattr(old, 'event', None)) != _drawn_time(getattr(new, 'event', None)):
            kept.pop('event_value', None)
            kept.pop('was', None)
        return kept

    # what has to have a place

    def _check_place(self, spec: Any, target: str, kept: dict) -> None:
        new, spot = self.after.get(target), self._spot(spec)
        if new is None:
            self._say_missing(spec, spot)
        elif family(new) != family(spec):
            self.carried.hitch(spot, said('新版本里“{name}”是另一种元素', name=new.bpmn_name or drawn(new)),
                               mappable=True)
        elif cause := misfit(spec, new, kept):
            self.carried.hitch(spot, cause)

    def _say_missing(self, spec: Any, spot: Spot) -> None:
        if spec.aside and self.names.get(spot.element, spot.element) in self.after:
            self.carried.hitch(spot, said('正在排队执行，新版本里这一步不再排队；等它执行完再移'))
        elif not spec.repeated:                           # of a copy its activity tells
            self.carried.hitch(spot, said('新版本的同一层里没有这个元素'), mappable=True)

    # what follows something else

    def _follows(self, row: _Row) -> bool:
        return isinstance(self.before[row.name], Boundary) or isinstance(self.before[self.had[row.at].name], Race)

    def _may_follow(self, row: _Row, target: str) -> bool:
        old, new = self.before[row.name], self.after.get(target)
        if new is None or family(old) != family(new):
            return False
        if isinstance(old, Handler):
            return True
        above = self._hosts[row.kept['host']] if isinstance(old, Boundary) else self.had[row.at].name
        return target in _followers(self.after.get(self._renamed(above)))

    def _add_followers(self, row: _Row, target: str) -> None:
        """What belongs to a host (or to an event-based gateway) in the new version and had no counterpart."""
        old, new = self.before[row.name], self.after.get(target)
        waits = row.state & LIVE or isinstance(old, Race)
        if isinstance(old, Race):
            self._check_place(old, target, row.kept)
        if waits and new is not None and family(old) == family(new):
            if isinstance(new, Sub):
                self.insides[row.key] = new.spec
            parent, more = (len(self.rows) - 1, {}) if isinstance(old, Race) else (self.rows[-1][1], {'host': row.key})
            for name in self._new_ones(_followers(old), _followers(new)):
                self._add(name, parent, more)

    def _add_handlers(self, before: list[str], after: list[str]) -> None:
        for name in self._new_ones(before, after):
            self._add(name, 0, {})

    def _new_ones(self, before: Iterable[str], after: Iterable[str]) -> list[str]:
        known = {(self._renamed(name), family(self.before[name])) for name in before}
        return [name for name in after if (name, family(self.after[name])) not in known]

    def _add(self, name: str, parent: int, kept: dict[str, Any]) -> None:
        branch = (self.rows[parent][4] or {}).get('branch')
        kept = kept | ({'branch': branch} if branch else {})
        self.rows.append([uuid4().hex, parent, name, TaskState.WAITING, kept or None])
        self.carried.added.append(self._spot(self.after[name]))

    # joins

    def _check_ways(self) -> None:
        """What waits at a join must have come by one of its ways."""
        for row in self.had:
            spec = self.before[row.name]
            if row.state & LIVE and isinstance(spec, Join) and not self.carried.hitches:
                self._check_way(row, spec)

    def _check_joins(self, before: Any, after: Any) -> None:
        """Every way of a join must still be able to bring somebody, where it could before."""
        if self.carried.hitches:
            return
        already = {self._renamed(name) for name in uncovered(before, _standing(self.had))}
        for name, missing in uncovered(after, _standing([_Row(*row) for row in self.rows])).items():
            if name not in already:
                ways = listed(self._spot(self.after[one]).name for one in sorted(missing))
                self.carried.hitch(self._spot(self.after[name]),
                                   said('新版本里这个汇合还要等“{ways}”，而那一支再也不会有人走到', ways=ways))

    def _check_way(self, row: _Row, join: Any) -> None:
        came = self.before[self.had[row.at].name]
        if self._renamed(came.name) not in self.after[self._renamed(row.name)]._inputs:
            self.carried.hitch(self._spot(came), said('有一支从这里到了“{join}”，新版本里没有这条路',
                                                      join=self._spot(join).name), mappable=True)


def _followers(spec: Any) -> list[str]:
    """The names of what belongs to a place: events attached to it, or those behind an event-based gateway."""
    return list(spec._outputs) if isinstance(spec, Race) else list(getattr(spec, 'boundaries', ()))


def _drawn_time(event: Any) -> tuple[type, str]:
    return type(event), getattr(event, 'expression', '') or getattr(event, 'text', '')


def _standing(rows: list[_Row]) -> dict[str, list[str]]:
    """The places where something stands, each with the places that its tokens came from."""
    found: dict[str, list[str]] = {}
    for row in rows:
        if row.state & LIVE:
            found.setdefault(row.name, []).append(rows[row.at].name)
    return found
