"""Scene 8: the process owner adds a step and deploys; running matters keep their version, new ones take the new one."""
import json
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from engine import actions, db, deployment, history, instance
from engine.errors import Undeployable
from engine.instance import Instance
from engine.ledger import FACTS, Matter
from engine.usertask import UserTask
from tests.workflows.story import Teller, bundle_files, moment

STEP = '''<bpmn:userTask id="consult" name="会商" camunda:formRef="consult" camunda:formRefBinding="deployment"
    camunda:candidateGroups="${lead_unit}/liaison">
  <bpmn:documentation>承办以前先和有关单位会商。P01-43</bpmn:documentation>
  <bpmn:incoming>accepts__split</bpmn:incoming><bpmn:outgoing>consult__split</bpmn:outgoing>
</bpmn:userTask>
<bpmn:sequenceFlow id="consult__split" sourceRef="consult" targetRef="split"/>
'''
SHAPES = '''<bpmndi:BPMNShape id="consult_di" bpmnElement="consult">
  <dc:Bounds x="1382" y="630" width="100" height="80"/></bpmndi:BPMNShape>
<bpmndi:BPMNEdge id="consult__split_di" bpmnElement="consult__split">
  <di:waypoint x="1432" y="630"/><di:waypoint x="1432" y="615"/></bpmndi:BPMNEdge>
'''
FORM = {'type': 'default', 'id': 'consult', 'components': [{
    'type': 'textarea', 'id': 'consult_result', 'key': 'consult_result', 'label': '会商结果',
    'validate': {'required': True}}]}
FIRST = '''故事 第一版上的事项
依据 P01-43
政府 gz 2020-05-07 09:00
立项 office/officer 照例
办 fgw/liaison sign
'''
SECOND = '''故事 第二版上的事项
依据 P01-43
立项 office/officer 照例
办 fgw/liaison sign
办 fgw/liaison plan 照例
看 待办 consult fgw/liaison
看 无待办 handle
办 fgw/liaison consult
  consult_result = 已与三个厅会商一致
看 待办 handle fgw/liaison
看 轨迹完整
'''


def second() -> dict[str, bytes]:
    """The shipped bundle with one more step in `matter`, as the modeler would save it."""
    drawing = bundle_files()['matter.bpmn'].decode()
    for old, new in (
            ('<bpmn:incoming>accepts__split</bpmn:incoming>', '<bpmn:incoming>consult__split</bpmn:incoming>'),
            ('sourceRef="accepts" targetRef="split"', 'sourceRef="accepts" targetRef="consult"'),
            ('<bpmn:userTask id="plan"', STEP + '<bpmn:userTask id="plan"'),
            ('<bpmndi:BPMNEdge id="accepts__split_di"', SHAPES + '<bpmndi:BPMNEdge id="accepts__split_di"')):
        assert drawing.count(old) == 1, old
        drawing = drawing.replace(old, new)
    return bundle_files() | {'matter.bpmn': drawing.encode(), 'consult.form': json.dumps(FORM).encode()}


def deploy(engine: Engine, files: dict[str, bytes]) -> int:
    """A deployment by 流程管理员; the number of the version."""
    topics = {topic: known.parameters() for topic, known in actions.known().items()}
    with db.writing(engine) as session:
        return deployment.deploy(session, 'gz', files, '省政府办公厅·流程管理员', '加一步会商', moment('2020-05-08'), topics,
                                 FACTS).number


def told(engine: Engine, folder: Path, text: str, teller: Teller | None = None) -> Teller:
    """A story written here, told by a new teller or by one who goes on."""
    path = folder / 'told.story'
    path.write_text(text)
    teller = teller or Teller(engine, path)
    teller.path = path
    teller.tell()
    return teller


def test_running_matters_keep_their_version(engine: Engine, tmp_path: Path) -> None:
    first = told(engine, tmp_path, FIRST)
    assert deploy(engine, second()) == 2
    new = told(engine, tmp_path, SECOND, Teller(engine, tmp_path, tenant='gz'))
    told(engine, tmp_path, '办 fgw/liaison plan 照例\n看 待办 handle fgw/liaison\n看 无待办 consult\n看 轨迹完整\n', first)
    with db.reading(engine) as session:
        numbers = {version.id: version.number for version in deployment.versions(session, 'gz')}
        assert {matter.id: numbers[matter.deployment_id] for matter in session.scalars(select(Matter))} == {
            first.matter: 1, new.matter: 2}
        for teller, number in ((first, 1), (new, 2)):
            seen = {event.deployment_id for event in history.events(session, str(teller.matter))}
            assert {numbers[each] for each in seen} == {number}             # the trail says on which version
            beside = session.scalars(select(Instance.deployment_id).where(Instance.matter_id == teller.matter))
            assert {numbers[each] for each in beside} == {number}           # and so do watch and reports
        passed = {event.element for event in history.events(session, str(new.matter))}
        assert 'consult' in passed


def test_a_process_begun_later_stays_on_the_matters_version(engine: Engine, tmp_path: Path) -> None:
    first = told(engine, tmp_path, FIRST + '办 fgw/liaison plan 照例\n')
    deploy(engine, second())
    told(engine, tmp_path, '开 fgw/liaison extension\n看 待办 apply fgw/liaison\n', first)
    with db.reading(engine) as session:
        assert set(session.scalars(select(Instance.deployment_id))) == {
            session.get(Matter, first.matter).deployment_id}


def test_a_diagram_that_would_not_run_changes_nothing(engine: Engine, tmp_path: Path) -> None:
    told(engine, tmp_path, FIRST)
    broken = second()
    del broken['consult.form']
    with pytest.raises(Undeployable, match='consult'):
        deploy(engine, broken)
    assert deploy(engine, bundle_files()) == 1                              # the same files are the same version


def test_a_task_of_the_old_version_keeps_its_form(engine: Engine, tmp_path: Path) -> None:
    first = told(engine, tmp_path, FIRST)
    files = second()
    form = json.loads(files['plan.form'])
    form['components'].append({'type': 'textfield', 'id': 'contact', 'key': 'contact', 'label': '联系电话',
                               'validate': {'required': True}})
    deploy(engine, files | {'plan.form': json.dumps(form).encode()})
    with db.reading(engine) as session:
        task = session.scalars(select(UserTask.id).where(UserTask.element == 'plan', UserTask.state == 'open')).one()
        assert 'contact' not in instance.view(session, task).form.fields
    told(engine, tmp_path, '办 fgw/liaison plan 照例\n', first)
