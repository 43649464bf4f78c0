"""What waits for a time or a worker: one indexed row per armed timer, and one per piece of work that a step leaves over.

Both are written in the transaction that wants them, so nothing is lost when a process dies.
"""
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    Boolean, ForeignKey, Index, Integer, String, Uuid, bindparam, column, func, literal_column, or_, select, text, true,
    union_all)
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import statement
from engine.db import Base, Json, Utc
from engine.directory import Tenant
from engine.identifier import uuid7
from engine.ledger import Matter
from engine.plan import Plan

_FREE = text('NOT held')


class Timer(Base):
    """A waiting timer of an instance. Nothing is loaded before its row is due."""

    __tablename__ = 'timer'
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    tenant: Mapped[str] = mapped_column(String(20))
    instance_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey('instance.id'))
    matter_id: Mapped[UUID | None] = mapped_column(Uuid)
    process: Mapped[str] = mapped_column(String(80))
    element: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(200))
    due_at: Mapped[datetime] = mapped_column(Utc)
    held: Mapped[bool] = mapped_column(Boolean, default=False)         # it failed: not before another try
    __table_args__ = (Index('timer_due', 'tenant', 'due_at', sqlite_where=_FREE, postgresql_where=_FREE), Index('timer_instance', 'instance_id'),
                      Index('timer_matter', 'matter_id', 'due_at'))


class Job(Base):
    """Work for a later step: a signal or message for an instance, a process that begins at a time, another try.

    It is due at `due_at` on the tenant's clock or at `real_at` in real time, whichever is set; done, its row is gone.
    """

    __tablename__ = 'job'
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    tenant: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(10))                      # signal message begin again urgency; `carriers`
    instance_id: Mapped[UUID | None] = mapped_column(Uuid)             # who hears, sends or tries again
    process: Mapped[str | None] = mapped_column(String(80))
    element: Mapped[str | None] = mapped_column(String(80))
    data: Mapped[Any] = mapped_column(Json)
    tries: Mapped[int] = mapped_column(Integer)                        # how often it has failed
    due_at: Mapped[datetime | None] = mapped_column(Utc)
    real_at: Mapped[datetime | None] = mapped_column(Utc)
    __table_args__ = (Index('job_due', 'tenant', 'due_at'), Index('job_real', 'real_at'), Index('job_instance', 'instance_id'))


JOB = Job.__table__

carriers: dict[str, Callable[[Session, Mapping[str, Any]], Plan]] = {}
"""Who thinks out the step of a job of another kind, by kind: from its row; the plan also deletes or moves the row."""


def carrying(tenant: str, kind: str, data: Any, instance_id: UUID, real_at: datetime) -> dict[str, Any]:
    """The row of a job for an instance that is due in real time."""
    return {'id': uuid7(), 'tenant': tenant, 'kind': kind, 'instance_id': instance_id, 'process': None, 'element': None,
            'data': data, 'tries': 0, 'due_at': None, 'real_at': real_at}


class Due(NamedTuple):
    """What is due: by `kind` the timers of an instance (``timer``), a job (``job``), or the lamp of a matter (``lamp``)."""

    kind: str
    id: UUID


def due(session: Session, now: datetime, limit: int, tenant_id: str | None = None) -> list[Due]:
    """Instances with a timer, jobs and matters with a lamp that are due; at most `limit` of each kind, earliest first in
    each tenant.

    A few indexed reads in one statement, however many lie in the future. An instance may appear for several timers but
    once.
    """
    found = statement.read(session.connection(), _DUE[session.get_bind().dialect.name],
                           {'now': now, 'most': limit, 'tenant': tenant_id})
    return list(dict.fromkeys(Due(row['kind'], row['id']) for row in found))


_OWNER = Tenant.__table__
_now, _most, _tenant = bindparam('now', type_=Utc()), bindparam('most', type_=Integer()), bindparam('tenant', type_=String())
_clock = func.coalesce(_OWNER.c.virtual_at, _now, type_=Utc())


def _by_tenant(kind: str, key: Any, at: Any, *free: Any) -> Any:
    each = (select(literal_column(f"'{kind}'").label('kind'), key.label('id'))
            .where(key.class_.tenant == _OWNER.c.id, at <= _clock, *free).order_by(at).limit(_most).lateral())
    return (select(each.c.kind, each.c.id).select_from(_OWNER.join(each, true()))
            .where(or_(_tenant.is_(None), _OWNER.c.id == _tenant)).limit(_most))


def _by_tenant_lite(kind: str, key: str, at: str, free: str = '') -> str:
    # CROSS JOIN: with any other, SQLite reads all timers of the only tenant instead of the index from its beginning.
    table = key.partition('.')[0]
    return (f"SELECT * FROM (SELECT '{kind}' AS kind, {key} AS id FROM tenant CROSS JOIN {table} "
            f'ON {table}.tenant = tenant.id AND {at} <= coalesce(tenant.virtual_at, :now) {free}'
            'WHERE :tenant IS NULL OR tenant.id = :tenant LIMIT :most)')


_DUE = {
    'postgresql': union_all(
        _by_tenant('timer', Timer.instance_id, Timer.due_at, _FREE),
        _by_tenant('job', Job.id, Job.due_at),
        select(literal_column("'job'"), Job.id).where(Job.real_at <= _now, or_(_tenant.is_(None), Job.tenant == _tenant))
        .order_by(Job.real_at).limit(_most),
        _by_tenant('lamp', Matter.id, Matter.lamp_at)),
    'sqlite': text(' UNION ALL '.join((
        _by_tenant_lite('timer', 'timer.instance_id', 'timer.due_at', 'AND NOT held '),
        _by_tenant_lite('job', 'job.id', 'job.due_at'),
        "SELECT * FROM (SELECT 'job', job.id FROM job WHERE job.real_at <= :now "
        'AND (:tenant IS NULL OR job.tenant = :tenant) ORDER BY job.real_at LIMIT :most)',
        _by_tenant_lite('lamp', 'ledger.id', 'ledger.lamp_at'))))
    .bindparams(_now, _most, _tenant).columns(column('kind', String()), column('id', Uuid()))}


def next_due(session: Session, tenant_id: str) -> datetime | None:
    """When the tenant's next timer or job is due on its clock, or its next lamp may change."""
    found = [session.scalar(select(func.min(at)).where(at.class_.tenant == tenant_id, *free))
             for at, free in ((Timer.due_at, (_FREE,)), (Job.due_at, ()), (Matter.lamp_at, ()))]
    return min((at for at in found if at is not None), default=None)
