"""Rules about words: every element, attribute and extension is executed, harmless, or a finding."""
from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from lxml import etree

from engine.definition import BPMN, CAMUNDA, FLOW_NODES, local
from engine.finding import REFUSE, WARN, Both, Finding, rule
from engine.gate.scene import Diagram

UNKNOWN_ELEMENT = rule('element.unknown', REFUSE, '{it}里的“{what}”不是这里执行的BPMN元素，请删去或改画。',
                       '"{what}" in {it} is no BPMN element that is executed here; delete or redraw it.')
UNKNOWN_ATTRIBUTE = rule('attribute.unknown', REFUSE, '{it}的属性“{what}”不认识{hint}',
                         'The attribute "{what}" of {it} is not known{hint}')
NOT_BOOLEAN = rule('attribute.boolean', REFUSE, '{it}的属性“{what}”只能是true或false，现在是“{value}”。',
                   'The attribute "{what}" of {it} must be true or false, not "{value}".')
COMPLEX = rule('element.complex_gateway', REFUSE, '{it}是复杂网关，不执行；请改用排他、并行或包容网关。',
               '{it} is a complex gateway, which is not executed; use exclusive, parallel or inclusive ones.')
EVENT_GATEWAY = rule('element.event_gateway', REFUSE,
                     '{it}是事件网关，它后面的时间和消息不会响应；请改成一个用户任务或子流程，把等的事件贴在边框上。',
                     '{it} is an event gateway, whose times and messages would not be heard; put the events '
                     'on the border of a task or sub-process.')
AD_HOC = rule('element.ad_hoc', REFUSE, '{it}是自由（ad-hoc）子流程，不执行；请画出步骤的先后。',
              '{it} is an ad-hoc sub-process, which is not executed; draw the order of its steps.')
TRANSACTION = rule('element.transaction', REFUSE, '{it}是事务子流程，不执行；请改成普通子流程，用边界事件画出取消。',
                   '{it} is a transaction, which is not executed; use a sub-process with boundary events.')
CHOREOGRAPHY = rule('element.choreography', REFUSE, '{it}里有编排或会话元素“{what}”，只能画流程。',
                    '{it} holds the choreography or conversation element "{what}"; only processes are '
                    'executed.')
DATA_STORE = rule('element.data_store', REFUSE, '{it}是数据存储，不会读写；事项的字段本来就在台账里，需要说明请用文字注释。',
                  '{it} is a data store, which is neither read nor written; facts live in the ledger. Use a '
                  'note.')
DATA_OBJECT = rule('element.data_object', REFUSE, '{it}是数据对象，不会读写；字段由表单、决策表和动作写入，需要说明请用文字注释。',
                   '{it} is a data object, which is neither read nor written; forms and tables write fields. '
                   'Use a note.')
DATA_FLOW = rule('element.data_flow', REFUSE, '{it}里画了数据输入输出“{what}”，不会执行，请删去。',
                 '{it} has data input or output "{what}", which is not executed; delete it.')
RESOURCE = rule('element.resource', REFUSE, '{it}用“{what}”写办理人，不会执行；请填候选组（单位/岗位）。',
                '{it} names people with "{what}", which is not executed; fill in the candidate groups '
                '(unit/post).')
LOOP = rule('element.standard_loop', REFUSE, '{it}带循环标记，不执行；请用排他网关和回线画出循环。',
            '{it} has a loop marker, which is not executed; draw the loop with an exclusive gateway.')
CORRELATION = rule('element.correlation', REFUSE, '{it}里有“{what}”，不执行；消息按事项送达，不需要关联键。',
                   '{it} has "{what}", which is not executed; messages go by matter and need no correlation.')
COMPENSATION = rule('element.compensation', REFUSE, '{it}用于补偿，不执行；请把撤销画成普通步骤。',
                    '{it} is for compensation, which is not executed; draw the undoing as ordinary steps.')
QUANTITY = rule('attribute.quantity', REFUSE, '{it}的“{what}”不是1，不会执行，请删去。',
                'The {what} of {it} is not 1, which is not executed; delete it.')
BEHAVIOR = rule('attribute.behavior', REFUSE, '{it}的多实例行为“{value}”不执行，请删去behavior。',
                'The multi-instance behavior "{value}" of {it} is not executed; delete it.')
INSTANTIATE = rule('attribute.instantiate', REFUSE, '{it}要靠收到消息新建流程，请改用消息开始事件。',
                   '{it} would create an instance when a message arrives; use a message start event.')
PARALLEL_EVENTS = rule('attribute.parallel_events', REFUSE, '{it}要等齐几个事件，不执行；请用并行网关分开等。',
                       '{it} waits for several events together, which is not executed; use a parallel '
                       'gateway.')
EVENT_REF = rule('attribute.event_ref', REFUSE, '{it}引用了写在别处的事件定义，不会执行；请在这个事件里直接定义。',
                 '{it} refers to an event definition elsewhere, which is not executed; define the event in '
                 'place.')
LANGUAGE = rule('expression.language', REFUSE, '{it}的表达式用了语言“{value}”，只支持${{…}}写法，请去掉language。',
                'The expression of {it} is in "{value}"; only ${{…}} is understood. Delete the language.')
LISTENER = rule('camunda.listener', REFUSE, '{it}上有监听器（{what}），是程序代码，不执行；请画成服务任务。',
                '{it} has a listener ({what}), which is program code and not executed; draw a service task.')
CONNECTOR = rule('camunda.connector', REFUSE, '{it}用了“{what}”，不执行；请用外部任务（external）加主题。',
                 '{it} uses "{what}", which is not executed; use an external task with a topic.')
FORM_DATA = rule('camunda.form_data', REFUSE, '{it}里直接写了表单字段，不会显示；请做成.form表单，再填表单编号。',
                 '{it} has form fields of its own, which are not shown; make a .form file and name it.')
MAPPING = rule('camunda.input_place', REFUSE, '{it}不是服务任务，它的输入参数不会执行。',
               '{it} is no service task; its input parameters are not executed.')
NESTED = rule('camunda.mapping_nested', REFUSE, '{it}的输入输出参数“{what}”写成了列表、映射或脚本，请改成一段文字。',
              'The parameter "{what}" of {it} is a list, map or script; make it a text.')
CALL_OUT = rule('camunda.call_out', REFUSE, '{it}要把“{what}”传回成另一个名字，不执行；被调用的流程写的字段本来就看得到。',
                '{it} passes "{what}" back under another name, which is not executed; fields are shared.')
ATTRIBUTE_REFUSED = rule('camunda.attribute', REFUSE, '{it}的camunda:{what}不执行：{why}。',
                         'camunda:{what} of {it} is not executed: {why}.')
ATTRIBUTE_IGNORED = rule('camunda.ignored', WARN, '{it}的camunda:{what}不起作用：{why}。',
                         'camunda:{what} of {it} has no effect: {why}.')
ATTRIBUTE_PLACE = rule('camunda.attribute_place', REFUSE, '{it}上不能用camunda:{what}，写了也不执行。',
                       'camunda:{what} has no place on {it} and is not executed.')
EXTENSION_UNKNOWN = rule('extension.unknown', REFUSE, '{it}里的camunda:{what}不认识，不会执行。',
                         'camunda:{what} in {it} is not known and not executed.')
EXTENSION_FOREIGN = rule('extension.foreign', WARN, '{it}里有别的工具的扩展内容“{what}”，保留但不起作用。',
                         '{it} holds "{what}" of another tool; it is kept and has no effect.')

_REFUSED = {
    'complexGateway': COMPLEX, 'eventBasedGateway': EVENT_GATEWAY, 'adHocSubProcess': AD_HOC,
    'transaction': TRANSACTION, 'dataStoreReference': DATA_STORE,
    'dataObject': DATA_OBJECT, 'dataObjectReference': DATA_OBJECT, 'standardLoopCharacteristics': LOOP,
}
_INNER = {
    'dataInputAssociation': DATA_FLOW, 'dataOutputAssociation': DATA_FLOW, 'ioSpecification': DATA_FLOW,
    'property': DATA_FLOW, 'potentialOwner': RESOURCE, 'humanPerformer': RESOURCE, 'performer': RESOURCE,
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
    'eventDefinitionRef', 'supportedInterfaceRef',
}
_ATTRIBUTES = frozenset('''
    id name isExecutable processType isClosed default startQuantity completionQuantity isForCompensation
    calledElement triggeredByEvent attachedToRef cancelActivity parallelMultiple isInterrupting sourceRef
    targetRef isImmediate gatewayDirection instantiate eventGatewayType messageRef signalRef errorRef
    escalationRef operationRef implementation scriptFormat isSequential behavior ordering
    cancelRemainingInstances method associationDirection textFormat itemSubjectRef isCollection
    waitForCompletion activityRef evaluatesToTypeRef language partitionElementRef
    definitionalCollaborationRef categoryValueRef testBefore loopMaximum capacity isUnlimited
    dataObjectRef dataStoreRef oneBehaviorEventRef noneBehaviorEventRef'''.split())
_BOOLEANS = ('isExecutable', 'cancelActivity', 'isInterrupting', 'triggeredByEvent', 'isSequential',
             'instantiate',
             'isForCompensation', 'parallelMultiple')

_EXECUTED = {
    'candidateGroups': ('userTask',), 'dueDate': ('userTask',), 'followUpDate': ('userTask',),
    'priority': ('userTask',), 'formKey': ('userTask', 'startEvent'), 'formRef': ('userTask', 'startEvent'),
    'formRefBinding': ('userTask', 'startEvent'), 'decisionRef': ('businessRuleTask',),
    'decisionRefBinding': ('businessRuleTask',), 'mapDecisionResult': ('businessRuleTask',),
    'type': ('serviceTask', 'sendTask', 'messageEventDefinition'),
    'topic': ('serviceTask', 'sendTask', 'messageEventDefinition'), 'calledElementBinding': ('callActivity',),
    'collection': ('multiInstanceLoopCharacteristics',), 'candidateStarterGroups': ('process',),
    'elementVariable': ('multiInstanceLoopCharacteristics',),
}
_HARMLESS = frozenset({'historyTimeToLive', 'versionTag', 'modelerTemplate', 'modelerTemplateVersion',
                       'modelerTemplateIcon', 'diagramRelationId', 'exclusive', 'isStartableInTasklist'})
_IN_STEP = Both('每一步在一个事务里做完，失败会成为待处理的异常，可以重试', 'a step is one transaction; a failure becomes an incident '
                'that can be retried')
_LIKE_ALL = Both('同一版里的图、表、单一起生效', 'diagrams, tables and forms of a version belong together')
_IGNORED = {
    'asyncBefore': _IN_STEP, 'asyncAfter': _IN_STEP, 'async': _IN_STEP,
    'jobPriority': Both('定时任务按到期先后办理', 'jobs are done in the order in which they fall due'),
    'taskPriority': Both('动作在本步内立即执行', 'actions are carried out within the step'),
    'candidateStarterUsers': Both('谁能发起由页面权限决定', 'who may start it is decided by the page'),
    'formRefVersion': _LIKE_ALL, 'decisionRefVersion': _LIKE_ALL, 'calledElementVersion': _LIKE_ALL,
    'decisionRefVersionTag': _LIKE_ALL, 'calledElementVersionTag': _LIKE_ALL,
}
_POSTS_ONLY = Both('这里只按岗位办理，不指定个人，请填候选组（单位/岗位）',
                   'work goes to posts, not persons; fill in the candidate groups')
_CODE = Both('这是程序代码，请改用外部任务（external）加主题', 'it is program code; use an external task with a topic')
_NO_RESULT = Both('结果按原名写入字段，请删去', 'results keep their names; delete it')
_TENANT = Both('流程总在本单位的版本里调用', 'processes are called within the tenant\'s own version')
_NOT_ALLOWED = {
    'assignee': _POSTS_ONLY, 'candidateUsers': _POSTS_ONLY, 'class': _CODE, 'expression': _CODE,
    'delegateExpression': _CODE, 'resource': Both('脚本要直接写在图里', 'a script stands in the diagram itself'),
    'resultVariable': _NO_RESULT, 'initiator': Both('不记个人', 'persons are not kept'),
    'variableMappingClass': _CODE, 'variableMappingDelegateExpression': _CODE, 'variableName': _NO_RESULT,
    'variableEvents': Both('条件事件不执行', 'conditional events are not executed'),
    'errorCodeVariable': _NO_RESULT, 'errorMessageVariable': _NO_RESULT, 'escalationCodeVariable': _NO_RESULT,
    'formHandlerClass': _CODE, 'decisionRefTenantId': _TENANT, 'calledElementTenantId': _TENANT,
    'caseRef': _CODE,
    'caseBinding': _CODE, 'caseVersion': _CODE, 'caseTenantId': _TENANT,
}


def check(diagram: Diagram) -> Iterator[Finding]:
    """Every node of the process against the words that are understood."""
    for node in diagram.process.iter():
        kind = local(node)
        if kind:
            yield from _element(diagram, node, kind)
            yield from _attributes(diagram, node, kind)
        elif isinstance(node.tag, str):
            yield from _extension(diagram, node)
    for node in diagram.root:
        if 'horeography' in local(node) or local(node) == 'conversation':
            yield CHOREOGRAPHY.at(diagram.at(diagram.process), what=local(node))


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


def _attributes(diagram: Diagram, node: etree._Element, kind: str) -> Iterator[Finding]:
    spot = diagram.at(diagram.owner(node))
    for name, value in node.attrib.items():
        if name.startswith(CAMUNDA):
            yield from _camunda(diagram, node, kind, name[len(CAMUNDA):], value)
        elif name[0] != '{' or name.startswith(BPMN):
            if name not in _ATTRIBUTES:
                yield UNKNOWN_ATTRIBUTE.at(spot, what=name.removeprefix(BPMN), hint=hint(name, _ATTRIBUTES))
            elif name in _BOOLEANS and value.strip() not in ('true', 'false', '1', '0'):
                yield NOT_BOOLEAN.at(spot, what=name, value=value)
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
    if node.get('language'):
        yield LANGUAGE.at(spot, value=node.get('language'))


def _camunda(diagram: Diagram, node: etree._Element, kind: str, name: str, value: str) -> Iterator[Finding]:
    spot = diagram.at(diagram.owner(node))
    if name in _EXECUTED:
        if kind not in _EXECUTED[name]:
            yield ATTRIBUTE_PLACE.at(spot, what=name)
    elif name in _NOT_ALLOWED:
        yield ATTRIBUTE_REFUSED.at(spot, what=name, why=_NOT_ALLOWED[name])
    elif name in _IGNORED:
        if value.strip() != 'false':
            yield ATTRIBUTE_IGNORED.at(spot, what=name, why=_IGNORED[name])
    elif name not in _HARMLESS:
        known = (*_EXECUTED, *_HARMLESS)
        yield UNKNOWN_ATTRIBUTE.at(spot, what=f'camunda:{name}', hint=hint(name, known))


def _extension(diagram: Diagram, node: etree._Element) -> Iterator[Finding]:
    parent, owner = node.getparent(), diagram.owner(node)
    spot = diagram.at(owner)
    if not node.tag.startswith(CAMUNDA):
        if local(parent) == 'extensionElements':
            yield EXTENSION_FOREIGN.at(spot, what=etree.QName(node).localname)
        return
    what = node.tag[len(CAMUNDA):]
    if what in ('executionListener', 'taskListener'):
        yield LISTENER.at(spot, what=node.get('event') or what)
    elif what in ('connector', 'field', 'errorEventDefinition'):
        yield CONNECTOR.at(spot, what=what)
    elif what in ('formData', 'formProperty'):
        yield FORM_DATA.at(spot)
    elif what in ('inputParameter', 'outputParameter'):
        if what == 'inputParameter' and local(owner) not in ('serviceTask', 'sendTask'):
            yield MAPPING.at(spot)
        elif len(node):
            yield NESTED.at(spot, what=node.get('name', ''))
    elif what == 'out':
        if not node.get('variables') and node.get('source') != node.get('target'):
            yield CALL_OUT.at(spot, what=node.get('source') or node.get('sourceExpression') or '')
    elif what == 'in' and local(owner) != 'callActivity':
        yield ATTRIBUTE_PLACE.at(spot, what=what)
    elif what == 'failedJobRetryTimeCycle':
        yield ATTRIBUTE_IGNORED.at(spot, what=what, why=_IN_STEP)
    elif local(parent) == 'extensionElements' and what not in ('properties', 'inputOutput', 'in'):
        yield EXTENSION_UNKNOWN.at(spot, what=what)


def hint(word: str, known: Iterable[str]) -> Both:
    """The end of a sentence about an unknown word: what is close to it and known, or a full stop."""
    close = get_close_matches(word, sorted(known), n=1, cutoff=0.7)
    return Both(f'，是不是“{close[0]}”？', f'; did you mean "{close[0]}"?') if close else Both('。', '.')
