"""Random diagrams on random ways: at every step the engine stands where the token game of the standard stands.

A failure prints its seed and the smallest diagram found that still fails, which is then pinned here.
"""
from collections.abc import Iterable

import pytest

from engine import gate
from tests.engine.diagrams import FACTS, TOPICS
from tests.faults.blocks import Block, shrunk, tree
from tests.faults.drawing import draw
from tests.faults.duel import Duel

PINNED: dict[str, Block] = {}
"""What once went wrong, by what it showed."""

STILL_REFUSED = frozenset({
    'event.sub_process', 'element.event_gateway', 'multi.sequential', 'multi.output', 'multi.cardinality',
    'event.uncaught', 'expression.unknown_name', 'boundary.multi_interrupting', 'task.message_guarded',
    'timer.cycle_place', 'signal.unheard', 'event.runs_on', 'camunda.call_out'})
"""What the gate has against constructs that the engine carries out already."""

_WALKS = 4                  # ways through each diagram
_STEPS = 40
_SHARED = 25


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
    assert not _fault(PINNED[shown], range(12))


@pytest.mark.soak
def test_many_random_diagrams(seeds: range) -> None:
    for seed in seeds:
        _holds(seed)


def _holds(seed: int) -> None:
    diagram, ways = tree(seed), range(seed, seed + _WALKS)
    refused = _refused(diagram)
    assert not refused, f'seed {seed}: {refused}\n{shrunk(diagram, lambda block: bool(_refused(block)))}'
    fault = _fault(diagram, ways)
    if fault:
        small = shrunk(diagram, lambda block: not _refused(block) and _kind(_fault(block, ways)) == _kind(fault))
        pytest.fail(f'seed {seed}: {fault}\n{small}\n{_fault(small, ways)}')


def _refused(diagram: Block) -> list[str]:
    """What the gate has against a valid diagram."""
    return [f'{finding.code}: {finding.en}' for finding in gate.check(draw(diagram).files, TOPICS, FACTS)
            if finding.severity == 'refuse' and finding.code not in STILL_REFUSED]


def _fault(diagram: Block, ways: Iterable[int]) -> str:
    """What goes wrong on these ways through a diagram; every third goes on without being written down."""
    for way in ways:
        try:
            Duel(diagram, way, reload=way % 3 > 0).go(_STEPS)
        except Exception as error:
            return f'{type(error).__name__}: {error}'
    return ''


def _kind(fault: str) -> str:
    return ':'.join(fault.split(':')[:2])[:60]
