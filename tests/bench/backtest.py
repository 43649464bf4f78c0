"""Figures of backtests: matters a minute on two processes, processor time of one matter."""
import time

from sqlalchemy import Engine

from engine import db
from engine.backtest import crew, order, sample, table
from engine.directory import Tenant
from tests.bench.meter import tell
from tests.engine.past import OWNER, Year
from tests.faults.case import TENANT
from tests.workflows.story import bundle_files

_MATTERS, _SLICE = 80, 10


def backtests(engine: Engine, name: str) -> None:
    """A summer of matters that were really run, replayed under the shipped files: nothing may differ."""
    Year(engine, _MATTERS).live('2020-09-30 12:00')
    crew.SLICE = _SLICE
    took: list[tuple[float, int]] = []
    key = _begun(engine)
    assert crew.run(engine, key, 2, lambda done, total: took.append((time.perf_counter(), done))) == table.DONE
    (first, before), (last, after) = took[0], took[-1]                 # both have begun when the first slice is done
    tell(name, 'backtest.matters_per_minute_2_processes', 60 * (after - before) / (last - first), 'matters', '>= 2000')
    with db.reading(engine) as session:
        keys = [key for key, _ in sample.candidates(session, session.get(Tenant, TENANT))]
    key = _begun(engine)
    crew.played(engine, key, keys[:_SLICE])
    begun = time.process_time()
    found = crew.played(engine, key, keys)
    tell(name, 'backtest.matter_cpu', (time.process_time() - begun) * 1e3 / len(keys), 'ms', '<= 60')
    assert not [one for _, one in found if one is None or one['changed'] or one['notes']]


def _begun(engine: Engine) -> int:
    with db.writing(engine) as session:
        return order.begin(session, TENANT, bundle_files(), '在用的', OWNER, size=_MATTERS).id
