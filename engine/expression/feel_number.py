"""FEEL's functions about numbers, in exact decimals."""
import re
from decimal import Decimal
from typing import Any

from engine.expression import temporal
from engine.expression.feel_arithmetic import EXACT, exact, number_of, remainder
from engine.expression.refusal import Stopped, show
from engine.expression.temporal import Months, said

_NUMBER = re.compile(r'-?(?:\d{1,40}(?:\.\d{1,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,3})?', re.ASCII)
MOST_PLACES = 6_176


def rounding(mode: str) -> Any:
    """The function that rounds a number to a count of places in one way."""
    def rounded(number: Any, scale: Any = 0) -> Any:
        if scale != int(scale) or abs(scale) > MOST_PLACES:
            raise Stopped('小数位数要是整数，不能是{scale}', scale=show(scale))
        if scale > 30 or number == 0:
            return number
        given = exact(number)
        if -scale > given.adjusted() + 1:                      # farther left than the number reaches
            way = mode in ('ROUND_UP', 'ROUND_CEILING' if number > 0 else 'ROUND_FLOOR')
            return number_of(Decimal(1 if number > 0 else -1).scaleb(-int(scale))) if way else 0
        return number_of(given.quantize(Decimal(1).scaleb(-int(scale)), mode))
    return rounded


def absolute(value: Any) -> Any:
    """A number or a duration without its sign."""
    value = temporal.lifted(value)
    if isinstance(value, Months):
        return Months(abs(value.count))
    if isinstance(value, (bool, str)) or not hasattr(value, '__abs__'):
        raise Stopped('{value}不是数字', value=said(value))
    return abs(value)


def square_root(number: Any) -> Any:
    """The root; null of a negative number."""
    return None if number < 0 else number_of(EXACT.sqrt(exact(number)))


def logarithm(number: Any) -> Any:
    """The natural logarithm; null of zero and below."""
    return None if number <= 0 else number_of(EXACT.ln(exact(number)))


def exponential(number: Any) -> Any:
    """e to the power of a number."""
    if number > 700:
        raise Stopped('结果太大')
    return 0 if number < -1_000 else number_of(EXACT.exp(exact(number)))


def odd(number: Any) -> bool:
    """Whether a number is odd."""
    return remainder(number, 2) == 1


def even(number: Any) -> bool:
    """Whether a number is even."""
    return remainder(number, 2) == 0


def number(text: Any, grouping: str | None = None, point: str | None = None) -> Any:
    """The number that a text writes, with its signs of thousands and decimals.

    :raises Stopped: it writes none.
    """
    if text is None:
        return None
    if grouping is point is None and type(text) in (int, float):
        return text
    if not isinstance(text, str):
        raise Stopped('{text}不是数字', text=said(text))
    if grouping not in (None, ' ', ',', '.') or point not in (None, ',', '.') or grouping and grouping == point:
        raise Stopped('分隔符只能是空格、逗号或点，而且不能相同')
    plain = text.replace(grouping, '') if grouping else text
    plain = plain.replace(point, '.') if point else plain
    if not _NUMBER.fullmatch(plain):
        raise Stopped('{text}不是数字', text=show(text))
    return number_of(Decimal(plain))
