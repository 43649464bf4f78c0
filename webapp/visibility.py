"""What the person that is signed in may see of the ledger, itself and for whom it stands in: one door for all."""
from collections.abc import Sequence
from uuid import UUID

from flask import g
from flask_login import current_user
from sqlalchemy import ColumnElement, Subquery, select

from engine import directory, visibility
from engine.directory import Held
from engine.errors import NotFound
from engine.ledger import Matter
from engine.visibility import Sight
from webapp import definition, say
from webapp.db import db


def posts() -> list[Held]:
    """The posts for which this one acts today, itself first."""
    if 'posts' not in g:
        tenant = current_user.tenant
        g.posts = directory.stands_for(db.session, tenant.id, (current_user.unit, current_user.post), say.today(),
                                       tenant.parameter_revision)
    return g.posts


def sight() -> Sight:
    """What these posts see together, read once per request."""
    if 'sight' not in g:
        g.sight = visibility.sight(db.session, current_user.tenant, posts(), definition.current())
    return g.sight


def visible() -> ColumnElement[bool]:
    """The matters that this post sees in lists."""
    return sight().condition()


def seen(columns: Sequence[ColumnElement], conditions: Sequence[ColumnElement[bool]] = (), *,
         fence: bool = True) -> Subquery:
    """Columns of the matters that this post sees: `visible` for whole lists; `fence` as for `Sight.seen`."""
    return sight().seen(columns, conditions, postgresql=postgresql(), fence=fence)


def found(matter_id: UUID) -> Matter:
    """One matter that this post may open.

    :raises NotFound: there is none, or this post has nothing to do with it.
    """
    matter = _opened(matter_id)
    if matter is None:
        raise NotFound('没有找到这件事项：可能是地址写错，也可能是别的单位的事项。')
    return matter


def opens(matter_id: UUID) -> bool:
    """May this post open that matter?"""
    return _opened(matter_id) is not None


def _opened(matter_id: UUID) -> Matter | None:
    return db.session.scalar(select(Matter).where(Matter.id == matter_id, sight().opens()))


def became(unit: str) -> tuple[str, ...]:
    """A unit and those that became it: what they led is shown under their successor."""
    tenant = current_user.tenant
    return unit, *directory.tree(db.session, tenant.id, tenant.parameter_revision).before(unit)


def postgresql() -> bool:
    """Is this PostgreSQL? Its planner wants to be asked otherwise than SQLite's."""
    return db.session.get_bind().dialect.name == 'postgresql'
