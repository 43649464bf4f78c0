"""暂停: processes of a government that stand still. Their deadlines do not fire and their tasks cannot be done.

A matter that stands still says so on its ledger row (`suspended_at`).
"""
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.db import Base, Utc
from engine.directory import Tenant
from engine.remember import changing, remember

TOPIC = 'suspension'


class Suspension(Base):
    """One process of a government, on every version of it."""

    __tablename__ = 'suspension'
    tenant: Mapped[str] = mapped_column(String(20), primary_key=True)
    process: Mapped[str] = mapped_column(String(80), primary_key=True)
    at: Mapped[datetime] = mapped_column(Utc)                          # in the tenant's time
    by: Mapped[str] = mapped_column(String(160))
    reason: Mapped[str] = mapped_column(Text)


def since(session: Session, tenant_id: str, revision: int) -> Mapping[str, datetime]:
    """Which processes of a government stand still, since when. ``revision`` is the tenant's `parameter_revision`."""
    def read() -> dict[str, datetime]:
        found = session.scalars(select(Suspension).where(Suspension.tenant == tenant_id))
        return {row.process: row.at for row in found}
    return remember(session, TOPIC, tenant_id, revision, read)


def begin(session: Session, row: Suspension) -> None:
    """Let a process stand still, in the caller's writing session."""
    session.add(row)
    _change(session, row.tenant)


def end(session: Session, row: Suspension) -> None:
    """Let it go on."""
    session.delete(row)
    _change(session, row.tenant)


def _change(session: Session, tenant_id: str) -> None:
    session.get(Tenant, tenant_id, with_for_update=True, populate_existing=True).parameter_revision += 1
    changing(session, TOPIC, tenant_id)
    session.flush()
