"""The only evaluator: what a diagram, a table or a form says in ``${…}``, read by a grammar of its own.

A text is read once into a small tree of calls to `guard`, made into a function, and kept. There is nothing to
escape from: the grammar has no import, no attribute of a Python object, no definition and no loop, so no such
thing can be written; every operation that could make something huge goes through the guard, which stops it.

Values are texts, numbers, true, false, null, lists and maps. Dates are texts 'YYYY-MM-DD', moments ISO texts
with offset; both compare in time, and a moment compares with a date as its day does, so `now() <= due_at`
holds all day.

Nothing (null) behaves as in SQL and FEEL: `<`, `<=`, `>`, `>=` and `in` with null are false, arithmetic with
null gives null, `== null` and `empty x` ask for it. A number never equals a text; where the text looks like a
number the comparison stops, because someone meant the other kind.
"""
from engine.expression.code import BUILTINS, Code, compile, feel
from engine.expression.refusal import ExpressionError, ExpressionFailed, MissingName, UnknownFunction
from engine.expression.template import Template, template
from engine.expression.unary import Test

__all__ = ['BUILTINS', 'Code', 'ExpressionError', 'ExpressionFailed', 'MissingName', 'Template', 'Test',
           'UnknownFunction', 'compile', 'feel', 'template']
