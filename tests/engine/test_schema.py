"""A database that an older Duban made is told apart before anything is done with it, on both databases."""
import pytest
from sqlalchemy import Engine, text

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
    """A database that lacks a column of the governments and the table of the workers."""
    aged(engine, 'ALTER TABLE tenant DROP COLUMN document', 'DROP TABLE heartbeat')
    monkeypatch.setenv('DATABASE_URL', engine.url.render_as_string(hide_password=False))
    return engine


def test_a_whole_database_lacks_nothing(engine: Engine) -> None:
    schema.check(engine)


def test_missing_tables_and_columns_are_named(old: Engine) -> None:
    with pytest.raises(Refused, match='旧版本建的，缺表heartbeat，列tenant.document，没有改动它。请先备份'):
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
    assert said.err.count('\n') == 1 and '请先备份' in said.err and 'duban init' in said.err


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
