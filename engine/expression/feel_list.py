"""FEEL's functions about lists and contexts. Places count from 1, negative ones from the end."""
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cmp_to_key
from typing import Any

from engine.expression import guard, temporal
from engine.expression.feel_arithmetic import EXACT, add, divide, exact, multiply, number_of
from engine.expression.feel_comparison import decided, equal, less, order
from engine.expression.feel_loop import Function, call
from engine.expression.guard import NUMBER
from engine.expression.refusal import Stopped
from engine.expression.temporal import said


def list_contains(items: list, element: Any) -> bool:
    """Whether one of them equals it; null, too."""
    return any(equal(one, element) for one in items)


def smallest(*items: Any) -> Any:
    """The smallest; null among them gives null, of none there is none."""
    return _best(items, lambda a, b: less(a, b))


def largest(*items: Any) -> Any:
    """The largest, as `smallest`."""
    return _best(items, lambda a, b: less(b, a))


def total(*items: Any) -> Any:
    """The sum; null of none."""
    return _folded(items, add)


def product(*items: Any) -> Any:
    """All multiplied; null of none."""
    return _folded(items, multiply)


def mean(*items: Any) -> Any:
    """The sum by the count; null of none."""
    several = _several(items)
    return divide(_folded([several], add), len(several)) if several else None


def median(*items: Any) -> Any:
    """The middle one, or the mean of the middle two; null of none."""
    numbers = sorted(_numbers(items) or [])
    if not numbers:
        return None
    middle = len(numbers) // 2
    return numbers[middle] if len(numbers) % 2 else divide(add(numbers[middle - 1], numbers[middle]), 2)


def deviation(*items: Any) -> Any:
    """The standard deviation of a sample; null of fewer than two."""
    numbers = [exact(one) for one in _numbers(items) or []]
    if len(numbers) < 2:
        return None
    middle = EXACT.divide(sum(numbers, Decimal(0)), Decimal(len(numbers)))
    squares = sum((EXACT.power(EXACT.subtract(one, middle), 2) for one in numbers), Decimal(0))
    return number_of(EXACT.sqrt(EXACT.divide(squares, Decimal(len(numbers) - 1))))


def mode(*items: Any) -> list | None:
    """The most frequent ones, in order; null with null."""
    counts: dict[Any, int] = {}
    numbers = _numbers(items)
    if numbers is None:
        return None
    for one in numbers:
        counts[one] = counts.get(one, 0) + 1
    most = max(counts.values(), default=0)
    return sorted(one for one, count in counts.items() if count == most)


def every_true(*items: Any) -> bool | None:
    """``all([…])``: false where one is, else null where one is null."""
    found = [_truth(one) for one in _several(items)]
    return False if False in found else None if None in found else True


def some_true(*items: Any) -> bool | None:
    """``any([…])``: true where one is, else null where one is null."""
    found = [_truth(one) for one in _several(items)]
    return True if True in found else None if None in found else False


def sublist(items: list, start: Any, length: Any = None) -> list | None:
    """The part from `start` on; null where that place does not exist."""
    at = _place(items, start)
    if at is None or length is not None and (length < 1 or at + length > len(items)):
        return None
    return items[at:] if length is None else items[at:at + int(length)]


def append(items: list, *more: Any) -> list:
    """The list with more at its end."""
    return guard.sized([*items, *more])


def concatenate(*lists: Any) -> list | None:
    """Lists one after the other."""
    if None in lists:
        return None
    return guard.sized([one for items in lists for one in (items if isinstance(items, list) else [items])])


def insert_before(items: list, place: Any, item: Any) -> list | None:
    """The list with an item put before a place; null where that place does not exist."""
    at = _place(items, place)
    return None if at is None else guard.sized([*items[:at], item, *items[at:]])


def remove(items: list, place: Any) -> list | None:
    """The list without the item at a place; null where there is none."""
    at = _place(items, place)
    return None if at is None else items[:at] + items[at + 1:]


def list_replace(items: list, which: Any, item: Any) -> list | None:
    """The list with another item at a place, or at all places that a function of (item, new) chooses."""
    if isinstance(which, Function):
        return guard.sized([item if decided(call(which, one, item)) else one for one in items])
    if type(which) not in NUMBER:
        raise Stopped('{which}不是位置，也不是函数', which=said(which))
    at = _place(items, which)
    return None if at is None else guard.sized([*items[:at], item, *items[at + 1:]])


def backwards(items: list) -> list:
    """The list from its end."""
    return items[::-1]


def index_of(items: list, match: Any) -> list[int]:
    """The places where it stands."""
    return [place for place, one in enumerate(items, 1) if equal(one, match)]


def union(*lists: Any) -> list | None:
    """Lists one after the other, each value once."""
    found = concatenate(*lists)
    return None if found is None else distinct(found)


def distinct(items: list) -> list:
    """Each value once, in the order of their first places."""
    seen: dict[Any, Any] = {}
    for one in guard.sized(items):
        seen.setdefault(_key(one), one)
    return list(seen.values())


def flatten(items: list) -> list:
    """All items of all lists inside."""
    found: list[Any] = []

    def walk(several: list) -> None:
        for one in several:
            if isinstance(one, list):
                walk(one)
            else:
                found.append(one)
    walk(guard.sized(items))
    return found


def sort(items: list, precedes: Function | None = None) -> list:
    """The list in order: of numbers, texts or times; or as ``function(x, y) x < y`` says."""
    if precedes is None:
        if None in items:
            raise Stopped('空值不能排序')
        return sorted(items, key=cmp_to_key(order))
    return sorted(items, key=cmp_to_key(
        lambda a, b: -1 if decided(call(precedes, a, b)) else 1 if decided(call(precedes, b, a)) else 0))


def get_value(thing: Mapping, key: Any) -> Any:
    """The entry of that name, or under a list of names one in another; null where there is none."""
    for name in key if isinstance(key, list) else [key]:
        thing = thing.get(name) if isinstance(thing, Mapping) and isinstance(name, str) else None
    return thing


def get_entries(thing: Mapping) -> list[dict[str, Any]]:
    """The entries as ``{key: …, value: …}``."""
    return [{'key': key, 'value': value} for key, value in thing.items()]


def context_of(entries: list) -> dict[str, Any] | None:
    """The opposite of `get_entries`; null where a key stands twice or is missing."""
    made: dict[str, Any] = {}
    for one in entries:
        if not isinstance(one, Mapping) or 'value' not in one or not isinstance(one.get('key'), str):
            raise Stopped('{one}不是有 key 和 value 的对象', one=said(one))
        if one['key'] in made:
            return None
        made[one['key']] = one['value']
    return guard.sized(made)


def context_put(thing: Mapping, key: Any, value: Any) -> dict[str, Any] | None:
    """The context with one entry set, or one inside under a list of names."""
    name, *deeper = key if isinstance(key, list) and key else [key]
    if not isinstance(name, str) or len(deeper) > 20:
        return None
    if deeper:
        inner = thing.get(name)
        value = context_put(inner, deeper, value) if isinstance(inner, Mapping) else None
        if value is None:
            return None
    return guard.sized({**thing, name: value})


def context_merge(several: list) -> dict[str, Any]:
    """All entries; later ones win."""
    made: dict[str, Any] = {}
    for one in several:
        if not isinstance(one, Mapping):
            raise Stopped('{one}不是对象', one=said(one))
        made |= one
    return guard.sized(made)


def _several(items: Any) -> list:
    return items[0] if len(items) == 1 and isinstance(items[0], list) else list(items)


def _numbers(items: Any) -> list | None:
    """The numbers; None where null is among them."""
    several = _several(items)
    return None if None in several else [guard.number_of(one) for one in several]


def _best(items: Any, better: Callable[[Any, Any], bool | None]) -> Any:
    several = _several(items)
    if not several or None in several:
        return None
    best = several[0]
    order(best, best)
    for one in several[1:]:
        best = one if better(one, best) else best
    return best


def _folded(items: Any, by: Callable[[Any, Any], Any]) -> Any:
    several = _several(items)
    if not several or None in several:
        return None
    found = several[0]
    for one in several:
        if type(one) not in NUMBER and not isinstance(temporal.lifted(one), (temporal.timedelta, temporal.Months)):
            raise Stopped('{one}不是数字', one=said(one))
    for one in several[1:]:
        found = by(found, one)
    return found


def _truth(value: Any) -> bool | None:
    return None if value is None else decided(value)


def _place(items: list, place: Any) -> int | None:
    """The index of a place that counts from 1, or from the end; null where there is none."""
    if place != int(place):
        raise Stopped('{place}不是位置', place=said(place))
    at = int(place) - 1 if place > 0 else len(items) + int(place)
    return at if place and 0 <= at < len(items) else None


def _key(value: Any) -> Any:
    """Something to tell values apart by: equal values have the same."""
    if isinstance(value, list):
        return 'list', tuple(map(_key, value))
    if isinstance(value, Mapping):
        return 'context', frozenset((key, _key(one)) for key, one in value.items())
    if isinstance(value, bool) or value is None:
        return 'truth', value
    return 'plain', temporal.lifted(value)
