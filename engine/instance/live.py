"""One loaded instance within a step: what its run asks for, and what it wants to have written."""
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from engine import actions, expression, spiff
from engine.errors import Broken, Refused, Thrown, said
from engine.finding import one_line
from engine.history import SYSTEM, TIMER, Actor, Kind
from engine.instance import asking, fallback, subscription
from engine.instance import row as rows
from engine.instance.doing import Doing
from engine.instance.news import News
from engine.instance.row import INSTANCE, TASK
from engine.instance.row import TIMER as TIMERS
from engine.instance.scope import SHARES, Scope
from engine.instance.undo import Undo
from engine.ledger import FACTS
from engine.spiff import Node

_LARGEST = 250_000          # bytes of one value that an instance keeps; a form's longest text fits
_CERTAINLY_FITS = 1_000
_PLACE = re.compile(r'(?<![$#])\{(\w+)\}')


class Live:
    """The host of one run. It gathers rows and events; the step decides when they are written."""

    def __init__(self, step: Any, row: dict[str, Any], message: str | None = None, begin: str | None = None,
                 depth: int = 0, stands_for: int = 1, around: Mapping[str, Any] | None = None) -> None:
        self.step, self.row, self.new, self.depth = step, row, row['state'] is None, depth
        self.bundle, self.functions = step.surroundings(row['deployment_id'])
        step.lives[row['id']] = self                   # before it moves: what it sends may come back to it
        self.vars: dict[str, Any] = dict(row['vars'] or {})
        self.still = step.still(row['process'])        # since when it stands still, or None
        self.calling = 0                               # instances that it called for and that have not begun
        self.answers: dict[UUID, tuple[Actor, dict]] = {}
        self.ended: dict[UUID, tuple[Actor, Any]] = {}  # who ends tasks that nobody has done, and what was typed there
        self.notes: dict[str, dict] = {}               # what tasks of an element open with
        self.reopened: dict[UUID, Any] = {}            # tasks that were done and wait again, with what is kept for them
        self.undo: Undo | None = None                  # how the step can be recalled
        library, called = spiff.library(self.bundle), row['parent_task'] is not None
        own = _own(row) if called else None
        if self.new:
            self.had_open, self.had_armed, self.had_heard = set(), {}, []
            self.event(Kind.INSTANCE_STARTED, step.actor, f'开始：{self.definition.name}',
                       {'process': row['process'], 'message': message} | (_calling(row) if called else {}))
            given = own and own | {'around': around}
            self.run = spiff.Run.start(library, row['process'], self, begin, given, stands_for)
        else:
            self.run = spiff.Run.load(library, row['process'], row['state'], self, own)
            self.had_open, self.had_armed = self.run.marks()
            self.had_heard = self.run.hears()
        if called:
            step.children.watch(self)

    @property
    def alive(self) -> bool:
        """Whether it can still move."""
        return self.row['status'] == 'running' and not self.run.done

    # -- what a run asks (engine.spiff.Host) ----------------------------------------------------------------------------
    @property
    def now(self) -> datetime:
        return self.step.now

    @property
    def revision(self) -> int:
        return self.step.revision

    def scope(self, local: Mapping[str, Any], closed: bool = False) -> Scope:
        return Scope(self, local, closed)

    def label(self, name: str | None) -> str:
        """A drawn name on one line, with the tenant's value in the place of ``{warning_days}``."""
        line = one_line(name)
        return _PLACE.sub(lambda place: str(self.functions['param'](place[1])), line) if '{' in line else line

    def write(self, values: Mapping[str, Any], node: Node | None = None) -> None:
        """Keep scalars where they live: a co-unit's row inside its element, the ledger row for facts, else here.

        The list `co_shares` ({unit, co_due_at, duty}) is kept as the rows of these co-units.
        """
        changed: dict[str, Any] = {}
        inside = node.local if node else {}
        _check_size(values, node)
        for name, value in values.items():
            if name == 'co_shares' and self.step.facts is not None:
                for share in value or ():
                    self.step.write_share(share['unit'], {key: share[key] for key in SHARES & share.keys()})
            elif 'unit' in inside and name in SHARES and self.step.facts is not None:
                self.step.write_share(inside['unit'], {name: value})
            elif name in FACTS and self.step.facts is not None:
                old_new = self.step.facts.write(name, value)
                if old_new:
                    changed[name] = {'old': old_new[0], 'new': old_new[1]}
            elif node is not None and node.keep(name, value, self.vars.get(name)):
                self.step.revision += 1
            elif name not in self.vars or self.vars[name] != value:
                self.vars[name] = value
                self.step.revision += 1
        if changed:
            self.step.revision += 1
            self.event(Kind.FACT_CHANGED, self._by(node), '', changed, node)

    def act(self, node: Node) -> None:
        topic = node.extensions['camunda'].get('topic', '')
        known = actions.known().get(topic)
        if known is None:
            raise Broken(said('没有叫 {topic} 的动作', topic=topic), element=node.element, name=node.name,
                         advice='检查服务任务的主题')
        inputs = {name: self.value(text, node) for name, text in node.extensions['input'].items()}
        try:
            result = known(Doing(self, node), inputs)
        except Broken as error:
            error.element, error.name = error.element or node.element, error.name or node.name
            raise
        except (Thrown, Refused):
            raise
        except Exception as error:                       # whatever it may do: told as an incident, never as a traceback
            raise Broken(said('动作 {topic}（{name}）出错：{fault}', topic=topic, name=said(known.name),
                              fault=f'{type(error).__name__}: {error}'), element=node.element, name=node.name,
                         values=inputs, advice='检查服务任务的输入参数，或请程序员看这个动作') from error
        self.event(Kind.ACTION_DONE, SYSTEM, known.name, {'topic': topic, 'inputs': inputs}, node)
        self.write(result, node)

    def decide(self, node: Node) -> None:
        name = node.extensions['camunda'].get('decisionRef', '')
        table = self.bundle.tables.get(name)
        if table is None:
            raise Broken(said('没有叫 {name} 的决策表', name=name), element=node.element, name=node.name,
                         advice='把决策表一起发布')
        outcome = self.step.decide(table, self.scope(node.local, node.closed), node)
        self.event(Kind.DECISION_MADE, SYSTEM, table.name, {'table': name, **outcome.told}, node)
        self.write(outcome.values, node)

    def send(self, message: str, node: Node) -> None:
        key = node.extensions['properties'].get('to_key')
        self._throw('message', message, node, None if key is None else self._key(key, node))

    def signal(self, name: str, node: Node) -> None:
        self._throw('signal', name, node)

    def _throw(self, kind: str, name: str, node: Node, key: str | None = None) -> None:
        values = {given: self.value(text, node) for given, text in node.extensions['input'].items()}
        news = News(kind, name, values, key, self)
        self.event(Kind.MESSAGE_SENT, SYSTEM, news.said, news.told())
        self.step.post.give(news)

    def _key(self, text: str, node: Node) -> str:
        value = self.value(text, node)
        if value in (None, ''):
            raise Broken(said('“{name}”没有写明消息发给哪个业务编号', name=node.name), element=node.element, name=node.name,
                         expression=text, advice='检查扩展属性 to_key')
        return str(value)

    def call(self, errand: spiff.Errand, node: Node) -> None:
        self.step.children.want(self, errand, node)

    def recall(self, caller: UUID) -> None:
        self.step.children.recall(caller)

    def keep_result(self, caller: UUID, number: int, value: Any) -> None:
        self.step.children.keep(caller, number, value)

    def results(self, caller: UUID) -> list:
        return self.step.children.results(caller)

    def raised(self, kind: str, code: str) -> None:
        self.step.children.raised(self, kind, code)

    def passed(self, node: Node) -> None:
        kind = self.definition_of(node).elements.get(node.element)
        if kind is not None and kind.kind == 'userTask':
            return                                       # told as task.completed, with who and what
        self.event(Kind.NODE_PASSED, SYSTEM, '', {'flows': self._flows(node), **_told(node)}, node)
        self._stage(node)
        self._outputs(node)

    def fired(self, node: Node, due_at: datetime, stands_for: int) -> None:
        data = {'due': self.step.text(due_at)} | ({'stands_for': stands_for} if stands_for > 1 else {})
        self.event(Kind.TIMER_FIRED, TIMER, node.name, data, node)

    # -- a person's answer ------------------------------------------------------------------------------------------------
    def answer(self, task_id: UUID, actor: Actor, answer: dict[str, Any], keep: Mapping[str, Any]) -> None:
        """A person completes a task: `keep` goes to facts and variables, the whole `answer` stays with the task."""
        node = self.run.node_of(task_id)
        if task_id not in self.had_open:               # opened and answered in the same step, as at 立项
            self.step.plan.insert(TASK, {**self._task(task_id, node), 'state': 'done', 'closed_at': self.step.now,
                                         'closed_by': actor.said, 'closed_turn': self.row['version'] + 1,
                                         'answer': answer})
        self.event(Kind.TASK_COMPLETED, actor, node.name, {'answer': answer, 'flows': self._flows(node),
                                                                **_account(actor), **_told(node)}, node)
        self.answers[task_id] = actor, answer
        self.write(keep, node)
        self._outputs(node)
        self.run.complete(task_id)

    # -- writing down -----------------------------------------------------------------------------------------------------
    def record(self) -> None:
        """Compare with how it was loaded; put the differences into the plan."""
        step, run, plan = self.step, self.run, self.step.plan
        cancelled = {(node.element, repr(node.token)): node for node in run.cancelled()} if not self.new else {}
        for node in cancelled.values():
            self.event(Kind.NODE_CANCELLED, SYSTEM, '', _told(node), node)
        for node in run.entered():
            self.event(Kind.NODE_ENTERED, SYSTEM, '', {'flows': self._flows(node), **_told(node)}, node)
        still, timers = run.marks()
        for key in self.had_open - still:
            done = self.answers.get(key)
            actor, answer = done or self.ended.get(key, (SYSTEM, None))
            plan.change(rows.CLOSE, {'b_id': key, 'b_state': 'done' if done else 'cancelled', 'b_at': step.now,
                                     'b_by': actor.said, 'b_turn': self.row['version'] + 1, 'b_answer': answer})
            if not done:
                plan.change(rows.FORGET, {'b_task': key})
                plan.change(rows.DROP_ASKED, {'b_task': key, 'b_at': step.now, 'b_by': actor.said})
        for key, kept in self.reopened.items():
            plan.change(rows.REOPEN, {'b_id': key, 'b_kept': kept})
        known = self.had_open | self.reopened.keys()
        for key, task in (run.open(known) if still - known else {}).items():
            row = self._task(key, task.node)
            plan.insert(TASK, row)
            step.opens(row)
        if step.revision and not self.new:
            self._postpone(still & self.had_open)
        for key in self.had_armed.keys() - timers.keys():
            plan.change(rows.DISARM, {'b_id': key})
        for key, timer in (run.armed(self.had_armed) if timers.items() - self.had_armed.items() else {}).items():
            self._arm(key, timer)
        self._state()

    def _task(self, key: UUID, node: Node) -> dict[str, Any]:
        """The row of a task that opens now, told on the trail."""
        row = {**asking.row(self, key, node), 'kept': self.notes.get(node.element)}
        if row['fallback']:
            fallback.tell(self, row, node)
        self.event(Kind.TASK_OPENED, SYSTEM, node.name,
                   {'to': f'{row["unit"]}/{row["post"]}', 'due': row['due_at'] and self.step.text(row['due_at']),
                    'flows': self._flows(node), **_told(node)}, node)
        self._stage(node)
        return row

    def _stage(self, node: Node) -> None:
        """The stage that the diagram names at this place."""
        stage = node.extensions.get('properties', {}).get('stage')
        if stage and self.step.facts is not None:
            self.step.facts.write('stage', stage)

    def _postpone(self, keys: set[UUID]) -> None:
        """Due dates of open tasks follow the facts, as timers do."""
        for key in keys:
            node = self.run.node_of(key)
            text = node.extensions['camunda'].get('dueDate')
            if text and 'now()' not in text:
                self.step.plan.change(rows.POSTPONE, {'b_id': key, 'b_due': asking.due(self, text, node)})

    def _arm(self, key: UUID, timer: spiff.Armed) -> None:
        plan, step, node = self.step.plan, self.step, timer.node
        old, due = self.had_armed.get(key), step.text(timer.due_at)
        if old is None:
            plan.insert(TIMERS, {'id': key, 'tenant': step.tenant_id, 'instance_id': self.row['id'],
                                 'matter_id': self.row['matter_id'], 'process': node.process, 'element': node.element,
                                 'name': node.name, 'due_at': timer.due_at})
            self.event(Kind.TIMER_ARMED, SYSTEM, node.name, {'due': due, 'flows': self._flows(node)}, node)
        elif old != timer.due_at:
            plan.change(rows.MOVE, {'b_id': key, 'b_due': timer.due_at})
            self.event(Kind.TIMER_MOVED, SYSTEM, node.name, {'old': step.text(old), 'new': due}, node)

    def _state(self) -> None:
        row, step, run = self.row, self.step, self.run
        done = run.done
        status = 'cancelled' if row['status'] == 'cancelled' else 'done' if done else 'running'
        if status == 'done':
            self.event(Kind.INSTANCE_COMPLETED, SYSTEM, f'结束：{self.definition.name}', {})
        hears = run.hears() if status == 'running' else []
        subscription.follow(step.plan, step.tenant_id, row['id'], self.had_heard, hears)
        values = {'status': status, 'state': run.dump(), 'vars': self.vars, 'changed_at': step.now,
                  'hears': f',{",".join(hears)},' if status == 'running' else '',
                  'ended_at': None if status == 'running' else step.now,
                  'undo': self.undo.kept(self, done) if self.undo else None}
        if row['parent_task'] is not None:
            values |= step.children.outcome(row)
        if self.new:
            step.plan.insert(INSTANCE, {**row, **values, 'version': 1})
        else:
            step.plan.check(rows.MOVE_ON, {'b_id': row['id'], 'b_version': row['version'],
                                           'version': row['version'] + 1, **values})

    # -- small things -------------------------------------------------------------------------------------------------
    @property
    def definition(self) -> Any:
        """The diagram of this instance."""
        return self.bundle.processes[self.row['process']]

    def definition_of(self, node: Node) -> Any:
        """The diagram on which a node is drawn: the instance's own, or one that it calls."""
        return self.bundle.processes[node.process]

    def value(self, text: str, node: Node, extra: Mapping[str, Any] | None = None) -> Any:
        """A template's value at a place."""
        scope = self.scope({**node.local, **extra} if extra else node.local, node.closed)
        try:
            return expression.template(text).value(scope, self.functions)
        except expression.ExpressionError as error:
            raise Broken(error.said, element=node.element, name=node.name, expression=text,
                         advice='改好表达式或补上缺的数据后重试') from error

    def _outputs(self, node: Node) -> None:
        """`camunda:outputParameter`: written when the task is done, like a field of its form."""
        outputs = node.extensions.get('output')
        if outputs:
            self.write({name: self.value(text, node) for name, text in outputs.items()}, node)

    def _flows(self, node: Node) -> list[str]:
        definition = self.definition_of(node)
        return [flow for source in node.flows if (flow := definition.flow_between(source, node.element))]

    def _by(self, node: Node | None) -> Actor:
        return self.step.actor if node is not None and self.answers else SYSTEM

    def event(self, kind: Kind, actor: Actor, summary: str, data: Mapping | None = None, node: Node | None = None) -> None:
        """One event of this instance on the step's chain."""
        self.step.event(self, kind, actor, summary, data, node)


def _check_size(values: Mapping[str, Any], node: Node | None) -> None:
    for name, value in values.items():
        large = isinstance(value, (list, dict)) or isinstance(value, str) and len(value) > _CERTAINLY_FITS
        if large and len(orjson.dumps(value)) > _LARGEST:
            raise Broken(said('“{name}”的值太大，流程里存不下（最多{most}字节）', name=name, most=_LARGEST),
                         element=node and node.element, name=node and node.name, advice='分成几项，或者只把要用的部分写进流程')


def _own(row: Mapping[str, Any]) -> dict[str, Any]:
    """What an instance that another one called was given to be told apart."""
    return {'local': row['token'] or {}} | ({} if row['number'] is None else {'number': row['number']})


def _calling(row: Mapping[str, Any]) -> dict[str, Any]:
    """What the trail tells of an instance that another one called."""
    return {'caller': str(row['parent_id'])} | ({'token': row['token']} if row['token'] else {}) | (
        {'number': row['number']} if row['number'] is not None else {})


def _account(actor: Actor) -> dict[str, str]:
    """Which account of a post it was, where it was one."""
    return {'account': actor.login} if actor.login else {}


def _told(node: Node) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if node.token:
        told['token'] = dict(node.token)
    if node.stands_for > 1:
        told['stands_for'] = node.stands_for
    return told
