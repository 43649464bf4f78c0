"""Places with something inside: sub-processes, called processes, and activities that are done several times.

What is written inside a called process, or inside one of several children, belongs to that inside. It is kept with the
task that owns it: ``local`` what it was given, ``vars`` what was written. A called process sees nothing of its caller.
"""
from typing import Any

from SpiffWorkflow import TaskState

from engine import expression
from engine.errors import Broken, said
from engine.spiff.place import LIVE, Place, drawn, token

_MOST_CHILDREN = 10_000


def frames(task: Any) -> list[dict]:
    """The insides around a task, innermost first, as the records that their owners keep."""
    found = []
    while task is not None:
        kept = task.internal_data
        if 'local' in kept:
            found.append(kept)
        task = task.workflow.owner
    return found


def surroundings(task: Any) -> tuple[list[dict], list[str]]:
    """The `frames` around a task, and the branches on which its token stands, outermost first, within the innermost."""
    inside: list[dict] = []
    branch: list[str] = []
    while task is not None:
        kept = task.internal_data
        if not inside and 'branch' in kept:
            branch[:0] = kept['branch']
        if 'local' in kept:
            inside.append(kept)
        task = task.workflow.owner
    return inside, branch


class Sub(Place):
    """An embedded sub-process: a level of its own for its tokens; it sees and writes what is outside."""

    def __init__(self, wf_spec: Any, bpmn_id: str, subworkflow_spec: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.spec = subworkflow_spec

    def enter(self, task: Any) -> bool:
        task._set_state(TaskState.STARTED)
        task.workflow.top_workflow.create_subprocess(task, self.spec).begin(at=task.internal_data.pop('at', ()))
        return False

    def ended(self, task: Any) -> None:
        """Everything inside has come to an end."""
        task._ready()


class Transaction(Sub):
    """A sub-process that can be cancelled from within."""


class Call(Sub):
    """A call activity. What goes in and comes out is what the diagram maps (``camunda:in``, ``camunda:out``)."""

    def enter(self, task: Any) -> bool:
        run, extensions = task.workflow.top_workflow.run, self.extensions
        given = dict(run.visible(task)) if extensions['in_all'] else {}
        given |= {target: run.evaluate(task, source) for target, source in extensions['in'].items()}
        kept = task.internal_data
        kept.setdefault('local', {})
        kept['vars'], kept['closed'] = given, True
        return super().enter(task)

    def work(self, task: Any) -> None:
        run, kept = task.workflow.top_workflow.run, task.internal_data
        values = {**kept['local'], **kept['vars']} if self.extensions['out_all'] else {}
        values |= {target: run.evaluate(task, source) for target, source in self.extensions['out'].items()}
        if not self.repeated:
            del kept['local'], kept['vars']
        del kept['closed']
        if values:
            run.write(values, task)


class Multi(Place):
    """An activity done once per element of a collection, a number of times, or again and again while a condition holds.

    ``child`` is the place that is done. Results are kept by number, so they come out in the order of the collection.
    """

    def __init__(self, wf_spec: Any, bpmn_id: str, child: str, *, sequential: bool = False, collection: str = '',
                 cardinality: str = '', variable: str = '', output: str = '', result: str = '', until: str = '',
                 again: str = '', most: int | None = None, test_before: bool = False, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.child, self.sequential, self.collection, self.cardinality = child, sequential, collection, cardinality
        self.variable, self.output, self.result, self.until = variable, output, result, until
        self.again, self.most, self.test_before = again, most, test_before

    @property
    def loops(self) -> bool:
        """Whether it is a standard loop: no collection and no number is known beforehand."""
        return not self.collection and not self.cardinality

    def enter(self, task: Any) -> bool:
        kept = task.internal_data
        kept['done'] = 0
        if self.loops:
            if self.most == 0 or self.test_before and not self._once_more(task):
                return True
        else:
            elements = self._elements(task)
            kept['of'] = len(elements)
            if not elements:
                self._finish(task)
                return True
            if self.sequential:
                kept['elements'] = elements
        task._set_state(TaskState.STARTED)
        for number in range(1 if self.loops or self.sequential else len(elements)):
            self._begin(task, number, None if self.loops else elements[number])
        return False

    def _elements(self, task: Any) -> list:
        run = task.workflow.top_workflow.run
        text = self.collection or self.cardinality
        value = run.evaluate(task, text)
        if self.collection:
            if value is None:
                return []
            if not isinstance(value, (list, tuple)):
                raise self._wrong(said('“{name}”的集合不是列表', name=self._called), text, value,
                                  said('写成列表，如 split(co_units)'))
            elements = list(value)
        else:
            if isinstance(value, bool) or not isinstance(value, (int, float)) or value != int(value) or value < 0:
                raise self._wrong(said('“{name}”的次数不是零或正整数', name=self._called), text, value,
                                  said('写成一个数，如 3 或 len(列表)'))
            elements = list(range(int(value))) if value <= _MOST_CHILDREN else [None] * (_MOST_CHILDREN + 1)
        if len(elements) > _MOST_CHILDREN:
            raise self._wrong(said('“{name}”多于{most}份', name=self._called, most=_MOST_CHILDREN), text, len(elements),
                              said('分成几个活动'))
        return elements

    @property
    def _called(self) -> str:
        return self.bpmn_name or drawn(self)

    def _wrong(self, cause: str, text: str, value: Any, advice: str) -> Broken:
        return Broken(cause, element=drawn(self), name=self.bpmn_name, expression=text, values={text: value},
                      advice=advice)

    def _begin(self, task: Any, number: int, element: Any) -> None:
        child = token(task, task.workflow.spec.task_specs[self.child])
        child.internal_data['number'] = number
        if not self.loops:                                   # a loop's condition sees what was answered in it
            child.internal_data['local'] = {self.variable or 'loopCounter': element if self.variable else number}
        child.task_spec._update(child)

    def returned(self, task: Any, child: Any) -> None:
        """One of the children is done."""
        if task._state != TaskState.STARTED:
            return
        kept, run = task.internal_data, task.workflow.top_workflow.run
        kept['done'] += 1
        if self.output:
            kept.setdefault('results', {})[str(child.internal_data['number'])] = run.evaluate(child, self.result)
        task._children.remove(child.id)
        task.workflow.tasks.pop(child.id)
        self.one_less(task)

    def one_less(self, task: Any) -> None:
        """After one is done: the activity is over, or the next begins, or the others go on."""
        kept = task.internal_data
        if self._complete(task):
            self._finish(task)
            task._ready()
        elif self.loops or self.sequential:
            number = kept['done']
            self._begin(task, number, None if self.loops else kept['elements'][number])

    def _complete(self, task: Any) -> bool:
        kept, run = task.internal_data, task.workflow.top_workflow.run
        if self.loops:
            return self.most is not None and kept['done'] >= self.most or not self._once_more(task)
        if kept['done'] >= kept['of']:
            return True
        return bool(self.until) and bool(run.evaluate(task, self.until, self._so_far(task)))

    def _once_more(self, task: Any) -> bool:
        return not self.again or bool(task.workflow.top_workflow.run.evaluate(
            task, self.again, {'loopCounter': task.internal_data['done']}))

    def _so_far(self, task: Any) -> dict[str, Any]:
        """What a completion condition may ask besides what can be seen at the activity."""
        of, done = task.internal_data['of'], task.internal_data['done']
        active = self._active(task)
        counts = {'nrOfInstances': of, 'nrOfCompletedInstances': done, 'nrOfActiveInstances': active}
        asked = self.output and self.output in expression.compile(self.until).names
        return counts | ({self.output: self._results(task)} if asked else {})

    def _active(self, task: Any) -> int:
        return sum(1 for child in task.children if child is not None and child._state & LIVE)

    def _results(self, task: Any) -> list:
        results = task.internal_data.get('results', {})
        return [results[number] for number in sorted(results, key=int)]

    def _finish(self, task: Any) -> None:
        level, kept = task.workflow, task.internal_data
        for key in list(task._children):
            level.end(level.tasks[key])
        if self.output:
            level.top_workflow.run.write({self.output: self._results(task)}, task)
        for name in ('elements', 'results'):
            kept.pop(name, None)
