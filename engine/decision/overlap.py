"""Rows of a table that some values surely fit both."""
from collections.abc import Iterator, Sequence
from functools import reduce
from operator import and_

from engine.decision.column import Column, bits
from engine.decision.table import Rule


def overlapping(rules: Sequence[Rule], columns: Sequence[Column]) -> Iterator[tuple[Rule, Rule]]:
    """Pairs of rows that some values surely fit both; of cells that depend on data nothing is guessed."""
    for row, rule in enumerate(rules):
        later = -1 << row + 1
        for other in bits(reduce(and_, (column.meeting.over(column.sure[row]) for column in columns),
                                 later & (1 << len(rules)) - 1)):
            yield rule, rules[other]
