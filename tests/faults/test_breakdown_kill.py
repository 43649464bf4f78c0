"""A worker killed while it registers a table of duties: no line twice, none forgotten, and all or none holds."""
import random
import time
from itertools import count

import pytest
from sqlalchemy import Engine, func, select

from engine import breakdown, instance, sheet
from engine.db import reading, writing
from engine.history import Actor
from engine.instance.row import MATTER
from engine.job import JOB
from tests.engine.race import meanwhile
from tests.faults.case import TENANT, fingerprint, sound
from tests.faults.process import DIED, born
from tests.faults.test_kill import drained_slowly, dying_at_commit, dying_before, ends

OFFICER = Actor('省政府办公厅·督查员', 'office', 'officer', 1)
COMMON = {'source': 'central', 'basis': '黔府办发〔2020〕12号', 'has_basis': 'true', 'leader_post': 'gov/deputy',
          'matter_class': 'important', 'evidence': '报送书面材料', 'received_at': '2020-05-07T09:00',
          'co_duty': '按各自职责配合。'}


def table(lines: int) -> str:
    """So many tasks of 省司法厅, with one unit that helps."""
    rows = (f'清理第{number}批地方性法规\t全面清理出台的地方性法规并公布\t省司法厅\t省政务服务中心\t9月底前'
            for number in range(1, lines + 1))
    return '\n'.join(['任务\t目标要求\t牵头单位\t协办单位\t完成时限', *rows])


def ordered(office: Engine, lines: int, *, whole: bool = False) -> int:
    """A breakdown that waits for a worker."""
    with writing(office) as session:
        made = breakdown.begin(session, TENANT, OFFICER, sheet.pasted(table(lines)), '责任分解表')
        breakdown.say_for_all(session, made, OFFICER, COMMON)
        assert breakdown.register(session, made, OFFICER, whole) == lines
        key = made.id
    office.dispose()
    return key


def carried_out(engine: Engine) -> None:
    """What the breakdown waits for."""
    with reading(engine) as session:
        key = session.scalar(select(breakdown.Breakdown.id))
    breakdown.run(engine, key)


def registered(office: Engine, key: int) -> dict[str, int]:
    """How many matters there are, numbers without gaps, and lines of the breakdown by state."""
    with reading(office) as session:
        codes = sorted(session.scalars(select(MATTER.c.code)))
        assert codes == [f'DB-2020-{number:03d}' for number in range(1, len(codes) + 1)], 'a gap, or a number twice'
        made = session.get(breakdown.Breakdown, key)
        lines = breakdown.lines(session, made)
        assert sorted(line.code for line in lines if line.code) == codes
        return {'matters': len(codes), **breakdown.progress(session, made)}


def _killed_before_statements(office: Engine, url: str, numbers: range | count) -> None:
    key = ordered(office, 3, whole=True)
    before = fingerprint(office)
    office.dispose()
    for number in numbers:
        died = ends(url, lambda engine, number=number: dying_before(engine, carried_out, number))
        if died != DIED:
            break
        assert fingerprint(office) == before, f'some of all before statement {number}'
        office.dispose()
    else:
        assert ends(url, lambda engine: dying_at_commit(engine, carried_out, after=False)) == DIED
        assert fingerprint(office) == before
        office.dispose()
        assert ends(url, carried_out) == 0
    assert registered(office, key) == {'matters': 3, 'done': 3}


def test_all_or_none_killed_between_statements(office: Engine, url: str) -> None:
    _killed_before_statements(office, url, range(9, 60, 25))


@pytest.mark.soak
def test_all_or_none_killed_before_any_statement(office: Engine, url: str) -> None:
    _killed_before_statements(office, url, count(1))


def test_workers_killed_while_they_register(office: Engine, url: str) -> None:
    """Two workers, killed three times between them."""
    key, chance, kills = ordered(office, 12), random.Random(1), 3
    crew = [born(url, drained_slowly) for _ in range(2)]
    while any(process.is_alive() for process in crew):
        time.sleep(chance.uniform(0.01, 0.09))
        victim = chance.randrange(2)
        if kills and crew[victim].is_alive():
            crew[victim].kill()
            crew[victim].join()
            crew[victim], kills = born(url, drained_slowly), kills - 1
    assert [process.exitcode for process in crew] == [0, 0] and kills == 0
    assert registered(office, key) == {'matters': 12, 'done': 12}
    with reading(office) as session:
        assert session.scalar(select(func.count()).select_from(JOB).where(JOB.c.kind == 'breakdown')) == 0
        keys = session.scalars(select(MATTER.c.id)).all()
    sound(office, list(keys), whole=False)


def test_what_is_registered_while_it_is_stopped_stays_registered(office: Engine) -> None:
    key = ordered(office, 3)

    def stop() -> int:
        with writing(office) as session:
            return breakdown.cancel(session, breakdown.locked(session, TENANT, 1, key), OFFICER)
    with writing(office) as session, meanwhile(office, stop) as stopped:
        job = session.scalars(select(JOB.c.id).where(JOB.c.kind == 'breakdown').limit(1)).one()
        instance.carry(session, job).flush(session)
    assert stopped() == 2
    assert registered(office, key) == {'matters': 1, 'done': 1, '': 2}


@pytest.mark.parametrize(('whole', 'state', 'outcome'), [
    (False, 'begun', {'done': 2, 'failed': 1}), (True, 'refused', {'failed': 1, '': 2})])
def test_a_line_that_cannot_begin(office: Engine, whole: bool, state: str, outcome: dict[str, int]) -> None:
    """What the preview could not know, between the click and the worker: it leaves the others alone, or undoes them."""
    key = ordered(office, 3, whole=whole)
    with writing(office) as session:
        spoilt = breakdown.line(session, session.get(breakdown.Breakdown, key), 2)
        spoilt.answer = {**spoilt.answer, 'lead_unit': 'nobody'}
    breakdown.run(office, key)
    with reading(office) as session:
        made = session.get(breakdown.Breakdown, key)
        assert (made.state, breakdown.progress(session, made)) == (state, outcome)
        assert '牵头单位要从列出的选项里选' in breakdown.line(session, made, 2).why
        assert session.scalar(select(func.count()).select_from(MATTER)) == outcome.get('done', 0)
