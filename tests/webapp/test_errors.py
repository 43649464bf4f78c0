"""Error pages: one fact in Chinese, what one can do, the code last; never a traceback."""
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask, abort

from engine import errors
from tests.webapp.browser import Browser
from tests.webapp.conftest import application
from webapp import auth

REFUSALS = {
    'missing': (errors.NotFound('编号{code}不在您能看到的台账里。', code='DB-2020-099'), 404, '编号DB-2020-099不在您能看到的台账里。'),
    'forbidden': (errors.Forbidden('这一步由{who}办。', who='省司法厅·联络员'), 403, '这一步由省司法厅·联络员办。'),
    'conflict': (errors.Conflict(), 409, '刚刚已经有人办了这一步，请刷新后再看。'),
    'refused': (errors.Refused('这份通知书已经签发。'), 422, '这份通知书已经签发。'),
    'broken': (errors.Broken('表达式 x 没有值'), 500, '没有办成，什么都没有改动。'),
    'crash': (RuntimeError('password=secret'), 500, '没有办成，什么都没有改动。'),
}


@pytest.fixture
def app(template: Path, tmp_path: Path) -> Iterator[Flask]:
    """An application of its own, to which views can still be added."""
    app = application(f'sqlite:///{template}', tmp_path)
    yield app
    with app.app_context():
        app.extensions['sqlalchemy'].engine.dispose()


@pytest.fixture
def failing(app: Flask, browse: Callable[[str], Browser]) -> Browser:
    """A liaison's browser, and views that fail as `REFUSALS` says."""
    def fail(name: str) -> None:
        raise REFUSALS[name][0]

    app.add_url_rule('/fail/<name>', 'fail', auth.signed_in(fail))
    app.add_url_rule('/undeclared', 'undeclared', lambda: 'open')
    app.add_url_rule('/odd', 'odd', auth.signed_in(lambda: abort(418)))
    return browse('gz-fgw-liaison')


@pytest.mark.parametrize('name', REFUSALS)
def test_a_refusal_becomes_its_page(failing: Browser, name: str) -> None:
    _refusal, status, sentence = REFUSALS[name]
    page = failing.get(f'/fail/{name}', status=status)
    assert sentence in page.text and f'错误代码{status}' in page.text
    assert 'secret' not in page.answer.text and 'Error' not in page.answer.text


def test_a_crash_has_a_number_that_the_log_has_too(failing: Browser,
                                                   caplog: pytest.LogCaptureFixture) -> None:
    page = failing.get('/fail/crash', status=500)
    number = page.text.rpartition('事件号')[2]
    assert len(number) == 8 and any(number in record.getMessage() for record in caplog.records)


def test_a_view_without_a_rule_opens_for_nobody(failing: Browser) -> None:
    assert failing.get('/undeclared', status=403).h1 == '这个岗位不能办'


def test_an_odd_status_becomes_one_that_has_a_page(failing: Browser) -> None:
    failing.get('/odd', status=400)


def test_pages_that_do_not_exist(browser: Browser) -> None:
    assert browser.get('/nowhere', status=404).h1 == '没有找到'
    assert browser.get('/static/nothing.css', status=404).h1 == '没有找到'
    assert browser.get('/static/../config.py', status=404).h1 == '没有找到'
    assert browser.get('/sign-out', status=405).h1 == '这个地址不能这样打开'


@pytest.mark.parametrize('address', [
    '/draft/{}', '/draft/{}/edit/matter.bpmn', '/release/{}/against/1', '/release/proposal/{}', '/backtest/{}',
    '/migration/{}', '/process/matter/try/{}', '/process/{}/matter.xml', '/process/matter?version={}',
    '/story?version={}'])
def test_a_number_that_nothing_can_have_leads_nowhere(browse: Callable[[str], Browser], address: str) -> None:
    owner = browse('gz-office-owner')
    for digits in (10, 30, 5000):
        owner.get(address.format('9' * digits), status=404)


def test_ten_megabytes_are_refused_before_they_are_read(app: Flask, browser: Browser) -> None:
    browser.get('/sign-in')
    page = browser.submit({'username': 'x' * 10_000_000}, status=413)
    assert page.h1 == '提交的内容太大了' and '1024 kB' in page.text
    assert page.one('//main//a[.="回到刚才填的"]').get('href') == '/sign-in'


@pytest.mark.parametrize('came', ['http://localhost/phrases', 'http://localhost', 'http://elsewhere.example/tasks', ''])
def test_what_was_too_large_leads_back_to_its_form(browse: Callable[[str], Browser], came: str) -> None:
    browser = browse('gz-fgw-liaison')
    browser.get('/phrases')
    answer = browser.client.post('/phrases', data={'text': 'x' * 1_200_000}, headers={'Referer': came})
    assert answer.status_code == 413 and 'href="/phrases">回到刚才填的</a>' in answer.text


def test_a_page_of_another_post_is_refused(browse: Callable[[str], Browser]) -> None:
    browser = browse('gz-fgw-liaison')
    browser.get('/tasks')
    assert browser.post('/clock', {'go': 'next'}, status=403).h1 == '这个岗位不能办'


def test_the_error_page_needs_no_database(app: Flask, browse: Callable[[str], Browser]) -> None:
    browser = browse('gz-fgw-liaison')
    with app.app_context():
        engine = app.extensions['sqlalchemy'].engine
        with engine.begin() as connection:
            connection.exec_driver_sql('ALTER TABLE account RENAME TO gone')
    page = browser.get('/tasks', status=500)
    assert page.one('//header').text_content().split() == ['督办', '事项督办系统']


@pytest.mark.parametrize('address', ['/ledger?q=a%00b', '/ledger?%00=1'])
def test_what_no_database_keeps_is_refused_at_the_door(browse: Callable[[str], Browser], address: str) -> None:
    owner = browse('gz-office-owner')
    assert '不能保存的字符' in owner.get(address, status=422).text


def test_nor_is_it_taken_from_a_form(browse: Callable[[str], Browser]) -> None:
    owner = browse('gz-office-owner')
    owner.get('/draft')
    assert '不能保存的字符' in owner.post('/draft', {'name': '零一\0稿'}, status=422).text
    assert '零一' not in owner.get('/draft').text
