"""The state of each channel: when it last took a letter, since when it takes none, and when it is tried again."""
from datetime import datetime, timedelta

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock, upsert
from engine.db import Base, Utc
from engine.speech import Spoken

_SHORTEST, _LONGEST = timedelta(seconds=30), timedelta(minutes=10)


class Line(Base):
    """One channel of this installation, in real time."""

    __tablename__ = 'channel'
    name: Mapped[str] = mapped_column(String(10), primary_key=True)
    sent_at: Mapped[datetime | None] = mapped_column(Utc)
    down_since: Mapped[datetime | None] = mapped_column(Utc)
    try_at: Mapped[datetime | None] = mapped_column(Utc)
    error: Mapped[str] = mapped_column(Spoken, default='')


def lines(session: Session) -> dict[str, Line]:
    """Every channel that has been used, by name."""
    return {line.name: line for line in session.scalars(select(Line))}


def resting(session: Session) -> set[str]:
    """The channels that are left alone for now."""
    return {line.name for line in lines(session).values() if line.try_at is not None and line.try_at > clock.utcnow()}


def works(session: Session, name: str) -> None:
    """It took a letter, in the caller's writing session."""
    line, now = _line(session, name), clock.utcnow()
    line.sent_at, line.down_since, line.try_at, line.error = now, None, None, ''


def fails(session: Session, name: str, error: str, after: float) -> None:
    """It takes nothing, in the caller's writing session: let it rest for half as long as it has been down, within
    bounds, or for as long as the other side asks."""
    line, now = _line(session, name), clock.utcnow()
    line.down_since, line.error = line.down_since or now, error
    rest = min(max((now - line.down_since) / 2, _SHORTEST), _LONGEST)
    line.try_at = now + max(rest, timedelta(seconds=after))


def wake(session: Session) -> None:
    """Try every channel again at once, in the caller's writing session."""
    for line in lines(session).values():
        line.try_at = None


def _line(session: Session, name: str) -> Line:
    upsert.keep(session, Line, [{'name': name, 'error': ''}])
    return session.get(Line, name, with_for_update=True)
