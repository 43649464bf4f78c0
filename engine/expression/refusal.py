"""How an expression is refused when it is read, and how it says that it could not be worked out."""
from typing import Any

from engine.errors import Refused

SHOWN = 80


class ExpressionError(Refused):
    """The text is no expression of ours. ``position`` is the character where it goes wrong (1 = the first),
    ``line`` its line, ``suggestion`` the way to put it right."""

    def __init__(self, problem: str, *, text: str = '', at: int = 0, suggestion: str = '',
                 **values: object) -> None:
        self.expression, self.position, self.suggestion = text, at + 1, suggestion.format(**values)
        self.line, column = text.count('\n', 0, at) + 1, at - text.rfind('\n', 0, at)
        place = '第{line}行第{column}个字' if '\n' in text.strip() else '第{column}个字'
        super().__init__(f'表达式“{{expression}}”{place}：{problem}' + (f'。{suggestion}' if suggestion else ''),
                         expression=shorten(text), line=self.line, column=column, **values)


class ExpressionFailed(ExpressionError):
    """The expression is sound, but could not be worked out with these values. ``cause`` says why."""

    def __init__(self, cause: str, expression: str, /, **values: object) -> None:
        Refused.__init__(self, '表达式“{expression}”算不出来：' + cause, expression=shorten(expression), **values)
        self.expression, self.cause = expression, cause.format(**values)
        self.position, self.line, self.suggestion = 1, 1, ''


class MissingName(ExpressionFailed):
    """The expression reads something that does not exist here. ``name`` is what it asked for."""

    def __init__(self, cause: str, expression: str, /, **values: object) -> None:
        super().__init__(cause, expression, **values)
        self.name = str(values['name'])


class UnknownFunction(MissingName):
    """The expression calls a function that does not exist here."""


class Stopped(Exception):
    """Inside the evaluator: the guard stops an operation. `Code` makes it an `ExpressionFailed`."""

    kind: type[ExpressionFailed] = ExpressionFailed

    def __init__(self, cause: str, /, **values: object) -> None:
        super().__init__(cause)
        self.cause, self.values = cause, values


class Missing(Stopped):
    """Inside the evaluator: no such name."""

    kind = MissingName


class Unknown(Stopped):
    """Inside the evaluator: no such function."""

    kind = UnknownFunction


def shorten(text: str) -> str:
    """As much of an expression as a sentence can bear, on one line."""
    text = ' '.join(text.split())
    return text if len(text) <= SHOWN else text[:SHOWN - 1] + '…'


def show(value: Any) -> str:
    """A value as a sentence names it: kind and content."""
    if value is None:
        return '空值'
    if isinstance(value, bool):
        return '真假值 ' + ('true' if value else 'false')
    if isinstance(value, str):
        return f'文字“{shorten(value)[:40]}”'
    if isinstance(value, (int, float)):
        return f'数字 {value}'
    return '列表' if isinstance(value, list) else '对象' if isinstance(value, dict) else type(value).__name__
