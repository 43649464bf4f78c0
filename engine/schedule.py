"""Processes that begin at a time: one job per timer start event of the newest version, set when it is deployed."""
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine import clock, directory, history, parameter, spiff, workcal
from engine.errors import Broken, Refused
from engine.history import TIMER, Kind
from engine.identifier import uuid7
from engine.job import Job


def arm(session: Session, tenant_id: str, bundle: Any, now: datetime) -> None:
    """Set the timers of a bundle that has just become the tenant's newest, in the caller's writing session.

    One that is drawn as before goes on counting, by the parameters of this bundle; those of processes that are gone ring
    no more.

    :raises Refused: a time cannot be worked out.
    """
    had = {(job.process, job.element, job.data['text']): job.id for job in session.scalars(
        select(Job).where(Job.tenant == tenant_id, Job.kind == 'begin'))}
    for process in bundle.processes.values():
        for element in process.inside(None):
            if element.kind == 'startEvent' and element.timer and had.pop(
                    (process.id, element.id, element.timer.text), None) is None:
                _set(session, tenant_id, bundle, element, process.id, now)
    session.execute(delete(Job).where(Job.id.in_(had.values())))
    follow(session, tenant_id, bundle, now)


def follow(session: Session, tenant_id: str, bundle: Any, now: datetime) -> int:
    """Read the times of a tenant's starts to come again, after the calendar or a parameter changed, in the caller's
    writing session: how many have moved. One that cannot be worked out any more stays, and fails when it rings.
    """
    moved = 0
    for job in session.scalars(select(Job).where(Job.tenant == tenant_id, Job.kind == 'begin').with_for_update()):
        try:
            alarm = _alarm(session, tenant_id, bundle, job.process, job.element, job.data['alarm'], now)
            if job.due_at is None and not alarm.silent:                # it stands still; whoever lets it go on sets it
                continue
            alarm.follow()
        except Broken:
            continue
        if alarm.due != job.due_at:
            data = {'old': _written(job.due_at), 'new': _written(alarm.due)}
            history.record(session, tenant_id, TIMER, Kind.TIMER_MOVED, alarm.name or job.element, data,
                           process=job.process, element=job.element, name=alarm.name or job.element)
            job.data, job.due_at = job.data | {'alarm': alarm.kept}, alarm.due
            moved += 1
    return moved


def _written(at: datetime | None) -> str | None:
    return at and at.astimezone(clock.zone()).isoformat()


def _alarm(session: Session, tenant_id: str, bundle: Any, process: str, element: str, kept: dict[str, Any],
           now: datetime) -> spiff.Alarm:
    tenant = directory.tenant(session, tenant_id)
    functions = {**workcal.functions(workcal.load(session, tenant), now, clock.zone(tenant.zone)),
                 'param': parameter.reader(session, tenant, bundle)}
    return spiff.Alarm(spiff.library(bundle), process, element, kept, now, functions)


def _set(session: Session, tenant_id: str, bundle: Any, element: Any, process: str, now: datetime) -> None:
    try:
        alarm = _alarm(session, tenant_id, bundle, process, element.id, {}, now)
    except Broken as error:
        raise Refused('“{name}”的时间算不出来：{cause}', name=element.name or element.id, cause=error.cause) from error
    if alarm.due is not None or alarm.silent:
        session.add(Job(id=uuid7(), tenant=tenant_id, kind='begin', process=process, element=element.id, tries=0,
                        data={'text': element.timer.text, 'alarm': alarm.kept}, due_at=alarm.due))
