"""What a decision answers, and on what ground: the rows that applied, decision by decision."""
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.decision.kind import asked
from engine.errors import Broken, Refused, said

Functions = Mapping[str, Callable[..., Any]]
Scope = Mapping[str, Any]
_MOST_CALLS = 5_000
_MOST_KEPT = 100
_LONGEST, _MOST_ITEMS = 200, 20


class NoRule(Refused):
    """No row of the table fits. ``inputs`` are the values that it was asked with, by the column's label."""

    def __init__(self, table: str, inputs: Mapping[str, Any]) -> None:
        self.inputs = dict(inputs)
        super().__init__('决策表“{table}”没有一行适用：{said}。请给这种情况补一行。', table=table, said=asked(inputs))


@dataclass(frozen=True)
class Hit:
    """A row that applied: its id, its note, its number, and by column those cells that asked for something."""

    id: str
    note: str
    number: int
    cells: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What a decision answers: outputs by name, and the rows they come from (none where defaults stand in).

    ``inputs`` are the values that the columns were asked with, by label; ``value`` is the answer as another
    decision sees it: one output's value, a context of several, a list of these where rows are collected.
    ``needed`` are the answers of the decisions and knowledge models that were asked on the way, in order.
    """

    values: dict[str, Any]
    rules: list[Hit]
    inputs: dict[str, Any] = field(default_factory=dict)
    value: Any = None
    needed: list['Step'] = field(default_factory=list)

    @property
    def told(self) -> dict[str, Any]:
        """The answer and its grounds for the trail, which keeps the beginning of long values only."""
        told = {'values': self.values, 'rules': self.rules, 'inputs': brief(self.inputs), 'needed': self.needed}
        return {name: part for name, part in told.items() if part or name in ('values', 'rules')}


class Steps(list):
    """The steps of one outcome as they are taken: bounded, for knowledge models that call each other."""

    calls = 0

    def call(self, name: str) -> None:
        """One more call of a function; raises ``Broken`` when there are too many."""
        self.calls += 1
        if self.calls > _MOST_CALLS:
            raise Broken(said('“{name}”被调用了超过{most}次', name=name, most=_MOST_CALLS),
                         advice='请流程管理员改正决策文件后重试。')

    def take(self, step: 'Step') -> None:
        """Keep the step for the trail; of the same model asked again and again the first hundred do."""
        if len(self) < _MOST_KEPT:
            self.append(Step(step.id, step.name, brief(step.value), step.rules, brief(step.inputs)))


@dataclass(frozen=True)
class Step:
    """What one decision or knowledge model answered on the way to another's outcome."""

    id: str
    name: str
    value: Any
    rules: list[Hit]
    inputs: dict[str, Any]


def brief(value: Any) -> Any:
    """A value as the trail keeps it among the grounds: of long texts and lists the beginning."""
    if isinstance(value, str):
        return value if len(value) <= _LONGEST else value[:_LONGEST] + '…'
    if isinstance(value, list):
        return [brief(one) for one in value[:_MOST_ITEMS]] + ['…'] * (len(value) > _MOST_ITEMS)
    return {name: brief(one) for name, one in value.items()} if isinstance(value, Mapping) else value
