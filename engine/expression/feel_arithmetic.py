"""What FEEL calculates: exact decimals, times and durations, null where the standard says null, and a stop at wrong kinds."""
from datetime import timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

from engine.expression import guard, temporal
from engine.expression.guard import MOST_BITS, NUMBER, bounded
from engine.expression.refusal import Stopped, show
from engine.expression.temporal import SPAN_SIGNS, TEMPORAL, Months, said

EXACT = Context(prec=34, rounding=ROUND_HALF_EVEN)
_LONGEST_INTEGER = 30


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
    if isinstance(a, str) and isinstance(b, str) and (a[:1] in SPAN_SIGNS or b[:1] in SPAN_SIGNS):
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


def _scaled(span: timedelta | Months, factor: Decimal) -> timedelta | Months:
    if factor.adjusted() > _LONGEST_INTEGER:
        raise Stopped('结果太大')
    if isinstance(span, Months):
        return Months(int(EXACT.multiply(Decimal(span.count), factor)))
    micro = span // timedelta(microseconds=1)
    return timedelta(microseconds=int(EXACT.multiply(Decimal(micro), factor).to_integral_value()))
