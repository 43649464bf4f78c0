"""挂图作战: the plan of a matter against today, and who may say what is reached."""
from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from flask import Flask

from engine import actions, db, deployment, directory, history
from engine.directory import Substitute, Unit
from engine.errors import Conflict, Invalid, NotFound
from engine.history import Actor, Kind
from engine.ledger import FACTS
from engine.milestone import Milestone, reach, reopen
from tests.webapp.browser import Browser, Page
from tests.webapp.conftest import NOW
from tests.webapp.matters import PLAN, advance, answer, engine_of, register
from tests.workflows.story import bundle_files

Browse = Callable[[str], Browser]
ITEMS = [{'task': '建库', 'responsibility': '投资科', 'measure': '每周调度', 'result': '清单', 'by': '2020-10-09'},
         {'task': '公布', 'responsibility': '办公室', 'measure': '上网', 'result': '网址'}]


@pytest.fixture
def planned(app: Flask) -> UUID:
    """A matter whose unit plans one thing for 9 October and another without a day; it is 10 October."""
    matter_id = register(app)
    answer(app, matter_id, 'sign', 'liaison')
    answer(app, matter_id, 'plan', 'liaison', **{**PLAN, 'items': ITEMS})
    advance(app, 2020, 10, 10)
    return matter_id


def standing(page: Page) -> list[str]:
    """What the last column says, without buttons."""
    said = page.texts('//section[@aria-labelledby="plan"]//tbody/tr/td[4]')
    return [text.split(' 记为')[0].split(' 撤回')[0] for text in said]


def test_the_matter_shows_its_plan_against_today(planned: UUID, browse: Browse) -> None:
    page = browse('gz-office-officer').get(f'/matter/{planned}')
    assert page.texts('//section[@aria-labelledby="plan"]//tbody/tr/th') == ['建库', '公布']
    assert page.texts('//section[@aria-labelledby="plan"]//tbody/tr/td[3]') == ['2020-10-09 周五', '2020-10-30 周五办结时限']
    assert standing(page) == ['■ 没有报完成 超1个工作日', '○ 剩15个工作日']
    assert not page.all('//button[.="记为完成"]') and len(page.all('//*[local-name()="rect"][@class="p3"]')) == 1


def test_the_lead_unit_says_what_is_done_and_takes_it_back(app: Flask, planned: UUID, browse: Browse) -> None:
    liaison = browse('gz-fgw-liaison')
    liaison.get(f'/matter/{planned}')
    page = liaison.submit(form='//section[@aria-labelledby="plan"]//form', press='记为完成')
    assert '已记下：“建库”完成了' in page.text and standing(page)[0] == '● 完成 2020-10-10 周六'
    assert '计划完成一项：建库' in page.text
    page = liaison.submit(form='//section[@aria-labelledby="plan"]//form', press='撤回完成')
    assert standing(page)[0] == '■ 没有报完成 超1个工作日'
    with db.reading(engine_of(app)) as session:
        told = [(one.kind, one.actor) for one in history.events(session, str(planned))[-2:]]
    who = '省发展改革委·联络员'
    assert told == [(Kind.MILESTONE_REACHED, who), (Kind.MILESTONE_REOPENED, who)]


def test_others_cannot_say_it(planned: UUID, browse: Browse) -> None:
    path = f'/matter/{planned}/milestone/0'
    officer = browse('gz-office-officer')
    officer.get(f'/matter/{planned}')
    officer.post(path, status=403)
    other = browse('gz-sft-liaison')
    other.get('/ledger')
    other.post(path, status=404)
    liaison = browse('gz-fgw-liaison')
    liaison.get(f'/matter/{planned}')
    liaison.post(f'/matter/{planned}/milestone/7', status=404)
    liaison.post(path, {'task': 'of an older plan'}, status=404)


def test_who_acts_for_the_lead_unit_says_it_in_its_name(app: Flask, planned: UUID, browse: Browse) -> None:
    with db.writing(engine_of(app)) as session:
        session.add(Substitute(tenant='gz', unit='fgw', post='liaison', by_unit='gov', by_post='deputy',
                               first_day=date(2020, 10, 10), last_day=date(2020, 10, 10)))
    deputy = browse('gz-gov-deputy')
    deputy.get(f'/matter/{planned}')
    assert '已记下' in deputy.submit(form='//section[@aria-labelledby="plan"]//form', press='记为完成').text
    with db.reading(engine_of(app)) as session:
        last = history.events(session, str(planned))[-1]
    assert last.actor == '省政府·分管领导 代 省发展改革委·联络员'


def test_the_same_is_not_said_twice(app: Flask, planned: UUID, browse: Browse) -> None:
    page = browse('gz-fgw-liaison').get(f'/matter/{planned}')
    one = Milestone(UUID(page.all('//input[@name="task"]/@value')[0]), 0, '建库', None, {})
    actor = Actor('省发展改革委·联络员', 'fgw', 'liaison')
    with db.writing(engine_of(app)) as session:
        with pytest.raises(NotFound, match='没有记为完成'):
            reopen(session, planned, one, actor)
        reach(session, planned, one, actor, NOW)
        with pytest.raises(Conflict, match='已经记为完成'):
            reach(session, planned, one, actor, NOW)


def test_a_plan_is_read_by_the_form_in_which_it_was_written(app: Flask, planned: UUID, browse: Browse) -> None:
    files = bundle_files()
    files['plan.form'] = files['plan.form'].replace(b'"shows": "milestones"', b'"shows": ""')
    topics = {topic: action.parameters() for topic, action in actions.known().items()}
    with db.writing(engine_of(app)) as session:
        deployment.deploy(session, 'gz', files, '流程管理员', '', NOW, topics, FACTS)
    assert '建库' in browse('gz-office-officer').get('/board/plans').text


def test_a_row_ends_within_the_deadline(app: Flask) -> None:
    matter_id = register(app)
    answer(app, matter_id, 'sign', 'liaison')
    with pytest.raises(Invalid, match='完成日期.*不能晚于2020年10月30日'):
        answer(app, matter_id, 'plan', 'liaison', **{**PLAN, 'items': [{**ITEMS[0], 'by': '2020-11-02'}]})


def test_the_board_draws_matters_and_their_milestones(app: Flask, planned: UUID, browse: Browse) -> None:
    register(app, title='没有计划的', due_at='2020-12-31')
    officer = browse('gz-office-officer')
    page = officer.get('/board/plans')
    assert page.texts('//tbody/tr/th') == ['建立健全重点企业和项目库', '没有计划的']
    assert page.texts('//tbody/tr/td[4]') == ['■ 没有报完成 超1个工作日 建库○ 剩15个工作日 公布', '还没有报计划']
    assert [text.strip() for text in page.texts('//*[local-name()="svg"]/*[local-name()="a"]')] == [
        '省发展改革委 建立健全重点企业和…', '省发展改革委 没有计划的']
    assert officer.get('/board/plans?q=没有计划').texts('//tbody/tr/th') == ['没有计划的']
    assert '没有可以上图的事项' in officer.get('/board/plans?unit=sft').text


def test_a_unit_of_a_long_name_leaves_room_for_its_matter_on_the_board(app: Flask, planned: UUID, browse: Browse) -> None:
    with db.writing(engine_of(app)) as session:
        session.get(Unit, ('gz', 'fgw')).name = '苗岭苗族侗族自治州清水县人民政府办公室督查督办科'
        directory.changed(session, 'gz')
    drawn, = browse('gz-office-officer').get('/board/plans').texts('//*[local-name()="svg"]/*[local-name()="a"]')
    assert drawn.strip() == '苗岭苗族侗族自… 建立健全重点企…'
