"""Is it up, can it work, and what the operator sees."""
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, text

from engine import db, worker
from tests.webapp.browser import Browser
from tests.webapp.matters import advance, engine_of, handled
from webapp.__main__ import main

Browse = Callable[[str], Browser]


def test_alive_touches_nothing(app: Flask) -> None:
    seen = []
    event.listen(engine_of(app), 'before_cursor_execute', lambda *given: seen.append(given[2]))
    answer = app.test_client().get('/healthz')
    assert (answer.status_code, answer.json['status'], seen) == (200, 'ok', [])


def test_ready_needs_a_database_that_writes_and_a_living_worker(app: Flask) -> None:
    client = app.test_client()
    answer = client.get('/readyz')
    assert answer.status_code == 503
    assert answer.json['checks'] == {'database': True, 'schema': True, 'worker': False}
    worker.beat(engine_of(app))
    assert (client.get('/readyz').status_code, client.get('/readyz').json['status']) == (200, 'ok')
    with db.writing(engine_of(app)) as session:
        session.execute(text("UPDATE heartbeat SET at = '2020-01-01 00:00:00'"))
    assert client.get('/readyz').json['checks']['worker'] is False
    with db.writing(engine_of(app)) as session:
        session.execute(text('DROP TABLE heartbeat'))
    answer = client.get('/readyz')
    assert answer.status_code == 503
    assert answer.json['checks'] == {'database': False, 'schema': False, 'worker': False}


def test_ready_says_what_an_old_database_lacks(app: Flask) -> None:
    with db.writing(engine_of(app)) as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        session.execute(text('ALTER TABLE tenant DROP COLUMN document'))
    answer = app.test_client().get('/readyz')
    assert (answer.status_code, answer.json['checks']['schema']) == (503, False)
    assert answer.json['advice'].startswith('这个数据库是旧版本建的，缺列tenant.document，没有改动它。请先备份')


@pytest.mark.parametrize(('change', 'said'), [
    ("UPDATE alembic_version SET version_num = '0001'", '这个数据库是旧版本建的，停在0001，没有改动它。请先备份，再运行 duban upgrade'),
    ('ALTER TABLE tenant DROP COLUMN document', '这个数据库不完整，缺列tenant.document'), (None, '这个数据库里还没有建库')],
    ids=['old', 'spoilt', 'empty'])
def test_the_server_does_not_start_on_a_database_that_it_cannot_use(
        change: str | None, said: str, server: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
        capsys: pytest.CaptureFixture) -> None:
    url = server.fresh(ready=change is not None)
    if change:
        engine = db.connect(url)
        with db.writing(engine) as session:
            session.execute(text(change))
        engine.dispose()
    monkeypatch.setenv('DATABASE_URL', url)
    monkeypatch.setenv('VAR_DIR', str(tmp_path))
    assert main() == 2
    told = capsys.readouterr()
    assert told.err.startswith(said) and told.err.count('\n') == 1 and '已启动' not in told.out
    server.drop(url)


def test_the_server_does_not_start_on_a_file_that_is_no_database(
        monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    file = tmp_path / '台账.xlsx'
    file.write_bytes(b'PK' * 999)
    monkeypatch.setenv('DATABASE_URL', f'sqlite:///{file}')
    monkeypatch.setenv('VAR_DIR', str(tmp_path))
    assert main() == 2
    assert capsys.readouterr().err.startswith('数据库用不了：file is not a database。检查 DATABASE_URL')


def test_the_operator_sees_timers_faults_and_database(app: Flask, browse: Browse) -> None:
    operator = browse('gz-office-operator')
    page = operator.get('/health')
    assert '定时任务没有在运行' in page.text and '从来没有运行过' in page.text
    kind = engine_of(app).dialect.name
    assert {'sqlite': 'SQLite', 'postgresql': 'PostgreSQL'}[kind] in page.text
    handled(app)
    worker.beat(engine_of(app))
    page = operator.get('/health')
    assert '没有在运行' not in page.text and '到期未办0个' in page.text.replace(' ', '') and '下一个在2020-09-' in page.text
    assert f'{kind}:' not in page.answer.text
    browse('gz-fgw-liaison').get('/health', status=403)


def test_the_last_verification_is_told(app: Flask, browse: Browse) -> None:
    operator, auditor = browse('gz-office-operator'), browse('gz-office-auditor')
    assert '还没有校验过' in operator.get('/health').text
    auditor.get('/trace')
    auditor.submit(press='校验全部轨迹')
    assert '省政府办公厅·审计员：校验全部轨迹' in operator.get('/health').text


def test_what_is_due_and_not_fired_is_counted(app: Flask, browse: Browse) -> None:
    handled(app)
    advance(app, 2020, 10, 9)
    with db.writing(engine_of(app)) as session:
        session.execute(text("UPDATE timer SET due_at = '2020-10-01 00:00:00'"))
    assert '到期未办0个' not in browse('gz-office-operator').get('/health').text.replace(' ', '')
