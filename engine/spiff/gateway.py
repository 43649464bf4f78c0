"""Gateways: where tokens part and meet, as the standard counts them (BPMN 2.0, 13.4)."""
from abc import ABC, abstractmethod
from collections import Counter
from typing import Any

from SpiffWorkflow import TaskState

from engine.errors import Broken, said
from engine.spiff.place import LIVE, Place, drawn


class Choice(Place):
    """A gateway with conditions on its ways: pairs of text and name in ``conditions``, the default in ``otherwise``."""

    def __init__(self, wf_spec: Any, bpmn_id: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.conditions: list[tuple[str | None, str]] = []
        self.otherwise: str | None = None

    def holding(self, task: Any) -> list[str]:
        """The ways whose conditions hold, in the order of the file."""
        run = task.workflow.top_workflow.run
        return [name for text, name in self.conditions if text is None or run.evaluate(task, text)]

    def stuck(self, task: Any) -> Broken:
        """No condition holds, and there is no default."""
        run, texts = task.workflow.top_workflow.run, [text for text, _ in self.conditions if text]
        return Broken(said('网关“{name}”的条件一个也不成立，也没有默认的去向', name=self.bpmn_name or drawn(self)),
                      element=drawn(self), name=self.bpmn_name, expression='；'.join(texts),
                      values=run.values(task, texts), advice='给网关画一条默认流，或改好条件后重试')


class Exclusive(Choice):
    """One way: the first whose condition holds, else the default."""

    def ways(self, task: Any) -> list[str]:
        if not self.conditions:
            return self._outputs
        run = task.workflow.top_workflow.run
        for text, name in self.conditions:
            if text is None or run.evaluate(task, text):
                return [name]
        if self.otherwise is None:
            raise self.stuck(task)
        return [self.otherwise]


class Join(Place, ABC):
    """Where tokens meet. They wait side by side; the one that goes on takes the others with it."""

    def enter(self, task: Any) -> bool:
        if len(self._inputs) < 2:
            return True
        task._set_state(TaskState.WAITING)
        return self.together(task.workflow, task)

    @abstractmethod
    def together(self, level: Any, task: Any) -> bool:
        """Whether `task` can go on now; then the tokens that go with it are taken."""

    def here(self, level: Any) -> list[Any]:
        """The tokens that wait at this gateway, oldest first."""
        return [task for task in level.tasks.values() if task.task_spec is self and task._state == TaskState.WAITING]

    def take(self, task: Any, others: list[Any]) -> None:
        """`others` end here; `task` remembers from where they came."""
        came = [drawn_before(other) for other in (task, *others)]
        task.internal_data['from'] = [place for place in dict.fromkeys(came) if place]
        branches = [one.internal_data.get('branch', []) for one in (task, *others)]
        task.internal_data['branch'] = _shared(branches)
        for other in others:
            other._state = TaskState.COMPLETED


class Parallel(Join):
    """One token from each incoming flow; one to each outgoing. What is left over waits for the next time."""

    parts = True

    def together(self, level: Any, task: Any) -> bool:
        wanted = Counter(self._inputs)
        chosen = _one_a_flow(wanted, task, self.here(level))
        if any(wanted.values()):
            return False
        self.take(task, chosen[1:])
        return True


class Inclusive(Choice, Join):
    """Waits while a token elsewhere can still come by an incoming flow that has none (and by no other that has)."""

    parts = True

    def __init__(self, wf_spec: Any, bpmn_id: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self._leads: dict[str, frozenset[str]] | None = None

    def enter(self, task: Any) -> bool:
        if len(self._inputs) < 2:
            return True
        task._set_state(TaskState.WAITING)
        task.workflow.top_workflow.meeting[task.id] = task         # asked when nothing else moves
        return False

    def together(self, level: Any, task: Any) -> bool:
        waiting = self.here(level)
        left = Counter(self._inputs)
        full = {one.parent.task_spec.name for one in waiting}
        empty, leads = left.keys() - full, self._led_here(level.spec)
        for other in level.tasks.values():
            if other._state & LIVE and other.task_spec is not self:
                reached = leads.get(other.task_spec.name, frozenset())
                if reached & empty and not reached & full:
                    return False
        self.take(task, _one_a_flow(left, task, waiting)[1:])
        return True

    def _led_here(self, spec: Any) -> dict[str, frozenset[str]]:
        """For each place, the incoming flows (by their sources) that can be reached from it, not through here."""
        if self._leads is None:
            leads: dict[str, set[str]] = {}
            for source in self._inputs:
                todo = [source]
                while todo:
                    name = todo.pop()
                    if name == self.name or source in leads.setdefault(name, set()):
                        continue
                    leads[name].add(source)
                    todo += spec.entering[name]
            self._leads = {name: frozenset(sources) for name, sources in leads.items()}
        return self._leads

    def ways(self, task: Any) -> list[str]:
        if not self.conditions:
            return self._outputs
        names = self.holding(task) or ([self.otherwise] if self.otherwise else [])
        if not names:
            raise self.stuck(task)
        return names


class Race(Place):
    """An event-based gateway: every event behind it waits; the first that happens ends the others."""


def _one_a_flow(wanted: Counter[str], task: Any, waiting: list[Any]) -> list[Any]:
    """`task` and the oldest of the others, as many as there are flows from each source; what is `wanted` gets less."""
    chosen = []
    for one in (task, *(other for other in waiting if other is not task)):
        source = one.parent.task_spec.name
        if wanted[source] > 0:
            wanted[source] -= 1
            chosen.append(one)
    return chosen


def _shared(branches: list[list[str]]) -> list[str]:
    """What branches have in common: the branch on which a token goes on when they have met."""
    shared = []
    for steps in zip(*branches):
        if len(set(steps)) > 1:
            break
        shared.append(steps[0])
    return shared


def drawn_before(task: Any) -> str | None:
    """The drawn place from which a token came."""
    above = task.parent
    while above is not None:
        place = drawn(above.task_spec)
        if place and not above.task_spec.aside:
            return place
        if 'from' in above.internal_data:
            return above.internal_data['from'][0]
        above = above.parent
    return None
