"""Letters: what waits for one contact, bundled. A letter keeps its key at every try, so that it is known again."""
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import (Boolean, ColumnElement, Engine, Index, Integer, String, Uuid, delete, exists, func,
                        literal, select, text, update)
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.contact import Contact
from engine.db import Base, Utc, reading, writing
from engine.directory import Account, Tenant
from engine.errors import said
from engine.identifier import uuid7
from engine.outbox.entry import Entry
from engine.speech import Spoken

WAITING, SENT, SHOWN, FAILED, DISCARDED = 'waiting', 'sent', 'shown', 'failed', 'discarded'
"""A letter waits, is sent, would have been sent (a demo's), was given up, or was thrown away."""
STATES = {FAILED: said('没有发出'), WAITING: said('等着发'), SENT: said('已发出'), SHOWN: said('演示没有真发'), DISCARDED: said('不再发')}
"""What each is called, the one that wants a hand first."""
LEASE = timedelta(minutes=5)
"""How long a try may take, in real time; then another one begins."""
BATCH = 50

_OPEN = text("state = 'waiting'")


class Delivery(Base):
    """One letter. `made_at` and `sent_at` are in the government's time, `next_at` is real: a try under way holds the
    letter until then, and who dies meanwhile has only lent it."""

    __tablename__ = 'delivery'
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    tenant: Mapped[str] = mapped_column(String(20))
    contact_id: Mapped[UUID] = mapped_column(Uuid)
    account_id: Mapped[int] = mapped_column(Integer)
    channel: Mapped[str] = mapped_column(String(10))
    urgent: Mapped[bool] = mapped_column(Boolean)
    size: Mapped[int] = mapped_column(Integer)                         # how many entries; 0: a code to check an address
    code: Mapped[str | None] = mapped_column(String(6))                # gone once it is sent
    state: Mapped[str] = mapped_column(String(10))
    made_at: Mapped[datetime] = mapped_column(Utc)
    sent_at: Mapped[datetime | None] = mapped_column(Utc)
    tries: Mapped[int] = mapped_column(Integer, default=0)
    next_at: Mapped[datetime] = mapped_column(Utc)
    error: Mapped[str] = mapped_column(Spoken, default='')
    __table_args__ = (Index('delivery_next', 'channel', 'next_at', sqlite_where=_OPEN, postgresql_where=_OPEN),
                      Index('delivery_state', 'tenant', 'state', 'made_at'),
                      Index('delivery_account', 'account_id', 'made_at'))

    def ends(self, state: str, why: str = '') -> None:
        """Nothing more happens to it by itself."""
        self.state, self.error = state, why


def gather(engine: Engine, demo_sends: bool) -> int:
    """Make letters of what is ready, at most a batch; for how many contacts there was something.

    On a virtual clock each letter is made as of the moment at which it would have gone, however late we look.
    """
    with reading(engine) as session:
        ready = session.scalars(
            select(Entry.contact_id).join(Tenant, Tenant.id == Entry.tenant)
            .where(Entry.delivery_id.is_(None), Entry.ready_at <= _clock())
            .group_by(Entry.contact_id).order_by(func.min(Entry.ready_at)).limit(BATCH)).all()
    for contact_id in ready:
        with writing(engine) as session:
            _gather(session, contact_id, demo_sends)
    return len(ready)


def _clock() -> ColumnElement:
    return func.coalesce(Tenant.virtual_at, literal(clock.utcnow(), Utc()), type_=Utc())


def _gather(session: Session, contact_id: UUID, demo_sends: bool) -> None:
    waits = (Entry.contact_id == contact_id, Entry.delivery_id.is_(None))
    contact = session.get(Contact, contact_id)
    if not reads(session, contact):
        session.execute(delete(Entry).where(*waits))       # nobody is there to read it
        return
    tenant, first = session.get(Tenant, contact.tenant), session.scalar(select(func.min(Entry.ready_at)).where(*waits))
    if first is None or first > clock.now(tenant):
        return                                             # somebody else was faster
    at, key = first if tenant.virtual_at else clock.now(tenant), uuid7()
    size = session.execute(update(Entry).where(*waits, Entry.from_at <= at).values(delivery_id=key)).rowcount
    if size:
        urgent = session.scalar(select(exists().where(Entry.delivery_id == key, Entry.urgent)))
        session.add(_letter(key, contact, tenant, at, tenant.demo and not demo_sends, urgent=urgent, size=size))


def reads(session: Session, contact: Contact | None) -> bool:
    """Whether somebody is there to read it: an address that was checked, of an account that is not closed."""
    return (contact is not None and contact.verified_at is not None
            and session.get(Account, contact.account_id).active)


def write_code(session: Session, contact: Contact, code: str, demo_sends: bool) -> Delivery:
    """A letter with the code that shows whether the address is right, in the caller's writing session."""
    tenant = session.get(Tenant, contact.tenant)
    made = _letter(uuid7(), contact, tenant, clock.now(tenant), tenant.demo and not demo_sends, urgent=True, code=code)
    session.add(made)
    session.flush()
    return made


def _letter(key: UUID, contact: Contact, tenant: Tenant, at: datetime, shown: bool, *, urgent: bool, size: int = 0,
            code: str | None = None) -> Delivery:
    return Delivery(id=key, tenant=tenant.id, contact_id=contact.id, account_id=contact.account_id,
                    channel=contact.channel, urgent=urgent, size=size, code=code, made_at=at, next_at=clock.utcnow(),
                    state=SHOWN if shown else WAITING, sent_at=at if shown else None)


def due(session: Session, channels: Collection[str]) -> list[UUID]:
    """The letters whose time for a try has come, earliest first, at most a batch."""
    return list(session.scalars(select(Delivery.id).where(
        Delivery.channel.in_(channels), Delivery.state == text("'waiting'"), Delivery.next_at <= clock.utcnow())
        .order_by(Delivery.next_at).limit(BATCH)))


def lend(engine: Engine, key: UUID) -> bool:
    """Take a letter in hand for one try. False: somebody else has it."""
    now = clock.utcnow()
    with writing(engine) as session:
        return session.execute(update(Delivery).where(
            Delivery.id == key, Delivery.state == WAITING, Delivery.next_at <= now)
            .values(tries=Delivery.tries + 1, next_at=now + LEASE)).rowcount == 1


def entries(session: Session, key: UUID) -> list[Entry]:
    """What a letter tells, the most pressing first."""
    return list(session.scalars(select(Entry).where(Entry.delivery_id == key).order_by(
        Entry.urgent.desc(), Entry.deadline.is_(None), Entry.deadline, Entry.told_at, Entry.id)))
