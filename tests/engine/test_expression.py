"""The evaluator: what it understands, what it refuses and where, what it stops; and that nothing escapes."""
import ast
import operator
from collections.abc import Iterator, Mapping
from math import fmod
from timeit import timeit
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import Conflict, Refused, Thrown
from engine.expression import (BUILTINS, Code, ExpressionError, ExpressionFailed, MissingName, Test,
                               UnknownFunction, compile, template, tree)
from engine.expression.grammar import Grammar
from engine.expression.lexer import words

FACTS = {
    'title': '打通断头路', 'matter_class': 'urgent', 'approval': 'agreed', 'due_at': '2020-05-31',
    'signed_at': None, 'progress': 100, 'points': 0.5, 'level': 2, 'late': False, 'has_basis': True,
    'co_units': 'u1,u2', 'empty_text': '', 'units': ['u1', 'u2'],
    'row': {'title': '附件', 'size': 3}, '牵头单位': '发改委', 'text_number': '100', 'none': [], 'P': 2, 'R': 4}
NOW = {'now': lambda: '2020-05-07T09:00:00+08:00', 'split': lambda text: text.split(','),
       'next': lambda n: n + 1}


def value(text: str, **more: Any) -> Any:
    return compile(text).evaluate({**FACTS, **more}, NOW)


def cell(text: str, given_: Any, **more: Any) -> bool:
    found = compile(text, 'unary').evaluate({**FACTS, **more}, NOW, given_)
    assert found is True or found is False
    return found


# values

@pytest.mark.parametrize(('text', 'expected'), [
    ('progress >= 100', True), ('${progress >= 100}', True), ('#{ progress >= 100 }', True),
    ('= progress >= 100', True), ('\n  ${progress\n >= 100}\n ', True), ("approval == 'agreed'", True),
    ('approval != "agreed"', False), ("=approval = \"agreed\" and not(late)", True),
    ('late || has_basis', True), ('late && has_basis', False), ('!late', True),
    ('!late && !(level > 2)', True), ('not late and level > 1 or late', True), ('!late == has_basis', True),
    ('true', True), ('False', False), ('null', None), ('signed_at == null', True), ('due_at != null', True),
    ('signed_at is null', True), ('due_at is not None', True),
    ('level eq 2 and level lt 3 and level ne 1', True), ('empty signed_at', True), ('empty empty_text', True),
    ('not empty units', True), ('empty(none)', True), ('empty late', False), ('late ? 1 : 2', 2),
    ("level > 1 ? late ? 'a' : 'b' : 'c'", 'b'), ('1 if late else 2', 2), ('if late then 1 else 2', 2),
    ('1 + 2 * 3 - 4', 3), ('(1 + 2) * 3', 9), ('7 // 2', 3), ('7 % 2', 1), ('7 mod 2', 1), ('-7 % 3', -1),
    ('7 % -3', 1), ('-6 % 3', 0), ('7 / 2', 3.5),
    ('6 / 2', 3), ('6 div 2', 3), ('-progress', -100), ('- 3 + 5', 2), ('2 - -3', 5), ('10 - 2 - 3', 5),
    ('points + 1', 1.5), ("'L' + str(level)", 'L2'), ('units + ["u3"]', ['u1', 'u2', 'u3']),
    ('1 < level < 3', True), ('1 < level <= 1', False), ('level in [1, 2]', True), ('level in [1..3)', True),
    ('level in (2..3]', False), ('level not in [1, 3]', True), ("'u1' in units", True),
    ("'路' in title", True), ("'size' in row", True), ('row.title', '附件'), ('row["size"]', 3),
    ('units[0]', 'u1'), ('units[-1]', 'u2'), ('title[0:2]', '打通'), ('title[:2] + title[3:]', '打通头路'),
    ('signed_at.year', None), ('signed_at[0]', None), ('{a: 1, "b c": [2]}', {'a': 1, 'b c': [2]}),
    ('{}', {}), ('[]', []), ('[1, 2,]', [1, 2]), ('牵头单位 == "发改委"', True), ("'a\\'b\\n\\\\'", "a'b\n\\"),
    ('"a, }b"', 'a, }b'), ('2020-05-31', '2020-05-31'),
    ('2020-05-31T09:00:00+08:00', '2020-05-31T09:00:00+08:00'), ('P7D', 'P7D'), ('PT4H', 'PT4H'),
    ('P1Y2M3DT4H5M6.5S', 'P1Y2M3DT4H5M6.5S'), ('R/P1M', 'R/P1M'), ('R3/PT1H', 'R3/PT1H'),
    ('@"2020-05-31"', '2020-05-31'), ('R3/2020-05-31T09:00:00+08:00/P1D', 'R3/2020-05-31T09:00:00+08:00/P1D'),
    ('due_at == 2020-05-31', True), ('len(units)', 2), ('count(units)', 2), ('sum([1, 2.5])', 3.5),
    ('sum(1, 2)', 3), ('max(1, level, null)', 2), ('min([])', None),
    ('max("2020-05-31", "2020-06-01")', '2020-06-01'), ('any([late, has_basis])', True),
    ('all([late, has_basis])', False), ('round(2.567, 1)', 2.6), ('abs(-3)', 3), ('floor(2.5)', 2),
    ('ceiling(2.1)', 3), ('int("12")', 12), ('number("0.5")', 0.5), ('float(1)', 1.0), ('string(0.5)', '0.5'),
    ('sorted(["b", "a"])', ['a', 'b']), ('contains(title, "断头")', True), ('list contains(units, "u1")', True),
    ('starts with(title, "打通")', True), ('ends_with(title, "路")', True), ('string length(title)', 5),
    ('upper case("a") + lower case("B")', 'Ab'), ('title.startswith("打")', True),
    ('title.startsWith("打")', True), ('" a ".strip()', 'a'), ('co_units.split(",")', ['u1', 'u2']),
    ('units.contains("u3")', False), ('units.size() == 2', True), ('row.get("none", 5)', 5),
    ('row.keys()', ['title', 'size']), ('"a-b".replace("-", "")', 'ab'), ('units.index("u2")', 1),
    ('"aab".count("a")', 2), ('signed_at.upper()', None), ('len(split(co_units))', 2), ('next(1)', 2),
    ('P', 2), ('R / P', 2)])
def test_values(text: str, expected: Any) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(('text', 'expected'), [
    ('null < 5', False), ('null > 5', False), ('signed_at <= due_at', False), ('5 >= null', False),
    ('null >= null', False), ('signed_at in [1..5]', False), ('1 in null', False), ('null in units', False),
    ('null in "text"', False), ('1 not in null', True), ('not (signed_at < 5)', True), ('null == null', True),
    ('null != 5', True), ('null + 1', None), ('1 - null', None), ('null * 2', None), ('null / 2', None),
    ('2 // null', None), ('2 % null', None), ('-signed_at', None), ('"a" + null', None), ('len(null)', None),
    ('round(null)', None), ('upper_case(null)', None), ('starts_with(null, "a")', None),
    ('sum([1, null])', 1), ('str(null)', None), ('signed_at[0:1]', None), ('row[null]', None)])
def test_nothing_is_no_error(text: str, expected: Any) -> None:
    assert value(text) is expected or value(text) == expected


@pytest.mark.parametrize(('a', 'b', 'order'), [
    ('2020-05-31', '2020-06-01', -1), ('2020-05-31T09:00:00+08:00', '2020-05-31T09:00:01+08:00', -1),
    ('2020-05-31T09:00:00+08:00', '2020-05-31T01:00:00Z', 0),
    ('2020-05-31T09:00+08:00', '2020-05-31T09:00:00+08:00', 0),
    ('2020-05-31T09:00:00+08:00', '2020-05-31T09:00:00.5+08:00', -1),
    ('2020-05-31T23:59:59+08:00', '2020-05-31', 0), ('2020-05-30T23:59:59+08:00', '2020-05-31', -1),
    ('2020-06-01T00:00:00+08:00', '2020-05-31', 1), ('甲', '乙', 1)])
def test_days_and_moments_compare_in_time(a: str, b: str, order: int) -> None:
    for left, right, way in ((a, b, order), (b, a, -order)):
        for sign, function in (('<', operator.lt), ('<=', operator.le), ('>', operator.gt),
                               ('>=', operator.ge), ('==', operator.eq), ('!=', operator.ne)):
            assert compile(f'a {sign} b').evaluate({'a': left, 'b': right}) is function(way, 0)


def test_the_whole_due_day_is_in_time() -> None:
    code = compile('now() <= due_at')
    for now, in_time in (('2020-05-31T23:59:00+08:00', True), ('2020-06-01T00:00:00+08:00', False)):
        assert code.evaluate({'due_at': '2020-05-31'}, {'now': lambda now=now: now}) is in_time


def test_only_what_is_needed_is_asked_for() -> None:
    class Lazy(Mapping[str, Any]):
        asked: list[str] = []

        def __getitem__(self, name: str) -> Any:
            if name not in ('a', 'b', 'c'):
                raise KeyError(name)
            self.asked.append(name)
            return name == 'a'

        def __iter__(self) -> Iterator[str]:
            return iter(('a', 'b', 'c'))

        def __len__(self) -> int:
            return 3
    scope = Lazy()
    assert compile('a or b').evaluate(scope) is True and compile('a ? a : c').evaluate(scope) is True
    assert scope.asked == ['a', 'a', 'a']
    with pytest.raises(MissingName):
        compile('d').evaluate(scope)


def test_code_says_what_it_needs() -> None:
    code = compile('${workdays(due_at, -days) < now() && len(row.items) > 0 && param("x") in [a, {b: c}]}')
    assert code.names == {'due_at', 'days', 'row', 'a', 'c'} and code.calls == {'workdays', 'now', 'param'}
    assert {'len', 'sum', 'starts_with'} <= BUILTINS
    assert compile('${a}') is compile('${a}') and isinstance(compile('a'), Code)


def test_functions_and_names_do_not_shadow_each_other() -> None:
    assert compile('next(next)').evaluate({'next': 1}, NOW) == 2
    assert compile('len(len)').evaluate({'len': 'abc'}) == 3
    assert compile('len(1)').evaluate({}, {'len': lambda x: 'the host wins'}) == 'the host wins'
    with pytest.raises(ExpressionFailed, match=r'“now”是函数，要写成 now\(\)'):
        compile('now < due_at').evaluate({'due_at': '2020-05-31'}, NOW)


# what is refused when it is read

@pytest.mark.parametrize(('text', 'position', 'problem', 'suggestion'), [
    ('', 1, '是空的', 'progress_percent'), ('${}', 3, '是空的', 'progress_percent'), ('=', 2, '是空的', ''),
    ('import os', 1, '不能引入程序库“import”', '已有的函数'), ('from os import path', 1, '不能引入', ''),
    ('a == lambda: 1', 6, '不能定义函数“lambda”', ''), ('[x for x in units]', 4, '不能写循环“for”', 'sum'),
    ('[[y for y in x] for x in z]', 5, '不能写循环', ''), ('{x: 1 for x in y}', 7, '不能写循环', ''),
    ('(x for x in y)', 4, '不能写循环', ''), ('while late', 1, '不能写循环“while”', ''), ('yield 1', 1, '不能写循环', ''),
    ('await x', 1, '不能使用“await”', ''), ('__class__', 1, '不认识“_”', '不能以下划线开头'), ('_x', 1, '不认识“_”', ''),
    ('().__class__', 4, '不认识“_”', ''), ('"".__class__.__mro__', 4, '不认识“_”', ''),
    ('eval("1")', 1, '不能使用“eval”', ''), ('open("/etc/passwd")', 1, '不能使用“open”', ''),
    ('level = 2', 7, '一个等号是赋值', '=='), ('level == 2 = x', 12, '一个等号是赋值', '=='),
    ('level := 2', 7, '不能写在这里', ''), ('f(n=1)', 3, '参数不用写名字', '按顺序'), ('f(*a)', 3, '不能展开参数', ''),
    ('f(**a)', 3, '不能展开参数', ''), ('2 ** 9', 3, '没有乘方', '乘法'), ('2 ^ 9', 3, '不认识“^”', '乘法'),
    ('a & b', 3, '不认识“&”', '&&'), ('a | b', 3, '不认识“|”', '||'), ('~a', 1, '不认识“~”', 'not'),
    ('`a`', 1, '不认识“`”', '双引号'), ('a; b', 2, '不能写在这里', ''), ('progress 100', 10, '前面少了运算符', '=='),
    ("f'{a}'", 2, '前面少了运算符', ''), ("b''", 2, '前面少了运算符', ''), ('"a" "b"', 5, '前面少了运算符', ''),
    ('progress ≥ 100', 10, '是中文符号', '>='), ('（a）', 1, '是中文符号', '('),
    ('approval == “agreed”', 13, '是中文符号', '"'), ('f(a，b)', 4, '是中文符号', ','), ('"agreed', 1, '不认识', '两头都要有引号'),
    ("'agreed", 1, '不认识', '两头都要有引号'), ('${a} && ${b}', 1, '不认识“$”', '同一个 ${…}'), ('${a', 1, '“${”没有结束', '}'),
    ('a && ${b}', 6, '不认识“$”', '同一个 ${…}'), ('1 +', 4, '到这里就断了', ''), ('(1 + 2', 7, '还差“)”', '右括号'),
    ('[1, 2', 6, '还差“]”', ''), ('{a: 1', 6, '还差“,”', ''), ('a ? b', 6, '还差“:”', '条件 ? 值 : 值'),
    ('a if b', 7, '还差“else”', ''), ('if a then b', 12, '还差“else”', ''), ('if a: b', 5, '这里应当是“then”', ''),
    ('a)', 2, '不能写在这里', ''), ('and a', 1, '不能写在这里', ''), ('a not b', 3, '不能写在这里', ''),
    ('a is', 5, '到这里就断了', ''), ('?', 1, '只能用在决策表', ''), ('a.', 3, '点的后面要写名字', ''), ('a.1', 3, '点的后面要写名字', ''),
    ('"x".format(a)', 5, '没有“.format()”', 'contains'), ('a.pop()', 3, '没有“.pop()”', ''),
    ('a.mro()', 3, '没有', ''), ('x.f(1)', 3, '没有“.f()”', ''), ('a.append(1)', 3, '没有', ''),
    ('f(1)(2)', 5, '不能写在这里', ''), ('(f)(1)', 4, '不能写在这里', ''), ('1_000', 1, '不是数字', ''),
    ('5abc', 1, '不是数字', '不能以数字开头'), ('0x1f', 1, '不是数字', ''), ('1e999', 1, '数字太大', ''),
    ('9' * 70, 1, '数字太大', ''), ('2020-02-30', 1, '没有“2020-02-30”这一天', ''),
    ('2020-13-01', 1, '没有“2020-13-01”这一天', ''), ('2020-05-31T09:00', 1, '没有时区', '2020-05-31T09:00+08:00'),
    ('-P7D', 1, '不是数字', 'workdays'), ('+level', 1, '前面没有东西', ''), ('(1, 2)', 3, '这里应当是“)”', ''),
    ('{1, 2}', 2, '要有名字', ''), ('x in [1..5', 11, '区间没有结束', ''), ('[1..5]', 3, '这里应当是“]”', ''),
    ('1 < x in [1..5]', 10, '区间前面有别的比较', '括号'), ('a\nand\nimport', 7, '不能引入', ''), ('\\', 1, '不认识', ''),
    ('a[1:2:3]', 6, '这里应当是“]”', '')])
def test_refused_with_place_and_advice(text: str, position: int, problem: str, suggestion: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        compile(text)
    error = refused.value
    assert isinstance(error, Refused) and not isinstance(error, ExpressionFailed)
    assert error.position == position and problem in str(error) and suggestion in error.suggestion
    assert error.suggestion in str(error) and '个字：' in str(error)


def test_a_place_in_several_lines_is_told_by_line() -> None:
    with pytest.raises(ExpressionError, match='第3行第3个字：不能引入程序库') as refused:
        compile('late\nand\n  import')
    assert (refused.value.line, refused.value.position) == (3, 12)


def test_what_is_compiled_holds_nothing_but_constants_calls_and_choices() -> None:
    seen: set[type] = set()

    class Spy(ast.NodeVisitor):
        def generic_visit(self, node: ast.AST) -> None:
            seen.add(type(node))
            if isinstance(node, ast.Name):
                assert node.id in {*tree.REACHABLE, 'scope', 'functions', 'value'} - {'__builtins__'}
            super().generic_visit(node)
    for text in ('a.b["c"][1:2].upper() + f(x, [1, {d: 2}]) * -3 / 4 % 5 // 6 - 7',
                 'a in [1..2] and 1 < b < 3 or not empty c', 'a ? b : !c', 'd == null'):
        Spy().visit(Grammar(text, words(text, 0, len(text))).whole())
    assert seen <= {ast.Constant, ast.Call, ast.Name, ast.Load, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp,
                    ast.Not, ast.IfExp}
    assert tree.REACHABLE['__builtins__'] == {}


# what is stopped while it runs

def test_the_largest_allowed_still_works() -> None:
    assert compile('+'.join(['1'] * 300)).evaluate() == 300
    assert compile(' and '.join(['a'] * 300)).evaluate({'a': True}) is True
    assert compile('(' * 35 + '1' + ')' * 35).evaluate() == 1
    assert compile('a' + '.a' * 250).evaluate({'a': None}) is None
    script = 'x = 1\n' + 'x = x + 1\n' * 90
    assert compile(script, 'script').run() == {'x': 91}


def test_a_row_of_comparisons_works_each_operand_out_once() -> None:
    nested, counted = 'f()', []
    for _ in range(12):
        nested = f'(0 <= {nested} <= 5 ? 1 : 2)'
    assert compile(nested).evaluate({}, {'f': lambda: counted.append(1) or 1}) == 1
    assert counted == [1]


@pytest.mark.parametrize(('text', 'sentence'), [
    ('text_number >= 100', '文字“100”'), ('text_number >= 100', '数字 100'), ('level == "2"', '数字 2和文字“2”不是同一类值'),
    ('level in ["1", "2"]', '不是同一类值'), ('late < has_basis', '真假值 false'), ('units > 1', '列表'),
    ('title + 1', 'str(…)'), ('title - 1', '不能相减'), ('due_at - 3', 'workdays'), ('late + 1', '不能相加'),
    ('title * 2', '不能相乘'), ('1 / 0', '不能除以 0'), ('1 % 0', '不能除以 0'), ('1 // 0', '不能除以 0'), ('-title', '不是数字'),
    ('-duration', '不能写成负的'), ('row.none', '没有名为“none”的一项'), ('row.titel', '是不是要写 title'),
    ('title.size', '没有“size”这一项'), ('units[5]', '没有第5项'), ('units["a"]', '不能从列表里取'), ('row[1]', '要用名字取'),
    ('level[0]', '不能从数字 2里取'), ('5[0:1]', '截取'), ('level.upper()', '没有“upper”这种用法'),
    ('title.upper(1)', '参数个数不对'), ('title.split(1)', '分隔'), ('title.split("")', '分隔'), ('len(5)', '没有长短'),
    ('len()', '参数个数不对'), ('len(1, 2)', '参数个数不对'), ('upper_case(5)', '不是文字'), ('sorted([1, "a"])', '排序'),
    ('sorted("ab")', '排序'), ('sum("a")', '不是数字'), ('1 in 5', '不能在数字 5里找'), ('1 in "a"', '不能在文字“a”里找'),
    ('abs("a")', '不是数字'), ('max(1, "a")', '不能比大小'), ('naive < now()', '只有一个写了时区'),
    ('next("a")', '参数的种类不对'), ('next()', 'next()：参数的个数不对'), ('next(1, 2)', '参数的个数不对'),
    ('nextt(1)', '没有名为“nextt”的函数，是不是要写 next'), ('due_at + 3', 'workdays'),
    ('due_att', '没有名为“due_att”的资料，是不是要写 due_at'), ('int("12a")', '不是数字')])
def test_failures_say_the_expression_the_cause_and_the_values(text: str, sentence: str) -> None:
    with pytest.raises(ExpressionFailed) as failed:
        value(text, naive='2020-05-31T09:00', duration='P1D')
    error = failed.value
    assert isinstance(error, ExpressionError) and sentence in error.cause
    assert text in str(error) and error.expression == text


def test_a_missing_name_is_named() -> None:
    with pytest.raises(MissingName) as missing:
        compile('progress > limit').evaluate({'progress': 1})
    assert missing.value.name == 'limit' and 'limit' in str(missing.value)
    with pytest.raises(UnknownFunction) as unknown:
        compile('soon(progress)').evaluate({'progress': 1})
    assert unknown.value.name == 'soon'


class Broken(Mapping[str, Any]):
    """A scope that fails by itself."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __getitem__(self, name: str) -> Any:
        raise self.error

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


@pytest.mark.parametrize('error', [KeyError('another'), RuntimeError('database gone'), Conflict()])
def test_what_is_no_fault_of_the_expression_passes_through(error: Exception) -> None:
    def fail() -> None:
        raise error
    with pytest.raises(type(error)):
        compile('a').evaluate(Broken(error))
    if not isinstance(error, KeyError):
        with pytest.raises(type(error)):
            compile('fail()').evaluate({}, {'fail': fail})


def test_what_the_host_refuses_is_said() -> None:
    def refuse(_name: str) -> None:
        raise Refused('没有参数“{name}”', name='x')
    with pytest.raises(ExpressionFailed, match='param.*文字“x”.*没有参数“x”'):
        compile('param("x")').evaluate({}, {'param': refuse})


# decision tables' cells

@pytest.mark.parametrize(('text', 'yes', 'no'), [
    ('', ['a', 0, None, False, []], []), (' - ', ['a', 0, None], []),
    ('"urgent"', ['urgent'], ['routine', None, 5, True]), ('"a","b"', ['a', 'b'], ['c', None]),
    ('not("a","b")', ['c', None], ['a', 'b']), ('not(> 3)', [3, None], [4]), ('5', [5, 5.0], [4, None, True]),
    ('-5', [-5], [5]), ('0.5', [0.5], [1]), ('1, 2, 3', [1, 3], [4]), ('> 3', [4, 3.5], [3, None]),
    ('>= 3', [3], [2]), ('< 3', [2], [3]), ('<= 3', [3], [4]), ('= 3', [3], [4]), ('== "a"', ['a'], ['b']),
    ('!= "a"', ['b', None], ['a']), ('[1..5]', [1, 5, 2.5], [0, 6, None]), ('(1..5]', [2, 5], [1]),
    ('[1..5)', [1, 4], [5]), ('(1..5)', [2], [1, 5]), (']1..5[', [2], [1, 5]), ('[1..5[', [1], [5]),
    (']1..5]', [5], [1]), ('[1..3], [7..9], 12', [2, 8, 12], [5]), ('not([1..3])', [4], [2]),
    ('[level..progress]', [2, 100], [1]), (']level..progress[', [3], [2]), ('[-5..-1]', [-3], [0]),
    ('[0.5..1.5]', [1], [2]),
    ('< 2020-05-31', ['2020-05-30', '2020-05-30T10:00:00+08:00'], ['2020-05-31', None]),
    ('[2020-01-01..2020-06-30]', ['2020-05-31'], ['2020-07-01']),
    ('2020-05-31', ['2020-05-31'], ['2020-06-01']), ('<= due_at', ['2020-05-31'], ['2020-06-01']),
    ('> now()', ['2020-05-08'], ['2020-05-07']), ('null', [None], ['', 0, False]),
    ('not(null)', [0, ''], [None]), ('= null', [None], [1]), ('true', [True], [False, None, 'true', 1]),
    ('false', [False], [True, None]), ('True', [True], [False]), ('? > 3', [4], [3, None]),
    ('? > 3 and ? < 6', [4], [6]), ('1 < ? < 5', [2], [5]), ('contains(?, "市")', ['某市'], ['某县', None]),
    ('starts with(?, "a")', ['ab'], ['b', None]), ('?.startswith("a")', ['ab'], ['b', None]),
    ('? in units', ['u1'], ['u3']), ('? == null or ? > 5', [None, 6], [5]),
    ('?', [True, 'a', 1], [False, None]), ('len(?) > 2', ['abc'], ['ab', None]),
    ('not(contains(?, "x"))', ['a', None], ['x']), ('not(?) and late', [], [True, False, None]),
    ('units', ['u1', 'u2', ['u1', 'u2']], ['u3']), ('split(co_units)', ['u1'], ['u3']),
    ('["a", "b"]', ['a'], ['c']), ('matter_class', ['urgent'], ['routine', None]), ('level + 1', [3], [2]),
    ('has_basis', [True, 'anything', None, 5], [False]), ('late', [False], [True, 'anything']),
    ('late or has_basis', ['anything', False], []), ('level = 2', ['anything'], []),
    ('level > 5', [], ['anything', None]), ('if late then 1 else 2', [2], [1]),
    ('? > 3 ? true : late', [4], [3]), ('"甲","乙"', ['甲'], ['丙']), ('empty ?', [None, '', []], ['a']),
    ('-level', [-2], [2]), ('(level)', [2], [3]), ('(1 + 2) * 2', [6], [3]), ('P7D', ['P7D'], ['P8D'])])
def test_cells(text: str, yes: list, no: list) -> None:
    assert [one for one in yes if not cell(text, one)] == []
    assert [one for one in no if cell(text, one)] == []


@pytest.mark.parametrize(('text', 'problem'), [
    ('> 3 and < 5', '不能接在这样的条件后面'), ('"a" or "b"', '固定的值不能用 and、or 连接'), ('"a",', '到这里就断了'),
    (',"a"', '不能写在这里'), ('not("a"', '还差“)”'), ('not("a"), "b"', '要放在整个单元格的外面'), ('>', '到这里就断了'),
    ('> > 3', '不能写在这里'), ('[1..5', '区间没有结束'), ('[1....5]', '不能写在这里'), ('1..5', '不能写在这里'),
    ('"a" "b"', '前面少了运算符'), ('“a”', '是中文符号'), ('"a"，"b"', '是中文符号'), ('x => 3', '不能写在这里'), ('=> 3', '不能写在这里'),
    ('while x', '不能写循环'), ('lambda: 1', '不能定义函数'), ('2020-02-30', '没有“2020-02-30”这一天'),
    ('not()', '不能写在这里'), ('not(-)', '不能写在这里'), ('- , 5', '不能写在这里'), ('a; b', '不能写在这里')])
def test_cells_that_would_lie_are_refused(text: str, problem: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        compile(text, 'unary')
    assert problem in str(refused.value)


def test_a_cell_that_meets_another_kind_of_value_stops() -> None:
    for text, given_ in (('> 3', '5'), ('5', '5'), ('"5"', 5), ('[1..5]', 'a'), ('> "a"', 3), ('1, 2', '2')):
        with pytest.raises(ExpressionFailed):
            cell(text, given_)


def test_cells_describe_themselves() -> None:
    assert compile('', 'unary').tests == compile('-', 'unary').tests == (Test('any'),)
    assert compile('"a", 5', 'unary').tests == (Test('value', 'a'), Test('value', 5))
    assert compile('(1..5]', 'unary').tests == (Test('range', 1, 5, False, True),)
    assert compile('> 3', 'unary').tests == (Test('range', 3, None, False, False),)
    assert compile('<= -3', 'unary').tests == (Test('range', None, -3, False, True),)
    assert compile('null', 'unary').tests == (Test('value', None),)
    assert compile('[a..5], x, ? > 3, != 4', 'unary').tests == (Test('other'),) * 4
    cell_ = compile('not(2020-05-31, >= 2020-06-01)', 'unary')
    assert cell_.negated
    assert cell_.tests == (Test('value', '2020-05-31'), Test('range', '2020-06-01', None, True, False))
    assert not compile('not(x) and y', 'unary').negated


# scripts

@pytest.mark.parametrize(('text', 'sets'), [
    ('x = 1', {'x': 1}), ('x = 1; y = x + 1', {'x': 1, 'y': 2}),
    ('\n\n  x = 1\n\n  # why\n  y = 2   # how\n', {'x': 1, 'y': 2}), ('level += 1\nlevel *= 2', {'level': 6}),
    ('x = [\n 1,\n  2]\ny = 3', {'x': [1, 2], 'y': 3}), ('', {}), ('# nothing', {}), ('pass', {}),
    ('if level > 1:\n    x = "high"\nelse:\n    x = "low"', {'x': 'high'}),
    ('if late: x = 1\nelif level == 2: x = 2; y = 3\nelse: x = 4', {'x': 2, 'y': 3}),
    ('if level > 1:\n  if late:\n    x = 1\n  else:\n    x = 2\n  y = x\nz = 1', {'x': 2, 'y': 2, 'z': 1}),
    ('if late:\n  level = 7\nx = level', {'x': 2}),
    ('if has_basis:\n  level = 7\nx = level', {'level': 7, 'x': 7}), ('x = late ? 1 : 2', {'x': 2}),
    ('x = 1 if late else 2', {'x': 2}), ('if late:\r\n\tx = 1\r\nelse:\r\n\tx = 2\r\n', {'x': 2}),
    ('结果 = "办结"', {'结果': '办结'}), ('x = now()', {'x': '2020-05-07T09:00:00+08:00'}),
    ('if late: pass\nelse: x = null', {'x': None}), ('x = {a: 1}.a', {'x': 1}),
    ('x = "a # b"', {'x': 'a # b'}), ('    x = 1\n    y = 2', {'x': 1, 'y': 2}),
    ('if level == 2 and (\n   not late):\n    x = 1\n# end', {'x': 1}),
    ('if late:\n    x = 1\n\n\nelif true:\n    x = 2', {'x': 2}), ('x = level > 1 && late', {'x': False})])
def test_scripts(text: str, sets: dict) -> None:
    before = dict(FACTS)
    assert compile(text, 'script').run(FACTS, NOW) == sets
    assert before == FACTS


@pytest.mark.parametrize(('text', 'line', 'problem'), [
    ('x', 1, '名字 = 值'), ('f(x)', 1, '名字 = 值'), ('1 = x', 1, '名字 = 值'), ('x.y = 1', 1, '名字 = 值'),
    ('x[0] = 1', 1, '名字 = 值'), ('x, y = 1, 2', 1, '名字 = 值'), ('x = y = 1', 1, '一个等号是赋值'),
    ('x = 1, 2', 1, '一行只能给一个名字赋值'), ('true = 1', 1, '固定的词'), ('and = 1', 1, '固定的词'),
    ('x = 1\nimport os', 2, '不能引入'), ('for x in y:\n  z = 1', 1, '不能写循环'), ('while true: x = 1', 1, '不能写循环'),
    ('def f():\n  x = 1', 1, '不能定义'), ('del x', 1, '不能使用'), ('with x: y = 1', 1, '不能使用'),
    ('eval("x")', 1, '不能使用'), ('x = 1\n  y = 2', 2, '多了缩进'), ('if late:\nx = 1', 2, '要有缩进'),
    ('if late:\n    x = 1\n  y = 2', 3, '对不齐'), ('if late x = 1', 1, '这里应当是“:”'),
    ('if late:', 1, '要有缩进'), ('else: x = 1', 1, '名字 = 值'),
    ('if late: if level: x = 1', 1, '名字 = 值'), ('x = (1', 1, '还差“)”'), ('x == 1', 1, '名字 = 值'),
    ('_x = 1', 1, '下划线'), ('x = 1 y = 2', 1, '前面少了运算符'), ('x ** 2', 1, '名字 = 值'),
    ('x = level = 2', 1, '一个等号是赋值'), ('global x', 1, '不能使用')])
def test_scripts_that_are_refused(text: str, line: int, problem: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        compile(text, 'script')
    assert problem in str(refused.value) and refused.value.line == line


def test_a_script_says_what_it_reads_and_sets() -> None:
    code = compile('x = a + f(1)\nif x > b:\n  y = x\n  c = 1\nelse:\n  y = 2\nz = y + c\nn += 1', 'script')
    assert code.names == {'a', 'b', 'c', 'n'} and code.calls == {'f'}
    assert code.sets == {'x', 'y', 'c', 'z', 'n'}


@pytest.mark.parametrize(('text', 'kind', 'code', 'values'), [
    ('x = 1\nerror("超期")\ny = 2', 'error', '超期', {'x': 1}),
    ('if level > 0: escalate("e" + "1")', 'escalation', 'e1', {}),
])
def test_a_script_lets_errors_and_escalations_happen(text: str, kind: str, code: str, values: dict) -> None:
    with pytest.raises(Thrown) as caught:
        compile(text, 'script').run({**FACTS, 'level': 1}, NOW)
    assert (caught.value.kind, caught.value.code, caught.value.values) == (kind, code, values)


@pytest.mark.parametrize('text', ['error(1)', 'escalate("")', 'error(null)'])
def test_a_code_is_a_text(text: str) -> None:
    with pytest.raises(ExpressionFailed, match='代码要写成文字'):
        compile(text, 'script').run()


def test_a_failing_script_names_its_line() -> None:
    code = compile('x = 1\nif late:\n    y = 2\nelif level > 1:\n    z = title - 1\n', 'script')
    with pytest.raises(ExpressionFailed, match='表达式“z = title - 1”算不出来') as failed:
        code.run(FACTS)
    assert 'y = 2' not in str(failed.value)
    with pytest.raises(MissingName, match='elif missing'):
        compile('x = 1\nif late:\n    y = 2\nelif missing > 1:\n    z = 1\n', 'script').run(FACTS)


# templates

@pytest.mark.parametrize(('text', 'said', 'raw'), [
    ('plain', 'plain', 'plain'), ('', '', ''), ('${level}', '2', 2), (' ${units} ', 'u1,u2', ['u1', 'u2']),
    ('${signed_at}', '', None), ('#{late}', 'false', False),
    ('unit/${matter_class}', 'unit/urgent', 'unit/urgent'),
    ('${matter_class}/${level + 1}级', 'urgent/3级', 'urgent/3级'), ('扣${points * 2}分', '扣1分', '扣1分'),
    ('扣${points}分', '扣0.5分', '扣0.5分'), ('${0.1 + 0.2}', '0.3', 0.1 + 0.2), ('${{a: 1}.a}', '1', 1),
    ("${'}'}x", '}x', '}x'), ('截止${signed_at}。', '截止。', '截止。'), ('$ 5 # { }', '$ 5 # { }', '$ 5 # { }'),
    ('${title}：${now()}', '打通断头路：2020-05-07T09:00:00+08:00', '打通断头路：2020-05-07T09:00:00+08:00')])
def test_templates(text: str, said: str, raw: Any) -> None:
    assert template(text).render(FACTS, NOW) == said
    assert template(text).value(FACTS, NOW) == raw and type(template(text).value(FACTS, NOW)) is type(raw)


def test_a_template_says_what_it_needs_and_is_kept() -> None:
    found = template('${lead_unit}/liaison ${say(due_at)}')
    assert found.names == {'lead_unit', 'due_at'} and found.calls == {'say'}
    assert template('plain').names == template('plain').calls == frozenset()
    assert template('${a}') is template('${a}')


@pytest.mark.parametrize(('text', 'position', 'problem'), [
    ('关于${title', 3, '没有结束'), ('关于${import os}', 5, '不能引入'), ('a${b}c${}', 9, '是空的'),
    ('${a}${b c}', 9, '前面少了运算符'), ("${'a}", 1, '没有结束')])
def test_templates_that_are_refused(text: str, position: int, problem: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        template(text)
    assert refused.value.position == position and problem in str(refused.value)


def test_a_template_never_grows_huge() -> None:
    with pytest.raises(ExpressionFailed):
        template('a${x}').render({'x': ['a' * 50_000] * 3})


# laws

SCRAPS = st.sampled_from([
    'a', 'b', '1', '2.5', '"x"', "'", '"', '(', ')', '[', ']', '{', '}', '..', '.', ',', ':', '?', '&&', '||',
    '!', '==', '=', '<', '>=', ' and ', ' or ', ' not ', ' in ', ' is ', ' if ', ' then ', ' else ', 'empty ',
    '+', '-', '*', '/', '%', '**', 'len', 'f', 'null', 'true', '2020-05-31', 'P7D', '${', '#{', '\n', '    ',
    ';', '#', 'import ', '__', 'for ', '（', '”', '\x00', '上', '\\', '@', '𝓮', 'units', '.upper'])
MODES = st.sampled_from(['value', 'unary', 'script', 'template'])


@settings(max_examples=150, deadline=None)
@given(st.lists(SCRAPS, max_size=14).map(''.join) | st.text(max_size=30), MODES)
def test_any_text_is_an_expression_or_a_refusal(text: str, mode: str) -> None:
    scope = {'a': 1, 'b': '2020-05-31', 'units': ['a', None, 2]}
    try:
        if mode == 'template':
            template(text).render(scope, {'f': len})
        elif mode == 'script':
            compile(text, 'script').run(scope, {'f': len})
        else:
            found = compile(text, mode).evaluate(scope, {'f': len}, 'a')
            assert mode == 'value' or isinstance(found, bool)
    except ExpressionError as error:
        assert str(error) and 1 <= error.position <= len(text) + 1


NUMBERS = st.integers(-50, 50).map(lambda n: f'({n})' if n < 0 else str(n))
JOINED = '{} {} {}'.format
SUMS = st.recursive(
    NUMBERS, lambda inner: st.builds(JOINED, inner, st.sampled_from(['+', '-', '*', '//']), inner)
    | inner.map('({})'.format) | inner.map('-{}'.format), max_leaves=12)
TRUTHS = st.recursive(
    st.builds(JOINED, SUMS, st.sampled_from(['<', '<=', '>', '>=', '==', '!=']), SUMS),
    lambda inner: st.builds(JOINED, inner, st.sampled_from(['and', 'or']), inner)
    | inner.map('not {}'.format) | inner.map('({})'.format), max_leaves=5)


@given(st.integers(-50, 50), st.integers(-50, 50).filter(bool))
def test_the_rest_of_a_division_is_that_of_java(a: int, b: int) -> None:
    assert compile('a % b').evaluate({'a': a, 'b': b}) == compile('a mod b').evaluate({'a': a, 'b': b}) == fmod(a, b)


@settings(max_examples=100, deadline=None)
@given(SUMS | TRUTHS)
def test_sums_and_truths_are_those_of_python(text: str) -> None:
    try:
        expected = eval(text, {'__builtins__': {}})      # the test's own text of numbers and signs
    except ZeroDivisionError:
        expected = None
    if expected is None or type(expected) is int and expected.bit_length() > 200:
        return
    try:
        assert compile(text).evaluate() == expected
    except ExpressionFailed as failed:
        assert '除以 0' in failed.cause or '太大' in failed.cause
    except ExpressionError as refused:
        assert '太深' in str(refused) or '太长' in str(refused)


@given(*[st.integers(-9, 9)] * 3, st.sampled_from('[(]'), st.sampled_from('])['))
def test_ranges_are_two_comparisons(low: int, high: int, given_: int, opening: str, closing: str) -> None:
    above = low <= given_ if opening == '[' else low < given_
    expected = above and (given_ <= high if closing == ']' else given_ < high)
    assert cell(f'{opening}{low}..{high}{closing}', given_) is expected
    if closing != '[':
        assert value(f'x in {opening}{low}..{high}{closing}', x=given_) is expected


def test_it_is_fast_enough_for_every_step() -> None:
    code, scope = compile('${progress >= 100}'), {'progress': 100}
    assert min(timeit(lambda: code.evaluate(scope, NOW), number=5_000) for _ in range(7)) < 5_000 * 5e-6
    assert min(timeit(lambda: compile('${progress >= 100}'), number=5_000) for _ in range(7)) < 5_000 * 2e-6
