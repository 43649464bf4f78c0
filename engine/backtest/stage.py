"""A government in memory in which many matters go on side by side, on one clock that is put from moment to moment.

Steps are the engine's own. What they write stays in one transaction until a parameter changes; their events are handed
to whoever asked for the step, and not kept: what is played here is thrown away.
"""
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy import Engine, bindparam, func, select
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from engine import actions, clock, db, deployment, directory, instance, parameter, statement, workcal
from engine.backtest.event import Seen, of_rows
from engine.directory import Tenant
from engine.errors import Conflict, NotFound
from engine.history import SYSTEM, Actor, Event
from engine.instance.row import MATTER, TASK, TIMER
from engine.job import JOB
from engine.ledger import FACTS
from engine.plan import Plan
from engine.simulation.ground import Ground, memory

_TENANT, _EVENT = Tenant.__table__, Event.__table__
_CLOCK = _TENANT.update().where(_TENANT.c.id == bindparam('b_id')).values(virtual_at=bindparam('b_at'))
_HOLD = TIMER.update().where(TIMER.c.instance_id == bindparam('b_id')).values(held=True)
_DARK = MATTER.update().where(MATTER.c.id == bindparam('b_id')).values(lamp_at=None)
_DUE = (select(TIMER.c.instance_id, TIMER.c.matter_id).order_by(TIMER.c.due_at)
        .where(TIMER.c.due_at <= bindparam('now'), TIMER.c.held.is_(False)))
_LAMPS = select(MATTER.c.id).where(MATTER.c.lamp_at <= bindparam('now'))
_NEXT = select(MATTER.c.lamp_at, select(func.min(TIMER.c.due_at)).where(
    TIMER.c.matter_id == MATTER.c.id, TIMER.c.held.is_(False)).scalar_subquery().label('due_at')).where(
    MATTER.c.id == bindparam('key'))

Think = Callable[[Session], Plan]
Hear = Callable[[UUID, Plan | Exception], None]


class Scene:
    """A government with a version to be tried, before anything happens in it; stages are copies of it.

    :raises Undeployable: the gate refuses the files. :raises Refused: a file cannot be read.
    """

    def __init__(self, ground: Ground, files: Mapping[str, bytes], at: datetime) -> None:
        self.ground, self.engine = ground, memory()
        topics = {topic: known.parameters() for topic, known in actions.known().items()}
        try:
            with db.writing(self.engine) as session:
                ground.lay(session, at)
                made = deployment.deploy(session, ground.tenant_id, files, '回放', '草稿', at, topics, FACTS)
                self.bundle = deployment.bundle(session, made.id)
                self.names = directory.names(session, ground.tenant_id)
                self.calendar = workcal.load(session, directory.tenant(session, ground.tenant_id))
        except BaseException:
            self.engine.dispose()
            raise

    def close(self) -> None:
        """Forget everything."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Stage:
    """One copy of a scene."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.tenant_id, self.bundle = scene, scene.ground.tenant_id, scene.bundle
        self.names, self.calendar, self.zone = scene.names, scene.calendar, clock.zone(scene.ground.zone)
        self.engine = _copy(scene.engine)
        self.now: datetime | None = None
        self._stack = ExitStack()
        self._stack.callback(self.engine.dispose)
        self.session: Session = self._open()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _open(self) -> Session:
        self._turn = ExitStack()
        self._stack.push(lambda *_: self._turn.close())
        return self._turn.enter_context(db.writing(self.engine))

    def put(self, at: datetime) -> None:
        """Put the clock there. Nothing happens by that."""
        if at != self.now:
            self.now = at
            self._write([(_CLOCK, [{'b_id': self.tenant_id, 'b_at': at}])])

    def actor(self, reference: str) -> Actor:
        """A post as it acts. :raises NotFound: the government has no such post (any more)."""
        if reference not in self.names.posts:
            raise NotFound('没有“{post}”这个岗位。', post=reference or '？')
        return Actor(self.names.post(reference), *reference.split('/'))

    def step(self, think: Think) -> Iterator[Plan]:
        """Carry one step out, and the jobs that it leaves over; what each of them wrote.

        :raises Refused: the step is refused. :raises Broken: the drawing fails on the way.
        """
        plan = think(self.session)
        self._flush(plan)
        yield plan
        for row in plan.inserts.get(JOB, ()):
            yield from self.step(lambda session, key=row['id']: instance.carry(session, key))

    def ring(self, matters: Collection[UUID], hear: Hear) -> bool:
        """Let what is due in these matters go off, once each; whether there was anything. `hear` is told of each."""
        now = {'now': self.now}
        due = [row for row in self._read(_DUE, now) if row['matter_id'] in matters]
        if due:
            owners = {row['instance_id']: row['matter_id'] for row in due}
            think = instance.fire_all
        else:
            lamps = [row['id'] for row in self._read(_LAMPS, now) if row['id'] in matters]
            owners = dict(zip(lamps, lamps, strict=True))
            think = instance.relight_all
        stop = _HOLD if due else _DARK
        try:
            self._together(think(self.session, list(owners)), owners, hear, stop)
        except Conflict:                               # two took the next number of one series
            for key in owners:
                self._together(think(self.session, [key]), owners, hear, stop)
        return bool(owners)

    def _together(self, outcomes: Any, owners: Mapping[UUID, UUID], hear: Hear, stop: Any) -> None:
        """What was thought out one by one is written together; what failed is not tried again."""
        whole = Plan()
        for key, outcome in outcomes:
            if isinstance(outcome, Exception):
                whole.change(stop, {'b_id': key})
            else:
                whole.add(outcome)
        with self.session.begin_nested():
            self._flush(whole)
        for key, outcome in outcomes:
            hear(owners[key], outcome)
        for row in whole.inserts.get(JOB, ()):
            for plan in self.step(lambda session, key=row['id']: instance.carry(session, key)):
                hear(plan.matter_id, plan)

    def next_at(self, matter_id: UUID) -> datetime | None:
        """When something happens by itself in a matter the next time; None: never."""
        row = self._read(_NEXT, {'key': matter_id})[0]
        return min((at for at in row.values() if at is not None), default=None)

    def open(self, task_ids: Collection[UUID]) -> list[UUID]:
        """Which of these tasks still wait."""
        keys = list(task_ids)
        return list(self.session.scalars(select(TASK.c.id).where(TASK.c.id.in_(keys), TASK.c.state == 'open')))

    def change_parameter(self, name: str, value: Any) -> None:
        """Give the government another value, in a transaction of its own: it is remembered by its revision."""
        self._turn.close()
        try:
            with db.writing(self.engine) as session:
                parameter.change(session, self.tenant_id, name, value, SYSTEM, self.bundle)
        finally:
            self.session = self._open()

    def _flush(self, plan: Plan) -> None:
        events = plan.inserts.pop(_EVENT, None)
        plan.flush(self.session)
        if events:
            plan.inserts[_EVENT] = events

    def _read(self, clause: Any, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        return statement.read(self.session.connection(), clause, values)

    def _write(self, work: Any) -> None:
        statement.write(self.session.connection(), work)


def events(plan: Plan) -> list[Seen]:
    """What a step would have put on the trail."""
    return list(of_rows(plan.inserts.get(_EVENT, ())))


def opened(plan: Plan) -> list[dict[str, Any]]:
    """The tasks that a step opened, and left open."""
    return [row for row in plan.inserts.get(TASK, ()) if row['state'] == 'open']


def _copy(engine: Engine) -> Engine:
    made = db.connect('sqlite://', poolclass=StaticPool, connect_args={'check_same_thread': False})
    with engine.connect() as source, made.connect() as target:
        source.connection.driver_connection.backup(target.connection.driver_connection)
    return made
