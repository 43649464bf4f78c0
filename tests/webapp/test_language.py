"""Chinese first, English on a switch: the choice is the browser's, signed in or not, and stays."""
from collections.abc import Callable

import pytest

from tests.webapp.browser import Browser

Browse = Callable[[str], Browser]


def foot(browser: Browser) -> str:
    """The last line of the page of tasks."""
    return browser.get('/tasks').one('//footer').text_content()


def test_the_switch_stands_at_the_foot_of_every_page(browser: Browser) -> None:
    page = browser.get('/sign-in')
    assert page.one('/html').get('lang') == 'zh-CN'
    browser.get(page.all('//footer//a[@lang="en"]/@href')[0])
    page = browser.submit(press='English')
    assert page.path == '/sign-in' and page.one('/html').get('lang') == 'en'
    assert browser.get('/sign-in').one('/html').get('lang') == 'en'
    browser.get('/language')
    assert browser.submit(press='中文').one('/html').get('lang') == 'zh-CN'


def test_dates_are_spoken_in_the_language_of_the_page(browse: Browse) -> None:
    liaison = browse('gz-fgw-liaison')
    assert '2026年12月31日' in foot(liaison)
    liaison.post('/language', {'language': 'en'})
    assert '31 Dec 2026' in foot(liaison)


@pytest.mark.parametrize('place', ['//elsewhere.example', 'https://elsewhere.example/', 'javascript:alert(1)', '/\\\\x'])
def test_the_switch_leads_nowhere_else(browser: Browser, place: str) -> None:
    browser.get('/language')
    assert browser.post('/language', {'language': 'en', 'next': place}).path == '/language'


def test_a_language_that_is_not_there_is_chinese(browser: Browser) -> None:
    browser.get('/language')
    assert browser.post('/language', {'language': 'fr'}).one('/html').get('lang') == 'zh-CN'
