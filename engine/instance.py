"""Instances of processes. The only room that moves tokens: start, complete, fire, message, cancel, rearm."""
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Json, Utc


class Instance(Base):
    """A running or finished diagram: one row. `state` is compacted and opaque; `vars` are its scalars."""

    __tablename__ = 'instance'
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    tenant: Mapped[str] = mapped_column(String(20))
    matter_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey('ledger.id'))
    process: Mapped[str] = mapped_column(String(80))
    deployment_id: Mapped[int] = mapped_column(Integer)
    status: Mapped[str] = mapped_column(String(10))                    # running done cancelled
    version: Mapped[int] = mapped_column(Integer)
    state: Mapped[bytes] = mapped_column(LargeBinary)
    vars: Mapped[Any] = mapped_column(Json)
    hears: Mapped[str] = mapped_column(String(200), default='')        # ",due_changed,matter_closed," while it waits
    started_at: Mapped[datetime] = mapped_column(Utc)
    changed_at: Mapped[datetime] = mapped_column(Utc)
    ended_at: Mapped[datetime | None] = mapped_column(Utc)
    head_seq: Mapped[int] = mapped_column(Integer, default=0)          # of its own chain; a matter's is on the ledger
    head_hash: Mapped[bytes] = mapped_column(LargeBinary, default=bytes(32))
    __table_args__ = (Index('instance_matter', 'matter_id', 'process'), Index('instance_process', 'tenant', 'process', 'status'))
