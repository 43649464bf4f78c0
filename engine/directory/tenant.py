"""A government, and what is remembered about its directory."""
from datetime import date, datetime

from sqlalchemy import Boolean, Date, Integer, LargeBinary, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.db import Base, Utc
from engine.errors import NotFound, listed, said
from engine.remember import changing

NAMES = 'names'
"""The topic under which processes remember the names of units and posts; it has its revision from the parameters'."""


class Tenant(Base):
    """One government with its own calendar, parameters, clock and chain of general events."""

    __tablename__ = 'tenant'
    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    level: Mapped[str] = mapped_column(String(10))                     # 省 市 县
    document: Mapped[str] = mapped_column(String(300), default='')     # the regulation that its demo follows
    zone: Mapped[str] = mapped_column(String(40), default='Asia/Shanghai')
    demo: Mapped[bool] = mapped_column(Boolean, default=False)         # only a demo tenant has a clock to move
    virtual_at: Mapped[datetime | None] = mapped_column(Utc)           # where its virtual clock stands; None: real time
    covered_until: Mapped[date] = mapped_column(Date)                  # last day of the published working calendar
    calendar_revision: Mapped[int] = mapped_column(Integer, default=0)
    parameter_revision: Mapped[int] = mapped_column(Integer, default=0)
    head_seq: Mapped[int] = mapped_column(Integer, default=0)          # of the tenant's own chain, see history
    head_hash: Mapped[bytes] = mapped_column(LargeBinary, default=bytes(32))


def tenant(session: Session, tenant_id: str) -> Tenant:
    """The government of this id.

    :raises NotFound: there is none.
    """
    found = session.get(Tenant, tenant_id)
    if found is None:
        known = listed(session.scalars(select(Tenant.id).order_by(Tenant.id))) or said('一个也没有')
        raise NotFound('没有代码为“{id}”的政府；现有：{known}', id=tenant_id, known=known)
    return found


def alone(session: Session, tenant_id: str) -> Tenant:
    """The government, for which nobody else publishes or changes the directory, a substitute, a suspension or the clock
    until this transaction ends: what is read from now on still holds when it is written.

    Who wants the row of a matter or an account as well takes that one first, as the trail does.
    """
    return session.get(Tenant, tenant_id, with_for_update=True, populate_existing=True)


def changed(session: Session, tenant_id: str) -> None:
    """What processes remember by the tenant's revision is no longer true."""
    # The database counts: another may be changing it at the same time.
    tenant(session, tenant_id).parameter_revision = Tenant.parameter_revision + 1
    for topic in (NAMES, 'parameters'):
        changing(session, topic, tenant_id)
    session.flush()
