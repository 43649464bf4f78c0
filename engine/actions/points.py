"""记分: deductions of units for issued notices, by calendar year (P11-05). Persons are never scored."""
from datetime import datetime
from uuid import UUID

from sqlalchemy import Float, ForeignKey, Index, Integer, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Utc

LONGEST_REASON = 200


class Points(Base):
    """One deduction of one unit, with the notice that caused it."""

    __tablename__ = 'points'
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    tenant: Mapped[str] = mapped_column(String(20))
    unit: Mapped[str] = mapped_column(String(40))
    year: Mapped[int] = mapped_column(Integer)
    matter_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey('ledger.id'))
    notice_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey('notice.id'))
    points: Mapped[float] = mapped_column(Float)                       # negative: a deduction
    reason: Mapped[str] = mapped_column(String(LONGEST_REASON))
    given_at: Mapped[datetime] = mapped_column(Utc)
    __table_args__ = (Index('points_unit', 'tenant', 'unit', 'year'), Index('points_matter', 'matter_id'))
