"""Random ways, moved on the way to the same bundle with other ids: nobody can tell from what happens."""
import random
from typing import Any

import orjson
import pytest
from sqlalchemy import Engine, update

from engine import db, history, migration
from engine.db import reading
from engine.history import Kind
from engine.instance.row import MATTER
from engine.ledger import Matter
from tests.faults.case import TENANT
from tests.faults.renaming import deploy_renamed, mapping, plain
from tests.faults.test_migration_kill import OWNER
from tests.faults.walk import Walk

_OF_THE_MOVE = {Kind.MATTER_MIGRATED, Kind.TASK_MOVED}
_SAID = ('flows', 'due', 'old', 'new', 'to')


class Moved(Walk):
    """A walk that is moved to version `target` after so many steps, or never. What was submitted before
    cannot be recalled after, so nobody acts on a task but to submit it."""

    acting = 0.0

    def __init__(self, engine: Engine, seed: int, target: int, after: int) -> None:
        with db.writing(engine) as session:                       # nor do the lamps of earlier walks hold the clock up
            session.execute(update(MATTER).values(lamp_at=None))
        super().__init__(engine, seed)
        self.target, self.after = target, after

    def usual(self, session: Any, element: str) -> dict[str, Any]:
        return super().usual(session, plain(element))

    def _step(self) -> None:
        if self.after == 0:
            self.move()
        self.after -= 1
        super()._step()

    def move(self) -> None:
        """Everything of the matter, at once."""
        with reading(self.engine) as session:
            plan = migration.make(session, session.get(Matter, self.case.id).deployment_id, self.target, mapping())
        migration.run(self.engine, migration.start(self.engine, TENANT, plan, [self.case.id], OWNER, '换了编号'))

    def trail(self) -> list[Any]:
        """What happened, when, where and to whom, in words that do not depend on ids."""
        with reading(self.engine) as session:
            events = history.events(session, str(self.case.id))
        said = [(one.at, one.kind, one.process or '', plain(one.element) or '', one.actor,
                 {name: value for name, value in orjson.loads(one.data).items() if name in _SAID})
                for one in events if one.kind not in _OF_THE_MOVE]
        return sorted(said, key=lambda one: (*one[:5], repr(one[5])))


def _the_same(office: Engine, seeds: range, steps: int) -> None:
    target = deploy_renamed(office)
    for seed in seeds:
        after, trails = random.Random(seed).randint(0, steps - 3), []
        for point in (-1, after):
            walk = Moved(office, seed, target, point)
            walk.go(steps)
            trails.append(walk.trail())
        assert trails[0] == trails[1], f'seed {seed}, moved after {after} steps'


def test_moved_on_a_random_way(office: Engine) -> None:
    _the_same(office, range(2), 10)


@pytest.mark.soak
@pytest.mark.parametrize('part', range(10))
def test_moved_on_many_random_ways(office: Engine, part: int) -> None:
    _the_same(office, range(part * 5, part * 5 + 5), 40)
