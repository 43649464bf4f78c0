"""Decisions: DMN files read once, worked out without side effects, judged before they run.

A file holds one decision or several that rest on each other, as tables or boxed expressions. Cells are FEEL
unary tests, and every expression goes through `engine.expression`. What a decision answers is a map of
outputs and the rows that gave it, each with its note, so that the trail can say on what ground.
"""
from engine.decision.graph import Decision, Graph
from engine.decision.outcome import Hit, NoRule, Outcome, Step
from engine.decision.place import Place, places
from engine.decision.problem import Problem
from engine.decision.read import parse, problems
from engine.decision.table import Input, Output, Rule, Table
from engine.decision.why import why

__all__ = ['Decision', 'Graph', 'Hit', 'Input', 'NoRule', 'Outcome', 'Output', 'Place', 'Problem', 'Rule',
           'Step', 'Table', 'parse', 'places', 'problems', 'why']
