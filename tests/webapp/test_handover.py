"""移交: whoever takes a unit's place takes all of it: what it shares with others, and what comes back to it."""
from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from engine import assignment, db, directory, instance
from engine.history import Actor, Event
from engine.ledger import CoUnit
from engine.usertask import UserTask
from tests.webapp.browser import Browser
from tests.webapp.matters import POSTS, advance, engine_of, handled, notices, register, row

Browse = Callable[[str], Browser]
SHARED = {'co_due_at': '2020-10-20', 'co_duty': '提供名单'}
HEIR = Actor('省工信厅·联络员', 'gxt', 'liaison')


@pytest.fixture
def owner(browse: Browse) -> Browser:
    """The process owner, after 省工信厅 and its liaison have come into being."""
    owner = browse('gz-office-owner')
    owner.get('/directory/new')
    owner.submit({'code': 'gxt', 'name': '省工信厅', 'kind': '部门'}, form='//main//form')
    owner.submit({'post': 'liaison'}, press='设岗位')
    owner.submit({'post': 'liaison'}, press='建账号')
    return owner


def hand_over(owner: Browser, unit: str, heir: str) -> str:
    owner.get(f'/directory/unit/{unit}/hand-over')
    return owner.submit({'heir': heir, 'reason': '机构改革方案〔2020〕1号'}, form='//main//form').text


def waits(app: Flask, matter_id: UUID, element: str) -> UserTask:
    """The open task of the matter at this element."""
    with db.reading(engine_of(app)) as session:
        return session.scalars(select(UserTask).where(
            UserTask.matter_id == matter_id, UserTask.element == element, UserTask.state == 'open')).one()


def shares(app: Flask, matter_id: UUID) -> dict[str, CoUnit]:
    """The co-units' shares of the matter, by unit."""
    with db.reading(engine_of(app)) as session:
        return {one.unit: one for one in session.scalars(select(CoUnit).where(CoUnit.matter_id == matter_id))}


def complete(app: Flask, task: UserTask, **given: object) -> None:
    db.carry_out(engine_of(app), lambda session: instance.complete(session, task.id, HEIR, given))


def test_the_share_of_a_co_unit_goes_on_in_the_hands_of_its_heir(app: Flask, owner: Browser, browse: Browse) -> None:
    """A24"""
    key = handled(app, co_units=['sft'], **SHARED)
    assert '移交了1件' in hand_over(owner, 'sft', 'gxt')
    assert row(app, key).co_units == 'gxt' and shares(app, key).keys() == {'gxt'}
    complete(app, waits(app, key, 'co_sign'), handler='投资科')
    task = waits(app, key, 'co_report')
    assert (task.unit, task.post, task.token) == ('gxt', 'liaison', {'unit': 'gxt'})
    complete(app, task, co_result='名单已报送')
    assert shares(app, key)['gxt'].reported_at is not None
    assert '省司法厅' not in browse('gz-office-officer').get(f'/matter/{key}').one('//main//dl').text_content()


def test_a_share_is_handed_over_before_the_work_on_it_begins(app: Flask, owner: Browser) -> None:
    key = register(app, co_units=['sft'], **SHARED)
    assert '移交了1件' in hand_over(owner, 'sft', 'gxt')
    assert row(app, key).co_units == 'gxt' and shares(app, key).keys() == {'gxt'}


def test_an_heir_that_has_a_share_already_has_only_one(app: Flask, owner: Browser) -> None:
    key = handled(app, co_units=['gxt', 'sft'], **SHARED)
    hand_over(owner, 'sft', 'gxt')
    assert row(app, key).co_units == 'gxt'
    assert [(one.unit, one.duty) for one in shares(app, key).values()] == [('gxt', '提供名单')]


def test_a_lead_unit_is_not_its_own_co_unit(app: Flask, owner: Browser) -> None:
    key = handled(app, co_units=['sft'], **SHARED)
    hand_over(owner, 'sft', 'fgw')
    assert row(app, key).co_units == ''
    assert waits(app, key, 'co_sign').unit == 'fgw'


def test_what_was_delegated_comes_back_to_the_heir(app: Flask, owner: Browser) -> None:
    key = handled(app)
    task = waits(app, key, 'handle')
    db.carry_out(engine_of(app), lambda session: assignment.delegate(
        session, task.id, 'sft/liaison', POSTS['liaison'], '请把关'))
    hand_over(owner, 'fgw', 'gxt')
    held = waits(app, key, 'handle')
    assert (held.unit, held.owner) == ('sft', 'gxt/liaison')


def test_a_notice_that_is_still_a_draft_goes_to_the_heir(app: Flask, owner: Browser) -> None:
    key = register(app)
    issued = notices(app, overdue := handled(app, due_at='2020-10-09'))
    advance(app, 2020, 10, 12)
    hand_over(owner, 'fgw', 'gxt')
    assert not issued and [one.to_unit for one in notices(app, overdue)] == ['gxt'] and notices(app, key) == []


def test_an_opinion_to_be_asked_for_later_is_asked_of_the_heir(app: Flask, owner: Browser) -> None:
    key = handled(app)
    task = waits(app, key, 'handle')
    db.carry_out(engine_of(app), lambda session: assignment.ask(
        session, task.id, 'sft/liaison', 'after', POSTS['liaison'], '办好后请看'))
    assert '移交了1件' in hand_over(owner, 'sft', 'gxt')
    with db.reading(engine_of(app)) as session:
        later = session.scalars(select(UserTask).where(UserTask.state == 'later')).one()
    assert (later.unit, later.post) == ('gxt', 'liaison')


def test_a_post_that_the_heir_does_not_have_is_filled_as_the_table_says(app: Flask, owner: Browser, browse: Browse) -> None:
    """A24 P00-17: no liaison, so its head; and with nobody at all whom the table names to the rescue."""
    key = handled(app)
    with db.writing(engine_of(app)) as session:
        for account in directory.holders(session, 'gz', 'sft', 'liaison'):
            directory.set_active(session, account, False)
    assert '移交了1件' in hand_over(owner, 'fgw', 'sft')
    task = waits(app, key, 'handle')
    assert (task.unit, task.post) == ('sft', 'chief')
    assert task.fallback == {'asked': 'sft/liaison', 'why': 'no_holder', 'table': '没有人办时转给谁'}
    assert '原应由省司法厅·联络员办' in browse('gz-sft-chief').get(f'/tasks/{task.id}').text
    with db.reading(engine_of(app)) as session:
        said = session.scalars(select(Event.summary).where(Event.kind == 'task.redirected')).all()
    assert said == ['原应由省司法厅·联络员办，这个岗位现在没有人，按决策表“没有人办时转给谁”转省司法厅·单位负责人']
    assert '移交了1件' in hand_over(owner, 'sft', 'gov')
    task = waits(app, key, 'handle')
    assert (task.unit, task.post, task.fallback['asked']) == ('office', 'head', 'gov/chief')
