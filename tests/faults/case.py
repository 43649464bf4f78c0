"""One matter on its way, for tests that are not about the way: begun, moved by its usual answers, copied, looked over."""
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from engine import clock, db, deployment, directory, instance, schema, seal, spiff
from engine.db import Base
from engine.directory import Tenant
from engine.history import EMPTY, Actor, Event
from engine.instance.row import CO_UNIT, INSTANCE, MATTER, TASK, TIMER
from engine.spiff import codec
from engine.usertask import UserTask
from tests.workflows.story import USUAL, moment, office

TENANT, BEGIN = 'gz', moment('2020-05-07 09:00')
OFFICER = Actor('省政府办公厅·督查员', 'office', 'officer')
LIFECYCLE = ('sign', 'plan', 'handle', 'request', 'review', 'verify', 'deputy', 'principal', 'feedback')
"""The tasks of a matter from its signature to its archive, on the shortest way."""


def make_office(url: str) -> None:
    """All tables and one government with the shipped bundle in the empty database at `url`."""
    engine = db.connect(url)
    schema.create(engine)
    office(engine, TENANT, BEGIN)
    engine.dispose()


class Case:
    """One matter of the government."""

    def __init__(self, engine: Engine, matter_id: UUID) -> None:
        self.engine, self.id = engine, matter_id

    @classmethod
    def begin(cls, engine: Engine, **changes: Any) -> 'Case':
        """Registered; with a basis (the usual answers say so) it stands at `sign` at once."""
        plan = db.carry_out(engine, lambda session: register(session, **changes))
        return cls(engine, plan.matter_id)

    def do(self, element: str, *, unit: str | None = None, **changes: Any) -> None:
        """The open task of this element is done by its post."""
        key, actor = self.waiting(element, unit)
        answer = self.answer(element, **changes)
        db.carry_out(self.engine, lambda session: instance.complete(session, key, actor, answer))

    def through(self, *elements: str) -> 'Case':
        """Several tasks, one after the other, with their usual answers."""
        for element in elements:
            self.do(element)
        return self

    def answer(self, element: str, **changes: Any) -> dict[str, Any]:
        """The usual answer of a task at this moment."""
        with db.reading(self.engine) as session:
            return usual(session, element, **changes)

    def waiting(self, element: str, unit: str | None = None) -> tuple[UUID, Actor]:
        """The open task of an element, and who may do it."""
        with db.reading(self.engine) as session:
            query = select(UserTask).where(UserTask.matter_id == self.id, UserTask.element == element,
                                           UserTask.state == 'open', UserTask.asks.is_(None))
            task = session.scalars(query.where(UserTask.unit == unit) if unit else query).one()
            return task.id, Actor(directory.post_name(session, TENANT, f'{task.unit}/{task.post}'), task.unit, task.post)

    def elements(self) -> list[str]:
        """The elements of the open tasks."""
        with db.reading(self.engine) as session:
            return list(session.scalars(select(UserTask.element).where(
                UserTask.matter_id == self.id, UserTask.state == 'open', UserTask.asks.is_(None)).order_by(UserTask.element)))

    def fired(self) -> dict[str, int]:
        """How often each timer went off."""
        with db.reading(self.engine) as session:
            return dict(session.execute(select(Event.element, func.count()).where(
                Event.chain == str(self.id), Event.kind == 'timer.fired').group_by(Event.element)).all())


def register(session: Session, **changes: Any) -> Any:
    """A plan that begins a matter by its usual answers."""
    return instance.start(session, TENANT, 'matter', OFFICER, answers={'register': usual(session, 'register', **changes)})


def usual(session: Session, element: str, **changes: Any) -> dict[str, Any]:
    """The usual answer of an element, as the stories have it, with changes."""
    now = clock.now(session.get(Tenant, TENANT)).astimezone(clock.zone()).isoformat()
    words = {'现在': now, '今天': now[:10]}
    return {name: words.get(value, value) if isinstance(value, str) else value
            for name, value in {**USUAL[element], **changes}.items()}


def set_clock(engine: Engine, at: str | datetime) -> None:
    """Put the government's clock somewhere; nothing fires."""
    with db.writing(engine) as session:
        session.get(Tenant, TENANT).virtual_at = moment(at) if isinstance(at, str) else at


# -- copies ---------------------------------------------------------------------------------------------------------------

_KEY = re.compile(rb'"([0-9a-f]{32})"')


def copies(engine: Engine, matter_id: UUID, number: int) -> list[UUID]:
    """As many matters that stand exactly where this one stands, each with ids of its own and an empty trail."""
    with db.reading(engine) as session:
        rows = {table: [dict(row) for row in session.execute(select(table).where(column == matter_id)).mappings()]
                for table, column in ((MATTER, MATTER.c.id), (INSTANCE, INSTANCE.c.matter_id), (CO_UNIT, CO_UNIT.c.matter_id),
                                      (TASK, TASK.c.matter_id), (TIMER, TIMER.c.matter_id))}
    made = [_copy(rows, count) for count in range(number)]
    with db.writing(engine) as session:
        for table in rows:
            found = [row for one in made for row in one[table]]
            if found:
                session.connection().execute(table.insert(), found)
    return [one[MATTER][0]['id'] for one in made]


def _copy(rows: Mapping[Any, list[dict]], count: int) -> dict[Any, list[dict]]:
    keys: dict[str, UUID] = {}

    def other(key: UUID | str) -> UUID:
        text = key if isinstance(key, str) else key.hex
        if text not in keys:
            keys[text] = uuid4()
        return keys[text]

    def changed(name: str, value: Any) -> Any:
        if name == 'state' and isinstance(value, bytes):
            plain = codec.plain(value)
            return codec.packed(_KEY.sub(lambda found: b'"%s"' % other(found[1].decode()).hex.encode(), plain))
        if isinstance(value, UUID):
            return other(value)
        return {'code': f'{value}-{count}', 'head_seq': 0, 'head_hash': EMPTY}.get(name, value)

    return {table: [{name: changed(name, value) for name, value in row.items()} for row in found]
            for table, found in rows.items()}


# -- looking over -----------------------------------------------------------------------------------------------------------


def sound(engine: Engine, matters: Iterable[UUID], *, whole: bool = True) -> None:
    """What must hold between any two steps: rows tell what the states tell, the trail is whole, nobody is stuck.

    `whole`: every step of the matter left events, so its version counts the moments on its trail; otherwise some
    steps may have left none.
    """
    with db.reading(engine) as session:
        for matter_id in matters:
            matter = session.execute(select(MATTER).where(MATTER.c.id == matter_id)).mappings().one()
            for row in session.execute(select(INSTANCE).where(INSTANCE.c.matter_id == matter_id)).mappings():
                _agrees(session, row)
            verdict = seal.verify(session, str(matter_id))
            assert verdict.whole, verdict.fault
            steps, version = session.scalar(select(func.count(Event.recorded_at.distinct())).where(
                Event.chain == str(matter_id))), matter['version']
            assert version == steps or version > steps and not whole, f'{version} versions, {steps} steps on the trail'


def _agrees(session: Session, row: Mapping[str, Any]) -> None:
    where = f'{row["process"]} {row["id"]}'
    opened, asked = set(), []
    for task in session.execute(select(TASK).where(TASK.c.instance_id == row['id'], TASK.c.state.in_(('open', 'later')))):
        asked.append(task) if task.asks else opened.add(task.id)
    armed = dict(session.execute(select(TIMER.c.id, TIMER.c.due_at).where(TIMER.c.instance_id == row['id'])).all())
    if row['status'] != 'running':
        assert not opened and not armed and not asked, f'{where} has ended, and still waits: {opened} {armed} {asked}'
        return
    library = spiff.library(deployment.bundle(session, row['deployment_id']))
    run = spiff.Run.load(library, row['process'], row['state'], None)
    tasks, timers = run.marks()
    assert tasks == opened, f'{where}: tasks in the state {tasks}, as rows {opened}'
    assert {task.asks for task in asked} <= opened, f'{where}: opinions are asked on a task that is over'
    assert len({(task.asks, task.unit, task.post) for task in asked}) == len(asked), f'{where}: a post is asked twice'
    assert timers == armed, f'{where}: timers in the state {timers}, as rows {armed}'
    assert row['hears'] == f',{",".join(run.hears())},', where
    assert tasks or timers or run.hears(), f'{where} waits for nothing and has not ended'


def fingerprint(engine: Engine) -> dict[str, int]:
    """Every row of every table, so that two moments can be compared."""
    with engine.connect() as connection:
        return {table.name: hash(tuple(sorted(map(repr, connection.execute(select(table))))))
                for table in Base.metadata.sorted_tables}
