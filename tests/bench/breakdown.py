"""Figures of 立项 in bulk: five hundred lines read, judged and registered by one worker, one by one and all or none."""
import time
from collections.abc import Callable

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from engine import breakdown, db, sheet, worker
from engine.breakdown import Breakdown
from tests.bench.meter import tell
from tests.faults.case import TENANT
from tests.faults.test_breakdown_kill import COMMON, OFFICER, table


def hundreds(engine: Engine, name: str, number: int = 500) -> None:
    """A table of 500 tasks with a co-unit each, through the verb of a single registration."""
    for whole in (False, True):
        text = table(number).replace('清理第', '修订第' if whole else '清理第')
        with db.writing(engine) as session:
            _tell(name, f'breakdown.read_{number}', lambda session=session, text=text: _read(session, text))
        with db.writing(engine) as session:
            made = breakdown.listed(session, TENANT, OFFICER.account_id)[0]
            assert breakdown.register(session, made, OFFICER, whole) == number
            key = made.id
        _tell(name, f'breakdown.register_{number}{"_whole" if whole else ""}', lambda: worker.drain(engine), '< 30')
        with db.reading(engine) as session:
            assert breakdown.progress(session, session.get(Breakdown, key)) == {'done': number}


def _read(session: Session, text: str) -> None:
    made = breakdown.begin(session, TENANT, OFFICER, sheet.pasted(text), '责任分解表')
    breakdown.say_for_all(session, made, OFFICER, COMMON)


def _tell(name: str, figure: str, work: Callable[[], object], target: str = '') -> None:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    tell(name, figure, time.perf_counter() - wall, 's', target)
    tell(name, f'{figure}_cpu', time.process_time() - cpu, 's')
