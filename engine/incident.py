"""What failed and waits for an operator: the step was undone, nothing is lost, `retry` goes on after the fix."""
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Engine, Index, Integer, String, Text, Uuid, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock, history, instance
from engine.db import Base, Json, Utc, carry_out, writing
from engine.directory import Tenant
from engine.errors import Broken, Failed, NotFound, Refused
from engine.history import Actor, Kind
from engine.job import Timer

T = TypeVar('T')

_WAIT = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=25))
"""Pauses before a failed timer is tried again by itself; after the last one it waits for an operator."""
_NEVER = timedelta(days=36500)
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
    cause: Mapped[str] = mapped_column(Text)
    expression: Mapped[str | None] = mapped_column(Text)
    values: Mapped[Any] = mapped_column(Json, nullable=True)
    advice: Mapped[str] = mapped_column(Text, default='')
    verb: Mapped[str] = mapped_column(String(20))                      # fire, complete, start, message …
    state: Mapped[str] = mapped_column(String(10), default='open')     # open resolved
    tries: Mapped[int] = mapped_column(Integer, default=1)
    opened_at: Mapped[datetime] = mapped_column(Utc)
    resolved_at: Mapped[datetime | None] = mapped_column(Utc)
    resolved_by: Mapped[str | None] = mapped_column(String(160))
    __table_args__ = (Index('incident_open', 'tenant', 'state', 'opened_at'), Index('incident_instance', 'instance_id'))


def carry_out_or_open(engine: Engine, think: Callable[[Session], T], *, tenant_id: str, verb: str,
                      instance_id: UUID | None = None) -> T:
    """`db.carry_out`; when a diagram breaks on the way, the step is undone and an incident opened.

    :raises Failed: with the incident's number.
    """
    try:
        return carry_out(engine, think)
    except Broken as error:
        raise Failed(open_(engine, error, tenant_id=tenant_id, verb=verb, instance_id=instance_id), error.cause) from error


def open_(engine: Engine, error: Exception, *, tenant_id: str, verb: str, instance_id: UUID | None = None) -> int:
    """Write down a failure in a transaction of its own, or count one more try of the same; the incident's number.

    The timers of a failed instance are set aside for a while, so that nobody spins on them.
    """
    broken = error if isinstance(error, Broken) else Broken(f'{type(error).__name__}: {error}')
    with writing(engine) as session:
        found = session.execute(select(*_PLACE).where(instance.Instance.id == instance_id)).one_or_none()
        known = session.scalars(select(Incident).where(
            Incident.instance_id == instance_id, Incident.state == 'open', Incident.verb == verb,
            Incident.cause == broken.cause)).first() if instance_id else None
        if known is not None:
            known.tries += 1
        else:
            known = Incident(
                tenant=tenant_id, instance_id=instance_id, matter_id=found and found.matter_id,
                process=found and found.process, element=broken.element, name=broken.name, cause=broken.cause,
                expression=broken.expression, values={name: repr(value)[:300] for name, value in broken.values.items()},
                advice=broken.advice, verb=verb, opened_at=clock.utcnow(), tries=1)
            session.add(known)
            session.flush()
            _tell(session, known, history.SYSTEM, Kind.INCIDENT_OPENED, f'出错：{broken.cause}')
        if verb == 'fire' and found is not None:
            _set_aside(session, found, known.tries)
        return known.id


def _set_aside(session: Session, found: Any, tries: int) -> None:
    pause = _WAIT[tries - 1] if tries <= len(_WAIT) else _NEVER
    now = clock.now(session.get(Tenant, found.tenant))
    session.execute(update(Timer).where(Timer.instance_id == found.id, Timer.due_at <= now).values(due_at=now + pause))


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
        instance_id, tenant_id, verb = incident.instance_id, incident.tenant, incident.verb
    if verb == 'fire':
        carry_out_or_open(engine, lambda session: instance.fire(session, instance_id),
                          tenant_id=tenant_id, verb='fire', instance_id=instance_id)
    with writing(engine) as session:
        incident = session.get(Incident, incident_id)
        incident.state, incident.resolved_at, incident.resolved_by = 'resolved', clock.utcnow(), actor.said
        _tell(session, incident, actor, Kind.INCIDENT_RESOLVED, f'故障{incident_id}已处理')
    return '定时任务已重新执行' if verb == 'fire' else '已标为处理完，请办理人再提交一次'


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
    query = select(Incident).where(Incident.state == 'open').order_by(Incident.opened_at.desc())
    return list(session.scalars(query.where(Incident.tenant == tenant_id) if tenant_id else query))
