"""The matter's page: what now, by when, what then; and what a post may do about it."""
from collections.abc import Callable
from datetime import date
from pathlib import Path
from uuid import UUID

import orjson
import pytest
from flask import Flask
from sqlalchemy import Engine

from engine import db, directory, history, instance
from engine.ledger import CoUnit
from tests.webapp.browser import Browser, Page
from tests.webapp.conftest import PASSWORD, furnish
from tests.webapp.matters import CO_WORK, POSTS, advance, answer, engine_of, handled, issued_notice, register, row
from tests.webapp.test_ledger import rows
from webapp import create_app

Browse = Callable[[str], Browser]


def cells(page: Page) -> list[str]:
    """Now, deadline, then."""
    return [cell.replace(' ', '') for cell in page.texts('//section[contains(@class, "next")]/div')]


@pytest.fixture
def working(app: Flask) -> str:
    """The address of a matter that the lead unit works on, due on 30 October."""
    return f'/matter/{handled(app)}'


def key(path: str) -> UUID:
    return UUID(path.rpartition('/')[2])


def test_three_answers_stand_at_the_top(working: str, browse: Browse) -> None:
    now, due, then = cells(browse('gz-office-officer').get(working))
    assert now.startswith('现在组织承办省发展改革委·联络员')
    assert due == '办结时限10月30日周五剩20个工作日'
    assert then.startswith('到期仍未办结11月2日周一亮红灯期限届满仍未办结，督办')
    assert '拟制通知：省政府办公厅·督查员；审定签发：省政府办公厅·督查室负责人' in then


def test_stages_and_diagram_show_the_way(working: str, browse: Browse) -> None:
    page = browse('gz-office-officer').get(working)
    assert page.texts('//ol[@class="steps"]/li[@class="done"]') == ['立项', '交办', '签收']
    assert page.texts('//ol[@class="steps"]/li[@aria-current="step"]') == ['承办']
    figure = page.one('//div[@class="diagram"]')
    walk = orjson.loads(figure.get('data-walk'))
    assert walk['now'] == ['handle'] and walk['nodes']['sign'] == 1 and 'issue' in walk['nodes']
    assert 'sign__plan' in walk['flows'] and 'has_basis__find_approver' not in walk['flows']
    assert orjson.loads(figure.get('data-params'))['warning_days'] == 3
    assert page.answer.text.count('bpmn:') == 0


def test_after_the_deadline_what_is_on_its_way_is_told(app: Flask, working: str, browse: Browse) -> None:
    advance(app, 2020, 11, 3)
    officer = browse('gz-office-officer')
    now, due, then = cells(officer.get(working))
    assert '超2个工作日' in due and then == '到期以后督办拟制通知：省政府办公厅·督查员'
    assert officer.page.texts('//div[@class="actions"]/a') == ['拟制通知']
    issued_notice(app, key(working))
    then = cells(officer.get(working))[2]
    assert then.startswith('到时仍未办11月11日周三限期已到仍未办结，催办') and '分管领导' in then
    assert '督办' in officer.page.texts('//span[@class="badge lvl"]')


def test_recent_steps_stand_newest_first_with_their_decision(app: Flask, browse: Browse) -> None:
    matter_id = register(app, has_basis=False)
    answer(app, matter_id, 'approve', 'principal', approval='returned', opinion='补充依据后再报。')
    page = browse('gz-office-officer').get(f'/matter/{matter_id}')
    newest = page.all('//ol[@class="trail"]/li')[0]
    assert '立项审批：退回修改 省政府·主要领导' in ' '.join(newest.text_content().split())
    assert newest.get('class') == 'warn' and '批示意见：补充依据后再报。' in newest.text_content()
    assert '另有' in page.all('//ol[@class="trail"]/li')[-1].text_content()
    assert page.texts('//p[@class="row"]/span[@class="badge"]')[0] == '草稿'


def test_facts_notices_and_shares(app: Flask, browse: Browse) -> None:
    matter_id = register(app, **CO_WORK)
    page = browse('gz-sft-liaison').get(f'/matter/{matter_id}')
    facts = dict(zip(page.texts('//aside//dt'), page.texts('//aside//dd')))
    assert facts['牵头单位'] == '省发展改革委' and facts['协办单位'] == '省司法厅' and facts['交办领导'] == '省政府·主要领导'
    shares = page.texts('//table[.//caption[contains(., "协办")]]/tbody/tr/*')
    assert shares[:3] == ['省司法厅', '提供法规目录。', '2020-10-15 周四 剩9个工作日']
    assert page.texts('//section[h2="文书"]//a')[0].startswith('〔2020〕立项')


def test_others_do_not_find_it(working: str, browse: Browse) -> None:
    browse('gz-sft-liaison').get(working, status=404)
    browse('cz-office-officer').get(working, status=404)
    browse('gz-office-operator').get(working, status=403)
    browse('gz-fgw-chief').get(working)
    browse('gz-office-officer').get('/matter/00000000-0000-0000-0000-000000000000', status=404)


def test_the_lead_units_liaison_asks_for_more_time(app: Flask, working: str, browse: Browse) -> None:
    liaison = browse('gz-fgw-liaison')
    assert '申请延期' in liaison.get(working).texts('//main//button')
    assert '申请延期' not in browse('gz-fgw-chief').get(working).texts('//main//button')
    page = liaison.submit(form='//main//form[contains(@action, "extension")]')
    assert page.path.startswith('/tasks/') and '延期申请已经打开' in page.text
    assert '已经有一份延期申请在办' in liaison.get(working).text
    answer(app, key(working), 'apply', 'liaison', extension_go='apply', new_due_at='2020-11-30', reason='县级数据迟报，需要补报核对。',
           progress_percent=60, progress_note='省市两级已建成。')
    answer(app, key(working), 'chief_review', 'chief', chief_agrees=True)
    page = liaison.get(working)
    assert '灰灯' in page.text and '延期审批中' in page.text and cells(page)[0].startswith('现在初审，拟批复意见')
    assert '审批期间照常计算' in cells(page)[1]


def test_who_grants_more_time_reads_the_new_day(app: Flask, working: str, browse: Browse) -> None:
    liaison = browse('gz-fgw-liaison')
    liaison.get(working)
    liaison.submit(form='//main//form[contains(@action, "extension")]')
    answer(app, key(working), 'apply', 'liaison', extension_go='apply', new_due_at='2020-11-30', reason='县级数据迟报，需要补报核对。',
           progress_percent=60, progress_note='省市两级已建成。')
    answer(app, key(working), 'chief_review', 'chief', chief_agrees=True)
    answer(app, key(working), 'office_review', 'officer', office_opinion='情况属实。', office_suggests='grant', new_due_at='2020-11-30')
    leader = browse('gz-gov-principal')
    leader.get(leader.get(working).all('//main//a[.="批复延期"]/@href')[0])
    page = leader.submit({'new_due_at': '2020-11-20'}, press='同意延期')
    assert '已提交“批复延期”：同意延期，办结时限改为11月20日 周五。' in page.text


def test_who_opened_an_extension_by_mistake_or_got_it_back_drops_it(app: Flask, working: str, browse: Browse) -> None:
    """P02-01"""
    liaison, chief = browse('gz-fgw-liaison'), browse('gz-fgw-chief')
    for returned in (False, True):
        liaison.get(working)
        liaison.submit(form='//main//form[contains(@action, "extension")]')
        if returned:
            liaison.submit({'new_due_at': '2020-11-30', 'reason': '县级数据迟报，需要补报核对。', 'progress_percent': '60',
                            'progress_note': '省市两级已建成。'}, press='就这样办')
            back = chief.get(working).all('//main//a[contains(., "审核")]/@href')[0]
            chief.get(f'{back}/return')
            chief.submit({'reason': '抓紧办，不延。'}, form='//main//form[@method="post"]')
            liaison.get(working)
            liaison.get(liaison.page.all('//main//a[.="填写延期申请"]/@href')[0])
        assert '为什么不申请' in liaison.submit({'extension_go': 'drop', 'extension_why_not': ''}, press='就这样办',
                                           status=422).text
        assert '已提交“填写延期申请”' in liaison.submit({'extension_why_not': '点错了。'}, press='就这样办').text
        page = liaison.get(working)
        assert '申请延期' in page.texts('//main//button') and '延期审批中' not in page.text


def test_without_a_liaison_its_head_asks(app: Flask, working: str, browse: Browse) -> None:
    with db.writing(engine_of(app)) as session:
        for account in directory.holders(session, 'gz', 'fgw', 'liaison'):
            directory.set_active(session, account, False)
    chief = browse('gz-fgw-chief')
    assert '申请延期' in chief.get(working).texts('//main//button')
    page = chief.submit(form='//main//form[contains(@action, "extension")]')
    assert page.path.startswith('/tasks/') and '延期申请已经打开' in page.text


def test_no_extension_once_the_deadline_has_passed(app: Flask, working: str, browse: Browse) -> None:
    liaison = browse('gz-fgw-liaison')
    liaison.get(working)
    advance(app, 2020, 11, 3)
    page = liaison.post(f'{working}/extension', status=422)
    assert '办结期限已过：延期要在时限之前申请' in page.text
    assert '现在不能申请延期。办结期限已过' in liaison.get(working).text
    page = liaison.get(f'/matter/{register(app, due_at=None, long_term=True, review_at="2021-06-30")}')
    assert '没有办结时限，不用延期' in page.text and cells(page)[1].startswith('办结时限长期')


def test_only_the_lead_unit_may_ask(working: str, browse: Browse) -> None:
    officer = browse('gz-office-officer')
    officer.get(working)
    officer.post(f'{working}/extension', status=403)


def test_withdrawing_needs_the_post_that_approved_and_a_reason(app: Flask, browse: Browse) -> None:
    matter_id = register(app, has_basis=False)
    answer(app, matter_id, 'approve', 'principal', approval='agreed')
    path = f'/matter/{matter_id}'
    officer = browse('gz-office-officer')
    assert '撤销立项' not in officer.get(path).text
    officer.get(f'{path}/withdraw', status=422)
    leader = browse('gz-gov-principal')
    leader.get(leader.get(path).one('//a[contains(@href, "withdraw")]/@href'))
    assert leader.submit(status=422).texts('//*[@role="alert"]//li') == ['写一句为什么撤销。']
    page = leader.submit({'reason': '上级文件已废止。'}, press='撤销立项')
    assert page.path == path and '已撤销立项' in page.text and '已撤销' in cells(page)[0]
    assert '撤销立项：上级文件已废止。' in page.texts('//ol[@class="trail"]/li[@class="warn"]//b')
    assert row(app, matter_id).status == 'withdrawn'
    leader.post(f'{path}/withdraw', {'reason': '再撤一次'}, status=422)


def test_a_closed_matter_says_how_it_ended(app: Flask, working: str, browse: Browse) -> None:
    facts = {'result': 'closed', 'closed_at': '2020-09-27T09:00:00+08:00', 'grade': 'B'}
    db.carry_out(engine_of(app), lambda session: instance.change_facts(session, key(working), POSTS['officer'], facts,
                                                                       '核对'))
    page = browse('gz-fgw-liaison').get(working)
    assert '蓝灯' in page.text and '没有逾期' in cells(page)[1] and '申请延期' not in page.text


def test_a_matter_without_a_process_is_still_drawn(app: Flask, browse: Browse) -> None:
    matter_id, = rows(app, {'title': '旧系统迁来的', 'due_at': date(2020, 10, 8), 'deployment_id': 99,
                            'status': 'closed'})
    page = browse('gz-office-officer').get(f'/matter/{matter_id}')
    assert '没有待办' in page.text and not page.all('//figure')


def test_waived_and_reported_shares(app: Flask, browse: Browse) -> None:
    matter_id = register(app, **CO_WORK)
    with db.writing(engine_of(app)) as session:
        session.get(CoUnit, (matter_id, 'sft')).waived = True
        assert history.verify(session, str(matter_id)).whole
    assert '牵头单位不再等' in browse('gz-fgw-liaison').get(f'/matter/{matter_id}').text


PAGES = [('gz-office-officer', '/ledger'), ('gz-office-officer', '{matter}'), ('gz-fgw-liaison', '{matter}'),
         ('gz-office-head', '{matter}/withdraw'), ('gz-office-auditor', '{matter}/trace'),
         ('gz-office-auditor', '/trace'), ('gz-office-head', '/notice'), ('gz-office-officer', '/process'),
         ('gz-office-owner', '/process/matter'),
         ('gz-office-owner', '/process/table/escalation_level'), ('gz-office-head', '/calendar'),
         ('gz-office-owner', '/parameter'), ('gz-office-owner', '/parameter/warning_days'),
         ('gz-office-operator', '/health'), ('gz-office-operator', '/incident')]


def test_both_databases_draw_the_same_pages(engine: Engine, tmp_path: Path) -> None:
    furnish(engine)
    url = engine.url.render_as_string(hide_password=False)
    app = create_app({'DATABASE_URL': url, 'SECRET_KEY': 'k' * 40, 'VAR_DIR': str(tmp_path)})
    matter_id = handled(app, **CO_WORK)
    advance(app, 2020, 11, 3)
    for post in ('officer', 'head', 'auditor', 'owner', 'operator'):
        browser = Browser(app)
        browser.get('/sign-in')
        browser.submit({'username': f'gz-office-{post}', 'password': PASSWORD},
                       form='//form[.//input[@name="password"]]')
        for path in (path for login, path in PAGES if login.endswith(post)):
            browser.get(path.replace('{matter}', f'/matter/{matter_id}'))
        for query in ('q=库&sort=unit', 'status=all&sort=level&down=1', 'lamp=red&sort=stage'):
            browser.get(f'/ledger?{query}')
    browser.get('/readyz', status=503)
    with app.app_context():
        app.extensions['sqlalchemy'].engine.dispose()
