"""Saved views: a name for the filter in a list's address, for oneself, for one's post, or for one's unit."""
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlencode

from sqlalchemy import ForeignKey, Index, Integer, String, and_, bindparam, delete, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import directory
from engine.db import Base, Utc
from engine.errors import Forbidden, NotFound, Refused

SCOPES = ('own', 'post', 'unit')
"""For whom: oneself, everybody who holds the post, everybody of the unit. Lists show them in this order."""
MOST = 30                   # views of one account in one room
_LONGEST_NAME, _LONGEST_QUERY = 30, 1000


class SavedView(Base):
    """A named filter of a room. Its query holds only what the room offered when it was saved."""

    __tablename__ = 'saved_view'
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    tenant: Mapped[str] = mapped_column(String(20))
    room: Mapped[str] = mapped_column(String(20))                      # tasks ledger board
    scope: Mapped[str] = mapped_column(String(10))                     # one of SCOPES
    account_id: Mapped[int] = mapped_column(Integer, ForeignKey('account.id'))
    unit: Mapped[str] = mapped_column(String(40))
    post: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(_LONGEST_NAME))
    query: Mapped[str] = mapped_column(String(_LONGEST_QUERY))         # lamp=red&sort=due
    position: Mapped[int] = mapped_column(Integer, default=0)
    saved_at: Mapped[datetime] = mapped_column(Utc)
    __table_args__ = (Index('saved_view_unit', 'tenant', 'unit', 'room'),)


class DefaultView(Base):
    """With which view an account begins in a room."""

    __tablename__ = 'default_view'
    account_id: Mapped[int] = mapped_column(Integer, ForeignKey('account.id'), primary_key=True)
    room: Mapped[str] = mapped_column(String(20), primary_key=True)
    view_id: Mapped[int] = mapped_column(Integer, ForeignKey('saved_view.id'), index=True)


class Holder(NamedTuple):
    """Whose views: an account and the post that it holds."""

    tenant: str
    account: int
    unit: str
    post: str


@dataclass(frozen=True)
class View:
    """A saved view as its reader sees it. `mine`: the reader may rename, move and delete it; `default`: the reader
    begins with it."""

    id: int
    room: str
    scope: str
    name: str
    query: str
    mine: bool
    default: bool


_SEEN = and_(
    SavedView.tenant == bindparam('tenant'), SavedView.unit == bindparam('unit'),
    or_(and_(SavedView.scope == 'own', SavedView.account_id == bindparam('account')),
        and_(SavedView.scope == 'post', SavedView.post == bindparam('post')), SavedView.scope == 'unit'))
"""What a `Holder` sees, its values being the parameters."""
_EVERYWHERE = select(SavedView, DefaultView.view_id).outerjoin(
    DefaultView, and_(DefaultView.view_id == SavedView.id, DefaultView.account_id == bindparam('account'))).where(_SEEN)
_IN_ROOM = _EVERYWHERE.where(SavedView.room == bindparam('room'))


def of(session: Session, holder: Holder, room: str | None = None) -> list[View]:
    """The views that this account sees in a room (None: in all rooms), its own first, each kind in its order."""
    found = session.execute(_IN_ROOM if room else _EVERYWHERE, {**holder._asdict(), 'room': room}).all()
    found.sort(key=lambda pair: (pair[0].room, SCOPES.index(pair[0].scope), pair[0].position, pair[0].id))
    return [View(row.id, row.room, row.scope, row.name, row.query, _may_change(row, holder), default is not None)
            for row, default in found]


def written(given: Iterable[tuple[str, str]], allowed: Sequence[str]) -> str:
    """A filter as it is kept: in the order of the room's own keys, without what is empty.

    :raises Refused: the room offers no such key; nothing is asked; it is too long.
    """
    asked = [(name, value.strip()) for name, value in given if value.strip()]
    strange = sorted({name for name, _ in asked} - set(allowed))
    if strange:
        raise Refused('“{names}”不是这一页的条件，没有存。请在页面上选好条件再存。', names='、'.join(strange)[:100])
    if not asked:
        raise Refused('还没有选条件。请先筛选，再给这些条件起个名字。')
    text = urlencode(sorted(asked, key=lambda pair: allowed.index(pair[0])))
    if len(text) > _LONGEST_QUERY:
        raise Refused('条件太长，存不下。请少选几个。')
    return text


def save(session: Session, holder: Holder, room: str, name: str, query: str, now: datetime, scope: str = 'own') -> SavedView:
    """Keep a filter (as `written`) under a name, in the caller's writing session. A view of the same name that the
    account saved for the same readers takes the new filter.

    :raises Refused: there is no name, or it is too long; there is no such scope; the account has too many views.
    """
    if scope not in SCOPES:
        raise Refused('请选给谁用：只给自己、本岗位共用，或者本单位共用。')
    directory.keeper(session, holder.account)
    name, rows = _named(name), _saved_by(session, holder, room)
    row = next((one for one in rows if (one.scope, one.name) == (scope, name)), None)
    if row is None:
        if len(rows) >= MOST:
            raise Refused('已经存了{most}个，请先删掉不用的。', most=MOST)
        row = SavedView(tenant=holder.tenant, room=room, scope=scope, account_id=holder.account, unit=holder.unit,
                        post=holder.post, name=name, position=1 + max((one.position for one in rows), default=0))
        session.add(row)
    row.query, row.saved_at = query, now
    session.flush()
    return row


def rename(session: Session, holder: Holder, view_id: int, name: str) -> SavedView:
    """Give a view another name.

    :raises NotFound: the reader sees no such view. :raises Forbidden: it is another post's.
    :raises Refused: there is no name, it is too long, or the account that saved it has another of this name for the
        same readers.
    """
    row, name = changeable(session, holder, view_id), _named(name)
    if session.scalar(select(SavedView.id).where(
            SavedView.account_id == row.account_id, SavedView.room == row.room, SavedView.scope == row.scope,
            SavedView.name == name, SavedView.id != row.id)):
        raise Refused('已经有一个叫“{name}”的，请换个名字。', name=name)
    row.name = name
    return row


def remove(session: Session, holder: Holder, view_id: int) -> SavedView:
    """Delete a view; who began with it begins with the whole list again.

    :raises NotFound: the reader sees no such view. :raises Forbidden: it is another post's.
    """
    row = changeable(session, holder, view_id)
    session.execute(delete(DefaultView).where(DefaultView.view_id == view_id))
    session.delete(row)
    return row


def move_up(session: Session, holder: Holder, view_id: int) -> None:
    """Put a view before the one that stands above it in its kind; the first stays where it is.

    :raises NotFound: the reader sees no such view. :raises Forbidden: it is another post's.
    """
    row = _allowed(seen(session, holder, view_id), holder)
    alike = select(SavedView).where(_SEEN, SavedView.room == row.room, SavedView.scope == row.scope)
    held = session.scalars(alike.order_by(SavedView.id).with_for_update(), holder._asdict(),
                           execution_options={'populate_existing': True})
    rows = sorted(held, key=lambda one: (one.position, one.id))
    if row not in rows:
        raise _unknown()
    place = rows.index(row)
    if place:
        rows[place - 1], rows[place] = row, rows[place - 1]
    for position, one in enumerate(rows, 1):
        one.position = position


def begin_with(session: Session, holder: Holder, room: str, view_id: int | None) -> None:
    """From now on the account's list of this room begins with the view; None: with everything.

    :raises NotFound: the reader sees no such view in this room.
    """
    directory.keeper(session, holder.account)
    if view_id is not None and _held(session, holder, view_id).room != room:
        raise _unknown()
    session.execute(delete(DefaultView).where(DefaultView.account_id == holder.account, DefaultView.room == room))
    if view_id is not None:
        session.add(DefaultView(account_id=holder.account, room=room, view_id=view_id))


def seen(session: Session, holder: Holder, view_id: int) -> SavedView:
    """A view that this reader sees.

    :raises NotFound: there is none.
    """
    return _known(session.scalar(select(SavedView).where(SavedView.id == view_id, _SEEN), holder._asdict()))


def _held(session: Session, holder: Holder, view_id: int) -> SavedView:
    one = select(SavedView).where(SavedView.id == view_id, _SEEN).with_for_update()
    return _known(session.scalar(one, holder._asdict(), execution_options={'populate_existing': True}))


def _known(row: SavedView | None) -> SavedView:
    if row is None:
        raise _unknown()
    return row


def changeable(session: Session, holder: Holder, view_id: int) -> SavedView:
    """A view that this reader may change: its own, or one that its post shares. Until this transaction ends nobody else
    changes it or begins with it.

    :raises NotFound: the reader sees no such view. :raises Forbidden: it is another post's.
    """
    return _allowed(_held(session, holder, view_id), holder)


def _allowed(row: SavedView, holder: Holder) -> SavedView:
    if not _may_change(row, holder):
        raise Forbidden('“{name}”是别的岗位存给本单位用的，由存它的岗位改。', name=row.name)
    return row


def _may_change(row: SavedView, holder: Holder) -> bool:
    return row.account_id == holder.account or row.scope != 'own' and row.post == holder.post


def _saved_by(session: Session, holder: Holder, room: str) -> Sequence[SavedView]:
    return session.scalars(select(SavedView).where(
        SavedView.account_id == holder.account, SavedView.room == room)).all()


def _named(name: str) -> str:
    name = ' '.join(name.split())
    if not name:
        raise Refused('请起个名字。')
    if len(name) > _LONGEST_NAME:
        raise Refused('名字最多{most}个字，您填的是{given}个字。', most=_LONGEST_NAME, given=len(name))
    return name


def _unknown() -> NotFound:
    return NotFound('没有找到这个存好的筛选，可能已经删掉了。')
