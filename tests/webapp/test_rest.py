"""Camunda Modeler's Deploy and Start buttons: the very requests that it sends, and what it reads in the answers."""
import base64
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select
from werkzeug.test import TestResponse

from engine import db, deployment, token
from engine.deployment import Deployment
from engine.directory import Account
from engine.errors import Conflict
from engine.history import Event
from engine.ledger import Matter
from tests.engine import diagrams
from tests.webapp.browser import Browser
from tests.webapp.conftest import PASSWORD, ROOT

OWNER, OFFICER = 'gz-office-owner', 'gz-office-officer'
MATTER, REGISTER = ROOT / 'workflows' / 'matter.bpmn', ROOT / 'forms' / 'register.form'
CIRCULAR = diagrams.line(diagrams.user('read', name='看一遍', camunda_candidateGroups='office/head', camunda_formRef=None),
                       between=('read',), ident='circular', name='传阅').decode()
ANSWERS = {'secret': 'no', 'source': 'meeting', 'basis': '省政府常务会议纪要第5号', 'has_basis': False,
           'leader_post': 'gov/deputy', 'received_at': '2020-09-25T08:40:00+08:00', 'title': '制定项目时间进度表',
           'requirement': '报送项目时间进度表', 'evidence': '时间进度表', 'matter_class': 'important', 'due_at': '2020-10-31',
           'lead_unit': 'fgw'}


def basic(login: str, password: str = PASSWORD) -> dict[str, str]:
    """The header in which a modeler sends a name and password."""
    return {'Authorization': 'Basic ' + base64.b64encode(f'{login}:{password}'.encode()).decode()}


class Modeler:
    """Sends what Camunda Modeler sends; `headers` say who it is."""

    def __init__(self, client: FlaskClient, headers: dict[str, str]) -> None:
        self.client, self.headers = client, {'Accept': 'application/json', **headers}

    def get(self, path: str) -> TestResponse:
        """The tests of the connection."""
        return self.client.get(f'/engine-rest{path}', headers=self.headers)

    def deploy(self, files: dict[str, bytes | str], **fields: str) -> TestResponse:
        """The Deploy button: the diagram, then the attached files, each under its name."""
        parts = {'deployment-name': '传阅', 'deployment-source': 'Camunda Modeler',
                 'enable-duplicate-filtering': 'true',
                 **{name.replace('_', '-'): text for name, text in fields.items()}}
        for name, content in files.items():
            parts[name] = (BytesIO(content.encode() if isinstance(content, str) else content), name, 'text/xml')
        return self.client.post('/engine-rest/deployment/create', data=parts, headers=self.headers,
                                content_type='multipart/form-data')

    def start(self, which: str, body: Any = None) -> TestResponse:
        """The Start button; `which` is what stands between process-definition and start."""
        return self.client.post(f'/engine-rest/process-definition/{which}/start', headers=self.headers,
                                json=body if body is not None else {})


@pytest.fixture
def modeler(app: Flask) -> Modeler:
    """A modeler into which the process owner of 贵州 has typed name and password."""
    return Modeler(app.test_client(), basic(OWNER))


@pytest.fixture
def officer(app: Flask) -> Modeler:
    """One that the supervision officer uses."""
    return Modeler(app.test_client(), basic(OFFICER))


@pytest.fixture
def engine(app: Flask) -> Engine:
    """The application's own database."""
    with app.app_context():
        return app.extensions['sqlalchemy'].engine


def refused(answer: TestResponse, status: int, kind: str) -> str:
    """The sentence of an error as Camunda writes it."""
    assert answer.status_code == status and answer.mimetype == 'application/json', answer.text
    assert answer.json['type'] == kind
    return answer.json['message']


def numbers(engine: Engine, tenant: str = 'gz') -> list[int]:
    """The versions that a government has."""
    with db.reading(engine) as session:
        return [made.number for made in deployment.versions(session, tenant)]


def test_the_connection_is_tested_and_the_version_told(modeler: Modeler) -> None:
    assert modeler.get('/deployment?maxResults=0').json == []
    assert modeler.get('/version').json == {'version': '7.24.0'}
    listed = modeler.get('/deployment').json
    assert [one['tenantId'] for one in listed] == ['gz']
    assert modeler.get(f'/deployment/{listed[0]["id"]}').json == listed[0]


def test_a_diagram_joins_the_version_in_use(modeler: Modeler, engine: Engine) -> None:
    answer = modeler.deploy({'circular.bpmn': CIRCULAR})
    assert answer.status_code == 200, answer.text
    told = answer.json
    assert (told['name'], told['source'], told['tenantId']) == ('传阅', 'Camunda Modeler', 'gz')
    assert told['deploymentTime'] == '2020-09-27T09:10:00.000+0800'
    (link,) = told['links']
    assert link == {'method': 'GET', 'href': f'http://localhost/engine-rest/deployment/{told["id"]}', 'rel': 'self'}
    key = f'circular:2:{told["id"]}'
    assert list(told['deployedProcessDefinitions']) == [key]
    drawn = told['deployedProcessDefinitions'][key]
    assert {name: drawn[name] for name in ('id', 'key', 'name', 'version', 'resource', 'deploymentId', 'tenantId')} == {
        'id': key, 'key': 'circular', 'name': '传阅', 'version': 2, 'resource': 'circular.bpmn',
        'deploymentId': told['id'], 'tenantId': 'gz'}
    assert told['deployedDecisionDefinitions'] is told['deployedCaseDefinitions'] is None
    with db.reading(engine) as session:
        made = session.get(Deployment, int(told['id']))
        before, after = (deployment.files(session, one) for one in (1, made.id))
        assert after == before | {'circular.bpmn': CIRCULAR.encode()}
        assert (made.actor, made.note) == ('省政府办公厅·流程管理员', '传阅（Camunda Modeler）')
        event = session.scalar(select(Event).where(Event.kind == 'deployment.made', Event.tenant == 'gz'))
        assert event.actor == '省政府办公厅·流程管理员' and '第2版' in event.summary


def test_unchanged_means_no_new_version(modeler: Modeler, engine: Engine) -> None:
    first, again = (modeler.deploy({'circular.bpmn': CIRCULAR}).json for _ in range(2))
    assert first['id'] == again['id']
    assert list(first['deployedProcessDefinitions']) == list(again['deployedProcessDefinitions'])
    unfiltered = modeler.deploy({'circular.bpmn': CIRCULAR}, enable_duplicate_filtering='false')
    assert unfiltered.json['id'] == first['id'] and numbers(engine) == [2, 1]


def test_forms_and_tables_are_attached(modeler: Modeler) -> None:
    files = {path.name: path.read_bytes() for path in (MATTER, REGISTER, ROOT / 'workflows' / 'lamp.dmn')}
    told = modeler.deploy(files, tenant_id='gz').json
    (process,), (table,) = (told[f'deployed{kind}Definitions'].values() for kind in ('Process', 'Decision'))
    assert (process['key'], table['key'], table['resource']) == ('matter', 'lamp', 'lamp.dmn')
    assert modeler.deploy({'register.form': REGISTER.read_bytes()}).json['deployedProcessDefinitions'] is None


def test_what_the_gate_finds_is_told_by_file_element_and_line(modeler: Modeler, engine: Engine) -> None:
    torn = CIRCULAR.replace('camunda:candidateGroups="office/head"', '')
    answer = modeler.deploy({'circular.bpmn': torn})
    told = answer.json
    assert answer.status_code == 400 and told['type'] == 'ParseException'
    assert told['message'].startswith('ENGINE-09005 Could not parse BPMN process. Errors: \n* ')
    found = told['details']['circular.bpmn']
    problem = next(one for one in found['errors'] if one['mainElementId'] == 'read')
    assert '<bpmn:userTask id="read"' in torn.splitlines()[problem['line'] - 1]
    assert problem['elementIds'] == ['read'] and problem['column'] == 0
    assert '看一遍' in problem['message'] and problem['message'] in told['message']
    assert problem not in found['warnings'] and numbers(engine) == [1]


def test_warnings_of_the_sent_files_stand_beside_the_errors(modeler: Modeler) -> None:
    torn = CIRCULAR.replace('camunda:candidateGroups="office/head"', 'xmlns:other="urn:other" other:colour="red"')
    told = modeler.deploy({'circular.bpmn': torn}).json
    warnings = told['details']['circular.bpmn']['warnings']
    assert [one['mainElementId'] for one in warnings if 'colour' in one['message']] == ['read']
    assert 'colour' not in told['message'] and set(told['details']) == {'circular.bpmn'}


def test_who_comes_second_at_the_same_instant_is_told(modeler: Modeler, monkeypatch: pytest.MonkeyPatch) -> None:
    def taken(*_: Any) -> None:
        raise Conflict('刚刚有人发布了新版本，请刷新后再发布。')
    monkeypatch.setattr(deployment, 'deploy', taken)
    answer = modeler.deploy({'circular.bpmn': CIRCULAR})
    assert '刚刚有人发布了新版本' in refused(answer, 409, 'OptimisticLockingException')


def test_the_parts_of_a_version_are_judged_together(modeler: Modeler) -> None:
    torn = REGISTER.read_text().replace('"id": "register"', '"id": "other"', 1)
    told = modeler.deploy({'register.form': torn}).json
    assert told['type'] == 'ParseException' and set(told['details']) >= {'register.form', 'matter.bpmn'}


@pytest.mark.parametrize('content', [b'', b'not xml', b'\x00\xff', b'<a/>',
                                     b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'])
def test_what_is_no_diagram_is_refused(modeler: Modeler, engine: Engine, content: bytes) -> None:
    answer = modeler.deploy({'circular.bpmn': content})
    assert refused(answer, 400, 'ParseException').startswith('ENGINE-09005') and numbers(engine) == [1]
    assert answer.json['details']['circular.bpmn']['errors']


@pytest.mark.parametrize(('files', 'said'), [
    ({}, '没有附上文件'), ({'script.py': b'print()'}, '只收流程图'), ({'../../x': b''}, '“x”不能发布'),
    ({'circular.bpmn\x07': CIRCULAR}, '不能发布'), ({'a' * 300 + '.bpmn': CIRCULAR}, '不能发布'),
    ({'circular.bpmn': CIRCULAR, 'deep/circular.bpmn': CIRCULAR}, '附了两次')])
def test_files_that_cannot_be_deployed_are_refused(modeler: Modeler, files: dict[str, Any], said: str) -> None:
    assert said in refused(modeler.deploy(files), 400, 'InvalidRequestException')


def test_folders_are_left_out_of_names(modeler: Modeler) -> None:
    told = modeler.deploy({'drawings/circular.bpmn': CIRCULAR}).json
    assert [one['resource'] for one in told['deployedProcessDefinitions'].values()] == ['circular.bpmn']


def test_what_is_too_large_is_refused(app: Flask, modeler: Modeler) -> None:
    app.config['MAX_CONTENT_LENGTH'] = 2048
    answer = modeler.deploy({'circular.bpmn': b'x' * 2048})
    assert '一次最多发布2 kB' in refused(answer, 413, 'RequestTooLargeException')


def test_another_kind_of_request_is_refused(modeler: Modeler) -> None:
    answer = modeler.client.post('/engine-rest/deployment/create', json={}, headers=modeler.headers)
    assert 'multipart/form-data' in refused(answer, 415, 'NotSupportedException')
    address = '/engine-rest/process-definition/key/matter/start'
    answer = modeler.client.post(address, data='a=b', headers=modeler.headers)
    assert 'JSON' in refused(answer, 415, 'NotSupportedException')


def test_nobody_reaches_another_government(modeler: Modeler, engine: Engine) -> None:
    answer = modeler.deploy({'circular.bpmn': CIRCULAR}, tenant_id='cz')
    assert '不能替“cz”办' in refused(answer, 403, 'AuthorizationException')
    refused(modeler.start('key/circular/tenant-id/cz'), 403, 'AuthorizationException')
    refused(modeler.get('/deployment/2'), 404, 'NotFoundException')
    assert numbers(engine) == numbers(engine, 'cz') == [1]


@pytest.mark.parametrize('login', ['gz-office-officer', 'gz-office-operator', 'gz-office-auditor', 'gz-fgw-liaison'])
def test_only_the_process_owner_deploys(app: Flask, login: str) -> None:
    answer = Modeler(app.test_client(), basic(login)).deploy({'circular.bpmn': CIRCULAR})
    assert '流程管理员' in refused(answer, 403, 'AuthorizationException')


@pytest.mark.parametrize('headers', [{}, {'Authorization': 'Basic !'}, {'Authorization': 'Digest x'}, basic('nobody'),
                                     {'Authorization': 'Bearer 1.x'}, {'Authorization': 'Bearer'}, basic(OWNER, '')])
def test_nobody_gets_in_without_a_name(app: Flask, headers: dict[str, str]) -> None:
    stranger = Modeler(app.test_client(), headers)
    for answer in (stranger.get('/deployment?maxResults=0'), stranger.deploy({'circular.bpmn': CIRCULAR})):
        refused(answer, 401, 'AuthenticationException')
        assert answer.headers['WWW-Authenticate'].startswith('Bearer ')
        assert 'Set-Cookie' not in answer.headers


def test_wrong_passwords_lock_the_account_as_on_the_page(app: Flask, modeler: Modeler, engine: Engine) -> None:
    guesser = Modeler(modeler.client, basic(OWNER, 'a guess'))
    for _ in range(app.config['LOCK_AFTER']):
        assert '登录名或密码不对' in refused(guesser.get('/version'), 401, 'AuthenticationException')
    refused(modeler.get('/version'), 401, 'AuthenticationException')
    with db.reading(engine) as session:
        refusals = session.scalar(select(func.count()).where(Event.kind == 'session.refused'))
        assert refusals == app.config['LOCK_AFTER'] + 1


def test_a_token_opens_the_door_until_it_is_revoked(app: Flask, engine: Engine) -> None:
    with db.writing(engine) as session:
        made = token.make(session, session.scalar(select(Account).where(Account.login == OWNER)))
    program = Modeler(app.test_client(), {'Authorization': f'Bearer {made}'})
    assert program.deploy({'circular.bpmn': CIRCULAR}).status_code == 200
    with db.writing(engine) as session:
        token.revoke(session, session.scalar(select(Account).where(Account.login == OWNER)))
    assert '令牌不对' in refused(program.get('/version'), 401, 'AuthenticationException')


def test_cookies_count_for_nothing_here_and_headers_for_nothing_elsewhere(browse: Callable[[str], Browser]) -> None:
    browser = browse(OWNER)
    refused(browser.client.get('/engine-rest/version'), 401, 'AuthenticationException')
    stranger = browser.app.test_client()
    assert stranger.get('/process', headers=basic(OWNER)).status_code == 303


def test_an_address_that_is_not_here_is_said(modeler: Modeler) -> None:
    for path in ('/', '/task', '/deployment/x', '/deployment/create', '/deployment/9999'):
        refused(modeler.get(path), 404, 'NotFoundException')


def test_a_process_that_stands_alone_is_started(modeler: Modeler) -> None:
    (key,) = modeler.deploy({'circular.bpmn': CIRCULAR}).json['deployedProcessDefinitions']
    told = modeler.start(key, {'businessKey': '材料一', 'variables': {'copies': {'value': 3, 'type': 'Integer'}}})
    assert told.status_code == 200, told.text
    assert {name: told.json[name] for name in ('definitionId', 'businessKey', 'ended', 'tenantId')} == {
        'definitionId': key, 'businessKey': '材料一', 'ended': False, 'tenantId': 'gz'}
    for which in ('key/circular', 'key/circular/tenant-id/gz'):
        assert modeler.start(which).json['definitionId'] == key


@pytest.mark.parametrize(('body', 'said'), [
    ([], 'JSON 对象'), ({'variables': 3}, 'variables 要写成'), ({'variables': {'a': 3}}, '变量“a”要写成'),
    ({'variables': {'a': {'value': '3', 'type': 'Integer'}}}, '写明是Integer'),
    ({'variables': {'a': {'value': True, 'type': 'Long'}}}, '写明是Long'),
    ({'variables': {'a': {'value': '明天', 'type': 'Date'}}}, '写明是Date'),
    ({'variables': {'a': {'value': '{', 'type': 'Json'}}}, '写明是Json'),
    ({'variables': {'a': {'value': 'x', 'type': 'Object'}}}, '类型“Object”不认识'),
    ({'variables': {'a': {'value': 'x', 'type': ['String']}}}, '不认识'),
    ({'businessKey': 'k' * 201}, 'businessKey'), ({'businessKey': 3}, 'businessKey')])
def test_variables_that_are_not_what_they_say_are_refused(modeler: Modeler, body: Any, said: str) -> None:
    modeler.deploy({'circular.bpmn': CIRCULAR})
    assert said in refused(modeler.start('key/circular', body), 400, 'InvalidRequestException')


def test_an_older_version_is_not_started(modeler: Modeler) -> None:
    (old,) = modeler.deploy({'circular.bpmn': CIRCULAR}).json['deployedProcessDefinitions']
    modeler.deploy({'circular.bpmn': CIRCULAR.replace('看一遍', '看两遍')})
    assert '不是在用的这一版' in refused(modeler.start(old), 404, 'NotFoundException')
    refused(modeler.start('key/nobody'), 404, 'NotFoundException')


def test_what_stands_beside_a_matter_is_not_started_alone(modeler: Modeler) -> None:
    for process in ('extension', 'closing', 'escalation'):
        assert '在一件事项旁边' in refused(modeler.start(f'key/{process}'), 400, 'InvalidRequestException')


def test_a_matter_is_registered_with_the_answers_of_its_forms(officer: Modeler, engine: Engine) -> None:
    variables = {name: {'value': value} for name, value in ANSWERS.items()}
    told = officer.start('key/matter', {'variables': variables, 'businessKey': '会议5号'})
    assert told.status_code == 200, told.text
    with db.reading(engine) as session:
        assert session.scalar(select(Matter.title)) == '制定项目时间进度表'


@pytest.mark.parametrize(('changed', 'said'), [({'secret': 'yes'}, '涉密'), ({'secret': None}, 'secret'),
                                               ({'title': None}, 'title'), ({'lead_unit': 'nowhere'}, 'lead_unit')])
def test_a_matter_is_not_registered_past_its_forms(officer: Modeler, engine: Engine, changed: dict, said: str) -> None:
    variables = {name: {'value': value} for name, value in (ANSWERS | changed).items() if value is not None}
    assert said in refused(officer.start('key/matter', {'variables': variables}), 400, 'InvalidRequestException')
    with db.reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(Matter)) == 0


def test_only_an_officer_registers_matters(modeler: Modeler) -> None:
    assert '立项由督查员办理' in refused(modeler.start('key/matter'), 403, 'AuthorizationException')


def test_a_fault_is_a_sentence(app: Flask, modeler: Modeler, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deployment, 'versions', lambda *_: 1 / 0)
    assert '什么都没有改动' in refused(modeler.get('/deployment'), 500, 'ProcessEngineException')
