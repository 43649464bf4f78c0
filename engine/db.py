"""Tables' base, connections, and the only commit. Works on SQLite (WAL, full sync) and PostgreSQL (psycopg 3)."""
import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timezone
from functools import lru_cache
from time import monotonic
from typing import Any, TypeVar
from uuid import UUID

import orjson
from sqlalchemy import DDL, Connection, DateTime, Engine, String, Table, Text, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from engine.errors import Conflict

T = TypeVar('T')
_TRIES = 5                  # of one who lost a race
_LONG = 0.1                 # seconds of thought for which nobody else should wait
_UNDONE = ('40001', '40P01')                              # serialization failure, deadlock
_WRITER = {'sqlite': {'duban_begin': 'BEGIN IMMEDIATE'}, 'postgresql': None}


class Base(DeclarativeBase):
    """One metadata for every table; a table stands in its noun's module."""


def written_once(table: Table, sentence: str) -> None:
    """Let the databases themselves refuse to change, delete or truncate rows of this table, with this sentence."""
    name = table.name
    for statement in (f"CREATE TRIGGER {name}_no_{verb} BEFORE {verb} ON {name} BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
                      for verb in ('update', 'delete')):
        event.listen(table, 'after_create', DDL(statement).execute_if(dialect='sqlite'))
    for statement in (f'CREATE OR REPLACE FUNCTION {name}_refuse() RETURNS trigger LANGUAGE plpgsql AS '
                      f"$$ BEGIN RAISE EXCEPTION '{sentence}'; END $$",
                      f'CREATE TRIGGER {name}_no_change BEFORE UPDATE OR DELETE ON {name} FOR EACH ROW '
                      f'EXECUTE FUNCTION {name}_refuse()',
                      f'CREATE TRIGGER {name}_no_truncate BEFORE TRUNCATE ON {name} FOR EACH STATEMENT '
                      f'EXECUTE FUNCTION {name}_refuse()'):
        event.listen(table, 'after_create', DDL(statement).execute_if(dialect='postgresql'))


class Utc(TypeDecorator):
    """An aware moment, kept in UTC on both databases. A naive one is refused.

    SQLite has texts only; they are written here, all equally long, so that they sort as moments do.
    """

    impl, cache_ok = DateTime(timezone=True), True

    def load_dialect_impl(self, dialect: Any) -> Any:
        return dialect.type_descriptor(String(26) if dialect.name == 'sqlite' else self.impl)

    def bind_processor(self, dialect: Any) -> Callable[[datetime | None], datetime | str | None]:
        return _written if dialect.name == 'sqlite' else _in_utc

    def result_processor(self, dialect: Any, coltype: Any) -> Callable[[Any], datetime | None]:
        return _moment if dialect.name == 'sqlite' else _in_utc


def _in_utc(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise ValueError(f'a moment without a zone: {moment!r}')
    return moment.astimezone(timezone.utc)


@lru_cache(maxsize=256)
def _written(moment: datetime | None) -> str | None:
    """As SQLite keeps it; the many rows of a step have the same few moments."""
    return None if moment is None else _in_utc(moment).isoformat(' ', 'microseconds')[:26]


@lru_cache(maxsize=1_000)
def _moment(text: str | None) -> datetime | None:
    """And read again."""
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


@lru_cache(maxsize=10_000)
def identity(text: str) -> UUID:
    """The id that 32 hexadecimal digits stand for; a step meets each of its few ids many times."""
    return UUID(int=int(text, 16))


class Json(TypeDecorator):
    """A JSON value kept as text, keys in the order given (never JSONB, which reorders them)."""

    impl, cache_ok = Text, True

    def bind_processor(self, dialect: Any) -> Callable[[Any], str | None]:
        return _json

    def result_processor(self, dialect: Any, coltype: Any) -> Callable[[str | None], Any]:
        return _value


def _json(value: Any) -> str | None:
    return None if value is None else orjson.dumps(value).decode()


def _value(text: str | None) -> Any:
    return None if text is None else orjson.loads(text)


def connect(url: str, **options: Any) -> Engine:
    """An engine for `url`; ``postgresql://`` means psycopg 3. SQLite files get WAL, full sync, foreign keys."""
    address = make_url(url)
    if address.drivername in ('postgresql', 'postgres'):
        address = address.set(drivername='postgresql+psycopg')
    engine = create_engine(address, **options)
    if engine.dialect.name == 'sqlite':
        event.listen(engine, 'connect', _pragmas)
        event.listen(engine, 'begin', _begin)
    return engine


def _pragmas(dbapi: Any, _record: Any) -> None:
    dbapi.isolation_level = None                       # SQLAlchemy's "begin" event says which BEGIN it shall be
    for pragma in ('busy_timeout=30000', 'journal_mode=WAL', 'synchronous=FULL', 'foreign_keys=ON', 'cache_size=-16000'):
        dbapi.execute(f'PRAGMA {pragma}')


def _begin(connection: Any) -> None:
    words = connection.get_execution_options().get('duban_begin', 'BEGIN')
    connection.connection.driver_connection.execute(words)     # no statement of its own: it is begun by every step


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that leaves nothing behind. On SQLite it sees one moment; on PostgreSQL each statement sees its own, see
    `one_moment`."""
    with Session(engine) as session:
        yield session


@contextmanager
def one_moment(session: Session) -> Iterator[Session]:
    """What a session reads, all of it as it was at one moment, on both databases; what it has not committed is not seen on
    PostgreSQL."""
    engine = session.get_bind().engine
    if engine.dialect.name == 'sqlite':
        yield session
        return
    with Session(engine) as apart:
        apart.connection(execution_options={'isolation_level': 'REPEATABLE READ'})
        yield apart


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """A session whose work is committed once, at the end, or not at all."""
    with Session(engine) as session, _turn(session):
        yield session


@contextmanager
def _turn(session: Session) -> Iterator[None]:
    """Time to write: what is done is committed at the end, or undone.

    SQLite's own waiting is unfair: one process runs, the others starve for seconds. So writers of a SQLite file
    queue on a file lock, which the kernel hands on in turn and frees when a process dies. What the session has read
    may be old when its turn comes, so there it begins anew; PostgreSQL goes on in the same transaction.
    """
    engine = session.get_bind().engine
    if engine.dialect.name == 'sqlite':
        session.rollback()
    with _queue(engine):
        try:
            session.connection(execution_options=_WRITER[engine.dialect.name])
            yield
            session.commit()
        except BaseException as error:
            session.rollback()
            if undone(error):
                raise Conflict() from error
            raise


def undone(error: BaseException) -> bool:
    """Whether PostgreSQL undid a transaction because it and another stood in each other's way: a lost race."""
    return isinstance(error, DBAPIError) and getattr(error.orig, 'sqlstate', None) in _UNDONE


@contextmanager
def _queue(engine: Engine) -> Iterator[None]:
    file = engine.url.database if engine.dialect.name == 'sqlite' else None
    if not file or file == ':memory:':
        yield
        return
    handle = os.open(f'{file}.lock', os.O_RDWR | os.O_CREAT, 0o644)     # an open file of its own queues threads, too
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


class _Stepping(Session):
    """A session on a connection that is open already. A step nearly always asks the connection itself; then a session of
    the usual kind would cost more to begin and end than a statement."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, join_transaction_mode='control_fully')

    def connection(self, bind_arguments: Any = None, execution_options: Any = None) -> Connection:
        """The connection, in a transaction."""
        if not self.bind.in_transaction():
            self.bind.execution_options(**execution_options or {})
            self.bind.begin()
        return self.bind

    def commit(self) -> None:
        if self.in_transaction():
            super().commit()
        self.bind.commit()

    def rollback(self) -> None:
        if self.in_transaction():
            super().rollback()
        self.bind.rollback()


def thinks_apart(session: Session) -> bool:
    """Whether a step is thought out in this session that another transaction will write."""
    return isinstance(session, _Stepping)


def carry_out(engine: Engine, think: Callable[[Session], T]) -> T:
    """One step: `think` reads and returns a plan (anything with ``flush(session)``); it is written in one short
    transaction.

    Who loses a race (for a matter, for the next number of a series, a deadlock) thinks again inside the transaction that
    writes; who thinks for long first does so a few times where nobody waits. On SQLite nobody can be faster then; on
    PostgreSQL a few tries are enough.

    :raises Conflict: `think` says so, or somebody else was faster every time.
    """
    for _ in range(_TRIES):
        begun = monotonic()
        with engine.connect() as connection, _Stepping(connection) as session:
            plan = _thought(session, think)
            thought = monotonic() - begun
            if plan is not None:
                with suppress(Conflict), _turn(session):
                    plan.flush(session)
                    return plan
        if thought < _LONG:
            break
    return _again(engine, think, _TRIES)


def _thought(session: Session, think: Callable[[Session], T]) -> T | None:
    """The plan; None when the database undid what was read for it."""
    try:
        return think(session)
    except DBAPIError as error:
        if undone(error):
            return None
        raise


def _again(engine: Engine, think: Callable[[Session], T], tries: int) -> T:
    try:
        with writing(engine) as session:
            plan = think(session)
            plan.flush(session)
        return plan
    except Conflict:
        if tries == 1:
            raise
        return _again(engine, think, tries - 1)
