"""The token game as the standard tells it, played on a drawing: written for the tests, without a look at the engine.

A frame is one running process, sub-process or called process; a place is where a token rests in it: a task, a catch
event, an activity with frames of its own, or a flow before a join. Nothing here is fast, clever or shared.
"""
from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.faults.drawing import Drawing, Flow, Node, Scope

Seen = tuple[str, tuple[tuple[str, Any], ...]]
"""An element of a process, with the elements of the collections around it."""


class Values:
    """Variables as they are seen at a place: inside a called process (``closed``) nothing of what is outside.

    What is known inside is changed there; what is new stays in the innermost.
    """

    def __init__(self, given: dict[str, Any], outer: Values | None = None, closed: bool = False) -> None:
        self.own, self.outer, self.closed = dict(given), outer, closed

    def __getitem__(self, name: str) -> Any:
        if name in self.own:
            return self.own[name]
        if self.closed or self.outer is None:
            raise KeyError(name)
        return self.outer[name]

    def __setitem__(self, name: str, value: Any) -> None:
        where = self
        while where.outer is not None:
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
        return {**self.outer.around(), **self.own} if self.outer is not None else {}


@dataclass(eq=False)
class Clock:
    """A timer that is armed: of a catch event, of a boundary event on a place, or of an event sub-process."""

    node: Node
    due: datetime
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
    rivals: list[Place] = field(default_factory=list)      # behind an event gateway


@dataclass(eq=False)
class Frame:
    """The run of a scope. ``owner`` is the place whose inside it is; ``watch`` listens for its event sub-processes."""

    scope: Scope
    values: Values
    owner: Place | None = None
    places: list[Place] = field(default_factory=list)
    watch: Place | None = None


class Reference:
    """One instance. `passed` counts the elements that were left since it was last emptied, `rang` the timers; `sent`
    are its messages."""

    def __init__(self, drawing: Drawing, now: datetime) -> None:
        self.root = Frame(drawing.processes['p'], Values(drawing.values))
        self.now = now
        self.passed: Counter[str] = Counter()
        self.rang: Counter[str] = Counter()
        self.sent: list[str] = []
        self.moving: deque[tuple[Callable[..., None], tuple]] = deque()
        self._begin(self.root)
        self._settle()

    # -- what can be seen --------------------------------------------------------------------------------------------
    @property
    def values(self) -> dict[str, Any]:
        """The instance's own variables."""
        return self.root.values.own

    @property
    def open(self) -> Counter[Seen]:
        """The tasks that wait for somebody."""
        return Counter(self._seen(place, place.node) for place in self._places() if self._is_open(place))

    def told_apart(self) -> list[Seen]:
        """The open tasks that are the only ones of their kind, or as good as the others."""
        found: dict[Seen, list[Place]] = {}
        for place in self._places():
            if self._is_open(place):
                found.setdefault(self._seen(place, place.node), []).append(place)
        return [seen for seen, places in sorted(found.items(), key=lambda one: one[0])
                if len({place.outer or place for place in places}) == 1]

    @property
    def local(self) -> Counter:
        """The variables that are seen at open tasks because of what is around them."""
        return Counter((self._seen(place, place.node), str(sorted(place.values.local().items())))
                       for place in self._places() if self._is_open(place))

    @property
    def armed(self) -> Counter[tuple[Seen, datetime]]:
        """The timers that are armed, with the moment that they are due."""
        return Counter((self._seen(place, clock.node), clock.due) for place in self._places() for clock in place.clocks)

    @property
    def hears(self) -> set[str]:
        """The messages that are awaited."""
        return {node.ref for _, node in self._listening('message')}

    @property
    def done(self) -> bool:
        """Whether no token is left."""
        return not self.root.places

    def _seen(self, place: Place, node: Node) -> Seen:
        items = {name: value for name, value in place.values.around().items() if name.startswith('item')}
        return self._name(place.frame, node), tuple(sorted(items.items()))

    @staticmethod
    def _name(frame: Frame, node: Node) -> str:
        return f'{frame.scope.process}.{node.id}'

    @staticmethod
    def _is_open(place: Place) -> bool:
        return place.node.kind == 'userTask' and (place.outer is not None or not place.node.several)

    def _places(self) -> Iterator[Place]:
        """Everything that rests, listening places first within their frame."""
        todo = [self.root]
        for frame in todo:
            inside = [*([frame.watch] if frame.watch and frame.places else []), *frame.places]
            for place in inside:
                yield place
                inside += place.copies
                todo += place.frames

    def _listening(self, event: str) -> list[tuple[Place, Node]]:
        found = [(place, node) for place in self._places() for node in place.heard if node.event == event]
        return found + [(place, place.node) for place in self._places() if place.node.event == event
                        and place.node.kind in _HEARING and (place.outer is not None or not place.node.several)]

    # -- what can happen ---------------------------------------------------------------------------------------------
    def complete(self, seen: Seen, answer: dict[str, int]) -> None:
        """Somebody finishes an open task and writes values."""
        done = next(place for place in self._places() if self._is_open(place) and self._seen(place, place.node) == seen)
        for name, value in answer.items():
            done.values[name] = value
        self._finish(done)
        self._settle()

    def wait(self, until: datetime) -> None:
        """Time passes; what is due by then goes off."""
        self.now = until
        while True:
            late = [(place, clock) for place in self._places() for clock in place.clocks if clock.due <= until]
            if not late:
                return
            place, clock = min(late, key=lambda one: one[1].due)
            self._ring(place, clock)
            self._settle()

    def send(self, message: str) -> None:
        """A message comes from outside: everything that waits for it hears it."""
        self._spread('message', message)
        self._settle()

    # -- moving ------------------------------------------------------------------------------------------------------
    def _settle(self) -> None:
        while True:
            while self.moving:
                step, given = self.moving.popleft()
                step(*given)
            if not self._open_inclusive_joins():
                return

    def _begin(self, frame: Frame) -> None:
        """A frame starts, and with it the waiting of its event sub-processes."""
        self._watch(frame)
        self._pass(frame.scope.start, frame)

    def _watch(self, frame: Frame) -> None:
        starts = [node.inside.start for node in frame.scope.nodes if node.triggered]
        if starts:
            frame.watch = Place(starts[0], frame, frame.values)
            self._listen(frame.watch, starts)

    def _listen(self, place: Place, nodes: list[Node]) -> None:
        for node in nodes:
            if node.event == 'timer':
                place.clocks.append(Clock(node, self.now + timedelta(seconds=node.span), node.rounds))
            else:
                place.heard.append(node)

    def _enter(self, node: Node, frame: Frame, flow: Flow | None) -> None:
        if node.kind in ('parallelGateway', 'inclusiveGateway') and node.entries > 1:
            frame.places.append(Place(node, frame, frame.values, flow))
            if node.kind == 'parallelGateway':
                self._join(node, frame)
        elif node.kind == 'eventBasedGateway':
            self.passed[self._name(frame, node)] += 1
            rivals = [self._rest(flow.target, frame) for flow in node.out]
            for place in rivals:
                place.rivals = rivals
        elif node.kind in _RESTS or node.kind == 'intermediateCatchEvent' and node.event != 'link':
            self._rest(node, frame)
        else:
            self._pass(node, frame)

    def _rest(self, node: Node, frame: Frame) -> Place:
        place = Place(node, frame, frame.values)
        frame.places.append(place)
        self._listen(place, [node, *node.guards] if node.event == 'timer' else node.guards)
        if node.several:
            place.left = list(range(len(node.items))) if node.cardinality else list(node.items)
            self._copy(place, 1 if node.sequential else len(place.left))
            if not place.copies:
                self._gather(place)
        else:
            self._open_up(place, place.values)
        return place

    def _copy(self, place: Place, number: int) -> None:
        """So many more copies of a multi-instance activity begin."""
        node, items = place.node, place.left[:number]
        del place.left[:number]
        for item in items:
            values = Values({} if node.cardinality else {node.item: item}, place.values)
            place.copies.append(Place(node, place.frame, values, outer=place))
        for copy in list(place.copies[-len(items):] if items else ()):
            self._open_up(copy, copy.values)

    def _open_up(self, place: Place, values: Values) -> None:
        node = place.node
        if node.inside and not place.frames:
            if node.kind == 'callActivity':
                given = values.everything() if node.maps_in is None else {name: values[name] for name in node.maps_in}
                values = Values(given, values, closed=True)
            frame = Frame(node.inside, values, place)
            place.frames.append(frame)
            self._begin(frame)

    def _pass(self, node: Node, frame: Frame) -> None:
        """An element that does not wait: what it does, and on."""
        self.passed[self._name(frame, node)] += 1
        if node.kind == 'scriptTask':
            frame.values[node.counter] = frame.values[node.counter] + 1
        if node.event == 'message' and node.kind in _THROWING:
            self.sent.append(node.ref)
        if node.event == 'signal' and node.kind in _THROWING:
            self._spread('signal', node.ref)
        if node.kind == 'endEvent':
            self._end(node, frame)
        elif node.event == 'escalation' and node.kind in _THROWING:
            self._leave(node, frame)
            self._raise(node, frame)
        elif node.event == 'link' and node.partner:
            self._pass(node.partner, frame)
        else:
            self._leave(node, frame)

    def _leave(self, node: Node, frame: Frame) -> None:
        for flow in self._taken(node, frame):
            self.moving.append((self._enter, (flow.target, frame, flow)))
        if not node.out:
            self.moving.append((self._close, (frame,)))

    def _taken(self, node: Node, frame: Frame) -> list[Flow]:
        true = [flow for flow in node.out if flow.when and frame.values[flow.when[0]] == flow.when[1]]
        if node.kind == 'exclusiveGateway':
            true = true[:1]
        return true + [flow for flow in node.out if not flow.when and (not flow.default or not true)]

    def _finish(self, place: Place) -> None:
        """An activity or catch event is done."""
        frame, node = place.frame, place.node
        self.passed[self._name(frame, node)] += 1
        if place.outer is not None:
            self._back(place.outer, place)
            return
        for rival in place.rivals or [place]:
            frame.places.remove(rival)
        self._leave(node, frame)

    def _back(self, outer: Place, copy: Place) -> None:
        """One of the copies is done."""
        outer.copies.remove(copy)
        node = outer.node
        if node.output:
            outer.results[copy.values[node.item]] = copy.values[node.item]
        done = len(node.items) - len(outer.copies) - len(outer.left)
        if done == len(node.items) or node.until and done >= node.until:
            self._gather(outer)
        elif node.sequential:
            self._copy(outer, 1)

    def _gather(self, place: Place) -> None:
        """A multi-instance activity is done: its results are written in the order of the collection."""
        for copy in place.copies:
            self._bury(copy)
        place.copies.clear()
        if place.node.output:
            results = [place.results[item] for item in place.node.items if item in place.results]
            place.values[place.node.output] = results
        self._finish(place)

    def _close(self, frame: Frame) -> None:
        """A frame in which nothing is left is done, and so is its owner."""
        owner, moves = frame.owner, any(frame in given for _, given in self.moving)
        if frame.places or moves or owner is None or frame not in owner.frames:
            return
        owner.frames.remove(frame)
        if owner.node.kind == 'callActivity' and owner.node.maps_out != ():
            inside = frame.values.own
            for name in inside if owner.node.maps_out is None else owner.node.maps_out:
                owner.values[name] = inside[name]
        self._finish(owner)

    def _end(self, node: Node, frame: Frame) -> None:
        if node.event == 'terminate':
            self._kill(frame)
        elif node.event in ('error', 'escalation'):
            self._raise(node, frame)
        self.moving.append((self._close, (frame,)))

    def _kill(self, frame: Frame) -> None:
        """Every token of a frame vanishes."""
        for place in frame.places:
            self._bury(place)
        frame.places.clear()
        self.moving = deque((step, given) for step, given in self.moving if frame not in given)

    def _bury(self, place: Place) -> None:
        for frame in place.frames:
            self._kill(frame)
        for copy in place.copies:
            self._bury(copy)
        place.frames, place.copies = [], []

    # -- events ------------------------------------------------------------------------------------------------------
    def _ring(self, place: Place, clock: Clock) -> None:
        self.rang[self._name(place.frame, clock.node)] += 1
        clock.left -= 1
        if clock.left > 0:
            clock.due += timedelta(seconds=clock.node.span)
        else:
            place.clocks.remove(clock)
        self._happen(place, clock.node)

    def _spread(self, event: str, name: str) -> None:
        for place, node in self._listening(event):
            if node.ref == name and any(place is one for one in self._places()):      # nobody has ended it meanwhile
                self._happen(place, node)

    def _happen(self, place: Place, node: Node) -> None:
        """An event that a place waits for, or that its boundary does, or an event sub-process of its frame."""
        frame = place.frame
        if place is frame.watch:
            self._handle(node, frame)
        elif node is place.node:
            self._finish(place)
        else:
            if node.stops:
                self._bury(place)
                frame.places.remove(place)
            self.passed[self._name(frame, node)] += 1
            self._leave(node, frame)

    def _handle(self, start: Node, frame: Frame) -> None:
        """An event sub-process begins; an interrupting one ends everything else in its frame, and its listening."""
        if start.stops:
            self._kill(frame)
            frame.watch = None
        self.passed[self._name(frame, start)] += 1
        node = next(node for node in frame.scope.nodes if node.inside and node.triggered and node.inside.start is start)
        place = Place(node, frame, frame.values)
        frame.places.append(place)
        inner = Frame(node.inside, frame.values, place)
        place.frames.append(inner)
        self._watch(inner)
        self._leave(start, inner)

    def _raise(self, node: Node, frame: Frame | None) -> None:
        """An error or escalation goes up until somebody catches it: event sub-processes of a frame before boundary
        events of the activity around it."""
        while frame is not None:
            owner = frame.owner and (frame.owner.outer or frame.owner)
            for place in filter(None, (frame.watch, owner)):
                edges = [edge for edge in place.heard if edge.event == node.event and edge.ref in (node.ref, '')]
                if edges:
                    self._happen(place, max(edges, key=lambda edge: edge.ref))
                    return
            frame = owner and owner.frame

    # -- joins -------------------------------------------------------------------------------------------------------
    def _join(self, node: Node, frame: Frame) -> None:
        waiting = [place for place in frame.places if place.node is node]
        first = {place.flow: place for place in reversed(waiting)}
        if len(first) == node.entries:
            for place in first.values():
                frame.places.remove(place)
            self._pass(node, frame)

    def _open_inclusive_joins(self) -> bool:
        """An inclusive join opens when no token can still come by another of its flows."""
        for frame in [self.root, *(frame for place in self._places() for frame in place.frames)]:
            for node in {place.node: None for place in frame.places if place.node.kind == 'inclusiveGateway'}:
                waiting = {place.flow: place for place in frame.places if place.node is node}
                if not self._still_comes(node, frame, set(waiting)):
                    for place in waiting.values():
                        frame.places.remove(place)
                    self._pass(node, frame)
                    return True
        return False

    @staticmethod
    def _still_comes(join: Node, frame: Frame, arrived: set[Flow]) -> bool:
        for place in frame.places:
            if place.node is join:
                continue
            reached = _ways(place.node, join)
            if reached - arrived and not reached & arrived:
                return True
        return False


_RESTS = frozenset({'userTask', 'receiveTask', 'subProcess', 'callActivity'})
_HEARING = ('intermediateCatchEvent', 'receiveTask')
_THROWING = ('intermediateThrowEvent', 'endEvent')


def _ways(start: Node, join: Node) -> set[Flow]:
    """The flows by which a token at `start` may come to a join, not through the join itself."""
    seen, found, todo = set(), set(), [start]
    while todo:
        node = todo.pop()
        if node in seen or node is join:
            continue
        seen.add(node)
        found |= {flow for flow in node.out if flow.target is join}
        todo += [flow.target for flow in node.out] + node.guards + ([node.partner] if node.partner else [])
    return found
