"""The databases that the suite runs on: files of SQLite, and a PostgreSQL of our own, started from the installed programs."""
import ctypes
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql


_OFTEN = 20                 # times that a database is used; what was deleted stays in its files
_LARGE = 30_000_000         # bytes


_SHAPE = """
    SELECT (SELECT count(*) FROM pg_class), (SELECT count(*) FROM pg_constraint),
        (SELECT md5(string_agg(attrelid::regclass::text || attname || atttypid, ',' ORDER BY attrelid, attnum))
            FROM pg_attribute WHERE attrelid > 16000 AND attnum > 0),
        (SELECT string_agg(tgname || tgenabled::text, ',' ORDER BY oid) FROM pg_trigger),
        (SELECT md5(string_agg(prosrc, ',' ORDER BY oid)) FROM pg_proc WHERE oid > 16000)"""
"""What makes a database another than the one that it is a copy of, besides rows."""


_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
_SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'"


class _Server:
    """What the databases of both kinds have in common."""

    def __init__(self) -> None:
        self._filled: dict[Callable[[str], None], str] = {}

    def filled(self, fill: Callable[[str], None]) -> str:
        """The URL of a database of its own, as `fill(url)` leaves it; that is done once, then copied."""
        if fill not in self._filled:
            self._filled[fill] = self.fresh(ready=True)
            fill(self._filled[fill])
        return self.copy(self._filled[fill])


class Sqlite(_Server):
    """SQLite files in `folder`; a ready one is a copy of a file whose tables were made once."""

    def __init__(self, folder: Path, make_tables: Callable[[str], None]) -> None:
        super().__init__()
        self._folder, self._make_tables, self._number = folder, make_tables, count(1)

    def fresh(self, ready: bool) -> str:
        """The URL of a database nobody has used: with all tables when `ready`, else empty."""
        file = self._folder / f'{next(self._number)}.sqlite3'
        if ready:
            template = self._folder / 'template.sqlite3'
            if not template.exists():
                self._make_tables(f'sqlite:///{template}')
            shutil.copy(template, file)
        return f'sqlite:///{file}'

    def copy(self, url: str) -> str:
        """The URL of a copy of the database at `url`, to which nobody is connected."""
        file = self._folder / f'{next(self._number)}.sqlite3'
        shutil.copy(url.removeprefix('sqlite:///'), file)
        return f'sqlite:///{file}'

    def drop(self, url: str) -> None:
        """Forget the database at `url`."""
        for file in self._folder.glob(Path(url).name + '*'):
            file.unlink()

    def again(self, url: str) -> None:
        """Put the ready database at `url`, to which nobody is connected, back to what it was at first."""
        self.drop(url)
        shutil.copy(self._folder / 'template.sqlite3', url.removeprefix('sqlite:///'))

    def close(self) -> None:
        """Nothing runs, so nothing is to be stopped."""


class PostgreSql(_Server):
    """A cluster in a folder of its own, reached by a socket there; no port is opened, nothing outlives the tests.

    It forgoes fsync: what the tests kill is our processes, never the machine.
    """

    def __init__(self, make_tables: Callable[[str], None]) -> None:
        super().__init__()
        programs = postgresql_programs()
        if programs is None:
            raise FileNotFoundError('initdb')
        self._make_tables, self._number, self._has_template = make_tables, count(1), False
        self._swept: dict[str, int] = {}               # ready ones, and how often each was used before
        self._used: dict[str, int] = {}
        self._shape: tuple[Any, ...] = ()
        self._rows: dict[str, bytes] = {}
        self._next: list[tuple[str, int | None]] = []
        self._folder = Path(tempfile.mkdtemp(prefix='duban-pg-', dir='/tmp'))     # a socket's path must be short
        user = _unprivileged()
        if user is not None:
            shutil.chown(self._folder, user)
        as_user = {'user': user, 'group': _group(user), 'extra_groups': []} if user is not None else {}
        data, log = self._folder / 'data', self._folder / 'log'
        subprocess.run([programs / 'initdb', '-D', data, '-U', 'duban', '-A', 'trust', '-E', 'UTF8', '--locale=C',
                        '--no-sync', '--wal-segsize=1'],
                       check=True, cwd=self._folder, stdout=subprocess.DEVNULL, **as_user)
        settings = ('listen_addresses=', f'unix_socket_directories={self._folder}', 'fsync=off',
                    'synchronous_commit=off', 'full_page_writes=off', 'max_connections=100')
        with log.open('wb') as out:
            self._process = subprocess.Popen(
                [programs / 'postgres', '-D', data, *(part for s in settings for part in ('-c', s))],
                cwd=self._folder, stdout=out, stderr=out, preexec_fn=_die_with_parent, **as_user)
        self._wait(log)

    def fresh(self, ready: bool) -> str:
        """The URL of a database as nobody has used it: with all tables when `ready`, perhaps swept after another test; else
        empty and new."""
        if ready and not self._has_template:
            self._run(sql.SQL('CREATE DATABASE ready'))
            self._make_tables(self._url('ready'))
            self._has_template = True
            with psycopg.connect(self._url('ready')) as connection:
                self._shape = connection.execute(_SHAPE).fetchone()
                self._rows = {table: _rows(connection, table) for table, in connection.execute(_TABLES).fetchall()}
                self._next = connection.execute(_SEQUENCES).fetchall()
        if ready:
            name, times = self._swept.popitem() if self._swept else (_name(self._create('ready')), 0)
            self._used[name] = times + 1
            return self._url(name)
        return self._create('template0')

    def copy(self, url: str) -> str:
        """The URL of a copy of the database at `url`, to which nobody is connected."""
        return self._create(_name(url))

    def _create(self, template: str, name: str = '') -> str:
        name = name or f'd{next(self._number)}'
        self._run(sql.SQL('CREATE DATABASE {} TEMPLATE {}').format(sql.Identifier(name), sql.Identifier(template)))
        return self._url(name)

    def drop(self, url: str) -> None:
        """Forget the database at `url`, whoever still holds it. A ready one is swept for the next test: to make one takes
        longer than most tests."""
        name = _name(url)
        times = self._used.pop(name, _OFTEN)
        if times < _OFTEN and self._sweep(name):
            self._swept[name] = times
        else:
            self._forget(name)

    def again(self, url: str) -> None:
        """Put the ready database at `url` back to what it was at first, whoever still holds it."""
        name = _name(url)
        times = self._used[name] + 1
        if times > _OFTEN or not self._sweep(name):
            self._forget(name)
            self._create('ready', name)
            times = 1
        self._used[name] = times

    def _forget(self, name: str) -> None:
        self._run(sql.SQL('DROP DATABASE {} WITH (FORCE)').format(sql.Identifier(name)))

    def _sweep(self, name: str) -> bool:
        """Put the rows back that it began with. False: the test left more than rows behind, or very many."""
        with psycopg.connect(self._url(name)) as connection:
            connection.execute('SELECT pg_terminate_backend(pid) FROM pg_stat_activity '
                               'WHERE datname = current_database() AND pid <> pg_backend_pid()')
            if connection.execute(_SHAPE).fetchone() != self._shape:
                return False
            connection.execute('SET session_replication_role = replica')        # no trigger defends the trail here
            connection.execute(sql.SQL(';').join(
                sql.SQL('DELETE FROM {}').format(sql.Identifier(table)) for table in self._rows))
            for table, rows in self._rows.items():
                if rows:
                    with connection.cursor().copy(sql.SQL('COPY {} FROM STDIN').format(sql.Identifier(table))) as into:
                        into.write(rows)
            for sequence, last in self._next:
                connection.execute('SELECT setval(%s, %s, %s)', [sequence, last or 1, last is not None])
            return connection.execute('SELECT pg_database_size(current_database())').fetchone()[0] < _LARGE

    def close(self) -> None:
        """Stop the cluster and remove its folder."""
        self._process.send_signal(signal.SIGINT)
        self._process.wait(30)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _url(self, name: str) -> str:
        return f'postgresql://duban@/{name}?host={self._folder}'

    def _run(self, statement: sql.Composable) -> None:
        with psycopg.connect(self._url('postgres'), autocommit=True) as connection:
            connection.execute(statement)

    def _wait(self, log: Path) -> None:
        deadline = time.monotonic() + 30
        while True:
            try:
                return self._run(sql.SQL('SELECT 1'))
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f'PostgreSQL did not start:\n{log.read_text()}') from None
                time.sleep(0.05)


def _rows(connection: psycopg.Connection, table: str) -> bytes:
    with connection.cursor().copy(sql.SQL('COPY {} TO STDOUT').format(sql.Identifier(table))) as out:
        return b''.join(out)


def postgresql_programs() -> Path | None:
    """The folder of PostgreSQL's server programs, the newest first: Debian's, Homebrew's, or the one on the path."""
    folders = [folder for pattern in ('usr/lib/postgresql/*/bin', 'opt/homebrew/opt/postgresql*/bin',
                                      'usr/local/opt/postgresql*/bin')
               for folder in sorted(Path('/').glob(pattern), key=_version, reverse=True)]
    found = shutil.which('initdb')
    folders += [Path(found).parent] if found else []
    return next((f for f in folders if (f / 'initdb').exists() and (f / 'postgres').exists()), None)


def _name(url: str) -> str:
    return url.split('?')[0].rsplit('/', 1)[1]


def _version(folder: Path) -> list[int]:
    return [int(number) for number in re.findall(r'\d+', folder.parent.name)]


def _unprivileged() -> str | None:
    """Who runs the server: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return 'postgres' if 'postgres' in known else 'nobody'


def _group(user: str) -> int:
    return pwd.getpwnam(user).pw_gid


def _die_with_parent() -> None:
    """Linux: a killed test run takes its cluster along."""
    if sys.platform == 'linux':
        ctypes.CDLL(None).prctl(1, signal.SIGINT)
