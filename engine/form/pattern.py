"""Patterns that a form may ask a text to match: JavaScript's notation, and only those that answer quickly.

Python's matcher can be kept busy for ever by a short text when a repeated group can match it in many ways;
such patterns are refused when the file is read, and a pattern is never shown a long text.
"""
import re
from functools import lru_cache

MOST_PATTERN = 300
_FEW = 5
_REPEAT = re.compile(r'(\*|\+|\?|\{(\d+)(,(\d*))?\})\??')
_HEAD = re.compile(r'\?(:|=|!|<=|<!|<\w+>)')


@lru_cache(maxsize=256)
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern ready to search with; raises ``ValueError`` with a Chinese reason: wrong, or too slow."""
    if len(pattern) > MOST_PATTERN:
        raise ValueError(f'太长，最多{MOST_PATTERN}个字符')
    translated = re.sub(r'\(\?<(?=[A-Za-z_])', '(?P<', pattern)  # a named group in JavaScript's notation
    try:
        found = re.compile(translated, re.ASCII)  # \d and \w mean ASCII in JavaScript
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(f'写得不对（{error}）') from None
    _quick(pattern)
    return found


def _quick(pattern: str) -> None:
    """Raises for a group repeated often that may match in several ways, and for too many open repeats."""
    open_repeats, varies = 0, [False]
    position, closed = 0, False  # closed: what was just read is a group that may match in several ways
    while position < len(pattern):
        if repeat := _REPEAT.match(pattern, position):
            low, high = _bounds(repeat)
            if closed and high > _FEW:
                raise ValueError('里重复的括号里又有重复或“|”，检查起来可能很慢，请写得简单一些')
            open_repeats += high > _FEW and high != low
            varies[-1] = varies[-1] or high != low
            position, closed = repeat.end(), False
        else:
            position, closed = _past(pattern, position, varies)
    if open_repeats > (3 if pattern.startswith('^') else 2):
        raise ValueError('里不定长的重复太多，检查起来可能很慢，请写得简单一些')


def _past(pattern: str, position: int, varies: list[bool]) -> tuple[int, bool]:
    """Past one sign that is no repeat; ``varies``: may each open bracket match in several ways."""
    sign, closed = pattern[position], False
    if sign == '\\':
        position += 1
        if pattern[position:position + 1].isdigit() and pattern[position] != '0':
            raise ValueError('用了反向引用，请改写')
    elif sign == '[':
        position += 1
        while position < len(pattern) and pattern[position] != ']':
            position += 2 if pattern[position] == '\\' else 1
    elif sign == '(':
        varies.append(False)
        if head := _HEAD.match(pattern, position + 1):
            position = head.end() - 1
    elif sign == '|':
        varies[-1] = True
    elif sign == ')' and len(varies) > 1:
        closed = varies.pop()
        varies[-1] = varies[-1] or closed
    return position + 1, closed


def _bounds(repeat: re.Match[str]) -> tuple[int, float]:
    if repeat[1] in '*+?':
        return {'*': (0, float('inf')), '+': (1, float('inf')), '?': (0, 1)}[repeat[1]]
    low = int(repeat[2])
    if not repeat[3]:
        return low, low
    return low, int(repeat[4]) if repeat[4] else float('inf')

