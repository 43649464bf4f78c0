"""Random diagrams on random ways: at every step the engine stands where the token game of the standard stands.

A failure prints its seed and the smallest diagram found that still fails, which is then pinned here.
"""
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine

from engine import gate
from tests.engine.diagrams import FACTS, TOPICS
from tests.engine.walker import MONDAY
from tests.faults.blocks import TASK, Block, made, tree
from tests.faults.case import BEGIN
from tests.faults.drawing import draw
from tests.faults.duel import Duel, Player
from tests.faults.shrink import shrunk
from tests.faults.stored import Stored


def sequence(*parts: Block) -> Block:
    return made('sequence', *parts)


def guarded(host: Block, handler: Block, event: str = 'timer', *, stops: bool = True, code: str = '',
            rejoin: bool = True) -> Block:
    return made('guard', host, handler, event=event, stops=stops, code=code, rejoin=rejoin, when=('a', 0))


def each(part: Block, items: int) -> Block:
    return made('each', part, sequential=False, cardinality=False, until=0, output=False, items=items)


ERROR = made('raise', event='error', code='x1', when=('a', 0), ends=True, stops=True)
PINNED = {
    'a join in a loop beside a living branch opened early': made(
        'fork', TASK, made('loop', sequence(made('and', TASK, TASK, join=True), TASK), when=('b', 1)),
        when=[('a', 0), ('c', 0)]),
    'several instances behind an interrupted task broke': sequence(guarded(TASK, TASK), each(TASK, 1)),
    'several instances in the way of an error broke': guarded(
        made('sub', sequence(ERROR), end=True), each(TASK, 3), 'error', code='x1'),
    'what an error interrupts was told as passed': guarded(
        made('sub', sequence(ERROR), end=True), TASK, 'error', code='x1'),
    'a message was answered once only': guarded(TASK, TASK, 'message', stops=False),
    'an event sub-process was given an end': made('sub', sequence(TASK, made(
        'handler', sequence(TASK), event='timer', stops=True, code='', when=('a', 0))), end=False),
    'an implicit end beside a drawn one hung': sequence(
        made('sub', sequence(guarded(TASK, TASK, rejoin=False)), end=False), TASK),
    'a reminder in a called process rang again when what it was given changed': made('call', sequence(made(
        'loop', sequence(guarded(TASK, TASK, 'date', stops=False), TASK), when=('a', 1))), gives='all', takes='all'),
    'a call handed back only what was new': made('call', sequence(TASK), gives='all', takes='all'),
}
"""What once went wrong, by what it showed."""

CALLED = made('call', sequence(TASK), gives='all', takes='none')
STORED = {
    'a condition that held already came before what several instances called': sequence(
        made('each', made('call', sequence(made('auto', flavour='service')), gives='all', takes='none'), sequential=True,
             cardinality=False, until=0, output=True, items=3),
        made('handler', sequence(TASK), event='conditional', stops=True, code='', when=('b', 0))),
    'a date that had passed came before what several instances called': guarded(made('sub', sequence(
        TASK, TASK, TASK, guarded(each(CALLED, 3), TASK, 'date'), TASK), end=True), TASK, stops=False),
}
"""What once went wrong through the database only: calls there begin when their caller stands still."""

_WALKS = 4                  # ways through each diagram
_STEPS = 40
_STORED_STEPS = 20
_SHARED = 25                # seeds in one part of the soak


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The soak's seeds in parts."""
    if 'seeds' in metafunc.fixturenames:
        last = 1000 + metafunc.config.getoption('seeds')
        parts = [range(first, min(last, first + _SHARED)) for first in range(1000, last, _SHARED)]
        metafunc.parametrize('seeds', parts, ids=lambda seeds: f'{seeds.start}-{seeds.stop - 1}')


@pytest.mark.parametrize('part', range(5))
def test_random_diagrams(part: int) -> None:
    for seed in range(part * 10, part * 10 + 10):
        _holds(seed)


@pytest.mark.parametrize('shown', PINNED)
def test_what_once_went_wrong_stays_right(shown: str) -> None:
    assert not _refused(PINNED[shown])
    assert not _fault(PINNED[shown], range(12), _bare)


@pytest.mark.parametrize('shown', STORED)
def test_what_once_went_wrong_through_the_database_stays_right(office: Engine, shown: str) -> None:
    assert not _refused(STORED[shown])
    assert not _fault(STORED[shown], range(1300, 1306), partial(_stored, office))


def test_random_diagrams_through_the_database(office: Engine) -> None:
    for seed in range(10):
        _holds_stored(office, seed)


@pytest.mark.soak
def test_many_random_diagrams(seeds: range) -> None:
    for seed in seeds:
        _holds(seed)


@pytest.mark.soak
def test_many_random_diagrams_through_the_database(office: Engine, seeds: range) -> None:
    for seed in seeds[::5]:
        _holds_stored(office, seed)


def _holds(seed: int) -> None:
    diagram, ways = tree(seed), range(seed, seed + _WALKS)
    refused = _refused(diagram)
    assert not refused, f'seed {seed}: {refused}\n{shrunk(diagram, lambda block: bool(_refused(block)))}'
    fault = _fault(diagram, ways, _bare)
    if fault:
        small = shrunk(diagram, lambda block: not _refused(block) and _kind(_fault(block, ways, _bare)) == _kind(fault))
        pytest.fail(f'seed {seed}: {fault}\n{small}\n{_fault(small, ways, _bare)}')


def _holds_stored(office: Engine, seed: int) -> None:
    diagram = tree(seed, whole=True)
    fault = _fault(diagram, [seed], partial(_stored, office))
    assert not fault, f'seed {seed}: {fault}\n{diagram}'


def _stored(office: Engine, diagram: Block, way: int) -> None:
    Duel(diagram, way, partial(Stored, office), BEGIN).go(_STORED_STEPS)


def _bare(diagram: Block, way: int) -> None:
    """On the bare library; every third way goes on without being written down."""
    Duel(diagram, way, partial(Player, reload=way % 3 > 0)).go(_STEPS)


def _refused(diagram: Block) -> list[str]:
    """What the gate has against a valid diagram."""
    return [f'{finding.code}: {finding.en}' for finding in gate.check(draw(diagram, MONDAY).files, TOPICS, FACTS)
            if finding.severity == 'refuse']


def _fault(diagram: Block, ways: Iterable[int], walk: Callable[[Block, int], Any]) -> str:
    """What goes wrong on these ways through a diagram."""
    for way in ways:
        try:
            walk(diagram, way)
        except Exception as error:
            return f'{type(error).__name__}: {error}'
    return ''


def _kind(fault: str) -> str:
    return ':'.join(fault.split(':')[:2])[:60]
