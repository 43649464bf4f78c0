"""The statements of a step at the driver's door: values keep their types, misses and errors are told, listeners hear."""
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, bindparam, event, select
from sqlalchemy.exc import IntegrityError

from engine import db, statement
from engine.actions.reminder import Message
from engine.ledger import Matter

_TABLE = Message.__table__
_INSERT, _ALL = _TABLE.insert(), select(_TABLE).where(_TABLE.c.tenant == bindparam('tenant')).order_by(_TABLE.c.text)
_READ_AT = (_TABLE.update().where(_TABLE.c.id == bindparam('b_id'), _TABLE.c.read_at.is_(None))
            .values(read_at=bindparam('b_at')))
_NOON = datetime(2020, 5, 7, 12, tzinfo=UTC)


def message(text: str, **changes: Any) -> dict[str, Any]:
    return {'id': uuid4(), 'tenant': 'gz', 'unit': 'fgw', 'post': 'liaison', 'matter_id': None, 'text': text,
            'kind': '', 'step': '', 'stands_for': 1, 'sent_at': _NOON, 'read_at': None, **changes}


def test_what_is_written_is_read_as_it_was(engine: Engine) -> None:
    rows = [message('一', matter_id=uuid4(), read_at=_NOON), message('二', stands_for=3)]
    with db.writing(engine) as session:
        statement.write(session.connection(), [(_INSERT, rows)])
    with db.reading(engine) as session:
        assert statement.read(session.connection(), _ALL, {'tenant': 'gz'}) == rows
        assert statement.read(session.connection(), _ALL, {'tenant': 'other'}) == []
        assert [row.sent_at for row in session.execute(_ALL, {'tenant': 'gz'})] == [_NOON, _NOON], 'Core reads the same'


def test_a_column_that_is_left_out_has_its_default(engine: Engine) -> None:
    row = message('一')
    del row['stands_for']
    with db.writing(engine) as session:
        statement.write(session.connection(), [(_INSERT, [row])])
        assert statement.read(session.connection(), _ALL, {'tenant': 'gz'})[0]['stands_for'] == 1


def test_each_statement_says_how_many_rows_it_hit(engine: Engine) -> None:
    rows = [message('一'), message('二'), message('三', read_at=_NOON)]
    with db.writing(engine) as session:
        read = [{'b_id': row['id'], 'b_at': _NOON} for row in rows]
        assert statement.write(session.connection(), [(_INSERT, rows), (_READ_AT, read), (_READ_AT, read[:1])]) == [3, 2, 0]


def test_a_row_without_a_value_is_refused(engine: Engine) -> None:
    with db.writing(engine) as session, pytest.raises(KeyError, match='b_at'):
        statement.write(session.connection(), [(_READ_AT, [{'b_id': uuid4()}])])


def test_errors_are_those_of_core(engine: Engine) -> None:
    row = message('一')
    with pytest.raises(IntegrityError), db.writing(engine) as session:
        statement.write(session.connection(), [(_INSERT, [row]), (_INSERT, [row]), (_INSERT, [message('二')])])
    with db.reading(engine) as session:
        assert statement.read(session.connection(), _ALL, {'tenant': 'gz'}) == []


def test_listeners_hear_every_statement(engine: Engine) -> None:
    heard: list[str] = []
    event.listen(engine, 'before_cursor_execute', lambda _c, _cursor, text, *_: heard.append(text.split()[0]))
    with db.writing(engine) as session:
        statement.write(session.connection(), [(_INSERT, [message('一'), message('二')]),
                                               (_READ_AT, [{'b_id': uuid4(), 'b_at': _NOON}])])
        statement.read(session.connection(), _ALL, {'tenant': 'gz'})
    assert heard == ['INSERT', 'UPDATE', 'SELECT']


def test_numbers_and_truths_keep_their_kind(engine: Engine) -> None:
    table = Matter.__table__
    found = select(table.c.points, table.c.late, table.c.due_at, table.c.head_hash).where(table.c.id == bindparam('key'))
    key = uuid4()
    with db.writing(engine) as session:
        statement.write(session.connection(), [(table.insert(), [
            {'id': key, 'tenant': 'gz', 'deployment_id': 1, 'points': 0.5, 'late': True, 'due_at': _NOON.date()}])])
        assert statement.read(session.connection(), found, {'key': key}) == [
            {'points': 0.5, 'late': True, 'due_at': _NOON.date(), 'head_hash': bytes(32)}]
