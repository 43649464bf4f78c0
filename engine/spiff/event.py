"""Events: places that wait for something or let something happen, and who hears what."""
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow import TaskState

from engine.errors import Broken, said
from engine.spiff.gateway import Race
from engine.spiff.place import LIVE, Place, drawn, token


@dataclass(frozen=True)
class Event:
    """What a message, signal, error, escalation, cancel or terminate event says: its kind and its name or code."""

    kind: str
    name: str = ''

    def meets(self, other: 'Event') -> bool:
        """Whether a catch event with this definition hears `other`; without a code it hears every code."""
        return self.kind == other.kind and (self.name == other.name or not self.name
                                            and self.kind in ('error', 'escalation', 'cancel'))

    def repeats(self, task: Any) -> bool:
        """Whether an event that does not interrupt goes on waiting."""
        return True


class Condition:
    """Something that is true or not; it happens when it becomes true."""

    kind, name = 'conditional', ''

    def __init__(self, text: str) -> None:
        self.text = text

    def repeats(self, task: Any) -> bool:
        """It can become true again."""
        return True

    def happened(self, task: Any) -> bool:
        """Asked whenever anything may have changed."""
        run, kept = task.workflow.top_workflow.run, task.internal_data
        if not run.fresh(task):
            return False
        now, before = bool(run.evaluate(task, self.text)), kept.get('was', False)
        kept['was'] = now
        return now and not before


class Begin(Place):
    """A start event: of a process whatever its kind, since what starts an instance has happened already."""

    def __init__(self, wf_spec: Any, bpmn_id: str, event: Any = None, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.event = event


class Opening(Begin):
    """The start event inside an event sub-process: its event has happened outside and is told there."""

    quiet = True


class Catch(Place):
    """An event or task that waits. `interrupts` and `attached` are for events attached to an activity or a level."""

    interrupts, attached = False, False

    def __init__(self, wf_spec: Any, bpmn_id: str, event: Any, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.event = event

    def enter(self, task: Any) -> bool:
        task._set_state(TaskState.WAITING)
        task.workflow.top_workflow.waiting[task.id] = task
        return False

    def happen(self, task: Any, stands_for: int = 1) -> None:
        """What was waited for has happened: the token goes on, and what it interrupts ends."""
        level = task.workflow
        if self.attached and not self.interrupts and self.event.repeats(task):
            task = self._another(task)
        else:
            level.top_workflow.waiting.pop(task.id, None)
        if stands_for > 1:
            task.internal_data['stands_for'] = stands_for
        task._ready()
        if self.attached and self.interrupts:
            self.interrupt(level, task)
        elif isinstance(task.parent.task_spec, Race):
            for other in task.parent.children:
                if other is not task:
                    level.end(other)

    def _another(self, task: Any) -> Any:
        """A token for this time; the event goes on waiting."""
        passage = token(task.parent, self)
        if 'host' in task.internal_data:
            passage.internal_data['host'] = task.internal_data['host']
        return passage

    def interrupt(self, level: Any, task: Any) -> None:
        """End what this event interrupts."""


class Receive(Catch):
    """A task that waits for a message."""


class Boundary(Catch):
    """An event attached to an activity."""

    attached = True

    def __init__(self, wf_spec: Any, bpmn_id: str, event: Any, interrupts: bool, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, event, **kwargs)
        self.interrupts = interrupts

    def interrupt(self, level: Any, task: Any) -> None:
        level.end(level.host(task))


class Handler(Boundary):
    """The start of an event sub-process: waits while its level is at work. Interrupting, it ends everything in it."""

    def interrupt(self, level: Any, task: Any) -> None:
        for other in list(level.tasks.values()):
            if other is not task and other._state & LIVE:
                level.end(other)


class Throw(Place):
    """An event that lets something happen and goes on (or, at an end, goes nowhere)."""

    def __init__(self, wf_spec: Any, bpmn_id: str, event: Any, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.event = event

    def work(self, task: Any) -> None:
        if self.event is not None:
            _THROWN[self.event.kind](task, self.event)


def _message(task: Any, event: Event) -> None:
    task.workflow.top_workflow.run.send(task, event.name)


def _signal(task: Any, event: Event) -> None:
    task.workflow.top_workflow.run.signal(task, event.name)


def _terminate(task: Any, event: Event) -> None:
    level = task.workflow
    for other in list(level.tasks.values()):
        if other is not task and other._state & LIVE:
            level.end(other)


def _cancel(task: Any, event: Event) -> None:
    if not throw(task.workflow.owner, event):
        task.workflow.top_workflow.run.unheard(task, event)


def _outwards(task: Any, event: Event) -> None:
    if not throw(task, event):
        task.workflow.top_workflow.run.unheard(task, event)


_THROWN = {'message': _message, 'signal': _signal, 'terminate': _terminate, 'cancel': _cancel, 'error': _outwards,
           'escalation': _outwards}


def throw(task: Any, event: Event) -> bool:
    """Let an error, escalation or cancel be heard by the nearest event that catches it, from `task` outwards.

    Nearest are events attached to the task itself, then those of event sub-processes on its level, then the same one
    level further out. One that names the code goes before one that hears all. What leaves an event sub-process is not
    heard by that one again.
    """
    while task is not None:
        level = task.workflow
        host = task.parent if task.task_spec.repeated else task
        heard = _hearing(level, event, host.id) or _hearing(level, event, None, task.task_spec.name)
        if heard is not None:
            heard.task_spec.happen(heard)
            return True
        task = level.owner
    return False


def _hearing(level: Any, event: Event, host: str | None, thrower: str = '') -> Any:
    found = [task for task in level.tasks.values() if task._state == TaskState.WAITING
             and isinstance(task.task_spec, Boundary) and task.internal_data.get('host') == host
             and isinstance(task.task_spec.event, Event) and task.task_spec.event.meets(event)
             and thrower not in task.task_spec._outputs]
    return min(found, key=lambda task: not task.task_spec.event.name, default=None)


def uncaught(task: Any, event: Event) -> Broken:
    """An error that nothing catches."""
    spec = task.task_spec
    return Broken(said('“{name}”抛出的错误“{code}”没有人接', name=spec.bpmn_name or drawn(spec), code=event.name),
                  element=drawn(spec), name=spec.bpmn_name, advice='在外层画出接住这个错误的边界事件或事件子流程')
