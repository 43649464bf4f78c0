"""Tokens: what lets a program speak for an account without its password. Only hashes are kept."""
import hmac
import secrets
from datetime import datetime
from hashlib import sha256

from sqlalchemy import ForeignKey, Integer, String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.db import Base, Utc
from engine.directory import Account
from engine.errors import NotFound

_BYTES = 32


class Token(Base):
    """One token of an account. It ends when it is revoked, and with the account's open sessions (`session_key`)."""

    __tablename__ = 'token'
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    account_id: Mapped[int] = mapped_column(ForeignKey('account.id'), index=True)
    hash: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(Utc)
    revoked_at: Mapped[datetime | None] = mapped_column(Utc)


def make(session: Session, account: Account) -> str:
    """A new token of the account, `number.secret`: told this once. The caller puts it on the trail."""
    secret = secrets.token_urlsafe(_BYTES)
    row = Token(account_id=account.id, hash=_hash(secret, account), made_at=clock.utcnow())
    session.add(row)
    session.flush()
    return f'{row.id}.{secret}'


def holder(session: Session, text: str) -> int | None:
    """The id of the active account that this token speaks for; None when it is no token, or no longer one."""
    number, _, secret = text.partition('.')
    if not (number.isascii() and number.isdecimal() and len(number) <= 9):
        return None
    found = session.execute(select(Token.hash, Account).join(Account, Account.id == Token.account_id).where(
        Token.id == int(number), Token.revoked_at.is_(None), Account.active)).first()
    return found[1].id if found and hmac.compare_digest(found[0], _hash(secret, found[1])) else None


def revoke(session: Session, account: Account) -> int:
    """End every token of the account; how many there were. The caller puts it on the trail."""
    return session.execute(update(Token).where(Token.account_id == account.id, Token.revoked_at.is_(None))
                           .values(revoked_at=clock.utcnow())).rowcount


def owner(session: Session, login: str) -> Account:
    """The active account with this login name.

    :raises NotFound: there is none.
    """
    found = session.scalar(select(Account).where(Account.login == login, Account.active))
    if found is None:
        raise NotFound('没有登录名是“{login}”的账号', login=login)
    return found


def _hash(secret: str, account: Account) -> str:
    """The secret is random and long, so that a fast hash is enough."""
    return sha256(f'{secret}:{account.session_key}'.encode()).hexdigest()
