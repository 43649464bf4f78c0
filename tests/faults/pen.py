"""The pen that draws blocks one behind the other: nodes, flows and levels; what is awaited, and until when."""
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tests.faults.blocks import ELEMENT, VALUES, VARIABLES, Block
from tests.faults.graph import Condition, Flow, Node, Scope

_ENDING = ('userTask', 'serviceTask', 'scriptTask', 'receiveTask', 'subProcess', 'transaction', 'callActivity')
"""What a sub-process may end with where nothing leads on."""


@dataclass
class Loose:
    """A flow that has no target yet."""

    source: Node
    when: Condition | None = None
    default: bool = False


class Pen:
    """Draws blocks one behind the other: each takes the loose ends before it and gives those after it.

    ``joined``: a parallel join waits for the token that goes here, so that it must not get lost.
    """

    def __init__(self, begin: datetime) -> None:
        self.begin = begin
        self.processes: dict[str, Scope] = {}
        self.values: dict[str, Any] = {name: VALUES[0] for name in VARIABLES}
        self.scope, self.count, self.total, self.joined = Scope(''), 0, 0, False
        self.item = ''                                     # the variable of the nearest element that is seen here
        self.repeated: Block | None = None                 # what is drawn for each element of a collection

    def process(self, ident: str, block: Block) -> None:
        outer, count = self.scope, self.count
        self.processes[ident] = self.scope = Scope(ident)
        self.count = 0
        self._fill(block, True)
        self.scope, self.count = outer, count

    def inside(self, block: Block, end: bool) -> Scope:
        outer, self.scope = self.scope, Scope(self.scope.process)
        self._fill(block, end)
        outer, self.scope = self.scope, outer
        return outer

    def _fill(self, block: Block, end: bool) -> None:
        joined, self.joined = self.joined, False
        loose = self.draw(block, [Loose(self.node('startEvent'))])
        bare = all(one.source.kind in _ENDING and not one.when and not one.default for one in loose)
        if end or not bare:
            self.end(loose)
        self.joined = joined

    def node(self, kind: str, loose: list[Loose] = (), **facts: Any) -> Node:
        """A new node to which loose ends lead."""
        self.count += 1
        self.total += 1
        made = Node(f'{kind[0]}{self.count}', kind, **facts)
        self.scope.nodes.append(made)
        for one in loose:
            one.source.out.append(Flow(one.source, made, one.when, one.default))
            made.entries += 1
        return made

    def end(self, loose: list[Loose], event: str = '', ref: str = '') -> None:
        """An end event; every ninth plain one sends a message."""
        if loose and not event and self.total % 9 == 0:
            event, ref = 'message', f'o{self.total}'
        if loose:
            self.node('endEvent', loose, event=event, ref=ref)

    def draw(self, block: Block, loose: list[Loose]) -> list[Loose]:
        """A block behind loose ends; where nothing leads on, nothing is drawn."""
        return getattr(self, f'_{block.kind}')(block, loose) if loose else []

    def _one(self, loose: list[Loose]) -> list[Loose]:
        """Merged, where what follows would wait for all of them."""
        return [Loose(self.node('exclusiveGateway', loose))] if len(loose) > 1 else loose

    def _each_ends(self, ends: list[Loose]) -> list[Loose]:
        for one in ends:
            self.end([one])
        return []

    def _meant(self, when: Condition) -> Condition:
        """A condition about the element, where none is seen, is about a variable."""
        if when[0] != ELEMENT:
            return when
        return (self.item, f'x{when[1]}') if self.item else (VARIABLES[0], when[1])

    def _wait(self, node: Node, when: Condition | None = None) -> None:
        """Times that never fall together, names that nobody else has."""
        if node.event in ('timer', 'cycle'):
            node.span, node.rounds = 7200 + 613 * self.total, 2 if node.event == 'cycle' else 0
            node.event = 'timer'
        elif node.event == 'date':
            node.event, node.when = 'timer', self._meant(when)
            node.dates = tuple(self.begin + timedelta(seconds=9000 * (number + 1) + 617 * self.total)
                               for number in VALUES)
        elif node.event == 'message':
            node.ref = f'm{self.total}'
        elif node.event == 'conditional':
            node.when = self._meant(when)
