"""What the rules look at: one diagram, and the whole bundle around it."""
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from lxml import etree

from engine.decision import Decision
from engine.definition import FLOW_NODES, Definition, Element, Flow, Lane, local
from engine.finding import Finding, Spot
from engine.form import Form
from engine.gate.names import told, written
from engine.normalise import spot
from engine.story import Story

_SEEN = FLOW_NODES | {'process', 'sequenceFlow', 'lane', 'dataObject', 'dataObjectReference',
                      'dataStoreReference'}


@dataclass
class Diagram:
    """A diagram as drawn (`root`, `process`), and as it would run (`tree`, `definition`)."""

    file: str
    root: etree._Element
    process: etree._Element
    tree: etree._Element
    definition: Definition
    findings: list[Finding] = field(default_factory=list)
    alone: Any = None                       # the notebook of `reading.alone`

    def at(self, where: etree._Element | Element | Flow | Lane | Definition) -> Spot:
        """Where a finding about it stands."""
        if isinstance(where, Element):
            where = self.definition.elements.get(where.inserted,
                                                 where)       # what is not in the picture is not named
            return Spot(self.file, where.drawn_kind, where.id, where.name, where.line)
        if isinstance(where, Flow):
            return Spot(self.file, 'sequenceFlow', where.id, where.name, where.line)
        if isinstance(where, Lane):
            return Spot(self.file, 'lane', where.id, where.name)
        if isinstance(where, Definition):
            return Spot(self.file, 'process', where.id, where.name, where.line)
        return spot(where, self.file)

    def owner(self, node: etree._Element) -> etree._Element:
        """The nearest node that a reader of the drawing can see around one that he cannot."""
        while local(node) not in _SEEN and node.getparent() is not None:
            node = node.getparent()
        return node

    def drawn(self, *kinds: str) -> Iterator[etree._Element]:
        """The nodes of these kinds in the process, as drawn."""
        return (node for node in self.process.iter() if local(node) in kinds)


@dataclass
class Scene:
    """A bundle: what can be read of it, and what is known of the world outside. ``passing`` and ``ways``
    are notebooks of `paths` and `work`, which would else think the same thought for every call."""

    diagrams: list[Diagram]
    tables: Mapping[str, Decision]
    forms: Mapping[str, Form]
    table_files: Mapping[str, str]
    form_files: Mapping[str, str]
    parameters: frozenset[str]
    topics: Mapping[str, Mapping]
    facts: frozenset[str]
    dates: frozenset[str]
    functions: frozenset[str]
    stories: tuple[Story, ...] = ()
    templates: Mapping[str, bytes] = field(default_factory=dict)
    passing: dict[tuple[str, str | None], bool] = field(default_factory=dict)
    ways: dict[str, dict[str, str]] = field(default_factory=dict)

    @cached_property
    def known(self) -> frozenset[str]:
        """The names that stand anywhere: facts, and what forms, tables, scripts and actions write."""
        return self.facts | written((diagram.definition for diagram in self.diagrams), self.forms,
                                    self.tables, self.topics)

    @cached_property
    def told(self) -> frozenset[str]:
        """The names that messages and signals carry."""
        return frozenset().union(*(told(diagram.definition) for diagram in self.diagrams))

    @cached_property
    def callers(self) -> dict[str, list[tuple[Definition, Element]]]:
        """The call activities by the process that they call."""
        found: dict[str, list[tuple[Definition, Element]]] = {}
        for diagram in self.diagrams:
            for element in diagram.definition.elements.values():
                if element.kind == 'callActivity' and element.called:
                    found.setdefault(element.called, []).append((diagram.definition, element))
        return found

    @cached_property
    def processes(self) -> dict[str, Diagram]:
        """The diagrams by the id of their process."""
        return {diagram.definition.id: diagram for diagram in self.diagrams}
