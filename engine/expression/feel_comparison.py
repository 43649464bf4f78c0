"""What FEEL compares: equal, in order, within a range, and three-valued logic; a stop at wrong kinds.

Temporal values and ISO texts meet in time. A text that is no date never equals one.
"""
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any

from engine.expression import guard, temporal
from engine.expression.guard import NUMBER
from engine.expression.refusal import Stopped
from engine.expression.temporal import SPAN_SIGNS, TEMPORAL, Months, said

_SIMPLE = frozenset((int, float, bool, type(None)))
_TIMED = (*SPAN_SIGNS, *'0123456789')
_NO_DAYS = (time, timedelta, Months)


@dataclass(frozen=True, slots=True)
class Range:
    """``[1..5]`` and its like. An end that is None is open: ``< 5`` has no lower one."""

    low: Any
    high: Any
    low_in: bool
    high_in: bool


def equal(a: Any, b: Any) -> bool:
    """``a = b``. Stops at 5 = "5", which someone did not mean."""
    kind = type(a)
    if kind is type(b):
        if kind in _SIMPLE:
            return a == b
        if kind is str:
            return a == b or _alike(a, b)
        if kind is list:
            return len(a) == len(b) and all(map(equal, a, b))
        if isinstance(a, Mapping):
            return a.keys() == b.keys() and all(equal(one, b[key]) for key, one in a.items())
    if isinstance(a, TEMPORAL) or isinstance(b, TEMPORAL):
        a, b = temporal.lifted(a), temporal.lifted(b)
        return isinstance(a, TEMPORAL) and isinstance(b, TEMPORAL) and _same_time(a, b)
    return guard.equal(a, b)


def _alike(a: str, b: str) -> bool:
    """Whether two different texts write the same moment, clock time or duration."""
    pair = _timed(a, b)
    return guard.equal(a, b) if pair is None else _same_time(*pair)


def _same_time(a: temporal.Temporal, b: temporal.Temporal) -> bool:
    pair = temporal.in_step(a, b)
    return pair is not None and pair[0] == pair[1]


def _timed(a: str, b: str) -> tuple[temporal.Temporal, temporal.Temporal] | None:
    """Two texts that both write clock times or durations: those do not stand in the order of their texts. None: others;
    days and moments are told by `guard`."""
    if not (a.startswith(_TIMED) and b.startswith(_TIMED)):
        return None
    x, y = temporal.parsed(a), temporal.parsed(b)
    return (x, y) if isinstance(x, _NO_DAYS) and isinstance(y, _NO_DAYS) else None


def differs(a: Any, b: Any) -> bool:
    """``a != b``."""
    return not equal(a, b)


def less(a: Any, b: Any) -> bool | None:
    """``a < b``; null with null, stops at different kinds."""
    if type(a) in NUMBER and type(b) in NUMBER:
        return a < b
    return None if a is None or b is None else order(a, b) < 0


def at_most(a: Any, b: Any) -> bool | None:
    """``a <= b``, as `less`."""
    if type(a) in NUMBER and type(b) in NUMBER:
        return a <= b
    return None if a is None or b is None else order(a, b) <= 0


def more(a: Any, b: Any) -> bool | None:
    """``a > b``, as `less`."""
    return less(b, a)


def at_least(a: Any, b: Any) -> bool | None:
    """``a >= b``, as `less`."""
    return at_most(b, a)


def order(a: Any, b: Any) -> int:
    """Below, at or above 0 as `a` stands before, with or after `b`; neither may be null."""
    if type(a) in NUMBER and type(b) in NUMBER:
        return (a > b) - (a < b)
    if isinstance(a, str) and isinstance(b, str):
        a, b = _timed(a, b) or (a, b)
    if isinstance(a, TEMPORAL) or isinstance(b, TEMPORAL):
        pair = temporal.in_step(temporal.lifted(a), temporal.lifted(b))
        if pair is not None and isinstance(pair[0], TEMPORAL):
            return (pair[0] > pair[1]) - (pair[0] < pair[1])
        raise Stopped('{a}和{b}不能比大小', a=said(a), b=said(b))
    return guard.order(a, b)


def between(value: Any, low: Any, high: Any, low_in: bool, high_in: bool) -> bool | None:
    """``value in [low..high]``; the flags say whether the ends belong to it; null where any is null."""
    above = (at_most if low_in else less)(low, value)
    below = (at_most if high_in else less)(value, high)
    return False if above is False or below is False else None if above is None or below is None else True


def make_range(low: Any, high: Any, low_in: bool, high_in: bool) -> Range | None:
    """``[low..high]`` as a value; null where an end is."""
    if low is None or high is None:
        return None
    order(low, high)
    return Range(low, high, low_in, high_in)


def one_sided(sign: str, end: Any) -> Range | None:
    """``< 5`` as a value."""
    if end is None:
        return None
    return Range(None, end, False, sign == '<=') if sign[0] == '<' else Range(end, None, sign == '>=', False)


def contained(value: Any, container: Any) -> bool | None:
    """``value in container``: lies in a range, stands in a list, or equals a value; null for a null value."""
    if isinstance(container, Range):
        return _within(value, container)
    if isinstance(container, list):
        return any(_within(value, one) is True if isinstance(one, Range) else equal(value, one)
                   for one in container) or isinstance(value, list) and equal(value, container)
    return equal(value, container)


def contained_any(value: Any, *tests: Any) -> bool | None:
    """``value in (test, test)``."""
    return disjunction(contained(value, tests[0]), *(lambda one=one: contained(value, one) for one in tests[1:]))


def _within(value: Any, limits: Range) -> bool | None:
    above = True if limits.low is None else (at_most if limits.low_in else less)(limits.low, value)
    below = True if limits.high is None else (at_most if limits.high_in else less)(value, limits.high)
    return None if above is None or below is None else above and below


def chain(signs: str, *operands: Any) -> bool | None:
    """``1 < x < 5``: every operand is worked out once."""
    found = [COMPARISONS[sign](a, b) for sign, a, b in zip(signs.split(), operands, operands[1:])]
    return False if False in found else None if None in found else True


def meets(value: Any, cell: Any) -> bool:
    """Whether a cell, worked out, means `value`: equals it, lists it, has it in its range, or is simply true."""
    return cell is True and not isinstance(value, bool) or contained(value, cell) is True


def answers(value: Any, result: Any) -> bool:
    """Whether a question about ``?`` is answered with yes, or with what `value` is or lies in."""
    return result is True or result is not False and result is not None and contained(value, result) is True


def holds(answer: Any) -> bool:
    """Whether an answer is yes; no and null are not."""
    return answer is True


def decided(test: Any) -> bool:
    """A condition's answer, null being no; stops at what is neither."""
    if test is True or test is False or test is None:
        return test is True
    raise Stopped('{test}不是真假值，不能作条件', test=said(test))


def conjunction(first: Any, *rest: Callable[[], Any]) -> bool | None:
    """``a and b``: false where one is false, else null where one is null."""
    found = first
    if decided(first) or first is None:
        for each in rest:
            one = each()
            if not decided(one):
                if one is False:
                    return False
                found = None
    return found


def disjunction(first: Any, *rest: Callable[[], Any]) -> bool | None:
    """``a or b``: true where one is true, else null where one is null."""
    found = first
    if not decided(first):
        for each in rest:
            one = each()
            if decided(one):
                return True
            found = None if one is None else found
    return found


def inverse(test: Any) -> bool | None:
    """``not(test)``; null stays null."""
    return None if test is None else not decided(test)


COMPARISONS = {'==': equal, '!=': differs, '<': less, '<=': at_most, '>': more, '>=': at_least, 'in': contained}
