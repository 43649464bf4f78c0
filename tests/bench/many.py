"""Figures of many at once: timers by the million, bursts, four writers."""
import time
from collections.abc import Callable
from statistics import median

from sqlalchemy import Engine, delete, func, select, text
from sqlalchemy.exc import OperationalError

from engine import db, instance, worker
from engine.history import Event
from engine.instance.row import TIMER
from tests.bench.meter import tell
from tests.faults.case import Case, copies, set_clock
from tests.faults.process import answers_of, crew

_MILLION = {
    'sqlite': "INSERT INTO timer (id, tenant, instance_id, matter_id, process, element, name, due_at, held) "
              "WITH RECURSIVE g(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < 1000000) "
              "SELECT lower(hex(randomblob(16))), t.tenant, t.instance_id, t.matter_id, t.process, t.element, t.name, "
              "datetime(t.due_at, '+' || n || ' seconds') || '.000000', t.held "
              "FROM g, timer t WHERE t.element = 'not_signed'",
    'postgresql': "INSERT INTO timer (id, tenant, instance_id, matter_id, process, element, name, due_at, held) "
                  "SELECT gen_random_uuid(), t.tenant, t.instance_id, t.matter_id, t.process, t.element, t.name, "
                  "t.due_at + n * interval '1 second', t.held FROM generate_series(1, 1000000) AS g(n), timer t "
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
    worker.warm(engine)
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
