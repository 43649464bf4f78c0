"""One step: everything that changes together when a person answers, a timer fires, or a message arrives.

It reads and thinks; what it wants to write is a plan. Instances of one matter are thought through together, share the
matter's facts and its chain, and hear each other's messages within the step.
"""
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from engine import decision, directory, spiff, statement
from engine.errors import Broken, NotFound
from engine.history import SYSTEM, Actor, Chain, Event, Kind
from engine.identifier import uuid7
from engine.instance import lamp, outgoing
from engine.instance import row as rows
from engine.instance.broadcast import Post
from engine.instance.child import Children
from engine.instance.live import Live
from engine.instance.row import CO_UNIT, MATTER
from engine.instance.surroundings import Batch, Surroundings
from engine.ledger import FACTS, Facts, blank
from engine.number import Numbers
from engine.plan import Plan

_OPENED = ('id', 'process', 'element', 'name', 'unit', 'post', 'asks')
_NEWS = frozenset({Kind.NOTICE_ISSUED, Kind.NOTICE_DECLINED, Kind.POINTS_RECORDED})


class Step:
    """The thinking half of a step. Make it from a joined row (`row.part`), move instances, then call `finish`."""

    def __init__(self, around: Surroundings, actor: Actor, deployment_id: int, matter: Mapping[str, Any] | None, *,
                 new: bool = False, first_due: datetime | None = None) -> None:
        self.around, self.session, self.actor, self.deployment_id = around, around.session, actor, deployment_id
        self.connection, self._first_due = around.session.connection(), first_due
        self.tenant_id, self.zone, self.parameter_revision = around.id, around.zone, around.parameter_revision
        self.recorded_at, self.now, self.today = around.recorded_at, around.now, around.today
        self.surroundings, self._still = around.of, around.still
        self.bundle, self.functions = around.of(deployment_id)
        self.facts = Facts(matter, self.zone, new=new) if matter is not None else None
        self.plan, self.revision = Plan(), 0
        self.children, self.post = Children(self), Post(self)
        self.lives: dict[UUID, Live] = {}
        self.opened: list[dict] = []
        self.sent: dict[Any, dict] = {}
        self._siblings: dict[UUID, dict] | None = None
        self._shares: dict[str, dict] | None = None
        self._numbers = around.numbers or Numbers()
        self._chains: dict[UUID, Chain] = {}

    # -- instances ------------------------------------------------------------------------------------------------------
    @classmethod
    def of(cls, batch: Batch, row: Mapping[str, Any], actor: Actor) -> tuple['Step', Live]:
        """The step around one stored instance, which is loaded."""
        instance, matter = rows.part(row, 'i_'), rows.part(row, 'm_')
        beside = matter['id'] is not None
        version = (matter if beside else instance)['deployment_id']
        step = cls(batch.around(rows.part(row, 't_')), actor, version, matter if beside else None, first_due=row['first_due'])
        return step, step.load(instance)

    @classmethod
    def beside(cls, batch: Batch, row: Mapping[str, Any], actor: Actor) -> 'Step':
        """The step around a stored matter, of which no instance is loaded yet."""
        matter = rows.part(row, 'm_')
        return cls(batch.around(rows.part(row, 't_')), actor, matter['deployment_id'], matter, first_due=row['first_due'])

    def load(self, instance: dict[str, Any]) -> Live:
        """An instance's run, loaded once per step."""
        return self.lives.get(instance['id']) or Live(self, instance)

    def start(self, process: str, values: Mapping[str, Any] | None = None, *, message: str | None = None,
              begin: str | None = None, version: int | None = None, key: str | None = None,
              stands_for: int = 1) -> Live:
        """A new instance of a process of this step's bundle, or of another `version` of it. `begin` is its start event,
        `key` its business key; `stands_for` how many rounds of a timer it stands for.

        :raises NotFound: the bundle has no such process.
        """
        version = version or self.deployment_id
        if process not in self.surroundings(version)[0].processes:
            raise NotFound('没有叫“{process}”的流程。', process=process)
        row = rows.blank(self.tenant_id, self.facts.row['id'] if self.facts else None, process, version, self.now)
        given = dict(values or {})
        if self.facts is not None:
            changed = {name: {'old': change[0], 'new': change[1]} for name in sorted(given.keys() & FACTS.keys())
                       if (change := self.facts.write(name, given.pop(name)))}
            if changed and not self.facts.new:
                self.tell(Kind.FACT_CHANGED, '', changed, self.actor)
        row |= {'vars': given, 'business_key': key}
        return Live(self, row, message, begin, stands_for=stands_for)

    def refresh_due(self) -> None:
        """Lateness first: fire everything of this matter that is due now, before anything else happens."""
        if self._first_due is not None and self._first_due <= self.now:
            due = self.connection.scalars(rows.DUE, {'matter': self.facts.row['id'], 'now': self.now})
            for key in set(due) - self.lives.keys():
                self.wake(key)
        late = [live for live in self.lives.values() if any(at <= self.now for at in live.had_armed.values())]
        for live in late:
            live.run.settle()
        if late:
            self.settle()

    def siblings(self) -> dict[UUID, dict]:
        """The other running instances of the matter, as rows; of those that others called only those that hear."""
        if self._siblings is None:
            self._siblings = {row['id']: row for row in self._of_matter(rows.SIBLINGS)}
        return self._siblings

    def _of_matter(self, clause: Any) -> list[dict[str, Any]]:
        """What a table has for the matter; a new matter has nothing yet."""
        if self.facts is None or self.facts.new:
            return []
        return statement.read(self.connection, clause, {'matter': self.facts.row['id']})

    def wake(self, key: UUID) -> Live | None:
        """Load a running instance of the matter; None when there is none of this id."""
        row = self.siblings().get(key) or next(iter(statement.read(self.connection, rows.BY_ID, {'key': key})), None)
        return self.load(row) if row is not None and row['status'] == 'running' else None

    # -- settling ---------------------------------------------------------------------------------------------------------
    def settle(self) -> None:
        """Deliver messages and let open deadlines follow changed facts, until nothing moves any more.

        :raises Broken: instances keep calling each other.
        """
        seen = -1
        while self.children.settle() or self.post.waiting or seen != self.revision:
            self.post.carry()
            seen = self.revision
            self._wake_timed()
            for live in list(self.lives.values()):
                if live.run.stale() and not live.run.done:
                    live.run.settle()

    def _wake_timed(self) -> None:
        """Load the siblings whose open deadlines read a fact that changed."""
        if self.facts is None or self.facts.new:
            return
        timed_by, changed = spiff.library(self.bundle).timed_by, self.facts.changed.keys()
        own = {live.row['process'] for live in self.lives.values() if live.row['parent_id'] is None}
        reading = {process for process, names in timed_by.items() if names & changed}
        if reading - own or self._siblings:
            for key, row in self.siblings().items():
                if row['process'] in reading:
                    self.wake(key)
        if changed and spiff.library(self.bundle).calls:
            for row in self.timed():
                if row['id'] not in self.lives and self._reads(row) & changed:
                    self.wake(row['id'])

    def timed(self) -> list[dict]:
        """The instances of the matter that other ones called and in which a deadline waits."""
        return statement.read(self.connection, rows.TIMED, {'matter': self.facts.row['id']})

    def _reads(self, row: Mapping[str, Any]) -> frozenset[str]:
        """The names that the deadlines of an instance read."""
        return spiff.library(self.surroundings(row['deployment_id'])[0]).timed_by[row['process']]

    def still(self, process: str) -> datetime | None:
        """Since when instances of a process stand still here, because it is suspended or its matter is; None: they go on."""
        matter = self.facts.row['suspended_at'] if self.facts is not None else None
        return min((at for at in (matter, self._still.get(process)) if at is not None), default=None)

    def running(self, process: str) -> bool:
        """Whether the matter has a running instance of a process."""
        return any(live.row['process'] == process and live.alive and live.row['parent_id'] is None
                   for live in self.lives.values()) or any(
            row['process'] == process and key not in self.lives and row['parent_id'] is None
            for key, row in self.siblings().items())

    def stop(self, process: str, why: str) -> None:
        """End the matter's running instances of a process where they stand."""
        for key, row in list(self.siblings().items()):
            if row['process'] == process and row['parent_id'] is None:
                self.wake(key)
        for live in self.lives.values():
            if live.row['process'] == process and live.row['parent_id'] is None and live.alive:
                self.end(live, why)

    def end(self, live: Live, why: str) -> None:
        """End one instance where it stands."""
        live.run.cancel()
        live.row['status'] = 'cancelled'
        live.event(Kind.INSTANCE_CANCELLED, self.actor, why, {'reason': why})

    # -- tables, co-units, numbers ------------------------------------------------------------------------------------------
    def decide(self, table: Any, scope: Mapping[str, Any], node: spiff.Node | None = None,
               functions: Mapping[str, Any] | None = None) -> Any:
        """What a decision table answers, asked with the step's functions or with these.

        :raises Broken: no rule fits, or the table fails.
        """
        where = {'element': node.element, 'name': node.name} if node else {}
        try:
            return table.decide(scope, functions or self.functions)
        except decision.NoRule as error:
            raise Broken(error.said, **where, values=error.inputs, advice='给决策表补一行兜底的规则后重试') from error
        except Broken as error:
            error.element, error.name = error.element or where.get('element'), error.name or where.get('name')
            raise

    def shares(self) -> dict[str, dict]:
        """The co-units' rows of the matter, as expressions see them, by unit."""
        if self._shares is None:
            self._shares = {row['unit']: {name: self.text(row[name]) for name in
                                          ('co_due_at', 'duty', 'reported_at', 'waived')}
                            for row in self._of_matter(rows.SHARES)}
        return self._shares

    def write_share(self, unit: str, values: Mapping[str, Any]) -> None:
        """Make or change a co-unit's row."""
        shares, matter_id = self.shares(), self.facts.row['id']
        stored = {name: datetime.fromisoformat(value) if name == 'reported_at' and value
                  else datetime.fromisoformat(value).date() if name == 'co_due_at' and value else value
                  for name, value in values.items()}
        if unit not in shares:
            shares[unit] = {'co_due_at': None, 'duty': None, 'reported_at': None, 'waived': False, **values}
            self.plan.insert(CO_UNIT, {'matter_id': matter_id, 'unit': unit, 'co_due_at': None, 'duty': None,
                                       'reported_at': None, 'waived': False, **stored})
        elif new := next((row for row in self.plan.inserts.get(CO_UNIT, ()) if row['unit'] == unit), None):
            shares[unit].update(values)                # changes are written before what is new
            new.update(stored)
        elif any(shares[unit][name] != value for name, value in values.items()):
            shares[unit].update(values)
            self.plan.check(rows.SHARE, {'b_matter': matter_id, 'b_unit': unit, **stored})
        else:
            return
        self.revision += 1

    def number(self, kind: str, year: int) -> tuple[int, int]:
        """The year and the next number of a series."""
        return year, self._numbers.take(self.session, self.plan, self.tenant_id, kind, year)

    def opens(self, row: Mapping[str, Any]) -> None:
        """Something waits for a person from now on, who is told of it."""
        self.opened.append({name: row[name] for name in _OPENED})

    # -- the trail ----------------------------------------------------------------------------------------------------------
    def event(self, live: Live, kind: Kind, actor: Actor, summary: str, data: Mapping | None,
              node: spiff.Node | None) -> None:
        """One event: on the matter's chain, or on the instance's own where there is no matter."""
        row = live.row
        chain = self._chain(row if self.facts is None else self.facts.row)
        chain.add(actor, kind, self.now, summary, data, recorded_at=self.recorded_at, instance_id=row['id'],
                  deployment_id=row['deployment_id'], process=node.process if node else row['process'],
                  element=node and node.element, name=node and node.name)

    def _chain(self, row: Mapping[str, Any]) -> Chain:
        key = row['id']
        found = self._chains.get(key)
        if found is None:
            found = self._chains[key] = Chain(str(key), self.tenant_id, row['head_seq'], row['head_hash'])
        return found

    def tell(self, kind: Kind, summary: str, data: Mapping, actor: Actor = SYSTEM) -> None:
        """One event of the matter that belongs to no instance of it."""
        if self.facts is not None:
            self._chain(self.facts.row).add(
                actor, kind, self.now, summary, data, recorded_at=self.recorded_at, deployment_id=self.deployment_id)

    def events(self) -> list[dict]:
        """What has happened in this step so far."""
        return [event for chain in self._chains.values() for event in chain.rows]

    def text(self, value: Any) -> Any:
        """A moment or date as expressions and events write it."""
        if isinstance(value, datetime):
            return value.astimezone(self.zone).isoformat()
        return value.isoformat() if hasattr(value, 'isoformat') else value

    # -- the end --------------------------------------------------------------------------------------------------------------
    def finish(self) -> Plan:
        """Settle, compare, and give the plan."""
        self.settle()
        for live in self.lives.values():
            live.record()
        for live in self.lives.values():
            if live.still is not None:
                self.plan.change(rows.HOLD, {'b_instance': live.row['id']})
        if self.facts is not None:
            lamp.follow(self, FactsOnly(self.facts))
            self.facts.settle()
        self._heads()
        plan = self.plan
        for chain in self._chains.values():
            for event in chain.rows:
                plan.insert(Event.__table__, event)
        outgoing.follow(self)
        plan.opened, plan.tenant_id = self.opened, self.tenant_id
        plan.told = [event['summary'] for chain in self._chains.values() for event in chain.rows
                     if event['kind'] in _NEWS]
        plan.matter_id = self.facts.row['id'] if self.facts else None
        plan.instance_id = next(iter(self.lives), None)
        return plan

    def _heads(self) -> None:
        facts = self.facts
        for chain in self._chains.values():
            if facts is not None:
                facts.row.update(head_seq=chain.seq, head_hash=chain.head)
                facts.changed.update(head_seq=chain.seq, head_hash=chain.head)
        if facts is None:
            self._heads_of_instances()
            return
        if facts.new:
            self.plan.insert(MATTER, {**facts.row, 'version': 1})
        else:
            self.plan.check(rows.CHANGE, {'b_id': facts.row['id'], 'b_version': facts.row['version'],
                                          'version': facts.row['version'] + 1, **facts.changed})

    def _heads_of_instances(self) -> None:
        for row in (*self.plan.inserts.get(rows.INSTANCE, ()), *self.plan.checked.get(rows.MOVE_ON, ())):
            chain = self._chains.get(row.get('id', row.get('b_id')))
            if chain is not None:
                row.update(head_seq=chain.seq, head_hash=chain.head)


class FactsOnly(Mapping):
    """The facts as a scope of their own, for tables that the engine asks by itself."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def __getitem__(self, name: str) -> Any:
        return self._facts[name]

    def __iter__(self) -> Any:
        return iter(self._facts.row)

    def __len__(self) -> int:
        return len(self._facts.row)


def office(session: Session, tenant_id: str) -> Mapping[str, Any]:
    """The row of a government and, as `deployment`, the version on which something new begins.

    :raises NotFound: there is no such government, or nothing is deployed.
    """
    row = rows.one(session, rows.OFFICE, tenant_id)
    if row is None or row['deployment'] is None:
        name = directory.tenant(session, tenant_id).name
        raise NotFound('{tenant}还没有发布流程，先用 duban deploy 发布。', tenant=name)
    return row


def begin(batch: Batch, row: Mapping[str, Any], actor: Actor, matter: bool) -> Step:
    """A step around something new in this `office`: a matter that has just begun, or an instance without a matter."""
    facts = blank(row['t_id'], uuid7(), row['deployment']) if matter else None
    return Step(batch.around(rows.part(row, 't_')), actor, row['deployment'], facts, new=matter)


def beside(session: Session, matter_id: UUID, actor: Actor, version: int | None = None) -> Step:
    """The step around a stored matter, of which no instance is loaded yet; what it asks of a bundle, it asks of `version`
    where one is named.

    :raises NotFound: there is no such matter.
    """
    row = rows.one(session, rows.MATTER_ONLY, matter_id)
    if row is None:
        raise NotFound('没有找到这件事项。')
    matter = rows.part(row, 'm_')
    return Step(Batch(session).around(rows.part(row, 't_')), actor, version or matter['deployment_id'], matter,
                first_due=row['first_due'])


def options(step: Step) -> dict[str, Any]:
    """The functions that a form may call: the step's own, and ``options(name)`` out of the directory."""
    return {**step.functions, 'options': lambda name: directory.options(step.session, step.tenant_id, name, step.today,
                                                                        step.parameter_revision)}
