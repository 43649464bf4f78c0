"""Where stories are told: a government in memory for each, made once and copied, gone when the story is over."""
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, time
from threading import Lock
from typing import Any

from sqlalchemy import Engine, update
from sqlalchemy.pool import StaticPool

from engine import actions, clock, db, deployment, story
from engine.directory import Tenant
from engine.errors import Refused
from engine.gate import source
from engine.ledger import FACTS
from engine.simulation import Ground
from engine.simulation.ground import memory

_MOST_KEPT = 10                             # of half a megabyte each
_demo: OrderedDict[tuple[str, str], bytes] = OrderedDict()
_lock = Lock()


class Stage:
    """These files in use in any government that ``ground`` knows by its id. Stories among them are left out.

    One story at a time.
    """

    def __init__(self, files: Mapping[str, bytes], ground: Callable[[str], Ground]) -> None:
        self.files = {name: content for name, content in files.items() if source.suffix(name) != story.SUFFIX}
        self._ground, self._made = ground, {}
        self._engine = db.connect('sqlite://', poolclass=StaticPool, connect_args={'check_same_thread': False})

    @contextmanager
    def opened(self, government: str, begins: datetime | None = None) -> Iterator[Engine]:
        """A fresh database in which the government stands, its clock where the story begins.

        :raises NotFound: there is no such government. :raises Undeployable: the gate refuses the files.
        """
        if government not in self._made:
            self._made[government] = self._standing(self._ground(government))
        try:
            with _raw(self._engine) as raw:
                raw.deserialize(self._made[government])
            if begins is not None:
                with db.writing(self._engine) as session:
                    session.execute(update(Tenant).values(virtual_at=begins))
            yield self._engine
        finally:
            self._engine.dispose()      # the next connection is another database; statements stay compiled

    def lay(self, government: str, _at: datetime) -> None:
        """A story goes to another government than it began in. :raises Refused: always."""
        raise Refused('一个故事只讲一个政府，不能再到“{government}”。', government=government)

    def _standing(self, ground: Ground) -> bytes:
        """The government as bytes. Those of the demo are always the same: who tells the next story need not wait."""
        if not ground.demo:
            return self._make(ground)
        key = deployment.digest(self.files), ground.tenant_id
        with _lock:
            found = _demo.get(key)
        found = found or self._make(ground)
        with _lock:
            _demo[key] = found
            while len(_demo) > _MOST_KEPT:
                _demo.popitem(last=False)
        return found

    def _make(self, ground: Ground) -> bytes:
        topics = {topic: known.parameters() for topic, known in actions.known().items()}
        at = datetime.combine(ground.day, time(), clock.zone(ground.zone))
        engine = memory()
        try:
            with db.writing(engine) as session:
                ground.lay(session, at)
                deployment.deploy(session, ground.tenant_id, self.files, '故事', '故事', at, topics, FACTS)
            with _raw(engine) as raw:
                return raw.serialize()
        finally:
            engine.dispose()


@contextmanager
def _raw(engine: Engine) -> Iterator[Any]:
    connection = engine.raw_connection()
    try:
        yield connection.driver_connection
    finally:
        connection.close()
