"""What a process may remember about a database: values that a revision number on a row tells to be current."""
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy.orm import Session

T = TypeVar('T')
LARGEST = 500
# By pool, because engines are copied to carry options.
_remembered: WeakKeyDictionary[Any, OrderedDict[Hashable, Any]] = WeakKeyDictionary()


def remember(session: Session, topic: str, tenant: str, revision: Hashable, make: Callable[[], T]) -> T:
    """What `make` gives about a tenant's topic: made once per revision, then from memory, the oldest forgotten first.

    The revision must name everything that the value depends on. Values are shared between threads and must not be
    changed. A session that made the revision keeps nothing: what it sees may yet be rolled back.
    """
    info = session.info
    if 'changing' in info and (topic, tenant) in info['changing']:
        return make()
    known = info.get('remembered')
    if known is None:
        known = info['remembered'] = _remembered.setdefault(session.get_bind().engine.pool, OrderedDict())
    key = topic, tenant, revision
    if key not in known:
        known[key] = make()
        while len(known) > LARGEST:
            known.popitem(last=False)
    return known[key]


def changing(session: Session, topic: str, tenant: str) -> None:
    """Say that this session has made a new revision of a tenant's topic."""
    session.info.setdefault('changing', set()).add((topic, tenant))
