"""A BPMN diagram as things that can be compared: what is drawn or named in it, and where it stands."""
from collections import Counter
from collections.abc import Iterator, Mapping

from lxml import etree

from engine.comparison import words
from engine.comparison.flat import TEXT, Path, flat
from engine.comparison.look import looks
from engine.comparison.thing import Thing, Value
from engine.definition import FLOW_NODES, local
from engine.finding import Spot, one_line

_FRAMES = frozenset({'definitions', 'process', 'subProcess', 'transaction', 'adHocSubProcess', 'collaboration',
                     'laneSet', 'childLaneSet', 'lane', 'category'})
_OWN = FLOW_NODES | {
    'process', 'collaboration', 'participant', 'lane', 'sequenceFlow', 'messageFlow', 'message', 'signal', 'error',
    'escalation', 'dataObject', 'dataObjectReference', 'dataStore', 'dataStoreReference', 'textAnnotation',
    'association', 'group', 'category', 'itemDefinition'}
_SKIPPED = frozenset({'incoming', 'outgoing', 'laneSet', 'childLaneSet', 'flowNodeRef',
                      '{http://www.omg.org/spec/BPMN/20100524/DI}BPMNDiagram'})
"""What flows and lanes say anyway, and the picture, which is compared by itself."""
_REFERS = frozenset({'@sourceRef', '@targetRef', '@attachedToRef', '@default', '@messageRef', '@signalRef', '@errorRef',
                     '@escalationRef', '@processRef', '@dataObjectRef', '@dataStoreRef'})
_UNSAID = frozenset({('@cancelActivity', 'true'), ('@isInterrupting', 'true'), ('@triggeredByEvent', 'false'),
                     ('@isSequential', 'false'), ('@isForCompensation', 'false'), ('@asyncBefore', 'false'),
                     ('@asyncAfter', 'false'), ('@exclusive', 'true'), ('@startQuantity', '1'),
                     ('@completionQuantity', '1'), ('@gatewayDirection', 'Unspecified'), ('@isCollection', 'false')})
"""What holds as well where it is not written."""


def things(root: etree._Element) -> dict[str, Thing]:
    """The things of a diagram by id, in the order of the file; one without an id by its kind and its ends."""
    drawn = looks(root, 'bpmnElement')
    nodes = dict(_keyed(root))
    told = {key: _told(node, nodes) for key, node in nodes.items()}
    return {key: Thing(node.get('id') or key, told[key], _values(node, told), drawn.get(node.get('id', '')))
            for key, node in nodes.items()}


def _keyed(root: etree._Element) -> Iterator[tuple[str, etree._Element]]:
    seen: Counter[str] = Counter()
    for node in root.iter(etree.Element):
        if node is root or _owns(node):
            key = 'definitions' if node is root else node.get('id') or _anonymous(node)
            seen[key] += 1
            yield (key if seen[key] == 1 else f'{key}#{seen[key]}'), node


def _owns(node: etree._Element) -> bool:
    return local(node) in _OWN and local(node.getparent()) in _FRAMES


def _anonymous(node: etree._Element) -> str:
    return f'{node.get("sourceRef") or local(node)}__{node.get("targetRef") or node.get("name", "")}'


def _name(node: etree._Element, nodes: Mapping[str, etree._Element]) -> str:
    """Its name; an unnamed flow is named by its ends."""
    ends = [nodes.get(node.get(end, '')) for end in ('sourceRef', 'targetRef')]
    if node.get('name') or None in ends:
        return one_line(node.get('name', ''))
    return '→'.join(one_line(end.get('name', '')) or end.get('id', '') for end in ends)


def _told(node: etree._Element, nodes: Mapping[str, etree._Element]) -> str:
    if local(node) == 'definitions':
        return words.FILE
    return Spot('', local(node), node.get('id'), _name(node, nodes)).label().zh


def _values(node: etree._Element, told: Mapping[str, str]) -> dict[str, Value]:
    found = {('@kind',): local(node), **flat(node, _owns, _SKIPPED)}
    owner = next((one for one in node.iterancestors() if local(one) in _OWN - {'lane'}), None)
    if owner is not None:
        found[('@place',)] = owner.get('id', '')
    held = sorted(one.text.strip() for one in node if local(one) == 'flowNodeRef' and one.text)
    if held:
        found[('flowNodeRef', TEXT)] = ' '.join(held)
    return {'/'.join(path): Value(words.label(path), value, _said(path, value, told),
                                  (path[-1], value) in _UNSAID)
            for path, value in found.items() if path != ('@id',)}


def _said(path: Path, value: str, told: Mapping[str, str]) -> str:
    if path[-1] in _REFERS or path == ('@place',):
        return told.get(value, value)
    if path[0] == 'flowNodeRef':
        return '、'.join(told.get(one, one) for one in value.split())
    return words.value(path, value)
