"""Who outside of the house hears what a post is told: its own contacts, and those of the posts that act for it."""
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from engine import contact, directory
from engine.contact import Reach
from engine.directory import Held


class Readers:
    """The contacts of a government on one day; false where nobody has one. `tenant` as for `contact.reachable`."""

    def __init__(self, session: Session, tenant: Any, day: date) -> None:
        self._session, self._tenant, self._day = session, tenant, day
        self._reach = contact.reachable(session, tenant)

    def __bool__(self) -> bool:
        return bool(self._reach)

    def of(self, held: Held) -> list[tuple[Reach, str]]:
        """The contacts to which something for this post goes, its own first, each with the name of the post for which
        it acts: '' its own."""
        return [(one, '') for one in self._reach.get(held, ())] + list(self._acting(held)) if self._reach else []

    def _acting(self, held: Held) -> Iterator[tuple[Reach, str]]:
        tenant, revision = self._tenant.id, self._tenant.parameter_revision
        for other in directory.stand_ins(self._session, tenant, held, self._day, revision):
            for one in self._reach.get(other, ()):
                yield one, directory.names(self._session, tenant, revision).post('/'.join(held))
