"""Stories: plain text that is told to the engine with the virtual clock. One line, one thing that happens or is seen.

    故事 M10 延期获批，旧期限不再响                    the title
    依据 P02-01 P02-03 A07                            the rules it proves
    政府 gz 2020-05-07 09:00                          the government and where its clock stands
    参数 warning_days = 5                             a parameter of this government
    日 2020-09-25 09:30                               the clock goes on, a worker alive: every deadline rings in time
    睡到 2020-12-20 09:00                             the clock jumps, as after an outage; then the worker wakes
    睡着到 2020-12-20 09:00                           the clock jumps, and no worker wakes
    过 3个工作日
    立项 office/officer                               a matter begins; the answers of `register` follow, indented
      title = 清理地方性法规并公布保留目录
    立项 office/officer 照例                          … with the answers of usual.answers, overridden by those below
    办 fgw/liaison sign                               a post completes a task (element id); answers follow, indented
    办 fgw/liaison plan 照例                          … with the usual answers; `名字 = 略` leaves one of them out
                                                      `= 现在` and `= 今天` are what the government's clock says
    办 gxt/liaison co_report 于 unit=gxt              … the one whose token says so
    开 fgw/liaison extension                          a process beside the matter begins
    消息 co_waived / 撤销 gov/principal 理由
    改 due_at = 2020-10-30 因 领导批示                a fact is corrected
    历 2020-06-29 休 / 历 2020-06-28 班               the calendar changes, open deadlines follow
    不准 fgw/liaison extension 期限                   the attempt is refused with a sentence that holds these words
    看 lamp = yellow                                  a fact (or variable) of the matter
    看 待办 draft office/officer / 看 无待办 draft
    看 应办 handle 2020-09-30                         by when the open task has to be done
    看 期限 escalation.overdue 2020-10-09 09:00 / 看 无期限 escalation.warning_due
    看 响过 overdue 2次                               how often a timer went off
    看 提醒 fgw/liaison 请签收 1次 / 看 提醒 … 代替15次
    看 通知 督办 draft 1件
    看 扣分 fgw 0.5
    看 在走 escalation 1份 / 看 在走 extension 0份    how many instances of a process run
    看 事件 due.change …                              a trail event whose kind and summary hold these words
    看 轨迹完整 / 看 结束

Everything is done through the engine's verbs, each in its own transaction, loaded and saved in between.
"""
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Engine, func, select

from engine import actions, clock, db, deployment, directory, history, instance, ledger, parameter, workcal, worker
from engine.actions.notice import Notice
from engine.actions.points import Points
from engine.actions.reminder import Message
from engine.directory import Tenant
from engine.errors import Refused
from engine.history import SYSTEM, Actor, Event
from engine.instance import Instance
from engine.job import Timer
from engine.ledger import FACTS, Matter
from engine.spiff import codec
from engine.usertask import UserTask

ROOT = Path(__file__).resolve().parent.parent.parent
OFFICES = json.loads((ROOT / 'engine' / 'demo' / 'offices.json').read_text())


def bundle_files() -> dict[str, bytes]:
    """The shipped diagrams, tables and forms."""
    return {path.name: path.read_bytes() for folder in ('workflows', 'forms') for path in sorted((ROOT / folder).iterdir())
            if path.suffix in ('.bpmn', '.dmn', '.form')}


def office(engine: Engine, tenant_id: str, at: datetime, files: dict[str, bytes] | None = None) -> None:
    """A government with its units and posts (nobody signs in), its parameters, and the shipped bundle."""
    told = next(each for each in OFFICES['tenants'] if each['id'] == tenant_id)
    with db.writing(engine) as session:
        tenant = Tenant(id=told['id'], name=told['name'], level=told['level'], demo=True, virtual_at=at,
                        covered_until=date(2026, 12, 31))
        session.add(tenant)
        session.flush()
        workcal.seed(session, tenant)
        for position, (code, name, kind) in enumerate(unit[:3] for unit in told['units']):
            directory.add_unit(session, tenant_id, code, name, kind, position=position)
            for post in OFFICES['kinds'][kind]:
                directory.add_post(session, tenant_id, code, post, OFFICES['posts'][post])
                session.add(directory.Account(tenant=tenant_id, unit=code, post=post, login=f'{tenant_id}-{code}-{post}',
                                              password_hash='!', session_key=''))
        session.flush()
        topics = {topic: known.parameters() for topic, known in actions.known().items()}
        made = deployment.deploy(session, tenant_id, files or bundle_files(), '流程管理员', '初版', at, topics, FACTS)
        bundle = deployment.bundle(session, made.id)
        for name, value in told.get('parameters', {}).items():
            parameter.change(session, tenant_id, name, value, SYSTEM, bundle)


@dataclass
class Teller:
    """Tells one story to one engine, line by line; a line that does not hold fails with its number."""

    engine: Engine
    path: Path
    tenant: str = ''
    matter: UUID | None = None
    rules: list[str] = field(default_factory=list)
    title: str = ''

    def tell(self) -> None:
        """The whole story."""
        for number, words, answers in lines(self.path):
            try:
                self._one(*self._usual(words, answers))
            except AssertionError as error:
                raise AssertionError(f'{self.path.name} 第{number}行：{words}\n{error}') from error
            except Refused as error:
                raise AssertionError(f'{self.path.name} 第{number}行：{words}\n被拒绝：{error}') from error

    def _one(self, words: str, answers: dict[str, Any]) -> None:
        verb, _, rest = words.partition(' ')
        getattr(self, VERBS[verb])(rest.strip(), answers)

    # -- what happens ----------------------------------------------------------------------------------------------------
    def call(self, rest: str, _: dict) -> None:
        self.title = rest

    def cite(self, rest: str, _: dict) -> None:
        self.rules += rest.split()

    def govern(self, rest: str, _: dict) -> None:
        self.tenant, _, at = rest.partition(' ')
        with db.reading(self.engine) as session:
            known = session.get(Tenant, self.tenant) is not None
        if known:
            worker.set_clock(self.engine, self.tenant, moment(at), SYSTEM)
        else:
            office(self.engine, self.tenant, moment(at))

    def set_parameter(self, rest: str, _: dict) -> None:
        name, _, value = (part.strip() for part in rest.partition('='))
        with db.writing(self.engine) as session:
            current = deployment.current(session, self.tenant)
            parameter.change(session, self.tenant, name, value, SYSTEM, deployment.bundle(session, current.id))
        self._rearm()

    def live_until(self, rest: str, _: dict) -> None:
        worker.advance(self.engine, self.tenant, moment(rest), SYSTEM)

    def pass_days(self, rest: str, _: dict) -> None:
        worker.advance(self.engine, self.tenant, ('workdays', int(re.match(r'\d+', rest)[0])), SYSTEM)

    def sleep_until(self, rest: str, _: dict) -> None:
        worker.set_clock(self.engine, self.tenant, moment(rest), SYSTEM)
        worker.drain(self.engine, self.tenant)

    def sleep_on(self, rest: str, _: dict) -> None:
        worker.set_clock(self.engine, self.tenant, moment(rest), SYSTEM)

    def register(self, rest: str, answers: dict) -> None:
        plan = self._do(lambda session: instance.start(session, self.tenant, 'matter', self._actor(rest),
                                                       answers={'register': answers}))
        self.matter = plan.matter_id

    def complete(self, rest: str, answers: dict) -> None:
        post, element, *where = rest.split()
        self._do(lambda session: instance.complete(session, self._task(session, element, post, where),
                                                   self._actor(post), answers))

    def begin(self, rest: str, answers: dict) -> None:
        post, process = rest.split()
        self._do(lambda session: instance.start(session, self.tenant, process, self._actor(post), answers,
                                                matter_id=self.matter))

    def send(self, rest: str, _: dict) -> None:
        self._do(lambda session: instance.message(session, self.matter, rest, SYSTEM))

    def withdraw(self, rest: str, _: dict) -> None:
        post, _, reason = rest.partition(' ')
        self._do(lambda session: instance.withdraw(session, self.matter, self._actor(post), reason))

    def correct(self, rest: str, _: dict) -> None:
        told, _, reason = rest.partition(' 因 ')
        name, _, value = (part.strip() for part in told.partition('='))
        self._do(lambda session: instance.change_facts(session, self.matter, SYSTEM, {name: parse(value)}, reason))

    def change_calendar(self, rest: str, _: dict) -> None:
        day, kind = rest.split()
        with db.writing(self.engine) as session:
            tenant = session.get(Tenant, self.tenant)
            workcal.change(session, tenant, [workcal.Row(date.fromisoformat(day), kind == '班', '故事')], '故事')
            ledger.look_again(session, self.tenant, clock.now(tenant))
        self._rearm()

    def refuse(self, rest: str, answers: dict) -> None:
        post, what, *words = rest.split()
        where = [words.pop(0), words.pop(0)] if words[:1] == ['于'] else []
        try:
            if what in self._processes():
                self.begin(f'{post} {what}', answers)
            elif what == '立项':
                self.register(post, answers)
            elif what == '撤销':
                self.withdraw(f'{post} 理由', answers)
            else:
                self.complete(' '.join([post, what, *where]), answers)
        except Refused as refusal:
            assert all(word in str(refusal) for word in words), f'拒绝的话是：{refusal}'
        else:
            raise AssertionError('没有被拒绝')

    # -- what is seen -----------------------------------------------------------------------------------------------------
    def see(self, rest: str, _: dict) -> None:
        with db.reading(self.engine) as session:
            self.session = session
            first, _, more = rest.partition(' ')
            if first in SIGHTS:
                getattr(self, SIGHTS[first])(more.strip())
            else:
                name, _, value = (part.strip() for part in rest.partition('='))
                assert self._value(name) == parse(value), f'{name} 是 {self._value(name)!r}'

    def see_task(self, rest: str) -> None:
        element, *post = rest.split()
        found = self._open(element)
        assert found, f'现在的待办：{self._open()}'
        if post:
            assert any(f'{unit}/{each}' == post[0] for _, unit, each in found), found

    def see_no_task(self, rest: str) -> None:
        assert not self._open(rest), self._open(rest)

    def see_due(self, rest: str) -> None:
        element, day = rest.split()
        found = self.session.scalars(select(UserTask.due_at).where(
            UserTask.matter_id == self.matter, UserTask.state == 'open', UserTask.element == element)).all()
        assert [str(each.astimezone(clock.zone()))[:10] for each in found] == [day], found

    def see_timer(self, rest: str) -> None:
        place, at = rest.split(' ', 1)
        found = self._timers(place)
        assert moment(at) in found, f'{place}：{[str(each.astimezone(clock.zone()))[:16] for each in found]}'

    def see_no_timer(self, rest: str) -> None:
        assert not self._timers(rest), self._timers(rest)

    def see_fired(self, rest: str) -> None:
        element, count = rest.split()
        found = self.session.scalars(select(Event).where(Event.chain == str(self.matter), Event.element == element,
                                                         Event.kind == 'timer.fired')).all()
        assert len(found) == int(count.rstrip('次')), [str(each.at.astimezone(clock.zone()))[:16] for each in found]

    def see_message(self, rest: str) -> None:
        post, words, *counts = rest.split()
        unit, _, name = post.partition('/')
        rows = self.session.scalars(select(Message).where(
            Message.matter_id == self.matter, Message.unit == unit, Message.post == name)).all()
        found = [row for row in rows if words in row.text]
        for count in counts:
            if count.startswith('代替'):
                assert found and found[-1].stands_for == int(re.search(r'\d+', count)[0]), found and found[-1].stands_for
            else:
                assert len(found) == int(count.rstrip('次')), [row.text for row in rows]
        assert found or counts, [row.text for row in rows]

    def see_notice(self, rest: str) -> None:
        kind, state, count = rest.split()
        found = self.session.scalars(select(Notice).where(Notice.matter_id == self.matter, Notice.kind == kind,
                                                          Notice.state == state)).all()
        assert len(found) == int(count.rstrip('件')), [(row.kind, row.state) for row in found]

    def see_points(self, rest: str) -> None:
        unit, points = rest.split()
        total = self.session.scalar(select(func.coalesce(func.sum(Points.points), 0)).where(
            Points.tenant == self.tenant, Points.unit == unit))
        assert -total == float(points), -total

    def see_running(self, rest: str) -> None:
        process, count = rest.split()
        found = self.session.scalars(select(Instance.id).where(
            Instance.matter_id == self.matter, Instance.process == process, Instance.status == 'running')).all()
        assert len(found) == int(count.rstrip('份')), len(found)

    def see_event(self, rest: str) -> None:
        kind, _, words = rest.partition(' ')
        found = [event for event in history.events(self.session, str(self.matter)) if event.kind == kind]
        assert any(words in event.summary + event.data + (event.name or '') for event in found), [
            (event.summary, event.data) for event in found]

    def see_whole(self, _: str) -> None:
        verdict = history.verify(self.session, str(self.matter))
        assert verdict.whole, verdict.fault

    def see_end(self, _: str) -> None:
        running = self.session.scalars(select(Instance.process).where(
            Instance.matter_id == self.matter, Instance.status == 'running')).all()
        assert not running, f'还在走：{running}，待办：{self._open()}'

    # -- small things -----------------------------------------------------------------------------------------------------
    def _usual(self, words: str, answers: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """A line with the word 照例, with the usual answers of its element under its own; 现在 and 今天 as they are."""
        told = words.split(' ')
        if '照例' in told:
            told.remove('照例')
            words, answers = ' '.join(told), {**USUAL['register' if '立项' in told else told[2]], **answers}
        if not {'现在', '今天'}.isdisjoint(each for each in answers.values() if isinstance(each, str)):
            with db.reading(self.engine) as session:
                now = clock.now(session.get(Tenant, self.tenant)).astimezone(clock.zone()).isoformat()
            answers = {name: {'现在': now, '今天': now[:10]}.get(value, value) if isinstance(value, str) else value
                       for name, value in answers.items()}
        return words, {name: value for name, value in answers.items() if value != '略'}

    def _do(self, think: Any) -> Any:
        return db.carry_out(self.engine, think)

    def _rearm(self) -> None:
        with db.reading(self.engine) as session:
            matters = instance.matters_with_timers(session, self.tenant)
        for matter in matters:
            self._do(lambda session, matter=matter: instance.rearm(session, matter))

    def _actor(self, post: str) -> Actor:
        unit, _, name = post.partition('/')
        with db.reading(self.engine) as session:
            return Actor(directory.post_name(session, self.tenant, post), unit, name)

    def _task(self, session: Any, element: str, post: str, where: list[str]) -> UUID:
        unit, _, name = post.partition('/')
        query = select(UserTask).where(UserTask.matter_id == self.matter, UserTask.element == element,
                                       UserTask.state == 'open')
        mine = session.scalars(query).all()
        if where:
            key, _, value = where[-1].partition('=')
            mine = [task for task in mine if (task.token or {}).get(key) == value]
        if len(mine) > 1:
            mine = [task for task in mine if (task.unit, task.post) == (unit, name)]
        assert len(mine) == 1, f'{element}：{len(mine)}件；现在的待办：{self._open(session=session)}'
        return mine[0].id

    def _open(self, element: str | None = None, session: Any = None) -> list[tuple[str, str, str]]:
        query = select(UserTask.element, UserTask.unit, UserTask.post).where(
            UserTask.matter_id == self.matter, UserTask.state == 'open')
        rows = (session or self.session).execute(query.where(UserTask.element == element) if element else query)
        return [tuple(row) for row in rows]

    def _timers(self, place: str) -> list[datetime]:
        process, _, element = place.rpartition('.')
        query = select(Timer.due_at).where(Timer.matter_id == self.matter, Timer.element == element)
        return list(self.session.scalars(query.where(Timer.process == process) if process else query))

    def _processes(self) -> set[str]:
        with db.reading(self.engine) as session:
            return set(deployment.bundle(session, deployment.current(session, self.tenant).id).processes)

    def _value(self, name: str) -> Any:
        if name in FACTS or name == 'status':
            value = getattr(self.session.get(Matter, self.matter), name)
            return value.isoformat() if isinstance(value, date) and not isinstance(value, datetime) else value
        for row in self.session.scalars(select(Instance).where(Instance.matter_id == self.matter)
                                        .order_by(Instance.started_at.desc())):
            for values in (row.vars, *_inside(row.state)):
                if name in values:
                    return values[name]
        raise AssertionError(f'没有叫 {name} 的值')


def _inside(state: bytes) -> list[dict]:
    """The values of the called processes and repeated activities that a state holds."""
    body = orjson.loads(codec.plain(state))
    rows = [row for rows in (body['t'], *(rows for _, _, rows in body['s'])) for row in rows]
    return [row[4]['vars'] for row in rows if row[4] and 'vars' in row[4]]


VERBS = {'故事': 'call', '依据': 'cite', '政府': 'govern', '参数': 'set_parameter', '日': 'live_until', '过': 'pass_days',
         '睡到': 'sleep_until', '睡着到': 'sleep_on', '立项': 'register', '办': 'complete', '开': 'begin', '消息': 'send',
         '撤销': 'withdraw', '改': 'correct', 
         '历': 'change_calendar', '不准': 'refuse', '看': 'see'}
SIGHTS = {'待办': 'see_task', '无待办': 'see_no_task', '应办': 'see_due', '期限': 'see_timer', '无期限': 'see_no_timer',
          '响过': 'see_fired',
          '提醒': 'see_message', '通知': 'see_notice', '扣分': 'see_points', '事件': 'see_event', '轨迹完整': 'see_whole',
          '在走': 'see_running', '结束': 'see_end'}


def lines(path: Path) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """The lines of a story with their indented answers; empty lines and what follows `#` are left out."""
    held: tuple[int, str, dict[str, Any]] | None = None
    for number, line in enumerate(path.read_text().splitlines(), 1):
        text = re.sub(r'(^|\s)#.*', '', line).rstrip()
        if not text:
            continue
        if text[0] in ' \t':
            name, _, value = (part.strip() for part in text.partition('='))
            held[2][name] = parse(value)
            continue
        if held:
            yield held
        held = number, text, {}
    if held:
        yield held


def parse(text: str) -> Any:
    """是 否 无, numbers, JSON lists, else the text itself."""
    if text in WORDS:
        return WORDS[text]
    if text.startswith(('[', '{', '"')):
        return json.loads(text)
    return int(text) if re.fullmatch(r'-?\d+', text) else float(text) if re.fullmatch(r'-?\d+\.\d+', text) else text


WORDS = {'是': True, '否': False, '无': None}
USUAL = {element: answers for _, element, answers in lines(Path(__file__).parent / 'usual.answers')}
"""The answers of a step that a story does not care about."""


def moment(text: str) -> datetime:
    """A day, or a day and a time, in the government's zone; a day alone means 09:00."""
    at = datetime.fromisoformat(text.strip() if ' ' in text.strip() else f'{text.strip()} 09:00')
    return at.replace(tzinfo=clock.zone())


