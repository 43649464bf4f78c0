"""A government with the shipped bundle, on a database of its own of each kind."""
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from engine import db
from tests.conftest import DATABASES
from tests.databases import PostgreSql, Sqlite
from tests.faults.case import make_office


@pytest.fixture(scope='package')
def _office_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sqlite]:
    yield Sqlite(tmp_path_factory.mktemp('faults'), make_office)


@pytest.fixture(scope='package')
def _office_postgresql() -> Iterator[PostgreSql]:
    cluster = PostgreSql(make_office)
    yield cluster
    cluster.close()


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a database with the government; for processes that connect by themselves."""
    server = request.getfixturevalue(f'_office_{request.param}')
    url = server.fresh(ready=True)
    yield url
    server.drop(url)


@pytest.fixture
def office(url: str) -> Iterator[Engine]:
    """An engine on that database."""
    engine = db.connect(url)
    yield engine
    engine.dispose()
