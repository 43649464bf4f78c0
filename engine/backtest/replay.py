"""A replay: what people did in history is done once more, under other rules, on a clock in memory.

When: at the moment of history where the task is open then; what opens later, or by the clock at another moment, is
done so many working days after it opened as it was then. What history does not tell is assumed, and noted.
"""
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import Any, NamedTuple
from uuid import UUID

from engine import instance
from engine.backtest import answer, deed as deeds
from engine.backtest.answer import Note
from engine.backtest.course import Course
from engine.backtest.life import Life
from engine.backtest.past import Asked, Deed, Past, place
from engine.backtest.setting import Change
from engine.backtest.stage import Stage, events, opened
from engine.errors import Broken, Conflict, Invalid, Refused, reason, said
from engine.plan import Plan

_PUNCTUAL = timedelta(minutes=1)
_MOST_STEPS = 3_000                         # of one matter; a draft may ring without end
_UNKNOWN_DAYS = 1                           # working days that a step takes of which history knows nothing
_LAST = 1 << 30


class Outcome(NamedTuple):
    """What a replay came to: the history, what would have been, and what of it is assumed."""

    past: Past
    life: Life
    notes: tuple[Note, ...]


class _Entry(NamedTuple):
    """Something to be done at a moment: ``what`` None begins the matter."""

    at: datetime
    order: int
    number: int
    course: Course | None
    what: Any


class Replay:
    """Plays the pasts of several matters side by side until a moment.

    ``renamed`` are tasks that have another id in the new rules: the old one by the new one.
    """

    def __init__(self, stage: Stage, pasts: Iterable[Past], changes: Iterable[Change] = (),
                 renamed: Mapping[str, str] | None = None) -> None:
        self.stage, self.renamed = stage, dict(renamed or {})
        self.courses = [Course(past, undone=dict(enumerate(past.acts))) for past in pasts]
        self._by_matter: dict[UUID, Course] = {}
        self._rings: dict[UUID, datetime] = {}
        self._entries: list[_Entry] = []
        self._number = 0
        for change in changes:
            self._plan(change.at, -1, None, change)
        for course in self.courses:
            self._plan(course.past.begun_at, -1, course, None)
            for order, act in enumerate(course.past.acts):
                if isinstance(act, Deed):
                    self._plan(act.at, order, course, act)

    def play(self, until: datetime) -> list[Outcome]:
        """Everything up to a moment; what came of it, matter by matter."""
        while (at := self._next()) is not None and at <= until:
            self.stage.put(at)
            self._ring(at)
            while self._entries and self._entries[0].at <= at:
                self._do(heappop(self._entries))
        self.stage.put(until)
        return [self._outcome(course) for course in self.courses]

    # -- time ----
    def _plan(self, at: datetime, order: int, course: Course | None, what: Any) -> None:
        self._number += 1
        heappush(self._entries, _Entry(at, order, self._number, course, what))

    def _next(self) -> datetime | None:
        moments = [min(self._rings.values())] if self._rings else []
        moments += [self._entries[0].at] if self._entries else []
        at = min(moments, default=None)
        return at if at is None or self.stage.now is None else max(at, self.stage.now)

    def _ring(self, at: datetime) -> None:
        due = {key for key, due in self._rings.items() if due <= at}
        while due and self.stage.ring(due, self._rang):
            due = {key for key in due if not self._by_matter[key].stopped}
        for key in due | {key for key, when in self._rings.items() if when <= at}:
            self._listen(self._by_matter[key])

    def _rang(self, matter_id: UUID, outcome: Plan | Exception) -> None:
        course = self._by_matter.get(matter_id)
        if course is None:
            return
        if isinstance(outcome, Plan):
            self._look(course, outcome, by_clock=True)
        else:
            self._broke(course, outcome)

    def _listen(self, course: Course) -> None:
        """When the matter moves by itself the next time."""
        at = None if course.stopped or course.matter_id is None else self.stage.next_at(course.matter_id)
        if at is None:
            self._rings.pop(course.matter_id, None)
        else:
            self._rings[course.matter_id] = course.awake(at)

    # -- what is done ----
    def _do(self, entry: _Entry) -> None:
        course, what = entry.course, entry.what
        if isinstance(what, Change):
            self._change(what)
        elif course.stopped or what is not None and course.matter_id is None:
            return
        elif what is None:
            self._begin(course)
        elif isinstance(what, Deed):
            self._deed(course, what)
        else:
            self._complete(course, *what)
            aside, course.aside = course.aside, []
            for deed in aside:
                self._deed(course, deed)

    def _change(self, change: Change) -> None:
        try:
            self.stage.change_parameter(change.name, change.new)
        except Refused as refusal:
            for course in self.courses:
                course.note('refused', '', change.name, refusal.said)
            return
        for key in list(self._rings):
            course = self._by_matter[key]
            try:
                self._walk(course, lambda session, key=key: instance.rearm(session, key))
            except (Refused, Broken) as error:
                course.note('broken', '', change.name, reason(error))

    def _begin(self, course: Course) -> None:
        past, lifecycle = course.past, self.stage.bundle.lifecycle
        process = lifecycle.id if lifecycle else past.process
        try:
            self._walk(course, lambda session: instance.start(
                session, self.stage.tenant_id, process, self.stage.actor(past.starter), past.values))
        except (Refused, Broken) as error:
            course.stopped = True
            course.note('broken', '', past.code, reason(error))

    def _complete(self, course: Course, task: Mapping[str, Any], asked: Asked | None) -> None:
        try:
            self._answer(course, task, asked)
        except Conflict:                               # its deadline passed, or it was withdrawn
            return
        except (Refused, Broken) as error:
            course.note('broken' if isinstance(error, Broken) else 'refused', task['element'], task['name'], reason(error))
            return
        if asked is not None:
            course.undone.pop(asked.order, None)
            if asked.done_at != self.stage.now:
                course.note('moved', task['element'], task['name'], _MOVED)

    def _answer(self, course: Course, task: Mapping[str, Any], asked: Asked | None) -> None:
        stage, actor = self.stage, self.stage.actor(f'{task["unit"]}/{task["post"]}')
        if asked is not None and answer.known(asked, stage.bundle.forms.get(task['form'] or '')):
            try:
                return self._walk(course, lambda session: instance.complete(
                    session, task['id'], actor, dict(asked.answer)))
            except Invalid:                            # the rules of this form are others now
                pass
        view = instance.view(stage.session, task['id'])
        given, notes = answer.filled(view, asked)
        self._walk(course, lambda session: instance.complete(session, task['id'], actor, given))
        if asked is None:
            kind = 'unreached' if self._old(task['element']) in course.past.elements else 'unasked'
            notes = [Note(kind, task['element'], task['name'], answer.usual(view, given))]
        for note in notes:
            course.note(*note)

    def _deed(self, course: Course, deed: Deed) -> None:
        """What is refused now is tried again after the next step: the matter may not have come so far."""
        try:
            self._walk(course, lambda session: deeds.done(self.stage, session, course.matter_id, deed))
        except Conflict:
            return
        except Refused:
            course.aside.append(deed)
        except Broken as error:
            course.note('broken', '', deeds.said(deed), reason(error))
        else:
            course.undone.pop(deed.order, None)

    def _walk(self, course: Course, think: Any) -> None:
        """One step of a matter, and what it leads to."""
        for plan in self.stage.step(think):
            if course.matter_id is None:
                course.matter_id = plan.matter_id
                self._by_matter[plan.matter_id] = course
            self._look(course, plan)
        self._listen(course)

    # -- what follows ----
    def _look(self, course: Course, plan: Plan, by_clock: bool = False) -> None:
        course.seen += events(plan)
        course.steps += 1
        if course.steps > _MOST_STEPS and not course.stopped:
            course.stopped = True
            course.note('broken', '', course.past.code,
                        said('走了{most}步还没有停，不再往下走。', most=_MOST_STEPS))
        for task in opened(plan):
            self._opened(course, task, by_clock)

    def _opened(self, course: Course, task: Mapping[str, Any], by_clock: bool) -> None:
        key = place(self._old(task['element']), task['token'])
        number, rounds = course.rounds[key], course.past.asked.get(key, ())
        course.rounds[key] += 1
        if number >= len(rounds):
            self._plan(self._later(task['opened_at'], _UNKNOWN_DAYS), _LAST, course, (task, None))
            return
        asked = rounds[number]
        if asked.done_at is None:
            course.left[task['id']] = asked
        else:
            self._plan(self._moment(asked, task['opened_at'], by_clock), asked.order, course, (task, asked))

    def _moment(self, asked: Asked, opened_at: datetime, by_clock: bool) -> datetime:
        as_then = abs(opened_at - asked.opened_at) <= _PUNCTUAL
        if as_then or not by_clock and asked.done_at >= opened_at:
            return max(asked.done_at, opened_at)
        zone, calendar = self.stage.zone, self.stage.calendar
        began, done = asked.opened_at.astimezone(zone), asked.done_at.astimezone(zone)
        days = calendar.between(began.date(), done.date())
        if days <= 0:
            return opened_at + (done - began)
        return max(self._later(opened_at, days).replace(hour=done.hour, minute=done.minute), opened_at)

    def _later(self, at: datetime, days: int) -> datetime:
        here = at.astimezone(self.stage.zone)
        return datetime.combine(self.stage.calendar.add(here.date(), days), here.timetz())

    def _old(self, element: str) -> str:
        return self.renamed.get(element, element)

    def _broke(self, course: Course, error: Exception) -> None:
        where = (error.element or '', error.name or '') if isinstance(error, Broken) else ('', '')
        course.note('broken', *where, reason(error))

    # -- what came of it ----
    def _outcome(self, course: Course) -> Outcome:
        new = {element.id for process in self.stage.bundle.processes.values() for element in process.elements.values()}
        new |= {self._old(element) for element in new}
        for act in course.undone.values() if not course.stopped else ():
            if isinstance(act, Deed):
                course.note('unused', '', deeds.said(act), said('历史上做过，回放里没有做'))
            else:
                course.note('unused' if act.element in new else 'gone', act.element, act.name, said('历史上办过，回放里没有办'))
        for task_id in self.stage.open(course.left):
            asked = course.left[task_id]
            if place(asked.element, asked.token) not in course.past.waiting:
                course.note('left', asked.element, asked.name, said('回放里一直等着，没有人办'))
        return Outcome(course.past, Life.of(course.seen), tuple(course.notes))


_MOVED = said('打开的时间和历史不同，照当时用的工作日数顺着排')
