"""The only evaluator: what a diagram, a table or a form says, read by grammars of our own.

A text is read once into a small tree of calls to `guard`, made into a function, and kept. There is nothing to
escape from: the grammars have no import and no attribute of a Python object, so no such thing can be written; every
operation that could make something huge goes through the guard, which stops it, and everything that repeats shares
one allowance of steps.

Two languages. ``${…}``, ``#{…}`` and scripts are the expressions that modelers of Camunda write, with Python's
operators besides. ``=…``, decision tables' cells and whatever goes through `feel` are FEEL (DMN 1.3, chapter 10).

Values are texts, numbers, true, false, null, lists and maps. Dates are texts 'YYYY-MM-DD', moments ISO texts with
offset, durations 'P7D'; all compare in time, and a moment compares with a date as its day does, so `now() <= due_at`
holds all day. Inside FEEL they have properties and arithmetic; what comes out is text again.

Nothing (null) in ``${…}`` behaves as in SQL: `<`, `<=`, `>`, `>=` and `in` with null are false, arithmetic with
null gives null, `== null` and `empty x` ask for it. In FEEL all of them give null, `and` and `or` have three values,
functions give null for null, and a cell that comes to null does not fit. What FEEL also calls null is refused here,
because someone meant something else: a name, an entry or a function that does not exist, a value of the wrong kind, a
day that does not exist, a division by zero; when it is read if it can be seen, else when it is worked out. Only what
some items of a list have and others lack is null in those. `=` of two kinds is false; of a number and a text that
looks like one, it stops.

FEEL here is also less and more than the standard. Less: years 1 to 9999, microseconds, about 15 digits, no external
functions and no function as a result, patterns without back-references and class subtraction. More: `==`, `&&`,
`||`, `!`, `empty x`, `test ? a : b`, texts in single quotes, days and durations without quotes, names in backticks.
"""
from engine.expression.code import BUILTINS, Code, compile, feel
from engine.expression.refusal import ExpressionError, ExpressionFailed, MissingName, UnknownFunction
from engine.expression.template import Template, template
from engine.expression.unary import Test

__all__ = ['BUILTINS', 'Code', 'ExpressionError', 'ExpressionFailed', 'MissingName', 'Template', 'Test',
           'UnknownFunction', 'compile', 'feel', 'template']
