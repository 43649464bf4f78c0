"""One process as drawn, and the questions that are asked of it."""
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from engine import expression
from engine.definition.element import Element, Flow, Lane, Place, places, understood


@dataclass(frozen=True, kw_only=True)
class Definition:
    """One process as drawn. ``thrown``, ``heard`` and ``starts`` are messages; the last begin an instance.

    ``data`` are the variables that its data objects declare.
    """

    id: str
    name: str
    documentation: str
    properties: Mapping[str, str]
    elements: Mapping[str, Element]
    flows: Mapping[str, Flow]
    lanes: tuple[Lane, ...]
    stages: tuple[str, ...]
    starter: str
    thrown: frozenset[str]
    heard: frozenset[str]
    starts: frozenset[str]
    line: int | None = None
    data: frozenset[str] = frozenset()

    def flow_between(self, source: str, target: str) -> str | None:
        """The id of the first flow from one element to another, or None."""
        return self._between.get((source, target))

    def boundaries(self, element_id: str) -> tuple[Element, ...]:
        """The boundary events of an element, in the order of the file."""
        return self._boundaries.get(element_id, ())

    def following(self, element_id: str) -> list[Element]:
        """The elements to which the flows out of an element lead."""
        flows = (self.flows[flow] for flow in self.elements[element_id].outgoing)
        return [self.elements[flow.target] for flow in flows if flow.target in self.elements]

    def inside(self, parent: str | None) -> list[Element]:
        """The elements directly in a sub-process, or in the process itself (None)."""
        return self._inside.get(parent, [])

    def stands_alone(self, facts: Container[str]) -> bool:
        """Whether it is offered beside no matter: who may begin it depends on none of the facts of one."""
        return bool(self.properties.get('offered') and self.starter) and not any(
            name in facts for name in expression.template(self.starter).names)

    def places(self) -> Iterator[Place]:
        """Every text of the diagram that is evaluated while it runs."""
        for element in self.elements.values():
            yield from places(element)
        for flow in self.flows.values():
            if flow.condition:
                yield Place(flow.id, 'condition', flow.condition, 'value')

    @cached_property
    def names(self) -> frozenset[str]:
        """The names that its expressions read; an expression that cannot be understood counts for nothing."""
        found: set[str] = set()
        for place in self.places():
            try:
                found |= set(understood(place).names)
            except expression.ExpressionError:
                continue
        return frozenset(found)

    @cached_property
    def _between(self) -> dict[tuple[str, str], str]:
        return {(flow.source, flow.target): flow.id for flow in reversed(self.flows.values())}

    @cached_property
    def _inside(self) -> dict[str | None, list[Element]]:
        found: dict[str | None, list[Element]] = {}
        for element in self.elements.values():
            found.setdefault(element.parent, []).append(element)
        return found

    @cached_property
    def _boundaries(self) -> dict[str, tuple[Element, ...]]:
        found: dict[str, tuple[Element, ...]] = {}
        for element in self.elements.values():
            if element.kind == 'boundaryEvent':
                found[element.attached_to] = found.get(element.attached_to, ()) + (element,)
        return found
