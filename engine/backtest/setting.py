"""The parameters of a government as they stood at a moment of the past, and how they changed from then on."""
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import deployment
from engine.deployment import Bundle
from engine.history import Event, Kind
from engine.parameter import Parameter
from engine.simulation.ground import Ground


class Change(NamedTuple):
    """One parameter was given another value."""

    at: datetime
    name: str
    old: Any
    new: Any


def changes(session: Session, tenant_id: str, until: datetime) -> list[Change]:
    """Every change up to a moment, in order."""
    chain = f'tenant:{tenant_id}'
    rows = session.execute(select(Event.at, Event.data).where(
        Event.chain == chain, Event.kind == Kind.PARAMETER_CHANGED, Event.at <= until).order_by(Event.seq))
    return [Change(at, told['name'], told['old'], told['new']) for at, told in
            ((at, orjson.loads(data)) for at, data in rows)]


def as_of(session: Session, ground: Ground, found: list[Change], begin: datetime) -> Ground:
    """The ground with its parameters as they stood at `begin`, before the changes after it."""
    values = {name: value for name, value in ground.parameters.items()}
    for change in reversed(found):
        if change.at >= begin:
            values[change.name] = change.old
    defaults = _defaults(session, ground.tenant_id)
    rows = [{'tenant': ground.tenant_id, 'name': name, 'value': value, 'changed_at': begin, 'changed_by': '回放'}
            for name, value in values.items() if name not in defaults or defaults[name] != value]
    return replace(ground, rows=tuple((table, rows if table is Parameter.__table__ else kept)
                                      for table, kept in ground.rows))


def values(bundle: Bundle, ground: Ground) -> dict[str, Any]:
    """Every parameter as a bundle and the government on this ground have it."""
    return {**{name: row['value'] for name, row in bundle.parameters.items()}, **ground.parameters}


def _defaults(session: Session, tenant_id: str) -> Mapping[str, Any]:
    """What the version in use says where the government has no value of its own."""
    current = deployment.current(session, tenant_id)
    known = deployment.bundle(session, current.id).parameters if current else {}
    return {name: row['value'] for name, row in known.items()}
