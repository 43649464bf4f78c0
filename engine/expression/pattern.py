"""Regular expressions that cannot run away: all threads of the match go forward together, one character at a
time (Thompson, Pike), so the work is at most the text times the pattern, and every step is paid for."""
import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from engine.errors import said
from engine.expression.allowance import Allowance
from engine.expression.refusal import Stopped, show

LONGEST, MOST_STEPS, MOST_REPEATS, DEEPEST = 300, 2_000, 200, 20
Match = tuple[int | None, ...]                     # start and end of the whole and of each group
NOTHING = ('all', [])
_PLAIN_ESCAPE = re.compile(r'[dDsSwWnrt]|[^\w]')


class Pattern(NamedTuple):
    """A pattern as steps: ``('one', test)``, ``('split', a, b)``, ``('go', a)``, ``('save', n)``,
    ``('at', test)``, ``('done',)``."""

    steps: tuple[tuple, ...]
    groups: int

    def search(self, text: str, allowance: Allowance, start: int = 0) -> Match | None:
        """The first match at or after `start`; of several the one that the pattern prefers."""
        slots: Match = (None,) * (2 * self.groups + 2)
        threads: list[tuple[int, Match]] = []
        found: Match | None = None
        for at in range(start, len(text) + 1):
            seen: set[int] = set()
            now: list[tuple[int, Match]] = []
            for step, kept in threads:
                self._follow(step, kept, text, at, seen, now)
            if found is None:
                self._follow(0, slots, text, at, seen, now)
            threads = []
            for step, kept in now:
                kind = self.steps[step][0]
                if kind == 'done':
                    found = kept
                    break
                if at < len(text) and self.steps[step][1](text[at]):
                    threads.append((step + 1, kept))
            allowance.spend(1 + len(seen))
            if found is not None and not threads:
                return found
        return found

    def _follow(self, step: int, kept: Match, text: str, at: int, seen: set[int],
                now: list[tuple[int, Match]]) -> None:
        """Add the steps that are reached from `step` without reading a character, the preferred first."""
        todo = [(step, kept)]
        while todo:
            step, kept = todo.pop()
            if step in seen:
                continue
            seen.add(step)
            kind, *rest = self.steps[step]
            if kind == 'go':
                todo.append((rest[0], kept))
            elif kind == 'split':
                todo += [(rest[1], kept), (rest[0], kept)]
            elif kind == 'save':
                todo.append((step + 1, (*kept[:rest[0]], at, *kept[rest[0] + 1:])))
            elif kind == 'at':
                if rest[0](text, at):
                    todo.append((step + 1, kept))
            else:
                now.append((step, kept))

    def every(self, text: str, allowance: Allowance) -> Iterator[Match]:
        """All matches from left to right, none inside another."""
        at = 0
        while at <= len(text):
            match = self.search(text, allowance, at)
            if match is None:
                return
            yield match
            at = match[1] if match[1] > match[0] else match[1] + 1


@lru_cache(maxsize=512)
def pattern(text: str, flags: str = '') -> Pattern:
    """Read a pattern as XPath has it, with the flags s, m, i, x and q.

    :raises Stopped: a bad pattern, or one with look-around or back-references.
    """
    if len(text) > LONGEST:
        raise Stopped('模式太长，超过{most}个字', most=LONGEST)
    if set(flags) - set('smixq'):
        raise Stopped('不认识模式的标记{flags}，可以用 i、s、m、x', flags=show(flags))
    reader = _Reader(text, flags)
    steps: list[tuple] = []
    _emit(('group', 0, reader.whole()), steps)
    steps.append(('done',))
    if len(steps) > MOST_STEPS:
        raise Stopped('模式{pattern}太复杂', pattern=show(text))
    return Pattern(tuple(steps), reader.groups)


class _Reader:
    """Reads a pattern into a tree: one, at, all, any, many, group."""

    def __init__(self, text: str, flags: str) -> None:
        self.text, self.flags, self.place, self.groups, self.depth = text, flags, 0, 0, 0

    def whole(self) -> tuple:
        if 'q' in self.flags:
            return ('all', [self.single(sign) for sign in self.text])
        found = self.choices()
        if self.place < len(self.text):
            self.refuse('多了右括号')
        return found

    def choices(self) -> tuple:
        found = [self.row()]
        while self.next() == '|':
            self.place += 1
            found.append(self.row())
        return found[0] if len(found) == 1 else ('any', found)

    def row(self) -> tuple:
        found: list[tuple] = []
        while self.next() not in ('', '|', ')'):
            if 'x' in self.flags and self.next().isspace():
                self.place += 1
                continue
            part = self.repeated(self.atom())
            if part != NOTHING:                                       # else nothing could be repeated without end
                found.append(part)
        return ('all', found)

    def repeated(self, node: tuple) -> tuple:
        sign, least, most = self.next(), 0, None
        if sign == '{':
            match = re.compile(r'\{(\d{1,4})(,)?(\d{1,4})?\}').match(self.text, self.place)
            if match is None or match[3] and not match[2]:
                self.refuse('花括号里要写次数')
            least = int(match[1])
            most = least if not match[2] else int(match[3]) if match[3] else None
            self.place = match.end()
            if max(least, most or 0) > MOST_REPEATS or most is not None and most < least:
                self.refuse('次数太多')
        elif sign and sign in '*+?':
            least, most = int(sign == '+'), 1 if sign == '?' else None
            self.place += 1
        else:
            return node
        lazy = self.next() == '?'
        self.place += lazy
        if self.next() and self.next() in '*+?{':
            self.refuse('重复的符号连着写')
        return NOTHING if node == NOTHING else ('many', node, least, most, lazy)

    def atom(self) -> tuple:
        sign = self.next()
        self.place += 1
        if sign == '(':
            return self.group()
        if sign == '[':
            return self.listed()
        if sign == '.':
            return ('one', (lambda one: True) if 's' in self.flags else (lambda one: one not in '\n\r'))
        if sign in '^$':
            return ('at', self.border(sign))
        if sign == '\\':
            return self.escaped()
        if sign in '*+?{}])':
            self.refuse('这里不能写“{sign}”', sign=sign)
        return self.single(sign)

    def group(self) -> tuple:
        self.depth += 1
        if self.depth > DEEPEST:
            self.refuse('括号套得太深')
        counted = self.next() != '?'
        if not counted:
            if self.text[self.place:self.place + 2] != '?:':
                self.refuse('不能用“(?…”这种写法')
            self.place += 2
        self.groups += counted
        number = self.groups
        found = self.choices()
        if self.next() != ')':
            self.refuse('少一个右括号')
        self.place += 1
        self.depth -= 1
        return ('group', number, found) if counted else found

    def listed(self) -> tuple:
        end = self.place + (self.next() == '^')
        end += self.text[end:end + 1] == ']'
        while end < len(self.text) and self.text[end] != ']':
            if self.text[end] == '[' or self.text[end] == '\\' and not _PLAIN_ESCAPE.match(self.text, end + 1):
                self.refuse('方括号里不能再用这种写法')
            end += 2 if self.text[end] == '\\' else 1
        inside = self.text[self.place:end]
        if end >= len(self.text) or inside in ('', '^'):
            self.refuse('方括号没有结束')
        self.place = end + 1
        try:
            test = re.compile(f'[{inside}]', re.IGNORECASE if 'i' in self.flags else 0)
        except (re.error, FutureWarning):
            self.refuse('方括号里的写法不对')
        return ('one', lambda one: test.match(one) is not None)

    def escaped(self) -> tuple:
        sign = self.next()
        self.place += 1
        if sign and sign in 'nrt':
            return self.single({'n': '\n', 'r': '\r', 't': '\t'}[sign])
        if sign and sign in 'dDsSwW':
            test = re.compile('\\' + sign)
            return ('one', lambda one: test.match(one) is not None)
        if sign and sign in 'pP':
            return self.category(sign == 'P')
        if sign and not sign.isalnum():
            return self.single(sign)
        self.refuse('不能用“\\{sign}”', sign=sign)

    def category(self, inverse: bool) -> tuple:
        match = re.compile(r'\{([A-Z][a-z]?)\}').match(self.text, self.place)
        if match is None:
            self.refuse('\\p 后面要写种类，例如 \\p{{L}}')
        self.place = match.end()
        return ('one', lambda one: unicodedata.category(one).startswith(match[1]) != inverse)

    def border(self, sign: str) -> Callable[[str, int], bool]:
        if 'm' not in self.flags:
            return (lambda text, at: at == 0) if sign == '^' else (lambda text, at: at == len(text))
        if sign == '^':
            return lambda text, at: at == 0 or text[at - 1] == '\n'
        return lambda text, at: at == len(text) or text[at] == '\n'

    def single(self, sign: str) -> tuple:
        if 'i' not in self.flags:
            return ('one', lambda one: one == sign)
        folded = sign.casefold()
        return ('one', lambda one: one.casefold() == folded)

    def next(self) -> str:
        return self.text[self.place:self.place + 1]

    def refuse(self, problem: str, **values: Any) -> Any:
        raise Stopped('模式{pattern}不对：{told}', pattern=show(self.text), told=said(problem, pattern='', **values))


def _emit(node: tuple, steps: list[tuple]) -> None:
    """Write a tree as steps."""
    if len(steps) > MOST_STEPS:
        raise Stopped('模式太复杂')
    kind = node[0]
    if kind in ('one', 'at'):
        steps.append(node)
    elif kind == 'all':
        for part in node[1]:
            _emit(part, steps)
    elif kind == 'group':
        steps.append(('save', 2 * node[1]))
        _emit(node[2], steps)
        steps.append(('save', 2 * node[1] + 1))
    elif kind == 'any':
        _emit_choices(node[1], steps)
    else:
        _emit_repeats(*node[1:], steps)


def _emit_choices(choices: list[tuple], steps: list[tuple]) -> None:
    ends = []
    for choice in choices[:-1]:
        fork = len(steps)
        steps.append(())
        _emit(choice, steps)
        ends.append(len(steps))
        steps.append(())
        steps[fork] = ('split', fork + 1, len(steps))
    _emit(choices[-1], steps)
    for end in ends:
        steps[end] = ('go', len(steps))


def _emit_repeats(node: tuple, least: int, most: int | None, lazy: bool, steps: list[tuple]) -> None:
    for _ in range(least):
        _emit(node, steps)
    forks = []
    for _ in range(1 if most is None else most - least):
        forks.append(len(steps))
        steps.append(())
        _emit(node, steps)
    if most is None:
        steps.append(('go', forks[0]))
    for fork in forks:
        ways = (fork + 1, len(steps))
        steps[fork] = ('split', *(ways[::-1] if lazy else ways))
