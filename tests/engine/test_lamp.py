"""The lamp: it follows from the facts, and wakes by itself on the day on which its table answers differently."""
from datetime import date
from typing import Any

import orjson
import pytest
from sqlalchemy import Engine, delete, select, update
from sqlalchemy.orm import Session

from engine import actions, db, deployment, history, incident, instance, ledger, parameter, worker, workcal
from engine.decision import Decision
from engine.directory import Tenant
from engine.errors import Conflict, Failed
from engine.history import SYSTEM, Kind
from engine.instance.row import MATTER
from engine.job import Timer
from engine.ledger import FACTS, Matter
from engine.workcal import Row
from tests.bench.meter import Meter
from tests.faults.case import BEGIN, TENANT, Case, copies, set_clock, sound
from tests.workflows.story import bundle_files, moment, office


@pytest.fixture
def case(engine: Engine) -> Case:
    """A matter in hand that is due on 2020-09-30: yellow from three working days before, red after the holidays."""
    office(engine, TENANT, BEGIN)
    return Case.begin(engine).through('sign', 'plan')


def row(case: Case) -> dict[str, Any]:
    with db.reading(case.engine) as session:
        return dict(session.execute(select(MATTER).where(MATTER.c.id == case.id)).mappings().one())


def lamp(case: Case) -> str:
    return row(case)['lamp']


def changes(case: Case) -> list[str]:
    """What the lamp turned to, in order."""
    with db.reading(case.engine) as session:
        return [orjson.loads(event.data)['lamp']['new']
                for event in history.events(session, str(case.id), kinds=[Kind.LAMP_CHANGED])]


def live_until(case: Case, at: str) -> None:
    worker.advance(case.engine, TENANT, moment(at), SYSTEM)


def give(case: Case, name: str, value: Any) -> None:
    """The government has its own value of a parameter from now on; no deadline is read again by hand."""
    with db.writing(case.engine) as session:
        current = deployment.current(session, TENANT)
        parameter.change(session, TENANT, name, value, SYSTEM, deployment.bundle(session, current.id))


def broken(session: Session) -> int:
    """A version whose lamp fails where it should turn yellow."""
    files = bundle_files()
    files['lamp.dmn'] = files['lamp.dmn'].replace(b'"yellow"', b'title - 1', 1)
    topics = {topic: known.parameters() for topic, known in actions.known().items()}
    return deployment.deploy(session, TENANT, files, '流程管理员', '', BEGIN, topics, FACTS).id


def test_it_knows_when_it_will_change(case: Case) -> None:
    assert (lamp(case), row(case)['lamp_at']) == ('green', moment('2020-09-27 09:00'))
    live_until(case, '2020-09-27 09:00')
    assert (lamp(case), row(case)['lamp_at']) == ('yellow', moment('2020-10-09 09:00'))
    live_until(case, '2020-10-09 09:00')
    assert (lamp(case), row(case)['lamp_at']) == ('red', None)
    sound(case.engine, [case.id], whole=False)


def test_a_parameter_moves_it_though_the_warning_has_rung(case: Case) -> None:
    """Yellow three working days before, then two: green at once, and yellow on the new day though nothing else happens."""
    live_until(case, '2020-09-27 10:00')
    give(case, 'warning_days', 2)
    worker.drain(case.engine)
    assert (lamp(case), row(case)['lamp_at']) == ('green', moment('2020-09-28 09:00'))
    live_until(case, '2020-09-28 08:59')
    assert lamp(case) == 'green'
    live_until(case, '2020-09-28 09:00')
    assert lamp(case) == 'yellow'
    assert changes(case) == ['yellow', 'green', 'yellow']
    sound(case.engine, [case.id], whole=False)


def test_a_holiday_moves_it(case: Case) -> None:
    """Two days off before the deadline: it was yellow two days ago, and is so now."""
    live_until(case, '2020-09-25 10:00')
    with db.writing(case.engine) as session:
        tenant = session.get(Tenant, TENANT)
        workcal.change(session, tenant, [Row(date(2020, 9, 28), False), Row(date(2020, 9, 29), False)], '防汛')
        ledger.look_again(session, TENANT, tenant.virtual_at)
    worker.drain(case.engine)
    assert (lamp(case), changes(case)) == ('yellow', ['yellow'])


def test_it_says_nothing_when_it_stays(case: Case) -> None:
    version = row(case)['version']
    give(case, 'warning_days', 5)
    worker.drain(case.engine)
    assert (lamp(case), changes(case)) == ('green', [])
    assert row(case)['lamp_at'] == moment('2020-09-24 09:00')
    assert row(case)['version'] == version + 2, 'the change of the parameter and the look'


def test_a_closed_matter_never_wakes(case: Case) -> None:
    case.through('handle', 'request', 'review', 'verify', 'deputy')
    assert (lamp(case), row(case)['lamp_at']) == ('blue', None)
    give(case, 'warning_days', 5)
    assert row(case)['lamp_at'] is None


def test_the_table_is_asked_only_when_it_may_answer_differently(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    decide = Decision.decide
    monkeypatch.setattr(Decision, 'decide', lambda self, *given: asked.append(self.id) or decide(self, *given))
    case.do('handle')
    assert 'lamp' not in asked, 'no fact that it reads has changed'
    case.do('request')
    assert asked.count('lamp') == 1, 'a request waits for its answer'


def test_many_are_lit_in_one_commit(case: Case) -> None:
    keys = [case.id, *copies(case.engine, case.id, 29)]
    with db.writing(case.engine) as session:
        session.execute(delete(Timer))
    set_clock(case.engine, '2020-09-27 09:00')
    assert Meter(case.engine).cost(lambda: worker.tick(case.engine)).commits == 1
    worker.drain(case.engine)
    assert {lamp(Case(case.engine, key)) for key in keys} == {'yellow'}
    with db.reading(case.engine) as session:
        assert history.verify(session).whole


def test_who_was_faster_wins(case: Case) -> None:
    """A step is written between the look and its writing: the look is thought out anew, and finds nothing to do."""
    set_clock(case.engine, '2020-09-27 09:00')
    with db.reading(case.engine) as session:
        ((_, late),) = instance.relight_all(session, [case.id])
    case.do('handle')
    assert lamp(case) == 'yellow'
    with pytest.raises(Conflict), db.writing(case.engine) as session:
        late.flush(session)
    worker.drain(case.engine)
    assert changes(case) == ['yellow']


def test_a_table_that_fails_is_an_incident_and_nobody_spins(case: Case) -> None:
    keys = [case.id, *copies(case.engine, case.id, 2)]
    with db.writing(case.engine) as session:
        session.execute(delete(Timer))
        session.execute(update(Matter).where(Matter.id == keys[1]).values(deployment_id=broken(session)))
    set_clock(case.engine, '2020-09-27 09:00')
    worker.drain(case.engine)
    assert [lamp(Case(case.engine, key)) for key in keys] == ['yellow', 'green', 'yellow']
    assert worker.tick(case.engine) == 0
    with db.reading(case.engine) as session:
        (opened,) = incident.open_incidents(session)
    assert (opened.verb, opened.matter_id) == ('relight', keys[1])
    with pytest.raises(Failed):
        incident.retry(case.engine, opened.id, SYSTEM)

    with db.writing(case.engine) as session:
        session.execute(update(Matter).where(Matter.id == keys[1]).values(deployment_id=row(case)['deployment_id']))
    incident.retry(case.engine, opened.id, SYSTEM)
    assert lamp(Case(case.engine, keys[1])) == 'yellow'
