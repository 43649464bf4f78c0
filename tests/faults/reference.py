"""The token game as the standard tells it, played on a drawing: written for the tests, without a look at the engine.

A frame is one running process, sub-process or called process; a place is where a token rests in it: a task, a catch
event, an activity with frames of its own, or a flow before a join. Nothing here is fast, clever or shared.
"""
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

from tests.faults.board import Clock, Frame, Place, Seen, Values
from tests.faults.graph import Drawing, Flow, Node
from tests.faults.happening import Happening
from tests.faults.joining import Joining

_RESTS = frozenset({'userTask', 'receiveTask', 'subProcess', 'transaction', 'callActivity'})
_THROWING = ('intermediateThrowEvent', 'endEvent')


class Reference(Joining, Happening):
    """One instance, moved by what happens to it."""

    def __init__(self, drawing: Drawing, now: datetime) -> None:
        super().__init__(drawing, now)
        self.moving: deque[tuple[Callable[..., None], tuple]] = deque()
        self._begin(self.root)
        self._settle()

    # -- what can happen ---------------------------------------------------------------------------------------------
    def complete(self, seen: Seen, answer: dict[str, int]) -> None:
        """Somebody finishes an open task and writes values."""
        done = next(place for place in self.places() if self.is_open(place) and self.seen_at(place, place.node) == seen)
        for name, value in answer.items():
            done.values[name] = value
        self._finish(done)
        self._settle()

    def wait(self, until: datetime) -> None:
        """Time passes; jobs go on, all together, and what is due by then goes off."""
        self.now = until
        for place in [place for place in self.places() if place.then]:
            place.frame.places.remove(place)
            self.moving.append(place.then)
        self._settle()
        while True:
            late = [(place, clock) for place in self.places() if not place.then for clock in place.clocks
                    if clock.due and clock.due <= until]
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
            if not self._open_inclusive_joins() and not self._something_happens():
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
        place.since = self.now
        for node in nodes:
            if node.dates:
                place.clocks.append(Clock(node, None))
            elif node.event == 'timer':
                place.clocks.append(Clock(node, self.now + timedelta(seconds=node.span), node.rounds))
            else:
                place.heard.append(node)

    def _enter(self, node: Node, frame: Frame, flow: Flow | None) -> None:
        if 'before' in node.jobs:
            self._put_off(node, frame, [flow], self._arrive, (node, frame, flow))
        else:
            self._arrive(node, frame, flow)

    def _put_off(self, node: Node, frame: Frame, out: list[Flow | None], step: Callable[..., None],
                 given: tuple) -> None:
        """A job: a later step goes on."""
        job = Node(node.id, 'job', out=out)
        place = Place(job, frame, frame.values, then=(step, given))
        place.clocks.append(Clock(job, self.now))
        frame.places.append(place)

    def _arrive(self, node: Node, frame: Frame, flow: Flow | None) -> None:
        if node.kind in ('parallelGateway', 'inclusiveGateway') and node.entries > 1:
            frame.places.append(Place(node, frame, frame.values, flow))
            if node.kind == 'parallelGateway':
                self._join(node, frame)
        elif node.kind == 'eventBasedGateway':
            self.passed[self.name(frame, node)] += 1
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
        if node.loops:
            self._once_more(place, first=True)
        elif node.several:
            place.left = list(range(len(node.items))) if node.cardinality else list(node.items)
            self._copy(place, 1 if node.sequential else len(place.left))
            if not place.copies:
                self._gather(place)
        else:
            self._open_up(place, place.values)
        return place

    def _once_more(self, place: Place, first: bool = False) -> None:
        """A loop goes on, or is done."""
        node = place.node
        asked = not first or node.before
        if asked and not self._holds(node.when, place.values) or node.most and place.rounds >= node.most:
            self._finish(place)
            return
        place.rounds += 1
        place.copies = [Place(node, place.frame, place.values, outer=place)]
        self._open_up(place.copies[0], place.values)

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
                if node.several and not node.loops:        # its own element it knows in any case
                    given[node.item] = values[node.item]
                values = Values(given, values, closed=True)
            frame = Frame(node.inside, values, place)
            place.frames.append(frame)
            self._begin(frame)

    def _pass(self, node: Node, frame: Frame) -> None:
        """An element that does not wait: what it does, and on."""
        if node.kind == 'scriptTask':
            frame.values[node.counter] = frame.values[node.counter] + 1
        if node.throws and self._holds(node.when, frame.values):
            self._throw(node, frame)
            return
        self.passed[self.name(frame, node)] += 1
        if node.event == 'message' and node.kind in _THROWING:
            self.sent.append(node.ref)
        if node.event == 'signal' and node.kind in _THROWING:
            self._spread('signal', node.ref)
        if node.kind == 'endEvent':
            self._end(node, frame)
        elif node.event == 'escalation' and node.kind in _THROWING:
            self._leave(node, frame)
            self._raise(node.event, node.ref, frame)
        elif node.event == 'link' and node.partner:
            self.moving.append((self._pass, (node.partner, frame)))
        else:
            self._leave(node, frame)

    def _leave(self, node: Node, frame: Frame) -> None:
        if 'after' not in node.jobs:
            self._go_on(node, frame)
        elif node.kind.endswith('Gateway'):                # it chooses before its jobs
            for flow in self._taken(node, frame):
                self._put_off(node, frame, [flow], self._enter, (flow.target, frame, flow))
        else:
            self._put_off(node, frame, node.out, self._go_on, (node, frame))

    def _go_on(self, node: Node, frame: Frame) -> None:
        for flow in self._taken(node, frame):
            self.moving.append((self._enter, (flow.target, frame, flow)))
        if not node.out:
            self.moving.append((self._close, (frame,)))

    def _taken(self, node: Node, frame: Frame) -> list[Flow]:
        true = [flow for flow in node.out if flow.when and self._holds(flow.when, frame.values)]
        if node.kind == 'exclusiveGateway':
            true = true[:1]
        return true + [flow for flow in node.out if not flow.when and (not flow.default or not true)]

    def _finish(self, place: Place) -> None:
        """An activity or catch event is done."""
        frame, node = place.frame, place.node
        self.passed[self.name(frame, node)] += 1
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
        if node.loops:
            self._once_more(outer)
            return
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
        if owner.node.kind == 'callActivity':
            inside, maps = frame.values.own, owner.node.maps_out
            for source, target in ({name: name for name in inside} if maps is None else maps).items():
                owner.values[target] = inside[source]
        self._finish(owner)

    def _end(self, node: Node, frame: Frame) -> None:
        if node.event == 'terminate':
            self._kill(frame)
        elif node.event in ('error', 'escalation', 'cancel'):
            self._raise(node.event, node.ref, frame)
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
