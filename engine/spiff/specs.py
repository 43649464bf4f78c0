"""Task specifications of our own: what a diagram's tasks do when a token reaches them."""
from typing import Any

from SpiffWorkflow.bpmn.specs.data_spec import BpmnDataSpecification
from SpiffWorkflow.bpmn.specs.defaults import CallActivity as StockCall
from SpiffWorkflow.bpmn.specs.defaults import NoneTask
from SpiffWorkflow.bpmn.specs.defaults import ParallelMultiInstanceTask as StockParallel
from SpiffWorkflow.bpmn.specs.defaults import ScriptTask as StockScript
from SpiffWorkflow.bpmn.specs.defaults import SequentialMultiInstanceTask as StockSequential
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition


def drawn(spec: Any) -> str | None:
    """The id that a specification has on the diagram as its owner drew it; None for the library's own helpers."""
    return spec.extensions['drawn'] if getattr(spec, 'bpmn_id', None) and hasattr(spec, 'extensions') else None


class Automatic(NoneTask):
    """A task that the engine carries out itself, at once."""

    def __init__(self, wf_spec: Any, name: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, name, **kwargs)
        self.manual = False


class ActionTask(Automatic):
    """A service task with a topic: the host looks the action up and carries it out within the step."""

    def _run_hook(self, my_task: Any) -> bool:
        my_task.workflow.top_workflow.run.act(my_task)
        return True


class RuleTask(Automatic):
    """A business rule task: the host asks the decision table of the instance's own bundle."""

    def _run_hook(self, my_task: Any) -> bool:
        my_task.workflow.top_workflow.run.decide(my_task)
        return True


class Script(StockScript):
    """A script task in the safe language; what it assigns goes where every scalar goes, never to token data."""

    def _run_hook(self, my_task: Any) -> bool:
        my_task.workflow.top_workflow.run.script(my_task, self.script)
        return True


class Call(StockCall):
    """Embedded sub-process and call activity. `camunda:in` gives the called process local values; nothing leaks back,
    because results are scalars of the instance."""

    def copy_data(self, my_task: Any, subworkflow: Any) -> None:
        start = subworkflow.task_tree
        run = my_task.workflow.top_workflow.run
        local = {target: run.evaluate(my_task, source) for target, source in self.extensions['in'].items()}
        start.set_data(**{**my_task.data, **local})

    def update_data(self, my_task: Any, subworkflow: Any) -> None:
        """Nothing: see the class."""


class _KeepParentClean:
    """The library's merge brings a child's element into the parent's data, where the next child stumbles over it."""

    def merge_child(self, workflow: Any, child: Any) -> None:
        if self.input_item is not None:
            child.data.pop(self.input_item.bpmn_id, None)
        super().merge_child(workflow, child)


class ParallelMulti(_KeepParentClean, StockParallel):
    """One child per element, all at once."""


class SequentialMulti(_KeepParentClean, StockSequential):
    """One child per element, one after the other."""


class Elements(BpmnDataSpecification):
    """The collection of a multi-instance activity: an expression, evaluated once when the activity starts."""

    def get(self, my_task: Any) -> list:
        kept = my_task.internal_data
        if 'elements' not in kept:
            kept['elements'] = list(my_task.workflow.top_workflow.run.evaluate(my_task, self.bpmn_id) or [])
        return kept['elements']

    def exists(self, my_task: Any) -> bool:
        return True


class Message(EventDefinition):
    """A message by name. It always goes to the host, which is the broker between (and within) instances."""

    def throw(self, my_task: Any) -> None:
        my_task.workflow.top_workflow.run.send(self.name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and other.name == self.name

    __hash__ = None
