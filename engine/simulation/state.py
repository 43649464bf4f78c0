"""Where a simulation stands: tokens, tasks, deadlines, lamp, notices, points, messages, and its calendar."""
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from engine import clock, db, directory, incident, parameter, workcal
from engine.actions.notice import Notice
from engine.actions.points import Points
from engine.actions.reminder import Message
from engine.instance import Instance
from engine.job import Timer
from engine.ledger import Matter
from engine.simulation.run import Simulation
from engine.usertask import UserTask


@dataclass(frozen=True)
class State:
    """One moment. ``tokens`` are the elements at which each running process stands; ``matter`` has the facts.

    Rows are plain values; moments are aware, in the government's zone.
    """

    now: datetime
    matter: dict[str, Any]
    tokens: dict[str, list[str]]
    tasks: list[dict[str, Any]]
    deadlines: list[dict[str, Any]]
    notices: list[dict[str, Any]]
    points: list[dict[str, Any]]
    messages: list[dict[str, Any]]
    incidents: list[dict[str, Any]]
    running: list[str]
    parameters: dict[str, Any]

    @property
    def finished(self) -> bool:
        """Whether nothing runs any more."""
        return not self.running


def state(simulation: Simulation) -> State:
    """Where the run stands now."""
    zone = clock.zone(simulation.ground.zone)
    with db.reading(simulation.engine) as session:
        def rows(table: Any, names: Iterable[str], *where: Any, order: Any = None) -> list[dict[str, Any]]:
            found = session.scalars(select(table).where(*where).order_by(order)).all()
            return [{name: _here(getattr(one, name), zone) for name in names} for one in found]

        tenant = directory.tenant(session, simulation.tenant_id)
        matter = session.get(Matter, simulation.matter_id) if simulation.matter_id else None
        tasks = rows(UserTask, ('process', 'element', 'name', 'unit', 'post', 'token', 'opened_at', 'due_at'),
                     UserTask.state == 'open', order=UserTask.opened_at)
        deadlines = rows(Timer, ('process', 'element', 'name', 'due_at', 'held'), order=Timer.due_at)
        tokens: dict[str, list[str]] = {}
        for row in (*tasks, *deadlines):
            if row['element'] not in tokens.setdefault(row['process'], []):
                tokens[row['process']].append(row['element'])
        return State(
            _here(clock.now(tenant), zone), _facts(matter, zone), tokens, tasks, deadlines,
            rows(Notice, ('kind', 'level', 'number', 'to_unit', 'title', 'state', 'points', 'limit_at', 'drafted_at',
                          'issued_at'), order=Notice.drafted_at),
            rows(Points, ('unit', 'points', 'reason', 'given_at'), order=Points.given_at),
            rows(Message, ('unit', 'post', 'text', 'stands_for', 'sent_at'), order=Message.sent_at),
            [{'element': one.element, 'name': one.name, 'cause': one.cause, 'advice': one.advice}
             for one in incident.open_incidents(session)],
            sorted(session.scalars(select(Instance.process).where(Instance.status == 'running'))),
            {one.name: one.value for one in parameter.settings(session, tenant, simulation.bundle)})


def _facts(matter: Matter | None, zone: Any) -> dict[str, Any]:
    if matter is None:
        return {}
    return {name: _here(getattr(matter, name), zone) for name in (
        'code', 'title', 'status', 'stage', 'lamp', 'level', 'level_label', 'due_at', 'issued_at', 'closed_at',
        'result', 'grade', 'points', 'late')}


def _here(value: Any, zone: Any) -> Any:
    return value.astimezone(zone) if isinstance(value, datetime) else value


@dataclass(frozen=True)
class Day:
    """One day of the calendar: whether it is worked, and what falls on it."""

    day: date
    working: bool
    due: list[str]


def days(simulation: Simulation, found: State, count: int = 42) -> list[Day]:
    """The days from the run's first on, until the last deadline, at most so many after today."""
    last = max([found.now.date(), *(row['due_at'].date() for row in found.deadlines)])
    first = simulation.day.date()
    last = min(last, found.now.date() + timedelta(count))
    with db.reading(simulation.engine) as session:
        calendar = workcal.load(session, directory.tenant(session, simulation.tenant_id))
    return [Day(day, calendar.is_workday(day), [row['name'] for row in found.deadlines if row['due_at'].date() == day])
            for day in (first + timedelta(number) for number in range((last - first).days + 1))]
