"""A step that left one's hand while one wrote: the page says what happened and who has it, and gives the words back."""
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import update

from engine import db, intervention
from engine.history import Actor
from engine.usertask import UserTask
from tests.webapp.browser import Browser, Page
from tests.webapp.test_assignment import asked, handed, plan, press, ways  # noqa: F401  (fixtures)
from tests.webapp.test_substitute import ask as stand_in
from tests.webapp.test_usertask import planning, sa_engine, signing, waiting  # noqa: F401  (fixtures)

Browse = Callable[[str], Browser]


@pytest.fixture
def taken_back(plan: str, browse: Browse) -> tuple[Browser, str]:  # noqa: F811
    """The chief, who has the form open that was delegated to him and is taken back meanwhile, and its address."""
    liaison, chief = browse('gz-fgw-liaison'), browse('gz-fgw-chief')
    liaison.get(plan + '/delegate')
    press(liaison, '委派', to='fgw/chief', reason='请把关')
    chief.get(plan)
    liaison.get(plan + '/take_back')
    press(liaison, '收回', reason='自己办')
    return chief, plan


def told(page: Page, *words: str) -> None:
    """It is a page of its own, which says this and leads on."""
    assert page.status == 409 and not [word for word in words if word not in page.text], page.text
    assert '返回' in page.text


def test_who_had_it_delegated_keeps_his_words_when_it_is_taken_back(taken_back: tuple[Browser, str]) -> None:
    chief, address = taken_back
    page = press(chief, '交回', deploy_note='压实责任', **{'hand-word': '已把关'}, status=409)
    assert page.h1 == '这一步已经不在您手里'
    told(page, '省发展改革委·联络员在今天 09:10收回了这一步。现在由省发展改革委·联络员办。', '压实责任', '已把关', '没有提交')
    assert chief.post(address, {'deploy_note': '压实责任', 'draft': 'auto'}, status=409).text
    page = chief.get(address, status=409)
    told(page, '收回了这一步')
    assert '查看这一步' not in page.text, 'there is nothing behind it for him'
    for act, sent in (('claim', {}), ('consult', {'to': 'sft/liaison', 'reason': '请看', 'how': 'before'})):
        assert '收回了这一步' in chief.post(f'{address}/{act}', sent, status=409).text


def test_a_post_that_never_had_it_hears_nothing_of_it(taken_back: tuple[Browser, str], browse: Browse) -> None:
    stranger = browse('gz-sft-chief')
    stranger.get('/tasks')
    transfer = {'to': 'fgw/chief', 'reason': '我来'}
    for path, sent in (('', {'deploy_note': '压实责任'}), ('/claim', {}), ('/transfer', transfer)):
        assert '收回' not in stranger.post(taken_back[1] + path, sent, status=403).text


def test_what_was_taken_back_and_done_is_not_read_by_who_had_it(app: Flask, taken_back: tuple[Browser, str]) -> None:
    chief, address = taken_back
    with db.writing(sa_engine(app)) as session:
        session.execute(update(UserTask).values(unit='sft').where(UserTask.id == UUID(address.rpartition('/')[2])))
        session.execute(update(UserTask).values(state='done', closed_by='省司法厅·联络员', closed_at=UserTask.opened_at,
                                                answer={'deploy_note': '机密'}).where(UserTask.element == 'plan'))
    page = chief.get(address, status=409)
    told(page, '省司法厅·联络员在今天 09:10提交了')
    assert '机密' not in page.text


def test_a_substitute_whose_days_are_over_keeps_what_he_typed(plan: str, browse: Browse) -> None:  # noqa: F811
    liaison = browse('gz-fgw-liaison')
    stand_in(liaison, 'sft/liaison')
    other = browse('gz-sft-liaison')
    other.get(plan)
    other.submit({'deploy_note': '压实责任'}, form='//form[@id="task"]', press='保存草稿')
    liaison.get('/substitutes')
    liaison.submit(press='提前结束', form='//main//li//form')
    told(other.get(plan, status=409), '这一步不在您手里了。现在由省发展改革委·联络员办。', '压实责任')
    told(other.post(plan, {'deploy_note': '压实责任到处室'}, status=409), '压实责任到处室')


ACTS = [('transfer', {'to': 'office/officer', 'reason': '归督查室'}), ('delegate', {'to': 'fgw/chief', 'reason': '请把关'}),
        ('consult', {'to': 'fgw/chief', 'how': 'before', 'reason': '请看一看'})]


@pytest.mark.parametrize(('act', 'sent'), ACTS)
def test_an_act_from_an_old_tab_is_told_what_happened_to_the_step(
        handed: str, browse: Browse, act: str, sent: dict[str, Any]) -> None:  # noqa: F811
    liaison = browse('gz-fgw-liaison')
    liaison.get('/tasks')
    page = liaison.post(f'{handed}/{act}', sent, status=409)
    told(page, '转办给了省司法厅·联络员', sent['reason'])
    assert page.all('//a[normalize-space()="查看这一步"]')


@pytest.mark.parametrize(('act', 'sent'), [(act, sent | {'to': 'sft/liaison'}) for act, sent in ACTS])
def test_an_act_on_what_is_delegated_already_says_to_whom(
        app: Flask, plan: str, browse: Browse, act: str, sent: dict[str, Any]) -> None:  # noqa: F811
    with db.writing(sa_engine(app)) as session:
        session.execute(update(UserTask).where(UserTask.element == 'plan').values(owner='fgw/liaison', post='chief'))
    liaison = browse('gz-fgw-liaison')
    liaison.get('/tasks')
    told(liaison.post(f'{plan}/{act}', sent, status=409), '已委派给省发展改革委·单位负责人', sent['reason'], '省司法厅·联络员')


def test_who_delegated_a_step_does_not_fill_it_in_beside_the_other(plan: str, browse: Browse) -> None:  # noqa: F811
    """What he would keep as a draft would be gone when it comes back."""
    one, other = browse('gz-fgw-liaison'), browse('gz-fgw-liaison')
    for tab, path in ((one, '/delegate'), (other, '')):
        tab.get(plan + path)
    press(one, '委派', to='fgw/chief', reason='请把关')
    for button in ('报送督查室', '保存草稿'):
        page = other.post(plan, {'deploy_note': '压实责任'} | ({'draft': '1'} if button == '保存草稿' else {}), status=409)
        told(page, '已委派给省发展改革委·单位负责人，办好了会交回来。', '压实责任')
    assert one.get('/tasks/drafts').text.count('研究部署') == 0


@pytest.mark.parametrize(('act', 'sent'), ACTS[1:])
def test_who_has_it_delegated_is_told_what_he_can_do_instead(
        plan: str, browse: Browse, act: str, sent: dict[str, Any]) -> None:  # noqa: F811
    liaison, chief = browse('gz-fgw-liaison'), browse('gz-fgw-chief')
    liaison.get(plan + '/delegate')
    press(liaison, '委派', to='fgw/chief', reason='请把关')
    chief.get(plan)
    drawn_so = act != 'transfer'
    page = chief.post(f'{plan}/{act}', sent, status=409)
    assert page.h1 == '没有办成'
    told(page, '办好了请交回' if drawn_so else '流程图上没有允许', sent['reason'])


def test_pressed_again_for_the_same_post_it_is_done_and_no_fault(plan: str, browse: Browse) -> None:  # noqa: F811
    one, other = browse('gz-fgw-liaison'), browse('gz-fgw-liaison')
    for tab in (one, other):
        tab.get(plan + '/delegate')
    for tab in (one, other):
        page = press(tab, '委派', to='fgw/chief', reason='请把关')
    assert page.path == plan and '已委派给省发展改革委·单位负责人，办好了会交回来。' in page.text and ways(page) == ['收回']
    for tab in (one, other):
        tab.get(plan + '/take_back')
    for tab in (one, other):
        page = press(tab, '收回', reason='自己办')
    assert page.path == plan and '加签' in ways(page)


OWNER = Actor('省政府办公厅·流程管理员', 'office', 'owner')


def matter_of(app: Flask, address: str) -> UUID:
    """The matter of a task."""
    with db.reading(sa_engine(app)) as session:
        return session.get(UserTask, UUID(address.rpartition('/')[2])).matter_id


def test_a_step_that_ended_with_its_matter_says_who_stopped_it_and_why(
        app: Flask, plan: str, browse: Browse) -> None:  # noqa: F811
    liaison, matter = browse('gz-fgw-liaison'), matter_of(app, plan)
    liaison.get(plan)
    db.carry_out(sa_engine(app), lambda session: intervention.cancel(session, matter, OWNER, '任务并入另一件'))
    page = liaison.post(plan, {'deploy_note': '压实责任'}, status=409)
    assert page.h1 == '这一步不用办了' and '先看对方提交的内容' not in page.text
    told(page, '省政府办公厅·流程管理员作废：任务并入另一件。这一步就不用办了。', '压实责任')
    assert page.all('//a[.="查看这一步"]') and '任务并入另一件' in liaison.get(plan).text


def test_a_step_from_which_a_matter_was_moved_says_so(app: Flask, plan: str, browse: Browse) -> None:  # noqa: F811
    liaison, matter = browse('gz-fgw-liaison'), matter_of(app, plan)
    liaison.get(plan)
    with db.reading(sa_engine(app)) as session:
        spot = next(one for one in intervention.standing(session, matter, OWNER) if one.element == 'plan')
    db.carry_out(sa_engine(app), lambda session: intervention.put(
        session, matter, spot.token, 'sign', OWNER, '签收的单位不对'))
    page = liaison.post(plan, {'deploy_note': '压实责任'}, status=409)
    told(page, '移到“签收”：签收的单位不对', '省政府办公厅·流程管理员', '压实责任')
    page = liaison.post(f'{plan}/claim')
    assert page.path == plan and '刚刚已经有人办了' not in page.text and '移到“签收”：签收的单位不对' in page.text


def test_what_was_typed_before_a_matter_was_moved_is_there_when_it_comes_back(
        app: Flask, plan: str, browse: Browse) -> None:  # noqa: F811
    liaison, matter = browse('gz-fgw-liaison'), matter_of(app, plan)
    liaison.get(plan)
    liaison.submit({'deploy_note': '先摸底'}, form='//form[@id="task"]', press='保存草稿')
    with db.reading(sa_engine(app)) as session:
        spot = next(one for one in intervention.standing(session, matter, OWNER) if one.element == 'plan')
    db.carry_out(sa_engine(app), lambda session: intervention.put(session, matter, spot.token, 'sign', OWNER, '单位不对'))
    liaison.get(waiting(app, '签收'))
    liaison.submit(form='//form[@id="task"]')
    again = waiting(app, '研究部署，报送“四合一”清单')
    assert again != plan and liaison.get(again).one('//textarea[@name="deploy_note"]').text.strip() == '先摸底'
    assert '省政府办公厅·流程管理员' in liaison.get(plan).text


def test_an_act_on_what_is_suspended_says_so(app: Flask, plan: str, browse: Browse) -> None:  # noqa: F811
    liaison, matter = browse('gz-fgw-liaison'), matter_of(app, plan)
    liaison.get(plan)
    db.carry_out(sa_engine(app), lambda session: intervention.suspend(session, matter, OWNER, '等省里的文件'))
    page = liaison.post(plan, {'deploy_note': '压实责任', 'go-to': 'consult'})
    assert page.path == plan and '这一步暂停办理' in page.text and '压实责任' in page.text
    told(liaison.post(f'{plan}/consult', {'to': 'fgw/chief', 'how': 'before', 'reason': '请看一看'}, status=409),
         '这一步暂停办理，恢复以后再办。', '请看一看')


def test_an_act_on_what_a_colleague_has_claimed_keeps_its_words(plan: str, browse: Browse) -> None:  # noqa: F811
    first, second = browse('gz-fgw-liaison'), browse('gz-fgw-second')
    second.get(plan + '/consult')
    first.get(plan)
    press(first, '认领')
    page = press(second, '请其提意见', to='fgw/chief', how='before', reason='合法性请把关', status=409)
    told(page, '已认领', '合法性请把关')
    assert page.h1 == '没有办成'


def test_an_opinion_that_is_not_wanted_any_more_keeps_its_words(
        app: Flask, plan: str, browse: Browse) -> None:  # noqa: F811
    liaison, other = browse('gz-fgw-liaison'), browse('gz-sft-liaison')
    liaison.get(plan + '/consult')
    press(liaison, '请其提意见', to='sft/liaison', how='beside', reason='请看')
    opinion = asked(app)
    other.get(opinion)
    for _twice in range(2):
        liaison.get('/tasks')
        assert liaison.post(opinion + '/remove', {'reason': '不用了'}).path == plan
    page = press(other, '不同意', opinion='依据不足，请补', status=422)
    assert '不问了' in page.text and '依据不足，请补' in page.text and page.all('//*[@class="errsum"]')
