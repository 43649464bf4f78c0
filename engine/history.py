"""The trail: append-only, hash-chained events. The only writer of the table `event`."""
from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, Integer, LargeBinary, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Utc


class Event(Base):
    """One thing that happened. `chain` is the matter's id, "tenant:<id>", or the id of an instance without a matter."""

    __tablename__ = 'event'
    chain: Mapped[str] = mapped_column(String(60), primary_key=True)
    seq: Mapped[int] = mapped_column(Integer, primary_key=True)
    tenant: Mapped[str] = mapped_column(String(20))
    instance_id: Mapped[UUID | None] = mapped_column(Uuid)
    deployment_id: Mapped[int | None] = mapped_column(Integer)
    process: Mapped[str | None] = mapped_column(String(80))
    element: Mapped[str | None] = mapped_column(String(80))
    name: Mapped[str | None] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Utc)                          # the tenant's time
    recorded_at: Mapped[datetime] = mapped_column(Utc)                 # the real time
    actor: Mapped[str] = mapped_column(String(160))                    # 省发展改革委·联络员 / 甲 代 乙 / 定时任务 / 系统
    kind: Mapped[str] = mapped_column(String(40))
    summary: Mapped[str] = mapped_column(Text, default='')
    data: Mapped[str] = mapped_column(Text, default='{}')               # canonical JSON: old and new by field
    alg: Mapped[str] = mapped_column(String(10))
    prev: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    __table_args__ = (Index('event_tenant', 'tenant', 'recorded_at'),)
