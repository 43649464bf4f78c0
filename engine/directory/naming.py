"""What units and posts are called, and which of them a form offers."""
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.directory.account import held
from engine.directory.post import Post
from engine.directory.tenant import NAMES, tenant
from engine.directory.unit import GOVERNMENT, Unit, units
from engine.errors import NotFound
from engine.remember import remember


@dataclass(frozen=True)
class Names:
    """Codes to Chinese names. What has no row is called by its code, so that a list never fails for a name."""

    units: dict[str, str]
    posts: dict[str, str]

    def unit(self, codes: str | list[str] | None) -> str | None:
        """省发展改革委, or several: 省司法厅、省政务服务中心. None stays None."""
        if codes is None:
            return None
        parts = codes.split(',') if isinstance(codes, str) else codes
        return '、'.join(self.units.get(code.strip(), code.strip()) for code in parts if code.strip())

    def post(self, reference: str | None) -> str | None:
        """省发展改革委·联络员 of "fgw/liaison"; several, separated by commas, are joined by 、. None stays None."""
        if reference is None:
            return None
        return '、'.join(self._post(part.strip()) for part in reference.split(',') if part.strip())

    def _post(self, reference: str) -> str:
        unit, _, post = reference.partition('/')
        return f'{self.units.get(unit, unit)}·{self.posts.get(reference, post)}'

    def functions(self) -> dict[str, Callable]:
        """What diagrams, tables and forms call."""
        return {'unit_name': self.unit, 'post_name': self.post}


def names(session: Session, tenant_id: str, revision: int | None = None) -> Names:
    """The names of a government's units and posts, remembered until the directory changes.

    Who has the tenant's `parameter_revision` at hand spares a look at its row.
    """
    if revision is None:
        revision = tenant(session, tenant_id).parameter_revision

    def read() -> Names:
        units = select(Unit.code, Unit.name).where(Unit.tenant == tenant_id).order_by(Unit.position, Unit.code)
        posts = select(Post.unit, Post.post, Post.name).where(Post.tenant == tenant_id)
        return Names({code: name for code, name in session.execute(units)},
                     {f'{unit}/{post}': name for unit, post, name in session.execute(posts)})
    return remember(session, NAMES, tenant_id, revision, read)


def functions(session: Session, tenant_id: str, revision: int | None = None) -> dict[str, Callable]:
    """``unit_name(codes)`` and ``post_name('unit/post')`` for expressions of this government."""
    return names(session, tenant_id, revision).functions()


def unit_names(session: Session, tenant_id: str) -> dict[str, str]:
    """Unit codes to names, in the order of lists."""
    return names(session, tenant_id).units


def post_name(session: Session, tenant_id: str, reference: str) -> str:
    """省发展改革委·联络员 of "fgw/liaison"."""
    return names(session, tenant_id).post(reference)


def options(session: Session, tenant_id: str, name: str, day: date, revision: int | None = None
            ) -> list[tuple[str, str]]:
    """What a form offers to choose from, as (value, label).

    "units" are the units that can be given work on that day: they have a liaison with an account (P00-11).
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
        reachable = held(session, tenant_id, revision)
        return [(code, label) for code, label, _, _ in current if (code, 'liaison') in reachable]
    if name in ('posts', 'leaders'):
        order = {code: position for code, _, kind, position in current if name == 'posts' or kind == GOVERNMENT}
        return sorted(((reference, called.post(reference)) for reference in called.posts
                       if reference.partition('/')[0] in order),
                      key=lambda option: (order[option[0].partition('/')[0]], option[0]))
    raise NotFound('没有叫“{name}”的选项；可以用的有：units、co_units、leaders、posts', name=name)


def warnings(session: Session, tenant_id: str, day: date) -> list[str]:
    """Posts that nobody holds (P00-11), one sentence each: their tasks would wait for nobody."""
    taken, called = held(session, tenant_id), names(session, tenant_id)
    current = {unit.code for unit in units(session, tenant_id, day)}
    return [f'{called.post(reference)}还没有账号，交给它的任务没有人能办'
            for reference in called.posts
            if reference.partition('/')[0] in current and tuple(reference.split('/')) not in taken]
