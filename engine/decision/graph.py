"""The decisions of a file as they depend on each other: each is worked out once, what it needs first."""
from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from engine.decision.box import Context, Function, Logic
from engine.decision.kind import ANY, Kind
from engine.decision.listing import Listing
from engine.decision.outcome import Functions, Outcome, Scope, Step, Steps
from engine.decision.problem import Problem
from engine.decision.table import Output, Table
from engine.errors import Broken, reason, said
from engine.expression import Code


@dataclass(frozen=True)
class Knowledge:
    """A business knowledge model: a function under its ``name``, with the other models that it may call."""

    id: str
    name: str
    function: Function
    knowledge: tuple['Knowledge', ...] = ()

    @cached_property
    def names(self) -> frozenset[str]:
        """What it reads that is no parameter."""
        return self.function.names.union(*(one.names for one in self.knowledge))

    @cached_property
    def calls(self) -> frozenset[str]:
        """The functions that it needs from outside."""
        return _calls(self.function, self.knowledge)

    def bound(self, scope: Scope, functions: Functions, steps: Steps) -> Callable[..., Any]:
        """The function to be called; see `Function.bound`."""
        return self.function.bound({}, scope, _with(self.knowledge, scope, functions, steps), steps)


@dataclass(frozen=True)
class Decision:
    """One decision: its logic and what it requires. Never changes; may be shared between threads.

    ``variable`` is the name under which others read its answer; ``names`` and ``calls`` are its own, those of
    the decisions in ``requires`` not counted; ``problems`` is all that was found wrong with it.
    """

    id: str
    name: str
    logic: Logic
    variable: str = ''
    kind: Kind = ANY
    description: str = ''
    requires: tuple['Decision', ...] = ()
    knowledge: tuple[Knowledge, ...] = ()
    problems: tuple[Problem, ...] = field(default=(), repr=False)

    @property
    def table(self) -> Table | None:
        """The decision table; None where it is another expression."""
        return self.logic if isinstance(self.logic, Table) else None

    @cached_property
    def outputs(self) -> tuple[Output, ...]:
        """What it answers, by name."""
        if isinstance(self.logic, Table):
            return self.logic.outputs
        if self._of_entries:
            return tuple(Output(self.id, entry.name, entry.name, entry.kind) for entry in self.logic.entries
                         if not isinstance(entry.logic, Function))
        return (Output(self.id, self.name, self.variable, self.kind),)

    @cached_property
    def names(self) -> frozenset[str]:
        """What it reads, the answers of required decisions not counted."""
        own = self.logic.names.difference(*(one.called for one in self.requires))
        return own.union(*(one.names for one in self.knowledge))

    @cached_property
    def called(self) -> frozenset[str]:
        """The names by which decisions that require it know its answer: its own, and as Camunda has it the columns'."""
        return frozenset((self.variable, *(column.name for column in (self.table.outputs if self.table else ()))))

    def columns(self, answer: Any) -> dict[str, Any]:
        """The columns of an answer by name; where it has several rows, a list for each."""
        names = [column.name for column in self.table.outputs] if self.table else []
        if len(names) < 2:
            return dict.fromkeys(names, answer)
        several = isinstance(answer, list)
        return {name: [row[name] for row in answer] if several else answer[name] for name in names}

    @cached_property
    def calls(self) -> frozenset[str]:
        """The functions that it needs, its knowledge models not counted."""
        return _calls(self.logic, self.knowledge)

    @cached_property
    def all_names(self) -> frozenset[str]:
        """What it and the decisions that it requires read, their answers not counted."""
        return frozenset().union(*(one.names for one in self.order))

    @cached_property
    def all_calls(self) -> frozenset[str]:
        """The functions that it and the decisions that it requires need."""
        return frozenset().union(*(one.calls for one in self.order))

    def codes(self) -> Iterator[Code]:
        """Every expression in it and in its knowledge models."""
        yield from self.logic.codes()
        for one in self.knowledge:
            yield from one.function.codes()

    @cached_property
    def order(self) -> tuple['Decision', ...]:
        """The decisions that must be worked out, each once, what is needed first; the last is this one."""
        found: dict[str, Decision] = {}
        for one in self.requires:
            found |= {each.id: each for each in one.order}
        return (*found.values(), self)

    def decide(self, scope: Scope, functions: Functions) -> Outcome:
        """What the decision answers for these values, after the decisions that it requires.

        Raises ``NoRule`` when no row of a table fits, and ``Broken`` when something cannot be worked out; both
        name the table or expression, and the values. See `Table.decide`.
        """
        steps = Steps()
        outcome = self.answer(self._needed(scope, functions, steps), scope, functions, steps)
        return Outcome(outcome.values, outcome.rules, outcome.inputs, outcome.value, steps)

    def _needed(self, scope: Scope, functions: Functions, steps: Steps) -> dict[str, Any]:
        """The answers of the decisions that this one requires, by their ids."""
        known: dict[str, Any] = {}
        for one in self.order[:-1]:
            outcome = one.answer(known, scope, functions, steps)
            steps.take(Step(one.id, one.name, outcome.value, outcome.rules, outcome.inputs))
            known[one.id] = outcome.value
        return known

    def surroundings(self, scope: Scope, functions: Functions) -> tuple[Scope, Functions]:
        """What this decision's own logic reads and calls. :raises Broken: a decision before it cannot be worked out."""
        steps = Steps()
        return self._around(self._needed(scope, functions, steps), scope, functions, steps)

    def _around(self, known: Mapping[str, Any], scope: Scope, functions: Functions,
                steps: Steps) -> tuple[Scope, Functions]:
        if self.requires:
            scope = ChainMap({one.variable: known[one.id] for one in self.requires},
                             *(one.columns(known[one.id]) for one in self.requires), scope)
        return scope, _with(self.knowledge, scope, functions, steps)

    def answer(self, known: Mapping[str, Any], scope: Scope, functions: Functions,
               steps: Steps) -> Outcome:
        """The answer of this decision alone, those that it requires being ``known`` by their ids."""
        scope, functions = self._around(known, scope, functions, steps)
        if isinstance(self.logic, Table):
            outcome = self.logic.decide(scope, functions)
            return Outcome(outcome.values, outcome.rules, outcome.inputs, self._taken(outcome.value))
        value = self._taken(self.logic.work(scope, functions, steps))
        return Outcome(value if self._of_entries else {self.variable: value}, [], {}, value)

    def listings(self) -> Iterator[Listing]:
        """The decision for a page: its own table or lines, then those that it rests on."""
        for one in reversed(self.order):
            yield from one.logic.listings()
            for model in one.knowledge:
                yield from model.function.listings()

    @property
    def _of_entries(self) -> bool:
        """Whether each entry of its context is an output of its own."""
        whole = isinstance(self.logic, Context) and self.logic.result is None
        return whole and self.kind.base in ('any', 'context')

    def _taken(self, value: Any) -> Any:
        try:
            return self.kind.taken(value)
        except ValueError as error:
            raise Broken(said('决策“{name}”的结果{cause}', name=self.name, cause=reason(error)),
                         advice='请流程管理员改正决策文件后重试。') from error


@dataclass(frozen=True)
class Graph:
    """The decisions of a file by id. ``main`` is the one that the file stands for."""

    main: Decision
    decisions: Mapping[str, Decision]


def _calls(logic: Logic | Function, knowledge: tuple[Knowledge, ...]) -> frozenset[str]:
    own = logic.calls - {one.name for one in knowledge}
    return own.union(*(one.calls for one in knowledge))


def _with(knowledge: tuple[Knowledge, ...], scope: Scope, functions: Functions,
          steps: Steps) -> Functions:
    if not knowledge:
        return functions
    return ChainMap({one.name: one.bound(scope, functions, steps) for one in knowledge}, functions)
