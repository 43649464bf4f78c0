"""History as it can be told again: who began a matter, what was asked and answered when, and what else was done."""
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import deployment, directory
from engine.backtest.event import Seen, of_matters
from engine.backtest.life import Life
from engine.deployment import Bundle
from engine.history import Kind
from engine.ledger import Matter
from engine.usertask import UserTask

_PUNCTUAL = timedelta(minutes=1)            # a worker that looks later than this was not awake

_BY_HAND = {Kind.MATTER_WITHDRAWN: 'withdraw', Kind.MATTER_CANCELLED: 'cancel', Kind.MATTER_SUSPENDED: 'suspend',
            Kind.MATTER_RESUMED: 'resume', Kind.NODE_MOVED: 'put'}

Place = tuple[str, str]
"""Where a task stands: its element, and as text what tells it apart from the others there."""


class Asked(NamedTuple):
    """One task of history, at its place. ``done_at`` None: nobody did it. ``fields`` are those of its form, as it was.

    ``order`` counts what was done to the matter, from 0.
    """

    element: str
    token: Mapping[str, Any]
    name: str
    post: str
    opened_at: datetime
    fields: frozenset[str]
    done_at: datetime | None = None
    answer: Mapping[str, Any] | None = None
    order: int = -1


class Deed(NamedTuple):
    """Something else that somebody did; ``verb`` is one of those of `engine.backtest.deed`."""

    at: datetime
    verb: str
    actor: str
    told: Mapping[str, Any]
    order: int


@dataclass(frozen=True)
class Past:
    """All of a matter's history that a replay needs. ``asleep`` are the times in which no worker was awake.

    ``elements`` are the tasks that the rules of then knew, ``waiting`` the places of those that still wait; ``acts``
    stand in the order in which they were done.
    """

    matter_id: UUID
    code: str
    title: str
    unit: str
    process: str
    begun_at: datetime
    starter: str
    values: Mapping[str, Any]
    acts: tuple[Asked | Deed, ...]
    asked: Mapping[Place, tuple[Asked, ...]]
    asleep: tuple[tuple[datetime, datetime], ...]
    elements: frozenset[str]
    waiting: frozenset[Place]
    life: Life


def place(element: str, token: Mapping[str, Any] | None) -> Place:
    """The place of a task."""
    return element, orjson.dumps(token or {}, option=orjson.OPT_SORT_KEYS).decode()


def read(session: Session, tenant_id: str, matter_ids: Collection[UUID], until: datetime) -> list[Past]:
    """The history of these matters up to a moment; one whose trail does not tell how it began is left out."""
    names = directory.names(session, tenant_id)
    posts = {names.post(reference): reference for reference in names.posts}
    matters = {str(one.id): one for one in session.scalars(select(Matter).where(
        Matter.tenant == tenant_id, Matter.id.in_(list(matter_ids))))}
    found, waiting = of_matters(session, matters.keys(), until), _waiting(session, matter_ids)
    told = (_Reading(session, matters[chain], posts, waiting.get(UUID(chain), frozenset())).past(events)
            for chain, events in found.items() if events)
    return sorted(filter(None, told), key=lambda one: one.begun_at)


def _waiting(session: Session, matter_ids: Collection[UUID]) -> dict[UUID, frozenset[Place]]:
    found: dict[UUID, frozenset[Place]] = {}
    for matter_id, element, token in session.execute(select(UserTask.matter_id, UserTask.element, UserTask.token).where(
            UserTask.matter_id.in_(list(matter_ids)), UserTask.state == 'open')):
        found[matter_id] = found.get(matter_id, frozenset()) | {place(element, token)}
    return found


@dataclass
class _Reading:
    """One matter's events, sorted out."""

    session: Session
    matter: Matter
    posts: Mapping[str, str]
    waiting: frozenset[Place]
    acts: list[Asked | Deed] = field(default_factory=list)
    asked: dict[Place, list[Asked]] = field(default_factory=dict)
    open: dict[tuple, Place] = field(default_factory=dict)

    def past(self, events: list[Seen]) -> Past | None:
        """The history; None where its first event is not its beginning."""
        first = events[0]
        if first.kind != Kind.INSTANCE_STARTED:
            return None
        matter, bundle = self.matter, self._bundle(first)
        quiet = _caused(events)
        for seen in events[1:]:
            self._one(seen, quiet)
        tasks = frozenset(element.id for process in bundle.processes.values() for element in process.elements.values()
                          if element.kind == 'userTask')
        return Past(matter.id, matter.code or '', matter.title or '', matter.lead_unit or '', first.process or '',
                    first.at, self._starter(first), {'code': matter.code, 'assumed': matter.assumed}, tuple(self.acts),
                    {key: tuple(each) for key, each in self.asked.items()}, _asleep(events), tasks, self.waiting,
                    Life.of(events))

    def _bundle(self, seen: Seen) -> Bundle:
        return deployment.bundle(self.session, seen.deployment or self.matter.deployment_id)

    def _starter(self, first: Seen) -> str:
        """The post that began it, by its name; where the name is no longer known, the first that was asked."""
        known = self.posts.get(first.actor.partition(' 代 ')[0])
        return known or next((each[0].post for each in self.asked.values()), '')

    def _one(self, seen: Seen, quiet: Collection[tuple[datetime, str]]) -> None:
        if seen.kind == Kind.TASK_OPENED:
            self._opened(seen)
        elif seen.kind == Kind.TASK_COMPLETED:
            self._completed(seen)
        elif seen.kind == Kind.FACT_CHANGED and seen.instance is None:
            values = {name: one['new'] for name, one in seen.data.items()}
            self._deed(seen, 'correct', values=values, reason=seen.summary)
        elif seen.kind == Kind.VARIABLE_CHANGED:
            values = {name: one['new'] for name, one in seen.data.items()}
            self._deed(seen, 'set', values=values, reason=seen.summary, process=seen.process)
        elif seen.kind in _BY_HAND:
            self._deed(seen, _BY_HAND[seen.kind], reason=seen.data['reason'])
        elif seen.kind == Kind.INSTANCE_STARTED and seen.data.get('message') is None and 'caller' not in seen.data:
            self._deed(seen, 'begin', process=seen.process)
        elif (heard := _heard(seen)) and (seen.step, heard) not in quiet:
            self._deed(seen, 'message', name=heard, values=seen.data.get('values') or {})

    def _deed(self, seen: Seen, verb: str, **told: Any) -> None:
        last = self.acts[-1] if self.acts else None
        deed = Deed(seen.at, verb, self.posts.get(seen.actor.partition(' 代 ')[0], ''), told, len(self.acts))
        if verb != 'message' or last is None or last[:-1] != deed[:-1]:      # several may have heard the same
            self.acts.append(deed)

    def _opened(self, seen: Seen) -> None:
        drawn = self._bundle(seen).processes.get(seen.process or '')
        element = drawn.elements.get(seen.element or '') if drawn else None
        form = self._bundle(seen).forms.get(element.form) if element else None
        key = place(seen.element or '', seen.data.get('token'))
        rounds = self.asked.setdefault(key, [])
        rounds.append(Asked(key[0], seen.data.get('token') or {}, seen.name, seen.data['to'], seen.at,
                            frozenset(form.fields) if form else frozenset()))
        self.open[seen.instance, key] = len(rounds) - 1

    def _completed(self, seen: Seen) -> None:
        key = place(seen.element or '', seen.data.get('token'))
        number = self.open.pop((seen.instance, key), None)
        if number is not None:
            done = self.asked[key][number]._replace(
                done_at=seen.at, answer=seen.data.get('answer') or {}, order=len(self.acts))
            self.asked[key][number] = done
            self.acts.append(done)


def _caused(events: Iterable[Seen]) -> set[tuple[datetime, str]]:
    """The messages that a step brought about itself, by step: what nobody sent from outside."""
    events = list(events)
    acted = {seen.step for seen in events if seen.kind in _BY_HAND
             or seen.kind == Kind.FACT_CHANGED and seen.instance is None}
    sent = {(seen.step, seen.data['message']) for seen in events
            if seen.kind == Kind.MESSAGE_SENT and 'message' in seen.data}
    return sent | {(seen.step, name) for seen in events if seen.step in acted and (name := _heard(seen))}


def _heard(seen: Seen) -> str | None:
    """The message that an event says was heard, or was not."""
    if seen.kind in (Kind.MESSAGE_CAUGHT, Kind.MESSAGE_UNHEARD, Kind.INSTANCE_STARTED):
        return seen.data.get('message')
    return None


def _asleep(events: Iterable[Seen]) -> tuple[tuple[datetime, datetime], ...]:
    """When nobody saw to deadlines that had passed: from the moment of the first to the moment of the ringing.

    What waited because the matter stood still tells nothing about the worker.
    """
    events = list(events)
    resumed = [(datetime.fromisoformat(seen.data['since']), seen.at) for seen in events
               if seen.kind == Kind.MATTER_RESUMED]
    late = sorted((due, seen.at) for seen in events if seen.kind == Kind.TIMER_FIRED
                  and (due := datetime.fromisoformat(seen.data['due'])) < seen.at - _PUNCTUAL
                  and not any(begin <= due <= end for begin, end in resumed))
    return tuple(_merged(late))


def _merged(spans: Iterable[tuple[datetime, datetime]]) -> Iterator[tuple[datetime, datetime]]:
    last: tuple[datetime, datetime] | None = None
    for span in spans:
        if last is None or span[0] > last[1]:
            if last:
                yield last
            last = span
        else:
            last = last[0], max(last[1], span[1])
    if last:
        yield last
