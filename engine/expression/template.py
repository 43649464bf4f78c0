"""Texts with ``${…}`` parts: who is asked, what a message says, what an action gets."""
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from engine.expression.code import KEPT, NONE, Code, closing, read
from engine.expression.refusal import ExpressionError

OPENING = re.compile(r'[$#]\{')


class Template:
    """A text whose ``${…}`` are worked out each time. ``names``, ``calls`` and ``counts`` as those of `Code`."""

    __slots__ = ('text', 'parts', 'names', 'calls', 'counts')

    def __init__(self, text: str) -> None:
        self.text, self.parts = text, tuple(_parts(text))
        codes = [part for part in self.parts if isinstance(part, Code)]
        self.names = frozenset().union(*(code.names for code in codes))
        self.calls = frozenset().union(*(code.calls for code in codes))
        self.counts = frozenset().union(*(code.counts for code in codes))

    def render(self, scope: Mapping[str, Any] = NONE, functions: Mapping[str, Any] = NONE) -> str:
        """The text with its values: null is nothing, 2.0 is 2, lists have commas.

        :raises ExpressionFailed: a part cannot be worked out.
        """
        return ''.join(part if isinstance(part, str) else part.say(scope, functions) for part in self.parts)

    def value(self, scope: Mapping[str, Any] = NONE, functions: Mapping[str, Any] = NONE) -> Any:
        """The value itself where the text is exactly one ``${…}``, else as `render`."""
        if len(self.parts) == 1 and isinstance(self.parts[0], Code):
            return self.parts[0].evaluate(scope, functions)
        return self.render(scope, functions)

    def __repr__(self) -> str:
        return f'Template({self.text!r})'


@lru_cache(maxsize=KEPT)
def template(text: str) -> Template:
    """Read `text` once and keep it.

    :raises ExpressionError: a part is refused, or not closed.
    """
    return Template(text)


def _parts(text: str) -> list[str | Code]:
    whole = text.strip()
    if OPENING.match(whole) and closing(whole, 0) == len(whole) - 1:
        text = whole                                                # blanks around the only part mean nothing
    found: list[str | Code] = []
    done = 0
    while (opening := OPENING.search(text, done)) is not None:
        end = closing(text, opening.start())
        if end < 0:
            raise ExpressionError('“{sign}”没有结束', text=text, at=opening.start(), suggestion='请补上右花括号 }}',
                                  sign=opening[0])
        if opening.start() > done:
            found.append(text[done:opening.start()])
        found.append(read(text, 'value', opening.end(), end))
        done = end + 1
    return found + ([text[done:]] if done < len(text) else [])
