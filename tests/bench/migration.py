"""Figures of a migration: a thousand matters checked, moved and taken back by one worker."""
import time
from collections.abc import Callable

from sqlalchemy import Engine

from engine import db, migration, worker
from engine.instance.row import MATTER
from tests.bench.meter import tell
from tests.faults.case import TENANT, Case, copies
from tests.faults.renaming import deploy_renamed, mapping
from tests.faults.test_migration_kill import OWNER


def thousand(engine: Engine, name: str, number: int = 1000) -> None:
    """To the same rules with other ids, so that every task and timer has to be told anew."""
    first = Case.begin(engine).through('sign', 'plan')
    keys = [first.id, *copies(engine, first.id, number - 1)]
    target = deploy_renamed(engine)
    with db.reading(engine) as session:
        source = session.execute(MATTER.select().limit(1)).one().deployment_id
        plan = migration.make(session, source, target, mapping())
        tell(name, f'migration.check_{number}', _seconds(lambda: migration.check(session, plan, keys)), 's')

    def move() -> int:
        made = migration.start(engine, TENANT, plan, keys, OWNER, '换了编号')
        worker.drain(engine)
        return made
    tell(name, f'migration.move_{number}', _seconds(move), 's', '< 30')
    with db.reading(engine) as session:
        assert migration.progress(session, 1) == {'moved': number}
    migration.undo(engine, 1, OWNER, '移错了')
    tell(name, f'migration.undo_{number}', _seconds(lambda: worker.drain(engine)), 's')
    with db.reading(engine) as session:
        assert migration.progress(session, 1) == {'returned': number}


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
