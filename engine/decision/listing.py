"""A decision as a page shows it: the heads, then for each row the cells in words."""
import re
from collections.abc import Sequence
from typing import NamedTuple

from engine.errors import listed, said


class Line(NamedTuple):
    """One row of a listing; an input that does not matter is 任意."""

    number: int
    id: str
    inputs: list[str]
    outputs: list[str]
    notes: list[str]


class Listing(NamedTuple):
    """One table, or the lines of another expression, with what is asked, answered and noted.

    ``keys`` are the names of the outputs in whose words a page may say them.
    """

    id: str
    name: str
    policy: str
    inputs: Sequence[str]
    outputs: Sequence[str]
    notes: Sequence[str]
    rows: Sequence[Line]
    keys: Sequence[str]


def in_words(text: str) -> str:
    """A cell without the signs of the language where it is simply a value or a list of values."""
    text = text.strip()
    if text == '-':
        return ''
    if re.fullmatch(r'"[^"\\]*"(\s*,\s*"[^"\\]*")*', text):
        return listed(re.findall(r'"([^"]*)"', text))
    return {'true': said('是'), 'false': said('否'), 'null': said('空')}.get(text, text)
