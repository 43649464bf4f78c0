"""处分 (penalties): the notices that were issued and the points that were taken off are as the trail tells of them.

A draft has no consequence, so it is not looked at.
"""
from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from engine import clock
from engine.actions.notice import Notice
from engine.actions.points import Points
from engine.directory import Tenant
from engine.errors import said
from engine.history import Event, Kind

_Place = tuple[str, str]
"""The matter, and the number of the notice: where no two rows of a table are."""
_Told = dict[_Place, dict[str, Any]]


def fault(session: Session, chain: str | None, tenant: str | None) -> str | None:
    """The first notice or deduction that is not as its event says, has no event, or is gone.

    A government's own chain tells of none.
    """
    if chain and chain.startswith('tenant:'):
        return None
    notices, points = _told(session, chain, tenant)
    numbered = select(Notice, Notice.number).where(Notice.number.is_not(None))
    if place := _differs(session.execute(_narrowed(numbered, Notice, chain, tenant)), notices):
        return said('{chain} 的通知书“{number}”与轨迹不符', chain=place[0], number=place[1])
    deducted = select(Points, Notice.number).outerjoin(Notice, Notice.id == Points.notice_id)
    if place := _differs(session.execute(_narrowed(deducted, Points, chain, tenant)), points):
        return said('{chain} 因通知书“{number}”扣的分与轨迹不符', chain=place[0], number=place[1])
    return None


def _differs(rows: Iterable[Any], told: _Told) -> _Place | None:
    for row, number in rows:
        place = str(row.matter_id), number or ''
        values = told.pop(place, None)
        if values is None or any(_plain(getattr(row, name)) != value for name, value in values.items()):
            return place
    return next(iter(told), None)


def _told(session: Session, chain: str | None, tenant: str | None) -> tuple[_Told, _Told]:
    """What the rows have to be, by the events: a deduction follows the notice that it is for."""
    notices, points, number = {}, {}, ''
    query = select(Event.chain, Event.tenant, Event.at, Event.kind, Event.data).where(
        Event.kind.in_((Kind.NOTICE_ISSUED, Kind.POINTS_RECORDED))).order_by(Event.chain, Event.seq)
    for event in session.execute(_narrowed(query, Event, chain, tenant)):
        data, at = orjson.loads(event.data) | {'tenant': event.tenant}, _plain(event.at)
        if event.kind == Kind.NOTICE_ISSUED:
            number = data['number']
            notices[event.chain, number] = _of_notice(data) | {'state': 'issued', 'issued_at': at}
        else:
            year = event.at.astimezone(clock.zone(session.get(Tenant, event.tenant).zone)).year
            points[event.chain, number] = data | {'year': year, 'given_at': at}
    return notices, points


def _of_notice(data: dict[str, Any]) -> dict[str, Any]:
    """An event that does not say to whom is of a version whose rows kept what the draft said: the number counts."""
    return data if 'to_unit' in data else {name: data[name] for name in ('number', 'tenant')}


def _narrowed(query: Select, table: type, chain: str | None, tenant: str | None) -> Select:
    if chain:
        return query.where(Event.chain == chain if table is Event else table.matter_id == UUID(chain))
    return query.where(table.tenant == tenant) if tenant else query


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
