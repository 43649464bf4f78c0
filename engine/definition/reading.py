"""Reads the facts of a process out of its file."""
import re
from collections.abc import Iterator

from lxml import etree

from engine.definition.element import Element, Flow, Lane, Loop, Multi, Timer
from engine.definition.node import (BPMN, CAMUNDA, DRAWN_KIND, EVENTS, FLOW_NODES, FRAMES, INSERTED, THROWING, camunda,
                                    extensions_of, flag, form_of, local, process_of, properties_of, text_of)
from engine.definition.process import Definition
from engine.errors import NotFound
from engine.finding import one_line


def read(tree: etree._Element | etree._ElementTree) -> Definition:
    """The facts of the executable process in a file, as drawn or as `normalise` rewrote it.

    Reads whatever is there and never judges: that is the gate's work.

    :raises NotFound: the file holds no process.
    """
    root = tree.getroot() if isinstance(tree, etree._ElementTree) else tree
    process = process_of(root)
    if process is None:
        raise NotFound('文件里没有流程。')
    return _Reader(root, process).definition()


class _Reader:
    def __init__(self, root: etree._Element, process: etree._Element) -> None:
        self.process = process
        self.named = {kind: {node.get('id'): node for node in root if local(node) == kind}
                      for kind in ('message', 'signal', 'error', 'escalation')}
        self.nodes: list[tuple[etree._Element, str | None]] = []
        self.seen: set[str] = set()
        self.flow_nodes: list[tuple[etree._Element, str | None]] = []
        self._collect(process, None)
        self.lanes = tuple(self._lanes(process))
        self.lane_of = {member: lane.name for lane in self.lanes for member in lane.members}

    def _collect(self, scope: etree._Element, parent: str | None) -> None:
        for node in scope:
            kind = local(node)
            known = kind == 'sequenceFlow' or kind in FLOW_NODES
            if not known or not node.get('id') or node.get('id') in self.seen:
                continue
            self.seen.add(node.get('id'))                               # of two with one id, the first is read
            if kind == 'sequenceFlow':
                self.flow_nodes.append((node, parent))
                continue
            self.nodes.append((node, parent))
            if kind in FRAMES:
                self._collect(node, node.get('id'))

    def _lanes(self, node: etree._Element) -> Iterator[Lane]:
        for lane_set in node:
            if local(lane_set) not in ('laneSet', 'childLaneSet'):
                continue
            for lane in (child for child in lane_set if local(child) == 'lane'):
                members = tuple((child.text or '').strip() for child in lane if local(child) == 'flowNodeRef')
                yield Lane(lane.get('id', ''), one_line(lane.get('name', '')), members)
                yield from self._lanes(lane)

    def definition(self) -> Definition:
        process = self.process
        flows = {node.get('id'): self._flow(node, parent) for node, parent in self.flow_nodes}
        ways: dict[str, tuple[list[str], list[str]]] = {}
        for flow in flows.values():
            ways.setdefault(flow.target, ([], []))[0].append(flow.id)
            ways.setdefault(flow.source, ([], []))[1].append(flow.id)
        elements: dict[str, Element] = {}
        for node, parent in self.nodes:
            incoming, outgoing = ways.get(node.get('id'), ([], []))
            lane = self.lane_of.get(node.get('id')) or (elements[parent].lane if parent in elements else '')
            elements[node.get('id')] = self._element(node, parent, lane, tuple(incoming), tuple(outgoing))
        kept = properties_of(process)
        said = [element for element in elements.values() if element.message]
        return Definition(
            id=process.get('id', ''), name=one_line(process.get('name', '')), documentation=_documentation(process),
            properties=kept, elements=elements, flows=flows, lanes=self.lanes, line=process.sourceline,
            starter=camunda(self.process, 'candidateStarterGroups'), data=frozenset(_data(process)),
            stages=tuple(part.strip() for part in re.split('[,，、]', kept.get('stages', '')) if part.strip()),
            thrown=frozenset(element.message for element in said if element.kind in THROWING and not element.topic),
            heard=frozenset(element.message for element in said if element.kind not in THROWING),
            starts=frozenset(element.message for element in said
                             if element.kind == 'startEvent' and element.parent is None))

    def _flow(self, node: etree._Element, parent: str | None) -> Flow:
        condition = next((child for child in node if local(child) == 'conditionExpression'), None)
        return Flow(id=node.get('id'), source=node.get('sourceRef', ''), scope=parent,
                    target=node.get('targetRef', ''), name=one_line(node.get('name', '')),
                    inserted=node.get(INSERTED, ''), line=node.sourceline, documentation=_documentation(node),
                    condition=''.join(condition.itertext()).strip() if condition is not None else '')

    def _element(self, node: etree._Element, parent: str | None, lane: str, incoming: tuple[str, ...],
                 outgoing: tuple[str, ...]) -> Element:
        kind = local(node)
        events = [child for child in node if local(child).endswith('EventDefinition')]
        event = 'multiple' if events else ''
        if len(events) == 1:
            event = local(events[0]).removesuffix('EventDefinition')
        holder = events[0] if events else node
        return Element(
            id=node.get('id'), kind=kind, event=event if kind in EVENTS else '', parent=parent, lane=lane,
            name=one_line(node.get('name', '')), drawn_kind=node.get(DRAWN_KIND) or kind,
            inserted=node.get(INSERTED, ''),
            documentation=_documentation(node), line=node.sourceline, incoming=incoming, outgoing=outgoing,
            default=node.get('default', ''), candidate=camunda(node, 'candidateGroups'),
            form=form_of(node), due=camunda(node, 'dueDate'), follow_up=camunda(node, 'followUpDate'),
            priority=camunda(node, 'priority'), topic=camunda(node, 'topic'),
            decision=camunda(node, 'decisionRef'), called=node.get('calledElement', '').strip(),
            message=self._name('message', holder), signal=self._name('signal', holder),
            error=self._code('error', holder), escalation=self._code('escalation', holder),
            link=holder.get('name', '').strip() if event == 'link' else '', timer=_timer(holder),
            condition=text_of(holder, 'condition'), attached_to=node.get('attachedToRef', ''),
            interrupting=flag(node, 'cancelActivity' if kind == 'boundaryEvent' else 'isInterrupting', True),
            triggered=flag(node, 'triggeredByEvent'), multi=_multi(node), script=text_of(node, 'script'),
            loop=_loop(node), async_before=_async(node, 'asyncBefore') or _async(node, 'async'),
            async_after=_async(node, 'asyncAfter'),
            inputs=_mapped(node, 'inputParameter'), outputs=_mapped(node, 'outputParameter'),
            into=_crossing(node, 'in'), out_of=_crossing(node, 'out'), all_in=_all(node, 'in'),
            all_out=_all(node, 'out'), business_key=_business_key(node),
            binding=camunda(node, 'calledElementBinding'), version=camunda(node, 'calledElementVersion'),
            retry=next((one.text or '' for one in extensions_of(node, 'failedJobRetryTimeCycle')), '').strip(),
            properties=properties_of(node))

    def _name(self, kind: str, holder: etree._Element) -> str:
        node = self.named[kind].get(holder.get(f'{kind}Ref', ''))
        return node.get('name', '').strip() if node is not None else ''

    def _code(self, kind: str, holder: etree._Element) -> str:
        node = self.named[kind].get(holder.get(f'{kind}Ref', ''))
        return node.get(f'{kind}Code', '').strip() if node is not None else ''


def _data(process: etree._Element) -> Iterator[str]:
    """The variables that data objects declare, by their ids and by those of their names that can be written."""
    for node in process.iter(BPMN + 'dataObject', BPMN + 'dataObjectReference'):
        for name in (node.get('id', ''), one_line(node.get('name', ''))):
            if name.isidentifier():
                yield name


def _documentation(node: etree._Element) -> str:
    return '\n'.join(''.join(child.itertext()).strip() for child in node if local(child) == 'documentation')


def _timer(holder: etree._Element) -> Timer | None:
    for child in holder:
        if local(child) in ('timeDate', 'timeDuration', 'timeCycle'):
            return Timer(local(child)[4:].lower(), ''.join(child.itertext()).strip())
    return None


def _multi(node: etree._Element) -> Multi | None:
    marker = next((child for child in node if local(child) == 'multiInstanceLoopCharacteristics'), None)
    if marker is None:
        return None
    return Multi(camunda(marker, 'collection') or text_of(marker, 'loopDataInputRef'),
                 camunda(marker, 'elementVariable') or _item(marker, 'inputDataItem'), flag(marker, 'isSequential'),
                 text_of(marker, 'completionCondition'), text_of(marker, 'loopCardinality'),
                 text_of(marker, 'loopDataOutputRef'), _item(marker, 'outputDataItem'))


def _item(marker: etree._Element, name: str) -> str:
    item = next((child for child in marker if local(child) == name), None)
    return (item.get('name') or item.get('id') or '').strip() if item is not None else ''


def _loop(node: etree._Element) -> Loop | None:
    marker = next((child for child in node if local(child) == 'standardLoopCharacteristics'), None)
    if marker is None:
        return None
    return Loop(text_of(marker, 'loopCondition'), marker.get('loopMaximum', '').strip(), flag(marker, 'testBefore'))


def _async(node: etree._Element, attribute: str) -> bool:
    markers = (child for child in node if local(child) == 'multiInstanceLoopCharacteristics')
    return any(flag(one, CAMUNDA + attribute) for one in (node, *markers))


def _mapped(node: etree._Element, kind: str) -> dict[str, str]:
    return {child.get('name', ''): (child.text or '').strip() for mapping in extensions_of(node, 'inputOutput')
            for child in mapping if child.tag == CAMUNDA + kind and child.get('name')}


def _crossing(node: etree._Element, way: str) -> dict[str, str]:
    """What ``camunda:in`` or ``camunda:out`` map into or out of a called process, by the name on the other side."""
    found = {}
    for child in extensions_of(node, way):
        source = child.get('source', '').strip()
        value = child.get('sourceExpression', '').strip() or (f'${{{source}}}' if source else '')
        if child.get('target') and value:
            found[child.get('target')] = value
    return found


def _all(node: etree._Element, way: str) -> bool:
    return any(child.get('variables', '').strip() == 'all' for child in extensions_of(node, way))


def _business_key(node: etree._Element) -> str:
    return next((child.get('businessKey', '').strip() for child in extensions_of(node, 'in')
                 if child.get('businessKey')), '')
