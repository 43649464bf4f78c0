"""A workbook between its preview and its filing: one per account, forgotten once it is filed."""
from datetime import datetime

from sqlalchemy import Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import upsert
from engine.db import Base, Utc
from engine.errors import NotFound
from engine.upload import Upload


class Held(Base):
    """What an account sent last and has not entered yet."""

    __tablename__ = 'roster_held'
    account_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(10))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    held_at: Mapped[datetime] = mapped_column(Utc)


def hold(session: Session, account_id: int, upload: Upload, now: datetime) -> None:
    """Keep a file until it is entered, in the caller's writing session; the newest wins."""
    upsert.put(session, Held, account_id=account_id, name=upload.name[:200], kind=upload.kind, content=upload.content,
               held_at=now)


def holding(session: Session, account_id: int) -> Upload:
    """The file that this account sent last. :raises NotFound: it sent none, or it is entered."""
    row = session.get(Held, account_id)
    if row is None:
        raise NotFound('没有等着导入的表，请重新上传。')
    return Upload(row.name, row.kind, row.content)


def drop(session: Session, account_id: int) -> None:
    """Forget it, in the caller's writing session."""
    row = session.get(Held, account_id)
    if row is not None:
        session.delete(row)
