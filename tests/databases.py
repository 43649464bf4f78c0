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

import psycopg
from psycopg import sql


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
        """The URL of a database nobody has used: with all tables when `ready`, else empty."""
        if ready and not self._has_template:
            self._run(sql.SQL('CREATE DATABASE ready'))
            self._make_tables(self._url('ready'))
            self._has_template = True
        return self._create('ready' if ready else 'template0')

    def copy(self, url: str) -> str:
        """The URL of a copy of the database at `url`, to which nobody is connected."""
        return self._create(_name(url))

    def _create(self, template: str) -> str:
        name = f'd{next(self._number)}'
        self._run(sql.SQL('CREATE DATABASE {} TEMPLATE {}').format(sql.Identifier(name), sql.Identifier(template)))
        return self._url(name)

    def drop(self, url: str) -> None:
        """Forget the database at `url`, whoever still holds it."""
        self._run(sql.SQL('DROP DATABASE {} WITH (FORCE)').format(sql.Identifier(_name(url))))

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
