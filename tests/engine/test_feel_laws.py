"""Laws of FEEL over random values: decimals, order, ranges, literals, cells, times; and any text is read or refused."""
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.expression import ExpressionError, ExpressionFailed, feel

DECIMALS = st.decimals(-10_000, 10_000, places=3)
PLAIN = st.none() | st.booleans() | st.integers(-99, 99) | st.floats(-99, 99).map(lambda n: round(n, 3)) | st.text(
    st.characters(exclude_categories=['Cs']), max_size=8)
VALUES = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
    st.text(st.characters(categories=['L']), min_size=1, max_size=5).map(lambda key: f'k{key}'), inner, max_size=3),
    max_leaves=8)
DAYS = st.dates(date(1900, 1, 1), date(2100, 1, 1))


def value(text: str, **scope: Any) -> Any:
    return feel(text).evaluate(scope)


@given(DECIMALS, DECIMALS)
def test_arithmetic_is_that_of_decimals(a: Decimal, b: Decimal) -> None:
    x, y = float(a), float(b)
    assert value('x + y', x=x, y=y) == float(a + b)
    assert value('x - y', x=x, y=y) == float(a - b)
    assert value('x * y', x=x, y=y) == float(a * b)
    assert value(f'({a}) + ({b})') == float(a + b)
    if b:
        assert value('x / y', x=x, y=y) == float(a / b)
        assert value('x mod y', x=x, y=y) == float(a - b * (a / b).to_integral_value('ROUND_FLOOR'))


@given(DECIMALS, DECIMALS)
def test_numbers_compare_as_decimals(a: Decimal, b: Decimal) -> None:
    scope = {'x': float(a), 'y': float(b)}
    found = value('[x < y, x <= y, x > y, x >= y, x = y, x != y]', **scope)
    assert found == [a < b, a <= b, a > b, a >= b, a == b, a != b]


@given(*[DECIMALS] * 3, st.sampled_from('[(]'), st.sampled_from('])['))
def test_a_range_is_two_comparisons(low: Decimal, high: Decimal, one: Decimal, opening: str, closing: str) -> None:
    scope = {'low': float(low), 'high': float(high), 'x': float(one)}
    text = f'{opening}low..high{closing}'
    expected = (low <= one if opening == '[' else low < one) and (one <= high if closing == ']' else one < high)
    assert value(f'x in {text}', **scope) is expected
    assert value(f'x in ({text}, {text})', **scope) is expected
    assert value(f'{{r: {text}, in it: x in r}}.in it', **scope) is expected
    assert feel(text, 'unary').evaluate(scope, {}, float(one)) is expected
    assert value(f'includes({text}, x)', **scope) is expected


@given(VALUES)
def test_what_is_written_is_read_again(one: Any) -> None:
    text = value('string([x])', x=one)
    found = value(text)
    assert found == [one]
    assert value('x = y', x=one, y=found[0]) is True


@given(PLAIN, PLAIN)
def test_a_cell_is_a_question_about_its_value(one: Any, other: Any) -> None:
    scope = {'x': one, 'y': other}
    for cell, question in (('y', 'x = y'), ('< y', 'x < y'), ('>= y', 'x >= y'), ('!= y', 'x != y'),
                           ('[y..y]', 'x in [y..y]')):
        if cell == 'y' and other is True:
            continue                                             # a cell that is simply true always fits
        try:
            expected = value(question, **scope) is True
        except ExpressionFailed:
            expected = None
        try:
            found = feel(cell, 'unary').evaluate(scope, {}, one)
        except ExpressionFailed:
            found = None
        assert found is expected


@given(DAYS, st.integers(-40_000, 40_000), DAYS)
def test_days_count_as_the_calendar_does(day: date, count: int, other: date) -> None:
    scope = {'day': day.isoformat(), 'count': count, 'other': other.isoformat()}
    assert value('day + P1D * count', **scope) == (day + timedelta(days=count)).isoformat()
    assert value('(other - day).days', **scope) == (other - day).days
    assert value('day < @"2000-01-01"', **scope) is (day < date(2000, 1, 1))
    parts = [day.year, day.month, day.day, day.isoweekday()]
    assert value('[day.year, day.month, day.day, day.weekday]', **scope) == parts
    assert value('day + years and months duration(day, other) <= other or other < day', **scope) is True


@given(st.lists(st.none() | st.booleans(), min_size=2, max_size=4))
def test_truth_has_three_values(parts: list) -> None:
    scope = {f'x{place}': part for place, part in enumerate(parts)}
    both = False if False in parts else None if None in parts else True
    either = True if True in parts else None if None in parts else False
    assert value(' and '.join(scope), **scope) is both is value(f'all([{", ".join(scope)}])', **scope)
    assert value(' or '.join(scope), **scope) is either is value(f'any([{", ".join(scope)}])', **scope)
    assert value(f'not({" and ".join(scope)})', **scope) is (None if both is None else not both)


@given(st.lists(st.integers(-5, 5), max_size=6), st.integers(-5, 5))
def test_filters_loops_and_questions_agree(items: list[int], limit: int) -> None:
    scope = {'xs': items, 'limit': limit}
    kept = [one for one in items if one > limit]
    assert value('xs[item > limit]', **scope) == kept
    assert value('count(for x in xs[item > limit] return x)', **scope) == len(kept)
    assert value('some x in xs satisfies x > limit', **scope) is bool(kept)
    assert value('every x in xs satisfies x > limit', **scope) is (kept == items)
    assert value('sort(xs)', **scope) == sorted(items) == value('sort(xs, function(a, b) a < b)', **scope)
    assert value('limit in xs', **scope) is (limit in items)


SCRAPS = st.sampled_from([
    'a', 'b', 'xs', '1', '2.5', '"x"', "'", '"', '(', ')', '[', ']', '{', '}', '..', '.', ',', ':', '?', '&&',
    '!', '=', '<', '>=',
    ' and ', ' or ', ' not', ' in ', ' is ', 'if ', ' then ', ' else ', 'for ', ' return ', 'some ',
    ' satisfies ', ' between ',
    ' instance of ', 'number', 'function(', 'item', 'partial', '+', '-', '*', '/', '**', 'null', 'true',
    '2020-05-31', 'P7D',
    '@"P1D"', 'date(', 'string length(', 'sort(', 'matches(', 'before(', '//', '/*', '`', '`a b`', '\n', '#', '_',
    '（', '\x00', '上', '\\'])


@settings(max_examples=120, deadline=None)
@given(st.lists(SCRAPS, max_size=16).map(''.join), st.sampled_from(['value', 'unary']))
def test_any_text_is_feel_or_a_refusal(text: str, mode: str) -> None:
    try:
        found = feel(text, mode).evaluate({'a': 1, 'b': '2020-05-31', 'xs': ['a', None, 2]}, {}, 'a')
        assert mode == 'value' or isinstance(found, bool)
    except ExpressionError as error:
        assert str(error) and 1 <= error.position <= len(text) + 1
