"""The worker's part: each line begins its matter in a step of its own, by the same verb as a single 立项.

The job of a line is gone in the transaction in which its matter begins, so a killed worker goes on without doing
anything twice. Where all lines or none are wanted, one job begins all of them in one transaction.
"""
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Engine, bindparam, select
from sqlalchemy.orm import Session

from engine import instance
from engine.breakdown.order import KIND
from engine.breakdown.proposal import FORM
from engine.breakdown.table import DONE, FAILED, REFUSED, WAITING, Breakdown, Line, lines
from engine.db import carry_out, reading
from engine.errors import Broken, Conflict, Refused, said
from engine.history import Actor
from engine.job import JOB, carriers
from engine.ledger import Matter
from engine.plan import Plan

PROCESS = 'matter'
_TABLE = Line.__table__
_GONE = JOB.delete().where(JOB.c.id == bindparam('b_id'))
_CAME = (_TABLE.update().where(_TABLE.c.breakdown_id == bindparam('b_breakdown'),
                               _TABLE.c.place == bindparam('b_place'), _TABLE.c.state == WAITING)
         .values(state=bindparam('b_state'), why=bindparam('b_why'), code=bindparam('b_code'),
                 matter_id=bindparam('b_matter')))


def carry(session: Session, job: Mapping[str, Any]) -> Any:
    """Begin the matter of a line, or of all lines; what cannot begin is written down with its sentence."""
    made = session.get(Breakdown, job['data']['breakdown'])
    if job['data']['place'] is None:
        return _Whole(made.id, job['id'])
    line = session.get(Line, (made.id, job['data']['place']))
    try:
        plan = _begun(session, made, line)
    except Conflict:
        raise
    except (Refused, Broken) as error:
        plan = Plan()
        plan.check(_CAME, _came(line, FAILED, why=sentence(error)))
    plan.check(_GONE, {'b_id': job['id']})
    return plan


def _begun(session: Session, made: Breakdown, line: Line) -> Plan:
    plan = instance.start(session, made.tenant, PROCESS, Actor(**made.actor), answers={FORM: line.answer})
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
    return said(error.message, **error.values)


class _Whole:
    """All lines or none: thought out and written one after the other within the one transaction."""

    def __init__(self, breakdown_id: int, job_id: Any) -> None:
        self.breakdown_id, self.job_id = breakdown_id, job_id

    def flush(self, session: Session) -> None:
        """Begin every matter; the first line that cannot begin undoes them all and says why."""
        made = session.get(Breakdown, self.breakdown_id, populate_existing=True)
        try:
            with session.begin_nested():
                for line in lines(session, made):
                    self._one(session, made, line)
        except _Spoilt as spoilt:
            _undone(session, made, spoilt.place, spoilt.why)
        session.execute(_GONE, {'b_id': self.job_id})

    def _one(self, session: Session, made: Breakdown, line: Line) -> None:
        if line.state != WAITING:
            return
        try:
            _begun(session, made, line).flush(session)
        except Conflict:
            raise
        except (Refused, Broken) as error:
            raise _Spoilt(line.place, sentence(error)) from error


class _Spoilt(Exception):
    """A line cannot begin, and so none shall."""

    def __init__(self, place: int, why: str) -> None:
        super().__init__(why)
        self.place, self.why = place, why


def _undone(session: Session, made: Breakdown, place: int, why: str) -> None:
    session.refresh(made)
    made.state = REFUSED
    for line in lines(session, made):
        if line.state == WAITING:
            line.state = FAILED if line.place == place else ''
            line.why = why if line.place == place else said('第{place}件立不了项，所以都没有立', place=place)
    session.flush()


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
