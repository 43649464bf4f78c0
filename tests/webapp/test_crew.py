"""The server itself: several processes on one port, each of which may die without anybody noticing."""
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from webapp.__main__ import main
from webapp.config import ROOT


@pytest.fixture
def port() -> int:
    """A port that is free."""
    with socket.socket() as one:
        one.bind(('127.0.0.1', 0))
        return one.getsockname()[1]


@pytest.fixture
def server(template: Path, tmp_path: Path, port: int) -> Iterator[subprocess.Popen]:
    """`python -m webapp` with two processes, on a database of its own."""
    shutil.copy(template, tmp_path / 'duban.db')
    with subprocess.Popen([sys.executable, '-m', 'webapp'], cwd=ROOT, stderr=subprocess.DEVNULL, env={
            **os.environ, 'DATABASE_URL': f'sqlite:///{tmp_path}/duban.db', 'VAR_DIR': str(tmp_path),
            'PORT': str(port), 'PROCESSES': '2'}) as process:
        _until(lambda: _status(port) == 200)
        yield process
        process.kill()


def _until(what: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not what():
        assert time.monotonic() < end, 'it did not come to pass'
        time.sleep(0.05)


def _status(port: int) -> int:
    """How the server answers; 0: nobody answers."""
    line = http.client.HTTPConnection('127.0.0.1', port, timeout=5)
    try:
        line.request('GET', '/healthz')
        return line.getresponse().status
    except OSError:
        return 0
    finally:
        line.close()


def _crew(process: subprocess.Popen) -> set[int]:
    return set(map(int, Path(f'/proc/{process.pid}/task/{process.pid}/children').read_text().split()))


def test_a_process_that_dies_is_replaced_and_none_outlives_the_server(server: subprocess.Popen, port: int) -> None:
    first = _crew(server)
    assert len(first) == 2
    os.kill(min(first), signal.SIGKILL)
    assert _status(port) == 200, 'the other one answers'
    _until(lambda: len(_crew(server)) == 2 and _crew(server) != first)
    server.kill()
    _until(lambda: _status(port) == 0)


def test_a_port_that_is_taken_is_said_in_a_sentence(
        template: Path, tmp_path: Path, port: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    for name, value in (('DATABASE_URL', f'sqlite:///{template}'), ('VAR_DIR', tmp_path), ('PORT', port)):
        monkeypatch.setenv(name, str(value))
    with socket.create_server(('127.0.0.1', port)):
        assert main() == 2
    said = capsys.readouterr().err
    assert f'端口 {port}' in said and '换一个 PORT' in said


def test_a_folder_that_cannot_be_written_is_said_in_a_sentence(
        template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    (tmp_path / 'pages').write_text('no folder')
    for name, value in (('DATABASE_URL', f'sqlite:///{template}'), ('VAR_DIR', tmp_path)):
        monkeypatch.setenv(name, str(value))
    assert main() == 2
    said = capsys.readouterr().err
    assert str(tmp_path / 'pages') in said and 'VAR_DIR' in said


def test_the_crew_ends_when_it_is_told_to() -> None:
    code = 'import time; from webapp import crew; crew.keep(2, lambda: print("works", flush=True) or time.sleep(60))'
    with subprocess.Popen([sys.executable, '-c', code], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert [process.stdout.readline(), process.stdout.readline()] == ['works\n', 'works\n']
        crew = _crew(process)
        process.terminate()
        assert process.wait(10) == 0
    assert not any(Path(f'/proc/{one}').exists() for one in crew)
