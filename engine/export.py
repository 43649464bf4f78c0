"""导出: a long list on its way into a file, made by a program of its own; its owner may leave and fetch it later."""
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Index, Integer, String, and_, delete, func, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock, directory, history
from engine.db import Base, Json, Utc
from engine.errors import Conflict, NotFound, Refused
from engine.history import Actor, Kind
from engine.speech import Spoken

WAITING, RUNNING, DONE, CANCELLED, FAILED = 'waiting', 'running', 'done', 'cancelled', 'failed'
UNFINISHED = (WAITING, RUNNING)
KEPT = timedelta(days=3)
"""How long a file waits for its owner."""
STALE = timedelta(seconds=60)
"""A program that gave no sign for so long is gone."""
MOST = 3
"""Exports of one account that are under way at the same time."""


class Export(Base):
    """One export of one account. Its file lies beside the database, named by `file`."""

    __tablename__ = 'export'
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    tenant: Mapped[str] = mapped_column(String(20))
    account_id: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(20))                      # ledger dossier
    name: Mapped[str] = mapped_column(Spoken)
    file: Mapped[str] = mapped_column(String(200))                     # as whoever fetches it gets it
    asked: Mapped[Any] = mapped_column(Json)                           # the filter, or the matter
    state: Mapped[str] = mapped_column(String(10), default=WAITING)
    done: Mapped[int] = mapped_column(Integer, default=0)
    total: Mapped[int] = mapped_column(Integer, default=0)
    fault: Mapped[str] = mapped_column(Spoken, default='')
    begun_at: Mapped[datetime] = mapped_column(Utc)                    # real time, as all here
    beat_at: Mapped[datetime | None] = mapped_column(Utc)
    ended_at: Mapped[datetime | None] = mapped_column(Utc)
    __table_args__ = (Index('export_account', 'account_id', 'id'), Index('export_state', 'state', 'begun_at'))


def begin(session: Session, tenant_id: str, actor: Actor, kind: str, name: str, file: str, asked: Any) -> Export:
    """Put an export down, in the caller's writing session. What is taken out is on the trail from this moment.

    :raises Refused: too many of this account are under way.
    """
    directory.keeper(session, actor.account_id)
    under_way = session.scalar(select(func.count()).select_from(Export).where(
        Export.account_id == actor.account_id, Export.state.in_(UNFINISHED)))
    if under_way >= MOST:
        raise Refused('您已经有{count}个导出在做，等做完一个或者取消一个再来。', count=under_way)
    made = Export(tenant=tenant_id, account_id=actor.account_id, kind=kind, name=name, file=file[:200], asked=asked,
                  state=WAITING, begun_at=clock.utcnow())
    session.add(made)
    session.flush()
    return made


def claim(session: Session, export_id: int) -> bool:
    """Say that a program begins with it now; False: another does, or it has ended."""
    now = clock.utcnow()
    lost = or_(Export.state == WAITING, and_(Export.state == RUNNING, Export.beat_at < now - STALE))
    return session.execute(update(Export).where(Export.id == export_id, lost)
                           .values(state=RUNNING, beat_at=now, done=0)).rowcount == 1


def beat(session: Session, export_id: int, done: int, total: int) -> bool:
    """Say how far it is; False: it is not wanted any more."""
    return session.execute(update(Export).where(Export.id == export_id, Export.state == RUNNING).values(
        done=done, total=total, beat_at=clock.utcnow())).rowcount == 1


def end(session: Session, export_id: int, fault: str = '') -> bool:
    """It is done, or cannot be: `fault` says why; False: it is not wanted any more."""
    return session.execute(update(Export).where(Export.id == export_id, Export.state == RUNNING).values(
        state=FAILED if fault else DONE, fault=fault, ended_at=clock.utcnow())).rowcount == 1


def cancel(session: Session, export_id: int, actor: Actor) -> None:
    """Stop it, in its owner's name. :raises Conflict: it has ended."""
    held = find(session, export_id, actor.account_id)
    if session.execute(update(Export).where(Export.id == held.id, Export.state.in_(UNFINISHED)).values(
            state=CANCELLED, ended_at=clock.utcnow())).rowcount != 1:
        raise Conflict('这次导出已经结束了。')
    history.record(session, held.tenant, actor, Kind.EXPORT_CANCELLED, f'取消导出：{held.name}', {'export': held.id})


def find(session: Session, export_id: int, account_id: int | None) -> Export:
    """One export of this account. :raises NotFound: it is another's, or gone."""
    found = session.get(Export, export_id)
    if found is None or found.account_id != account_id or found.begun_at <= clock.utcnow() - KEPT:
        raise NotFound('没有找到这次导出：做好的文件只留{days}天，只有导出的人自己能取。', days=KEPT.days)
    return found


def listed(session: Session, account_id: int) -> list[Export]:
    """The exports of this account that are under way or kept, the newest first."""
    return list(session.scalars(select(Export).where(
        Export.account_id == account_id, Export.begun_at > clock.utcnow() - KEPT).order_by(Export.id.desc()).limit(50)))


def lost(session: Session, limit: int = 5) -> list[int]:
    """The exports that no program carries out, the oldest first."""
    return list(session.scalars(select(Export.id).where(or_(
        and_(Export.state == WAITING, Export.begun_at < clock.utcnow() - STALE),
        and_(Export.state == RUNNING, Export.beat_at < clock.utcnow() - STALE))).order_by(Export.id).limit(limit)))


def prune(session: Session, folder: Path) -> None:
    """Forget what nobody fetched in time, with its files."""
    old = list(session.scalars(select(Export.id).where(Export.begun_at <= clock.utcnow() - KEPT)))
    _unlink(folder, old)
    session.execute(delete(Export).where(Export.id.in_(old)))


def place(folder: Path, export_id: int) -> Path:
    """Where its file lies."""
    return folder / f'export-{export_id}'


def _unlink(folder: Path, keys: Iterable[int]) -> None:
    for key in keys:
        place(folder, key).unlink(missing_ok=True)
