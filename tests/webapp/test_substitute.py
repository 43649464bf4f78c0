"""代办: set for a period, chained, never in a circle, ended early; both sides are told, every act says 甲 代 乙 (I23)."""
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from engine import db
from engine.history import Event
from tests.webapp.browser import Browser
from tests.webapp.matters import engine_of, handled, register

Browse = Callable[[str], Browser]
TODAY, LAST = '2020-09-27', '2020-09-30'


def ask(browser: Browser, by: str, first: str = TODAY, last: str = LAST, status: int = 200, **more: str) -> str:
    browser.get('/substitutes')
    given = {'by': by, 'first_day': first, 'last_day': last, **more}
    return browser.submit(given, form='//main//aside//form', status=status).text


def told(app: Flask, kind: str) -> list[str]:
    with db.reading(engine_of(app)) as session:
        return list(session.scalars(select(Event.summary).where(Event.kind == kind).order_by(Event.seq)))


def test_a_post_asks_another_and_both_are_told_on_every_page(app: Flask, browse: Browse) -> None:
    """I23"""
    register(app)
    liaison, chief = browse('gz-fgw-liaison'), browse('gz-fgw-chief')
    assert '已请省发展改革委·单位负责人代办，从9月27日 周日到9月30日 周三' in ask(liaison, 'fgw/chief')
    assert '本岗位到9月30日 周三由省发展改革委·单位负责人代办；您自己也可以办。' in liaison.get('/ledger').text
    page = chief.get('/tasks')
    assert '您正在代办：省发展改革委·联络员，到9月30日 周三。' in page.text and '代省发展改革委·联络员' in page.text
    chief.get(page.one('//main//li[@data-task]//a/@href'))
    chief.submit(form='//form[@id="task"]')
    assert '省发展改革委·单位负责人 代 省发展改革委·联络员' in str(_actors(app))
    assert told(app, 'substitute.set') == ['省发展改革委·联络员从2020-09-27到2020-09-30由省发展改革委·单位负责人代办']


def _actors(app: Flask) -> list[str]:
    with db.reading(engine_of(app)) as session:
        return list(session.scalars(select(Event.actor).where(Event.kind == 'task.completed')))


def test_a_substitute_sees_and_does_what_the_chain_leads_to(app: Flask, browse: Browse) -> None:
    key = register(app)
    ask(browse('gz-fgw-liaison'), 'fgw/chief')
    ask(browse('gz-fgw-chief'), 'sft/liaison')
    other = browse('gz-sft-liaison')
    assert '代省发展改革委·联络员' in other.get('/tasks').text
    other.get(f'/matter/{key}')
    assert '建立健全重点企业和项目库' in other.get('/ledger').text


def test_who_stands_in_for_two_posts_reads_at_each_step_for_which(app: Flask, browse: Browse) -> None:
    """Two tabs may hold the same step of two posts."""
    register(app)
    for post, last in (('liaison', LAST), ('chief', '2020-09-28')):
        ask(browse(f'gz-fgw-{post}'), 'sft/chief', last=last)
    other = browse('gz-sft-chief')
    page = other.get('/tasks')
    assert page.texts('//main/p[@class="note"]') == [
        '您正在代办：省发展改革委·单位负责人，到9月28日 周一。 代办', '您正在代办：省发展改革委·联络员，到9月30日 周三。 代办']
    step = page.one('//main//li[@data-task]//a/@href')
    assert '这一步由您代省发展改革委·联络员办。' in other.get(step).text
    assert '这一步由您代' not in browse('gz-fgw-liaison').get(step).text
    other.get(step)
    other.submit(form='//form[@id="task"]')
    plan = other.get('/tasks').one('//main//li[@data-task]//a/@href')
    assert '这一步由您代省发展改革委·联络员办。' in other.get(f'{plan}/consult').text


def test_a_substitute_asks_for_more_time_as_the_post_would(app: Flask, browse: Browse) -> None:
    key = handled(app)
    ask(browse('gz-fgw-liaison'), 'fgw/chief')
    assert '申请延期' in browse('gz-fgw-chief').get(f'/matter/{key}').texts('//main//button')


def test_a_circle_is_refused_with_its_way(browse: Browse) -> None:
    ask(browse('gz-fgw-liaison'), 'fgw/chief')
    ask(browse('gz-fgw-chief'), 'sft/liaison')
    said = ask(browse('gz-sft-liaison'), 'fgw/liaison', status=422)
    assert '不能绕圈代办：2020年9月27日 周日起' in said
    for part in ('省司法厅·联络员由省发展改革委·联络员代', '省发展改革委·联络员由省发展改革委·单位负责人代', '省发展改革委·单位负责人由省司法厅·联络员代'):
        assert part in said


@pytest.mark.parametrize(('by', 'first', 'last', 'said'), [
    ('fgw/liaison', TODAY, LAST, '不能绕圈代办'),
    ('fgw/chief', LAST, TODAY, '代办要从前一天到后一天'),
    ('fgw/chief', '2020-09-01', LAST, '代办从今天（2020年9月27日 周日）或以后开始'),
    ('fgw/chief', '2020-13-01', LAST, '日期写成 2020-09-30 这样，您填的是“2020-13-01”'),
    ('fgw/chief', TODAY, '2030-01-01', '一次代办最长366天'),
    ('nowhere/chief', TODAY, LAST, '没有“nowhere/chief”这个岗位'),
    ('', TODAY, LAST, '请选一个岗位'),
    ('office/auditor', TODAY, LAST, '省政府办公厅·审计员要各管各的')])
def test_what_does_not_fit_is_refused_with_a_sentence(browse: Browse, by: str, first: str, last: str,
                                                          said: str) -> None:
    assert said in ask(browse('gz-fgw-liaison'), by, first, last, status=422)


def test_a_second_substitute_for_the_same_days_is_refused(browse: Browse) -> None:
    liaison = browse('gz-fgw-liaison')
    ask(liaison, 'fgw/chief')
    assert '已经请省发展改革委·单位负责人代办，先提前结束那一段' in ask(liaison, 'sft/liaison', status=422)


def test_it_ends_early_and_stays_in_the_list(app: Flask, browse: Browse) -> None:
    liaison, chief = browse('gz-fgw-liaison'), browse('gz-fgw-chief')
    ask(liaison, 'fgw/chief')
    page = liaison.submit(press='提前结束', form='//main//li//form')
    assert '代办已经结束' in page.text and '提前结束' in page.text and '本岗位到' not in page.text
    assert '您正在代办' not in chief.get('/ledger').text
    assert told(app, 'substitute.ended') == ['提前结束：省发展改革委·联络员由省发展改革委·单位负责人代办']
    liaison.post('/substitutes/1/end', status=422)


def test_the_supervision_office_and_the_head_of_a_unit_set_it_for_others(browse: Browse) -> None:
    assert '已请省司法厅·联络员代办' in ask(browse('gz-office-head'), 'sft/liaison', asked='fgw/liaison')
    assert '已请省司法厅·联络员代办' in ask(browse('gz-sft-chief'), 'sft/liaison', asked='sft/chief')
    liaison = browse('gz-fgw-liaison')
    liaison.get('/substitutes')
    given = {'asked': 'sft/liaison', 'by': 'fgw/chief', 'first_day': TODAY, 'last_day': LAST}
    liaison.post('/substitutes', given, status=422)
    assert '省司法厅·联络员请谁代办，由它自己定；还有哪些岗位可以替它定，写在决策表 oversight 里' in liaison.page.text


def test_a_task_that_came_because_nobody_was_there_says_so(app: Flask, browse: Browse) -> None:
    """P00-11, I22"""
    key = register(app, has_basis=False)
    owner = browse('gz-office-owner')
    owner.get('/directory/unit/fgw')
    owner.submit(press='停用')
    leader = browse('gz-gov-principal')
    leader.get(leader.get('/tasks').one('//main//li[@data-task]//a/@href'))
    assert '现在没有联络员，立项后由别的岗位签收' in leader.page.text
    leader.submit(press='同意立项', form='//form[@id="task"]')
    chief = browse('gz-fgw-chief')
    said = '原应由省发展改革委·联络员办，这个岗位现在没有人，按决策表“没有人办时转给谁”转省发展改革委·单位负责人'
    assert said in chief.get(chief.get('/tasks').one('//main//li[@data-task]//a/@href')).text
    assert said in chief.get(f'/matter/{key}').text


def test_a_unit_without_a_liaison_is_named_where_matters_are_registered(browse: Browse) -> None:
    """P00-11"""
    owner, officer = browse('gz-office-owner'), browse('gz-office-officer')
    officer.get('/intake')
    assert '没有列出' not in officer.submit({'secret': 'no'}, form='//form[@id="task"]').text
    owner.get('/directory/unit/sft')
    owner.submit(press='停用')
    assert '没有列出省司法厅：那里现在没有联络员' in officer.get('/intake/register').text


def test_others_do_not_see_or_end_it(browse: Browse) -> None:
    ask(browse('gz-fgw-liaison'), 'fgw/chief')
    stranger = browse('gz-sft-liaison')
    assert '省发展改革委·联络员' not in stranger.get('/substitutes').texts('//main//li/b')
    stranger.post('/substitutes/1/end', status=403)
    browse('cz-fgw-liaison').get('/substitutes')
    browse('cz-fgw-liaison').post('/substitutes/1/end', status=400)
