"""Which running instances wait for which message or signal: one indexed read, however many instances there are."""
from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Uuid, bindparam, select
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base
from engine.instance.row import INSTANCE


class Subscription(Base):
    """An instance waits for this name; a signal's is written ``signal:name``."""

    __tablename__ = 'subscription'
    tenant: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(String(220), primary_key=True)
    instance_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey('instance.id'), primary_key=True)
    __table_args__ = (Index('subscription_instance', 'instance_id'),)


TABLE = Subscription.__table__
_END = TABLE.delete().where(TABLE.c.tenant == bindparam('b_tenant'), TABLE.c.name == bindparam('b_name'),
                             TABLE.c.instance_id == bindparam('b_instance'))
WAITING = (select(INSTANCE.c.id, INSTANCE.c.matter_id)
           .select_from(TABLE.join(INSTANCE, INSTANCE.c.id == TABLE.c.instance_id))
           .where(TABLE.c.tenant == bindparam('tenant'), TABLE.c.name == bindparam('name')))
"""Who waits for a name, with the matter that they belong to."""


def follow(plan: Any, tenant: str, instance_id: UUID, before: Collection[str], now: Collection[str]) -> None:
    """Write down what an instance began and ceased to wait for."""
    for name in sorted(set(now) - set(before)):
        plan.insert(TABLE, {'tenant': tenant, 'name': name, 'instance_id': instance_id})
    for name in sorted(set(before) - set(now)):
        plan.change(_END, {'b_tenant': tenant, 'b_name': name, 'b_instance': instance_id})
