"""How an expression is refused when it is read, and how it says that it could not be worked out."""
from typing import Any

from engine.errors import Refused, listed, said

SHOWN = 80


class ExpressionError(Refused):
    """The text is no expression of ours. ``position`` is the character where it goes wrong (1 = the first),
    ``line`` its line, ``suggestion`` the way to put it right."""

    def __init__(self, problem: str, *, text: str = '', at: int = 0, suggestion: str = '',
                 **values: object) -> None:
        short = shorten(text)
        self.expression, self.position = text, at + 1
        self.suggestion = said(suggestion, expression=short, **values) if suggestion else ''
        self.line, column = text.count('\n', 0, at) + 1, at - text.rfind('\n', 0, at)
        spot = (said('第{line}行第{column}个字', line=self.line, column=column) if '\n' in text.strip() else
                said('第{column}个字', column=column))
        told = said(problem, expression=short, **values)
        super().__init__('表达式“{expression}”{spot}：{told}', expression=short, spot=spot,
                         told=listed((told, self.suggestion), '。') if suggestion else told)


class ExpressionFailed(ExpressionError):
    """The expression is sound, but could not be worked out with these values. ``cause`` says why."""

    def __init__(self, cause: str, expression: str, /, **values: object) -> None:
        short = shorten(expression)
        told = said(cause, expression=short, **values)
        Refused.__init__(self, '表达式“{expression}”算不出来：{told}', expression=short, told=told)
        self.expression, self.cause = expression, told
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
        return said('空值')
    if isinstance(value, bool):
        return said('真假值 {value}', value='true' if value else 'false')
    if isinstance(value, str):
        return said('文字“{text}”', text=shorten(value)[:40])
    if isinstance(value, (int, float)):
        return said('数字 {value}', value=str(value))
    return said('列表') if isinstance(value, list) else said('对象') if isinstance(value, dict) else type(value).__name__
