"""Which governments follow the shared bundle, with which of its versions, and whose each of their files is."""
from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import deployment
from engine.db import Base, Utc
from engine.deployment import Deployment

SCOPE = '*'
"""Where a version names its government, a shared one has this."""
SHARED, OWN, OVERRIDING = 'shared', 'own', 'overriding'
WORDS = {SHARED: '共享', OWN: '本级', OVERRIDING: '本级，替换了共享的'}


class Following(Base):
    """A government that follows what is shared, and the shared version that its version in use was made with."""

    __tablename__ = 'following'
    tenant: Mapped[str] = mapped_column(String(20), primary_key=True)
    shared_id: Mapped[int | None] = mapped_column(ForeignKey('deployment.id'))
    since: Mapped[datetime] = mapped_column(Utc)                       # in the tenant's time
    actor: Mapped[str] = mapped_column(String(160))


def shared(session: Session) -> Deployment | None:
    """The newest shared version; None before the first."""
    return deployment.current(session, SCOPE)


def find(session: Session, tenant_id: str) -> Following | None:
    """What a government follows; None where it goes its own way."""
    return session.get(Following, tenant_id)


def landed(session: Session, tenant_id: str, shared_id: int) -> None:
    """A shared version has become part of what a government uses."""
    row = find(session, tenant_id)
    if row is not None:
        row.shared_id = shared_id
        session.flush()


def origins(session: Session, tenant_id: str) -> dict[str, str]:
    """Where each file of the version in use comes from, by name: SHARED, OWN or OVERRIDING a shared one; nothing where
    the government does not follow."""
    row, current = find(session, tenant_id), deployment.current(session, tenant_id)
    if row is None or current is None:
        return {}
    common = deployment.hashes(session, row.shared_id) if row.shared_id else {}
    return {name: SHARED if common.get(name) == one else OVERRIDING if name in common else OWN
            for name, one in deployment.hashes(session, current.id).items()}
