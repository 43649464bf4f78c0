"""Rules about the words of BPMN: every element and attribute is executed, harmless, or a finding."""
from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from lxml import etree

from engine.definition import ACTIVITIES, BPMN, CAMUNDA, EVENTS, FLOW_NODES, FRAMES, GATEWAYS, local
from engine.finding import REFUSE, WARN, Both, Finding, Spot, rule
from engine.gate.scene import Diagram

UNKNOWN_ELEMENT = rule('element.unknown', REFUSE, '{it}里的“{what}”不是这里执行的BPMN元素，请删去或改画。',
                       '"{what}" in {it} is no BPMN element that is executed here; delete or redraw it.')
MISPLACED_ELEMENT = rule('element.place', REFUSE, '{it}里的“{what}”放错了地方，不会执行；请删去或移到该在的地方。',
                         '"{what}" has no place in {it} and is not executed; delete or move it.')
TWICE = rule('element.twice', REFUSE, '{it}里有{count}个“{what}”，只能有一个。',
             '{it} holds {count} of "{what}" and may have one.')
UNKNOWN_ATTRIBUTE = rule('attribute.unknown', REFUSE, '{it}的属性“{what}”不认识{hint}',
                         'The attribute "{what}" of {it} is not known{hint}')
NOT_BOOLEAN = rule('attribute.boolean', REFUSE, '{it}的属性“{what}”只能是true或false，现在是“{value}”。',
                   'The attribute "{what}" of {it} must be true or false, not "{value}".')
COMPLEX = rule('element.complex_gateway', REFUSE, '{it}是复杂网关，不执行；请改用排他、并行或包容网关。',
               '{it} is a complex gateway, which is not executed; use exclusive, parallel or inclusive ones.')
AD_HOC = rule('element.ad_hoc', REFUSE, '{it}是自由（ad-hoc）子流程，不执行；请画出步骤的先后。',
              '{it} is an ad-hoc sub-process, which is not executed; draw the order of its steps.')
CHOREOGRAPHY = rule('element.choreography', REFUSE, '{it}里有编排或会话元素“{what}”，只能画流程。',
                    '{it} holds the choreography or conversation element "{what}"; only processes are '
                    'executed.')
DATA_STORE = rule('element.data_store', REFUSE, '{it}是数据存储，不会读写；事项的字段本来就在台账里，需要说明请用文字注释。',
                  '{it} is a data store, which is neither read nor written; facts live in the ledger. Use a '
                  'note.')
DATA_FLOW = rule('element.data_flow', REFUSE, '{it}的数据关联里写了“{what}”，不会执行；数据关联只是指一指，要换算请用脚本任务或输出参数。',
                 'The data association of {it} has "{what}", which is not executed; associations only point. '
                 'Use a script task or an output parameter.')
RESOURCE = rule('element.resource', REFUSE, '{it}用“{what}”写办理人，不会执行；请填候选组（单位/岗位）。',
                '{it} names people with "{what}", which is not executed; fill in the candidate groups '
                '(unit/post).')
CORRELATION = rule('element.correlation', REFUSE, '{it}里有“{what}”，不执行；消息按事项送达，要送给别的实例请用业务编号（to_key）。',
                   '{it} has "{what}", which is not executed; messages go by matter; use a business '
                   'key (to_key) to reach another instance.')
COMPENSATION = rule('element.compensation', REFUSE, '{it}用于补偿，不执行；请把撤销画成普通步骤。',
                    '{it} is for compensation, which is not executed; draw the undoing as ordinary steps.')
QUANTITY = rule('attribute.quantity', REFUSE, '{it}的“{what}”不是1，不会执行，请删去。',
                'The {what} of {it} is not 1, which is not executed; delete it.')
BEHAVIOR = rule('attribute.behavior', REFUSE, '{it}的多实例行为“{value}”不执行，请删去behavior。',
                'The multi-instance behavior "{value}" of {it} is not executed; delete it.')
INSTANTIATE = rule('attribute.instantiate', REFUSE, '{it}要靠收到的消息或事件新建流程（instantiate），不执行；请画消息开始事件。',
                   '{it} would create an instance when something arrives (instantiate), which is not executed; draw a '
                   'message start event.')
PARALLEL_EVENTS = rule('attribute.parallel_events', REFUSE, '{it}要等齐几个事件，不执行；请用并行网关分开等。',
                       '{it} waits for several events together, which is not executed; use a parallel '
                       'gateway.')
EVENT_REF = rule('attribute.event_ref', REFUSE, '{it}引用了写在别处的事件定义，不会执行；请在这个事件里直接定义。',
                 '{it} refers to an event definition elsewhere, which is not executed; define the event in '
                 'place.')
OPERATION = rule('attribute.operation', REFUSE, '{it}要调用服务接口的操作（operationRef），不执行；请用外部任务（external）加主题。',
                 '{it} calls the operation of an interface (operationRef), which is not executed; use an external task '
                 'with a topic.')
PLACE = rule('attribute.place', REFUSE, '{it}上写了“{what}”，在这里没有意义，不会执行，请删去。',
             '"{what}" means nothing on {it} and is not executed; delete it.')
FOREIGN = rule('attribute.foreign', WARN, '{it}上有别的工具的属性“{what}”，保留但不起作用。',
               '{it} has the attribute "{what}" of another tool; it is kept and has no effect.')
LANGUAGE = rule('expression.language', REFUSE, '{it}的表达式用了语言“{value}”，只支持${{…}}写法，请去掉language。',
                'The expression of {it} is in "{value}"; only ${{…}} is understood. Delete the language.')
_REFUSED = {'complexGateway': COMPLEX, 'adHocSubProcess': AD_HOC, 'dataStoreReference': DATA_STORE}
_INNER = {
    'assignment': DATA_FLOW, 'transformation': DATA_FLOW, 'potentialOwner': RESOURCE,
    'humanPerformer': RESOURCE, 'performer': RESOURCE,
    'resourceRole': RESOURCE, 'correlationSubscription': CORRELATION, 'subChoreography': CHOREOGRAPHY,
    'choreographyTask': CHOREOGRAPHY, 'subConversation': CHOREOGRAPHY, 'callConversation': CHOREOGRAPHY,
}
_KNOWN = FLOW_NODES | {
    'process', 'documentation', 'extensionElements', 'laneSet', 'childLaneSet', 'lane', 'flowNodeRef',
    'sequenceFlow',
    'conditionExpression', 'incoming', 'outgoing', 'textAnnotation', 'text', 'association', 'group', 'script',
    'multiInstanceLoopCharacteristics', 'loopDataInputRef', 'inputDataItem', 'loopCardinality',
    'completionCondition',
    'loopDataOutputRef', 'outputDataItem', 'timeDate', 'timeDuration', 'timeCycle', 'condition', 'auditing',
    'monitoring', 'messageEventDefinition', 'timerEventDefinition', 'signalEventDefinition',
    'errorEventDefinition',
    'escalationEventDefinition', 'terminateEventDefinition', 'linkEventDefinition',
    'conditionalEventDefinition',
    'compensateEventDefinition', 'cancelEventDefinition', 'source', 'target', 'category', 'categoryValue',
    'eventDefinitionRef', 'supportedInterfaceRef', 'standardLoopCharacteristics', 'loopCondition', 'from', 'to',
    'dataObject', 'dataObjectReference', 'dataState', 'dataInputAssociation', 'dataOutputAssociation', 'sourceRef',
    'targetRef', 'ioSpecification', 'property', 'dataInput', 'dataOutput', 'inputSet', 'outputSet', 'dataInputRefs',
    'dataOutputRefs', 'inputSetRefs', 'outputSetRefs', 'optionalInputRefs', 'optionalOutputRefs',
}
_MARKERS = ('multiInstanceLoopCharacteristics', 'standardLoopCharacteristics')
_TIMES = ('timeDate', 'timeDuration', 'timeCycle')
_MULTI = ('multiInstanceLoopCharacteristics',)
_INSIDE: dict[str, tuple[str, ...]] = {
    **dict.fromkeys((*FLOW_NODES, 'sequenceFlow', 'laneSet'), ('process', *FRAMES)),
    **dict.fromkeys(_MARKERS, tuple(ACTIVITIES)), 'script': ('scriptTask',), 'conditionExpression': ('sequenceFlow',),
    **dict.fromkeys(_TIMES, ('timerEventDefinition',)),
    'condition': ('conditionalEventDefinition',), 'loopCondition': ('standardLoopCharacteristics',),
    **dict.fromkeys(('loopDataInputRef', 'inputDataItem', 'loopCardinality', 'completionCondition', 'loopDataOutputRef',
                     'outputDataItem'), _MULTI),
}
"""The elements inside which an element means something; for those that are not here any will do."""

_ONCE = {name: (name,) for name in _INSIDE.keys() - FLOW_NODES - {'sequenceFlow', 'laneSet'}} | dict.fromkeys(
    _MARKERS, _MARKERS) | dict.fromkeys(_TIMES, _TIMES)
"""The elements of which there may be one, each with those that count as the same."""

_ACTIVITY = tuple(ACTIVITIES)
_PLACES: dict[str, tuple[str, ...]] = {
    'isExecutable': ('process',), 'calledElement': ('callActivity',), 'triggeredByEvent': tuple(FRAMES),
    'attachedToRef': ('boundaryEvent',), 'cancelActivity': ('boundaryEvent',), 'isInterrupting': ('startEvent',),
    'startQuantity': _ACTIVITY, 'completionQuantity': _ACTIVITY, 'isForCompensation': _ACTIVITY,
    'default': (*ACTIVITIES, *GATEWAYS, *EVENTS), 'scriptFormat': ('scriptTask',),
    'isSequential': ('multiInstanceLoopCharacteristics',), 'behavior': ('multiInstanceLoopCharacteristics',),
    'testBefore': ('standardLoopCharacteristics',), 'loopMaximum': ('standardLoopCharacteristics',),
    'messageRef': ('messageEventDefinition', 'sendTask', 'receiveTask'), 'signalRef': ('signalEventDefinition',),
    'errorRef': ('errorEventDefinition',), 'escalationRef': ('escalationEventDefinition',),
    'instantiate': ('receiveTask', 'eventBasedGateway'), 'eventGatewayType': ('eventBasedGateway',),
    'parallelMultiple': ('startEvent', 'intermediateCatchEvent', 'boundaryEvent'),
}
_ATTRIBUTES = _PLACES.keys() | frozenset('''
    id name processType isClosed sourceRef targetRef isImmediate gatewayDirection operationRef implementation
    ordering cancelRemainingInstances method associationDirection textFormat itemSubjectRef isCollection
    waitForCompletion activityRef evaluatesToTypeRef language partitionElementRef itemKind structureRef
    definitionalCollaborationRef categoryValueRef capacity isUnlimited dataObjectRef dataStoreRef
    oneBehaviorEventRef noneBehaviorEventRef'''.split())
_BOOLEANS = ('isExecutable', 'cancelActivity', 'isInterrupting', 'triggeredByEvent', 'isSequential', 'instantiate',
             'isForCompensation', 'parallelMultiple', 'testBefore')
_COLOURS = ('http://www.w3.org/2001/XMLSchema-instance', 'http://bpmn.io/schema/bpmn/biocolor/1.0',
            'http://www.omg.org/spec/BPMN/non-normative/color/1.0')
_LANGUAGES = ('juel', 'duban', 'http://www.w3.org/1999/xpath')
"""Names of the language that `${…}` is, the last because modelers write the standard's own everywhere."""


def check(diagram: Diagram) -> Iterator[Finding]:
    """Every node of the process against the words of BPMN."""
    for node in diagram.process.iter():
        if local(node) and not foreign(node):
            yield from _element(diagram, node, local(node))
            yield from _attributes(diagram, node, local(node))
    for node in diagram.root:
        if 'horeography' in local(node) or local(node) == 'conversation':
            yield CHOREOGRAPHY.at(diagram.at(diagram.process), what=local(node))
    for node in diagram.root.iter(BPMN + 'correlationKey', BPMN + 'correlationProperty'):
        yield CORRELATION.at(diagram.at(diagram.process), what=local(node))
    language = diagram.root.get('expressionLanguage', '')
    if language and language.strip().lower() not in _LANGUAGES:
        yield LANGUAGE.at(diagram.at(diagram.process), value=language)


def foreign(node: etree._Element) -> bool:
    """Whether a node is another tool's own, though it stands in BPMN's namespace: such as a grid in the extensions."""
    return local(node) not in _KNOWN and any(local(above) == 'extensionElements' for above in node.iterancestors())


def _element(diagram: Diagram, node: etree._Element, kind: str) -> Iterator[Finding]:
    spot = diagram.at(diagram.owner(node))
    if kind in _REFUSED:
        yield _REFUSED[kind].at(spot)
    elif kind in _INNER:
        yield _INNER[kind].at(spot, what=kind)
    elif kind == 'eventDefinitionRef':
        yield EVENT_REF.at(spot)
    elif kind not in _KNOWN:
        yield UNKNOWN_ELEMENT.at(spot, what=kind)
    elif node is not diagram.process:
        yield from _standing(spot, node, kind)


def _standing(spot: Spot, node: etree._Element, kind: str) -> Iterator[Finding]:
    """Whether an element stands where it means something, and alone where it must."""
    parent = node.getparent()
    wanted = tuple(EVENTS) if kind.endswith('EventDefinition') else _INSIDE.get(kind)
    if wanted is not None and local(parent) not in wanted:
        yield MISPLACED_ELEMENT.at(spot, what=kind)
    same = [child for child in parent if local(child) in _ONCE[kind]] if kind in _ONCE else []
    if len(same) > 1 and same[0] is node:
        yield TWICE.at(spot, what='、'.join(dict.fromkeys(map(local, same))), count=len(same))


def _attributes(diagram: Diagram, node: etree._Element, kind: str) -> Iterator[Finding]:
    spot = diagram.at(diagram.owner(node))
    for name, value in node.attrib.items():
        space, _, word = name[1:].rpartition('}') if name[0] == '{' else ('', '', name)
        if space and space not in (BPMN[1:-1], CAMUNDA[1:-1], *_COLOURS):
            yield FOREIGN.at(spot, what=word)
        elif space in ('', BPMN[1:-1]):
            yield from _attribute(spot, kind, word, value)
    yield from _values(spot, node)


def _attribute(spot: Spot, kind: str, name: str, value: str) -> Iterator[Finding]:
    if name not in _ATTRIBUTES:
        yield UNKNOWN_ATTRIBUTE.at(spot, what=name, hint=hint(name, _ATTRIBUTES))
    elif kind not in _PLACES.get(name, (kind,)):
        yield PLACE.at(spot, what=name)
    elif name in _BOOLEANS and value.strip() not in ('true', 'false', '1', '0'):
        yield NOT_BOOLEAN.at(spot, what=name, value=value)


def _values(spot: Spot, node: etree._Element) -> Iterator[Finding]:
    yes = {name for name in _BOOLEANS if node.get(name, '').strip() in ('true', '1')}
    if 'isForCompensation' in yes:
        yield COMPENSATION.at(spot)
    if 'instantiate' in yes:
        yield INSTANTIATE.at(spot)
    if 'parallelMultiple' in yes or node.get('eventGatewayType', 'Exclusive') != 'Exclusive':
        yield PARALLEL_EVENTS.at(spot)
    for name in ('startQuantity', 'completionQuantity'):
        if node.get(name, '1').strip() != '1':
            yield QUANTITY.at(spot, what=name)
    if node.get('behavior', 'All') != 'All':
        yield BEHAVIOR.at(spot, value=node.get('behavior'))
    if node.get('language', '').strip().lower() not in ('', *_LANGUAGES):
        yield LANGUAGE.at(spot, value=node.get('language'))
    if node.get('operationRef'):
        yield OPERATION.at(spot)


def hint(word: str, known: Iterable[str]) -> Both:
    """The end of a sentence about an unknown word: what is close to it and known, or a full stop."""
    close = get_close_matches(word, sorted(known), n=1, cutoff=0.7)
    return Both(f'，是不是“{close[0]}”？', f'; did you mean "{close[0]}"?') if close else Both('。', '.')
