"""The functions of FEEL, one line each at least: what the standard says they give."""
from typing import Any

import pytest

from engine.expression import ExpressionError, feel
from engine.expression.feel_library import FUNCTIONS

CASES: dict[str, list[tuple[str, Any]]] = {
    'date': [('date("2020-05-31")', '2020-05-31'), ('date(2020, 5, 31)', '2020-05-31'),
        ('date(year: 2020, month: 5, day: 31)', '2020-05-31'), ('date(@"2020-05-31T09:00:00")', '2020-05-31')],
    'time': [('time("09:10:11")', '09:10:11'), ('time(9, 10, 11.5)', '09:10:11.500000'),
        ('time(9, 10, 11, duration("PT8H"))', '09:10:11+08:00'), ('time(9, 0, 0, null)', '09:00:00'),
        ('time(@"2020-05-31T09:00:00+08:00")', '09:00:00+08:00'), ('time("09:10:11Z")', '09:10:11Z')],
    'date and time': [('date and time("2020-05-31T09:00:00")', '2020-05-31T09:00:00'),
        ('date and time("2020-05-31T24:00:00")', '2020-06-01T00:00:00'),
        ('date and time(@"2020-05-31", @"09:00:00")', '2020-05-31T09:00:00'),
        ('date and time("2020-05-31")', '2020-05-31T00:00:00')],
    'duration': [('duration("P1DT2H3M4.5S")', 'P1DT2H3M4.5S'), ('duration("P2W")', 'P14D'),
        ('duration("-P1Y")', '-P1Y'), ('duration("P0D")', 'PT0S')],
    'years and months duration': [('years and months duration(@"2011-12-22", @"2013-08-24")', 'P1Y8M'),
        ('years and months duration(@"2013-08-24", @"2011-12-22")', '-P1Y8M'),
        ('years and months duration(from: @"2020-01-31", to: @"2020-02-29")', 'P0M')],
    'number': [('number("1 000,5", " ", ",")', 1000.5), ('number("1,000.5", ",", ".")', 1000.5), ('number("-5")', -5),
        ('number(from: "2.50")', 2.5), ('number("1e3")', 1000)],
    'string': [('string(1.10)', '1.1'), ('string(2.0)', '2'), ('string(true)', 'true'), ('string("a")', 'a'),
        ('string([1, "a", null])', '[1, "a", null]'), ('string({a: "b"})', '{a: "b"}'), ('string(@"P1D")', 'P1D'),
        ('string([1..5])', '[1..5]'), ('string(0.000001)', '0.000001')],
    'range': [('range("[1..3]") = [1..3]', True), ('2 in range("(2..3]")', False),
        ('range("[\\"a\\"..\\"c\\"]").end', 'c')],
    'substring': [('substring("foobar", 3)', 'obar'), ('substring("foobar", 3, 3)', 'oba'),
        ('substring("foobar", -2, 1)', 'a'),
        ('substring("foobar", 9)', None), ('substring("督办系统", 3)', '系统'), ('substring("foobar", 0)', None)],
    'string length': [('string length("督办")', 2), ('string length("\\U01F40E")', 1)],
    'upper case': [('upper case("aBc4")', 'ABC4')],
    'lower case': [('lower case("aBc4")', 'abc4')],
    'trim': [('trim("  a ")', 'a')],
    'substring before': [('substring before("foobar", "bar")', 'foo'), ('substring before("foobar", "x")', '')],
    'substring after': [('substring after("foobar", "ob")', 'ar'), ('substring after("foobar", "x")', ''),
        ('substring after("foobar", "")', 'foobar')],
    'replace': [('replace("abcd", "(ab)|(a)", "[1=$1][2=$2]")', '[1=ab][2=]cd'),
        ('replace("aBa", "b", "x", "i")', 'axa'),
        ('replace("a.b", ".", "x", "q")', 'axb'), ('replace("2020年5月", "(\\d+)年", "$1-")', '2020-5月')],
    'contains': [('contains("foobar", "of")', False), ('contains("某市", "市")', True)],
    'starts with': [('starts with("foobar", "fo")', True)],
    'ends with': [('ends with("foobar", "r")', True)],
    'matches': [('matches("foobar", "^fo*b")', True), ('matches("办字〔2020〕5号", "〔\\d{4}〕\\d+号$")', True),
        ('matches("a\\nb", "a.b")', False),
        ('matches("a\\nb", "a.b", "s")', True), ('matches("A", "a", "i")', True),
        ('matches("a\\nb", "^b", "m")', True),
        ('matches("ab", "a b", "x")', True), ('matches("甲", "\\p{L}")', True), ('matches("x", "[^a-w]")', True),
        ('matches("ab", "^(a|b){2}$")', True),
        ('matches("aXb", "a\\wb")', True), ('matches("x", "x{0,2}?y?")', True), ('matches("", "")', True),
        ('matches("b", "a+?")', False)],
    'split': [('split("John Doe", "\\s")', ['John', 'Doe']), ('split("a;b;;c", ";")', ['a', 'b', '', 'c']),
        ('split("abc", "")', ['abc'])],
    'string join': [('string join(["a", "b"], "、")', 'a、b'), ('string join(["a", null, "b"])', 'ab'),
        ('string join([])', '')],
    'list contains': [('list contains([1, 2], 2)', True), ('list contains([1], null)', False),
        ('list contains([[1]], [1])', True)],
    'list replace': [('list replace([2, 4, 7], 3, 6)', [2, 4, 6]),
        ('list replace([2, 4], function(item, newItem) item < newItem, 3)', [3, 4]),
        ('list replace([1], 5, 2)', None)],
    'count': [('count([1, 2, null])', 3), ('count([])', 0)],
    'min': [('min(1, 2, 0.5)', 0.5), ('min([@"2020-02-01", @"2020-01-01"])', '2020-01-01'), ('min(["b", "a"])', 'a')],
    'max': [('max([1, 3, 2])', 3)],
    'sum': [('sum([0.1, 0.2])', 0.3), ('sum(1, 2)', 3), ('sum([@"P1D", @"P2D"])', 'P3D')],
    'product': [('product([2, 3, 4])', 24)],
    'mean': [('mean([1, 2, 3, 5])', 2.75)],
    'median': [('median(8, 2, 5, 3, 4)', 4), ('median([6, 1, 2, 3])', 2.5)],
    'stddev': [('stddev([47])', None), ('stddev(2, 4, 7, 5)', 2.0816659994661326)],
    'mode': [('mode([6, 3, 9, 6, 6])', [6]), ('mode([6, 1, 9, 6, 1])', [1, 6])],
    'all': [('all([true, false])', False), ('all([])', True), ('all(true)', True)],
    'any': [('any([false, true])', True), ('any([])', False)],
    'sublist': [('sublist([4, 5, 6], 2)', [5, 6]), ('sublist([4, 5, 6], 1, 2)', [4, 5]),
        ('sublist([4, 5, 6], -2)', [5, 6]), ('sublist([4], 2)', None)],
    'append': [('append([1], 2, 3)', [1, 2, 3]), ('append([1], [2])', [1, [2]])],
    'concatenate': [('concatenate([1, 2], [3])', [1, 2, 3])],
    'insert before': [('insert before([1, 3], 1, 2)', [2, 1, 3]), ('insert before([1, 3], 5, 2)', None)],
    'remove': [('remove([1, 2, 3], 2)', [1, 3])],
    'reverse': [('reverse([1, 2, 3])', [3, 2, 1])],
    'index of': [('index of([1, 2, 3, 2], 2)', [2, 4]), ('index of([1], 5)', [])],
    'union': [('union([1, 2], [2, 3])', [1, 2, 3])],
    'distinct values': [('distinct values([1, 2, 1.0, "1", [1], [1], true, null])', [1, 2, '1', [1], True, None])],
    'flatten': [('flatten([[1, 2], [[3]], 4])', [1, 2, 3, 4])],
    'sort': [('sort([3, 1, 4, 5, 2], function(x, y) x < y)', [1, 2, 3, 4, 5]), ('sort(["b", "a"])', ['a', 'b'])],
    'decimal': [('decimal(1 / 3, 2)', 0.33), ('decimal(1.5, 0)', 2), ('decimal(2.5, 0)', 2),
        ('decimal(1234, -2)', 1200)],
    'floor': [('floor(1.5)', 1), ('floor(-1.5)', -2), ('floor(1.56, 1)', 1.5)],
    'ceiling': [('ceiling(1.5)', 2), ('ceiling(-1.56, 1)', -1.5)],
    'round up': [('round up(5.5, 0)', 6), ('round up(-1.121, 2)', -1.13), ('round up(1, -3)', 1000)],
    'round down': [('round down(-5.5, 0)', -5)],
    'round half up': [('round half up(2.5, 0)', 3), ('round half up(1.125, 2)', 1.13)],
    'round half down': [('round half down(2.5, 0)', 2)],
    'abs': [('abs(-10)', 10), ('abs(@"-P1D")', 'P1D'), ('abs(@"-P1Y")', 'P1Y')],
    'modulo': [('modulo(-12, 5)', 3), ('modulo(10.1, 4.5)', 1.1)],
    'sqrt': [('sqrt(16)', 4), ('sqrt(-1)', None)],
    'log': [('decimal(log(10), 8)', 2.30258509), ('log(0)', None)],
    'exp': [('decimal(exp(5), 5)', 148.41316)],
    'odd': [('odd(5)', True)],
    'even': [('even(5)', False), ('even(-2)', True)],
    'is': [('is(@"2012-12-25", time("23:00:50"))', False), ('is(@"23:00:50Z", @"23:00:50")', False),
        ('is(1, 1.0)', True), ('is("a", "a")', True)],
    'day of year': [('day of year(@"2019-09-17")', 260)],
    'day of week': [('day of week(@"2019-09-17")', 'Tuesday')],
    'month of year': [('month of year("2019-09-17")', 'September')],
    'week of year': [('week of year(@"2005-01-01")', 53), ('week of year(date: @"2003-12-29")', 1)],
    'get value': [('get value({a: 1}, "a")', 1), ('get value({a: {b: 2}}, ["a", "b"])', 2),
        ('get value({a: 1}, ["a", "b"])', None)],
    'get entries': [('get entries({a: 1})', [{'key': 'a', 'value': 1}])],
    'context': [('context([{key: "a", value: 1}])', {'a': 1})],
    'context put': [('context put({a: 1}, "b", 2)', {'a': 1, 'b': 2}),
        ('context put({a: {b: 1}}, ["a", "b"], 2)', {'a': {'b': 2}})],
    'context merge': [('context merge([{a: 1, b: 1}, {b: 2}])', {'a': 1, 'b': 2})],
    'before': [('before(1, 10)', True), ('before([1..5], 5)', False), ('before([1..5), 5)', True),
        ('before([1..5), [5..9])', True), ('before(1, (1..5])', True)],
    'after': [('after(10, [1..5])', True), ('after([6..9], [1..6))', True)],
    'meets': [('meets([1..5], [5..10])', True), ('meets([1..5), [5..10])', False)],
    'met by': [('met by([5..10], [1..5])', True)],
    'overlaps': [('overlaps([1..5], [5..8])', True), ('overlaps([1..5), [5..8])', False),
        ('overlaps([1..9], [2..3])', True)],
    'overlaps before': [('overlaps before([1..5], [3..8])', True), ('overlaps before([1..9], [3..8])', False)],
    'overlaps after': [('overlaps after([3..8], [1..5])', True)],
    'finishes': [('finishes(10, [1..10])', True), ('finishes([5..10], [1..10])', True)],
    'finished by': [('finished by([1..10], 10)', True)],
    'includes': [('includes([1..10], 5)', True), ('includes([1..10), [2..10])', False)],
    'during': [('during(5, [1..10])', True), ('during([1..10], [1..10])', True)],
    'starts': [('starts(1, [1..10])', True), ('starts((1..5], [1..10])', False)],
    'started by': [('started by([1..10], [1..5])', True)],
    'coincides': [('coincides([1..5], [1..5])', True), ('coincides(3, 4)', False)]}


def test_every_function_has_its_line() -> None:
    assert CASES.keys() == FUNCTIONS.keys()


@pytest.mark.parametrize(('text', 'expected'), [case for cases in CASES.values() for case in cases])
def test_functions(text: str, expected: Any) -> None:
    assert feel(text).evaluate() == expected


@pytest.mark.parametrize('name', sorted(FUNCTIONS))
@pytest.mark.parametrize('given', ['null', '{a: 1}', '"!"', '-7.5', 'true', '[null]', '@"P1D"', '[1..2]', '[{}, [[]]]'])
def test_functions_give_a_value_or_say_why_not(name: str, given: str) -> None:
    for way in FUNCTIONS[name]:
        for arguments in (', '.join([given] * len(way.parameters)), ', '.join(['x'] * len(way.parameters))):
            try:
                feel(f'{name}({arguments})').evaluate({'x': feel(given).evaluate()})
            except ExpressionError as refused:
                assert str(refused)
