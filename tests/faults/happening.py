"""What happens to the tokens of the reference: times, messages, signals, conditions, errors and escalations."""
from __future__ import annotations

from datetime import datetime, timedelta

from tests.faults.board import Board, Clock, Frame, Place, Seen, Values
from tests.faults.graph import Condition, Drawing, Node


class Happening(Board):
    """The half of the reference that hears. `raced`: chance decided which of two conditions was heard first; `rung`:
    for which date a reminder has rung last, and when."""

    def __init__(self, drawing: Drawing, now: datetime) -> None:
        super().__init__(drawing, now)
        self.raced = False
        self.rung: dict[Seen, tuple[datetime, datetime]] = {}

    @staticmethod
    def _holds(when: Condition, values: Values) -> bool:
        return values[when[0]] == when[1]

    def _ring(self, place: Place, clock: Clock) -> None:
        self.rang[self.name(place.frame, clock.node)] += 1
        if clock.node.dates:
            self.rung[self.seen_at(place, clock.node)] = clock.due, self.now
        clock.left -= 1
        if clock.left > 0:
            clock.due += timedelta(seconds=clock.node.span)
        else:
            place.clocks.remove(clock)
        self._happen(place, clock.node)

    def _spread(self, event: str, name: str) -> None:
        for place, node in self.listening(event):
            if node.ref == name and any(place is one for one in self.places()):      # nobody has ended it meanwhile
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
            self.passed[self.name(frame, node)] += 1
            self._leave(node, frame)

    def _handle(self, start: Node, frame: Frame) -> None:
        """An event sub-process begins; an interrupting one ends everything else in its frame, and its listening."""
        if start.stops:
            self._kill(frame)
            frame.watch = None
        self.passed[self.name(frame, start)] += 1
        node = next(node for node in frame.scope.nodes if node.inside and node.triggered and node.inside.start is start)
        place = Place(node, frame, frame.values)
        frame.places.append(place)
        inner = Frame(node.inside, frame.values, place)
        place.frames.append(inner)
        self._watch(inner)
        self._leave(start, inner)

    def _throw(self, node: Node, frame: Frame) -> None:
        """A script or an action throws; what an escalation leaves alive goes on."""
        place = Place(node, frame, frame.values, heard=node.guards)
        frame.places.append(place)
        self._raise(*node.throws, frame, place)
        if any(place is one for one in frame.places):
            frame.places.remove(place)
            self.passed[self.name(frame, node)] += 1
            self._leave(node, frame)

    def _raise(self, event: str, code: str, frame: Frame | None, place: Place | None = None) -> None:
        """An error or escalation goes up until somebody catches it: boundary events of the activity itself, event
        sub-processes of a frame before boundary events of the activity around it."""
        left = None                                      # what leaves an event sub-process is not heard by it again
        while frame is not None:
            owner = frame.owner and (frame.owner.outer or frame.owner)
            for heard in filter(None, (place, frame.watch, owner)):
                edges = [edge for edge in heard.heard
                         if edge.event == event and edge.ref in (code, '') and edge is not left]
                if edges:
                    self._happen(heard, max(edges, key=lambda edge: edge.ref))
                    return
            frame, place, left = owner and owner.frame, None, owner and owner.node.inside and owner.node.inside.start

    def _something_happens(self) -> bool:
        """Conditional events happen when their condition becomes true, or is when they begin to wait; a date as soon as
        what it reads puts it into the past."""
        happened = [(place, clock.node) for place in self.places() for clock in place.clocks
                    if clock.node.dates and self._is_due(place, clock)]
        for place, node in self.listening('conditional'):
            if not self._holds(node.when, place.values):
                place.true.discard(node)
            elif node not in place.true:
                place.true.add(node)
                happened.append((place, node))
        self.raced |= len(happened) > 1 and any(node.stops for _, node in happened)
        for place, node in happened:
            if any(place is one for one in self.places()):                      # nobody has ended it meanwhile
                clock = next((clock for clock in place.clocks if clock.node is node), None)
                if clock is None:
                    self._happen(place, node)
                elif self._is_due(place, clock):
                    self._ring(place, clock)
        return bool(happened)

    def _is_due(self, place: Place, clock: Clock) -> bool:
        """The date of a clock, read anew. A reminder that has rung rings no more for this date where its activity is
        done again."""
        node, chosen = clock.node, place.values[clock.node.when[0]]
        clock.due = node.dates[int(chosen[1:]) if isinstance(chosen, str) else chosen]
        due, rang = self.rung.get(self.seen_at(place, node), (None, None))
        if due == clock.due and not node.stops and rang <= place.since:
            clock.due = None
        return clock.due is not None and clock.due <= self.now
