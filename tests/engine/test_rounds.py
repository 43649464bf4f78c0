"""A matter that lives for many years: the loop of reports neither grows nor loses anything."""
from pathlib import Path

import orjson
from sqlalchemy import Engine, func, select

from engine import db, history, instance, worker
from engine.history import SYSTEM, Actor, Event
from engine.instance import Instance
from engine.spiff import codec
from engine.usertask import UserTask
from tests.workflows.story import USUAL, Teller

BEGIN = '''故事 一件长期的事，一周一报
依据 P04-06
政府 gz 2020-05-07 09:00
立项 office/officer 照例
  own_cycle = week
  long_term = 是
  due_at = 略
  review_at = 2026-12-31
办 fgw/liaison sign
办 fgw/liaison plan 照例
'''
ROUNDS = 150


def answer(engine: Engine, element: str, actor: Actor) -> None:
    """The post answers the one open task of this element as usual."""
    with db.reading(engine) as session:
        task = session.scalars(select(UserTask.id).where(UserTask.element == element, UserTask.state == 'open')).one()
    db.carry_out(engine, lambda session: instance.complete(session, task, actor, USUAL[element]))


def test_the_report_loop_does_not_grow(engine: Engine, tmp_path: Path) -> None:
    story = tmp_path / 'rounds.story'
    story.write_text(BEGIN)
    teller = Teller(engine, story)
    teller.tell()
    unit, office = Actor('省发展改革委·联络员', 'fgw', 'liaison'), Actor('省政府办公厅·督查员', 'office', 'officer')
    sizes = []
    for _ in range(ROUNDS):
        worker.advance(engine, 'gz', 'next', SYSTEM)
        while not _waits(engine, 'report'):
            worker.advance(engine, 'gz', 'next', SYSTEM)
        answer(engine, 'report', unit)
        answer(engine, 'review_report', office)
        with db.reading(engine) as session:
            sizes.append(_size(session.scalars(select(Instance.state).where(Instance.process == 'reporting')).one()))
    assert len(set(sizes)) == 1, set(sizes)
    with db.reading(engine) as session:
        trail = session.execute(select(Event.element, func.count()).where(
            Event.chain == str(teller.matter), Event.kind == 'task.completed').group_by(Event.element)).all()
        assert {'report': ROUNDS, 'review_report': ROUNDS}.items() <= dict(map(tuple, trail)).items()
        fired = session.scalar(select(func.count()).where(Event.kind == 'timer.fired', Event.element == 'report_due'))
        assert fired == ROUNDS
        done = session.scalar(select(func.count()).where(UserTask.element == 'report', UserTask.state == 'done',
                                                         UserTask.answer.is_not(None)))
        assert done == ROUNDS
        assert history.verify(session, str(teller.matter)).whole
    story.write_text('办 fgw/liaison handle 照例\n办 fgw/liaison request 照例\n办 office/officer review 照例\n'
                     '办 office/officer verify 照例\n办 gov/deputy deputy 照例\n看 在走 reporting 0份\n看 无待办 report\n'
                     '办 fgw/liaison feedback 照例\n看 结束\n')
    teller.tell()


def _waits(engine: Engine, element: str) -> bool:
    with db.reading(engine) as session:
        return bool(session.scalar(select(func.count()).where(UserTask.element == element, UserTask.state == 'open')))


def _size(state: bytes) -> tuple[int, int]:
    """How many of the engine's tasks a state holds, and its bytes before they are packed."""
    body = orjson.loads(codec.plain(state))
    return len(body['t']) + sum(len(level[2]) for level in body['s']), len(codec.plain(state))
