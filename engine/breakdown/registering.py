"""The worker's part: each line begins its matter in a step of its own, by the same verb as a single 立项.

The job of a line is gone in the transaction in which its matter begins, so a killed worker goes on without doing
anything twice. Where all lines or none are wanted, one job thinks all of them out and writes them in one transaction:
other people wait for the writing alone.
"""
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Engine, bindparam, select
from sqlalchemy.orm import Session

from engine import instance
from engine.breakdown.order import KIND
from engine.breakdown.proposal import FORM
from engine.breakdown.table import BEGUN, DONE, FAILED, REFUSED, WAITING, Breakdown, Line, lines
from engine.db import carry_out, reading
from engine.errors import Broken, Conflict, Refused, said
from engine.history import Actor
from engine.job import JOB, carriers
from engine.ledger import Matter
from engine.plan import Plan

PROCESS = 'matter'
_TABLE = Line.__table__
_BATCH = Breakdown.__table__
_UNDONE = (_BATCH.update().where(_BATCH.c.id == bindparam('b_id'), _BATCH.c.state == BEGUN)
           .values(state=bindparam('b_refused')))
_GONE = JOB.delete().where(JOB.c.id == bindparam('b_id'))
_CAME = (_TABLE.update().where(_TABLE.c.breakdown_id == bindparam('b_breakdown'),
                               _TABLE.c.place == bindparam('b_place'), _TABLE.c.state == WAITING)
         .values(state=bindparam('b_state'), why=bindparam('b_why'), code=bindparam('b_code'),
                 matter_id=bindparam('b_matter')))


def carry(session: Session, job: Mapping[str, Any]) -> Plan:
    """Begin the matter of a line, or of all lines; what cannot begin is written down with its sentence."""
    made, place = session.get(Breakdown, job['data']['breakdown']), job['data']['place']
    plan = _all(session, made) if place is None else _one(session, made, session.get(Line, (made.id, place)))
    plan.check(_GONE, {'b_id': job['id']})
    if place is None:
        plan.ready(session)
    return plan


def _one(session: Session, made: Breakdown, line: Line) -> Plan:
    try:
        return _begun(session, made, line)
    except Conflict:
        raise
    except (Refused, Broken) as error:
        plan = Plan()
        plan.check(_CAME, _came(line, FAILED, why=sentence(error)))
        return plan


def _all(session: Session, made: Breakdown) -> Plan:
    """Begin every matter, each with the number after the one before it, all written together; the first line that
    cannot begin leaves none of them and says why."""
    whole, batch = Plan(), instance.Together(session)
    waiting = [line for line in lines(session, made) if line.state == WAITING]
    for line in waiting:
        try:
            whole.add(_begun(session, made, line, batch))
        except Conflict:
            raise
        except (Refused, Broken) as error:
            return _none(waiting, line, sentence(error))
    return whole


def _none(waiting: Iterable[Line], spoilt: Line, why: str) -> Plan:
    plan = Plan()
    plan.check(_UNDONE, {'b_id': spoilt.breakdown_id, 'b_refused': REFUSED})
    for line in waiting:
        plan.check(_CAME, _came(line, FAILED, why=why) if line is spoilt else
                   _came(line, '', why=said('第{place}件立不了项，所以都没有立', place=spoilt.place)))
    return plan


def _begun(session: Session, made: Breakdown, line: Line, batch: instance.Together | None = None) -> Plan:
    answers = {FORM: line.answer}
    plan = instance.start(session, made.tenant, PROCESS, Actor(**made.actor), answers=answers, batch=batch)
    row = plan.inserts[Matter.__table__][0]
    plan.check(_CAME, _came(line, DONE, code=row['code'], matter=row['id']))
    return plan


def _came(line: Line, state: str, *, why: str = '', code: str | None = None, matter: Any = None) -> dict[str, Any]:
    return {'b_breakdown': line.breakdown_id, 'b_place': line.place, 'b_state': state, 'b_why': why, 'b_code': code,
            'b_matter': matter}


def sentence(error: Exception) -> str:
    """What a refusal or a broken diagram says of a line."""
    if isinstance(error, Broken):
        return said('流程走不下去：{cause}', cause=error.cause)
    return error.said


carriers[KIND] = carry


def run(engine: Engine, breakdown_id: int) -> None:
    """Carry out here what a breakdown still waits for, whether a worker runs or not."""
    with reading(engine) as session:
        keys = session.scalars(select(JOB.c.id).where(JOB.c.kind == KIND, JOB.c.element == str(breakdown_id))).all()
    for key in keys:
        try:
            carry_out(engine, lambda session, key=key: instance.carry(session, key))
        except Conflict:
            continue                                     # a worker does it
