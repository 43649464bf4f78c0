"""What waits for a time: one indexed row per armed timer, written in the transaction that armed it."""
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, String, Uuid, bindparam, func, or_, select, text, true
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.db import Base, Utc
from engine.directory import Tenant


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
    __table_args__ = (Index('timer_due', 'tenant', 'due_at'), Index('timer_instance', 'instance_id'),
                      Index('timer_matter', 'matter_id', 'due_at'))


def due(session: Session, now: datetime, limit: int, tenant_id: str | None = None) -> list[UUID]:
    """Instances with a timer that is due on their tenant's clock, at most `limit`, earliest first in each tenant.

    One indexed read, however many timers lie in the future. An instance may appear for several timers but once.
    """
    query = _DUE[session.get_bind().dialect.name]
    return list(dict.fromkeys(session.connection().scalars(query, {'now': now, 'most': limit, 'tenant': tenant_id})))


_OWNER = Tenant.__table__
_now, _most, _tenant = bindparam('now', type_=Utc()), bindparam('most', type_=Integer()), bindparam('tenant', type_=String())
_lateral = (select(Timer.instance_id).where(
    Timer.tenant == _OWNER.c.id, Timer.due_at <= func.coalesce(_OWNER.c.virtual_at, _now, type_=Utc()))
    .order_by(Timer.due_at).limit(_most).lateral())
_DUE = {
    'postgresql': (select(_lateral.c.instance_id).select_from(_OWNER.join(_lateral, true()))
                   .where(or_(_tenant.is_(None), _OWNER.c.id == _tenant)).limit(_most)),
    # CROSS JOIN: with any other, SQLite reads all timers of the only tenant instead of the index from its beginning.
    'sqlite': text('SELECT timer.instance_id FROM tenant CROSS JOIN timer ON timer.tenant = tenant.id '
                   'AND timer.due_at <= coalesce(tenant.virtual_at, :now) '
                   'WHERE :tenant IS NULL OR tenant.id = :tenant LIMIT :most')
    .bindparams(_now, _most, _tenant).columns(Timer.instance_id)}


def next_due(session: Session, tenant_id: str) -> datetime | None:
    """When the tenant's next timer is due."""
    return session.scalar(select(func.min(Timer.due_at)).where(Timer.tenant == tenant_id))
