"""What failed and waits for an operator: the step was undone, nothing is lost, `retry` goes on after the fix."""
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Integer, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Json, Utc


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
    values: Mapped[Any] = mapped_column(Json)
    advice: Mapped[str] = mapped_column(Text, default='')
    verb: Mapped[Any] = mapped_column(Json)                            # what was being done, for the retry
    state: Mapped[str] = mapped_column(String(10), default='open')     # open resolved
    tries: Mapped[int] = mapped_column(Integer, default=1)
    opened_at: Mapped[datetime] = mapped_column(Utc)
    resolved_at: Mapped[datetime | None] = mapped_column(Utc)
    resolved_by: Mapped[str | None] = mapped_column(String(160))
    __table_args__ = (Index('incident_open', 'tenant', 'state', 'opened_at'), Index('incident_instance', 'instance_id'))
