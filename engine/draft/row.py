"""The tables of drafts: a draft, and the files in which it differs from the version that it began on."""
from datetime import datetime

from sqlalchemy import ForeignKey, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Utc


class Draft(Base):
    """A person's draft of diagrams, tables and forms. Discarded, it can still be taken back.

    ``version`` counts what was changed in it; a file's revision is the version that its last change made.
    """

    __tablename__ = 'process_draft'
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    tenant: Mapped[str] = mapped_column(String(20), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey('account.id'))
    owner: Mapped[str] = mapped_column(String(160))
    name: Mapped[str] = mapped_column(String(80))
    base_id: Mapped[int | None] = mapped_column(ForeignKey('deployment.id'))
    shared: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(Integer, default=0)
    changed_at: Mapped[datetime] = mapped_column(Utc)                  # in the tenant's time
    changed_by: Mapped[str] = mapped_column(String(160))
    discarded_at: Mapped[datetime | None] = mapped_column(Utc)


class DraftFile(Base):
    """One file that was added, changed, or (without content) left out of what the draft began on."""

    __tablename__ = 'process_draft_file'
    draft_id: Mapped[int] = mapped_column(ForeignKey('process_draft.id'), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    revision: Mapped[int] = mapped_column(Integer)
    saved_at: Mapped[datetime] = mapped_column(Utc)
    saved_by: Mapped[str] = mapped_column(String(160))
