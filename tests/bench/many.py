"""Figures of many at once: timers by the million, bursts, four writers, a ledger of a hundred thousand rows."""
import gzip
import re
import time
from collections.abc import Callable
from statistics import median
from typing import Any
from uuid import uuid4

from argon2 import PasswordHasher
from sqlalchemy import Engine, delete, func, select, text, update
from sqlalchemy.exc import OperationalError

from engine import db, instance, worker
from engine.directory import Account
from engine.history import EMPTY, Event
from engine.instance.row import MATTER, TIMER
from tests.bench.meter import tell
from tests.faults.case import BEGIN, Case, copies, set_clock
from tests.faults.process import answers_of, crew

PASSWORD = 'correct-horse-battery'
_MILLION = {
    'sqlite': "INSERT INTO timer (id, tenant, instance_id, matter_id, process, element, name, due_at) "
              "WITH RECURSIVE g(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < 1000000) "
              "SELECT lower(hex(randomblob(16))), t.tenant, t.instance_id, t.matter_id, t.process, t.element, t.name, "
              "datetime(t.due_at, '+' || n || ' seconds') || '.000000' FROM g, timer t WHERE t.element = 'not_signed'",
    'postgresql': "INSERT INTO timer (id, tenant, instance_id, matter_id, process, element, name, due_at) "
                  "SELECT gen_random_uuid(), t.tenant, t.instance_id, t.matter_id, t.process, t.element, t.name, "
                  "t.due_at + n * interval '1 second' FROM generate_series(1, 1000000) AS g(n), timer t "
                  "WHERE t.element = 'not_signed'"}


def idle(engine: Engine, name: str) -> None:
    """A look of the worker when a million timers lie in the future."""
    Case.begin(engine)
    with db.writing(engine) as session:
        session.execute(text(_MILLION[name]))
    with engine.connect().execution_options(isolation_level='AUTOCOMMIT') as connection:
        connection.execute(text('ANALYZE'))
        assert connection.scalar(select(func.count()).select_from(TIMER)) > 1_000_000
    took = []
    for _ in range(300):
        begun = time.perf_counter()
        assert worker.tick(engine) == 0
        took.append((time.perf_counter() - begun) * 1e3)
    tell(name, 'worker.idle_tick_ms_1m_timers', median(took), 'ms', '< 1')
    with db.writing(engine) as session:
        session.execute(delete(TIMER))


def burst(engine: Engine, name: str, number: int = 10_000) -> None:
    """Ten thousand deadlines at the same moment."""
    first = Case.begin(engine)
    copies(engine, first.id, number - 1)
    set_clock(engine, '2020-05-08 09:00')
    last = 0

    def said(count: int) -> None:
        nonlocal last
        if count >= last + 2000:
            last = count
            print(f'  {name}: {count} / {number}', flush=True)
    wall, cpu = time.perf_counter(), time.process_time()
    count = worker.drain(engine, said=said)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    with db.reading(engine) as session:
        fired, matters = session.execute(select(func.count(), func.count(Event.chain.distinct())).where(
            Event.kind == 'timer.fired', Event.element == 'not_signed')).one()
    assert count == fired == matters == number, (count, fired, matters)
    tell(name, 'worker.fired_per_s', number / cpu, 'per second of one core', '>= 1000')
    tell(name, 'worker.burst_10000', wall, 's')


def writers(engine: Engine, name: str, url: str, each: int = 60) -> None:
    """Four processes that complete tasks on one database: who waits longest, and does anybody fail?"""
    first = Case.begin(engine)
    cases = [first, *(Case(engine, key) for key in copies(engine, first.id, 4 * each - 1))]
    tasks = [case.waiting('sign') for case in cases]
    engine.dispose()

    def share(number: int) -> Callable[[Engine], list[float | None]]:
        def work(own: Engine) -> list[float | None]:
            took: list[float | None] = []
            for key, actor in tasks[number::4]:
                begun = time.perf_counter()
                try:
                    db.carry_out(own, lambda session, key=key, actor=actor: instance.complete(session, key, actor, {}))
                    took.append((time.perf_counter() - begun) * 1e3)
                except OperationalError:
                    took.append(None)
            return took[5:]                                            # a process that begins has to read the bundle first
        return work
    took = answers_of(crew(url, *map(share, range(4))))
    tell(name, f'{name}.four_writers_worst_wait_ms', max(each for each in took if each is not None), 'ms', '< 200')
    tell(name, f'{name}.four_writers_locked_errors', took.count(None), 'errors', '= 0')


def pages(engine: Engine, name: str, url: str, folder: str, number: int = 100_000) -> None:
    """The 台账 at a hundred thousand matters, as an officer sees it; the weight of a clerk's page."""
    from webapp import create_app

    first = Case.begin(engine)
    with db.writing(engine) as session:
        session.execute(update(Account).values(password_hash=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
                                               .hash(PASSWORD)))
        row = dict(session.execute(select(MATTER).where(MATTER.c.id == first.id)).mappings().one())
    lamps, units = ('green', 'green', 'green', 'yellow', 'red', 'grey'), ('fgw', 'gxt', 'sft')
    for begin in range(0, number, 10_000):
        with db.writing(engine) as session:
            session.connection().execute(MATTER.insert(), [
                {**row, 'id': uuid4(), 'code': f'DB-{place:06d}', 'lamp': lamps[place % 6], 'lead_unit': units[place % 3],
                 'due_at': BEGIN.date().replace(month=1 + place % 12), 'head_seq': 0, 'head_hash': EMPTY}
                for place in range(begin, begin + 10_000)])
    with engine.connect().execution_options(isolation_level='AUTOCOMMIT') as connection:
        connection.execute(text('ANALYZE'))
    app = create_app({'DATABASE_URL': url, 'SECRET_KEY': 'k' * 40, 'VAR_DIR': folder, 'TESTING': True})
    officer = _signed_in(app, 'gz-office-officer')
    for figure, path in (('ledger.page_ms_100k', '/ledger'), ('ledger.filtered_ms_100k', '/ledger?lamp=red&unit=fgw'),
                         ('ledger.sorted_ms_100k', '/ledger?sort=stage'), ('ledger.searched_ms_100k', '/ledger?q=DB-0999')):
        tell(name, figure, median(_wall(officer, path) for _ in range(15)), 'ms', '< 100')
    clerk = _signed_in(app, 'gz-fgw-liaison')
    key, _ = first.waiting('sign')
    weight = max(_weight(clerk, path) for path in ('/tasks', f'/tasks/{key}'))
    tell(name, 'clerk.page_bytes_compressed', weight, 'bytes', '<= 61440')
    with app.app_context():
        app.extensions['sqlalchemy'].engine.dispose()


def _signed_in(app: Any, login: str) -> Any:
    client = app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get('/sign-in').text)[1]
    answer = client.post('/sign-in', data={'csrf_token': token, 'username': login, 'password': PASSWORD})
    assert answer.location, answer.text
    return client


def _wall(client: Any, path: str) -> float:
    begun = time.perf_counter()
    assert client.get(path).status_code == 200, path
    return (time.perf_counter() - begun) * 1e3


def _weight(client: Any, path: str) -> int:
    """The page with every style and script that it names, packed."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    named = re.findall(r'<(?:link rel="stylesheet" href|script[^>]* src)="(/[^"]+)"', answer.text)
    return sum(len(gzip.compress(each)) for each in [answer.data, *(client.get(one).data for one in named)])
