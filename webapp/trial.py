"""One trial as pages need it: the run after its acts, on the files as they stand now, and what the page says of it."""
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from flask import abort, request
from flask_babel import gettext as _
from flask_login import current_user

from engine import clock, db as database, deployment, directory, draft, simulation, trial, workcal
from engine.definition import Definition
from engine.draft import Draft
from engine.errors import NotFound, Refused
from engine.simulation import Crew, Simulation, State, act, kept, state
from engine.simulation.run import Happening
from engine.simulation.telling import Telling
from engine.trial import Trial
from webapp import number
from webapp.db import db

SPAN = timedelta(days=366)
ROUNDS = 400                                # of one act: what rings daily may for a year, and nobody waits for minutes
_PASSED = ('node.passed', 'task.completed')


@dataclass(frozen=True)
class Stand:
    """What is tried: the files of a draft, or (None) of the version in use, and one process of theirs."""

    process: Definition
    files: Mapping[str, bytes]
    draft: Draft | None
    number: int | None
    made_id: int | None


@dataclass
class Tried:
    """A trial that is open: its row, what it stands on, the run, and why acts that were done once cannot be again."""

    row: Trial
    stand: Stand
    run: Simulation
    refusal: Refused | None
    stuck: dict[str, str] = field(default_factory=dict)

    def crew(self) -> Crew:
        """Who does what nobody fills in; chance is drawn anew for each act, so that going back changes nothing."""
        row, done = self.row, len(self.run.acts)
        return Crew(self.run, {}, None if row.seed is None else Random(f'{row.seed}-{done}'), self.stuck)


def stand(process: str, draft_id: int | None) -> Stand:
    """What can be tried here: the life of a matter, or any process where the files draw no life of a matter.

    :raises NotFound: there is no such process or draft. :raises Refused: the draft cannot be read.
    """
    tenant_id, made = current_user.tenant.id, deployment.current(db.session, current_user.tenant.id)
    held = draft.find(db.session, tenant_id, current_user.id, draft_id) if draft_id else None
    files = draft.files(db.session, held) if held else deployment.files(db.session, made.id) if made else {}
    bundle = deployment.read(files)
    found = bundle.processes.get(process)
    if found is None:
        raise NotFound('没有叫“{process}”的流程。', process=process)
    if bundle.lifecycle not in (None, found):
        abort(404)
    return Stand(found, files, held, made.number if made else None, made.id if made else None)


@contextmanager
def opened(process: str, trial_id: int) -> Iterator[Tried]:
    """A trial of the reader's own, as far as its acts went and still go.

    :raises NotFound: there is none. :raises Undeployable: the gate refuses the files as they stand now.
    """
    row = trial.find(db.session, current_user.id, trial_id)
    if row.process != process:
        abort(404)
    standing = stand(process, row.draft_id)
    tenant = current_user.tenant
    key = (str(db.engine.url), row.id, deployment.digest(standing.files), tenant.parameter_revision,
           tenant.calendar_revision)
    with kept(key, [act.read(one) for one in row.acts], lambda: _begun(row, standing)) as (run, refusal):
        yield Tried(row, standing, run, refusal)


def _begun(row: Trial, standing: Stand) -> Simulation:
    ground = simulation.copied(db.session, row.tenant)
    return Simulation(ground, first_moment(row.begins, ground.zone), standing.files, ROUNDS)


def first_moment(day: date, zone: str) -> datetime:
    """When a trial begins: nine o'clock."""
    return datetime.combine(day, time(9), clock.zone(zone))


def keep(tried: Tried, seen: int) -> None:
    """Keep the acts that the run has now. :raises Conflict: the trial went on in another window."""
    with database.writing(db.engine) as session:
        row = trial.find(session, current_user.id, tried.row.id, lock=True)
        trial.keep(row, [one.as_data() for one in tried.run.acts], seen, current_user.now)


@dataclass(frozen=True)
class Square:
    """One day of the calendar: worked or not, the day on which the clock stands, and what fell or falls on it."""

    day: date
    works: bool
    today: bool
    marks: tuple[str, ...]


Month = tuple[date, list[list[Square | None]]]


def months(run: Simulation, found: State, words: Callable[[Happening], str]) -> Iterator[Month]:
    """The months from the first day to the last deadline, in weeks; ``words`` marks what happened ('' for most)."""
    with database.reading(run.engine) as session:
        calendar = workcal.load(session, directory.tenant(session, run.tenant_id))
    marks: dict[date, dict[str, None]] = {}
    for one in run.happenings:
        if words(one):
            marks.setdefault(one.at.date(), {})[words(one)] = None
    for row in found.deadlines:
        marks.setdefault(row['due_at'].date(), {})[_('到期')] = None
    last = max([found.now.date(), *(row['due_at'].date() for row in found.deadlines)])
    last = min(last, found.now.date() + timedelta(92))
    first = run.day.date().replace(day=1)
    while first <= last:
        yield first, [[_square(day, first.month, calendar, found, marks) for day in week] for week in _weeks(first)]
        first = (first + timedelta(32)).replace(day=1)


def _weeks(first: date) -> Iterator[list[date]]:
    monday = first - timedelta(first.weekday())
    while monday < first or monday.month == first.month:
        yield [monday + timedelta(number) for number in range(7)]
        monday += timedelta(7)


def _square(day: date, month: int, calendar: Any, found: State, marks: Mapping[date, Any]) -> Square | None:
    if day.month != month:
        return None
    return Square(day, calendar.is_workday(day), day == found.now.date(), tuple(marks.get(day, ()))[:2])


def brought(telling: Telling, run: Simulation) -> list[list[str]]:
    """What each act brought, in lines; the newest act first."""
    acts = [[one for one in run.happenings if one.act == number] for number in range(len(run.acts))]
    return [lines for act in reversed(acts) if (lines := list(telling.lines(act)))]


def walk(process: Definition, run: Simulation, found: State) -> dict[str, Any]:
    """The way through the picture and where it stands, as the viewer wants it."""
    nodes: dict[str, int] = {}
    flows: dict[str, None] = {}
    for one in run.happenings:
        element = process.elements.get(one.element or '') if one.process == process.id else None
        if element is None or element.inserted:
            continue
        flows |= dict.fromkeys(flow for flow in one.data.get('flows', ()) if flow in process.flows
                               and not process.flows[flow].inserted)
        if one.kind in _PASSED:
            nodes[element.id] = nodes.get(element.id, 0) + 1
    here = [name for name in found.tokens.get(process.id, ()) if name in process.elements
            and process.elements[name].kind != 'boundaryEvent']
    return {'nodes': nodes, 'flows': list(flows), 'now': here}


def standing(run: Simulation) -> tuple[State, Telling]:
    """Where the run stands, and who tells of it."""
    found = state(run)
    return found, Telling(run, found.parameters)


def seen() -> int:
    """The revision of the trial that the page showed."""
    asked = number.whole(request.values.get('seen'))
    return -1 if asked is None else asked


def _next(tried: Tried) -> str:
    crew = tried.crew()
    if not tried.run.acts:
        crew.begin(tried.row.process, tried.run.beginner(tried.row.process))
        return ''
    for _number in crew.play(tried.run.day + SPAN, len(tried.run.acts) + 1):
        pass
    return _('；').join(tried.stuck.values())


def _event(tried: Tried) -> str:
    return '' if tried.run.next() else _('往后没有什么会自己发生了。')


def _day(tried: Tried) -> str:
    try:
        day = date.fromisoformat(request.form.get('day', ''))
        if day.year not in clock.YEARS:
            raise ValueError(day)
    except ValueError:
        raise Refused(_('请选走到哪一天。')) from None
    tried.run.until(min(first_moment(day, tried.run.ground.zone), tried.run.day + SPAN).astimezone(
        clock.zone(tried.run.ground.zone)))
    return ''


def _end(tried: Tried) -> str:
    if not tried.run.acts:
        _next(tried)
    for _number in tried.crew().play(tried.run.day + SPAN, trial.MOST_ACTS):
        pass
    return _('；').join(tried.stuck.values())


def _beside(tried: Tried) -> str:
    found = next((one for one in simulation.offered(tried.run) if one.process == request.form.get('process')), None)
    if found is None:
        raise Refused(_('这一件现在不能开始。'))
    tried.run.start(found.process, found.post)
    return ''


def _back(tried: Tried) -> str:
    tried.run.back()
    return ''


STEPS = {'next': _next, 'event': _event, 'day': _day, 'end': _end, 'beside': _beside, 'back': _back}
"""What can be done with a run, by the name of the button."""
