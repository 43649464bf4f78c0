"""Element templates: every action, form and table appears, in the structure that Camunda Modeler's schema asks for."""
import json
import re
from pathlib import Path
from typing import Any

import pytest

from engine import actions, deployment, gate, template
from engine.deployment import Bundle
from engine.ledger import FACTS
from tests.engine import diagrams

ROOT = Path(__file__).resolve().parents[2]
TYPES = {'property': {'String', 'Text', 'Hidden', 'Dropdown', 'Boolean'},
         'camunda:property': {'String', 'Hidden', 'Dropdown'},
         'camunda:inputParameter': {'String', 'Text', 'Hidden', 'Dropdown'}}
"""Which kind of field may be bound to what, as the published schema has it."""
KEYS = {'id', 'name', 'description', 'appliesTo', 'elementType', 'entriesVisible', 'properties'}
FIELD_KEYS = {'label', 'description', 'type', 'value', 'choices', 'constraints', 'binding'}


@pytest.fixture(scope='module')
def bundle() -> Bundle:
    """What is shipped."""
    return deployment.read({path.name: path.read_bytes() for folder in ('workflows', 'forms')
                            for path in (ROOT / folder).iterdir() if path.suffix in ('.bpmn', '.dmn', '.form', '.docx')})


@pytest.fixture(scope='module')
def made(bundle: Bundle) -> dict[str, dict[str, Any]]:
    """The templates of it by id."""
    found = template.templates(bundle)
    assert len({one['id'] for one in found}) == len(found)
    return {one['id']: one for one in found}


def field(one: dict[str, Any], bound: str) -> dict[str, Any]:
    """The field of a template that is bound to this name."""
    return next(each for each in one['properties'] if each['binding']['name'] == bound)


def test_templates_have_the_structure_of_the_published_schema(made: dict[str, dict[str, Any]]) -> None:
    for one in json.loads(json.dumps(list(made.values()))):
        assert one.keys() == KEYS and one['id'] and one['name'] and one['description']
        kinds = [*one['appliesTo'], one['elementType']['value']]
        assert all(re.fullmatch(r'bpmn:[A-Z]\w+', kind) for kind in kinds) and one['entriesVisible'] is True
        for each in one['properties']:
            assert each.keys() <= FIELD_KEYS and each['binding'].keys() == {'type', 'name'}
            assert each['type'] in TYPES[each['binding']['type']]
            assert (each['type'] == 'Dropdown') == ('choices' in each)
            assert (each['type'] == 'Hidden') == ('value' in each)
            assert each['type'] == 'Hidden' or each['label']
            assert all(choice.keys() == {'name', 'value'} for choice in each.get('choices', ()))
            assert set(each.get('constraints', {})) <= {'notEmpty'}


def test_every_action_has_a_template_with_its_inputs(made: dict[str, dict[str, Any]]) -> None:
    for topic, action in actions.known().items():
        one, told = made[f'duban.{topic}'], action.parameters()
        assert action.name in one['name'] and one['description'] == action.sentence
        assert field(one, 'camunda:topic')['value'] == topic and field(one, 'camunda:type')['value'] == 'external'
        inputs = {each['binding']['name']: each for each in one['properties']
                  if each['binding']['type'] == 'camunda:inputParameter'}
        labels = {**told['required'], **told['optional']}
        assert {name: each['label'] for name, each in inputs.items()} == {
            name: label for name, label in labels.items() if name != '*'}
        assert {name for name, each in inputs.items() if 'constraints' in each} == set(told['required'])


def test_labels_are_chinese(made: dict[str, dict[str, Any]]) -> None:
    said = [text for one in made.values() for text in (one['name'], one['description'], *(
        each['label'] for each in one['properties'] if 'label' in each))]
    assert [text for text in said if not re.search(r'[\u4e00-\u9fff]', text)] == []


def test_every_form_table_and_stage_can_be_chosen(made: dict[str, dict[str, Any]], bundle: Bundle) -> None:
    def offered(ident: str, bound: str) -> dict[str, str]:
        return {choice['value']: choice['name'] for choice in field(made[ident], bound)['choices']}
    forms, tables = offered('duban.person', 'camunda:formRef'), offered('duban.decision', 'camunda:decisionRef')
    assert forms.keys() == bundle.forms.keys() and forms['register'] == '拟办登记（register）'
    assert tables.keys() == bundle.tables.keys() and tables['lamp'] == '亮灯（lamp）'
    for ident in made:
        assert list(offered(ident, 'stage')) == ['', *bundle.lifecycle.stages]


def test_the_posts_that_are_drawn_are_named(made: dict[str, dict[str, Any]]) -> None:
    told = field(made['duban.person'], 'camunda:candidateGroups')
    assert '${lead_unit}/liaison' in told['description'] and told['constraints'] == {'notEmpty': True}


def test_without_a_lifecycle_there_are_no_stages() -> None:
    made = template.templates(deployment.read({}))
    assert not [each for one in made for each in one['properties'] if each['binding']['name'] == 'stage']


def test_the_gate_takes_what_a_template_draws() -> None:
    """The attributes of an applied template, with an empty stage, in a diagram."""
    stage = diagrams.extension('<camunda:properties><camunda:property name="stage" value=""/></camunda:properties>')
    drawn = diagrams.line(diagrams.user('read', stage, camunda_candidateGroups='office/head', camunda_formRef=None,
                                        camunda_modelerTemplate='duban.person'), between=('read',), ident='circular')
    topics = {topic: action.parameters() for topic, action in actions.known().items()}
    assert not [one for one in gate.check({'circular.bpmn': drawn}, topics, FACTS) if one.severity == 'refuse']
