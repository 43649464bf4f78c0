"""我的待办 as a list: what one looks for in it, its tabs, and what is said while one reads."""
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import event, select

from engine import db
from engine.actions.reminder import Message
from engine.history import Actor
from engine import urging
from engine.usertask import UserTask
from tests.webapp import matters
from tests.webapp.browser import Browser, Page
from tests.webapp.conftest import NOW
from tests.webapp.test_usertask import add, waiting

Browse = Callable[[str], Browser]
TABS = '//nav[@aria-label="待办分类"]//a'


def listed(page: Page) -> list[str]:
    """The tasks on the page, in their order."""
    return [link.text for link in page.all('//li[@data-task]/div/a')]


@pytest.fixture
def several(app: Flask) -> str:
    """Four open tasks of the liaison: 签收 of a matter that is red, and three more of it."""
    matters.register(app, title='落实粮食收购')
    signing = waiting(app, '签收')
    add(app, signing, {'超期的': NOW - timedelta(days=9), '将来的': NOW + timedelta(days=90), '长期的': None})
    return signing


@pytest.mark.parametrize(('asked', 'found'), [
    ('q=超期', ['超期的']), ('q=粮食 将来', ['将来的']), ('q=db-2020&due=never', ['长期的']), ('due=late', ['超期的']),
    ('step=签收', ['签收']), ('unit=sft', []), ('unit=fgw&due=later', ['将来的']), ('lamp=red', []),
    ('sort=new', None), ('q=%25', []), ('q=_', []), ('due=nonsense&sort=nonsense&lamp=pink&page=x', None)])
def test_one_finds_what_one_looks_for(several: str, browse: Browse, asked: str, found: list[str] | None) -> None:
    page = browse('gz-fgw-liaison').get(f'/tasks?{asked}')
    assert sorted(listed(page)) == sorted(['签收', '超期的', '将来的', '长期的'] if found is None else found)
    assert page.texts(TABS)[0] == '待我办 4'
    assert found != [] or '没有符合条件的待办' in page.text


def test_a_step_drawn_on_two_lines_is_found_as_browsers_send_it(app: Flask, several: str, browse: Browse) -> None:
    add(app, several, {'初审，提出\n办结意见': NOW})
    assert listed(browse('gz-fgw-liaison').get('/tasks?step=初审，提出%0D%0A办结意见')) == ['初审，提出\n办结意见']


def test_grey_is_called_what_its_table_means(several: str, browse: Browse) -> None:
    for address in ('/tasks', '/ledger'):
        offered = browse('gz-fgw-liaison').get(address).texts('//label[.//input[@name="lamp"]]')
        assert '审批中' in offered[-1]


def test_the_order_is_the_reader_s(several: str, browse: Browse) -> None:
    clerk = browse('gz-fgw-liaison')
    assert listed(clerk.get('/tasks')) == ['超期的', '签收', '将来的', '长期的']
    assert listed(clerk.get('/tasks?sort=new')) == ['长期的', '将来的', '超期的', '签收']
    assert clerk.page.texts('//section/h2')[:1] == ['新到的在前 · 4件']


def test_pages_walk_through_dated_and_undated(app: Flask, several: str, browse: Browse) -> None:
    add(app, several, {f'第{n}件': NOW + timedelta(days=n) for n in range(100, 114)} | {f'无{n}': None for n in range(14)})
    clerk = browse('gz-fgw-liaison')
    seen = [name for number in (1, 2, 3) for name in listed(clerk.get(f'/tasks?page={number}'))]
    assert len(seen) == len(set(seen)) == 32 and seen[17] == '长期的'


@pytest.fixture
def twenty(app: Flask) -> None:
    """Twenty matters that the liaison is to sign for."""
    for number in range(20):
        matters.register(app, title=f'粮食收购第{number}件')


def test_a_page_of_fifty_is_a_link_away_and_stays(app: Flask, twenty: None, browse: Browse) -> None:
    clerk = browse('gz-fgw-liaison')
    page = clerk.get('/tasks?sort=new')
    assert len(listed(page)) == 15 and page.texts('//nav[@class="pager"]//a')[-1] == '每页50件'
    page = clerk.get(page.all('//nav[@class="pager"]//a/@href')[-1])
    assert len(listed(page)) == 20 and page.texts('//nav[@class="pager"]//a') == ['每页15件']
    assert page.one('//select[@id="sort"]/option[@selected]').get('value') == 'new', 'what is asked stays'
    assert page.one('//form[@role="search"]//input[@name="rows"]').get('value') == '50'
    assert len(listed(clerk.get(page.one('//nav[@class="pager"]//a/@href')))) == 15
    for wrong in ('rows=100000', 'rows=x', 'rows=-1', 'rows=0'):
        assert len(listed(clerk.get(f'/tasks?{wrong}'))) == 15
    app.config['PAGE_ROWS'] = 50
    assert '每页' not in clerk.get('/tasks').text


def ticked(page: Page) -> list[str]:
    """The tasks whose box is ticked."""
    return page.all('//input[@name="task"][@checked]/@value')


def test_a_whole_page_of_one_step_is_ticked_by_a_link(app: Flask, twenty: None, browse: Browse) -> None:
    clerk = browse('gz-fgw-liaison')
    clerk.get(clerk.get('/tasks').all('//li[@data-task]/div/a/@href')[0])
    clerk.submit()
    page = clerk.get('/tasks')
    assert not ticked(page) and len(page.all('//div[@id="batch"]/a')) == 1
    page = clerk.get(clerk.get('/tasks?rows=50').one('//div[@id="batch"]/a/@href'))
    assert len(ticked(page)) == 19 and len(listed(page)) == 20, 'the other step is not ticked'
    assert not ticked(clerk.get('/tasks?rows=50')) and page.texts('//div[@id="batch"]/a') == ['全不选']
    keys = '&'.join(f'task={key}' for key in ticked(page))
    assert not ticked(clerk.get(page.one('//div[@id="batch"]/a[.="全不选"]/@href')))
    clerk.get(f'/tasks/batch?{keys}')
    assert clerk.submit({'handler': '粮食处'}).h1 == '“签收”办成19件'


def test_with_a_script_a_page_is_ticked_in_place(twenty: None, visit: Callable[..., Any]) -> None:
    for width in (1280, 360):
        page = visit('gz-fgw-liaison', '/tasks?rows=50', width)
        page.focus('#batch a')
        page.keyboard.press('Enter')
        assert page.locator('input[name=task]:checked').count() == 20 and 'pick' not in page.url
        page.keyboard.press('Enter')
        assert page.locator('input[name=task]:checked').count() == 0
    page = visit('gz-fgw-liaison', '/tasks?rows=50', 360, script=False)
    page.click('#batch a')
    assert page.locator('input[name=task]:checked').count() == 20
    page.click('#batch button')
    assert page.inner_text('h1') == '一起办“签收”：20件'


def test_what_is_delegated_is_handed_back_by_itself(app: Flask, twenty: None, browse: Browse) -> None:
    with db.writing(matters.engine_of(app)) as session:
        first = session.scalars(select(UserTask).where(UserTask.element == 'sign').order_by(UserTask.id)).first()
        first.owner, key = 'fgw/chief', str(first.id)
    page = browse('gz-fgw-liaison').get('/tasks?rows=50')
    assert len(page.all('//input[@name="task"]')) == 19 and key not in page.all('//input[@name="task"]/@value')


def test_the_conditions_stand_open_only_where_nothing_is_found(several: str, browse: Browse) -> None:
    clerk, seek = browse('gz-fgw-liaison'), '//details[@class="seek"]'
    found = clerk.get('/tasks?q=超期')
    assert not found.all(f'{seek}[@open]') and '正在筛选' in found.one(f'{seek}/summary').text_content()
    assert clerk.get('/tasks?q=没有这样的').all(f'{seek}[@open]')
    assert '正在筛选' not in clerk.get('/tasks').text


def test_others_find_nothing_of_it(several: str, browse: Browse) -> None:
    for login in ('gz-sft-liaison', 'gz-fgw-chief', 'cz-fgw-liaison'):
        assert not listed(browse(login).get('/tasks?q=粮食'))


def test_the_tabs_count(app: Flask, several: str, browse: Browse) -> None:
    clerk = browse('gz-fgw-liaison')
    assert [text.split()[0] for text in clerk.get('/tasks').texts(TABS)] == ['待我办', '已办', '抄送', '草稿', '消息']
    assert [link.text for link in clerk.page.all(f'{TABS}[@aria-current]')] == ['待我办 4']
    clerk.get(several)
    clerk.submit({'handler': '粮食处'}, press='保存草稿')
    assert '草稿 1' in clerk.get('/tasks').texts(TABS)
    page = clerk.get('/tasks/drafts')
    assert page.texts('//ul[contains(@class,"tasks")]/li/a') == ['签收'] and '草稿已保存 今天 09:10' in page.text
    assert '没有草稿' in browse('gz-fgw-chief').get('/tasks/drafts').text
    clerk.get(several)
    clerk.submit()
    assert '已办 1' in clerk.get('/tasks').texts(TABS) and '没有草稿' in clerk.get('/tasks/drafts').text


def test_what_is_done_is_found_again(several: str, browse: Browse) -> None:
    clerk = browse('gz-fgw-liaison')
    clerk.get(several)
    clerk.submit()
    for words, found in (('粮食', True), ('签收', True), ('db-2020', True), ('没有', False)):
        assert ('共1件' in clerk.get(f'/tasks/done?q={words}').text) == found
    assert '没有符合条件的' in clerk.page.text


def test_what_was_done_in_one_moment_stands_in_the_order_in_which_it_was_done(app: Flask, browse: Browse) -> None:
    """The clock of a demo stands still, and each matter counts its own steps."""
    first, second = matters.register(app, title='粮食收购'), matters.register(app, title='森林防火')
    matters.answer(app, first, 'sign', 'liaison')
    matters.answer(app, first, 'plan', 'liaison', **matters.PLAN)
    matters.answer(app, second, 'sign', 'liaison')
    page = browse('gz-fgw-liaison').get('/tasks/done')
    steps = zip(page.texts('//tbody//th'), page.texts('//tbody/tr/td[1]'), strict=True)
    assert [(step[:2], title) for step, title in steps] == [('签收', '森林防火'), ('研究', '粮食收购'), ('签收', '粮食收购')]


def test_what_was_done_in_one_moment_is_on_one_page_alone(app: Flask, browse: Browse) -> None:
    """Two pages are two questions: where the moment and the count of steps are the same, the key decides."""
    app.config['PAGE_ROWS'] = 2
    for number in range(5):
        matters.answer(app, matters.register(app, title=f'粮食收购第{number}件'), 'sign', 'liaison')
    with db.reading(matters.engine_of(app)) as session:
        keys = session.scalars(select(UserTask.id).where(UserTask.element == 'sign', UserTask.state == 'done')).all()
    clerk, found = browse('gz-fgw-liaison'), []
    for page in (1, 2, 3):
        links = clerk.get(f'/tasks/done?page={page}').all('//tbody//th/a/@href')
        found.append({UUID(link.rpartition('/')[2]) for link in links})
    ordered = sorted(keys, reverse=True)
    assert found == [set(ordered[:2]), set(ordered[2:4]), set(ordered[4:])]


def test_who_urged_stands_on_the_row(app: Flask, several: str, browse: Browse) -> None:
    with db.writing(matters.engine_of(app)) as session:
        urging.urge(session, UUID(several.rpartition('/')[2]), Actor('省政府办公厅·督查员', 'office', 'officer'), '请抓紧')
    text = browse('gz-fgw-liaison').get('/tasks?step=签收').text
    assert '催过1次' in text and '省政府办公厅·督查员催办 今天 09:10' in text


def news(clerk: Browser, page: Page, **headers: str) -> Any:
    """What the script of this page hears."""
    on = ','.join(page.all('//li[@data-task]/@data-task'))
    return clerk.client.get(f'{page.one("//@data-news")}&on={on}', headers=headers)


def test_what_is_new_is_told_without_another_look(app: Flask, several: str, browse: Browse) -> None:
    clerk = browse('gz-fgw-liaison')
    page = clerk.get('/tasks')
    first = news(clerk, page)
    assert first.json == {'new': '', 'gone': [], 'done': ''} and 'Set-Cookie' not in first.headers
    assert news(clerk, page, **{'If-None-Match': first.headers['ETag']}).status_code == 304
    add(app, several, {'新来的': None, '又一件': None})
    assert news(clerk, page, **{'If-None-Match': first.headers['ETag']}).json['new'] == '有2件新待办，点这里看'
    other = browse('gz-fgw-liaison')
    other.get(several)
    other.submit()
    assert news(clerk, page).json == {'new': '有3件新待办，点这里看', 'gone': [several.rpartition('/')[2]],
                                      'done': '已经有人办了'}
    assert news(clerk, clerk.get('/tasks')).json == {'new': '', 'gone': [], 'done': ''}


def test_keys_that_no_page_has_are_passed_over(several: str, browse: Browse) -> None:
    clerk = browse('gz-fgw-liaison')
    assert clerk.client.get(f'/tasks/news?on={"a" * 36},,x,{several.rpartition("/")[2]}').json['gone'] == []


def test_news_costs_two_statements_and_tells_strangers_nothing(app: Flask, several: str, browse: Browse) -> None:
    clerk, stranger = browse('gz-fgw-liaison'), browse('cz-fgw-liaison')
    page = clerk.get('/tasks')
    said: list[str] = []
    event.listen(matters.engine_of(app), 'before_cursor_execute', lambda *args: said.append(args[2]))
    news(clerk, page)
    assert len([sql for sql in said if 'account' not in sql and 'FROM tenant' not in sql]) <= 2, said
    assert len(news(stranger, page).json['gone']) == 4 and not news(stranger, page).json['new']
    for wrong in ('since=x&on=1,2', 'since=-1', 'on=' + '-' * 36, 'since=99999999999', ''):
        assert clerk.client.get(f'/tasks/news?{wrong}').status_code == 200


def test_messages_are_counted_until_they_are_read(app: Flask, several: str, browse: Browse) -> None:
    clerk = browse('gz-fgw-liaison')
    with db.reading(matters.engine_of(app)) as session:
        number = session.query(Message).filter_by(unit='fgw', post='liaison').count()
    assert f'消息 {number}' in clerk.get('/tasks').texts(TABS)
