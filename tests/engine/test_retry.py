"""What a worker fails to do is tried again by itself a few times, in real time, and then waits for an operator."""
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from engine import clock, db, incident, worker
from engine.errors import Failed
from engine.history import Actor
from engine.instance.row import TIMER
from engine.job import JOB
from tests.engine.desk import Desk, ask
from tests.engine.diagrams import bpmn, catch, chain, end, extension, line, node, start, timer

OPERATOR = Actor('运维员')
DIVIDES = node('scriptTask', 'sum', '<bpmn:script>other = 4 / len(answer)</bpmn:script>', scriptFormat='duban')


def waiting(cycle: str = '') -> bytes:
    """After a day a sum that fails while `answer` is empty."""
    drawn = extension(f'<camunda:failedJobRetryTimeCycle>{cycle}</camunda:failedJobRetryTimeCycle>') if cycle else ''
    return line(catch('wait', drawn, timer('duration', 'P1D')), DIVIDES, ask('last'), between=('wait', 'sum', 'last'))


def failing(engine: Engine, cycle: str = '') -> Desk:
    desk = Desk(engine, p=waiting(cycle))
    desk.start(answer='')
    desk.later(days=1)
    return desk


def next_try(engine: Engine) -> timedelta | None:
    """How long, in real time, until the next try; None: only by hand."""
    with db.reading(engine) as session:
        at = session.scalars(select(JOB.c.real_at)).one_or_none()
    return None if at is None else timedelta(minutes=round((at - clock.utcnow()).total_seconds() / 60))


def tries(engine: Engine, desk: Desk) -> list[int | None]:
    """The minutes before each further try, until only an operator is left."""
    found = []
    while True:
        pause = next_try(engine)
        found.append(pause and pause // timedelta(minutes=1))
        if pause is None:
            return found
        desk.pause()


@pytest.mark.parametrize('cycle, pauses', [
    ('', [1, 5, 30]), ('R2/PT10M', [10, 10]), ('PT2M,PT1H', [2, 60]), ('R1/P1D', [1440])])
def test_so_often_and_after_so_long(engine: Engine, cycle: str, pauses: list[int]) -> None:
    desk = failing(engine, cycle)
    assert tries(engine, desk) == [*pauses, None]
    (opened,) = desk.incidents()
    assert opened.tries == len(pauses) + 1 and (opened.verb, opened.element) == ('fire', 'sum')
    assert opened.values == {'answer': '“”'} and 'len(answer)' in opened.expression and opened.advice


def test_nothing_is_tried_before_its_time_and_the_date_stays(engine: Engine) -> None:
    desk = failing(engine)
    desk.work()
    desk.later(days=3)
    (opened,) = desk.incidents()
    assert opened.tries == 1
    with db.reading(engine) as session:
        due, held = session.execute(select(TIMER.c.due_at, TIMER.c.held)).one()
    assert held and due.astimezone(clock.zone()).strftime('%m-%d %H:%M') == '05-08 09:00'


def test_mended_in_the_meantime_it_goes_on_by_itself(engine: Engine) -> None:
    desk = failing(engine)
    desk.change('p', answer='ab')
    desk.pause()
    assert desk.open == ['last'] and desk.variables()['other'] == 2 and desk.incidents() == []
    assert next_try(engine) is None
    desk.sound()


def test_by_hand_after_the_last_try(engine: Engine) -> None:
    desk = failing(engine, 'R1/PT1M')
    tries(engine, desk)
    (opened,) = desk.incidents()
    with pytest.raises(Failed):
        incident.retry(engine, opened.id, OPERATOR)
    desk.change('p', answer='abcd')
    incident.retry(engine, opened.id, OPERATOR)
    assert desk.open == ['last'] and desk.incidents() == []


def test_other_timers_ring_while_one_is_held_back(engine: Engine) -> None:
    desk = failing(engine)
    desk.start(answer='x')
    desk.later(days=1)
    assert desk.open == ['last'] and len(desk.incidents()) == 1


def test_a_step_ends_where_the_diagram_says_and_the_worker_goes_on_at_once(engine: Engine) -> None:
    divides = node('scriptTask', 'sum', '<bpmn:script>other = 4 / (len(answer) - 1)</bpmn:script>',
                   scriptFormat='duban', camunda_asyncBefore='true')
    desk = Desk(engine, p=line(ask('work'), divides, ask('last'), between=('work', 'sum', 'last')))
    desk.start()
    desk.finish('work', answer='x')
    assert desk.open == [] and desk.incidents() == [] and desk.states('p') == ['running']
    desk.work()
    (opened,) = desk.incidents()
    assert opened.element == 'sum' and desk.variables()['answer'] == 'x'
    desk.change('p', answer='abc')
    desk.pause()
    assert desk.open == ['last'] and desk.variables()['other'] == 2


def test_after_the_activity_too(engine: Engine) -> None:
    desk = Desk(engine, p=line(ask('work', camunda_asyncAfter='true'), ask('last'), between=('work', 'last')))
    desk.start()
    desk.finish('work')
    assert desk.open == []
    assert worker.tick(engine) == 1 and desk.open == ['last']


def test_a_start_that_is_async_leaves_the_rest_to_the_worker(engine: Engine) -> None:
    desk = Desk(engine, p=bpmn(start(camunda_asyncBefore='true'), ask('work'), end(), chain('begin', 'work', 'done')))
    desk.start()
    assert desk.open == []
    assert worker.tick(engine) == 1 and desk.open == ['work']
