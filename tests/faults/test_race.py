"""Several at once: each task is done once, and nobody is kept waiting for ever."""
import threading
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from engine import db, instance
from engine.errors import Conflict
from engine.instance.row import MATTER
from engine.number import Numbers, Series
from engine.plan import Plan
from tests.faults.case import TENANT, Case, copies, register, set_clock, sound
from tests.faults.process import answers_of, crew


def complete(engine: Engine, key: Any, actor: Any) -> str:
    """How an attempt to sign ended."""
    try:
        db.carry_out(engine, lambda session: instance.complete(session, key, actor, {}))
    except Conflict:
        return 'conflict'
    return 'won'


def signing(office: Engine, number: int) -> list[Case]:
    """Matters that wait to be signed."""
    first = Case.begin(office)
    return [first, *(Case(office, key) for key in copies(office, first.id, number - 1))]


def test_two_threads_complete_the_same_task(office: Engine) -> None:
    for case in signing(office, 6):
        key, actor = case.waiting('sign')
        ready, ended = threading.Barrier(2), []

        def attempt() -> None:
            ready.wait()
            ended.append(complete(office, key, actor))
        threads = [threading.Thread(target=attempt) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(ended) == ['conflict', 'won']
        assert case.elements() == ['plan']


def test_two_processes_complete_the_same_tasks(office: Engine, url: str) -> None:
    cases = signing(office, 30)
    tasks = [case.waiting('sign') for case in cases]

    def attempts(engine: Engine) -> list[str]:
        return [complete(engine, key, actor) for key, actor in tasks]
    first, second = crew(url, attempts, attempts)
    assert [sorted(pair) for pair in zip(first, second, strict=True)] == [['conflict', 'won']] * len(cases)
    sound(office, [cases[0].id])
    sound(office, [case.id for case in cases[1:]], whole=False)


def test_a_form_posted_twice_counts_once(office: Engine) -> None:
    case = Case.begin(office)
    key, actor = case.waiting('sign')
    assert [complete(office, key, actor) for _ in range(2)] == ['won', 'conflict']
    sound(office, [case.id])


def test_matters_begun_at_the_same_instant_get_numbers_of_their_own(office: Engine, url: str) -> None:
    def begin(engine: Engine) -> list[str]:
        return [str(db.carry_out(engine, register).matter_id) for _ in range(8)]
    begun = [key for keys in crew(url, *[begin] * 4) for key in keys]
    with db.reading(office) as session:
        codes = list(session.scalars(select(MATTER.c.code)))
    assert len(begun) == len(codes) == len(set(codes)) == 32


def test_two_take_numbers_of_two_series_in_opposite_order(office: Engine) -> None:
    """Each holds what the other wants: PostgreSQL undoes one of them, which thinks again and says nothing."""
    met, tries = threading.Barrier(2), []

    def take(first: str, second: str, *, meeting: bool) -> None:
        def think(session: Session) -> Plan:
            nonlocal meeting
            tries.append(first)
            plan, numbers = Plan(), Numbers()
            numbers.take(session, plan, TENANT, first, 2020)
            if meeting:
                meeting = False
                met.wait(20)
            numbers.take(session, plan, TENANT, second, 2020)
            return plan
        db.carry_out(office, think)
    take('red', 'blue', meeting=False)                                 # there is a row to be held now
    threads = [threading.Thread(target=take, args=kinds, kwargs={'meeting': True}) for kinds in (('red', 'blue'), ('blue', 'red'))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(tries) > 3, 'who was undone thinks again, silently'
    with db.reading(office) as session:
        assert list(session.scalars(select(Series.last).where(Series.kind.in_(('red', 'blue'))))) == [3, 3]


def test_four_processes_write_and_nobody_starves(office: Engine, url: str) -> None:
    """On SQLite all four want the same file: none is told that it is locked, none waits long."""
    cases = signing(office, 60)
    set_clock(office, '2020-05-08 10:00')
    tasks = [case.waiting('sign') for case in cases]

    def share(number: int) -> Callable[[Engine], list[float]]:
        def attempts(engine: Engine) -> list[float]:
            took = []
            for key, actor in tasks[number::4]:
                begun = time.monotonic()
                assert complete(engine, key, actor) == 'won'
                took.append(time.monotonic() - begun)
            return took
        return attempts
    took = answers_of(crew(url, *map(share, range(4))))
    assert len(took) == 60
    assert max(took) < 5, 'seconds that somebody waited'
    sound(office, [case.id for case in cases[1:]], whole=False)
