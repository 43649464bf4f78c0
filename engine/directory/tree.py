"""The units of a government as a tree, with those that became others: what lies below, what came before."""
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.directory.tenant import NAMES, tenant
from engine.directory.unit import Unit
from engine.remember import remember


class Place(NamedTuple):
    """A unit as processes remember it."""

    code: str
    name: str
    kind: str
    parent: str | None
    valid_from: date | None
    valid_to: date | None
    successor: str | None
    position: int

    def exists(self, day: date) -> bool:
        """Does it exist on that day?"""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or self.valid_to >= day)


class Tree(Mapping[str, Place]):
    """Every unit there ever was, by its code, in the order of lists."""

    def __init__(self, places: Iterable[Place]) -> None:
        self._places = {place.code: place for place in places}
        self._under: dict[str | None, list[Place]] = {}
        self._became: dict[str, list[str]] = {}
        for place in self._places.values():
            self._under.setdefault(place.parent if place.parent in self._places else None, []).append(place)
            if place.successor:
                self._became.setdefault(place.successor, []).append(place.code)

    def __getitem__(self, code: str) -> Place:
        return self._places[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def under(self, code: str | None) -> list[Place]:
        """The units directly below one; None: those that stand at the top."""
        return self._under.get(code, [])

    def walk(self, code: str | None = None, depth: int = 0) -> Iterator[tuple[int, Place]]:
        """Every unit below, with its depth, each followed by what is below it."""
        for place in self.under(code):
            yield depth, place
            yield from self.walk(place.code, depth + 1)

    def below(self, code: str) -> list[str]:
        """A unit and everything below it."""
        return [code, *(place.code for _, place in self.walk(code))]

    def before(self, code: str) -> list[str]:
        """The units that became this one, directly or through others."""
        found: list[str] = []
        waiting = [code]
        while waiting:
            for one in self._became.get(waiting.pop(), ()):
                if one not in found and one != code:
                    found.append(one)
                    waiting.append(one)
        return found

    def heir(self, code: str, day: date) -> str | None:
        """The unit that exists on that day and that this one is or became; None: there is none."""
        seen: set[str] = set()
        here: str | None = code
        while here in self._places and here not in seen:
            if self._places[here].exists(day):
                return here
            seen.add(here)
            here = self._places[here].successor
        return None


def tree(session: Session, tenant_id: str, revision: int | None = None) -> Tree:
    """The units of a government, remembered until the directory changes. `revision` as for `names`."""
    if revision is None:
        revision = tenant(session, tenant_id).parameter_revision

    def read() -> Tree:
        query = select(*(getattr(Unit, name) for name in Place._fields)).where(Unit.tenant == tenant_id).order_by(
            Unit.position, Unit.code)
        return Tree(Place(*row) for row in session.execute(query))
    return remember(session, NAMES, tenant_id, (revision, 'tree'), read)
