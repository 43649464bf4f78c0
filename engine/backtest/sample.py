"""Which matters are replayed first: drawn by lot, each unit with as large a share as it has of all."""
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.directory import Tenant
from engine.ledger import Matter

STATUSES = ('open', 'closed', 'rejected', 'withdrawn')
"""Matters that went through the rules; a draft has not begun."""


def candidates(session: Session, tenant: Tenant, since: date | None = None, until: date | None = None
               ) -> list[tuple[UUID, str]]:
    """The matters that were received in these days, both included, each with its lead unit, in order."""
    zone = clock.zone(tenant.zone)
    wanted = [Matter.tenant == tenant.id, Matter.status.in_(STATUSES)]
    wanted += [Matter.received_at >= datetime.combine(since, time(), zone)] if since else []
    wanted += [Matter.received_at < datetime.combine(until + timedelta(days=1), time(), zone)] if until else []
    rows = session.execute(select(Matter.id, Matter.lead_unit).where(*wanted).order_by(Matter.received_at, Matter.id))
    return [(key, unit or '') for key, unit in rows]


def drawn(found: Sequence[tuple[UUID, str]], size: int, seed: int) -> list[UUID]:
    """So many of them, in order; all where there are no more. The same seed draws the same."""
    if size >= len(found):
        return [key for key, _ in found]
    chance, units = Random(seed), {}
    for key, unit in found:
        units.setdefault(unit, []).append(key)
    for keys in units.values():
        chance.shuffle(keys)
    chosen = set(_shared(units, size, len(found)))
    return [key for key, _ in found if key in chosen]


def _shared(units: dict[str, list[UUID]], size: int, total: int) -> Iterable[UUID]:
    """Each unit's share, the largest remainders rounded up."""
    exact = {unit: len(keys) * size / total for unit, keys in units.items()}
    shares = {unit: int(share) for unit, share in exact.items()}
    rest = size - sum(shares.values())
    for unit in sorted(units, key=lambda unit: (shares[unit] - exact[unit], unit))[:rest]:
        shares[unit] += 1
    return (key for unit, keys in units.items() for key in keys[:shares[unit]])
