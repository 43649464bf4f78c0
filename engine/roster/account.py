"""Accounts opened, closed and let in again, on the trail; a password that another post gives is for one time."""
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import directory, history
from engine.directory import Account, Post
from engine.errors import NotFound, Refused
from engine.history import Actor, Kind
from engine.roster.entry import AccountEntry
from engine.roster.unit import entries, refuse


def add_account(session: Session, tenant_id: str, actor: Actor, entry: AccountEntry, today: date
                ) -> tuple[Account, str]:
    """An account for a post, and the one-time password that its holder is told.

    :raises Invalid: something is wrong with the entry, or the login name is taken.
    """
    directory.alone(session, tenant_id)
    rows = session.execute(select(Post.unit, Post.post).where(Post.tenant == tenant_id))
    posts = {(unit, post) for unit, post in rows}
    taken = session.scalars(select(Account.login).where(Account.login == entry.login)).all()
    refuse(list(entry.faults(entries(directory.tree(session, tenant_id)), posts, taken, today)))
    password = directory.new_password()
    row = directory.add_account(session, tenant_id, entry.unit, entry.post, entry.login, directory.hash_given(password),
                                one_time=True)
    _tell(session, row, actor, Kind.ACCOUNT_ADDED, '建账号')
    return row, password


def close_account(session: Session, tenant_id: str, actor: Actor, account_id: int) -> Account:
    """Let an account in no more; what it did stays.

    :raises NotFound: there is none. :raises Refused: it is one's own.
    """
    row = _found(session, tenant_id, account_id)
    if row.id == actor.account_id:
        raise Refused('不能停用自己正在用的账号')
    if row.active:
        directory.set_active(session, row, False)
        _tell(session, row, actor, Kind.ACCOUNT_CLOSED, '停用账号')
    return row


def reopen_account(session: Session, tenant_id: str, actor: Actor, account_id: int) -> Account:
    """Let a closed account in again, with its old password. :raises NotFound: there is none."""
    row = _found(session, tenant_id, account_id)
    if not row.active:
        directory.set_active(session, row, True)
        _tell(session, row, actor, Kind.ACCOUNT_OPENED, '恢复账号')
    return row


def reset_password(session: Session, tenant_id: str, actor: Actor, account_id: int) -> tuple[Account, str]:
    """A one-time password for an account; open sessions end. :raises NotFound: there is none."""
    row = _found(session, tenant_id, account_id)
    password = directory.reset_password(row)
    _tell(session, row, actor, Kind.PASSWORD_RESET, '重设密码')
    return row, password


def unlock_account(session: Session, tenant_id: str, actor: Actor, account_id: int) -> Account:
    """Lift the lock that wrong passwords brought. :raises NotFound: there is none."""
    row = _found(session, tenant_id, account_id)
    if row.locked_until is not None:
        row.failed, row.locked_until = 0, None
        _tell(session, row, actor, Kind.ACCOUNT_UNLOCKED, '解锁账号')
    return row


def _found(session: Session, tenant_id: str, account_id: int) -> Account:
    row = session.get(Account, account_id, with_for_update=True)
    if row is None or row.tenant != tenant_id:
        raise NotFound('没有{id}号账号。', id=account_id)
    return row


def _tell(session: Session, row: Account, actor: Actor, kind: Kind, verb: str) -> None:
    session.flush()
    name = directory.post_name(session, row.tenant, f'{row.unit}/{row.post}')
    history.record(session, row.tenant, actor, kind, f'{verb}：{name}（{row.login}）',
                   {'login': row.login, 'post': f'{row.unit}/{row.post}'})
