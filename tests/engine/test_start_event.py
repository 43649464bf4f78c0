"""Processes that begin at a time: set when they are deployed, fired by the worker on the government's clock."""
from datetime import timedelta

import orjson
import pytest
from sqlalchemy import Engine, select

from engine import clock, db, deployment, instance, intervention, job, parameter, worker
from engine.actions.reminder import Message
from engine.directory import Tenant
from engine.errors import Conflict, Refused
from engine.history import SYSTEM, Actor, Event
from engine.job import JOB
from tests.engine.desk import TABLES, TENANT, Desk, ask
from tests.engine.diagrams import bpmn, chain, end, event, line, message, node, service, start, timer
from tests.workflows.story import moment


def timed(kind: str, text: str, *begun: str, ident: str = 'p') -> bytes:
    """A task that begins by itself."""
    steps = begun or (ask('begun'),)
    names = [f'step{number}' for number in range(len(steps))] if begun else ['begun']
    return bpmn(start('begin', timer(kind, text)), *steps, end(), chain('begin', *names, 'done'), ident=ident)


def due(engine: Engine) -> list[str]:
    """When processes begin next, on the government's clock."""
    with db.reading(engine) as session:
        return [at.astimezone(clock.zone()).strftime('%m-%d %H:%M') for at in session.scalars(
            select(JOB.c.due_at).where(JOB.c.due_at.is_not(None)).order_by(JOB.c.due_at))]


def test_at_a_date_once(engine: Engine) -> None:
    desk = Desk(engine, p=timed('date', "${'2020-05-08T10:00:00+08:00'}"))
    assert due(engine) == ['05-08 10:00'] and desk.open == []
    desk.later(days=1)
    assert desk.open == []
    desk.later(hours=1)
    assert desk.open == ['begun'] and due(engine) == []
    desk.later(days=9)
    assert desk.open == ['begun']
    desk.sound()


def test_a_date_that_has_passed_begins_nothing(engine: Engine) -> None:
    Desk(engine, p=timed('date', "${'2020-05-01T10:00:00+08:00'}"))
    assert due(engine) == []


def test_some_time_after_the_deployment(engine: Engine) -> None:
    desk = Desk(engine, p=timed('duration', 'P3D'))
    assert due(engine) == ['05-10 09:00']
    desk.later(days=4)
    assert desk.open == ['begun'] and due(engine) == []


def test_every_working_day(engine: Engine) -> None:
    desk = Desk(engine, p=timed('cycle', '${every_workdays(1)}'))
    assert due(engine) == ['05-08 09:00']
    desk.later(days=1)
    assert desk.open == ['begun'] and due(engine) == ['05-09 09:00']                  # 2020-05-09, a worked Saturday
    desk.later(days=1)
    assert desk.open == ['begun'] * 2 and due(engine) == ['05-11 09:00']


def test_a_number_of_rounds(engine: Engine) -> None:
    desk = Desk(engine, p=timed('cycle', 'R2/P1D'))
    for _ in range(4):
        desk.later(days=1)
    assert desk.open == ['begun'] * 2 and due(engine) == []


def test_missed_rounds_are_one_that_says_how_many(engine: Engine) -> None:
    tell = service('step0', inputs={'to': 'office/officer', 'text': '又到了'})
    desk = Desk(engine, p=timed('cycle', 'R/P1D', tell, ask('step1')))
    desk.later(days=5)
    assert desk.open == ['step1'] and due(engine) == ['05-13 09:00']
    with db.reading(engine) as session:
        fired = session.scalars(select(Event.data).where(Event.kind == 'timer.fired')).one()
        sent = session.scalars(select(Message.stands_for)).one()
    assert orjson.loads(fired) == {'element': 'begin', 'stands_for': 5} and sent == 5


def set_cycle(engine: Engine, value: str) -> None:
    """The government begins its bulletins by quarter, or never by itself."""
    with db.writing(engine) as session:
        bundle = deployment.bundle(session, deployment.current(session, TENANT).id)
        parameter.change(session, TENANT, 'bulletin_cycle', value, SYSTEM, bundle)
        deployment.follow(session, TENANT)


def test_only_while_a_parameter_says_so(engine: Engine) -> None:
    desk = Desk(engine, p=timed('cycle', "${param('bulletin_cycle') == 'quarter' ? 'R/2000-01-01T00:00:00+08:00/P3M' : null}"))
    assert due(engine) == []
    set_cycle(engine, 'quarter')
    assert due(engine) == ['07-01 00:00'] and desk.open == []
    desk.later(days=60)
    assert desk.open == ['begun'] and due(engine) == ['10-01 00:00']
    set_cycle(engine, 'none')
    assert due(engine) == []
    desk.later(days=180)
    set_cycle(engine, 'quarter')
    assert due(engine) == ['04-01 00:00'] and desk.open == ['begun']
    assert desk.kinds('timer.moved') == ['办begin'] * 3
    desk.sound()


def test_a_new_table_of_parameters_counts_at_once(engine: Engine) -> None:
    drawn = timed('cycle', "${param('bulletin_cycle') == 'quarter' ? 'R/2000-01-01T00:00:00+08:00/P3M' : null}")
    desk = Desk(engine, p=drawn)
    shipped = TABLES['parameters.dmn'].decode().partition('"bulletin_cycle"')
    desk.files = {'parameters.dmn': ''.join((*shipped[:2], shipped[2].replace('"none"', '"quarter"', 1))).encode()}
    desk.deploy(p=drawn)
    assert due(engine) == ['07-01 00:00']


def test_one_that_never_begins_by_itself_outlives_a_standstill(engine: Engine) -> None:
    desk = Desk(engine, p=timed('cycle', "${param('bulletin_cycle') == 'quarter' ? 'R/P9D' : null}"))
    for act in (intervention.suspend_process, intervention.resume_process):
        with db.writing(engine) as session:
            act(session, TENANT, 'p', Actor('省政府办公厅·运维员', 'office', 'operator'), '检查')
    desk.work()
    assert due(engine) == [] and desk.open == []
    set_cycle(engine, 'quarter')
    assert due(engine) == ['05-16 09:00']


def test_the_clock_stops_where_a_process_begins(engine: Engine) -> None:
    desk = Desk(engine, p=timed('cycle', 'R/P1D'))
    worker.advance(engine, TENANT, 'next', Actor('演示'))
    assert desk.open == ['begun']
    worker.advance(engine, TENANT, moment('2020-05-11 12:00'), Actor('演示'))
    assert desk.open == ['begun'] * 4


def test_a_new_version_keeps_the_rhythm_of_what_is_drawn_as_before(engine: Engine) -> None:
    desk = Desk(engine, p=timed('cycle', 'R/P2D'), q=timed('cycle', 'R/P9D', ident='q'))
    desk.later(days=1)
    desk.deploy(p=timed('cycle', 'R/P2D'), q=timed('cycle', 'R/P8D', ident='q'))
    assert due(engine) == ['05-09 09:00', '05-16 09:00']
    desk.deploy(p=timed('cycle', 'R/P2D', ask('step0')))
    assert due(engine) == ['05-09 09:00']
    desk.later(days=1)
    assert desk.open == ['step0']
    desk.deploy(p=line(ask('work'), between=('work',)))
    assert due(engine) == []


def test_each_start_event_by_its_own_trigger(engine: Engine) -> None:
    each = bpmn(start('by_hand'), start('daily', timer('cycle', 'R/P1D')), start('weekly', timer('cycle', 'R/P7D')),
                start('told', event('message', 'm')), ask('hand'), ask('day'), ask('week'), ask('mail'), end(),
                chain('by_hand', 'hand', 'done'), chain('daily', 'day', 'done'), chain('weekly', 'week', 'done'),
                chain('told', 'mail', 'done'), ident='p', roots=message())
    desk = Desk(engine, p=each)
    desk.later(days=7)
    assert desk.open == ['day', 'week']
    desk.start()
    assert desk.open == ['day', 'hand', 'week']


def test_a_begin_that_fails_is_tried_again_and_then_keeps_its_rhythm(engine: Engine) -> None:
    divides = node('scriptTask', 'step0', "<bpmn:script>other = 1 / len('')</bpmn:script>", scriptFormat='duban')
    desk = Desk(engine, p=timed('cycle', 'R/P1D', divides))
    desk.later(days=1)
    (opened,) = desk.incidents()
    assert (opened.verb, opened.element) == ('begin', 'step0') and desk.states('p') == []
    desk.deploy(p=timed('cycle', 'R/P1D'))
    desk.pause()
    assert desk.open == ['begun'] and desk.incidents() == [] and due(engine) == ['05-09 09:00']


def test_two_workers_begin_it_once(engine: Engine) -> None:
    desk = Desk(engine, p=timed('cycle', 'R/P1D'))
    with db.writing(engine) as session:
        session.get(Tenant, TENANT).virtual_at += timedelta(days=1)
    with db.reading(engine) as session:
        (due_now,) = job.due(session, clock.utcnow(), 5)
        slow = instance.carry(session, due_now.id)
    worker.tick(engine)
    with pytest.raises(Conflict), db.writing(engine) as session:
        slow.flush(session)
    assert desk.open == ['begun'] and due(engine) == ['05-09 09:00']


def test_a_time_that_cannot_be_worked_out_is_not_deployed(engine: Engine) -> None:
    with pytest.raises(Refused, match='begin'):
        Desk(engine, p=timed('cycle', "${'每天'}"))
