"""The facts of one diagram: its elements, flows, lanes, messages, and the rules that a reader finds in it."""
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from lxml import etree

from engine import expression
from engine.errors import NotFound
from engine.finding import one_line

BPMN = '{http://www.omg.org/spec/BPMN/20100524/MODEL}'
CAMUNDA = '{http://camunda.org/schema/1.0/bpmn}'
_OURS = '{urn:duban}'
DRAWN, DRAWN_KIND, INSERTED = _OURS + 'drawn', _OURS + 'kind', _OURS + 'inserted'
"""What `normalise` writes: id and kind as drawn; on what is not in the picture, whose it is."""

FRAMES = frozenset({'subProcess', 'transaction', 'adHocSubProcess'})
TASKS = frozenset({'task', 'manualTask', 'userTask', 'serviceTask', 'businessRuleTask', 'scriptTask',
                   'sendTask', 'receiveTask'})
ACTIVITIES = TASKS | FRAMES | {'callActivity'}
EVENTS = frozenset({'startEvent', 'endEvent', 'intermediateCatchEvent', 'intermediateThrowEvent',
                    'boundaryEvent'})
GATEWAYS = frozenset({'exclusiveGateway', 'parallelGateway', 'inclusiveGateway', 'eventBasedGateway',
                      'complexGateway'})
FLOW_NODES = ACTIVITIES | EVENTS | GATEWAYS

POSTS = {'liaison': '联络员', 'chief': '单位负责人', 'officer': '督查员', 'head': '督查室负责人', 'principal': '主要领导',
         'deputy': '分管领导', 'owner': '流程管理员', 'auditor': '审计员', 'operator': '运维员'}
"""The posts that a candidate ``unit/post`` may name."""

_UNITS = {'${lead_unit}': '牵头单位', '${unit}': '协办单位', '${supervisor_unit}': '督查室', 'gov': '政府',
          'office': '政府办公厅（室）', 'supervision': '督查室'}
_BASIS = re.compile(r'(?:P\d{2}-\d{2}|A\d{2})(?:\s*[…–~～-]+\s*(?:P\d{2}-\d{2}|A\d{2}|\d{2}(?!\d)))?')


class Timer(NamedTuple):
    """``kind`` is ``date``, ``duration`` or ``cycle``; ``text`` is the expression as written."""

    kind: str
    text: str


class Multi(NamedTuple):
    """A multi-instance marker: one instance per value of ``collection``, which it finds as ``variable``.

    ``output`` is the list that collects what ``result`` comes to in each instance.
    """

    collection: str
    variable: str
    sequential: bool
    completion: str
    cardinality: str
    output: str = ''
    result: str = ''


class Loop(NamedTuple):
    """A standard loop: again while ``condition`` holds, at most ``most`` times."""

    condition: str
    most: str
    test_before: bool


class Lane(NamedTuple):
    """A lane and the elements that stand in it."""

    id: str
    name: str
    members: tuple[str, ...]


class Place(NamedTuple):
    """A text of the diagram that is evaluated. ``mode``: value, template, script or timer."""

    element: str
    part: str
    text: str
    mode: str


class Row(NamedTuple):
    """One line of the rules table: when, what happens, who, on what basis (rule ids)."""

    element: str
    when: str
    then: str
    who: str
    basis: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Flow:
    """A sequence flow. ``scope`` is the sub-process that holds it; what it does not have is '' or None."""

    id: str
    source: str
    target: str
    name: str = ''
    condition: str = ''
    scope: str | None = None
    inserted: str = ''
    documentation: str = ''
    line: int | None = None


@dataclass(frozen=True, kw_only=True)
class Element:
    """A node of the diagram. What it does not have is '' or None.

    ``id`` is as drawn; what is not in the picture names in ``inserted`` the element that it was put in
    for. ``kind`` is what is executed, ``drawn_kind`` what is drawn. ``message``, ``signal`` are names,
    ``error``, ``escalation`` codes, ``called``, ``decision``, ``form`` ids of other files. ``inputs`` are
    templates by parameter name, ``outputs`` templates by the name that they write, ``into`` and ``out_of``
    expressions by target variable; ``all_in`` and ``all_out`` map every variable of a call.
    """

    id: str
    kind: str
    name: str = ''
    event: str = ''
    parent: str | None = None
    drawn_kind: str = ''
    inserted: str = ''
    documentation: str = ''
    line: int | None = None
    lane: str = ''
    incoming: tuple[str, ...] = ()
    outgoing: tuple[str, ...] = ()
    default: str = ''
    candidate: str = ''
    form: str = ''
    due: str = ''
    follow_up: str = ''
    priority: str = ''
    topic: str = ''
    decision: str = ''
    called: str = ''
    message: str = ''
    signal: str = ''
    error: str = ''
    escalation: str = ''
    link: str = ''
    timer: Timer | None = None
    condition: str = ''
    attached_to: str = ''
    interrupting: bool = True
    triggered: bool = False
    multi: Multi | None = None
    loop: Loop | None = None
    script: str = ''
    async_before: bool = False
    async_after: bool = False
    inputs: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    into: Mapping[str, str] = field(default_factory=dict)
    out_of: Mapping[str, str] = field(default_factory=dict)
    all_in: bool = False
    all_out: bool = False
    business_key: str = ''
    binding: str = ''
    version: str = ''
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Definition:
    """One process as drawn. ``thrown``, ``heard`` and ``starts`` are messages; the last begin an instance."""

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

    def places(self) -> Iterator[Place]:
        """Every text of the diagram that is evaluated while it runs."""
        for element in self.elements.values():
            yield from _places(element)
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


def understood(place: Place) -> expression.Code | expression.Template:
    """The compiled expression of a place.

    :raises ExpressionError: it is not in the documented grammar.
    """
    if place.mode == 'template':
        return expression.template(place.text)
    return expression.compile(place.text, 'script' if place.mode == 'script' else 'value')


def local(node: etree._Element) -> str:
    """The BPMN name of a node; '' for a node of another namespace."""
    tag = node.tag
    return tag[len(BPMN):] if isinstance(tag, str) and tag.startswith(BPMN) else ''


def process_of(root: etree._Element) -> etree._Element | None:
    """The process that a file is about: the executable one, else the first that holds anything, else any."""
    processes = [node for node in root if local(node) == 'process']
    executable = [node for node in processes if node.get('isExecutable') in ('true', '1')]
    drawn = [node for node in processes if any(local(child) in FLOW_NODES for child in node)]
    return next(iter(executable or drawn or processes), None)


def flag(node: etree._Element, attribute: str, otherwise: bool = False) -> bool:
    """A yes-or-no attribute of BPMN."""
    return node.get(attribute, 'true' if otherwise else 'false').strip().lower() in ('true', '1')


def form_of(node: etree._Element) -> str:
    """The id of the form that a task or start event names, in either notation; '' where it names none."""
    key = _camunda(node, 'formRef') or _camunda(node, 'formKey')
    return key.rpartition(':')[2].removesuffix('.form') if key.startswith('camunda-forms:') else key


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
        self.drawn = {node.get('id'): node.get(DRAWN) for node in process.iter() if node.get(DRAWN)}
        self._collect(process, None)
        self.lanes = tuple(self._lanes(process))
        self.lane_of = {member: lane.name for lane in self.lanes for member in lane.members}

    def _collect(self, scope: etree._Element, parent: str | None) -> None:
        for node in scope:
            kind = local(node)
            known = kind == 'sequenceFlow' or kind in FLOW_NODES
            if not known or not node.get('id') or _ident(node) in self.seen:
                continue
            self.seen.add(_ident(node))                               # of two with one id, the first is read
            if kind == 'sequenceFlow':
                self.flow_nodes.append((node, parent))
                continue
            self.nodes.append((node, parent))
            if kind in FRAMES:
                self._collect(node, _ident(node))

    def _lanes(self, node: etree._Element) -> Iterator[Lane]:
        for lane_set in node:
            if local(lane_set) not in ('laneSet', 'childLaneSet'):
                continue
            for lane in (child for child in lane_set if local(child) == 'lane'):
                members = tuple(self._as_drawn((child.text or '').strip()) for child in lane
                                if local(child) == 'flowNodeRef')
                yield Lane(lane.get('id', ''), one_line(lane.get('name', '')), members)
                yield from self._lanes(lane)

    def _as_drawn(self, ident: str) -> str:
        return self.drawn.get(ident, ident)

    def definition(self) -> Definition:
        process = self.process
        flows = {_ident(node): self._flow(node, parent) for node, parent in self.flow_nodes}
        ways: dict[str, tuple[list[str], list[str]]] = {}
        for flow in flows.values():
            ways.setdefault(flow.target, ([], []))[0].append(flow.id)
            ways.setdefault(flow.source, ([], []))[1].append(flow.id)
        elements: dict[str, Element] = {}
        for node, parent in self.nodes:
            incoming, outgoing = ways.get(_ident(node), ([], []))
            lane = self.lane_of.get(_ident(node)) or (elements[parent].lane if parent in elements else '')
            elements[_ident(node)] = self._element(node, parent, lane, tuple(incoming), tuple(outgoing))
        properties = _properties(process)
        said = [element for element in elements.values() if element.message]
        throwing = ('intermediateThrowEvent', 'endEvent', 'sendTask')
        return Definition(
            id=process.get('id', ''), name=one_line(process.get('name', '')),
            documentation=_documentation(process),
            properties=properties, elements=elements, flows=flows, lanes=self.lanes, line=process.sourceline,
            starter=_camunda(self.process, 'candidateStarterGroups'),
            stages=tuple(part.strip() for part in re.split('[,，、]', properties.get('stages', ''))
                         if part.strip()),
            thrown=frozenset(element.message for element in said if element.kind in throwing),
            heard=frozenset(element.message for element in said if element.kind not in throwing),
            starts=frozenset(element.message for element in said
                             if element.kind == 'startEvent' and element.parent is None))

    def _flow(self, node: etree._Element, parent: str | None) -> Flow:
        condition = next((child for child in node if local(child) == 'conditionExpression'), None)
        return Flow(id=_ident(node), source=self._as_drawn(node.get('sourceRef', '')), scope=parent,
                    target=self._as_drawn(node.get('targetRef', '')), name=one_line(node.get('name', '')),
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
            id=_ident(node), kind=kind, event=event if kind in EVENTS else '', parent=parent, lane=lane,
            name=one_line(node.get('name', '')), drawn_kind=node.get(DRAWN_KIND) or kind,
            inserted=node.get(INSERTED, ''),
            documentation=_documentation(node), line=node.sourceline, incoming=incoming, outgoing=outgoing,
            default=self._as_drawn(node.get('default', '')), candidate=_camunda(node, 'candidateGroups'),
            form=form_of(node), due=_camunda(node, 'dueDate'), follow_up=_camunda(node, 'followUpDate'),
            priority=_camunda(node, 'priority'), topic=_camunda(node, 'topic'),
            decision=_camunda(node, 'decisionRef'), called=node.get('calledElement', '').strip(),
            message=self._name('message', holder), signal=self._name('signal', holder),
            error=self._code('error', holder), escalation=self._code('escalation', holder),
            link=holder.get('name', '').strip() if event == 'link' else '', timer=_timer(holder),
            condition=_text(holder, 'condition'), attached_to=self._as_drawn(node.get('attachedToRef', '')),
            interrupting=flag(node, 'cancelActivity' if kind == 'boundaryEvent' else 'isInterrupting', True),
            triggered=flag(node, 'triggeredByEvent'), multi=_multi(node), script=_text(node, 'script'),
            loop=_loop(node), async_before=flag(node, CAMUNDA + 'asyncBefore') or flag(node, CAMUNDA + 'async'),
            async_after=flag(node, CAMUNDA + 'asyncAfter'),
            inputs=_mapped(node, 'inputParameter'), outputs=_mapped(node, 'outputParameter'),
            into=_crossing(node, 'in'), out_of=_crossing(node, 'out'), all_in=_all(node, 'in'),
            all_out=_all(node, 'out'), business_key=_business_key(node),
            binding=_camunda(node, 'calledElementBinding'), version=_camunda(node, 'calledElementVersion'),
            properties=_properties(node))

    def _name(self, kind: str, holder: etree._Element) -> str:
        node = self.named[kind].get(holder.get(f'{kind}Ref', ''))
        return node.get('name', '').strip() if node is not None else ''

    def _code(self, kind: str, holder: etree._Element) -> str:
        node = self.named[kind].get(holder.get(f'{kind}Ref', ''))
        return node.get(f'{kind}Code', '').strip() if node is not None else ''


def _ident(node: etree._Element) -> str:
    return node.get(DRAWN) or node.get('id')


def _text(node: etree._Element, name: str) -> str:
    return next((''.join(child.itertext()).strip() for child in node if local(child) == name), '')


def _documentation(node: etree._Element) -> str:
    return '\n'.join(''.join(child.itertext()).strip() for child in node if local(child) == 'documentation')


def _camunda(node: etree._Element, attribute: str) -> str:
    return node.get(CAMUNDA + attribute, '').strip()


def _timer(holder: etree._Element) -> Timer | None:
    for child in holder:
        if local(child) in ('timeDate', 'timeDuration', 'timeCycle'):
            return Timer(local(child)[4:].lower(), ''.join(child.itertext()).strip())
    return None


def _multi(node: etree._Element) -> Multi | None:
    marker = next((child for child in node if local(child) == 'multiInstanceLoopCharacteristics'), None)
    if marker is None:
        return None
    item = next((child for child in marker if local(child) == 'inputDataItem'), None)
    variable = (item.get('name') or item.get('id') or '') if item is not None else ''
    return Multi(_camunda(marker, 'collection') or _text(marker, 'loopDataInputRef'),
                 _camunda(marker, 'elementVariable') or variable.strip(), flag(marker, 'isSequential'),
                 _text(marker, 'completionCondition'), _text(marker, 'loopCardinality'),
                 _text(marker, 'loopDataOutputRef'), _result(marker))


def _result(marker: etree._Element) -> str:
    item = next((child for child in marker if local(child) == 'outputDataItem'), None)
    return (item.get('name') or item.get('id') or '').strip() if item is not None else ''


def _loop(node: etree._Element) -> Loop | None:
    marker = next((child for child in node if local(child) == 'standardLoopCharacteristics'), None)
    if marker is None:
        return None
    return Loop(_text(marker, 'loopCondition'), marker.get('loopMaximum', '').strip(), flag(marker, 'testBefore'))


def _extensions(node: etree._Element, name: str) -> Iterator[etree._Element]:
    for holder in node:
        if local(holder) == 'extensionElements':
            yield from (child for child in holder if child.tag == CAMUNDA + name)


def _mapped(node: etree._Element, kind: str) -> dict[str, str]:
    return {child.get('name', ''): (child.text or '').strip() for mapping in _extensions(node, 'inputOutput')
            for child in mapping if child.tag == CAMUNDA + kind and child.get('name')}


def _crossing(node: etree._Element, way: str) -> dict[str, str]:
    """What ``camunda:in`` or ``camunda:out`` map into or out of a called process, by the name on the other side."""
    found = {}
    for child in _extensions(node, way):
        source = child.get('source', '').strip()
        text = child.get('sourceExpression', '').strip() or (f'${{{source}}}' if source else '')
        if child.get('target') and text:
            found[child.get('target')] = text
    return found


def _all(node: etree._Element, way: str) -> bool:
    return any(child.get('variables', '').strip() == 'all' for child in _extensions(node, way))


def _business_key(node: etree._Element) -> str:
    return next((child.get('businessKey', '').strip() for child in _extensions(node, 'in')
                 if child.get('businessKey')), '')


def _properties(node: etree._Element) -> dict[str, str]:
    return {child.get('name', ''): child.get('value', '') for holder in _extensions(node, 'properties')
            for child in holder if child.tag == CAMUNDA + 'property' and child.get('name')}


def _places(element: Element) -> Iterator[Place]:
    single = (('candidate', element.candidate, 'template'), ('due', element.due, 'template'),
              ('follow_up', element.follow_up, 'template'), ('priority', element.priority, 'template'),
              ('timer', element.timer.text if element.timer else '', 'timer'),
              ('condition', element.condition, 'value'), ('script', element.script, 'script'))
    for part, text, mode in single:
        if text:
            yield Place(element.id, part, text, mode)
    if element.multi:
        for part, text in (('collection', element.multi.collection), ('completion', element.multi.completion),
                           ('cardinality', element.multi.cardinality)):
            if text:
                yield Place(element.id, part, text, 'value')
    for name, text in element.inputs.items():
        if text:
            yield Place(element.id, f'input:{name}', text, 'template')
    for name, text in element.outputs.items():
        if text:
            yield Place(element.id, f'output:{name}', text, 'template')
    for name, text in element.into.items():
        yield Place(element.id, f'in:{name}', text, 'value')
    for name, text in element.out_of.items():
        yield Place(element.id, f'out:{name}', text, 'value')
    if element.loop and element.loop.condition:
        yield Place(element.id, 'loop', element.loop.condition, 'value')
    if element.business_key:
        yield Place(element.id, 'business_key', element.business_key, 'template')


def rules(definition: Definition) -> list[Row]:
    """The rules table of a process page: what each deadline and message sets off, for whom, on what basis.

    In the order of the file. ``basis`` are the rule ids (P01-01, A07, ranges as written) in the documentation
    of the event and of what it leads to.
    """
    return [_row(definition, element) for element in definition.elements.values()
            if not element.inserted and (element.timer or element.message)
            and element.kind in ('boundaryEvent', 'intermediateCatchEvent', 'startEvent', 'receiveTask')]


def _row(definition: Definition, element: Element) -> Row:
    when = element.name or (element.timer.text if element.timer else element.message)
    if element.message:
        when = f'收到“{when}”'
    host = definition.elements.get(element.attached_to)
    if host:
        when = f'{host.name or host.id}：{when}'
    steps = list(_steps(definition, element, set()))
    then = '；'.join((f'{label}：' if label else '') + (step.name or step.id) for label, step in steps)
    if host and element.interrupting:
        then = f'{then}（“{host.name or host.id}”中止）'
    people = dict.fromkeys(who for _, step in steps for who in _people(step))
    said = [element.documentation, *(step.documentation for _, step in steps)]
    basis = dict.fromkeys(found for text in said for found in _BASIS.findall(text))
    return Row(element.id, when, then, '、'.join(people) or element.lane, tuple(basis))


def _steps(definition: Definition, element: Element, seen: set[str],
           label: str = '') -> Iterator[tuple[str, Element]]:
    for flow_id in element.outgoing:
        flow = definition.flows[flow_id]
        target = definition.elements.get(flow.target)
        if target is None or target.id in seen:
            continue
        seen.add(target.id)
        said = flow.name or label
        if target.kind in GATEWAYS:
            yield from _steps(definition, target, seen, said)
        else:
            yield said, target


def _people(step: Element) -> Iterator[str]:
    for text in (step.candidate or step.inputs.get('to', '')).split(','):
        unit, slash, post = text.strip().rpartition('/')
        if slash and post in POSTS:
            yield f'{_UNITS.get(unit, unit)}·{POSTS[post]}'
        elif text.strip():
            yield step.lane or text.strip()
