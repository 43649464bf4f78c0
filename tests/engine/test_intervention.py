"""干预: by hand, each with a reason, by those whom the tenant names."""
from collections.abc import Callable
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import Engine, select

from engine import db, history, instance, intervention
from engine.errors import Forbidden, NotFound, Refused
from engine.history import Actor
from engine.instance.row import MATTER, TASK, TIMER
from tests.conftest import DATABASES
from tests.engine.desk import OFFICER, TENANT, Desk, ask
from tests.engine.diagrams import boundary, chain, each, end, event, line, message, table, timer
from tests.engine.test_call import called, caller
from tests.engine.test_command_line import Shell
from tests.engine.test_matter import begin, matter
from tests.faults.case import sound

OWNER = Actor('省政府办公厅·流程管理员', 'office', 'owner')
REASON = '省政府会议纪要〔2020〕3号'


class Hand(Desk):
    """A government in which somebody intervenes."""

    def act(self, verb: Callable[..., Any], *given: Any, actor: Actor = OWNER, reason: str = REASON,
            **named: Any) -> Any:
        return self.do('intervene', lambda session: verb(session, *given, actor, reason, **named))

    def put(self, matter_id: UUID, element: str, target: str, **named: Any) -> Any:
        with db.reading(self.engine) as session:
            found = intervention.standing(session, matter_id, OWNER)
            token = next(one.token for one in found if one.element == element)
        return self.act(intervention.put, matter_id, token, target, **named)

    def process(self, verb: Callable[..., None], process: str, actor: Actor = OWNER, reason: str = REASON) -> None:
        with db.writing(self.engine) as session:
            verb(session, TENANT, process, actor, reason)

    def due(self) -> list[str]:
        with db.reading(self.engine) as session:
            return sorted(session.scalars(select(TIMER.c.element)))

    def told(self, matter_id: UUID, kind: str) -> list[tuple[str, dict[str, Any]]]:
        """Who, and what."""
        with db.reading(self.engine) as session:
            events = history.events(session, str(matter_id), kinds=[kind])
            return [(one.actor, orjson.loads(one.data)) for one in events]


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Any:
    """SQLite, but for the tests that name both: what happens is the same, and the statements are few."""
    return request.getfixturevalue(f'_{getattr(request, "param", "sqlite")}')


def reminded(host: str, text: str = 'P3D') -> str:
    """A task for the officer when a task waits for too long."""
    return (boundary('late', host, timer('duration', text), stops=False) + ask('urge') + end('urged')
            + chain('late', 'urge', 'urged'))


@pytest.fixture
def desk(engine: Engine) -> Hand:
    return Hand(engine, p=matter(ask('a'), ask('b'), reminded('a'), between=('a', 'b')))


# -- a token put elsewhere --------------------------------------------------------------------------------------------


def test_a_token_is_put_elsewhere(desk: Hand) -> None:
    key = begin(desk)
    with db.reading(desk.engine) as session:
        [here] = intervention.standing(session, key, OWNER)
        assert (here.process, here.element, here.name, dict(here.targets)) == (
            'p', 'a', '办a', {'b': '办b', 'done': '办done', 'urge': '办urge', 'urged': '办urged'})
    desk.put(key, 'a', 'b')
    assert desk.open == ['b'] and desk.due() == []
    assert desk.told(key, 'node.moved') == [('省政府办公厅·流程管理员', {'from': 'a', 'to': 'b', 'reason': REASON})]
    with db.reading(desk.engine) as session:
        assert session.scalars(select(TASK.c.state).where(TASK.c.element == 'a')).all() == ['cancelled']
    desk.put(key, 'b', 'a')
    assert desk.open == ['a'] and desk.due() == ['late']
    sound(desk.engine, [key], whole=False)


def test_put_at_the_end_it_ends(desk: Hand) -> None:
    key = begin(desk)
    desk.put(key, 'a', 'done')
    assert desk.states('p') == ['done'] and desk.open == [] and desk.due() == []


@pytest.mark.parametrize(('target', 'sentence'), [('late', '只能移到同一层'), ('begin', '只能移到同一层'), ('x', '不能移到“x”')])
def test_where_it_cannot_stand_nothing_changes(desk: Hand, target: str, sentence: str) -> None:
    key = begin(desk)
    with pytest.raises(Refused, match=sentence):
        desk.put(key, 'a', target)
    with pytest.raises(Refused, match='已经不等在那里'):
        desk.act(intervention.put, key, UUID(int=1), 'b')
    assert desk.open == ['a'] and desk.told(key, 'node.moved') == []


# -- a matter stopped, a value set ------------------------------------------------------------------------------------


def test_a_matter_is_stopped(desk: Hand) -> None:
    key = begin(desk)
    desk.act(intervention.cancel, key)
    with db.reading(desk.engine) as session:
        assert session.scalar(select(MATTER.c.status).where(MATTER.c.id == key)) == 'withdrawn'
    assert desk.open == [] and desk.due() == []
    assert desk.told(key, 'matter.cancelled') == [(OWNER.name, {'reason': REASON})]
    for verb in (intervention.cancel, intervention.suspend):
        with pytest.raises(Refused, match='已经结束'):
            desk.act(verb, key)


def test_a_fact_or_a_variable_is_set_and_deadlines_follow(engine: Engine) -> None:
    said = timer('date', '${workdays(due_at, answer == "急" ? -3 : 1)}')
    rings = boundary('late', 'a', said) + end('over') + chain('late', 'over')
    desk = Hand(engine, p=matter(ask('a'), rings, between=('a',)))
    key = begin(desk, due_at='2020-06-10', answer='')
    for values in ({'due_at': '2020-07-10'}, {'answer': '急'}):
        desk.act(lambda session, *given, values=values: intervention.set_values(session, key, values, *given))
    [fact], [variable], moved = (desk.told(key, kind) for kind in ('fact.changed', 'variable.changed', 'timer.moved'))
    assert fact[1]['due_at'] == {'old': '2020-06-10', 'new': '2020-07-10'} and fact[0] == OWNER.name
    assert variable == (OWNER.name, {'answer': {'old': '', 'new': '急'}})
    assert [one[1]['new'][:10] for one in moved] == ['2020-07-13', '2020-07-07']
    for values, sentence in (({'anwser': 1}, '没有用到“anwser”'), ({'due_at': '', 'answer': ''}, '分两次改')):
        with pytest.raises(Refused, match=sentence):
            desk.act(lambda session, *given, values=values: intervention.set_values(session, key, values, *given))
    with pytest.raises(Refused, match='没有在走的流程“q”'):
        desk.act(lambda session, *given: intervention.set_values(session, key, {'answer': 1}, *given, process='q'))


# -- standing still ---------------------------------------------------------------------------------------------------


def test_a_suspended_matter_stands_still_and_goes_on(desk: Hand) -> None:
    key = begin(desk)
    desk.act(intervention.suspend, key)
    desk.later(days=5)
    assert desk.open == ['a']
    with pytest.raises(Refused, match='暂停办理'):
        desk.finish('a')
    with pytest.raises(Refused, match='已经暂停了'):
        desk.act(intervention.suspend, key)
    desk.act(intervention.resume, key)
    assert desk.open == ['a', 'urge']
    desk.finish('a')
    assert desk.open == ['b', 'urge'] and desk.incidents() == []
    assert [kind for kind in ('matter.suspended', 'matter.resumed') if desk.told(key, kind)] == [
        'matter.suspended', 'matter.resumed']
    with pytest.raises(Refused, match='没有暂停'):
        desk.act(intervention.resume, key)
    sound(desk.engine, [key], whole=False)


def test_a_suspended_matter_hears_and_its_dates_follow_but_nothing_fires(engine: Engine) -> None:
    rings = (boundary('late', 'a', timer('date', '${workdays(due_at, 1)}'), stops=False) + end('over')
             + chain('late', 'over'))
    hears = (boundary('heard', 'a', event('message', 'm'), stops=False) + ask('answer') + end('said')
             + chain('heard', 'answer', 'said'))
    desk = Hand(engine, p=matter(ask('a'), rings, hears, between=('a',)))
    key = begin(desk, due_at='2020-06-10')
    desk.act(intervention.suspend, key)
    desk.do('change', lambda session: instance.change_facts(session, key, OFFICER, {'due_at': '2020-05-06'}, '更正'))
    desk.do('rearm', lambda session: instance.rearm(session, key))
    desk.do('message', lambda session: instance.message(session, key, 'm', OFFICER))
    desk.later(days=9)
    assert desk.open == ['a', 'answer'] and desk.told(key, 'timer.fired') == []
    with pytest.raises(Refused, match='暂停办理'):
        desk.finish('answer')
    desk.act(intervention.resume, key)
    assert len(desk.told(key, 'timer.fired')) == 1


@pytest.mark.parametrize('server', DATABASES, indirect=True)
def test_a_suspended_process_stands_still_in_every_matter(engine: Engine) -> None:
    rounds = line(ask('x'), reminded('x'), between=('x',), ident='r', roots=message())
    ticks = line(ask('tick'), between=('tick',), ident='s').replace(
        b'<bpmn:startEvent id="begin" name="\xe5\x8a\x9ebegin">', b'<bpmn:startEvent id="begin" name="t">' + timer(
            'cycle', 'R/P1D').encode())
    desk = Hand(engine, p=matter(ask('a'), reminded('a', 'P4D'), between=('a',)), r=rounds, s=ticks)
    keys = [begin(desk), begin(desk)]
    for key in keys:
        desk.do('start', lambda session, key=key: instance.start(session, TENANT, 'r', OFFICER, matter_id=key))
    desk.act(intervention.suspend, keys[1])
    for process in 'rs':
        desk.process(intervention.suspend_process, process)
    desk.later(days=5)
    assert desk.open == ['a', 'a', 'urge', 'x', 'x']                       # only the first matter's own reminder
    with pytest.raises(Refused, match='暂停办理'):
        desk.finish('x')
    with pytest.raises(Refused, match='暂停办理'):
        desk.start('r')
    with pytest.raises(Refused, match='已经暂停了'):
        desk.process(intervention.suspend_process, 'r')
    for process in 'rs':
        desk.process(intervention.resume_process, process)
    desk.work()
    assert desk.open == ['a', 'a', 'tick', 'urge', 'urge', 'x', 'x'] and desk.incidents() == []
    desk.finish('x')
    desk.act(intervention.resume, keys[1])
    assert desk.open.count('urge') >= 3
    with pytest.raises(Refused, match='没有暂停'):
        desk.process(intervention.resume_process, 'r')
    assert desk.kinds('process.suspended', 'process.resumed')[0] == f'暂停流程“测试流程”：{REASON}'
    desk.sound()


def test_the_copies_of_a_task_stand_still_together(engine: Engine) -> None:
    desk = Hand(engine, p=matter(ask('a', each("${['x', 'y']}", 'item')), ask('b'), between=('a', 'b')))
    key = begin(desk)
    desk.act(intervention.suspend, key)
    with pytest.raises(Refused, match='暂停办理'):
        desk.finish('a')
    desk.put(key, 'a', 'b')
    assert desk.open == ['b']


def test_on_the_command_line(desk: Hand, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    duban = Shell(capsys, monkeypatch)
    monkeypatch.setenv('DATABASE_URL', desk.engine.url.render_as_string(hide_password=False))
    key = str(begin(desk))
    why = ('--reason', REASON)
    assert '已从“a”移到“b”' in duban('move', key, '--from', 'a', '--to', 'b', *why) and desk.open == ['b']
    assert '有0个等着的' in duban.refused('move', key, '--from', 'a', '--to', 'b', *why)
    assert '已暂停' in duban('suspend', key, *why, '--as', 'office/owner')
    assert duban.json('resume', key, *why)['said'] == '已恢复'
    assert '流程 p 已暂停' in duban('suspend', '--process', 'p', *why)
    duban('resume', '--process', 'p', *why)
    assert '写明一件事项' in duban.refused('suspend', *why)
    assert '已改：due_at' in duban('set', key, 'due_at=2020-06-30', *why)
    assert '没有用到“x”' in duban.refused('set', key, 'x=1', *why)
    assert '这个岗位不能做这件事' in duban.refused('cancel', key, *why, '--as', 'office/officer')
    assert '已作废' in duban('cancel', key, *why) and desk.open == []


# -- who may ----------------------------------------------------------------------------------------------------------


def test_every_act_has_a_reason_and_somebody_who_may(desk: Hand) -> None:
    key = begin(desk)
    for verb in (intervention.suspend, intervention.cancel):
        with pytest.raises(Refused, match='写明理由'):
            desk.act(verb, key, reason=' ')
        with pytest.raises(Forbidden, match='决策表 intervention'):
            desk.act(verb, key, actor=OFFICER)
    with pytest.raises(Forbidden):
        desk.put(key, 'a', 'b', actor=OFFICER)
    with pytest.raises(Forbidden):
        desk.process(intervention.suspend_process, 'p', OFFICER)
    desk.act(intervention.suspend, key, actor=Actor('命令行'))
    desk.act(intervention.resume, key, actor=Actor('省政府办公厅·运维员', 'office', 'operator'))


def test_the_tenants_table_says_who_may_do_what(engine: Engine) -> None:
    Hand.files = {'intervention.dmn': table('intervention', ('act',), ('intervene_posts',),
                                            ('"cancel"', '"gov/principal"'),
                                            ('"suspend"', '"officer,head"'), ('-', '""'))}
    try:
        desk = Hand(engine, p=matter(ask('a'), between=('a',)))
    finally:
        Hand.files = {}
    key = begin(desk)
    desk.act(intervention.suspend, key, actor=OFFICER)
    with pytest.raises(Forbidden):
        desk.act(intervention.cancel, key)
    with pytest.raises(Forbidden):
        desk.put(key, 'a', 'done')
    desk.act(intervention.cancel, key, actor=Actor('省政府·主要领导', 'gov', 'principal'))


def test_who_stops_a_called_process_stops_what_called_it(engine: Engine) -> None:
    desk = Hand(engine, p=caller(), q=called())
    desk.start()
    with db.reading(engine) as session:
        one, *_ = session.scalars(select(instance.Instance.id).where(instance.Instance.process == 'q'))
        assert intervention.alone(session, one).process == 'p'
    desk.act(intervention.stop, one)
    assert desk.open == [] and desk.states('p') + desk.states('q') == ['cancelled'] * 4
    with db.reading(engine) as session:
        assert intervention.alone(session, one) is None
    with pytest.raises(NotFound, match='可能已经结束'):
        desk.act(intervention.stop, one)
    desk.sound()
