"""One living instance: start or load it, move it until it waits, look at it, write it down again."""
from collections.abc import Callable, Iterator, Mapping, Set
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

import orjson
from SpiffWorkflow import TaskState

from engine.db import identity
from engine.errors import Broken, Conflict, Thrown, said
from engine.spiff import codec
from engine.spiff.asked import Asked
from engine.spiff.event import Condition, Event, Throw, throw
from engine.spiff.gateway import Join
from engine.spiff.host import Host
from engine.spiff.library import Library
from engine.spiff.node import Armed, Node, Open
from engine.spiff.place import LIVE, Person, drawn
from engine.spiff.timers import LiveDate, due
from engine.spiff.tree import Tree, compact

_MOST_NODES = 10_000          # of one step; a diagram that walks on without waiting is stopped here


class Run(Asked):
    """A living instance of one process of a library.

    ``own`` is what an instance that another one called was given as its token ({'local': …, 'number': …}, a new one
    also what is ``around`` its caller); None: nobody called it.
    """

    def __init__(self, library: Library, process: str, tree: Tree, host: Host, kept: dict[str, Any],
                 own: dict | None = None) -> None:
        self.library, self.process, self.tree, self.host, self.own = library, process, tree, host, own
        self._rung, self._root, self._read, self._nodes = kept.get('rung', {}), kept.get('root', {}), {}, 0
        self._outer = kept.get('outer') or (own or {}).get('around', {})
        self.later: set[str] = set()                      # jobs that this step leaves to the next
        self._held = False                                # times and conditions wait until what was called has begun
        self._had = {task.id: task._state for task in tree.all_tasks()}
        tree.run = self

    @classmethod
    def start(cls, library: Library, process: str, host: Host, begin: str | None = None, own: dict | None = None,
              stands_for: int = 1) -> 'Run':
        """A new instance, moved until it waits. `begin` is the start event, where there are several, `stands_for` how
        many rounds of its timer it stands for."""
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
        outer = {'outer': self._outer} if self._outer else {}
        return codec.dump(self.tree, {'rung': self._rung, 'root': self._root, **outer})

    # -- moving ------------------------------------------------------------------------------------------------------
    def settle(self) -> None:
        """Let fire what is due now; walk until every token waits for a person, a time, a message or a condition.

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

    def node_of(self, task_id: UUID) -> Node:
        """The place of an open task.

        :raises Conflict: the task does not wait any more.
        """
        return self._node(self.ready(task_id))

    def complete(self, task_id: UUID) -> None:
        """A person finished a task: walk on from it.

        :raises Conflict: the task does not wait any more.
        """
        self._work(self.ready(task_id))
        self.settle()

    def returned(self, caller: UUID, number: int | None, given: dict, found: dict) -> None:
        """An instance that a call activity wanted has come to its end, with these variables; too late is no news."""
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

    def renamed(self, exchange: Callable[[dict], None]) -> None:
        """The elements for which this instance was called, and those for which reminders have rung, are called
        otherwise."""
        exchange(self._outer)
        if self.own is not None:
            exchange(self.own['local'])
        for bell in [bell for bell in self._rung if '{' in bell]:
            place, brace, token = bell.partition('{')
            exchange(known := orjson.loads(brace + token))
            self._rung[self._key(place, known)] = self._rung.pop(bell)

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
            raise Broken(said('走了{most}步还没有停下来等人、等时间或等消息', most=_MOST_NODES), element=drawn(spec),
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
        """Whether a time has come or a condition become true. What an activity calls begins before anything can
        interrupt it, wherever its tokens stand."""
        moved = False
        if self.host.still is not None:
            self.reread()
            return False
        self._held = self.host.calling > 0
        if self._held:
            return False
        for task in list(self.tree.waiting.values()):
            event = task.task_spec.event
            if task._state == TaskState.WAITING and event.kind in ('timer', 'conditional'):
                rounds = event.happened(task)
                if rounds:
                    task.task_spec.happen(task, int(rounds))
                    moved = True
        return moved

    def reread(self) -> None:
        """Work out again when everything that waits is due. Nothing fires and no condition is asked, even if it is time."""
        for task in self.tree.waiting.values():
            event = task.task_spec.event
            if event.kind == 'timer':
                event.at(task)
            elif event.kind == 'conditional':
                self.fresh(task)

    def _check_stuck(self) -> None:
        """Tokens that wait for each other at joins, and nothing else is alive: that would hang for ever."""
        waiting = [task for task in self.tree.all_tasks() if task._state == TaskState.WAITING
                   and isinstance(task.task_spec, Join)]
        moving = TaskState.READY | TaskState.STARTED
        if waiting and not self.tree.waiting and not any(task._state & moving and self._acts(task)
                                                         for task in self.tree.all_tasks()):
            spec = waiting[0].task_spec
            raise Broken(said('“{name}”要等的另一条路再也不会有人走到', name=spec.bpmn_name or drawn(spec)), element=drawn(spec),
                         name=spec.bpmn_name, advice='检查前面的分支：只走一条时要用排他网关汇合')

    def _acts(self, task: Any) -> bool:
        """Whether something outside can still move this token."""
        return isinstance(task.task_spec, Person) or task.internal_data.get('called') is not None

    # -- looking -----------------------------------------------------------------------------------------------------
    def marks(self) -> tuple[set[UUID], dict[UUID, datetime]]:
        """What waits now, in short: ids of open tasks, ids and moments of armed timers."""
        return ({identity(task.id) for task in self._manual()},
                {identity(task.id): at for task in self._timers() if (at := due(task)) is not None})

    def open(self, known: Set[UUID] = frozenset()) -> dict[UUID, Open]:
        """Tasks that wait for a person, without those already known."""
        return {key: Open(key, self._node(task)) for task in self._manual() if (key := identity(task.id)) not in known}

    def stale(self) -> bool:
        """Whether a date or condition waits here that was not asked since something it may depend on changed."""
        return self._held or any(self._read.get(task.id) != self.host.revision for task in self.tree.waiting.values()
                   if isinstance(task.task_spec.event, (LiveDate, Condition)))

    def armed(self, known: Mapping[UUID, datetime] = MappingProxyType({})) -> dict[UUID, Armed]:
        """Timers that wait for a moment, without those known to wait for the same."""
        return {key: Armed(key, self._node(task), at) for task in self._timers()
                if (at := due(task)) is not None and known.get(key := identity(task.id)) != at}

    def _manual(self) -> Iterator[Any]:
        return (task for level in self.tree.levels() for task in level.tasks.values()
                if task._state == TaskState.READY and task.task_spec.manual)

    def _timers(self) -> Iterator[Any]:
        return (task for task in self.tree.waiting.values() if task.task_spec.event.kind == 'timer')

    def entered(self) -> list[Node]:
        """Sub-processes, calls and multi-instance activities that were entered in this step and still run."""
        return [self._node(task) for task in self.tree.all_tasks()
                if task._state == TaskState.STARTED and not self._had.get(task.id, 0) & TaskState.STARTED]

    def cancelled(self) -> list[Node]:
        """Places that were waiting when this run was loaded and were cancelled since."""
        return [self._node(task) for task in self.tree.all_tasks()
                if task._state == TaskState.CANCELLED and self._had.get(task.id, 0) & LIVE
                and not task.task_spec.quiet and not isinstance(task.task_spec, Join)]

    def _calling(self, caller: UUID) -> Any:
        task = self.tree.find(caller.hex)
        return task if task is not None and task._state == TaskState.STARTED and self._acts(task) else None

    def ready(self, task_id: UUID) -> Any:
        """The token of an open task.

        :raises Conflict: the task does not wait any more.
        """
        task = self.tree.find(task_id.hex)
        if task is None or task._state != TaskState.READY or not task.task_spec.manual:
            raise Conflict()
        return task
