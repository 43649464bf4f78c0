"""The diagrams that a matter ran on, each with the way it took: nodes and flows walked, and where it stands now."""
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select

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
    """One diagram with a way through it; `walk` is what the viewer expects: nodes with how often, flows, now."""

    instance_id: UUID
    process: Definition
    deployment_id: int
    status: str
    walk: dict[str, Any]

    @property
    def key(self) -> str:
        """What the address calls it."""
        return f'{self.instance_id}.{self.process.id}'


def pictures(matter: Matter, bundle: Bundle | None, process: str | None = None) -> list[Picture]:
    """The diagrams of the matter's processes, or of one of them, in the order in which they began."""
    if bundle is None:
        return []
    query = (select(Event.instance_id, Event.process, Event.element, Event.kind, Event.data)
             .where(Event.chain == str(matter.id), Event.element.is_not(None)).order_by(Event.seq))
    ways: dict[tuple[UUID, str], list[Any]] = {}
    for row in db.session.execute(query.where(Event.process == process) if process else query):
        ways.setdefault((row.instance_id, row.process), []).append(row)
    states = select(Instance.id, Instance.status).where(Instance.matter_id == matter.id)
    status, waiting = dict(db.session.execute(states).all()), _waiting(matter.id)
    return [Picture(instance, bundle.processes[name], matter.deployment_id, status.get(instance, 'done'),
                    _walk(bundle.processes[name], way, {row.element for row in waiting
                                                        if (row.instance_id, row.process) == (instance, name)}))
            for (instance, name), way in ways.items() if name in bundle.processes]


def _waiting(matter_id: UUID) -> Sequence[Any]:
    """Where the matter stands: instance, process and element of its open tasks and armed timers."""
    tasks = select(UserTask.instance_id, UserTask.process, UserTask.element).where(
        UserTask.matter_id == matter_id, UserTask.state == 'open')
    timers = select(Timer.instance_id, Timer.process, Timer.element).where(Timer.matter_id == matter_id)
    return db.session.execute(tasks.union(timers)).all()


def _walk(process: Definition, way: Iterable[Any], waiting: set[str]) -> dict[str, Any]:
    """The ids of the drawing: what was walked and how often, by which flows, and where tasks, timers and calls wait."""
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
    now = [element.id for element in process.elements.values() if element.kind != 'boundaryEvent' and not element.inserted
           and (element.id in waiting or element.id in called)]
    return {'nodes': nodes, 'flows': list(flows), 'now': now}
