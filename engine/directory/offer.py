"""What a form offers to choose from out of the directory."""
from datetime import date

from sqlalchemy.orm import Session

from engine.directory.naming import Names, names
from engine.directory.tenant import NAMES, tenant
from engine.directory.unit import GOVERNMENT, units
from engine.directory.vacancy import vacant
from engine.errors import NotFound
from engine.remember import remember


def options(session: Session, tenant_id: str, name: str, day: date, revision: int | None = None
            ) -> tuple[tuple[str, str], ...]:
    """What a form offers to choose from, as (value, label).

    "units" are the units that can be given work on that day: somebody can be asked at
    their liaison's post (P00-11).
    "leaders" are the posts of the government itself, "posts" all posts of the units of that day. `revision` as for
    `names`.

    :raises NotFound: no list has this name.
    """
    if revision is None:
        revision = tenant(session, tenant_id).parameter_revision
    called = names(session, tenant_id, revision)
    current = remember(session, NAMES, tenant_id, (revision, day), lambda: [
        (unit.code, unit.name, unit.kind, unit.position) for unit in units(session, tenant_id, day)])
    if name in ('units', 'co_units'):
        return remember(session, NAMES, tenant_id, (revision, day, 'units'), lambda: _within_reach(
            [(code, label) for code, label, _, _ in current],
            vacant(session, tenant_id, day, units=[code for code, *_ in current], revision=revision)))
    if name in ('posts', 'leaders'):
        return remember(session, NAMES, tenant_id, (revision, day, name), lambda: _held_in(
            {code: position for code, _, kind, position in current if name == 'posts' or kind == GOVERNMENT}, called))
    raise NotFound('没有叫“{name}”的选项；可以用的有：units、co_units、leaders、posts', name=name)


def _within_reach(units: list[tuple[str, str]], vacant_ones: list[str]) -> tuple[tuple[str, str], ...]:
    return tuple((code, label) for code, label in units if code not in vacant_ones)


def _held_in(order: dict[str, int], called: Names) -> tuple[tuple[str, str], ...]:
    """The posts of these units, in the order of the units."""
    found = ((reference, called.post(reference)) for reference in called.posts if reference.partition('/')[0] in order)
    return tuple(sorted(found, key=lambda option: (order[option[0].partition('/')[0]], option[0])))
