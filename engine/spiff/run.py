"""One living instance: start or load it, move it until it waits, look at it, write it down again."""
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import orjson
from SpiffWorkflow import TaskState
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.specs.defaults import ExclusiveGateway
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.bpmn.util import BpmnEvent
from SpiffWorkflow.exceptions import WorkflowException

from engine import expression
from engine.errors import Broken, Conflict
from engine.spiff import codec
from engine.spiff.library import Library
from engine.spiff.specs import Message, drawn
from engine.spiff.timers import LiveDate, due
from engine.spiff.tree import Tree, compact, everything

_MOST_NODES = 2000          # of one step; a diagram that walks on without waiting is stopped here


@dataclass(slots=True)
class Node:
    """A place on a diagram that a token reached: what the host and the trail need to know of it."""

    process: str
    element: str
    name: str
    flows: list[str] = field(default_factory=list)        # ids of the elements it was entered from
    token: dict = field(default_factory=dict)
    extensions: dict = field(default_factory=dict)
    stands_for: int = 1                                    # how many missed rounds of a cycle this passage stands for
    cancelled: bool = False


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

    def scope(self, token: Mapping[str, Any]) -> Mapping[str, Any]: ...
    def label(self, name: str | None) -> str: ...
    def write(self, values: dict[str, Any], node: Node) -> None: ...
    def act(self, node: Node) -> None: ...
    def decide(self, node: Node) -> None: ...
    def send(self, message: str) -> None: ...
    def passed(self, node: Node) -> None: ...
    def fired(self, node: Node, due_at: datetime, stands_for: int) -> None: ...


class _Expressions(PythonScriptEngine):
    """The library asks here for every value; our own safe evaluator answers."""

    def __init__(self, run: 'Run') -> None:
        super().__init__()
        self.run = run

    def evaluate(self, task: Any, expression: str, external_context: dict | None = None) -> Any:
        return self.run.evaluate(task, expression, external_context)


class Run:
    """A living instance of one process of a library."""

    def __init__(self, library: Library, process: str, tree: Tree, host: Host, rung: dict[str, str]) -> None:
        self.library, self.process, self.tree, self.host = library, process, tree, host
        self._rung, self._read, self._nodes = rung, {}, 0
        self._had = {task.id: task._state for task in everything(tree)}
        tree.run, tree.script_engine = self, _Expressions(self)

    @classmethod
    def start(cls, library: Library, process: str, host: Host, message: str | None = None) -> 'Run':
        """A new instance, moved until it waits. `message` is what it was started by, if its start event hears one."""
        spec, called = library.specs(process)
        tree = Tree.__new__(Tree)
        tree.run = None
        tree.__init__(spec, called)
        run = cls(library, process, tree, host, {})
        run._had = {}
        run.settle()
        if message:
            run.catch(message)
        return run

    @classmethod
    def load(cls, library: Library, process: str, blob: bytes, host: Host) -> 'Run':
        """The instance as it was written down."""
        tree, rung = codec.load(blob, library.specs(process))
        return cls(library, process, tree, host, rung)

    def dump(self) -> bytes:
        """Everything needed to go on later, compacted."""
        compact(self.tree)
        return codec.dump(self.tree, self._rung)

    # -- moving ------------------------------------------------------------------------------------------------------
    def settle(self) -> None:
        """Walk until every token waits for a person, a time or a message.

        :raises Broken: an expression, table or action failed, no condition of a gateway holds, or the walk never ends.
        """
        tree = self.tree
        try:
            while True:
                tree.do_engine_steps(did_complete_task=self._completed)
                if not tree.get_tasks(state=TaskState.READY, manual=False):
                    break
        except WorkflowException as error:
            raise self._broken(error) from error

    def refresh(self) -> None:
        """Let fire what is due now, and walk on."""
        self.tree.refresh_timers()
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
        task = self._ready(task_id)
        try:
            task.run()
        except WorkflowException as error:
            raise self._broken(error) from error
        self._completed(task)
        self.settle()

    def hears(self) -> list[str]:
        """Names of the messages that this instance waits for now."""
        return sorted({task.task_spec.event_definition.name for task in self.tree.event_manager.tasks.values()
                       if isinstance(task.task_spec.event_definition, Message)})

    def catch(self, message: str) -> list[Node]:
        """Deliver a message to everything here that waits for it; the places that heard it."""
        heard = [task for task in self.tree.event_manager.tasks.values()
                 if isinstance(task.task_spec.event_definition, Message)
                 and task.task_spec.event_definition.name == message]
        nodes = [self._node(task) for task in heard]
        if heard:
            self.tree.event_manager.catch(BpmnEvent(heard[0].task_spec.event_definition, payload={}), internal=False)
            self.settle()
        return nodes

    def cancel(self) -> None:
        """End the instance where it stands; everything open in it vanishes."""
        self.tree.cancel()

    @property
    def done(self) -> bool:
        """Whether nothing is left to do."""
        return self.tree.completed or not any(task._state & TaskState.NOT_FINISHED_MASK
                                              for task in self.tree.tasks.values())

    # -- looking -----------------------------------------------------------------------------------------------------
    def marks(self) -> tuple[set[UUID], dict[UUID, datetime]]:
        """What waits now, in short: ids of open tasks, ids and moments of armed timers."""
        opened = {task.id for task in everything(self.tree)
                  if task._state == TaskState.READY and task.task_spec.manual}
        return opened, {task.id: at for task in self._timers() if (at := due(task)) is not None}

    def open(self, known: Set[UUID] = frozenset()) -> dict[UUID, Open]:
        """Tasks that wait for a person, without those already known."""
        return {task.id: Open(task.id, self._node(task)) for task in everything(self.tree)
                if task._state == TaskState.READY and task.task_spec.manual and task.id not in known}

    def stale(self) -> bool:
        """Whether a date waits here that was not read since something it may depend on changed."""
        return any(self._read.get(task.id) != self.host.revision for task in self._timers()
                   if isinstance(task.task_spec.event_definition, LiveDate))

    def armed(self) -> dict[UUID, Armed]:
        """Timers that wait for a moment."""
        return {task.id: Armed(task.id, self._node(task), at) for task in self._timers()
                if (at := due(task)) is not None}

    def _timers(self) -> Iterator[Any]:
        return (task for task in self.tree.event_manager.tasks.values() if task._state == TaskState.WAITING
                and isinstance(task.task_spec.event_definition, TimerEventDefinition))

    def entered(self) -> list[Node]:
        """Sub-processes, called processes and multi-instance activities that were entered in this step and still run."""
        return [self._node(task) for task in everything(self.tree)
                if task._state == TaskState.STARTED and not self._had.get(task.id, 0) & TaskState.STARTED
                and drawn(task.task_spec)]

    def cancelled(self) -> list[Node]:
        """Places that were waiting when this run was loaded and were cancelled since."""
        waiting = TaskState.READY | TaskState.WAITING | TaskState.STARTED
        return [self._node(task) for task in everything(self.tree)
                if task._state == TaskState.CANCELLED and self._had.get(task.id, 0) & waiting
                and drawn(task.task_spec) and not isinstance(task.task_spec, UnstructuredJoin)]

    # -- what specifications and timers ask ---------------------------------------------------------------------------
    @property
    def now_text(self) -> str:
        """The tenant's moment as an ISO string with its offset."""
        return self.host.functions['now']()

    def evaluate(self, task: Any, text: str, extra: dict | None = None) -> Any:
        """The value of an expression at a place.

        :raises Broken: it fails; names element, expression and the values it read.
        """
        code = expression.compile(text)
        scope = self.host.scope({**task.data, **extra} if extra else task.data)
        try:
            return code.evaluate(scope, self.host.functions)
        except expression.ExpressionError as error:
            values = {name: scope.get(name) for name in sorted(code.names)}
            raise Broken(str(error), element=drawn(task.task_spec), name=task.task_spec.bpmn_name, expression=text,
                         values=values, advice='改好表达式或补上缺的数据后重试') from error

    def script(self, task: Any, text: str) -> None:
        """Run a script task; its assignments become the instance's scalars.

        :raises Broken: it fails.
        """
        node = self._node(task)
        try:
            values = expression.compile(text, 'script').run(self.host.scope(task.data), self.host.functions)
        except expression.ExpressionError as error:
            raise Broken(str(error), element=node.element, name=node.name, expression=text,
                         advice='改好脚本后重试') from error
        self.host.write(values, node)

    def act(self, task: Any) -> None:
        """A service task asks for its action."""
        self.host.act(self._node(task))

    def decide(self, task: Any) -> None:
        """A business rule task asks for its table."""
        self.host.decide(self._node(task))

    def send(self, message: str) -> None:
        """A throw event."""
        self.host.send(message)

    def fire(self, task: Any, due_at: datetime, stands_for: int = 1) -> None:
        """A timer went off."""
        node = self._node(task)
        spec = task.task_spec
        if hasattr(spec, 'cancel_activity') and not spec.cancel_activity and not task.internal_data.get('stands_for'):
            self._rung[self._bell(task)] = due_at.isoformat()
        task.internal_data['stands_for'] = stands_for
        self.host.fired(node, due_at, stands_for)

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
        token = orjson.dumps(task.data, option=orjson.OPT_SORT_KEYS).decode() if task.data else ''
        return f'{self.library.home[task.workflow.spec.name]}.{drawn(task.task_spec)}{token}'

    def _ready(self, task_id: UUID) -> Any:
        task = self.tree.tasks.get(task_id) or next(
            (sub.tasks[task_id] for sub in self.tree.subprocesses.values() if task_id in sub.tasks), None)
        if task is None or task._state != TaskState.READY or not task.task_spec.manual:
            raise Conflict()
        return task

    def _completed(self, task: Any) -> None:
        self._nodes += 1
        if self._nodes > _MOST_NODES:
            raise Broken(f'走了{_MOST_NODES}步还没有停下来等人、等时间或等消息', element=drawn(task.task_spec),
                         name=task.task_spec.bpmn_name, advice='检查流程图里有没有不等待的循环')
        if drawn(task.task_spec):
            self.host.passed(self._node(task))

    def _node(self, task: Any) -> Node:
        spec = task.task_spec
        sources = [self._before(task)]
        if isinstance(spec, UnstructuredJoin):
            sources = [self._before(other) for other in task.workflow.tasks.values() if other.task_spec is spec]
        parent = task.parent
        stands_for = parent.internal_data.get('stands_for', 1) if parent is not None else 1
        return Node(self.library.home[task.workflow.spec.name], drawn(spec) or spec.name, self.host.label(spec.bpmn_name),
                    [source for source in sources if source], task.data, getattr(spec, 'extensions', {}), stands_for)

    def _before(self, task: Any) -> str | None:
        above = task.parent
        while above is not None and not drawn(above.task_spec):
            above = above.parent
        return None if above is None else drawn(above.task_spec)

    def _values(self, spec: Any, texts: list[str]) -> dict[str, Any]:
        """What the conditions of a gateway read."""
        task = next(task for task in everything(self.tree) if task.task_spec is spec
                    and task._state & (TaskState.READY | TaskState.STARTED | TaskState.ERROR))
        scope = self.host.scope(task.data)
        return {name: scope.get(name) for text in texts for name in sorted(expression.compile(text).names)}

    def _broken(self, error: WorkflowException) -> Broken:
        spec = getattr(error, 'task_spec', None)
        if isinstance(spec, ExclusiveGateway):
            texts = [condition.args[0] for condition, _ in spec.cond_task_specs if condition is not None]
            return Broken(f'网关“{spec.bpmn_name or drawn(spec)}”的条件一个也不成立，也没有默认的去向',
                          element=drawn(spec), name=spec.bpmn_name, expression='；'.join(texts),
                          values=self._values(spec, texts), advice='给网关画一条默认流，或改好条件后重试')
        return Broken(str(error), element=spec and drawn(spec), name=getattr(spec, 'bpmn_name', None))
