"""Every address is declared: which post may open it, and what headers it leaves with."""
import gzip
from collections.abc import Callable

import pytest
from flask import Flask

from tests.webapp.browser import Browser
from tests.webapp.conftest import UNITS
from webapp import auth

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


def test_a_clerks_page_weighs_at_most_60_kb(browse: Callable[[str], Browser]) -> None:
    browser = browse('gz-fgw-liaison')
    page = browser.get('/tasks')
    addresses = ['/tasks', *page.all('//link/@href | //script/@src')]
    answers = [browser.client.get(address, headers={'Accept-Encoding': 'gzip'}) for address in addresses]
    assert sum(len(answer.data) for answer in answers) <= 60_000
