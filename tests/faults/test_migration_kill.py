"""A worker killed while it moves matters: each is on one version or the other, wholly, and none is forgotten."""
import random
import time
from collections import Counter
from itertools import count
from uuid import UUID

import pytest
from sqlalchemy import Engine, select

from engine import db, migration
from engine.db import reading
from engine.history import Actor, Event
from engine.instance.row import INSTANCE, MATTER
from engine.job import JOB
from tests.faults.case import TENANT, Case, copies, fingerprint, sound
from tests.faults.process import DIED, born
from tests.faults.renaming import deploy_renamed, mapping
from tests.faults.test_kill import drained_slowly, dying_at_commit, dying_before, ends

OWNER = Actor('省政府办公厅·流程管理员', 'office', 'owner')


def ordered(office: Engine, matters: list[UUID]) -> int:
    """A migration that waits for a worker."""
    target = deploy_renamed(office)
    with reading(office) as session:
        source = session.scalar(select(MATTER.c.deployment_id).limit(1))
        plan = migration.make(session, source, target, mapping())
    made = migration.start(office, TENANT, plan, matters, OWNER, '换了编号')
    office.dispose()
    return made


def carried_out(engine: Engine) -> None:
    """What the migration waits for."""
    with reading(engine) as session:
        number = session.scalar(select(migration.Migration.id))
    migration.run(engine, number)


def versions(office: Engine, matters: list[UUID]) -> list[set[int]]:
    """For each matter the versions of its row, and of what runs in it."""
    with reading(office) as session:
        return [{session.scalar(select(MATTER.c.deployment_id).where(MATTER.c.id == key)), *session.scalars(
            select(INSTANCE.c.deployment_id).where(INSTANCE.c.matter_id == key))} for key in matters]


def _killed_before_statements(office: Engine, url: str, numbers: range | count) -> None:
    case = Case.begin(office).through('sign', 'plan')
    ordered(office, [case.id])
    before = fingerprint(office)
    office.dispose()
    for number in numbers:
        died = ends(url, lambda engine, number=number: dying_before(engine, carried_out, number))
        if died != DIED:
            break
        assert fingerprint(office) == before, f'half-moved before statement {number}'
        office.dispose()
    else:
        assert ends(url, lambda engine: dying_at_commit(engine, carried_out, after=False)) == DIED
        assert fingerprint(office) == before
        office.dispose()
        assert ends(url, carried_out) == 0
    assert [len(found) for found in versions(office, [case.id])] == [1] and fingerprint(office) != before
    sound(office, [case.id], whole=False)
    assert all(element.startswith('z_') for element in case.elements())


def test_killed_between_statements(office: Engine, url: str) -> None:
    _killed_before_statements(office, url, range(3, 40, 12))


@pytest.mark.soak
def test_killed_before_any_statement(office: Engine, url: str) -> None:
    _killed_before_statements(office, url, count(1))


def _killed_while_moving(office: Engine, url: str, *, kills: int, matters: int, seed: int) -> None:
    first = Case.begin(office).through('sign', 'plan')
    keys = [first.id, *copies(office, first.id, matters - 1)]
    made, chance = ordered(office, keys), random.Random(seed)
    crew = [born(url, drained_slowly) for _ in range(2)]
    while any(process.is_alive() for process in crew):
        time.sleep(chance.uniform(0.01, 0.09))
        victim = chance.randrange(2)
        if kills and crew[victim].is_alive():
            crew[victim].kill()
            crew[victim].join()
            crew[victim], kills = born(url, drained_slowly), kills - 1
    assert [process.exitcode for process in crew] == [0, 0] and kills == 0
    assert [len(found) for found in versions(office, keys)] == [1] * matters
    with db.reading(office) as session:
        assert migration.progress(session, made) == {'moved': matters}
        assert session.execute(select(JOB.c.id).where(JOB.c.kind == 'migrate')).all() == []
        told = Counter(session.scalars(select(Event.chain).where(Event.kind == 'matter.migrated')))
    assert told == {str(key): 1 for key in keys}, 'moved twice, or not at all'
    sound(office, keys[1:], whole=False)


def test_workers_killed_while_they_move_matters(office: Engine, url: str) -> None:
    _killed_while_moving(office, url, kills=3, matters=24, seed=1)


@pytest.mark.soak
@pytest.mark.parametrize('seed', range(10))
def test_workers_killed_often(office: Engine, url: str, seed: int) -> None:
    _killed_while_moving(office, url, kills=10, matters=200, seed=seed)
