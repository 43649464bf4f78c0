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
        _tell(name, f'migration.check_{number}', lambda: migration.check(session, plan, keys))

    def move() -> int:
        made = migration.start(engine, TENANT, plan, keys, OWNER, '换了编号')
        worker.drain(engine)
        return made
    _tell(name, f'migration.move_{number}', move, '< 30')
    with db.reading(engine) as session:
        assert migration.progress(session, 1) == {'moved': number}
    migration.undo(engine, 1, OWNER, '移错了')
    _tell(name, f'migration.undo_{number}', lambda: worker.drain(engine))
    with db.reading(engine) as session:
        assert migration.progress(session, 1) == {'returned': number}


def _tell(name: str, figure: str, work: Callable[[], object], target: str = '') -> None:
    """On the clock, and of the worker's processor."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    tell(name, figure, time.perf_counter() - wall, 's', target)
    tell(name, f'{figure}_cpu', time.process_time() - cpu, 's')
