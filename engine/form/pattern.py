"""Patterns that a form may ask a text to match: JavaScript's notation, and only those that answer quickly.

Python's matcher tries every way in which a pattern may match; a short pattern can have more ways than there
is time. So the ways are counted when the file is read, and a pattern is never shown a long text.
"""
import re
from functools import lru_cache

from engine.errors import said
from engine.form.field import MOST_MATCHED

MOST_PATTERN = 300
MOST_WAYS = 200_000_000
_REPEAT = re.compile(r'(\*|\+|\?|\{(\d+)(,(\d*))?\})\??')
_HEAD = re.compile(r'\?(:|=|!|<=|<!|<\w+>)')


@lru_cache(maxsize=256)
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern ready to search with; raises ``ValueError`` with a Chinese reason: wrong, or too slow."""
    if len(pattern) > MOST_PATTERN:
        raise ValueError(said('太长，最多{count}个字符', count=MOST_PATTERN))
    translated = re.sub(r'\(\?<(?=[A-Za-z_])', '(?P<', pattern)  # a named group in JavaScript's notation
    try:
        found = re.compile(translated, re.ASCII)  # \d and \w mean ASCII in JavaScript
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(said('写得不对（{error}）', error=str(error))) from None
    if _Ways(pattern).count() > MOST_WAYS:
        raise ValueError(said('里不定的地方太多，检查起来可能很慢，请写得简单一些'))
    return found


class _Ways:
    """Counts, generously, in how many ways a pattern may try to match a text of the longest length."""

    def __init__(self, pattern: str) -> None:
        self.pattern, self.position = pattern, 0
        self.open: list[list[int]] = [[1, 1]]  # of each open bracket: the ways so far, the branches between |
        self.last = 1  # the ways of what was just read, when it is a group

    def count(self) -> int:
        """The ways of the whole pattern."""
        while self.position < len(self.pattern):
            repeat = _REPEAT.match(self.pattern, self.position)
            if repeat:
                self._repeated(*_bounds(repeat))
                self.position, self.last = repeat.end(), 1
            else:
                self._sign(self.pattern[self.position])
                self.position += 1
        ways, branches = self.open[0]
        anchored = self.pattern.startswith('^') and branches == 1
        return ways * branches * (1 if anchored else MOST_MATCHED)

    def _repeated(self, low: int, high: int) -> None:
        self._times(self.last ** max(high - 1, 0) * (high - low + 1))

    def _times(self, ways: int) -> None:
        # More than too many need not be told apart, and would be a number too long to reckon with.
        self.open[-1][0] = min(self.open[-1][0] * ways, MOST_WAYS + 1)

    def _sign(self, sign: str) -> None:
        self.last = 1
        if sign == '\\':
            self.position += 1
            following = self.pattern[self.position:self.position + 1]
            if following.isdigit() and following != '0':
                raise ValueError(said('用了反向引用，请改写'))
        elif sign == '[':
            self._past_class()
        elif sign == '(':
            self.open.append([1, 1])
            if head := _HEAD.match(self.pattern, self.position + 1):
                self.position = head.end() - 1
        elif sign == '|':
            self.open[-1][1] += 1
        elif sign == ')' and len(self.open) > 1:
            ways, branches = self.open.pop()
            self.last = ways * branches
            self._times(self.last)

    def _past_class(self) -> None:
        self.position += 1
        while self.position < len(self.pattern) and self.pattern[self.position] != ']':
            self.position += 2 if self.pattern[self.position] == '\\' else 1


def _bounds(repeat: re.Match[str]) -> tuple[int, int]:
    if repeat[1] in '*+?':
        return {'*': (0, MOST_MATCHED), '+': (1, MOST_MATCHED), '?': (0, 1)}[repeat[1]]
    low = min(int(repeat[2]), MOST_MATCHED)
    if not repeat[3]:
        return low, low
    return low, min(int(repeat[4]), MOST_MATCHED) if repeat[4] else MOST_MATCHED
