"""催办: who waits asks the holder to get on, but not all day long."""
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, select

from engine import actions, assignment, db, deployment, directory, history, instance, parameter, urging
from engine.actions.reminder import Message
from engine.directory import Tenant
from engine.errors import Conflict, Forbidden, NotFound, Refused
from engine.history import SYSTEM, Actor
from engine.ledger import FACTS, Matter
from engine.usertask import UserTask
from tests.engine.diagrams import table
from tests.webapp.matters import PLAN, POSTS
from tests.workflows.story import bundle_files, moment

OFFICER, LIAISON = POSTS['officer'], POSTS['liaison']


def task(engine: Engine, matter_id: UUID) -> UUID:
    with db.reading(engine) as session:
        return session.scalars(select(UserTask.id).where(UserTask.matter_id == matter_id, UserTask.state == 'open')).one()


def urge(engine: Engine, task_id: UUID, actor: Actor = OFFICER, note: str = '') -> None:
    with db.writing(engine) as session:
        urging.urge(session, task_id, actor, note)


def later(engine: Engine, **span: float) -> None:
    with db.writing(engine) as session:
        session.get(Tenant, 'gz').virtual_at += timedelta(**span)


def test_the_holder_gets_a_message_and_the_task_counts(engine: Engine, matter: UUID) -> None:
    sign = task(engine, matter)
    urge(engine, sign, note='请今天签收。')
    later(engine, days=1)
    urge(engine, sign)
    with db.reading(engine) as session:
        urged = urging.of(session, [sign])[sign]
        assert (urged.count, urged.last_by) == (2, '省政府办公厅·督查员')
        texts = session.scalars(select(Message.text).where(Message.unit == 'fgw', Message.post == 'liaison',
                                                           Message.text.contains('催办'))).all()
        assert '省政府办公厅·督查员催办“签收”：请今天签收。' in texts and len(texts) == 2
        told = [one for one in history.events(session, str(matter)) if one.kind == 'task.urged']
        assert [one.element for one in told] == ['sign', 'sign'] and history.verify(session).whole


def test_the_government_says_how_often(engine: Engine, matter: UUID) -> None:
    sign = task(engine, matter)                        # 2020-09-27 is a Sunday that is worked
    urge(engine, sign)
    later(engine, hours=20)
    with pytest.raises(Refused, match='2020年9月27日 09:10刚催过，2020年9月28日 09:10以后可以再催'):
        urge(engine, sign)
    _set(engine, 0)
    urge(engine, sign)
    urge(engine, sign)
    _set(engine, 3)                                    # three working days: the holiday in October does not count
    with pytest.raises(Refused, match='2020年9月28日 05:10刚催过，2020年10月9日 05:10以后可以再催'):
        urge(engine, sign)


def _set(engine: Engine, days: int) -> None:
    with db.writing(engine) as session:
        bundle = deployment.bundle(session, deployment.current(session, 'gz').id)
        parameter.change(session, 'gz', 'urge_days', days, SYSTEM, bundle)


def test_only_who_waits_may_urge(engine: Engine, matter: UUID) -> None:
    sign = task(engine, matter)
    for stranger in (LIAISON, Actor('省司法厅·联络员', 'sft', 'liaison')):
        with pytest.raises(Forbidden, match='催办由等着这一步的岗位发出'):
            urge(engine, sign, stranger)
    urge(engine, sign, POSTS['principal'])             # who assigned the matter


def test_who_stands_in_for_the_leader_urges_in_that_posts_name_but_never_itself(engine: Engine, matter: UUID) -> None:
    sign, chief = task(engine, matter), Actor('省发展改革委·单位负责人', 'fgw', 'chief')
    with db.writing(engine) as session:
        for asked, by in ((('gov', 'principal'), ('gov', 'deputy')), (('fgw', 'liaison'), ('fgw', 'chief')),
                          (('office', 'head'), ('fgw', 'chief'))):
            directory.set_substitute(session, 'gz', asked, by, date(2020, 9, 27), date(2020, 9, 30))
    urge(engine, sign, Actor('省政府·分管领导', 'gov', 'deputy'))
    with db.reading(engine) as session:
        assert urging.of(session, [sign])[sign].last_by == '省政府·分管领导 代 省政府·主要领导'
    _set(engine, 0)
    with pytest.raises(Forbidden):
        urge(engine, sign, chief)                      # who stands in for the supervision, and for the holder as well


def test_the_table_says_who_of_them_may(engine: Engine, matter: UUID) -> None:
    files = bundle_files()
    files['oversight.dmn'] = table('oversight', ('act',), ('oversee_posts',), ('"urge_supervisor"', '"head"'), ('-', '""'))
    with db.writing(engine) as session:
        topics = {topic: known.parameters() for topic, known in actions.known().items()}
        deployment.deploy(session, 'gz', files, '流程管理员', '', moment('2020-09-27 09:10'), topics, FACTS)
    sign = task(engine, matter)
    for other in (OFFICER, POSTS['principal']):
        with pytest.raises(Forbidden, match='写在决策表 oversight 里'):
            urge(engine, sign, other)
    urge(engine, sign, Actor('省政府办公厅·督查室负责人', 'office', 'head'))


def test_the_lead_unit_urges_its_co_units_and_the_sender_the_next(engine: Engine, matter: UUID) -> None:
    with db.reading(engine) as session:
        row = session.get(Matter, matter)
        row.co_units = 'sft,gxt'
        share = UserTask(instance_id=matter, unit='sft', post='liaison', opened_turn=1)
        assert urging.waits(session, share, row, ('fgw', 'liaison'))
        assert not urging.waits(session, share, row, ('gxt', 'liaison'))
        session.rollback()
    sign = task(engine, matter)
    db.carry_out(engine, lambda session: instance.complete(session, sign, LIAISON, {}))
    plan = task(engine, matter)
    with db.reading(engine) as session:
        assert not urging.waits(session, session.get(UserTask, plan), session.get(Matter, matter), ('fgw', 'liaison'))
    db.carry_out(engine, lambda session: instance.complete(session, plan, LIAISON, PLAN))
    with pytest.raises(Conflict, match='不用催了'):
        urge(engine, plan)


def test_who_gave_an_opinion_did_no_step_and_who_asks_for_one_waits_for_it(engine: Engine, matter: UUID) -> None:
    sign, other = task(engine, matter), Actor('省司法厅·联络员', 'sft', 'liaison')
    db.carry_out(engine, lambda session: assignment.ask(session, sign, 'sft/liaison', 'after', LIAISON, '请看'))
    db.carry_out(engine, lambda session: instance.complete(session, sign, LIAISON, {}))
    with db.reading(engine) as session:
        [asked] = assignment.opinions(session, sign)
        row = session.get(Matter, matter)
        assert urging.waits(session, asked, row, ('fgw', 'liaison')) and not urging.waits(session, asked, row, ('gxt', 'liaison'))
    db.carry_out(engine, lambda session: assignment.opine(session, asked.id, other, '同意', True))
    with db.reading(engine) as session:
        plan = session.get(UserTask, task(engine, matter))
        assert plan.element == 'plan' and not urging.waits(session, plan, session.get(Matter, matter), ('sft', 'liaison'))


def test_too_many_words_and_unknown_tasks_are_refused(engine: Engine, matter: UUID) -> None:
    with pytest.raises(Refused, match='最多200个字'):
        urge(engine, task(engine, matter), note='快' * 201)
    with pytest.raises(NotFound):
        urge(engine, matter)
