"""Where the tokens of a drawing rest, and what can be seen of them."""
from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.faults.graph import Drawing, Flow, Node, Scope

_HEARING = ('intermediateCatchEvent', 'receiveTask')
Seen = tuple[str, tuple[tuple[str, Any], ...]]
"""An element of a process, with the elements of the collections around it."""


class Values:
    """Variables as they are seen at a place: inside a called process (``closed``) nothing of what is outside.

    What is known inside is changed there; what is new stays in the innermost. What an instance or a called process
    knows is changed by nobody further inside.
    """

    def __init__(self, given: dict[str, Any], outer: Values | None = None, *, closed: bool = False) -> None:
        self.own, self.outer, self.closed = dict(given), outer, closed

    def __getitem__(self, name: str) -> Any:
        if name in self.own:
            return self.own[name]
        if self.closed or self.outer is None:
            raise KeyError(name)
        return self.outer[name]

    def __setitem__(self, name: str, value: Any) -> None:
        where = self
        while where.outer is not None and (where is self or not where.closed):
            if name in where.own:
                where.own[name] = value
                return
            if where.closed:
                break
            where = where.outer
        self.own[name] = value

    def local(self) -> dict[str, Any]:
        """What is seen because of the insides around a place: everything but the instance's own."""
        if self.outer is None:
            return {}
        return {**({} if self.closed else self.outer.local()), **self.own}

    def everything(self) -> dict[str, Any]:
        """All that can be seen."""
        return {**({} if self.closed or self.outer is None else self.outer.everything()), **self.own}

    def around(self) -> dict[str, Any]:
        """All that is inside anything, seen or not."""
        if self.outer is None:
            return {}
        return {**self.outer.around(), **self.own}


@dataclass(eq=False)
class Clock:
    """A timer that is armed: of a catch event, of a boundary event on a place, or of an event sub-process."""

    node: Node
    due: datetime | None
    left: int = 0


@dataclass(eq=False)
class Place:
    """A token that rests."""

    node: Node
    frame: Frame
    values: Values
    flow: Flow | None = None                               # before a join: where it came from
    clocks: list[Clock] = field(default_factory=list)
    heard: list[Node] = field(default_factory=list)        # the boundary events that listen
    frames: list[Frame] = field(default_factory=list)
    outer: Place | None = None                             # of a copy: the multi-instance activity
    copies: list[Place] = field(default_factory=list)      # of a multi-instance activity: those at work,
    left: list[Any] = field(default_factory=list)          # the elements of those to come,
    results: dict[Any, Any] = field(default_factory=dict)  # and what those said that are done
    since: datetime | None = None                          # when it began to wait
    rivals: list[Place] = field(default_factory=list)      # behind an event gateway
    rounds: int = 0                                        # of a loop
    true: set[Node] = field(default_factory=set)           # the conditions that are true already
    then: tuple[Callable[..., None], tuple] | None = None  # of a job: what goes on


@dataclass(eq=False)
class Frame:
    """The run of a scope. ``owner`` is the place whose inside it is; ``watch`` listens for its event sub-processes."""

    scope: Scope
    values: Values
    owner: Place | None = None
    places: list[Place] = field(default_factory=list)
    watch: Place | None = None


class Board:
    """The tokens of one instance.

    `passed` counts the elements that were left since it was last emptied, `rang` the timers; `sent` are its messages.
    """

    def __init__(self, drawing: Drawing, now: datetime) -> None:
        self.drawing = drawing
        self.root = Frame(drawing.processes['p'], Values(drawing.values))
        self.now = now
        self.passed: Counter[str] = Counter()
        self.rang: Counter[str] = Counter()
        self.sent: list[str] = []

    @property
    def values(self) -> dict[str, Any]:
        """The instance's own variables."""
        return self.root.values.own

    @property
    def open(self) -> Counter[Seen]:
        """The tasks that wait for somebody."""
        return Counter(self.seen_at(place, place.node) for place in self.places() if self.is_open(place))

    def told_apart(self) -> list[Seen]:
        """The open tasks that are the only ones of their kind, or as good as the others."""
        found: dict[Seen, list[Place]] = {}
        for place in self.places():
            if self.is_open(place):
                found.setdefault(self.seen_at(place, place.node), []).append(place)
        return [seen for seen, places in sorted(found.items(), key=lambda one: one[0])
                if len({place.outer or place for place in places}) == 1]

    @property
    def local(self) -> Counter:
        """The variables that are seen at open tasks because of what is around them."""
        found = ((place, place.frame.scope.process) for place in self.places() if self.is_open(place))
        return Counter((self.seen_at(place, place.node), self.drawing.told(process, place.values.local()))
                       for place, process in found)

    @property
    def armed(self) -> Counter[tuple[str, datetime]]:
        """The timers that are armed, with the moment that they are due."""
        return Counter((self.name(place.frame, clock.node), clock.due) for place in self.places()
                       for clock in place.clocks if clock.due)

    @property
    def hears(self) -> set[str]:
        """The messages that are awaited."""
        return {node.ref for _, node in self.listening('message')}

    def waits_alone(self, message: str) -> bool:
        """Whether nothing that waits for a message stands in an instance that another one called."""
        waiting = [place.frame for place, node in self.listening('message') if node.ref == message]
        while waiting:
            owner = waiting.pop().owner
            if owner is not None:
                if owner.node.kind == 'callActivity' and owner.node.several:
                    return False
                waiting.append(owner.frame)
        return True

    @property
    def done(self) -> bool:
        """Whether no token is left."""
        return not self.root.places

    def seen_at(self, place: Place, node: Node) -> Seen:
        items = {name: value for name, value in place.values.around().items() if name.startswith('item')}
        return self.name(place.frame, node), tuple(sorted(items.items()))

    @staticmethod
    def name(frame: Frame, node: Node) -> str:
        return f'{frame.scope.process}.{node.id}'

    @staticmethod
    def is_open(place: Place) -> bool:
        return place.node.kind == 'userTask' and (place.outer is not None or not place.node.several)

    def places(self) -> Iterator[Place]:
        """Everything that rests, listening places first within their frame."""
        todo = [self.root]
        for frame in todo:
            inside = [*([frame.watch] if frame.watch and frame.places else []), *frame.places]
            for place in inside:
                yield place
                inside += place.copies
                todo += place.frames

    def listening(self, event: str) -> list[tuple[Place, Node]]:
        found = [(place, node) for place in self.places() for node in place.heard if node.event == event]
        return found + [(place, place.node) for place in self.places() if place.node.event == event
                        and place.node.kind in _HEARING and (place.outer is not None or not place.node.several)]
