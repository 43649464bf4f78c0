"""Random ways through the shipped bundle: whatever people answer and whenever, rows, states and trail agree."""
import pytest
from sqlalchemy import Engine

from tests.faults.walk import Walk

_SHARED = 25                # seeds that share a database


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The soak's seeds in parts."""
    if 'seeds' in metafunc.fixturenames:
        last = 1000 + metafunc.config.getoption('seeds')
        metafunc.parametrize('seeds', [range(first, min(last, first + _SHARED)) for first in range(1000, last, _SHARED)],
                             ids=lambda seeds: f'{seeds.start}-{seeds.stop - 1}')


@pytest.mark.parametrize('part', range(5))
def test_random_walks(office: Engine, part: int) -> None:
    for seed in range(part * 3, part * 3 + 3):
        Walk(office, seed).go(25)


@pytest.mark.soak
def test_many_random_walks(office: Engine, seeds: range) -> None:
    for seed in seeds:
        Walk(office, seed).go(60)
