"""Tells a story to an engine: each act by the engine's own verbs, in a transaction of its own."""
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from engine import clock, db, directory, incident, instance
from engine.errors import Broken, NotFound, Refused, listed, reason, said
from engine.history import SYSTEM, Actor
from engine.instance import Instance, TaskView
from engine.ledger import FACTS
from engine.proof.government import Government
from engine.proof.outcome import FAILED, HELD, UNTOLD, Told
from engine.proof.sight import Missed, Sight
from engine.story import Line, Story, parse
from engine.story.value import NOW, TODAY, WITHOUT
from engine.usertask import UserTask

_MOST_ROUNDS = 3_000                        # of the worker in one story; a draft may ring without end
_FOR_NOTHING = ('call', 'cite', 'usual')


class Teller(Government):
    """Tells stories of one government, one after the other, on one database.

    ``usual`` are the answers by step for 照例; the others as for `Government`.
    """

    def __init__(self, engine: Engine, lay: Callable[[str, datetime], None],
                 usual: Mapping[str, Mapping[str, Any]], most: int = _MOST_ROUNDS) -> None:
        super().__init__(engine, lay, most)
        self._usual, self._own = usual, {}
        self.matter: UUID | None = None

    def tell(self, story: Story) -> list[Told]:
        """Every line as it came: an act that fails is the last that is told; a sight that is missed is not."""
        self._own, told, stopped = story.usual, [], False
        for line in story.lines:
            one = Told(line.number, line.text, UNTOLD) if stopped else self._told(line)
            stopped = stopped or one.state == FAILED and (line.form.act or self.matter is None)
            told.append(one)
        return told

    def _told(self, line: Line) -> Told:
        try:
            self._one(line)
        except Missed as missed:
            return Told(line.number, line.text, FAILED, reason(missed), missed.expected, missed.found)
        except Refused as refusal:
            return Told(line.number, line.text, FAILED, said('被拒绝：{why}', why=refusal.said))
        except Broken as broken:
            return Told(line.number, line.text, FAILED,
                        said('流程走不下去了：{cause}。{advice}', cause=broken.cause, advice=broken.advice))
        return Told(line.number, line.text, HELD)

    def _one(self, line: Line) -> None:
        if line.form.id in _FOR_NOTHING:
            return
        if not self.tenant and line.form.id != 'govern':
            raise Refused('还没有写明在哪个政府。')
        if line.form.id.startswith('see'):
            self._seen(line)
        elif line.form.answers:
            getattr(self, line.form.id)(line, **line.parts)
        else:
            getattr(self, line.form.id)(**line.parts)
        if line.form.act:
            self._stumbled()

    def _seen(self, line: Line) -> None:
        if self.matter is None:
            raise Refused('还没有立项，看不到事项。')
        with db.reading(self.engine) as session:
            getattr(self._sight(session), line.form.id)(**line.parts)

    def _stumbled(self) -> None:
        """A timer or job that fails opens an incident and is silent; here it is told."""
        with db.reading(self.engine) as session:
            for found in incident.open_incidents(session, self.tenant):
                raise Broken(said('“{name}”{cause}', name=found.name or found.element or found.verb, cause=found.cause),
                             advice=found.advice)

    # -- what people do --------------------
    def register(self, line: Line, post: str) -> None:
        """A matter begins, its first step done with it."""
        process, step = self._first()
        answers = {step: self._answers(line, step, post)} if step else None
        plan = self._do(lambda session: instance.start(session, self.tenant, process, self._actor(session, post),
                                                       answers=answers))
        self.matter = plan.matter_id

    def complete(self, line: Line, post: str, step: str, name: str = '', own: str = '') -> None:
        """A post finishes a task."""
        with db.reading(self.engine) as session:
            task = self._task(session, step, post, name, own)
        answers = self._answers(line, step, post, task)
        self._do(lambda session: instance.complete(session, task, self._actor(session, post), answers))

    def begin(self, line: Line, post: str, process: str) -> None:
        """A process begins, beside the matter unless it is offered beside none."""
        answers, drawn = self._answers(line, process, post), self._bundle().processes.get(process)
        alone = drawn is not None and drawn.stands_alone(FACTS)
        beside = None if alone else self.matter
        self._do(lambda session: instance.start(session, self.tenant, process, self._actor(session, post), answers,
                                                matter_id=beside))

    def send(self, message: str) -> None:
        """The matter hears a message."""
        self._do(lambda session: instance.message(session, self._known(), message, SYSTEM))

    def withdraw(self, post: str, reason: str) -> None:
        """The matter is withdrawn."""
        self._do(lambda session: instance.withdraw(session, self._known(), self._actor(session, post), reason))

    def correct(self, fact: str, value: str, reason: str = '') -> None:
        """A fact is corrected."""
        self._do(lambda session: instance.change_facts(session, self._known(), SYSTEM, {fact: parse(value)}, reason))

    def refuse(self, line: Line, post: str, attempt: str, name: str = '', own: str = '', words: str = '') -> None:
        """The attempt is refused with a sentence that holds these words."""
        try:
            self._attempt(line, post, attempt, name, own)
        except Refused as refusal:
            missing = [word for word in words.split() if word not in str(refusal)]
            if missing:
                raise Missed(said('拒绝的话里有“{words}”', words=listed(missing)), said('“{text}”', text=refusal.said)) from None
        else:
            raise Missed(said('被拒绝'), said('没有被拒绝'))

    def _attempt(self, line: Line, post: str, attempt: str, name: str, own: str) -> None:
        if attempt == '立项':
            self.register(line, post)
        elif attempt == '撤销':
            self.withdraw(post, '理由')
        elif attempt in self._bundle().processes:
            self.begin(line, post, attempt)
        else:
            self.complete(line, post, attempt, name, own)

    # -- small things --------------------
    def _known(self) -> UUID:
        if self.matter is None:
            raise Refused('还没有立项。')
        return self.matter

    def _sight(self, session: Session) -> Sight:
        alone = select(Instance.id).where(
            Instance.tenant == self.tenant, Instance.matter_id.is_(None), Instance.parent_id.is_(None))
        return Sight(session, self.tenant, self._known(), tuple(session.scalars(alone)))

    def _first(self) -> tuple[str, str]:
        """The lifecycle and the step with which it begins."""
        process = self._bundle().lifecycle
        if process is None:
            raise Refused('这些图里没有事项的全生命周期（画了阶段的流程），不能立项。')
        following = (step for start in process.inside(None) if start.kind == 'startEvent'
                     for step in process.following(start.id))
        return process.id, next((step.id for step in following if step.kind == 'userTask'), '')

    def _actor(self, session: Session, post: str) -> Actor:
        unit, _, name = post.partition('/')
        posts = directory.names(session, self.tenant).posts
        if post not in posts:
            raise NotFound('没有“{post}”这个岗位，要写成 单位代码/岗位，例如 {example}。', post=post,
                           example=next(iter(sorted(posts)), 'office/officer'))
        return Actor(directory.post_name(session, self.tenant, post), unit, name)

    def _task(self, session: Session, step: str, post: str, name: str, own: str) -> UUID:
        sight = self._sight(session)
        found = session.scalars(select(UserTask).where(
            sight.about(UserTask), UserTask.element == step, UserTask.state == 'open')).all()
        if name:
            found = [task for task in found if (task.token or {}).get(name) == own]
        if len(found) > 1:                                 # a story is about its matter first
            found = [task for task in found if task.matter_id == self.matter] or found
        if len(found) > 1:
            found = [task for task in found if f'{task.unit}/{task.post}' == post]
        if len(found) != 1:
            raise Missed(said('“{step}”正好一件等人办', step=step),
                         said('{count}件，{waiting}', count=len(found), waiting=sight.waiting()))
        return found[0].id

    def _answers(self, line: Line, step: str, post: str, task: UUID | None = None) -> dict[str, Any]:
        """The answers of a line, over the usual ones where it says so; 现在 and 今天 as the clock says."""
        given = line.told
        if line.usual:
            usual = self._own.get(step, self._usual.get(step))
            given = {**usual, **given} if usual is not None else self._simplest(step, post, task, given)
        return self._dated({name: value for name, value in given.items() if value != WITHOUT})

    def _dated(self, answers: dict[str, Any]) -> dict[str, Any]:
        spoken = [said for said in answers.values() if isinstance(said, str)]
        if not {NOW, TODAY}.intersection(spoken):
            return answers
        now = self._now().astimezone(clock.zone()).isoformat()
        return {name: {NOW: now, TODAY: now[:10]}.get(said, said) if isinstance(said, str) else said
                for name, said in answers.items()}

    def _simplest(self, step: str, post: str, task: UUID | None, given: Mapping[str, Any]) -> dict[str, Any]:
        """The simplest answers that the form of a step accepts, `given` among them."""
        with db.reading(self.engine) as session:
            view = instance.view(session, task) if task else self._blank(session, step, post)
            return view.form.sample(view.scope, view.functions, None, given) if view and view.form else dict(given)

    def _blank(self, session: Session, step: str, post: str) -> TaskView | None:
        lifecycle = self._bundle().lifecycle
        first = lifecycle.elements.get(step) if lifecycle else None
        if first is None or not first.form:
            return None
        actor = self._actor(session, post)
        return instance.blank_view(session, self.tenant, first.form, actor, {'supervisor_unit': actor.unit})


def usual_of(stories: Iterable[Story]) -> dict[str, dict[str, Any]]:
    """The usual answers by step of the files that hold nothing else."""
    return {step: answers for one in stories if not one.is_told for step, answers in one.usual.items()}
