"""干预: suspend and resume, put elsewhere, set, cancel; each with its reason, for those whom the table names."""
from collections.abc import Callable

import pytest
from flask import Flask

from engine import db
from engine.incident import Incident
from engine.usertask import UserTask
from tests.webapp.browser import Browser
from tests.webapp.matters import engine_of, handled, register, row

Browse = Callable[[str], Browser]


@pytest.fixture
def owner(browse: Browse) -> Browser:
    return browse('gz-office-owner')


def waiting(app: Flask, key: object) -> list[str]:
    with db.reading(engine_of(app)) as session:
        return sorted(task.element for task in session.query(UserTask).filter_by(matter_id=key, state='open'))


def test_a_matter_is_suspended_and_resumed(app: Flask, owner: Browser, browse: Browse) -> None:
    key = register(app)
    owner.get(f'/matter/{key}')
    page = owner.get(f'/matter/{key}/intervene')
    assert '干预：DB-2020-001' in page.h1
    refused = owner.submit({'reason': ''}, press='暂停办理', status=422)
    assert '写明理由' in refused.one('//div[@class="errsum"]').text_content()
    page = owner.submit({'reason': '等上级批复'}, press='暂停办理')
    assert '已暂停' in page.text and row(app, key).suspended_at is not None
    clerk = browse('gz-fgw-liaison')
    inbox = clerk.get('/tasks')
    assert '暂停' in inbox.texts('//ul[contains(@class, "tasks")]//span[@class="badge"]')
    [task] = inbox.all('//ul[contains(@class, "tasks")]//a/@href')[:1]
    assert '这一步暂停办理' in clerk.get(task).text
    assert '暂停办理，恢复以后再办' in clerk.post(task, status=422).text
    assert '暂停' in owner.get(f'/matter/{key}').text and '暂停办理：等上级批复' in owner.get(f'/matter/{key}').text
    owner.get(f'/matter/{key}/intervene')
    owner.submit({'reason': '批复来了'}, press='恢复办理')
    assert row(app, key).suspended_at is None
    clerk.post(task)
    assert waiting(app, key) == ['plan']


def test_a_step_is_put_elsewhere_and_a_value_set(app: Flask, owner: Browser) -> None:
    key = handled(app)
    page = owner.get(f'/matter/{key}/intervene')
    [place] = [option for option in page.all('//option') if option.text_content() == '组织承办 → 研究部署，报送“四合一”清单']
    assert '组织承办 → 并行网关（split）' in page.texts('//option'), 'what has no name goes by its kind'
    owner.submit({'place': place.get('value'), 'reason': '清单要重报'}, press='移过去')
    assert waiting(app, key) == ['plan']
    refused = owner.post(f'/matter/{key}/intervene/put', {'place': 'x', 'reason': '再来'}, status=422)
    assert '选一步，再选移到哪里' in refused.text
    owner.get(f'/matter/{key}/intervene')
    owner.submit({'name': 'due_at', 'value': '2020-11-30', 'reason': '会议定的'}, press='改成这个值')
    assert row(app, key).due_at.isoformat() == '2020-11-30'
    owner.get(f'/matter/{key}/intervene')
    refused = owner.submit({'name': 'duedate', 'value': '1', 'reason': '会议定的'}, press='改成这个值', status=422)
    assert '没有用到“duedate”' in refused.text and refused.one('//input[@id="name"]').get('value') == 'duedate'
    trace = owner.get(f'/matter/{key}').text
    assert '从“组织承办”移到“研究部署，报送‘四合一’清单”：清单要重报' in trace


@pytest.mark.parametrize(('name', 'value'), [
    ('due_at', '月底'), ('due_at', '9999-12-31'), ('due_at', '[1]'), ('level', '12345678901234567890123'),
    ('level', '{"a": 1}'), ('title', '长' * 301), ('lead_unit', '[1]')])
def test_a_slip_of_the_pen_is_no_failure_of_the_drawing(app: Flask, owner: Browser, name: str, value: str) -> None:
    key = handled(app)
    owner.get(f'/matter/{key}/intervene')
    refused = owner.submit({'name': name, 'value': value, 'reason': '会议定的'}, press='改成这个值', status=422)
    assert f'事实 {name} ' in refused.text
    with db.reading(engine_of(app)) as session:
        assert session.query(Incident).count() == 0


def test_a_lamp_is_never_set_by_hand(app: Flask, owner: Browser) -> None:
    key = handled(app)
    owner.get(f'/matter/{key}/intervene')
    refused = owner.submit({'name': 'lamp', 'value': 'red', 'reason': '会议定的'}, press='改成这个值', status=422)
    assert '灯由事实按一张表算出' in refused.text
    refused = owner.submit({'name': 'result', 'value': 'withdrawn', 'reason': '会议定的'}, press='改成这个值', status=422)
    assert '结果随流程的终点而定' in refused.text


def test_a_matter_is_cancelled(app: Flask, owner: Browser) -> None:
    key = handled(app)
    owner.get(f'/matter/{key}/intervene')
    page = owner.submit({'reason': '重复立项'}, press='作废这件事')
    assert '已经结束，没有什么可以干预' in page.text and row(app, key).status == 'withdrawn' and waiting(app, key) == []


def test_a_process_is_suspended_and_resumed(app: Flask, owner: Browser) -> None:
    way = '/process/standstill'
    owner.get(way)
    assert '写明理由' in owner.post(way, {'process': 'escalation', 'reason': ''}, status=422).text
    page = owner.submit({'process': 'escalation', 'reason': '图有错'}, press='暂停这个流程')
    assert '图有错' in page.text and 'escalation' not in page.all('//select/option/@value')
    assert '图有错' in owner.get('/process/escalation').texts('//main/*[@class="note warn"]')[0]
    assert owner.get('/process').texts('//tr[.//a[contains(@href, "escalation")]]//*[@class="badge"]') == ['暂停']
    owner.get(way)
    page = owner.submit({'reason': ''}, press='恢复', status=422)
    page = owner.submit({'reason': '改好了'}, press='恢复')
    assert '图有错' not in page.text and 'escalation' in page.all('//select/option/@value')
    owner.post(way, {'process': 'nothing', 'reason': '没有'}, status=404)
    told = owner.get('/trace').text
    assert '暂停流程“' in told and '恢复流程“' in told


def test_who_may(app: Flask, owner: Browser, browse: Browse) -> None:
    key = handled(app)
    officer = browse('gz-office-officer')
    officer.get(f'/matter/{key}/intervene', status=403)
    officer.get('/process/standstill', status=403)
    officer.post(f'/matter/{key}/intervene/suspend', {'reason': '试试'}, status=403)
    assert '干预' not in officer.get(f'/matter/{key}').texts('//div[@class="actions"]//a')
    assert '干预' in owner.get(f'/matter/{key}').texts('//div[@class="actions"]//a')
    page = browse('gz-office-operator').get(f'/matter/{key}/intervene')
    assert '建立健全重点企业和项目库' not in page.text
    owner.post(f'/matter/{key}/intervene/dance', {'reason': '试试'}, status=404)
