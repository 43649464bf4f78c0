"""Texts of a form that may be computed, and the little markup they may carry."""
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from engine import expression
from engine.errors import Broken

Functions = Mapping[str, Callable[..., Any]]
Scope = Mapping[str, Any]

def is_live(source: object) -> bool:
    """Whether a text of a form file is computed: ``=…`` or one with ``${…}``."""
    return isinstance(source, str) and (source.startswith('=') or '${' in source)


def plain(source: str) -> str:
    """An expression without what marks it as one: the ``=`` in front, or ``${…}`` around the whole."""
    source = source.strip()
    return source[2:-1] if source.startswith('${') and source.endswith('}') else source.removeprefix('=')


class Live:
    """One text, value or condition of a form file, compiled when the file is read.

    ``=…`` is an expression; any other text is a template with ``${…}`` places, or stands as it is written.
    Constructing one raises ``ExpressionError``; evaluating one raises ``Broken`` naming ``place``.
    """

    def __init__(self, source: str, place: str) -> None:
        self.source, self.place = source, place
        self._code = expression.compile(source) if source.startswith('=') else None
        self._template = expression.template(source) if '${' in source and self._code is None else None
        compiled = self._code or self._template
        self.names: frozenset[str] = compiled.names if compiled else frozenset()
        self.calls: frozenset[str] = compiled.calls if compiled else frozenset()
        self.counts: frozenset[tuple[str, int]] = compiled.counts if compiled else frozenset()

    def value(self, scope: Scope, functions: Functions) -> Any:
        """What the expression gives; the value in a text that is exactly one ``${…}``, else the text."""
        try:
            if self._code:
                return self._code.evaluate(scope, functions)
            return self._template.value(scope, functions) if self._template else self.source
        except expression.ExpressionError as error:
            raise self._broken(error, scope) from error

    def text(self, scope: Scope, functions: Functions) -> str:
        """What stands on the page; nothing is said of a value that is missing."""
        try:
            if self._template:
                return self._template.render(scope, functions)
        except expression.ExpressionError as error:
            raise self._broken(error, scope) from error
        value = self.value(scope, functions)
        return '' if value is None else str(value)

    def truth(self, scope: Scope, functions: Functions) -> bool:
        """Whether a condition holds; one that compares with an answer not yet given does not."""
        return bool(self.value(scope, functions))

    def _broken(self, error: expression.ExpressionError, scope: Scope) -> Broken:
        return Broken(error.said, element=self.place, expression=self.source,
                      values={name: scope.get(name) for name in sorted(self.names)},
                      advice='请流程管理员改正表单里的这个表达式。')


class Span(NamedTuple):
    """A stretch of text within a line."""

    text: str
    bold: bool = False


class Block(NamedTuple):
    """A heading (``h2``, ``h3``), a paragraph (``p``) or a list (``ul``); its lines are lists of spans."""

    kind: str
    lines: list[list[Span]]


def blocks(text: str) -> list[Block]:
    """``text`` as a page draws it: ``## 标题``, ``- `` lists, empty lines between paragraphs, ``**bold**``.

    Nothing in it is ever taken for HTML; the page escapes every span.
    """
    found: list[Block] = []
    fresh = True
    for line in text.replace('\r\n', '\n').split('\n'):
        stripped = line.strip()
        heading = re.match(r'(#{1,6})\s+(.+)', stripped)
        kind = 'p'
        if heading:
            kind, stripped = 'h2' if len(heading[1]) < 3 else 'h3', heading[2]
        elif stripped.startswith(('- ', '* ')):
            kind, stripped = 'ul', stripped[2:].strip()
        if not stripped:
            fresh = True
            continue
        if fresh or heading or found[-1].kind != kind:
            found.append(Block(kind, []))
        found[-1].lines.append(spans(stripped))
        fresh = heading is not None
    return found


def spans(text: str) -> list[Span]:
    """``text`` cut at its ``**bold**`` parts and at its line breaks, each of which is a span of its own."""
    found = []
    for index, part in enumerate(re.split(r'\*\*(.+?)\*\*', text)):
        for piece in re.split(r'(\n)', part):
            if piece:
                found.append(Span(piece, bold=bool(index % 2)))
    return found
