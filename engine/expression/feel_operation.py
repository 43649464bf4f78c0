"""What every sign of FEEL does: exact decimals, null where the standard says null, and a stop at wrong kinds.

Temporal values and ISO texts meet in time. A text that is no date never equals one.
"""
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

from engine.expression import guard, temporal
from engine.expression.guard import MOST_BITS, NUMBER, bounded
from engine.expression.refusal import Stopped, show
from engine.expression.temporal import TEMPORAL, Months

EXACT = Context(prec=34, rounding=ROUND_HALF_EVEN)
_SIMPLE = frozenset((int, float, bool, type(None)))
_LONGEST_INTEGER = 30
_SPAN_SIGNS = ('P', '-')
_TIMED = (*_SPAN_SIGNS, *'0123456789')
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


def add(a: Any, b: Any) -> Any:
    """``a + b`` of numbers, texts, lists, or a time and a duration, also where texts write them; null with null."""
    if type(a) is int and type(b) is int:
        return bounded(a + b)
    if a is None or b is None:
        return None
    if type(a) in NUMBER and type(b) in NUMBER:
        return number_of(EXACT.add(exact(a), exact(b)))
    if isinstance(a, TEMPORAL) or isinstance(b, TEMPORAL):
        found = temporal.plus(temporal.lifted(a), temporal.lifted(b))
        if found is None:
            raise Stopped('{a}和{b}不能相加', a=said(a), b=said(b))
        return found
    if isinstance(a, str) and isinstance(b, str) and (a[:1] in _SPAN_SIGNS or b[:1] in _SPAN_SIGNS):
        x, y = temporal.lifted(a), temporal.lifted(b)
        if isinstance(x, TEMPORAL) and isinstance(y, TEMPORAL) and (found := temporal.plus(x, y)) is not None:
            return found
    if isinstance(a, str) != isinstance(b, str):
        raise Stopped('{a}和{b}不能相加，拼成文字要先写 string(…)', a=said(a), b=said(b))
    return guard.add(a, b)


def subtract(a: Any, b: Any) -> Any:
    """``a - b`` of numbers, of two times, or of a time and a duration; null with null."""
    if type(a) is int and type(b) is int:
        return bounded(a - b)
    if a is None or b is None:
        return None
    if type(a) in NUMBER and type(b) in NUMBER:
        return number_of(EXACT.subtract(exact(a), exact(b)))
    x, y = temporal.lifted(a), temporal.lifted(b)
    found = temporal.minus(x, y) if isinstance(x, TEMPORAL) and isinstance(y, TEMPORAL) else None
    if found is None:
        raise Stopped('{a}和{b}不能相减{hint}', a=said(a), b=said(b),
                      hint='，天数写成 duration("P3D") 或 P3D' if isinstance(x, TEMPORAL) and type(b) in NUMBER else '')
    return found


def multiply(a: Any, b: Any) -> Any:
    """``a * b`` of numbers, or of a number and a duration; null with null."""
    if type(a) is int and type(b) is int:
        return bounded(a * b)
    if a is None or b is None:
        return None
    if type(a) in NUMBER and type(b) in NUMBER:
        return number_of(EXACT.multiply(exact(a), exact(b)))
    if type(a) in NUMBER:
        a, b = b, a
    if isinstance(a, (timedelta, Months)) and type(b) in NUMBER:
        return _scaled(a, exact(b))
    raise Stopped('{a}和{b}不能相乘', a=said(a), b=said(b))


def divide(a: Any, b: Any) -> Any:
    """``a / b`` of numbers, of a duration and a number, or of two durations; null with null."""
    if a is None or b is None:
        return None
    if b == 0 and type(b) in NUMBER or b in (Months(0), timedelta()):
        raise Stopped('{a}不能除以 0', a=said(a))
    if type(a) in NUMBER and type(b) in NUMBER:
        return number_of(EXACT.divide(exact(a), exact(b)))
    if isinstance(a, Months) and isinstance(b, Months):
        return divide(a.count, b.count)
    if isinstance(a, timedelta) and isinstance(b, timedelta):
        return divide(seconds(a), seconds(b))
    if isinstance(a, (timedelta, Months)) and type(b) in NUMBER:
        return _scaled(a, EXACT.divide(Decimal(1), exact(b)))
    raise Stopped('{a}和{b}不能相除', a=said(a), b=said(b))


def remainder(a: Any, b: Any) -> Any:
    """``a mod b``, with the sign of b."""
    if a is None or b is None:
        return None
    if type(a) not in NUMBER or type(b) not in NUMBER:
        raise Stopped('{a}和{b}不能相除', a=said(a), b=said(b))
    if b == 0:
        raise Stopped('{a}不能除以 0', a=said(a))
    if type(a) is int and type(b) is int:
        return a % b
    x, y = exact(a), exact(b)
    whole = EXACT.divide(x, y).to_integral_value('ROUND_FLOOR')
    return number_of(EXACT.subtract(x, EXACT.multiply(y, whole)))


def power(a: Any, b: Any) -> Any:
    """``a ** b`` of numbers; stops before it grows huge."""
    if a is None or b is None:
        return None
    if type(a) not in NUMBER or type(b) not in NUMBER:
        raise Stopped('{a}和{b}不能算乘方', a=said(a), b=said(b))
    if a == 0 and b < 0:
        raise Stopped('0 没有负的乘方')
    if abs(b) > 1_000 or a < 0 and b != int(b):
        raise Stopped('{a}的{b}次方算不出来', a=show(a), b=show(b))
    if type(a) is int and type(b) is int and b >= 0:
        if a.bit_length() * b > MOST_BITS * 2:
            raise Stopped('结果太大')
        return bounded(a ** b)
    return number_of(EXACT.power(exact(a), exact(b)))


def negative(a: Any) -> Any:
    """``-a`` of a number or a duration; null of null."""
    if type(a) in NUMBER:
        return -a
    if isinstance(a, (timedelta, Months)):
        return temporal.negated(a)
    if a is None:
        return None
    raise Stopped('{a}不是数字', a=said(a))


def exact(number: Any) -> Decimal:
    """A number as the decimal that it was written as."""
    return Decimal(number) if type(number) is int else Decimal(repr(number))


def number_of(found: Decimal) -> Any:
    """A decimal as a plain number: whole ones are whole. Stops at what is too large."""
    near = float(found)
    if near.is_integer() and found.adjusted() < _LONGEST_INTEGER and found == found.to_integral_value():
        return int(found)
    return bounded(near)


def seconds(span: timedelta) -> Any:
    """The seconds of a duration."""
    whole = span.days * 86_400 + span.seconds
    return number_of(EXACT.add(Decimal(whole), Decimal(span.microseconds).scaleb(-6))) if span.microseconds else whole


def said(value: Any) -> str:
    """A value as a sentence names it."""
    return f'时间 {temporal.text_of(value)}' if isinstance(value, TEMPORAL) else show(value)


def _scaled(span: timedelta | Months, factor: Decimal) -> timedelta | Months:
    if factor.adjusted() > _LONGEST_INTEGER:
        raise Stopped('结果太大')
    if isinstance(span, Months):
        return Months(int(EXACT.multiply(Decimal(span.count), factor)))
    micro = span // timedelta(microseconds=1)
    return timedelta(microseconds=int(EXACT.multiply(Decimal(micro), factor).to_integral_value()))


COMPARISONS = {'==': equal, '!=': differs, '<': less, '<=': at_most, '>': more, '>=': at_least, 'in': contained}
