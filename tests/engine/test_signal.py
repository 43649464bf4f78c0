"""Signals between instances: everything in the government that waits hears them, each once."""
import pytest
from sqlalchemy import Engine, func, select

from engine import db, instance, job, worker
from engine.errors import Conflict, NotFound
from engine.instance.subscription import Subscription
from engine.job import JOB
from tests.engine.desk import OFFICER, TENANT, Desk, ask
from tests.engine.diagrams import boundary, bpmn, catch, chain, end, event, extension, line, node, signal, start, throw

HEARS = event('signal', 'sg')


def thrower(*inner: str) -> bytes:
    """A task, then the signal."""
    return line(ask('work'), throw('shout', *inner, HEARS), between=('work', 'shout'), roots=signal())


def listener(ident: str = 'q') -> bytes:
    return line(catch('listen', HEARS), ask('heard'), between=('listen', 'heard'), ident=ident, roots=signal())


def jobs(engine: Engine) -> int:
    with db.reading(engine) as session:
        return session.scalar(select(func.count()).select_from(JOB))


def test_every_instance_that_waits_hears_it_once_after_the_senders_step(engine: Engine) -> None:
    desk = Desk(engine, p=thrower(), q=listener())
    for process in ('q', 'q', 'q', 'p'):
        desk.start(process)
    desk.finish('work')
    assert desk.open == [] and desk.states('p') == ['done'] and jobs(engine) == 3
    desk.work()
    assert desk.open == ['heard'] * 3 and jobs(engine) == 0
    desk.work()
    assert desk.open == ['heard'] * 3
    desk.sound()


def test_two_workers_deliver_it_once(engine: Engine) -> None:
    listens = boundary('listen', 'work', HEARS, stops=False) + ask('heard') + end('over') + chain(
        'listen', 'heard', 'over')
    again = line(ask('work'), between=('work',), ident='q', roots=signal(), extra=listens)
    desk = Desk(engine, p=thrower(), q=again)
    desk.start('q')
    desk.start('p')
    desk.finish('work', of='p')
    with db.reading(engine) as session:
        (due,) = job.due(session, worker.clock.utcnow(), 5)
        slow = instance.carry(session, due.id)
    worker.tick(engine)
    with pytest.raises(Conflict), db.writing(engine) as session:
        slow.flush(session)
    assert desk.open.count('heard') == 1


def test_it_carries_values(engine: Engine) -> None:
    carried = extension('<camunda:inputOutput><camunda:inputParameter name="other">从${answer}来</camunda:inputParameter>'
                        '</camunda:inputOutput>')
    desk = Desk(engine, p=thrower(carried), q=listener())
    desk.start('q')
    desk.start('p')
    desk.finish('work', answer='甲')
    desk.work()
    assert desk.variables('q')['other'] == '从甲来'


def test_it_begins_the_processes_that_it_starts(engine: Engine) -> None:
    begun = bpmn(start('begin', HEARS), ask('begun'), end(), chain('begin', 'begun', 'done'), ident='q', roots=signal())
    desk = Desk(engine, p=thrower(), q=begun)
    desk.start('p')
    desk.finish('work')
    assert desk.open == ['begun']


def test_who_does_not_wait_any_more_does_not_hear(engine: Engine) -> None:
    desk = Desk(engine, p=thrower(), q=line(
        ask('work'), between=('work',), ident='q', roots=signal(),
        extra=boundary('listen', 'work', HEARS) + ask('heard') + end('over') + chain('listen', 'heard', 'over')))
    desk.start('q')
    desk.start('p')
    with db.reading(engine) as session:
        assert session.scalars(select(Subscription.name)).all() == ['signal:s']
    desk.finish('work', of='p')
    desk.finish('work', of='q')
    desk.work()
    assert desk.open == [] and jobs(engine) == 0 and desk.incidents() == []
    with db.reading(engine) as session:
        assert session.scalars(select(Subscription.name)).all() == []


def test_it_is_sent_from_outside(engine: Engine) -> None:
    desk = Desk(engine, q=listener(), p=line(ask('work'), between=('work',)))
    with pytest.raises(NotFound, match='没有流程在等信号'):
        desk.do('signal', lambda session: instance.signal(session, TENANT, 's', OFFICER))
    desk.start('q')
    desk.do('signal', lambda session: instance.signal(session, TENANT, 's', OFFICER, {'other': '外面'}))
    desk.work()
    assert desk.open == ['heard'] and desk.variables('q')['other'] == '外面'


def test_many_wait(engine: Engine) -> None:
    desk = Desk(engine, p=thrower(), q=listener())
    for _ in range(30):
        desk.start('q')
    desk.start('p')
    desk.finish('work')
    assert jobs(engine) == 30
    desk.work()
    assert desk.open == ['heard'] * 30


def test_a_receiver_that_fails_is_tried_again_alone(engine: Engine) -> None:
    divides = node('scriptTask', 'sum', '<bpmn:script>other = 4 / len(answer)</bpmn:script>', scriptFormat='duban')
    failing = line(catch('listen', HEARS), divides, ask('heard'), between=('listen', 'sum', 'heard'), ident='q',
                   roots=signal())
    desk = Desk(engine, p=thrower(), q=failing, r=listener('r'))
    broken = desk.start('q', answer='')
    desk.start('r')
    desk.start('p')
    desk.finish('work', answer='')
    desk.work()
    assert desk.open == ['heard']
    (opened,) = desk.incidents()
    assert (opened.verb, opened.element, opened.instance_id, opened.tries) == ('signal', 'sum', broken, 1)
    desk.change('q', answer='2')
    desk.pause()
    assert desk.open == ['heard', 'heard'] and desk.incidents() == []
