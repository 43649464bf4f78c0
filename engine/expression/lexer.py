"""Text into words. Knows ISO literals without quotes, and the signs of a Chinese keyboard."""
import re
from collections.abc import Iterator
from datetime import datetime
from math import isinf
from typing import Any, NamedTuple

from engine.expression.refusal import ExpressionError

LONGEST, MOST_WORDS = 4_000, 600
_D = '[0-9]'
_CLOCK = rf'{_D}{{2}}:{_D}{{2}}'
_MOMENT = rf'{_D}{{4}}-{_D}{{2}}-{_D}{{2}}(?:T{_CLOCK}(?::{_D}{{2}}(?:\.{_D}{{1,6}})?)?(?:Z|[+-]{_CLOCK})?)?'
_COUNT = rf'{_D}+(?:\.{_D}+)?'
_DURATION = rf'P(?=T?{_D})(?:{_COUNT}[YMWD])*(?:T(?:{_COUNT}[HMS])+)?'
_TIMES = (rf'(?P<cycle>R{_D}*/(?:{_MOMENT}/)?{_DURATION}(?:/{_MOMENT})?(?!\w))', rf'(?P<moment>{_MOMENT}(?![\w-]))',
          rf'(?P<duration>{_DURATION}(?!\w))')
_EXPONENT = rf'(?:[eE][+-]?{_D}+)?(?!\w)'
_TEXT, _NAME = r"""(?P<text>@?"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""", r'(?P<name>[^\W\d]\w*)'
WORD = re.compile('|'.join((
    *_TIMES, rf'(?P<number>{_COUNT}{_EXPONENT})', _TEXT, _NAME,
    r'(?P<sign>&&|\|\||[=!<>]=|//|\*\*|\.\.|[-+*/]=|[-<>=!+*/%()\[\]{},.:?;])')), re.DOTALL)
FEEL_WORD = re.compile('|'.join((
    *_TIMES, rf'(?P<number>(?:{_COUNT}|\.{_D}+){_EXPONENT})', _TEXT, r'(?P<quoted>`[^`\n]+`)', _NAME,
    r'(?P<sign>&&|\|\||[=!<>]=|\*\*|\.\.|[-<>=!+*/%()\[\]{},.:?;])')), re.DOTALL)
FEEL_BLANK = re.compile(r'(?:[\s\u3000]+|//[^\n]*|/\*.*?\*/)*', re.DOTALL)
FEEL_ESCAPE = re.compile(r'\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{6})|(.))', re.DOTALL)
BLANK, INDENT = re.compile(r'[\s\u3000]*'), re.compile(r'[ \t\u3000]*')
COMMENT = re.compile(r'#[^\n]*')
ESCAPES = {'n': '\n', 't': '\t', 'r': '\r'}
FULL_WIDTH = dict(zip('（）【】，。；：“”‘’＝＞＜！＋－×÷？｛｝、≥≤≠％', ('( ) [ ] , . ; : " " \' \' = > < ! + - * / ? { } , '
                                                                  '>= <= != %').split()))
OTHER = {'&': '并且写成 &&', '|': '或者写成 ||', '^': '没有乘方，请用乘法', '$': '把整个表达式写进同一个 ${{…}}',
         '#': '把整个表达式写进同一个 ${{…}}', '`': '文字用双引号', '"': '文字两头都要有引号', "'": '文字两头都要有引号',
         '_': '名字不能以下划线开头', '\\': '请去掉它', '~': '否定写成 not', '@': '日期写成 2026-09-30'}


class Word(NamedTuple):
    """`kind` is number, text (also dates and durations), name, sign, line, indent, dedent or end."""

    kind: str
    text: str
    value: Any
    at: int


def words(text: str, start: int, end: int, lines: bool = False, feel: bool = False,
          odd: tuple[str, ...] = ()) -> list[Word]:
    """The words of ``text[start:end]``, then one of kind ``end``; with `lines`, line ends and indents too; with
    `feel`, times are of kind ``time``, names in backticks and the `odd` ones ``quoted``, and comments are passed over.

    :raises ExpressionError: a character that begins no word, a day that does not exist, too long a text.
    """
    if end - start > LONGEST:
        raise ExpressionError('超过 {most} 个字', text=text, at=start, suggestion='请拆成几步', most=LONGEST)
    if feel:
        found = list(_feel(text, start, end, odd))
    else:
        found = list((_with_lines if lines else _plain)(text, start, end))
    if len(found) > MOST_WORDS:
        raise ExpressionError('太长，超过 {most} 个词', text=text, at=found[MOST_WORDS].at, suggestion='请拆成几步',
                              most=MOST_WORDS)
    return found + [Word('end', '', None, end)]


def deeper(word: Word) -> int:
    """1 at an opening bracket, -1 at a closing one, else 0."""
    return 0 if word.kind != 'sign' else (word.text in ('(', '[', '{')) - (word.text in (')', ']', '}'))


def _plain(text: str, start: int, end: int) -> Iterator[Word]:
    at = BLANK.match(text, start, end).end()
    while at < end:
        word = _word(text, at, end)
        yield word
        at = BLANK.match(text, at + len(word.text), end).end()


def _feel(text: str, start: int, end: int, odd: tuple[str, ...]) -> Iterator[Word]:
    at = FEEL_BLANK.match(text, start, end).end()
    while at < end:
        name = next((name for name in odd if text.startswith(name, at, end)), None) if odd else None
        word = Word('quoted', name, name, at) if name else _word(text, at, end, FEEL_WORD)
        if word.kind == 'text' and word.text[0] in '@"\'':
            value = _unescaped(word.text[2 if word.text[0] == '@' else 1:-1])
            word = word._replace(kind='time' if word.text[0] == '@' else 'text', value=value)
        yield word
        at = FEEL_BLANK.match(text, at + len(word.text), end).end()


def _unescaped(quoted: str) -> str:
    """The text between the quotes; a backslash in front of any other sign stays, for patterns."""
    def sign(match: re.Match[str]) -> str:
        if match[3] is None:
            code = int(match[1] or match[2], 16)
            return chr(code) if code < 0x110000 else match[0]
        return ESCAPES.get(match[3], match[3] if match[3] in '\'"\\' else match[0])
    found = FEEL_ESCAPE.sub(sign, quoted)
    return found.encode('utf-16-le', 'surrogatepass').decode('utf-16-le', 'replace')


def _with_lines(text: str, at: int, end: int) -> Iterator[Word]:
    """As Python does it: a line ends outside brackets; what is further in than the line before is a block."""
    levels, depth = [], 0
    while at < end:
        inner = INDENT.match(text, at, end).end()
        begin = inner
        if (comment := COMMENT.match(text, inner, end)) is not None:
            inner = comment.end()
        if inner >= end or text[inner] in '\r\n':
            at = inner + 1
            continue
        column = len(text[at:begin].expandtabs(8))
        levels = levels or [column]
        if column > levels[-1]:
            levels.append(column)
            yield Word('indent', '', None, begin)
        while column < levels[-1] and len(levels) > 1:
            levels.pop()
            yield Word('dedent', '', None, begin)
        if column != levels[-1]:
            raise ExpressionError('缩进和上面的行对不齐', text=text, at=begin, suggestion='同一层的行要左边对齐')
        at = begin
        while at < end and (depth or text[at] != '\n'):
            word = _word(text, at, end)
            depth += deeper(word)
            yield word
            at = (BLANK if depth > 0 else INDENT).match(text, at + len(word.text), end).end()
            if at < end and text[at] == '\r':
                at += 1
            if (comment := COMMENT.match(text, at, end)) is not None:
                at = comment.end()
            depth = max(depth, 0)
        yield Word('line', '', None, min(at, end))
        at += 1
    yield from (Word('dedent', '', None, end) for _ in levels[1:])


def _word(text: str, at: int, end: int, pattern: re.Pattern[str] = WORD) -> Word:
    match = pattern.match(text, at, end)
    if match is None or (match.lastgroup == 'name' and match[0][0] == '_'):
        raise _unknown(text, at, end)
    kind, found = match.lastgroup, match[0]
    if kind == 'number':
        value = int(found) if found.isdigit() and len(found) < 60 else float(found)
        if isinstance(value, float) and (isinf(value) or found.isdigit()):
            raise ExpressionError('数字太大', text=text, at=at)
        return Word('number', found, value, at)
    if kind == 'text':
        quoted = found[2:-1] if found[0] == '@' else found[1:-1]
        return Word('text', found, re.sub(r'(?s)\\(.)', lambda m: ESCAPES.get(m[1], m[1]), quoted), at)
    if kind == 'quoted':
        return Word('quoted', found, found[1:-1], at)
    if kind == 'moment':
        _check_moment(text, at, found)
    if kind in ('moment', 'duration') and pattern is FEEL_WORD:
        return Word('time', found, found, at)
    return Word('text' if kind in ('cycle', 'moment', 'duration') else kind, found, found, at)


def _check_moment(text: str, at: int, found: str) -> None:
    try:
        moment = datetime.fromisoformat(found)
    except ValueError:
        raise ExpressionError('没有“{found}”这一天', text=text, at=at, found=found) from None
    if 'T' in found and moment.tzinfo is None:
        raise ExpressionError('时间“{found}”没有时区', text=text, at=at, suggestion='请写成 {found}+08:00',
                              found=found)


def _unknown(text: str, at: int, end: int) -> ExpressionError:
    sign = text[at]
    if sign in FULL_WIDTH:
        return ExpressionError('“{sign}”是中文符号', text=text, at=at, suggestion='请改成英文符号 {ascii}', sign=sign,
                               ascii=FULL_WIDTH[sign])
    if sign.isdigit():
        run = re.compile(r'[\w.]+').match(text, at, end)[0]
        return ExpressionError('“{run}”不是数字，也不是名字', text=text, at=at, suggestion='名字不能以数字开头', run=run[:40])
    return ExpressionError('不认识“{sign}”', text=text, at=at, suggestion=OTHER.get(sign, ''), sign=sign)
