"""Two hundred clerks at once: from pressing the button to having the next page, on a server of its own."""
import http.client
import os
import random
import re
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from queue import SimpleQueue
from statistics import median, quantiles
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy import Engine, select

from engine import db
from engine.instance.row import TASK
from tests.bench.meter import tell
from tests.bench.pages import application, fill, signed_in
from tests.faults.case import Case, copies

ROOT = Path(__file__).resolve().parents[2]
CLERKS, SECONDS, THINKS = 200, 40, 15
"""So many clerks, so long, each submitting about every so many seconds: 13 forms and 13 lists a second in all."""


def clerks(engine: Engine, name: str, url: str, folder: str) -> None:
    """Each clerk opens a task, thinks, submits it and gets the list of what is left."""
    first = fill(engine, 0)
    copies(engine, first.id, CLERKS * 2 * SECONDS // THINKS)
    cookie, token = _session(url, folder)
    tasks = _waiting(engine, first)
    engine.dispose()
    port = _free_port()
    environment = {**os.environ, 'DATABASE_URL': url, 'VAR_DIR': folder, 'SECRET_KEY': 'k' * 40, 'PORT': str(port)}
    with subprocess.Popen([sys.executable, '-m', 'webapp'], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as server:
        try:
            _answers(port)
            took = _work(port, cookie, token, tasks)
        finally:
            server.terminate()
    tell(name, 'clerks.submit_to_next_page_ms_p95', quantiles(took, n=20)[-1], 'ms', '<= 150')
    tell(name, 'clerks.submit_to_next_page_ms_median', median(took), 'ms')
    tell(name, 'clerks.submitted_per_s', len(took) / SECONDS, 'per second')


def _session(url: str, folder: str) -> tuple[str, str]:
    """A clerk's cookie, and the token of its forms; all of them share it."""
    app = application(url, folder)
    client = signed_in(app, 'gz-fgw-liaison')
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get('/tasks').text)[1]
    with app.app_context():
        app.extensions['sqlalchemy'].engine.dispose()
    return client.get_cookie('duban').value, token


def _waiting(engine: Engine, first: Case) -> 'SimpleQueue[UUID]':
    """The tasks that can be signed for."""
    found: SimpleQueue[UUID] = SimpleQueue()
    with db.reading(engine) as session:
        for key in session.scalars(select(TASK.c.id).where(TASK.c.element == 'sign', TASK.c.state == 'open')):
            found.put(key)
    return found


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(('127.0.0.1', 0))
        return one.getsockname()[1]


def _answers(port: int) -> None:
    for _ in range(600):
        try:
            socket.create_connection(('127.0.0.1', port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError('the web does not answer')


def _work(port: int, cookie: str, token: str, tasks: 'SimpleQueue[UUID]') -> list[float]:
    """How long each took, in milliseconds; whatever fails, fails the run."""
    took: SimpleQueue[float] = SimpleQueue()
    faults: SimpleQueue[BaseException] = SimpleQueue()
    until = time.monotonic() + SECONDS

    def clerk(number: int) -> None:
        chance, line = random.Random(number), http.client.HTTPConnection('127.0.0.1', port, timeout=60)
        try:
            time.sleep(chance.uniform(0, THINKS))
            while time.monotonic() < until:
                key = tasks.get_nowait()
                _ask(line, 'GET', f'/tasks/{key}', cookie)
                time.sleep(chance.uniform(0, 2 * THINKS) / 2)
                begun = time.perf_counter()
                place = _ask(line, 'POST', f'/tasks/{key}', cookie, urlencode({'csrf_token': token}))
                _ask(line, 'GET', place, cookie)
                took.put((time.perf_counter() - begun) * 1e3)
                time.sleep(chance.uniform(0, 2 * THINKS) / 2)
        except BaseException as fault:
            faults.put(fault)
        finally:
            line.close()

    crew = [threading.Thread(target=clerk, args=(number,)) for number in range(CLERKS)]
    for one in crew:
        one.start()
    for one in crew:
        one.join()
    if not faults.empty():
        raise faults.get()
    return [took.get() for _ in range(took.qsize())]


def _ask(line: http.client.HTTPConnection, verb: str, path: str, cookie: str, body: str | None = None) -> str:
    """Where the answer leads; a page leads nowhere."""
    headers = {'Cookie': f'duban={cookie}', 'Accept-Encoding': 'gzip'}
    if body is not None:
        headers['Content-Type'] = 'application/x-www-form-urlencoded'
    line.request(verb, path, body, headers)
    answer = line.getresponse()
    answer.read()
    assert answer.status == (200 if body is None else 303), (verb, path, answer.status)
    return answer.getheader('Location') or ''
