"""Every address is declared: which post may open it, and what headers it leaves with."""
import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from engine import db
from engine.usertask import UserTask
from tests.webapp.browser import Browser, Page
from tests.webapp.conftest import UNITS
from tests.webapp.matters import engine_of, handled
from webapp import asset, auth

PUBLIC = {'asset.file', 'session.sign_in', 'session.open_session', 'session.open_demo_session', 'health.alive',
          'health.ready', 'wall.show',
          'contact.ask', 'contact.stop', 'language.index', 'language.choose'}
EVERYBODY = [f'gz-{unit}-{post}' for unit, (_name, posts) in UNITS.items() for post in posts]


def test_every_endpoint_declares_who_may_open_it(app: Flask) -> None:
    rules = {endpoint: getattr(view, 'rule', None) for endpoint, view in app.view_functions.items()}
    assert [endpoint for endpoint, rule in rules.items() if rule is None] == []
    assert {endpoint for endpoint, rule in rules.items() if rule is auth.PUBLIC} <= PUBLIC


def test_a_rule_names_posts_that_exist() -> None:
    with pytest.raises(ValueError):
        auth.requires('clerk')
    with pytest.raises(ValueError):
        auth.requires()


def test_nobody_gets_in_without_signing_in(app: Flask, browser: Browser) -> None:
    for rule in app.url_map.iter_rules():
        if rule.endpoint not in PUBLIC and 'GET' in rule.methods:
            path = rule.rule.replace('<uuid:', '<')
            for name in rule.arguments:
                path = path.replace(f'<{name}>', '00000000-0000-0000-0000-000000000000')
            if path.startswith(auth.FOR_PROGRAMS):
                assert browser.client.get(path).status_code == 401, path
            elif '<' not in path:
                assert browser.get(path).path == '/sign-in', path


@pytest.mark.parametrize('login', EVERYBODY)
def test_every_post_has_a_navigation_that_opens(browse: Callable[[str], Browser], login: str) -> None:
    browser = browse(login)
    page = browser.get('/')
    links = page.all('//header//nav//a/@href')
    assert 1 <= len(links) <= 5
    for link in links:
        shown = browser.get(link)
        assert shown.all('//header//nav//a[@aria-current]/@href') == [link]


def test_leaders_have_what_waits_for_their_decision(browse: Callable[[str], Browser]) -> None:
    assert browse('gz-gov-deputy').get('/').h1 == '待我批'
    assert browse('gz-fgw-liaison').get('/').h1 == '我的待办'


def test_pages_leave_with_strict_headers(browser: Browser) -> None:
    headers = browser.get('/sign-in').headers
    policy = headers['Content-Security-Policy']
    assert "default-src 'self'" in policy and 'unsafe' not in policy and "frame-ancestors 'none'" in policy
    assert headers['X-Content-Type-Options'] == 'nosniff'
    assert headers['Cache-Control'] == 'no-store'


def test_pages_and_sheets_are_compressed_and_kept(browser: Browser) -> None:
    page = browser.client.get('/sign-in', headers={'Accept-Encoding': 'gzip'})
    assert page.headers['Content-Encoding'] == 'gzip' and '登录督办' in gzip.decompress(page.data).decode()
    sheet = browser.get('/sign-in').one('//link[@rel="stylesheet"]/@href')
    answer = browser.client.get(sheet, headers={'Accept-Encoding': 'gzip, br'})
    assert answer.headers['Content-Encoding'] in ('gzip', 'br') and answer.mimetype == 'text/css'
    assert 'immutable' in answer.headers['Cache-Control'] and 'Cookie' not in answer.headers['Vary']
    assert 'Set-Cookie' not in answer.headers


def test_what_is_built_is_kept_by_its_own_name(
        browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sheet asks for its font by that name, and the page beforehand by the same address."""
    monkeypatch.setattr(asset, 'STATIC', tmp_path)
    (tmp_path / 'built').mkdir()
    (tmp_path / 'built' / 'bpmn-ABCDEFGH.woff2').write_bytes(b'font')
    (tmp_path / 'built' / 'manifest.json').write_text('{"bpmn.woff2": "bpmn-ABCDEFGH.woff2"}')
    with browser.client.application.test_request_context():
        address = asset.url('built/bpmn.woff2')
    assert address == '/static/built/bpmn-ABCDEFGH.woff2'
    with browser.client.get(address) as font, browser.client.get('/static/built/manifest.json') as manifest:
        assert 'immutable' in font.headers['Cache-Control'] and 'immutable' not in manifest.headers['Cache-Control']


def desk_of(app: Flask) -> list[str]:
    """The addresses where a clerk spends the day: lists, the form of a task, the page of a matter."""
    matter_id = handled(app)
    with db.reading(engine_of(app)) as session:
        task = session.scalars(select(UserTask.id).where(
            UserTask.matter_id == matter_id, UserTask.state == 'open')).one()
    return ['/tasks', f'/tasks/{task}', '/tasks/done', '/copies', '/ledger', '/board', f'/matter/{matter_id}']


def named(page: Page) -> list[str]:
    """The style sheets, pictures and scripts that the page asks for."""
    return page.all('//link/@href | //script/@src | //img/@src')


def test_a_clerks_page_weighs_at_most_60_kb(app: Flask, browse: Callable[[str], Browser]) -> None:
    """The viewer of diagrams is for a desk and comes after the page: it has a measure of its own."""
    browser = browse('gz-fgw-liaison')
    for path in desk_of(app):
        parts = [one for one in named(browser.get(path)) if not one.startswith('/static/built/')]
        answers = [browser.client.get(address, headers={'Accept-Encoding': 'gzip'}) for address in (path, *parts)]
        assert sum(len(answer.data) for answer in answers) <= 60_000, path


def test_a_clerk_needs_nothing_that_is_built(
        app: Flask, browse: Callable[[str], Browser], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asset, '_manifest', dict)
    browser = browse('gz-fgw-liaison')
    for path in desk_of(app):
        parts = named(browser.get(path))
        assert parts and not [one for one in parts if '/built/' in one], path
        answers = [browser.client.get(one, headers={'Accept-Encoding': 'gzip'}) for one in parts]
        assert {answer.status_code for answer in answers} == {200}, path
