"""Everybody at once: who plays all the posts of a simulation, some days after they are asked."""
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from engine import db, directory, workcal
from engine.errors import Refused
from engine.simulation.run import USUAL, Simulation
from engine.usertask import UserTask

_PACE = 1                                   # working days after which a task is done
_PACES = (0, 0, 1, 1, 2, 3, 5, 8, 15, 30)
_MOST_ACTS = 500


@dataclass
class Crew:
    """Plays a run to its end. ``script`` has answers by element; None there: nobody ever does it.

    ``chance`` None: the simplest answers, one working day after each task came; else any answers the forms allow, on
    any day. ``stuck`` says by element why a task was not done.
    """

    simulation: Simulation
    script: Mapping[str, Mapping[str, Any] | None] = field(default_factory=dict)
    chance: Random | None = None
    stuck: dict[str, str] = field(default_factory=dict)
    _when: dict[UUID, datetime | None] = field(default_factory=dict)

    def begin(self, process: str, post: str) -> None:
        """The first act: the process begins, its first task done with it where a matter begins."""
        first = self.simulation.first_task(process)
        told = self.script.get(first[0]) if first else None
        self.simulation.start(process, post, self.chance or USUAL, told=told)

    def play(self, until: datetime, most: int = _MOST_ACTS) -> Iterator[int]:
        """Act after act until nothing happens any more, `until`, or after so many acts; the number of each."""
        while len(self.simulation.acts) < most:
            if not self._act(until):
                return
            yield len(self.simulation.acts) - 1

    def _act(self, until: datetime) -> bool:
        """Whether anything could be done."""
        simulation, tasks = self.simulation, self.simulation.tasks()
        planned = [(at, task) for task in tasks if (at := self._at(task)) is not None]
        at, task = min(planned, key=lambda pair: pair[0], default=(None, None))
        rings = simulation.next_at()
        if at is not None and at <= until and (rings is None or at <= rings):
            if at > simulation.now:
                simulation.until(at)
            else:
                self._do(task)
            return True
        if rings is not None and rings <= until:
            simulation.until(rings)
            return True
        return False

    def _at(self, task: UserTask) -> datetime | None:
        """When the task is done; None: never."""
        if self.script.get(task.element, USUAL) is None:
            return None
        if task.id not in self._when:
            self._when[task.id] = self._later(task.opened_at)
        return self._when[task.id]

    def _later(self, opened: datetime) -> datetime:
        here, days = opened.astimezone(self.simulation.now.tzinfo), self.chance.choice(_PACES) if self.chance else _PACE
        if not days:
            return here + timedelta(minutes=30)
        with db.reading(self.simulation.engine) as session:
            calendar = workcal.load(session, directory.tenant(session, self.simulation.tenant_id))
        return datetime.combine(calendar.add(here.date(), days), here.timetz())

    def _do(self, task: UserTask) -> None:
        try:
            self.simulation.complete(task.id, self.chance or USUAL, self.script.get(task.element))
        except Refused as refusal:
            self.stuck[task.element] = str(refusal)
            self._when[task.id] = None
