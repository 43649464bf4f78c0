"""An expression that has been read: what it asks for, and how it is worked out."""
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Literal, NoReturn

from engine.expression import tree
from engine.expression.feel_grammar import Feel
from engine.expression.feel_name import odd
from engine.expression.grammar import Grammar
from engine.expression.guard import text_of
from engine.expression.lexer import words
from engine.expression.library import BUILTINS as LIBRARY
from engine.expression.refusal import ExpressionError, Missing, Stopped
from engine.expression.script import Script
from engine.expression.unary import Cell, Test

Mode = Literal['value', 'script', 'unary']
BUILTINS = frozenset(LIBRARY)
NONE: Mapping[str, Any] = MappingProxyType({})
KEPT = 4_096


class Code:
    """A value, a script or a decision table's cell. Never changes; may be shared between threads.

    ``names`` it reads from the scope, ``loose`` perhaps (in a FEEL filter, whose items may have them); ``calls``
    are the host's functions that it needs (ours not counted), ``counts`` each with how many arguments it is given,
    ``sets`` what a script may set; ``tests`` and ``negated`` describe a cell.
    """

    __slots__ = ('text', 'mode', 'names', 'calls', 'sets', 'tests', 'negated', 'loose', 'counts', '_run')

    def __init__(self, text: str, mode: Mode, start: int, end: int, feel: bool = False,
                 known: frozenset[str] = frozenset()) -> None:
        self.text, self.mode = text, mode
        self.tests: tuple[Test, ...] = ()
        self.negated, self.sets, self.loose = False, frozenset[str](), frozenset[str]()
        found = words(text, start, end, lines=mode == 'script', feel=feel, odd=odd(known))
        if mode == 'script':
            grammar: Grammar = (script := Script(text, found))
            self._run, self.sets = tree.procedure_of(script.statements()), frozenset(script.set)
        elif mode == 'unary':
            grammar = cell = Cell(text, found, known)
            node = cell.whole()
            self.tests, self.negated = tuple(cell.tests), cell.negated
            plain = all(test.kind != 'other' for test in self.tests)
            self._run = self._when_asked(start, end, known) if plain else tree.function_of(node)
        else:
            grammar = Feel(text, found, known) if feel else Grammar(text, found)
            self._run = tree.function_of(grammar.whole())
        if isinstance(grammar, Feel):
            self.loose = frozenset(grammar.loose)
        self.names, self.calls = frozenset(grammar.names), frozenset(grammar.calls) - BUILTINS
        self.counts = frozenset(grammar.counts)

    def evaluate(self, scope: Mapping[str, Any] = NONE, functions: Mapping[str, Any] = NONE,
                 value: Any = None) -> Any:
        """What it comes to; of a cell: whether `value` meets it. The scope may work its items out when asked.

        :raises MissingName: the scope has no such item.
        :raises ExpressionFailed: it cannot be worked out; the sentence says why and names the values.
        """
        return self._carried_out(scope, functions, value)

    def say(self, scope: Mapping[str, Any] = NONE, functions: Mapping[str, Any] = NONE) -> str:
        """What it comes to, as a sentence has it: null is nothing, 2.0 is 2, a list has commas."""
        try:
            return text_of(self._carried_out(scope, functions, None))
        except Stopped as stopped:
            self._fail(stopped, functions)

    def run(self, scope: Mapping[str, Any] = NONE, functions: Mapping[str, Any] = NONE) -> dict[str, Any]:
        """Carry the script out: what it set. The scope is only read.

        :raises ExpressionFailed: as `evaluate`; names the line.
        """
        assigned: dict[str, Any] = {}
        self._carried_out(scope, functions, assigned)
        return assigned

    def _when_asked(self, start: int, end: int, known: frozenset[str]) -> Callable[..., Any]:
        """For a plain cell, of which a large table has thousands and asks few: read once more when it is first asked."""
        def first(*given: Any) -> Any:
            cell = Cell(self.text, words(self.text, start, end, feel=True, odd=odd(known)), known)
            self._run = tree.function_of(cell.whole())
            return self._run(*given)
        return first

    def _carried_out(self, scope: Mapping[str, Any], functions: Mapping[str, Any], third: Any) -> Any:
        try:
            return self._run(scope, functions, third)
        except Stopped as stopped:
            self._fail(stopped, functions)
        except RecursionError:
            self._fail(Stopped('套得太深'), functions)
        except ArithmeticError as error:                           # the scope has a number beyond all floats
            self._fail(Stopped('数字太大').with_traceback(error.__traceback__), functions)

    def _fail(self, stopped: Stopped, functions: Mapping[str, Any]) -> NoReturn:
        cause, values = stopped.cause, stopped.values
        if type(stopped) is Missing and values['name'] in functions:
            cause = '“{name}”是函数，要写成 {name}()'
        raise stopped.kind(cause, self._line(stopped), **values) from stopped

    def _line(self, stopped: Stopped) -> str:
        """The text, or the line of the script that was being carried out."""
        if self.mode != 'script':
            return self.text
        place = stopped.__traceback__
        while place is not None and place.tb_frame.f_code.co_filename != tree.FILE:
            place = place.tb_next
        return self.text.split('\n')[place.tb_lineno - 1] if place is not None else self.text

    def __repr__(self) -> str:
        return f'Code({self.text!r}, {self.mode!r})'


@lru_cache(maxsize=KEPT)
def compile(text: str, mode: Mode = 'value') -> Code:
    """Read `text` once and keep it. ``${…}`` or ``#{…}`` around it and FEEL's ``=`` in front are taken off.

    :raises ExpressionError: says what is wrong, at which character, and what to write instead.
    """
    if mode == 'unary':
        return feel(text, 'unary')
    if mode == 'script':                                             # its first line's indent matters
        return read(text, mode, 0, len(text))
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    if text.startswith('=', start) and not text.startswith('==', start):
        return feel(text)
    if text.startswith(('${', '#{'), start):
        last = closing(text, start)
        if last < 0:
            raise ExpressionError('“{sign}”没有结束', text=text, at=start, suggestion='请补上右花括号 }}',
                                  sign=text[start:start + 2])
        if last == end - 1:
            start, end = start + 2, end - 1
    return read(text, mode, start, max(start, end))


@lru_cache(maxsize=KEPT)
def feel(text: str, mode: Literal['value', 'unary'] = 'value', names: frozenset[str] = frozenset()) -> Code:
    """Read `text` as FEEL once and keep it: a value, or a decision table's cell. ``names`` are those of the
    caller's data that no other sign would tell to be one name, such as ``Applicant age``.

    :raises ExpressionError: says what is wrong, at which character, and what to write instead.
    """
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    if mode == 'value' and text.startswith('=', start) and not text.startswith('==', start):
        start += 1
    return read(text, mode, start, max(start, end), feel=True, known=names)


def read(text: str, mode: Mode, start: int, end: int, feel: bool = False,
         known: frozenset[str] = frozenset()) -> Code:
    """``text[start:end]`` as code; what is refused names places in the whole text."""
    try:
        return Code(text, mode, start, end, feel, known)
    except RecursionError:
        raise ExpressionError('套得太深', text=text, at=start, suggestion='请拆成几步') from None


def closing(text: str, opening: int) -> int:
    """Where the ``}`` is that closes the ``${`` at `opening`, or -1. Braces in quotes do not count."""
    depth, place, quote = 0, opening + 1, ''
    while place < len(text):
        sign = text[place]
        if quote:
            place += sign == '\\'
            quote = '' if sign == quote else quote
        elif sign in '"\'':
            quote = sign
        elif sign in '{}':
            depth += 1 if sign == '{' else -1
            if depth == 0:
                return place
        place += 1
    return -1

