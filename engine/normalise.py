"""Says what a drawing leaves open: ids that are missing, flows that stand elsewhere, gateways that are only meant.

Each repair is a finding; what cannot be settled here is left as it is, and the gate judges it. An element that is
executed as another kind carries the drawn one in an attribute of our own (`definition.DRAWN_KIND`); what is not in the
picture carries `INSERTED`, the id of the element that it belongs to.
"""
from copy import deepcopy

from lxml import etree

from engine.definition import (BPMN, DRAWN_KIND, FLOW_NODES, FRAMES, GATEWAYS, INSERTED, bare, local, process_of,
                               properties_of)
from engine.finding import REPAIR, WARN, Both, Finding, Rule, Spot, rule

EXECUTABLE = rule('process.marked_executable', REPAIR, '{it}没有写明是否可执行，按可执行发布。',
                  '{it} does not say whether it is executable; it is deployed as executable.')
FLOW_ID = rule('flow.id_given', REPAIR, '从{source}到{target}的顺序流没有编号，已补上“{id}”。',
               'The flow from {source} to {target} had no id and was given "{id}".')
FLOW_MOVED = rule('flow.moved', REPAIR, '{it}写在它两端所在的子流程之外，已移入。',
                  '{it} was written outside the sub-process of its two ends and was moved in.')
DEFAULT_FLOW = rule('gateway.default_given', REPAIR, '{it}只有一条流向没有条件，已把它（{flow}）当作默认流向。',
                    'Exactly one flow out of {it} has no condition; it ({flow}) was made the default.')
ALWAYS = rule('gateway.always', REPAIR, '{it}的流向{flow}没有条件，按“总是走”执行。',
              'Flow {flow} out of {it} has no condition and is always taken.')
SPLIT = rule('flow.split_added', REPAIR, '{it}直接引出{count}条流向，已在其后补上{gateway}网关，执行的含义不变。',
             '{count} flows leave {it} directly; a {gateway} gateway that means the same was put behind it.')
LINK = rule('link.joined', REPAIR, '{it}已接到同名的链接捕获事件（{target}）。',
            '{it} was joined to the link catch event of the same name ({target}).')
PASSES = rule('task.passes', WARN, '{it}不等人办理，到了就自动通过；要人办理请改成用户任务，或把流程属性manual_tasks写成wait。',
              '{it} waits for nobody and is passed at once; make it a user task if somebody shall do it, or set the '
              'process property manual_tasks to wait.')
WAITS = rule('task.waits', REPAIR, '{it}按用户任务办理（manual_tasks是wait，或图是为SpiffWorkflow画的）。',
             '{it} waits like a user task (manual_tasks is wait, or the diagram was drawn for SpiffWorkflow).')

MANUAL = ('wait', 'pass')
"""What the process property ``manual_tasks`` may say of manual and undefined tasks."""

_PLATFORM = '{http://camunda.org/schema/modeler/1.0}executionPlatform'
_BOOLEANS = ('isExecutable', 'cancelActivity', 'isInterrupting', 'triggeredByEvent', 'isSequential')
_GATEWAY = {'inclusiveGateway': Both('包容', 'inclusive'), 'parallelGateway': Both('并行', 'parallel')}
_SCENERY = frozenset({'textAnnotation', 'association', 'group', 'incoming', 'outgoing'})


def normalise(tree: etree._Element | etree._ElementTree,
              file: str = '') -> tuple[etree._Element, list[Finding]]:
    """A rewritten copy of a diagram's root, and what was changed. The tree given is left alone; any is taken.

    In the copy: one process, no picture; every flow has an id of its own and stands in its scope; a task or event has
    one flow out, without condition; links are flows.
    """
    root = tree.getroot() if isinstance(tree, etree._ElementTree) else tree
    root = deepcopy(root)
    bare(root)
    process = process_of(root)
    if process is None:
        return root, []
    work = _Work(root, process, file)
    for step in (work.strip, work.mark, work.name_flows, work.move_flows, work.manual_tasks, work.join_links,
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

    def fresh(self, wish: str) -> str:
        name, number = wish, 2
        while name in self.ids:
            name, number = f'{wish}_{number}', number * 2
        self.ids.add(name)
        return name

    def note(self, which: Rule, node: etree._Element, **values: object) -> None:
        self.findings.append(which.at(spot(node, self.file), **values))

    def insert(self, beside: etree._Element, kind: str, wish: str, **attributes: str) -> etree._Element:
        owner = beside.get(INSERTED) or beside.get('id')
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

    def become(self, node: etree._Element, kind: str) -> None:
        node.set(DRAWN_KIND, node.get(DRAWN_KIND) or local(node))
        node.tag = BPMN + kind

    def manual_tasks(self) -> None:
        """Manual and undefined tasks wait for somebody, or are passed, as the process or its platform says."""
        waits = manual(self.process) == 'wait'
        for node in self.nodes('task', 'manualTask'):
            self.note(WAITS if waits else PASSES, node)
            if waits:
                self.become(node, 'userTask')

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


def manual(process: etree._Element) -> str:
    """What happens at manual and undefined tasks: ``wait`` or ``pass``, or another word that somebody wrote there."""
    spiff = 'spiff' in process.getroottree().getroot().get(_PLATFORM, '').lower()
    return properties_of(process).get('manual_tasks', '').strip() or ('wait' if spiff else 'pass')


def spot(node: etree._Element, file: str) -> Spot:
    """Where a node stands, under the id and kind that are drawn."""
    kind = node.get(DRAWN_KIND) or local(node) or 'definitions'
    return Spot(file, kind, node.get(INSERTED) or node.get('id'), node.get('name', ''),
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
