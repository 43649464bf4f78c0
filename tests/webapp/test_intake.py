"""立项 in the browser: secrecy first and alone, then the register form, in one step or by way of a draft."""
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from engine import db, history
from engine.history import Event
from engine.ledger import Matter
from engine.usertask import Draft
from tests.webapp.browser import Browser

REGISTER = {'source': 'provincial', 'basis': '黔府办发〔2020〕12号 二（三）', 'leader_post': 'gov/principal',
            'received_at': '2020-09-25T09:00', 'title': '建立健全重点企业和项目库', 'matter_class': 'important',
            'requirement': '年底前建成省、市、县三级重点企业和项目库。', 'evidence': '项目库清单（省、市、县分级）',
            'lead_unit': 'fgw', 'co_units': [], 'due_at': '2020-12-31', 'own_cycle': ''}


@pytest.fixture
def officer(browse: Callable[[str], Browser]) -> Browser:
    """The supervision officer's browser."""
    return browse('gz-office-officer')


def stored(app: Flask) -> tuple[int, int, int]:
    """How many matters, drafts and events there are."""
    with app.app_context(), db.reading(app.extensions['sqlalchemy'].engine) as session:
        assert history.verify(session).whole
        return tuple(session.scalar(select(func.count()).select_from(table))
                     for table in (Matter, Draft, Event))


def answered(officer: Browser) -> Browser:
    """Past the question of secrecy."""
    officer.get('/intake')
    assert officer.submit({'secret': 'no'}).path == '/intake/register'
    return officer


def test_secrecy_is_asked_first_and_alone(officer: Browser) -> None:
    page = officer.get('/intake')
    assert {control.get('name') for control in page.all('//main//input[not(@type="hidden")]')} == {'secret'}
    assert officer.get('/intake/register').path == '/intake'
    assert officer.post('/intake/register', REGISTER).path == '/intake'


def test_a_secret_matter_leaves_no_trace(app: Flask, officer: Browser) -> None:
    before = stored(app)
    officer.get('/intake')
    page = officer.submit({'secret': 'yes'}, status=422)
    assert '涉密事项不能在这里办理' in page.text and '草稿' not in page.texts('//*[@role="alert"]')[0]
    assert stored(app) == before
    assert officer.get('/intake/register').path == '/intake'


def test_the_question_must_be_answered(officer: Browser) -> None:
    officer.get('/intake')
    assert officer.submit(status=422).texts('//*[@role="alert"]//li')


def test_a_matter_is_registered_in_one_step(app: Flask, officer: Browser) -> None:
    page = answered(officer).submit(REGISTER)
    assert page.path == '/tasks'
    assert '已提交“立项”。现在由省政府·主要领导办“立项审批”' in page.text
    assert stored(app)[:2] == (1, 0)
    assert officer.get('/intake/register').path == '/intake'


def test_an_approved_basis_skips_the_approval(officer: Browser) -> None:
    page = answered(officer).submit({**REGISTER, 'has_basis': 'true'})
    assert '现在由省发展改革委·联络员办“签收”' in page.text


def test_without_lead_unit_and_deadline_nothing_is_registered(app: Flask, officer: Browser) -> None:
    before = stored(app)
    page = answered(officer).submit({**REGISTER, 'lead_unit': '', 'due_at': ''}, status=422)
    assert sorted(page.texts('//*[@role="alert"]//li')) == ['请填写办结时限', '请选择牵头单位']
    assert page.one('//h2[@id="es"]').text_content() == '还有2处要修改'
    assert page.one('//title').text_content().startswith('错误：')
    assert page.one('//*[@id="title"]').get('value') == REGISTER['title']
    assert page.one('//*[@id="lead_unit"]').get('aria-invalid') == 'true'
    assert stored(app) == before


def test_a_draft_begins_the_matter_and_keeps_what_was_typed(app: Flask, officer: Browser) -> None:
    page = answered(officer).submit({'title': '汇编应对疫情优惠政策', 'basis': '黔府办发〔2020〕12号'}, press='保存草稿')
    assert page.path.startswith('/tasks/') and page.one('//*[@id="basis"]').get('value') == '黔府办发〔2020〕12号'
    assert stored(app)[:2] == (1, 1)
    inbox = officer.get('/tasks')
    assert '汇编应对疫情优惠政策' in inbox.text and '草稿' in inbox.text
    officer.get(page.path)
    assert '现在由省政府·主要领导办“立项审批”' in officer.submit({**REGISTER}).text


def test_only_the_supervision_office_registers(browse: Callable[[str], Browser]) -> None:
    assert browse('gz-fgw-liaison').get('/intake', status=403).h1 == '这个岗位不能办'
    assert '立项' not in browse('gz-fgw-liaison').get('/tasks').texts('//main//a')
