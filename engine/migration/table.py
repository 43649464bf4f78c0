"""What is kept of a migration: which versions, by whom and why, and how far each matter has come."""
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Json, Utc
from engine.speech import Spoken

WAITING, MOVED, REFUSED, RETURNING, RETURNED = 'waiting', 'moved', 'refused', 'returning', 'returned'
"""How far a matter has come: it waits for its turn, is on the new version, could not be moved, waits to be taken back,
or is back. Who was refused when it was to be taken back is moved, with a sentence."""


class Migration(Base):
    """One order to move matters from one version to another."""

    __tablename__ = 'migration'
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    tenant: Mapped[str] = mapped_column(String(20))
    source: Mapped[int] = mapped_column(Integer)                       # deployments
    target: Mapped[int] = mapped_column(Integer)
    mapped: Mapped[Any] = mapped_column(Json)                          # by hand: {'process/element': 'new element'}
    reason: Mapped[str] = mapped_column(Text)
    actor: Mapped[Any] = mapped_column(Json)                           # the fields of history.Actor
    made_at: Mapped[datetime] = mapped_column(Utc)                     # in the tenant's time
    undo: Mapped[Any] = mapped_column(Json, nullable=True)             # {'reason', 'actor'} once it is taken back
    __table_args__ = (Index('migration_tenant', 'tenant', 'id'),)


class MigrationMatter(Base):
    """One matter of a migration. ``kept`` is how its instances stood before, ``seq`` the length of its trail after."""

    __tablename__ = 'migration_matter'
    migration_id: Mapped[int] = mapped_column(Integer, ForeignKey('migration.id'), primary_key=True)
    matter_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey('ledger.id'), primary_key=True)
    state: Mapped[str] = mapped_column(String(10))
    sentence: Mapped[str] = mapped_column(Spoken, default='')
    kept: Mapped[bytes | None] = mapped_column(LargeBinary)
    seq: Mapped[int | None] = mapped_column(Integer)
    __table_args__ = (Index('migration_matter_state', 'migration_id', 'state'),
                      Index('migration_matter_matter', 'matter_id'))
