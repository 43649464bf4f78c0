"""Two people at once: what one writes while the other's transaction is not committed yet."""
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import Engine, text

from engine import db

T = TypeVar('T')
_STANDS = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")


@contextmanager
def meanwhile(engine: Engine, act: Callable[[], T]) -> Iterator[Callable[[], T]]:
    """Lets another thread `act` at the end of the block, before the transaction around it is committed. Afterwards what
    is given waits for that thread and says what came of it.

    On SQLite writers queue at the file, so the other has its turn later; on PostgreSQL it begins, and stands at a lock.
    """
    given: list[Future] = []
    yield lambda: given[0].result(30)
    pool = ThreadPoolExecutor(1)
    given.append(pool.submit(act))
    pool.shutdown(wait=False)
    until = time.monotonic() + 30
    while engine.dialect.name == 'postgresql' and not given[0].done() and not _stands(engine):
        assert time.monotonic() < until, 'the other neither ended nor stands at a lock'
        time.sleep(0.01)


def _stands(engine: Engine) -> bool:
    with db.reading(engine) as session:
        return session.scalar(_STANDS) > 0
