"""Work that an earlier step left over: a signal or message to hear, a process to begin at its time, a table that failed
where nobody should wait for it, another try."""
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from engine import spiff
from engine.errors import Broken, Refused
from engine.history import SYSTEM, TIMER, Kind
from engine.instance import correlation, opening, outgoing, row as rows
from engine.instance.news import News
from engine.instance.step import Step
from engine.instance.surroundings import Batch
from engine.job import JOB, carriers
from engine.plan import Plan

_BY_ID = select(JOB).where(JOB.c.id == bindparam('key'))
_DONE = JOB.delete().where(JOB.c.id == bindparam('b_id'))
_NEXT = (JOB.update().where(JOB.c.id == bindparam('b_id'), JOB.c.data == bindparam('b_was'))
         .values(data=bindparam('b_data'), due_at=bindparam('b_due'), real_at=None, tries=0))


def carry(session: Session, job_id: UUID, fire: Any) -> Plan:
    """Do a job; with it done its row is gone, so nothing is done twice. `fire` lets an instance's due timers go off.

    :raises Broken: it fails; the row stays.
    """
    row = rows.one(session, _BY_ID, job_id)
    if row is None:
        return Plan()
    if row['kind'] in carriers:
        return carriers[row['kind']](session, row)
    if row['kind'] == 'begin':
        return _begin(session, row)
    plan = fire(session, row['instance_id']) if row['kind'] == 'again' else _KINDS[row['kind']](session, row)
    plan.check(_DONE, {'b_id': job_id})
    return plan


def _signal(session: Session, row: Mapping[str, Any]) -> Plan:
    if rows.one(session, rows.BY_ID, row['instance_id'])['status'] != 'running':
        return Plan()
    return correlation.deliver(session, row['instance_id'], News.of(row['data']), SYSTEM)


def _message(session: Session, row: Mapping[str, Any]) -> Plan:
    """A message for a business key; that nobody waits for it stands on the trail of who sent it."""
    news = News.of(row['data'])
    try:
        found = correlation.receiver(session, row['tenant'], news, {})
    except Refused as error:
        raise Broken(error.said, values={'key': news.key}, advice='让业务编号只属于一份流程，再重试') from error
    if found is not None:
        return correlation.deliver(session, found, news, SYSTEM)
    plan = correlation.begin(session, row['tenant'], news, SYSTEM)
    if plan is not None:
        return plan
    step, live = Step.of(Batch(session), rows.one(session, rows.BY_INSTANCE, row['instance_id']), SYSTEM)
    live.event(Kind.MESSAGE_UNHEARD, SYSTEM, news.said, news.told())
    return step.finish()


def _urgency(session: Session, row: Mapping[str, Any]) -> Plan:
    """Whether the table answers again; what waited meanwhile has gone out at daylight."""
    step, _ = Step.of(Batch(session), rows.one(session, rows.BY_INSTANCE, row['instance_id']), SYSTEM)
    outgoing.urgent(step, row['data']['kind'])
    return Plan()


_KINDS = {'signal': _signal, 'message': _message, 'urgency': _urgency}


def _begin(session: Session, row: Mapping[str, Any]) -> Plan:
    """A process begins because its time has come; missed rounds are one that says how many."""
    process, element = row['process'], row['element']
    step = opening.alone(session, row['tenant'], process, TIMER)
    if step.still(process) is not None:                  # whoever lets it go on sets the job again
        plan = Plan()
        plan.check(_NEXT, {'b_id': row['id'], 'b_was': row['data'], 'b_data': row['data'], 'b_due': None})
        return plan
    alarm = spiff.Alarm(spiff.library(step.bundle), process, element, row['data']['alarm'], step.now, step.functions)
    rounds = alarm.ring()
    if rounds:
        live = opening.start(step, process, TIMER, {}, begin=element, stands_for=rounds)
        missed = {'stands_for': rounds} if rounds > 1 else {}
        live.event(Kind.TIMER_FIRED, TIMER, alarm.name, {'element': element} | missed)
        plan = step.finish()
    else:
        plan = Plan()
    if alarm.due is None and not alarm.silent:
        plan.check(_DONE, {'b_id': row['id']})
    else:
        plan.check(_NEXT, {'b_id': row['id'], 'b_was': row['data'], 'b_data': row['data'] | {'alarm': alarm.kept}, 'b_due': alarm.due})
    return plan
