"""The functions of FEEL (DMN 1.3, 10.3.4, and what 1.4 and 1.5 added), with their parameters as the standard names
them; and the border where FEEL's own values become plain ones."""
from collections.abc import Callable, Mapping
from datetime import date, time, timedelta
from functools import partial
from typing import Any, NamedTuple

from engine.expression import feel_interval, feel_list, feel_number, feel_text, feel_time, guard, library, temporal
from engine.expression.feel_arithmetic import remainder
from engine.expression.feel_comparison import Range
from engine.expression.feel_loop import Function, Inner
from engine.expression.guard import NUMBER
from engine.expression.refusal import Stopped
from engine.expression.temporal import TEMPORAL, Months, said

KINDS: dict[str, tuple[Callable[[Any], bool], str]] = {
    'text': (lambda value: isinstance(value, str), '文字'),
    'number': (lambda value: type(value) in NUMBER, '数字'),
    'map': (lambda value: isinstance(value, Mapping), '对象'),
    'day': (lambda value: isinstance(value, date), '日期'),
    'time': (lambda value: isinstance(value, (date, time)), '时刻'),
    'span': (lambda value: isinstance(value, (timedelta, Months)), '时长'),
    'function': (lambda value: isinstance(value, Function), '函数')}
PATTERNS = frozenset(('matches', 'replace', 'split'))
_IN_TIME = frozenset(('day', 'time', 'span'))


class Parameter(NamedTuple):
    """One parameter: its name as FEEL writes it, what it takes, and whether it may be left out or repeated."""

    name: str
    kind: str
    optional: bool
    several: bool


class Signature(NamedTuple):
    """One way to call a function."""

    function: Callable[..., Any]
    parameters: tuple[Parameter, ...]

    def takes(self, count: int) -> bool:
        """Whether it can be called with so many arguments."""
        if self.parameters and self.parameters[-1].several:
            return count >= len(self.parameters)
        return sum(not one.optional for one in self.parameters) <= count <= len(self.parameters)


def _signature(function: Callable[..., Any], written: str) -> Signature:
    """From ``string text, length? number, *items any``."""
    found = []
    for part in written.split(', '):
        name, _, kind = part.rpartition(' ')
        found.append(Parameter(name.strip('*?'), kind, name.endswith('?'), name.startswith('*')))
    return Signature(function, tuple(found))


def _table(ways: Mapping[str, tuple]) -> dict[str, tuple[Signature, ...]]:
    return {name: tuple(_signature(way[place], way[place + 1]) for place in range(0, len(way), 2))
            for name, way in ways.items()}


_DAYS, _TWO = 'date day', 'dividend number, divisor number'
_SCALED = 'n number, scale? number'
_PAIRS = ('point1 any, point2 any', 'point any, range any', 'range any, point any', 'range1 any, range2 any')
_RANGES = {name.replace('_', ' '): tuple(part for pair in _PAIRS for part in (
    feel_interval.of_points(getattr(feel_interval, name)), pair)) for name in (
    'before', 'after', 'meets', 'met_by', 'overlaps', 'overlaps_before', 'overlaps_after', 'finishes', 'finished_by',
    'includes', 'during', 'starts', 'started_by', 'coincides')}
FUNCTIONS: dict[str, tuple[Signature, ...]] = _table({
    'date': (feel_time.day, 'from any', feel_time.day_of, 'year number, month number, day number'),
    'time': (feel_time.clock, 'from any',
             feel_time.clock_of, 'hour number, minute number, second number, offset? any'),
    'date and time': (feel_time.moment, 'from any', feel_time.moment_of, 'date day, time time'),
    'duration': (feel_time.span, 'from any'),
    'years and months duration': (feel_time.months_between, 'from day, to day'),
    'number': (feel_number.number, 'from any',
               feel_number.number, 'from any, grouping separator? any, decimal separator? any'),
    'string': (feel_text.string, 'from any'),
    'range': (feel_interval.range_of, 'from text'),
    'substring': (feel_text.substring, 'string text, start position number, length? number'),
    'string length': (len, 'string text'),
    'upper case': (str.upper, 'string text'),
    'lower case': (str.lower, 'string text'),
    'trim': (str.strip, 'string text'),
    'substring before': (feel_text.substring_before, 'string text, match text'),
    'substring after': (feel_text.substring_after, 'string text, match text'),
    'replace': (feel_text.replace, 'input text, pattern text, replacement text, flags? any'),
    'contains': (feel_text.contains, 'string text, match text'),
    'starts with': (str.startswith, 'string text, match text'),
    'ends with': (str.endswith, 'string text, match text'),
    'matches': (feel_text.matches, 'input text, pattern text, flags? any'),
    'split': (feel_text.split, 'string text, delimiter text'),
    'string join': (feel_text.string_join, 'list list, delimiter? any'),
    'list contains': (feel_list.list_contains, 'list list, element any'),
    'list replace': (feel_list.list_replace, 'list list, position any, newItem any',
                     feel_list.list_replace, 'list list, match function, newItem any'),
    'count': (len, 'list list'),
    'min': (feel_list.smallest, '*list any'),
    'max': (feel_list.largest, '*list any'),
    'sum': (feel_list.total, '*list any'),
    'product': (feel_list.product, '*list any'),
    'mean': (feel_list.mean, '*list any'),
    'median': (feel_list.median, '*list any'),
    'stddev': (feel_list.deviation, '*list any'),
    'mode': (feel_list.mode, '*list any'),
    'all': (feel_list.every_true, '*list any'),
    'any': (feel_list.some_true, '*list any'),
    'sublist': (feel_list.sublist, 'list list, start position number, length? number'),
    'append': (feel_list.append, 'list list, *items any'),
    'concatenate': (feel_list.concatenate, '*list any'),
    'insert before': (feel_list.insert_before, 'list list, position number, newItem any'),
    'remove': (feel_list.remove, 'list list, position number'),
    'reverse': (feel_list.backwards, 'list list'),
    'index of': (feel_list.index_of, 'list list, match any'),
    'union': (feel_list.union, '*list any'),
    'distinct values': (feel_list.distinct, 'list list'),
    'flatten': (feel_list.flatten, 'list list'),
    'sort': (feel_list.sort, 'list list, precedes? function'),
    'decimal': (feel_number.rounding('ROUND_HALF_EVEN'), 'n number, scale number'),
    'floor': (feel_number.rounding('ROUND_FLOOR'), _SCALED),
    'ceiling': (feel_number.rounding('ROUND_CEILING'), _SCALED),
    'round up': (feel_number.rounding('ROUND_UP'), _SCALED),
    'round down': (feel_number.rounding('ROUND_DOWN'), _SCALED),
    'round half up': (feel_number.rounding('ROUND_HALF_UP'), _SCALED),
    'round half down': (feel_number.rounding('ROUND_HALF_DOWN'), _SCALED),
    'abs': (feel_number.absolute, 'n any'),
    'modulo': (remainder, _TWO),
    'sqrt': (feel_number.square_root, 'number number'),
    'log': (feel_number.logarithm, 'number number'),
    'exp': (feel_number.exponential, 'number number'),
    'odd': (feel_number.odd, 'number number'),
    'even': (feel_number.even, 'number number'),
    'is': (feel_time.same, 'value1 any, value2 any'),
    'day of year': (feel_time.day_of_year, _DAYS),
    'day of week': (feel_time.day_of_week, _DAYS),
    'month of year': (feel_time.month_of_year, _DAYS),
    'week of year': (feel_time.week_of_year, _DAYS),
    'get value': (feel_list.get_value, 'm map, key any'),
    'get entries': (feel_list.get_entries, 'm map'),
    'context': (feel_list.context_of, 'entries list'),
    'context put': (feel_list.context_put, 'context map, key any, value any',
                    feel_list.context_put, 'context map, keys list, value any'),
    'context merge': (feel_list.context_merge, 'contexts list'),
    **_RANGES})
NULL_IS_A_VALUE = frozenset(('string',))


def built(name: str, way: int, *given: Any) -> Any:
    """Call a function of FEEL. A null where something is wanted gives null; another kind stops."""
    checked = _checked(name, way, given)
    return None if checked is None else FUNCTIONS[name][way].function(*checked)


def paid(scope: Inner, name: str, way: int, *given: Any) -> Any:
    """`built` where it may run many times, paid for by the size of what it is given; patterns pay as they go."""
    checked = _checked(name, way, given)
    if checked is None:
        return None
    scope.allowance.spend(2 + (sum(len(one) for one in checked if isinstance(one, (str, list, dict))) >> 3))
    function = FUNCTIONS[name][way].function
    return function(scope.allowance, *checked) if name in PATTERNS else function(*checked)


def _checked(name: str, way: int, given: tuple) -> list | None:
    """The arguments as the function wants them; None where null comes out."""
    parameters = FUNCTIONS[name][way].parameters
    if len(parameters) == 1 and given[0] is None and not parameters[0].several and name not in NULL_IS_A_VALUE:
        return None
    checked = []
    for place, value in enumerate(given):
        kind = parameters[min(place, len(parameters) - 1)].kind
        if kind != 'any':
            if value is None:
                return None
            value = _fitting(name, kind, value)
        checked.append(value)
    return checked


def _fitting(name: str, kind: str, value: Any) -> Any:
    """The value as its parameter wants it."""
    if kind == 'list':
        return value if isinstance(value, list) else [value]
    fits, called = KINDS[kind]
    if fits(value):
        return value
    if isinstance(value, list) and len(value) == 1:                  # a list of one is its item, says FEEL
        return _fitting(name, kind, value[0])
    if kind in _IN_TIME and fits(lifted := temporal.lifted(value)):
        return lifted
    raise Stopped('{name} 要的是{kind}，给的是{value}', name=name, kind=called, value=said(value))


def host(functions: Mapping[str, Callable[..., Any]], name: str, *given: Any) -> Any:
    """Call the host's function, which knows plain values only."""
    return library.invoke(functions, name, *map(plain, given))


def host_named(functions: Mapping[str, Callable[..., Any]], name: str, names: str, *given: Any) -> Any:
    """`host` with arguments by name; the names come joined by line ends."""
    if name not in functions:
        return host(functions, name, *given)
    return host({name: partial(functions[name], **dict(zip(names.split('\n'), map(plain, given))))}, name)


def plain(value: Any) -> Any:
    """The value as the world outside knows it: times and ranges are texts."""
    if value is None or type(value) in (bool, str, int, float):
        return value
    if isinstance(value, TEMPORAL):
        return temporal.text_of(value)
    if isinstance(value, Range):
        return feel_text.range_text(value)
    if isinstance(value, list):
        return list(map(plain, guard.sized(value)))
    if isinstance(value, Mapping):
        return {key: plain(one) for key, one in guard.sized(value).items()}
    if isinstance(value, Function):
        raise Stopped('函数不能作为结果')
    return value
