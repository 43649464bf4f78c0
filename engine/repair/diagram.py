"""What is mended in a diagram, by the code of the rule. Each mend says at one node what changes in the file."""
import re
from collections.abc import Callable, Iterator

from lxml import etree

from engine.definition import BPMN, CAMUNDA, FLOW_NODES, local, process_of
from engine.finding import Finding
from engine.normalise import conditional
from engine.repair.text import Text

Mend = Callable[[Text, etree._Element], None]
MENDS: dict[str, Mend] = {}
"""The rules whose findings can be put right in only one way."""

_ZONE = '+08:00'                            # all of China
_REFERENCES = re.compile('id|default|bpmnElement|.*Ref')
_TIMES = ('timeDate', 'timeDuration', 'timeCycle')
_DRAWN = tuple(BPMN + kind for kind in (*FLOW_NODES, 'sequenceFlow', 'process', 'lane'))
_BOOLEANS = {'true': 'true', 'yes': 'true', '是': 'true', 'false': 'false', 'no': 'false', '否': 'false'}


def located(text: Text, one: Finding) -> etree._Element | None:
    """The drawn node at which a finding stands: by its id, else the one without an id on its line, else the process."""
    nodes = [node for node in text.root.iter(*_DRAWN)]
    named = [node for node in nodes if one.element and node.get('id') == one.element]
    nameless = [node for node in nodes if node.sourceline == one.line and not node.get('id')]
    return next(iter(named or nameless), None if one.element else process_of(text.root))


def _mends(*codes: str) -> Callable[[Mend], Mend]:
    def enter(mend: Mend) -> Mend:
        MENDS.update(dict.fromkeys(codes, mend))
        return mend
    return enter


@_mends('process.marked_executable', 'process.not_executable')
def _executable(text: Text, node: etree._Element) -> None:
    text.set(node, 'isExecutable', 'true')


@_mends('flow.id_given', 'id.missing')
def _identified(text: Text, node: etree._Element) -> None:
    if not node.get('id'):
        ends = '__'.join(filter(None, (node.get('sourceRef'), node.get('targetRef'))))
        text.set(node, 'id', _fresh(text, ends or local(node)))


@_mends('id.bad')
def _renamed(text: Text, node: etree._Element) -> None:
    old = node.get('id')
    plain = re.sub(r'\W+', '_', old, flags=re.ASCII).strip('_')
    new = _fresh(text, plain if plain and not plain[0].isdigit() else f'{local(node)}_{plain}'.rstrip('_'))
    for other in text.root.iter():
        for name, value in other.attrib.items():
            if value == old and _REFERENCES.fullmatch(name):
                text.set(other, name, new)
        if (other.text or '').strip() == old and local(other) in ('incoming', 'outgoing', 'flowNodeRef'):
            text.write(other, new)


@_mends('gateway.default_given')
def _default(text: Text, node: etree._Element) -> None:
    bare = [flow for flow in _leaving(text, node) if not conditional(flow)]
    if len(bare) == 1 and bare[0].get('id'):
        text.set(node, 'default', bare[0].get('id'))


@_mends('default.dangling')
def _default_again(text: Text, node: etree._Element) -> None:
    """Where one flow alone has no condition it must have been meant."""
    _default(text, node)


@_mends('gateway.always')
def _always(text: Text, node: etree._Element) -> None:
    for flow in _leaving(text, node):
        if not conditional(flow) and flow.get('id') != node.get('default'):
            for empty in _conditions(flow):
                text.remove(empty)
            kind = ' xsi:type="{}tFormalExpression"'.format(f'{flow.prefix}:' if flow.prefix else '')
            text.append(flow, 'conditionExpression', '${true}', kind if 'xsi' in flow.nsmap else '')


@_mends('gateway.default_condition')
def _default_bare(text: Text, node: etree._Element) -> None:
    for flow in _leaving(text, node):
        if flow.get('id') == node.get('default'):
            for condition in _conditions(flow):
                text.remove(condition)


@_mends('gateway.default_ignored')
def _no_default(text: Text, node: etree._Element) -> None:
    text.drop(node, 'default')


@_mends('attribute.boolean')
def _boolean(text: Text, node: etree._Element) -> None:
    for one in _own(node):
        for name, value in one.attrib.items():
            meant = _BOOLEANS.get(value.strip().lower())
            if meant and meant != value.strip():
                text.set(one, name, meant)


@_mends('attribute.quantity')
def _once(text: Text, node: etree._Element) -> None:
    for name in ('startQuantity', 'completionQuantity'):
        text.drop(node, name)


@_mends('attribute.behavior')
def _no_behavior(text: Text, node: etree._Element) -> None:
    for one in _own(node):
        text.drop(one, 'behavior')


@_mends('expression.language')
def _no_language(text: Text, node: etree._Element) -> None:
    for one in (*_own(node), *([text.root] if local(node) == 'process' else [])):
        text.drop(one, 'language')
        text.drop(one, 'expressionLanguage')


@_mends('event.error_not_interrupting')
def _interrupting(text: Text, node: etree._Element) -> None:
    for name in ('cancelActivity', 'isInterrupting'):
        if node.get(name, '').strip() in ('false', '0'):
            text.set(node, name, 'true')


@_mends('lane.dangling')
def _lane(text: Text, node: etree._Element) -> None:
    known = {other.get('id') for other in text.root.iter(*(BPMN + kind for kind in FLOW_NODES))}
    for member in node:
        if local(member) == 'flowNodeRef' and (member.text or '').strip() not in known:
            text.remove(member)


@_mends('timer.naive')
def _zoned(text: Text, node: etree._Element) -> None:
    for time in _times(node):
        if re.fullmatch(r'\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?', (time.text or '').strip()):
            text.write(time, time.text.strip() + _ZONE)


@_mends('timer.day_only')
def _worked(text: Text, node: etree._Element) -> None:
    for time in _times(node):
        inner = re.fullmatch(r'\s*[$#]\{(.*)\}\s*', time.text or '', re.S)
        if inner:
            text.write(time, f'${{workdays({inner[1].strip()}, 0)}}')


@_mends('decision.result')
def _single(text: Text, node: etree._Element) -> None:
    text.set(node, CAMUNDA + 'mapDecisionResult', 'singleResult')


@_mends('binding.other')
def _same_version(text: Text, node: etree._Element) -> None:
    for name in ('formRefBinding', 'decisionRefBinding'):
        if node.get(CAMUNDA + name, 'deployment') != 'deployment':
            text.set(node, CAMUNDA + name, 'deployment')


@_mends('service.not_external')
def _external(text: Text, node: etree._Element) -> None:
    text.set(node, CAMUNDA + 'type', 'external')


def _leaving(text: Text, node: etree._Element) -> list[etree._Element]:
    return [flow for flow in text.root.iter(BPMN + 'sequenceFlow') if flow.get('sourceRef') == node.get('id')]


def _conditions(flow: etree._Element) -> list[etree._Element]:
    return [child for child in flow if local(child) == 'conditionExpression']


def _own(node: etree._Element) -> Iterator[etree._Element]:
    """A node and what stands in it that the drawing does not show as an element of its own."""
    yield node
    for child in node:
        if local(child) not in FLOW_NODES and local(child) not in ('sequenceFlow', 'lane', 'laneSet'):
            yield from _own(child)


def _times(node: etree._Element) -> Iterator[etree._Element]:
    return (one for one in _own(node) if local(one) in _TIMES)


def _fresh(text: Text, wish: str) -> str:
    """An id that nothing else in the file has, nor was given by an edit that is still to be made."""
    taken = {node.get('id') for node in text.root.iter() if node.get('id')} | {words for _, _, words in text.edits}
    name, number = wish, 2
    while name in taken or f'"{name}"' in taken or f' id="{name}"' in taken:
        name, number = f'{wish}_{number}', number + 1
    return name
