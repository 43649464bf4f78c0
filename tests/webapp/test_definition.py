"""流程: rules, tables and pictures as they are read from the version in use."""
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
    assert names[0] == '事项全生命周期' and len(names) == 6
    assert page.texts('//table/tbody/tr[1]/td')[1:] == ['1', '0']
    assert '由期限看护与逐级督办调用' in page.text and len(page.all('//section[@aria-labelledby="tables"]//li')) == 11


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
    assert 'P03-06' in rules['到期前3个工作日'] and '提醒牵头单位报改进措施' in rules['到期前3个工作日']
    assert page.one('//div[@class="diagram"]').get('data-xml').endswith('/escalation.xml')
    assert '研判是否造成重大影响' in page.texts('//section[@aria-labelledby="f"]')[0]
    assert '在走1件' in page.text
    standing = owner.get('/process/matter').texts('//section[@aria-labelledby="s"]//tbody/tr')
    assert standing == ['组织承办1']
    assert '由期限看护与逐级督办调用' in owner.get('/process/notice').text.replace(' ', '')


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
