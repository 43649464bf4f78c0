"""Decision tables: one DMN table per file, read once, run without side effects, judged before they run.

Cells are S-FEEL unary tests and every expression goes through `engine.expression`. What the table answers
is a map of outputs and the rows that gave it, each with its note, so that the trail can say on what ground.
"""
from engine.decision.problem import Problem
from engine.decision.read import parse
from engine.decision.table import Hit, Input, Line, Listing, NoRule, Outcome, Output, Rule, Table

__all__ = ['Hit', 'Input', 'Line', 'Listing', 'NoRule', 'Outcome', 'Output', 'Problem', 'Rule', 'Table',
           'parse', 'problems']


def problems(table: Table) -> list[Problem]:
    """What is wrong with the table: cells, types, names, ids used twice, rows that overlap."""
    return list(table.problems)
