"""Boxed expressions besides the table: literal, context, list, relation, invocation, function, choice.

Each has ``names`` (what it reads from outside), ``calls`` (the functions that it needs from outside),
``codes()`` (every expression in it), ``listings()`` for a page, and ``work(scope, functions, steps)``: what
it comes to. ``Broken`` names the place when that fails; tables on the way leave their rows in ``steps``.
"""
from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from engine.decision.kind import ANY, Kind, say
from engine.decision.listing import Line, Listing
from engine.decision.outcome import Functions, NoRule, Scope, Steps
from engine.errors import Broken, Refused, listed, reason, said
from engine.expression import Code, ExpressionError

_ADVICE = said('请流程管理员改正决策文件后重试。')


class Logic(Protocol):
    """What can be worked out: a table or one of the boxes below."""

    id: str
    name: str

    @property
    def names(self) -> frozenset[str]:
        """What it reads from outside."""

    @property
    def calls(self) -> frozenset[str]:
        """The functions that it needs from outside."""

    def codes(self) -> Iterator[Code]:
        """Every expression in it."""

    def listings(self) -> Iterator[Listing]:
        """How a page shows it."""

    def work(self, scope: Scope, functions: Functions, steps: Steps) -> Any:
        """What it comes to."""


@dataclass(frozen=True)
class Literal:
    """One expression. ``code`` is None where the reader refused it."""

    id: str
    name: str
    text: str
    code: Code | None
    kind: Kind = ANY

    @property
    def names(self) -> frozenset[str]:
        """What it reads."""
        return self.code.names if self.code else frozenset()

    @property
    def calls(self) -> frozenset[str]:
        """The functions that it calls."""
        return self.code.calls if self.code else frozenset()

    def codes(self) -> Iterator[Code]:
        """The expression."""
        yield from filter(None, (self.code,))

    def listings(self) -> Iterator[Listing]:
        """A table of one line."""
        yield _plain(self, [(self.name, self.text)])

    def work(self, scope: Scope, functions: Functions, steps: Steps) -> Any:
        """Its value as its type wants it."""
        if self.code is None:
            raise Broken(said('“{name}”的表达式写得不对', name=self.name), expression=self.text, advice=_ADVICE)
        try:
            return self.kind.taken(self.code.evaluate(scope, functions))
        except (ExpressionError, ValueError) as error:
            asked = {name: scope.get(name) for name in sorted(self.code.names)}
            raise Broken(said('“{name}”：{cause}', name=self.name, cause=reason(error)), expression=self.text,
                         values=asked, advice=_ADVICE) from error


class _Parts:
    """What a box of several expressions says of itself: what all of them say."""

    parts: Sequence[Logic]

    @cached_property
    def names(self) -> frozenset[str]:
        """What any of them reads."""
        return frozenset().union(*(part.names for part in self.parts))

    @cached_property
    def calls(self) -> frozenset[str]:
        """What any of them calls."""
        return frozenset().union(*(part.calls for part in self.parts))

    def codes(self) -> Iterator[Code]:
        """Every expression in them."""
        for part in self.parts:
            yield from part.codes()

    def listings(self) -> Iterator[Listing]:
        """One table after the other; neighbouring lines together."""
        lines: list[tuple[str, str]] = []
        for part in self.parts:
            if isinstance(part, Literal):
                lines.append((part.name, part.text))
                continue
            if lines:
                yield _plain(self, lines)
                lines = []
            yield from part.listings()
        if lines:
            yield _plain(self, lines)


@dataclass(frozen=True)
class Listed(_Parts):
    """A list of expressions."""

    id: str
    name: str
    parts: tuple[Logic, ...]

    def work(self, scope: Scope, functions: Functions, steps: Steps) -> list[Any]:
        """Their values in their order."""
        return [part.work(scope, functions, steps) for part in self.parts]


@dataclass(frozen=True)
class Relation(_Parts):
    """Rows of expressions under named columns: a list of contexts."""

    id: str
    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Logic, ...], ...]

    @cached_property
    def parts(self) -> tuple[Logic, ...]:
        """Every cell."""
        return tuple(cell for row in self.rows for cell in row)

    def work(self, scope: Scope, functions: Functions, steps: Steps) -> list[dict[str, Any]]:
        """A context for each row."""
        return [{name: cell.work(scope, functions, steps) for name, cell in zip(self.columns, row)}
                for row in self.rows]


@dataclass(frozen=True)
class Choice(_Parts):
    """``if``, ``then``, ``else`` in boxes."""

    id: str
    name: str
    parts: tuple[Logic, Logic, Logic]

    def work(self, scope: Scope, functions: Functions, steps: Steps) -> Any:
        """The one or the other; nothing (null) is not true."""
        asked, then, other = self.parts
        answer = asked.work(scope, functions, steps)
        if not isinstance(answer, (bool, type(None))):
            raise Broken(said('“{name}”的条件要是真或假，现在是{value}', name=self.name, value=say(answer)), advice=_ADVICE)
        return (then if answer else other).work(scope, functions, steps)


@dataclass(frozen=True)
class Entry:
    """One line of a context: what it is called, its type, what it comes to; a function is only kept."""

    name: str
    logic: 'Logic | Function'
    kind: Kind = ANY


@dataclass(frozen=True)
class Context(_Parts):
    """Named expressions, each of which sees those before it; with a ``result``, that is what it comes to."""

    id: str
    name: str
    entries: tuple[Entry, ...]
    result: 'Logic | None' = None

    @cached_property
    def parts(self) -> tuple[Any, ...]:
        """Every expression."""
        return (*(entry.logic for entry in self.entries), *filter(None, (self.result,)))

    @cached_property
    def names(self) -> frozenset[str]:
        """What is read from outside: of its own entries only what stands above."""
        return self._outside(lambda part: part.names)

    @cached_property
    def calls(self) -> frozenset[str]:
        """What is called from outside."""
        return self._outside(lambda part: part.calls)

    def _outside(self, asked: Callable[[Any], frozenset[str]]) -> frozenset[str]:
        found, above = set(), set()
        for entry in self.entries:
            found |= asked(entry.logic) - above
            above.add(entry.name)
        return frozenset(found | (asked(self.result) - above if self.result else set()))

    def work(self, scope: Scope, functions: Functions, steps: Steps) -> Any:
        """The result, else the context of all entries that are no functions."""
        known: dict[str, Any] = {}
        own: dict[str, Callable[..., Any]] = {}
        seen, called = ChainMap(known, scope), ChainMap(own, functions)
        for entry in self.entries:
            if isinstance(entry.logic, Function):
                own[entry.name] = entry.logic.bound(dict(known), scope, dict(called), steps)
                continue
            try:
                known[entry.name] = entry.kind.taken(entry.logic.work(seen, called, steps))
            except ValueError as error:
                raise Broken(said('“{name}”的“{entry}”{cause}', name=self.name, entry=entry.name, cause=reason(error)),
                             advice=_ADVICE) from error
        return self.result.work(seen, called, steps) if self.result else known


@dataclass(frozen=True)
class Function(_Parts):
    """A body with formal parameters: (name, type)."""

    id: str
    name: str
    parameters: tuple[tuple[str, Kind], ...]
    body: Logic

    @cached_property
    def parts(self) -> tuple[Logic, ...]:
        """Its body."""
        return (self.body,)

    @cached_property
    def names(self) -> frozenset[str]:
        """What the body reads besides the parameters."""
        return self.body.names - {name for name, _ in self.parameters}

    def bound(self, known: Mapping[str, Any], scope: Scope, functions: Functions,
              steps: Steps) -> Callable[..., Any]:
        """The function to be called, by place or by name, in the world where it stands.

        It raises ``Refused`` for wrong arguments, and ``ExpressionError`` or
        ``Broken`` as its body does.
        """
        def called(*given: Any, **named: Any) -> Any:
            return self._called(given, named, ChainMap(dict(known), scope), functions, steps)
        return called

    def _called(self, given: Sequence[Any], named: Mapping[str, Any], scope: Scope, functions: Functions,
                steps: Steps) -> Any:
        steps.call(self.name)
        asked = [name for name, _ in self.parameters]
        values = {**dict(zip(asked, given)), **named}
        if len(given) + len(named) != len(asked) or values.keys() != set(asked):
            raise Refused('“{name}”要{count}个参数：{names}', name=self.name, count=len(asked), names=listed(asked))
        try:
            taken = {name: kind.taken(values[name]) for name, kind in self.parameters}
        except ValueError as error:
            raise Refused('“{name}”的参数{cause}', name=self.name, cause=reason(error)) from None
        return self.body.work(ChainMap(taken, scope), functions, steps)


@dataclass(frozen=True)
class Invocation(_Parts):
    """A call of a knowledge model or function, its parameters bound by name."""

    id: str
    name: str
    function: str
    bindings: tuple[tuple[str, Logic], ...]

    @cached_property
    def parts(self) -> tuple[Logic, ...]:
        """What the parameters are bound to."""
        return tuple(logic for _, logic in self.bindings)

    @cached_property
    def calls(self) -> frozenset[str]:
        """The function itself, and what the bindings call."""
        return frozenset({self.function}).union(*(part.calls for part in self.parts))

    def work(self, scope: Scope, functions: Functions, steps: Steps) -> Any:
        """What the function answers."""
        given = {name: logic.work(scope, functions, steps) for name, logic in self.bindings}
        function = functions.get(self.function)
        if function is None:
            raise Broken(said('“{name}”调用的“{function}”不存在', name=self.name, function=self.function), values=given,
                         advice=_ADVICE)
        try:
            return function(**given)
        except (NoRule, Broken):
            raise
        except (Refused, TypeError, ValueError) as error:
            raise Broken(said('“{name}”：{cause}', name=self.name, cause=reason(error)), values=given,
                         advice=_ADVICE) from error


def invocations(logic: Any) -> Iterator[Invocation]:
    """The invocations in an expression, at whatever depth."""
    if isinstance(logic, Invocation):
        yield logic
    for part in getattr(logic, 'parts', ()):
        yield from invocations(part)


def _plain(box: Any, lines: list[tuple[str, str]]) -> Listing:
    rows = [Line(number, f'{box.id}_{number}', [name], [text], [])
            for number, (name, text) in enumerate(lines, 1)]
    return Listing(box.id, box.name, '', [said('名称')], [said('表达式')], [], rows, [''])
