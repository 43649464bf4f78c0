"""Posts of units: who may be asked."""
from sqlalchemy import ForeignKeyConstraint, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.db import Base
from engine.directory.tenant import changed
from engine.directory.unit import Unit
from engine.errors import NotFound


class Post(Base):
    """A post of a unit: who may be asked. `unit/post` is how diagrams name it."""

    __tablename__ = 'post'
    tenant: Mapped[str] = mapped_column(String(20), primary_key=True)
    unit: Mapped[str] = mapped_column(String(40), primary_key=True)
    post: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(String(40))                      # 联络员
    phone: Mapped[str] = mapped_column(String(40), default='')         # of the office, never of a person (P00-22)
    __table_args__ = (ForeignKeyConstraint(['tenant', 'unit'], ['unit.tenant', 'unit.code']),)


def everywhere(session: Session) -> frozenset[str]:
    """The posts of all governments, as diagrams name them."""
    return frozenset(f'{unit}/{post}' for unit, post in session.execute(select(Post.unit, Post.post).distinct()))


def add_post(session: Session, tenant_id: str, unit: str, post: str, name: str) -> Post:
    """Enter a post of a unit.

    :raises NotFound: there is no such unit.
    """
    if session.get(Unit, (tenant_id, unit)) is None:
        raise NotFound('没有代码为“{unit}”的单位', unit=unit)
    row = Post(tenant=tenant_id, unit=unit, post=post, name=name)
    session.add(row)
    changed(session, tenant_id)
    return row
