"""提醒: a message in a post's inbox."""
from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, Integer, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Utc


class Message(Base):
    """One message to one post. It stands in for `stands_for` missed ones."""

    __tablename__ = 'message'
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    tenant: Mapped[str] = mapped_column(String(20))
    unit: Mapped[str] = mapped_column(String(40))
    post: Mapped[str] = mapped_column(String(20))
    matter_id: Mapped[UUID | None] = mapped_column(Uuid)
    task_id: Mapped[UUID | None] = mapped_column(Uuid)
    text: Mapped[str] = mapped_column(Text)
    stands_for: Mapped[int] = mapped_column(Integer, default=1)
    sent_at: Mapped[datetime] = mapped_column(Utc)
    read_at: Mapped[datetime | None] = mapped_column(Utc)
    __table_args__ = (Index('message_inbox', 'tenant', 'unit', 'post', 'sent_at'), Index('message_matter', 'matter_id'))
