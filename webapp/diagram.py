"""The diagrams that a matter ran on, each with the way it took and where it stands now."""
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select

from engine import deployment
from engine.definition import Definition
from engine.deployment import Bundle
from engine.history import Event, Kind
from engine.instance import Instance
from engine.job import Timer
from engine.ledger import Matter
from engine.usertask import UserTask
from webapp.db import db

_PASSED = (Kind.NODE_PASSED, Kind.TASK_COMPLETED)


@dataclass(frozen=True)
class Picture:
    """One diagram with a way through it; `walk` is what the viewer expects: nodes, flows, now."""

    instance_id: UUID
    process: Definition
    deployment_id: int
    status: str
    walk: dict[str, Any]
    own: Sequence[Mapping[str, Any] | str]     # what tells its instances from others: their elements, else their keys

    @property
    def key(self) -> str:
        """What the address calls it."""
        return f'{self.instance_id}.{self.process.id}.{self.deployment_id}'


def pictures(matter: Matter, bundle: Bundle | None, process: str | None = None) -> list[Picture]:
    """The diagrams of the matter's processes, or of one of them, in the order in which they began."""
    if bundle is None:
        return []
    query = (select(Event.instance_id, Event.process, Event.element, Event.kind, Event.data)
             .where(Event.chain == str(matter.id), Event.element.is_not(None)).order_by(Event.seq))
    states = select(Instance.id, Instance.status, Instance.parent_task, Instance.token, Instance.business_key)
    instances = db.session.execute(states.where(Instance.matter_id == matter.id)).all()
    drawn = {one.id: one.parent_task or one.id for one in instances}     # those that one activity called share a picture
    status = {drawn[one.id]: one.status for one in sorted(instances, key=lambda one: one.status == 'running')}
    members: dict[UUID, list[Any]] = {}
    for one in instances:
        members.setdefault(drawn[one.id], []).append(one)
    ways: dict[tuple[UUID, str], list[Any]] = {}
    for row in db.session.execute(query.where(Event.process == process) if process else query):
        ways.setdefault((drawn.get(row.instance_id), row.process), []).append(row)
    here: dict[tuple[UUID, str], set[str]] = {}
    for row in _waiting(matter.id):
        here.setdefault((drawn.get(row.instance_id), row.process), set()).add(row.element)
    return [Picture(key[0], bundle.processes[key[1]], matter.deployment_id, status.get(key[0], 'done'),
                    _walk(bundle.processes[key[1]], way, here.get(key, set())),
                    [own for one in members.get(key[0], ()) if (own := one.token or one.business_key)])
            for key, way in ways.items() if key[1] in bundle.processes]


def former(matter: Matter) -> list[Picture]:
    """The diagrams of earlier versions, for a matter that was moved: what was walked on each before, all instances of a
    process together."""
    query = (select(Event.deployment_id, Event.instance_id, Event.process, Event.element, Event.kind, Event.data)
             .where(Event.chain == str(matter.id), Event.element.is_not(None), Event.instance_id.is_not(None),
                    Event.deployment_id != matter.deployment_id).order_by(Event.seq))
    ways: dict[tuple[int, str], list[Any]] = {}
    for row in db.session.execute(query):
        ways.setdefault((row.deployment_id, row.process), []).append(row)
    bundles = {version: deployment.bundle(db.session, version).processes for version, _ in ways}
    return [Picture(way[0].instance_id, bundles[version][process], version, 'moved',
                    _walk(bundles[version][process], way, set()), ())
            for (version, process), way in ways.items() if process in bundles[version]]


def _waiting(matter_id: UUID) -> Sequence[Any]:
    """Where the matter stands: instance, process and element of its open tasks and armed timers."""
    tasks = select(UserTask.instance_id, UserTask.process, UserTask.element).where(
        UserTask.matter_id == matter_id, UserTask.state == 'open')
    timers = select(Timer.instance_id, Timer.process, Timer.element).where(Timer.matter_id == matter_id)
    return db.session.execute(tasks.union(timers)).all()


def _walk(process: Definition, way: Iterable[Any], waiting: set[str]) -> dict[str, Any]:
    """What was walked and how often, by which flows, and where tasks, timers and calls wait."""
    nodes: dict[str, int] = {}
    flows: dict[str, None] = {}
    called: set[str] = set()
    for row in way:
        element = process.elements.get(row.element)
        if element is None or element.inserted:
            continue
        flows |= dict.fromkeys(flow for flow in orjson.loads(row.data).get('flows', ())
                               if flow in process.flows and not process.flows[flow].inserted)
        if row.kind in _PASSED:
            nodes[row.element] = nodes.get(row.element, 0) + 1
        if element.called:
            (called.add if row.kind == Kind.NODE_ENTERED else called.discard)(row.element)
    now = [element.id for element in process.elements.values() if element.id in waiting | called
           and element.kind != 'boundaryEvent' and not element.inserted]
    return {'nodes': nodes, 'flows': list(flows), 'now': now}
