"""Conditions in a form that a small script in the browser can follow; the server always decides again.

A condition becomes nested lists: ``["and", a, b]``, ``["==", ["var", "status"], ["lit", "delay"]]``. What
stands on record is put in as a literal. A condition that says more has no such form: it is decided on
submit only.
"""
import ast
import re
from collections.abc import Container
from typing import Any

from engine.form.text import Live, Scope, plain

_WORDS = (('&&', ' and '), ('||', ' or '))
_LITERALS = {'true': True, 'True': True, 'false': False, 'False': False, 'null': None, 'None': None}
_SIGNS = {ast.Eq: '==', ast.NotEq: '!=', ast.Lt: '<', ast.LtE: '<=', ast.Gt: '>', ast.GtE: '>=', ast.In: 'in'}
_SIMPLE = (str, int, float, bool, type(None))
_TEXT = re.compile(r'''("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')''')


class _TooMuch(Exception):
    """The condition says more than the script understands."""


def followed(hide: Live, asked: Container[str], record: Scope) -> list[Any] | None:
    """``hide`` for the script, which knows the answers named in ``asked``; None when it cannot follow."""
    try:
        found = _node(ast.parse(_python(plain(hide.source)), mode='eval').body, asked, record)
    except (SyntaxError, ValueError, RecursionError, _TooMuch):
        return None
    return found if hide.source.startswith('=') else _two_valued(found)


def _two_valued(node: Any) -> Any:
    if not isinstance(node, list) or node[0] in ('lit', 'var'):
        return node
    return ['no' if node[0] == 'not' else node[0], *map(_two_valued, node[1:])]


def _python(source: str) -> str:
    """Camunda's spelling as Python's, outside quoted texts."""
    parts = _TEXT.split(source)
    for place in range(0, len(parts), 2):
        for sign, word in _WORDS:
            parts[place] = parts[place].replace(sign, word)
        parts[place] = re.sub(r'!(?!=)', ' not ', parts[place])
        parts[place] = re.sub(r'(?<![<>!=])=(?!=)', '==', parts[place])  # FEEL's one sign
        parts[place] = re.sub(r'\bempty\s+(\w+)', r'empty(\1)', parts[place])
    return ''.join(parts).strip()


def _node(node: ast.AST, asked: Container[str], record: Scope) -> list[Any]:
    match node:
        case ast.Constant(value=value) if isinstance(value, _SIMPLE):
            return ['lit', value]
        case ast.Name(id=name) if name in _LITERALS:
            return ['lit', _LITERALS[name]]
        case ast.Name(id=name) if name in asked:
            return ['var', name]
        case ast.Name(id=name) if name in record and isinstance(record[name], _SIMPLE):
            return ['lit', record[name]]
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return ['not', _node(operand, asked, record)]
        case ast.BoolOp(op=op, values=values):
            sign = 'and' if isinstance(op, ast.And) else 'or'
            return [sign, *(_node(value, asked, record) for value in values)]
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _SIGNS:
            return [_SIGNS[type(op)], _node(left, asked, record), _node(right, asked, record)]
        case ast.List(elts=items):
            return ['list', *(_node(item, asked, record) for item in items)]
        case ast.Call(func=ast.Name(id='empty' | 'not' as name), args=[one], keywords=[]):
            return [name, _node(one, asked, record)]
    raise _TooMuch
