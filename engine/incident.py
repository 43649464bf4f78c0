"""What failed and waits for an operator: the step was undone, nothing is lost, `retry` goes on after the fix."""
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Engine, Index, Integer, String, Text, Uuid, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock, deployment, directory, history, instance
from engine.db import Base, Utc, carry_out, reading, writing
from engine.directory import Tenant
from engine.errors import Broken, Failed, NotFound, Refused, said, worded
from engine.history import Actor, Kind
from engine.identifier import uuid7
from engine.job import Job, Timer, carriers
from engine.ledger import Matter
from engine.speech import Spoken

T = TypeVar('T')

_CARRIED = ('signal', 'message', 'begin', 'urgency')

_WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))
"""Pauses of real time before what a worker failed to do is tried again; after the last one it waits for an operator."""
_SPAN = re.compile(r'P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?')
_LONGEST = 300              # of a value that was read
_PLACE = [getattr(instance.Instance, name) for name in ('id', 'tenant', 'matter_id', 'process')]   # its state may be what fails


class Incident(Base):
    """One failed step: where, which expression, the values it read, and what to do."""

    __tablename__ = 'incident'
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    tenant: Mapped[str] = mapped_column(String(20))
    instance_id: Mapped[UUID | None] = mapped_column(Uuid)
    matter_id: Mapped[UUID | None] = mapped_column(Uuid)
    process: Mapped[str | None] = mapped_column(String(80))
    element: Mapped[str | None] = mapped_column(String(80))
    name: Mapped[str | None] = mapped_column(String(200))
    cause: Mapped[str] = mapped_column(Spoken)
    expression: Mapped[str | None] = mapped_column(Text)
    values: Mapped[Any] = mapped_column(Spoken, nullable=True)
    advice: Mapped[str] = mapped_column(Spoken, default='')
    verb: Mapped[str] = mapped_column(String(20))                      # fire, complete, start, message …
    state: Mapped[str] = mapped_column(String(10), default='open')     # open resolved
    tries: Mapped[int] = mapped_column(Integer, default=1)
    job_id: Mapped[UUID | None] = mapped_column(Uuid)                  # the job that will try again
    opened_at: Mapped[datetime] = mapped_column(Utc)
    resolved_at: Mapped[datetime | None] = mapped_column(Utc)
    resolved_by: Mapped[str | None] = mapped_column(String(160))
    __table_args__ = (Index('incident_open', 'tenant', 'state', 'opened_at'), Index('incident_instance', 'instance_id'),
                      Index('incident_job', 'job_id'))


def carry_out_or_open(engine: Engine, think: Callable[[Session], T], *, tenant_id: str, verb: str,
                      instance_id: UUID | None = None, process: str | None = None) -> T:
    """`db.carry_out`; when a diagram breaks on the way, the step is undone and an incident opened. `process` is what was
    to begin, where there is no instance yet.

    :raises Failed: with the incident's number.
    """
    try:
        return carry_out(engine, think)
    except Broken as error:
        raise Failed(open_(engine, error, tenant_id=tenant_id, verb=verb, instance_id=instance_id, process=process),
                     error.cause) from error


def open_(engine: Engine, error: Exception, *, tenant_id: str, verb: str, instance_id: UUID | None = None,
          process: str | None = None) -> int:
    """Write down a failure in a transaction of its own, or count one more try of the same; the incident's number.

    The due timers of a failed instance are held back, so that nobody spins on them; a job tries them again.
    """
    with writing(engine) as session:
        known = _written(session, error, tenant_id, verb, instance_id, process=process)
        if verb == 'fire' and instance_id is not None:
            _hold(session, known, instance_id)
        return known.id


def open_lamp(engine: Engine, error: Exception, matter_id: UUID) -> int:
    """Write down that the table of a matter's lamp failed. Nobody looks at the lamp again by itself until it is retried."""
    with writing(engine) as session:
        matter = session.get(Matter, matter_id, with_for_update=True)
        known = _written(session, error, matter.tenant, 'relight', None, matter_id=matter_id)
        matter.lamp_at = None
        return known.id


def _written(session: Session, error: Exception, tenant_id: str, verb: str, instance_id: UUID | None,
             job_id: UUID | None = None, matter_id: UUID | None = None, process: str | None = None) -> Incident:
    broken = error if isinstance(error, Broken) else Broken(f'{type(error).__name__}: {error}')
    found = session.execute(select(*_PLACE).where(instance.Instance.id == instance_id)).one_or_none()
    _alone(session, found.matter_id if found else matter_id, tenant_id)
    same = next(((column, key) for column, key in ((Incident.instance_id, instance_id), (Incident.job_id, job_id),
                                                   (Incident.matter_id, matter_id)) if key is not None), None)
    known = session.scalars(select(Incident).where(
        same[0] == same[1], Incident.state == 'open', Incident.verb == verb, Incident.cause == broken.cause)).first() \
        if same else None
    if known is not None:
        known.tries += 1
        return known
    known = Incident(
        tenant=tenant_id, instance_id=instance_id, matter_id=found.matter_id if found else matter_id,
        process=found.process if found else process, element=broken.element, name=broken.name, cause=broken.cause,
        expression=broken.expression, values={name: _brief(worded(value)) for name, value in broken.values.items()},
        advice=broken.advice, verb=verb, opened_at=clock.utcnow(), tries=1, job_id=job_id)
    session.add(known)
    session.flush()
    _tell(session, known, history.SYSTEM, Kind.INCIDENT_OPENED, f'出错：{broken.cause}')
    return known


def _alone(session: Session, matter_id: UUID | None, tenant_id: str) -> None:
    """Nobody else opens or closes an incident of this matter, or of what belongs to none, until this transaction ends."""
    if matter_id is not None:
        session.get(Matter, matter_id, with_for_update=True)
    else:
        directory.alone(session, tenant_id)


def _brief(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST]


def _hold(session: Session, incident: Incident, instance_id: UUID) -> None:
    """Hold the due timers of an instance back until the next try."""
    now = clock.now(session.get(Tenant, incident.tenant))
    due = (Timer.instance_id == instance_id, Timer.due_at <= now)
    places = session.execute(select(Timer.process, Timer.element).where(*due)).all()
    session.execute(update(Timer).where(*due).values(held=True))
    session.execute(delete(Job).where(Job.instance_id == instance_id, Job.kind == 'again'))
    pause = _pause(incident.tries, _drawn_waits(session, instance_id, places))
    if pause is not None:
        again = Job(id=uuid7(), tenant=incident.tenant, kind='again', instance_id=instance_id, data={},
                    tries=incident.tries, real_at=clock.utcnow() + pause)
        session.add(again)
        incident.job_id = again.id


def postpone(engine: Engine, error: Exception, job_id: UUID) -> None:
    """Write down that a job failed; it is tried again after a pause, and after the last one by an operator."""
    with reading(engine) as session:
        job = session.get(Job, job_id)
        if job is None:
            return
        tenant_id, kind, instance_id = job.tenant, job.kind, job.instance_id
    if kind == 'again':
        open_(engine, error, tenant_id=tenant_id, verb='fire', instance_id=instance_id)
        return
    with writing(engine) as session:
        job = session.get(Job, job_id)
        if job is None:
            return
        _written(session, error, tenant_id, kind, instance_id, job_id).job_id = job_id
        job.tries += 1
        pause = _pause(job.tries, _WAITS)
        job.due_at, job.real_at = None, None if pause is None else clock.utcnow() + pause


def settle(engine: Engine, job_id: UUID) -> None:
    """A job that may have failed before is done: its incidents are over."""
    with reading(engine) as session:
        numbers = session.scalars(select(Incident.id).where(Incident.job_id == job_id, Incident.state == 'open')).all()
    for number in numbers:
        _resolve(engine, number, history.TIMER)


def _pause(tries: int, waits: Sequence[timedelta]) -> timedelta | None:
    return waits[tries - 1] if tries <= len(waits) else None


def _drawn_waits(session: Session, instance_id: UUID, places: Iterable[tuple[str, str]]) -> Sequence[timedelta]:
    """How often and when to try again, as drawn at the element whose timer failed (`failedJobRetryTimeCycle`)."""
    version = session.scalar(select(instance.Instance.deployment_id).where(instance.Instance.id == instance_id))
    processes = deployment.bundle(session, version).processes if version is not None else {}
    for process, element in places:
        drawn = processes[process].elements.get(element) if process in processes else None
        if drawn is not None and drawn.retry:
            return waits(drawn.retry)
    return _WAITS


def waits(text: str) -> list[timedelta]:
    """The pauses that ``R3/PT10M`` or ``PT1M,PT10M`` stands for."""
    rounds, slash, each = text.strip().rpartition('/')
    if slash:
        return [_span(each)] * int(rounds.removeprefix('R') or 1)
    return [_span(part) for part in text.split(',')]


def _span(text: str) -> timedelta:
    days, hours, minutes, seconds = (int(part or 0) for part in _SPAN.fullmatch(text.strip()).groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def _tell(session: Session, incident: Incident, actor: Actor, kind: Kind, summary: str) -> None:
    data = {'incident': incident.id, 'element': incident.element, 'cause': incident.cause}
    if incident.matter_id is not None:
        history.record_matter(session, incident.matter_id, actor, kind, summary, data)
    else:
        history.record(session, incident.tenant, actor, kind, summary, data)


def retry(engine: Engine, incident_id: int, actor: Actor) -> str:
    """Go on after the fix: timers fire again at once; what a person did, that person does again. A sentence says which.

    :raises NotFound: no such incident. :raises Refused: it is resolved already. :raises Failed: it failed again.
    """
    with writing(engine) as session:
        incident = session.get(Incident, incident_id)
        if incident is None:
            raise NotFound('没有{id}号故障。', id=incident_id)
        if incident.state != 'open':
            raise Refused('{id}号故障已经处理过了。', id=incident_id)
        instance_id, tenant_id, verb, job_id = incident.instance_id, incident.tenant, incident.verb, incident.job_id
        matter_id = incident.matter_id
    if verb == 'fire':
        carry_out_or_open(engine, lambda session: instance.fire(session, instance_id),
                          tenant_id=tenant_id, verb='fire', instance_id=instance_id)
    elif verb in (*_CARRIED, *carriers):
        carry_out_or_open(engine, lambda session: instance.carry(session, job_id),
                          tenant_id=tenant_id, verb=verb, instance_id=instance_id)
    elif verb == 'relight':
        _relight_or_open(engine, matter_id)
    _resolve(engine, incident_id, actor)
    if verb in ('fire', 'relight', *_CARRIED, *carriers):
        return said('定时任务已重新执行')
    return said('已标为处理完，请办理人再提交一次')


def _relight_or_open(engine: Engine, matter_id: UUID) -> None:
    try:
        carry_out(engine, lambda session: instance.relight(session, matter_id))
    except Broken as error:
        raise Failed(open_lamp(engine, error, matter_id), error.cause) from error


def _resolve(engine: Engine, incident_id: int, actor: Actor) -> None:
    """Unless another has resolved it meanwhile."""
    with writing(engine) as session:
        known = session.get(Incident, incident_id)
        _alone(session, known.matter_id, known.tenant)
        session.refresh(known)
        if known.state == 'open':
            _close(session, known, actor)


def _close(session: Session, incident: Incident, actor: Actor) -> None:
    incident.state, incident.resolved_at, incident.resolved_by = 'resolved', clock.utcnow(), actor.said
    _tell(session, incident, actor, Kind.INCIDENT_RESOLVED, f'故障{incident.id}已处理')


def over(session: Session, instance_id: UUID, actor: Actor) -> None:
    """An instance has been ended, with all that it called: what failed there waits for nobody any more. In the caller's
    writing session."""
    rows = instance.Instance
    ended = select(rows.id).where(rows.id == instance_id).cte(recursive=True)
    ended = ended.union_all(select(rows.id).where(rows.parent_id == ended.c.id))
    for one in session.scalars(select(Incident).where(Incident.state == 'open', Incident.instance_id.in_(select(ended.c.id)))):
        _close(session, one, actor)


def rearm(engine: Engine, tenant_id: str, matter_id: UUID) -> bool:
    """Read a matter's open deadlines again, after the calendar or a parameter changed. False: it was not possible; an
    incident tells why, or somebody else is moving the matter just now."""
    try:
        carry_out_or_open(engine, lambda session: instance.rearm(session, matter_id), tenant_id=tenant_id, verb='rearm')
    except Refused:
        return False
    return True


def open_incidents(session: Session, tenant_id: str | None = None) -> list[Incident]:
    """What waits for an operator, newest first."""
    query = select(Incident).where(Incident.state == 'open').order_by(Incident.opened_at.desc(), Incident.id.desc())
    return list(session.scalars(query.where(Incident.tenant == tenant_id) if tenant_id else query))
