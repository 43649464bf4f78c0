"""Where reminders reach an account besides its inbox: an address per channel, and which kinds it wants there.

Addresses are personal data: one per channel, masked wherever somebody else looks, never on the trail.
"""
import hmac
import re
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Index, Integer, String, UniqueConstraint, Uuid, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock, directory, history
from engine.db import Base, Utc
from engine.directory import Account, Tenant
from engine.errors import NotFound, Refused
from engine.history import Actor, Kind
from engine.identifier import uuid7
from engine.remember import changing, remember

KINDS = ('task', 'due', 'overdue', 'reminder', 'copy', 'comment')
"""What can be told: a new task, a deadline that is near, one that has passed, another reminder, a copy, a comment."""
TRIES = 5                   # wrong codes until a new one is needed
_TOPIC = 'contacts'
_VALID, _PAUSE = timedelta(minutes=30), timedelta(minutes=1)
_MAIL = re.compile(r'[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}')
_NUMBER = re.compile(r'\+?[A-Za-z0-9._@-]{2,64}')


class Contact(Base):
    """One address of one account. Nothing but a code goes there until the code has come back."""

    __tablename__ = 'contact'
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    tenant: Mapped[str] = mapped_column(String(20))
    account_id: Mapped[int] = mapped_column(Integer)
    channel: Mapped[str] = mapped_column(String(10))                   # mail gateway
    address: Mapped[str] = mapped_column(String(200))
    kinds: Mapped[str] = mapped_column(String(60))                     # task,due,overdue
    stop_key: Mapped[str] = mapped_column(String(43), unique=True)     # who knows it may stop the letters
    code_hash: Mapped[str] = mapped_column(String(64))                 # '' when no code is awaited
    code_at: Mapped[datetime] = mapped_column(Utc)
    wrong: Mapped[int] = mapped_column(Integer, default=0)
    verified_at: Mapped[datetime | None] = mapped_column(Utc)
    __table_args__ = (UniqueConstraint('account_id', 'channel'), Index('contact_tenant', 'tenant'))

    @property
    def masked(self) -> str:
        """Enough to be recognised by its owner."""
        return masked(self.address)

    @property
    def wanted(self) -> tuple[str, ...]:
        """The kinds that it wants, in their order."""
        return tuple(self.kinds.split(',')) if self.kinds else ()


class Reach(NamedTuple):
    """A verified contact as a step knows it."""

    id: UUID
    channel: str
    kinds: frozenset[str]


def reachable(session: Session, tenant: directory.Tenant) -> Mapping[tuple[str, str], tuple[Reach, ...]]:
    """The verified contacts by unit and post, remembered until one or the directory changes. Empty: nobody has one.

    `tenant` is its row, or what a step knows of it: its id and its `parameter_revision`.
    """
    def read() -> Mapping[tuple[str, str], tuple[Reach, ...]]:
        found: dict[tuple[str, str], tuple[Reach, ...]] = {}
        for one, unit, post in session.execute(
                select(Contact, Account.unit, Account.post).join(Account, Account.id == Contact.account_id)
                .where(Contact.tenant == tenant.id, Contact.verified_at.is_not(None), Account.active)
                .order_by(Contact.channel, Contact.account_id)):
            reach = Reach(one.id, one.channel, frozenset(one.wanted))
            found[unit, post] = (*found.get((unit, post), ()), reach)
        return found
    return remember(session, _TOPIC, tenant.id, tenant.parameter_revision, read)


def of(session: Session, account_id: int) -> dict[str, Contact]:
    """The account's contacts by channel."""
    return {one.channel: one for one in session.scalars(select(Contact).where(Contact.account_id == account_id))}


def enter(session: Session, account: Account, channel: str, address: str, kinds: Iterable[str], actor: Actor
          ) -> tuple[Contact, str]:
    """Give the account an address, or another one; the code to send there. It counts once the code has come back.

    :raises Refused: it is no address, or a code was sent less than a minute ago.
    """
    address = check(channel, address)
    directory.keeper(session, account.id)
    known = _held(session, Contact.account_id == account.id, Contact.channel == channel)
    now = clock.utcnow()
    if known is not None and now - known.code_at < _PAUSE:
        raise Refused('验证码刚刚发过，请过一分钟再要。')
    row = known or Contact(id=uuid7(), tenant=account.tenant, account_id=account.id, channel=channel,
                           stop_key=secrets.token_urlsafe(32))
    code = f'{secrets.randbelow(10**6):06d}'
    row.address, row.kinds, row.verified_at = address, _kinds(kinds), None
    row.code_hash, row.code_at, row.wrong = _hash(row, code), now, 0
    session.add(row)
    _changed(session, row, actor, 'entered')
    return row, code


def confirm(session: Session, account_id: int, channel: str, code: str, actor: Actor) -> bool:
    """The code came back: reminders go to the address from now on. False: it is not the code; the caller commits, so
    that wrong ones are counted.

    :raises NotFound: no code is awaited. :raises Refused: it is too old, or too many wrong ones were given.
    """
    row = _held(session, Contact.account_id == account_id, Contact.channel == channel, Contact.code_hash != '')
    if row is None:
        raise NotFound('没有等着验证的地址，请先填地址。')
    if row.wrong >= TRIES or clock.utcnow() - row.code_at > _VALID:
        raise Refused('这个验证码已经作废，请重新要一个。')
    if not hmac.compare_digest(row.code_hash, _hash(row, ''.join(code.split()))):
        row.wrong += 1
        return False
    row.code_hash, row.verified_at = '', clock.utcnow()
    _changed(session, row, actor, 'verified')
    return True


def choose(session: Session, account_id: int, channel: str, kinds: Iterable[str], actor: Actor) -> None:
    """Which kinds of reminders go to the account's address.

    :raises NotFound: it has none.
    """
    row = _own(session, account_id, channel)
    row.kinds = _kinds(kinds)
    _changed(session, row, actor, 'kinds')


def erase(session: Session, account_id: int, channel: str, actor: Actor) -> None:
    """Forget the account's address; what waits for it is not sent.

    :raises NotFound: it has none.
    """
    _forget(session, _own(session, account_id, channel), actor)


def stopped(session: Session, key: str) -> Contact:
    """The contact whose letters carry this key.

    :raises NotFound: there is none, or it was stopped before.
    """
    return _receiving(session.scalar(select(Contact).where(Contact.stop_key == key[:43])))


def _receiving(row: Contact | None) -> Contact:
    if row is None:
        raise NotFound('这个地址已经不再接收提醒。')
    return row


def stop(session: Session, key: str) -> None:
    """Whoever holds a letter stops them: the address is forgotten.

    :raises NotFound: as `stopped`.
    """
    row = _receiving(_held(session, Contact.stop_key == key[:43]))
    account = session.get(Account, row.account_id)
    _forget(session, row, Actor(directory.post_name(session, account.tenant, f'{account.unit}/{account.post}'),
                                account.unit, account.post, account.id))


def check(channel: str, address: str) -> str:
    """The address without blanks around it.

    :raises Refused: it is none for this channel.
    """
    address = address.strip()
    if channel == 'mail' and not _MAIL.fullmatch(address):
        raise Refused('邮箱要写成 zhangsan@example.gov.cn 这样，您填的是“{address}”', address=address[:80])
    if channel != 'mail' and not _NUMBER.fullmatch(address):
        raise Refused('手机号或账号只能有字母、数字和 . _ @ -，您填的是“{address}”', address=address[:80])
    return address


def masked(address: str) -> str:
    """z***@fgw.gov.cn, 138****0000, z***"""
    name, at, host = address.partition('@')
    if at:
        return f'{name[0]}***@{host}'
    number = address.lstrip('+').isdecimal() and len(address) > 9
    return f'{address[:3]}****{address[-4:]}' if number else f'{address[0]}***'


def _own(session: Session, account_id: int, channel: str) -> Contact:
    row = _held(session, Contact.account_id == account_id, Contact.channel == channel)
    if row is None:
        raise NotFound('这里还没有填地址。')
    return row


def _held(session: Session, *which: ColumnElement[bool]) -> Contact | None:
    """The contact as it is now; nobody else changes it until this transaction ends."""
    return session.scalar(select(Contact).where(*which).with_for_update().execution_options(populate_existing=True))


def _forget(session: Session, row: Contact, actor: Actor) -> None:
    session.delete(row)
    _changed(session, row, actor, 'erased')


def _changed(session: Session, row: Contact, actor: Actor, what: str) -> None:
    """What steps remember of contacts is no longer true; the trail says that something changed, not to what."""
    session.flush()
    session.get(Tenant, row.tenant, with_for_update=True, populate_existing=True).parameter_revision += 1
    for topic in (_TOPIC, directory.NAMES, 'parameters'):
        changing(session, topic, row.tenant)
    told = {'channel': row.channel, 'change': what}
    history.record(session, row.tenant, actor, Kind.CONTACT_CHANGED, _SAID[what], told)


_SAID = {'entered': '填了接收提醒的地址', 'verified': '验证了接收提醒的地址', 'kinds': '改了接收哪些提醒',
         'erased': '不再接收提醒，地址已删'}


def _kinds(given: Iterable[str]) -> str:
    chosen = set(given)
    return ','.join(kind for kind in KINDS if kind in chosen)


def _hash(row: Contact, code: str) -> str:
    return sha256(f'{row.id}:{row.address}:{code}'.encode()).hexdigest()
