"""台账: every matter that this post may see, filtered, sorted, in pages; the address holds the filter."""
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask_babel import lazy_gettext as later
from flask_login import current_user
from sqlalchemy import ColumnElement, Select, Subquery, func, or_, select, union_all

from engine.errors import NotFound
from engine.ledger import CoUnit, Matter
from engine.usertask import UserTask
from webapp import auth, definition, fact, pager
from webapp.db import db

bp = Blueprint('ledger', __name__)

MOST = 1000                                     # rows that a filter lists; beyond it one narrows the filter
OUTSIDE = ('liaison', 'chief')                  # posts that see the matters of their own unit only
STATUS = {'open': later('在办'), 'draft': later('立项中'), 'closed': later('已办结'), 'rejected': later('不予立项'),
          'withdrawn': later('已撤销'), 'all': later('全部')}
LAMPS = {'red': later('超期'), 'yellow': later('临期'), 'green': later('正常'), 'grey': later('暂停')}
CLASSES = {'routine': later('常规'), 'important': later('重要'), 'urgent': later('紧急')}
SORTS = {'due': Matter.due_at, 'code': Matter.code, 'unit': Matter.lead_unit, 'stage': Matter.stage,
         'level': Matter.level}
ORDERS = {'due': later('办结时限'), 'code': later('编号'), 'unit': later('牵头单位'), 'stage': later('阶段'),
          'level': later('督办级别')}
_LARGE_FIRST = {'level'}


def visible() -> ColumnElement[bool]:
    """The matters that this post may see: all of its government, or its own unit's as lead or co-unit."""
    everything = Matter.tenant == current_user.tenant.id
    if current_user.post not in OUTSIDE:
        return everything
    shares = select(CoUnit.matter_id).where(CoUnit.unit == current_user.unit)
    return everything & or_(Matter.lead_unit == current_user.unit, Matter.id.in_(shares))


def seen(columns: Sequence[ColumnElement], conditions: Sequence[ColumnElement[bool]] = (), *,
         fence: bool = True) -> Subquery:
    """Columns of the matters that this post may see: `visible` for whole lists. With a fence, how the rows are
    found does not depend on the order that is wanted of them."""
    chosen, tenant, unit = select(*columns).where(*conditions), current_user.tenant.id, current_user.unit
    led = chosen.where(Matter.tenant == tenant)
    if current_user.post not in OUTSIDE:
        return (led.offset(0) if fence else led).subquery()
    # SQLite would ask every matter of the tenant whether the unit shares it, if an index found them by their tenant.
    own = Matter.tenant == tenant if _postgresql() else Matter.tenant.concat('') == tenant
    shares = select(CoUnit.matter_id).where(CoUnit.unit == unit)
    shared = chosen.where(own, Matter.id.in_(shares), Matter.lead_unit.is_distinct_from(unit))
    return union_all(led.where(Matter.lead_unit == unit), shared).subquery()


def _postgresql() -> bool:
    return db.session.get_bind().dialect.name == 'postgresql'


def reads_content() -> bool:
    """May this post read what a matter is about? The operator sees codes only."""
    return current_user.post != 'operator'


@dataclass(frozen=True)
class Filter:
    """What the address asks for. Anything that is not offered counts as not asked."""

    q: str = ''
    unit: str = ''
    stage: str = ''
    level: str = ''
    kind: str = ''
    status: str = 'open'
    lamp: tuple[str, ...] = ()
    sort: str = 'due'
    down: str = ''

    @classmethod
    def asked(cls) -> 'Filter':
        """The filter in the address of this request."""
        given = {name: request.args.get(name, '').strip()[:100] for name in
                 ('q', 'unit', 'stage', 'level', 'kind', 'down')}
        status, sort = request.args.get('status'), request.args.get('sort')
        lamps = tuple(lamp for lamp in request.args.getlist('lamp') if lamp in LAMPS)
        return cls(**given, status=status if status in STATUS else 'open',
                   sort=sort if sort in SORTS else 'due',
                   lamp=lamps if set(lamps) < set(LAMPS) else ())      # all ticked, as the form comes: none is asked for

    @property
    def plain(self) -> bool:
        """Nothing but a status is asked, so the counts of the summary hold for the list."""
        return not any((self.q, self.unit, self.stage, self.level, self.kind, self.lamp))

    def href(self, **changes: Any) -> str:
        """The address of the same list with some changes."""
        wanted, usual = replace(self, **changes), Filter()
        return url_for('ledger.index', **{field.name: getattr(wanted, field.name) for field in fields(self)
                                          if getattr(wanted, field.name) != getattr(usual, field.name)})

    def sorted_by(self, name: str) -> str:
        """The address of the same list sorted by a column; a second time the other way round."""
        return self.href(sort=name, down='1' if self.sort == name and not self.down else '')

    def conditions(self) -> list[ColumnElement[bool]]:
        """What a matter must fulfil."""
        found = []
        if self.status != 'all':
            found.append(Matter.status == self.status)
        if self.lamp:
            found.append(Matter.lamp.in_(self.lamp))
        wanted = {Matter.lead_unit: self.unit, Matter.stage: self.stage, Matter.matter_class: self.kind}
        found += [column == value for column, value in wanted.items() if value]
        if self.level.isdecimal():
            found.append(Matter.level == int(self.level))
        if self.q:
            coded = Matter.code.contains(self.q.upper(), autoescape=True)
            named = Matter.title.contains(self.q, autoescape=True)
            found.append(or_(coded, named) if reads_content() else coded)
        return found

    def query(self) -> Select[tuple[UUID]]:
        """The matters in the order asked for: what has no value comes last, equal ones by code."""
        falls = bool(self.down) != (self.sort in _LARGE_FIRST)
        # Sort outside: no database then walks rows in the order of some index in the hope of early hits.
        hurry = self.plain and self.sort == 'due'
        found = seen((Matter.id, SORTS[self.sort].label('first'), Matter.code), self.conditions(), fence=not hurry)
        return select(found.c.id).order_by((found.c.first.desc() if falls else found.c.first.asc()).nulls_last(),
                                           found.c.code.asc())


@bp.get('/ledger')
@auth.signed_in
def index() -> str:
    """The list, with how many matters carry each lamp, and who has each. `print` lists all at once."""
    _advise()
    asked, counted, printed = Filter.asked(), counts(), 'print' in request.args
    found = None if asked.plain else chosen(asked, MOST + 1)
    total = counted.get(asked.status, 0) if found is None else len(found) if len(found) <= MOST else None
    shown = pager.page_of(MOST if total is None else min(total, MOST))
    size, offset = (MOST, 0) if printed else (shown.size, shown.offset)
    on_page = chosen(asked, size, offset) if found is None else found[offset:offset + size]
    current = definition.current()
    return render_template(
        'ledger/print.html' if printed else 'ledger/index.html', asked=asked, counts=counted, page=shown,
        total=total, rows=rows(on_page), holders=holders(on_page), names=fact.names(),
        content=reads_content(), most=MOST, stages=definition.stages(current),
        levels=definition.levels(current), statuses=STATUS, lamps=LAMPS, classes=CLASSES, orders=ORDERS)


def _advise() -> None:
    """Tell PostgreSQL, for this page, what its planner cannot know: the indexes that hold the list are in memory,
    and the few matters that a unit shares are sooner fetched one by one than sought among all."""
    if _postgresql():
        settings = {'random_page_cost': '1.1', 'enable_hashjoin': 'off'}
        db.session.execute(select(*(func.set_config(name, value, True) for name, value in settings.items())))


def chosen(asked: Filter, most: int, offset: int = 0) -> Sequence[UUID]:
    """The matters that fulfil a filter, in its order, at most so many."""
    return db.session.scalars(asked.query().limit(most).offset(offset)).all()


def rows(keys: Sequence[UUID]) -> list[Matter]:
    """The ledger rows of these matters, in this order."""
    found = {row.id: row for row in db.session.scalars(select(Matter).where(Matter.id.in_(keys)))}
    return [found[key] for key in keys if key in found]


def holders(keys: Sequence[UUID]) -> dict[UUID, list[str]]:
    """In whose hands each of these matters is: `unit/post` of its open tasks, the most pressing first."""
    found: dict[UUID, list[str]] = {}
    for key, unit, post in db.session.execute(
            select(UserTask.matter_id, UserTask.unit, UserTask.post)
            .where(UserTask.matter_id.in_(keys), UserTask.state == 'open')
            .order_by(UserTask.due_at.asc().nulls_last(), UserTask.opened_at)):
        reference = f'{unit}/{post}'
        if reference not in found.setdefault(key, []):
            found[key].append(reference)
    return found


def counts() -> dict[str, int]:
    """How many matters this post sees of each status and, of those in hand, of each lamp; `all` together."""
    found: dict[str, int] = {}
    each = seen((Matter.status, Matter.lamp), fence=False).c
    for status, lamp, number in db.session.execute(
            select(each.status, each.lamp, func.count()).group_by(each.status, each.lamp)):
        for name in ('all', status, lamp if status == 'open' else None):
            if name:
                found[name] = found.get(name, 0) + number
    return found


def found(matter_id: UUID) -> Matter:
    """One matter that this post may see.

    :raises NotFound: there is none, or it is another unit's.
    """
    matter = db.session.scalar(select(Matter).where(Matter.id == matter_id, visible()))
    if matter is None:
        raise NotFound('没有找到这件事项：可能是地址写错，也可能是别的单位的事项。')
    return matter
