"""Who acts for whom, and when: substitutes may have substitutes, but never in a circle."""
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from itertools import pairwise
from typing import NamedTuple

from sqlalchemy import Date, Index, Integer, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.db import Base, Utc
from engine.directory.naming import names, post_name
from engine.directory.tenant import NAMES, changed, tenant
from engine.errors import Forbidden, Refused, dated, listed, said
from engine.remember import remember

Held = tuple[str, str]
"""A unit and a post of it."""


class Substitute(Base):
    """`by_unit/by_post` acts for `unit/post` between two days, both included, unless it was ended before."""

    __tablename__ = 'substitute'
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    tenant: Mapped[str] = mapped_column(String(20))
    unit: Mapped[str] = mapped_column(String(40))
    post: Mapped[str] = mapped_column(String(20))
    by_unit: Mapped[str] = mapped_column(String(40))
    by_post: Mapped[str] = mapped_column(String(20))
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    ended_at: Mapped[datetime | None] = mapped_column(Utc)             # ended early; None: it was not
    set_by: Mapped[str] = mapped_column(String(160), default='')
    __table_args__ = (Index('substitute_of', 'tenant', 'unit', 'post', 'first_day'),)

    @property
    def asked(self) -> Held:
        """The post that is absent."""
        return self.unit, self.post

    @property
    def by(self) -> Held:
        """The post that acts for it."""
        return self.by_unit, self.by_post


class Standing(NamedTuple):
    """One substitution as processes remember it."""

    asked: Held
    by: Held
    first_day: date
    last_day: date


def standing(session: Session, tenant_id: str, revision: int | None = None) -> tuple[Standing, ...]:
    """Every substitution that was not ended early, whenever it is. `revision` as for `names`."""
    if revision is None:
        revision = tenant(session, tenant_id).parameter_revision

    def read() -> tuple[Standing, ...]:
        query = select(Substitute).where(Substitute.tenant == tenant_id, Substitute.ended_at.is_(None))
        return tuple(Standing(row.asked, row.by, row.first_day, row.last_day)
                     for row in session.scalars(query.order_by(Substitute.id)))
    return remember(session, NAMES, tenant_id, (revision, 'substitutes'), read)


def acting_for(session: Session, tenant_id: str, held: Held, asked: Held, day: date) -> str | None:
    """As whom the post `held` may do what `asked` is asked to do: None as itself, else the name it stands in for.

    :raises Forbidden: it is neither the post nor one of its substitutes on that day.
    """
    if held == asked:
        return None
    if held in _reached(_on(standing(session, tenant_id), day), asked):
        return post_name(session, tenant_id, '/'.join(asked))
    raise Forbidden('这一步由{asked}办，{held}不能代办',
                    asked=post_name(session, tenant_id, '/'.join(asked)),
                    held=post_name(session, tenant_id, '/'.join(held)))


def stands_for(session: Session, tenant_id: str, held: Held, day: date, revision: int | None = None) -> list[Held]:
    """The posts for which the post `held` may act on that day, itself first. `revision` as for `names`."""
    reverse: dict[Held, list[Held]] = {}
    for asked, by in _on(standing(session, tenant_id, revision), day).items():
        for one in by:
            reverse.setdefault(one, []).append(asked)
    return [held, *sorted(_reached(reverse, held))]


def stand_ins(session: Session, tenant_id: str, asked: Held, day: date, revision: int | None = None) -> list[Held]:
    """The posts that may act for a post on that day, itself left out."""
    return sorted(_reached(_on(standing(session, tenant_id, revision), day), asked))


def set_substitute(session: Session, tenant_id: str, asked: Held, by: Held, first_day: date, last_day: date, *,
                   set_by: str = '') -> Substitute:
    """Let `by` act for `asked` between two days, both included. The caller puts it on the trail.

    :raises Refused: the days are the wrong way round, `asked` has a substitute then already, or `by` is, perhaps
        through others, replaced by `asked` on one of the days; the sentence names the circle.
    """
    if last_day < first_day:
        raise Refused('代办要从前一天到后一天，现在填的是{first}到{last}', first=dated(first_day, True), last=dated(last_day, True))
    known = [row for row in standing(session, tenant_id) if row.first_day <= last_day and row.last_day >= first_day]
    for day in sorted({first_day, *(row.first_day for row in known if row.first_day > first_day)}):
        _refuse_circle(session, tenant_id, _on(known, day), asked, by, day)
    _refuse_second(session, tenant_id, known, asked)
    row = Substitute(tenant=tenant_id, unit=asked[0], post=asked[1], by_unit=by[0], by_post=by[1],
                     first_day=first_day, last_day=last_day, set_by=set_by)
    session.add(row)
    changed(session, tenant_id)
    return row


def end_substitute(session: Session, row: Substitute, now: datetime) -> None:
    """End a substitution at once, or before it begins. The caller puts it on the trail."""
    row.ended_at = now
    changed(session, row.tenant)


def _refuse_second(session: Session, tenant_id: str, known: Iterable[Standing], asked: Held) -> None:
    taken = next((row for row in known if row.asked == asked), None)
    if taken is not None:
        raise Refused('{asked}从{first}到{last}已经请{by}代办，先提前结束那一段，再另请',
                      asked=post_name(session, tenant_id, '/'.join(asked)), first=dated(taken.first_day, True),
                      last=dated(taken.last_day, True), by=post_name(session, tenant_id, '/'.join(taken.by)))


def _refuse_circle(session: Session, tenant_id: str, edges: Mapping[Held, list[Held]], asked: Held, by: Held,
                   day: date) -> None:
    way = [asked] if asked == by else _way(edges, by, asked)
    if not way:
        return
    posts = [names(session, tenant_id).post('/'.join(one)) for one in ([asked, *way] if asked != by else [asked, asked])]
    raise Refused('不能绕圈代办：{day}起{circle}', day=dated(day, True),
                  circle=listed((said('{post}由{other}代', post=one, other=other) for one, other in pairwise(posts)), '，'))


def _on(rows: Iterable[Standing], day: date) -> dict[Held, list[Held]]:
    """Who acts for whom on one day."""
    found: dict[Held, list[Held]] = {}
    for row in rows:
        if row.first_day <= day <= row.last_day:
            found.setdefault(row.asked, []).append(row.by)
    return found


def _reached(edges: Mapping[Held, list[Held]], start: Held) -> set[Held]:
    """Everything that can be reached from `start`, itself left out."""
    return set(_ways(edges, start)) - {start}


def _way(edges: Mapping[Held, list[Held]], start: Held, end: Held) -> list[Held]:
    """The places from `start` to `end`, both included; empty when there is no way."""
    before, way = _ways(edges, start), [end]
    if end not in before:
        return []
    while way[0] != start:
        way.insert(0, before[way[0]])
    return way


def _ways(edges: Mapping[Held, list[Held]], start: Held) -> dict[Held, Held]:
    """For each place that can be reached, the place before it; `start` is before itself."""
    before, waiting = {start: start}, [start]
    while waiting:
        here = waiting.pop()
        for step in edges.get(here, ()):
            if step not in before:
                before[step] = here
                waiting.append(step)
    return before
