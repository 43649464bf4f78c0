"""Matters for the tests of pages, moved by the engine's own verbs."""
from datetime import datetime, timezone
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import Engine, select

from engine import db, instance, worker
from engine.actions.notice import Notice
from engine.history import Actor
from engine.ledger import Matter
from engine.usertask import UserTask

POSTS = {'officer': Actor('省政府办公厅·督查员', 'office', 'officer'),
         'head': Actor('省政府办公厅·督查室负责人', 'office', 'head'),
         'principal': Actor('省政府·主要领导', 'gov', 'principal'),
         'deputy': Actor('省政府·分管领导', 'gov', 'deputy'),
         'liaison': Actor('省发展改革委·联络员', 'fgw', 'liaison'),
         'chief': Actor('省发展改革委·单位负责人', 'fgw', 'chief')}
REGISTER = {'source': 'provincial', 'basis': '黔府办发〔2020〕12号', 'leader_post': 'gov/principal',
            'has_basis': True, 'received_at': '2020-09-25T09:00', 'title': '建立健全重点企业和项目库', 'matter_class': 'important',
            'requirement': '建成省、市、县三级重点企业和项目库。', 'evidence': '项目库清单', 'lead_unit': 'fgw',
            'due_at': '2020-10-30'}
CO_WORK = {'co_units': ['sft'], 'co_due_at': '2020-10-15', 'co_duty': '提供法规目录。'}
PLAN = {'answer': 'accept', 'deploy_note': '已开会研究。',
        'items': [{'task': '建库', 'responsibility': '投资科', 'measure': '每周调度', 'result': '清单'}]}


def engine_of(app: Flask) -> Engine:
    """The application's engine."""
    with app.app_context():
        return app.extensions['sqlalchemy'].engine


def register(app: Flask, **changed: Any) -> UUID:
    """A matter that the officer registered; with a basis of its own it is issued at once."""
    return db.carry_out(engine_of(app), lambda session: instance.start(
        session, 'gz', 'matter', POSTS['officer'], answers={'register': {**REGISTER, **changed}})).matter_id


def answer(app: Flask, matter_id: UUID, element: str, post: str, **given: Any) -> None:
    """The post answers the matter's open task at this element."""
    engine = engine_of(app)
    with db.reading(engine) as session:
        task = session.scalars(select(UserTask.id).where(
            UserTask.matter_id == matter_id, UserTask.element == element, UserTask.state == 'open')).one()
    db.carry_out(engine, lambda session: instance.complete(session, task, POSTS[post], given))


def handled(app: Flask, **changed: Any) -> UUID:
    """A matter that was signed for and planned: the lead unit works on it."""
    matter_id = register(app, **changed)
    answer(app, matter_id, 'sign', 'liaison')
    consulted = {'consult_note': '已会商。'} if changed.get('co_units') else {}
    answer(app, matter_id, 'plan', 'liaison', **PLAN, **consulted)
    return matter_id


def advance(app: Flask, year: int, month: int, day: int, hour: int = 10) -> None:
    """Move the clock of 贵州 forward to this hour; what falls due on the way fires."""
    target = datetime(year, month, day, hour - 8, tzinfo=timezone.utc)
    worker.advance(engine_of(app), 'gz', target, POSTS['officer'])


def issued_notice(app: Flask, matter_id: UUID) -> UUID:
    """The overdue matter's first notice, drafted by the officer and signed by the head."""
    answer(app, matter_id, 'draft', 'officer', notice_text='请在限期内办结。', notice_scope='system')
    answer(app, matter_id, 'endorse', 'head', endorsed='agreed')
    return notices(app, matter_id)[-1].id


def notices(app: Flask, matter_id: UUID) -> list[Notice]:
    """The notices of a level about the matter, in the order in which they were drafted."""
    with db.reading(engine_of(app)) as session:
        return list(session.scalars(select(Notice).where(Notice.matter_id == matter_id, Notice.level > 0)
                                    .order_by(Notice.drafted_at)))


def row(app: Flask, matter_id: UUID) -> Matter:
    """The matter's row in the ledger."""
    with db.reading(engine_of(app)) as session:
        return session.get(Matter, matter_id)
