"""What spoilt files are spoilt with: texts that break something somewhere, names in the wrong place, odd values."""
from typing import Any

TEXTS = (
    '', ' ', '\n', '0', '-1', '1e999', '9' * 400, 'true', 'null', '${', '}', '${}', '${a', '#{a}', '${a b}',
    '${1/0}', '${a.__class__}', '${"x" * 99999999}', '${9**9**9}', '=', '= 1 +', '=a.b.c',
    '= for x in 1..999999999 return x', '= {a: {', '[1..', '[5..1]', 'not(', '< ', '-', '"', "'", '“引号”', '张三',
    '\u202e反', 'a\u2028b', '😀', 'P', 'PT', 'P-1D', 'P99999999D', 'PT0S', 'R/PT0S',
    'R9999999999/P1D', 'R/P1D', '2020-02-30', '2020-13-01T99:00', '9999-12-31T23:59:59+08:00',
    '0001-01-01T00:00:00Z', '* * * * *', '{', '}', '{0}', '{it}', '{warning_days}', '%s', '../../etc/passwd',
    'a' * 5000, '(' * 400, '!' * 400, '${' + '(' * 3000 + '1' + ')' * 3000 + '}', '-' * 2000 + '1',
    '${' + '+'.join('1' * 3000) + '}', 'if a:\n b = 1', 'while true', 'a = b\n' * 300, 'split(co_units)',
    '${split(1)}', 'workdays(due_at)', '${workdays(workdays(due_at, 1), "x")}', 'param("none")', '${param(1)}',
    'fgw/liaison/x', '/', ',',
)
"""Texts in the place of an expression, a name, a time, a cell."""

TAGS = (
    'userTask', 'task', 'scriptTask', 'serviceTask', 'businessRuleTask', 'callActivity', 'subProcess',
    'transaction', 'adHocSubProcess', 'exclusiveGateway', 'parallelGateway', 'inclusiveGateway',
    'eventBasedGateway', 'complexGateway', 'startEvent', 'endEvent', 'boundaryEvent', 'intermediateCatchEvent',
    'intermediateThrowEvent', 'sequenceFlow', 'lane', 'laneSet', 'process', 'message', 'signal', 'error',
    'escalation', 'definitions', 'timerEventDefinition', 'messageEventDefinition', 'signalEventDefinition',
    'errorEventDefinition', 'linkEventDefinition', 'timeDate', 'timeDuration', 'timeCycle',
    'terminateEventDefinition', 'compensateEventDefinition', 'conditionExpression',
    'multiInstanceLoopCharacteristics', 'standardLoopCharacteristics', 'extensionElements', 'documentation',
    'conditionalEventDefinition', 'escalationEventDefinition', 'cancelEventDefinition', 'dataObject',
    'ioSpecification', 'decision', 'decisionTable', 'input', 'output', 'rule', 'inputEntry', 'outputEntry',
    'text', 'literalExpression', 'informationRequirement', 'inputData', 'businessKnowledgeModel', 'context',
    'relation', 'list', 'invocation',
)
"""Names of elements, of diagrams and of tables."""

ATTRIBUTES = (
    'id', 'name', 'default', 'isExecutable', 'attachedToRef', 'cancelActivity', 'triggeredByEvent',
    'messageRef', 'signalRef', 'errorRef', 'calledElement', 'hitPolicy', 'aggregation', 'typeRef',
    'isSequential', 'isForCompensation', 'isInterrupting', 'scriptFormat', 'startQuantity', 'parallelMultiple',
    'xmlns', 'lang',
)
"""Names of attributes."""

COMPONENTS = (
    'textfield', 'textarea', 'number', 'datetime', 'select', 'radio', 'checkbox', 'checklist', 'taglist',
    'filepicker', 'group', 'dynamiclist', 'table', 'text', 'html', 'button', 'iframe', 'expression',
    'separator', 'spacer', 'nothing',
)
"""Kinds of form fields; the last one is none."""

SPACES = (
    '', 'urn:nobody',
    'http://www.omg.org/spec/BPMN/20100524/MODEL',
    'http://www.omg.org/spec/BPMN/20100524/DI',
    'http://camunda.org/schema/1.0/bpmn',
    'http://camunda.org/schema/zeebe/1.0',
    'urn:duban',
    'http://www.omg.org/spec/DMN/20180521/MODEL/',
    'https://www.omg.org/spec/DMN/20191111/MODEL/',
)
"""Namespaces."""

VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 10 ** 30, 1.5e300, '', 'x', [], {}, [[]], {'a': {}}, [None], ['a', 'a'])
"""Values in the place of any other in a form."""
