"""The 台账: one row of facts per matter, which lists, lamps and reports read. Its version is the matter's lock."""
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Boolean, Date, Float, ForeignKey, Index, Integer, LargeBinary, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Utc


class Matter(Base):
    """A 督办事项. Diagrams, forms and tables change its facts; the lamp follows from them."""

    __tablename__ = 'ledger'
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    tenant: Mapped[str] = mapped_column(String(20))
    deployment_id: Mapped[int] = mapped_column(Integer)                # every process of the matter runs on this one
    version: Mapped[int] = mapped_column(Integer, default=0)
    head_seq: Mapped[int] = mapped_column(Integer, default=0)
    head_hash: Mapped[bytes] = mapped_column(LargeBinary, default=bytes(32))
    status: Mapped[str] = mapped_column(String(10), default='draft')   # draft open closed rejected withdrawn
    stage: Mapped[str] = mapped_column(String(20), default='')
    lamp: Mapped[str] = mapped_column(String(6), default='green')
    code: Mapped[str | None] = mapped_column(String(40))               # DB-2020-010
    title: Mapped[str | None] = mapped_column(String(300))
    source: Mapped[str | None] = mapped_column(String(40))
    basis: Mapped[str | None] = mapped_column(String(300))
    requirement: Mapped[str | None] = mapped_column(Text)
    evidence: Mapped[str | None] = mapped_column(Text)
    matter_class: Mapped[str | None] = mapped_column(String(20))
    key_matter: Mapped[bool | None] = mapped_column(Boolean, default=False)
    has_basis: Mapped[bool | None] = mapped_column(Boolean, default=False)
    lead_unit: Mapped[str | None] = mapped_column(String(40))
    co_units: Mapped[str | None] = mapped_column(String(1000), default='')
    supervisor_unit: Mapped[str | None] = mapped_column(String(40))
    leader_post: Mapped[str | None] = mapped_column(String(80))
    approver_post: Mapped[str | None] = mapped_column(String(80))
    received_at: Mapped[datetime | None] = mapped_column(Utc)
    registered_at: Mapped[datetime | None] = mapped_column(Utc)
    issued_at: Mapped[datetime | None] = mapped_column(Utc)
    signed_at: Mapped[datetime | None] = mapped_column(Utc)
    due_at: Mapped[date | None] = mapped_column(Date)                  # the legal date, never rolled (A10)
    original_due_at: Mapped[date | None] = mapped_column(Date)
    long_term: Mapped[bool | None] = mapped_column(Boolean, default=False)
    review_at: Mapped[date | None] = mapped_column(Date)
    own_cycle: Mapped[str | None] = mapped_column(String(10), default='')
    co_due_at: Mapped[date | None] = mapped_column(Date)
    level: Mapped[int | None] = mapped_column(Integer, default=0)
    level_label: Mapped[str | None] = mapped_column(String(20), default='')
    level_limit_at: Mapped[date | None] = mapped_column(Date)
    extension_pending: Mapped[bool | None] = mapped_column(Boolean, default=False)
    extension_count: Mapped[int | None] = mapped_column(Integer, default=0)
    closing_pending: Mapped[bool | None] = mapped_column(Boolean, default=False)
    closing_requested_at: Mapped[datetime | None] = mapped_column(Utc)
    closed_at: Mapped[datetime | None] = mapped_column(Utc)
    result: Mapped[str | None] = mapped_column(String(20), default='')
    grade: Mapped[str | None] = mapped_column(String(10), default='')
    late: Mapped[bool | None] = mapped_column(Boolean, default=False)
    late_reports: Mapped[int | None] = mapped_column(Integer, default=0)
    milestone_missed: Mapped[bool | None] = mapped_column(Boolean, default=False)
    progress_percent: Mapped[int | None] = mapped_column(Integer, default=0)
    points: Mapped[float | None] = mapped_column(Float, default=0.0)
    honours_lost: Mapped[bool | None] = mapped_column(Boolean, default=False)
    assumed: Mapped[str | None] = mapped_column(String(300), default='')   # what the source does not say (demo data)
    __table_args__ = (
        Index('ledger_code', 'tenant', 'code', unique=True),
        Index('ledger_due', 'tenant', 'status', 'due_at'),
        Index('ledger_lamp', 'tenant', 'lamp', 'due_at'),
        Index('ledger_lead', 'tenant', 'lead_unit', 'due_at'),
    )


class CoUnit(Base):
    """One co-unit's share of a matter, with a date of its own (A20)."""

    __tablename__ = 'co_unit'
    matter_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey('ledger.id'), primary_key=True)
    unit: Mapped[str] = mapped_column(String(40), primary_key=True)
    co_due_at: Mapped[date | None] = mapped_column(Date)
    duty: Mapped[str | None] = mapped_column(Text)
    reported_at: Mapped[datetime | None] = mapped_column(Utc)
    waived: Mapped[bool] = mapped_column(Boolean, default=False)


_HOUSEKEEPING = {'id', 'tenant', 'deployment_id', 'version', 'head_seq', 'head_hash', 'status'}
FACTS = {column.name: column for column in Matter.__table__.columns if column.name not in _HOUSEKEEPING}
"""The names that forms, tables and actions may write as facts of a matter; any other name stays with its instance."""
