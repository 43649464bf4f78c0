"""A government with a past: matters that were really run through the engine, for tests and figures of backtests."""
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from heapq import heapify, heappop
from itertools import count
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, select

from engine import clock, db, deployment, directory, instance, parameter, workcal, worker
from engine.directory import Tenant
from engine.errors import Conflict
from engine.history import SYSTEM, Actor
from engine.usertask import UserTask
from tests.faults.case import OFFICER, TENANT, Case
from tests.workflows.story import USUAL, moment, office

OWNER = Actor('省政府办公厅·流程管理员', 'office', 'owner')
SLOW = ('handle',)


def until(engine: Engine, at: str) -> None:
    """The clock goes on, a worker alive."""
    worker.advance(engine, TENANT, moment(at), SYSTEM)


def set_parameter(engine: Engine, name: str, value: Any) -> None:
    """The government gives itself another value."""
    with db.writing(engine) as session:
        bundle = deployment.bundle(session, deployment.current(session, TENANT).id)
        parameter.change(session, TENANT, name, value, SYSTEM, bundle)


def spring(engine: Engine) -> dict[str, UUID]:
    """Three matters of the spring of 2020 with a deduction of one point for a notice of the first level.

    ``close`` was closed four working days before its date, ``late`` was not, and got a notice; ``open`` is not done.
    """
    office(engine, TENANT, moment('2020-05-07 09:00'))
    set_parameter(engine, 'level_1_points', 1)
    found = {'close': Case.begin(engine, lead_unit='fgw', due_at='2020-06-30', title='按时办结的事'),
             'late': Case.begin(engine, lead_unit='gxt', due_at='2020-06-19', title='拖过了期限的事'),
             'open': Case.begin(engine, lead_unit='sft', due_at='2020-07-10', title='还在办的事')}
    for case in found.values():
        case.through('sign', 'plan')
    until(engine, '2020-06-22 15:00')
    found['late'].through('draft', 'endorse')
    until(engine, '2020-06-23 10:00')
    found['close'].through('handle', 'request', 'review', 'verify')
    until(engine, '2020-06-24 10:00')
    found['close'].through('deputy', 'feedback')
    until(engine, '2020-06-29 10:00')
    found['late'].through('handle', 'request', 'review', 'verify', 'deputy', 'feedback')
    until(engine, '2020-07-03 10:00')
    return {name: case.id for name, case in found.items()}


class Year:
    """As many matters as wanted, each answered as usual, at a pace of chance: some are late, some are still open."""

    def __init__(self, engine: Engine, number: int, seed: int = 1) -> None:
        self.engine, self.chance, self._number = engine, Random(seed), count()
        begin = moment('2020-05-07 09:00')
        with db.reading(engine) as session:
            furnished = session.get(Tenant, TENANT) is not None
        if not furnished:
            office(engine, TENANT, begin)
        with db.reading(engine) as session:
            self.names = directory.names(session, TENANT)
            self.calendar = workcal.load(session, session.get(Tenant, TENANT))
            self.units = [code for code, _ in directory.options(session, TENANT, 'units', date(2020, 5, 7))]
        self._todo = [(begin + timedelta(days=self.chance.randint(0, 90), minutes=self.chance.randint(0, 400)),
                       next(self._number), None) for _ in range(number)]
        self._seen: set[UUID] = set()
        heapify(self._todo)

    def live(self, end: str) -> None:
        """Until that moment."""
        while self._todo and self._todo[0][0] <= moment(end):
            at, _, task = heappop(self._todo)
            worker.advance(self.engine, TENANT, max(at, self._now()), SYSTEM)
            try:
                db.carry_out(self.engine, lambda session, key=task: (
                    self._done(session, key) if key else self._begun(session)))
            except Conflict:                           # its deadline passed before it was done
                pass
            self._todo += self._opened()
            heapify(self._todo)
        worker.advance(self.engine, TENANT, moment(end), SYSTEM)

    def _now(self) -> Any:
        with db.reading(self.engine) as session:
            return session.get(Tenant, TENANT).virtual_at

    def _opened(self) -> Iterator[tuple]:
        with db.reading(self.engine) as session:
            tasks = session.scalars(select(UserTask).where(UserTask.state == 'open')).all()
        for task in tasks:
            if task.id not in self._seen:
                self._seen.add(task.id)
                days = self.chance.choice((5, 10, 20, 30, 45, 60) if task.element in SLOW else (0, 0, 1, 1, 2, 3))
                here = task.opened_at.astimezone(clock.zone())
                day = self.calendar.add(here.date(), days)
                at = datetime.combine(day, here.timetz()) + timedelta(minutes=self.chance.randint(5, 60))
                yield at, next(self._number), task.id

    def _begun(self, session: Any) -> Any:
        now = clock.now(session.get(Tenant, TENANT)).astimezone(clock.zone())
        answer = {**USUAL['register'], 'received_at': now.isoformat(), 'lead_unit': self.chance.choice(self.units),
                  'due_at': (now.date() + timedelta(days=self.chance.randint(20, 90))).isoformat()}
        return instance.start(session, TENANT, 'matter', OFFICER, answers={'register': answer})

    def _done(self, session: Any, task_id: UUID) -> Any:
        view = instance.view(session, task_id)
        task, told = view.task, dict(USUAL.get(view.task.element, {}))
        if 'verify_date' in told:
            told['verify_date'] = view.functions['today']()
        answer = view.form.sample(view.scope, view.functions, None, told)
        actor = Actor(self.names.post(f'{task.unit}/{task.post}'), task.unit, task.post)
        return instance.complete(session, task_id, actor, answer)
