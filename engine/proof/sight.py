"""What a story sees: facts, tasks, deadlines, reminders, notices, points, the trail; and how it says what is not so."""
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from engine import clock, deployment, directory, history, seal, story, visibility
from engine.actions.notice import Notice
from engine.actions.points import Points
from engine.actions.reminder import Message
from engine.document import Document
from engine.errors import listed, said
from engine.history import Event
from engine.instance import Instance
from engine.job import Timer
from engine.ledger import FACTS, Matter
from engine.spiff import codec
from engine.usertask import UserTask

_ROW = ('status', 'code')
_MOST_SAID = 12                             # things that a sentence lists


class Missed(Exception):
    """A line does not hold. ``expected`` and ``found`` are what a reader compares."""

    def __init__(self, expected: str, found: str) -> None:
        super().__init__(said('应是{expected}，实际是{found}', expected=expected, found=found))
        self.expected, self.found = expected, found


@dataclass(frozen=True)
class Sight:
    """A matter as it stands in one session, and the instances that began beside none (``alone``).

    Each `see…` takes the places of its line; `Missed` when it is not so.
    """

    session: Session
    tenant: str
    matter: UUID
    alone: tuple[UUID, ...] = ()

    def see(self, fact: str, value: str) -> None:
        """A fact of the matter, or a variable of one of its processes."""
        wanted, found = story.parse(value), self.value(fact)
        _same(f'{fact} = {_said(wanted)}', f'{fact} = {_said(found)}', wanted == found)

    def see_task(self, step: str, post: str = '') -> None:
        """A step waits for somebody, or for this post."""
        found = [who for element, who in self.open_tasks() if element == step]
        wanted = said('“{step}”等{post}办', step=step, post=post) if post else said('“{step}”等人办', step=step)
        _same(wanted, self.waiting(), post in found if post else bool(found))

    def see_no_task(self, step: str) -> None:
        """A step waits for nobody."""
        _same(said('“{step}”不等人办', step=step), self.waiting(), all(element != step for element, _ in self.open_tasks()))

    def see_due(self, step: str, day: str) -> None:
        """By when an open task is to be done."""
        found = [at and _local(at)[:10] for at in self.session.scalars(select(UserTask.due_at).where(
            self.about(UserTask), UserTask.state == 'open', UserTask.element == step))]
        _same(said('“{step}”应在{day}以前办', step=step, day=day), _listed(map(str, found)), found == [day])

    def see_timer(self, timer: str, moment: str) -> None:
        """A deadline comes at this moment."""
        found = self._timers(timer)
        _same(said('{timer} 在{moment}到', timer=timer, moment=moment), _listed(map(_local, found)),
              story.moment(moment) in found)

    def see_no_timer(self, timer: str) -> None:
        """There is no such deadline."""
        _same(said('没有期限 {timer}', timer=timer), _listed(map(_local, self._timers(timer))), not self._timers(timer))

    def see_fired(self, event: str, times: str) -> None:
        """How often a timer went off."""
        found = self.session.scalars(select(Event.at).where(
            Event.chain.in_([str(self.matter), *map(str, self.alone)]), Event.element == event,
            Event.kind == 'timer.fired')).all()
        _same(said('{event} 响过{times}次', event=event, times=times),
              said('{count}次（{when}）', count=len(found), when=_listed(map(_local, found))), len(found) == int(times))

    def see_message(self, post: str, word: str, times: str = '', instead: str = '') -> None:
        """A post was reminded, so often, the last one standing for so many."""
        unit, _, name = post.partition('/')
        about = or_(Message.matter_id == self.matter, Message.matter_id.is_(None)) # what runs beside none reminds, too
        rows = self.session.scalars(select(Message).where(
            Message.tenant == self.tenant, about, Message.unit == unit, Message.post == name)).all()
        found = [row for row in rows if word in row.text]
        told = said('{count}次（收到过：{texts}）', count=len(found), texts=_listed(row.text for row in rows))
        if times:
            _same(said('提醒{post}“{word}”{times}次', post=post, word=word, times=times), told, len(found) == int(times))
        if instead:
            last = said('代替{count}次', count=found[-1].stands_for) if found else said('没有提醒过')
            _same(said('最后一次代替{times}次', times=instead), last,
                  bool(found) and found[-1].stands_for == int(instead))
        if not times and not instead:
            _same(said('提醒过{post}“{word}”', post=post, word=word), told, bool(found))

    def see_notice(self, notice: str, state: str, count: str) -> None:
        """How many notices of this kind stand so."""
        rows = self.session.scalars(select(Notice).where(Notice.matter_id == self.matter)).all()
        found = [row for row in rows if (row.kind, row.state) == (notice, state)]
        known = _listed(f'{row.kind} {row.state}' for row in rows)
        _same(said('通知“{notice}”（{state}）{times}件', notice=notice, state=state, times=count),
              said('{count}件（有：{known}）', count=len(found), known=known), len(found) == int(count))

    def see_document(self, document: str, count: str, seen: str = '') -> None:
        """How many documents of this kind were issued, and that the last one says so."""
        rows = self.session.scalars(select(Document).where(self.about(Document)).order_by(Document.issued_at, Document.id)).all()
        found = [row for row in rows if row.kind == document]
        known = _listed(row.number for row in rows)
        _same(said('文书“{document}”{times}份', document=document, times=count),
              said('{count}份（有：{known}）', count=len(found), known=known), len(found) == int(count))
        if seen:
            content = orjson.dumps(found[-1].content).decode() if found else ''
            title = found[-1].title if found else said('没有文书')
            _same(said('最后一份“{document}”里有“{seen}”', document=document, seen=seen),
                  said('没有这个词：{title}', title=title), seen in content)

    def see_visible(self, post: str) -> None:
        """A post sees the matter in lists."""
        _same(said('{post}看得到这件事', post=post), said('看不到'), self._sees(post))

    def see_invisible(self, post: str) -> None:
        """A post does not see the matter in lists."""
        _same(said('{post}看不到这件事', post=post), said('看得到'), not self._sees(post))

    def see_points(self, unit: str, points: str) -> None:
        """How many points a unit lost."""
        total = -self.session.scalar(select(func.coalesce(func.sum(Points.points), 0)).where(
            Points.tenant == self.tenant, Points.unit == unit))
        _same(said('{unit} 扣{points}分', unit=unit, points=points), said('{points}分', points=f'{total:g}'), total == float(points))

    def see_running(self, process: str, count: str) -> None:
        """How many instances of a process run."""
        found = len(self._running().get(process, []))
        _same(said('“{process}”在走{times}份', process=process, times=count), said('{count}份', count=found), found == int(count))

    def see_event(self, kind: str, seen: str = '') -> None:
        """The trail has an event of this kind that says so."""
        found = [event for chain in (self.matter, *self.alone)
                 for event in history.events(self.session, str(chain), kinds=[kind])]
        known = _listed(event.summary or event.name or event.data[:80] for event in found)
        told = (event.summary + event.data + (event.name or '') for event in found)
        _same(said('轨迹上有 {event}', event=f'{kind} {seen}'.strip()), known, any(seen in one for one in told))

    def see_whole(self) -> None:
        """Nothing of the trail was altered."""
        verdict = seal.verify(self.session, str(self.matter))
        _same(said('轨迹完整'), verdict.fault or '', verdict.whole)

    def see_end(self) -> None:
        """Nothing runs any more."""
        _same(said('没有流程在走'), said('{processes}在走，{waiting}', processes=_listed(self._running()), waiting=self.waiting()),
              not self._running())

    def value(self, name: str) -> Any:
        """A fact or variable, the youngest process first. :raises Missed: there is none."""
        if name in FACTS or name in _ROW:
            found = getattr(self.session.get(Matter, self.matter), name)
            return found.isoformat() if isinstance(found, date) and not isinstance(found, datetime) else found
        for row in self.session.scalars(select(Instance).where(Instance.matter_id == self.matter)
                                        .order_by(Instance.started_at.desc())):
            for values in (row.vars, *_inside(row.state)):
                if name in values:
                    return values[name]
        raise Missed(said('有叫 {name} 的事实或变量', name=name), said('没有'))

    def open_tasks(self) -> list[tuple[str, str]]:
        """Step and post of each open task."""
        return [(element, f'{unit}/{post}') for element, unit, post in self.session.execute(
            select(UserTask.element, UserTask.unit, UserTask.post).where(self.about(UserTask), UserTask.state == 'open')
            .order_by(UserTask.opened_at))]

    def waiting(self) -> str:
        """The open tasks in a sentence."""
        return said('现在等着办的是{tasks}', tasks=_listed(f'{element} {who}' for element, who in self.open_tasks()))

    def about(self, table: type[UserTask] | type[Document] | type[Timer]) -> ColumnElement[bool]:
        """The rows of the matter and of what began beside none."""
        return or_(table.matter_id == self.matter, table.instance_id.in_(self.alone))

    def _sees(self, post: str) -> bool:
        tenant, current = directory.tenant(self.session, self.tenant), deployment.current(self.session, self.tenant)
        bundle = deployment.bundle(self.session, current.id) if current else None
        seen = visibility.sight(self.session, tenant, [tuple(post.split('/'))], bundle).condition()
        return self.session.scalar(select(Matter.id).where(Matter.id == self.matter, seen)) is not None

    def _timers(self, place: str) -> list[datetime]:
        process, _, element = place.rpartition('.')
        query = select(Timer.due_at).where(self.about(Timer), Timer.element == element)
        found = self.session.scalars(query.where(Timer.process == process) if process else query)
        return sorted(found)

    def _running(self) -> dict[str, list[UUID]]:
        found: dict[str, list[UUID]] = {}
        for process, ident in self.session.execute(select(Instance.process, Instance.id).where(
                or_(Instance.matter_id == self.matter, Instance.id.in_(self.alone)), Instance.status == 'running')):
            found.setdefault(process, []).append(ident)
        return found


def _inside(state: bytes) -> list[dict]:
    """The values of the called processes and repeated activities that a state holds."""
    body = orjson.loads(codec.plain(state))
    rows = [row for rows in (body['t'], *(rows for _, _, rows in body['s'])) for row in rows]
    return [row[4]['vars'] for row in rows if row[4] and 'vars' in row[4]]


def _same(expected: str, found: str, holds: bool) -> None:
    if not holds:
        raise Missed(expected, found)


def _said(found: Any) -> str:
    return story.value(found) if not isinstance(found, datetime) else _local(found)


def _local(at: datetime) -> str:
    return f'{at.astimezone(clock.zone()):%Y-%m-%d %H:%M}'


def _listed(several: Any) -> str:
    found = list(several)
    more = ['……'] if len(found) > _MOST_SAID else []
    return listed([*found[:_MOST_SAID], *more], '；') if found else said('没有')
