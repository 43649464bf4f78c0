"""流程: rules, tables and pictures as they are read from the version in use."""
import json
from collections.abc import Callable

import pytest
from flask import Flask

from engine import actions, db, deployment
from engine.directory import Tenant
from engine.ledger import FACTS
from tests.webapp.browser import Browser
from tests.webapp.conftest import NOW, ROOT
from tests.webapp.matters import engine_of, handled

Browse = Callable[[str], Browser]


@pytest.fixture
def owner(browse: Browse) -> Browser:
    """The process owner's browser."""
    return browse('gz-office-owner')


def second_version(app: Flask) -> None:
    """Deploy a second version of 贵州's bundle, in which the warning comes earlier."""
    topics = {topic: action.parameters() for topic, action in actions.known().items()}
    with db.writing(engine_of(app)) as session:
        files = deployment.files(session, deployment.current(session, 'gz').id)
        table = files['parameters.dmn'].decode().replace('到期前几个工作日亮黄灯', '到期前几个工作日就亮黄灯')
        files['parameters.dmn'] = table.encode()
        deployment.deploy(session, 'gz', files, '省政府办公厅·流程管理员', '改了一句说明', NOW, topics, FACTS)


def test_the_list_says_what_each_process_is_for(app: Flask, owner: Browser) -> None:
    handled(app)
    page = owner.get('/process')
    names = page.texts('//table/tbody/tr/th')
    assert names[0] == '事项全生命周期' and len(names) == 8
    assert page.texts('//table/tbody/tr[1]/td')[1:] == ['1', '0']
    assert '由期限看护与逐级督办调用' in page.text and len(page.all('//section[@aria-labelledby="tables"]//li')) == 17


def test_what_can_be_drawn_is_said_on_a_page(owner: Browser) -> None:
    page = owner.get('/process/notation')
    said = {row.xpath('./th')[0].text_content(): row.xpath('./td')[0].text_content() for row in page.all('//tbody/tr')}
    assert len(said) > 250 and {'执行', '修好', '提醒', '拒绝'} == set(said.values())
    assert said['两个可执行流程'] == '拒绝' and said['没写是否可执行'] == '修好'


def test_one_process_shows_rules_picture_forms_and_where_matters_stand(app: Flask, owner: Browser) -> None:
    handled(app)
    page = owner.get('/process/escalation')
    rules = {row.xpath('./th')[0].text_content(): ' '.join(row.text_content().split()) for row in
             page.all('//section[@aria-labelledby="r"]//tbody/tr')}
    warning = next(row for when, row in rules.items() if when.startswith('到期前3个工作日'))
    assert 'P03-06' in warning and '提醒牵头单位报改进措施' in warning
    assert page.one('//div[@class="diagram"]').get('data-xml').endswith('/escalation.xml')
    assert '研判是否造成重大影响' in page.texts('//section[@aria-labelledby="f"]')[0]
    assert '在走1件' in page.text
    page = owner.get('/process/matter')
    waiting = [(row.xpath('./th')[0].text.strip(), row.xpath('./td[@class="num"]')[0].text) for row in
               page.all('//section[@aria-labelledby="s"]//tbody/tr')]
    assert [one for one in waiting if one[1] != '0'] == [('组织承办', '1')]
    walk = json.loads(page.one('//div[@class="diagram"]').get('data-walk'))
    assert (walk['nodes'], walk['now'], walk['told']) == ({'handle': 1}, ['handle'], '{n}件等着办')
    assert '由期限看护与逐级督办调用' in owner.get('/process/notice').text.replace(' ', '')


def test_a_new_colleague_reads_who_does_what_by_when_and_how_long_it_takes(app: Flask, owner: Browser) -> None:
    handled(app)
    steps = {row.xpath('./th')[0].text.strip(): [' '.join(cell.text_content().split()) for cell in row.xpath('./td')]
             for row in owner.get('/process/matter').all('//section[@aria-labelledby="s"]//tbody/tr')}
    assert steps['立项审批'][:2] == ['按决策表“立项审批人”', '走到这一步后第1个工作日09:00']
    assert steps['签收'][:2] == ['牵头单位·联络员', '一般收到任务后2个工作日；紧急的收到任务后第1个工作日09:00']
    assert steps['研究部署，报送“四合一”清单'][1] == '签收后3个工作日'
    assert steps['签收'][3] == '中位0个工作日九成在0个以内，共1件' and steps['组织承办'][3] == '还没有办完过'
    rules = {' '.join(row.xpath('./th')[0].text_content().split()): row.text_content() for row in
             owner.get('/process/escalation').all('//section[@aria-labelledby="r"]//tbody/tr')}
    assert '按决策表“督办级别”' in rules['期限届满仍未办结办结时限过后的第一个工作日09:00']
    assert any(when.endswith('办结时限前3个工作日') for when in rules)
    assert any(when.endswith('本级政府不用') for when in map(str, owner.get('/process/matter').texts(
        '//section[@aria-labelledby="r"]//tbody/tr/th')))
    assert '故事还没有讲' in owner.get('/process/matter').text


def test_names_carry_this_governments_values(app: Flask, owner: Browser) -> None:
    from engine import parameter
    from engine.history import SYSTEM
    with db.writing(engine_of(app)) as session:
        tenant = session.get(Tenant, 'gz')
        bundle = deployment.bundle(session, deployment.current(session, 'gz').id)
        parameter.change(session, tenant.id, 'warning_days', 5, SYSTEM, bundle)
    assert '到期前5个工作日' in owner.get('/process/escalation').text


def test_a_decision_table_is_drawn_in_words(owner: Browser) -> None:
    page = owner.get('/process/table/lamp')
    assert page.h1 == '亮灯' and '第一行适用的算数' in page.one('//caption').text
    rows = page.texts('//tbody/tr')
    assert '任意' in rows[0] and '蓝灯' in rows[0] and 'P05-16' in rows[0]
    assert '决策表：督办级别' in owner.get('/process/notice').text
    for name in ('parameters', 'approver', 'escalation_level', 'supervisor', 'report_cycle',
                 'verification_mode', 'proposed_grade', 'extension_approver'):
        owner.get(f'/process/table/{name}')
    assert owner.get('/process/table/extension_approver').texts('//td[@class="out"]') == ['交办领导', '立项审批人', '省政府·主要领导']
    owner.get('/process/table/nothing', status=404)


def test_versions_stay_readable(app: Flask, owner: Browser) -> None:
    matter_id = handled(app)
    second_version(app)
    page = owner.get('/process/matter')
    assert '在用第2版' in page.text
    versions = page.texts('//section[@aria-labelledby="v"]//tbody/tr')
    assert versions[0].startswith('第2版 在用') and '改了一句说明' in versions[0] and versions[1].startswith('第1版 停止新立')
    assert page.texts('//section[@aria-labelledby="v"]//td[@class="num"]') == ['0', '0', '1', '0']
    assert '已不是在用的版本' in owner.get('/process/matter?version=1').text
    assert '第1版' in owner.get(f'/matter/{matter_id}').one('//figcaption').text_content()
    owner.get('/process/matter?version=9', status=404)
    owner.get('/process/nothing', status=404)


def test_the_diagram_is_served_as_it_was_deployed(app: Flask, browse: Browse) -> None:
    liaison = browse('gz-fgw-liaison')
    address = liaison.get(f'/matter/{handled(app)}').one('//div[@class="diagram"]').get('data-xml')
    answer = liaison.client.get(address)
    assert answer.data == (ROOT / 'workflows' / 'matter.bpmn').read_bytes()
    assert answer.mimetype == 'application/xml'
    assert 'immutable' in answer.headers['Cache-Control'] and 'private' in answer.headers['Cache-Control']
    assert 'attachment' in liaison.client.get(f'{address}?download=1').headers['Content-Disposition']
    assert liaison.client.get(address.replace('matter.xml', 'nothing.xml')).status_code == 404
    assert browse('cz-fgw-liaison').client.get(address).status_code == 404


def test_before_the_first_version_the_page_says_how_it_comes(app: Flask, owner: Browser) -> None:
    with db.writing(engine_of(app)) as session:
        session.query(deployment.DeploymentFile).delete()
        session.query(deployment.Deployment).delete()
    assert '还没有发布流程' in owner.get('/process').text and '还没有发布流程' in owner.get('/parameter').text
    owner.get('/process/matter', status=404)
