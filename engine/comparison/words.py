"""What attributes, extensions and values are called where a difference is told."""
import re
from collections.abc import Sequence

from engine.comparison.flat import TEXT
from engine.finding import WORDS

FILE, EMPTY, THERE = '文件', '（空）', '有'
_HIDDEN = frozenset({TEXT, '@value', 'extensionElements', 'inputOutput', 'properties', 'text', 'decisionTable'})
_LABELS = WORDS | {
    # BPMN
    '@name': '名称', '@id': 'id', '@kind': '种类', '@place': '所在', '@sourceRef': '从', '@targetRef': '到',
    '@attachedToRef': '附在', '@default': '默认去向', '@messageRef': '消息', '@signalRef': '信号', '@errorRef': '错误',
    '@escalationRef': '升级', '@processRef': '流程', '@isExecutable': '可执行', '@cancelActivity': '中断所附的一步',
    '@isInterrupting': '中断外层', '@triggeredByEvent': '由事件触发', '@isSequential': '一个接一个', '@gatewayDirection': '方向',
    '@calledElement': '调用的流程', '@errorCode': '错误代码', '@escalationCode': '升级代码', '@isForCompensation': '用于补偿',
    '@startQuantity': '起步数', '@completionQuantity': '完成数', '@scriptFormat': '脚本语言', '@instantiate': '发起流程',
    '@implementation': '实现方式', '@operationRef': '操作', '@testBefore': '先看条件', '@loopMaximum': '最多几次',
    '@behavior': '放行方式', '@textFormat': '文字格式', '@dataObjectRef': '数据对象', '@dataStoreRef': '数据存储',
    '@isCollection': '是一组', '@itemSubjectRef': '数据类型', '@ordering': '先后', '@cancelRemainingInstances': '取消其余',
    '@method': '方法', '@processType': '流程类型', '@isClosed': '封闭', '@targetNamespace': '命名空间',
    '@exporter': '保存的工具', '@exporterVersion': '工具版本', '@language': '语言', '@expressionLanguage': '表达式语言',
    '@executionPlatform': '执行平台', '@executionPlatformVersion': '平台版本', '@schemaVersion': '写法版本',
    '@typeLanguage': '类型语言',
    '@associationDirection': '方向', '@categoryValueRef': '类目', '@structureRef': '结构',
    '@parallelMultiple': '并行', '@eventGatewayType': '等待方式', '@activityRef': '补偿的一步', '@waitForCompletion': '等补偿完成',
    'documentation': '说明', 'conditionExpression': '条件', 'flowNodeRef': '里面的步骤', 'script': '脚本', 'text': '文字',
    'timerEventDefinition': '定时', 'timeDate': '到某一刻', 'timeDuration': '过多久', 'timeCycle': '每隔多久',
    'messageEventDefinition': '消息', 'signalEventDefinition': '信号', 'errorEventDefinition': '错误',
    'escalationEventDefinition': '升级', 'conditionalEventDefinition': '条件事件', 'condition': '条件',
    'terminateEventDefinition': '全部终止', 'cancelEventDefinition': '取消', 'compensateEventDefinition': '补偿',
    'linkEventDefinition': '链接', 'multiInstanceLoopCharacteristics': '多实例', 'standardLoopCharacteristics': '循环',
    'loopCardinality': '几份', 'loopCondition': '继续的条件', 'completionCondition': '提前结束的条件',
    'loopDataInputRef': '逐个取自', 'loopDataOutputRef': '结果汇入', 'inputDataItem': '每一个叫', 'outputDataItem': '每一份结果叫',
    'ioSpecification': '数据进出', 'dataInput': '输入数据', 'dataOutput': '输出数据', 'inputSet': '输入组', 'outputSet': '输出组',
    'dataInputAssociation': '数据输入', 'dataOutputAssociation': '数据输出', 'sourceRef': '来源', 'targetRef': '去向',
    'source': '来源', 'target': '去向', 'categoryValue': '类目值', 'dataState': '状态', 'participantMultiplicity': '份数',
    # Camunda
    '@candidateGroups': '办理岗位', '@assignee': '办理人', '@candidateUsers': '可办理的人', '@dueDate': '办理时限',
    '@followUpDate': '跟进日期', '@priority': '优先级', '@formRef': '表单', '@formKey': '表单', '@formRefBinding': '表单用哪一版',
    '@formRefVersion': '表单版本', '@decisionRef': '决策表', '@decisionRefBinding': '决策表用哪一版',
    '@decisionRefVersion': '决策表版本', '@mapDecisionResult': '结果怎么取', '@resultVariable': '结果存入', '@type': '类型',
    '@topic': '动作', '@expression': '表达式', '@delegateExpression': '程序', '@class': '程序', '@asyncBefore': '之前先存下',
    '@asyncAfter': '之后先存下', '@async': '先存下', '@exclusive': '独占', '@jobPriority': '任务优先级', '@taskPriority': '优先级',
    '@collection': '逐个取自', '@elementVariable': '每一个叫', '@calledElementBinding': '调用哪一版',
    '@calledElementVersion': '调用的版本', '@candidateStarterGroups': '谁可以发起', '@candidateStarterUsers': '谁可以发起',
    '@historyTimeToLive': '历史保留天数', '@versionTag': '版本标签', '@isStartableInTasklist': '可从待办发起',
    '@modelerTemplate': '元素模板', '@modelerTemplateVersion': '模板版本', '@modelerTemplateIcon': '模板图标',
    '@businessKey': '业务编号', '@sourceExpression': '取值', '@source': '来源', '@target': '去向', '@variables': '带哪些',
    '@local': '只在这里', '@variableName': '看哪个字段', '@variableEvents': '看哪种变化', '@errorCodeVariable': '代码存入',
    '@errorMessageVariable': '内容存入', '@escalationCodeVariable': '代码存入', '@stringValue': '值', '@event': '时机',
    '@initiator': '发起人存入', '@diagramRelationId': '图的编号', '@key': '键', '@label': '标题', '@defaultValue': '默认值',
    'inputParameter': '输入', 'outputParameter': '输出', 'property': '扩展属性', 'in': '带进', 'out': '带出', 'field': '字段',
    'failedJobRetryTimeCycle': '失败后怎么再试', 'executionListener': '监听器', 'taskListener': '任务监听器',
    'connector': '连接器', 'connectorId': '连接器', 'formData': '表单字段', 'formField': '表单字段', 'list': '列表', 'map': '映射',
    'entry': '一项', 'value': '值', 'constraint': '限制', 'validation': '校验',
    # DMN
    '@hitPolicy': '取哪一行', '@aggregation': '怎么合计', '@typeRef': '类型', '@preferredOrientation': '方向',
    '@outputLabel': '结果的叫法', '@namespace': '命名空间', '@href': '指向', '@locationURI': '地址',
    '@inputVariable': '输入存入', 'description': '说明',
    'question': '问题', 'allowedAnswers': '可以怎么答', 'inputValues': '可取的值', 'outputValues': '可取的值',
    'defaultOutputEntry': '默认结果', 'inputExpression': '表达式', 'variable': '结果',
    'literalExpression': '表达式', 'informationRequirement': '依据', 'requiredInput': '输入',
    'requiredDecision': '决策', 'knowledgeRequirement': '知识依据', 'requiredKnowledge': '知识', 'context': '分步算',
    'contextEntry': '一步', 'invocation': '调用', 'binding': '参数', 'parameter': '参数名', 'relation': '关系表',
    'column': '列', 'row': '行', 'functionDefinition': '函数', 'formalParameter': '参数', 'encapsulatedLogic': '算法',
    'inputData': '输入数据', 'businessKnowledgeModel': '知识模型', 'knowledgeSource': '知识来源',
    'authorityRequirement': '权威依据', 'requiredAuthority': '权威', 'itemComponent': '组成', 'allowedValues': '可取的值',
    'decisionService': '决策服务', 'extension': '扩展'}
_PROPERTIES = {'stage': '所属阶段', 'stages': '各阶段', 'withdrawer': '撤销决定表', 'withdrawn_message': '撤销后发的消息',
               'corrected': '可以更正的字段', 'to_key': '发给的业务编号', 'manual_tasks': '手工任务'}
_VALUES = {'true': '是', 'false': '否'}
_SAID = {'@type': {'external': '外部任务'}, '@mapDecisionResult': {
             'singleResult': '一行的全部', 'singleEntry': '一个值', 'collectEntries': '一列值', 'resultList': '全部各行'},
         '@hitPolicy': {'UNIQUE': '只有一行适用', 'FIRST': '第一行适用的算数', 'ANY': '适用的各行结果相同',
                        'PRIORITY': '按结果的轻重取一行', 'RULE ORDER': '适用的各行都算，按行的顺序',
                        'OUTPUT ORDER': '适用的各行都算，按结果的轻重', 'COLLECT': '适用的各行合在一起'},
         '@aggregation': {'SUM': '相加', 'MIN': '最小', 'MAX': '最大', 'COUNT': '几行'},
         **dict.fromkeys(('@formRefBinding', '@decisionRefBinding', '@calledElementBinding'),
                         {'deployment': '同一版', 'latest': '最新一版', 'version': '指定的一版'})}
_STEP = re.compile(r'(?P<base>@?(?:\{[^}]*\})?[^\[#]*)(?:\[(?P<name>.*)\])?(?:#(?P<number>\d+))?', re.DOTALL)


def label(path: Sequence[str]) -> str:
    """What a property is called: 定时·到某一刻, 输入“to”, 所属阶段."""
    seen = [step for step in path if step not in _HIDDEN]
    return '·'.join(map(_word, seen or [step for step in path if step != TEXT][-1:]))


def _word(step: str) -> str:
    found = _STEP.fullmatch(step)
    base, name, number = found['base'], found['name'], found['number']
    if base == 'property' and name in _PROPERTIES:
        return _PROPERTIES[name]
    plain = base.rpartition('}')[2].removeprefix('@')
    said = _LABELS.get(base) or _LABELS.get(f'@{plain}' if base.startswith('@') else plain) or f'“{plain}”'
    return f'{said}{f"“{name}”" if name else ""}{f"（{number}）" if number else ""}'


def value(path: Sequence[str], text: str) -> str:
    """A value as a reader says it: 是, 只有一行适用; what is text stays as it stands."""
    last = path[-1]
    if last == '@kind':
        return WORDS.get(text, text)
    if not text:
        return EMPTY if last.startswith('@') else THERE
    return _SAID.get(last, {}).get(text) or _VALUES.get(text, text)
