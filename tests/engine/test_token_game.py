"""The token game: what is drawn happens as BPMN 2.0 says, saved and loaded before every step."""
from datetime import timedelta

import pytest

from engine.errors import Broken, Thrown
from tests.engine.diagrams import (bpmn, boundary, call, catch, chain, each, end, error, escalation, event, flow, frame,
                                   line, message, node, service, signal, start, throw, timer, user, xor)
from tests.engine.walker import Walker

AND, OR = 'parallelGateway', 'inclusiveGateway'


def handler(ident: str, *definition: str, stops: bool = True, task: str = 'h') -> str:
    """An event sub-process with one user task."""
    return frame(ident, start(f'{ident}_start', *definition, isInterrupting=str(stops).lower()), user(task),
                 end(f'{ident}_end'), chain(f'{ident}_start', task, f'{ident}_end'), triggeredByEvent='true')


def inside(ident: str, *tasks: str, extra: str = '', **attributes: str) -> str:
    """A sub-process that walks through user tasks."""
    return frame(ident, start(f'{ident}_s'), *(user(task) for task in tasks), end(f'{ident}_e'),
                 chain(f'{ident}_s', *tasks, f'{ident}_e'), extra, **attributes)


# joins

def test_a_parallel_join_takes_one_token_from_each_flow_in_every_round() -> None:
    walker = Walker(bpmn(start(), xor('again'), node(AND, 'fork'), user('a'), user('b'), node(AND, 'join'), user('c'), xor('x'),
                         end(), chain('begin', 'again', 'fork', 'a', 'join', 'c', 'x'), chain('fork', 'b', 'join'),
                         flow('x', 'again', '${more}'), flow('x', 'done')), more=True)
    for _ in range(3):
        walker.done('a')
        assert walker.open == ['b']
        walker.done('b')
        assert walker.open == ['c']
        walker.done('c')
        assert walker.open == ['a', 'b']
    walker.done('b')
    walker.done('a')
    walker.done('c', more=False)
    assert walker.run.done


def test_a_loop_beside_another_branch_does_not_fire_its_join_early() -> None:
    walker = Walker(bpmn(start(), node(AND, 'f'), user('long'), xor('m'), node(AND, 'g'), user('a'), user('b'), node(AND, 'j'),
                         user('c'), xor('x'), node(AND, 'last'), end(), chain('begin', 'f', 'long', 'last', 'done'),
                         chain('f', 'm', 'g', 'a', 'j', 'c', 'x', 'last'), chain('g', 'b', 'j'),
                         flow('x', 'm', '${more}')), more=True)
    walker.done('a')
    walker.done('b')
    walker.done('c')
    walker.done('b')
    assert walker.open == ['a', 'long']
    walker.done('a')
    walker.done('c', more=False)
    assert walker.open == ['long']
    walker.done('long')
    assert walker.run.done


def test_an_inclusive_join_waits_for_every_token_that_can_still_come() -> None:
    walker = Walker(bpmn(start(), node(OR, 'f'), user('a'), user('b'), user('c'), node(OR, 'j'), user('d'), end(),
                         flow('begin', 'f'), flow('f', 'a', '${one}'), flow('f', 'b', '${two}'), flow('f', 'c', '${three}'),
                         chain('a', 'j', 'd', 'done'), chain('b', 'j'), chain('c', 'j')), one=True, two=True, three=False)
    assert walker.open == ['a', 'b']
    walker.done('a')
    assert walker.open == ['b']
    walker.done('b')
    assert walker.open == ['d']


def test_an_inclusive_join_does_not_wait_for_a_token_that_turned_away() -> None:
    walker = Walker(bpmn(start(), node(OR, 'f'), user('a'), user('b'), xor('x'), user('away'), node(OR, 'j'), user('d'), end(),
                         end('left'), flow('begin', 'f'), flow('f', 'a', '${true}'), flow('f', 'b', '${true}'),
                         chain('a', 'j', 'd', 'done'), chain('b', 'x', 'j'), flow('x', 'away', '${turns}'),
                         flow('away', 'left')), turns=True)
    walker.done('a')
    assert walker.open == ['b']
    walker.done('b')
    assert walker.open == ['away', 'd']


def test_an_inclusive_join_takes_all_flows_from_one_source_together() -> None:
    walker = Walker(bpmn(start(), node(OR, 'f'), node(OR, 'j'), user('a'), end(), flow('begin', 'f'),
                         flow('f', 'j', '${one}', id='f1'), flow('f', 'j', '${two}', id='f2'),
                         flow('f', 'j', '${three}', id='f3'), chain('j', 'a', 'done')), one=False, two=True, three=True)
    assert walker.open == ['a']


def test_tokens_that_wait_for_each_other_for_ever_are_an_incident() -> None:
    walker = Walker(bpmn(start(), xor('x'), user('a'), user('b'), node(AND, 'j'), end(), flow('begin', 'x'),
                         flow('x', 'a', '${one}'), flow('x', 'b'), chain('a', 'j', 'done'), chain('b', 'j')), one=True)
    with pytest.raises(Broken, match='办j.*再也不会有人走到'):
        walker.done('a')


def test_the_only_way_out_of_a_gateway_may_have_a_condition() -> None:
    with pytest.raises(Broken, match='条件一个也不成立'):
        Walker(bpmn(start(), xor('x'), user('a'), end(), flow('begin', 'x'), flow('x', 'a', '${false}'), flow('a', 'done')))


# boundaries

@pytest.mark.parametrize('kind', ['message', 'signal', 'escalation'])
def test_a_boundary_that_does_not_interrupt_answers_every_time(kind: str) -> None:
    roots = message() + signal() + escalation()
    ref = {'message': 'm', 'signal': 'sg', 'escalation': 'es'}[kind]
    thrower = frame('work', start('s'), xor('again'), user('a'), throw('up', event('escalation', 'es')),
                    xor('x'), end('e'), chain('s', 'again', 'a', 'up', 'x', 'e'), flow('x', 'again', '${more}'))
    walker = Walker(line(thrower, boundary('b', 'work', event(kind, ref), stops=False), user('told'), end('off'),
                         flow('b', 'told'), flow('told', 'off'), between=('work',), roots=roots), more=True)
    for round_ in range(1, 4):
        if kind == 'escalation':
            walker.done('a')
        else:
            walker.hear({'message': 'm', 'signal': 's'}[kind], kind)
        assert walker.open == ['a'] + ['told'] * round_
    walker.done('a', more=False)
    for _ in range(3 + (kind == 'escalation')):
        walker.done('told')
    assert walker.run.done


def test_one_overall_deadline_ends_all_shares() -> None:
    body = frame('work', start('s'), user('a'), user('b'), end('e'), chain('s', 'a', 'b', 'e'), each())
    walker = Walker(line(body, boundary('late', 'work', timer('duration', '${"P7D"}')), user('urge'), end('off'),
                         chain('late', 'urge', 'off'), between=('work',)), co_units='x,y,z')
    walker.done('a', 1)
    assert walker.open == ['a', 'a', 'b']
    walker.later(days=8)
    assert walker.open == ['urge']
    assert sorted(node.element for node in walker.run.cancelled())[:2] == ['a', 'a']
    walker.done('urge')
    assert walker.run.done


@pytest.mark.parametrize('sequential', ['true', 'false'])
@pytest.mark.parametrize('whole', [False, True])
def test_a_deadline_on_repeated_tasks_and_sequences(sequential: str, whole: bool) -> None:
    several = each(isSequential=sequential)
    body = inside('work', 'a', extra=several) if whole else user('work', several)
    walker = Walker(line(body, boundary('late', 'work', timer('duration', '${"P7D"}')), user('urge'), end('off'),
                         chain('late', 'urge', 'off'), between=('work',)), co_units='x,y,z')
    assert len(walker.open) == (1 if sequential == 'true' else 3)
    walker.later(days=8)
    assert walker.open == ['urge']


def test_a_reminder_every_day_collapses_what_was_missed() -> None:
    walker = Walker(line(user('a'), boundary('b', 'a', timer('cycle', '${"R/P1D"}'), stops=False), user('told'), end('off'),
                         chain('b', 'told', 'off'), between=('a',)))
    walker.later(days=1)
    assert walker.open == ['a', 'told']
    walker.later(days=10)
    assert walker.open == ['a', 'told', 'told']
    told = [task for task in walker.run.open().values() if task.node.element == 'told']
    assert sorted(task.node.stands_for for task in told) == [1, 10]
    walker.done('a')
    assert walker.run.armed() == {}


def test_of_several_that_wait_at_once_each_is_reminded_and_one_that_comes_later_is_not() -> None:
    reminder = boundary('due', 'a', timer('date', '${2026-03-03T09:00:00+08:00}'), stops=False), user('nudge'), end('he2')
    handler = frame('h', start('hs', event('message', 'm'), isInterrupting='false'), user('a'), end('he'), *reminder,
                    chain('hs', 'a', 'he'), chain('due', 'nudge', 'he2'), triggeredByEvent='true')
    game = Walker(line(user('b'), handler, between=('b',), roots=message()))
    for _ in range(3):
        game.hear('m')
        game.later(hours=1)
    game.later(days=1)
    assert game.open == ['a'] * 3 + ['b'] + ['nudge'] * 3
    game.hear('m')
    assert game.open == ['a'] * 4 + ['b'] + ['nudge'] * 3


def test_a_short_cycle_after_a_long_sleep_is_counted_not_walked() -> None:
    walker = Walker(line(user('a'), boundary('b', 'a', timer('cycle', '${"R/PT1S"}'), stops=False), user('told'), end('off'),
                         chain('b', 'told', 'off'), between=('a',)))
    walker.later(days=3650, seconds=0.5)
    assert [task.node.stands_for for task in walker.run.open().values() if task.node.element == 'told'] == [3650 * 86_400]
    assert next(iter(walker.run.armed().values())).due_at - walker.now == timedelta(seconds=0.5)


def test_a_cycle_that_is_counted_ends_when_its_rounds_are_used_up() -> None:
    walker = Walker(line(user('a'), boundary('b', 'a', timer('cycle', '${"R3/PT1H"}'), stops=False), user('told'), end('off'),
                         chain('b', 'told', 'off'), between=('a',)))
    walker.later(days=2)
    assert [task.node.stands_for for task in walker.run.open().values() if task.node.element == 'told'] == [3]
    assert walker.run.armed() == {}


def test_a_cycle_without_length_is_an_incident() -> None:
    with pytest.raises(Broken, match='间隔是零'):
        Walker(line(user('a'), boundary('b', 'a', timer('cycle', '${"R/PT0S"}'), stops=False), end('off'), chain('b', 'off'),
                    between=('a',)))


def test_a_boundary_on_a_receive_task() -> None:
    walker = Walker(line(node('receiveTask', 'wait', messageRef='m'), boundary('late', 'wait', timer('duration', '${"P1D"}')),
                         user('urge'), end('off'), chain('late', 'urge', 'off'), between=('wait',), roots=message()))
    assert walker.run.hears() == ['m']
    walker.later(days=2)
    assert (walker.open, walker.run.hears()) == (['urge'], [])


# errors and escalations

def test_an_action_throws_an_error_and_its_own_boundary_catches_it() -> None:
    walker = Walker(line(user('a'), service('s'), user('b'), boundary('bad', 's', event('error', 'er')), user('mend'),
                         end('off'), chain('bad', 'mend', 'off'), between=('a', 's', 'b'), roots=error()))
    walker.thrown['s'] = Thrown('e')
    walker.done('a')
    assert walker.open == ['mend']
    assert walker.log == ['begin', 'a', 'bad']


def test_a_script_throws_and_what_it_wrote_is_kept() -> None:
    script = '<bpmn:script>level = level + 1\nif level > 1:\n    error("e")\nword = "fine"</bpmn:script>'
    walker = Walker(line(user('a'), node('scriptTask', 's', script), user('b'), boundary('bad', 's', event('error', 'er')),
                         user('mend'), end('off'), chain('bad', 'mend', 'off'), between=('a', 's', 'b'), roots=error()), level=1)
    walker.done('a')
    assert walker.open == ['mend'] and walker.values == {'level': 2}


def test_an_error_finds_the_nearest_catcher_and_the_named_before_the_general() -> None:
    work = frame('outer', start('os'), frame('inner', start('is'), user('a'), end('boom', event('error', 'er')),
                                             chain('is', 'a', 'boom')),
                 end('oe'), chain('os', 'inner', 'oe'), boundary('any', 'inner', event('error')),
                 boundary('named', 'inner', event('error', 'er')), user('x'), user('y'), end('o1'), end('o2'),
                 chain('any', 'x', 'o1'), chain('named', 'y', 'o2'))
    walker = Walker(line(work, boundary('far', 'outer', event('error', 'er')), user('z'), end('o3'), chain('far', 'z', 'o3'),
                         between=('outer',), roots=error()))
    walker.done('a')
    assert walker.open == ['y']
    assert 'inner' not in walker.log and 'oe' not in walker.log


def test_an_error_that_nobody_catches_is_an_incident() -> None:
    walker = Walker(line(user('a'), service('s'), between=('a', 's')))
    walker.thrown['s'] = Thrown('nobody')
    with pytest.raises(Broken, match='错误“nobody”没有人接'):
        walker.done('a')


def test_an_error_in_a_called_process_reaches_the_caller() -> None:
    other = bpmn(start(), user('a'), end('boom', event('error', 'er')), chain('begin', 'a', 'boom'), ident='q', roots=error())
    walker = Walker(line(call('work', 'q'), boundary('bad', 'work', event('error', 'er')), user('mend'), end('off'),
                         chain('bad', 'mend', 'off'), between=('work',), roots=error()), other)
    walker.done('a')
    assert walker.open == ['mend']


def test_an_interrupting_escalation_stops_what_follows_the_throw() -> None:
    work = frame('work', start('s'), user('a'), throw('up', event('escalation', 'es')), service('after'), user('b'), end('e'),
                 chain('s', 'a', 'up', 'after', 'b', 'e'))
    walker = Walker(line(work, boundary('esc', 'work', event('escalation', 'es')), user('boss'), end('off'),
                         chain('esc', 'boss', 'off'), between=('work',), roots=escalation()))
    walker.done('a')
    assert walker.open == ['boss']
    assert 'after' not in walker.log


def test_a_cancelled_transaction_leaves_by_its_cancel_event() -> None:
    work = node('transaction', 'work', start('s'), node(AND, 'f'), user('a'), user('b'), end('no', event('cancel')), end('e'),
                chain('s', 'f', 'a', 'no'), chain('f', 'b', 'e'))
    walker = Walker(line(work, boundary('gone', 'work', event('cancel')), user('undo'), end('off'), chain('gone', 'undo', 'off'),
                         between=('work',)))
    walker.done('a')
    assert walker.open == ['undo']


# event sub-processes

@pytest.mark.parametrize('definition,happen', [
    (event('message', 'm'), lambda walker: walker.hear('m')),
    (event('signal', 'sg'), lambda walker: walker.hear('s', 'signal')),
    (timer('duration', '${"P3D"}'), lambda walker: walker.later(days=4)),
    (node('conditionalEventDefinition', None, '<bpmn:condition>${level > 1}</bpmn:condition>', name=None),
     lambda walker: walker.done('a', level=2)),        # inside: what is called sees its own variables
])
@pytest.mark.parametrize('where', ['process', 'frame', 'called'])
def test_an_interrupting_event_sub_process_ends_its_scope_only(definition: str, happen, where: str) -> None:
    parts = start(), user('a'), user('b'), end(), chain('begin', 'a', 'b', 'done'), handler('hs', definition)
    roots = message() + signal()
    if where == 'process':
        walker = Walker(bpmn(*parts, roots=roots), level=0)
    elif where == 'frame':
        walker = Walker(bpmn(start('s'), frame('work', *parts), user('after'), end('e'), chain('s', 'work', 'after', 'e'),
                             roots=roots), level=0)
    else:
        asked = node('callActivity', 'work', '<bpmn:extensionElements><camunda:in source="level" target="level"/>'
                     '</bpmn:extensionElements>', calledElement='q')
        walker = Walker(bpmn(start('s'), asked, user('after'), end('e'), chain('s', 'work', 'after', 'e'), roots=roots),
                        bpmn(*parts, ident='q', roots=roots), level=0)
    happen(walker)
    assert walker.open == ['h']
    assert walker.run.hears() == [] and walker.run.armed() == {}
    walker.done('h')
    assert walker.run.done if where == 'process' else walker.open == ['after']


def test_an_event_sub_process_that_does_not_interrupt_comes_again_and_keeps_its_scope_open() -> None:
    work = frame('work', start('s'), user('a'), end('e'), chain('s', 'a', 'e'),
                 handler('hs', event('message', 'm'), stops=False))
    walker = Walker(line(work, user('after'), between=('work', 'after'), roots=message()))
    walker.hear('m')
    walker.hear('m')
    assert walker.open == ['a', 'h', 'h']
    walker.done('a')
    assert walker.open == ['h', 'h']
    walker.hear('m')
    assert walker.open == ['h', 'h', 'h']
    for _ in range(3):
        walker.done('h')
    assert walker.open == ['after'] and walker.run.hears() == []


def test_an_error_event_sub_process_catches_what_its_scope_throws_and_nothing_at_birth() -> None:
    work = frame('work', start('s'), user('a'), service('act'), end('e'), chain('s', 'a', 'act', 'e'),
                 handler('hs', event('error', 'er')))
    walker = Walker(line(work, between=('work',), roots=error()))
    assert walker.open == ['a']
    walker.thrown['act'] = Thrown('e')
    walker.done('a')
    assert walker.open == ['h']
    walker.done('h')
    assert walker.run.done


def test_an_error_in_a_handler_goes_outwards() -> None:
    inner = frame('hs', start('hs_s', event('error', 'er')), user('h'), end('boom', event('error', 'er')),
                  chain('hs_s', 'h', 'boom'), triggeredByEvent='true')
    work = frame('work', start('s'), user('a'), end('first', event('error', 'er')), chain('s', 'a', 'first'), inner)
    walker = Walker(line(work, boundary('out', 'work', event('error', 'er')), user('mend'), end('off'),
                         chain('out', 'mend', 'off'), between=('work',), roots=error()))
    walker.done('a')
    walker.done('h')
    assert walker.open == ['mend']


def test_an_escalation_event_sub_process_beside_running_work() -> None:
    walker = Walker(bpmn(start(), user('a'), throw('up', event('escalation', 'es')), user('b'), end(),
                         chain('begin', 'a', 'up', 'b', 'done'), handler('hs', event('escalation', 'es'), stops=False),
                         roots=escalation()))
    walker.done('a')
    assert walker.open == ['b', 'h']


# races, conditions, terminate

@pytest.mark.parametrize('code', ['x', None])
def test_what_an_event_sub_process_throws_on_is_not_heard_by_itself_again(code: str | None) -> None:
    again = frame('hs', start('hs_s', event('escalation', 'es' if code else None), isInterrupting='false'), user('h'),
                  end('hs_e', event('escalation', 'es')), chain('hs_s', 'h', 'hs_e'), triggeredByEvent='true')
    work = frame('work', start('s'), throw('up', event('escalation', 'es')), user('a'), end('e'), chain('s', 'up', 'a', 'e'), again)
    walker = Walker(line(work, boundary('b', 'work', event('escalation', 'es'), stops=False), user('told'), end('off'),
                         chain('b', 'told', 'off'), between=('work',), roots=escalation()))
    assert walker.open == ['a', 'h']
    walker.done('h')
    assert walker.open == ['a', 'told']


def test_references_with_the_prefix_of_the_file_are_followed() -> None:
    prefixed = line(user('a'), boundary('b', 'tns:a', event('message', 'tns:m'), stops=True), user('told'), end('off'),
                    flow('tns:b', 'told'), flow('told', 'tns:off'), between=('a',), roots=message(),
                    head='xmlns:tns="urn:x"')
    walker = Walker(prefixed)
    walker.hear('m')
    assert walker.open == ['told']
    walker.done('told')
    assert walker.run.done


def test_the_first_event_of_a_race_ends_the_others() -> None:
    parts = (start(), node('eventBasedGateway', 'race'), catch('t1', timer('duration', '${"PT9H"}')),
             catch('t2', timer('duration', '${"PT5H"}')), catch('m1', event('message', 'm')),
             node('receiveTask', 'm2', messageRef='n'), *(user(f'after_{which}') for which in ('t1', 't2', 'm1', 'm2')),
             *(end(f'end_{which}') for which in ('t1', 't2', 'm1', 'm2')), flow('begin', 'race'),
             *(chain('race', which, f'after_{which}', f'end_{which}') for which in ('t1', 't2', 'm1', 'm2')))
    for happen, won in ((lambda walker: walker.later(hours=6), 't2'), (lambda walker: walker.hear('m'), 'm1'),
                        (lambda walker: walker.hear('n'), 'm2')):
        walker = Walker(bpmn(*parts, roots=message() + message('n', 'n')))
        assert len(walker.run.armed()) == 2 and walker.run.hears() == ['m', 'n']
        happen(walker)
        assert walker.open == [f'after_{won}']
        assert walker.run.armed() == {} and walker.run.hears() == []


def test_a_condition_happens_when_it_becomes_true_and_not_while_it_stays_so() -> None:
    when = node('conditionalEventDefinition', None, '<bpmn:condition>${level > 1}</bpmn:condition>', name=None)
    walker = Walker(line(user('a'), boundary('b', 'a', when, stops=False), user('told'), end('off'), chain('b', 'told', 'off'),
                         between=('a',)), level=0)
    for level, told in ((1, 0), (2, 1), (3, 1), (0, 1), (5, 2)):
        walker.set(level=level)
        assert walker.open.count('told') == told


def test_terminate_ends_its_level_and_what_is_around_goes_on() -> None:
    work = frame('work', start('s'), node(AND, 'f'), user('a'), user('b'), end('all', event('terminate')), end('e'),
                 chain('s', 'f', 'a', 'all'), chain('f', 'b', 'e'), handler('hs', event('message', 'm'), stops=False))
    walker = Walker(line(work, user('after'), between=('work', 'after'), roots=message()))
    walker.hear('m')
    walker.done('a')
    assert walker.open == ['after']


# several times

def test_results_come_in_the_order_of_the_collection() -> None:
    marker = each('${split(co_units)}', 'unit', '<bpmn:loopDataOutputRef>answers</bpmn:loopDataOutputRef>'
                  '<bpmn:outputDataItem id="answer" name="answer"/>')
    walker = Walker(line(user('ask', marker), user('b'), between=('ask', 'b')), co_units='x,y,x')
    walker.done('ask', 2, answer='third')
    walker.done('ask', 1, answer='second')
    walker.done('ask', 0, answer='first')
    assert walker.values['answers'] == ['first', 'second', 'third']
    assert 'answer' not in walker.values and 'unit' not in walker.values


def test_a_completion_condition_sees_all_results_and_ends_the_rest() -> None:
    marker = each('${split(co_units)}', 'unit', '<bpmn:loopDataOutputRef>votes</bpmn:loopDataOutputRef>'
                  '<bpmn:outputDataItem id="vote"/><bpmn:completionCondition>'
                  '${nrOfCompletedInstances >= 2 and sum(votes) >= 2}</bpmn:completionCondition>')
    walker = Walker(line(user('ask', marker), user('b'), between=('ask', 'b')), co_units='w,x,y,z')
    walker.done('ask', vote=1)
    walker.done('ask', vote=0)
    assert walker.open == ['ask', 'ask']
    walker.done('ask', vote=1)
    assert walker.open == ['b'] and walker.values['votes'] == [1, 0, 1]


@pytest.mark.parametrize('sequential', ['true', 'false'])
def test_a_number_of_times(sequential: str) -> None:
    marker = each(None, None, '<bpmn:loopCardinality>${count}</bpmn:loopCardinality>', isSequential=sequential)
    walker = Walker(line(user('a', marker), user('b'), between=('a', 'b')), count=3)
    assert len(walker.open) == (1 if sequential == 'true' else 3)
    for _ in range(3):
        walker.done('a')
    assert walker.open == ['b']
    assert Walker(line(user('a', marker), user('b'), between=('a', 'b')), count=0).open == ['b']


@pytest.mark.parametrize('count', [-1, 1.5, 'three', 10**9])
def test_a_number_that_is_none_is_an_incident(count: object) -> None:
    marker = each(None, None, '<bpmn:loopCardinality>${count}</bpmn:loopCardinality>')
    with pytest.raises(Broken, match='办a'):
        Walker(line(user('a', marker), between=('a',)), count=count)


def test_a_standard_loop() -> None:
    loop = node('standardLoopCharacteristics', None, '<bpmn:loopCondition>${more}</bpmn:loopCondition>', name=None,
                loopMaximum='3')
    walker = Walker(line(user('a', loop), user('b'), between=('a', 'b')), more=True)
    walker.done('a')
    walker.done('a')
    assert walker.open == ['a']
    walker.done('a')
    assert walker.open == ['b']
    walker = Walker(line(user('a', loop), user('b'), between=('a', 'b')), more=True)
    walker.done('a', more=False)
    walker = Walker(line(user('a', loop.replace('loopMaximum', 'testBefore="true" loopMaximum')), user('b'), between=('a', 'b')),
                    more=False)
    assert walker.open == ['b']


def test_a_loop_sees_what_was_answered_in_it() -> None:
    loop = node('standardLoopCharacteristics', None, '<bpmn:loopCondition>${ok == 0}</bpmn:loopCondition>', name=None)
    walker = Walker(line(user('a', loop), user('b'), between=('a', 'b')))
    walker.done('a', ok=0)
    assert walker.open == ['a']
    walker.done('a', ok=1)
    assert walker.open == ['b'] and walker.values == {'ok': 1}


def test_several_sub_processes_keep_what_is_theirs() -> None:
    body = frame('work', start('s'), user('a'), user('b'), end('e'), chain('s', 'a', 'b', 'e'),
                 each('${split(co_units)}', 'unit', '<bpmn:loopDataOutputRef>said</bpmn:loopDataOutputRef>'
                      '<bpmn:outputDataItem id="word"/>'))
    walker = Walker(line(body, user('c'), between=('work', 'c')), co_units='x,y', word='outside')
    walker.done('a', 1, word='y said')
    walker.done('a', 0, word='x said')
    assert {task.node.token['unit']: task.node.local['word'] for task in walker.run.open().values()} == {
        'x': 'x said', 'y': 'y said'}
    walker.done('b')
    walker.done('b')
    assert walker.values['said'] == ['x said', 'y said'] and walker.values['word'] == 'outside'


def test_an_error_in_one_share_ends_all_of_them() -> None:
    body = frame('work', start('s'), user('a'), end('boom', event('error', 'er')), chain('s', 'a', 'boom'), each())
    walker = Walker(line(body, boundary('bad', 'work', event('error', 'er')), user('mend'), end('off'),
                         chain('bad', 'mend', 'off'), between=('work',), roots=error()), co_units='x,y,z')
    walker.done('a', 1)
    assert walker.open == ['mend']


# calls

def test_a_called_process_has_variables_of_its_own() -> None:
    mapping = ('<bpmn:extensionElements><camunda:in source="level" target="given"/>'
               '<camunda:in sourceExpression="${level + 1}" target="more"/>'
               '<camunda:out source="result" target="answer"/></bpmn:extensionElements>')
    other = bpmn(start(), xor('x'), user('a'), user('b'), end(), flow('begin', 'x'), flow('x', 'a', '${more == 3}'),
                 flow('x', 'b'), flow('a', 'done'), flow('b', 'done'), ident='q')
    walker = Walker(line(node('callActivity', 'work', mapping, calledElement='q'), user('c'), between=('work', 'c')), other,
                    level=2)
    task = next(iter(walker.run.open().values()))
    assert task.node.element == 'a' and task.node.local == {'given': 2, 'more': 3} and task.node.closed
    walker.done('a', result='ok', private='gone')
    assert walker.values == {'level': 2, 'answer': 'ok'}


def test_a_call_that_hands_everything_over() -> None:
    mapping = '<bpmn:extensionElements><camunda:in variables="all"/><camunda:out variables="all"/></bpmn:extensionElements>'
    other = bpmn(start(), user('a'), end(), chain('begin', 'a', 'done'), ident='q')
    walker = Walker(line(node('callActivity', 'work', mapping, calledElement='q'), user('c'), between=('work', 'c')), other,
                    level=2)
    assert next(iter(walker.run.open().values())).node.local == {'level': 2}
    walker.done('a', result='ok', level=3)
    assert walker.values == {'level': 3, 'result': 'ok'}


# jobs

def test_what_is_async_waits_for_the_next_step() -> None:
    walker = Walker(line(user('a'), service('s', camunda_asyncBefore='true', camunda_asyncAfter='true'), user('b'),
                         between=('a', 's', 'b')))
    walker.done('a')
    assert (walker.open, walker.log) == ([], ['begin', 'a'])
    assert [timer_.node.element for timer_ in walker.run.armed().values()] == ['s']
    walker.later()
    assert (walker.open, walker.log) == ([], ['begin', 'a', 's'])
    walker.later()
    assert walker.open == ['b'] and walker.run.armed() == {}


def test_jobs_beside_gateways_keep_their_meaning() -> None:
    walker = Walker(bpmn(start(), node(AND, 'f'), user('a'), user('b'), node(AND, 'j', camunda_asyncBefore='true'),
                         xor('x', camunda_asyncAfter='true', default='x__d'), user('c'), user('d'), end(),
                         chain('begin', 'f', 'a', 'j', 'x'), chain('f', 'b', 'j'), flow('x', 'c', '${wanted}'), flow('x', 'd'),
                         chain('c', 'done'), chain('d', 'done')), wanted=False)
    walker.done('a')
    walker.later()
    walker.done('b')
    assert walker.open == []
    walker.later()
    walker.later()
    assert walker.open == ['d']
    assert walker.run.open().popitem()[1].node.flows == ['x']


def test_an_instance_begins_at_its_plain_start() -> None:
    walker = Walker(bpmn(node('startEvent', 'told', event('message', 'm')), start(), user('a'), user('b'), end(),
                         chain('told', 'b', 'done'), chain('begin', 'a', 'done'), roots=message()))
    assert walker.open == ['a']


# the state

def test_the_state_of_any_loop_stays_small() -> None:
    """Also beside another branch, inside sub-processes, with boundaries and handlers."""
    work = frame('work', start('s'), xor('m'), user('a'), xor('x'), end('e'), chain('s', 'm', 'a', 'x', 'e'),
                 flow('x', 'm', '${more}'), boundary('b', 'a', event('message', 'm'), stops=False), service('told'),
                 end('off'), chain('b', 'told', 'off'), handler('hs', event('signal', 'sg'), stops=False, task='z'))
    walker = Walker(bpmn(start(), node(AND, 'f'), user('long'), work, node(AND, 'j'), end(), chain('begin', 'f', 'long', 'j', 'done'),
                         chain('f', 'work', 'j'), roots=message() + signal()), more=True)
    sizes = []
    for _ in range(40):
        walker.hear('m')
        walker.done('a')
        sizes.append(len(walker.run.dump()))
    assert len(set(sizes[2:])) == 1, sizes
    assert walker.open == ['a', 'long']


def test_any_key_name_and_nested_value_lives_through_a_save() -> None:
    values = {'items': [1, 2, 2], 'keys': {'get': 1, '__class__': 2, 'δ 中文 ': None}, 'data': 'x', 'tree': 1.5}
    body = frame('work', start('s'), user('a'), user('b'), end('e'), chain('s', 'a', 'b', 'e'), each())
    walker = Walker(line(body, between=('work',)), co_units='x')
    walker.done('a', **values)
    local = next(iter(walker.run.open().values())).node.local
    assert {name: local[name] for name in values} == values


# two branches

def test_two_branches_that_disagree_about_a_variable_are_an_incident() -> None:
    def walker() -> Walker:
        return Walker(bpmn(start(), node(AND, 'f'), user('a'), inside('b', 'c'), node(AND, 'j'), user('d'), end(),
                           chain('begin', 'f', 'a', 'j', 'd', 'done'), chain('f', 'b', 'j')))
    apart = walker()
    apart.done('a', word='one')
    with pytest.raises(Broken, match='并行的两个分支都在写“word”'):
        apart.done('c', word='two')
    same = walker()
    same.done('a', word='one')
    same.done('c', word='one')
    same.done('d', word='two')
    assert same.run.done and same.values == {'word': 'two'}


def test_what_was_written_before_the_branches_or_in_an_earlier_round_is_no_quarrel() -> None:
    walker = Walker(bpmn(start(), xor('again'), node(AND, 'f'), user('a'), user('b'), node(AND, 'j'), xor('x'), end(),
                         chain('begin', 'again', 'f', 'a', 'j', 'x', 'done'), chain('f', 'b', 'j'),
                         flow('x', 'again', '${more}')), word='first', more=True)
    walker.done('a', word='second')
    walker.done('b')
    walker.done('b', word='third')
    walker.done('a', more=False)
    assert walker.values == {'word': 'third', 'more': False}
