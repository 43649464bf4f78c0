"""Who sees which matters: the scope that the table `visibility` gives to a post, as a condition on the ledger.

A scope is one of these words, or several separated by commas:
own         what the own unit, or one that became it, leads or shares
subtree     the same for the unit and everything below it
supervised  what the own unit supervises, and what the own post assigned as a leader
tenant      every matter of the government
"""
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, false, or_, select, true, union_all
from sqlalchemy.orm import Session

from engine import circulation, directory, parameter
from engine.deployment import Bundle
from engine.directory import Held, Tenant
from engine.errors import Broken, Refused
from engine.ledger import CoUnit, Matter
from engine.usertask import Handed, UserTask

TABLE, ANSWER = 'visibility', 'scope'


@dataclass(frozen=True)
class Sight:
    """What some posts together may see. `units` lead or share it, `supervisors` supervise it, `leaders` assigned it."""

    tenant: str
    posts: tuple[Held, ...]
    everything: bool = False
    units: tuple[str, ...] = ()
    supervisors: tuple[str, ...] = ()
    leaders: tuple[str, ...] = ()

    def condition(self) -> ColumnElement[bool]:
        """The matters that these posts see in lists."""
        own = Matter.tenant == self.tenant
        if self.everything:
            return own
        return own & or_(Matter.lead_unit.in_(self.units), Matter.id.in_(self._shares()), self._supervised())

    def oversees(self, matter: Matter) -> bool:
        """Whether these posts follow a matter up: they see all, or supervise it, or assigned it as a leader."""
        return self.everything or matter.supervisor_unit in self.supervisors or matter.leader_post in self.leaders

    def overseen(self) -> ColumnElement[bool]:
        """The matters that these posts follow up, as `oversees` says."""
        return true() if self.everything else self._supervised()

    def opens(self) -> ColumnElement[bool]:
        """The matters that these posts may open: those that they see, those in which they have something to do or had,
        and those of which they got a copy."""
        if self.everything:
            return self.condition()
        mine = or_(false(), *(and_(UserTask.unit == unit, UserTask.post == post) for unit, post in self.posts))
        asked = select(UserTask.id).where(UserTask.matter_id == Matter.id, mine).exists()
        return (Matter.tenant == self.tenant) & or_(self.condition(), asked, self._handed(), circulation.shown(self.posts))

    def _handed(self) -> ColumnElement[bool]:
        had = or_(false(), *(and_(Handed.unit == unit, Handed.post == post) for unit, post in self.posts))
        return select(Handed.id).join(UserTask, UserTask.id == Handed.task_id).where(
            UserTask.matter_id == Matter.id, had).exists()

    def seen(self, columns: Sequence[Any], conditions: Sequence[ColumnElement[bool]] = (), *, postgresql: bool,
             fence: bool = True) -> Subquery:
        """Columns of the matters that these posts see: `condition` for whole lists. With a fence, how the rows are
        found does not depend on the order that is wanted of them."""
        chosen = select(*columns).where(*conditions)
        led = chosen.where(Matter.tenant == self.tenant)
        if self.everything:
            return (led.offset(0) if fence else led).subquery()
        parts = [led.where(Matter.lead_unit.in_(self.units)), self._shared(chosen, postgresql)] if self.units else []
        if self.supervisors or self.leaders:
            rest = and_(self._supervised(), self._led_by_others(), Matter.id.not_in(self._shares()))
            parts.append(led.where(rest))
        return (union_all(*parts) if parts else led.where(false())).subquery()

    def _shared(self, chosen: Select, postgresql: bool) -> Select:
        # SQLite would ask every matter of the tenant whether the unit shares it, if an index found them by tenant.
        own = Matter.tenant == self.tenant if postgresql else Matter.tenant.concat('') == self.tenant
        return chosen.where(own, Matter.id.in_(self._shares()), self._led_by_others())

    def _shares(self) -> Select:
        return select(CoUnit.matter_id).where(CoUnit.unit.in_(self.units))

    def _led_by_others(self) -> ColumnElement[bool]:
        return or_(Matter.lead_unit.is_(None), Matter.lead_unit.not_in(self.units))

    def _supervised(self) -> ColumnElement[bool]:
        wanted = (Matter.supervisor_unit, self.supervisors), (Matter.leader_post, self.leaders)
        return or_(false(), *(column.in_(names) for column, names in wanted if names))


def sight(session: Session, tenant: Tenant, posts: Iterable[Held], bundle: Bundle | None) -> Sight:
    """What these posts see together, as the table of the version in use says; without one, or where it fails, only their
    own units' matters."""
    held, tree = tuple(posts), directory.tree(session, tenant.id, tenant.parameter_revision)
    functions = {'param': parameter.reader(session, tenant, bundle)} if bundle else {}
    units, supervisors, leaders = set(), set(), set()
    for unit, post in held:
        kind = tree[unit].kind if unit in tree else ''
        scopes = _scopes(bundle, functions, {'post': post, 'unit': unit, 'unit_kind': kind})
        if 'tenant' in scopes:
            return Sight(tenant.id, held, everything=True)
        below = tree.below(unit) if 'subtree' in scopes else [unit] if 'own' in scopes else ()
        units.update(one for each in below for one in (each, *tree.before(each)))
        if 'supervised' in scopes:
            supervisors.update((unit, *tree.before(unit)))
            leaders.add(f'{unit}/{post}')
    return Sight(tenant.id, held, False, *(tuple(sorted(each)) for each in (units, supervisors, leaders)))


def _scopes(bundle: Bundle | None, functions: dict[str, Any], asked: dict[str, str]) -> list[str]:
    table = bundle.tables.get(TABLE) if bundle else None
    if table is None:
        return ['own']
    try:
        answer = table.decide(asked, functions).values.get(ANSWER)
    except (Broken, Refused):
        return ['own']
    return [scope.strip() for scope in str(answer or '').split(',')]
