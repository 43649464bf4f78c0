"""Call activities whose process runs as an instance of its own: several at once, of another version, by a key."""
from typing import Any

import pytest
from sqlalchemy import Engine, event, select

from engine import db, deployment
from engine.errors import Failed
from engine.instance import Instance
from engine.usertask import UserTask
from tests.engine.desk import Desk, ask
from tests.engine.diagrams import (
    boundary, bpmn, call, catch, chain, each, end, error, escalation, event as happens, extension, flow, frame, line,
    node, start, throw, timer)

PASSED = '<camunda:in source="item" target="item"/><camunda:out sourceExpression="${answer}" target="said"/>'
COLLECTED = ('<bpmn:loopDataOutputRef>all</bpmn:loopDataOutputRef>'
             '<bpmn:outputDataItem id="said" name="said"/>')


def calling(*inner: str, collection: str = "${['a', 'b', 'c']}", mapped: str = PASSED, sequential: bool = False,
            **attributes: Any) -> str:
    """The call activity `calls`, once per element of a collection, that collects what each `said` in `all`."""
    marker = each(collection, 'item', COLLECTED, *inner, isSequential=str(sequential).lower())
    return call('calls', 'q', extension(mapped), marker, **attributes)


def caller(*parts: str, **how: Any) -> bytes:
    """begin, the calls, then the task `last`."""
    return line(calling(**how), ask('last'), between=('calls', 'last'), extra=''.join(parts))


def called(*parts: str, between: tuple[str, ...] = ('work',)) -> bytes:
    return line(ask('work'), *parts, between=between, ident='q')


def test_each_element_is_an_instance_and_results_come_in_its_order(engine: Engine) -> None:
    desk = Desk(engine, p=caller(), q=called())
    desk.start()
    assert desk.open == ['work'] * 3
    desk.finish('work', 2, answer='third')
    desk.finish('work', 0, answer='first')
    assert desk.open == ['work'] and desk.states('q') == ['done', 'running', 'done']
    desk.finish('work', answer='second')
    assert desk.open == ['last'] and desk.variables()['all'] == ['first', 'second', 'third']
    desk.sound()


def test_each_knows_its_element_and_its_caller_only_what_is_mapped(engine: Engine) -> None:
    desk = Desk(engine, p=caller(), q=called())
    desk.start(secret='hidden')
    with db.reading(engine) as session:
        children = list(session.scalars(select(Instance).where(Instance.process == 'q').order_by(Instance.number)))
    assert [(child.number, child.token, child.vars) for child in children] == [
        (number, {'item': item}, {'item': item}) for number, item in enumerate('abc')]
    desk.finish('work', answer='said')
    assert 'said' not in desk.variables() and 'answer' not in desk.variables()


@pytest.mark.parametrize(('mapped', 'seen'), [
    ('', {}), ('<camunda:in source="group" target="of"/>', {'of': 1}), ('<camunda:in variables="all"/>', {'group': 1})])
def test_the_trail_of_each_knows_the_element_around_its_caller(engine: Engine, mapped: str,
                                                               seen: dict[str, int]) -> None:
    inner = start('s'), calling(mapped=PASSED + mapped), end('e'), chain('s', 'calls', 'e')
    desk = Desk(engine, p=line(frame('groups', *inner, each('${[1, 2]}', 'group')), between=('groups',)), q=called())
    desk.start()
    with db.reading(engine) as session:
        tokens = list(session.scalars(select(UserTask.token).where(UserTask.element == 'work')))
        known = session.scalars(select(Instance.vars).where(Instance.process == 'q')).all()
    assert sorted(tokens, key=str) == [{'group': group, 'item': item} for group in (1, 2) for item in 'abc']
    assert [one for one in known if {**seen, 'item': 'a'}.items() <= one.items()], 'only what is handed in is seen'
    assert all(('group' in one) == ('group' in seen) for one in known)
    for _ in range(6):
        desk.finish('work', answer='done')
    assert desk.states('p') == ['done']
    desk.sound()


@pytest.mark.parametrize('binding', [None, 'latest'])
def test_what_each_of_several_in_a_called_process_writes_stays_with_it(engine: Engine, binding: str | None) -> None:
    mapped = extension('<camunda:in source="answer" target="answer"/><camunda:out source="kept" target="kept"/>')
    keeping = node('scriptTask', 'keep', '<bpmn:script>kept = answer</bpmn:script>', scriptFormat='duban')
    desk = Desk(engine, p=line(call('calls', 'q', mapped, camunda_calledElementBinding=binding), ask('last'),
                               between=('calls', 'last')),
                q=line(ask('work', each('${[1, 2]}', 'item')), keeping, between=('work', 'keep'), ident='q'))
    desk.start(answer='before')
    desk.finish('work', answer='one')
    desk.finish('work', answer='two')
    assert desk.open == ['last'] and desk.variables()['kept'] == 'before'


def test_one_after_the_other(engine: Engine) -> None:
    desk = Desk(engine, p=caller(sequential=True), q=called())
    desk.start()
    for word in ('x', 'y', 'z'):
        assert desk.open == ['work']
        desk.finish('work', answer=word)
    assert desk.open == ['last'] and desk.variables()['all'] == ['x', 'y', 'z']


def test_those_that_never_wait_come_back_in_the_same_step(engine: Engine) -> None:
    quick = line(node('scriptTask', 'work', '<bpmn:script>answer = item + item</bpmn:script>', scriptFormat='duban'),
                 between=('work',), ident='q')
    desk = Desk(engine, p=caller(), q=quick)
    desk.start()
    assert desk.open == ['last'] and desk.variables()['all'] == ['aa', 'bb', 'cc']
    desk.sound()


@pytest.mark.parametrize('handed_in', [True, False])
def test_a_called_process_may_change_its_element(engine: Engine, handed_in: bool) -> None:
    mapped = PASSED if handed_in else '<camunda:out sourceExpression="${answer}" target="said"/>'
    marks = node('scriptTask', 'mark', "<bpmn:script>item = item + '!'</bpmn:script>", scriptFormat='duban')
    reads = node('scriptTask', 'read', '<bpmn:script>answer = item</bpmn:script>', scriptFormat='duban')
    desk = Desk(engine, p=caller(mapped=mapped),
                q=line(marks, ask('work'), reads, between=('mark', 'work', 'read'), ident='q'))
    desk.start()
    for _ in range(3):
        desk.finish('work')
    assert desk.variables()['all'] == ['a!', 'b!', 'c!']


def test_nothing_to_call(engine: Engine) -> None:
    desk = Desk(engine, p=caller(collection='${[]}'), q=called())
    desk.start()
    assert desk.open == ['last'] and desk.variables()['all'] == []


@pytest.mark.parametrize('until', ['${nrOfCompletedInstances >= 2}', "${'enough' in all}"])
def test_enough_of_them(engine: Engine, until: str) -> None:
    done = f'<bpmn:completionCondition>{until}</bpmn:completionCondition>'.replace('>=', '&gt;=')
    several = each("${['a', 'b', 'c']}", 'item', COLLECTED, done)
    desk = Desk(engine, p=line(call('calls', 'q', extension(PASSED), several), ask('last'), between=('calls', 'last')),
                q=called())
    desk.start()
    desk.finish('work', 1, answer='some')
    assert desk.open == ['work', 'work']
    desk.finish('work', 1, answer='enough')
    assert desk.open == ['last'] and desk.states('q') == ['cancelled', 'done', 'done']
    assert desk.variables()['all'] == ['some', 'enough']


def test_one_deadline_ends_them_all(engine: Engine) -> None:
    late = boundary('late', 'calls', timer('duration', 'P3D')) + end('over') + flow('late', 'over')
    desk = Desk(engine, p=caller(late), q=called(catch('rest', timer('duration', 'P9D')), between=('work', 'rest')))
    desk.start()
    desk.finish('work', answer='in time')
    desk.later(days=3)
    assert desk.open == [] and desk.states('q') == ['cancelled'] * 3 and desk.states('p') == ['done']
    desk.later(days=9)
    assert desk.incidents() == []
    desk.sound()


def test_what_a_called_instance_calls_ends_with_it(engine: Engine) -> None:
    late = boundary('late', 'calls', timer('duration', 'P3D')) + end('over') + flow('late', 'over')
    middle = line(call('further', 'r', each("${['x', 'y']}", 'item')), between=('further',), ident='q')
    desk = Desk(engine, p=line(call('calls', 'q', each("${['a', 'b', 'c']}", 'item')), between=('calls',), extra=late),
                q=middle, r=line(ask('deep'), between=('deep',), ident='r'))
    desk.start()
    assert desk.open == ['deep'] * 6
    desk.later(days=3)
    assert desk.open == [] and desk.states('r') == ['cancelled'] * 6


def test_an_error_that_nothing_inside_catches_reaches_the_caller(engine: Engine) -> None:
    failing = bpmn(start(), ask('work'), end('done', happens('error', 'er')), chain('begin', 'work', 'done'), ident='q',
                   roots=error())
    caught = boundary('wrong', 'calls', happens('error', 'er')) + ask('mend') + end('over') + chain(
        'wrong', 'mend', 'over')
    desk = Desk(engine, p=line(calling(), ask('last'), between=('calls', 'last'), extra=caught, roots=error()),
                q=failing)
    desk.start()
    desk.finish('work', 1)
    assert desk.open == ['mend'] and desk.states('q') == ['cancelled'] * 3
    desk.sound()


def test_an_error_that_nobody_catches_is_an_incident(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deployment.gate, 'check', lambda *_: [])                # it refuses to deploy this
    failing = bpmn(start(), ask('work'), end('done', happens('error', 'er')), chain('begin', 'work', 'done'), ident='q',
                   roots=error())
    desk = Desk(engine, p=caller(), q=failing)
    desk.start()
    with pytest.raises(Failed, match='没有人接'):
        desk.finish('work')
    assert desk.open == ['work'] * 3


def test_an_escalation_reaches_the_caller_and_all_go_on(engine: Engine) -> None:
    rising = line(throw('rise', happens('escalation', 'es')), ask('work'), between=('rise', 'work'), ident='q',
                  roots=escalation())
    heard = boundary('heard', 'calls', happens('escalation', 'es'), stops=False) + ask('look') + end('over') + chain(
        'heard', 'look', 'over')
    desk = Desk(engine, p=line(calling(), ask('last'), between=('calls', 'last'), extra=heard, roots=escalation()),
                q=rising)
    desk.start()
    assert desk.open == ['look'] * 3 + ['work'] * 3


def test_the_latest_version_or_the_callers_own_or_one_by_number(engine: Engine) -> None:
    def bound(**binding: str) -> bytes:
        handed = extension('<camunda:out source="answer" target="said"/>')
        return line(call('calls', 'q', handed, **binding), between=('calls',))
    old, new = called(), line(ask('new'), between=('new',), ident='q')
    desk = Desk(engine, p=bound(camunda_calledElementBinding='latest'), q=old)
    wait = line(catch('wait', timer('duration', 'P1D')), call('calls', 'q', camunda_calledElementBinding='latest'),
                between=('wait', 'calls'))
    desk.deploy(p=wait, q=old)
    desk.start()
    desk.deploy(p=bound(camunda_calledElementBinding='version', camunda_calledElementVersion='1'), q=new)
    desk.later(days=1)
    assert desk.open == ['new']
    desk.finish('new', answer='x')
    assert desk.states('p') == ['done'] and desk.open == []
    desk.start()
    assert desk.open == ['work']
    desk.finish('work', answer='y')
    assert desk.open == [] and desk.states('p') == ['done', 'done']
    desk.sound()


def test_again_and_again_by_instances_of_their_own(engine: Engine) -> None:
    again = node('standardLoopCharacteristics', None, "<bpmn:loopCondition>${answer != '够了'}</bpmn:loopCondition>",
                 name=None, loopMaximum='5')
    looping = call('calls', 'q', extension('<camunda:out source="answer" target="answer"/>'), again,
                   camunda_calledElementBinding='latest')
    desk = Desk(engine, p=line(looping, ask('last'), between=('calls', 'last')), q=called())
    desk.start()
    desk.finish('work', answer='再来')
    assert desk.open == ['work']
    desk.finish('work', answer='够了')
    assert desk.open == ['last'] and desk.states('q') == ['done', 'done'] and desk.variables()['answer'] == '够了'


def test_a_version_that_is_not_there(engine: Engine) -> None:
    seventh = call('calls', 'q', camunda_calledElementBinding='version', camunda_calledElementVersion='7')
    desk = Desk(engine, p=line(seventh, between=('calls',)), q=called())
    with pytest.raises(Failed, match='没有第“7”版'):
        desk.start()


def test_a_process_that_calls_itself_is_stopped(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deployment.gate, 'check', lambda *_: [])                # it refuses to deploy this
    desk = Desk(engine, p=line(call('calls', 'p', camunda_calledElementBinding='latest'), between=('calls',)))
    with pytest.raises(Failed, match='互相调用'):
        desk.start()


def test_a_key_for_the_called_instance(engine: Engine) -> None:
    keyed = '<camunda:in businessKey="${order}-${item}"/>' + PASSED
    desk = Desk(engine, p=caller(mapped=keyed), q=called())
    desk.start(order='A')
    with db.reading(engine) as session:
        keys = list(session.scalars(
            select(Instance.business_key).where(Instance.process == 'q').order_by(Instance.number)))
    assert keys == ['A-a', 'A-b', 'A-c']


def test_one_of_five_hundred_costs_what_one_of_five_costs(engine: Engine) -> None:
    desk = Desk(engine, p=caller(collection='${split(names)}'), q=called())
    cost = {}
    for many in (5, 500):
        desk.start(names=','.join(f'n{number}' for number in range(many)))
        said: list[tuple[str, int]] = []

        def hear(_connection: Any, cursor: Any, statement: str, *_: Any) -> None:
            said.append(statement)
        event.listen(engine, 'before_cursor_execute', hear)
        desk.finish('work', -1, answer='x')
        event.remove(engine, 'before_cursor_execute', hear)
        with db.reading(engine) as session:
            state = session.scalars(select(Instance.state).where(Instance.process == 'p').order_by(
                Instance.started_at, Instance.changed_at)).all()
        cost[many] = len(said), max(map(len, state))
        desk.later(minutes=1)
    assert cost[500][0] <= cost[5][0] and cost[500][1] <= cost[5][1] + 40, cost
