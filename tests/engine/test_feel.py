"""FEEL: what its forms, operators and times come to, what is null, what stops, what is refused and where."""
import ast
from typing import Any

import pytest

from engine.expression import ExpressionError, ExpressionFailed, MissingName, Test, UnknownFunction, compile, feel, tree
from engine.expression.feel_grammar import Feel
from engine.expression.lexer import words

FACTS = {
    'a': 5, 'b': 'x', 'late': False, 'done': True, 'nothing': None, 'amount': 0.1, 'due_at': '2020-05-31',
    'signed_at': '2020-05-07T09:00:00+08:00', 'xs': [1, 2, 3], 'units': ['甲', '乙'], '牵头单位': '发改委',
    'duration_text': 'P7D',
    'rows': [{'name': '甲', 'price': 1}, {'name': '乙', 'price': 3, 'note': 'x'}], 'row': {'name': '甲',
    'inner': {'k': 1}},
    '金额（万元）': 7, '2020年': 8, 'Applicant age': 30, 'e-mail': 'a@b', 'text_number': '5'}
NAMES = frozenset(('Applicant age', 'e-mail', 'risk of', '金额（万元）', '2020年'))
HOST = {'now': lambda: '2020-05-07T09:00:00+08:00', 'today': lambda: '2020-05-07', 'next': lambda n: n + 1,
        'workdays': lambda t, n: f'{t}+{n}', 'split': lambda text: text.split(','), 'fails': lambda: int('x'),
        'risk of': lambda **given: f'{given["the unit"]}/{given["level"]}'}


def value(text: str, **more: Any) -> Any:
    return feel(text, names=NAMES).evaluate({**FACTS, **more}, HOST)


def cell(text: str, given: Any) -> bool:
    return feel(text, 'unary', NAMES).evaluate(FACTS, HOST, given)


@pytest.mark.parametrize(('text', 'expected'), [
    # numbers are exact decimals, and whole where they are whole
    ('0.1 + 0.2', 0.3), ('0.1 + 0.2 = 0.3', True), ('amount * 3', 0.3), ('1.1 * 1.1', 1.21), ('1.5 * 2', 3),
    ('1 / 4', 0.25),
    ('6 / 2', 3), ('10 - 2 - 3', 5), ('2 ** 3 ** 2', 64), ('-2 ** 2', 4), ('2 ** -1', 0.5), ('.5 + 1', 1.5), ('-a', -5),
    ('1 + 2 * 3', 7), ('(1 + 2) * 3', 9), ('7 mod 3', 1), ('1e3', 1000.0), ('5 // 2 is a comment', 5),
    ('1 /* one */ + /* two */ 2', 3),
    # texts
    ('"a" + "b"', 'ab'), ("'a' + b", 'ax'), (r'"\u53d1\U01F40E\n\"\d"', '发\U0001f40e\n"\\d'), ('"甲" < "乙"', False),
    # truth
    ('a > 3 and b = "x"', True), ('a > 3 && b == "x"', True), ('late or done', True), ('late || done', True),
    ('!late', True),
    ('not(late)', True), ('not(late) and done', True), ('done ? 1 : 2', 1), ('if late then 1 else 2', 2),
    ('if a > 3 then if late then 1 else 2 else 3', 2), ('empty nothing', True), ('a between 1 and 5', True),
    ('a between 1 and 4 or done', True), ('a != 5', False), ('a != 4 ? 1 : 2', 1),
    # ranges and in
    ('a in [1..5]', True), ('a in (1..5)', False), ('a in ]1..5]', True), ('a in [1..5[', False), ('a in (1, 5)', True),
    ('a in (< 3, [4..6])', True), ('a in (< 3, > 5)', False), ('a in > 4', True), ('a in <= 4', False),
    ('a in xs', False),
    ('a not in xs', True), ('2 in xs', True), ('a in [[1..2], [5..9]]', True), ('"b" in ["a".."c"]', True),
    ('[1,2] in [[1,2]]', True), ('{r: [1..5], ok: 3 in r}.ok', True), ('[1..5].start', 1),
    ('(1..5].start included', False),
    ('(< 5).end', 5), ('[1..5]', '[1..5]'), ('(>= 5)', '>= 5'),
    # lists
    ('xs[1]', 1), ('xs[-1]', 3), ('xs[4]', None), ('xs[item > 1]', [2, 3]), ('xs[item > a]', []), ('xs[count(xs)]', 3),
    ('rows[price > 2].name', ['乙']), ('rows.name', ['甲', '乙']), ('rows.note', [None, 'x']),
    ('rows[note = "x"].price', [3]),
    ('rows[name = b or price = 1][1].name', '甲'), ('rows[item.price > 2][1].name', '乙'), ('a[1]', 5),
    ('a[item > 9]', []),
    ('xs + [4]', [1, 2, 3, 4]), ('[1, [2, "a"]]', [1, [2, 'a']]), ('[][1]', None), ('[][item > 1]', []),
    ('rows[price > xs[1]].name', ['乙']),
    # contexts
    ('{a: 1, b: a + 1}', {'a': 1, 'b': 2}), ('{a: 1, b: a + 1}.b', 2), ('{"the key": 1}.the key', 1),
    ('{full name: "x", n: full name + "y"}.n', 'xy'), ('row.name', '甲'), ('row.inner.k', 1), ('row["name"]', '甲'),
    ('{a: {b: {c: 7}}}.a.b.c', 7), ('nothing.name', None), ('{}', {}), ('{`a b`: 1}.`a b`', 1), ('{甲方: 1}.甲方', 1),
    # repetitions
    ('for x in xs return x * 2', [2, 4, 6]), ('for i in 1..3 return i', [1, 2, 3]),
    ('for i in 3..1 return i', [3, 2, 1]),
    ('for x in [1, 2], y in [10, 20] return x + y', [11, 21, 12, 22]),
    ('for x in [[1, 2], [3]], y in x return y', [1, 2, 3]),
    ('for i in 0..4 return if i < 2 then 1 else partial[-1] + partial[-2]', [1, 1, 2, 3, 5]),
    ('for d in @"2020-02-28"..@"2020-03-01" return d', ['2020-02-28', '2020-02-29', '2020-03-01']),
    ('for the unit in units return the unit + "局"', ['甲局', '乙局']), ('for i in [1..3] return i', [1, 2, 3]),
    ('some x in xs satisfies x > 2', True), ('every x in xs satisfies x > 2', False),
    ('every x in [] satisfies false', True),
    ('some x in xs, y in xs satisfies x + y = 6', True),
    ('for x in xs return for y in xs[item > x] return y', [[2, 3], [3], []]),
    ('count(for r in rows return r.price)', 2),
    # functions
    ('sort(xs, function(x, y) x > y)', [3, 2, 1]), ('{add: function(x, y) x + y, n: add(1, 2)}.n', 3),
    ('sort(list: rows, precedes: function(x, y) x.price > y.price).name', ['乙', '甲']),
    ('substring(string: "foobar", start position: 4)', 'bar'), ('next(a) + next(1)', 8),
    ('workdays(due_at, -3)', '2020-05-31+-3'),
    ('workdays(@"2020-05-31", 1)', '2020-05-31+1'), ('split("a,b")', ['a', 'b']), ('split("a b", " ")', ['a', 'b']),
    ('risk of(the unit: b, level: 2)', 'x/2'), ('len(xs)', 3), ('b.upper()', 'X'),
    # names
    ('Applicant age > 18', True), ('Applicant age-1', 29), ('e-mail', 'a@b'), ('`Applicant age`', 30),
    ('牵头单位 = "发改委"', True), ('金额（万元） + 2020年', 15),
    # types
    ('a instance of number', True), ('b instance of string', True), ('xs instance of list<number>', True),
    ('xs instance of list<string>', False), ('row instance of context<name: string>', True),
    ('nothing instance of number', False),
    ('[1..5] instance of range<number>', True), ('due_at instance of date', True), ('due_at instance of string', True),
    ('signed_at instance of date and time', True), ('@"P1D" instance of days and time duration', True),
    ('@"P1M" instance of years and months duration', True),
    ('{f: function(x) x, k: f instance of function<number> -> number}.k', True)])
def test_values(text: str, expected: Any) -> None:
    found = value(text)
    assert found == expected and isinstance(found, bool) == isinstance(expected, bool)


@pytest.mark.parametrize(('text', 'expected'), [
    ('@"2020-05-31"', '2020-05-31'), ('2020-05-31', '2020-05-31'), ('date("2020-05-31")', '2020-05-31'),
    ('date(2020, 5, 31)', '2020-05-31'),
    ('date(signed_at)', '2020-05-07'), ('time(signed_at)', '09:00:00+08:00'), ('time("09:00:00")', '09:00:00'),
    ('date and time(due_at, time("09:00:00+08:00"))', '2020-05-31T09:00:00+08:00'), ('duration("P1Y2M")', 'P1Y2M'),
    ('duration("P14M")', 'P1Y2M'), ('duration("PT36H")', 'P1DT12H'), ('-duration("P1D")', '-P1D'),
    ('duration("-PT0S")', 'PT0S'),
    ('due_at + duration("P7D")', '2020-06-07'), ('due_at + P7D', '2020-06-07'),
    ('due_at + duration_text', '2020-06-07'),
    ('due_at + duration("P1M")', '2020-06-30'), ('due_at - duration("P1Y3M")', '2019-02-28'), ('P1D + P2D', 'P3D'),
    ('signed_at + duration("PT36H")', '2020-05-08T21:00:00+08:00'), ('due_at - today()', 'P24D'),
    ('due_at - @"2020-05-01"', 'P30D'),
    ('(due_at - today()).days', 24), ('now() - signed_at', 'PT0S'), ('time("10:00:00") - time("09:30:00")', 'PT30M'),
    ('time("23:30:00") + PT1H', '00:30:00'), ('duration("P1D") * 1.5', 'P1DT12H'), ('2 * P1M', 'P2M'),
    ('P3D / 2', 'P1DT12H'),
    ('P3D / P1D', 3), ('P1Y / P1M', 12), ('years and months duration(@"2020-01-31", @"2021-03-01")', 'P1Y1M'),
    ('due_at.year', 2020), ('due_at.month + due_at.day', 36), ('due_at.weekday', 7), ('signed_at.hour', 9),
    ('signed_at.time offset', 'PT8H'),
    ('@"P1DT2H3M4S".hours', 2), ('@"P1Y2M".years', 1), ('@"-P1Y2M".months', -2),
    ('@"2020-05-07T09:00:00@Asia/Shanghai".timezone', 'Asia/Shanghai'),
    ('@"2020-05-07T09:00:00@Asia/Shanghai"', '2020-05-07T09:00:00+08:00'),
    ('@"2020-05-07T09:00:00@Asia/Shanghai" = signed_at', True),
    ('string(@"2020-05-07T09:00:00@Asia/Shanghai")', '2020-05-07T09:00:00@Asia/Shanghai'),
    ('date and time("2020-01-01T00:00:00Z")', '2020-01-01T00:00:00Z'),
    ('due_at = @"2020-05-31"', True), ('due_at < @"2020-06-01"', True), ('now() <= due_at', True),
    ('signed_at = date("2020-05-07")', True),
    ('@"P1D" < @"PT25H"', True), ('@"P1Y" = @"P12M"', True), ('@"P7D" = duration_text', True),
    ('due_at in [@"2020-05-01"..@"2020-05-31"]', True),
    ('due_at in [today()..today() + P30D]', True), ('max(due_at, @"2020-06-01")', '2020-06-01'),
    ('"2020-05-31" != due_at', False),
    ('day of week(due_at)', 'Sunday'), ('day of year(due_at)', 152), ('month of year(due_at)', 'May'),
    ('week of year(due_at)', 22),
    ('sort([@"2020-02-01", @"2020-01-01"])', ['2020-01-01', '2020-02-01']),
    ('{d: date("2020-01-01"), e: d + P1D}', {'d': '2020-01-01', 'e': '2020-01-02'}),
    ('due_at = "soon"', False), ('@"2020-05-31" = 5', False), ('@"P1M" = @"P30D"', False),
    # texts that write durations or clock times are compared as these, wherever they come from
    ('duration_text > "PT100H"', True), ('duration_text = "PT168H"', True), ('"P9M" < "P1Y"', True),
    ('duration_text in ["P1D".."P10D"]', True), ('"09:30" = "09:30:00"', True), ('"9" < "10"', False),
    ('[1] = [true]', False), ('{x: 1} = {x: true}', False), ('{x: "PT60M"} = {x: "PT1H"}', True)])
def test_times(text: str, expected: Any) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(('text', 'expected'), [
    ('nothing < 5', None), ('5 >= nothing', None), ('nothing = null', True), ('nothing != 5', True),
    ('nothing = 5', False),
    ('nothing + 1', None), ('"a" + nothing', None), ('nothing * 2', None), ('-nothing', None), ('nothing ** 2', None),
    ('nothing in [1..5]', None), ('5 in [1..nothing]', None), ('nothing between 1 and 2', None), ('not(nothing)', None),
    ('nothing and true', None), ('true and nothing', None), ('nothing and false', False), ('false and nothing', False),
    ('nothing or true', True), ('nothing or false', None), ('false or nothing', None),
    ('true and true and nothing', None),
    ('if nothing then 1 else 2', 2), ('nothing ? 1 : 2', 2), ('not(nothing < 5)', None), ('xs[nothing]', []),
    ('nothing[1]', None),
    ('xs[9]', None), ('nothing.year', None), ('for x in nothing return x', None),
    ('some x in nothing satisfies x', None),
    ('some x in [null, 1] satisfies x > 1', None), ('every x in [null, 1] satisfies x > 0', None),
    ('some x in [null, 2] satisfies x > 1', True),
    ('substring(nothing, 1)', None), ('date(nothing)', None), ('string(nothing)', None),
    ('upper case(nothing)', None), ('min([])', None),
    ('sum([])', None), ('sum([1, null])', None), ('max(1, null)', None), ('all([true, null])', None),
    ('any([null, true])', True),
    ('list contains([1, null], null)', True), ('number(nothing)', None), ('get value(row, "none")', None),
    ('due_at - nothing', None),
    ('nothing instance of Null', True), ('before(nothing, 5)', None)])
def test_null(text: str, expected: Any) -> None:
    assert value(text) is expected or value(text) == expected == []


def test_what_is_not_needed_is_not_worked_out() -> None:
    assert value('false and fails()') is False and value('true or fails()') is True
    assert value('if done then 1 else fails()') == 1
    assert value('some x in xs satisfies x = 1 or fails()') is True


@pytest.mark.parametrize(('text', 'sentence'), [
    ('"a" + 1', 'string(…)'), ('a + "x"', '数字 5和文字“x”不能相加'), ('a < b', '不能比大小'), ('a > text_number', '文字“5”'),
    ('a = text_number', '不是同一类值'), ('a in ["5"]', '不是同一类值'), ('a and done', '数字 5不是真假值'), ('not(b)', '不是真假值'),
    ('if b then 1 else 2', '不是真假值'), ('1 / 0', '不能除以 0'), ('1 mod 0', '不能除以 0'), ('0 ** -1', '负的乘方'), ('b * 2', '不能相乘'),
    ('due_at + 3', '不能相加'), ('due_at - 3', 'duration("P3D")'), ('@"2020-01-01" + @"2020-01-02"', '不能相加'),
    ('@"P1D" + @"P1M"', '不能相加'), ('@"P1D" < @"P1M"', '不能比大小'), ('@"2020-01-01T00:00:00" < now()', '只有一个写了时区'),
    ('row.nome', '是不是要写 name'), ('rows.prise', '是不是要写 price'), ('rows[prise > 2]', '没有名为“prise”的资料'),
    ('due_at.hour', '没有“hour”这一项'),
    ('b.size', '没有“size”'), ('xs[0 + 0]', 'FEEL 从 1 数起'), ('xs[1.5 + 0]', 'FEEL 从 1 数起'), ('xs["a"]', '不是真假值'),
    ('upper case(5)', 'upper case 要的是文字，给的是数字 5'),
    ('date(b)', '文字“x”不是日期'), ('date(2020, 2, 30)', '没有2020年2月30日'), ('time(25, 0, 0)', '没有25时'),
    ('duration(b)', '不是时长'),
    ('number(b)', '文字“x”不是数字'), ('number("1,0", ",", ",")', '分隔符'), ('sum(["a"])', '不是数字'), ('sort([1, "a"])', '不能比大小'),
    ('substring(b, "1")', '要的是数字'), ('matches(b, "(")', '模式'), ('matches(b, "a", "y")', '标记'),
    ('matches(b, "a", [1])', '标记要是文字'),
    (r'matches(b, "(x)\1")', '不能用“\\1”'),
    ('matches(b, "(?=x)")', '(?…'), ('replace(b, "y*", "z")', '什么都不找'), ('for i in 1..2.5 return i', '整数或日期'),
    ('{f: function(x) x, y: f()}', '函数要1个参数'), ('function(x) x', '函数不能作为结果'), ('{f: 1, y: f(2)}', '不是函数'),
    ('{f: function(x) x}', '函数不能作为结果'), ('context put(5, "a", 1)', '要的是对象'), ('range("1")', '不是区间'),
    ('before(late, 5)', '不是区间，也不是一个点')])
def test_failures_say_the_cause_and_the_values(text: str, sentence: str) -> None:
    with pytest.raises(ExpressionError) as failed:                   # when it is read, if it can be seen then
        value(text)
    assert sentence in str(failed.value) and text.split('(')[0][:10] in str(failed.value)


def test_names_and_functions_that_do_not_exist() -> None:
    with pytest.raises(MissingName) as missing:
        value('due_att > 1')
    assert missing.value.name == 'due_att' and '是不是要写 due_at' in str(missing.value)
    with pytest.raises(UnknownFunction):
        value('soon(1)')


@pytest.mark.parametrize(('text', 'position', 'problem', 'suggestion'), [
    ('', 1, '是空的', ''), ('1 +', 4, '到这里就断了', ''), ('a = = b', 5, '不能赋值', '写一个 ='), ('if a then b', 12, '还差“else”', ''),
    ('for x in xs', 12, '还差“return”', ''), ('for x xs return x', 10, '前面少了运算符', ''),
    ('some x in xs', 13, '还差“satisfies”', ''),
    ('for in xs return 1', 5, '这里要写一个名字', ''), ('xs[0]', 3, '没有第0项', 'FEEL 从 1 数起'), ('xs[1.5]', 3, '没有第1.5项', ''),
    ('xs[1:2]', 5, '不能这样截取', 'sublist'),
    ('substring("a")', 1, 'substring 的参数不对', 'substring(string, start position, length)'),
    ('upper case("a", "b")', 1, 'upper case 的参数不对', ''), ('substring(string: "a", at: 1)', 1, '参数不对', ''),
    ('substring("a", start position: 1)', 1, '要么都写名字', ''), ('next(n: 1, 2)', 5, '要么都写名字', ''),
    ('date("2020-02-30")', 1, '要写成 2026-09-30', ''),
    ('@"soon"', 1, '不是日期', '@"2026-09-30"'), ('2020-02-30', 1, '没有“2020-02-30”', ''),
    ('{a: 1, a: 2}', 8, '写了两次', ''), ('{1: 2}', 2, '要有名字', ''),
    ('{a 1}', 2, '要有名字', ''), ('a instance of texts', 15, '没有“texts”这种类型', 'string'),
    ('function(x) external {a: 1}', 13, '外部的函数', 'FEEL'),
    ('?', 1, '只能用在决策表', ''), ('x.mro()', 3, '没有“.mro()”', ''), ('"abc', 1, '不认识', '引号'), ('a ≥ 3', 3, '中文符号', '>='),
    ('import os', 1, '不能引入', ''),
    ('lambda: 1', 1, '不能定义函数', ''), ('eval("1")', 1, '不能使用', ''), ('_x', 1, '不认识“_”', ''), ('a; b', 2, '不能写在这里', ''),
    ('1..5', 2, '不能写在这里', ''),
    ('a b', 3, '前面少了运算符', ''), ('(1, 2)', 3, '这里应当是“)”', ''), ('x in (1, 2', 11, '还差“)”', ''),
    ('a between 1', 12, '还差“and”', '')])
def test_refused_with_place_and_advice(text: str, position: int, problem: str, suggestion: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        feel(text)
    error = refused.value
    assert not isinstance(error, ExpressionFailed)
    assert error.position == position and problem in str(error) and suggestion in error.suggestion


@pytest.mark.parametrize(('text', 'problem'), [
    ('if a > 3 then 1 / 0 else 2', '不能除以 0'), ('late and "a" + 1 = "a1"', '不能相加'), ('upper case(5)', '要的是文字'),
    ('matches(b, "(")', '少一个右括号'),
    ('if 5 then 1 else 2', '不是真假值'), ('late and 5', '不是真假值'), ('not("a")', '不是真假值'),
    ('3 < "a"', '不能比大小'), ('2 ** 9999', '算不出来'), ('date(2020, 2, 30)', '没有2020年2月30日'), ('5 = "5"', '不是同一类值'),
    ('function(x) x', '函数不能作为结果')])
def test_what_can_never_work_is_refused_when_it_is_read(text: str, problem: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        feel(text)
    assert problem in str(refused.value) and not isinstance(refused.value, ExpressionFailed)


def test_code_says_what_it_needs() -> None:
    code = feel('{x: a, y: x + b}.y + count(xs[price > limit]) + workdays(due_at, 1) + (for i in units return i)[1]')
    assert code.names == {'a', 'b', 'xs', 'due_at', 'units'} and code.loose == {'price',
    'limit'} and code.calls == {'workdays'}
    assert feel('today()').calls == {'today'} and feel('date("2020-01-01")').calls == frozenset()
    assert feel('Applicant age + 1', names=NAMES).names == {'Applicant age'}
    assert feel('a') is feel('a') and compile('= a') is feel('= a') and feel('= a').evaluate(FACTS) == 5


@pytest.mark.parametrize(('text', 'yes', 'no'), [
    ('[1..5], > 9', [1, 5, 10], [6, None]), ('not([1..5], 7)', [6, None], [3, 7]),
    ('not(1, ]3..5[, > 9)', [2, 3, 5], [1, 4, 10]), ('not(]3..5[)', [3, 5], [4]), ('not((3..5[, 1)', [3, 5], [1, 4]),
    ('not([3..5), 1)', [2, 5], [1, 3, 4]),
    ('[date("2020-01-01")..@"2020-12-31"]', ['2020-05-31'], ['2021-01-01', None]),
    ('< today()', ['2020-05-06', '2020-05-06T23:00:00+08:00'], ['2020-05-07', None]),
    ('< today() + P3D', ['2020-05-09'], ['2020-05-10']),
    ('P7D', ['P7D', 'P1W'], ['P8D', None]), ('> duration("P1M")', ['P2M'], ['P1M']), ('? in xs', [1], [9, None]),
    ('xs', [1, [1, 2, 3]], [9]),
    ('list contains(?, "甲")', [['甲']], [['丙']]), ('some x in ? satisfies x > 3', [[4]], [[3], None]),
    ('?[1] = 5', [[5, 6]], [[6]]),
    ('count(?) > 1', [[1, 2]], [[1]]), ('?.price > 2', [{'price': 3}], [{'price': 1}]),
    ('if late then 1 else 2', [2], [1]),
    ('? + 0', [4], [None]), ('Applicant age', [30], [31]), ('matches(?, "^\\d{6}$")', ['210000'], ['21000', None]),
    ('a - 1', [4], [5]),
    ('nothing', [None], [0, False]), ('null, > 5', [None, 6], [5]), ('"甲", "乙"', ['甲'], ['丙']),
    ('every x in ? satisfies x instance of string', [['a']], [[1]])])
def test_cells(text: str, yes: list, no: list) -> None:
    assert [one for one in yes if cell(text, one) is not True] == []
    assert [one for one in no if cell(text, one) is not False] == []


def test_cells_know_their_fixed_times() -> None:
    cell_ = feel('[date("2020-01-01")..@"2020-12-31")', 'unary')
    assert cell_.tests == (Test('range', '2020-01-01', '2020-12-31', True, False),)
    assert feel('2020-05-31, "a"', 'unary').tests == (Test('value', '2020-05-31'), Test('value', 'a'))


@pytest.mark.parametrize('text', [
    'for i in 1..1000000000 return i', 'for i in 1..1000, j in 1..1000 return i',
    'every i in 1..10000000 satisfies true',
    'some i in 1..10000, j in 1..10000 satisfies false', 'wide[item in wide]',
    'for x in wide return count(wide[item > x])',
    'for x in wide return partial', 'for i in 1..10000 return long', 'flatten(for i in 1..100 return wide)',
    'string join(for i in 1..9 return long)',
    'sort(wide, function(x, y) count(wide) > 1)', '{f: function(f, n) f(f, n + 1), y: f(f, 1)}',
    '{f: function(g) g(g), y: f(f)}',
    '{w: function(f, n) if n = 0 then 0 else f(f, n - 1) + f(f, n - 1), y: w(w, 24)}',
    'for i in 1..1000 return matches(long, "(a*)*b")',
    'matches(long + long, "(a|b)*(a|b)*(a|b)*c")', '{a: wide, b: [a, a, a], c: [b, b, b]}',
    'replace(long, "a", "aaaaaaaaaa")', 'split(long, "a")',
    '9 ** 999', '2 ** 1000000', '1.5 ** 100000', '10 ** 10 ** 10', 'exp(1000)', '1e308 * 10',
    'duration("P999999999Y") * 1e300',
    'date("9999-12-31") + P1D', 'concatenate(wide, wide)', '[long, long]',
    'for d in @"0001-01-01"..@"9999-12-31" return d'])
def test_what_grows_is_stopped(text: str) -> None:
    with pytest.raises(ExpressionError):
        value(text, long='a' * 60_000, wide=list(range(6_000)))


def test_what_is_compiled_holds_nothing_but_constants_calls_choices_and_bodies() -> None:
    seen: set[type] = set()

    class Spy(ast.NodeVisitor):
        def generic_visit(self, node: ast.AST) -> None:
            seen.add(type(node))
            if isinstance(node, (ast.Name, ast.arg)):
                name = node.id if isinstance(node, ast.Name) else node.arg
                assert name in {*tree.REACHABLE, 'scope', 'functions', 'value'} - {'__builtins__'}
            super().generic_visit(node)
    for text in ('{a: 1, b: for x in xs[item > a] return some y in [x] satisfies y in (< 1, [2..3]) and not(y = 2)}',
                 'if a then sort(b, function(x, y) x.d < -y.d ** 2) else f(a, n) instance of number or @"P1D" > c'):
        Spy().visit(Feel(text, words(text, 0, len(text), feel=True)).whole())
    assert seen <= {ast.Constant, ast.Call, ast.Name, ast.Load, ast.IfExp, ast.Lambda, ast.arguments, ast.arg}
