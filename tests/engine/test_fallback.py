"""空岗: a task for a post where nobody can be asked goes where the government's table says; no matter freezes."""
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from engine import db, directory, incident, instance
from engine.directory import Unit
from engine.errors import Failed, Forbidden
from engine.history import Actor, Event
from engine.incident import Incident
from engine.usertask import UserTask
from tests.faults.case import TENANT, Case, make_office


@pytest.fixture
def office(server: Any) -> Any:
    url = server.fresh(ready=False)
    make_office(url)
    engine = db.connect(url)
    yield engine
    engine.dispose()
    server.drop(url)


def empty(engine: Engine, *references: str) -> None:
    """These posts lose their only holder."""
    with db.writing(engine) as session:
        for reference in references:
            for account in directory.holders(session, TENANT, *reference.split('/')):
                directory.set_active(session, account, False)


def open_task(engine: Engine, element: str) -> UserTask:
    with db.reading(engine) as session:
        return session.scalars(select(UserTask).where(UserTask.element == element, UserTask.state == 'open')).one()


def told(engine: Engine) -> list[str]:
    with db.reading(engine) as session:
        return list(session.scalars(select(Event.summary).where(Event.kind == 'task.redirected').order_by(Event.seq)))


def to_approve(engine: Engine, *references: str) -> Case:
    """A matter that waits for its approval, while these posts lose their holder."""
    case = Case.begin(engine, has_basis=False)
    empty(engine, *references)
    return case


def test_without_a_liaison_the_head_of_the_unit_signs(office: Engine) -> None:
    """P00-11 I22"""
    case = to_approve(office, 'fgw/liaison')
    case.do('approve')
    task = open_task(office, 'sign')
    assert (task.unit, task.post) == ('fgw', 'chief')
    assert task.fallback == {'asked': 'fgw/liaison', 'why': 'no_holder', 'table': '没有人办时转给谁'}
    assert told(office) == ['原应由省发展改革委·联络员办，这个岗位现在没有人，按决策表“没有人办时转给谁”转省发展改革委·单位负责人']
    case.do('sign')
    assert open_task(office, 'plan').post == 'chief'


def test_without_a_liaison_the_head_of_the_unit_asks_for_more_time(office: Engine) -> None:
    case = Case.begin(office).through('sign', 'plan')
    chief, other = Actor('省发展改革委·单位负责人', 'fgw', 'chief'), Actor('省司法厅·联络员', 'sft', 'liaison')

    def ask(actor: Actor) -> None:
        db.carry_out(office, lambda session: instance.start(session, TENANT, 'extension', actor, matter_id=case.id))
    with pytest.raises(Forbidden, match='由省发展改革委·联络员办'):
        ask(chief)                                                     # there is a liaison yet
    empty(office, 'fgw/liaison')
    with pytest.raises(Forbidden, match='由省发展改革委·单位负责人办'):
        ask(other)
    ask(chief)
    task = open_task(office, 'apply')
    assert (task.unit, task.post) == ('fgw', 'chief')


def test_a_stand_in_counts_as_somebody(office: Engine) -> None:
    case = to_approve(office, 'fgw/liaison')
    with db.writing(office) as session:
        directory.set_substitute(session, TENANT, ('fgw', 'liaison'), ('sft', 'liaison'), date(2020, 5, 7),
                                 date(2020, 6, 7))
    case.do('approve')
    task = open_task(office, 'sign')
    assert (task.unit, task.post, task.fallback) == ('fgw', 'liaison', None) and told(office) == []


def test_a_unit_in_which_nobody_is_left_is_rescued_by_the_supervision_office(office: Engine) -> None:
    case = to_approve(office, 'fgw/liaison', 'fgw/chief')
    case.do('approve')
    task = open_task(office, 'sign')
    assert (task.unit, task.post) == ('office', 'head')


def test_a_unit_that_became_another_is_answered_for_by_its_heir(office: Engine) -> None:
    """A24"""
    case = to_approve(office)
    with db.writing(office) as session:
        session.execute(update(Unit).where(Unit.tenant == TENANT, Unit.code == 'fgw')
                        .values(valid_to=date(2020, 5, 6), successor='gxt'))
        directory.changed(session, TENANT)
    case.do('approve')
    task = open_task(office, 'sign')
    assert (task.unit, task.post, task.fallback['why']) == ('gxt', 'liaison', 'unit_ended')


def test_only_where_the_rescue_yields_nobody_too_does_the_step_become_an_incident(office: Engine) -> None:
    case = to_approve(office, 'fgw/liaison', 'fgw/chief', 'office/head', 'office/officer', 'gov/deputy')
    key, actor = case.waiting('approve')
    answer = case.answer('approve')
    with pytest.raises(Failed, match='没有人能办：省发展改革委·联络员现在没有人，决策表说的别的岗位也没有人'):
        incident.carry_out_or_open(office, lambda session: instance.complete(session, key, actor, answer),
                                   tenant_id=TENANT, verb='complete')
    with db.reading(office) as session:
        assert '在“代办”里请人代办' in session.scalars(select(Incident.advice)).one()
    case.waiting('approve')                                            # nothing was changed


def test_a_unit_without_a_liaison_is_not_offered_for_new_matters(office: Engine) -> None:
    """P00-11"""
    empty(office, 'sft/liaison')
    with db.reading(office) as session:
        offered = dict(directory.options(session, TENANT, 'units', date(2020, 5, 7)))
        called = directory.functions(session, TENANT, day=date(2020, 5, 7))['vacant']
        assert 'fgw' in offered and 'sft' not in offered
        assert (called(), called('fgw'), called(['fgw', 'sft'])) == ('省司法厅', '', '省司法厅')
