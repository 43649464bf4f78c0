"""常用意见: the words that an account likes to use in its opinions, in its own order."""
from collections.abc import Sequence

from sqlalchemy import ForeignKey, Index, Integer, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import directory
from engine.db import Base
from engine.errors import NotFound, Refused

LONGEST = 200
"""Characters of a phrase."""
MOST = 30
"""Phrases of one account."""


class Phrase(Base):
    """One phrase of one account."""

    __tablename__ = 'phrase'
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    account_id: Mapped[int] = mapped_column(Integer, ForeignKey('account.id'))
    position: Mapped[int] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(String(LONGEST))
    __table_args__ = (Index('phrase_account', 'account_id', 'position'),)


def of(session: Session, account_id: int) -> Sequence[Phrase]:
    """An account's phrases, in its order."""
    return session.scalars(select(Phrase).where(Phrase.account_id == account_id)
                           .order_by(Phrase.position, Phrase.id)).all()


def add(session: Session, account_id: int, text: str) -> Phrase:
    """A further phrase, the last.

    :raises Refused: it is empty, too long or there already, or there are too many.
    """
    directory.keeper(session, account_id)
    text, held = _checked(text), of(session, account_id)
    if len(held) >= MOST:
        raise Refused('常用意见最多{most}条，请先删去不用的。', most=MOST)
    _new(text, held)
    last = session.scalar(select(func.max(Phrase.position)).where(Phrase.account_id == account_id))
    row = Phrase(account_id=account_id, position=(last or 0) + 1, text=text)
    session.add(row)
    session.flush()
    return row


def change(session: Session, account_id: int, phrase_id: int, text: str) -> None:
    """Other words in the place of a phrase.

    :raises Refused: they are none, too long or there already. :raises NotFound: the account has no such phrase.
    """
    row, text = _own(session, account_id, phrase_id), _checked(text)
    _new(text, [each for each in of(session, account_id) if each is not row])
    row.text = text


def move(session: Session, account_id: int, phrase_id: int, step: int) -> None:
    """Change places with the phrase before (-1) or after (1) it; the first and the last stay where they are.

    :raises NotFound: the account has no such phrase.
    """
    row, held = _own(session, account_id, phrase_id), list(of(session, account_id))
    here = held.index(row)
    there = min(max(here + step, 0), len(held) - 1)
    held[here], held[there] = held[there], held[here]
    for position, each in enumerate(held, 1):
        each.position = position


def remove(session: Session, account_id: int, phrase_id: int) -> None:
    """Forget a phrase.

    :raises NotFound: the account has no such phrase.
    """
    session.delete(_own(session, account_id, phrase_id))


def _own(session: Session, account_id: int, phrase_id: int) -> Phrase:
    directory.keeper(session, account_id)
    row = session.get(Phrase, phrase_id)
    if row is None or row.account_id != account_id:
        raise NotFound('没有找到这条常用意见，可能已经删了。')
    return row


def _checked(text: str) -> str:
    text = ' '.join(text.split())
    if not text or len(text) > LONGEST:
        raise Refused('常用意见要写1到{most}个字，现在有{count}个。', most=LONGEST, count=len(text))
    return text


def _new(text: str, held: Sequence[Phrase]) -> None:
    if text in {each.text for each in held}:
        raise Refused('已经有“{text}”这一条了。', text=text)
