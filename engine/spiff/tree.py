"""The living tokens: a level for the process and for each sub-process inside, and the cut that keeps them small."""
from collections import deque
from collections.abc import Sequence
from os import urandom
from typing import Any

from SpiffWorkflow import TaskState
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow

from engine.spiff.event import Handler
from engine.spiff.gateway import drawn_before
from engine.spiff.place import LIVE, Token, drawn, token


class _Level:
    """One level of tokens. ``owner`` is the task whose inside it is; None for the process itself."""

    owner: Any = None

    def begin(self, start: str | None = None, stands_for: int = 1, at: Sequence[str] = ()) -> None:
        """Put the first token on a start event, or on the place `at` which to begin, further inside where there are
        more names; the events of event sub-processes begin to wait."""
        self.task_tree = root = Token(self, self.spec.start, None, TaskState.COMPLETED, urandom(16).hex())
        for name in self.spec.handlers:
            self.enter(root, name)
        kept: dict[str, Any] = {'stands_for': stands_for} if stands_for > 1 else {}
        self.enter(root, start or (at[0] if at else self.spec.begins[0]), **kept, **({'at': at[1:]} if len(at) > 1 else {}))

    def enter(self, parent: Any, name: str, **kept: Any) -> None:
        """A token comes to a place, after `parent`; it knows what is `kept` with it."""
        task = token(parent, self.spec.task_specs[name])
        task.internal_data.update(kept)
        task.task_spec._update(task)

    def attach(self, name: str, host: Any) -> None:
        """An event attached to an activity begins to wait with it."""
        self.enter(host.parent, name, host=host.id)

    def detach(self, host: Any) -> None:
        """The activity is over: what was attached to it waits no more."""
        for task in [task for task in self.tasks.values() if task._state == TaskState.WAITING
                     and task.internal_data.get('host') == host.id]:
            self.end(task)

    def host(self, task: Any) -> Any:
        """The activity to which an event is attached."""
        return self.tasks[task.internal_data['host']]

    def end(self, task: Any) -> None:
        """A token ends where it stands, with everything inside it and attached to it."""
        if not task._state & LIVE:
            return
        top = self.top_workflow
        task._state = TaskState.CANCELLED
        top.waiting.pop(task.id, None)
        top.ended.add(task.id)
        task.task_spec.dropped(task)
        if task.task_spec.boundaries:
            self.detach(task)
        for child in task.children:
            if child is not None:
                self.end(child)
        sub = top.subprocesses.get(task.id)
        if sub is not None:
            sub.clear()

    def clear(self) -> None:
        """Everything on this level ends."""
        self.completed = True
        for task in list(self.tasks.values()):
            self.end(task)

    def _task_completed_notify(self, task: Any) -> None:
        self.last_task = task
        if not task._children:
            self.close()

    def close(self) -> None:
        """When no token is left, the level has come to its end."""
        if self.completed:
            return
        handlers = []
        for task in self.tasks.values():
            if task._state & LIVE:
                if task._state != TaskState.WAITING or not isinstance(task.task_spec, Handler):
                    return
                handlers.append(task)
        for task in handlers:
            self.end(task)
        self.completed = True
        if self.owner is not None and self.owner._state == TaskState.STARTED:
            self.owner.task_spec.ended(self.owner)


class Sub(_Level, BpmnSubWorkflow):
    """The inside of an embedded sub-process or a called process."""

    def __init__(self, spec: Any, owner: Any, top: 'Tree') -> None:
        self.owner = owner
        super().__init__(spec, owner.id, top, deserializing=True)

    def _calculate_depth(self) -> int:
        return 0                            # the library's own walk asks for it; ours does not


class Tree(_Level, BpmnWorkflow):
    """One instance's tokens.

    ``run`` is the Run that owns it; ``agenda`` what can work now, in order; ``waiting`` the events that wait;
    ``meeting`` the tokens at inclusive gateways that have to be asked; ``ended`` what was ended in this step.
    """

    run: Any = None

    def __init__(self, spec: Any, called: dict[str, Any]) -> None:
        self.agenda: deque = deque()
        self.waiting: dict[str, Any] = {}
        self.meeting: dict[str, Any] = {}
        self.ended: set[str] = set()
        super().__init__(spec, called, deserializing=True)

    def create_subprocess(self, my_task: Any, spec_name: str) -> Sub:
        sub = self.subprocesses[my_task.id] = Sub(self.subprocess_specs[spec_name], my_task, self)
        return sub

    def levels(self) -> list[Any]:
        """The process and everything inside it that has not ended."""
        return [self, *(sub for sub in self.subprocesses.values() if not sub.completed)]

    def find(self, key: str) -> Any:
        """The task of an id on any level, or None."""
        return next((level.tasks[key] for level in self.levels() if key in level.tasks), None)

    def all_tasks(self) -> list[Any]:
        """Every task of every level that has not ended, and of those that ended in this step."""
        return [task for level in (self, *self.subprocesses.values()) for task in level.tasks.values()]


def compact(tree: Tree) -> None:
    """Keep the living tokens and the drawn place that each came from, nothing else, on every level.

    So a state does not grow with the rounds of a loop. What is cut has already gone to the trail.
    """
    for key, sub in list(tree.subprocesses.items()):
        if sub.completed or not sub.owner._state & LIVE:
            del tree.subprocesses[key]
    for level in tree.levels():
        _cut(level)


def _cut(level: Any) -> None:
    root, tasks = level.task_tree, level.tasks
    kept = {root.id: root}
    root.children, below = [], {}
    for task in tasks.values():
        if task._state & LIVE:
            kept[task.id] = task
            above = task.parent
            if drawn(above.task_spec) and above.task_spec.aside and 'from' not in task.internal_data:
                task.internal_data['from'] = [place for place in [drawn_before(task)] if place]
            below.setdefault(above.id, []).append(task)
            if above is not root and not above._state & LIVE:
                kept[above.id] = above
    for key, task in kept.items():
        task.children = below.get(key, [])
    for key, children in below.items():
        for child in children:
            child.parent = kept[key]
        if key != root.id and not kept[key]._state & LIVE:
            kept[key].parent = root
            root._children.append(key)
    level.tasks = kept
    level.last_task = None
