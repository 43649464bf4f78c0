"""Actions let errors and escalations happen; events of the diagram catch them, what nothing catches is an incident."""
from collections.abc import Iterator

import pytest
from marshmallow import Schema
from sqlalchemy import Engine

from engine import actions
from engine.actions import Act, Action, register
from engine.errors import Failed
from tests.engine.desk import Desk, ask
from tests.engine.diagrams import boundary, chain, end, error, escalation, event, line, service


@pytest.fixture(autouse=True)
def acts() -> Iterator[None]:
    """Three actions that go wrong."""
    known = actions.known()

    def fails(act: Act) -> dict:
        act.throw('e')

    def rises(act: Act) -> dict:
        act.throw('x', 'escalation')

    def crashes(act: Act) -> dict:
        return {'other': 1 / 0}
    for run in (fails, rises, crashes):
        register(Action(f'test.{run.__name__}', '试', '试', Schema.from_dict({})(), run))
    yield
    for run in (fails, rises, crashes):
        del known[f'test.{run.__name__}']


def drawn(topic: str, kind: str, ref: str, stops: bool = True) -> bytes:
    caught = boundary('caught', 'does', event(kind, ref), stops=stops) + ask('mend') + end('over') + chain(
        'caught', 'mend', 'over')
    return line(service('does', camunda_topic=topic, inputs={}), ask('last'), between=('does', 'last'), extra=caught,
                roots=error() + escalation())


def test_an_error_of_an_action_is_caught_at_its_boundary(engine: Engine) -> None:
    desk = Desk(engine, p=drawn('test.fails', 'error', 'er'))
    desk.start()
    assert desk.open == ['mend']
    desk.sound()


def test_an_escalation_of_an_action_is_heard_and_it_goes_on(engine: Engine) -> None:
    desk = Desk(engine, p=drawn('test.rises', 'escalation', 'es', stops=False))
    desk.start()
    assert desk.open == ['last', 'mend']


@pytest.mark.parametrize('topic, cause', [('test.fails', '没有人接'), ('test.crashes', 'ZeroDivisionError')])
def test_what_nothing_catches_is_an_incident(engine: Engine, topic: str, cause: str) -> None:
    desk = Desk(engine, p=line(service('does', camunda_topic=topic, inputs={}), between=('does',)))
    with pytest.raises(Failed, match=cause):
        desk.start()
    (opened,) = desk.incidents()
    assert opened.element == 'does' and opened.advice
