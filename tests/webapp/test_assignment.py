"""别的办法 on the pages: what is offered, what a colleague sees, what one is asked, and nothing that is lost."""
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from engine import actions, circulation, db, deployment, history, instance
from engine.directory import Account
from engine.history import Actor
from engine.ledger import FACTS
from engine.usertask import UserTask
from tests.webapp.browser import Browser
from tests.webapp.conftest import HASH, NOW, ROOT
from tests.workflows.story import USUAL
from tests.webapp.test_inbox import TABS
from tests.webapp.test_usertask import planning, register, sa_engine, signing, waiting  # noqa: F401  (fixtures)

Browse = Callable[[str], Browser]


@pytest.fixture
def plan(app: Flask, planning: str) -> str:  # noqa: F811
    """The address of 研究部署, which waits for 发展改革委's liaison; `gz-fgw-second` is another account of that post."""
    with db.writing(sa_engine(app)) as session:
        session.add(Account(tenant='gz', unit='fgw', post='liaison', login='gz-fgw-second', password_hash=HASH, session_key=''))
    return planning


def row(app: Flask, address: str) -> UserTask:
    with db.reading(sa_engine(app)) as session:
        return session.get(UserTask, UUID(address.rpartition('/')[2]))


def asked(app: Flask) -> str:
    """The address of the only opinion that is asked for."""
    with db.reading(sa_engine(app)) as session:
        return f'/opinions/{session.scalars(select(UserTask.id).where(UserTask.asks.is_not(None), UserTask.state == "open")).one()}'


def press(browser: Browser, button: str, status: int = 200, **data: str) -> Any:
    """Fill in the form that has this button, and press it."""
    return browser.submit(data, press=button, status=status)


def ways(page: Any) -> list[str]:
    """What is offered beside the form."""
    return [text.strip() for text in page.texts('//section[@aria-labelledby="ways"]//*[contains(@class, "btn")]')]


def test_only_what_the_diagram_allows_is_offered(plan: str, browse: Browse) -> None:
    assert ways(browse('gz-fgw-liaison').get(plan)) == ['认领', '加签', '委派']
    refused = browse('gz-fgw-liaison').get(plan + '/transfer', status=422)
    assert '流程图上没有允许' in refused.text
    browse('gz-fgw-liaison').get(plan + '/jump', status=404)


def test_a_claimed_task_is_read_only_for_colleagues_until_it_is_put_back(app: Flask, plan: str, browse: Browse) -> None:
    first, second, officer = (browse(f'gz-{who}') for who in ('fgw-liaison', 'fgw-second', 'office-officer'))
    first.get(plan)
    assert '已认领，同岗位的别人现在不能提交' in press(first, '认领').text
    page = second.get(plan)
    assert '省发展改革委·联络员（账号gz-fgw-liaison）已认领' in page.text and not page.all('//form[@id="task"]') and ways(page) == []
    officer.get(plan)
    assert '已放回' in press(officer, '放回').text
    assert '认领' in ways(second.get(plan))
    with db.reading(sa_engine(app)) as session:
        told = session.scalars(select(history.Event.summary).where(history.Event.kind.in_(['task.claimed', 'task.released'])))
        assert list(told) == ['账号gz-fgw-liaison认领', '放回账号gz-fgw-liaison认领的']


def test_what_was_typed_is_kept_before_a_button_leads_on(app: Flask, plan: str, browse: Browse) -> None:
    liaison = browse('gz-fgw-liaison')
    liaison.get(plan)
    page = liaison.submit({'deploy_note': '先摸底'}, form='//form[@id="task"]', press='保存草稿')
    page = liaison.post(plan, {'deploy_note': '先摸底', 'go-to': 'consult'})
    assert page.h1 == '加签“研究部署，报送‘四合一’清单”' and '省司法厅·联络员' in page.text
    assert '先摸底' in liaison.get(plan).text
    liaison.post(plan, {'deploy_note': '先摸底', 'go-to': 'jump'}, status=404)


def test_delegated_it_is_filled_in_by_the_other_and_submitted_by_the_owner(app: Flask, plan: str, browse: Browse) -> None:
    liaison, chief = browse('gz-fgw-liaison'), browse('gz-fgw-chief')
    liaison.get(plan + '/delegate')
    assert '写明理由' in press(liaison, '委派', to='fgw/chief', status=422).text
    page = press(liaison, '委派', to='fgw/chief', reason='请把关')
    assert '已委派。现在由省发展改革委·单位负责人办。' in page.text
    page = liaison.get(plan)
    assert '已委派给省发展改革委·单位负责人，办好了会交回来。' in page.text and ways(page) == ['收回']
    page = chief.get(plan)
    assert '省发展改革委·联络员委派给您：请把关' in page.text and '报送督查室' not in [one.text for one in page.all('//button')]
    assert '写一句办得怎样' in press(chief, '交回', deploy_note='压实责任', status=422).text
    assert '交回' in [one.text for one in chief.page.all('//button')], 'it is asked for in the form itself'
    chief.get(plan)
    assert '已交回。现在由省发展改革委·联络员办。' in press(chief, '交回', deploy_note='压实责任', **{'hand-word': '已把关'}).text
    page = liaison.get(plan)
    assert '省发展改革委·单位负责人办好交回：已把关' in page.text and '压实责任' in page.text


def test_an_opinion_is_asked_given_and_read(app: Flask, plan: str, browse: Browse) -> None:
    liaison, other = browse('gz-fgw-liaison'), browse('gz-sft-liaison')
    liaison.get(plan + '/consult')
    page = press(liaison, '请其提意见', to='sft/liaison', how='before', reason='合法性请把关')
    assert '还在等省司法厅·联络员的意见' in page.text and not page.all('//form[@id="task"]//button[contains(@class, "go")]')
    assert '提意见' in other.get('/tasks').text
    page = other.get(asked(app))
    assert '省发展改革委·联络员请您看：合法性请把关' in page.text and '对方等您答复以后再提交' in page.text
    assert '写明意见' in press(other, '不同意', status=422).text
    press(other, '不同意', opinion='依据不足')
    page = liaison.get(plan)
    assert '依据不足' in page.text and '不同意' in page.text and page.all('//form[@id="task"]//button[contains(@class, "go")]')


def test_a_post_that_nobody_chose_is_asked_for_where_it_is_chosen(plan: str, browse: Browse) -> None:
    liaison = browse('gz-fgw-liaison')
    for act, button in (('delegate', '委派'), ('consult', '请其提意见')):
        liaison.get(f'{plan}/{act}')
        page = press(liaison, button, reason='请把关', status=422)
        assert page.one('//*[@id="to-e"]').text == '请选一个岗位。' and page.one('//*[@class="errsum"]//a').get('href') == '#to'
        assert page.one('//textarea[@name="reason"]').text.strip() == '请把关'


def test_neither_a_post_nor_a_word_is_told_at_once(app: Flask, plan: str, browse: Browse) -> None:
    liaison = browse('gz-fgw-liaison')
    for act, button, word in (('delegate', '委派', '写明理由：轨迹上要写为什么。'), ('consult', '请其提意见', '写明请对方看什么。')):
        liaison.get(f'{plan}/{act}')
        page = press(liaison, button, status=422)
        assert page.texts('//*[@class="errsum"]//a') == ['请选一个岗位。', word]
        assert page.all('//*[@class="errsum"]//a/@href') == ['#to', '#reason']
        assert (page.one('//*[@id="to-e"]').text, page.one('//*[@id="reason-e"]').text) == ('请选一个岗位。', word)
    assert row(app, plan).owner is None


def test_the_list_shows_in_whose_hand_a_task_is(plan: str, browse: Browse) -> None:
    first, second, chief = (browse(f'gz-fgw-{who}') for who in ('liaison', 'second', 'chief'))
    first.get(plan)
    press(first, '认领')
    badges = [browser.get('/tasks').texts('//li[@data-task]//span[@class="badge"]') for browser in (first, second)]
    assert badges == [['已认领'], ['同事已认领']]
    first.get(plan + '/consult')
    press(first, '请其提意见', to='sft/liaison', how='beside', reason='请看')
    assert browse('gz-sft-liaison').get('/tasks').texts('//li[@data-task]//span[@class="badge"]') == ['意见']
    first.get(plan + '/delegate')
    press(first, '委派', to='fgw/chief', reason='请把关')
    assert chief.get('/tasks').texts('//li[@data-task]//span[@class="badge"]') == ['委派给您']


def test_whoever_has_no_hand_in_a_task_is_refused_without_its_opinions(app: Flask, plan: str, browse: Browse) -> None:
    liaison, stranger = browse('gz-fgw-liaison'), browse('gz-sft-chief')
    liaison.get(plan + '/consult')
    press(liaison, '请其提意见', to='sft/liaison', how='before', reason='合法性请把关')
    opinion = asked(app)
    stranger.get('/tasks')
    refused = stranger.post(plan + '/delegate', {'to': 'fgw/chief', 'reason': '我来'}, status=403)
    assert '合法性请把关' not in refused.text and '省司法厅·联络员' not in refused.text
    stranger.get(opinion + '/remove', status=403)
    stranger.post(opinion + '/remove', {'reason': '不用了'}, status=403)


def test_who_is_asked_for_an_opinion_has_the_matter_not_in_hand(plan: str, browse: Browse) -> None:
    liaison, officer = browse('gz-fgw-liaison'), browse('gz-office-officer')
    liaison.get(plan + '/consult')
    press(liaison, '请其提意见', to='sft/liaison', how='before', reason='请看')
    page = officer.get('/ledger')
    assert '省发展改革委·联络员' in page.text and '省司法厅·联络员' not in page.text


def test_an_opinion_leads_from_the_inbox_and_is_no_other_posts_business(app: Flask, plan: str, browse: Browse) -> None:
    liaison = browse('gz-fgw-liaison')
    liaison.get(plan + '/consult')
    press(liaison, '请其提意见', to='sft/liaison', how='beside', reason='请看')
    opinion = asked(app)
    assert browse('gz-sft-liaison').get(opinion.replace('/opinions/', '/tasks/')).h1.startswith('对“研究部署')
    browse('gz-fgw-chief').get(opinion, status=403)
    browse('cz-sft-liaison').get(opinion, status=404)
    liaison.get(opinion + '/remove')
    assert '写明理由' in press(liaison, '减签', status=422).text
    assert '已减签' in press(liaison, '减签', reason='不用了').text
    assert browse('gz-sft-liaison').get(opinion).texts('//span[@class="badge"]') == ['不问了']


def test_a_step_that_ended_with_anothers_says_with_whose(app: Flask, plan: str, browse: Browse) -> None:
    """或签: one did it for all; 退回: who went back has said why. What was filled in was not submitted."""
    with db.writing(sa_engine(app)) as session:
        task = session.get(UserTask, UUID(plan.rpartition('/')[2]))
        signed = session.scalars(select(UserTask).where(UserTask.element == 'sign')).one()
        task.state, task.closed_at, task.closed_by, task.closed_turn = 'cancelled', task.opened_at, '系统', signed.closed_turn
    liaison = browse('gz-fgw-liaison')
    page = liaison.get(plan)
    assert '省发展改革委·联络员办了“签收”，这一步就不用办了。' in page.text and '提交的内容' not in page.text
    assert '省发展改革委·联络员办了“签收”' in liaison.post(plan, {'deploy_note': '先摸底'}, status=409).text
    chief = Actor('省司法厅·单位负责人', 'sft', 'chief')
    with db.writing(sa_engine(app)) as session:
        task = session.get(UserTask, UUID(plan.rpartition('/')[2]))
        history.record_matter(session, task.matter_id, chief, history.Kind.TASK_RETURNED, '退回到“签收”：缺依据', {},
                              **circulation.at(task))
        told = session.scalars(select(history.Event.at).where(history.Event.kind == 'task.returned')).one()
        task.closed_at, task.closed_by, task.closed_turn = told, chief.name, 99
    assert '省司法厅·单位负责人退回到“签收”：缺依据。这一步就不用办了。' in liaison.get(plan).text


def done(app: Flask, plan: str) -> None:
    """The liaison has submitted 研究部署."""
    liaison = Actor('省发展改革委·联络员', 'fgw', 'liaison', 0)
    db.carry_out(sa_engine(app), lambda session: instance.complete(
        session, UUID(plan.rpartition('/')[2]), liaison, {**USUAL['plan'], 'answer': 'accept'}))


def test_a_submitted_step_is_taken_back_from_its_page(app: Flask, plan: str, browse: Browse) -> None:
    with db.writing(sa_engine(app)) as session:
        session.execute(update(UserTask).where(UserTask.element == 'plan').values(claimed_by=None))
    done(app, plan)
    browser = browse('gz-fgw-liaison')
    page = browser.get(plan)
    assert page.all('//a[contains(@href, "/recall")]')
    browser.get(plan + '/recall')
    assert '写明理由' in press(browser, '撤回', status=422).text
    page = press(browser, '撤回', reason='漏了一条')
    assert '已撤回' in page.text and '您撤回了这一步，上次填的都在' in page.text and '已研究部署，明确专人负责' in page.text
    assert row(app, plan).state == 'open'


def test_what_cannot_be_taken_back_any_more_is_said(app: Flask, plan: str, browse: Browse) -> None:
    one, other, second = browse('gz-fgw-liaison'), browse('gz-fgw-liaison'), browse('gz-fgw-second')
    with db.writing(sa_engine(app)) as session:
        session.execute(update(UserTask).where(UserTask.element == 'plan').values(claimed_by=None))
        signed = f"/tasks/{session.scalars(select(UserTask.id).where(UserTask.element == 'sign')).one()}"
    page = one.get(signed + '/recall', status=422)
    assert page.h1 == '没有办成' and '流程图上没有允许' in page.text, 'nobody else has done it'
    done(app, plan)
    for tab in (one, other):
        tab.get(plan + '/recall')
    press(one, '撤回', reason='漏了一条')
    assert '您撤回了这一步' in press(other, '撤回', reason='漏了一条').text, 'its page says what the first press has done'
    done(app, plan)
    second.get(waiting(app, '组织承办'))
    second.submit(form='//form[@id="task"]', press='保存草稿')
    assert '撤回不了：下一步已经有人在填了。' in one.get(plan).text
    assert '下一步已经有人在填了' in one.get(plan + '/recall', status=409).text


def test_a_double_click_and_a_second_tab_do_no_harm(app: Flask, plan: str, browse: Browse) -> None:
    one, other = browse('gz-fgw-liaison'), browse('gz-fgw-liaison')
    for tab in (one, other):
        tab.get(plan + '/delegate')
    press(one, '委派', to='fgw/chief', reason='请把关')
    assert '已委派给省发展改革委·单位负责人' in press(other, '委派', to='fgw/chief', reason='请把关').text
    with db.reading(sa_engine(app)) as session:
        assert session.scalars(select(history.Event.kind).where(history.Event.kind == 'task.delegated')).all() == ['task.delegated']


def signed(app: Flask, drawn: str, browse: Browse) -> tuple[Browser, str]:
    """发展改革委's liaison, who has signed for a matter that runs on this drawing, and the address of 研究部署."""
    topics = {topic: action.parameters() for topic, action in actions.known().items()}
    with db.writing(sa_engine(app)) as session:
        files = deployment.bundle(session, deployment.current(session, 'gz').id).files | {'matter.bpmn': drawn.encode()}
        deployment.deploy(session, 'gz', files, '系统', '', NOW, topics, FACTS)
    register(app, has_basis=True)
    liaison = browse('gz-fgw-liaison')
    liaison.get(waiting(app, '签收'))
    liaison.submit()
    return liaison, waiting(app, '研究部署，报送“四合一”清单')


@pytest.fixture
def handed(app: Flask, browse: Browse) -> str:
    """The address of 研究部署, which 发展改革委's liaison has given on to 司法厅's with something filled in."""
    drawn = (ROOT / 'workflows' / 'matter.bpmn').read_text().replace('value="claim delegate', 'value="claim transfer delegate')
    liaison, address = signed(app, drawn, browse)
    liaison.post(address, {'deploy_note': '先摸底', 'go-to': 'transfer'})
    page = press(liaison, '转办', to='sft/liaison', reason='归司法厅')
    assert '已转办。现在由省司法厅·联络员办。' in page.text
    return address


def test_who_gave_a_task_on_finds_it_under_what_is_done(handed: str, browse: Browse) -> None:
    liaison = browse('gz-fgw-liaison')
    assert '已办 2' in liaison.get('/tasks').texts(TABS)
    page = liaison.get('/tasks/done')
    assert page.texts('//tbody//th') == ['研究部署，报送“四合一”清单已转办给省司法厅·联络员', '签收']
    assert page.texts('//tbody/tr[1]/td')[2:] == ['省发展改革委·联络员', '2020-09-27 周日 09:10']
    assert '共1件' in liaison.get('/tasks/done?q=研究部署').text
    assert '还没有办过' in browse('gz-sft-liaison').get('/tasks/done').text


def test_who_gave_a_task_on_reads_it_and_does_it_no_more(app: Flask, handed: str, browse: Browse) -> None:
    liaison, other = browse('gz-fgw-liaison'), browse('gz-sft-liaison')
    page = liaison.get(handed)
    assert '省发展改革委·联络员在今天 09:10把这一步转办给了省司法厅·联络员。' in page.text and '先摸底' in page.text
    assert not page.all('//form[@id="task"]') and ways(page) == []
    page = liaison.post(handed, {'deploy_note': '又想到一条'}, status=409)
    assert page.h1 == '这一步已经不在您手里' and '没有提交' in page.text and '又想到一条' in page.text
    assert '转办给了省司法厅·联络员' in liaison.post(handed + '/transfer', {'to': 'sft/liaison', 'reason': '归司法厅'}).text
    other.get(handed)
    other.post(handed + '/transfer', {'to': 'sft/chief', 'reason': '请领导看'})
    assert '现在由省司法厅·单位负责人办。' in liaison.get(handed).text
    browse('gz-sft-chief').get(handed)
    browse('gz-fgw-chief').get(handed, status=403)
    with db.writing(sa_engine(app)) as session:
        task = session.get(UserTask, UUID(handed.rpartition('/')[2]))
        task.state, task.closed_at, task.closed_by, task.answer = 'done', NOW, '省司法厅·单位负责人', {'deploy_note': '定了'}
    assert '定了' in liaison.get(handed).text and '办过了' in other.get(handed).text


def test_who_had_a_task_delegated_finds_that_it_gave_it_back(plan: str, browse: Browse) -> None:
    liaison, chief = browse('gz-fgw-liaison'), browse('gz-fgw-chief')
    liaison.get(plan + '/delegate')
    press(liaison, '委派', to='fgw/chief', reason='请把关')
    chief.get(plan)
    press(chief, '交回', deploy_note='压实责任', **{'hand-word': '已把关'})
    assert chief.get('/tasks/done').texts('//tbody//th') == ['研究部署，报送“四合一”清单已交回省发展改革委·联络员']
    assert '把这一步交回给了省发展改革委·联络员。' in chief.get(plan).text


def test_who_returned_a_task_finds_it_under_what_is_done(app: Flask, browse: Browse) -> None:
    drawn = (ROOT / 'workflows' / 'matter.bpmn').read_text().replace(
        'value="claim delegate', 'value="claim return delegate', 1).replace(
        '<camunda:property name="allow" value="claim return', '<camunda:property name="return_to" value="sign"/>'
        '<camunda:property name="allow" value="claim return')
    liaison, address = signed(app, drawn, browse)
    liaison.get(address + '/return')
    press(liaison, '退回', to='sign', reason='签收的单位不对')
    page = liaison.get('/tasks/done')
    assert page.texts('//tbody//th') == ['研究部署，报送“四合一”清单已退回', '签收'] and '已办 2' in page.texts(TABS)
    assert '退回到“签收”：签收的单位不对' in liaison.get(address).text


def test_a_second_tab_and_the_back_button_are_told_by_the_steps_own_page(app: Flask, plan: str, browse: Browse) -> None:
    one, second = browse('gz-fgw-liaison'), browse('gz-fgw-second')
    for tab in (one, second):
        tab.get(plan)
    press(one, '认领')
    page = press(second, '认领')
    assert page.path == plan and '省发展改革委·联络员（账号gz-fgw-liaison）已认领' in page.text
    one.get(plan)
    press(one, '放回')
    one.get(plan + '/delegate')
    press(one, '委派', to='fgw/chief', reason='请把关')
    assert '已委派给省发展改革委·单位负责人' in one.get(plan + '/delegate').text
    one.get(plan + '/take_back')
    press(one, '收回', reason='自己办')
    one.get(plan + '/consult')
    done(app, plan)
    page = press(one, '请其提意见', to='fgw/chief', how='before', reason='合法性请把关', status=409)
    assert '提交了“研究部署' in page.text and '合法性请把关' in page.text
    assert '办过了' in one.get(plan + '/consult').text


def test_what_was_answered_stands_in_the_form_again_when_it_is_returned(app: Flask, plan: str, browse: Browse) -> None:
    done(app, plan)
    with db.writing(sa_engine(app)) as session:
        before = session.get(UserTask, UUID(plan.rpartition('/')[2]))
        again = session.scalars(select(UserTask).where(UserTask.element == 'handle')).one()
        again.element, again.form, again.name = before.element, before.form, before.name
        again.kept = {'as': 'returned', 'said': '清单不全', 'from': 'sft/liaison'}
        address = f'/tasks/{again.id}'
    page = browse('gz-fgw-liaison').get(address)
    assert '省司法厅·联络员退回：清单不全' in page.text
    assert page.one('//textarea[@name="deploy_note"]').text.strip() == '已研究部署，明确专人负责'
    assert page.one('//*[@name="items-0-task"]').get('value') or page.one('//*[@name="items-0-task"]').text.strip() == '逐件清理'


def test_an_act_pressed_twice_counts_once_and_a_refusal_is_read_from_its_top(plan: str, visit: Callable[..., Any]) -> None:
    page = visit('gz-fgw-liaison', plan + '/delegate')
    page.click('main .go')
    page.wait_for_selector('.errsum:focus')
    page.select_option('#to', 'fgw/chief')
    page.fill('#reason', '请把关')
    page.locator('main .go').evaluate('it => { it.click(); it.click() }')     # a busy machine parts a double click
    page.wait_for_url('**/tasks')
    assert '已委派。现在由省发展改革委·单位负责人办。' in page.inner_text('main')


def test_a_matter_of_another_government_is_not_there(plan: str, browse: Browse) -> None:
    for act in ('delegate', 'recall'):
        browse('cz-fgw-liaison').get(f'{plan}/{act}', status=404)
