"""What an operator does with letters: look, try again, throw away, try a channel out."""
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Engine, delete, func, select, text, update
from sqlalchemy.orm import Session

from engine import channel, clock, history
from engine.channel import Letter, Undelivered
from engine.contact import Contact
from engine.db import writing
from engine.directory import Tenant
from engine.errors import NotFound, Refused
from engine.history import Actor, Kind
from engine.identifier import uuid7
from engine.outbox import line
from engine.outbox.delivery import DISCARDED, FAILED, SENT, SHOWN, WAITING, Delivery
from engine.outbox.entry import Entry

KEPT = timedelta(days=90)
"""How long a letter that went out stays on the list."""


class Gathering(NamedTuple):
    """What waits to become one letter: to whom, how many things, and from when on, in the government's time."""

    contact: Contact
    size: int
    at: datetime


def letters(session: Session, tenant_id: str, state: str, most: int, offset: int = 0) -> list[Delivery]:
    """The government's letters in a state, newest first."""
    return list(session.scalars(select(Delivery).where(Delivery.tenant == tenant_id, Delivery.state == state)
                                .order_by(Delivery.made_at.desc(), Delivery.id.desc()).limit(most).offset(offset)))


def counts(session: Session, tenant_id: str) -> dict[str, int]:
    """How many letters are in each state, and as `bundling` how many things wait for the letter in which they go."""
    found = dict(session.execute(select(Delivery.state, func.count()).where(Delivery.tenant == tenant_id)
                                 .group_by(Delivery.state)).all())
    bundling = session.scalar(select(func.count()).where(Entry.tenant == tenant_id, text('delivery_id IS NULL')))
    return {state: found.get(state, 0) for state in (WAITING, SENT, SHOWN, FAILED, DISCARDED)} | {'bundling': bundling}


def gathering(session: Session, tenant_id: str, most: int) -> list[Gathering]:
    """What waits for the letter in which it goes, by contact, the earliest first: how many things, and when it goes
    unless something urgent takes it along."""
    first = func.min(Entry.ready_at)
    found = session.execute(select(Entry.contact_id, func.count(), first).where(
        Entry.tenant == tenant_id, text('delivery_id IS NULL')).group_by(Entry.contact_id)
        .order_by(first, Entry.contact_id).limit(most)).all()
    known = {one.id: one for one in session.scalars(select(Contact).where(Contact.id.in_([row[0] for row in found])))}
    return [Gathering(known[key], size, at) for key, size, at in found if key in known]


def retry(session: Session, tenant_id: str, actor: Actor, key: UUID | None = None) -> int:
    """Letters that were given up are tried again at once, one or all, and no channel rests any longer; how many.

    :raises NotFound: the letter is none that was given up.
    """
    count = _move(session, tenant_id, key, (FAILED,), state=WAITING, tries=0, next_at=clock.utcnow(), error='')
    line.wake(session)
    history.record(session, tenant_id, actor, Kind.OUTBOX_RETRIED, f'重发提醒{count}封', {'count': count})
    return count


def discard(session: Session, tenant_id: str, actor: Actor, key: UUID) -> None:
    """A letter that waits or was given up is not sent.

    :raises NotFound: there is no such letter.
    """
    _move(session, tenant_id, key, (FAILED, WAITING), state=DISCARDED)
    history.record(session, tenant_id, actor, Kind.OUTBOX_DISCARDED, '有一封提醒不再发', {'letter': key.hex})


def _move(session: Session, tenant_id: str, key: UUID | None, states: tuple[str, ...], **values: Any) -> int:
    mine = (Delivery.tenant == tenant_id, Delivery.state.in_(states), *(() if key is None else (Delivery.id == key,)))
    count = session.execute(update(Delivery).where(*mine).values(**values)).rowcount
    if key is not None and not count:
        raise NotFound('没有这封等着处理的提醒，可能已经发出了。')
    return count


def try_out(engine: Engine, tenant_id: str, name: str, address: str, settings: Mapping[str, Any], actor: Actor) -> None:
    """Send one letter right now, to see whether a channel works.

    :raises Refused: the channel is not set up, the government is a demo's that sends nothing, or it did not get
        through.
    """
    through = channel.opened(settings).get(name)
    if through is None:
        raise Refused('{name}还没有接上，请先设置环境变量，再重新启动。', name=channel.called(name, settings))
    with writing(engine) as session:
        if session.get(Tenant, tenant_id).demo and not settings['DEMO_SENDS']:
            raise Refused('演示用的政府不往外发；真的要试，请设 DEMO_SENDS=yes。')
        said = f'试发{channel.called(name, settings)}'
        history.record(session, tenant_id, actor, Kind.CHANNEL_TRIED, said, {'channel': name})
    try:
        through.send(Letter(uuid7().hex, '督办：试发', ('收到这一封，说明这条路是通的。',)), address)
    except Undelivered as fault:
        _note(engine, name, fault)
        raise Refused('没有发出：{why}', why=fault.why) from fault
    finally:
        through.close()
    with writing(engine) as session:
        line.works(session, name)


def _note(engine: Engine, name: str, fault: Undelivered) -> None:
    if fault.line:
        with writing(engine) as session:
            line.fails(session, name, fault.why, fault.after)


def clear(session: Session) -> int:
    """Forget letters that went out long ago, in the caller's writing session; how many."""
    over = (Delivery.state.in_((SENT, SHOWN, DISCARDED)), Delivery.next_at < clock.utcnow() - KEPT)
    session.execute(delete(Entry).where(Entry.delivery_id.in_(select(Delivery.id).where(*over))))
    return session.execute(delete(Delivery).where(*over)).rowcount
