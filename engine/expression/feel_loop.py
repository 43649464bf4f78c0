"""FEEL's own names and repetitions: contexts, for, some, every, filters, functions. All share one allowance
of steps, so that nothing written in a few words can run for long."""
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from engine.expression import guard, temporal
from engine.expression.allowance import Allowance
from engine.expression.feel_comparison import Range, decided
from engine.expression.guard import DEEPEST, LONGEST_TEXT, MOST_ITEMS, NUMBER, hint
from engine.expression.refusal import Missing, Stopped, show
from engine.expression.temporal import said

CALLS = 25
Body = Callable[['Inner'], Any]


class Inner:
    """Names that an expression gives itself, in front of those outside. Every look costs as much as it finds."""

    __slots__ = ('allowance', 'outer', 'own')

    def __init__(self, own: Mapping[str, Any], outer: Any, allowance: Allowance) -> None:
        self.own, self.outer, self.allowance = own, outer, allowance

    def __getitem__(self, name: str) -> Any:
        if name not in self.own:
            return self.outer[name]
        found = self.own[name]
        self.allowance.spend(1 + (len(found) >> 3 if isinstance(found, (str, list, dict)) else 0))
        return found

    def __iter__(self) -> Iterator[str]:
        yield from self.own
        yield from self.outer


class Outer(Inner):
    """The host's scope seen from inside repetitions: what is read there costs steps, too."""

    __slots__ = ()

    def __getitem__(self, name: str) -> Any:
        found = self.outer[name]
        self.allowance.spend(1 + (len(found) >> 3 if isinstance(found, (str, list, dict)) else 0))
        return found


class Item(Inner):
    """One item of a list that is filtered: its own entries, `item`, then the names outside. What only other
    items have is null here."""

    __slots__ = ('item', 'known')

    def __init__(self, item: Any, known: frozenset[str], outer: Inner) -> None:
        super().__init__(item if isinstance(item, Mapping) else {}, outer, outer.allowance)
        self.item, self.known = item, known

    def __getitem__(self, name: str) -> Any:
        if name in self.own:
            return super().__getitem__(name)
        if name == 'item':
            return self.item
        return None if name in self.known else self.outer[name]

    def __iter__(self) -> Iterator[str]:
        yield from self.known
        yield from super().__iter__()


class Function:
    """``function(a, b) a + b``, with the names that stood around it."""

    __slots__ = ('body', 'parameters', 'scope')

    def __init__(self, parameters: tuple[str, ...], body: Body, scope: Inner) -> None:
        self.parameters, self.body, self.scope = parameters, body, scope

    def __call__(self, *given: Any) -> Any:
        if len(given) != len(self.parameters):
            raise Stopped('函数要{wanted}个参数，给了{count}个', wanted=len(self.parameters), count=len(given))
        allowance = self.scope.allowance
        allowance.spend(5)
        allowance.calls += 1
        if allowance.calls > CALLS:
            raise Stopped('函数一层套一层，超过{most}层', most=CALLS)
        found = self.body(Inner(dict(zip(self.parameters, given)), self.scope, allowance))
        allowance.calls -= 1
        return found


def bounded_scope(scope: Any) -> Inner:
    """The host's scope with a fresh allowance of steps."""
    return Outer({}, scope, Allowance())


def function(scope: Inner, parameters: str, body: Body) -> Function:
    """``function(a, b) …``; the parameters come joined by line ends."""
    return Function(tuple(filter(None, parameters.split('\n'))), body, scope)


def call(thing: Any, *given: Any) -> Any:
    """A call of a function that the expression has defined itself."""
    if not isinstance(thing, Function):
        raise Stopped('{thing}不是函数', thing=said(thing))
    return thing(*given)


def context(scope: Inner, keys: str, *bodies: Body) -> dict[str, Any]:
    """``{a: 1, b: a + 1}``: later entries see earlier ones; the keys come joined by line ends."""
    made: dict[str, Any] = {}
    inner = Inner(made, scope, scope.allowance)
    for key, body in zip(keys.split('\n'), bodies):
        made[key] = body(inner)
    return guard.sized(made)


def each(scope: Inner, names: str, cost: int, partial: bool, body: Body, *domains: Body) -> list | None:
    """``for x in xs, y in ys return body``; null over null."""
    found: list[Any] = []
    left = LONGEST_TEXT
    for inner in _walk(scope, names.split('\n'), domains, {'partial': found} if partial else {}):
        inner.allowance.spend(cost + (len(found) >> 3 if partial else 0))
        if partial:
            inner.own = {**inner.own, 'partial': found[:]}
        one = body(inner)
        left = guard.weight(one, left, DEEPEST)
        if left < 0 or len(found) >= MOST_ITEMS:
            raise Stopped('结果太长')
        found.append(one)
    return None if not found and _domain(domains[0](scope), scope) is None else found


def some(scope: Inner, names: str, cost: int, body: Body, *domains: Body) -> bool | None:
    """``some x in xs satisfies body``; null where none is true and one is null."""
    found: bool | None = False
    for inner in _walk(scope, names.split('\n'), domains, {}):
        inner.allowance.spend(cost)
        one = body(inner)
        if decided(one):
            return True
        found = None if one is None else found
    return None if not found and _domain(domains[0](scope), scope) is None else found


def every(scope: Inner, names: str, cost: int, body: Body, *domains: Body) -> bool | None:
    """``every x in xs satisfies body``; null where none is false and one is null."""
    found: bool | None = True
    for inner in _walk(scope, names.split('\n'), domains, {}):
        inner.allowance.spend(cost)
        one = body(inner)
        if not decided(one):
            if one is False:
                return False
            found = None
    return None if found and _domain(domains[0](scope), scope) is None else found


def filtered(scope: Inner, thing: Any, cost: int, body: Body) -> Any:
    """``xs[test]``: the items that meet it; ``xs[n]``: the n-th; ``map["key"]``: that entry."""
    if thing is None:
        return None
    items = thing if isinstance(thing, list) else [thing]
    known = frozenset().union(*(one for one in items if isinstance(one, Mapping)))
    found: list[Any] = []
    for one in items or [None]:
        scope.allowance.spend(cost)
        try:
            answer = body(Item(one, known, scope))
        except Missing:
            if items:
                raise
            return []
        if type(answer) in NUMBER:
            return index(thing, answer)
        if isinstance(answer, str) and isinstance(thing, Mapping):
            return guard.path(thing, answer)
        if decided(answer):
            found.append(one)
    return found if items else []


def index(thing: Any, place: Any) -> Any:
    """``xs[1]`` is the first, ``xs[-1]`` the last; null beyond them."""
    if thing is None:
        return None
    items = thing if isinstance(thing, list) else [thing]
    if place != int(place) or place == 0:
        raise Stopped('没有第{place}项，FEEL 从 1 数起', place=show(place))
    at = int(place) - 1 if place > 0 else len(items) + int(place)
    return items[at] if 0 <= at < len(items) else None


def path(thing: Any, name: str) -> Any:
    """``thing.name``: an entry of a context, of each context in a list, or a part of a time."""
    if thing is None:
        return None
    if isinstance(thing, Mapping):
        return guard.path(thing, name)
    if isinstance(thing, list):
        known = frozenset().union(*(one for one in thing if isinstance(one, Mapping)))
        if thing and name not in known and not any(_has_part(one, name) for one in thing):
            raise Missing('没有名为“{name}”的一项{hint}', name=name, hint=hint(name, known))
        return [one.get(name) if isinstance(one, Mapping) else path(one, name) for one in thing]
    if isinstance(thing, Range):
        return _part_of_range(thing, name)
    lifted = temporal.lifted(thing)
    if isinstance(lifted, temporal.TEMPORAL):
        return temporal.part(lifted, name)
    return guard.path(thing, name)


def _has_part(thing: Any, name: str) -> bool:
    return thing is not None and not isinstance(thing, Mapping) and path(thing, name) is not None


def _part_of_range(limits: Range, name: str) -> Any:
    parts = {'start': limits.low, 'end': limits.high, 'start included': limits.low_in,
             'end included': limits.high_in}
    if name not in parts:
        raise Missing('区间没有“{name}”这一项{hint}', name=name, hint=hint(name, parts))
    return parts[name]


def _walk(scope: Inner, names: list[str], domains: tuple[Body, ...], own: Mapping[str, Any]) -> Iterator[Inner]:
    """One scope for each combination of items; later domains see the earlier names."""
    for one in _domain(domains[0](scope), scope) or ():
        inner = Inner({**own, names[0]: one}, scope, scope.allowance)
        if len(domains) == 1:
            yield inner
        else:
            yield from _walk(inner, names[1:], domains[1:], own)


def _domain(thing: Any, scope: Inner) -> Any:
    """What is gone through: a list's items, a range's whole numbers or days, a single value."""
    if thing is None or isinstance(thing, list):
        return thing
    if not isinstance(thing, Range):
        return [thing]
    low, high = _ordinal(thing.low), _ordinal(thing.high)
    step = 1 if low <= high else -1
    found = range(low if thing.low_in else low + step, high + step if thing.high_in else high, step)
    return map(date.fromordinal, found) if isinstance(temporal.lifted(thing.low), date) else found


def _ordinal(end: Any) -> int:
    lifted = temporal.lifted(end)
    if isinstance(lifted, date) and not isinstance(lifted, datetime):
        return lifted.toordinal()
    if type(end) not in NUMBER or end != int(end):
        raise Stopped('循环的区间两头要是整数或日期，不能是{end}', end=said(end))
    return int(end)
