"""The statements of a step, carried out by the driver itself: compiled once, then only values travel.

Core spends several times as long around a statement as the database on it, and waits for each answer before it asks the
next. Here the types still convert every value, listeners still hear of every statement, and errors are SQLAlchemy's.
"""
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from functools import lru_cache
from operator import itemgetter
from typing import Any
from uuid import UUID

from psycopg import RawCursor
from sqlalchemy import Boolean, Connection, Dialect, Executable, LargeBinary, Uuid
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine

from engine.db import identity

Row = Mapping[str, Any]

_NUMBERED = PGDialect_psycopg(paramstyle='numeric_dollar')     # $1 is what PostgreSQL itself reads: nothing to translate
_TOGETHER = 16                                                 # rows of one INSERT there; one at a time, each is a round


class _Prepared:
    """A statement as one database takes it, with what makes its values of ours, and ours of what it finds."""

    def __init__(self, clause: Any, dialect: Dialect, columns: frozenset[str]) -> None:
        self._dialect = _NUMBERED if dialect.name == 'postgresql' else dialect
        compiled = clause.compile(dialect=self._dialect, column_keys=sorted(columns), for_executemany=True)
        self.text: str = compiled.string
        self.together = _TOGETHER if dialect.name == 'postgresql' and clause.is_insert else 1
        names = compiled.positiontup
        self._width, self._pick = len(names), _picking(names)
        self._convert = [(place, convert) for place, name in enumerate(names)
                         if (convert := _writer(compiled.binds[name].type, self._dialect)) is not None]
        self._constants = {name: bind.effective_value for name, bind in compiled.binds.items() if not bind.required}
        self._constants |= {column.key: column.default.arg for column in compiled.insert_prefetch}
        self._clause = clause
        self._names = [column.name for column in clause.selected_columns] if clause.is_select else []
        self._found: list[tuple[int, Callable[[Any], Any]]] | None = None

    def values(self, row: Row) -> list[Any]:
        """The values of one row as the driver takes them.

        :raises KeyError: the row has no value for a parameter.
        """
        if self._constants:
            row = {**self._constants, **row}
        found = [*self._pick(row)]
        for place, convert in self._convert:
            found[place] = convert(found[place])
        return found

    @lru_cache(maxsize=_TOGETHER)
    def wide(self, rows: int) -> str:
        """The INSERT for so many rows at once."""
        head, words, row = self.text.partition(' VALUES ')
        return head + words + ', '.join(
            re.sub(r'\$(\d+)', lambda number, past=past: f'${int(number[1]) + past * self._width}', row)
            for past in range(rows))

    def rows(self, cursor: Any) -> list[dict[str, Any]]:
        """What the driver found, by name."""
        if self._found is None:                        # the first answer tells the driver's own types
            self._found = [(place, convert) for place, (column, told) in enumerate(
                zip(self._clause.selected_columns, cursor.description, strict=True))
                if (convert := _reader(column.type, self._dialect, told[1])) is not None]
        return [dict(zip(self._names, self._of_ours(found), strict=True)) for found in cursor.fetchall()]

    def _of_ours(self, found: Sequence[Any]) -> list[Any]:
        values = [*found]
        for place, convert in self._found or ():
            values[place] = convert(values[place])
        return values


def _picking(names: Sequence[str]) -> Callable[[Row], Sequence[Any]]:
    """What takes the values of these names out of a row, in their order."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda row: [row[name] for name in names]


def _writer(kind: TypeEngine, dialect: Dialect) -> Callable[[Any], Any] | None:
    """What makes of a value of ours what the driver takes; None: it takes it as it is, as both do bytes and truth."""
    if isinstance(kind, Uuid) and dialect.name == 'sqlite':
        return _digits
    if isinstance(kind, (LargeBinary, Boolean)):
        return None
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _digits(key: UUID | None) -> str | None:
    return None if key is None else f'{key.int:032x}'


def _reader(kind: TypeEngine, dialect: Dialect, told: Any) -> Callable[[Any], Any] | None:
    """What makes a value of ours of one that the driver found; None: it is one already."""
    if isinstance(kind, Uuid) and dialect.name == 'sqlite':
        return lambda text: None if text is None else identity(text)
    return kind.dialect_impl(dialect).result_processor(dialect, told)


@lru_cache(maxsize=1_000)
def _prepared(clause: Executable, dialect: Dialect, columns: frozenset[str]) -> _Prepared:
    return _Prepared(clause, dialect, columns)


def read(connection: Connection, clause: Executable, values: Row) -> list[dict[str, Any]]:
    """The rows that a SELECT finds, each by name. `clause` is made once and kept by the caller, like every other here.

    :raises DBAPIError: as SQLAlchemy does.
    """
    prepared = _prepared(clause, connection.dialect, frozenset(values))
    with _errors(connection):
        return prepared.rows(_Driver(connection).ask(prepared.text, prepared.values(values)))


Ready = Sequence[tuple[_Prepared, list[list[Any]]]]
"""Statements whose values are those of the driver."""


def ready(connection: Connection, work: Sequence[tuple[Executable, Sequence[Row]]]) -> Ready:
    """Statements, each with its rows (which all have the same keys), as the database of this connection takes them."""
    found = []
    for clause, rows in work:
        prepared = _prepared(clause, connection.dialect, frozenset(rows[0]))
        found.append((prepared, [prepared.values(row) for row in rows]))
    return found


def write(connection: Connection, work: Sequence[tuple[Executable, Sequence[Row]]]) -> list[int]:
    """Carry out statements in their order, as for `ready`; how many rows each hit. PostgreSQL gets them all at once.

    :raises DBAPIError: as SQLAlchemy does; the caller rolls back.
    """
    return write_ready(connection, ready(connection, work))


def write_ready(connection: Connection, work: Ready) -> list[int]:
    """Carry out what was made ready. :raises DBAPIError: as for `write`."""
    driver = _Driver(connection)
    with _errors(connection):
        with driver.at_once():
            done = [driver.write(prepared, values) for prepared, values in work]
        return [sum(cursor.rowcount for cursor in cursors) for cursors in done]


class _Driver:
    """The driver's own connection below one of SQLAlchemy's, and those who listen there."""

    def __init__(self, connection: Connection) -> None:
        self._connection, self._driver = connection, connection.connection.driver_connection
        self._numbered = connection.dialect.name == 'postgresql'
        self._heard = list(connection.dispatch.before_cursor_execute)

    def write(self, prepared: _Prepared, rows: list[list[Any]]) -> list[Any]:
        """The cursors of a statement for all these rows."""
        many = len(rows) > 1
        if prepared.together == 1 or not many:
            return [self.ask(prepared.text, rows if many else rows[0], many)]
        groups = [rows[at:at + prepared.together] for at in range(0, len(rows), prepared.together)]
        return [self.ask(prepared.wide(len(group)), [value for row in group for value in row]) for group in groups]

    def ask(self, text: str, values: list, many: bool = False) -> Any:
        """The cursor of one statement."""
        cursor = RawCursor(self._driver) if self._numbered else self._driver.cursor()
        for listener in self._heard:
            listener(self._connection, cursor, text, values, None, many)
        (cursor.executemany if many else cursor.execute)(text, values)
        return cursor

    def at_once(self) -> Any:
        """Within it PostgreSQL gets everything without a wait between."""
        return self._driver.pipeline() if self._numbered else nullcontext()


@contextmanager
def _errors(connection: Connection) -> Iterator[None]:
    """The driver's errors as SQLAlchemy tells them, so that nobody has to know two families of them."""
    known = connection.dialect.loaded_dbapi.Error
    try:
        yield
    except known as error:
        raise DBAPIError.instance(None, None, error, known, dialect=connection.dialect) from error
