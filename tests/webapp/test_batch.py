"""一起办: several of the same step with one answer, each a step of its own; and what the page says afterwards."""
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from engine import assignment, db, history, instance
from engine.history import Event
from engine.ledger import Matter
from engine.usertask import UserTask
from tests.webapp import matters
from tests.webapp.browser import Browser

Browse = Callable[[str], Browser]


def waiting(app: Flask, *names: str) -> list[str]:
    """The ids of the open tasks with these names, in the order in which they are due."""
    with db.reading(matters.engine_of(app)) as session:
        found = select(UserTask.id).where(UserTask.name.in_(names), UserTask.state == 'open').order_by(UserTask.due_at, UserTask.id)
        return [str(key) for key in session.scalars(found)]


@pytest.fixture
def three(app: Flask) -> list[str]:
    """Three matters that the liaison is to sign for."""
    for title in ('粮食收购', '森林防火', '公租房分配'):
        matters.register(app, title=title)
    return waiting(app, '签收')


def test_one_alone_has_no_box_to_tick(app: Flask, three: list[str], browse: Browse) -> None:
    clerk = browse('gz-fgw-liaison')
    assert len(clerk.get('/tasks').all('//input[@name="task"]')) == 3
    for key in three[:2]:
        clerk.get(f'/tasks/{key}')
        clerk.submit()
    page = clerk.get('/tasks?step=签收')
    assert len(page.all('//li[@data-task]')) == 1
    assert not page.all('//input[@name="task"]') and '一起办选中的' not in page.text


def ask(clerk: Browser, keys: list[str]) -> None:
    """Tick these and press the button below the list."""
    clerk.get('/tasks/batch?' + '&'.join(f'task={key}' for key in keys))


def test_several_are_signed_for_at_once(app: Flask, three: list[str], browse: Browse) -> None:
    clerk = browse('gz-fgw-liaison')
    page = clerk.get('/tasks')
    assert sorted(page.all('//input[@name="task"]/@value')) == sorted(three)
    ask(clerk, three[:2])
    assert clerk.page.h1 == '一起办“签收”：2件'
    page = clerk.submit({'handler': '粮食处'})
    assert page.h1 == '“签收”办成2件'
    with db.reading(matters.engine_of(app)) as session:
        rows = [session.get(UserTask, UUID(key)) for key in three]
        assert [row.state for row in rows] == ['done', 'done', 'open']
        assert [row.answer['handler'] for row in rows[:2]] == ['粮食处', '粮食处']
        done = select(func.count()).where(Event.kind == 'task.completed', Event.element == 'sign')
        assert session.scalar(done) == 2 and history.verify(session).whole


def test_one_that_does_not_go_does_not_hold_the_others(app: Flask, three: list[str], browse: Browse) -> None:
    clerk = browse('gz-fgw-liaison')
    ask(clerk, three)
    db.carry_out(matters.engine_of(app), lambda session: instance.complete(
        session, UUID(three[1]), matters.POSTS['liaison'], {}))
    page = clerk.submit()
    assert page.h1 == '“签收”办成2件，1件没有办成' and '已经办过了' in page.text


def test_one_that_was_handed_on_meanwhile_is_said_with_the_others(app: Flask, three: list[str], browse: Browse) -> None:
    clerk = browse('gz-fgw-liaison')
    ask(clerk, three)
    with db.writing(matters.engine_of(app)) as session:
        session.get(UserTask, UUID(three[1])).post = 'chief'
    page = clerk.submit()
    assert page.h1 == '“签收”办成2件，1件没有办成' and '现在由省发展改革委·单位负责人办' in page.text


def test_one_of_a_matter_that_is_closed_to_the_reader_by_now_does_not_hold_the_others(
        app: Flask, three: list[str], browse: Browse) -> None:
    clerk = browse('gz-fgw-liaison')
    ask(clerk, three)
    with db.writing(matters.engine_of(app)) as session:
        task = session.get(UserTask, UUID(three[1]))
        task.unit, gone = 'sft', session.get(Matter, task.matter_id)
        gone.lead_unit, title = 'sft', gone.title
    page = clerk.submit()
    assert page.h1 == '“签收”办成2件，1件没有办成' and '现在由省司法厅·联络员办' in page.text
    assert title not in page.text, 'it is not told what it is about'
    assert not page.all(f'//a[contains(@href, "{three[1]}")]')
    assert clerk.get(f'/tasks/batch?task={three[1]}', status=403).h1 == '这个岗位不能办'


def test_one_that_the_reader_had_begun_and_lost_is_named_with_the_others(
        app: Flask, three: list[str], browse: Browse) -> None:
    clerk = browse('gz-fgw-liaison')
    clerk.get(f'/tasks/{three[1]}')
    clerk.submit(press='保存草稿')
    ask(clerk, three)
    with db.writing(matters.engine_of(app)) as session:
        task = session.get(UserTask, UUID(three[1]))
        gone = session.get(Matter, task.matter_id)
        task.unit = gone.lead_unit = 'sft'
        title = gone.title
    page = clerk.submit()
    assert page.h1 == '“签收”办成2件，1件没有办成' and '现在由省司法厅·联络员办' in page.text and title in page.text
    assert '这一步不在您手里了' in clerk.get(f'/tasks/{three[1]}', status=409).text


def test_no_task_of_too_many_is_left_out_in_silence(three: list[str], browse: Browse) -> None:
    clerk = browse('gz-fgw-liaison')
    keys = '&'.join(f'task={uuid4()}' for _ in range(51))
    assert '一次最多一起办50件，选了51件' in clerk.get(f'/tasks/batch?{keys}', status=422).text


def test_different_steps_are_not_mixed(app: Flask, three: list[str], browse: Browse) -> None:
    clerk = browse('gz-fgw-liaison')
    clerk.get(f'/tasks/{three[0]}')
    clerk.submit()
    plan = waiting(app, '研究部署，报送“四合一”清单')
    ask(clerk, [*three[1:], *plan])
    assert clerk.page.h1 == '一起办“签收”：2件' and '流程图没有允许这一步一起办，请单独办' in clerk.page.text
    ask(clerk, plan)
    assert clerk.page.h1 == '没有可以一起办的'
    ask(clerk, [])
    assert '还没有选' in clerk.page.text


def test_several_are_approved_with_the_same_opinion(app: Flask, browse: Browse) -> None:
    for title in ('农村饮水安全', '老旧小区改造'):
        matter = matters.handled(app, title=title)
        liaison = browse('gz-fgw-liaison')
        liaison.get(f'/matter/{matter}')
        liaison.submit(press='申请延期')
    for key in waiting(app, '填写延期申请'):
        db.carry_out(matters.engine_of(app), lambda session, key=key: instance.complete(
            session, UUID(key), matters.POSTS['liaison'],
            {'extension_go': 'apply', 'reason': '上级政策调整，需要重新测算。', 'new_due_at': '2020-11-20', 'progress_percent': 50,
             'progress_note': '已完成一半。'}))
    chief = browse('gz-fgw-chief')
    ask(chief, waiting(app, '单位负责人审核'))
    assert '请选' in chief.submit(status=422).texts('//*[@role="alert"]//li')[0]
    page = chief.submit({'chief_opinion': '情况属实。'}, press='同意上报')
    assert page.h1 == '“单位负责人审核”办成2件'


@pytest.mark.parametrize(('login', 'status'), [('gz-sft-liaison', 403), ('cz-fgw-liaison', 404)])
def test_others_cannot(three: list[str], browse: Browse, login: str, status: int) -> None:
    other = browse(login)
    other.get('/tasks')
    other.get(f'/tasks/batch?task={three[0]}', status=status)
    other.get('/')
    other.post('/tasks/batch', {'task': three}, status=status)


def test_an_opinion_is_given_by_itself(app: Flask, three: list[str], browse: Browse) -> None:
    with db.reading(matters.engine_of(app)) as session:
        plan = assignment.ask(session, UUID(three[0]), 'sft/liaison', 'beside', matters.POSTS['liaison'], '请看')
    with db.writing(matters.engine_of(app)) as session:
        plan.flush(session)
    [opinion] = waiting(app, '对“签收”提意见')
    other = browse('gz-sft-liaison')
    assert not other.get('/tasks').all('//input[@name="task"]')
    assert '是请您提意见，请单独答复' in other.get(f'/tasks/batch?task={opinion}').text


def test_what_is_no_task_is_not_found(browse: Browse) -> None:
    clerk = browse('gz-fgw-liaison')
    clerk.get('/tasks/batch?task=x', status=404)
    clerk.get(f'/tasks/batch?task={uuid4()}', status=404)
