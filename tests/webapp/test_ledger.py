"""台账: what each post sees, in what order, how it is filtered, and that a large one stays cheap."""
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from urllib.parse import quote, unquote
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import event

from engine import db
from engine.ledger import CoUnit, Matter, blank
from tests.webapp.browser import Browser, Page
from tests.webapp.matters import advance, engine_of, handled, issued_notice, register
from webapp.column import COLUMNS

Browse = Callable[[str], Browser]


def titles(page: Page) -> list[str]:
    return page.texts('//table[contains(@class, "ledger")]/tbody/tr/th')


def rows(app: Flask, *given: dict, tenant: str = 'gz') -> list[UUID]:
    """Ledger rows as they are, without a process behind them."""
    keys = [uuid4() for _ in given]
    with db.writing(engine_of(app)) as session:
        for number, (key, facts) in enumerate(zip(keys, given, strict=True), 1):
            co_units = facts.pop('shares', ())
            usual = {'status': 'open', 'stage': '承办', 'code': f'DB-2020-{number:03}', 'lead_unit': 'fgw'}
            session.execute(Matter.__table__.insert(), {**blank(tenant, key, 1), **usual, **facts})
            session.add_all(CoUnit(matter_id=key, unit=unit) for unit in co_units)
    return keys


@pytest.fixture
def several(app: Flask) -> None:
    """Five matters of two units, one of them long-term, one closed, one a draft."""
    rows(app, {'title': '甲', 'due_at': date(2020, 9, 11), 'lamp': 'red', 'level': 2, 'level_label': '催办'},
         {'title': '乙', 'due_at': date(2020, 9, 30), 'lamp': 'yellow', 'lead_unit': 'sft', 'stage': '签收'},
         {'title': '丙', 'long_term': True, 'review_at': date(2020, 12, 31), 'shares': ('sft',)},
         {'title': '丁', 'status': 'closed', 'lamp': 'blue', 'stage': '销号'},
         {'title': '戊', 'status': 'draft', 'stage': '立项', 'lead_unit': None, 'code': None})


def test_what_is_pressing_comes_first_and_long_term_last(several: None, browse: Browse) -> None:
    page = browse('gz-office-officer').get('/ledger')
    assert titles(page) == ['甲', '乙', '丙']
    assert '在办3件：红灯1、黄灯1、绿灯1、灰灯0；立项中1件；办结（含销号）1件' in page.text.replace(' ', '')
    assert page.one('//caption').text == '在办，第1—3件，共3件'
    cells = page.texts('//table[contains(@class, "ledger")]/tbody/tr[1]/td')
    assert cells[0] == '红灯' and cells[5] == '2020-09-11 周五' and cells[6:] == ['超11', '催办']
    assert page.texts('//tbody/tr[2]/td')[6] == '剩3' and '复核' in page.texts('//tbody/tr[3]/td')[5]


def test_every_filter_narrows_and_stays_in_the_address(several: None, browse: Browse) -> None:
    officer = browse('gz-office-officer')
    for query, found in {'unit=sft': '乙', 'stage=签收': '乙', 'lamp=red': '甲', 'lamp=red&lamp=yellow': '甲乙', 'level=2': '甲',
                         'level=0': '乙丙', 'q=丙': '丙', 'q=db-2020-002': '乙', 'status=closed': '丁', 'status=draft': '戊',
                         'status=nonsense': '甲乙丙'}.items():
        page = officer.get(f'/ledger?{query}')
        assert titles(page) == list(found), query
        heads = [unquote(link) for link in page.all('//thead//a/@href')]
        assert all(query.split('&')[0] in link for link in heads) or query.startswith('status=')
    assert '没有符合条件的事项' in officer.get('/ledger?q=%25').text
    assert len(titles(officer.get('/ledger?status=all'))) == 5


def test_each_word_is_looked_for_in_capitals_or_small_letters(app: Flask, browse: Browse) -> None:
    rows(app, {'title': '推进5G基站建设'}, {'title': '推进WiFi全覆盖'}, {'title': '推进100%覆盖'})
    officer = browse('gz-office-officer')
    for typed, found in {'5g': '推进5G基站建设', 'wifi 推进': '推进WiFi全覆盖', '建设 推进': '推进5G基站建设', '0%': '推进100%覆盖',
                         'db-2020-002 WIFI': '推进WiFi全覆盖', '推进 没有': ''}.items():
        assert titles(officer.get(f'/ledger?q={quote(typed)}')) == [found][:bool(found)], typed


def test_a_level_that_no_matter_has_is_no_filter(several: None, browse: Browse) -> None:
    assert len(titles(browse('gz-office-officer').get(f'/ledger?level={"9" * 25}'))) == 3


def test_heads_sort_and_say_so(several: None, browse: Browse) -> None:
    officer = browse('gz-office-officer')
    page = officer.get('/ledger?sort=code')
    assert titles(page) == ['甲', '乙', '丙'] and page.one('//th[@aria-sort]').get('aria-sort') == 'ascending'
    page = officer.get(page.one('//th[@aria-sort]/a/@href'))
    assert titles(page) == ['丙', '乙', '甲'] and page.one('//th[@aria-sort]').get('aria-sort') == 'descending'
    assert titles(officer.get('/ledger?sort=level'))[0] == '甲'
    assert titles(officer.get('/ledger?sort=unit')) == ['甲', '丙', '乙']


def test_a_phone_sorts_by_the_form(several: None, browse: Browse) -> None:
    officer = browse('gz-office-officer')
    page = officer.get('/ledger?sort=stage&down=1&level=0')
    assert page.texts('//select[@name="sort"]/option') == ['办结时限', '编号', '牵头单位', '阶段', '督办级别']
    assert page.one('//select[@name="sort"]/option[@selected]').get('value') == 'stage'
    assert page.one('//input[@name="down"]').get('checked') is not None and titles(page) == ['乙', '丙']
    plain = officer.get('/ledger')
    assert plain.one('//select[@name="sort"]/option[@selected]').get('value') == 'due'
    assert plain.one('//input[@name="down"]').get('checked') is None


def test_the_form_as_it_comes_asks_for_no_lamp(several: None, browse: Browse) -> None:
    officer = browse('gz-office-officer')
    ticked = '&'.join(f'lamp={lamp}' for lamp in officer.get('/ledger').all('//input[@name="lamp"][@checked]/@value'))
    page = officer.get(f'/ledger?status=closed&sort=code&{ticked}')
    assert titles(page) == ['丁'] and page.one('//caption').text == '办结（含销号），第1—1件，共1件'


def test_a_unit_sees_its_own_matters_only(several: None, browse: Browse) -> None:
    assert titles(browse('gz-sft-liaison').get('/ledger')) == ['乙', '丙']
    assert titles(browse('gz-fgw-chief').get('/ledger')) == ['甲', '丙']
    assert titles(browse('gz-sft-liaison').get('/ledger?unit=fgw&sort=code')) == ['丙']
    assert '在办2件' in browse('gz-sft-liaison').get('/ledger').text
    assert titles(browse('cz-office-officer').get('/ledger?status=all')) == []


def test_the_operator_reads_codes_only(several: None, browse: Browse) -> None:
    operator = browse('gz-office-operator')
    page = operator.get('/ledger')
    assert titles(page) == ['DB-2020-001', 'DB-2020-002', 'DB-2020-003'] and '甲' not in page.text
    assert not page.all('//tbody//a') and titles(operator.get('/ledger?q=甲')) == []


def test_in_whose_hands_each_matter_is(app: Flask, browse: Browse) -> None:
    matter_id = handled(app)
    register(app, title='还要批的', has_basis=False)
    page = browse('gz-office-officer').get('/ledger')
    assert page.texts('//tbody/tr/td[contains(@class, "all")]') == ['省发展改革委·联络员']
    assert page.one('//tbody/tr/th/a/@href') == f'/matter/{matter_id}'
    draft = browse('gz-office-officer').get('/ledger?status=draft')
    assert draft.texts('//tbody/tr/td')[0] == '草稿'
    assert draft.texts('//tbody/tr/td[contains(@class, "all")]') == ['省政府·主要领导']


def test_a_level_is_shown_once_its_notice_is_issued(app: Flask, browse: Browse) -> None:
    matter_id = handled(app)
    advance(app, 2020, 11, 3)
    officer = browse('gz-office-officer')
    cells = officer.get('/ledger').texts('//tbody/tr/td')
    assert cells[0] == '红灯' and cells[-1] == '无'
    issued_notice(app, matter_id)
    assert officer.get('/ledger').texts('//tbody/tr/td')[-1] == '督办'
    assert titles(officer.get('/ledger?level=1')) == ['建立健全重点企业和项目库']


def test_a_legal_date_on_a_rest_day_names_the_last_working_day(app: Flask, browse: Browse) -> None:
    rows(app, {'title': '周日到期', 'due_at': date(2020, 11, 1)}, {'title': '没有公布', 'due_at': date(2030, 1, 31)})
    page = browse('gz-office-officer').get('/ledger')
    assert '最后一个工作日10月30日 周五' in page.texts('//tbody/tr[1]/td')[5]
    assert '暂定' in page.texts('//tbody/tr[2]/td')[5]


def test_long_lists_are_paged_and_capped(app: Flask, browse: Browse, monkeypatch: pytest.MonkeyPatch) -> None:
    rows(app, *({'title': f'第{n}件', 'due_at': date(2020, 10, 1)} for n in range(40)))
    officer = browse('gz-office-officer')
    page = officer.get('/ledger?page=2')
    assert titles(page)[0] == '第15件' and page.one('//caption').text == '在办，第16—30件，共40件'
    assert len(titles(officer.get('/ledger?print=1'))) == 40
    monkeypatch.setattr('webapp.ledger.MOST', 20)
    page = officer.get('/ledger?q=第&page=9')
    assert page.one('//caption').text == '在办，第16—20件，共20件以上' and '只列出前20件' in page.text


def test_the_print_has_no_pager_and_names_the_office(several: None, browse: Browse) -> None:
    page = browse('gz-office-officer').get('/ledger?print=1&status=all')
    assert page.h1 == '贵州省督办事项台账' and page.one('//body').get('class') == 'wide'
    assert len(titles(page)) == 5 and not page.all('//nav[@class="pager"] | //main//form')


def test_a_matter_is_counted_once_for_a_unit_that_leads_and_shares_it(app: Flask, browse: Browse) -> None:
    rows(app, {'title': '甲', 'lead_unit': 'sft', 'shares': ('sft', 'fgw')}, {'title': '乙', 'lead_unit': None, 'shares': ('sft',)},
         {'title': '丙', 'lead_unit': 'fgw'})
    rows(app, {'title': '别处的', 'shares': ('sft',)}, tenant='cz')
    page = browse('gz-sft-liaison').get('/ledger?sort=code')
    assert titles(page) == ['甲', '乙'] and page.one('//caption').text == '在办，第1—2件，共2件'


def test_many_hits_are_listed_in_the_order_asked_for(app: Flask, browse: Browse, monkeypatch: pytest.MonkeyPatch) -> None:
    rows(app, *({'title': f'第{n}件', 'code': f'DB-{n:03}', 'level': n % 3, 'level_label': '督办'} for n in range(30)))
    monkeypatch.setattr('webapp.ledger.MOST', 20)
    page = browse('gz-office-officer').get('/ledger?q=第&sort=level')
    assert titles(page)[:11] == [f'第{n}件' for n in range(2, 30, 3)] + ['第1件']
    assert page.one('//caption').text == '在办，第1—15件，共20件以上'


def test_a_page_takes_few_statements_however_many_rows(app: Flask, several: None, browse: Browse) -> None:
    officer, seen = browse('gz-office-officer'), []
    officer.get('/ledger')
    event.listen(engine_of(app), 'after_cursor_execute', lambda *given: seen.append(given[2]))
    officer.get('/ledger?q=甲&sort=stage')
    assert len(seen) <= 9, '\n'.join(seen)


@pytest.fixture
def facts(app: Flask) -> None:
    """Matters that differ in what only the folded part of the form asks for."""
    moment = datetime(2020, 9, 1, 2, tzinfo=timezone.utc)
    rows(app, {'title': '甲', 'source': 'central', 'leader_post': 'gov/deputy', 'due_at': date(2020, 10, 8),
               'lamp': 'red', 'registered_at': moment, 'progress_percent': 40},
         {'title': '乙', 'source': 'meeting', 'supervisor_unit': 'office', 'due_at': date(2020, 10, 9),
          'lead_unit': 'sft', 'extension_count': 1, 'registered_at': moment - timedelta(days=1), 'matter_class': 'urgent'},
         {'title': '丙', 'extension_count': 3, 'long_term': True},
         {'title': '丁', 'status': 'closed', 'lamp': 'blue', 'late': True, 'closed_at': moment,
          'due_at': date(2020, 8, 20)})


def test_further_filters_narrow_the_list(facts: None, browse: Browse) -> None:
    officer = browse('gz-office-officer')
    for query, found in {'source=central': '甲', 'leader=gov/deputy': '甲', 'supervisor=office': '乙', 'ext=0': '甲',
                         'ext=1': '乙', 'ext=2': '丙', 'since=2020-10-09': '乙', 'until=2020-10-08': '甲',
                         'late=yes': '甲', 'late=no': '乙丙',
                         'late=yes&status=all': '丁甲', 'by=registered&since=2020-09-01': '甲',
                         'by=closed&status=all&since=2020-09-01&until=2020-09-01': '丁',
                         'since=gestern': '甲乙丙', 'until=9999-12-31': '甲乙丙', 'ext=9': '甲乙丙', 'by=moon': '甲乙丙'}.items():
        assert titles(officer.get(f'/ledger?{query}')) == list(found), query
    assert officer.get('/ledger?source=central').one('//details[summary="更多条件"]').get('open') is not None


def test_columns_are_chosen_and_stay_in_the_address(facts: None, browse: Browse) -> None:
    officer = browse('gz-office-officer')
    page = officer.get('/ledger?col=progress&col=source&col=nonsense')
    assert page.texts('//table[contains(@class, "ledger")]//thead//th') == ['事项', '任务来源', '完成比例']
    assert page.texts('//table[contains(@class, "ledger")]/tbody/tr[1]/*') == ['甲', '党中央、国务院重大决策部署', '40%']
    assert page.all('//input[@name="col"][@checked]/@value') == ['source', 'progress']
    assert len(officer.get('/ledger').all('//table[contains(@class, "ledger")]//thead//th')) == 9
    ticked = '&'.join(f'col={name}' for name in officer.get('/ledger').all('//input[@name="col"][@checked]/@value'))
    assert not officer.get(f'/ledger?{ticked}').all('//div[@class="scroll"]')
    assert '任务来源' in browse('gz-office-officer').get('/ledger?print=1&col=source').texts('//thead//th')


def test_the_operator_gets_no_column_that_tells_business(facts: None, browse: Browse) -> None:
    page = browse('gz-office-operator').get('/ledger?col=requirement&col=code')
    assert page.texts('//table[contains(@class, "ledger")]//thead//th') == ['编号', '事项']
    assert not page.all('//input[@name="col"]')


def test_every_column_can_be_shown(facts: None, browse: Browse) -> None:
    page = browse('gz-office-officer').get('/ledger?status=all&' + '&'.join(f'col={one.name}' for one in COLUMNS))
    assert len(page.all('//table[contains(@class, "ledger")]//thead//th')) == len(COLUMNS)


def test_groups_count_and_fold(facts: None, browse: Browse) -> None:
    officer = browse('gz-office-officer')
    for by, found in {'unit': ['省发展改革委 2件 红灯 1 绿灯 1', '省司法厅 1件 绿灯 1'], 'lamp': ['红灯 1件 红灯 1', '绿灯 2件 绿灯 2'],
                      'stage': ['承办 3件 红灯 1 绿灯 2'], 'month': ['2020年10月 2件 红灯 1 绿灯 1', '没有时限 1件 绿灯 1'],
                      'kind': ['紧急 1件 绿灯 1', '未定 2件 红灯 1 绿灯 1'],
                      'source': ['党中央、国务院重大决策部署 1件 红灯 1', '政府全体会议、常务会议、专题会议和办公会议决定事项 1件 绿灯 1',
                                 '未定 1件 绿灯 1']}.items():
        page = officer.get(f'/ledger?group={by}')
        assert page.texts('//details[contains(@class, "group")]/summary') == found, by
        assert sorted(titles(page)) == sorted('甲乙丙')
    assert titles(officer.get('/ledger?group=unit&print=1')) == ['甲', '丙', '乙']


def test_groups_that_fill_no_page_lead_to_their_own_lists(facts: None, browse: Browse,
                                                          monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('webapp.group.TOGETHER', 2)
    officer = browse('gz-office-officer')
    for by, found in {'unit': '乙', 'lamp': '乙丙', 'stage': '甲乙丙', 'month': '甲乙', 'source': '乙', 'kind': '乙'}.items():
        page = officer.get(f'/ledger?group={by}')
        assert titles(page) == [] and '一页放不下' in page.text
        links = page.all('//table[caption="各组有几件"]//th/a/@href')
        assert titles(officer.get(links[-1])) == list(found), by


def test_a_view_keeps_columns_groups_and_filters(facts: None, browse: Browse) -> None:
    officer = browse('gz-office-officer')
    officer.get('/ledger?source=central&col=source&group=unit')
    page = officer.submit({'name': '中央的'}, press='存下来')
    assert '存好了“中央的”' in page.text
    page = officer.get(page.one('//nav[@aria-label="存好的筛选"]//a[.="中央的"]/@href'))
    assert titles(page) == ['甲'] and page.texts('//details[contains(@class, "group")]/summary') == ['省发展改革委 1件 红灯 1']
    assert page.texts('//table[contains(@class, "ledger")]//thead//th') == ['事项', '任务来源']
