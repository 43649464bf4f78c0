"""A state carried over to another version of its diagram: what has a place, what follows, what cannot be carried."""
from typing import Any

import pytest

from engine import spiff
from tests.engine.diagrams import (bpmn, boundary, call, catch, chain, each, end, event, flow, frame, line, message,
                                   node, start, timer, user, xor)
from tests.engine.scenes import again
from tests.engine.walker import Walker

AND, OR, RACE = 'parallelGateway', 'inclusiveGateway', 'eventBasedGateway'


def carried(walker: Walker, *new: bytes, **names: str) -> tuple[Walker, spiff.Carried]:
    """The walker on another version, and what was said about it. It stays where it was when it cannot be carried."""
    other = Walker(*new, **walker.values)
    old, libraries = walker.run, (walker.run.library, other.run.library)
    found = spiff.carry('p', old.dump(), *libraries, {'p': names})
    if not found.hitches:
        walker.run = spiff.Run.load(libraries[1], 'p', found.state, walker)
        walker.run.reread()
    return walker, found


def causes(walker: Walker, *new: bytes, **names: str) -> list[tuple[str, str, bool]]:
    """Why it cannot be carried: element, cause, whether a mapping would help."""
    return [(hitch.spot.element, hitch.cause, hitch.mappable) for hitch in carried(walker, *new, **names)[1].hitches]


def due(walker: Walker) -> dict[str, str]:
    return {timer.node.element: timer.due_at.isoformat()[5:16] for timer in walker.run.armed().values()}


def task(*marks: str, then: str = '', extra: str = '', ident: str = 'a') -> bytes:
    return line(user(ident, *marks), *([user(then)] if then else []), between=(ident, *([then] if then else [])),
                extra=extra, roots=message())


def late(*inner: str, ident: str = 'late', host: str = 'a', stops: bool = True) -> str:
    """Something attached to the task."""
    return boundary(ident, host, *inner, stops=stops) + end(f'{ident}_end') + flow(ident, f'{ident}_end')


# -- what has a place -------------------------------------------------------------------------------------------------


def test_a_renamed_task_goes_on_under_its_new_name() -> None:
    walker, found = carried(Walker(task()), task(ident='z', then='b'), a='z')
    assert not found.hitches and walker.open == ['z']
    walker.done('z')
    assert walker.open == ['b'] and walker.log == ['begin', 'a', 'z'][:1] + ['z']


def test_without_a_name_it_needs_one() -> None:
    assert causes(Walker(task()), task(ident='z')) == [('a', '新版本的同一层里没有这个元素', True)]


def test_another_kind_of_element_is_not_its_place() -> None:
    waits = line(catch('a', timer('duration', 'P1D')), between=('a',))
    assert causes(Walker(task()), waits) == [('a', '新版本里“办a”是另一种元素', True)]


def test_a_task_keeps_what_tells_it_apart_and_where_it_came_from() -> None:
    old = bpmn(start(), user('o'), user('a', each('${["x", "y"]}')), user('b'), end(),
               chain('begin', 'o', 'a', 'b', 'done'))
    new = bpmn(start(), user('first'), user('z', each('${["x", "y"]}')), user('b'), end(),
               chain('begin', 'first', 'z', 'b', 'done'))
    walker = Walker(old)
    walker.done('o')
    walker, found = carried(walker, new, a='z', o='first')
    [one, other] = walker.run.open().values()
    assert [one.node.token, other.node.token] == [{'unit': 'x'}, {'unit': 'y'}] and one.node.flows == ['z']
    walker.done('z')
    walker.done('z')
    assert walker.open == ['b']


@pytest.mark.parametrize(('old', 'new', 'cause'), [
    (each('${["x", "y"]}'), each('${["x", "y", "z"]}'), '集合'),
    (each('${["x", "y"]}'), each('${["x", "y"]}', 'who'), '集合'),
    (each('${["x", "y"]}'), each('${["x", "y"]}', isSequential='true'), '集合'),
    (each('${["x", "y"]}'), again('${true}'), '集合'), (each('${["x", "y"]}'), '', '另一种'), ('', again('${true}'), '另一种')])
def test_copies_that_have_begun_keep_their_collection(old: str, new: str, cause: str) -> None:
    [(element, said, _)] = causes(Walker(task(old)), task(new))
    assert element == 'a' and cause in said


def test_an_inside_is_carried_with_its_owner_and_never_torn_out() -> None:
    def within(ident: str, inner: str, then: str = 'e') -> bytes:
        inside = start('s') + user(inner) + end(then) + chain('s', inner, then)
        return line(frame(ident, inside), user('b'), between=(ident, 'b'))
    walker, found = carried(Walker(within('w', 'x')), within('v', 'y'), w='v', x='y')
    assert walker.open == ['y']
    walker.done('y')
    assert walker.open == ['b']
    outside = line(user('x'), user('b'), between=('x', 'b'))
    assert causes(Walker(within('w', 'x')), outside) == [('w', '新版本的同一层里没有这个元素', True)]


def test_a_called_process_stays_the_called_process() -> None:
    q, r = (bpmn(start(), user('x'), end(), chain('begin', 'x', 'done'), ident=ident) for ident in 'qr')
    caller = line(call('c', 'q'), between=('c',))
    walker, found = carried(Walker(caller, q), line(call('d', 'q'), user('b'), between=('d', 'b')), q, c='d')
    walker.done('x')
    assert walker.open == ['b']
    assert causes(Walker(caller, q), line(call('c', 'r'), between=('c',)), r) == [
        ('c', '调用的流程或调用的方式改了，已经开始的调用移不过去', False)]


# -- what follows -----------------------------------------------------------------------------------------------------


def test_what_is_attached_follows_its_task() -> None:
    old = task(extra=late(timer('duration', 'P7D')) + late(event('message', 'm'), ident='heard', stops=False))
    new = task(extra=late(timer('duration', 'P9D')) + late(timer('duration', 'P3D'), ident='soon', stops=False))
    walker = Walker(old)
    walker.later(days=2)
    walker, found = carried(walker, new)
    assert [spot.element for spot in found.gone] == ['heard'] and [spot.element for spot in found.added] == ['soon']
    assert due(walker) == {'late': '03-11T09:00', 'soon': '03-07T09:00'} and walker.run.hears() == []


def test_what_has_rung_does_not_ring_again() -> None:
    old = task(extra=late(timer('duration', 'P1D'), stops=False))
    walker = Walker(old)
    walker.later(days=2)
    walker, found = carried(walker, task(extra=late(timer('duration', 'P3D'), ident='said', stops=False)), late='said')
    assert not found.added and due(walker) == {}


def test_a_reminder_is_remembered_under_its_new_name() -> None:
    said = '${last_due}'
    old = task(extra=late(timer('date', said), stops=False))
    walker = Walker(old, last_due='2026-03-02T08:00:00+08:00')
    walker, _ = carried(walker, task(ident='z', extra=late(timer('date', said), ident='l2', host='z', stops=False)),
                        a='z', late='l2')
    kept = walker.run.dump()
    assert b'"p.l2"' in kept and b'"p.late"' not in kept


def test_a_deadline_that_has_passed_in_the_new_version_fires_in_the_next_step() -> None:
    walker = Walker(task(extra=late(timer('duration', 'P7D'))))
    walker.later(days=5)
    walker, _ = carried(walker, task(extra=late(timer('duration', 'P1D'))))
    assert walker.open == ['a'] and due(walker) == {'late': '03-03T09:00'}
    walker.later()
    assert walker.open == [] and walker.run.done


def test_a_cycle_that_is_drawn_anew_begins_anew_and_any_other_goes_on() -> None:
    walker = Walker(task(extra=late(timer('cycle', 'R5/P2D'), stops=False)))
    walker.later(days=3)
    walker, _ = carried(walker, task(then='b', extra=late(timer('cycle', 'R5/P2D'), stops=False)))
    assert due(walker) == {'late': '03-06T09:00'}
    walker, _ = carried(walker, task(extra=late(timer('cycle', 'R5/P1D'), stops=False)))
    assert due(walker) == {'late': '03-06T09:00'} and walker.now.day == 5


def test_an_event_sub_process_waits_beside_its_level() -> None:
    def handler(ident: str, name: str) -> str:
        return frame(f'f{ident}', start(ident, event('message', name), isInterrupting='false'), user(f'u{ident}'),
                     end(f'e{ident}'), chain(ident, f'u{ident}', f'e{ident}'), triggeredByEvent='true')
    roots = message() + message('n', 'n')
    old, new = (line(user('a'), handler(ident, name), between=('a',), roots=roots)
                for ident, name in (('x', 'm'), ('y', 'n')))
    walker, found = carried(Walker(old), new)
    assert walker.run.hears() == ['n'] and [spot.element for spot in found.gone + found.added] == ['x', 'y']
    walker.hear('n')
    assert walker.open == ['a', 'uy']
    walker, found = carried(walker, old, fy='fx', y='x', uy='ux')
    assert walker.open == ['a', 'ux'] and walker.run.hears() == ['m'] and not found.gone


def test_the_events_behind_a_gateway_follow_it() -> None:
    def race(*arms: str, gateway: str = 'g') -> bytes:
        known = {'r': node('receiveTask', 'r', messageRef='m'), 't': catch('t', timer('duration', 'P2D')),
                 'u': catch('u', timer('duration', 'P4D'))}
        return bpmn(start(), node(RACE, gateway), *(known[arm] for arm in arms), user('b'), xor('j'), end(),
                    chain('begin', gateway), *(chain(gateway, arm, 'j') for arm in arms), chain('j', 'b', 'done'),
                    roots=message())
    walker, found = carried(Walker(race('r', 't')), race('t', 'u', gateway='h'), g='h')
    assert due(walker) == {'t': '03-04T09:00', 'u': '03-06T09:00'} and walker.run.hears() == []
    walker.later(days=3)
    assert walker.open == ['b'] and due(walker) == {}
    assert causes(Walker(race('r', 't')), race('r', 't', gateway='h')) == [('g', '新版本的同一层里没有这个元素', True)]


# -- joins ------------------------------------------------------------------------------------------------------------


def fork(*ways: str, kind: str = AND, join: str = 'j') -> bytes:
    return bpmn(start(), node(kind, 'f'), *map(user, ways), node(kind, join), user('last'), end(), chain('begin', 'f'),
                *(chain('f', way, join) for way in ways), chain(join, 'last', 'done'))


@pytest.mark.parametrize('kind', [AND, OR])
def test_a_join_goes_on_counting(kind: str) -> None:
    walker = Walker(fork('a', 'b', kind=kind))
    walker.done('a')
    walker, found = carried(walker, fork('x', 'b', kind=kind, join='k'), a='x', j='k')
    assert not found.hitches and walker.open == ['b']
    walker.done('b')
    assert walker.open == ['last']


def test_a_join_that_would_wait_for_ever_is_refused() -> None:
    assert causes(Walker(fork('a', 'b')), fork('a', 'b', 'c')) == [
        ('j', '新版本里这个汇合还要等“办c”，而那一支再也不会有人走到', False)]
    assert causes(Walker(fork('a', 'b', kind=OR)), fork('a', 'b', 'c', kind=OR)) == []
    walker = Walker(fork('a', 'b'))
    walker.done('a')
    assert causes(walker, fork('x', 'b')) == [('a', '有一支从这里到了“办j”，新版本里没有这条路', True)]


def test_before_the_fork_there_is_nothing_to_wait_for() -> None:
    def after(*ways: str) -> bytes:
        return fork(*ways).replace(b'sourceRef="begin" targetRef="f"', b'sourceRef="begin" targetRef="o"').replace(
            b'<bpmn:startEvent', (user('o') + flow('o', 'f')).encode() + b'<bpmn:startEvent')
    walker, found = carried(Walker(after('a', 'b')), after('a', 'b', 'c'))
    assert not found.hitches
    walker.done('o')
    assert walker.open == ['a', 'b', 'c']


# -- by hand ----------------------------------------------------------------------------------------------------------


def put(walker: Walker, element: str, target: str, **kept: Any) -> None:
    key = next(key for key, spot in spiff.tokens(walker.run).items() if spot.element == element)
    spiff.put(walker.run, key, target)


def test_a_token_is_put_elsewhere_with_everything_in_it() -> None:
    walker = Walker(bpmn(start(), user('a', each('${["x", "y"]}')), user('b'), user('c'), end(),
                         late(timer('duration', 'P1D')), chain('begin', 'a', 'b', 'c', 'done')))
    assert [spot.element for spot in spiff.tokens(walker.run).values()] == ['a']
    put(walker, 'a', 'c')
    assert walker.open == ['c'] and due(walker) == {}
    put(walker, 'c', 'a')
    assert walker.open == ['a', 'a'] and due(walker) == {'late': '03-03T09:00'}


def test_where_a_token_can_be_put() -> None:
    walker = Walker(fork('a', 'b'))
    [key, _] = spiff.tokens(walker.run)
    assert {spot.element for spot in spiff.targets(walker.run, key)} == {'f', 'b', 'last', 'done'}
    with pytest.raises(Exception, match='只能移到同一层'):
        spiff.put(walker.run, key, 'j')
    with pytest.raises(Exception, match='会永远等不到另一支'):
        walker.done('b')
        put(walker, 'a', 'done')
