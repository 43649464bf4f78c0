"""Killed at the worst moment: a step is done wholly or not at all, and no deadline is lost or doubled."""
import os
import random
import time
from collections import Counter
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from sqlalchemy import Engine, event, select

from engine import db, deployment, history, instance, job, parameter, worker
from engine.actions.reminder import Message
from engine.instance.row import INSTANCE, TIMER
from tests.faults.case import TENANT, Case, copies, fingerprint, register, set_clock, sound
from tests.faults.process import DIED, born
from tests.workflows.story import moment

# -- between any two statements -------------------------------------------------------------------------------------------

LATE = '2020-05-12 10:00'                    # three working days after the task came: two deadlines of `sign` have passed


def start(office: Engine) -> Callable[[Engine], Any]:
    return lambda engine: db.carry_out(engine, register)


def _complete(case: Case, element: str) -> Callable[[Engine], Any]:
    key, actor = case.waiting(element)
    answer = case.answer(element)
    return lambda engine: db.carry_out(engine, lambda session: instance.complete(session, key, actor, answer))


def disarming(office: Engine) -> Callable[[Engine], Any]:
    """Signing takes two timers away."""
    return _complete(Case.begin(office), 'sign')


def arming(office: Engine) -> Callable[[Engine], Any]:
    """The plan opens the work itself, with its deadlines."""
    return _complete(Case.begin(office).through('sign'), 'plan')


def closing(office: Engine) -> Callable[[Engine], Any]:
    """The last approval touches every process of the matter."""
    return _complete(Case.begin(office).through('sign', 'plan', 'handle', 'request', 'review', 'verify'), 'deputy')


def firing_one(office: Engine) -> Callable[[Engine], Any]:
    case = Case.begin(office)
    set_clock(office, LATE)
    with db.reading(office) as session:
        late = session.scalar(select(TIMER.c.instance_id).where(TIMER.c.element == 'not_signed',
                                                                TIMER.c.matter_id == case.id))
    return lambda engine: db.carry_out(engine, lambda session: instance.fire(session, late))


def firing_many(office: Engine) -> Callable[[Engine], Any]:
    copies(office, Case.begin(office).id, 11)
    set_clock(office, LATE)
    return worker.tick


def relighting(office: Engine) -> Callable[[Engine], Any]:
    """The worker looks at a lamp again because a parameter has changed; it turns yellow."""
    Case.begin(office).through('sign', 'plan')
    with db.writing(office) as session:
        bundle = deployment.bundle(session, deployment.current(session, TENANT).id)
        parameter.change(session, TENANT, 'warning_days', 150, history.SYSTEM, bundle)
    return worker.tick


VERBS = (start, disarming, arming, closing, firing_one, firing_many, relighting)


@pytest.mark.parametrize('verb', VERBS, ids=lambda verb: verb.__name__)
def test_killed_before_any_statement(office: Engine, url: str, verb: Callable[[Engine], Callable[[Engine], Any]]) -> None:
    work = verb(office)
    office.dispose()                                                   # nobody inherits an open connection
    before = fingerprint(office)
    office.dispose()
    for number in count(1):
        died = ends(url, lambda engine, number=number: dying_before(engine, work, number))
        if died != DIED:
            break
        assert fingerprint(office) == before, f'half-done before statement {number}'
        office.dispose()
    assert died == 0 and number > 5
    after = fingerprint(office)
    assert after != before
    _everything_sound(office)


@pytest.mark.parametrize('verb', VERBS, ids=lambda verb: verb.__name__)
def test_killed_at_the_commit(office: Engine, url: str, verb: Callable[[Engine], Callable[[Engine], Any]]) -> None:
    work = verb(office)
    before = fingerprint(office)
    office.dispose()
    assert ends(url, lambda engine: dying_at_commit(engine, work, after=False)) == DIED
    assert fingerprint(office) == before
    office.dispose()
    assert ends(url, lambda engine: dying_at_commit(engine, work, after=True)) == DIED
    assert fingerprint(office) != before
    _everything_sound(office)


def ends(url: str, job: Callable[[Engine], Any]) -> int:
    process = born(url, job)
    process.join()
    return process.exitcode


def dying_before(engine: Engine, work: Callable[[Engine], Any], number: int) -> None:
    counted = count(1)

    @event.listens_for(engine, 'before_cursor_execute')
    def die(*_: Any) -> None:
        if next(counted) == number:
            os._exit(DIED)
    work(engine)


def dying_at_commit(engine: Engine, work: Callable[[Engine], Any], *, after: bool) -> None:
    if not after:
        event.listen(engine, 'commit', lambda _: os._exit(DIED))
    work(engine)
    os._exit(DIED)


def _everything_sound(office: Engine) -> None:
    with db.reading(office) as session:
        sound(office, set(session.scalars(select(INSTANCE.c.matter_id))), whole=False)


# -- a worker, at any moment ----------------------------------------------------------------------------------------------


def test_workers_killed_at_any_moment(office: Engine, url: str) -> None:
    _killed_while_firing(office, url, kills=10, matters=160, seed=1)


@pytest.mark.soak
@pytest.mark.parametrize('seed', range(10))
def test_workers_killed_often(office: Engine, url: str, seed: int) -> None:
    _killed_while_firing(office, url, kills=10, matters=300, seed=seed)


def drained_slowly(engine: Engine) -> None:
    """Small batches with a breath between them, so that there is time to be killed on a fast machine, too."""
    worker.BATCH = 4
    while worker.tick(engine):
        time.sleep(0.05)


def _killed_while_firing(office: Engine, url: str, *, kills: int, matters: int, seed: int) -> None:
    first = Case.begin(office)
    keys = [first.id, *copies(office, first.id, matters - 1)]
    set_clock(office, LATE)
    office.dispose()
    chance, left = random.Random(seed), kills
    crew = [born(url, drained_slowly) for _ in range(2)]
    while any(process.is_alive() for process in crew):
        time.sleep(chance.uniform(0.01, 0.09))
        victim = chance.randrange(2)
        if left and crew[victim].is_alive():
            crew[victim].kill()
            crew[victim].join()
            crew[victim], left = born(url, drained_slowly), left - 1
    assert [process.exitcode for process in crew] == [0, 0]
    assert left == 0, f'everything had fired with {left} kills to go'
    with db.reading(office) as session:
        assert job.due(session, worker.clock.utcnow(), 1) == []
        told = Counter(session.execute(select(Message.matter_id, Message.unit).where(
            Message.sent_at == moment(LATE))).all())
    assert told == {(key, unit): 1 for key in keys for unit in ('fgw', 'office')}, 'told twice, or not at all'
    for key in keys:
        assert Case(office, key).fired() == {'not_signed': 1, 'not_conveyed': 1}
    sound(office, keys[1:], whole=False)
