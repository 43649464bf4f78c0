"""The shipped diagrams can be read: laid out without a crossing, every element explained by a rule."""
import re
from collections.abc import Iterable
from itertools import combinations, product
from pathlib import Path

import pytest
from lxml import etree

from engine import actions, gate, ledger
from tests.workflows.picture import (
    BPMN, CAMUNDA, FRAMES, PICTURES, WORKFLOWS, Picture, crossing, segments)

RULES = set((Path(__file__).parent / 'rule_ids.txt').read_text().split())
CALLS = {f'{CAMUNDA}formRef': 'forms/{}.form', f'{CAMUNDA}decisionRef': 'workflows/{}.dmn',
         'calledElement': 'workflows/{}.bpmn'}
EACH = pytest.mark.parametrize('drawn', PICTURES, ids=lambda drawn: drawn.name)
DRAWN = [*sorted(WORKFLOWS.glob('*.bpmn')), *sorted(WORKFLOWS.glob('*.dmn'))]
SOURCES = [*DRAWN, *sorted((WORKFLOWS.parent / 'forms').glob('*.form'))]


def test_the_eight_processes_are_there() -> None:
    names = [drawn.name for drawn in PICTURES]
    assert names == ['bulletin', 'closing', 'escalation', 'extension', 'interview', 'matter', 'notice', 'reporting']


@EACH
def test_every_node_and_flow_is_drawn(drawn: Picture) -> None:
    """A flow without a line, or a step without a place, would be invisible to the process owner."""
    known = {element.get('id') for element in drawn.root.iter(f'{BPMN}*') if element.get('id')}
    unseen = re.compile(r'.*_(definitions|collaboration|lanes|timer|message)|message_.*')
    drawable = {ident for ident in known if not unseen.fullmatch(ident)}
    assert drawable - {drawn.name} <= drawn.boxes.keys() | drawn.ways.keys()
    for flow in drawn.flows():
        way = drawn.ways[flow.get('id')]
        assert len(way) >= 2
        assert drawn.boxes[flow.get('sourceRef')].touched_by(way[0])
        assert drawn.boxes[flow.get('targetRef')].touched_by(way[-1])


@EACH
def test_lines_are_level_or_upright(drawn: Picture) -> None:
    for flow in drawn.flows():
        for (x1, y1), (x2, y2) in segments(drawn.ways[flow.get('id')]):
            assert x1 == x2 or y1 == y2, flow.get('id')


@EACH
def test_no_two_lines_cross(drawn: Picture) -> None:
    for one, other in combinations([flow.get('id') for flow in drawn.flows()], 2):
        pairs = product(segments(drawn.ways[one]), segments(drawn.ways[other]))
        assert not any(crossing(a, b) for a, b in pairs), (one, other)


@EACH
def test_no_shape_lies_on_another(drawn: Picture) -> None:
    """Only frames may hold others, and only an edge event may sit on its host."""
    for one, other in combinations(drawn.boxes, 2):
        a, b = drawn.boxes[one], drawn.boxes[other]
        hosts = {drawn.elements[ident].get('attachedToRef') for ident in (one, other)}
        if not a.overlaps(b) or hosts & {one, other}:
            continue
        inside = (drawn.kind(one) in FRAMES and a.holds(b)) or (drawn.kind(other) in FRAMES and b.holds(a))
        assert inside, (one, other)


@EACH
def test_no_line_runs_through_a_step(drawn: Picture) -> None:
    for flow in drawn.flows():
        pieces = segments(drawn.ways[flow.get('id')])
        allowed = {flow.get('sourceRef'), flow.get('targetRef')} | drawn.ancestors(flow.get('id'))
        for ident, box in drawn.boxes.items():
            if drawn.kind(ident) not in FRAMES - {'subProcess'} and ident not in allowed:
                assert not any(box.entered_by(piece) for piece in pieces), (flow.get('id'), ident)


@EACH
def test_labels_cover_nothing(drawn: Picture) -> None:
    """A label may touch neither a step nor another label."""
    solid = {ident: box for ident, box in drawn.boxes.items() if drawn.kind(ident) not in FRAMES}
    for ident, label in drawn.labels.items():
        for other, box in solid.items():
            assert ident == other or not label.overlaps(box), (ident, other)
    for one, other in combinations(drawn.labels, 2):
        assert not drawn.labels[one].overlaps(drawn.labels[other]), (one, other)


@EACH
def test_no_line_runs_through_a_label(drawn: Picture) -> None:
    for ident, label in drawn.labels.items():
        for flow in drawn.flows():
            pieces = segments(drawn.ways[flow.get('id')])
            assert not any(label.entered_by(piece) for piece in pieces), (ident, flow.get('id'))


@EACH
def test_every_node_lies_in_its_lane_or_frame(drawn: Picture) -> None:
    placed = {ref.text: lane.get('id') for lane in drawn.root.iter(f'{BPMN}lane')
              for ref in lane.iter(f'{BPMN}flowNodeRef')}
    for ident in drawn.nodes():
        frames = drawn.ancestors(ident)
        if drawn.elements[ident].get('attachedToRef') is None:
            for frame in frames or {placed.get(ident)} - {None}:
                assert drawn.boxes[frame].holds(drawn.boxes[ident]), (ident, frame)
        if drawn.root.find(f'.//{BPMN}laneSet') is not None and not frames:
            assert ident in placed, ident


@EACH
def test_every_element_names_its_rule(drawn: Picture) -> None:
    for element in [drawn.root.find(f'{BPMN}process'), *(drawn.elements[ident] for ident in drawn.nodes())]:
        said = element.findtext(f'{BPMN}documentation') or ''
        cited = re.findall(r'P\d{2}-\d{2}', said)
        assert cited and set(cited) <= RULES, (element.get('id'), cited)


@EACH
def test_choices_are_questions_and_their_ways_are_named(drawn: Picture) -> None:
    for gateway in drawn.root.iter(f'{BPMN}exclusiveGateway'):
        ways = [flow for flow in drawn.flows() if flow.get('sourceRef') == gateway.get('id')]
        if len(ways) > 1:
            assert gateway.get('name').endswith('？'), gateway.get('id')
            assert all(flow.get('name') for flow in ways), gateway.get('id')
            assert gateway.get('default') in {flow.get('id') for flow in ways}, gateway.get('id')


@pytest.mark.parametrize('path', DRAWN, ids=lambda path: path.name)
def test_no_id_is_given_twice(path: Path) -> None:
    """The modeler drops what carries an id that is already taken."""
    given = [ident for element in etree.parse(path).iter('*') if (ident := element.get('id'))]
    assert len(given) == len(set(given)), {ident for ident in given if given.count(ident) > 1}


def test_names_and_expressions_read_only_known_parameters() -> None:
    """A number of a rule stands in the table `parameters`, and nothing stands there that nobody reads."""
    table = (WORKFLOWS / 'parameters.dmn').read_text(encoding='utf-8')
    known = set(re.findall(r'_name">\s*<text>"(\w+)"</text>', table))
    read = set(re.findall(r'''param\(\\?['"]([a-z_0-9]+)\\?['"]\)''', _text(SOURCES)))
    named = [text for drawn in PICTURES for element in drawn.elements.values()
             for text in (element.get('name'), element.findtext(f'{BPMN}documentation')) if text]
    shown = {name for text in named for name in re.findall(r'\{(\w+)\}', text)}
    python = _text((WORKFLOWS.parent / 'engine').rglob('*.py'))
    asked = re.findall(r"\('(\w+)'\)", python)
    by_constant = [value for name, value in re.findall(r"^([A-Z]+) = '(\w+)'$", python, re.MULTILINE)
                   if f')({name})' in python]
    assert read | shown <= known
    assert known <= read | {*asked, *by_constant}


def _text(paths: Iterable[Path]) -> str:
    return '\n'.join(path.read_text(encoding='utf-8') for path in paths)


def test_forms_tables_and_processes_that_are_called_exist() -> None:
    for drawn in PICTURES:
        for element in drawn.root.iter(f'{BPMN}*'):
            for attribute, place in CALLS.items():
                name = element.get(attribute)
                assert name is None or (WORKFLOWS.parent / place.format(name)).exists(), (element.get('id'), name)


def test_the_gate_lets_the_shipped_bundle_pass() -> None:
    paths = (*SOURCES, *WORKFLOWS.glob('*.docx'), *WORKFLOWS.glob('*/*.story'))
    files = {path.name: path.read_bytes() for path in paths}
    topics = {topic: action.parameters() for topic, action in actions.known().items()}
    assert gate.check(files, topics, ledger.FACTS) == []
