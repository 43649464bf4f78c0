"""Chinese first, English on a switch: the choice is the browser's, signed in or not, and stays."""
from collections.abc import Callable

import pytest
from flask import Flask, render_template_string

from engine import expression
from engine.errors import said
from engine.expression import ExpressionError
from tests.webapp.browser import Browser
from tests.webapp.matters import handled
from webapp import errors, reader

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


@pytest.mark.parametrize(('text', 'told'), [
    ('progress >', 'Expression "progress >", character 11: it breaks off here. Please complete it'),
    ('lenn(x)', 'The expression "lenn(x)" cannot be worked out: there is no function called "lenn"; do you mean len'),
    ('1 + "a"', 'The expression "1 + "a"" cannot be worked out: the number 1 and the text "a" cannot be added; to join '
                'them as text, write str(…) first')])
def test_what_is_wrong_with_an_expression_is_said_in_english(app: Flask, text: str, told: str) -> None:
    with app.test_request_context(headers={'Cookie': f'{reader.COOKIE}=en'}), pytest.raises(ExpressionError) as found:
        expression.compile(text).evaluate({'x': 1, 'progress': 1})
    with app.test_request_context(headers={'Cookie': f'{reader.COOKIE}=en'}):
        assert errors.sentence(found.value) == told


def test_what_is_chinese_on_an_english_page_says_so(browse: Browse) -> None:
    officer = browse('gz-office-officer')
    officer.get('/')
    page = officer.post('/language', {'language': 'en', 'next': '/tasks'})
    assert page.one('//a[text()="省政府办公厅·督查员"]').get('lang') == 'zh-CN'
    assert page.one('//h1').get('lang') is None
    officer.post('/language', {'language': 'zh', 'next': '/tasks'})
    assert officer.page.all('//body//*[@lang="zh-CN"]') == []


def test_so_does_a_name_within_an_english_sentence(app: Flask, browse: Browse) -> None:
    auditor = browse('gz-office-auditor')
    auditor.get('/')
    auditor.post('/language', {'language': 'en'})
    head = auditor.get(f'/matter/{handled(app)}/trace').one('//h1')
    assert [part.get('lang') for part in head.iterfind('.//*[@lang]')] == ['zh-CN']
    assert head.text_content().startswith('Full trail: ')


@pytest.mark.parametrize(('count', 'left'), [(1, '1 working day left'), (3, '3 working days left'),
                                             (0.5, '0.5 working days left')])
def test_an_english_sentence_agrees_with_its_number(app: Flask, count: float, left: str) -> None:
    with app.test_request_context(headers={'Cookie': f'{reader.COOKIE}=en'}):
        assert render_template_string("{{ _('剩%(n)s个工作日', n=n) }}", n=count) == left


def test_so_does_a_sentence_of_the_engine(app: Flask) -> None:
    with app.test_request_context(headers={'Cookie': f'{reader.COOKIE}=en'}):
        assert errors.words(said('至少要填{least}行', least=1)) == 'at least 1 row'
        assert errors.words(said('至少要填{least}行', least=2)) == 'at least 2 rows'
        assert errors.words(said('（{count}个）', count=2)) == '（2个）', 'what has no English stays as it was said'


def test_what_is_chinese_in_a_cell_of_a_table_says_so(app: Flask, browse: Browse) -> None:
    handled(app)
    officer = browse('gz-office-officer')
    officer.get('/')
    officer.post('/language', {'language': 'en'})
    page = officer.get('/process')
    assert page.one('//td[starts-with(., "Called by 事项全生命周期")]//span[text()="事项全生命周期"]').get('lang') == 'zh-CN'
    for path in ('/ledger', '/board', '/process', '/document'):
        for text in officer.get(path).all('//td//text() | //th//text()'):
            if '省' in text or '事项' in text:
                assert text.getparent().xpath('ancestor-or-self::*[@lang="zh-CN"]'), f'{path}: {text}'
