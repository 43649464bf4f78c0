"""退回、撤回: out of and into parallel and multi-instance parts, never to where nobody has been, nothing lost.

The numbers are the complaints of users that domain.md 3.3 collects: each is a test here.
"""
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, select

from engine import assignment, clock, db, instance, urging, usertask
from engine.errors import Conflict, Forbidden, Invalid, Refused
from engine.history import SYSTEM, Event
from engine.instance.row import INSTANCE, TIMER
from engine.ledger import Matter
from engine.usertask import UserTask
from tests.conftest import DATABASES
from tests.engine.desk import OFFICER, TENANT, ask
from tests.engine.diagrams import (
    boundary, bpmn, chain, each, end, event, flow, frame, line, message, node, service, start, throw, timer, user, xor)
from tests.engine.test_assignment import FILLED, Office, drawn, person
from tests.engine.test_matter import begin, matter

BACK = drawn(allow='return recall', return_to='a')
RECALL = drawn(allow='recall')


def fork(ident: str) -> str:
    return node('parallelGateway', ident)


def opened(engine: Engine, **processes: bytes) -> Office:
    made = Office(engine, **processes)
    made.start(co_units='fgw,gxt,sft')
    return made


def back(office: Office, element: str, to: str = 'a', by: str = 'office-officer', why: str = '材料不全', number: int = 0) -> Any:
    return office.act(assignment.give_back, tasks(office, element)[number], to, why, by=by)


def tasks(office: Office, element: str, state: str = 'open') -> list[UUID]:
    with db.reading(office.engine) as session:
        return list(session.scalars(select(UserTask.id).where(UserTask.element == element, UserTask.state == state)
                                    .order_by(UserTask.opened_at, UserTask.id)))


def recall(office: Office, element: str, by: str = 'office-officer', why: str = '填错了') -> Any:
    return office.act(assignment.recall, tasks(office, element, 'done')[-1], why, by=by)


def due(office: Office) -> dict[str, Any]:
    with db.reading(office.engine) as session:
        return {row.element: row.due_at.astimezone(clock.zone()) for row in session.execute(select(TIMER))}


def cancelled(office: Office) -> list[str]:
    with db.reading(office.engine) as session:
        return sorted(session.scalars(select(Event.element).where(Event.kind == 'node.cancelled')))


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Any:
    """SQLite, but for the tests that name both: what happens is the same, and the statements are few."""
    return request.getfixturevalue(f'_{getattr(request, "param", "sqlite")}')


# -- 退回 ------------------------------------------------------------------------------------------------------------


def test_i12_returned_to_a_chosen_earlier_step_only_where_it_has_been(engine: Engine) -> None:
    """a, then x or y, then b: b may go back to all of them, and is offered only those that were walked."""
    parts = (ask('a'), xor('which', default='which__y'), ask('x'), ask('y'), xor('met'),
             ask('b', drawn(allow='return', return_to='a x y')))
    made = opened(engine, p=bpmn(start(), *parts, end(), chain('begin', 'a', 'which'), flow('which', 'x', '${answer == "x"}'),
                                 flow('which', 'y'), chain('x', 'met'), chain('y', 'met', 'b', 'done')))
    made.finish('a', answer='x')
    made.finish('x')
    with db.reading(engine) as session:
        found = assignment.seat(session, made.task('b').id, made.actor('office-officer'))
        assert dict(assignment.ways_back(found)) == {'a': '办a', 'x': '办x'}
    back(made, 'b', 'x')
    assert made.open == ['x'] and made.told('task.returned')[0]['said'] == '退回到“办x”：材料不全'
    made.finish('x')
    made.finish('b')
    assert made.open == []
    made.sound()


def test_i13_returned_to_the_start_the_starter_has_the_form_again(engine: Engine) -> None:
    """What begins a process is a form of its starter, done at once as the first step; so there is a step to return to."""
    made = Office(engine, p=line(ask('a'), ask('b', BACK), between=('a', 'b')))
    begun = made.do('start', lambda session: instance.start(session, TENANT, 'p', OFFICER, answers={'a': FILLED}))
    assert made.open == ['b'] and begun.instance_id
    back(made, 'b')
    assert made.open == ['a'] and made.offered('a', 'office-officer')
    with db.reading(engine) as session:
        assert usertask.answers(session, begun.instance_id)['answer'] == '已办'
    made.finish('a', answer='补齐了')
    assert made.open == ['b']
    made.sound()


@pytest.mark.parametrize(('to', 'why', 'by', 'error', 'sentence'), [
    ('c', '跳过去', 'office-officer', Refused, '不能退回到“c”'), ('b', '原地', 'office-officer', Refused, '不能退回到“b”'),
    ('a', ' ', 'office-officer', Refused, '写明理由'), ('a', '退', 'fgw-liaison', Forbidden, '不能代办')])
def test_i21_nobody_jumps_forward_nor_without_a_reason(engine: Engine, to: str, why: str, by: str, error: type,
                                                       sentence: str) -> None:
    made = opened(engine, p=line(ask('a'), ask('b', drawn(allow='return', return_to='a')), ask('c'), between=('a', 'b', 'c')))
    made.finish('a')
    with pytest.raises(error, match=sentence):
        back(made, 'b', to, by, why)
    assert made.open == ['b'] and made.told('task.returned') == []


def parallel(*arms: str, **to: str) -> bytes:
    """a, then the arms beside each other, then z; each returns to a, or to where `to` says."""
    parts = ''.join(chain('parted', *arm.split(), 'met') for arm in arms)
    back_to = {name: drawn(allow='return recall', return_to=to.get(name, 'a')) for arm in (*arms, 'z') for name in arm.split()}
    steps = [ask(name, back_to[name], camunda_formRef=None) for arm in arms for name in arm.split()]
    return bpmn(start(), ask('a'), fork('parted'), *steps, fork('met'), ask('z', back_to['z']), end(),
                chain('begin', 'a', 'parted'), parts, chain('met', 'z', 'done'))


@pytest.mark.parametrize('server', DATABASES, indirect=True)
def test_i9_returned_out_of_parallel_branches_their_siblings_end_visibly(engine: Engine) -> None:
    made = opened(engine, p=parallel('b', 'c d', 'e'))
    made.finish('a')
    made.finish('c')
    made.finish('e')                                                       # waits at the join already
    back(made, 'b')
    assert made.open == ['a'] and cancelled(made) == ['b', 'd']
    with db.reading(engine) as session:
        closed = {row.element: row for row in session.scalars(select(UserTask).where(UserTask.state == 'cancelled'))}
    assert {name: row.closed_by for name, row in closed.items()} == dict.fromkeys('bd', '省政府办公厅·督查员')
    for element in 'abcde':
        made.finish(element)
    assert made.open == ['z']
    made.sound()


def test_what_came_to_the_join_at_once_ends_with_its_siblings(engine: Engine) -> None:
    """A way without a step: its token would be there twice, and z be done twice."""
    made = opened(engine, p=bpmn(start(), ask('a'), fork('parted'), ask('b', BACK, camunda_formRef=None), fork('met'), ask('z'), end(),
                                 chain('begin', 'a', 'parted', 'b', 'met', 'z', 'done'), flow('parted', 'met')))
    made.finish('a')
    back(made, 'b')
    for element in 'abz':
        made.finish(element)
    assert made.open == [] and made.states('p') == ['done']
    made.sound()


def test_returned_within_a_branch_the_others_go_on(engine: Engine) -> None:
    made = opened(engine, p=parallel('c d', 'e', d='c'))
    made.finish('a')
    made.finish('c')
    back(made, 'd', 'c')
    assert made.open == ['c', 'e']
    for element in 'cde':
        made.finish(element)
    assert made.open == ['z']
    made.finish('z')
    made.sound()


def test_returned_from_behind_the_join_to_before_the_fork(engine: Engine) -> None:
    made = opened(engine, p=parallel('b', 'c d'))
    for element in 'abcd':
        made.finish(element)
    back(made, 'z')
    assert made.open == ['a']
    for element in 'abcdz':
        made.finish(element)
    assert made.open == []
    made.sound()


def test_returned_from_behind_the_join_into_one_branch_the_others_count_as_arrived(engine: Engine) -> None:
    """What the others have answered is kept; the join waits for this branch only, also after a second return."""
    made = opened(engine, p=parallel('b', 'c d', 'e', z='b c'))
    for element in 'abcde':
        made.finish(element)
    for element, then in (('b', 'b'), ('c', 'cd')):
        back(made, 'z', element)
        assert made.open == [element]
        for one in then:
            made.finish(one)
        assert made.open == ['z']
    assert len(tasks(made, 'e', 'done')) == 1 and cancelled(made) == ['z', 'z']
    made.finish('z')
    assert made.open == []
    made.sound()


def test_from_one_branch_into_another_is_refused(engine: Engine) -> None:
    """Also in a loop, where c comes before b in the next round: the join would miss b, and d waits behind it."""
    steps = [ask('b', drawn(allow='return', return_to='c'), camunda_formRef=None),
             *(ask(name, camunda_formRef=None) for name in 'cd'), ask('e')]
    made = opened(engine, p=bpmn(start(), xor('again'), fork('one'), fork('two'), *steps, fork('met_two'), fork('met_one'),
                                 xor('enough', default='enough__done'), end(), chain('begin', 'again', 'one', 'two', 'b', 'met_two'),
                                 chain('two', 'c', 'met_two', 'met_one', 'e', 'enough', 'done'), chain('one', 'd', 'met_one'),
                                 flow('enough', 'again', '${answer == "x"}')))
    for element in 'cd':
        made.finish(element)
    with pytest.raises(Refused, match='同时进行的另一支'):
        back(made, 'b', 'c')
    assert made.open == ['b']


def test_returned_into_an_inner_branch_both_joins_wait_for_it_only(engine: Engine) -> None:
    steps = [ask(name, camunda_formRef=None) for name in 'bcd']
    made = opened(engine, p=bpmn(start(), fork('one'), fork('two'), *steps, fork('met_two'), fork('met_one'),
                                 ask('z', drawn(allow='return', return_to='b')), end(), chain('begin', 'one', 'two', 'b', 'met_two'),
                                 chain('two', 'c', 'met_two', 'met_one', 'z', 'done'), chain('one', 'd', 'met_one')))
    for element in 'bcd':
        made.finish(element)
    back(made, 'z', 'b')
    assert made.open == ['b']
    made.finish('b')
    assert made.open == ['z']
    made.sound()


def inclusive() -> bytes:
    """a, then b and c as it names them, or d; then z, which returns to each of them."""
    ways = ''.join(flow('parted', name, f'${{names.contains("{name}")}}') for name in 'bc') + flow('parted', 'd')
    steps = [ask(name, camunda_formRef=None) for name in 'bcd']
    return bpmn(start(), ask('a'), node('inclusiveGateway', 'parted', default='parted__d'), *steps, node('inclusiveGateway', 'met'),
                ask('z', drawn(allow='return', return_to='b c d')), end(), chain('begin', 'a', 'parted'), ways,
                *(chain(name, 'met') for name in 'bcd'), chain('met', 'z', 'done'))


def test_returned_into_one_way_of_an_inclusive_gateway(engine: Engine) -> None:
    made = opened(engine, p=inclusive())
    made.finish('a', names='b,c')
    for element in 'bc':
        made.finish(element)
    back(made, 'z', 'c')
    assert made.open == ['c']
    made.finish('c')
    assert made.open == ['z']
    made.sound()


def stage(*more: str, onward: str = '') -> bytes:
    """b and c beside each other in a sub-process, then z, which returns to b."""
    steps = [ask(name, camunda_formRef=None) for name in 'bc']
    inner = frame('stage', start('s'), fork('parted'), *steps, fork('met'), end('e'), chain('s', 'parted', 'b', 'met', 'e'),
                  chain('parted', 'c', 'met'))
    return line(inner, *more, ask('z', drawn(allow='return', return_to='b')), between=('stage', 'z'), extra=onward)


def test_returned_into_a_branch_inside_a_sub_process(engine: Engine) -> None:
    made = opened(engine, p=stage())
    for element in 'bc':
        made.finish(element)
    back(made, 'z', 'b')
    assert made.open == ['b']
    made.finish('b')
    assert made.open == ['z']
    made.finish('z')
    assert made.open == []
    made.sound()


def test_into_a_branch_whose_siblings_may_never_have_arrived_is_refused(engine: Engine) -> None:
    """The sub-process ended by its deadline: c was never done, and nobody may count it as done."""
    late = boundary('late', 'stage', timer('duration', 'P3D')) + flow('late', 'z')
    made = opened(engine, p=stage(onward=late))
    made.finish('b')
    made.later(days=10)
    assert made.open == ['z']
    with pytest.raises(Refused, match='永远等不到另一支'):
        back(made, 'z', 'b')
    assert made.open == ['z']


def test_a_way_back_that_would_be_refused_is_not_offered(engine: Engine) -> None:
    """Past the fork there is another way to z."""
    steps = [ask(name, camunda_formRef=None) for name in 'bc']
    made = opened(engine, p=bpmn(start(), ask('a'), xor('which', default='which__z'), fork('parted'), *steps, fork('met'),
                                 ask('z', drawn(allow='return', return_to='b a')), end(), chain('begin', 'a', 'which'),
                                 flow('which', 'parted', '${answer == "x"}'), flow('which', 'z'),
                                 chain('parted', 'b', 'met', 'z', 'done'), chain('parted', 'c', 'met')))
    made.finish('a', answer='x')
    for element in 'bc':
        made.finish(element)
    with db.reading(engine) as session:
        assert assignment.open_ways(session, tasks(made, 'z')[0], made.actor('office-officer')) == {'a': '办a'}
    assert made.open == ['z'] and made.told('task.returned') == []


def several(*inside: str, sequential: bool = False, until: str = '', allowed: str = BACK) -> str:
    """会签: a task per co-unit."""
    condition = f'<bpmn:completionCondition>{until}</bpmn:completionCondition>' if until else ''
    return user('vote', allowed, *inside, each('${split(co_units)}', 'unit', condition, isSequential=str(sequential).lower()),
                camunda_candidateGroups='${unit}/liaison')


@pytest.mark.parametrize('sequential', [False, True])
def test_i10_returned_out_of_a_countersignature_there_is_a_task(engine: Engine, sequential: bool) -> None:
    made = opened(engine, p=line(ask('a'), several(sequential=sequential), ask('z'), between=('a', 'vote', 'z')))
    made.finish('a')
    made.submit('vote', 'fgw-liaison')
    made.act(assignment.give_back, made.task('vote', post='gxt/liaison').id, 'a', '意见不一', by='gxt-liaison')
    assert made.open == ['a']
    made.finish('a')
    assert made.open == (['vote'] if sequential else ['vote'] * 3)
    for login in ('fgw', 'gxt', 'sft'):
        made.act(instance.complete, made.task('vote', post=f'{login}/liaison').id, FILLED, by=f'{login}-liaison')
    assert made.open == ['z']
    made.sound()


def test_i11_returned_into_a_countersignature_all_are_asked_again(engine: Engine) -> None:
    made = opened(engine, p=line(several(allowed=''), ask('z', drawn(allow='return', return_to='vote')), between=('vote', 'z')))
    for login in ('fgw', 'gxt', 'sft'):
        made.act(instance.complete, made.task('vote', post=f'{login}/liaison').id, FILLED, by=f'{login}-liaison')
    back(made, 'z', 'vote')
    assert made.open == ['vote'] * 3
    with db.reading(engine) as session:
        shown = instance.view(session, made.task('vote', post='gxt/liaison').id)
        assert shown.scope['answer'] == '已办'                                  # what this unit answered before
    made.sound()


def test_returned_out_of_a_multi_instance_sub_process_and_within_it(engine: Engine) -> None:
    inner = frame('share', start('s'), person('c', post='${unit}/liaison'),
                  person('d', drawn(allow='return', return_to='c a'), post='${unit}/liaison'), end('e'),
                  chain('s', 'c', 'd', 'e'), each())
    made = opened(engine, p=line(ask('a'), inner, ask('z'), between=('a', 'share', 'z')))
    made.finish('a')
    made.act(instance.complete, made.task('c', post='gxt/liaison').id, FILLED, by='gxt-liaison')
    made.act(assignment.give_back, made.task('d').id, 'c', '重填', by='gxt-liaison')
    assert made.open == ['c'] * 3 and cancelled(made) == ['d']
    made.act(instance.complete, made.task('c', post='gxt/liaison').id, FILLED, by='gxt-liaison')
    made.act(assignment.give_back, made.task('d').id, 'a', '任务不清', by='gxt-liaison')
    assert made.open == ['a']
    made.finish('a')
    assert made.open == ['c'] * 3
    made.sound()


def test_returned_into_a_sub_process_one_begins_where_it_was_left(engine: Engine) -> None:
    inner = frame('stage', start('s'), ask('c'), ask('d'), end('e'), chain('s', 'c', 'd', 'e'))
    made = opened(engine, p=line(inner, ask('z', drawn(allow='return', return_to='d')), between=('stage', 'z')))
    for element in 'cd':
        made.finish(element)
    back(made, 'z', 'd')
    assert made.open == ['d']
    made.finish('d')
    assert made.open == ['z']
    made.sound()


def test_i14_after_a_return_the_reminder_is_alive_again(engine: Engine) -> None:
    late = boundary('late', 'a', timer('duration', 'P3D'), stops=False) + ask('urge') + end('urged') + chain('late', 'urge', 'urged')
    made = opened(engine, p=line(ask('a'), ask('b', BACK), between=('a', 'b'), extra=late))
    first = due(made)['late']
    made.later(days=1)
    made.finish('a')
    assert due(made) == {}
    back(made, 'b')
    assert (due(made)['late'] - first).days == 1
    made.later(days=4)
    assert made.open == ['a', 'urge']
    made.sound()


def test_i25_a_returned_form_can_be_edited_and_shows_what_was_answered(engine: Engine) -> None:
    made = opened(engine, p=line(ask('a'), ask('b', BACK), between=('a', 'b')))
    made.finish('a', answer='第一次', names=None)
    with db.writing(engine) as session:
        officer = made.actor('office-officer')
        usertask.save_draft(session, made.task('b').id, officer.account_id, {'answer': '审到一半'}, made.task('b').opened_at)
    back(made, 'b')
    with db.reading(engine) as session:
        shown = instance.view(session, made.task('a').id)
        assert shown.scope['answer'] == '第一次' and not shown.still
        assert shown.task.kept == {'as': 'returned', 'said': '材料不全', 'from': 'office/officer'}
    made.finish('a', answer='第二次')
    with db.reading(engine) as session:
        assert usertask.typed_before(session, made.task('b')) == {'answer': '审到一半'}
    made.sound()


def test_what_others_had_filled_in_is_not_lost_by_a_return(engine: Engine) -> None:
    """A delegate's part that was handed back, and what waited for consent on a parallel branch."""
    everything = drawn(allow='delegate consult return', return_to='a')
    made = opened(engine, p=bpmn(start(), ask('a'), fork('parted'), ask('b', everything),
                                 ask('c', everything, camunda_formRef=None), fork('met'),
                                 end(), chain('begin', 'a', 'parted', 'b', 'met', 'done'), chain('parted', 'c', 'met')))
    made.finish('a')
    b, c = made.task('b').id, made.task('c').id
    made.act(assignment.delegate, b, 'gxt/liaison', '请填', by='office-officer')
    made.act(assignment.hand_back, b, {'answer': '工业部分'}, '填好了', by='gxt-liaison')
    made.act(assignment.ask, c, 'gxt/liaison', 'after', '请看', by='office-officer')
    made.submit('c', 'office-officer')
    back(made, 'b')
    made.finish('a')
    with db.reading(engine) as session:
        assert usertask.typed_before(session, made.task('b')) == {'answer': '工业部分'}
        assert usertask.typed_before(session, made.task('c')) == FILLED


def test_returned_to_a_sub_process_who_begins_it_reads_why(engine: Engine) -> None:
    inner = frame('stage', start('s'), ask('c'), ask('d'), end('e'), chain('s', 'c', 'd', 'e'))
    made = opened(engine, p=line(inner, ask('z', drawn(allow='return', return_to='stage')), between=('stage', 'z')))
    for element in 'cd':
        made.finish(element)
    back(made, 'z', 'stage')
    assert made.task('c').kept == {'as': 'returned', 'said': '材料不全', 'from': 'office/officer'}
    made.finish('c')
    assert made.task('d').kept is None


def test_i15_a_double_click_returns_once(engine: Engine) -> None:
    made = opened(engine, p=line(ask('a'), ask('b', BACK), between=('a', 'b')))
    made.finish('a')
    key = made.task('b').id
    made.act(assignment.give_back, key, 'a', '退', by='office-officer')
    with pytest.raises(Conflict):
        made.act(assignment.give_back, key, 'a', '退', by='office-officer')
    with pytest.raises(Conflict):
        made.act(instance.complete, key, FILLED, by='office-officer')
    assert made.open == ['a'] and len(made.told('task.returned')) == 1


def test_what_ran_beside_the_step_ends_when_it_goes_back(engine: Engine) -> None:
    late = boundary('late', 'b', timer('duration', 'P3D'), stops=False) + ask('urge') + end('urged') + chain('late', 'urge', 'urged')
    made = opened(engine, p=line(ask('a'), ask('b', BACK), between=('a', 'b'), extra=late))
    made.finish('a')
    made.later(days=4)
    assert made.open == ['b', 'urge']
    back(made, 'b')
    assert made.open == ['a']


# -- 撤回 ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize('server', DATABASES, indirect=True)
def test_i28_a_submitted_step_is_taken_back_and_shows_what_was_filled_in(engine: Engine) -> None:
    late = boundary('late', 'a', timer('duration', 'P3D'), stops=False) + ask('urge') + end('urged') + chain('late', 'urge', 'urged')
    made = opened(engine, p=line(ask('a', RECALL), ask('b'), between=('a', 'b'), extra=late))
    before = due(made)
    made.finish('a', answer='填错')
    recall(made, 'a')
    assert made.open == ['a'] and due(made) == before
    assert made.task('a').kept['answer']['answer'] == '填错'
    assert made.told('task.recalled')[0]['said'] == '撤回：填错了' and made.told('task.recalled')[0]['gone'] == ['办b']
    assert made.variables().get('answer') is None
    made.finish('a', answer='改对')
    assert made.open == ['b'] and made.variables()['answer'] == '改对'
    made.sound()


def test_i27_what_was_taken_back_is_in_no_other_inbox(engine: Engine) -> None:
    made = opened(engine, p=line(ask('a', RECALL), person('b'), between=('a', 'b')))
    made.finish('a')
    recall(made, 'a')
    with db.reading(engine) as session:
        states = dict(session.execute(select(UserTask.element, UserTask.state)).all())
    assert states == {'a': 'open', 'b': 'cancelled'}
    with pytest.raises(Conflict):
        made.act(instance.complete, tasks(made, 'b', 'cancelled')[0], FILLED, by='fgw-liaison')


def test_it_can_be_taken_back_until_the_next_has_begun(engine: Engine) -> None:
    made = opened(engine, p=line(ask('a', RECALL), person('b'), ask('c'), between=('a', 'b', 'c')))

    def nobody_can(sentence: str) -> None:
        with pytest.raises(Conflict, match=sentence):
            recall(made, 'a')

    made.finish('a')
    with pytest.raises(Forbidden):
        recall(made, 'a', by='fgw-liaison')
    with db.writing(engine) as session:
        usertask.save_draft(session, made.task('b').id, made.actor('fgw-liaison').account_id, {'answer': '填'},
                            made.task('b').opened_at)
    nobody_can('下一步已经有人在填了')
    made.act(assignment.claim, made.task('b').id, by='fgw-liaison')
    nobody_can('后来已经有人接着办了')
    made.submit('b', 'fgw-liaison')
    nobody_can('后来已经有人接着办了')
    assert made.open == ['c']


def test_what_is_typed_on_a_parallel_branch_holds_nobody_back(engine: Engine) -> None:
    """Also where the clock stands, as in a demo, and both branches have opened in the moment of the answer."""
    made = opened(engine, p=parallel('b', 'c'))
    made.finish('a')
    with db.writing(engine) as session:
        task = session.get(UserTask, made.task('c').id)
        usertask.save_draft(session, task.id, made.actor('office-officer').account_id, {'answer': '填'}, task.opened_at)
    made.finish('b')
    recall(made, 'b')
    assert made.open == ['b', 'c']


def test_where_the_diagram_does_not_say_so_nothing_is_taken_back(engine: Engine) -> None:
    made = opened(engine, p=line(ask('a'), ask('b'), between=('a', 'b')))
    made.finish('a')
    with pytest.raises(Refused, match='流程图上没有允许'):
        recall(made, 'a')


def test_at_a_join_and_in_a_countersignature_only_the_own_part_comes_back(engine: Engine) -> None:
    made = opened(engine, p=parallel('b', 'c'))
    made.finish('a')
    made.finish('b')
    recall(made, 'b')
    assert made.open == ['b', 'c']
    for element in 'bc':
        made.finish(element)
    recall(made, 'c')
    assert made.open == ['c']
    made.finish('c')
    assert made.open == ['z']
    made.sound()


@pytest.mark.parametrize('server', DATABASES, indirect=True)
def test_one_of_several_votes_is_taken_back_and_counts_once(engine: Engine) -> None:
    made = opened(engine, p=line(several(until='${nrOfCompletedInstances >= 2}', allowed=RECALL), ask('z'), between=('vote', 'z')))
    made.act(instance.complete, made.task('vote', post='fgw/liaison').id, FILLED, by='fgw-liaison')
    recall(made, 'vote', by='fgw-liaison')
    assert made.open == ['vote'] * 3
    for login in ('fgw', 'gxt'):
        made.act(instance.complete, made.task('vote', post=f'{login}/liaison').id, FILLED, by=f'{login}-liaison')
    assert made.open == ['z']
    made.act(assignment.recall, made.task('vote', 'done', post='gxt/liaison').id, '填错了', by='gxt-liaison')
    assert made.open == ['vote', 'vote']
    made.sound()


@pytest.mark.parametrize(('kind', 'text'), [('date', '2020-05-09T09:00:00+08:00'), ('duration', 'P2D')])
@pytest.mark.parametrize('stops', [True, False])
def test_what_came_due_on_the_step_meanwhile_happens_before_it_is_taken_back(
        engine: Engine, kind: str, text: str, stops: bool) -> None:
    """A deadline that ends the step leaves nothing to take back; a reminder rings, and the step goes on beside it."""
    late = boundary('late', 'a', timer(kind, text), stops=stops) + ask('urge') + end('urged') + chain('late', 'urge', 'urged')
    made = opened(engine, p=line(ask('a', RECALL), ask('b'), between=('a', 'b'), extra=late))
    made.finish('a')
    made.later(days=5)
    with db.reading(engine) as session:
        offered = assignment.recallable(session, tasks(made, 'a', 'done')[0], OFFICER)
    assert offered == (None if stops else '')
    if stops:
        with pytest.raises(Refused, match='撤回不了：这一步的期限已经过了'):
            recall(made, 'a')
        assert made.open == ['b']
    else:
        recall(made, 'a')
        assert made.open == ['a', 'urge']
        made.finish('a')
        assert made.open == ['b', 'urge']
    made.sound()


@pytest.mark.parametrize(('between', 'why'), [
    (service('sent', inputs={'to': 'fgw/liaison', 'text': '请办'}), '已经发出提醒'),
    (throw('sent', event('message', 'm')), '已经给别的流程发了消息')])
def test_what_cannot_be_undone_is_said(engine: Engine, between: str, why: str) -> None:
    made = Office(engine, p=bpmn(start(), ask('a', RECALL), between, ask('b'), end(), chain('begin', 'a', 'sent', 'b', 'done'),
                                 roots=message()))
    made.start()
    made.finish('a')
    with pytest.raises(Refused, match=why):
        recall(made, 'a')
    assert made.open == ['b']


def test_facts_go_back_to_what_they_were_unless_somebody_has_changed_them_since(engine: Engine) -> None:
    sets = node('scriptTask', 'set', '<bpmn:script>title = "新" ; level_label = "二"</bpmn:script>', scriptFormat='duban')
    made = Office(engine, p=matter(ask('a', RECALL), sets, ask('b'), between=('a', 'set', 'b')))
    key = begin(made, title='旧', level_label='一')
    made.finish('a')
    db.carry_out(engine, lambda session: instance.change_facts(session, key, SYSTEM, {'level_label': '三'}, '更正'))
    recall(made, 'a')
    with db.reading(engine) as session:
        row = session.get(Matter, key)
        assert (row.title, row.level_label) == ('旧', '三')
    assert made.open == ['a']
    made.sound()


def test_a_process_that_is_over_is_not_taken_back(engine: Engine) -> None:
    made = opened(engine, p=line(ask('a', RECALL), between=('a',)))
    made.finish('a')
    with pytest.raises(Refused, match='已经走完'):
        recall(made, 'a')
    with db.reading(engine) as session:
        assert session.scalars(select(INSTANCE.c.status)).all() == ['done']


def test_a_refused_answer_is_no_step_and_leaves_the_way_back_alone(engine: Engine) -> None:
    made = opened(engine, p=line(ask('a', RECALL), ask('b'), between=('a', 'b')))
    made.finish('a')
    with pytest.raises(Invalid):
        made.finish('b', nothing='x')
    recall(made, 'a')
    assert made.open == ['a']


@pytest.mark.parametrize('server', DATABASES, indirect=True)
def test_who_did_the_step_before_is_known_also_when_the_clock_stands(engine: Engine) -> None:
    """In a demo all of it happens in one moment: who has done the last step must not be left to chance."""
    posts = {'a': 'fgw/liaison', 'b': 'sft/liaison', 'c': 'gxt/liaison', 'd': 'office/officer'}
    made = Office(engine, p=line(*(person(name, post=post) for name, post in posts.items()), between=tuple(posts)))
    made.start()
    for before, element in pairwise('abcd'):
        made.submit(before, posts[before].replace('/', '-'))
        assert waiting(made, element, posts) == {before}


def test_who_finished_a_parallel_branch_does_not_wait_for_the_other(engine: Engine) -> None:
    """Nor is the doer of the step before forgotten for it, though both branches opened and one ended in one moment."""
    posts = {'a': 'fgw/liaison', 'b': 'sft/liaison', 'c': 'gxt/liaison'}
    a, b, c = (person(name, post=post, **({} if name == 'a' else {'camunda_formRef': None})) for name, post in posts.items())
    made = opened(engine, p=bpmn(start(), a, fork('parted'), b, c, fork('met'), end(), chain('parted', 'c', 'met'),
                                 chain('begin', 'a', 'parted', 'b', 'met', 'done')))
    made.submit('a', 'fgw-liaison')
    made.submit('b', 'sft-liaison')
    assert waiting(made, 'c', posts) == {'a'}


def waiting(office: Office, element: str, posts: dict[str, str]) -> set[str]:
    """The steps whose doers wait for this one only because they sent it."""
    with db.reading(office.engine) as session:
        task = session.scalars(select(UserTask).where(UserTask.element == element)).one()
        other = Matter(tenant=TENANT, lead_unit='jyt', co_units='', supervisor_unit='jyt', leader_post='')
        return {name for name, post in posts.items()
                if name != element and urging.waits(session, task, other, tuple(post.split('/')))}
