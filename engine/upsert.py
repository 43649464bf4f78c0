"""Rows that are written whether they are there or not: of two who write one at the same instant neither fails."""
from collections.abc import Sequence
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from engine.db import Base

_INSERT = {'sqlite': sqlite.insert, 'postgresql': postgresql.insert}


def put(session: Session, table: type[Base], **values: Any) -> None:
    """Write a row with all its columns; in the place of the one with this key, if there is one."""
    made = _insert(session, table).values(values)
    keys = [column.name for column in inspect(table).primary_key]
    session.execute(made.on_conflict_do_update(
        index_elements=keys, set_={name: made.excluded[name] for name in values.keys() - set(keys)}))


def keep(session: Session, table: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Write those rows whose key is not there yet. Several come in the order of their keys, from everybody."""
    for row in rows:
        session.execute(_insert(session, table).values(row).on_conflict_do_nothing())


def _insert(session: Session, table: type[Base]) -> Any:
    return _INSERT[session.get_bind().dialect.name](table)
