"""参数: what is the government's own, changing one with a reason, and deadlines that follow."""
from collections.abc import Callable

import pytest
from flask import Flask

from engine import db, history
from engine.history import Kind
from tests.webapp.browser import Browser
from tests.webapp.matters import engine_of, handled
from tests.webapp.test_calendar import warning

Browse = Callable[[str], Browser]


@pytest.fixture
def owner(browse: Browse) -> Browser:
    """The process owner, on the page of one parameter."""
    browser = browse('gz-office-owner')
    browser.get('/parameter/warning_days')
    return browser


def line(page, name: str) -> list[str]:
    """The row of a parameter: value, unit, where it comes from."""
    row = page.one(f'//tr[.//a[@href="/parameter/{name}"]]')
    return [' '.join(cell.text_content().split()) for cell in row.xpath('./td')][:3]


def test_every_parameter_is_named_and_explained(owner: Browser) -> None:
    page = owner.get('/parameter')
    assert line(page, 'warning_days') == ['3', '个工作日', '默认'] and line(page, 'clock_13710')[0] == '否'
    assert '到期前几个工作日亮黄灯、提醒' in page.text and '其中本级自定0个' in page.text


def test_a_changed_parameter_moves_open_deadlines_and_is_on_the_trail(app: Flask, owner: Browser) -> None:
    matter_id = handled(app)
    before = warning(app, matter_id)
    page = owner.submit({'value': '5', 'reason': '黔府办函〔2020〕9号'}, press='改成这个值')
    assert page.path == '/parameter' and '改为5。重新计算了1件事项，1个时限有变动' in page.text
    assert line(page, 'warning_days')[0] == '5' and line(page, 'warning_days')[2].startswith('本级')
    assert warning(app, matter_id) < before
    with db.reading(engine_of(app)) as session:
        event, = history.events(session, 'tenant:gz', kinds=[Kind.PARAMETER_CHANGED])
    assert event.actor == '省政府办公厅·流程管理员' and '黔府办函〔2020〕9号' in event.data
    owner.get('/parameter/warning_days')
    page = owner.submit({'reason': '恢复'}, press='回到默认')
    assert line(page, 'warning_days') == ['3', '个工作日', '默认'] and warning(app, matter_id) == before


def test_what_does_not_fit_is_said_at_the_field(owner: Browser) -> None:
    page = owner.submit({'value': '很多', 'reason': '试试'}, press='改成这个值', status=422)
    assert '您填的是很多' in page.texts('//*[@role="alert"]//li')[0]
    assert page.one('//input[@name="value"]').get('value') == '很多'
    assert page.one('//input[@name="reason"]').get('value') == '试试'
    page = owner.submit({'value': '4', 'reason': ''}, press='改成这个值', status=422)
    assert page.texts('//*[@role="alert"]//li') == ['写一句为什么改。']
    assert '没有改动' in owner.submit({'value': '3', 'reason': '不变'}, press='改成这个值').text


def test_units_are_read_in_the_language_of_the_page(owner: Browser) -> None:
    owner.post('/language', {'language': 'en'})
    assert line(owner.get('/parameter'), 'warning_days')[1] == 'working days'
    page = owner.get('/parameter/warning_days')
    assert 'The default is 3 working days' in page.text and '(working days)' in page.text


def test_only_owner_and_head_see_parameters(browse: Browse) -> None:
    browse('gz-office-officer').get('/parameter', status=403)
    browse('gz-office-head').get('/parameter')
    browse('gz-office-owner').get('/parameter/nothing', status=404)
