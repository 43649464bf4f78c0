"""Where the tokens of the reference meet."""
from tests.faults.board import Board, Frame
from tests.faults.graph import Flow, Node


class Joining(Board):
    """The part of the reference that joins."""

    def _join(self, node: Node, frame: Frame) -> None:
        waiting = [place for place in frame.places if place.node is node]
        first = {place.flow: place for place in reversed(waiting)}
        if len(first) == node.entries:
            for place in first.values():
                frame.places.remove(place)
            self._pass(node, frame)

    def _open_inclusive_joins(self) -> bool:
        """An inclusive join opens when no token can still come by another of its flows."""
        for frame in [self.root, *(frame for place in self.places() for frame in place.frames)]:
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
