"""台账: every matter that this post may see, filtered, sorted, in pages; the address holds the filter."""
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request
from flask_babel import lazy_gettext as later
from flask_login import current_user
from sqlalchemy import Select, func, select
from werkzeug.wrappers import Response

from engine import directory
from engine.ledger import Matter
from engine.usertask import UserTask
from webapp import auth, definition, fact, group, pager, savedview, say, visibility
from webapp.column import COLUMNS
from webapp.db import db
from webapp.fact import Words
from webapp.filter import (
    CLASSES, DAYS, EXTENDED, GROUPS, KEYS, LATE, ORDERS, STANDINGS, Filter, reads_content)
from webapp.group import Group

bp = Blueprint('ledger', __name__)
visible, seen, found = visibility.visible, visibility.seen, visibility.found

MOST = 1000                                     # rows that a filter lists; beyond it one narrows the filter
SORTS = {'due': Matter.due_at, 'code': Matter.code, 'unit': Matter.lead_unit, 'stage': Matter.stage,
         'level': Matter.level}
_LARGE_FIRST = {'level'}
savedview.offer('ledger', 'ledger.index', later('台账'), KEYS)


@bp.get('/ledger')
@auth.signed_in
def index() -> str | Response:
    """The list, with how many matters carry each lamp, and who has each. `print` lists all at once."""
    begun = savedview.begin('ledger')
    if begun is not None:
        return begun
    _advise()
    asked, counted, printed = Filter.asked(), counts(), 'print' in request.args
    words = definition.words(definition.current())
    grouped = group.groups(asked, words, list(definition.stages(words.bundle))) if asked.group else []
    listed = _grouped(asked, grouped, printed) if asked.group else _listed(asked, counted, printed)
    return render_template(
        'ledger/print.html' if printed else 'ledger/index.html', asked=asked, counts=counted, groups=grouped,
        holders=holders([row.id for row in listed['rows']]), names=words.names, words=words, content=reads_content(),
        most=MOST, printed=printed, saved=savedview.bar('ledger'), offered=_offered(words), **listed)


def _listed(asked: Filter, counted: dict[str, int], printed: bool) -> dict[str, Any]:
    """The rows of this page, or of all pages, and how many there are (None: more than are listed)."""
    found = None if asked.plain else chosen(asked, MOST + 1)
    total = counted.get(asked.status, 0) if found is None else len(found) if len(found) <= MOST else None
    shown = pager.page_of(MOST if total is None else min(total, MOST))
    size, offset = (MOST, 0) if printed else (shown.size, shown.offset)
    on_page = chosen(asked, size, offset) if found is None else found[offset:offset + size]
    return {'page': shown, 'total': total, 'rows': rows(on_page)}


def _grouped(asked: Filter, grouped: Sequence[Group], printed: bool) -> dict[str, Any]:
    """The rows of all groups, put into them; none when they are too many for one page."""
    total = sum(one.total for one in grouped)
    listed = rows(chosen(asked, MOST)) if printed or total <= group.TOGETHER else []
    group.fill(grouped, asked.group, listed)
    return {'page': pager.page_of(0), 'total': total, 'rows': listed}


def _offered(words: Words) -> dict[str, Any]:
    """What the form of the filter offers to choose from."""
    source = words.field('source')
    leaders = directory.options(db.session, current_user.tenant.id, 'leaders', say.today(),
                                current_user.tenant.parameter_revision)
    return {'stage': definition.stages(words.bundle), 'level': definition.levels(words.bundle), 'status': STANDINGS,
            'lamp': fact.STANDS, 'kind': CLASSES, 'sort': ORDERS, 'group': GROUPS, 'by': DAYS, 'ext': EXTENDED, 'late': LATE,
            'unit': words.names.units, 'supervisor': words.names.units, 'leader': dict(leaders), 'columns': COLUMNS,
            'source': {option.text: option.label for option in source.options} if source else {}}


def _advise() -> None:
    """Tell PostgreSQL, for this page, what its planner cannot know: the indexes that hold the list are in memory,
    and the few matters that a unit shares are sooner fetched one by one than sought among all."""
    if visibility.postgresql():
        settings = {'random_page_cost': '1.1', 'enable_hashjoin': 'off'}
        db.session.execute(select(*(func.set_config(name, value, True) for name, value in settings.items())))


def chosen(asked: Filter, most: int, offset: int = 0) -> Sequence[UUID]:
    """The matters that fulfil a filter, in its order, at most so many."""
    return db.session.scalars(query(asked).limit(most).offset(offset)).all()


def query(asked: Filter) -> Select[tuple[UUID]]:
    """The matters in the order asked for: what has no value comes last, equal ones by code."""
    falls = bool(asked.down) != (asked.sort in _LARGE_FIRST)
    # Sort outside: no database then walks rows in the order of some index in the hope of early hits.
    hurry = asked.plain and asked.sort == 'due'
    found = seen((Matter.id, SORTS[asked.sort].label('first'), Matter.code), asked.conditions(), fence=not hurry)
    return select(found.c.id).order_by((found.c.first.desc() if falls else found.c.first.asc()).nulls_last(),
                                       found.c.code.asc())


def rows(keys: Sequence[UUID]) -> list[Matter]:
    """The ledger rows of these matters, in this order."""
    found = {row.id: row for row in db.session.scalars(select(Matter).where(Matter.id.in_(keys)))}
    return [found[key] for key in keys if key in found]


def holders(keys: Sequence[UUID]) -> dict[UUID, list[str]]:
    """In whose hands each of these matters is: `unit/post` of its open tasks, the most pressing first. Who is only asked
    for an opinion has nothing in hand."""
    found: dict[UUID, list[str]] = {}
    for key, unit, post in db.session.execute(
            select(UserTask.matter_id, UserTask.unit, UserTask.post)
            .where(UserTask.matter_id.in_(keys), UserTask.state == 'open', UserTask.asks.is_(None))
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
