"""Where each expression of a decision table stands, for a sentence about it."""
from collections.abc import Iterator
from typing import NamedTuple

from engine.decision.table import Table
from engine.expression import Code


class Place(NamedTuple):
    """An expression, the id of the row or column that it stands in, and how to name the place."""

    element: str
    zh: str
    en: str
    code: Code


def places(table: Table) -> Iterator[Place]:
    """Every expression of a table, in the order of `Table.codes`."""
    for number, column in enumerate(table.inputs, 1):
        if column.code:
            yield Place(column.id, f'输入列“{column.label}”', f', input column {number}', column.code)
    for number, column in enumerate(table.outputs, 1):
        if column.default:
            yield Place(column.id, f'结果列“{column.label}”的默认值', f', default of output column {number}', column.default)
    labels = [column.label for column in (*table.inputs, *table.outputs)]
    for rule in table.rules:
        for number, (label, code) in enumerate(zip(labels, (*rule.tests, *rule.answers)), 1):
            if code:
                yield Place(rule.id, f'第{rule.number}行第{number}列“{label}”',
                            f', row {rule.number} column {number}', code)
