"""What somebody might try who may draw a diagram and wants the machine: programs and bombs in every language.

Each is refused when it is read, or stopped while it runs; all of them together run in 512 MB, none for 5 seconds.
"""
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.expression import ExpressionError, compile, feel, template

ROOT = Path(__file__).resolve().parents[2]
MEMORY, SECONDS = 512 * 1024 * 1024, 5
SCOPE: dict[str, Any] = {
    'title': '打通断头路', 'units': ['u1', 'u2'], 'row': {'title': '附件', 'size': 3}, 'level': 2, 'late': False,
    'x': 1, 'long': 'a' * 60_000, 'wide': list(range(6_000)), 'huge': 10 ** 400, 'rows': [{'a': 1, 'b': 'x'}] * 3_000}
HOST = {'now': lambda: '2020-05-07T09:00:00+08:00', 'split': lambda text: text.split(',')}

# Programs: none is an expression of ours; what can be read asks for names and entries that do not exist.
PROGRAMS = [
    "().__class__.__base__.__subclasses__()", "''.__class__.__mro__[1].__subclasses__()",
    '__import__("os").system("id")', '__builtins__', '[].__class__', "getattr(title, '__class__')",
    "title.__getattribute__('x')", '(lambda: 0).__globals__', "(lambda f: f.__code__)(1)",
    "[c for c in ().__class__.__bases__]", "eval('1+1')", "exec('import os')", "compile('1','','eval')",
    'globals()', 'locals()', 'vars()', 'dir()', "open('/etc/passwd').read()", 'breakpoint()', 'help()',
    'type(title)', 'object()', "'{0.__class__}'.format(title)", "'%s' % title", "f'{title.__class__}'",
    'title.encode()', "title.format_map(row)", 'row.__init__.__globals__', "row['__class__'].x",
    'units.__len__()', 'now.__globals__', 'now.__closure__', 'now.__self__', 'split.__code__.co_consts',
    'scope', 'functions', 'assigned', 'read(scope, "x")', 'REACHABLE', 'invoke', 'ast', 'tree.x',
    'units.append(units)', 'units.extend(units)', 'row.update(row)', 'row.setdefault("a", 1)',
    'row.pop("title")', 'units.sort()', 'async', 'nonlocal x', 'del x', 'assert 0', 'raise x', 'with x',
    'try:', 'class A: pass', 'def f(): pass', 'return 1', 'print(1)', 'input()', 'exit()', 'super()',
    'memoryview("a")', 'x.gi_frame.f_builtins', 'x.f_back', 'title.translate(row)', 'title.maketrans', '\x00',
    'a\x00b', '\u202eimport os', '\uff49mport os', 'ｅｖａｌ("1")', '𝓮𝓿𝓪𝓵("1")', '__ｃlass__', 'import\u00a0os',
    '\\u0061', 'os.system("id")',
    'sys.modules["os"]', 'importlib.import_module("os")', '__loader__.load_module("os")', 'self', 'cls', 'this',
    'runtime.getRuntime().exec("id")', 'T(java.lang.Runtime).getRuntime()', '#this.class', '"".getClass()',
    '"".class.forName("java.lang.Runtime")', 'execution.getVariables()', 'title.concat("x")', '${title}', '#{title}',
    '%{title}', '{{title}}', '`id`', '$(id)', '<script>', '{% import os %}', 'title!', 'title::x', 'title->x',
    '@title', 'title = 1; 2', 'x := 5', 'x++', '--x--', '~x', 'x ^ 2', 'x & 1', 'x << 40', 'x >> 1', '0x10', '1_000']

# Bombs that any of the languages could be given.
BOMBS = [
    '9' * 59 + ('*' + '9' * 59) * 5, '1e300 * 1e300', '1e308 + 1e308', '-1e308 - 1e308', 'huge * huge', 'huge / 3',
    'huge + 0.5', "'a' * 1000000000", '[0] * 1000000000', '1000000000 * "a"', '"a".ljust(1000000000)',
    '"a".zfill(9999999)', '"a".center(99999999)', 'long + long', 'long.replace("a", "aaaaaaaaaaaa")', 'wide + wide',
    'round(5, -1000000)', 'round(2.5, 1000000)', 'round(2.5, true)', 'int("9" + long)', 'int("1e9")',
    'number("Infinity")', 'range(1000000000)', 'list(long)', 'pow(9, 999)', 'sum([1e308, 1e308])', 'bytes(99999999)',
    '"%999999999d" % 1', '[long, long]', '{a: long, b: long}', 'long.split("a")', '1e999', '1e9999', '9' * 70,
    '9' * 5_000, '2 ** 1000000', '9 ** 9 ** 9', 'long.count(long, long)', 'str(long, long)', 'max()(1)',
    'sorted(long)', 'sum(long)', 'wide.index()', '[wide, wide, wide]', 'len(1e308)', 'x / 0', 'x % 0',
    'wide.join(long)']

RECURSIVE = '{f: function(f) ' + ''.join(f'for x{n} in [1] return ' for n in range(30)) + 'f(f), y: f(f)}'
DOUBLED = '{a0: "x"' + ''.join(f', a{n}: [a{n - 1}, a{n - 1}]' for n in range(1, 30)) + '}'

# Bombs of FEEL: repetitions, functions, powers, patterns, times.
FEEL_BOMBS = [
    'for i in 1..1000000000 return i', 'for i in 1..10000, j in 1..10000 return i * j',
    'for x in wide return partial',
    'some i in 1..10000, j in 1..10000 satisfies i * j = -1', 'every i in 1..10000000 satisfies i > 0',
    'for i in 1..10000 return for j in 1..10000 return j', 'for x in wide return for y in wide return wide',
    'sum(for i in 1..10000 return sum(for j in 1..10000 return j))', 'wide[item in wide]', 'wide[wide[item > 1] = 3]',
    'wide[list contains(wide, item)]', 'for x in wide return count(wide[item > x])', 'rows[count(rows[a > 1]) > 1]',
    'for i in 1..10000 return long', 'for i in 1..10000 return upper case(long)',
    'for x in wide return concatenate(partial, partial)',
    'string join(for i in 1..1000 return long)', 'flatten(for i in 1..100 return wide)',
    'for i in 1..100000 return wide = wide',
    'for i in 1..1000000 return i in wide', 'some x in wide, y in wide satisfies false', 'concatenate(wide, wide)',
    'append(wide, wide, wide, wide, long, long)', 'union(wide, for x in wide return x + 0.5)', 'string([long, long])',
    'sort(wide, function(a, b) count(wide[item > a]) > 1)', 'list replace(wide, function(a, b) count(wide) > 0, 1)',
    '{f: function(g) g(g), y: f(f)}', '{f: function(f, n) f(f, n + 1), y: f(f, 1)}', '{f: function(x) f(x), y: f(1)}',
    '{w: function(f, n) if n = 0 then 0 else f(f, n - 1) + f(f, n - 1), y: w(w, 24)}',
    '{a: wide, b: [a, a], c: [b, b], d: [c, c]}', DOUBLED, RECURSIVE,
    '9 ** 999', '2 ** -100000', '1.5 ** 100000', '10 ** 10 ** 10', '0 ** -1', 'exp(1000)', 'decimal(1, 1000000000)',
    'round up(1, -1000000)', 'duration("P999999999Y") * 1e300', 'duration("P1D") * 1e300', 'P1D / 1e-300',
    'date("9999-12-31") + P1D', 'date("0001-01-01") - P1D', 'date("9999-12-31") + P1M', 'date(1e300, 1, 1)',
    'time("10:00:00@/etc/passwd")', 'date and time("2020-01-01T00:00:00@../../etc/passwd")', '@"P99999999999Y"',
    'for d in @"0001-01-01"..@"9999-12-31" return d', 'matches(long, "(a*)*(a*)*(a*)*b")',
    'matches("a", "' + '(' * 250 + '")',
    'matches("a", "((((a{200}){200}){200}){200})")', 'matches("a", "(?=a)")', 'matches("aa", "(a)\\1")',
    'matches("a", "a{99999}")',
    'for i in 1..1000 return matches(long, "(a|b)*(a|b)*c")', 'replace(long, "a", "aaaaaaaaaa")',
    'replace(long, "(a)", "$1$1$1$1")',
    'replace(long, "x*", "y")', 'split(long, "a")', 'matches(long + long, "a")',
    'for i in 1..9999 return split(long, "b")',
    'string join(wide, long)', 'context([wide])', 'get value(wide, "a")', 'number("' + '9' * 300 + '")',
    'range("[1..1e9]")']

# Bombs of a script: every line may make twice as much of the line before.
SCRIPT_BOMBS = [
    f'y = {start}\n' + f'y = {step}\n' * 60 for start, step in (
        ('["a"]', 'y + y'), ('"a"', 'y + y'), ('"a"', '[y, y]'), ('"a"', '{a: y, b: y}'), ('3', 'y * y'),
        ('[1]', '[y, y, y]'),
        ('1.5', 'y * y * y'), ('"ab"', 'y.replace("a", "aabb")'), ('9', 'y * 999999999999'), ('wide', 'y + y'))] + [
    'a = [1]\nb = [1]\n' + 'a = [a, a]\nb = [b, b]\n' * 25 + 'c = a == b', 'while true: y = 1',
    'for i in wide: y = i',
    'def f(): y = f()', 'y = y', 'y += 1', 'x = 1\n' * 700, 'if late:\n' * 200, 'y = [z for z in wide]',
    'import os\ny = 1',
    'exec("y = 1")', 'y = lambda: 1', 'global y', 'x.y = 1', 'x[0] = 1', 'units[0] = units', 'del x',
    'try: y = 1', 'y = yield', 'with x: y = 1',
    'class A: y = 1', 'from os import path', 'raise x', 'assert x', 'async y', 'await y', 'return 1', 'break',
    'y = (z := 1)', 'x, y = 1, 2',
    '*y = 1', 'y = *x', '@x\ny = 1', 'y: int = 1', 'y **= 2', 'y //= 2', 'y @= 2', 'y = 1 if',
    'if x: if x: y = 1', '__y = 1', 'y = __x']

# Texts that are too long or too deep.
DEEP = [
    '(' * 10_000, '(' * 10_000 + '1' + ')' * 10_000, '[' * 10_000, '{' * 10_000, '-' * 10_000 + '1',
    '!' * 3_000 + 'a',
    'not ' * 900 + 'a', 'not(' * 900, '{a:' * 900, 'a' * 4_001, '1+' * 1_999 + '1', 'a ? ' * 500 + '1', 'f(' * 900,
    'x in [' * 500, 'if ' * 900, '"' + 'a' * 4_100 + '"', 'a if b else ' * 300, 'for x in ' * 300, 'some x in ' * 300,
    'function(' * 200, '{a: ' * 60 + '1' + '}' * 60, '[' * 60 + ']' * 60, 'x instance of ' + 'list<' * 100, '/*' * 1_000,
    '1..' * 1_000, '`' + 'a' * 4_100, '"' + '\\' * 3_999, 'x[' * 300 + '1' + ']' * 300, 'count(' * 60 + '[]' + ')' * 60]

Attempt = Callable[[str], Any]
LANGUAGES: dict[str, tuple[Attempt, list[str]]] = {
    'juel': (lambda text: compile(f'${{{text}}}').evaluate(SCOPE, HOST), [*PROGRAMS, *BOMBS]),
    'feel': (lambda text: feel(text).evaluate(SCOPE, HOST), [*PROGRAMS, *BOMBS, *FEEL_BOMBS]),
    'cell': (lambda text: feel(text, 'unary').evaluate(SCOPE, HOST, 'x'), [*PROGRAMS, *BOMBS]),
    'script': (lambda text: compile(text, 'script').run(SCOPE, HOST),
               [*(text.lstrip('#') for text in PROGRAMS), *SCRIPT_BOMBS]),
    'assignment': (lambda text: compile(f'y = {text}', 'script').run(SCOPE, HOST), [*PROGRAMS, *BOMBS]),
    'template': (lambda text: template(f'a${{{text}}}b').render(SCOPE, HOST), [*PROGRAMS, *BOMBS])}


def attempts() -> Iterator[tuple[str, str]]:
    """Every language with every text that is tried in it."""
    for language, (_, texts) in LANGUAGES.items():
        yield from ((language, text) for text in (*texts, *DEEP))


@pytest.mark.parametrize('language', LANGUAGES)
def test_each_language_is_tried_enough(language: str) -> None:
    assert len(LANGUAGES[language][1]) >= 120


@pytest.mark.parametrize('language', LANGUAGES)
@pytest.mark.parametrize('text', [*PROGRAMS, *DEEP], ids=lambda text: ascii(text[:40]))
def test_nothing_escapes(language: str, text: str) -> None:
    if language == 'script':
        text = text.lstrip('#')                                         # a comment would do nothing, rightly
    with pytest.raises(ExpressionError) as refused:
        LANGUAGES[language][0](text)
    assert str(refused.value)


def test_all_of_it_fits_in_little_memory_and_no_attempt_hangs() -> None:
    found = subprocess.run([sys.executable, '-m', 'tests.engine.test_escapes'], cwd=ROOT, capture_output=True,
                           check=False, text=True)
    assert found.returncode == 0, found.stdout[-400:] + found.stderr[-2_000:]


def survive() -> None:
    """Try everything; the machine ends the process at too much memory or processor time for one attempt."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    for language, text in attempts():
        print(language, ascii(text[:80]), flush=True)
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        try:
            LANGUAGES[language][0](text)
        except ExpressionError:
            continue
        os._exit(1)


if __name__ == '__main__':
    survive()
