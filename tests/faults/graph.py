"""A drawn diagram as a graph: what the reference interpreter goes by, and what the file is written from."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Condition = tuple[str, int | str]
FRAMES = ('subProcess', 'transaction')


@dataclass(eq=False)
class Node:
    """An element.

    ``ref`` is the name of its message or signal, the code of its error or escalation, or the id of the called process;
    ``span`` seconds are a timer's, or of its ``dates`` the one that the variable of ``when`` chooses; ``rounds`` those
    of a cycle; ``when`` is the condition of an event or a loop;
    ``counter`` is the variable that a script counts up. A multi-instance activity (``several``, and not ``loops``) goes
    over the ``items`` of the text in ``counter``, each in ``item``, or as often as ``cardinality`` says; after
    ``until`` of them it is done; ``output`` gathers the elements of those done. A call hands in the variables in
    ``maps_in`` and gives back those in ``maps_out`` under other names, None: all. Where ``before`` it or ``after`` it
    stands a job (``jobs``), the token rests, and goes on with the next step. A script or an action ``throws`` an error
    or escalation of this code when ``when`` holds.
    """

    id: str
    kind: str
    event: str = ''
    ref: str = ''
    span: int = 0
    rounds: int = 0
    when: Condition | None = None
    host: Node | None = None
    stops: bool = True
    out: list[Flow] = field(default_factory=list)
    entries: int = 0
    guards: list[Node] = field(default_factory=list)
    inside: Scope | None = None
    triggered: bool = False
    several: bool = False
    loops: bool = False
    most: int = 0
    before: bool = False
    sequential: bool = False
    cardinality: bool = False
    until: int = 0
    item: str = ''
    items: list[str] = field(default_factory=list)
    output: str = ''
    counter: str = ''
    maps_in: tuple[str, ...] | None = None
    maps_out: dict[str, str] | None = None
    partner: Node | None = None
    jobs: tuple[str, ...] = ()
    throws: tuple[str, str] | None = None
    dates: tuple[datetime, ...] = ()

    @property
    def rings(self) -> bool:
        """Whether it is a timer."""
        return bool(self.span or self.dates)


@dataclass(eq=False)
class Flow:
    """A sequence flow; ``default`` is taken when no condition holds."""

    source: Node
    target: Node
    when: Condition | None = None
    default: bool = False


@dataclass(eq=False)
class Scope:
    """The inside of a process or sub-process."""

    process: str
    nodes: list[Node] = field(default_factory=list)

    @property
    def start(self) -> Node:
        """Where it begins."""
        return next(node for node in self.nodes if node.kind == 'startEvent')

    def everything(self) -> Iterator[Node]:
        """The nodes here and in sub-processes."""
        for node in self.nodes:
            yield node
            if node.kind in FRAMES:
                yield from node.inside.everything()


@dataclass
class Drawing:
    """What was drawn: processes by id, the values they begin with, and the files of the bundle."""

    processes: dict[str, Scope]
    values: dict[str, Any]
    files: dict[str, bytes]

    def told(self, process: str, values: dict[str, Any]) -> str:
        """Values seen in a process, without the counters of others: chance decides how far these were when it began."""
        others = {node.counter for ident, scope in self.processes.items() if ident != process
                  for node in scope.everything() if node.kind == 'scriptTask'}
        return str(sorted((name, value) for name, value in values.items() if name not in others))
