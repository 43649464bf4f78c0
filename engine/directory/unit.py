"""Units of a government: a tree with validity dates and successors."""
from datetime import date

from sqlalchemy import Date, Integer, String, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.db import Base
from engine.directory.tenant import changed

GOVERNMENT = '政府'
"""The kind of the unit whose posts are the leaders: principal and deputy."""


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


def units(session: Session, tenant_id: str, day: date) -> list[Unit]:
    """The units that exist on that day, in the order of lists."""
    return list(session.scalars(
        select(Unit).where(Unit.tenant == tenant_id, or_(Unit.valid_from.is_(None), Unit.valid_from <= day),
                           or_(Unit.valid_to.is_(None), Unit.valid_to >= day)).order_by(Unit.position, Unit.code)))


def add_unit(session: Session, tenant_id: str, code: str, name: str, kind: str, *, parent: str | None = None,
             position: int = 0, valid_from: date | None = None, valid_to: date | None = None,
             successor: str | None = None) -> Unit:
    """Enter a unit."""
    row = Unit(tenant=tenant_id, code=code, name=name, kind=kind, parent=parent, position=position,
               valid_from=valid_from, valid_to=valid_to, successor=successor)
    session.add(row)
    changed(session, tenant_id)
    return row
