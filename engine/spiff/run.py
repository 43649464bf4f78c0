"""One living instance: start or load it, move it until it waits, look at it, write it down again."""
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import orjson
from SpiffWorkflow import TaskState

from engine import expression
from engine.errors import Broken, Conflict, Thrown
from engine.spiff import codec
from engine.spiff.away import Errand
from engine.spiff.event import Condition, Event, Throw, throw, uncaught
from engine.spiff.gateway import Join, drawn_before
from engine.spiff.library import Library
from engine.spiff.place import LIVE, Person, drawn
from engine.spiff.scope import branch, frames
from engine.spiff.timers import LiveDate, Timer, due
from engine.spiff.tree import Tree, compact

_MOST_NODES = 10_000          # of one step; a diagram that walks on without waiting is stopped here


@dataclass(slots=True)
class Node:
    """A place on a diagram that a token reached: what the host and the trail need to know of it.

    ``token`` is what distinguishes this token from others at the same place, ``local`` everything that can be seen here
    and nowhere else; inside a called process (``closed``) nothing of the instance's own variables is seen.
    """

    process: str
    element: str
    name: str
    flows: list[str] = field(default_factory=list)        # ids of the elements it was entered from
    token: dict = field(default_factory=dict)
    local: dict = field(default_factory=dict)
    closed: bool = False
    inside: list = field(default_factory=list)             # the records of the insides around it, innermost first
    root: dict = field(default_factory=dict)               # the record of the instance itself
    branch: list = field(default_factory=list)             # the parallel branches it stands on
    extensions: dict = field(default_factory=dict)
    stands_for: int = 1                                    # how many missed rounds of a cycle this passage stands for

    def keep(self, name: str, value: Any, before: Any) -> bool:
        """Keep a value with the inside that it belongs to; False: it belongs to the instance, which had `before`.

        What is known further out is changed there; what is new stays in the innermost.

        :raises Broken: a branch that runs beside this one has written something else.
        """
        for kept in self.inside:
            for where in ('vars', 'local'):
                if name in kept.get(where, ()):
                    self._claim(kept, name, kept[where][name], value)
                    kept[where][name] = self.local[name] = value
                    return True
            if kept.get('closed'):
                break
        self._claim(self.inside[0] if self.inside else self.root, name, None if self.inside else before, value)
        if not self.inside:
            return False
        self.inside[0].setdefault('vars', {})[name] = self.local[name] = value
        return True

    def _claim(self, kept: dict, name: str, before: Any, value: Any) -> None:
        """Note on which branch a variable was written; where two that run beside each other disagree, chance would win."""
        wrote = kept.setdefault('wrote', {})
        if before != value and _apart(wrote.get(name, ()), self.branch):
            raise Broken(f'并行的两个分支都在写“{name}”：一个写了{before!r}，“{self.name or self.element}”要写{value!r}',
                         element=self.element, name=self.name, values={name: before},
                         advice='给两个分支用不同的名字，汇合之后再合成一个')
        wrote[name] = self.branch
        if not self.branch:
            del wrote[name]


@dataclass(slots=True)
class Open:
    """A task that waits for a person."""

    id: UUID
    node: Node


@dataclass(slots=True)
class Armed:
    """A timer that waits, with the moment it is due."""

    id: UUID
    node: Node
    due_at: datetime


class Host(Protocol):
    """What a run asks of its surroundings while it moves."""

    now: datetime
    functions: dict[str, Any]
    revision: int                                          # grows whenever a fact, a parameter or the calendar changes

    def scope(self, local: Mapping[str, Any], closed: bool = False) -> Mapping[str, Any]: ...
    def label(self, name: str | None) -> str: ...
    def write(self, values: dict[str, Any], node: Node) -> None: ...
    def act(self, node: Node) -> None: ...
    def decide(self, node: Node) -> None: ...
    def send(self, message: str, node: Node) -> None: ...
    def signal(self, name: str, node: Node) -> None: ...
    def call(self, errand: Errand, node: Node) -> None: ...
    def recall(self, caller: UUID) -> None: ...
    def keep_result(self, caller: UUID, number: int, value: Any) -> None: ...
    def results(self, caller: UUID) -> list: ...
    def raised(self, kind: str, code: str) -> None: ...
    def passed(self, node: Node) -> None: ...
    def fired(self, node: Node, due_at: datetime, stands_for: int) -> None: ...


class Run:
    """A living instance of one process of a library.

    ``own`` is what an instance that another one called was given as its token ({'local': …, 'number': …}); None: nobody
    called it.
    """

    def __init__(self, library: Library, process: str, tree: Tree, host: Host, kept: dict[str, Any],
                 own: dict | None = None) -> None:
        self.library, self.process, self.tree, self.host, self.own = library, process, tree, host, own
        self._rung, self._root, self._read, self._nodes = kept.get('rung', {}), kept.get('root', {}), {}, 0
        self.later: set[str] = set()                      # jobs that this step leaves to the next
        self._had = {task.id: task._state for task in tree.all_tasks()}
        tree.run = self

    @classmethod
    def start(cls, library: Library, process: str, host: Host, begin: str | None = None, own: dict | None = None,
              stands_for: int = 1) -> 'Run':
        """A new instance, moved until it waits. `begin` is the start event, where there are several, `stands_for` how many
        rounds of its timer it stands for."""
        tree = Tree(*library.specs(process))
        run = cls(library, process, tree, host, {}, own)
        tree.begin(begin, stands_for)
        run.settle()
        return run

    @classmethod
    def load(cls, library: Library, process: str, blob: bytes, host: Host, own: dict | None = None) -> 'Run':
        """The instance as it was written down."""
        tree, kept = codec.load(blob, library.specs(process))
        return cls(library, process, tree, host, kept, own)

    def dump(self) -> bytes:
        """Everything needed to go on later, compacted."""
        compact(self.tree)
        return codec.dump(self.tree, {'rung': self._rung, 'root': self._root})

    # -- moving ------------------------------------------------------------------------------------------------------
    def settle(self) -> None:
        """Walk until every token waits for a person, a time, a message or a condition.

        :raises Broken: an expression, table or action failed, no condition of a gateway holds, an error is not caught,
            the walk never ends, or tokens wait for each other at a join for ever.
        """
        tree = self.tree
        while tree.agenda or self._met() or self._happened():
            while tree.agenda:
                task = tree.agenda.popleft()
                if task._state == TaskState.READY:
                    self._work(task)
        if not tree.completed:
            self._check_stuck()

    def refresh(self) -> None:
        """Let fire what is due now, and walk on."""
        self.settle()

    def node_of(self, task_id: UUID) -> Node:
        """The place of an open task.

        :raises Conflict: the task does not wait any more.
        """
        return self._node(self._ready(task_id))

    def complete(self, task_id: UUID) -> None:
        """A person finished a task: walk on from it.

        :raises Conflict: the task does not wait any more.
        """
        self._work(self._ready(task_id))
        self.settle()

    def throw(self, task_id: UUID, code: str) -> None:
        """A person's answer throws an error from a task.

        :raises Conflict: the task does not wait any more. :raises Broken: nothing catches the error.
        """
        self._throw(self._ready(task_id), Event('error', code))
        self.settle()

    def returned(self, caller: UUID, number: int | None, given: dict, found: dict) -> None:
        """An instance that a call activity wanted has come to its end, with these variables; too late, it is no news."""
        task = self._calling(caller)
        if task is not None:
            task.task_spec.came_back(task, number, given, found)
            self.settle()

    def raised(self, caller: UUID, kind: str, code: str) -> None:
        """An error or escalation left an instance that a call activity wanted.

        :raises Broken: it is an error, and nothing catches it.
        """
        task = self._calling(caller)
        if task is not None:
            self._throw(task, Event(kind, code))
            self.settle()

    def hears(self) -> list[str]:
        """Names of the messages that this instance waits for now, and of the signals as ``signal:name``."""
        found = {(event.kind, event.name) for event in (task.task_spec.event for task in self.tree.waiting.values())
                 if event.kind in ('message', 'signal')}
        return sorted(name if kind == 'message' else f'signal:{name}' for kind, name in found)

    def catch(self, name: str, kind: str = 'message', values: Mapping[str, Any] | None = None) -> list[Node]:
        """Deliver a message or signal to everything here that waits for it, with the values that it carries; the places
        that heard it."""
        event, nodes = Event(kind, name), []
        for task in list(self.tree.waiting.values()):
            if task._state == TaskState.WAITING and isinstance(task.task_spec.event, Event) \
                    and task.task_spec.event.meets(event):
                nodes.append(self._node(task))
                if values:
                    self.host.write(dict(values), nodes[-1])
                task.task_spec.happen(task)
        self.settle()
        return nodes

    def cancel(self) -> None:
        """End the instance where it stands; everything open in it vanishes."""
        self.tree.clear()

    @property
    def done(self) -> bool:
        """Whether nothing is left to do."""
        return self.tree.completed

    def _work(self, task: Any) -> None:
        """One place does its work, and its token goes on."""
        self._nodes += 1
        spec = task.task_spec
        if self._nodes > _MOST_NODES:
            raise Broken(f'走了{_MOST_NODES}步还没有停下来等人、等时间或等消息', element=drawn(spec),
                         name=spec.bpmn_name, advice='检查流程图里有没有不等待的循环')
        node = self._node(task) if drawn(spec) and not spec.quiet else None
        ending = node is not None and isinstance(spec, Throw)          # told before what it ends, as it happened
        if ending:
            self.host.passed(node)
        try:
            task.run()
        except Thrown as thrown:
            task._state = TaskState.READY
            self._throw(task, Event(thrown.kind, thrown.code))
            if thrown.kind == 'escalation' and task._state == TaskState.READY:
                task.complete()
        if task.id in self.tree.ended:
            task._state = TaskState.CANCELLED
        elif node is not None and not ending:
            self.host.passed(node)

    def _throw(self, task: Any, event: Event) -> None:
        if not throw(task, event):
            self.unheard(task, event)

    def _met(self) -> bool:
        """Whether a token at an inclusive gateway need not wait for others any more."""
        for key, task in list(self.tree.meeting.items()):
            if task._state != TaskState.WAITING:
                del self.tree.meeting[key]
            elif task.task_spec.together(task.workflow, task):
                del self.tree.meeting[key]
                task._ready()
                return True
        return False

    def _happened(self) -> bool:
        """Whether a time has come or a condition become true."""
        moved = False
        for task in list(self.tree.waiting.values()):
            event = task.task_spec.event
            if task._state == TaskState.WAITING and isinstance(event, (Timer, Condition)):
                rounds = event.happened(task)
                if rounds:
                    task.task_spec.happen(task, int(rounds))
                    moved = True
        return moved

    def _check_stuck(self) -> None:
        """Tokens that wait for each other at joins, and nothing else is alive: that would hang for ever."""
        waiting = [task for task in self.tree.all_tasks() if task._state == TaskState.WAITING
                   and isinstance(task.task_spec, Join)]
        if waiting and not self.tree.waiting and not any(
                task._state in (TaskState.READY, TaskState.STARTED) and self._acts(task) for task in self.tree.all_tasks()):
            spec = waiting[0].task_spec
            raise Broken(f'“{spec.bpmn_name or drawn(spec)}”要等的另一条路再也不会有人走到', element=drawn(spec),
                         name=spec.bpmn_name, advice='检查前面的分支：只走一条时要用排他网关汇合')

    def _acts(self, task: Any) -> bool:
        """Whether something outside can still move this token."""
        return isinstance(task.task_spec, Person) or task.internal_data.get('called') is not None

    # -- looking -----------------------------------------------------------------------------------------------------
    def marks(self) -> tuple[set[UUID], dict[UUID, datetime]]:
        """What waits now, in short: ids of open tasks, ids and moments of armed timers."""
        return ({UUID(hex=task.id) for task in self._manual()},
                {UUID(hex=task.id): at for task in self._timers() if (at := due(task)) is not None})

    def open(self, known: Set[UUID] = frozenset()) -> dict[UUID, Open]:
        """Tasks that wait for a person, without those already known."""
        return {key: Open(key, self._node(task)) for task in self._manual() if (key := UUID(hex=task.id)) not in known}

    def stale(self) -> bool:
        """Whether a date or condition waits here that was not asked since something it may depend on changed."""
        return any(self._read.get(task.id) != self.host.revision for task in self.tree.waiting.values()
                   if isinstance(task.task_spec.event, (LiveDate, Condition)))

    def armed(self) -> dict[UUID, Armed]:
        """Timers that wait for a moment."""
        return {(key := UUID(hex=task.id)): Armed(key, self._node(task), at) for task in self._timers()
                if (at := due(task)) is not None}

    def _manual(self) -> Iterator[Any]:
        return (task for level in self.tree.levels() for task in level.tasks.values()
                if task._state == TaskState.READY and task.task_spec.manual)

    def _timers(self) -> Iterator[Any]:
        return (task for task in self.tree.waiting.values() if isinstance(task.task_spec.event, Timer))

    def entered(self) -> list[Node]:
        """Sub-processes, called processes and multi-instance activities that were entered in this step and still run."""
        return [self._node(task) for task in self.tree.all_tasks()
                if task._state == TaskState.STARTED and not self._had.get(task.id, 0) & TaskState.STARTED]

    def cancelled(self) -> list[Node]:
        """Places that were waiting when this run was loaded and were cancelled since."""
        return [self._node(task) for task in self.tree.all_tasks()
                if task._state == TaskState.CANCELLED and self._had.get(task.id, 0) & LIVE
                and not task.task_spec.quiet and not isinstance(task.task_spec, Join)]

    # -- what places ask ------------------------------------------------------------------------------------------------
    @property
    def now_text(self) -> str:
        """The tenant's moment as an ISO string with its offset."""
        return self.host.functions['now']()

    def evaluate(self, task: Any, text: str, extra: dict | None = None) -> Any:
        """The value of an expression at a place.

        :raises Broken: it fails; names element, expression and the values it read.
        """
        code = expression.compile(text)
        local, closed = self._seen(task)
        scope = self.host.scope({**local, **extra} if extra else local, closed)
        return self._value(task, text, code, scope)

    def evaluate_in(self, task: Any, text: str, inside: dict) -> Any:
        """The value of an expression that sees what is inside a called process, and nothing of its caller.

        :raises Broken: it fails.
        """
        return self._value(task, text, expression.compile(text), self.host.scope(inside, True))

    def _value(self, task: Any, text: str, code: Any, scope: Mapping[str, Any]) -> Any:
        try:
            return code.evaluate(scope, self.host.functions)
        except expression.ExpressionError as error:
            raise Broken(str(error), element=drawn(task.task_spec), name=task.task_spec.bpmn_name, expression=text,
                         values=_read(scope, code.names), advice='改好表达式或补上缺的数据后重试') from error

    def values(self, task: Any, texts: list[str]) -> dict[str, Any]:
        """What some expressions read at a place."""
        scope = self.host.scope(*self._seen(task))
        return _read(scope, frozenset().union(*(expression.compile(text).names for text in texts)))

    def visible(self, task: Any) -> Mapping[str, Any]:
        """Every variable that can be seen at a place, for a call that hands all of them over."""
        local, closed = self._seen(task)
        return local if closed else {**self.host.vars, **local}

    def script(self, task: Any, text: str) -> None:
        """Run a script task; its assignments are kept where every value is kept.

        :raises Broken: it fails. :raises Thrown: it throws; what it had assigned by then is kept.
        """
        node, code = self._node(task), expression.compile(text, 'script')
        scope = self.host.scope(node.local, node.closed)
        try:
            values = code.run(scope, self.host.functions)
        except Thrown as thrown:
            self.host.write(thrown.values, node)
            raise
        except expression.ExpressionError as error:
            raise Broken(str(error), element=node.element, name=node.name, expression=text,
                         values=_read(scope, code.names), advice='改好脚本后重试') from error
        self.host.write(values, node)

    def write(self, values: dict[str, Any], task: Any) -> None:
        """An activity gives results to its surroundings."""
        self.host.write(values, self._node(task))

    def act(self, task: Any) -> None:
        """A service task asks for its action."""
        self.host.act(self._node(task))

    def decide(self, task: Any) -> None:
        """A business rule task asks for its table."""
        self.host.decide(self._node(task))

    def send(self, task: Any, message: str) -> None:
        """A throw event."""
        self.host.send(message, self._node(task))

    def call(self, task: Any, errand: Errand) -> None:
        """A call activity wants an instance."""
        self.host.call(errand, self._node(task))

    def signal(self, thrower: Any, name: str) -> None:
        """A signal is heard by everything that waits for it here, and by other instances."""
        for task in list(self.tree.waiting.values()):
            if task._state == TaskState.WAITING and isinstance(task.task_spec.event, Event) \
                    and task.task_spec.event.meets(Event('signal', name)):
                task.task_spec.happen(task)
        self.host.signal(name, self._node(thrower))

    def unheard(self, task: Any, event: Event) -> None:
        """Nothing here catches what was thrown: it goes to the caller, an error ends what it leaves. Without a caller an
        error is an incident, an escalation is past.

        :raises Broken: it was an error that nobody can catch.
        """
        if self.own is not None and event.kind in ('error', 'escalation'):
            if event.kind == 'error':
                self.cancel()
            self.host.raised(event.kind, event.name)
            return
        if event.kind != 'escalation':
            raise uncaught(task, event)

    def fire(self, task: Any, due_at: datetime, stands_for: int = 1) -> None:
        """A timer went off."""
        spec = task.task_spec
        if spec.quiet:
            return
        if spec.attached and not spec.interrupts and isinstance(spec.event, LiveDate):
            self._rung[self._bell(task)] = due_at.isoformat()
        self.host.fired(self._node(task), due_at, stands_for)

    def rung(self, task: Any, value: str) -> bool:
        """Whether this reminder already rang for this date."""
        last = self._rung.get(self._bell(task))
        return last is not None and datetime.fromisoformat(last) == datetime.fromisoformat(value)

    def fresh(self, task: Any) -> bool:
        """Whether a date must be read again: something it may depend on changed since it was read in this run."""
        if self._read.get(task.id) == self.host.revision:
            return False
        self._read[task.id] = self.host.revision
        return True

    # -- inside --------------------------------------------------------------------------------------------------------
    def _bell(self, task: Any) -> str:
        token = _token(self._around(task))
        key = orjson.dumps(token, option=orjson.OPT_SORT_KEYS).decode() if token else ''
        return f'{self.library.home[task.workflow.spec.name]}.{drawn(task.task_spec)}{key}'

    def _with_own(self, inside: list[dict]) -> list[dict]:
        return [*inside, self.own] if self.own else inside

    def _around(self, task: Any) -> list[dict]:
        return self._with_own(frames(task))

    def _seen(self, task: Any) -> tuple[dict, bool]:
        return _seen(self._around(task))

    def _calling(self, caller: UUID) -> Any:
        task = self.tree.find(caller.hex)
        return task if task is not None and task._state == TaskState.STARTED and self._acts(task) else None

    def _ready(self, task_id: UUID) -> Any:
        task = self.tree.find(task_id.hex)
        if task is None or task._state != TaskState.READY or not task.task_spec.manual:
            raise Conflict()
        return task

    def _node(self, task: Any) -> Node:
        spec, inside = task.task_spec, frames(task)
        around = self._with_own(inside)
        local, closed = _seen(around)
        before = drawn_before(task)
        sources = task.internal_data.get('from') or ([before] if before else [])
        parent = task.parent
        stands_for = task.internal_data.get('stands_for') or (
            parent.internal_data.get('stands_for', 1) if parent is not None else 1)
        return Node(self.library.home[task.workflow.spec.name], drawn(spec), self.host.label(spec.bpmn_name), sources,
                    _token(around), local, closed, inside, self._root, branch(task), spec.extensions, stands_for)


def _seen(inside: list[dict]) -> tuple[dict, bool]:
    """What can be seen because of the insides around a place, and whether the instance's own variables cannot."""
    if not inside:
        return {}, False
    seen: dict[str, Any] = {}
    closed = False
    for kept in reversed(inside):
        if kept.get('closed'):
            seen, closed = {}, True
        if 'number' in kept:
            seen['loopCounter'] = kept['number']
        seen |= kept['local']
        seen |= kept.get('vars', {})
    return seen, closed


def _token(inside: list[dict]) -> dict:
    token: dict[str, Any] = {}
    for kept in reversed(inside):
        token |= kept['local']
    return token


def _apart(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two branches parted at the same gateway into different ways."""
    for a, b in zip(one, other):
        if a != b:
            return a.partition('.')[0] == b.partition('.')[0]
    return False


def _read(scope: Mapping[str, Any], names: Set[str]) -> dict[str, Any]:
    return {name: scope.get(name) for name in sorted(names)}
