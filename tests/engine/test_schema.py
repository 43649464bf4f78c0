"""A database that an older Duban made is told apart before anything is done with it, and brought up, on both databases."""
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from engine import db, schema
from engine.__main__ import main
from engine.errors import Refused


def aged(engine: Engine, *changes: str) -> None:
    """Make the database one of an older version."""
    with db.writing(engine) as session:
        for change in changes:
            session.execute(text(change))


@pytest.fixture
def old(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """A database from before versions were counted, that lacks a column of the governments and the table of the workers."""
    aged(engine, 'ALTER TABLE tenant DROP COLUMN document', 'DROP TABLE heartbeat', 'DROP TABLE alembic_version')
    monkeypatch.setenv('DATABASE_URL', engine.url.render_as_string(hide_password=False))
    return engine


def test_a_whole_database_lacks_nothing(engine: Engine) -> None:
    schema.check(engine)


def test_missing_tables_and_columns_are_named(old: Engine) -> None:
    with pytest.raises(Refused, match='旧版本建的，缺表heartbeat，列tenant.document，没有改动它。请先备份，再运行 duban upgrade'):
        schema.check(old)


def test_a_long_list_is_cut(engine: Engine) -> None:
    gone = ('advice', 'tries', 'resolved_by', 'resolved_at', 'cause', 'values', 'expression')
    aged(engine, *(f'ALTER TABLE incident DROP COLUMN "{name}"' for name in gone))
    with pytest.raises(Refused, match=r'incident\.tries等7个，没有改动'):
        schema.check(engine)


@pytest.mark.parametrize('words', [
    ('clock', 'show'), ('tasks',), ('work', '--until-idle'), ('verify',), ('param', 'get'), ('incidents',),
    ('account', 'token', 'a'), ('deploy', 'workflows'), ('clock', 'set', '2030-01-01'),
], ids=' '.join)
def test_every_command_says_what_to_do(old: Engine, words: tuple[str, ...], capsys: pytest.CaptureFixture) -> None:
    assert main(list(words)) == 1
    said = capsys.readouterr()
    assert said.out == '' and said.err.startswith('这个数据库是旧版本建的，缺表heartbeat，列tenant.document')
    assert said.err.count('\n') == 1 and '请先备份' in said.err and 'duban upgrade' in said.err


# -- the first database that can be brought up, as Duban made it on 2026-11-23 -----------------------------------------


_GOVERNMENT = """INSERT INTO tenant (id, name, level, document, zone, demo, covered_until, calendar_revision, parameter_revision,
    head_seq, head_hash) VALUES ('cz', '长治市', '市', '', 'Asia/Shanghai', '0', '2026-12-31', 0, 0, 0, '')"""
_LETTER = """INSERT INTO outbox (id, tenant, contact_id, channel, kind, urgent, title, step, place, told_at, from_at, ready_at)
    VALUES ('0198c0de000070008000000000000001', 'cz', '0198c0de000070008000000000000002', 'mail', 'task', '0', '建立项目库',
    '签收', 'task', '2026-11-23 01:00:00.000000', '2026-11-23 01:00:00.000000', '2026-11-23 01:00:00.000000')"""


@pytest.fixture
def first(database: str) -> Iterator[Engine]:
    """That database, with a government and a letter in it."""
    engine = db.connect(database)
    baseline = Path(__file__).parent / 'baseline' / f'{engine.dialect.name}.sql'
    with db.writing(engine) as session:
        for statement in [*baseline.read_text(encoding='utf-8').split('\n\n'), _GOVERNMENT, _LETTER]:
            session.connection().exec_driver_sql(statement)
    yield engine
    engine.dispose()


def test_what_is_brought_up_is_what_is_made_anew(first: Engine, engine: Engine) -> None:
    """Tables, columns, indexes and triggers: whoever changes one writes a step."""
    assert schema.upgrade(first) and schema.upgrade(first) == []
    schema.check(first)
    for each in (first, engine):
        with each.connect() as connection:
            assert compare_metadata(MigrationContext.configure(connection), db.Base.metadata) == []
    assert triggers(first) == triggers(engine)
    with db.reading(first) as session:
        assert session.execute(text('SELECT title, lead_unit FROM outbox')).all() == [('建立项目库', None)]


def test_the_last_step_is_the_version() -> None:
    assert ScriptDirectory(str(Path(schema.__file__).parent)).get_heads() == [schema.VERSION]


@pytest.mark.parametrize(('before', 'why'), [
    ((), 'lead_unit'), (('ALTER TABLE outbox DROP COLUMN lead_unit',), '缺表heartbeat，列tenant.document。')], ids=['twice', 'older'])
def test_what_cannot_be_brought_up_is_left_as_it_is(old: Engine, before: tuple[str, ...], why: str,
                                                    capsys: pytest.CaptureFixture) -> None:
    aged(old, *before)
    assert main(['upgrade']) == 1
    said = capsys.readouterr().err
    assert '太旧，升不上来：' in said and why in said and '没有改动它' in said
    assert not inspect(old).has_table('alembic_version')


def test_a_newer_database_is_not_touched(engine: Engine, monkeypatch: pytest.MonkeyPatch,
                                         capsys: pytest.CaptureFixture) -> None:
    aged(engine, "UPDATE alembic_version SET version_num = '9999'")
    monkeypatch.setenv('DATABASE_URL', engine.url.render_as_string(hide_password=False))
    for words in (['tasks'], ['upgrade'], ['init']):
        assert main(words) == 1
        assert '更新的督办建的（9999' in capsys.readouterr().err


def test_the_operator_brings_it_up(first: Engine, monkeypatch: pytest.MonkeyPatch,
                                   capsys: pytest.CaptureFixture) -> None:
    monkeypatch.setenv('DATABASE_URL', first.url.render_as_string(hide_password=False))
    assert main(['clock', 'show']) == 1 and 'duban upgrade' in capsys.readouterr().err
    assert main(['upgrade']) == 0 and '升好了，里面的内容都在' in capsys.readouterr().out
    assert main(['clock', 'show']) == 0 and main(['upgrade']) == 0
    assert '不用升' in capsys.readouterr().out


def triggers(engine: Engine) -> set[str]:
    """What the database does by itself, by name."""
    asked = "SELECT name FROM sqlite_master WHERE type = 'trigger'" if engine.dialect.name == 'sqlite' else (
        "SELECT tgname || ' ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal")
    with db.reading(engine) as session:
        return set(session.scalars(text(asked)))


def test_files_are_checked_without_a_database(old: Engine, capsys: pytest.CaptureFixture) -> None:
    assert main(['check', 'workflows', 'forms']) == 0


def test_init_does_not_build_on_what_is_old(old: Engine, capsys: pytest.CaptureFixture) -> None:
    assert main(['init']) == 1
    assert '缺表heartbeat，列tenant.document' in capsys.readouterr().err


def test_an_empty_database_is_told_from_an_old_one(database: str, monkeypatch: pytest.MonkeyPatch,
                                                   capsys: pytest.CaptureFixture) -> None:
    monkeypatch.setenv('DATABASE_URL', database)
    assert main(['tasks']) == 1
    assert capsys.readouterr().err == '这个数据库里还没有建库：先运行 duban init，或者把 DATABASE_URL 指到建好的库。\n'
