"""Who there is: tenants (governments), units with validity, posts, the accounts that hold them, substitutes."""
import functools
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError
from sqlalchemy import (Boolean, Date, ForeignKeyConstraint, Index, Integer, LargeBinary, String, UniqueConstraint, or_,
                        select)
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.db import Base, Utc
from engine.errors import Forbidden, NotFound, Refused
from engine.remember import changing, remember

GOVERNMENT = '政府'
"""The kind of the unit whose posts are the leaders: principal and deputy."""
SHORTEST = 8
"""Characters of the shortest password."""
NAMES = 'names'
"""The topic under which processes remember the names of units and posts; it has its revision from the parameters'."""


class Tenant(Base):
    """One government with its own calendar, parameters, clock and chain of general events."""

    __tablename__ = 'tenant'
    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    level: Mapped[str] = mapped_column(String(10))                     # 省 市 县
    document: Mapped[str] = mapped_column(String(300), default='')     # the regulation that its demo follows
    zone: Mapped[str] = mapped_column(String(40), default='Asia/Shanghai')
    demo: Mapped[bool] = mapped_column(Boolean, default=False)         # only a demo tenant has a clock to move
    virtual_at: Mapped[datetime | None] = mapped_column(Utc)           # where its virtual clock stands; None: real time
    covered_until: Mapped[date] = mapped_column(Date)                  # last day of the published working calendar
    calendar_revision: Mapped[int] = mapped_column(Integer, default=0)
    parameter_revision: Mapped[int] = mapped_column(Integer, default=0)
    head_seq: Mapped[int] = mapped_column(Integer, default=0)          # of the tenant's own chain, see history
    head_hash: Mapped[bytes] = mapped_column(LargeBinary, default=bytes(32))


class Unit(Base):
    """A unit of a government. A body that no longer exists keeps its row and names its successor (A24)."""

    __tablename__ = 'unit'
    tenant: Mapped[str] = mapped_column(String(20), primary_key=True)
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(20))
    parent: Mapped[str | None] = mapped_column(String(40))
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    successor: Mapped[str | None] = mapped_column(String(40))
    position: Mapped[int] = mapped_column(Integer, default=0)          # order in lists


class Post(Base):
    """A post of a unit: who may be asked. `unit/post` is how diagrams name it."""

    __tablename__ = 'post'
    tenant: Mapped[str] = mapped_column(String(20), primary_key=True)
    unit: Mapped[str] = mapped_column(String(40), primary_key=True)
    post: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(String(40))                      # 联络员
    __table_args__ = (ForeignKeyConstraint(['tenant', 'unit'], ['unit.tenant', 'unit.code']),)


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
    __table_args__ = (ForeignKeyConstraint(['tenant', 'unit', 'post'], ['post.tenant', 'post.unit', 'post.post']),
                      Index('account_post', 'tenant', 'unit', 'post'))


class Substitute(Base):
    """`by_unit/by_post` acts for `unit/post` between two days, both included."""

    __tablename__ = 'substitute'
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    tenant: Mapped[str] = mapped_column(String(20))
    unit: Mapped[str] = mapped_column(String(40))
    post: Mapped[str] = mapped_column(String(20))
    by_unit: Mapped[str] = mapped_column(String(40))
    by_post: Mapped[str] = mapped_column(String(20))
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    __table_args__ = (UniqueConstraint('tenant', 'unit', 'post', 'first_day'),)


_hasher = PasswordHasher()


def tenant(session: Session, tenant_id: str) -> Tenant:
    """The government of this id.

    :raises NotFound: there is none.
    """
    found = session.get(Tenant, tenant_id)
    if found is None:
        known = '、'.join(session.scalars(select(Tenant.id).order_by(Tenant.id))) or '一个也没有'
        raise NotFound('没有代码为“{id}”的政府；现有：{known}', id=tenant_id, known=known)
    return found


@dataclass(frozen=True)
class Names:
    """Codes to Chinese names. What has no row is called by its code, so that a list never fails for a name."""

    units: dict[str, str]
    posts: dict[str, str]

    def unit(self, codes: str | list[str] | None) -> str | None:
        """省发展改革委, or several: 省司法厅、省政务服务中心. None stays None."""
        if codes is None:
            return None
        parts = codes.split(',') if isinstance(codes, str) else codes
        return '、'.join(self.units.get(code.strip(), code.strip()) for code in parts if code.strip())

    def post(self, reference: str | None) -> str | None:
        """省发展改革委·联络员 of "fgw/liaison"; several, separated by commas, are joined by 、. None stays None."""
        if reference is None:
            return None
        return '、'.join(self._post(part.strip()) for part in reference.split(',') if part.strip())

    def _post(self, reference: str) -> str:
        unit, _, post = reference.partition('/')
        return f'{self.units.get(unit, unit)}·{self.posts.get(reference, post)}'

    def functions(self) -> dict[str, Callable]:
        """What diagrams, tables and forms call."""
        return {'unit_name': self.unit, 'post_name': self.post}


def names(session: Session, tenant_id: str, revision: int | None = None) -> Names:
    """The names of a government's units and posts, remembered until the directory changes.

    Who has the tenant's `parameter_revision` at hand spares a look at its row.
    """
    if revision is None:
        revision = tenant(session, tenant_id).parameter_revision

    def read() -> Names:
        units = select(Unit.code, Unit.name).where(Unit.tenant == tenant_id).order_by(Unit.position, Unit.code)
        posts = select(Post.unit, Post.post, Post.name).where(Post.tenant == tenant_id)
        return Names({code: name for code, name in session.execute(units)},
                     {f'{unit}/{post}': name for unit, post, name in session.execute(posts)})
    return remember(session, NAMES, tenant_id, revision, read)


def functions(session: Session, tenant_id: str, revision: int | None = None) -> dict[str, Callable]:
    """``unit_name(codes)`` and ``post_name('unit/post')`` for expressions of this government."""
    return names(session, tenant_id, revision).functions()


def unit_names(session: Session, tenant_id: str) -> dict[str, str]:
    """Unit codes to names, in the order of lists."""
    return names(session, tenant_id).units


def post_name(session: Session, tenant_id: str, reference: str) -> str:
    """省发展改革委·联络员 of "fgw/liaison"."""
    return names(session, tenant_id).post(reference)


def units(session: Session, tenant_id: str, day: date) -> list[Unit]:
    """The units that exist on that day, in the order of lists."""
    return list(session.scalars(
        select(Unit).where(Unit.tenant == tenant_id, or_(Unit.valid_from.is_(None), Unit.valid_from <= day),
                           or_(Unit.valid_to.is_(None), Unit.valid_to >= day)).order_by(Unit.position, Unit.code)))


def holders(session: Session, tenant_id: str, unit: str, post: str) -> list[Account]:
    """The accounts that can act as this post."""
    return list(session.scalars(select(Account).where(
        Account.tenant == tenant_id, Account.unit == unit, Account.post == post, Account.active).order_by(Account.id)))


def options(session: Session, tenant_id: str, name: str, day: date, revision: int | None = None
            ) -> list[tuple[str, str]]:
    """What a form offers to choose from, as (value, label).

    "units" are the units that can be given work on that day: they have a liaison with an account (P00-11).
    "leaders" are the posts of the government itself, "posts" all posts of the units of that day. `revision` as for
    `names`.

    :raises NotFound: no list has this name.
    """
    if revision is None:
        revision = tenant(session, tenant_id).parameter_revision
    called = names(session, tenant_id, revision)
    current = remember(session, NAMES, tenant_id, (revision, day), lambda: [
        (unit.code, unit.name, unit.kind, unit.position) for unit in units(session, tenant_id, day)])
    if name in ('units', 'co_units'):
        reachable = remember(session, NAMES, tenant_id, (revision, 'liaison'), lambda: {
            unit for unit, post in _held(session, tenant_id) if post == 'liaison'})
        return [(code, label) for code, label, _, _ in current if code in reachable]
    if name in ('posts', 'leaders'):
        order = {code: position for code, _, kind, position in current if name == 'posts' or kind == GOVERNMENT}
        return sorted(((reference, called.post(reference)) for reference in called.posts
                       if reference.partition('/')[0] in order),
                      key=lambda option: (order[option[0].partition('/')[0]], option[0]))
    raise NotFound('没有叫“{name}”的选项；可以用的有：units、co_units、leaders、posts', name=name)


def warnings(session: Session, tenant_id: str, day: date) -> list[str]:
    """Posts that nobody holds (P00-11), one sentence each: their tasks would wait for nobody."""
    held, called = _held(session, tenant_id), names(session, tenant_id)
    current = {unit.code for unit in units(session, tenant_id, day)}
    return [f'{called.post(reference)}还没有账号，交给它的任务没有人能办'
            for reference in called.posts
            if reference.partition('/')[0] in current and tuple(reference.split('/')) not in held]


def _held(session: Session, tenant_id: str) -> set[tuple[str, str]]:
    rows = session.execute(select(Account.unit, Account.post).where(Account.tenant == tenant_id, Account.active))
    return {(unit, post) for unit, post in rows}


def acting_for(session: Session, tenant_id: str, held: tuple[str, str], asked: tuple[str, str],
               day: date) -> str | None:
    """As whom the post `held` may do what `asked` is asked to do: None as itself, else the name it stands in for.

    :raises Forbidden: it is neither the post nor one of its substitutes on that day.
    """
    if held == asked:
        return None
    if held in _chain(_substitutes(session, tenant_id, day, day), asked):
        return post_name(session, tenant_id, '/'.join(asked))
    raise Forbidden('这一步由{asked}办，{held}不能代办',
                    asked=post_name(session, tenant_id, '/'.join(asked)),
                    held=post_name(session, tenant_id, '/'.join(held)))


def stands_for(session: Session, tenant_id: str, held: tuple[str, str], day: date) -> list[tuple[str, str]]:
    """The posts for which the post `held` may act on that day, itself first."""
    found = _substitutes(session, tenant_id, day, day)
    reverse: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for asked, by in found.items():
        for one in by:
            reverse.setdefault(one, []).append(asked)
    return [held, *sorted(_chain(reverse, held))]


def set_substitute(session: Session, tenant_id: str, asked: tuple[str, str], by: tuple[str, str], first_day: date,
                   last_day: date) -> Substitute:
    """Let `by` act for `asked` between two days, both included.

    :raises Refused: the days are the wrong way round, or `by` is, perhaps through others, replaced by `asked` then.
    """
    if last_day < first_day:
        raise Refused('代办要从前一天到后一天，现在填的是{first}到{last}', first=first_day, last=last_day)
    taken = _substitutes(session, tenant_id, first_day, last_day)
    if asked == by or asked in _chain(taken, by):
        raise Refused('不能绕圈代办：{by}这段时间正由{asked}代办', by=post_name(session, tenant_id, '/'.join(by)),
                      asked=post_name(session, tenant_id, '/'.join(asked)))
    row = Substitute(tenant=tenant_id, unit=asked[0], post=asked[1], by_unit=by[0], by_post=by[1],
                     first_day=first_day, last_day=last_day)
    session.add(row)
    session.flush()
    return row


def _substitutes(session: Session, tenant_id: str, first: date, last: date) -> dict[tuple[str, str], list]:
    rows = session.scalars(select(Substitute).where(
        Substitute.tenant == tenant_id, Substitute.first_day <= last, Substitute.last_day >= first))
    found: dict[tuple[str, str], list] = {}
    for row in rows:
        found.setdefault((row.unit, row.post), []).append((row.by_unit, row.by_post))
    return found


def _chain(edges: dict, start: tuple[str, str]) -> set[tuple[str, str]]:
    """Everything that can be reached from `start`, itself left out."""
    reached: set[tuple[str, str]] = set()
    waiting = [start]
    while waiting:
        for step in edges.get(waiting.pop(), ()):
            if step != start and step not in reached:
                reached.add(step)
                waiting.append(step)
    return reached


def add_unit(session: Session, tenant_id: str, code: str, name: str, kind: str, *, parent: str | None = None,
             position: int = 0, valid_from: date | None = None, valid_to: date | None = None,
             successor: str | None = None) -> Unit:
    """Enter a unit."""
    row = Unit(tenant=tenant_id, code=code, name=name, kind=kind, parent=parent, position=position,
               valid_from=valid_from, valid_to=valid_to, successor=successor)
    session.add(row)
    _changed(session, tenant_id)
    return row


def add_post(session: Session, tenant_id: str, unit: str, post: str, name: str) -> Post:
    """Enter a post of a unit.

    :raises NotFound: there is no such unit.
    """
    if session.get(Unit, (tenant_id, unit)) is None:
        raise NotFound('没有代码为“{unit}”的单位', unit=unit)
    row = Post(tenant=tenant_id, unit=unit, post=post, name=name)
    session.add(row)
    _changed(session, tenant_id)
    return row


def _changed(session: Session, tenant_id: str) -> None:
    """What processes remember by the tenant's revision is no longer true."""
    tenant(session, tenant_id).parameter_revision += 1
    for topic in (NAMES, 'parameters'):
        changing(session, topic, tenant_id)
    session.flush()


def add_account(session: Session, tenant_id: str, unit: str, post: str, login: str, password_hash: str) -> Account:
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
                  session_key=secrets.token_hex(16))
    session.add(row)
    _changed(session, tenant_id)
    return row


def hash_password(password: str) -> str:
    """What is stored instead of the password (argon2id).

    :raises Refused: it is shorter than eight characters.
    """
    if len(password) < SHORTEST:
        raise Refused('密码至少{count}个字符，现在是{given}个', count=SHORTEST, given=len(password))
    return _hasher.hash(password)


def set_password(account: Account, password: str) -> None:
    """Give the account a new password: every open session of it ends, a lock is lifted."""
    account.password_hash, account.session_key = hash_password(password), secrets.token_hex(16)
    account.failed, account.locked_until = 0, None


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
