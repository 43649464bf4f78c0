"""A breakdown as it is kept: what was read, how it was understood, and how far each line has come."""
import zlib
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, LargeBinary, String, Text, Uuid, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.db import Base, Json, Utc
from engine.errors import NotFound
from engine.sheet import Row, Sheet
from engine.speech import Spoken

OPEN, BEGUN, CANCELLED, REFUSED = 'open', 'begun', 'cancelled', 'refused'
"""A breakdown is being looked at; its lines are being registered, or have been; was stopped; one line spoilt all."""
WAITING, DONE, FAILED = 'waiting', 'done', 'failed'
"""A line waits for its turn, is a matter, or could not become one; '' before anybody asked for it."""


class Breakdown(Base):
    """One table or text that an officer wants to register; nobody else sees it."""

    __tablename__ = 'breakdown'
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    tenant: Mapped[str] = mapped_column(String(20))
    account_id: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(Spoken)
    state: Mapped[str] = mapped_column(String(10), default=OPEN)
    base: Mapped[date | None] = mapped_column(Date)                    # the day of the document; None: today
    sheets: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)  # as they were read
    sheet: Mapped[int] = mapped_column(Integer, default=0)             # which of them
    columns: Mapped[Any] = mapped_column(Json)                         # what each column is; [] for a text
    labels: Mapped[Any] = mapped_column(Json)
    common: Mapped[Any] = mapped_column(Json)                          # what is said once for all lines
    whole: Mapped[bool] = mapped_column(Boolean, default=False)        # all of them or none
    actor: Mapped[Any] = mapped_column(Json)                           # the fields of history.Actor
    made_at: Mapped[datetime] = mapped_column(Utc)                     # tenant's time
    version: Mapped[int] = mapped_column(Integer, default=1)           # goes up with every change before it is begun
    __table_args__ = (Index('breakdown_account', 'tenant', 'account_id', 'id'),)


class Line(Base):
    """One line of a breakdown. ``answer`` is what is its own of the form of 立项, `wrong` what the form refuses."""

    __tablename__ = 'breakdown_line'
    breakdown_id: Mapped[int] = mapped_column(Integer, ForeignKey('breakdown.id'), primary_key=True)
    place: Mapped[int] = mapped_column(Integer, primary_key=True)
    number: Mapped[int] = mapped_column(Integer)                       # of the row in the file
    said: Mapped[str] = mapped_column(Text)
    answer: Mapped[Any] = mapped_column(Json)
    notes: Mapped[Any] = mapped_column(Spoken)                         # [[field, sentence], …]
    wrong: Mapped[Any] = mapped_column(Spoken)                         # {field: [sentence, …]}
    twin: Mapped[str] = mapped_column(Spoken, default='')              # what it repeats, as a sentence
    edited: Mapped[bool] = mapped_column(Boolean, default=False)
    left_out: Mapped[bool] = mapped_column(Boolean, default=False)
    state: Mapped[str] = mapped_column(String(10), default='')
    why: Mapped[str] = mapped_column(Spoken, default='')               # it could not become a matter
    code: Mapped[str | None] = mapped_column(String(40))
    matter_id: Mapped[UUID | None] = mapped_column(Uuid)
    __table_args__ = (Index('breakdown_line_state', 'breakdown_id', 'state'),)

    @property
    def mark(self) -> str:
        """left, bad (cannot be registered), look (should be looked at) or good."""
        if self.left_out:
            return 'left'
        return 'bad' if self.wrong else 'look' if self.notes or self.twin else 'good'


def packed(sheets: Sequence[Sheet]) -> bytes:
    """Sheets as they are kept; dates become texts."""
    plain = [[one.name, [list(row) for row in one.rows], one.is_text, sorted(one.hidden)] for one in sheets]
    return zlib.compress(orjson.dumps(plain, default=str), 6)


def unpacked(content: bytes) -> list[Sheet]:
    """The sheets that were packed."""
    return [Sheet(name, [Row(number, tuple(cells)) for number, cells in rows], is_text, frozenset(*hidden))
            for name, rows, is_text, *hidden in orjson.loads(zlib.decompress(content))]


def find(session: Session, tenant_id: str, account_id: int, breakdown_id: int) -> Breakdown:
    """One breakdown of an officer. :raises NotFound: that officer has none of this number."""
    found = session.get(Breakdown, breakdown_id)
    if found is None or (found.tenant, found.account_id) != (tenant_id, account_id):
        raise NotFound('没有{id}号批量立项。', id=breakdown_id)
    return found


def line(session: Session, breakdown: Breakdown, place: int) -> Line:
    """One line. :raises NotFound: there is none at this place."""
    found = session.get(Line, (breakdown.id, place))
    if found is None:
        raise NotFound('没有第{place}行。', place=place)
    return found


def lines(session: Session, breakdown: Breakdown) -> list[Line]:
    """Every line, in the order of the file."""
    return list(session.scalars(select(Line).where(Line.breakdown_id == breakdown.id).order_by(Line.place)))


def listed(session: Session, tenant_id: str, account_id: int, most: int = 20) -> list[Breakdown]:
    """An officer's breakdowns, the newest first."""
    return list(session.scalars(select(Breakdown).where(
        Breakdown.tenant == tenant_id, Breakdown.account_id == account_id).order_by(Breakdown.id.desc()).limit(most)))


def progress(session: Session, breakdown: Breakdown) -> Counter:
    """How many lines have come how far, by state."""
    return Counter(dict(session.execute(select(Line.state, func.count()).where(
        Line.breakdown_id == breakdown.id).group_by(Line.state)).all()))
