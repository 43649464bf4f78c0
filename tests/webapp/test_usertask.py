"""我的待办 and the form of a task: what is shown, kept, refused, and where it goes."""
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import delete, event, insert, select

from engine import db, history, instance, worker
from engine.directory import Substitute
from engine.history import Actor
from engine.usertask import UserTask
from tests.webapp import matters
from tests.webapp.browser import Browser
from tests.webapp.conftest import NOW
from tests.webapp.test_intake import REGISTER

OFFICER = Actor('省政府办公厅·督查员', 'office', 'officer')
ANSWERS = {key: value for key, value in REGISTER.items() if value}
Browse = Callable[[str], Browser]


def sa_engine(app: Flask) -> Any:
    """The application's engine."""
    with app.app_context():
        return app.extensions['sqlalchemy'].engine


def register(app: Flask, **changed: Any) -> None:
    """A matter that was registered by the officer."""
    db.carry_out(sa_engine(app), lambda session: instance.start(
        session, 'gz', 'matter', OFFICER, answers={'register': {**ANSWERS, **changed}}))


def waiting(app: Flask, name: str) -> str:
    """The address of the only open task of this name."""
    with db.reading(sa_engine(app)) as session:
        open_ones = select(UserTask.id).where(UserTask.name == name, UserTask.state == 'open')
        return f'/tasks/{session.scalars(open_ones).one()}'


def add(app: Flask, like: str, due: dict[str, datetime | None]) -> None:
    """More open tasks beside the one at this address: names and due dates."""
    with db.writing(sa_engine(app)) as session:
        model = session.get(UserTask, UUID(like.rpartition('/')[2]))
        row = {column.name: getattr(model, column.name) for column in UserTask.__table__.columns}
        session.execute(insert(UserTask), [{**row, 'id': uuid4(), 'element': 'x', 'name': name, 'due_at': day}
                                           for name, day in due.items()])


@pytest.fixture
def approval(app: Flask) -> str:
    """The address of 立项审批, which waits for the principal leader."""
    register(app)
    return waiting(app, '立项审批')


@pytest.fixture
def signing(app: Flask) -> str:
    """The address of 签收, which waits for the lead unit's liaison."""
    register(app, has_basis=True)
    return waiting(app, '签收')


@pytest.fixture
def planning(app: Flask, signing: str, browse: Browse) -> str:
    """The address of the list 四合一, after 签收."""
    liaison = browse('gz-fgw-liaison')
    liaison.get(signing)
    liaison.submit()
    with db.reading(sa_engine(app)) as session:
        return f"/tasks/{session.scalars(select(UserTask.id).where(UserTask.element == 'plan')).one()}"


def test_marks_in_a_step_s_name_become_inner_ones(signing: str, browse: Browse) -> None:
    liaison = browse('gz-fgw-liaison')
    liaison.get(signing)
    assert '办“研究部署，报送‘四合一’清单”' in liaison.submit().text


def test_a_step_is_headed_by_its_own_name_for_others_may_share_its_form(app: Flask, approval: str, browse: Browse) -> None:
    leader = browse('gz-gov-principal')
    assert leader.get(approval).h1 == '同意“建立健全重点企业和项目库”立项吗？' and '立项审批 · ' in leader.page.text
    with db.writing(sa_engine(app)) as session:
        task = session.get(UserTask, UUID(approval.rpartition('/')[2]))
        task.form, task.name = 'sign', '再签收一次'
    assert leader.get(approval).h1 == '再签收一次' and '再签收一次' in leader.page.one('//title').text


def test_an_empty_inbox_says_what_is_so(browse: Browse) -> None:
    page = browse('gz-fgw-liaison').get('/tasks')
    assert '都办完了' in page.text and '放假与调休' in page.text
    assert '10月1日至8日放假，9月27日（周日）、10月10日（周六）上班。' in page.text
    assert '还没有办过事项' in browse('gz-fgw-liaison').get('/tasks/done').text


def test_a_task_stands_with_its_matter_and_its_date(signing: str, browse: Browse) -> None:
    page = browse('gz-fgw-liaison').get('/tasks')
    row = page.one('//ul[contains(@class, "tasks")]/li[.//a[@href="%s"]]' % signing)
    assert row.xpath('.//a')[0].text == '签收'
    text = ' '.join(row.text_content().split())
    assert '建立健全重点企业和项目库' in text and 'DB-2020-' in text and '剩1个工作日' in text
    assert row.xpath('.//time/@datetime') and row.xpath('.//*[contains(@class, "lamp")]')


def test_tasks_are_grouped_by_what_is_due(app: Flask, signing: str, browse: Browse) -> None:
    rows = {'超期的': date(2020, 9, 18), '今天的': date(2020, 9, 27), '三天的': date(2020, 9, 30),
            '四天的': date(2020, 10, 9), '长期的': None}
    add(app, signing, {name: day and datetime(day.year, day.month, day.day, 8, tzinfo=timezone.utc)
                       for name, day in rows.items()})
    with db.writing(sa_engine(app)) as session:
        session.execute(delete(UserTask).where(UserTask.element == 'sign'))
    page = browse('gz-fgw-liaison').get('/tasks')
    groups = {part.xpath('./h2')[0].text: [a.text for a in part.xpath('.//ul/li/div/a')]
              for part in page.all('//section[@aria-labelledby][.//ul[contains(@class, "tasks")]/li/div/a]')}
    assert groups == {'已超期': ['超期的'], '3个工作日内': ['今天的', '三天的'], '以后': ['四天的'],
                      '没有期限': ['长期的']}
    assert page.texts('//p[@class="due"]') == ['9月18日 周五 超6个工作日', '9月27日 周日 今天到期', '9月30日 周三 剩3个工作日',
                                               '10月9日 周五 剩4个工作日', '没有期限']
    assert page.texts('//section/h2/small') == ['· 1件', '· 2件', '· 1件', '· 1件']


def test_a_date_among_rest_days_says_which_working_day_is_the_last(app: Flask, signing: str, browse: Browse) -> None:
    liaison = browse('gz-fgw-liaison')
    add(app, signing, {'国庆里到期': datetime(2020, 10, 3, tzinfo=timezone.utc)})
    matters.advance(app, 2020, 9, 30)
    assert '10月3日 周六 最后1个工作日' in liaison.get('/tasks').text
    matters.advance(app, 2020, 10, 2)
    assert '10月3日 周六 没有工作日了' in liaison.get('/tasks').text


def test_an_approval_asks_one_question_and_says_what_follows(approval: str, browse: Browse) -> None:
    leader = browse('gz-gov-principal')
    assert leader.get('/tasks').h1 == '待我批'
    page = leader.get(approval)
    assert page.h1 == '同意“建立健全重点企业和项目库”立项吗？'
    assert '批了以后' in page.text and '起亮黄灯' in page.text and '省发展改革委' in page.text
    buttons = page.all('//div[contains(@class, "bar")]/button')
    assert [button.text for button in buttons] == ['同意立项', '退回修改', '不予立项']
    assert 'go' in buttons[0].get('class') and all('no' in button.get('class') for button in buttons[1:])


def test_a_decision_goes_where_the_page_said(approval: str, browse: Browse) -> None:
    leader = browse('gz-gov-principal')
    leader.get(approval)
    page = leader.submit(press='同意立项')
    assert page.path == '/tasks' and '已提交“立项审批”：同意立项，印发立项通知〔2020〕立项字第1号。现在由省发展改革委·联络员办“签收”。' in page.text
    assert '立项审批' in leader.get('/tasks/done').text
    assert '立项审批' in leader.get(approval).h1 and '同意立项' in leader.page.text


def test_refusing_needs_a_reason(approval: str, browse: Browse) -> None:
    leader = browse('gz-gov-principal')
    leader.get(approval)
    page = leader.submit(press='不予立项', status=422)
    assert page.texts('//*[@role="alert"]//li') == ['选“不予立项”时，请写明批示意见']
    assert page.one('//h2[@id="es"]').text_content() == '还有1处要修改，内容已存为草稿'
    page = leader.submit({'opinion': '依据不足，补充后再报。'}, press='退回修改')
    assert '现在由省政府办公厅·督查员办“拟办登记”' in page.text


def test_who_gets_it_back_is_told_by_whom_and_why(app: Flask, approval: str, browse: Browse) -> None:
    leader, officer = browse('gz-gov-principal'), browse('gz-office-officer')
    leader.get(approval)
    page = leader.submit({'opinion': '接通率怎么算？\n写明公式'}, form='//form[@id="task"]', press='退回修改')
    assert '已提交“立项审批”：退回修改。现在由省政府办公厅·督查员办“拟办登记”。' in page.text
    page = officer.get(waiting(app, '拟办登记'))
    assert '上一步：省政府·主要领导，今天 09:10，“立项审批”' in page.text
    assert page.texts('//div[@class="note"]//dd') == ['接通率怎么算？ 写明公式', '退回修改']


def test_who_approves_again_is_told_what_was_decided_last(app: Flask, approval: str, browse: Browse) -> None:
    leader, officer = browse('gz-gov-principal'), browse('gz-office-officer')
    leader.get(approval)
    leader.submit({'opinion': '写明公式'}, form='//form[@id="task"]', press='退回修改')
    officer.get(waiting(app, '拟办登记'))
    officer.submit(form='//form[@id="task"]', press='提交立项')
    page = leader.get(waiting(app, '立项审批'))
    assert '上一次：省政府·主要领导，今天 09:10，“立项审批”' in page.text
    assert page.texts('//div[@class="note"]//dd') == ['写明公式', '退回修改']


def test_what_follows_a_refusal_says_who_refused_and_why(app: Flask, browse: Browse) -> None:
    matter = matters.handled(app)
    matters.answer(app, matter, 'handle', 'liaison', result_note='项目库已经建成并核对。', progress_percent='100')
    matters.answer(app, matter, 'request', 'liaison', result_report='项目库已经建成并核对。', progress_percent='100')
    officer, liaison = browse('gz-office-officer'), browse('gz-fgw-liaison')
    assert '上一步' not in officer.get(waiting(app, '初审，提出办结意见')).text
    officer.submit({'review_opinion': '清单没有附。'}, form='//form[@id="task"]', press='不予办结')
    page = liaison.get(waiting(app, '继续办理（期限不变）'))
    assert '上一步：省政府办公厅·督查员，今天 09:10，“初审，提出办结意见”' in page.text and '清单没有附。' in page.text


def test_what_the_form_itself_says_of_a_return_is_not_said_above_it_again(app: Flask, browse: Browse) -> None:
    """延期申请退回补充: the form keeps what was lacking; who returned it, and when, is said above."""
    matter = matters.handled(app)
    db.carry_out(sa_engine(app), lambda session: instance.start(session, 'gz', 'extension', matters.POSTS['liaison'],
                                                                matter_id=matter))
    matters.answer(app, matter, 'apply', 'liaison', extension_go='apply', new_due_at='2020-11-30', progress_percent=60,
                   reason='县级数据迟报，需要补报核对。', progress_note='省市两级已建成。')
    matters.answer(app, matter, 'chief_review', 'chief', chief_agrees=True)
    matters.answer(app, matter, 'office_review', 'officer', new_due_at='2020-11-30', office_suggests='return',
                   office_opinion='请附清单：\n\n- 县级\n- 市级')
    page = browse('gz-fgw-liaison').get(waiting(app, '填写延期申请'))
    assert page.text.count('请附清单') == 1 and '督查室退回补充' in page.text
    assert '上一步：省政府办公厅·督查员' in page.text and '退回补充' in page.texts('//div[@class="note"]//dd')


def test_the_last_step_says_that_nothing_is_left_and_the_matter_how_it_was_done(app: Flask, browse: Browse) -> None:
    matter, liaison = matters.handled(app), browse('gz-fgw-liaison')
    matters.answer(app, matter, 'handle', 'liaison', result_note='项目库已经建成并核对。', progress_percent='100')
    matters.answer(app, matter, 'request', 'liaison', result_report='项目库已经建成并核对。', progress_percent='100')
    matters.answer(app, matter, 'review', 'officer', review_ok='true', proposed='B')
    matters.answer(app, matter, 'verify', 'officer', verify_place='贵阳', verify_date='2020-09-27', verify_people='二人',
                   verify_note='属实', verified_ok='true')
    matters.answer(app, matter, 'deputy', 'deputy', proposed='B', deputy_agrees='true')
    head = '//main/p[@class="row"][1]'
    assert '已办结' in liaison.get(f'/matter/{matter}').texts(head)[0]
    liaison.get(waiting(app, '反馈办理结果'))
    page = liaison.submit({'feedback_text': '项目库由投资科长期管理。'}, form='//form[@id="task"]', press='反馈结果')
    assert '已提交“反馈办理结果”。这件事没有别的要办了。' in page.text
    page = liaison.get(f'/matter/{matter}')
    assert '评价：落实较好' in page.text and '已销号' in page.texts(head)[0] and '已办结' not in page.texts(head)[0]
    assert '已销号' in browse('gz-office-auditor').get(f'/matter/{matter}/trace').texts(head)[0]


def test_a_step_done_for_the_first_time_has_nothing_before_it(approval: str, browse: Browse) -> None:
    assert '上一步' not in browse('gz-gov-principal').get(approval).text


def test_pressing_enter_never_decides(approval: str, browse: Browse) -> None:
    first = browse('gz-gov-principal').get(approval).all('//main//form//button')[0]
    assert first.get('name') == 'draft'


def test_a_draft_is_kept_and_comes_back(planning: str, browse: Browse) -> None:
    liaison = browse('gz-fgw-liaison')
    liaison.get(planning)
    page = liaison.submit({'answer': 'accept', 'deploy_note': '已开会研究。'}, press='保存草稿')
    assert page.path == planning and '草稿已保存 09:10' in page.text
    assert page.one('//*[@id="deploy_note"]').text_content().strip() == '已开会研究。'
    assert '草稿' in liaison.get('/tasks').text
    assert '已开会研究' not in browse('gz-fgw-chief').get(planning, status=403).text


def test_the_script_keeps_drafts_too(planning: str, browse: Browse) -> None:
    liaison = browse('gz-fgw-liaison')
    token = liaison.get(planning).all('//main//input[@name="csrf_token"]/@value')[0]
    answer = liaison.client.post(planning, data={'csrf_token': token, 'draft': 'auto', 'deploy_note': '自动存的'})
    assert json.loads(answer.data) == {'saved': '草稿已保存 09:10'}
    assert '自动存的' in liaison.get(planning).answer.text


def test_a_list_gets_another_row_without_a_script(planning: str, browse: Browse) -> None:
    liaison = browse('gz-fgw-liaison')
    page = liaison.get(planning)
    lists = page.all('//*[@data-rows]/@data-rows')
    row = {field: '甲' for field in page.all(f'//*[@data-row="{lists[0]}-0-"]//*[@name]/@name')}
    page = liaison.submit({'answer': 'accept', **row}, press='再加一行')
    assert len(page.all('//*[@data-row]')) == 2


def test_what_is_wrong_is_said_at_the_field(planning: str, browse: Browse) -> None:
    liaison = browse('gz-fgw-liaison')
    liaison.get(planning)
    page = liaison.submit({'answer': 'accept'}, status=422)
    sentences = page.texts('//*[@role="alert"]//li')
    assert '请填写研究部署情况' in sentences
    assert '请填写研究部署情况' in page.one('//*[@id="deploy_note-e"]').text_content()
    assert all(link[1:] in page.all('//@id') for link in page.all('//*[@role="alert"]//a/@href'))


def test_a_text_that_is_too_long_comes_back_whole_with_how_long_it_may_be(approval: str, browse: Browse) -> None:
    leader = browse('gz-gov-principal')
    assert not leader.get(approval).all('//form[@id="task"]//*[@maxlength]'), 'a browser would cut it off without a word'
    page = leader.submit({'opinion': '长' * 5000}, form='//form[@id="task"]', press='退回修改', status=422)
    assert '您写了5000个' in page.text and page.one('//textarea[@name="opinion"]').text.strip() == '长' * 5000


def test_fields_that_nobody_asked_for_are_refused(signing: str, browse: Browse) -> None:
    liaison = browse('gz-fgw-liaison')
    token = liaison.get(signing).all('//main//input[@name="csrf_token"]/@value')[0]
    page = liaison.post(signing, {'csrf_token': token, 'grade': 'A'}, status=422)
    assert '没有“grade”这一项' in page.texts('//*[@role="alert"]//li')[0]


def test_a_form_sent_twice_counts_once(app: Flask, signing: str, browse: Browse) -> None:
    liaison = browse('gz-fgw-liaison')
    liaison.get(signing)
    form = {'handler': '投资科'}
    liaison.submit(form)
    page = liaison.post(signing, form, status=409)
    assert page.h1 == '这一步刚刚已经有人办了' and '省发展改革委·联络员在今天 09:10' in page.text and '投资科' in page.text
    with db.reading(sa_engine(app)) as session:
        assert history.verify(session).whole


def test_two_people_at_the_same_instant(app: Flask, signing: str, browse: Browse) -> None:
    browsers = [browse('gz-fgw-liaison') for _ in range(4)]
    for browser in browsers:
        browser.get(signing)

    def send(browser: Browser) -> int:
        token = browser.page.all('//main//input[@name="csrf_token"]/@value')[0]
        return browser.client.post(signing, data={'csrf_token': token}).status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(send, browsers)) == [303, 409, 409, 409]
    with db.reading(sa_engine(app)) as session:
        assert history.verify(session).whole
        assert len(session.scalars(select(UserTask).where(UserTask.element == 'plan')).all()) == 1


@pytest.mark.parametrize('login', [
    'gz-sft-liaison', 'gz-office-officer', 'gz-gov-principal', 'gz-office-auditor'])
def test_other_posts_neither_see_nor_do_it(signing: str, browse: Browse, login: str) -> None:
    other = browse(login)
    assert '这一步由省发展改革委·联络员办' in other.get(signing, status=403).text
    other.get('/')
    assert '这一步由省发展改革委·联络员办' in other.post(signing, {}, status=403).text


def test_another_government_does_not_learn_that_it_exists(signing: str, browse: Browse) -> None:
    browse('cz-fgw-liaison').get(signing, status=404)
    browse('cz-fgw-liaison').get(f'/tasks/{uuid4()}', status=404)
    browse('cz-fgw-liaison').get('/tasks/42', status=404)


def test_a_closed_task_is_shown_to_those_who_oversee(planning: str, signing: str, browse: Browse) -> None:
    assert '提交的内容' in browse('gz-office-officer').get(signing).text
    assert '提交的内容' in browse('gz-fgw-chief').get(signing).text
    browse('gz-sft-liaison').get(signing, status=403)


def test_a_substitute_acts_for_the_post(app: Flask, signing: str, browse: Browse) -> None:
    with db.writing(sa_engine(app)) as session:
        session.add(Substitute(tenant='gz', unit='fgw', post='liaison', by_unit='fgw', by_post='chief',
                               first_day=date(2020, 9, 27), last_day=date(2020, 9, 27)))
    chief = browse('gz-fgw-chief')
    assert '代省发展改革委·联络员' in chief.get('/tasks').text
    chief.get(signing)
    chief.submit()
    assert '省发展改革委·单位负责人 代 省发展改革委·联络员' in chief.get(signing).text


def test_what_was_handed_on_is_shown_as_waiting(approval: str, browse: Browse) -> None:
    leader = browse('gz-gov-principal')
    leader.get(approval)
    page = leader.submit(press='同意立项')
    assert '等别人办的' in page.text and '签收，等省发展改革委·联络员办' in page.text
    leader.post('/language', {'language': 'en'})
    said = leader.get('/tasks').texts('//section[contains(., "Waiting for others")]//li')[0]
    assert '签收, waiting for 省发展改革委·联络员 ' in said and ' action' not in said and 'at the latest, ' in said


def test_more_waiting_tasks_than_are_listed_are_counted(app: Flask, approval: str, browse: Browse) -> None:
    leader = browse('gz-gov-principal')
    leader.get(approval)
    leader.submit(press='同意立项')
    add(app, waiting(app, '签收'), {f'签收{n}': None for n in range(5)})
    assert '6件，列出最急的5件' in leader.get('/tasks').text


def test_a_step_that_opens_nothing_names_who_is_still_at_work(app: Flask, browse: Browse) -> None:
    matters.handled(app, co_units=['sft'], co_due_at='2020-10-15', co_duty='提供法规目录。')
    helper = browse('gz-sft-liaison')
    helper.get(waiting(app, '协办签收'))
    helper.submit()
    helper.get(waiting(app, '办理并报送协办结果'))
    page = helper.submit({'co_result': '目录已提供。'})
    assert '已提交“办理并报送协办结果”。还在等：省发展改革委·联络员办“组织承办”。' in page.text


def test_a_long_inbox_comes_in_pages_and_few_statements(app: Flask, signing: str, browse: Browse) -> None:
    add(app, signing, {f'任务{n}': NOW + timedelta(days=n) for n in range(1, 40)})
    liaison = browse('gz-fgw-liaison')
    liaison.get('/tasks')
    statements: list[str] = []
    event.listen(sa_engine(app), 'before_cursor_execute', lambda *args: statements.append(args[2]))
    page = liaison.get('/tasks')
    assert '待我办 40' in page.text and len(page.all('//p[@class="due"]')) == 15
    assert len(statements) <= 14
    last = liaison.get('/tasks?page=3')
    assert '任务39' in last.text and last.one('//nav[@class="pager"]//a[@aria-current]').text == '3'
    assert liaison.get('/tasks?page=99').text == last.text and liaison.get('/tasks?page=x').text == page.text
    with sa_engine(app).connect() as connection:
        walk = next(sql for sql in statements if 'FROM inbox' in sql and 'LIMIT' in sql)
        if connection.dialect.name == 'sqlite':                            # PostgreSQL reads so few rows in any order
            plan = connection.exec_driver_sql(f'EXPLAIN QUERY PLAN {walk}', ('0' * 32,) * walk.count('?')).all()
            assert any('COVERING INDEX inbox_list' in row[3] for row in plan)


def test_the_clock_bar_moves_the_demo(app: Flask, signing: str, browse: Browse) -> None:
    officer = browse('gz-office-officer')
    page = officer.get('/tasks')
    assert '2020年9月27日 周日（调休上班）09:10' in ' '.join(page.one('//aside[@class="clock"]').text_content().split())
    page = officer.submit(form='//aside//form', press='前进1个工作日')
    assert page.path == '/tasks' and '时钟走到2020年9月28日 周一 09:10' in page.text
    assert not browse('gz-fgw-liaison').get('/tasks').all('//aside[@class="clock"]//form')
    officer.submit(form='//aside//form', press='前进到下一个到期')
    with db.reading(sa_engine(app)) as session:
        assert worker.last_beat(session) is None and history.verify(session).whole


def test_messages_of_the_post_are_listed_and_read(signing: str, browse: Browse) -> None:
    liaison = browse('gz-fgw-liaison')
    assert '消息 1' in liaison.get('/tasks').texts('//nav[@class="tabs"]//a')
    page = liaison.get('/messages')
    assert '立项通知' in page.text and '未读' in page.text and page.all('//main//li//a[contains(@href, "/matter/")]')
    assert '消息都记为已读' in liaison.submit().text and '未读' not in liaison.page.texts('//main//li')[0]
    assert '还没有消息' in browse('gz-sft-liaison').get('/messages').text
