"""What cannot go on is set aside, named, and goes on after the fix; nothing else waits for it."""
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import OperationalError

from engine import clock, db, deployment, history, incident, instance, worker
from engine.errors import Failed
from engine.history import SYSTEM
from engine.incident import Incident
from engine.instance.row import INSTANCE, TASK
from engine.job import JOB
from engine.ledger import FACTS
from tests.engine import diagrams
from tests.faults.case import BEGIN, OFFICER, TENANT, Case, copies, set_clock, sound

LATE = '2020-05-12 10:00'


def late_matters(office: Engine, number: int) -> list[UUID]:
    """Matters with two timers each that are due now."""
    first = Case.begin(office)
    keys = [first.id, *copies(office, first.id, number - 1)]
    set_clock(office, LATE)
    return keys


def spoil(office: Engine, matter_id: UUID, column: str, value: Any) -> Any:
    """Put something unreadable into the instance that waits for `sign`; what stood there."""
    with db.writing(office) as session:
        connection = session.connection()
        key = connection.scalar(select(TASK.c.instance_id).where(TASK.c.matter_id == matter_id, TASK.c.element == 'sign'))
        stored = key.hex if office.dialect.name == 'sqlite' else key
        before = connection.scalar(text(f'SELECT {column} FROM instance WHERE id = :key'), {'key': stored})
        connection.execute(text(f'UPDATE instance SET {column} = :value WHERE id = :key'), {'key': stored, 'value': value})
        return before


def all_incidents(office: Engine) -> list[Incident]:
    with db.reading(office) as session:
        return incident.open_incidents(session)


@pytest.mark.parametrize('column, rubbish', [('state', b'\x00rubbish'), ('state', b'\x01rubbish'), ('state', b''),
                                             ('vars', '{rubbish')])
def test_one_unreadable_among_twenty(office: Engine, column: str, rubbish: Any) -> None:
    keys = late_matters(office, 20)
    before = spoil(office, keys[7], column, rubbish)
    worker.drain(office)
    fired = [Case(office, key).fired() for key in keys]
    assert fired.count({'not_signed': 1, 'not_conveyed': 1}) == 19 and fired[7] == {}
    (opened,) = all_incidents(office)
    assert opened.matter_id == keys[7] and opened.verb == 'fire' and opened.cause
    assert worker.tick(office) == 0, 'the worker spins on what it set aside'

    spoil(office, keys[7], column, before)
    incident.retry(office, opened.id, SYSTEM)
    assert Case(office, keys[7]).fired() == {'not_signed': 1, 'not_conveyed': 1}
    assert all_incidents(office) == []
    sound(office, [key for key in keys if key != keys[0]], whole=False)


def test_a_batch_that_the_database_undoes_is_fired_one_by_one(office: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = late_matters(office, 3)

    def undone(*_: Any) -> None:
        raise OperationalError('', {}, Exception('deadlock detected'))
    monkeypatch.setattr(instance, 'fire_all', undone)
    worker.drain(office)
    assert [Case(office, key).fired() for key in keys] == [{'not_signed': 1, 'not_conveyed': 1}] * 3
    assert all_incidents(office) == []


def test_a_failed_timer_is_tried_again_after_a_pause(office: Engine) -> None:
    keys = late_matters(office, 1)
    before = spoil(office, keys[0], 'state', b'')
    worker.drain(office)
    pause(office)
    worker.drain(office)
    (opened,) = all_incidents(office)
    assert opened.tries == 2
    spoil(office, keys[0], 'state', before)
    pause(office)
    worker.drain(office)
    assert Case(office, keys[0]).fired()['not_conveyed'] == 1
    assert all_incidents(office) == []


def pause(office: Engine) -> None:
    """The real time until the next try is over."""
    with db.writing(office) as session:
        session.execute(JOB.update().values(real_at=clock.utcnow()))


# -- expressions that fail when they are reached ----------------------------------------------------------------------------

OFFICE = {'camunda_candidateGroups': 'office/officer'}


def begin(office: Engine, monkeypatch: pytest.MonkeyPatch, *parts: str) -> Any:
    """An instance of a process with one task, `ask`, that asks for `choice` and then does `parts`; its open task.

    The gate is kept out: what fails here passed it, or an older one.
    """
    monkeypatch.setattr(deployment.gate, 'check', lambda *_: [])
    files = {'p.bpmn': diagrams.bpmn(diagrams.start(), diagrams.user('ask', **OFFICE), diagrams.flow('begin', 'ask'),
                                     diagrams.end(), *parts), 'f.form': diagrams.form('f', 'choice')}
    with db.writing(office) as session:
        deployment.deploy(session, TENANT, files, '流程管理员', '', BEGIN, {}, FACTS)
    return db.carry_out(office, lambda session: instance.start(session, TENANT, 'p', OFFICER))


def answer(office: Engine, started: Any, choice: str) -> None:
    task = started.opened[0]['id']
    incident.carry_out_or_open(office, lambda session: instance.complete(session, task, OFFICER, {'choice': choice}),
                               tenant_id=TENANT, verb='complete', instance_id=started.instance_id)


def state(office: Engine, started: Any) -> str:
    with db.reading(office) as session:
        verdict = history.verify(session, tenant=TENANT)
        assert verdict.whole, verdict.fault
        return session.scalar(select(INSTANCE.c.status).where(INSTANCE.c.id == started.instance_id))


def test_no_condition_holds(office: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    started = begin(office, monkeypatch, diagrams.xor('which'), diagrams.flow('ask', 'which'),
                    diagrams.flow('which', 'done', "${choice == 'a'}"),
                    diagrams.flow('which', 'done', "${choice == 'b'}", id='other'))
    with pytest.raises(Failed):
        answer(office, started, 'c')
    (opened,) = all_incidents(office)
    assert opened.element == 'which' and opened.name == '办which' and opened.verb == 'complete'
    assert "choice == 'a'" in opened.expression and "choice == 'b'" in opened.expression
    assert opened.values == {'choice': '“c”'}
    assert state(office, started) == 'running'
    answer(office, started, 'a')
    assert state(office, started) == 'done'
    incident.retry(office, opened.id, SYSTEM)
    assert all_incidents(office) == []


def test_an_expression_meets_what_it_cannot_use(office: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    started = begin(office, monkeypatch, diagrams.catch('later', diagrams.timer('date', '${workdays(choice, 1)}')),
                    diagrams.chain('ask', 'later', 'done'))
    with pytest.raises(Failed):
        answer(office, started, '下周')
    with pytest.raises(Failed):
        answer(office, started, '下周')
    (opened,) = all_incidents(office)
    assert (opened.element, opened.expression, opened.values) == (
        'later', '${workdays(choice, 1)}', {'choice': '“下周”'})
    assert '下周' in opened.cause and opened.tries == 2
    answer(office, started, '2020-05-08')
    assert state(office, started) == 'running'


def test_a_missing_variable(office: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    started = begin(office, monkeypatch, diagrams.xor('which', default='other'), diagrams.flow('ask', 'which'),
                    diagrams.flow('which', 'done', "${nobody_wrote_this > 3}"),
                    diagrams.flow('which', 'done', id='other'))
    with pytest.raises(Failed):
        answer(office, started, 'a')
    (opened,) = all_incidents(office)
    assert opened.element == 'which' and 'nobody_wrote_this' in opened.cause + opened.expression


@pytest.mark.parametrize(('who', 'sentence'), [('moon/liaison', '没有代码为“moon”的单位'),
                                               ('fgw/king', '没有“king”这个岗位')])
def test_a_task_for_nobody(office: Engine, monkeypatch: pytest.MonkeyPatch, who: str, sentence: str) -> None:
    started = begin(office, monkeypatch, diagrams.user('lost', camunda_candidateGroups=who), diagrams.chain('ask', 'lost', 'done'))
    with pytest.raises(Failed):
        answer(office, started, 'a')
    (opened,) = all_incidents(office)
    assert opened.element == 'lost' and sentence in opened.cause and '建好单位、岗位和账号' in opened.advice


def test_a_timer_leads_to_a_failure(office: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    started = begin(office, monkeypatch, diagrams.catch('later', diagrams.timer('duration', 'P1D')), diagrams.xor('which'),
                    diagrams.chain('ask', 'later', 'which'), diagrams.flow('which', 'done', "${today() > '2020-06-01'}"))
    answer(office, started, 'a')
    set_clock(office, '2020-05-11')
    worker.drain(office)
    (opened,) = all_incidents(office)
    assert (opened.element, opened.verb, opened.instance_id) == ('which', 'fire', started.instance_id)
    with pytest.raises(Failed):
        incident.retry(office, opened.id, SYSTEM)
    assert worker.tick(office) == 0
    set_clock(office, '2020-06-02')
    incident.retry(office, opened.id, SYSTEM)
    assert state(office, started) == 'done'
    assert all_incidents(office) == []
