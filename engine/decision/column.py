"""What the cells of one column accept, as far as they tell without data.

The values that may come are cut where a cell begins or ends into pieces within which no cell can tell one
value from another. Sets of pieces and sets of rows are bits of whole numbers, so that a thousand rows are
compared at once.
"""
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property, reduce
from math import floor
from operator import and_, or_
from typing import Any, NamedTuple

from engine.decision.table import Input, Rule
from engine.errors import said
from engine.expression import Code, Test

_KNOWN = {'any': ('number', 'text', 'truth'), 'number': ('number',), 'integer': ('number',), 'string': ('text',),
          'date': ('text',), 'boolean': ('truth',)}
_IN_TIME = re.compile(r'\d{4}-\d\d-\d\d.|\d\d:\d\d|[-+]?P[\dT]')
"""Moments, times and durations: they do not sort as texts, nor is one text the only way to write one."""


class Piece(NamedTuple):
    """Values that no cell tells apart: one of them, and whether a table must have a row for it."""

    value: Any
    counts: bool
    real: bool = True


class Column:
    """The pieces of a column, and per row which of them its cell surely accepts and which it may accept."""

    def __init__(self, column: Input, tests: Sequence[Code]) -> None:
        self.base, self.label = column.kind.base, column.label
        distinct = dict.fromkeys(tests)
        every = [test for code in (*distinct, *filter(None, (column.allowed,))) for test in code.tests]
        self.points = {kind: sorted({end for test in every if self._fixed(test) for end in _ends(test)
                                     if _kind(end) == kind}) for kind in _KNOWN.get(self.base, ())}
        self.nulls = any(test.kind == 'value' and test.low is None for test in every)
        self.pieces, self.starts = self._cut(every)
        self.all = (1 << len(self.pieces)) - 1
        real = sum(1 << place for place, piece in enumerate(self.pieces) if piece.real)
        if column.allowed is not None:
            real &= self._accepts(column.allowed)[1] | self._null
        self.real = real
        accepted = {code: self._accepts(code) for code in distinct}
        self.sure = [accepted[code][0] & real for code in tests]
        self.may = [accepted[code][1] & real for code in tests]

    @property
    def counted(self) -> int:
        """The pieces that a complete table has rows for."""
        return sum(1 << place for place in bits(self.real) if self.pieces[place].counts)

    @cached_property
    def rows_sure(self) -> list[int]:
        """For each piece the rows that surely accept it."""
        return self._rows(self.sure)

    @cached_property
    def rows_may(self) -> list[int]:
        """For each piece the rows that may accept it."""
        return self._rows(self.may)

    @cached_property
    def meeting(self) -> 'Spread':
        """Of a set of pieces: the rows that surely accept one of them."""
        return Spread(self.rows_sure, or_)

    @cached_property
    def covering(self) -> 'Spread':
        """Of a set of pieces: the rows that surely accept all of them."""
        return Spread(self.rows_sure, and_)

    def _rows(self, sets: Sequence[int]) -> list[int]:
        """Turned round: from the pieces of each row to the rows of each piece."""
        turns = [0] * (len(self.pieces) + 1)
        for row, pieces in enumerate(sets):
            for start, end in runs(pieces):
                turns[start] ^= 1 << row
                turns[end] ^= 1 << row
        found, now = [], 0
        for turn in turns[:-1]:
            now ^= turn
            found.append(now)
        return found

    @property
    def _null(self) -> int:
        return 1 << len(self.pieces) - 2

    def _cut(self, tests: Sequence[Test]) -> tuple[list[Piece], dict[str, int]]:
        pieces: list[Piece] = []
        starts: dict[str, int] = {}
        for kind, points in self.points.items():
            starts[kind] = len(pieces)
            if kind == 'truth':
                counts = bool(points) or self.base == 'boolean'
                pieces += [Piece(False, counts), Piece(True, counts)]
                continue
            ranged = any(test.kind == 'range' and _kind(end) == kind for test in tests for end in _ends(test))
            for low, high in zip([None, *points], [*points, None]):
                between = self._between(kind, low, high)
                pieces.append(Piece(between, ranged and bool(points), between is not None))
                if high is not None:
                    pieces.append(Piece(high, True))
        pieces += [Piece(None, self.nulls), Piece(None, False, self.base not in _KNOWN or self.base == 'any')]
        return pieces, starts

    def _between(self, kind: str, low: Any, high: Any) -> Any:
        """A value strictly between two points, None where there is none; a text can be anything."""
        if self.base == 'date':
            return _day_between(low, high)
        if kind == 'text':
            return said('其他')
        if low is None:
            return 0 if high is None else floor(high) if floor(high) < high else floor(high) - 1
        whole = floor(low) + 1
        if high is None or whole < high:
            return whole
        return None if self.base == 'integer' else (low + high) / 2

    def _accepts(self, code: Code) -> tuple[int, int]:
        """The pieces that the cell surely accepts, and those that it may accept."""
        sure = may = 0
        for test in code.tests:
            # An end that is null leaves the same traces as no end, but nothing meets it.
            doubtful = test.kind == 'range' and 'null' in code.text
            found = None if doubtful else self._pieces(test)
            sure |= found or 0
            may |= self.all if found is None else found
        if not code.negated:
            return sure, may
        sure, may = self.all & ~may, self.all & ~sure
        if any(test.kind != 'value' for test in code.tests):          # what is not comparable is not denied either
            sure, may = sure & ~self._null, may | self._null
        return sure, may

    def _pieces(self, test: Test) -> int | None:
        """The pieces of one test; None when only the data can tell."""
        if test.kind == 'any':
            return self.all
        if test.kind == 'value' and test.low is None:
            return self._null
        if not self._fixed(test):
            return None
        kinds = {_kind(end) for end in _ends(test)}
        if len(kinds) != 1 or not kinds <= self.starts.keys():
            return 0
        kind = kinds.pop()
        start, points = self.starts[kind], self.points[kind]
        if kind == 'truth':
            return 1 << start + bool(test.low) if test.kind == 'value' else None
        if test.kind == 'value':
            return 1 << start + 2 * bisect_left(points, test.low) + 1
        low = 0 if test.low is None else 2 * bisect_left(points, test.low) + (1 if test.low_in else 2)
        high = 2 * len(points) + 1
        if test.high is not None:
            high = 2 * bisect_left(points, test.high) + (2 if test.high_in else 1)
        return ((1 << high - low) - 1) << start + low if low < high else 0

    def _fixed(self, test: Test) -> bool:
        ends = _ends(test)
        if test.kind not in ('value', 'range') or not ends or self.base not in _KNOWN:
            return False
        return all(map(_kind, ends)) and not any(_IN_TIME.match(end) for end in ends if isinstance(end, str))


class Spread:
    """What all pieces of a set have in common (and) or together (or): a tree of halves, each joined once."""

    def __init__(self, rows: Sequence[int], join: Callable[[int, int], int]) -> None:
        self.join, self.leaves, self.known = join, len(rows), {}
        self.halves = [0] * self.leaves + list(rows)
        for place in range(self.leaves - 1, 0, -1):
            self.halves[place] = join(self.halves[2 * place], self.halves[2 * place + 1])

    def over(self, pieces: int) -> int:
        """The rows for a set of pieces; of no piece there are none."""
        if pieces not in self.known:
            parts = [self.halves[place] for start, end in runs(pieces) for place in self._places(start, end)]
            self.known[pieces] = reduce(self.join, parts) if parts else 0
        return self.known[pieces]

    def _places(self, start: int, end: int) -> Iterator[int]:
        """The largest parts of the tree that make up a stretch."""
        start, end = start + self.leaves, end + self.leaves
        while start < end:
            if start & 1:
                yield start
            if end & 1:
                yield end - 1
            start, end = (start + 1) // 2, end // 2


def columns(inputs: Sequence[Input], rules: Sequence[Rule]) -> list[Column]:
    """The columns of a table without mistakes in its cells."""
    return [Column(column, [rule.tests[place] for rule in rules]) for place, column in enumerate(inputs)]


def bits(number: int) -> Iterator[int]:
    """The places of the bits that are set."""
    for start, end in runs(number):
        yield from range(start, end)


def runs(number: int) -> Iterator[tuple[int, int]]:
    """The stretches of bits that are set: start, and the place after the end."""
    place = 0
    while number:
        skip = (number & -number).bit_length() - 1
        number >>= skip
        length = (~number & number + 1).bit_length() - 1
        yield place + skip, place + skip + length
        number >>= length
        place += skip + length


def _ends(test: Test) -> list[Any]:
    return [end for end in (test.low, test.high) if end is not None]


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return 'truth'
    return 'number' if isinstance(value, (int, float, Decimal)) else 'text' if isinstance(value, str) else ''


def _day_between(low: str | None, high: str | None) -> str | None:
    try:
        if low is None:
            return (date.fromisoformat(high or '2000-01-01') - timedelta(1)).isoformat()
        after = (date.fromisoformat(low) + timedelta(1)).isoformat()
    except (ValueError, OverflowError):
        return None
    return after if high is None or after < high else None
