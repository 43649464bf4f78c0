"""Governments for the web's tests, and the browser that reads their pages; a database for each test."""
import threading
from collections.abc import Callable, Iterator
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask, Response
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from engine import actions, db, deployment, directory, schema, workcal
from engine.directory import Account, Post, Tenant, Unit
from engine.ledger import FACTS
from tests.conftest import DATABASES
from tests.databases import PostgreSql, Sqlite
from tests.webapp.browser import Browser
from webapp import auth, create_app

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2020, 9, 27, 1, 10, tzinfo=timezone.utc)                # 周日（调休上班）09:10 in 贵州
PASSWORD = 'correct-horse-battery'
UNITS = {'gov': ('省政府', {'principal': '主要领导', 'deputy': '分管领导'}),
         'office': ('省政府办公厅', {'officer': '督查员', 'head': '督查室负责人', 'owner': '流程管理员',
                                  'auditor': '审计员', 'operator': '运维员'}),
         'fgw': ('省发展改革委', {'liaison': '联络员', 'chief': '单位负责人'}),
         'sft': ('省司法厅', {'liaison': '联络员', 'chief': '单位负责人'})}
# The cheapest hash that argon2 checks: what is tested is the counting, not the arithmetic.
HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def govern(session: Session, tenant: str, name: str) -> None:
    """A demo government with four units and every post; logins are tenant-unit-post."""
    session.add(Tenant(id=tenant, name=name, level='省', demo=True, virtual_at=NOW,
                       covered_until=date(2020, 12, 31)))
    session.flush()
    workcal.seed(session, session.get(Tenant, tenant))
    for position, (code, (unit, posts)) in enumerate(UNITS.items()):
        kind = directory.GOVERNMENT if code == 'gov' else '部门'
        session.add(Unit(tenant=tenant, code=code, name=unit, kind=kind, position=position))
        session.flush()
        session.add_all(Post(tenant=tenant, unit=code, post=post, name=word) for post, word in posts.items())
        session.flush()
        session.add_all(Account(tenant=tenant, unit=code, post=post, login=f'{tenant}-{code}-{post}',
                                password_hash=HASH) for post in posts)
    session.flush()


def furnish(engine: Engine) -> None:
    """The governments 贵州 and 长治 with the shipped diagrams, tables and forms, in an empty database."""
    files = {path.name: path.read_bytes() for folder in ('workflows', 'forms')
             for path in (ROOT / folder).iterdir() if path.suffix in ('.bpmn', '.dmn', '.form', '.docx')}
    topics = {topic: action.parameters() for topic, action in actions.known().items()}
    with db.writing(engine) as session:
        for tenant, name in (('gz', '贵州省'), ('cz', '长治市')):
            govern(session, tenant, name)
            deployment.deploy(session, tenant, files, '系统', '', NOW, topics, FACTS)


def _make_governments(url: str) -> None:
    engine = db.connect(url)
    schema.create(engine)
    furnish(engine)
    engine.dispose()


def application(url: str, folder: Path) -> Flask:
    """An application on the database at `url`, with a folder for its files."""
    app = create_app({'DATABASE_URL': url, 'SECRET_KEY': 'k' * 40, 'VAR_DIR': str(folder),
                      'TESTING': True, 'PROPAGATE_EXCEPTIONS': False})
    app.after_request(carried)
    return app


Shared = tuple[Sqlite | PostgreSql, Flask]


@pytest.fixture(scope='package')
def _web_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    yield from _shared(Sqlite(tmp_path_factory.mktemp('web'), _make_governments), tmp_path_factory)


@pytest.fixture(scope='package')
def _web_postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    yield from _shared(PostgreSql(_make_governments), tmp_path_factory)


def _shared(server: Sqlite | PostgreSql, folders: pytest.TempPathFactory) -> Iterator[Shared]:
    """The application of all tests: to make one and to compile its pages takes longer than most of them."""
    yield server, application(server.fresh(ready=True), folders.mktemp('shared'))
    server.close()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Pages are asked for on each kind of database; what a browser makes of them is looked at on one."""
    if 'web' in metafunc.fixturenames:
        metafunc.parametrize('web', DATABASES[:1] if 'chromium' in metafunc.fixturenames else DATABASES, indirect=True)


@pytest.fixture
def web(request: pytest.FixtureRequest) -> Shared:
    """A kind of database with both governments, and the application that tests share on it."""
    return request.getfixturevalue(f'_web_{request.param}')


@pytest.fixture
def template(_web_sqlite: Shared) -> Path:
    """A database file with both governments, to copy."""
    return Path(_web_sqlite[0].fresh(ready=True).removeprefix('sqlite:///'))


@pytest.fixture
def app(web: Shared, tmp_path: Path) -> Iterator[Flask]:
    """The application on a database that no test has touched; settings that a test changes are put back."""
    server, shared = web
    settings, after = dict(shared.config), list(shared.after_request_funcs[None])
    shared.config['VAR_DIR'] = str(tmp_path)
    server.again(settings['DATABASE_URL'])
    yield shared
    shared.config.clear()
    shared.config.update(settings)
    shared.after_request_funcs[None] = after
    with shared.app_context():
        shared.extensions['sqlalchemy'].engine.dispose()


def carried(answer: Response) -> Response:
    """What a server can put on the wire: a header in Chinese would end there, unseen by a client inside the process."""
    for name, value in answer.headers:
        assert f'{name}: {value}'.isascii(), f'{name}: {value}'
    return answer


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A browser in which nobody is signed in."""
    return Browser(app)


@pytest.fixture
def browse(app: Flask) -> Callable[[str], Browser]:
    """`browse('gz-fgw-liaison')`: a browser of its own in which that account is signed in."""
    def open_as(login: str) -> Browser:
        with app.test_request_context():
            found = select(Account.id).where(Account.login == login)
            auth.begin(auth.person(app.extensions['sqlalchemy'].session.scalar(found)))
            from flask import session as cookie
            held = dict(cookie)
        browser = Browser(app)
        with browser.client.session_transaction() as cookie:
            cookie.permanent = True
            cookie.update(held)
        return browser
    return open_as


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    """The application behind a real port."""
    server = make_server('127.0.0.1', 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f'http://127.0.0.1:{server.server_port}'
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def visit(chromium: Any, site: str) -> Iterator[Callable[..., Any]]:
    """`visit('gz-fgw-liaison', '/tasks', width=360)`: a page for that account; its errors fail the test."""
    contexts, complaints = [], []

    def open_as(login: str, path: str, width: int = 1280, script: bool = True) -> Any:
        context = chromium.new_context(
            viewport={'width': width, 'height': 800}, java_script_enabled=script, base_url=site)
        contexts.append(context)
        page = context.new_page()
        page.on('pageerror', lambda error: complaints.append(str(error)))
        page.on('console', lambda said: complaints.extend([said.text] * ('Security Policy' in said.text)))
        page.goto('/sign-in')
        page.fill('#u', login)
        page.fill('#p', PASSWORD)
        page.click('main form .go')
        page.goto(path)
        return page

    yield open_as
    for context in contexts:
        context.close()
    assert not complaints
