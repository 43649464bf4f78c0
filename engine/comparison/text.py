"""Other files: the lines of a text that only one of the two has."""
from collections.abc import Iterator
from difflib import SequenceMatcher

from engine.comparison.change import ADDED, REMOVED, Line

MOST_LINES = 5_000
"""Longer texts are not compared line by line."""


def lines(old: bytes, new: bytes) -> tuple[Line, ...]:
    """The lines that differ, in order; none where one of the two is no text (UTF-8) or is very long."""
    try:
        texts = [content.decode().splitlines() for content in (old, new)]
    except UnicodeDecodeError:
        return ()
    if b'\0' in old + new or max(map(len, texts)) > MOST_LINES:
        return ()
    first, second = sorted(texts)                     # so that both directions find the same lines
    turned = first is texts[1]
    return tuple(_differing(first, second, *((ADDED, REMOVED) if turned else (REMOVED, ADDED))))


def _differing(first: list[str], second: list[str], only_first: str, only_second: str) -> Iterator[Line]:
    for what, begin, end, start, stop in SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        if what != 'equal':
            yield from (Line(only_first, number + 1, first[number]) for number in range(begin, end))
            yield from (Line(only_second, number + 1, second[number]) for number in range(start, stop))
