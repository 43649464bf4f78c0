"""Rules about the words of Camunda: every attribute and extension is executed, harmless, or a finding."""
import re
from collections.abc import Iterator

from lxml import etree

from engine.definition import CAMUNDA, FLOW_NODES, FRAMES, THROWING, flag, local
from engine.finding import REFUSE, WARN, Both, Finding, Spot, rule
from engine.gate.scene import Diagram
from engine.gate.vocabulary import UNKNOWN_ATTRIBUTE, foreign, hint
from engine.normalise import manual

LISTENER = rule('camunda.listener', REFUSE, '{it}上有监听器（{what}），是程序代码，不执行；请画成服务任务。',
                '{it} has a listener ({what}), which is program code and not executed; draw a service task.')
CONNECTOR = rule('camunda.connector', REFUSE, '{it}用了“{what}”，不执行；请用外部任务（external）加主题。',
                 '{it} uses "{what}", which is not executed; use an external task with a topic.')
FORM_DATA = rule('camunda.form_data', REFUSE, '{it}里直接写了表单字段，不会显示；请做成.form表单，再填表单编号。',
                 '{it} has form fields of its own, which are not shown; make a .form file and name it.')
MAPPING = rule('camunda.input_place', REFUSE,
               '{it}既不是服务任务，也不发消息、信号，它的输入参数不会执行；请在前面用脚本任务写入字段，调用活动用camunda:in。',
               '{it} is no service task and throws no message or signal; its input parameters are not executed. Write '
               'the variables in a script task before it, or use camunda:in at a call activity.')
NESTED = rule('camunda.mapping_nested', REFUSE, '{it}的输入输出参数“{what}”写成了列表、映射或脚本，请改成一段文字。',
              'The parameter "{what}" of {it} is a list, map or script; make it a text.')
MAPPING_NAME = rule('camunda.mapping_name', REFUSE, '{it}里有一个camunda:{what}没有写全（要有名称、来源和去向），不会执行。',
                    'A camunda:{what} of {it} is not complete (it needs a name, a source and a target) and is not '
                    'executed.')
PROPERTY = rule('property.unknown', WARN, '{it}的扩展属性“{what}”不认识，不起作用{hint}',
                'The extension property "{what}" of {it} is not known and has no effect{hint}')
ATTRIBUTE_REFUSED = rule('camunda.attribute', REFUSE, '{it}的camunda:{what}不执行：{why}。',
                         'camunda:{what} of {it} is not executed: {why}.')
ATTRIBUTE_IGNORED = rule('camunda.ignored', WARN, '{it}的camunda:{what}不起作用：{why}。',
                         'camunda:{what} of {it} has no effect: {why}.')
ATTRIBUTE_PLACE = rule('camunda.attribute_place', REFUSE, '{it}上不能用camunda:{what}，写了也不执行。',
                       'camunda:{what} has no place on {it} and is not executed.')
RETRY = rule('job.retry', REFUSE, '{it}的重试安排“{text}”看不懂，请写R3/PT10M，或PT1M,PT10M这样的几个时长。',
             'The retries "{text}" of {it} are not understood; write R3/PT10M, or spans such as PT1M,PT10M.')
LITERAL = rule('call.literal', REFUSE,
               '{it}的camunda:{what}的sourceExpression“{text}”没有写成${{…}}；是字段请填source，是表达式请写${{…}}。',
               'The sourceExpression "{text}" of camunda:{what} at {it} is not written as ${{…}}; name a variable with '
               'source, or write ${{…}}.')
EXTENSION_UNKNOWN = rule('extension.unknown', REFUSE, '{it}里的camunda:{what}不认识，不会执行。',
                         'camunda:{what} in {it} is not known and not executed.')
EXTENSION_FOREIGN = rule('extension.foreign', WARN, '{it}里有别的工具的扩展内容“{what}”，保留但不起作用。',
                         '{it} holds "{what}" of another tool; it is kept and has no effect.')

_EXECUTED = {
    'candidateGroups': ('userTask',), 'dueDate': ('userTask',), 'formKey': ('userTask', 'startEvent'),
    'formRef': ('userTask', 'startEvent'),
    'asyncBefore': (*(FLOW_NODES - {'boundaryEvent'}), 'multiInstanceLoopCharacteristics'),
    'async': (*(FLOW_NODES - {'boundaryEvent'}), 'multiInstanceLoopCharacteristics'),
    'asyncAfter': (*(FLOW_NODES - {'eventBasedGateway'}), 'multiInstanceLoopCharacteristics'),
    'formRefBinding': ('userTask', 'startEvent'), 'decisionRef': ('businessRuleTask',),
    'decisionRefBinding': ('businessRuleTask',), 'mapDecisionResult': ('businessRuleTask',),
    'type': ('serviceTask', 'sendTask', 'messageEventDefinition'),
    'topic': ('serviceTask', 'sendTask', 'messageEventDefinition'), 'calledElementBinding': ('callActivity',),
    'calledElementVersion': ('callActivity',),
    'collection': ('multiInstanceLoopCharacteristics',), 'candidateStarterGroups': ('process',),
    'elementVariable': ('multiInstanceLoopCharacteristics',),
}
_HARMLESS = frozenset({'historyTimeToLive', 'versionTag', 'modelerTemplate', 'modelerTemplateVersion',
                       'modelerTemplateIcon', 'diagramRelationId', 'exclusive', 'isStartableInTasklist'})
_SPAN = r'P(?=[\dT])(\d+W|(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?)'
_RETRY = re.compile(rf'(R\d{{1,2}}/{_SPAN}|{_SPAN}(\s*,\s*{_SPAN})*)\Z')
_ANY_CHANGE = Both('条件用到的任何字段变了都会重看', 'the condition is looked at again whenever anything changes')
_LIKE_ALL = Both('同一版里的图、表、单一起生效', 'diagrams, tables and forms of a version belong together')
_IGNORED = {
    'jobPriority': Both('定时任务按到期先后办理', 'jobs are done in the order in which they fall due'),
    'taskPriority': Both('动作在本步内立即执行', 'actions are carried out within the step'),
    'followUpDate': Both('待办只有到期，没有跟进日期', 'tasks have a due date only'),
    'priority': Both('待办按到期先后排，没有优先级', 'tasks are sorted by their due dates'),
    'variableName': _ANY_CHANGE, 'variableEvents': _ANY_CHANGE,
    'candidateStarterUsers': Both('谁能发起由页面权限决定', 'who may start it is decided by the page'),
    'formRefVersion': _LIKE_ALL, 'decisionRefVersion': _LIKE_ALL,
    'decisionRefVersionTag': _LIKE_ALL,
}
_NO_CODE = Both('接住的代码不写入字段，不同的代码请画不同的边界事件', 'codes are not kept; draw one event for each code')
_POSTS_ONLY = Both('这里只按岗位办理，不指定个人，请填候选组（单位/岗位）',
                   'work goes to posts, not persons; fill in the candidate groups')
_CODE = Both('这是程序代码，请改用外部任务（external）加主题', 'it is program code; use an external task with a topic')
_NO_RESULT = Both('结果按原名写入字段，请删去', 'results keep their names; delete it')
_PROPERTIES = {'process': ('stages', 'withdrawer', 'withdrawn_message', 'manual_tasks', 'offered')}
_PROPERTIES_ELSEWHERE = ('stage', 'corrected', 'to_key', 'batch', 'allow', 'return_to')
_CROSSING = ('source', 'sourceExpression', 'target', 'variables', 'businessKey')
_TENANT = Both('流程总在本单位的版本里调用', 'processes are called within the tenant\'s own version')
_NOT_ALLOWED = {
    'assignee': _POSTS_ONLY, 'candidateUsers': _POSTS_ONLY, 'class': _CODE, 'expression': _CODE,
    'delegateExpression': _CODE, 'resource': Both('脚本要直接写在图里', 'a script stands in the diagram itself'),
    'resultVariable': _NO_RESULT, 'initiator': Both('不记个人', 'persons are not kept'),
    'variableMappingClass': _CODE, 'variableMappingDelegateExpression': _CODE, 'errorCodeVariable': _NO_CODE,
    'errorMessageVariable': _NO_CODE, 'escalationCodeVariable': _NO_CODE,
    'formHandlerClass': _CODE, 'decisionRefTenantId': _TENANT, 'calledElementTenantId': _TENANT,
    'calledElementVersionTag': Both('按版本标签取不了，请用latest、deployment或version', 'choose latest, deployment or version'),
    'caseRef': _CODE,
    'caseBinding': _CODE, 'caseVersion': _CODE, 'caseTenantId': _TENANT,
}


def check(diagram: Diagram) -> Iterator[Finding]:
    """Every attribute and extension of Camunda's in the process, and those of other tools."""
    for node in diagram.process.iter():
        if local(node) and not foreign(node):
            yield from _attributes(diagram, node, local(node))
        elif isinstance(node.tag, str):
            yield from _extension(diagram, node)


def _attributes(diagram: Diagram, node: etree._Element, kind: str) -> Iterator[Finding]:
    spot = diagram.at(diagram.owner(node))
    if kind in ('task', 'manualTask') and manual(diagram.process) == 'wait':
        kind = 'userTask'
    for name, value in node.attrib.items():
        if name.startswith(CAMUNDA):
            yield from _attribute(spot, kind, name[len(CAMUNDA):], value)
    if kind in FRAMES and flag(node, 'triggeredByEvent'):
        for name in ('asyncBefore', 'asyncAfter', 'async'):
            if flag(node, CAMUNDA + name):
                yield ATTRIBUTE_PLACE.at(spot, what=name)


def _attribute(spot: Spot, kind: str, name: str, value: str) -> Iterator[Finding]:
    if name in _EXECUTED:
        if kind not in _EXECUTED[name] and value.strip() != 'false':
            yield ATTRIBUTE_PLACE.at(spot, what=name)
    elif name in _NOT_ALLOWED:
        yield ATTRIBUTE_REFUSED.at(spot, what=name, why=_NOT_ALLOWED[name])
    elif name in _IGNORED:
        yield ATTRIBUTE_IGNORED.at(spot, what=name, why=_IGNORED[name])
    elif name not in _HARMLESS:
        yield UNKNOWN_ATTRIBUTE.at(spot, what=f'camunda:{name}', hint=hint(name, (*_EXECUTED, *_HARMLESS)))


def _extension(diagram: Diagram, node: etree._Element) -> Iterator[Finding]:
    parent, owner = node.getparent(), diagram.owner(node)
    spot = diagram.at(owner)
    if not node.tag.startswith(CAMUNDA):
        if local(parent) and local(parent) not in ('documentation', 'text'):
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
        yield from _parameter(spot, node, what, owner)
    elif what in ('in', 'out'):
        yield from _crossing(spot, node, what, local(owner))
    elif what == 'property':
        yield from _property(spot, node, local(owner))
    elif what == 'failedJobRetryTimeCycle':
        if not _RETRY.match((node.text or '').strip()):
            yield RETRY.at(spot, text=(node.text or '').strip())
    elif local(parent) == 'extensionElements' and what not in ('properties', 'inputOutput'):
        yield EXTENSION_UNKNOWN.at(spot, what=what)


def _parameter(spot: Spot, node: etree._Element, what: str, owner: etree._Element) -> Iterator[Finding]:
    told = any(local(child) in ('messageEventDefinition', 'signalEventDefinition') for child in owner)
    if what == 'inputParameter' and local(owner) not in ('serviceTask', 'sendTask') and not (
            told and local(owner) in THROWING):
        yield MAPPING.at(spot)
    elif len(node):
        yield NESTED.at(spot, what=node.get('name', ''))
    elif not node.get('name'):
        yield MAPPING_NAME.at(spot, what=what)


def _crossing(spot: Spot, node: etree._Element, what: str, kind: str) -> Iterator[Finding]:
    if kind != 'callActivity':
        yield ATTRIBUTE_PLACE.at(spot, what=what)
        return
    for name in node.attrib:
        if name not in _CROSSING:
            yield UNKNOWN_ATTRIBUTE.at(spot, what=f'camunda:{what} {name}', hint=hint(name, _CROSSING))
    source, target = node.get('source') or node.get('sourceExpression'), node.get('target')
    text = node.get('sourceExpression', '').strip()
    if text and not text.startswith(('${', '#{')):
        yield LITERAL.at(spot, what=what, text=text)
    whole = node.get('variables') == 'all' or what == 'in' and node.get('businessKey')
    if bool(source) != bool(target) or not source and not whole or node.get('variables', 'all') != 'all':
        yield MAPPING_NAME.at(spot, what=what)


def _property(spot: Spot, node: etree._Element, kind: str) -> Iterator[Finding]:
    known = _PROPERTIES.get(kind, _PROPERTIES_ELSEWHERE)
    if node.get('name') and node.get('name') not in known:
        yield PROPERTY.at(spot, what=node.get('name'), hint=hint(node.get('name'), known))
