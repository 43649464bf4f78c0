"""Why a table answers as it does: every row, cell by cell, whether the value that was asked meets it."""
from typing import Any

from engine.decision.graph import Decision
from engine.decision.outcome import Functions, Scope
from engine.decision.table import Rule, Table
from engine.expression import ExpressionError


def why(decision: Decision, scope: Scope, functions: Functions) -> list[tuple[bool | None, ...]]:
    """For each row of the decision's table, by column: whether the value meets the cell; None where nobody can tell.

    Empty where the decision is no table.

    :raises Broken: a column, or a decision that is asked before, cannot be worked out with these values.
    """
    if decision.table is None:
        return []
    seen, known = decision.surroundings(scope, functions)
    values = [decision.table.asked(column, seen, known) for column in decision.table.inputs]
    return [_cells(decision.table, rule, values, seen, known) for rule in decision.table.rules]


def _cells(table: Table, rule: Rule, values: list[Any], scope: Scope, functions: Functions) -> tuple[bool | None, ...]:
    asking = dict(rule.asking)
    return tuple(True if place not in asking else _meets(table, place, asking[place], values[place], scope, functions)
                 for place in range(len(table.inputs)))


def _meets(table: Table, place: int, test: Any, value: Any, scope: Scope, functions: Functions) -> bool | None:
    variable = table.inputs[place].variable
    try:
        return None if test is None else bool(test.evaluate({**scope, variable: value} if variable else scope,
                                                            functions, value))
    except ExpressionError:
        return None
