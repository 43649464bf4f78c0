"""Deadlines follow a changed calendar or parameter: every matter with an open timer is read again."""
import logging
import threading
import time
from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import Engine, select

from engine import deployment, incident, instance
from engine.db import reading, writing
from engine.job import Timer

PATIENCE = 8.0                                   # seconds that a page waits; the rest goes on behind it
_log = logging.getLogger('duban.rearm')


class Moved(NamedTuple):
    """What re-reading came to: matters read, timers that have another moment, matters still being read."""

    matters: int
    timers: int
    waiting: int

    @property
    def said(self) -> str:
        """The sentence for the page."""
        done = _('重新计算了%(matters)s件事项，%(timers)s个时限有变动。', matters=self.matters, timers=self.timers)
        return done + (_('还有%(n)s件正在后台计算。', n=self.waiting) if self.waiting else '')


def rearm(engine: Engine, tenant_id: str) -> Moved:
    """Read every open deadline of a government again, and the times of processes that are to begin. A large one is
    finished in the background; until then no harm is done, because a timer reads its date once more before it fires."""
    with writing(engine) as session:
        begins = deployment.follow(session, tenant_id)
    with reading(engine) as session:
        keys = instance.with_timers(session, tenant_id)
    before, until, done = _moments(engine, tenant_id), time.monotonic() + PATIENCE, 0
    for key in keys:
        if time.monotonic() > until:
            threading.Thread(target=_each, args=(engine, tenant_id, keys[done:]), daemon=True).start()
            break
        _one(engine, tenant_id, key)
        done += 1
    after = _moments(engine, tenant_id)
    return Moved(done, begins + sum(after.get(key) != at for key, at in before.items()), len(keys) - done)


def _each(engine: Engine, tenant_id: str, keys: Iterable[UUID]) -> None:
    for key in keys:
        _one(engine, tenant_id, key)


def _one(engine: Engine, tenant_id: str, key: UUID) -> None:
    if not incident.rearm(engine, tenant_id, key):
        _log.warning('matter %s was not re-armed', key)


def _moments(engine: Engine, tenant_id: str) -> dict:
    with reading(engine) as session:
        return dict(session.execute(select(Timer.id, Timer.due_at).where(Timer.tenant == tenant_id)).all())
