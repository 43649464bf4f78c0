"""What a process may remember about a database: values that a revision number on a row tells to be current."""
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy.orm import Session

T = TypeVar('T')
LARGEST = 500
_remembered: WeakKeyDictionary[Any, OrderedDict[Hashable, Any]] = WeakKeyDictionary()


def remember(session: Session, key: Hashable, make: Callable[[], T]) -> T:
    """The value for `key` in the session's database: made once, then from memory.

    The key must name everything that the value depends on, a revision among it. Values are shared between threads
    and must not be changed. The oldest are forgotten first.
    """
    known = _remembered.setdefault(session.get_bind().pool, OrderedDict())
    if key not in known:
        known[key] = make()
        while len(known) > LARGEST:
            known.popitem(last=False)
    return known[key]
