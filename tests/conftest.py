"""What every test can ask for: a database of each kind, an engine with all tables, a browser; and no network."""
import ipaddress
import os
import shutil
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.databases import PostgreSql, Sqlite, postgresql_programs

BROWSER = next(filter(None, map(shutil.which, ('chromium', 'chromium-browser', 'google-chrome'))), None)
# Chromium looks for its maker's servers at every start unless told not to.
BROWSER_ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync',
                     '--disable-background-networking', '--disable-component-update']
BUILT = Path(__file__).resolve().parent.parent / 'webapp' / 'static' / 'built'
DATABASES = ['sqlite'] + (['postgresql'] if postgresql_programs() else [])
# What a test can ask for and this machine may lack, and how that is said.
MISSING = {fixture: sentence for fixture, found, sentence in (
    ('_postgresql', postgresql_programs(), '没有找到 PostgreSQL，只在 SQLite 上测试 (PostgreSQL not found: SQLite only)'),
    ('chromium', BROWSER, '没有找到 Chromium，浏览器测试没有运行 (Chromium not found: browser tests left out)'),
    ('bundle', (BUILT / 'manifest.json').exists(), '流程图查看器没有构建，它的测试没有运行 (no bundle: its tests left out)'),
) if not found}


def pytest_addoption(parser: pytest.Parser) -> None:
    """`python3 run.py soak --seeds 100 --mutations 500`: how many random walks are gone, how many bundles spoilt."""
    parser.addoption('--seeds', type=int, default=1000, help='random walks of the soak (default: 1000)')
    parser.addoption('--mutations', type=int, default=10_000, help='spoilt bundles of the soak (default: 10000)')


def pytest_sessionstart() -> None:
    """Where everything is wanted (CI, --all), a missing program is a failure."""
    if MISSING and os.environ.get('DUBAN_TEST_ALL') == '1':
        raise pytest.UsageError('；'.join(MISSING.values()))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A test that asks for the browser has the marker `browser`; one that asks for what is missing is left out."""
    asked = {item: set(getattr(item, 'fixturenames', ())) for item in items}
    for item in items:
        if 'chromium' in asked[item]:
            item.add_marker('browser')
    left_out = [item for item in items if asked[item] & set(MISSING)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def pytest_make_parametrize_id(val: Any, argname: str) -> str | None:
    """A file has no place in the name of a test: one that is made when tests are collected says when, and two
    processes would collect different tests."""
    return argname if isinstance(val, bytes) and len(val) > 100 else None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """A browser that never answers is a failure after ten minutes, not a run without an end."""
    def give_up(*_: Any) -> None:
        pytest.fail('the browser does not answer')
    if 'chromium' not in getattr(item, 'fixturenames', ()):
        return (yield)
    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(600)
    try:
        return (yield)
    finally:
        signal.alarm(0)


def pytest_unconfigure() -> None:
    """The last words: what was left out."""
    for sentence in MISSING.values():
        print(f'未测试：{sentence}')


@pytest.fixture(scope='session', autouse=True)
def _no_network() -> Iterator[None]:
    """Whoever calls another machine from a test is refused."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ('connect', 'connect_ex'):
            patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
        yield


def _guarded(connect: Any) -> Any:
    def guarded(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _loopback(address[0]):
            raise AssertionError(f'a test called another machine: {address[0]}')
        return connect(self, address)
    return guarded


def _loopback(host: str) -> bool:
    return host == 'localhost' or ipaddress.ip_address(host).is_loopback


def make_tables(url: str) -> None:
    """All tables and triggers in the empty database at `url`."""
    from engine import db, schema
    engine = db.connect(url)
    schema.create(engine)
    engine.dispose()


@pytest.fixture(scope='session')
def _sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sqlite]:
    yield Sqlite(tmp_path_factory.mktemp('sqlite'), make_tables)


@pytest.fixture(scope='session')
def _postgresql() -> Iterator[PostgreSql]:
    cluster = PostgreSql(make_tables)
    yield cluster
    cluster.close()


@pytest.fixture(params=DATABASES)
def server(request: pytest.FixtureRequest) -> Sqlite | PostgreSql:
    """Gives databases of one kind: `fresh(ready)`, `drop(url)`. Whoever asks for it runs once on each kind."""
    return request.getfixturevalue(f'_{request.param}')


@pytest.fixture
def database(server: Sqlite | PostgreSql) -> Iterator[str]:
    """The URL of an empty database."""
    url = server.fresh(ready=False)
    yield url
    server.drop(url)


@pytest.fixture
def engine(server: Sqlite | PostgreSql) -> Iterator[Engine]:
    """An engine on a database of its own with all tables, all empty."""
    from engine import db
    url = server.fresh(ready=True)
    engine = db.connect(url)
    yield engine
    engine.dispose()
    server.drop(url)


@pytest.fixture(scope='session')
def chromium() -> Iterator[Any]:
    """The installed browser, driven by Playwright: `chromium.new_context(...)`, `chromium.new_page(...)`."""
    from playwright.sync_api import sync_playwright
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=BROWSER_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope='session')
def bundle() -> Path:
    """The folder of the browser bundles, built."""
    return BUILT
