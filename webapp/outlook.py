"""What happens next if nobody acts, read from the diagrams' own timers and from what they lead to."""
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_login import current_user

from engine import clock, directory, expression, parameter, workcal
from engine.decision import NoRule
from engine.definition import GATEWAYS, Definition, Element
from engine.deployment import Bundle
from engine.errors import Broken
from engine.expression import ExpressionError
from engine.job import Timer
from engine.ledger import FACTS, Facts, Matter
from engine.usertask import UserTask
from webapp import definition, say
from webapp.db import db
from webapp.diagram import Picture


class Step(NamedTuple):
    """One thing that follows: what it is called, and the posts that it asks, in words."""

    name: str
    asks: list[str]


class Outlook(NamedTuple):
    """A moment, the timer that rings then, the lamp that the matter shows from then on, and what the drawing
    does; or, without a moment, what is on its way beside the matter already."""

    at: datetime | None
    when: str
    lamp: str
    steps: list[Step]
    after_due: bool


class Place:
    """The names and functions that a matter's expressions see, for reading its future."""

    def __init__(self, matter: Matter, bundle: Bundle, now: datetime | None = None) -> None:
        tenant = current_user.tenant
        zone = clock.zone(tenant.zone)
        facts = Facts({name: getattr(matter, name) for name in FACTS}, zone)
        self.bundle, self.scope = bundle, {name: facts[name] for name in FACTS}
        self.functions = {**workcal.functions(say.calendar(), now or current_user.now, zone),
                          **directory.functions(db.session, tenant.id),
                          'param': parameter.reader(db.session, tenant, bundle)}

    def value(self, text: str, scope: Mapping[str, Any] | None = None) -> Any:
        """What a template gives here; None when it reads something that is not known yet."""
        try:
            return expression.template(text).value(scope or self.scope, self.functions)
        except (ExpressionError, Broken):
            return None

    def moment(self, element: Element) -> datetime | None:
        """When a timer of the drawing would ring, read with today's facts."""
        value = self.value(element.timer.text) if element.timer and element.timer.kind == 'date' else None
        return datetime.fromisoformat(value) if isinstance(value, str) and len(value) > 10 else None

    def post(self, reference: str) -> str:
        """省发展改革委·联络员 of "fgw/liaison"."""
        return self.functions['post_name'](reference)

    def answers(self, table: str, scope: Mapping[str, Any]) -> dict[str, Any]:
        """What a decision table would answer; nothing when it cannot yet."""
        try:
            return self.bundle.tables[table].decide(scope, self.functions).values
        except (KeyError, NoRule, Broken, ExpressionError):
            return {}


def outlook(matter: Matter, timers: Sequence[Timer], tasks: Sequence[UserTask], pictures: Sequence[Picture],
            bundle: Bundle | None) -> Outlook | None:
    """What follows if the matter is left alone: after its deadline when that lies ahead; else what is on its
    way beside it; else its next timer."""
    if bundle is None:
        return None
    place, values = Place(matter, bundle), definition.params(bundle)
    ahead = {(at, element.id): (at, process, element) for at, process, element in _ahead(timers, place)}
    seen = sorted(ahead.values(), key=lambda one: one[0])
    pressing = [one for one in seen if _counts(one[1], one[2])]
    end = matter.due_at and datetime.combine(matter.due_at, time.max, clock.zone(current_user.tenant.zone))
    after = [one for one in pressing if end and end >= current_user.now and one[0] > end]
    beside = _beside(tasks, pictures, place, values)
    if beside and not after:
        return Outlook(None, '', '', beside, False)
    chosen = next(iter(after or pressing or seen), None)
    if chosen is None:
        return None
    at, process, element = chosen
    lamp = Place(matter, bundle, at).answers('lamp', place.scope).get('lamp', '')
    steps = [_step(target, place, values) for target in _targets(process, element, place)]
    return Outlook(at, definition.named(element.name, values), lamp, steps, bool(after))


def _beside(tasks: Sequence[UserTask], pictures: Sequence[Picture], place: Place,
            values: Mapping[str, Any]) -> list[Step]:
    """The calls that are open in the processes beside the lifecycle, with who has the task in them."""
    found = []
    for picture in pictures[1:]:
        elements = picture.process.elements
        for call in (elements[name] for name in picture.walk['now'] if picture.status == 'running'):
            inside = [task for task in tasks
                      if (task.instance_id, task.process) == (picture.instance_id, call.called)]
            asks = [f'{definition.named(task.name, values)}{_("：")}{place.post(f"{task.unit}/{task.post}")}'
                    for task in inside]
            if call.called:
                found.append(Step(definition.named(call.name, values), asks))
    return found


def _ahead(timers: Sequence[Timer], place: Place) -> Iterator[tuple[datetime, Definition, Element]]:
    """The armed timers, and those that stand behind them in the same frame and can be read already."""
    for timer in timers:
        process = place.bundle.processes.get(timer.process)
        armed = process.elements.get(timer.element) if process else None
        if armed is None:
            continue
        yield timer.due_at, process, armed
        for other in process.inside(armed.parent) if armed.kind == 'intermediateCatchEvent' else ():
            at = place.moment(other) if other.kind == armed.kind and other.id != armed.id else None
            if at and at > timer.due_at:
                yield at, process, other


def _counts(process: Definition, element: Element) -> bool:
    """Does more follow from this timer than a reminder?"""
    return any(target.kind in ('callActivity', 'userTask') for target in _onward(process, element, set()))


def _onward(process: Definition, element: Element, seen: set[str]) -> Iterator[Element]:
    for target in process.following(element.id):
        if target.id not in seen:
            seen.add(target.id)
            yield from _onward(process, target, seen) if target.kind in GATEWAYS else (target,)


def _targets(process: Definition, element: Element, place: Place) -> list[Element]:
    """What an event leads to, through gateways whose conditions are read with today's facts."""
    found = []
    for flow_id in element.outgoing:
        target = process.elements.get(process.flows[flow_id].target)
        while target is not None and target.kind in GATEWAYS:
            flows = [process.flows[name] for name in target.outgoing]
            true = [flow for flow in flows if flow.condition and place.value(flow.condition) is True]
            usual = [flow for flow in flows if flow.id == target.default or not flow.condition]
            target = process.elements.get((true + usual)[0].target) if true or usual else None
        if target is not None:
            found.append(target)
    return found


def _step(target: Element, place: Place, values: Mapping[str, Any]) -> Step:
    """A step with the posts that it asks; of a called process those of its tasks, its tables read ahead."""
    name = definition.named(target.name, values)
    called = place.bundle.processes.get(target.called) if target.called else None
    if called is None:
        return Step(name, [place.post(post) for post in _posts(target, place, place.scope)])
    scope = {**place.scope, **{key: place.value(text) for key, text in target.into.items()}}
    for element in called.elements.values():
        if element.decision:
            scope |= place.answers(element.decision, scope)
    asked = [(element.name, place.post(post)) for element in called.elements.values()
             if element.kind == 'userTask' for post in _posts(element, place, scope)]
    return Step(name, [f'{definition.named(task, values)}{_("：")}{post}' for task, post in asked])


def _posts(element: Element, place: Place, scope: Mapping[str, Any]) -> list[str]:
    value = place.value(element.candidate or element.inputs.get('to', ''), scope)
    return [part.strip() for part in str(value or '').split(',') if part.strip()]
