"""FEEL's functions about ranges: which comes before, meets, overlaps, includes which. A point is a short range."""
import re
from collections.abc import Callable
from typing import Any

from engine.expression import temporal
from engine.expression.feel_comparison import Range, equal, make_range, order
from engine.expression.refusal import Stopped, show
from engine.expression.temporal import TEMPORAL, said

_WRITTEN = re.compile(r'\s*([\[(\]])(.+?)\.\.(.+)([\])\[])\s*', re.DOTALL)
_NUMBER = re.compile(r'-?\d{1,30}(?:\.\d{1,30})?', re.ASCII)
_TEXT = re.compile(r'(@?)"([^"\\]*)"')


def before(a: Range, b: Range) -> bool:
    """a ends before b begins."""
    return _apart(a.high, b.low, a.high_in and b.low_in)


def after(a: Range, b: Range) -> bool:
    """a begins after b ends."""
    return before(b, a)


def meets(a: Range, b: Range) -> bool:
    """a ends in the very point in which b begins."""
    return a.high_in and b.low_in and _same(a.high, b.low)


def met_by(a: Range, b: Range) -> bool:
    """b ends in the very point in which a begins."""
    return meets(b, a)


def overlaps(a: Range, b: Range) -> bool:
    """They have a point in common."""
    return not before(a, b) and not after(a, b)


def overlaps_before(a: Range, b: Range) -> bool:
    """a begins before b and ends inside it."""
    return overlaps(a, b) and _begins(a, b) and not _begins(b, a) and _ends(a, b)


def overlaps_after(a: Range, b: Range) -> bool:
    """a begins inside b and ends after it."""
    return overlaps(a, b) and _begins(b, a) and not _begins(a, b) and _ends(b, a)


def finishes(a: Range, b: Range) -> bool:
    """a ends with b and lies in it."""
    return a.high_in == b.high_in and _same(a.high, b.high) and includes(b, a)


def finished_by(a: Range, b: Range) -> bool:
    """b ends with a and lies in it."""
    return finishes(b, a)


def includes(a: Range, b: Range) -> bool:
    """All of b lies in a."""
    return _begins(a, b) and _ends(b, a)


def during(a: Range, b: Range) -> bool:
    """All of a lies in b."""
    return includes(b, a)


def starts(a: Range, b: Range) -> bool:
    """a begins with b and lies in it."""
    return a.low_in == b.low_in and _same(a.low, b.low) and includes(b, a)


def started_by(a: Range, b: Range) -> bool:
    """b begins with a and lies in it."""
    return starts(b, a)


def coincides(a: Range, b: Range) -> bool:
    """They are the same."""
    return (a.low_in, a.high_in) == (b.low_in, b.high_in) and _same(a.low, b.low) and _same(a.high, b.high)


def of_points(relation: Callable[[Range, Range], bool]) -> Callable[[Any, Any], bool | None]:
    """The relation for ranges and points; null where one is null."""
    def related(a: Any, b: Any) -> bool | None:
        if a is None or b is None:
            return None
        return relation(_limits(a), _limits(b))
    return related


def range_of(text: str) -> Range | None:
    """The range that a text writes: ``[1..3]`` with numbers, texts or ``@"…"`` at its ends.

    :raises Stopped: it writes none.
    """
    match = _WRITTEN.fullmatch(text)
    if match is None:
        raise Stopped('{text}不是区间', text=show(text))
    return make_range(_literal(match[2], text), _literal(match[3], text), match[1] == '[', match[4] == ']')


def _literal(written: str, text: str) -> Any:
    written = written.strip()
    quoted = _TEXT.fullmatch(written)
    if quoted is not None:
        found = temporal.parsed(quoted[2]) if quoted[1] else quoted[2]
        if found is not None:
            return found
    if _NUMBER.fullmatch(written):
        return float(written) if '.' in written else int(written)
    raise Stopped('{text}不是区间', text=show(text))


def _limits(value: Any) -> Range:
    if isinstance(value, Range):
        return value
    if type(value) not in (int, float, str) and not isinstance(value, TEMPORAL):
        raise Stopped('{value}不是区间，也不是一个点', value=said(value))
    return Range(value, value, True, True)


def _same(a: Any, b: Any) -> bool:
    return a is not None and b is not None and equal(a, b)


def _apart(high: Any, low: Any, touching: bool) -> bool:
    if high is None or low is None:
        return False
    found = order(high, low)
    return found < 0 or found == 0 and not touching


def _begins(a: Range, b: Range) -> bool:
    """a begins no later than b."""
    if a.low is None or b.low is None:
        return a.low is None
    found = order(a.low, b.low)
    return found < 0 or found == 0 and (a.low_in or not b.low_in)


def _ends(a: Range, b: Range) -> bool:
    """a ends no later than b."""
    if a.high is None or b.high is None:
        return b.high is None
    found = order(a.high, b.high)
    return found < 0 or found == 0 and (b.high_in or not a.high_in)
