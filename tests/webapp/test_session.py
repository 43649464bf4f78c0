"""Sign-in: who comes in, who is locked out, what the cookie is worth, and that all of it is on the trail."""
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, select, update

from engine import clock, db, history
from engine.directory import Account, Tenant, set_password
from tests.webapp.browser import Browser
from tests.webapp.conftest import PASSWORD, furnish
from tests.webapp.test_intake import REGISTER
from webapp import create_app
from webapp.session import local_path

WRONG = {'username': 'gz-fgw-liaison', 'password': 'not-this-one'}
RIGHT = {'username': 'gz-fgw-liaison', 'password': PASSWORD}


def kinds(app: Flask) -> list[str]:
    """What the trail of 贵州 says."""
    with app.app_context(), db.reading(app.extensions['sqlalchemy'].engine) as session:
        assert history.verify(session).whole
        return [event.kind for event in history.events(session, 'tenant:gz')]


def change(app: Flask, **values: object) -> None:
    """Set columns of the liaison's account."""
    with app.app_context(), db.writing(app.extensions['sqlalchemy'].engine) as session:
        session.execute(update(Account).where(Account.login == 'gz-fgw-liaison').values(**values))


def test_the_right_password_opens_the_desk(app: Flask, browser: Browser) -> None:
    browser.get('/sign-in')
    page = browser.submit(RIGHT)
    assert page.path == '/tasks'
    assert '省发展改革委·联络员' in page.one('//header').text_content()
    assert kinds(app) == ['session.opened']


def test_whoever_is_signed_in_needs_no_sign_in_page(browse: Callable[[str], Browser]) -> None:
    assert browse('gz-fgw-liaison').get('/sign-in').path == '/tasks'


@pytest.mark.parametrize('entry', [
    WRONG, {**WRONG, 'username': 'gz-nobody'}, {'username': '', 'password': ''}])
def test_one_sentence_for_every_way_of_failing(browser: Browser, entry: dict) -> None:
    browser.get('/sign-in')
    page = browser.submit(entry, status=422)
    assert page.texts('//*[@role="alert"]//li') == [
        '登录名或密码不对，或者账号暂时锁定。连续输错5次锁定30分钟；忘了密码请找本级运维员重设。']
    assert page.one('//title').text_content().startswith('错误：')
    assert page.one('//input[@name="password"]').get('value') is None


def test_five_wrong_passwords_lock_for_half_an_hour(app: Flask, browser: Browser) -> None:
    browser.get('/sign-in')
    for _time in range(5):
        browser.submit(WRONG, status=422)
    browser.submit(RIGHT, status=422)
    assert kinds(app) == ['session.refused'] * 6
    change(app, locked_until=clock.utcnow() - timedelta(seconds=1))
    assert browser.submit(RIGHT).path == '/tasks'


def test_only_wrong_passwords_in_a_row_count(browser: Browser) -> None:
    for _time in range(2):
        browser.get('/sign-in')
        for _again in range(4):
            browser.submit(WRONG, status=422)
        browser.submit(RIGHT)
        browser.submit(form='//header//form')


def test_a_closed_account_does_not_come_in(app: Flask, browser: Browser) -> None:
    change(app, active=False)
    browser.get('/sign-in')
    browser.submit(RIGHT, status=422)


def test_signing_out_ends_the_session(app: Flask, browse: Callable[[str], Browser]) -> None:
    browser = browse('gz-fgw-liaison')
    browser.get('/tasks')
    assert browser.submit(form='//header//form').path == '/sign-in'
    assert browser.get('/tasks').path == '/sign-in'
    assert kinds(app) == ['session.closed']


def test_a_new_password_ends_every_open_session(app: Flask, browse: Callable[[str], Browser]) -> None:
    browser = browse('gz-fgw-liaison')
    assert browser.get('/tasks').path == '/tasks'
    with app.app_context(), db.writing(app.extensions['sqlalchemy'].engine) as session:
        account = session.scalar(select(Account).where(Account.login == 'gz-fgw-liaison'))
        set_password(account, 'another-password')
    assert browser.get('/tasks').path == '/sign-in'


def test_a_closed_account_is_put_out_at_once(app: Flask, browse: Callable[[str], Browser]) -> None:
    browser = browse('gz-fgw-liaison')
    change(app, active=False)
    assert browser.get('/tasks').path == '/sign-in'


def test_a_session_ends_after_its_hours(app: Flask, browse: Callable[[str], Browser]) -> None:
    browser = browse('gz-fgw-liaison')
    with browser.client.session_transaction() as cookie:
        cookie['since'] -= app.config['SESSION_HOURS'] * 3600 + 1
    assert browser.get('/tasks').path == '/sign-in'


def test_the_page_that_was_asked_for_opens_after_signing_in(browser: Browser) -> None:
    assert browser.get('/tasks/done').path == '/sign-in'
    assert browser.submit(RIGHT).path == '/tasks/done'


@pytest.mark.parametrize('elsewhere', [
    '//evil.example/', 'https://evil.example/', '/\\evil.example', 'javascript:x', '\\\\evil', '', None])
def test_nobody_is_sent_to_another_site(elsewhere: str | None) -> None:
    assert local_path(elsewhere) is None


def test_the_cookie_is_kept_from_scripts_and_other_sites(browser: Browser) -> None:
    for scheme, secure in (('http', False), ('https', True)):
        answer = browser.client.get('/sign-in', base_url=f'{scheme}://localhost')
        cookie = answer.headers['Set-Cookie']
        assert 'HttpOnly' in cookie and 'SameSite=Lax' in cookie and ('Secure' in cookie) == secure


def test_a_form_without_its_token_is_refused(app: Flask, browser: Browser) -> None:
    assert browser.post('/sign-in', RIGHT, status=400).h1 == '这一页放得太久了'
    assert kinds(app) == []


def test_both_databases_serve_the_same_pages(engine: Engine, tmp_path: Path) -> None:
    furnish(engine)
    url = engine.url.render_as_string(hide_password=False)
    app = create_app({'DATABASE_URL': url, 'SECRET_KEY': 'k' * 40, 'VAR_DIR': str(tmp_path)})
    officer = Browser(app)
    officer.get('/sign-in')
    for _time in range(2):
        officer.submit(WRONG, status=422)
    officer.submit({'username': 'gz-office-officer', 'password': PASSWORD})
    officer.get('/intake')
    officer.submit({'secret': 'no'})
    assert '现在由省政府·主要领导办“立项审批”' in officer.submit(REGISTER).text
    leader = Browser(app)
    leader.get('/sign-in')
    leader.submit({'username': 'gz-gov-principal', 'password': PASSWORD})
    address = leader.page.one('//p[@class="due"]/parent::li//a/@href')
    title = REGISTER['title']
    assert title in leader.get(f'/tasks?q={title[:4]}+{title[-3:]}').text
    assert title not in leader.get('/tasks?q=没有这样的事项').text
    leader.get(address)
    assert '签收' in leader.submit(press='同意立项').text
    leader.post(address, {'approval': 'agreed'}, status=409)
    assert officer.submit(form='//aside//form', press='前进1个工作日').path == '/tasks'
    with db.reading(engine) as session:
        assert history.verify(session).whole
    with app.app_context():
        app.extensions['sqlalchemy'].engine.dispose()


def test_the_demo_lets_in_as_a_post_with_one_press(browser: Browser) -> None:
    page = browser.get('/sign-in')
    assert set(page.texts('//details/summary')) == {'贵州省', '长治市'}
    assert browser.get('/sign-in?login=gz-fgw-liaison').one('//*[@id="u"]').get('value') == 'gz-fgw-liaison'
    assert browser.post('/sign-in/demo', {'login': 'gz-fgw-liaison'}).path == '/tasks'


def test_a_real_government_has_no_such_door(app: Flask, browser: Browser) -> None:
    with app.app_context(), db.writing(app.extensions['sqlalchemy'].engine) as session:
        session.get(Tenant, 'gz').demo = False
    assert not browser.get('/sign-in').all('//button[@value="gz-fgw-liaison"]')
    browser.post('/sign-in/demo', {'login': 'gz-fgw-liaison'}, status=403)


def test_a_stranger_at_the_front_door_is_not_told_of_drafts(browser: Browser) -> None:
    assert '请先登录' not in browser.get('/').text
    assert '请先登录。已保存的草稿都在' in browser.get('/tasks').text
