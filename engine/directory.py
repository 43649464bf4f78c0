"""Who there is: tenants (governments), units with validity, posts, the accounts that hold them, substitutes."""
from datetime import date, datetime

from sqlalchemy import Boolean, Date, ForeignKeyConstraint, Index, Integer, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Utc


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
