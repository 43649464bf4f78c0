"""Rewrites a diagram into the subset that the library underneath runs right, keeping the ids as drawn.

Each repair is a finding; what cannot be said in that subset is left as it is, and the gate refuses it. A
rewritten element carries its drawn id and kind in attributes of our own (`definition.DRAWN`, `DRAWN_KIND`);
what is not in the picture carries `INSERTED`, the id of the element that it belongs to.
"""
from collections.abc import Iterator
from copy import deepcopy

from lxml import etree

from engine.definition import (ACTIVITIES, BPMN, CAMUNDA, DRAWN, DRAWN_KIND, FLOW_NODES, FRAMES, GATEWAYS,
                               INSERTED,
                               form_of, local, process_of)
from engine.finding import REPAIR, WARN, Both, Finding, Rule, Spot, rule

EXECUTABLE = rule('process.marked_executable', REPAIR, '{it}没有写明是否可执行，按可执行发布。',
                  '{it} does not say whether it is executable; it is deployed as executable.')
FLOW_ID = rule('flow.id_given', REPAIR, '从{source}到{target}的顺序流没有编号，已补上“{id}”。',
               'The flow from {source} to {target} had no id and was given "{id}".')
FLOW_MOVED = rule('flow.moved', REPAIR, '{it}写在它两端所在的子流程之外，已移入。',
                  '{it} was written outside the sub-process of its two ends and was moved in.')
RENAMED = rule('id.reserved', REPAIR, '{it}的编号是执行引擎内部的名字，内部改称“{id}”，图上不变。',
               'The id of {it} is a name of the engine\'s own; inside it is called "{id}", the picture keeps '
               'its id.')
DEFAULT_FLOW = rule('gateway.default_given', REPAIR, '{it}只有一条流向没有条件，已把它（{flow}）当作默认流向。',
                    'Exactly one flow out of {it} has no condition; it ({flow}) was made the default.')
ALWAYS = rule('gateway.always', REPAIR, '{it}的流向{flow}没有条件，按“总是走”执行。',
              'Flow {flow} out of {it} has no condition and is always taken.')
SPLIT = rule('flow.split_added', REPAIR, '{it}直接引出{count}条流向，已在其后补上{gateway}网关，执行的含义不变。',
             '{count} flows leave {it} directly; a {gateway} gateway that means the same was put behind it.')
LINK = rule('link.joined', REPAIR, '{it}已接到同名的链接捕获事件（{target}）。',
            '{it} was joined to the link catch event of the same name ({target}).')
SIGNAL_END = rule('signal.end_split', REPAIR, '{it}改为先发出信号、再结束，效果相同。',
                  '{it} was rewritten as a signal throw followed by a plain end, which does the same.')
FRAME_END = rule('frame.end_given', REPAIR, '{it}里没有结束事件，已在最后一步之后补上。',
                 '{it} had no end event; one was put behind its last step.')
PASSES = rule('task.passes', WARN, '{it}不等人办理，到了就自动通过；要人办理请改成用户任务。',
              '{it} waits for nobody and is passed at once; make it a user task if somebody shall do it.')

RESERVED = frozenset({'Start', 'End', 'Root', 'StartEventSplit', 'StartEventJoin'})
_RESERVED_ENDINGS = ('.EndJoin', '.BoundaryEventSplit', '.BoundaryEventJoin', ' [child]')
_BOOLEANS = ('isExecutable', 'cancelActivity', 'isInterrupting', 'triggeredByEvent', 'isSequential')
_GATEWAY = {'inclusiveGateway': Both('包容', 'inclusive'), 'parallelGateway': Both('并行', 'parallel')}
_SCENERY = frozenset({'textAnnotation', 'association', 'group', 'incoming', 'outgoing'})


def normalise(tree: etree._Element | etree._ElementTree,
              file: str = '') -> tuple[etree._Element, list[Finding]]:
    """A rewritten copy of a diagram's root, and what was changed. The tree given is left alone; any is taken.

    In the copy: one process, no picture; every node and flow has an id of its own and stands in its
    scope; a task or event has one flow out, without condition; link, send, receive, manual and undefined
    tasks are events.
    """
    root = tree.getroot() if isinstance(tree, etree._ElementTree) else tree
    root = deepcopy(root)
    process = process_of(root)
    if process is None:
        return root, []
    work = _Work(root, process, file)
    for step in (work.strip, work.mark, work.name_flows, work.move_flows, work.rename, work.pass_tasks,
                 work.send_tasks,
                 work.receive_tasks, work.join_links, work.end_signals, work.multiple, work.name_forms,
                 work.end_frames,
                 work.defaults, work.split):
        step()
    return root, work.findings


class _Work:
    def __init__(self, root: etree._Element, process: etree._Element, file: str) -> None:
        self.root, self.process, self.file = root, process, file
        self.findings: list[Finding] = []
        self.ids = {node.get('id') for node in root.iter() if node.get('id')}

    # what the steps have in common

    def nodes(self, *kinds: str) -> list[etree._Element]:
        wanted = {BPMN + kind for kind in kinds or FLOW_NODES}
        return [node for node in self.process.iter(*wanted) if node.get('id')]

    def flows(self) -> list[etree._Element]:
        return [node for node in self.process.iter(BPMN + 'sequenceFlow')]

    def leaving(self) -> dict[str, list[etree._Element]]:
        found: dict[str, list[etree._Element]] = {}
        for flow in self.flows():
            found.setdefault(flow.get('sourceRef', ''), []).append(flow)
        return found

    def guarded(self) -> set[str]:
        return {node.get('attachedToRef', '') for node in self.nodes('boundaryEvent')}

    def fresh(self, wish: str) -> str:
        name, number = wish, 2
        while name in self.ids or _reserved(name):
            name, number = f'{wish}_{number}', number * 2
        self.ids.add(name)
        return name

    def note(self, which: Rule, node: etree._Element, **values: object) -> None:
        self.findings.append(which.at(spot(node, self.file), **values))

    def insert(self, beside: etree._Element, kind: str, wish: str, **attributes: str) -> etree._Element:
        owner = beside.get(INSERTED) or beside.get(DRAWN) or beside.get('id')
        node = etree.Element(BPMN + kind, {'id': self.fresh(wish), INSERTED: owner, **attributes})
        node.sourceline = beside.sourceline
        beside.addnext(node)
        return node

    def connect(self, beside: etree._Element, source: str, target: str) -> None:
        self.insert(beside, 'sequenceFlow', f'{source}__{target}', sourceRef=source, targetRef=target)

    # the steps

    def strip(self) -> None:
        """Leaves out what is not executed: the picture, other pools, notes."""
        for node in list(self.root):
            if node is not self.process and (not local(node) or local(node) in ('process', 'collaboration')):
                self.root.remove(node)
        for node in list(self.process.iter(*(BPMN + kind for kind in _SCENERY))):
            node.getparent().remove(node)
        for node in list(self.process.iter(BPMN + 'conditionExpression')):
            if not (node.text or '').strip() and not len(node):
                node.getparent().remove(node)

    def mark(self) -> None:
        for node in self.process.iter():
            for attribute in _BOOLEANS:
                value = node.get(attribute, '').strip()
                if value in ('1', '0'):
                    node.set(attribute, 'true' if value == '1' else 'false')
        for node in self.nodes(*FRAMES):
            if node.get('triggeredByEvent') == 'false':
                del node.attrib['triggeredByEvent']
        if self.process.get('isExecutable') is None:
            self.process.set('isExecutable', 'true')
            self.note(EXECUTABLE, self.process)

    def name_flows(self) -> None:
        for flow in self.flows():
            if not flow.get('id'):
                source, target = flow.get('sourceRef', ''), flow.get('targetRef', '')
                flow.set('id', self.fresh(f'{source}__{target}'))
                self.note(FLOW_ID, flow, source=source, target=target, id=flow.get('id'))

    def move_flows(self) -> None:
        scope = {node.get('id'): node.getparent() for node in self.nodes()}
        for flow in self.flows():
            source, target = scope.get(flow.get('sourceRef')), scope.get(flow.get('targetRef'))
            if source is not None and source is target and flow.getparent() is not source:
                source.append(flow)
                self.note(FLOW_MOVED, flow)

    def rename(self) -> None:
        renamed: dict[str, str] = {}
        for node in self.nodes():
            old = node.get('id')
            if _reserved(old):
                renamed[old] = self.fresh(old.replace(' ', '_').replace('.', '_') + '_')
                self.note(RENAMED, node, id=renamed[old])
                node.set(DRAWN, old)
                node.set('id', renamed[old])
        for node in self.process.iter() if renamed else ():
            for attribute in ('sourceRef', 'targetRef', 'attachedToRef'):
                if node.get(attribute) in renamed:
                    node.set(attribute, renamed[node.get(attribute)])
            if local(node) == 'flowNodeRef' and (node.text or '').strip() in renamed:
                node.text = renamed[node.text.strip()]

    def become(self, node: etree._Element, kind: str) -> None:
        node.set(DRAWN_KIND, node.get(DRAWN_KIND) or local(node))
        node.tag = BPMN + kind

    def alone(self, *kinds: str) -> Iterator[etree._Element]:
        guarded = self.guarded()
        for node in self.nodes(*kinds):
            if node.get('id') not in guarded and not any('LoopCharacteristics' in local(child)
                                                         for child in node):
                yield node

    def pass_tasks(self) -> None:
        for node in self.alone('task', 'manualTask'):
            self.note(PASSES, node)
            self.become(node, 'intermediateThrowEvent')

    def send_tasks(self) -> None:
        for node in self.nodes('sendTask'):
            if node.get(CAMUNDA + 'topic'):
                self.become(node, 'serviceTask')
        for node in self.alone('sendTask'):
            if node.get('messageRef'):
                self._message_event(node, 'intermediateThrowEvent')

    def receive_tasks(self) -> None:
        for node in self.alone('receiveTask'):
            if node.get('messageRef'):
                self._message_event(node, 'intermediateCatchEvent')

    def _message_event(self, node: etree._Element, kind: str) -> None:
        self.become(node, kind)
        event = etree.SubElement(node, BPMN + 'messageEventDefinition',
                                 messageRef=node.attrib.pop('messageRef'))
        event.set('id', self.fresh(f'{node.get("id")}_message'))

    def join_links(self) -> None:
        catching: dict[tuple[etree._Element, str], list[etree._Element]] = {}
        for node in self.nodes('intermediateCatchEvent'):
            if link_name(node):
                catching.setdefault((node.getparent(), link_name(node)), []).append(node)
        leaving = self.leaving()
        reached = {flow.get('targetRef') for flow in self.flows()}
        joined: dict[etree._Element, bool] = {}
        for node in self.nodes('intermediateThrowEvent'):
            targets = catching.get((node.getparent(), link_name(node)), [])
            if len(targets) != 1 or node.get('id') in leaving or targets[0].get('id') in reached:
                continue
            self.note(LINK, node, target=targets[0].get('id'))
            self.connect(node, node.get('id'), targets[0].get('id'))
            joined[node] = joined[targets[0]] = True
        for node in joined:
            for child in [child for child in node if local(child) == 'linkEventDefinition']:
                node.remove(child)
            if local(node) == 'intermediateCatchEvent':
                self.become(node, 'intermediateThrowEvent')

    def end_signals(self) -> None:
        entering: dict[str, list[etree._Element]] = {}
        for flow in self.flows():
            entering.setdefault(flow.get('targetRef', ''), []).append(flow)
        for node in self.nodes('endEvent'):
            events = [child for child in node if local(child).endswith('EventDefinition')]
            if len(events) != 1 or local(events[0]) != 'signalEventDefinition':
                continue
            self.note(SIGNAL_END, node)
            throw = self.insert(node, 'intermediateThrowEvent', f'{node.get("id")}__throw',
                                name=node.get('name', ''))
            throw.append(events[0])
            for flow in entering.get(node.get('id'), ()):
                flow.set('targetRef', throw.get('id'))
            self.connect(node, throw.get('id'), node.get('id'))

    def multiple(self) -> None:
        """Both notations of a multi-instance marker become the shorter one."""
        for marker in list(self.process.iter(BPMN + 'multiInstanceLoopCharacteristics')):
            parts = {local(child): child for child in marker}
            if marker.get(CAMUNDA + 'collection') or 'loopDataInputRef' not in parts:
                continue
            marker.set(CAMUNDA + 'collection', (parts['loopDataInputRef'].text or '').strip())
            marker.remove(parts['loopDataInputRef'])
            if 'inputDataItem' in parts:
                item = parts['inputDataItem']
                marker.set(CAMUNDA + 'elementVariable', item.get('name') or item.get('id') or '')
                marker.remove(item)

    def name_forms(self) -> None:
        """Both ways to name a form become one."""
        for node in self.nodes('userTask', 'startEvent'):
            form = form_of(node)
            node.attrib.pop(CAMUNDA + 'formKey', None)
            if form:
                node.set(CAMUNDA + 'formRef', form)

    def end_frames(self) -> None:
        leaving = self.leaving()
        for frame in self.nodes(*FRAMES):
            inside = [node for node in frame if local(node) in FLOW_NODES and node.get('id')]
            if any(local(node) == 'endEvent' for node in inside):
                continue
            last = [node for node in inside if node.get('id') not in leaving
                    and local(node) in ACTIVITIES | {'intermediateCatchEvent', 'intermediateThrowEvent'}]
            if not last:
                continue
            self.note(FRAME_END, frame)
            end = self.insert(last[-1], 'endEvent', f'{frame.get("id")}__end')
            for node in last:
                self.connect(end, node.get('id'), end.get('id'))

    def defaults(self) -> None:
        """An exclusive gateway's only flow without condition is its default; an inclusive one's is always
        taken."""
        leaving = self.leaving()
        for node in self.nodes('exclusiveGateway', 'inclusiveGateway'):
            flows = leaving.get(node.get('id'), [])
            bare = [flow for flow in flows if not conditional(flow) and flow.get('id') != node.get('default')]
            if len(flows) < 2 or not bare:
                continue
            if local(node) == 'inclusiveGateway':
                for flow in bare:
                    self.note(ALWAYS, node, flow=flow.get('id'))
                    _always(flow)
            elif len(bare) == 1 and not node.get('default'):
                self.note(DEFAULT_FLOW, node, flow=bare[0].get('id'))
                node.set('default', bare[0].get('id'))

    def split(self) -> None:
        """Several flows, or a condition, out of a task or event: a gateway behind it that means the same."""
        leaving = self.leaving()
        for node in self.nodes():
            flows = leaving.get(node.get('id'), [])
            conditions = [flow for flow in flows if conditional(flow)]
            if local(node) in GATEWAYS or local(node) == 'endEvent' or not (len(flows) > 1 or conditions):
                continue
            kind = 'inclusiveGateway' if conditions else 'parallelGateway'
            self.note(SPLIT, node, count=len(flows), gateway=_GATEWAY[kind])
            gateway = self.insert(node, kind, f'{node.get("id")}__split')
            default = node.attrib.pop('default', None)
            if default and conditions:
                gateway.set('default', default)
            for flow in flows:
                flow.set('sourceRef', gateway.get('id'))
                if conditions and not conditional(flow) and flow.get('id') != default:
                    _always(flow)
            self.connect(node, node.get('id'), gateway.get('id'))


def spot(node: etree._Element, file: str) -> Spot:
    """Where a node stands, under the id and kind that are drawn."""
    kind = node.get(DRAWN_KIND) or local(node) or 'definitions'
    return Spot(file, kind, node.get(INSERTED) or node.get(DRAWN) or node.get('id'), node.get('name', ''),
                node.sourceline)


def link_name(node: etree._Element) -> str:
    """The name of a link event; '' for any other."""
    return next((child.get('name', '').strip() for child in node if local(child) == 'linkEventDefinition'),
                '')


def conditional(flow: etree._Element) -> bool:
    """Whether a sequence flow carries a condition that is not empty."""
    return any(local(child) == 'conditionExpression' and ''.join(child.itertext()).strip() for child in flow)


def _always(flow: etree._Element) -> None:
    etree.SubElement(flow, BPMN + 'conditionExpression').text = '${true}'


def _reserved(name: str) -> bool:
    return name in RESERVED or name.endswith(_RESERVED_ENDINGS)
