"""Random ways through the shipped bundle: whatever people answer and whenever, rows, states and trail agree."""
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine

from engine import db, schema
from tests.faults.case import BEGIN, TENANT
from tests.faults.liberal import LOOK, liberal
from tests.faults.walk import Walk
from tests.workflows.story import office as make

_SHARED = 25                # seeds that share a database


class Acting(Walk):
    """A walk on which people seldom submit at once."""

    acting = 0.35

    def usual(self, session: Any, element: str) -> dict[str, Any]:
        return {} if element.endswith(LOOK) else super().usual(session, element)


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


@pytest.fixture(scope='module')
def liberal_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A government whose diagrams allow every act on a task, on SQLite."""
    engine = db.connect(f'sqlite:///{tmp_path_factory.mktemp("liberal")}/duban.sqlite3')
    schema.create(engine)
    make(engine, TENANT, BEGIN, liberal())
    yield engine
    engine.dispose()


def test_random_acts_on_tasks(liberal_office: Engine) -> None:
    for seed in range(2):
        Acting(liberal_office, seed).go(25)


@pytest.mark.soak
def test_many_random_acts_on_tasks(liberal_office: Engine, seeds: range) -> None:
    for seed in seeds:
        Acting(liberal_office, seed).go(60)


@pytest.mark.soak
def test_many_random_walks(office: Engine, seeds: range) -> None:
    for seed in seeds:
        Walk(office, seed).go(60)
