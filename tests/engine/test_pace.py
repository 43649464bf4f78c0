"""Paces: how long steps took, counted in working days."""
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, select

from engine import assignment, db, instance, pace, proof, story
from engine.directory import Tenant
from engine.history import Actor
from engine.usertask import UserTask
from tests.engine.test_story import STAGE, USUAL
from tests.webapp.matters import POSTS

TOLD = '''故事 五一放假前后
政府 gz 2020-04-29 16:00
立项 office/officer 照例
日 2020-05-08 10:00
办 fgw/liaison sign
办 fgw/liaison plan 照例
立项 office/officer 照例
办 fgw/liaison sign
日 2020-05-11 10:00
办 fgw/liaison plan 照例
'''


def test_a_step_is_measured_in_working_days() -> None:
    told, usual = story.read(TOLD.encode(), 'one.story'), proof.usual_of([story.read(USUAL, 'usual.story')])
    with STAGE.opened('gz', told.begins) as engine:
        lines = proof.Teller(engine, STAGE.lay, usual).tell(told)
        assert {line.state for line in lines} == {proof.HELD}, lines
        with db.reading(engine) as session:
            found = pace.paces(session, session.get(Tenant, 'gz'), 'matter')
    # 30 April, 6, 7 and 8 May are worked, and so are 9 May, a Saturday, and 11 May; 1 to 5 May are a holiday.
    assert found['sign'] == pace.Pace(2, 2.0, 4) and found['plan'] == pace.Pace(2, 1.0, 2)
    assert 'handle' not in found


@pytest.mark.parametrize(('days', 'expected'), [([3], (1, 3, 3)), ([0, 1, 2, 3, 4, 5, 6, 7, 8, 30], (10, 4.5, 30)),
                                                (list(range(20)), (20, 9.5, 18))])
def test_half_and_nine_in_ten(days: list[int], expected: tuple) -> None:
    assert tuple(pace._pace(days)) == expected


def test_an_opinion_is_no_step_of_its_own(engine: Engine, matter: UUID) -> None:
    with db.reading(engine) as session:
        sign = session.scalars(select(UserTask.id).where(UserTask.matter_id == matter, UserTask.state == 'open')).one()
    lead, other = POSTS['liaison'], Actor('省司法厅·联络员', 'sft', 'liaison')
    asked = db.carry_out(engine, lambda session: assignment.ask(session, sign, 'sft/liaison', 'before', lead, '请看')).opened[0]['id']
    db.carry_out(engine, lambda session: assignment.opine(session, asked, other, '可以', True))
    with db.writing(engine) as session:
        session.get(Tenant, 'gz').virtual_at += timedelta(days=1)
    db.carry_out(engine, lambda session: instance.complete(session, sign, lead, {}))
    with db.reading(engine) as session:
        assert pace.paces(session, session.get(Tenant, 'gz'), 'matter')['sign'] == pace.Pace(1, 1, 1)
