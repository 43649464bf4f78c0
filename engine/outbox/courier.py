"""Carries letters away, beside the worker's steps and outside of their transactions: at least once, with the same key.

A letter is lent for a try, sent, and only then marked. Who is killed in between has it tried again by the next.
"""
import logging
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from engine import channel, clock, deployment, directory
from engine.channel import Channel, Undelivered
from engine.contact import Contact
from engine.db import reading, writing
from engine.directory import Tenant
from engine.errors import said
from engine.outbox import delivery, line, upkeep, wording
from engine.outbox.delivery import DISCARDED, FAILED, SENT, WAITING, Delivery
from engine.outbox.hours import hours

PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=8))
"""Before each further try of a letter, in real time; after the last one it is given up and waits for an operator."""
_LOOK = 2.0                 # seconds between two looks when nothing is to be sent
_TIDY = timedelta(hours=6)
_log = logging.getLogger('duban.courier')


class Courier:
    """Brings letters to their channels. ``with`` it, a thread does so until the end; else `drain` does it at once."""

    def __init__(self, engine: Engine, settings: Mapping[str, Any],
                 channels: Mapping[str, Channel] | None = None) -> None:
        self._engine, self._address, self._demo = engine, settings['PUBLIC_URL'], settings['DEMO_SENDS']
        self._channels = channel.opened(settings) if channels is None else channels
        self.sent, self._tidy_at = 0, clock.utcnow()
        self._stop, self._thread = threading.Event(), threading.Thread(target=self._run, name='courier', daemon=True)

    def __enter__(self) -> 'Courier':
        self._thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._stop.set()
        self._thread.join()

    def drain(self) -> int:
        """Go on until nothing is left to do now; how many letters were sent."""
        before = self.sent
        self._tidy()
        while self._look():
            pass
        return self.sent - before

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._tidy()
                busy = self._look()
            except Exception as error:                   # the database may be away for a while; letters are safe in it
                _log.warning('courier: %s', error)
                busy = False
            if not busy:
                self._stop.wait(_LOOK)

    def _tidy(self) -> None:
        """Now and then, forget what went out long ago."""
        if clock.utcnow() >= self._tidy_at:
            self._tidy_at = clock.utcnow() + _TIDY
            with writing(self._engine) as session:
                upkeep.clear(session)

    def _look(self) -> bool:
        """Make letters of what is ready and try those that are due; whether there was anything."""
        gathered = delivery.gather(self._engine, self._demo)
        with reading(self._engine) as session:
            keys = delivery.due(session, self._channels.keys() - line.resting(session))
        for key in keys:
            if not self._stop.is_set():
                self._try(key)
        for each in self._channels.values():
            each.close()
        return bool(gathered or keys)

    def _try(self, key: UUID) -> None:
        with reading(self._engine) as session:
            made = session.get(Delivery, key)
            if made.channel in line.resting(session):    # it went down with the letter before this one
                return
            contact = session.get(Contact, made.contact_id)
            if made.code is None and not delivery.reads(session, contact):
                contact = None
            letter = contact and wording.letter(made, delivery.entries(session, key),
                                                directory.unit_names(session, made.tenant), contact.stop_key,
                                                self._address)
            through = self._channels[made.channel]
        if not delivery.lend(self._engine, key):
            return
        if contact is None:
            self._mark(key, lambda _session, row: row.ends(DISCARDED, said('对方不再接收提醒')))
            return
        try:
            through.send(letter, contact.address)
        except Exception as error:                       # whatever it was, the others shall not wait for it
            fault = error if isinstance(error, Undelivered) else Undelivered(f'{type(error).__name__}: {error}')
            self._mark(key, lambda session, row: _failed(session, row, fault))
        else:
            self._mark(key, _sent)
            self.sent += 1

    def _mark(self, key: UUID, write: Callable[[Session, Delivery], None]) -> None:
        with writing(self._engine) as session:
            row = session.get(Delivery, key, with_for_update=True)
            if row.state == WAITING:
                write(session, row)


def _sent(session: Session, row: Delivery) -> None:
    row.ends(SENT)
    row.code, row.sent_at = None, clock.now(session.get(Tenant, row.tenant))
    line.works(session, row.channel)


def _failed(session: Session, row: Delivery, fault: Undelivered) -> None:
    row.error = fault.why
    if fault.line:
        line.fails(session, row.channel, fault.why, fault.after)
    if not fault.counted:
        row.tries, row.next_at = row.tries - 1, clock.utcnow()     # it waits for its channel alone
    elif not fault.again or row.tries > len(PAUSES):
        row.ends(FAILED, fault.why)
    else:
        row.next_at = _again(session, row, max(PAUSES[row.tries - 1], timedelta(seconds=fault.after)))


def _again(session: Session, row: Delivery, pause: timedelta) -> datetime:
    """When to try once more; what is not urgent lets people sleep."""
    at, tenant = clock.utcnow() + pause, session.get(Tenant, row.tenant)
    if row.urgent or tenant.virtual_at:
        return at
    current = deployment.current(session, tenant.id)
    return hours(session, tenant, deployment.bundle(session, current.id) if current else None).first(at)
