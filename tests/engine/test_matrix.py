"""Every event on every kind of activity and every level: what is drawn once in the catalogue, in all combinations."""
from itertools import product

import pytest

from engine.finding import REFUSE
from tests.engine.diagrams import bpmn, call, chain, each, end, flow, frame, line, node, start, throw, timer, user
from tests.engine.proofs import ALL, Proof, border
from tests.engine.scenes import ERROR, ESCALATION, HOLDS, MESSAGE, SIGNAL, Q, again, check, handled, two, work
from tests.engine.test_catalogue import walk

HAPPENS = {'message': (MESSAGE, '!m'), 'signal': (SIGNAL, '~s'), 'duration': (timer('duration', 'P1D'), '+2d'),
           'date': (timer('date', '2026-03-05T09:00:00+08:00'), '+4d'), 'conditional': (HOLDS, '@level=1')}
LOOP = again('${level == 7}')
SEQUENTIAL = each(isSequential='true')
HOSTS = {
    'user': (user('a'), 'a'), 'receive': (node('receiveTask', 'a', messageRef='n'), ''),
    'sub': (work(), 'z'), 'transaction': (work().replace('subProcess', 'transaction'), 'z'),
    'nested': (frame('a', start('s'), frame('i', start('is'), user('z'), end('ie'), chain('is', 'z', 'ie')), end('e'),
                     chain('s', 'i', 'e')), 'z'),
    'call': (call('a', 'q'), 'z'), 'multi': (user('a', each()), 'a,a'), 'sequential': (user('a', SEQUENTIAL), 'a'),
    'multi sub': (work(each()), 'z,z'), 'sequential sub': (work(SEQUENTIAL), 'z'), 'loop': (user('a', LOOP), 'a'),
    'loop sub': (work(LOOP), 'z'), 'multi receive': (node('receiveTask', 'a', each(), messageRef='n'), ''),
    'async': (user('a', camunda_asyncAfter='true'), 'a'),
}
OTHER = node('message', 'n', name='n')
VALUES = {'co_units': 'x,y', 'level': 0}


def opened(*tasks: str) -> str:
    return '=' + ','.join(sorted(task for names in tasks for task in names.split(',') if task))


def shown(files: object, story: str) -> None:
    """The gate has nothing against it, and it is walked."""
    assert [finding.zh for finding in check(files) if finding.severity == REFUSE] == []
    walk(Proof(files, story, VALUES))


@pytest.mark.parametrize('kind, host, stops', [*product(HAPPENS, HOSTS, (True, False))])
def test_an_event_on_the_border(kind: str, host: str, stops: bool) -> None:
    drawn, inside = HOSTS[host]
    definition, happens = HAPPENS[kind]
    data = border(drawn, definition, stops=stops).replace(b'<bpmn:process', OTHER.encode() + b'\n<bpmn:process')
    after = opened('urge') if stops else opened('urge', inside)
    last = 'urge .' if stops else 'urge ' + opened(inside)
    shown(two(data, Q), f'{opened(inside)} {happens} {after} {last}')


INSIDE = (start('s0'), user('z0'), end('e0'), chain('s0', 'z0', 'e0'))


def level(name: str, reacts: str) -> tuple[dict[str, bytes], str]:
    """A handler on a level, and what is open there besides."""
    inner = frame('a', *INSIDE, reacts)
    if name == 'process':
        return two(bpmn(*INSIDE, reacts, roots=ALL), Q), 'z0'
    if name == 'sub':
        return two(line(inner, between=('a',), roots=ALL), Q), 'z0'
    if name == 'deep':
        outer = frame('o', start('os'), inner, end('oe'), chain('os', 'a', 'oe'))
        return two(line(outer, between=('o',), roots=ALL), Q), 'z0'
    if name == 'multi':
        return two(line(frame('a', each(), *INSIDE, reacts), between=('a',), roots=ALL), Q), 'z0,z0'
    called = bpmn(*INSIDE, reacts, ident='q', roots=ALL)
    return two(line(call('a', 'q'), between=('a',), roots=ALL), called), 'z0'


@pytest.mark.parametrize('kind, where, stops', [
    one for one in product(HAPPENS, ('process', 'sub', 'deep', 'multi', 'called'), (True, False))
    if one[:2] != ('conditional', 'called')])                       # a called process sees nothing change but facts
def test_an_event_sub_process_on_its_level(kind: str, where: str, stops: bool) -> None:
    definition, happens = HAPPENS[kind]
    files, inside = level(where, handled('h', definition, stops=stops))
    handlers = ','.join('hz' for _ in inside.split(','))
    shown(files, f'{opened(inside)} {happens} {opened(handlers) if stops else opened(handlers, inside)}')


THROWS = {'error': ERROR, 'escalation': ESCALATION}
PLACES = {
    'sub': lambda last: (frame('a', start('s'), user('z'), end('e', last), chain('s', 'z', 'e')), ''),
    'nested': lambda last: (frame('a', start('s'), frame('i', start('is'), user('z'), end('ie', last),
                                                         chain('is', 'z', 'ie')),
                                  user('y'), end('e'), chain('s', 'i', 'y', 'e')), 'y'),
    'multi': lambda last: (frame('a', each(), start('s'), user('z'), end('e', last), chain('s', 'z', 'e')), 'z'),
    'sequential': lambda last: (frame('a', SEQUENTIAL, start('s'), user('z'), end('e', last), chain('s', 'z', 'e')),
                                'z'),
    'call': lambda last: (call('a', 'q'), ''),
    'call in sub': lambda last: (frame('a', start('s'), call('c', 'q'), user('y'), end('e'), chain('s', 'c', 'y', 'e')),
                                 'y'),
    'multi in sub': lambda last: (frame('a', start('s'), frame('i', each(), start('is'), user('z'), end('ie', last),
                                                               chain('is', 'z', 'ie')), end('e'), chain('s', 'i', 'e')),
                                  'z'),
    'in handler': lambda last: (frame('a', start('s'), user('y'), end('e'), chain('s', 'y', 'e'), frame(
        'h', start('hs', MESSAGE, isInterrupting='false'), user('z'), end('he', last), chain('hs', 'z', 'he'),
        triggeredByEvent='true')), 'y'),
}


@pytest.mark.parametrize('kind, place, stops', [one for one in product(THROWS, PLACES, (True, False))
                                                if one[0] != 'error' or one[2]])
def test_what_is_thrown_reaches_the_border(kind: str, place: str, stops: bool) -> None:
    host, left = PLACES[place](THROWS[kind])
    called = bpmn(start(), user('z'), end('e', THROWS[kind]), chain('begin', 'z', 'e'), ident='q', roots=ALL)
    first = '!m z' if place == 'in handler' else 'z'
    shown({'p.bpmn': border(host, THROWS[kind], stops=stops)} | ({'q.bpmn': called} if 'call' in place else {}),
          f'{first} {opened("urge") if stops else opened("urge", left)} {"urge ." if stops else ""}')


@pytest.mark.parametrize('kind, place, stops', [one for one in product(
    THROWS, [place for place in PLACES if place != 'multi'], (True, False)) if one[0] != 'error' or one[2]])
def test_what_is_thrown_reaches_an_event_sub_process(kind: str, place: str, stops: bool) -> None:
    host, left = PLACES[place](THROWS[kind])
    called = bpmn(start(), user('z'), end('e', THROWS[kind]), chain('begin', 'z', 'e'), ident='q', roots=ALL)
    react = frame('g', start('gs', THROWS[kind], isInterrupting=str(stops).lower()), user('gz'), end('ge'),
                  chain('gs', 'gz', 'ge'), triggeredByEvent='true')
    first = '!m z' if place == 'in handler' else 'z'
    data = line(host, user('after'), react, between=('a', 'after'), roots=ALL)
    shown({'p.bpmn': data} | ({'q.bpmn': called} if 'call' in place else {}),
          f'{first} {opened("gz") if stops else opened("gz", left or "after")} {"gz ." if stops else ""}')


@pytest.mark.parametrize('place', ['process', 'sub', 'multi', 'called'])
def test_terminate_ends_its_own_level_only(place: str) -> None:
    stop = (start('s0'), node('parallelGateway', 'g0'), user('z0'), user('y0'),
            end('e0', '<bpmn:terminateEventDefinition/>'),
            end('f0'), chain('s0', 'g0', 'z0', 'e0'), chain('g0', 'y0', 'f0'))
    after = {'process': '.', 'sub': '=x0 x0 .', 'called': '=x0 x0 .', 'multi': '=y0,z0 z0 =x0 x0 .'}[place]
    files = {'process': bpmn(*stop), 'called': line(call('a', 'q'), user('x0'), between=('a', 'x0')),
             'sub': line(frame('a', *stop), user('x0'), between=('a', 'x0')),
             'multi': line(frame('a', each(), *stop), user('x0'), between=('a', 'x0'))}[place]
    shown(two(files, bpmn(*stop, ident='q')), f'z0 {after}')


@pytest.mark.parametrize('gateway', ['parallelGateway', 'inclusiveGateway', 'exclusiveGateway'])
@pytest.mark.parametrize('when', ['asyncBefore', 'asyncAfter'])
def test_a_job_at_a_gateway_changes_nothing_but_the_time(gateway: str, when: str) -> None:
    mark = {f'camunda_{when}': 'true'}
    conditions = ('${level == 0}', '${level < 9}') if gateway != 'parallelGateway' else (None, None)
    data = bpmn(start(), node(gateway, 'g', default=None if gateway == 'parallelGateway' else 'no', **mark), user('a'),
                user('b'), node(gateway, 'j', **mark), user('c'), end(), chain('begin', 'g'),
                flow('g', 'a', conditions[0]),
                flow('g', 'b', conditions[1]), flow('g', 'done', id='no') if conditions[0] else '',
                chain('a', 'j', 'c', 'done'), chain('b', 'j'))
    both = gateway != 'exclusiveGateway'
    shown(data, '+1h =a,b a +1h =b b +1h =c c .' if both else '+1h =a a +1h =c c .')


def test_an_escalation_on_its_way_passes_those_who_do_not_listen() -> None:
    inner = frame('i', start('is'), throw('t', ESCALATION), user('z'), end('ie'), chain('is', 't', 'z', 'ie'))
    data = border(frame('a', start('s'), inner, end('e'), chain('s', 'i', 'e')), ESCALATION, stops=False)
    shown(data, '=urge,z z =urge urge .')
