"""What a step costs in each construct beside a plain user task, and what an expression costs."""
from collections.abc import Callable
from statistics import median
from time import process_time
from typing import Any

from engine import expression, spiff
from tests.bench.meter import tell
from tests.engine.diagrams import (bpmn, boundary, call, chain, each, end, event, flow, frame, message, node, signal, start,
                                   timer, user, xor)
from tests.engine.walker import Walker

_AND, _OR, _STEPS = 'parallelGateway', 'inclusiveGateway', 200
_INNER = start('s'), user('a'), end('e'), chain('s', 'a', 'e')
_CALLED = bpmn(start(), user('a'), end(), chain('begin', 'a', 'done'), ident='q')
_SHARES = each('${split("x,y,z")}')


def _looped(*parts: str, ways: tuple[str, ...] = ('a',), roots: str = '') -> bytes:
    """A loop through the construct, so that a state is as old as the step is late."""
    return bpmn(start(), xor('m'), *parts, xor('x'), end(), chain('begin', 'm', *ways, 'x', 'done'),
                flow('x', 'm', '${true}'), roots=roots + message() + signal())


_PLAIN = _looped(user('a'))
_FORK = node(_AND, 'f'), user('a'), user('b'), node(_AND, 'j'), chain('f', 'b', 'j')
_CONSTRUCTS: dict[str, tuple[bytes, ...]] = {
    'exclusive': (_looped(xor('c'), user('a'), user('b'), xor('d'), flow('c', 'a', '${true}'), flow('c', 'b'),
                          chain('b', 'd'), ways=('a', 'd')).replace(b'sourceRef="m" targetRef="a"', b'sourceRef="m" targetRef="c"'),),
    'parallel': (_looped(*_FORK, ways=('f', 'a', 'j')),),
    'inclusive': (_looped(*(part.replace(_AND, _OR) for part in _FORK), ways=('f', 'a', 'j')),),
    'sub_process': (_looped(frame('w', *_INNER), ways=('w',)),),
    'call': (_looped(call('w', 'q'), ways=('w',)), _CALLED),
    'parallel_multi': (_looped(user('a', _SHARES)),),
    'sequential_multi': (_looped(user('a', _SHARES.replace('>', ' isSequential="true">', 1))),),
    'multi_sub_process': (_looped(frame('w', *_INNER, _SHARES), ways=('w',)),),
    'boundary_timer': (_looped(user('a'), boundary('b', 'a', timer('duration', '${"P7D"}')), end('off'), chain('b', 'off')),),
    'boundary_messages': (_looped(user('a'), boundary('b', 'a', event('message', 'm'), stops=False), end('off'),
                                  chain('b', 'off')),),
    'event_sub_process': (_looped(frame('w', *_INNER, frame('h', start('hs', event('message', 'm'), isInterrupting='false'),
                                                            end('he'), chain('hs', 'he'), triggeredByEvent='true')),
                                  ways=('w',)),),
    'race': (_looped(user('a'), node('eventBasedGateway', 'r'), node('receiveTask', 'r1', messageRef='m'),
                     node('intermediateCatchEvent', 'r2', timer('duration', '${"PT0S"}')), end('off'), chain('r', 'r1', 'off'),
                     ways=('a', 'r', 'r2')),),
}


def constructs(name: str) -> None:
    """A completion in each construct against the plain one, step by step in turn, since the machine's speed changes:
    load, walk, compact, dump."""
    plains = []
    for construct, diagrams in _CONSTRUCTS.items():
        plain, step = _steps(Walker(_PLAIN), Walker(*diagrams))
        plains.append(plain)
        tell(name, f'construct.{construct}_ratio', step / plain, 'ratio', '<= 2')
    tell(name, 'construct.user_task_cpu_ms', median(plains), 'ms')


def _steps(*walkers: Walker) -> list[float]:
    """The median of each, in ms of processor."""
    took: list[list[float]] = [[] for _ in walkers]
    for _ in range(_STEPS):
        for walker, times in zip(walkers, took):
            begun = process_time()
            _complete(walker)
            times.append((process_time() - begun) * 1e3)
    return [median(times[_STEPS // 3:]) for times in took]


def _complete(walker: Walker) -> None:
    """All that a step asks of a run (`Live`): what it had, the walk, what has changed, and the state for next time."""
    run = walker.run = spiff.Run.load(walker.run.library, 'p', walker.run.dump(), walker)
    (key, *others), armed = run.marks()
    run.hears()
    run.complete(key)
    run.cancelled(), run.entered(), run.marks(), run.open({key, *others}), run.armed(armed), run.hears()


def expressions(name: str) -> None:
    """One evaluation of a compiled text."""
    scope = {'a': 5, 'b': 'x', 'amount': 3, '等级': '红'}
    for language, text, read in (('juel', '${a > 3 && b == "x"}', expression.compile),
                                 ('juel_chinese', '${等级 in ["红", "黄"] ? 1 : 2}', expression.compile),
                                 ('feel', 'a > 3 and b = "x"', expression.feel), ('feel_range', 'amount in [1..5]', expression.feel),
                                 ('feel_if', 'if a > 3 then "多" else "少"', expression.feel)):
        tell(name, f'expression.{language}_us', _each(lambda code=read(text): code.evaluate(scope, {})), 'µs', '<= 5')


def _each(work: Callable[[], Any], times: int = 2000) -> float:
    took = []
    for _ in range(7):
        begun = process_time()
        for _ in range(times):
            work()
        took.append((process_time() - begun) / times * 1e6)
    return min(took)
