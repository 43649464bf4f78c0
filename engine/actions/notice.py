"""通知书: drafted when a level is reached, issued with a number by the approver that the table names (P03-05…P03-12)."""
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Boolean, Date, Float, ForeignKey, Index, Integer, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Utc


class Notice(Base):
    """A notice of one level about one matter. Numbers run per kind and year, without gaps, and are never reused."""

    __tablename__ = 'notice'
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    tenant: Mapped[str] = mapped_column(String(20))
    matter_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey('ledger.id'))
    instance_id: Mapped[UUID] = mapped_column(Uuid)
    kind: Mapped[str] = mapped_column(String(20))                      # 立项 督办 催办 查办, the tenant's label
    level: Mapped[int] = mapped_column(Integer, default=0)
    number: Mapped[str | None] = mapped_column(String(60))
    to_unit: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text, default='')
    state: Mapped[str] = mapped_column(String(10))                     # draft issued declined withdrawn
    limit_at: Mapped[date | None] = mapped_column(Date)
    points: Mapped[float] = mapped_column(Float, default=0.0)
    honours: Mapped[bool] = mapped_column(Boolean, default=False)      # honours eligibility is lost for the year
    approver: Mapped[str] = mapped_column(String(160), default='')
    drafted_at: Mapped[datetime] = mapped_column(Utc)
    issued_at: Mapped[datetime | None] = mapped_column(Utc)
    __table_args__ = (Index('notice_list', 'tenant', 'state', 'drafted_at'), Index('notice_matter', 'matter_id'),
                      Index('notice_number', 'tenant', 'number', unique=True))
