"""修改密码: with the old one; a one-time password opens nothing but the choice of one's own."""
from collections.abc import Callable

from flask import Flask
from sqlalchemy import select

from engine import db, directory
from engine.directory import Account
from engine.history import Event
from tests.webapp.browser import Browser
from tests.webapp.conftest import PASSWORD
from tests.webapp.matters import engine_of

OWN = '自己的新密码 2020'


def change(browser: Browser, old: str, new: str = OWN, again: str = OWN, status: int = 200) -> str:
    browser.get('/password')
    return browser.submit({'old': old, 'new': new, 'again': again}, form='//main//form', status=status).text


def signs_in(app: Flask, login: str, password: str) -> bool:
    browser = Browser(app)
    browser.get('/sign-in')
    token = browser.page.all('//input[@name="csrf_token"]/@value')[0]
    given = {'username': login, 'password': password, 'csrf_token': token}
    return browser.client.post('/sign-in', data=given).status_code == 303


def test_a_password_is_changed_with_the_old_one_and_signs_out_elsewhere(app: Flask,
                                                                        browse: Callable[[str], Browser]) -> None:
    here, there = browse('gz-fgw-liaison'), browse('gz-fgw-liaison')
    assert '密码改好了' in change(here, PASSWORD)
    assert here.get('/ledger').h1 == '台账' and there.get('/ledger').h1 == '登录督办'
    assert signs_in(app, 'gz-fgw-liaison', OWN) and not signs_in(app, 'gz-fgw-liaison', PASSWORD)
    with db.reading(engine_of(app)) as session:
        assert session.scalars(select(Event.summary).where(Event.kind == 'password.changed')).all() == ['改了自己的密码']


def test_what_does_not_fit_is_refused(browse: Callable[[str], Browser]) -> None:
    browser = browse('gz-fgw-liaison')
    assert '现在的密码不对' in change(browser, '猜一个', status=422)
    assert '两次输入的新密码不一样' in change(browser, PASSWORD, again='别的密码 123', status=422)
    assert '密码至少8个字符' in change(browser, PASSWORD, '短', '短', status=422)
    assert '新密码要和现在的不一样' in change(browser, PASSWORD, PASSWORD, PASSWORD, status=422)


def test_a_one_time_password_opens_only_the_choice_of_ones_own(app: Flask, browser: Browser) -> None:
    with db.writing(engine_of(app)) as session:
        account = session.scalars(select(Account).where(Account.login == 'gz-fgw-liaison')).one()
        given = directory.reset_password(account)
    browser.get('/sign-in')
    browser.submit({'username': 'gz-fgw-liaison', 'password': given}, form='//main//form[contains(@class, "panel")]')
    assert browser.page.h1 == '修改密码' and '您用的是一次性密码' in browser.page.text
    assert browser.get('/ledger').h1 == '修改密码'
    assert '密码改好了' in change(browser, given)
    assert browser.get('/ledger').h1 == '台账'
