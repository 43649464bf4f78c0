"""试运行: the version in use, or rather a matter's whole life on it, tried act by act on a virtual clock.

The address has everything: which day, by which chance, how many acts. They are done anew for each page, in memory, so
nothing is stored and going back is one act fewer.
"""
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext as _
from flask_login import current_user

from engine import clock, deployment, simulation
from engine.definition import Definition
from engine.errors import Refused
from engine.simulation import Crew, Simulation, State, state
from engine.simulation.telling import Telling
from webapp import auth, definition
from webapp.db import db

bp = Blueprint('simulation', __name__)

_MOST = 60                                  # acts of a page: each is done anew
_SPAN = timedelta(days=366)
_PASSED = ('node.passed', 'task.completed')


@dataclass(frozen=True)
class Wish:
    """What the address asks for: the first day, the seed of chance (None: 照例), how many acts."""

    day: date
    seed: int | None
    acts: int

    @classmethod
    def asked(cls, today: date) -> 'Wish':
        """From the address. :raises Refused: a part of it cannot be read."""
        day, seed, acts = (request.args.get(name, '').strip() for name in ('day', 'seed', 'acts'))
        try:
            return cls(date.fromisoformat(day) if day else today, int(seed) if seed else None,
                       min(max(int(acts or 0), 0), _MOST))
        except ValueError:
            raise Refused(_('开始日期要写成年月日，随机的种子要写整数。')) from None

    def with_(self, acts: int) -> dict[str, Any]:
        """The address of the same run after so many acts."""
        return {'day': self.day.isoformat(), 'seed': '' if self.seed is None else self.seed, 'acts': acts}


@bp.get('/process/<process>/try')
@auth.requires('owner')
def show(process: str) -> str:
    """The run as far as the address says: what happened, who has what to do, every deadline, the picture."""
    made = deployment.current(db.session, current_user.tenant.id)
    bundle = definition.current()
    if bundle is None or bundle.lifecycle is None or bundle.lifecycle.id != process:
        abort(404)
    wish = Wish.asked(clock.now(current_user.tenant).astimezone(clock.zone(current_user.tenant.zone)).date())
    ground = simulation.copied(db.session, current_user.tenant.id)
    begin = datetime.combine(wish.day, time(9), clock.zone(ground.zone))
    with Simulation(ground, begin, ground.files) as run:
        crew = Crew(run, {}, None if wish.seed is None else Random(wish.seed))
        goes_on = _play(crew, bundle.lifecycle, wish.acts, begin + _SPAN)
        found = state(run)
        telling = Telling(run, found.parameters)
        brought = [list(_lines(telling, run, number)) for number in range(len(run.acts))]
        return render_template(
            'simulation/show.html', process=bundle.lifecycle, made=made, wish=wish, done=len(run.acts), goes_on=goes_on,
            brought=brought, found=found, summary=list(telling.summary(found, crew.stuck)), named=telling.named,
            params=found.parameters, walk=_walk(bundle.lifecycle, run, found))


def _play(crew: Crew, process: Definition, acts: int, until: datetime) -> bool:
    """Do so many acts; whether there may be another."""
    if not acts:
        return True
    crew.begin(process.id, crew.simulation.beginner(process.id))
    for number in crew.play(until, acts):
        if number + 1 == acts:
            break
    return len(crew.simulation.acts) == acts < _MOST


def _lines(telling: Telling, run: Simulation, number: int) -> Iterator[str]:
    return telling.lines([one for one in run.happenings if one.act == number])


def _walk(process: Definition, run: Simulation, found: State) -> dict[str, Any]:
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
