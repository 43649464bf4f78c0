"""Accounts: ways to sign in as a post, and their passwords."""
import functools
import secrets
from datetime import datetime

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError
from sqlalchemy import Boolean, ForeignKeyConstraint, Index, Integer, String, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.db import Base, Utc
from engine.directory.post import Post
from engine.directory.tenant import NAMES, changed, tenant
from engine.errors import NotFound, Refused
from engine.remember import remember

SHORTEST = 8
"""Characters of the shortest password."""

_CLEAR = 'abcdefghjkmnpqrstuvwxyz23456789'
_hasher = PasswordHasher()
_quick = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1)


class Account(Base):
    """A way to sign in as one post. Persons are never named (house.md law 9)."""

    __tablename__ = 'account'
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    tenant: Mapped[str] = mapped_column(String(20))
    unit: Mapped[str] = mapped_column(String(40))
    post: Mapped[str] = mapped_column(String(20))
    login: Mapped[str] = mapped_column(String(60), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    failed: Mapped[int] = mapped_column(Integer, default=0)            # wrong passwords in a row
    locked_until: Mapped[datetime | None] = mapped_column(Utc)
    session_key: Mapped[str] = mapped_column(String(32), default='')   # changes: every open session ends
    one_time: Mapped[bool] = mapped_column(Boolean, default=False)     # its password was given by another post
    __table_args__ = (ForeignKeyConstraint(['tenant', 'unit', 'post'], ['post.tenant', 'post.unit', 'post.post']),
                      Index('account_post', 'tenant', 'unit', 'post'))


def holders(session: Session, tenant_id: str, unit: str, post: str) -> list[Account]:
    """The accounts that can act as this post."""
    return list(session.scalars(select(Account).where(
        Account.tenant == tenant_id, Account.unit == unit, Account.post == post, Account.active).order_by(Account.id)))


def held(session: Session, tenant_id: str, revision: int | None = None) -> frozenset[tuple[str, str]]:
    """Every (unit, post) that somebody can sign in as. `revision` as for `names`."""
    if revision is None:
        revision = tenant(session, tenant_id).parameter_revision

    def read() -> frozenset[tuple[str, str]]:
        query = select(Account.unit, Account.post).where(Account.tenant == tenant_id, Account.active).distinct()
        return frozenset((unit, post) for unit, post in session.execute(query))
    return remember(session, NAMES, tenant_id, (revision, 'held'), read)


def keeper(session: Session, account_id: int) -> Account:
    """The account, for which nobody else changes what it keeps for itself (its words, views, addresses, exports) until
    this transaction ends."""
    return session.get(Account, account_id, with_for_update=True, populate_existing=True)


def add_account(session: Session, tenant_id: str, unit: str, post: str, login: str, password_hash: str, *,
                one_time: bool = False) -> Account:
    """An account that signs in as the post, with a hash from `hash_password`. The caller puts it on the trail.

    A unit whose liaison it is can be given work from now on.

    :raises NotFound: the government has no such post.
    :raises Refused: the login name is taken.
    """
    if session.get(Post, (tenant_id, unit, post)) is None:
        raise NotFound('没有“{reference}”这个岗位，先建单位和岗位', reference=f'{unit}/{post}')
    if session.scalar(select(Account.id).where(Account.login == login)):
        raise Refused('登录名“{login}”已经有了，请换一个', login=login)
    row = Account(tenant=tenant_id, unit=unit, post=post, login=login, password_hash=password_hash,
                  session_key=secrets.token_hex(16), one_time=one_time)
    session.add(row)
    try:
        changed(session, tenant_id)
    except IntegrityError as error:                      # another government gave it at this instant
        raise Refused('登录名“{login}”已经有了，请换一个', login=login) from error
    return row


def hash_password(password: str) -> str:
    """What is stored instead of the password (argon2id).

    :raises Refused: it is shorter than eight characters.
    """
    if len(password) < SHORTEST:
        raise Refused('密码至少{count}个字符，现在是{given}个', count=SHORTEST, given=len(password))
    return _hasher.hash(password)


def set_password(account: Account, password: str) -> None:
    """Give the account a new password: every open session of it ends, a lock is lifted.

    :raises Refused: it is too short.
    """
    _put(account, hash_password(password), False)


def reset_password(account: Account) -> str:
    """A new password for the account, with which one can do nothing but choose one's own; sessions and locks end."""
    password = new_password()
    _put(account, hash_given(password), True)
    return password


def _put(account: Account, hashed: str, one_time: bool) -> None:
    account.password_hash, account.session_key, account.one_time = hashed, secrets.token_hex(16), one_time
    account.failed, account.locked_until = 0, None


def hash_given(password: str) -> str:
    """What is stored instead of a password from `new_password`, which nobody can guess: it may be quick to check."""
    return _quick.hash(password)


def new_password() -> str:
    """A password to be read out and typed once: no letters that look alike."""
    return '-'.join(''.join(secrets.choice(_CLEAR) for _ in range(4)) for _ in range(3))


def set_active(session: Session, account: Account, active: bool) -> None:
    """Let an account come in, or no longer: then every open session of it ends."""
    account.active, account.session_key = active, secrets.token_hex(16)
    changed(session, account.tenant)


def check_password(account: Account | None, password: str) -> bool:
    """Is this the account's password? Nobody's password takes as long to be wrong as somebody's."""
    try:
        return _hasher.verify(account.password_hash if account else _stranger(), password) and account is not None
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False


@functools.cache
def _stranger() -> str:
    """A hash to compare with when the login name is unknown."""
    return _hasher.hash(secrets.token_hex(16))
