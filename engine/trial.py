"""Trials: how far a person has tried a draft, or the version in use, on a clock of its own. Kept as the list of acts.

The acts are done anew whenever they are looked at, on the files as they stand then: who mends the draft sees the same
acts go another way. A trial affects nobody, so it is not on the trail; of each person the last few are kept.
"""
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Date, ForeignKey, Integer, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.db import Base, Json, Utc
from engine.errors import Conflict, NotFound, Refused

MOST_ACTS = 200
_MOST_BYTES = 1_000_000
_KEPT = 20


class Trial(Base):
    """One try of one process by one account. ``acts`` are plain values in order; ``revision`` counts their changes."""

    __tablename__ = 'trial'
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    tenant: Mapped[str] = mapped_column(String(20))
    account_id: Mapped[int] = mapped_column(ForeignKey('account.id'), index=True)
    process: Mapped[str] = mapped_column(String(80))
    draft_id: Mapped[int | None] = mapped_column(ForeignKey('process_draft.id'))
    begins: Mapped[date] = mapped_column(Date)
    seed: Mapped[int | None] = mapped_column(Integer)                  # None: what nobody fills in is answered as usual
    acts: Mapped[Any] = mapped_column(Json)
    revision: Mapped[int] = mapped_column(Integer, default=0)
    changed_at: Mapped[datetime] = mapped_column(Utc)


def begin(session: Session, tenant_id: str, account_id: int, process: str, draft_id: int | None, begins: date,
          seed: int | None, now: datetime) -> Trial:
    """A new trial without an act; of the account's trials the oldest go."""
    made = Trial(tenant=tenant_id, account_id=account_id, process=process, draft_id=draft_id, begins=begins, seed=seed,
                 acts=[], revision=0, changed_at=now)
    session.add(made)
    session.flush()
    last = select(Trial.id).where(Trial.account_id == account_id).order_by(Trial.id.desc()).limit(_KEPT)
    session.execute(delete(Trial).where(Trial.account_id == account_id, Trial.id.not_in(last.scalar_subquery())))
    return made


def find(session: Session, account_id: int, trial_id: int, *, lock: bool = False) -> Trial:
    """A trial of the account's own. :raises NotFound: there is none, or no longer."""
    found = session.get(Trial, trial_id, with_for_update=lock, populate_existing=lock)
    if found is None or found.account_id != account_id:
        raise NotFound('没有这次试运行，请从头试。')
    return found


def trials(session: Session, account_id: int, process: str, draft_id: int | None) -> list[Trial]:
    """What the account has tried of a process of a draft (None: of the version in use), the newest first."""
    return list(session.scalars(select(Trial).where(
        Trial.account_id == account_id, Trial.process == process, Trial.draft_id.is_not_distinct_from(draft_id))
        .order_by(Trial.id.desc())))


def keep(trial: Trial, acts: Sequence[dict[str, Any]], seen: int, now: datetime) -> None:
    """Keep the acts, in the caller's writing session. ``seen`` is the revision from which they went on.

    :raises Conflict: the trial went on in another window. :raises Refused: there are too many acts, or too long ones.
    """
    if trial.revision != seen:
        raise Conflict('这次试运行在另一个窗口里已经往下走了，请刷新后再走。')
    if len(acts) > MOST_ACTS or len(orjson.dumps(list(acts))) > _MOST_BYTES:
        raise Refused('一次最多试{most}步，请后退几步，或者从头试。', most=MOST_ACTS)
    trial.acts, trial.revision, trial.changed_at = list(acts), seen + 1, now
