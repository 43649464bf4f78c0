"""Figures of 立项 in bulk: five hundred lines read, judged and registered by one worker, one by one and all or none, and
how long somebody else has to wait meanwhile."""
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any

from sqlalchemy import Engine

from engine import breakdown, db, sheet, worker
from engine.breakdown import Breakdown
from tests.bench.meter import tell
from tests.faults.case import TENANT
from tests.faults.test_breakdown_kill import COMMON, OFFICER, done, held, table


def hundreds(engine: Engine, name: str, url: str, number: int = 500) -> None:
    """A table of 500 tasks with a co-unit each, through the verb of a single registration."""
    for whole in (False, True):
        text, kind = table(number).replace('清理第', '修订第' if whole else '清理第'), '_whole' if whole else ''
        engine.dispose()
        with _somebody_else(url, f'{name}', f'breakdown.others_wait{kind}'):
            key = _tell(name, f'breakdown.read_{number}', lambda text=text: _read(engine, text))
            ordered = _tell(name, f'breakdown.order_{number}', lambda key=key, whole=whole: done(
                engine, lambda session: breakdown.register(session, held(session, key), OFFICER, whole)))
            assert ordered.count == number
            _tell(name, f'breakdown.register_{number}{kind}', lambda: worker.drain(engine), '< 30')
        with db.reading(engine) as session:
            assert breakdown.progress(session, session.get(Breakdown, key)) == {'done': number}


def _read(engine: Engine, text: str) -> int:
    key = done(engine, lambda session: breakdown.begin(session, TENANT, OFFICER, sheet.pasted(text), '责任分解表')).id
    done(engine, lambda session: breakdown.say_for_all(session, held(session, key), OFFICER, COMMON))
    return key


def _tell(name: str, figure: str, work: Callable[[], Any], target: str = '') -> Any:
    wall, cpu = time.perf_counter(), time.process_time()
    made = work()
    tell(name, figure, time.perf_counter() - wall, 's', target)
    tell(name, f'{figure}_cpu', time.process_time() - cpu, 's')
    return made


@contextmanager
def _somebody_else(url: str, name: str, figure: str) -> Iterator[None]:
    """Another process writes a row over and over; the longest that it took is told."""
    fork = get_context('fork')
    (receiver, sender), stop = fork.Pipe(duplex=False), fork.Event()
    process = fork.Process(target=_write, args=(url, stop, sender))
    process.start()
    yield
    stop.set()
    took = sorted(receiver.recv())
    process.join()
    tell(name, f'{figure}_p95_ms', took[len(took) * 95 // 100], 'ms')
    tell(name, f'{figure}_longest_ms', took[-1], 'ms', '< 200')


def _write(url: str, stop: Any, sender: Any) -> None:
    engine, took = db.connect(url), []
    while not stop.is_set():
        begun = time.perf_counter()
        worker.beat(engine)
        took.append((time.perf_counter() - begun) * 1e3)
        time.sleep(0.01)
    sender.send(took)
