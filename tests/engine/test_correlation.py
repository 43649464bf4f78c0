"""Messages that find their receiver: by business key, by what it knows, or by being the only one that waits."""
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine

from engine import db, instance
from engine.errors import NotFound, Refused
from tests.engine.desk import OFFICER, TENANT, Desk, ask
from tests.engine.diagrams import (
    boundary, bpmn, catch, chain, end, event, extension, frame, each, line, message, node, start, throw)

HEARS = event('message', 'm')


def order(ident: str = 'q') -> bytes:
    """Waits for the message, then for a person."""
    return line(catch('listen', HEARS), ask('heard'), between=('listen', 'heard'), ident=ident, roots=message())


def sender(key: str = '${order}', **values: str) -> bytes:
    """A task that asks for the order, then a message for it."""
    given = ''.join(f'<camunda:inputParameter name="{name}">{text}</camunda:inputParameter>'
                    for name, text in values.items())
    shout = throw('tell', extension(
        f'<camunda:properties><camunda:property name="to_key" value="{key}"/></camunda:properties>',
        f'<camunda:inputOutput>{given}</camunda:inputOutput>' if given else ''), HEARS)
    return line(ask('work'), shout, between=('work', 'tell'), roots=message())


def begin(desk: Desk, key: str | None = None, process: str = 'q', **values: Any) -> UUID:
    return desk.do('start', lambda session: instance.start(
        session, TENANT, process, OFFICER, values, key=key)).instance_id


def tell(desk: Desk, **how: Any) -> Any:
    return desk.do('message', lambda session: instance.correlate(session, TENANT, 'm', OFFICER, **how))


def test_by_business_key(engine: Engine) -> None:
    desk = Desk(engine, q=order())
    begin(desk, 'A-1')
    begin(desk, 'A-2')
    tell(desk, key='A-2', values={'other': '到了'})
    assert desk.open == ['heard']
    with db.reading(engine) as session:
        told = {row.business_key: row.vars for row in session.query(instance.Instance)}
    assert told == {'A-1': {}, 'A-2': {'other': '到了'}}
    desk.sound()


def test_by_what_it_knows(engine: Engine) -> None:
    desk = Desk(engine, q=order())
    begin(desk, order='甲', answer='1')
    begin(desk, order='乙', answer='1')
    with pytest.raises(Refused, match='有2份流程在等“m”这条消息而且answer是“1”'):
        tell(desk, where={'answer': 1})
    tell(desk, where={'order': '乙', 'answer': 1})
    assert desk.open == ['heard']


def test_several_of_one_key_are_refused_and_named(engine: Engine) -> None:
    desk = Desk(engine, q=order())
    first, second = begin(desk, 'A-1'), begin(desk, 'A-1')
    with pytest.raises(Refused) as refused:
        tell(desk, key='A-1')
    assert str(first) in str(refused.value) and str(second) in str(refused.value) and '业务编号是“A-1”' in str(refused.value)
    assert desk.open == []


def test_the_only_one_that_waits(engine: Engine) -> None:
    desk = Desk(engine, q=order())
    begin(desk)
    tell(desk)
    assert desk.open == ['heard']
    with pytest.raises(NotFound, match='没有流程在等“m”这条消息'):
        tell(desk)


def test_a_message_begins_a_process_by_its_own_start_event(engine: Engine) -> None:
    two = bpmn(start('told', HEARS), start(), ask('by_hand'), ask('by_message'), end(),
               chain('begin', 'by_hand', 'done'), chain('told', 'by_message', 'done'), ident='q', roots=message())
    desk = Desk(engine, q=two)
    tell(desk, key='A-9', values={'other': '新来的'})
    assert desk.open == ['by_message'] and desk.variables('q') == {'other': '新来的'}
    begin(desk)
    assert desk.open == ['by_hand', 'by_message']
    tell(desk)
    assert desk.open == ['by_hand', 'by_message', 'by_message']


def test_a_process_tells_another_by_its_key(engine: Engine) -> None:
    desk = Desk(engine, p=sender(other='${answer}，办好了'), q=order())
    begin(desk, 'A-1')
    begin(desk, 'A-2')
    desk.start('p')
    desk.finish('work', order='A-2', answer='甲')
    assert desk.open == []
    desk.work()
    assert desk.open == ['heard']
    desk.finish('heard', other='x')
    with db.reading(engine) as session:
        told = {row.business_key: row.status for row in session.query(instance.Instance)}
    assert told == {'A-1': 'running', 'A-2': 'done', None: 'done'}
    desk.sound()


def test_nobody_of_this_key_stands_on_the_senders_trail(engine: Engine) -> None:
    desk = Desk(engine, p=sender(), q=order())
    begin(desk, 'A-1')
    desk.start('p')
    desk.finish('work', order='A-7')
    desk.work()
    assert desk.open == [] and desk.kinds('message.unheard') == ['m'] and desk.incidents() == []
    desk.sound()


def test_two_of_one_key_are_an_incident_that_goes_on_when_one_is_left(engine: Engine) -> None:
    desk = Desk(engine, p=sender(), q=order())
    begin(desk, 'A-1')
    begin(desk, 'A-1')
    desk.start('p')
    desk.finish('work', order='A-1')
    desk.work()
    (opened,) = desk.incidents()
    assert opened.verb == 'message' and '有2份流程在等' in opened.cause and desk.open == []
    with db.reading(engine) as session:
        first = session.query(instance.Instance).filter_by(business_key='A-1').first().id
    with db.writing(engine) as session:
        session.get(instance.Instance, first).business_key = 'A-2'
    desk.pause()
    assert desk.open == ['heard'] and desk.incidents() == []


def test_what_it_carries_stays_with_the_one_of_several_that_hears(engine: Engine) -> None:
    inside = frame('each_one', start('in'), ask('work'), end('out'), chain('in', 'work', 'out'),
                   boundary('listen', 'work', HEARS, stops=False), ask('heard'), end('over'),
                   chain('listen', 'heard', 'over'), each("${['a', 'b']}", 'item'))
    desk = Desk(engine, q=line(inside, between=('each_one',), ident='q', roots=message()))
    begin(desk)
    tell(desk, values={'other': '都听'})
    assert desk.open == ['heard', 'heard', 'work', 'work'] and desk.variables('q') == {}


def test_without_a_key_a_message_of_an_instance_alone_begins_what_it_starts(engine: Engine) -> None:
    begun = bpmn(start('begin', HEARS), ask('begun'), end(), chain('begin', 'begun', 'done'), ident='q',
                 roots=message())
    desk = Desk(engine, q=begun, p=line(ask('work'), node('sendTask', 'tell', messageRef='m'), between=('work', 'tell'),
                                        roots=message()))
    for _ in range(2):
        desk.start('p')
        desk.finish('work')
    assert desk.open == ['begun', 'begun']
