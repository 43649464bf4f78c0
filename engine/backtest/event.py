"""Events as a backtest reads them: those of the trail, and those of a replay that nobody keeps."""
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.history import Event, Kind

KINDS = frozenset({
    Kind.INSTANCE_STARTED, Kind.TASK_OPENED, Kind.TASK_COMPLETED, Kind.TIMER_FIRED, Kind.FACT_CHANGED,
    Kind.LAMP_CHANGED, Kind.NOTICE_DRAFTED, Kind.NOTICE_ISSUED, Kind.NOTICE_DECLINED, Kind.NOTICE_WITHDRAWN,
    Kind.POINTS_RECORDED, Kind.MESSAGE_SENT, Kind.MESSAGE_CAUGHT, Kind.MESSAGE_UNHEARD, Kind.MATTER_WITHDRAWN,
    Kind.MATTER_CANCELLED, Kind.MATTER_SUSPENDED, Kind.MATTER_RESUMED, Kind.VARIABLE_CHANGED, Kind.NODE_MOVED})
"""What a backtest looks at; how the tokens moved in between is of no concern here."""


class Seen(NamedTuple):
    """One event. ``step`` is the same for all that happened in one step; ``instance`` None: of no instance."""

    at: datetime
    step: datetime
    kind: str
    actor: str
    instance: Any
    deployment: int | None
    process: str | None
    element: str | None
    name: str
    summary: str
    data: Mapping[str, Any]


_COLUMNS = [Event.at, Event.recorded_at, Event.kind, Event.actor, Event.instance_id, Event.deployment_id, Event.process,
            Event.element, Event.name, Event.summary, Event.data]


def of_matters(session: Session, chains: Collection[str], until: datetime) -> dict[str, list[Seen]]:
    """The events of these matters up to a moment, in order, by matter."""
    found: dict[str, list[Seen]] = {chain: [] for chain in chains}
    rows = session.execute(select(Event.chain, *_COLUMNS).where(
        Event.chain.in_(found), Event.kind.in_(KINDS), Event.at <= until).order_by(Event.chain, Event.seq))
    for chain, *values, name, summary, data in rows:
        found[chain].append(Seen(*values, name or '', summary, orjson.loads(data)))
    return found


def of_rows(rows: Collection[Mapping[str, Any]]) -> Iterator[Seen]:
    """The events among the rows that a step wants to have written."""
    return (Seen(row['at'], row['recorded_at'], row['kind'], row['actor'], row['instance_id'], row['deployment_id'],
                 row['process'], row['element'], row['name'] or '', row['summary'], orjson.loads(row['data']))
            for row in rows if row['kind'] in KINDS)
