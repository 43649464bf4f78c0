"""What waits for a time: one indexed row per armed timer, written in the transaction that armed it."""
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Utc


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
