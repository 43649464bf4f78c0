"""看板: what each post is shown of the figures, how it drills down, and that nothing is ranked."""
from collections.abc import Callable
from datetime import date, datetime, timezone

import pytest
from flask import Flask
from sqlalchemy import event

from tests.webapp.browser import Browser, Page
from tests.webapp.matters import engine_of
from tests.webapp.test_ledger import rows, titles

Browse = Callable[[str], Browser]


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=timezone.utc)


def cells(page: Page, head: str) -> list[str]:
    """The row with this head, without the sentences of links."""
    return page.texts(f'//tbody/tr[th[normalize-space()="{head}"]]/td')


@pytest.fixture
def year(app: Flask) -> None:
    """Matters of two units: two overdue, one of them at level 2; closed in time in August, late in September."""
    closed = {'status': 'closed', 'lamp': 'blue', 'stage': '销号', 'result': 'closed'}
    rows(app, {'title': '甲', 'lamp': 'red', 'level': 2, 'due_at': date(2020, 9, 11), 'registered_at': utc(2020, 8, 3)},
         {'title': '乙', 'lamp': 'red', 'lead_unit': 'sft', 'due_at': date(2020, 8, 31),
          'registered_at': utc(2020, 8, 3), 'stage': '签收'},
         {'title': '丙', 'lamp': 'green', 'lead_unit': 'sft', 'shares': ('fgw',), 'registered_at': utc(2020, 8, 31, 17)},
         {'title': '丁', **closed, 'due_at': date(2020, 8, 20), 'closed_at': utc(2020, 8, 20), 'late': False,
          'registered_at': utc(2020, 8, 1), 'issued_at': utc(2020, 8, 3), 'signed_at': utc(2020, 8, 4)},
         {'title': '戊', **closed, 'due_at': date(2020, 9, 10), 'closed_at': utc(2020, 9, 21), 'late': True})


def test_each_unit_is_a_row_in_the_order_of_the_directory(year: None, browse: Browse) -> None:
    page = browse('gz-office-officer').get('/board')
    assert page.texts('//tbody/tr/th') == ['省发展改革委', '省司法厅', '合计']
    assert cells(page, '省司法厅') == ['1', '0', '1', '0', '0', '2']
    assert cells(page, '合计') == ['2', '0', '1', '0', '1', '3'] and '不排名次' in page.text


def test_a_number_leads_to_its_matters(year: None, browse: Browse) -> None:
    officer = browse('gz-office-officer')
    page = officer.get('/board')
    assert titles(officer.get(page.all('//tbody/tr[2]/td[1]/a/@href')[0])) == ['乙']
    assert titles(officer.get(page.all('//tbody/tr[3]/td[6]/a/@href')[0])) == ['乙', '甲', '丙']


def test_a_unit_sees_the_figures_of_what_it_leads(year: None, browse: Browse) -> None:
    page = browse('gz-fgw-chief').get('/board')
    assert page.texts('//tbody/tr/th') == ['省发展改革委'] and not page.all('//main//form')
    assert '省司法厅' not in browse('gz-fgw-liaison').get('/board/figures').text
    browse('gz-office-operator').get('/board', status=403)


def test_months_are_counted_in_the_zone_of_the_government(year: None, browse: Browse) -> None:
    page = browse('gz-office-officer').get('/board/figures')
    assert cells(page, '2020年8月') == ['3', '1', '1', '100%', '1']          # 丙: 17:00 UTC is the next month's first hour
    assert cells(page, '2020年9月') == ['1', '1', '0', '0%', '2']
    assert cells(page, '2020年7月') == ['0', '0', '0', '没有办结', '0']
    said = page.texts('//*[local-name()="desc"]')
    assert '4月0，5月0，6月0，7月0，8月3，9月1' in said and '8月100%，9月0%' in said
    assert '签收1，承办1' in said and '从立项到交办2.0，从交办到签收1.0' in said


def test_a_month_leads_to_its_matters(year: None, browse: Browse) -> None:
    officer = browse('gz-office-officer')
    page = officer.get('/board/figures')
    found = {at: titles(officer.get(page.all(f'//tbody/tr[th="2020年9月"]/td[{at}]/a/@href')[0])) for at in (1, 2, 5)}
    assert found == {1: ['丙'], 2: ['戊'], 5: ['戊', '甲']}


def test_an_empty_government_is_told_so(browse: Browse) -> None:
    officer = browse('cz-office-officer')
    assert '没有在办的事项' in officer.get('/board').text
    page = officer.get('/board/figures')
    assert '没有超期的事项' in page.text
    assert '这几个月没有办结的，算不出按期办结率。' in page.text, 'a sentence, not an empty drawing'
    assert '没有可以上图的事项' in officer.get('/board/plans').text


def test_figures_take_few_questions(app: Flask, year: None, browse: Browse) -> None:
    officer, seen = browse('gz-office-officer'), []
    officer.get('/board/figures')
    event.listen(engine_of(app), 'after_cursor_execute', lambda *given: seen.append(given[2]))
    officer.get('/board/figures')
    assert len(seen) <= 9, '\n'.join(seen)
