"""A worker killed while it registers a table of duties: no line twice, none forgotten, and all or none holds."""
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from engine import breakdown, db, instance, sheet
from engine.breakdown import Ground
from engine.db import reading, writing
from engine.errors import Conflict
from engine.history import Actor
from engine.instance.row import MATTER
from engine.job import JOB
from tests.engine.race import meanwhile
from tests.faults.case import TENANT, Case, fingerprint, sound
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
    key = done(office, lambda session: breakdown.begin(
        session, TENANT, OFFICER, sheet.pasted(table(lines)), '责任分解表')).id
    done(office, lambda session: breakdown.say_for_all(session, held(session, key), OFFICER, COMMON))
    assert done(office, lambda session: breakdown.register(session, held(session, key), OFFICER, whole)).count == lines
    office.dispose()
    return key


def done(office: Engine, think: Callable[[Session], Any]) -> Any:
    """What an officer does: thought out, then written."""
    with reading(office) as session:
        thought = think(session)
    with writing(office) as session:
        thought.flush(session)
    return thought


def held(session: Session, key: int) -> breakdown.Breakdown:
    """The breakdown as it is now."""
    return session.get(breakdown.Breakdown, key)


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


def waiting_job(office: Engine) -> UUID:
    with reading(office) as session:
        return session.scalars(select(JOB.c.id).where(JOB.c.kind == 'breakdown').limit(1)).one()


def begun_elsewhere(office: Engine) -> None:
    """Somebody else registers a matter; who would have to wait for that for ever fails."""
    pool = ThreadPoolExecutor(1)
    pool.submit(Case.begin, office).result(30)
    pool.shutdown()


def test_others_register_while_all_or_none_are_thought_out(office: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """They take the number that the first line was to get, twice; nobody waits, and nobody has a number twice."""
    ordered(office, 3, whole=True)
    job, thoughts = waiting_job(office), []
    monkeypatch.setattr(db, '_LONG', 0)

    def think(session: Session) -> Any:
        thoughts.append(instance.carry(session, job))
        if len(thoughts) < 3:
            begun_elsewhere(office)
        return thoughts[-1]
    db.carry_out(office, think)
    with reading(office) as session:
        assert sorted(session.scalars(select(MATTER.c.code))) == [f'DB-2020-00{number}' for number in range(1, 6)]
    assert len(thoughts) == 3


def test_others_write_while_lines_are_judged(office: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    real, judged = Ground.judged, []

    def judge(*given: Any) -> Any:
        if not judged:
            judged.append(begun_elsewhere(office))
        return real(*given)
    for act in ('begin', 'say_for_all', 'register'):
        monkeypatch.setattr(Ground, 'judged', judge)
        monkeypatch.setattr(breakdown, act, _watched(getattr(breakdown, act), judged))
    ordered(office, 2)
    with reading(office) as session:
        assert session.scalar(select(func.count()).select_from(MATTER)) == 3


def _watched(act: Callable[..., Any], judged: list) -> Callable[..., Any]:
    return lambda *given: judged.clear() or act(*given)


def test_who_changes_it_in_two_windows_does_not_undo_the_other(office: Engine) -> None:
    key = done(office, lambda session: breakdown.begin(session, TENANT, OFFICER, sheet.pasted(table(2)), '表')).id
    with reading(office) as session:
        first, second = (breakdown.leave_out(held(session, key), [place]) for place in (1, 2))
    with writing(office) as session:
        first.flush(session)
    with pytest.raises(Conflict), writing(office) as session:
        second.flush(session)
    with reading(office) as session:
        assert [line.left_out for line in breakdown.lines(session, held(session, key))] == [True, False]
