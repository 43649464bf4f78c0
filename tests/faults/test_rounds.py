"""A thousand rounds of the report loop, and an outage: nothing grows, nothing is lost, nothing comes twice."""
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select

from engine import db, worker
from engine.actions.reminder import Message
from engine.instance.row import INSTANCE, MATTER
from engine.history import SYSTEM, Event
from tests.faults.case import TENANT, Case, set_clock, sound
from tests.workflows.story import moment


def size(office: Engine, case: Case) -> int:
    """Bytes of the state in which the report waits to be reviewed."""
    with db.reading(office) as session:
        return session.scalar(select(func.length(INSTANCE.c.state)).where(
            INSTANCE.c.matter_id == case.id, INSTANCE.c.process == 'reporting'))


def rounds(office: Engine, number: int) -> None:
    """Each report is returned once and written again, so that a round is four tasks and two ways through the loop."""
    case = Case.begin(office, long_term=True, due_at=None, review_at='2025-12-31', own_cycle='month').through('sign', 'plan')
    sizes = set()
    for _ in range(number):
        worker.advance(office, TENANT, 'next', SYSTEM)
        while 'report' not in case.elements():
            worker.advance(office, TENANT, 'next', SYSTEM)
        case.do('report')
        sizes.add(size(office, case))
        case.do('review_report', report_ruling='returned', reply='请补充数字')
        case.do('report')
        case.do('review_report')
        assert 'report' not in case.elements()
    with db.reading(office) as session:
        told = dict(session.execute(select(Event.element, func.count()).where(
            Event.chain == str(case.id), Event.kind == 'task.completed').group_by(Event.element)).all())
    assert told['report'] == told['review_report'] == 2 * number
    assert case.fired()['report_due'] == number
    assert max(sizes) - min(sizes) <= 200, f'the state grows: {sorted(sizes)}'
    sound(office, [case.id])


def test_report_rounds(office: Engine) -> None:
    rounds(office, 25)


@pytest.mark.soak
def test_a_thousand_report_rounds(office: Engine) -> None:
    rounds(office, 1000)


def test_returned_again_and_again(office: Engine) -> None:
    """The inner loop alone, without the clock: the bare library loses its way after some 140 rounds."""
    case = Case.begin(office).through('sign', 'plan')
    set_clock(office, '2020-05-29 09:00')
    worker.drain(office)
    for _ in range(100):
        case.do('report')
        case.do('review_report', report_ruling='returned', reply='请补充数字')
    case.through('report', 'review_report')
    with db.reading(office) as session:
        version = session.scalar(select(MATTER.c.version).where(MATTER.c.id == case.id))
    assert version > 200
    assert size(office, case) < 4096
    sound(office, [case.id])


def test_an_outage_of_twelve_working_days(office: Engine) -> None:
    """The clerk was to be urged on every working day; afterwards one message says how many it stands for."""
    case = Case.begin(office)
    with db.reading(office) as session:
        before = session.scalar(select(func.count()).select_from(Message))
    set_clock(office, '2020-05-23 10:00')            # 05-08, -09 (worked), -11 … -15, -18 … -22
    worker.drain(office)
    with db.reading(office) as session:
        urged = [row for row in session.scalars(select(Message).where(Message.matter_id == case.id, Message.unit == 'fgw'))
                 if row.stands_for > 1]
        everything = session.scalar(select(func.count()).select_from(Message))
    assert [message.stands_for for message in urged] == [12]
    assert everything - before == 2, 'one to the clerk, one to the supervision office'
    assert case.fired() == {'not_signed': 1, 'not_conveyed': 1}
    sound(office, [case.id])


def test_lateness_is_decided_at_completion(office: Engine) -> None:
    """No worker ran on the day: whoever asks to close after the deadline is late all the same."""
    case = Case.begin(office).through('sign', 'plan')
    set_clock(office, moment('2020-10-09 09:00') + timedelta(minutes=1))
    case.do('handle')
    case.do('request')
    with db.reading(office) as session:
        lamp = session.scalar(select(MATTER.c.lamp).where(MATTER.c.id == case.id))
    assert lamp == 'red'
    assert case.fired()['overdue'] == 1
    for element in ('review', 'verify', 'deputy'):
        case.do(element, **({'proposed': 'D'} if element in ('review', 'deputy') else {}))
    with db.reading(office) as session:
        assert session.scalar(select(MATTER.c.late).where(MATTER.c.id == case.id)) is True
    sound(office, [case.id])
