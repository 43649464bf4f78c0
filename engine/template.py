"""Element templates for a modeler: what may be drawn here, with Chinese fields, from the actions, forms and tables."""
from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from engine import actions
from engine.actions import Action
from engine.deployment import Bundle
from engine.errors import listed, said
from engine.permit import ACTS, USUALLY

_HINTS = {fields.Integer: said('整数'), fields.Float: said('数'), fields.Boolean: said('true 或 false'),
          fields.Date: said('日期，如 2020-09-30')}
_SIGNATURES = said(
    '几个岗位办同一步：任务标成多实例（并行，依次会签选顺序），集合写岗位名单，如 ${split(signers)}，元素变量写 post。完成条件：'
    '会签 ${contains(said, "no")}，或签 ${nrOfCompletedInstances >= 1}，票签 ${sum(votes) * 2 > nrOfInstances}；'
    '各家的意见收成结果列表（loopDataOutputRef 写 said，outputDataItem 写表单里的字段）。')
_WRITTEN = said('可以写 ${…}')
_UNSAID = said('不写')


def templates(bundle: Bundle) -> list[dict[str, Any]]:
    """One template per action, two for what people do, one for tables: Camunda 7's element templates, as JSON."""
    stage = _stage(bundle)
    services = [_service(action, stage) for _topic, action in sorted(actions.known().items())]
    return [_person(bundle, stage), _signatures(bundle, stage), _decision(bundle, stage), *services]


def _service(action: Action, stage: list[dict]) -> dict[str, Any]:
    """A service task with the inputs of its action; what is required may not stay empty."""
    return _template(f'duban.{action.topic}', said(action.name), said(action.sentence), 'ServiceTask', [
        _hidden('camunda:type', 'external'), _hidden('camunda:topic', action.topic),
        *(_input(name, field) for name, field in action.schema.fields.items()), *stage])


def _input(name: str, field: fields.Field) -> dict[str, Any]:
    hint = next((listed((text, _WRITTEN), '；') for kind, text in _HINTS.items() if type(field) is kind), _WRITTEN)
    return {'label': said(field.metadata.get('label', name)), 'type': 'String', 'description': hint,
            **_needed(field.required), 'binding': {'type': 'camunda:inputParameter', 'name': name}}


def _needed(required: bool) -> dict[str, Any]:
    return {'constraints': {'notEmpty': True}} if required else {}


def _person(bundle: Bundle, stage: list[dict]) -> dict[str, Any]:
    """A user task: its form, who does it, until when."""
    elements = [element for process in bundle.processes.values() for element in process.elements.values()]
    posts = sorted({element.candidate for element in elements if element.candidate})
    return _template('duban.person', said('人办的一步'), said('一个岗位填一张表单。'), 'UserTask', [
        _choice(said('表单'), {one.id: one.title for one in bundle.forms.values()}, _property('camunda:formRef')),
        _hidden('camunda:formRefBinding', 'deployment'),
        {**_text(said('办理岗位'), _property('camunda:candidateGroups')), **_needed(True),
         'description': said('单位/岗位。现有的图里用的有：{posts}', posts=listed(posts)) if posts else _WRITTEN},
        {**_text(said('办理时限'), _property('camunda:dueDate')), 'description': said('例如 ${workdays(entered_at, 3)}')},
        *_besides(),
        _choice(said('几件一起办'), {'': _UNSAID, 'true': said('可以，表单只选一项、写意见')},
                {'type': 'camunda:property', 'name': 'batch'}),
        *stage])


def _signatures(bundle: Bundle, stage: list[dict]) -> dict[str, Any]:
    """A user task of several posts: who is asked comes out of a list, which the marker of the drawing names."""
    return _template('duban.signatures', said('会签、或签、依次、票签的一步'), _SIGNATURES, 'UserTask', [
        _choice(said('表单'), {one.id: one.title for one in bundle.forms.values()}, _property('camunda:formRef')),
        _hidden('camunda:formRefBinding', 'deployment'), _hidden('camunda:candidateGroups', '${post}'),
        {**_text(said('办理时限'), _property('camunda:dueDate')), 'description': said('例如 ${workdays(entered_at, 3)}')},
        *_besides(), *stage])


def _besides() -> list[dict]:
    """What may be done with a task besides submitting it, and where it can be returned to."""
    usually, drawn = (listed(word for act, word in ACTS.items() if (act in USUALLY) is told)
                      for told in (True, False))
    acts = listed(said('{name}（{value}）', name=word, value=act) for act, word in ACTS.items())
    return [{**_text(said('允许的办法'), {'type': 'camunda:property', 'name': 'allow'}),
             'description': said('写 {acts} 中的几个；不写就是{usually}，不可以{drawn}；写 无（none）就都不可以',
                                 acts=acts, usually=usually, drawn=drawn)},
            {**_text(said('退回到（步骤编号）'), {'type': 'camunda:property', 'name': 'return_to'}),
             'description': said('前面的步骤，用逗号隔开，例如 plan,handle；上面要写明允许退回')}]


def _decision(bundle: Bundle, stage: list[dict]) -> dict[str, Any]:
    """A business rule task: which table is asked."""
    return _template('duban.decision', said('查决策表'), said('按一张决策表得出结果，写进表里写明的各项。'), 'BusinessRuleTask', [
        _choice(said('决策表'), {one.id: one.name for one in bundle.tables.values()}, _property('camunda:decisionRef')),
        _hidden('camunda:decisionRefBinding', 'deployment'),
        _hidden('camunda:mapDecisionResult', 'singleResult'), *stage])


def _stage(bundle: Bundle) -> list[dict]:
    """The stage that a step belongs to, where a lifecycle is drawn with stages."""
    stages = bundle.lifecycle.stages if bundle.lifecycle else ()
    if not stages:
        return []
    return [_choice(said('所属阶段'), {'': _UNSAID, **{stage: stage for stage in stages}},
                    {'type': 'camunda:property', 'name': 'stage'})]


def _template(ident: str, name: str, description: str, kind: str, properties: list[dict]) -> dict[str, Any]:
    """Everything that a template does not ask for can still be filled in beside it."""
    return {'id': ident, 'name': said('督办：{name}', name=name), 'description': description,
            'appliesTo': ['bpmn:Task', f'bpmn:{kind}'], 'elementType': {'value': f'bpmn:{kind}'},
            'entriesVisible': True, 'properties': properties}


def _property(name: str) -> dict[str, str]:
    return {'type': 'property', 'name': name}


def _hidden(name: str, value: str) -> dict[str, Any]:
    return {'type': 'Hidden', 'value': value, 'binding': _property(name)}


def _text(label: str, binding: Mapping[str, str]) -> dict[str, Any]:
    return {'label': label, 'type': 'String', 'binding': binding}


def _choice(label: str, named: Mapping[str, str], binding: Mapping[str, str]) -> dict[str, Any]:
    return {'label': label, 'type': 'Dropdown', 'choices': [
        {'name': name if name in (value, _UNSAID) else said('{name}（{value}）', name=name, value=value), 'value': value}
        for value, name in named.items()], 'binding': binding}
