"""The 台账 in groups: how many matters of a filter fall into each, by lamp, and their rows where they are few."""
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import String, cast, func, select

from engine.ledger import Matter
from webapp import fact, visibility
from webapp.db import db
from webapp.fact import Words
from webapp.filter import CLASSES, Filter

TOGETHER = 200              # rows that a grouped page holds; beyond it each group leads to a list of its own
_BY = {'unit': Matter.lead_unit, 'stage': Matter.stage, 'lamp': Matter.lamp, 'source': Matter.source,
       'kind': Matter.matter_class, 'month': func.substr(cast(Matter.due_at, String), 1, 7)}


@dataclass
class Group:
    """What has the same value: how many matters in all and by lamp, and where to find them alone (None: nowhere)."""

    value: str
    name: str
    href: str | None
    total: int = 0
    lamps: dict[str, int] = field(default_factory=dict)
    rows: list[Matter] = field(default_factory=list)

    def add(self, status: str, lamp: str, number: int) -> None:
        """Count more of it; only what is in hand carries a lamp that matters."""
        self.total += number
        if status == 'open':
            self.lamps[lamp] = self.lamps.get(lamp, 0) + number


def groups(asked: Filter, words: Words, stages: Sequence[str]) -> list[Group]:
    """The groups of a filter in the order in which a reader expects them, without rows; what has no value last."""
    columns = _BY[asked.group].label('what'), Matter.status, Matter.lamp
    each = visibility.seen(columns, asked.conditions(), fence=False).c
    found: dict[str, Group] = {}
    for value, status, lamp, number in db.session.execute(
            select(each.what, each.status, each.lamp, func.count()).group_by(each.what, each.status, each.lamp)):
        value = value or ''
        if value not in found:
            found[value] = Group(value, _name(asked.group, value, words), _href(asked, value))
        found[value].add(status, lamp, number)
    order = _order(asked.group, words, stages)
    return sorted(found.values(), key=lambda one: (not one.value, order.get(one.value, len(order)), one.value))


def fill(found: Iterable[Group], by: str, rows: Iterable[Matter]) -> None:
    """Put rows into their groups; they keep their order."""
    known = {one.value: one for one in found}
    for matter in rows:
        known[_value(by, matter)].rows.append(matter)


def _value(by: str, matter: Matter) -> str:
    if by == 'month':
        return matter.due_at.isoformat()[:7] if matter.due_at else ''
    return getattr(matter, _BY[by].key) or ''


def _name(by: str, value: str, words: Words) -> str:
    if not value:
        return _('没有时限') if by == 'month' else _('未定')
    if by == 'month':
        return _('%(year)s年%(month)s月', year=value[:4], month=int(value[5:]))
    if by == 'kind':
        return str(CLASSES.get(value, value))
    return words.value(_BY[by].key, value)


def _order(by: str, words: Words, stages: Sequence[str]) -> dict[str, int]:
    source = words.field('source') if by == 'source' else None
    known: dict[str, Iterable[Any]] = {
        'unit': words.names.units, 'stage': stages, 'lamp': (*fact.STANDS, *fact.LAMPS), 'kind': CLASSES,
        'source': [option.text for option in source.options] if source else ()}
    return {value: place for place, value in enumerate(dict.fromkeys(known.get(by, ())))}


def _href(asked: Filter, value: str) -> str | None:
    """The list of one group alone."""
    if not value or asked.group == 'lamp' and value not in fact.STANDS:
        return None
    if asked.group == 'month':
        first, last = month(value)
        return asked.href(group='', by='due', since=max(first, asked.since), until=min(last, asked.until or last))
    return asked.href(group='', **{asked.group: (value,) if asked.group == 'lamp' else value})


def month(value: str) -> tuple[str, str]:
    """The first and the last day of 2020-09."""
    first = date.fromisoformat(f'{value}-01')
    after = (first + timedelta(days=31)).replace(day=1)
    return first.isoformat(), (after - timedelta(days=1)).isoformat()
