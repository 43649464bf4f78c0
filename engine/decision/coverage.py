"""Values that no row of a table fits, and rows that no values reach."""
from collections.abc import Iterator, Sequence
from functools import reduce
from operator import and_
from typing import Any, NamedTuple

from engine.decision.column import Column, bits
from engine.decision.table import SEVERAL, Table

_MOST_STEPS = 500_000
"""What a search may look at before it says nothing."""


class Dead(NamedTuple):
    """A row that never decides anything: the finding's code, the row's place in the table, the sentence's values."""

    code: str
    row: int
    values: dict[str, Any]


def uncovered(table: Table, columns: Sequence[Column]) -> dict[str, Any] | None:
    """Values by column for which no row fits; None if there are none, or none can be named for sure.

    Numbers count all along where a cell gives a range, else only those that are named; of texts only those
    that are named, by a row or by the column's list of values; nothing (null) where a cell names it. A table
    that may answer nothing, or has defaults, misses none.
    """
    if table.hit_policy in SEVERAL or all(column.default for column in table.outputs):
        return None
    asked = [column.counted or column.real & -column.real for column in columns]
    if len({column.text for column in table.inputs}) < len(table.inputs) or not all(asked):
        return None
    whole = [reduce(and_, map(column.rows_may.__getitem__, bits(one))) for column, one in zip(columns, asked)]
    search = _Search([column.rows_may for column in columns], asked, whole, _MOST_STEPS)
    found = search.hole((1 << len(table.rules)) - 1)
    said = {column.label: column.pieces[piece].value for column, piece in zip(columns, found or ())
            if column.pieces[piece].counts}
    return said or None


def dead(table: Table, columns: Sequence[Column]) -> Iterator[Dead]:
    """Rows that no values reach: a cell that nothing meets, rows above that take all, the same row again."""
    seen: dict[tuple, int] = {}
    left = [_MOST_STEPS]
    for row, rule in enumerate(table.rules):
        never = next((place for place, column in enumerate(columns) if not column.may[row]), None)
        if never is not None:
            where = f'第{rule.number}行第{never + 1}列“{columns[never].label}”'
            yield Dead('decision.never', row, {'where': where, 'en': f'Row {rule.number} column {never + 1}',
                                               'text': rule.inputs[never]})
        elif table.hit_policy == 'FIRST':
            above = _above(columns, row, left)
            if above:
                numbers = [str(table.rules[one].number) for one in above]
                zh = f'第{"、".join(numbers)}行' if len(numbers) <= 5 else '各行'
                yield Dead('decision.masked', row, {'number': rule.number, 'rows': zh,
                                                    'en': f'rows {", ".join(numbers[:5])}'})
        elif table.hit_policy != 'UNIQUE':
            first = seen.setdefault((rule.inputs, rule.outputs), row)
            if first != row:
                yield Dead('decision.repeated', row, {'number': rule.number,
                                                      'other': table.rules[first].number})


def _above(columns: Sequence[Column], row: int, left: list[int]) -> list[int]:
    """The rows above that take everything from this one: one alone, or several together."""
    upper = (1 << row) - 1
    asked = [column.may[row] for column in columns]
    whole = [column.covering.over(one) for column, one in zip(columns, asked)]
    alone = reduce(and_, whole, upper)
    if alone:
        return [next(bits(alone))]
    near = reduce(and_, (column.meeting.over(one) for column, one in zip(columns, asked)), upper)
    if not near or left[0] <= 0:
        return []
    search = _Search([column.rows_sure for column in columns], asked, whole, left[0])
    hole = search.hole(near)
    left[0] = search.left
    return list(bits(near)) if hole is None and search.left > 0 else []


class _Search:
    """Looks for values that none of some rows fits, column by column.

    ``rows`` of each piece, the pieces ``asked`` about, the rows that take the ``whole`` of them, for each column.
    """

    def __init__(self, rows: Sequence[Sequence[int]], asked: Sequence[int], whole: Sequence[int],
                 left: int) -> None:
        self.rows, self.asked, self.left = rows, asked, left
        self.covered: set[tuple[int, int]] = set()
        self.always = [-1] * (len(asked) + 1)             # rows that take all from this column on
        for place in range(len(asked) - 1, -1, -1):
            self.always[place] = whole[place] & self.always[place + 1]

    def hole(self, among: int, place: int = 0) -> list[int] | None:
        """A piece for each column from ``place`` on, which no row ``among`` these fits; None if there is none,
        or the search was given up (nothing is ``left``)."""
        if not among:
            return [next(bits(one)) for one in self.asked[place:]]
        if among & self.always[place] or (place, among) in self.covered:
            return None
        self.left -= self.asked[place].bit_count()
        if self.left <= 0:
            return None
        if place == len(self.asked) - 1:
            return next(([piece] for piece in bits(self.asked[place]) if not among & self.rows[place][piece]), None)
        ways: dict[int, int] = {}
        for piece in bits(self.asked[place]):
            ways.setdefault(among & self.rows[place][piece], piece)
        for fewer, piece in sorted(ways.items(), key=lambda way: way[0].bit_count()):
            rest = self.hole(fewer, place + 1)
            if rest is not None:
                return [piece, *rest]
        self.covered.add((place, among))
        return None
