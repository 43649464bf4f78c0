"""A backtest as it is kept: what is tried on which matters, how far it has come, and what came of each matter."""
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Boolean, ForeignKey, Index, Integer, LargeBinary, String, Uuid, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.db import Base, Json, Utc
from engine.errors import NotFound
from engine.speech import Spoken

WAITING, RUNNING, DONE, CANCELLED, FAILED = 'waiting', 'running', 'done', 'cancelled', 'failed'
UNFINISHED = (WAITING, RUNNING)


class Backtest(Base):
    """One backtest. The files are those of the moment at which it was begun, whatever becomes of the draft since."""

    __tablename__ = 'backtest'
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    tenant: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(200))                     # 第3版 / 稿：延期改成一次
    hash: Mapped[str] = mapped_column(String(64))
    files: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)   # megabytes, for who replays only
    renamed: Mapped[Any] = mapped_column(Json)                         # {new task: old task}
    found: Mapped[Any] = mapped_column(Json)                           # all matters of the period: [[id, unit], …]
    chosen: Mapped[Any] = mapped_column(Json)                          # the ids of those that are replayed
    seed: Mapped[int] = mapped_column(Integer)
    until: Mapped[datetime] = mapped_column(Utc)                       # history and replay end here, tenant's time
    state: Mapped[str] = mapped_column(String(10), default=WAITING)
    beat_at: Mapped[datetime | None] = mapped_column(Utc)              # when its program last gave a sign, real time
    fault: Mapped[str] = mapped_column(Spoken, default='')
    made_at: Mapped[datetime] = mapped_column(Utc)                     # tenant's time
    made_by: Mapped[str] = mapped_column(String(160))
    __table_args__ = (Index('backtest_tenant', 'tenant', 'id'), Index('backtest_state', 'state', 'beat_at'))


class Replayed(Base):
    """One matter of a backtest that has been replayed; `outcome` None: its trail does not tell how it began.

    The course of either side is kept apart: it is most of the whole, and read for one matter only.
    """

    __tablename__ = 'backtest_matter'
    backtest_id: Mapped[int] = mapped_column(Integer, ForeignKey('backtest.id'), primary_key=True)
    matter_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    changed: Mapped[bool] = mapped_column(Boolean)
    outcome: Mapped[bytes | None] = mapped_column(LargeBinary)
    course: Mapped[bytes | None] = mapped_column(LargeBinary)


def packed(value: Any) -> bytes:
    """A plain value, small."""
    return zlib.compress(orjson.dumps(value), 6)


def unpacked(content: bytes) -> Any:
    """What was packed."""
    return orjson.loads(zlib.decompress(content))


def pack_files(files: Mapping[str, bytes]) -> bytes:
    """The files of a version as one value."""
    return packed({name: b64encode(content).decode() for name, content in files.items()})


def unpack_files(content: bytes) -> dict[str, bytes]:
    """The files that were packed."""
    return {name: b64decode(one) for name, one in unpacked(content).items()}


def find(session: Session, tenant_id: str, backtest_id: int) -> Backtest:
    """One backtest of a government. :raises NotFound: it has none of this number."""
    found = session.get(Backtest, backtest_id)
    if found is None or found.tenant != tenant_id:
        raise NotFound('没有{id}号回放。', id=backtest_id)
    return found


def listed(session: Session, tenant_id: str, most: int = 50) -> list[Backtest]:
    """The backtests of a government, the newest first."""
    return list(session.scalars(select(Backtest).where(Backtest.tenant == tenant_id).order_by(Backtest.id.desc())
                                .limit(most)))


def done(session: Session, backtest_id: int) -> set[str]:
    """The matters that have been replayed."""
    return {str(key) for key in session.scalars(
        select(Replayed.matter_id).where(Replayed.backtest_id == backtest_id))}


def count(session: Session, backtest_id: int) -> int:
    """How many matters have been replayed."""
    return session.scalar(select(func.count()).select_from(Replayed).where(Replayed.backtest_id == backtest_id))


def counts(session: Session, backtests: Iterable[Backtest]) -> dict[int, int]:
    """`count` of several at once, by their ids; none for those of which nothing has been replayed."""
    keys = [one.id for one in backtests]
    return dict(session.execute(select(Replayed.backtest_id, func.count()).where(Replayed.backtest_id.in_(keys))
                                .group_by(Replayed.backtest_id)).all())


def keep(session: Session, backtest_id: int, outcomes: Iterable[tuple[UUID, dict[str, Any] | None]]) -> None:
    """Write down what came of some matters; what another program has written meanwhile stays."""
    there = done(session, backtest_id)
    session.add_all(_row(backtest_id, key, one) for key, one in outcomes if str(key) not in there)


def _row(backtest_id: int, matter_id: UUID, one: dict[str, Any] | None) -> Replayed:
    if one is None:
        return Replayed(backtest_id=backtest_id, matter_id=matter_id, changed=False)
    course = {side: one[side].pop('lines') for side in ('old', 'new')}
    return Replayed(backtest_id=backtest_id, matter_id=matter_id, changed=bool(one['changed']), outcome=packed(one),
                    course=packed(course))
