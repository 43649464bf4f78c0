"""Several instances of one matter: what they call, tell and signal happens in one step, on one chain."""
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, select

from engine import clock, db, instance
from engine.history import Event
from engine.instance import Instance
from engine.job import Timer
from engine.ledger import Matter
from tests.bench.meter import Meter
from tests.engine.desk import OFFICER, Desk, ask
from tests.engine.diagrams import (
    boundary, bpmn, call, catch, chain, each, end, event, extension, line, message, signal, start, throw, timer)

SHOUTS, HEARS = event('signal', 'sg'), event('message', 'm')
STAGES = extension('<camunda:properties><camunda:property name="stages" value="办理"/></camunda:properties>')


def matter(*parts: str, between: tuple[str, ...], ident: str = 'p') -> bytes:
    """A process with stages: each of its instances is a matter."""
    return bpmn(STAGES, start(), *parts, end(), chain('begin', *between, 'done'), ident=ident,
                roots=message() + signal())


def begin(desk: Desk, **values: Any) -> UUID:
    """A matter in hand."""
    desk.start(**values)
    with db.writing(desk.engine) as session:
        row = session.scalars(select(Matter).order_by(Matter.code.desc())).first()
        row.status, row.issued_at = 'open', row.received_at
        return row.id


def calls(*within: str, between: tuple[str, ...] = ('work',)) -> dict[str, bytes]:
    handed = extension('<camunda:in source="unit" target="unit"/>')
    several = call('calls', 'q', handed, each("${split(co_units)}", 'unit'))
    return {'p': matter(ask('ready'), several, ask('last'), between=('ready', 'calls', 'last')),
            'q': line(*within, between=between, ident='q', roots=message() + signal())}


def test_called_instances_belong_to_the_matter_and_its_chain(engine: Engine) -> None:
    desk = Desk(engine, **calls(ask('work')))
    matter_id = begin(desk, co_units='fgw,gxt')
    desk.finish('ready')
    with db.reading(engine) as session:
        children = session.scalars(select(Instance).where(Instance.process == 'q').order_by(Instance.number)).all()
        told = session.scalars(
            select(Event.instance_id).where(Event.chain == str(matter_id), Event.element == 'work')).all()
    assert [(child.matter_id, child.token) for child in children] == [
        (matter_id, {'unit': 'fgw'}), (matter_id, {'unit': 'gxt'})]
    assert sorted(told) == sorted(child.id for child in children)
    desk.finish('work')
    desk.finish('work')
    assert desk.open == ['last']
    desk.sound()


def test_one_more_that_comes_back_adds_few_statements_however_many_there_are(engine: Engine) -> None:
    desk = Desk(engine, **calls(ask('work')))
    begin(desk, co_units=','.join(f'u{number}' for number in range(60)))
    desk.finish('ready')
    desk.finish('work', 30)
    meter = Meter(engine)
    cost = meter.cost(lambda: desk.finish('work', 20))
    assert cost.statements - 1 <= 12 + 6 and cost.commits == 1                 # the first looks the task up


def test_a_changed_fact_moves_the_deadline_of_a_called_instance(engine: Engine) -> None:
    rings = boundary('late', 'work', timer('date', '${overdue_at(due_at)}'), stops=False)
    late = rings + ask('urge') + end('over') + chain('late', 'urge', 'over')
    desk = Desk(engine, **calls(ask('work'), late))
    matter_id = begin(desk, co_units='fgw,gxt', due_at='2020-05-20')
    desk.finish('ready')
    desk.do('change_facts', lambda session: instance.change_facts(
        session, matter_id, OFFICER, {'due_at': '2020-06-10'}, '延期'))
    with db.reading(engine) as session:
        due = {at.astimezone(clock.zone()).date().isoformat() for at in session.scalars(select(Timer.due_at))}
    assert due == {'2020-06-11'}
    desk.later(days=20)
    assert desk.open == ['work', 'work']
    desk.later(days=20)
    assert desk.open == ['urge', 'urge', 'work', 'work']


def test_a_message_to_the_matter_reaches_called_instances_with_what_it_carries(engine: Engine) -> None:
    desk = Desk(engine, **calls(catch('listen', HEARS), ask('work'), between=('listen', 'work')))
    matter_id = begin(desk, co_units='fgw,gxt')
    desk.finish('ready')
    desk.do('message', lambda session: instance.message(session, matter_id, 'm', OFFICER, {'other': '请办'}))
    assert desk.open == ['work', 'work']
    with db.reading(engine) as session:
        known = session.scalars(select(Instance.vars).where(Instance.process == 'q')).all()
    assert [one['other'] for one in known] == ['请办', '请办']


def test_a_signal_is_heard_in_the_same_matter_at_once_and_in_others_by_the_worker(engine: Engine) -> None:
    heard = boundary('listen', 'rest', SHOUTS) + ask('heard') + end('over') + chain('listen', 'heard', 'over')
    desk = Desk(engine, p=matter(ask('ready'), call('calls', 'q', camunda_calledElementBinding='latest'), ask('last'),
                                 between=('ready', 'calls', 'last')),
                q=line(ask('rest'), between=('rest',), ident='q', extra=heard, roots=signal()),
                r=line(throw('shout', SHOUTS), between=('shout',), ident='r', roots=signal()))
    for _ in range(2):
        first = begin(desk)
        desk.finish('ready')
    desk.do('start', lambda session: instance.start(session, 'gz', 'r', OFFICER, matter_id=first))
    assert desk.open == ['heard', 'rest']
    desk.work()
    assert desk.open == ['heard', 'heard']
    desk.sound()


def test_a_calendar_or_parameter_change_reads_the_deadlines_of_called_instances_again(engine: Engine) -> None:
    desk = Desk(engine, **calls(catch('rest', timer('date', '${overdue_at(due_at)}')), between=('rest',)))
    matter_id = begin(desk, co_units='fgw,gxt', due_at='2020-05-20')
    desk.finish('ready')
    with db.writing(engine) as session:
        session.get(Matter, matter_id).due_at = clock.utcnow().date().replace(year=2020, month=6, day=10)
    desk.do('rearm', lambda session: instance.rearm(session, matter_id))
    with db.reading(engine) as session:
        due = {at.astimezone(clock.zone()).date().isoformat() for at in session.scalars(select(Timer.due_at))}
    assert due == {'2020-06-11'}
