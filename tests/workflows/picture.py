"""The drawn side of a shipped diagram: shapes, lines and labels with their places, as the file says."""
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

WORKFLOWS = Path(__file__).resolve().parents[2] / 'workflows'
BPMN = '{http://www.omg.org/spec/BPMN/20100524/MODEL}'
BPMNDI = '{http://www.omg.org/spec/BPMN/20100524/DI}'
CAMUNDA = '{http://camunda.org/schema/1.0/bpmn}'
FRAMES = {'participant', 'lane', 'subProcess'}
_NOT_NODES = {'participant', 'lane', 'sequenceFlow', 'textAnnotation', 'association'}
Point = tuple[float, float]
Segment = tuple[Point, Point]


@dataclass(frozen=True)
class Box:
    """A rectangle of the picture, in pixels."""

    x: float
    y: float
    width: float
    height: float

    def overlaps(self, other: 'Box') -> bool:
        """Whether the two have more than an edge in common."""
        return (self.x < other.x + other.width and other.x < self.x + self.width
                and self.y < other.y + other.height and other.y < self.y + self.height)

    def holds(self, other: 'Box') -> bool:
        """Whether the other lies inside."""
        return (self.x <= other.x and other.x + other.width <= self.x + self.width
                and self.y <= other.y and other.y + other.height <= self.y + self.height)

    def entered_by(self, segment: Segment) -> bool:
        """Whether an upright or level line runs through the inside."""
        (x1, y1), (x2, y2) = segment
        return (min(x1, x2) < self.x + self.width and max(x1, x2) > self.x
                and min(y1, y2) < self.y + self.height and max(y1, y2) > self.y)

    def touched_by(self, point: Point, slack: float = 1) -> bool:
        """Whether a point lies on the rim or inside."""
        return (self.x - slack <= point[0] <= self.x + self.width + slack
                and self.y - slack <= point[1] <= self.y + self.height + slack)


@dataclass
class Picture:
    """One diagram: its elements by id, and where each is drawn."""

    name: str
    root: etree._Element
    elements: dict[str, etree._Element] = field(default_factory=dict)
    boxes: dict[str, Box] = field(default_factory=dict)
    labels: dict[str, Box] = field(default_factory=dict)
    ways: dict[str, list[Point]] = field(default_factory=dict)

    def kind(self, ident: str) -> str:
        """The element's tag without its namespace."""
        return etree.QName(self.elements[ident]).localname

    def nodes(self) -> Iterator[str]:
        """Every step, event and gateway."""
        for ident, element in self.elements.items():
            if self.kind(ident) not in _NOT_NODES:
                yield ident

    def flows(self) -> Iterator[etree._Element]:
        """Every sequence flow."""
        yield from self.root.iter(f'{BPMN}sequenceFlow')

    def ancestors(self, ident: str) -> set[str]:
        """The sub-processes around an element."""
        return {parent.get('id') for parent in self.elements[ident].iterancestors(f'{BPMN}subProcess')}


def segments(way: list[Point]) -> list[Segment]:
    """A way, piece by piece."""
    return list(zip(way, way[1:], strict=False))


def crossing(one: Segment, other: Segment) -> bool:
    """Whether a level and an upright piece cut each other inside both."""
    for level, upright in ((one, other), (other, one)):
        (x1, y), (x2, y2) = level
        (x, y3), (x3, y4) = upright
        if y == y2 and x == x3 and min(x1, x2) < x < max(x1, x2) and min(y3, y4) < y < max(y3, y4):
            return True
    return False


def picture(path: Path) -> Picture:
    """Read one diagram."""
    found = Picture(path.stem, etree.parse(path).getroot())
    for element in found.root.iter(f'{BPMN}*'):
        if element.getparent() is not None and element.get('id'):
            found.elements[element.get('id')] = element
    for shape in found.root.iter(f'{BPMNDI}BPMNShape'):
        found.boxes[shape.get('bpmnElement')] = _box(shape[0])
        for label in shape.iter(f'{BPMNDI}BPMNLabel'):
            found.labels[shape.get('bpmnElement')] = _box(label[0])
    for edge in found.root.iter(f'{BPMNDI}BPMNEdge'):
        points = [point for point in edge if etree.QName(point).localname == 'waypoint']
        way = [(float(point.get('x')), float(point.get('y'))) for point in points]
        found.ways[edge.get('bpmnElement')] = way
        for label in edge.iter(f'{BPMNDI}BPMNLabel'):
            found.labels[edge.get('bpmnElement')] = _box(label[0])
    found.elements = {ident: element for ident, element in found.elements.items()
                      if ident in found.boxes or ident in found.ways}
    return found


def _box(bounds: etree._Element) -> Box:
    return Box(*(float(bounds.get(name)) for name in ('x', 'y', 'width', 'height')))


PICTURES = [picture(path) for path in sorted(WORKFLOWS.glob('*.bpmn'))]
