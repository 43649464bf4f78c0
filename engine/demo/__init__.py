"""The demo: five governments and the 34 matters of their documents, brought to their first day by the engine's verbs.

`offices.json` says who there is, `matters.csv` what is to be done and how far it has come. What a document does not
say is marked in `assumed`. Every step is a real one, so the trail of the demo is as true as any other.
"""
import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from importlib.resources import files as packaged
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from engine import actions, clock, deployment, directory, history, instance, parameter, worker, workcal
from engine.db import carry_out, reading, writing
from engine.demo.office import book, opened, seats
from engine.directory import Tenant
from engine.history import Actor, Kind
from engine.ledger import FACTS
from engine.number import Series

_PAUSE = timedelta(seconds=40)
"""On a demo's first morning, the time between two matters."""
_WALK = {'draft': (), 'approval': (), 'sign': ('approve',), 'plan': ('approve', 'sign'),
         'handle': ('approve', 'sign', 'plan'), 'co': ('approve', 'sign', 'plan', 'co_sign')}
"""The tasks that are done before a matter stands where `until` says."""
_SHOWN = (('gz', 'fgw/liaison'), ('gz', 'office/officer'), ('gz', 'gov/deputy'), ('gz', 'gov/principal'),
          ('gz', 'office/owner'), ('gz', 'office/auditor'), ('gz', 'office/operator'), ('zs', 'supervision/officer'),
          ('cz', 'supervision/officer'), ('ms', 'office/officer'))


@dataclass
class Loaded:
    """What the demo consists of, and how to come in."""

    password: str
    matters: int = 0
    tenants: list[dict[str, str]] = field(default_factory=list)
    accounts: list[dict[str, str]] = field(default_factory=list)

    def data(self) -> dict[str, Any]:
        """All of it as one object."""
        return vars(self)

    def lines(self) -> list[str]:
        """What the screen says at the start."""
        shown = [f'  {one["login"]}  {one["tenant"]}·{one["name"]}' for one in self.accounts if one['shown']]
        return [f'演示数据放好了：{len(self.tenants)}个政府，{self.matters}件事项。',
                f'每个岗位一个账号，登录名是 政府-单位-岗位，密码都是 {self.password}，例如：', *shown]


def load(engine: Engine, files: Mapping[str, bytes], said: Callable[[str], None] | None = None) -> Loaded:
    """Fill an empty database. `files` are the diagrams, tables and forms to deploy; `said` hears how far it has come.

    :raises Undeployable: the gate refuses the files. :raises Refused: a verb refuses what the data say.
    """
    offices = book()
    matters = list(csv.DictReader(io.StringIO(
        packaged(__name__).joinpath('matters.csv').read_text(encoding='utf-8'))))
    loaded = Loaded(offices['password'])
    hashed = directory.hash_password(offices['password'])
    for number, office in enumerate(offices['tenants'], 1):
        if said is not None:
            said(f'演示数据 {number}/{len(offices["tenants"])}：{office["name"]}')
        with writing(engine) as session:
            _open(session, office, offices, files, hashed, loaded)
        loaded.matters += _Office(engine, office).run([row for row in matters if row['tenant'] == office['id']])
    return loaded


def _open(session: Session, office: Mapping, offices: Mapping, files: Mapping[str, bytes], hashed: str,
          loaded: Loaded) -> None:
    """The government with its calendar, units, posts, accounts, parameters and first version, in one transaction."""
    opens = datetime.fromisoformat(office['opens'])
    tenant = opened(session, office, offices, opens, hashed)
    loaded.accounts += [{'tenant': office['name'], 'login': seat.login, 'name': seat.name,
                         'shown': (tenant.id, f'{seat.unit}/{seat.post}') in _SHOWN} for seat in seats(office, offices)]
    owner = Actor(directory.post_name(session, tenant.id, office['owner']), *office['owner'].split('/'))
    history.record(session, tenant.id, owner, Kind.ACCOUNT_ADDED, '建演示账号，每个岗位一个', {'document': office['document']})
    topics = {topic: action.parameters() for topic, action in actions.known().items()}
    made = deployment.deploy(session, tenant.id, files, owner.said, '首次发布', opens, topics, FACTS)
    history.record(session, tenant.id, owner, Kind.DEPLOYMENT_MADE, f'发布第{made.number}版：首次发布',
                   {'deployment': made.id, 'number': made.number, 'hash': made.hash, 'files': sorted(files)})
    bundle = deployment.read(files)
    for name, value in office['parameters'].items():
        parameter.change(session, tenant.id, name, value, owner, bundle)
    deployment.follow(session, tenant.id)
    loaded.tenants.append({'id': tenant.id, 'name': tenant.name, 'document': tenant.document, 'now': office['stands']})


class _Office:
    """One government on its first day: its officer registers, leaders approve, units sign and plan."""

    def __init__(self, engine: Engine, office: Mapping[str, Any]) -> None:
        self.engine, self.office, self.id = engine, office, office['id']
        self.year = office['stands'][:4]
        with reading(engine) as session:
            tenant = directory.tenant(session, self.id)
            self.names = directory.names(session, self.id)
            self.calendar, self.zone = workcal.load(session, tenant), clock.zone(tenant.zone)

    def run(self, rows: list[dict[str, str]]) -> int:
        """Bring every matter as far as its row says, then the clock to the day on which the demo stands."""
        count = 0
        numbered = list(enumerate(rows, 1))
        for number, row in sorted(numbered, key=lambda pair: (pair[1]['opens'] or self.office['stands'], pair[0])):
            self._go_to(row)
            leads, until = row['lead'].split() or [''], row['until'].split()
            for index, lead in enumerate(leads):
                code = f'DB-{self.year}-{number:03d}' + (f'-{index + 1:02d}' if len(leads) > 1 else '')
                self._bring(row, lead, code, until[min(index, len(until) - 1)])
                count += 1
        with writing(self.engine) as session:
            session.merge(Series(tenant=self.id, kind='matter', year=int(self.year), last=len(rows)))
        worker.advance(self.engine, self.id, datetime.fromisoformat(self.office['stands']), history.SYSTEM)
        return count

    def _go_to(self, row: Mapping[str, str]) -> None:
        """The morning on which the row is registered: deadlines on the way there go off as they would have."""
        now = self._now()
        day = date.fromisoformat(row['opens'] or self.office['stands'][:10])
        if now.date() < day:
            worker.advance(self.engine, self.id, datetime.combine(day, now.timetz()).replace(
                hour=8, minute=0, second=0), history.SYSTEM)

    def _now(self) -> datetime:
        with reading(self.engine) as session:
            return clock.now(directory.tenant(session, self.id)).astimezone(self.zone)

    def _bring(self, row: Mapping[str, str], lead: str, code: str, until: str) -> None:
        now = self._now()
        facts = self._facts(row, lead, now)
        officer = self._actor(self.office['officer'])
        values = {'code': code, 'assumed': row['assumed']}
        answers = {'register': facts}
        if until == 'draft':
            values, answers = {**values, **{name: value for name, value in facts.items() if value not in (None, '', [])
                                            and name in FACTS}}, None
        plan = carry_out(self.engine, lambda session: instance.start(
            session, self.id, 'matter', officer, values, answers=answers))
        waiting = {opened['element']: opened for opened in plan.opened}
        for element in _WALK[until]:
            if element in waiting:
                plan = self._answer(waiting[element], facts)
                waiting = {opened['element']: opened for opened in plan.opened}
        with writing(self.engine) as session:
            session.execute(update(Tenant).where(Tenant.id == self.id).values(virtual_at=now + _PAUSE))

    def _facts(self, row: Mapping[str, str], lead: str, now: datetime) -> dict[str, Any]:
        """What the officer writes into the form of 立项."""
        today, due = now.date(), row['due']
        if due.startswith('='):
            due = self.calendar.add(today, int(due[1:])).isoformat()
        co_units = [unit for unit in row['co'].split() if unit != lead]
        filled = {'source': row['source'], 'basis': row['basis'], 'has_basis': row['has_basis'] == 'yes',
                  'received_at': now.isoformat(), 'leader_post': f'gov/{row["leader"]}', 'title': row['title'],
                  'requirement': row['requirement'], 'evidence': row['evidence'], 'matter_class': row['matter_class'],
                  'key_matter': row['key_matter'] == 'yes', 'long_term': bool(row['review']), 'lead_unit': lead or None,
                  'own_cycle': row['cycle'] or None, 'co_units': co_units,
                  'review_at' if row['review'] else 'due_at': row['review'] or due or None}
        if co_units:
            filled.update(co_duty='各自按职责配合，按时报送协办结果。', co_due_at=self._co_due(today, due))
        return filled

    def _co_due(self, today: date, due: str) -> str:
        """Co-units report five working days before the lead, if there is as much time."""
        if not due:
            return today.isoformat()
        early = self.calendar.add(date.fromisoformat(due), -5)
        return early.isoformat() if early > today else due

    def _answer(self, task: Mapping[str, Any], facts: Mapping[str, Any]) -> Any:
        key: UUID = task['id']
        actor = self._actor(f'{task["unit"]}/{task["post"]}')
        answer = _ANSWERS[task['element']](facts, self.names)
        return carry_out(self.engine, lambda session: instance.complete(session, key, actor, answer))

    def _actor(self, reference: str) -> Actor:
        return Actor(self.names.post(reference), *reference.split('/'))


def _plan(facts: Mapping[str, Any], names: directory.Names) -> dict[str, Any]:
    answer = {'answer': 'accept', 'deploy_note': '单位主要负责人主持研究，分管负责人牵头，对口科室承办。',
              'items': list(_items(facts))}
    if facts['co_units']:
        answer['consult_note'] = f'已同{names.unit(facts["co_units"])}会商，分工没有不同意见。'
    return answer


def _items(facts: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The plan's rows: the first after a third of the time, the second after two thirds, the last on the deadline."""
    given, due = (facts.get(name) and date.fromisoformat(facts[name][:10]) for name in ('received_at', 'due_at'))
    steps = (('摸清情况，列出清单', '对照目标要求逐项摸底', '问题和任务清单'),
             ('逐项落实', '列出时间表，每周调度一次', '完成过半'), (facts['title'], '对照办结标准逐条核对', facts['evidence']))
    for number, (task, measure, result) in enumerate(steps, 1):
        by = {'by': (given + (due - given) * number / len(steps)).isoformat()} if due else {}
        yield {'task': task, 'responsibility': '对口科室负责人', 'measure': measure, 'result': result, **by}


_ANSWERS: dict[str, Callable[[Mapping[str, Any], directory.Names], dict[str, Any]]] = {
    'approve': lambda facts, names: {'approval': 'agreed', 'key_matter': facts['key_matter']},
    'sign': lambda facts, names: {},
    'co_sign': lambda facts, names: {},
    'plan': _plan,
}
