"""The living task tree, with scans that do not slow down with its depth, and the cut that keeps it small for ever."""
from collections.abc import Iterator
from typing import Any

from SpiffWorkflow import TaskState
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.specs.control import _EndJoin
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task

from engine.spiff.specs import Message, drawn

_OWN_TURN = TimerEventDefinition, Message
LIVE = TaskState.WAITING | TaskState.READY | TaskState.STARTED


def _no_extras(self: Task, dct: dict | None = None) -> dict:
    return dct or {}


Task.collect_log_extras = _no_extras       # public hook: the library would gather log data on every transition, heard or not


class _Scan:
    """The library's scans, without its depth limit and its list copies.

    Most scans find nothing or one task, which needs no order; only several are put into the library's depth-first
    order, because it decides which READY task runs first.
    """

    def get_tasks(self, first_task: Any = None, **wanted: Any) -> list:
        if first_task is not None or not set(wanted) <= {'state', 'manual', 'spec_name'}:
            return super().get_tasks(first_task, **wanted)
        state, manual, name = wanted.get('state', TaskState.ANY_MASK), wanted.get('manual'), wanted.get('spec_name')
        found = [task for level in self._levels() for task in level.tasks.values()
                 if task._state & state and (manual is None or task.task_spec.manual == manual)
                 and (name is None or task.task_spec.name == name)]
        return found if len(found) < 2 else self._depth_first({task.id for task in found})

    def _levels(self) -> list:
        """This level and the running ones inside it."""
        subs = self.top_workflow.subprocesses
        if self.top_workflow is self:
            return [self, *(sub for sub in subs.values() if not sub.completed)]
        levels = [self]
        for level in levels:
            levels += [sub for key, sub in subs.items() if not sub.completed and key in level.tasks]
        return levels

    def _depth_first(self, wanted: set) -> list:
        subs, found = self.top_workflow.subprocesses, []
        stack = [(self, self.task_tree.id)]
        while stack:
            owner, key = stack.pop()
            task = owner.tasks[key]
            if key in wanted:
                found.append(task)
            for child in reversed(task._children):
                stack.append((owner, child))
            sub = subs.get(key)
            if sub is not None and not sub.completed:
                stack.append((sub, sub.task_tree.id))
        return found

    def update_waiting_tasks(self) -> None:
        """After a task has completed: joins may be complete. Timers and messages are not asked: timers have their turn
        when the walk has ended, a message is heard when it comes."""
        waiting = [task for level in self._levels() for task in level.tasks.values() if task._state == TaskState.WAITING
                   and not isinstance(getattr(task.task_spec, 'event_definition', None), _OWN_TURN)]
        for task in waiting if len(waiting) < 2 else self._depth_first({task.id for task in waiting}):
            task.task_spec._update(task)


class Sub(_Scan, BpmnSubWorkflow):
    """The inside of an embedded sub-process or a called process."""


class Tree(_Scan, BpmnWorkflow):
    """One instance's task tree. `run` is the Run that owns it."""

    run: Any = None

    def create_subprocess(self, my_task: Any, spec_name: str) -> Sub:
        sub = Sub(self.subprocess_specs[spec_name], parent_task_id=my_task.id, top_workflow=self)
        self.subprocesses[my_task.id] = sub
        return sub


def everything(tree: Tree) -> Iterator[Any]:
    """Every task of the tree and of the sub-processes inside."""
    yield from tree.tasks.values()
    for sub in tree.subprocesses.values():
        yield from sub.tasks.values()


def compact(tree: Tree) -> None:
    """Cut everything above the deepest completed drawn ancestor that all living tasks share, at every level.

    A drawn one, so that the flow by which a place was entered can still be told.
    Without it a loop grows the tree until the library silently loses the instance after 140–250 rounds, and its joins
    count leftovers of earlier rounds. What is cut has already gone to the trail.
    """
    if tree.completed:
        return
    for level in [*tree.subprocesses.values(), tree]:
        if not level.completed:
            _cut(level)
    _drop_finished(tree)


def _cut(level: Any) -> None:
    _drop_idle_ends(level)
    common: list | None = None
    for task in level.tasks.values():
        if task._state & LIVE:
            path = _path(level.tasks, task)
            common = path if common is None else _shared(common, path)
    root = level.task_tree
    cut = next((task for task in (level.tasks[key] for key in reversed(common or []))
                if task._state == TaskState.COMPLETED and drawn(task.task_spec)), None)
    if cut is None or cut is root or cut.parent is root:
        return
    keep, stack = {root.id}, [cut.id]
    while stack:
        key = stack.pop()
        keep.add(key)
        stack.extend(level.tasks[key]._children)
    for key in [key for key in level.tasks if key not in keep]:
        del level.tasks[key]
    cut.parent, root.children = root, [cut]
    if level.last_task is not None and level.last_task.id not in level.tasks:
        level.last_task = cut


def _path(tasks: dict, task: Any) -> list:
    path = [task.id]
    while task._parent is not None:
        path.append(task._parent)
        task = tasks[task._parent]
    return path[::-1]


def _shared(one: list, other: list) -> list:
    length = 0
    for a, b in zip(one, other):
        if a != b:
            break
        length += 1
    return one[:length]


def _drop_idle_ends(level: Any) -> None:
    """A side branch that reached its end leaves an end join waiting, which would hold the cut back; while other work
    goes on it has nothing to do."""
    waiting = [task for task in level.tasks.values()
               if task._state == TaskState.WAITING and isinstance(task.task_spec, _EndJoin)]
    if waiting and any(task._state & LIVE and not isinstance(task.task_spec, _EndJoin)
                       for task in level.tasks.values()):
        for task in waiting:
            task.cancel()


def _drop_finished(tree: Tree) -> None:
    """Forget sub-processes whose task has ended or is gone, and events that nobody waits for any more."""
    again = True
    while again:
        again = False
        for key in list(tree.subprocesses):
            task = next((level.tasks[key] for level in _all_levels(tree) if key in level.tasks), None)
            if task is None or task._state & TaskState.FINISHED_MASK:
                del tree.subprocesses[key]
                again = True
    for key in [key for key in tree.event_manager.tasks if not any(key in level.tasks for level in _all_levels(tree))]:
        del tree.event_manager.tasks[key]


def _all_levels(tree: Tree) -> tuple:
    return tree, *tree.subprocesses.values()
