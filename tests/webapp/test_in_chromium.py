"""The desk in a real browser: the form's script, a phone's width, what axe says; and with the script off."""
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from engine.db import writing
from engine.directory import Tenant
from tests.webapp import matters
from tests.webapp.browser import Browser
from tests.webapp.looking import OUT_OF_PLACE, faults
from tests.webapp.test_usertask import register, waiting
from webapp.reader import COOKIE


@pytest.fixture
def planning(app: Flask, browse: Callable[[str], Browser]) -> str:
    """The address of the list 四合一, which has conditions and rows."""
    register(app, has_basis=True)
    liaison = browse('gz-fgw-liaison')
    liaison.get(waiting(app, '签收'))
    liaison.submit()
    page = liaison.get('/tasks')
    return page.one('//p[@class="due"]/parent::li//a').get('href')


def test_fields_appear_as_one_answers(visit: Callable[..., Any], planning: str) -> None:
    page = visit('gz-fgw-liaison', planning)
    page.check('input[name=answer][value=accept]')
    assert page.is_visible('#deploy_note') and page.is_hidden('#return_reason')
    page.check('input[name=answer][value=return]')
    assert page.is_hidden('#deploy_note') and page.is_visible('#return_reason')
    assert page.is_disabled('#deploy_note') and page.is_enabled('#return_reason')


def test_rows_are_added_in_place(visit: Callable[..., Any], planning: str) -> None:
    page = visit('gz-fgw-liaison', planning)
    page.check('input[name=answer][value=accept]')
    rows = page.locator('[data-row]')
    first = rows.nth(0).locator('input,textarea').first
    first.fill('清理')
    page.click('[data-more]')
    assert rows.count() == 2 and page.url.endswith(planning)
    second = rows.nth(1).locator('input,textarea').first
    assert second.input_value() == ''
    assert second.get_attribute('name') == first.get_attribute('name').replace('-0-', '-1-')
    assert second.evaluate('part => part === document.activeElement') and '第2行' in rows.nth(1).inner_text()
    assert page.evaluate('new Set([...document.querySelectorAll("[id]")].map(e => e.id)).size'
                         ' === document.querySelectorAll("[id]").length')


def test_the_draft_is_kept_while_one_types(visit: Callable[..., Any], planning: str) -> None:
    page = visit('gz-fgw-liaison', planning)
    page.check('input[name=answer][value=accept]')
    with page.expect_response(lambda answer: answer.request.method == 'POST', timeout=10_000):
        page.fill('#deploy_note', '已开会研究。')
    page.wait_for_function('() => document.querySelector("[data-saved]").textContent.includes("草稿已保存")')
    page.reload()
    assert page.input_value('#deploy_note') == '已开会研究。'


def test_a_refused_form_is_read_from_its_top(visit: Callable[..., Any], planning: str) -> None:
    page = visit('gz-fgw-liaison', planning)
    page.check('input[name=answer][value=accept]')
    page.click('.bar .go')
    assert page.locator('.errsum').evaluate('part => part === document.activeElement')
    page.locator('.errsum a').first.click()
    assert page.evaluate('document.activeElement.matches("input,textarea,select")')


def test_without_the_script_everything_still_works(visit: Callable[..., Any], planning: str) -> None:
    page = visit('gz-fgw-liaison', planning, script=False)
    page.check('input[name=answer][value=return]')
    page.click('.bar .go')
    assert '请填写退办理由' in page.inner_text('.errsum')
    page.fill('#return_reason', '不属于本单位职责，应由省司法厅承办。')
    page.click('.bar .go')
    assert '裁定退办' in page.inner_text('.note')


def test_nobody_is_kept_out_and_nothing_overflows(app: Flask, visit: Callable[..., Any], planning: str) -> None:
    """At a desk; `test_looks_in_chromium` looks at the same pages on a phone."""
    register(app, title='修改完善权力清单')
    approval = waiting(app, '立项审批')
    pages = {'gz-fgw-liaison': ('/tasks', planning, '/tasks/done', '/messages', '/contact'),
             'gz-gov-principal': (approval, '/nowhere'), 'gz-office-officer': ('/intake',),
             'gz-office-operator': ('/health', '/outbox')}
    for login, paths in pages.items():
        page = visit(login, paths[0], 1280)
        for path in paths:
            page.goto(path)
            assert faults(page, 1280) == [], path


@pytest.mark.parametrize('width', [360, 1280])
@pytest.mark.parametrize(('login', 'path'), [
    ('gz-office-owner', '/parameter/notice_number'), ('gz-fgw-liaison', '/tasks'), ('gz-office-operator', '/health')])
def test_english_stays_in_its_place(
        app: Flask, visit: Callable[..., Any], login: str, path: str, width: int) -> None:
    """English words are longer: no item of the navigation out of sight, no date or value beyond its column."""
    matters.handled(app, due_at='2021-09-30')
    page = visit(login, '/', width)
    page.context.add_cookies([{'name': COOKIE, 'value': 'en', 'url': page.url}])
    page.goto(path)
    assert page.get_attribute('html', 'lang') == 'en' and page.evaluate(OUT_OF_PLACE) == []


def test_a_government_with_a_long_name_fits_a_phone(app: Flask, visit: Callable[..., Any]) -> None:
    with writing(matters.engine_of(app)) as session:
        session.execute(update(Tenant).where(Tenant.id == 'gz').values(name='黔西南布依族苗族自治州望谟县边饶街道办事处政府'))
    page = visit('gz-office-officer', '/tasks', 360)
    assert '办事处政府' in page.inner_text('.brand') and not faults(page, 360)


def test_a_printed_matter_has_no_heading_with_nothing_below(app: Flask, visit: Callable[..., Any]) -> None:
    page = visit('gz-office-officer', f'/matter/{matters.register(app, has_basis=False)}')
    there = """() => [...document.querySelectorAll('main h2')].filter(head => head.checkVisibility()).map(head => [head.innerText,
        [...head.parentElement.children].some(part => part !== head && part.checkVisibility() && part.innerText.trim())])"""
    assert {name.split(' ')[0] for name, _ in page.evaluate(there)} >= {'文书', '附件', '沟通', '抄送', '基本情况'}
    page.emulate_media(media='print')
    printed = dict(page.evaluate(there))
    assert [name for name, full in printed.items() if not full] == []
    assert not {'文书', '附件', '沟通', '抄送'} & printed.keys() and '基本情况' in printed
    breaks = page.evaluate('[...document.querySelectorAll("main h2")].map(head => getComputedStyle(head).breakAfter)')
    assert set(breaks) == {'avoid'}, 'a heading goes over to the next page with what it heads'
