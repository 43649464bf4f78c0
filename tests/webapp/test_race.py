"""Two who write at the same instant: one result, or a sentence for who came second; nothing double, nothing lost.

One has done his part and not committed it yet when the other sends his page. On PostgreSQL the other is let in at once.
"""
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select

from engine import (breakdown, circulation, clock, comment, contact, coverage, db, deployment, directory, export, incident,
                    intervention, milestone, phrase, roster, savedview, sharing, sheet, substitution, upsert, usertask,
                    worker)
from engine.contact import Contact
from engine.coverage import Marks, Proof
from engine.directory import Account, Substitute
from engine.errors import Refused
from engine.export import Export
from engine.history import Actor, Event
from engine.incident import Incident
from engine.outbox import Line, line
from engine.roster import AccountEntry, PostEntry, UnitEntry
from engine.savedview import Holder, SavedView
from engine.upload import Upload
from tests.engine.race import meanwhile
from tests.webapp.browser import Browser
from tests.webapp.matters import POSTS, advance, engine_of, handled
from tests.webapp.test_breakdown import handed_in
from tests.webapp.test_circulation import task_of, working
from tests.webapp.test_contact import ADDRESS, entered, waited
from tests.webapp.test_directory import change, told
from tests.webapp.test_incident import failed
from tests.webapp.test_milestone import planned
from tests.webapp.test_roster import GOOD, UNITS, book, send
from tests.webapp.test_savedview import LATE, keep
from tests.webapp.test_substitute import ask

__all__ = ['failed', 'planned', 'working']

Browse = Callable[[str], Browser]
TODAY, LAST = date(2020, 9, 27), date(2020, 9, 30)
OWNER = Actor('省政府办公厅·流程管理员', 'office', 'owner')
LIAISON, CHIEF = ('fgw', 'liaison'), ('fgw', 'chief')
CZT = UnitEntry('czt', '省财政厅', '部门')


@pytest.fixture
def engine(app: Flask) -> Engine:
    return engine_of(app)


@pytest.fixture
def owner(browse: Browse) -> Browser:
    return browse('gz-office-owner')


@pytest.fixture
def liaison(browse: Browse) -> Browser:
    return browse('gz-fgw-liaison')


def at_once(engine: Engine, first: Callable[[Any], Any], second: Callable[[], Any]) -> Any:
    """The first has acted in a session that is not committed when the second acts; what came of the second."""
    with db.writing(engine) as session, meanwhile(engine, second) as other:
        first(session)
    return other()


def count(engine: Engine, table: Any, *where: Any) -> int:
    with db.reading(engine) as session:
        return session.scalar(select(func.count()).select_from(table).where(*where))


def account(engine: Engine, login: str) -> int:
    with db.reading(engine) as session:
        return session.scalar(select(Account.id).where(Account.login == login))


# -- 代办 -------------------------------------------------------------------------------------------------------------


def puts(asked: tuple[str, str], by: tuple[str, str]) -> Callable[[Any], Substitute]:
    return lambda session: substitution.put(
        session, directory.tenant(session, 'gz'), POSTS['liaison'], asked, by, TODAY, LAST, TODAY)


def test_two_who_ask_each_other_to_stand_in_make_no_circle(engine: Engine, browse: Browse) -> None:
    chief = browse('gz-fgw-chief')
    assert '不能绕圈代办' in at_once(engine, puts(LIAISON, CHIEF), lambda: ask(chief, 'fgw/liaison', status=422))
    assert count(engine, Substitute) == 1


def test_a_post_has_one_substitute(engine: Engine, liaison: Browser) -> None:
    assert '已经请省发展改革委·单位负责人代办' in at_once(
        engine, puts(LIAISON, CHIEF), lambda: ask(liaison, 'sft/liaison', status=422))
    assert count(engine, Substitute) == 1


def test_a_substitution_ends_once(app: Flask, engine: Engine, liaison: Browser) -> None:
    ask(liaison, 'fgw/chief')
    with db.reading(engine) as session:
        number = session.scalar(select(Substitute.id))
    assert '已经结束了' in at_once(
        engine, lambda session: substitution.end(session, directory.tenant(session, 'gz'), POSTS['liaison'], number,
                                                 datetime(2020, 9, 27, 2, tzinfo=timezone.utc)),
        lambda: liaison.post(f'/substitutes/{number}/end', status=422).text)
    assert len(told(app, 'substitute.ended')) == 1


# -- 机构 -------------------------------------------------------------------------------------------------------------


def added(owner: Browser) -> str:
    owner.get('/directory/new')
    return owner.submit({'code': 'czt', 'name': '省财政局', 'kind': '部门'}, form='//main//form', status=422).text


def test_a_code_is_given_to_one_unit(engine: Engine, owner: Browser) -> None:
    assert '单位代码“czt”已经给了省财政厅，请换一个' in at_once(
        engine, lambda session: roster.add_unit(session, 'gz', OWNER, CZT), lambda: added(owner))


def test_two_units_do_not_come_to_stand_above_each_other(engine: Engine, owner: Browser) -> None:
    below = UnitEntry('fgw', '省发展改革委', '部门', parent='sft')
    assert '上级单位绕了一圈' in at_once(engine, lambda session: roster.change_unit(session, 'gz', OWNER, below),
                                lambda: change(owner, 'sft', 422, parent='fgw'))


def test_a_unit_that_is_closed_gets_no_post(engine: Engine, owner: Browser) -> None:
    closed = UnitEntry('sft', '省司法厅', '部门', valid_to=date(2020, 9, 26))
    owner.get('/directory/unit/sft')
    assert '已经停用，不能再加岗位和账号' in at_once(
        engine, lambda session: roster.change_unit(session, 'gz', OWNER, closed),
        lambda: owner.post('/directory/unit/sft/post', {'post': 'deputy'}, status=422).text)


def test_a_post_that_two_set_up_is_one(engine: Engine, owner: Browser) -> None:
    owner.get('/directory/unit/sft')
    at_once(engine, lambda session: roster.add_post(session, 'gz', OWNER, PostEntry('sft', 'deputy', '副职'), TODAY),
            lambda: owner.post('/directory/unit/sft/post', {'post': 'deputy', 'name': '分管领导'}))
    assert count(engine, directory.Post, directory.Post.post == 'deputy', directory.Post.unit == 'sft') == 1


@pytest.mark.parametrize('tenant', ['gz', 'cz'])
def test_a_login_name_is_given_once_in_all_governments(engine: Engine, owner: Browser, tenant: str) -> None:
    owner.get('/directory/unit/sft')
    entry = AccountEntry('sft', 'liaison', 'sft-new')
    assert '登录名“sft-new”已经有了' in at_once(
        engine, lambda session: roster.add_account(session, tenant, OWNER, entry, TODAY),
        lambda: owner.post('/directory/unit/sft/account', {'post': 'liaison', 'login': 'sft-new'}, status=422).text)
    assert count(engine, Account, Account.login == 'sft-new') == 1


def test_a_workbook_is_entered_once(app: Flask, engine: Engine, owner: Browser) -> None:
    content = book([UNITS, *GOOD])
    send(owner, content)
    sheets = sheet.read(Upload('机构.xlsx', 'xlsx', content))
    answer = at_once(engine, lambda session: roster.put(session, 'gz', OWNER, sheets, TODAY, {}),
                     lambda: owner.post('/directory/import/preview', {'rows': 'all'}, status=422).text)
    assert '没有可以导入的行' in answer and len(told(app, 'roster.imported')) == 1


def test_of_two_workbooks_sent_at_once_the_later_is_looked_at(engine: Engine, owner: Browser) -> None:
    mine, content = account(engine, 'gz-office-owner'), book([UNITS, *GOOD])
    at_once(engine, lambda session: roster.hold(session, mine, Upload('旧.xlsx', 'xlsx', content), clock.utcnow()),
            lambda: send(owner, content, '新.xlsx'))
    assert '新.xlsx' in owner.get('/directory/import/preview').text


# -- one's own: 常用意见, 存好的筛选, 接收提醒, 导出, 草稿 ------------------------------------------------------------------


def test_a_phrase_is_kept_once(engine: Engine, liaison: Browser) -> None:
    mine = account(engine, 'gz-fgw-liaison')
    liaison.get('/phrases')
    assert '已经有“同意。”' in at_once(engine, lambda session: phrase.add(session, mine, '同意。'),
                                 lambda: liaison.post('/phrases', {'text': '同意。'}, status=422).text)


def test_phrases_that_are_moved_twice_keep_an_order(engine: Engine, liaison: Browser) -> None:
    mine = account(engine, 'gz-fgw-liaison')
    with db.writing(engine) as session:
        keys = [phrase.add(session, mine, text).id for text in '甲乙丙']
    liaison.get('/phrases')
    at_once(engine, lambda session: phrase.move(session, mine, keys[0], 1),
            lambda: liaison.post(f'/phrases/{keys[0]}', {'do': 'down'}))
    assert liaison.get('/phrases').all('//li//input[@name="text"]/@value') == ['乙', '丙', '甲']


def holder(engine: Engine) -> Holder:
    return Holder('gz', account(engine, 'gz-fgw-liaison'), *LIAISON)


def test_a_view_of_one_name_is_one_view(engine: Engine, liaison: Browser) -> None:
    mine = holder(engine)
    at_once(engine, lambda session: savedview.save(session, mine, 'tasks', '红灯', 'lamp=red', clock.utcnow()),
            lambda: keep(liaison, LATE, '红灯'))
    with db.reading(engine) as session:
        assert session.scalars(select(SavedView.query)).all() == ['lamp=red&sort=new']


@pytest.fixture
def view(engine: Engine, liaison: Browser) -> str:
    """The address of a view that this account has kept."""
    keep(liaison, LATE, '红灯')
    liaison.get('/views')
    with db.reading(engine) as session:
        return f'/views/tasks/{session.scalar(select(SavedView.id))}'


def key(address: str) -> int:
    return int(address.rpartition('/')[2])


def test_one_begins_with_a_view_that_one_chose_twice(engine: Engine, liaison: Browser, view: str) -> None:
    mine = holder(engine)
    assert '先看“红灯”' in at_once(engine, lambda session: savedview.begin_with(session, mine, 'tasks', key(view)),
                               lambda: liaison.post(view, {'act': 'begin'}).text)


@pytest.mark.parametrize('act', ['begin', 'rename', 'up', 'remove'])
def test_a_view_that_was_deleted_is_gone(engine: Engine, liaison: Browser, view: str, act: str) -> None:
    mine = holder(engine)
    assert '可能已经删掉了' in at_once(engine, lambda session: savedview.remove(session, mine, key(view)),
                                lambda: liaison.post(view, {'act': act, 'name': '别的'}).text)


def test_who_begins_with_a_view_that_is_deleted_begins_with_all(engine: Engine, liaison: Browser, view: str) -> None:
    mine = holder(engine)
    assert '删掉了“红灯”' in at_once(engine, lambda session: savedview.begin_with(session, mine, 'tasks', key(view)),
                               lambda: liaison.post(view, {'act': 'remove'}).text)
    liaison.get('/tasks')


@pytest.mark.parametrize('again', [False, True])
def test_one_code_is_sent_in_a_minute(app: Flask, engine: Engine, liaison: Browser, again: bool) -> None:
    if again:
        entered(liaison)
        waited(app)
    mine = account(engine, 'gz-fgw-liaison')
    liaison.get('/contact')
    assert '请过一分钟再要' in at_once(
        engine, lambda session: contact.enter(session, session.get(Account, mine), 'mail', ADDRESS, ['task'],
                                              POSTS['liaison']),
        lambda: liaison.post('/contact/mail', {'do': 'enter', 'address': ADDRESS, 'kind': 'task'}, status=422).text)
    assert count(engine, Contact) == 1


@pytest.mark.parametrize('act', ['choose', 'erase'])
def test_an_address_that_was_forgotten_is_gone(app: Flask, engine: Engine, liaison: Browser, act: str) -> None:
    entered(liaison)
    mine = account(engine, 'gz-fgw-liaison')
    at_once(engine, lambda session: contact.erase(session, mine, 'mail', POSTS['liaison']),
            lambda: liaison.post('/contact/mail', {'do': act, 'kind': 'due'}, status=404))
    assert count(engine, Event, Event.kind == 'contact.changed') == 2


def test_three_exports_at_a_time_are_three(engine: Engine, browse: Browse, app: Flask) -> None:
    handled(app)
    officer, asked = browse('gz-office-officer'), account(engine, 'gz-office-officer')
    actor = Actor('省政府办公厅·督查员', 'office', 'officer', asked)

    def begin(session: Any) -> None:
        export.begin(session, 'gz', actor, 'ledger', '台账', '台账.xlsx', '')
    for _ in range(export.MOST - 1):
        with db.writing(engine) as session:
            begin(session)
    officer.get('/ledger')
    assert '您已经有3个导出在做' in at_once(engine, begin, lambda: officer.post('/export/ledger', status=422).text)
    assert count(engine, Export) == export.MOST


def test_of_a_draft_that_two_windows_keep_the_later_stays(
        app: Flask, engine: Engine, liaison: Browser, working: str) -> None:
    mine, address = account(engine, 'gz-fgw-liaison'), task_of(app, working)
    task = UUID(address.rpartition('/')[2])
    liaison.get(address)
    at_once(engine, lambda session: usertask.save_draft(session, task, mine, {'progress_text': '一'}, clock.utcnow()),
            lambda: liaison.post(address, {'draft': 'auto', 'progress_text': '二'}))
    with db.reading(engine) as session:
        assert usertask.draft_of(session, task, mine).answer['progress_text'] == '二'


# -- beside a matter --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(('first', 'where', 'given'), [
    ('comment', 'comments', {'text': '第二句'}), ('copy', 'copy', {'to': 'sft/chief'}),
    ('comment', 'copy', {'to': 'sft/chief'})])
def test_two_who_write_beside_a_matter_do_not_stand_in_each_others_way(
        engine: Engine, liaison: Browser, working: str, monkeypatch: pytest.MonkeyPatch, first: str, where: str,
        given: dict[str, str]) -> None:
    """The second comes when the first has written his row and not yet its event."""
    matter, record, others = UUID(working.rpartition('/')[2]), comment.history.record_matter, []
    liaison.get(f'{working}/{where}')

    def after_the_second(session: Any, *told: Any, **place: Any) -> None:
        if not others:
            with meanwhile(engine, lambda: liaison.post(f'{working}/{where}', given)) as other:
                others.append(other)
        record(session, *told, **place)
    monkeypatch.setattr(comment.history, 'record_matter', after_the_second)
    with db.writing(engine) as session:
        if first == 'comment':
            comment.write(session, matter, POSTS['officer'], '第一句')
        else:
            circulation.send(session, matter, POSTS['officer'], ['sft/liaison'])
    assert others[0]().status == 200


def test_one_answers_a_comment_while_it_is_taken_back(
        engine: Engine, liaison: Browser, working: str, monkeypatch: pytest.MonkeyPatch) -> None:
    matter, record, others = UUID(working.rpartition('/')[2]), comment.history.record_matter, []
    with db.writing(engine) as session:
        said = comment.write(session, matter, POSTS['officer'], '问一句').id
    liaison.get(f'{working}/comments')

    def after_the_second(session: Any, *told: Any, **place: Any) -> None:
        if not others:
            answer = {'text': '答', 'reply': said.hex}
            with meanwhile(engine, lambda: liaison.post(f'{working}/comments', answer, status=422)) as other:
                others.append(other)
        record(session, *told, **place)
    monkeypatch.setattr(comment.history, 'record_matter', after_the_second)
    with db.writing(engine) as session:
        comment.withdraw(session, said, POSTS['officer'])
    assert '刚刚撤回了，不能回复' in others[0]().text


def test_a_copy_is_read_once(app: Flask, engine: Engine, browse: Browse, working: str) -> None:
    matter, reader = UUID(working.rpartition('/')[2]), browse('gz-sft-liaison')
    with db.writing(engine) as session:
        circulation.send(session, matter, POSTS['officer'], ['sft/liaison'])
        sent = session.scalar(select(circulation.Circulation.id))
    at_once(engine, lambda session: circulation.read(session, sent, [('sft', 'liaison')],
                                                     Actor('省司法厅·联络员', 'sft', 'liaison')),
            lambda: reader.get(f'/copies/{sent}'))
    assert len(told(app, 'copy.read')) == 1


def test_a_milestone_is_taken_back_once(app: Flask, engine: Engine, liaison: Browser, planned: UUID) -> None:
    liaison.get(f'/matter/{planned}')
    page = liaison.submit(form='//section[@aria-labelledby="plan"]//form', press='记为完成')
    row = page.one('//section[@aria-labelledby="plan"]//form[.//button[.="撤回完成"]]')
    address, sent = row.get('action'), dict(row.form_values())
    with db.reading(engine) as session:
        done = session.scalars(select(milestone.Reached)).one()
    one = milestone.Milestone(done.task_id, done.position, '建库', None, {})
    at_once(engine, lambda session: milestone.reopen(session, planned, one, POSTS['liaison']),
            lambda: liaison.post(address, {**sent, 'act': 'reopen'}, status=404))
    assert len(told(app, 'milestone.reopened')) == 1


# -- 故障, 时钟, 画稿 ----------------------------------------------------------------------------------------------------


def test_two_workers_that_fail_alike_open_one_incident(engine: Engine, app: Flask) -> None:
    matter = handled(app)
    with db.reading(engine) as session:
        row = session.scalars(select(incident.instance.Instance).where(
            incident.instance.Instance.matter_id == matter, incident.instance.Instance.process == 'escalation')).one()
    broken = incident.Broken('没有一行适用', element='level_1')
    at_once(engine, lambda session: incident._written(session, broken, 'gz', 'fire', row.id),
            lambda: incident.open_(engine, broken, tenant_id='gz', verb='fire', instance_id=row.id))
    with db.reading(engine) as session:
        assert [one.tries for one in session.scalars(select(Incident))] == [2]


def test_an_incident_that_two_retry_is_resolved_once(
        app: Flask, failed: int, browse: Browse, monkeypatch: pytest.MonkeyPatch) -> None:
    operator, fire, met = browse('gz-office-operator'), incident.instance.fire, []
    operator.get(f'/incident/{failed}')

    def after_the_second(session: Any, instance_id: UUID) -> Any:
        if not met:
            met.append(True)
            met.append(incident.retry(engine_of(app), failed, POSTS['officer']))
        return fire(session, instance_id)
    monkeypatch.setattr(incident.instance, 'fire', after_the_second)
    operator.post(f'/incident/{failed}/retry')
    assert len(met) == 2 and len(told(app, 'incident.resolved')) == 1


def test_the_clock_is_not_put_back_by_who_was_slower(
        app: Flask, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    drain, met = worker.drain, []

    def after_the_second(engine: Engine, tenant_id: str | None = None, said: Any = None) -> int:
        if not met:
            met.append(True)
            advance(app, 2020, 10, 10)
        return drain(engine, tenant_id, said)
    monkeypatch.setattr(worker, 'drain', after_the_second)
    with pytest.raises(Refused, match='时钟只能往前走'):
        advance(app, 2020, 9, 28)
    with db.reading(engine) as session:
        assert clock.now(directory.tenant(session, 'gz')) == datetime(2020, 10, 10, 2, tzinfo=timezone.utc)


def test_the_clock_is_not_set_back_by_who_was_slower(engine: Engine) -> None:
    day = datetime(2020, 10, 10, tzinfo=timezone.utc)

    def second() -> str:
        with pytest.raises(Refused) as refusal:
            worker.set_clock(engine, 'gz', day - timedelta(days=5), POSTS['officer'])
        return refusal.value.said

    def first(session: Any) -> None:
        directory.alone(session, 'gz').virtual_at = day
        session.flush()
    assert '只能往前走' in at_once(engine, first, second)


def test_how_a_story_came_out_is_written_by_two(engine: Engine) -> None:
    def tell(session: Any) -> None:
        coverage.keep(session, 'gz', 'hash', 'a.story', Marks(), None)

    def again() -> None:
        with db.writing(engine) as session:
            tell(session)
    at_once(engine, tell, again)
    assert count(engine, Proof) == 1


def test_two_workers_begin_at_once(engine: Engine) -> None:
    at_once(engine, lambda session: upsert.put(session, worker.Heartbeat, name='worker', at=clock.utcnow()),
            lambda: worker.beat(engine))
    assert count(engine, worker.Heartbeat) == 1


def test_two_couriers_send_by_a_channel_for_the_first_time(engine: Engine) -> None:
    def sent() -> None:
        with db.writing(engine) as session:
            line.works(session, 'mail')
    at_once(engine, lambda session: line.works(session, 'mail'), sent)
    assert count(engine, Line) == 1


def test_two_governments_keep_the_same_new_file(engine: Engine) -> None:
    given = {'neu.form': b'{}'}

    def kept() -> dict[str, str]:
        with db.writing(engine) as session:
            found = deployment.store(session, given)
            session.flush()
            return found

    def first(session: Any) -> None:
        deployment.store(session, given)
        session.flush()
    assert at_once(engine, first, kept).keys() == given.keys()


# -- 批量立项, 流程 -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize('verb', ['discard', 'cancel', 'result'])
def test_a_breakdown_that_was_thrown_away_is_gone(engine: Engine, browse: Browse, verb: str) -> None:
    officer = browse('gz-office-officer')
    address = handed_in(officer).path
    mine = account(engine, 'gz-office-officer')
    at_once(engine, lambda session: breakdown.discard(session, breakdown.locked(session, 'gz', mine, key(address))),
            lambda: officer.post(f'{address}/{verb}', status=404))
    assert count(engine, breakdown.Breakdown) == 0


def test_a_code_is_given_to_one_government(engine: Engine, browse: Browse) -> None:
    operator = browse('gz-office-operator')
    operator.get('/tenants')

    def first(session: Any) -> None:
        session.add(directory.Tenant(id='zx', name='某县', level='县', covered_until=LAST))
        session.flush()
    assert '代码“zx”已经有政府用了' in at_once(engine, first, lambda: operator.post(
        '/tenants', {'code': 'zx', 'name': '另一个', 'level': '县'}, status=422).text)


def test_a_process_is_suspended_once(app: Flask, engine: Engine, browse: Browse) -> None:
    def suspend(session: Any) -> None:
        intervention.suspend_process(session, 'gz', 'matter', OWNER, '机构改革')

    def second() -> str:
        with pytest.raises(Refused) as refusal, db.writing(engine) as session:
            suspend(session)
        return refusal.value.said
    assert '已经暂停了' in at_once(engine, suspend, second)
    assert len(told(app, 'process.suspended')) == 1


@pytest.mark.parametrize('verb', ['follow', 'unfollow'])
def test_a_government_begins_and_ends_to_follow_once(app: Flask, engine: Engine, verb: str) -> None:
    def act(session: Any) -> None:
        getattr(sharing, verb)(session, directory.tenant(session, 'gz'), OWNER)

    def second() -> str:
        with pytest.raises(Refused) as refusal, db.writing(engine) as session:
            act(session)
        return refusal.value.said
    with db.writing(engine) as session:
        sharing.share(session, deployment.files(session, deployment.current(session, 'gz').id), OWNER, '统一')
        if verb == 'unfollow':
            sharing.follow(session, directory.tenant(session, 'gz'), OWNER)
    assert '在用共享的流程' in at_once(engine, act, second)
    assert len(told(app, f'following.{"begun" if verb == "follow" else "ended"}')) == 1
