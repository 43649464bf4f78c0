"""One run of a draft: what waits, what is done, what happens, and the way back."""
from collections.abc import Mapping, Sequence
from datetime import datetime
from random import Random
from typing import Any, NamedTuple, Self
from uuid import UUID

import orjson
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from engine import actions, clock, db, deployment, directory, incident, instance, job, worker
from engine.definition import Definition
from engine.errors import Conflict, NotFound, Refused, listed
from engine.form import Form
from engine.history import SYSTEM, Actor, Event
from engine.instance import TaskView
from engine.ledger import FACTS
from engine.simulation.act import Act
from engine.simulation.ground import Ground, memory
from engine.usertask import UserTask

USUAL = 'usual'
"""Instead of answers: the simplest that the form accepts."""
MOST_ROUNDS = 1_000                         # of a worker within one act; a draft may ring without end
_AFTER = text('event.rowid > :seen')
_ROWID = text('event.rowid')

Answers = Mapping[str, Any] | str | Random


class Happening(NamedTuple):
    """One event of the run, as the trail has it. ``act`` is the number of the act that brought it, from 0."""

    act: int
    at: datetime
    kind: str
    actor: str
    process: str | None
    element: str | None
    name: str
    summary: str
    data: Mapping[str, Any]


class _Endless(Refused):
    """The draft rings without end; the clock stands somewhere on the way."""


class Simulation:
    """A government of its own in memory, on which a bundle is deployed and one matter, or one instance, is tried.

    ``rounds``: how often timers may ring within one act before it is refused as ringing without end.

    :raises Undeployable: the gate refuses the files. :raises Refused: a file cannot be read.
    """

    def __init__(self, ground: Ground, day: datetime, files: Mapping[str, bytes], rounds: int = MOST_ROUNDS) -> None:
        self.ground, self.day, self.files, self.rounds = ground, day, dict(files), rounds
        self._begin()

    def _begin(self) -> None:
        self.acts: list[Act] = []
        self.happenings: list[Happening] = []
        self.matter_id: UUID | None = None
        self._seen = 0
        self.engine = memory()
        try:
            self._open()
        except BaseException:
            self.engine.dispose()
            raise

    def _open(self) -> None:
        topics = {topic: known.parameters() for topic, known in actions.known().items()}
        with db.writing(self.engine) as session:
            self.ground.lay(session, self.day)
            made = deployment.deploy(session, self.tenant_id, self.files, '试运行', '草稿', self.day, topics, FACTS)
            self.bundle = deployment.bundle(session, made.id)
            self.names = directory.names(session, self.tenant_id)

    def close(self) -> None:
        """Forget everything."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def tenant_id(self) -> str:
        """The government."""
        return self.ground.tenant_id

    @property
    def now(self) -> datetime:
        """Where the clock stands, in the government's zone."""
        with db.reading(self.engine) as session:
            return clock.now(directory.tenant(session, self.tenant_id)).astimezone(clock.zone(self.ground.zone))

    # -- what waits --------------------
    def tasks(self) -> list[UserTask]:
        """What waits for people, the oldest first."""
        with db.reading(self.engine) as session:
            return list(session.scalars(select(UserTask).where(UserTask.state == 'open')
                                        .order_by(
                UserTask.opened_at, UserTask.process, UserTask.element, UserTask.unit, UserTask.post)))

    def next_at(self) -> datetime | None:
        """When something happens by itself the next time; None: never."""
        with db.reading(self.engine) as session:
            due = job.next_due(session, self.tenant_id)
        return due and max(due, self.now)

    def first_task(self, process: str) -> tuple[str, str] | None:
        """The task with which a process begins, its element and form, where it begins with one."""
        definition = self.definition(process)
        starts = [element for element in definition.inside(None) if element.kind == 'startEvent']
        after = [one for start in starts for one in definition.following(start.id)]
        return next(((one.id, one.form) for one in after
                     if one.kind == 'userTask' and one.form in self.bundle.forms), None)

    def beginner(self, process: str) -> str:
        """Who begins a process: the drawn starter, else the first post to which its first task can go.

        :raises Refused: the drawing leaves it open.
        """
        drawn, first = self.definition(process), self.first_task(process)
        wanted = drawn.starter or (drawn.elements[first[0]].candidate if first else '')
        name = wanted.rpartition('/')[2]
        for post in (wanted, *(f'{unit}/{name}' for unit in self.names.units)):
            if post in self.names.posts:
                return post
        raise Refused('图上没有写明由哪个岗位开始“{name}”，请写明，例如 office/officer', name=drawn.name)

    # -- what is done --------------------
    def start(self, process: str, post: str, answers: Answers | None = None, *,
              told: Mapping[str, Any] | None = None) -> None:
        """Begin a process as a post. Where it begins a matter, `answers` complete its first task in the same step.

        `told` stands in answers that are made up.

        :raises Refused: a matter is under way already, or what `instance.start` refuses.
        """
        definition, element = self.definition(process), None
        if definition.stages:
            if self.matter_id:
                raise Refused('一次只试一件事，这件已经开始了。')
            element, answers = self._first(process, post, answers, told)
        self.do(Act('start', {'process': process, 'post': post, 'element': element,
                              'answers': answers if isinstance(answers, dict) else None}))

    def _first(self, process: str, post: str, answers: Answers | None, told: Mapping[str, Any] | None
               ) -> tuple[str | None, Any]:
        first = self.first_task(process)
        if first is None or answers is None:
            return None, None
        with db.reading(self.engine) as session:
            return first[0], _answered(self.blank(first[1], post, session), answers, told)

    def blank(self, form: str, post: str, session: Session) -> TaskView:
        """A form before its process has begun, as the post sees it. :raises NotFound: there is no such form or post."""
        actor = self._actor(post)
        return instance.blank_view(session, self.tenant_id, form, actor, {'supervisor_unit': actor.unit})

    def complete(self, task_id: UUID, answers: Answers = USUAL,
                 told: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The post that a task waits for finishes it; what it answered. `told` stands in answers that are made up.

        :raises Refused: what `instance.complete` refuses, or no answer is found that the form accepts.
        """
        with db.reading(self.engine) as session:
            view = instance.view(session, task_id)
            found = _answered(view, answers, told)
            task = view.task
            place = {'element': task.element, 'post': f'{task.unit}/{task.post}', 'token': task.token or {}}
        self.do(Act('complete', {**place, 'answers': found}))
        return found

    def until(self, at: datetime) -> None:
        """Let the time pass to `at`; what is due on the way happens at its own moment.

        :raises Refused: `at` lies in the past, or the draft rings without end.
        """
        self.do(Act('until', {'at': at.astimezone(clock.zone(self.ground.zone)).isoformat()}))

    def next(self) -> bool:
        """Let the time pass to what happens by itself next; False where nothing will."""
        at = self.next_at()
        if at is not None:
            self.until(at)
        return at is not None

    def message(self, name: str) -> None:
        """The matter hears a message."""
        self.do(Act('message', {'name': name}))

    def withdraw(self, post: str, reason: str) -> None:
        """The matter is withdrawn. :raises Refused: as `instance.withdraw`."""
        self.do(Act('withdraw', {'post': post, 'reason': reason}))

    def do(self, act: Act) -> None:
        """An act; refused, it leaves nothing behind and does not count. What it brings stands in ``happenings``."""
        done = list(self.acts)
        try:
            getattr(self, f'_{act.verb}')(**act.told)
            self._work()
        except _Endless:
            self._again(done)
            raise
        self.acts.append(act)
        self._look()

    def back(self, count: int = 1) -> None:
        """Take the last acts back: the others are done anew."""
        self._again(self.acts[:max(len(self.acts) - count, 0)])

    def _again(self, acts: Sequence[Act]) -> None:
        self.close()
        self._begin()
        for act in acts:
            self.do(act)

    # -- how it is done --------------------
    def _start(self, process: str, post: str, element: str | None, answers: Mapping[str, Any] | None) -> None:
        first = {element: dict(answers or {})} if element else None
        beside = None if self.definition(process).stages else self.matter_id
        plan = self._carry('start', lambda session: instance.start(
            session, self.tenant_id, process, self._actor(post), matter_id=beside, answers=first))
        self.matter_id = self.matter_id or plan.matter_id

    def _complete(self, element: str, post: str, token: Mapping[str, Any], answers: Mapping[str, Any]) -> None:
        found = [task for task in self.tasks() if (task.element, f'{task.unit}/{task.post}', task.token or {})
                 == (element, post, token)]
        if not found:
            raise Conflict('“{element}”现在不等{post}办。', element=element, post=self.names.post(post))
        task, actor = found[0], self._actor(post)
        self._carry('complete', lambda session: instance.complete(session, task.id, actor, dict(answers)), task.instance_id)

    def _until(self, at: str) -> None:
        until, now = datetime.fromisoformat(at), self.now
        if until < now:
            raise Refused('时钟只能往前走，现在已是{now}。', now=f'{now:%Y-%m-%d %H:%M}')
        left = self._work()
        while (due := self.next_at()) is not None and due <= until:
            worker.set_clock(self.engine, self.tenant_id, due, SYSTEM)
            left = self._work(left)
        worker.set_clock(self.engine, self.tenant_id, until, SYSTEM)

    def _message(self, name: str) -> None:
        self._carry('message', lambda session: instance.message(session, self.matter_id, name, SYSTEM))

    def _withdraw(self, post: str, reason: str) -> None:
        self._carry('withdraw', lambda session: instance.withdraw(session, self.matter_id, self._actor(post), reason))

    def _carry(self, verb: str, think: Any, instance_id: UUID | None = None) -> Any:
        return incident.carry_out_or_open(self.engine, think, tenant_id=self.tenant_id, verb=verb,
                                          instance_id=instance_id)

    def _work(self, left: int | None = None) -> int:
        """Do what is due now; how many rounds are left of those that one act may take."""
        left = self.rounds if left is None else left
        while worker.tick(self.engine, self.tenant_id):
            left -= 1
            if left <= 0:
                raise _Endless('这张图响个不停：到{now}已经到期{count}次，请检查定时器的间隔。', now=f'{self.now:%Y-%m-%d %H:%M}',
                              count=self.rounds)
        return left

    def _look(self) -> None:
        with db.reading(self.engine) as session:
            rows = session.execute(select(Event, _ROWID).where(_AFTER).order_by(_ROWID), {'seen': self._seen}).all()
            for event, number in rows:
                self._seen = number
                if not event.chain.startswith('tenant:'):
                    self.happenings.append(self._told(event))

    def _told(self, event: Event) -> Happening:
        return Happening(len(self.acts) - 1, event.at.astimezone(clock.zone(self.ground.zone)), event.kind, event.actor,
                         event.process, event.element, event.name or '', event.summary, orjson.loads(event.data))

    def definition(self, process: str) -> Definition:
        """One diagram of the draft. :raises NotFound: there is none of this id."""
        found = self.bundle.processes.get(process)
        if found is None:
            raise NotFound('没有叫“{process}”的流程；有：{known}', process=process,
                           known=listed(sorted(self.bundle.processes)))
        return found

    def _actor(self, post: str) -> Actor:
        unit, _, name = post.partition('/')
        if post not in self.names.posts:
            raise NotFound('没有“{post}”这个岗位，要写成 单位代码/岗位。', post=post)
        return Actor(self.names.post(post), unit, name)


def _answered(view: TaskView, answers: Answers, told: Mapping[str, Any] | None = None) -> dict[str, Any]:
    form: Form | None = view.form
    if isinstance(answers, Mapping):
        return dict(answers)
    chance = answers if isinstance(answers, Random) else None
    return form.sample(view.scope, view.functions, chance, told) if form else dict(told or {})
