"""FEEL's types: what ``x instance of list<number>`` asks. A type is (name, parts); parts of a context have names."""
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from engine.expression import temporal
from engine.expression.feel_comparison import Range
from engine.expression.feel_loop import Function
from engine.expression.guard import NUMBER
from engine.expression.temporal import Months

Kind = tuple[str, tuple]
_TIMES: dict[str, tuple[type, type | None]] = {
    'date': (date, datetime), 'time': (time, None), 'date and time': (datetime, None), 'dateTime': (datetime, None),
    'days and time duration': (timedelta, None), 'years and months duration': (Months, None)}
_PLAIN: dict[str, type] = {'string': str, 'boolean': bool, 'list': list, 'context': Mapping, 'range': Range,
                           'function': Function}
KINDS = frozenset((*_TIMES, *_PLAIN, 'number', 'Any', 'Null'))


def instance(value: Any, kind: Kind) -> bool:
    """Whether `value` is of the type. A text that writes a day is both a string and a date."""
    name, parts = kind
    if value is None:
        return name == 'Null'
    if name in ('Any', 'Null'):
        return name == 'Any'
    if name == 'number':
        return type(value) in NUMBER
    if name in _TIMES:
        wanted, other = _TIMES[name]
        found = temporal.lifted(value)
        return isinstance(found, wanted) and not (other and isinstance(found, other))
    return isinstance(value, _PLAIN[name]) and all(_has_part(value, part) for part in parts)


def _has_part(value: Any, part: Any) -> bool:
    if isinstance(value, list):
        return all(one is None or instance(one, part) for one in value)
    if isinstance(value, Range):
        return all(end is None or instance(end, part) for end in (value.low, value.high))
    if isinstance(value, Mapping):
        name, kind = part
        return name in value and (value[name] is None or instance(value[name], kind))
    return True
