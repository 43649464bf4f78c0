"""What every place of a diagram has in common: a token comes, works, and goes on.

The library keeps the diagram (specifications that know what follows) and the tokens (tasks of a tree); its hooks are
where a place says what it does. Nothing is predicted: a task in the tree is a token, or the place that one came from.
"""
from os import urandom
from typing import Any

from SpiffWorkflow import TaskState
from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.task import Task

LIVE = TaskState.FUTURE | TaskState.WAITING | TaskState.READY | TaskState.STARTED


def drawn(spec: Any) -> str | None:
    """The id that a specification has on the diagram as its owner drew it; None for the library's own helpers."""
    return getattr(spec, 'drawn', None)


class Token(Task):
    """A task of the library's tree, without what the library gathers for its log and without its clock: they cost more
    than the token."""

    def __init__(self, level: Any, spec: Any, parent: Task | None, state: int, key: str, kept: dict | None = None) -> None:
        self.id, self.workflow, self.task_spec, self._state = key, level, spec, state
        self._children, self.internal_data, self.data = [], {} if kept is None else kept, {}
        self.triggered, self.thread_id, self.last_state_change = False, 0, 0.0
        level.tasks[key] = self
        if parent is None:
            self._parent = None
        else:
            self._parent = parent.id
            parent._children.append(key)

    def _set_state(self, value: int) -> None:
        self._state = value

    def collect_log_extras(self, dct: dict | None = None) -> dict:
        """What the library's other messages say besides."""
        return dct or {}


def token(parent: Task, spec: Any, number: int | None = None) -> Token:
    """A token on its way to a place, as the `number`-th of those that part here.

    Its id is a hex text: cheaper than a UUID, of which many would be made and hashed.
    """
    made = Token(parent.workflow, spec, parent, TaskState.FUTURE, urandom(16).hex())
    branch = parent.internal_data.get('branch')
    if number is not None:
        branch = [*(branch or ()), f'{parent.id[:8]}.{number}']
    if branch:
        made.internal_data['branch'] = branch
    return made


class Place(BpmnTaskSpec):
    """An element of a diagram.

    ``boundaries`` are the events attached to it; ``repeated`` says that it is one of several children of a
    multi-instance activity or loop, ``quiet`` that the trail does not tell of it, ``aside`` that it
    is not drawn but put beside what is, ``parts`` that tokens part here.
    """

    drawn: str
    extensions: dict[str, Any]
    repeated = quiet = aside = parts = False

    def __init__(self, wf_spec: Any, bpmn_id: str, bpmn_name: str | None = None, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.bpmn_id, self.bpmn_name = bpmn_id, bpmn_name
        self.boundaries: list[str] = []

    # what a kind of place says

    def enter(self, task: Any) -> bool:
        """A token comes. True: the place can work at once; False: it has put the token into the state it waits in."""
        return True

    def work(self, task: Any) -> None:
        """What is done here, within the step."""

    def ways(self, task: Any) -> list[str]:
        """Where the token goes when the work is done: one token for each name."""
        return self._outputs

    def dropped(self, task: Any) -> None:
        """A token ends here before its work is done."""

    # the library's hooks

    def test(self) -> None:
        """Nothing to check here: the gate has checked the diagram."""

    def _predict_hook(self, my_task: Any) -> None:
        """Nothing: what may come is not kept in the tree."""

    def _update_hook(self, my_task: Any) -> bool:
        for name in self.boundaries:
            my_task.workflow.attach(name, my_task)
        return self.enter(my_task)

    def _on_ready_hook(self, my_task: Any) -> None:
        if not self.manual:
            my_task.workflow.top_workflow.agenda.append(my_task)

    def _run_hook(self, my_task: Any) -> bool | None:
        self.work(my_task)
        return True if my_task._state == TaskState.READY else None        # what it did may have ended its own token

    def _on_complete_hook(self, my_task: Any) -> None:
        if self.boundaries:
            my_task.workflow.detach(my_task)
        if self.repeated:
            my_task.parent.task_spec.returned(my_task.parent, my_task)
            return
        specs = my_task.workflow.spec.task_specs
        ways = self.ways(my_task)
        for number, name in enumerate(ways):
            token(my_task, specs[name], number if len(ways) > 1 and self.parts else None)


class Person(Place):
    """A task that waits for a person. When it began is kept where its due date counts from there."""

    def __init__(self, wf_spec: Any, bpmn_id: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.manual = True

    @property
    def counts(self) -> bool:
        """Whether its due date counts from when it began to wait."""
        return 'entered_at' in self.extensions['camunda']['dueDate']

    def enter(self, task: Any) -> bool:
        if self.counts:
            task.internal_data['since'] = task.workflow.top_workflow.run.now_text
        return True


class Pass(Place):
    """A task that nobody does here (undefined, manual): passed at once."""


class Action(Place):
    """A service task with a topic: the host looks the action up and carries it out within the step."""

    def work(self, task: Any) -> None:
        task.workflow.top_workflow.run.act(task)


class Rule(Place):
    """A business rule task: the host asks the decision table of the instance's own bundle."""

    def work(self, task: Any) -> None:
        task.workflow.top_workflow.run.decide(task)


class Script(Place):
    """A script task in the safe language; what it assigns goes where every value goes, never into the token."""

    def __init__(self, wf_spec: Any, bpmn_id: str, script: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.script = script

    def work(self, task: Any) -> None:
        task.workflow.top_workflow.run.script(task, self.script)
