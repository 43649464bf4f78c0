"""迁移: running matters carried over to another version, checked before one is touched, and taken back."""
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import Engine, delete, select, update

from engine import assignment, clock, db, deployment, directory, history, incident, instance, migration, usertask, worker
from engine.directory import Account
from engine.errors import Forbidden, Refused
from engine.history import Actor
from engine.instance.row import INSTANCE, TASK, TIMER
from engine.job import Job
from engine.ledger import Matter
from engine.migration import MigrationMatter, batch
from tests.conftest import DATABASES
from tests.engine.desk import OFFICER, TENANT, Desk, ask
from tests.engine.diagrams import boundary, chain, end, form, line, table, timer
from tests.engine.race import meanwhile
from tests.engine.test_command_line import Shell
from tests.engine.test_intervention import OWNER
from tests.engine.test_matter import begin, calls, matter
from tests.faults.case import sound


class Mover(Desk):
    """A government whose matters are moved from its first version to its newest."""

    def plan(self, **mapped: str) -> migration.Plan:
        """From the first version to the newest."""
        with db.reading(self.engine) as session:
            versions = deployment.versions(session, TENANT)
            return migration.make(session, versions[-1].id, versions[0].id, mapped)

    def check(self, *matters: UUID, **mapped: str) -> list[migration.Verdict]:
        with db.reading(self.engine) as session:
            return migration.check(session, self.plan(**mapped), matters)

    def move(self, *matters: UUID, **mapped: str) -> int:
        """Ordered and carried out by the worker."""
        made = migration.start(self.engine, TENANT, self.plan(**mapped), matters, OWNER, '新办法施行')
        worker.drain(self.engine)
        return made

    def undo(self, made: int) -> None:
        migration.undo(self.engine, made, OWNER, '移错了')
        worker.drain(self.engine)

    def states(self, made: int) -> dict[str, str]:
        with db.reading(self.engine) as session:
            return {state: sentence for state, sentence in session.execute(
                select(MigrationMatter.state, MigrationMatter.sentence).where(MigrationMatter.migration_id == made))}

    def version(self, matter_id: UUID) -> set[int]:
        """The numbers of the versions on which a matter and its instances are."""
        with db.reading(self.engine) as session:
            numbers = {one.id: one.number for one in deployment.versions(session, TENANT)}
            found = {session.get(Matter, matter_id).deployment_id, *session.scalars(
                select(INSTANCE.c.deployment_id).where(INSTANCE.c.matter_id == matter_id))}
            return {numbers[key] for key in found}

    def due(self) -> dict[str, str]:
        """The day of each armed timer."""
        with db.reading(self.engine) as session:
            return {element: at.astimezone(clock.zone()).date().isoformat()
                    for element, at in session.execute(select(TIMER.c.element, TIMER.c.due_at))}

    def told(self, matter_id: UUID, kind: str) -> list[dict[str, Any]]:
        """What the trail says of one kind."""
        with db.reading(self.engine) as session:
            return [orjson.loads(one.data) for one in history.events(session, str(matter_id), kinds=[kind])]

    def actor(self, login: str) -> Actor:
        """The account of this name."""
        with db.reading(self.engine) as session:
            found = session.scalars(select(Account).where(Account.login == f'gz-{login}')).one()
            return Actor(directory.post_name(session, TENANT, f'{found.unit}/{found.post}'), found.unit, found.post, found.id)

    def act(self, verb: Any, element: str, actor: Actor, *given: Any) -> None:
        """What somebody does with the open task of an element."""
        key = self.row(element).id
        order = (*given[:1], actor, *given[1:]) if verb is assignment.delegate else (actor, *given)
        self.do('act', lambda session: verb(session, key, *order))

    def row(self, element: str) -> Any:
        """The open task of an element."""
        with db.reading(self.engine) as session:
            return session.execute(select(TASK).where(TASK.c.element == element, TASK.c.state == 'open')).one()


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Any:
    """SQLite, but for the tests that name both: what happens is the same, and the statements are few."""
    return request.getfixturevalue(f'_{getattr(request, "param", "sqlite")}')


def two(*second: str, between: tuple[str, ...], first: str = '') -> dict[str, bytes]:
    """`a`, then as said."""
    return {'p': matter(first or ask('a'), *second, between=('a', *between))}


def late(text: str, ident: str = 'late', host: str = 'a') -> str:
    """A reminder attached to a task."""
    return boundary(ident, host, timer('date', text), stops=False) + end(f'{ident}_end') + chain(ident, f'{ident}_end')


def test_what_stands_where_it_stood_goes_on_in_the_new_version(engine: Engine) -> None:
    desk = Mover(engine, **two(ask('b'), between=('b',)))
    key = begin(desk)
    desk.deploy(**two(ask('c'), between=('c',)))
    assert [one.state for one in desk.check(key)] == ['safe']
    made = desk.move(key)
    assert desk.states(made) == {'moved': ''} and desk.version(key) == {2} and desk.open == ['a']
    assert desk.told(key, 'matter.migrated') == [{'from': 1, 'to': 2, 'reason': '新办法施行'}]
    sound(engine, [key], whole=False)
    desk.finish('a')
    assert desk.open == ['c']
    desk.sound()


def test_every_matter_is_checked_and_only_those_that_fit_are_touched(engine: Engine) -> None:
    desk = Mover(engine, **two(ask('b'), between=('b',)))
    here, there, over = begin(desk), begin(desk), begin(desk)
    desk.finish('a', 1)
    desk.finish('a', 1)
    desk.finish('b', 1)
    desk.deploy(**two(ask('c'), between=('c',)))
    plan = desk.plan()
    assert [(one.element, one.name, one.kind, dict(one.choices)) for one in plan.unmapped] == [
        ('b', '办b', '用户任务', {'a': '办a', 'c': '办c'})]
    found = {one.matter_id: one for one in desk.check(here, there, over)}
    assert sorted(one.state for one in found.values()) == ['map', 'safe', 'safe']
    made = desk.move(here, there, over)
    assert desk.states(made) == {'moved': '', 'refused': '“办b”：新版本的同一层里没有这个元素'}
    assert sorted(desk.open) == ['a', 'b']
    made = desk.move(here, there, over, b='c')
    assert desk.states(made) == {'moved': ''} and sorted(desk.open) == ['a', 'c']
    sound(engine, [here, there, over], whole=False)


@pytest.mark.parametrize(('mapped', 'sentence'), [
    ({'x': 'c'}, '原来的版本里没有“x”这个元素'), ({'begin': 'x'}, '不能对应到“x”'), ({'b': 'done'}, '不能对应到“done”'),
    ({'p/b': 'z'}, '不能对应到“z”')])
def test_a_mapping_that_does_not_fit_is_refused(engine: Engine, mapped: dict[str, str], sentence: str) -> None:
    desk = Mover(engine, **two(ask('b'), between=('b',)))
    desk.deploy(**two(ask('c'), between=('c',)))
    with pytest.raises(Refused, match=sentence):
        desk.plan(**mapped)


def test_deadlines_and_posts_follow_the_new_drawing_and_each_change_is_told(engine: Engine) -> None:
    desk = Mover(engine, **two(
        late('${workdays(received_at, 2)}'), late('${workdays(received_at, 9)}', 'gone'), between=(),
        first=ask('a', camunda_dueDate='${workdays(received_at, 3)}')))
    key = begin(desk)
    was = desk.row('a')
    deadlines = late('${workdays(received_at, 5)}'), late('${workdays(received_at, 1)}', 'soon')
    desk.deploy(**two(*deadlines, between=(), first=ask(
        'a', camunda_dueDate='${workdays(entered_at, 7)}', camunda_candidateGroups='office/head')))
    desk.later(hours=3)
    desk.move(key)
    now = desk.row('a')
    assert (now.id, was.post, now.post) == (was.id, 'officer', 'head')
    assert desk.due() == {'late': '2020-05-13', 'soon': '2020-05-08'} and now.due_at.date() > was.due_at.date()
    [task], [moved], [gone] = (desk.told(key, f'{kind}') for kind in ('task.moved', 'timer.moved', 'timer.disarmed'))
    assert task['post'] == {'old': 'officer', 'new': 'head'} and set(task) == {'post', 'due_at'}
    assert moved['old'][:10] == '2020-05-09' and moved['new'][:10] == '2020-05-13' and gone['due'][:10] == '2020-05-19'
    assert desk.told(key, 'matter.migrated')[0]['gone'] == ['办gone']
    sound(engine, [key], whole=False)


def test_a_task_in_anothers_hand_goes_free_of_it_to_whom_the_new_drawing_names(engine: Engine) -> None:
    desk = Mover(engine, **two(ask('b', camunda_candidateGroups='fgw/liaison'), between=('b',)))
    delegated, claimed = begin(desk), begin(desk)
    desk.finish('a', 1)
    desk.act(assignment.delegate, 'a', OFFICER, 'gxt/liaison', '请办')
    desk.act(assignment.claim, 'b', desk.actor('fgw-liaison'))
    desk.deploy(**two(ask('b', camunda_candidateGroups='fgw/chief'), between=('b',),
                      first=ask('a', camunda_candidateGroups='office/head')))
    desk.move(delegated, claimed)
    first, second = desk.row('a'), desk.row('b')
    assert (first.unit, first.post, first.owner, first.kept) == ('office', 'head', None, None)
    assert (second.unit, second.post, second.claimed_by) == ('fgw', 'chief', None)
    desk.act(instance.complete, 'b', desk.actor('fgw-chief'), {'answer': '', 'other': ''})
    desk.act(instance.complete, 'a', desk.actor('office-head'), {'answer': '', 'other': ''})
    assert desk.open == ['b']
    sound(engine, [delegated, claimed], whole=False)


def test_where_the_new_drawing_names_who_has_it_the_task_stays_delegated(engine: Engine) -> None:
    desk = Mover(engine, **two(between=()))
    key = begin(desk)
    desk.act(assignment.delegate, 'a', OFFICER, 'gxt/liaison', '请办')
    was = desk.row('a')
    desk.deploy(**two(between=(), first=ask('a', camunda_candidateGroups="${'office' + '/officer'}")))
    desk.move(key)
    assert desk.row('a') == was and desk.told(key, 'task.moved') == []


def test_where_nobody_is_at_the_new_post_the_table_sends_it_on_and_the_trail_says_so(engine: Engine) -> None:
    class Ruled(Mover):
        files = {'fallback.dmn': table('fallback', ('why',), ('fallback_posts', 'rescue_posts'), ('-', '"fgw/chief"', '""'))}
    desk = Ruled(engine, **two(between=()))
    key = begin(desk)
    with db.writing(engine) as session:
        for account in directory.holders(session, TENANT, 'fgw', 'liaison'):
            directory.set_active(session, account, False)
    desk.deploy(**two(between=(), first=ask('a', camunda_candidateGroups='fgw/liaison')))
    desk.move(key)
    row = desk.row('a')
    assert (row.unit, row.post, row.fallback['asked'], row.fallback['why']) == ('fgw', 'chief', 'fgw/liaison', 'no_holder')
    assert [one['to'] for one in desk.told(key, 'task.redirected')] == ['fgw/chief']


def test_a_draft_survives_and_what_has_no_field_any_more_is_told(engine: Engine) -> None:
    desk = Mover(engine, **two(ask('b'), between=('b',)))
    key = begin(desk)
    task = desk.row('a').id
    with db.writing(engine) as session:
        typist = session.scalars(select(Account.id)).first()
        usertask.save_draft(session, task, typist, {'answer': '写了一半', 'other': '也写了'}, clock.utcnow())
    desk.files = {'f.form': form('f', 'answer', 'remark')}
    desk.deploy(**two(ask('b'), between=('b',)))
    desk.move(key)
    with db.reading(engine) as session:
        assert usertask.draft_of(session, task, typist).answer == {'answer': '写了一半', 'other': '也写了'}
    assert desk.told(key, 'task.moved') == [{'draft_lost': ['other']}]


def test_called_instances_and_processes_beside_the_matter_move_with_it(engine: Engine) -> None:
    beside = line(ask('x'), between=('x',), ident='r')
    desk = Mover(engine, **calls(ask('work')), r=beside)
    key = begin(desk, co_units='fgw,gxt,sft')
    desk.finish('ready')
    desk.finish('work', 1)
    desk.do('start', lambda session: instance.start(session, TENANT, 'r', OFFICER, matter_id=key))
    desk.deploy(**calls(ask('labour'), between=('labour',)), r=line(ask('x'), ask('y'), between=('x', 'y'), ident='r'))
    assert [(one.state, one.why) for one in desk.check(key)] == [('map', '“办work”：新版本的同一层里没有这个元素')]
    desk.move(key, work='labour')
    assert desk.version(key) == {1, 2} and desk.open == ['labour', 'labour', 'x']    # what was done stays
    desk.finish('labour')
    desk.finish('labour')
    desk.finish('x')
    assert desk.open == ['last', 'y']
    desk.sound()


def test_a_process_that_is_gone_holds_its_matters(engine: Engine) -> None:
    desk = Mover(engine, **two(between=()), r=line(ask('x'), between=('x',), ident='r'))
    key = begin(desk)
    desk.do('start', lambda session: instance.start(session, TENANT, 'r', OFFICER, matter_id=key))
    desk.deploy(**two(between=()))
    assert [(one.state, one.why) for one in desk.check(key)] == [('refused', '“r”：新版本里没有这个流程，而它还在走')]
    with pytest.raises(Refused, match='没有一件能移'):
        desk.move(key)


def test_what_fails_in_the_new_version_is_undone_and_told(engine: Engine) -> None:
    desk = Mover(engine, **two(late('${workdays(received_at, 2)}'), between=()))
    fits, fails = begin(desk, due_at='2020-06-01'), begin(desk)
    desk.deploy(**two(between=(), first=ask(
        'a', camunda_candidateGroups="${due_at == null ? 'nobody/nothing' : 'office/officer'}")))
    made = desk.move(fits, fails)
    assert desk.version(fits) == {2} and desk.version(fails) == {1} and desk.incidents() == []
    assert '没有代码为“nobody”的单位' in desk.states(made)['refused']
    sound(engine, [fits, fails], whole=False)


@pytest.mark.parametrize('server', DATABASES, indirect=True)
def test_what_was_moved_is_taken_back_as_it_stood(engine: Engine) -> None:
    desk = Mover(engine, **two(late('${workdays(received_at, 2)}'), ask('b'), between=('b',)))
    key, other = begin(desk), begin(desk)
    due = desk.due()
    desk.deploy(p=matter(ask('z'), ask('c'), late('${workdays(received_at, 9)}', 'later', 'z'), between=('z', 'c')))
    made = desk.move(key, other, a='z')
    assert desk.open == ['z', 'z']
    desk.finish('z')
    desk.undo(made)
    assert sorted(desk.open) == ['a', 'c'] and desk.states(made) == {
        'returned': '', 'moved': '移过去以后已经往前走了，不能撤回；可以另做一个移回原来那一版的方案。'}
    back = key if desk.version(key) == {1} else other
    assert desk.due() == due and desk.told(back, 'matter.restored') == [{'from': 2, 'to': 1, 'reason': '移错了'}]
    sound(engine, [key, other], whole=False)
    again = desk.move(back, a='z')
    desk.undo(again)
    with pytest.raises(Refused, match='没有什么可以撤回'):
        desk.undo(again)


@pytest.mark.parametrize('server', DATABASES, indirect=True)
@pytest.mark.parametrize('back', [False, True])
def test_a_migration_under_way_is_stopped_or_taken_back(engine: Engine, back: bool) -> None:
    desk = Mover(engine, **two(ask('b'), between=('b',)))
    keys = [begin(desk) for _ in range(3)]
    desk.deploy(p=matter(ask('a'), ask('c'), between=('a', 'c')))
    made = migration.start(engine, TENANT, desk.plan(), keys, OWNER, '新办法施行')
    with db.reading(engine) as session:
        first = migration.batch.jobs(session, made)[0]
    db.carry_out(engine, lambda session: instance.carry(session, first))
    if back:
        desk.undo(made)
    else:
        with pytest.raises(Refused, match='理由'):
            migration.stop(engine, made, OWNER, ' ')
        migration.stop(engine, made, OWNER, '方案要改')
        worker.drain(engine)
    with db.reading(engine) as session:
        assert migration.progress(session, made) == {'returned' if back else 'moved': 1, 'refused': 2}
    assert desk.states(made)['refused'] == '停下时还没有轮到'
    assert sorted(min(desk.version(key)) for key in keys) == ([1, 1, 1] if back else [1, 1, 2])
    with pytest.raises(Refused, match='没有什么可以停'):
        migration.stop(engine, made, OWNER, '再停一次')
    sound(engine, keys, whole=False)


def test_an_incident_goes_on_after_the_move_to_the_mended_version(engine: Engine) -> None:
    def urged(post: str) -> dict[str, bytes]:
        rings = boundary('late', 'a', timer('duration', 'P1D'), stops=False)
        urge = ask('urge', camunda_candidateGroups=post)
        return two(rings, urge, end('over'), chain('late', 'urge', 'over'), between=())
    desk = Mover(engine, **urged('${other}'))
    key = begin(desk, other='')
    desk.later(days=2)
    [failed] = desk.incidents()
    desk.deploy(**urged('office/officer'))
    desk.move(key)
    assert desk.open == ['a'] and [one.id for one in desk.incidents()] == [failed.id]
    incident.retry(engine, failed.id, OWNER)
    assert desk.open == ['a', 'urge'] and desk.incidents() == []
    sound(engine, [key], whole=False)


def test_on_the_command_line(engine: Engine, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    desk, duban = Mover(engine, **two(ask('b'), between=('b',))), Shell(capsys, monkeypatch)
    monkeypatch.setenv('DATABASE_URL', engine.url.render_as_string(hide_password=False))
    begin(desk), begin(desk)
    desk.finish('a')
    desk.deploy(**two(ask('c'), between=('c',)))
    way = ('migrate', '--from', '1', '--to', '2')
    said = duban(*way, '--check')
    assert duban.code == 1 and 'p/b（办b）在新版本里没有同名同类的元素，可以对应到：a、c' in said and '要先对应元素：“办b”' in said
    assert '写明理由' in duban.refused(*way)
    assert '这个岗位不能做这件事' in duban.refused(*way, '--reason', '试试', '--as', 'office/officer')
    found = duban.json(*way, '--map', 'b=c', '--reason', '新办法施行', '--as', 'office/owner')
    assert found['migration'] == 1 and [one['state'] for one in found['matters']] == ['moved', 'moved']
    assert sorted(desk.open) == ['a', 'c']
    assert duban('migrate', '--undo', '1', '--reason', '移错了').startswith('第1批：2件撤回了')
    assert sorted(desk.open) == ['a', 'b']
    assert '没有第“9”版' in duban.refused('migrate', '--from', '1', '--to', '9')
    assert '没有第9批' in duban.refused('migrate', '--undo', '9')
    assert '写明从哪一版' in duban.refused('migrate')
    desk.sound()


def test_every_order_has_a_reason_two_versions_and_somebody_who_may(engine: Engine) -> None:
    desk = Mover(engine, **two(between=()))
    key = begin(desk)
    with pytest.raises(Refused, match='同一版'):
        desk.plan()
    desk.deploy(**two(ask('b'), between=('b',)))
    with pytest.raises(Refused, match='写明理由'):
        migration.start(engine, TENANT, desk.plan(), [key], OWNER, ' ')
    with pytest.raises(Forbidden, match='决策表 intervention'):
        migration.start(engine, TENANT, desk.plan(), [key], OFFICER, '试试')
    desk.move(key)
    with pytest.raises(Refused, match='不在原来那一版上'):
        desk.move(key)


@pytest.mark.parametrize('server', DATABASES, indirect=True)
def test_two_who_order_at_once_move_a_matter_once(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Mover(engine, **two(ask('b'), between=('b',)))
    key = begin(desk)
    desk.deploy(**two(ask('c'), between=('c',)))
    queue, others = batch._queue, []

    def refused() -> str:
        with pytest.raises(Refused) as refusal:
            migration.start(engine, TENANT, desk.plan(), [key], OWNER, '再移一次')
        return refusal.value.said

    def after_the_second(*given: Any, **more: Any) -> None:
        if not others:
            with meanwhile(engine, refused) as other:
                others.append(other)
        queue(*given, **more)
    monkeypatch.setattr(batch, '_queue', after_the_second)
    desk.move(key)
    assert '正在移' in others[0]() and desk.version(key) == {2}


@pytest.mark.parametrize('server', DATABASES, indirect=True)
def test_who_stops_waits_for_the_matter_that_moves_just_now(engine: Engine) -> None:
    desk = Mover(engine, **two(ask('b'), between=('b',)))
    key = begin(desk)
    desk.deploy(**two(ask('c'), between=('c',)))
    made = migration.start(engine, TENANT, desk.plan(), [key], OWNER, '新办法施行')

    def stopped() -> str:
        with pytest.raises(Refused) as refusal:
            migration.stop(engine, made, OWNER, '先不移')
        return refusal.value.said
    with db.writing(engine) as session:                  # as the worker has it: the matter's line, then the job
        session.execute(update(MigrationMatter).values(state='moved'))
        with meanwhile(engine, stopped) as other:
            pass
        session.execute(delete(Job).where(Job.kind == batch.KIND))
    assert '这一批已经都办过了' in other()
