"""The `camunda:` dialect: what SpiffWorkflow's parsers drop is kept, what they cannot read is read here."""
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.specs.data_spec import TaskDataReference
from SpiffWorkflow.bpmn.specs.event_definitions.timer import CycleTimerEventDefinition, DurationTimerEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask

from engine.spiff.specs import (ActionTask, Call, Elements, Message, ParallelMulti, RuleTask, Script, SequentialMulti)
from engine.spiff.timers import Cycle, Duration, LiveDate

CAMUNDA = '{http://camunda.org/schema/1.0/bpmn}'
DRAWN = '{urn:duban}drawn'


class Keep:
    """Mixed into every node parser: all `camunda:` attributes and the drawn id stay with the specification."""

    def parse_extensions(self, node: Any = None) -> dict:
        node = self.node
        extension = node.find('{*}extensionElements')
        found = (lambda path: extension.findall(path)) if extension is not None else (lambda path: [])
        return {
            'drawn': node.get(DRAWN) or node.get('id'),
            'camunda': {key[len(CAMUNDA):]: value for key, value in node.attrib.items() if key.startswith(CAMUNDA)},
            'input': {item.get('name'): (item.text or '').strip()
                      for item in found(f'{CAMUNDA}inputOutput/{CAMUNDA}inputParameter')},
            'output': {item.get('name'): (item.text or '').strip()
                       for item in found(f'{CAMUNDA}inputOutput/{CAMUNDA}outputParameter')},
            'in': {item.get('target'): item.get('sourceExpression') or item.get('source')
                   for item in found(f'{CAMUNDA}in') if item.get('target')},
            'properties': {item.get('name'): item.get('value')
                           for item in found(f'{CAMUNDA}properties/{CAMUNDA}property')},
        }

    def parse_message_event(self, node: Any) -> Message:
        return Message(self.process_parser.parser.messages[node.get('messageRef')])

    def parse_timer_event(self, node: Any) -> Any:
        stock = super().parse_timer_event(node)
        kind = (Cycle if isinstance(stock, CycleTimerEventDefinition)
                else Duration if isinstance(stock, DurationTimerEventDefinition) else LiveDate)
        return kind(stock.name, (stock.expression or '').strip(), description=stock.description)

    def _add_multiinstance_task(self, loop: Any) -> None:
        original = self.spec.task_specs.pop(self.task.name)
        kind = SequentialMulti if loop.get('isSequential') == 'true' else ParallelMulti
        condition = loop.find('{*}completionCondition')
        self.task = kind(self.spec, original.name, '', data_input=Elements(loop.get(f'{CAMUNDA}collection')),
                         input_item=TaskDataReference(loop.get(f'{CAMUNDA}elementVariable')),
                         condition=None if condition is None else condition.text)
        self.task.extensions = original.extensions
        self._copy_task_attrs(original, loop)


_SPECS = {'serviceTask': ActionTask, 'businessRuleTask': RuleTask, 'scriptTask': Script, 'subProcess': Call,
          'callActivity': Call}


def _ours(parser: type, spec: type, tag: str) -> tuple[type, type]:
    return type(f'Duban{parser.__name__}', (Keep, parser), {}), _SPECS.get(etree.QName(tag).localname, spec)


class Parser(BpmnParser):
    """SpiffWorkflow's parser for checked and normalised diagrams of our dialect."""

    OVERRIDE_PARSER_CLASSES = {
        tag: _ours(parser, spec, tag)
        for tag, (parser, spec) in {**BpmnParser.PARSER_CLASSES,
                                    full_tag('businessRuleTask'): (TaskParser, RuleTask)}.items()}


def connect_loops(spec: Any) -> None:
    """Let a freshly parsed specification know its multi-instance children, as creating a child would; without it an
    instance that is loaded with living children is stuck for ever."""
    for task_spec in spec.task_specs.values():
        if isinstance(task_spec, LoopTask):
            child = spec.task_specs[task_spec.task_spec]
            if not child.completed_event.is_connected(task_spec.merge_child):
                child.completed_event.connect(task_spec.merge_child)
