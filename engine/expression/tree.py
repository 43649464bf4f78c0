"""The tree that a grammar builds: Python's own, but of three kinds of node only: constants, calls to the
guard, and the choices `and`, `or`, `not`, `if`. Names and functions of an expression are constants in it."""
import ast
import builtins
from collections.abc import Callable
from typing import Any

from engine.expression import (feel_arithmetic, feel_comparison, feel_kind, feel_library, feel_loop, guard, library,
                               temporal)

PLACE = {'lineno': 1, 'col_offset': 0, 'end_lineno': 1, 'end_col_offset': 0}
FILE = '<duban expression>'
COMPARISON = {sign: function.__name__ for sign, function in guard.COMPARISONS.items()}
REACHABLE = {**{name: getattr(guard, name) for name in (
    *COMPARISON.values(), 'read', 'read_either', 'path', 'item', 'part', 'between', 'chain', 'empty',
    'add', 'subtract', 'multiply', 'divide', 'floor_divide', 'remainder', 'negative', 'make_list',
    'make_map', 'throw')},
    'invoke': library.invoke, 'method': library.method, '__builtins__': {},
    **{f'feel_{function.__name__}': function for function in (
        *feel_comparison.COMPARISONS.values(), *(getattr(feel_comparison, name) for name in (
            'between', 'make_range', 'one_sided', 'contained', 'contained_any', 'chain', 'meets', 'answers', 'holds',
            'decided', 'conjunction', 'disjunction', 'inverse')),
        *(getattr(feel_arithmetic, name) for name in (
            'add', 'subtract', 'multiply', 'divide', 'remainder', 'power', 'negative')),
        *(getattr(feel_loop, name) for name in (
            'bounded_scope', 'function', 'call', 'context', 'each', 'some', 'every', 'filtered', 'index', 'path')),
        *(getattr(feel_library, name) for name in ('built', 'paid', 'host', 'host_named', 'plain')),
        feel_kind.instance, temporal.parsed)}}
_TRUTHS = frozenset((*COMPARISON.values(), 'between', 'chain', 'empty',
                     *(f'feel_{name}' for name in (
                         *COMPARISON.values(), 'between', 'chain', 'contained', 'contained_any', 'conjunction',
                         'disjunction', 'inverse', 'some', 'every', 'instance', 'holds'))))


def constant(value: Any) -> ast.expr:
    """A fixed number, text, truth value or null."""
    return ast.Constant(value, **PLACE)


def local(name: str) -> ast.expr:
    """One of the function's own: scope, functions, value, assigned."""
    return ast.Name(name, ast.Load(), **PLACE)


def call(name: str, *operands: ast.expr) -> ast.expr:
    """What the guard does with the operands."""
    return ast.Call(local(name), list(operands), [], **PLACE)


def both(*operands: ast.expr) -> ast.expr:
    """All of them true, from left to right."""
    return ast.BoolOp(ast.And(), list(operands), **PLACE)


def either(*operands: ast.expr) -> ast.expr:
    """One of them true, from left to right."""
    return operands[0] if len(operands) == 1 else ast.BoolOp(ast.Or(), list(operands), **PLACE)


def inverse(operand: ast.expr) -> ast.expr:
    """Not true."""
    return ast.UnaryOp(ast.Not(), operand, **PLACE)


def choice(test: ast.expr, then: ast.expr, otherwise: ast.expr) -> ast.expr:
    """One or the other; only that one is worked out."""
    return ast.IfExp(test, then, otherwise, **PLACE)


def later(node: ast.expr) -> ast.expr:
    """The node, worked out only when it is asked for."""
    return ast.Lambda(_arguments(), node, **PLACE)


def body(node: ast.expr) -> ast.expr:
    """The node, worked out for each scope that it is given."""
    return ast.Lambda(_arguments('scope'), node, **PLACE)


def in_scope(node: ast.expr, scope: ast.expr) -> ast.expr:
    """The node, worked out in another scope."""
    return ast.Call(body(node), [scope], [], **PLACE)


def is_call(node: ast.expr, name: str) -> bool:
    """Whether the node is a call of this function of ours."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name


def is_constant(node: ast.expr) -> bool:
    """Whether the node is the same whatever it is asked about."""
    return isinstance(node, ast.Constant)


def is_truth(node: ast.expr) -> bool:
    """Whether the node can only be true or false."""
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id in _TRUTHS
    if isinstance(node, ast.BoolOp):
        return all(map(is_truth, node.values))
    return isinstance(node, ast.UnaryOp)


def function_of(node: ast.expr) -> Callable[..., Any]:
    """``function(scope, functions, value)`` that works the node out."""
    if isinstance(node, ast.Constant):
        fixed = node.value
        return lambda scope, functions, value: fixed
    body = ast.Expression(ast.Lambda(_arguments('scope', 'functions', 'value'), node, **PLACE))
    return eval(builtins.compile(body, FILE, 'eval'), REACHABLE)     # the only eval of Duban: of our own tree


def procedure_of(statements: list[ast.stmt]) -> Callable[..., Any]:
    """``procedure(scope, functions, assigned)`` that carries the statements out."""
    arguments = _arguments('scope', 'functions', 'assigned')
    define = ast.FunctionDef('procedure', arguments, statements, [], **PLACE)
    made = dict(REACHABLE)
    exec(builtins.compile(ast.Module([define], []), FILE, 'exec'), made)    # and the only exec, likewise
    return made['procedure']


def assignment(name: str, value: ast.expr, line: int) -> ast.stmt:
    """Set `name`. The line is found again in the traceback of what fails."""
    target = ast.Subscript(local('assigned'), constant(name), ast.Store(), **PLACE)
    return at_line(ast.Assign([target], value, **PLACE), line)


def branch(test: ast.expr, then: list[ast.stmt], otherwise: list[ast.stmt], line: int) -> ast.stmt:
    """If, with its two ways."""
    return ast.If(at_line(test, line), then, otherwise, **{**PLACE, 'lineno': line, 'end_lineno': line})


def throwing(kind: str, code: ast.expr, line: int) -> ast.stmt:
    """Let an error or escalation happen."""
    return at_line(ast.Expr(call('throw', constant(kind), code, local('assigned')), **PLACE), line)


def nothing() -> ast.stmt:
    """No statement."""
    return ast.Pass(**PLACE)


def at_line(node: Any, line: int) -> Any:
    """The node, standing on `line` with all its parts."""
    for inner in ast.walk(node):
        if hasattr(inner, 'lineno'):
            inner.lineno = inner.end_lineno = line
    return node


def _arguments(*names: str) -> ast.arguments:
    return ast.arguments([], [ast.arg(name, **PLACE) for name in names], None, [], [], None, [])
