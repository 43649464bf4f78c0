"""Call activities whose process runs as an instance of its own, beside its caller.

The caller's token waits and keeps two numbers: how many there are, and how many came back. The host keeps the rest:
which instance has which number, and what it came to. So one of five hundred costs what one of five costs.
"""
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from engine.db import identity
from engine.spiff.scope import Multi


@dataclass(frozen=True, slots=True)
class Errand:
    """An instance that a call activity wants.

    ``binding`` is ``deployment``, ``latest`` or ``version`` (then ``version`` says which); ``key`` is the template of
    its business key; ``token`` tells it from its siblings, ``around`` what calls it from others at the same place,
    ``number`` is its place among its siblings (None: it is alone).
    """

    caller: UUID
    process: str
    binding: str
    version: str
    key: str
    number: int | None
    token: dict[str, Any]
    around: dict[str, Any]
    values: dict[str, Any]


class Away(Multi):
    """A call activity, once or several times, whose tokens stand in instances of their own."""

    def __init__(self, wf_spec: Any, bpmn_id: str, *, process: str, binding: str, version: str, key: str,
                 several: bool, **how: Any) -> None:
        super().__init__(wf_spec, bpmn_id, child='', **how)
        self.process, self.binding, self.version, self.key, self.several = process, binding, version, key, several

    def enter(self, task: Any) -> bool:
        task.internal_data['called'] = True
        return super().enter(task)

    def _begin(self, task: Any, number: int, element: Any) -> None:
        run = task.workflow.top_workflow.run
        given = {self.variable: element} if self.variable else {}
        seen = {**given, 'loopCounter': number} if self.several else given
        values = {**run.visible(task), **given} if self.extensions['in_all'] else {}
        values |= {target: run.evaluate(task, source, seen) for target, source in self.extensions['in'].items()}
        run.call(task, Errand(identity(task.id), self.process, self.binding or 'deployment', self.version, self.key,
                              number if self.several else None, given, run.token(task), values))

    def came_back(self, task: Any, number: int | None, given: dict[str, Any], found: dict[str, Any]) -> None:
        """One instance has come to its end; `found` are its variables, `given` what told it apart."""
        run, counted = task.workflow.top_workflow.run, {} if number is None else {'loopCounter': number}
        inside = {**given, **counted, **found}
        values = {**given, **found} if self.extensions['out_all'] else {}
        values |= {target: run.evaluate_in(task, source, inside) for target, source in self.extensions['out'].items()}
        if values and (self.loops or not self.several):      # a loop has no data of its own
            run.write(values, task)
        if self.output:
            result = run.evaluate(task, self.result, {**given, **counted, **values})
            run.host.keep_result(identity(task.id), number, result)
        task.internal_data['done'] += 1
        self.one_less(task)

    def dropped(self, task: Any) -> None:
        task.workflow.top_workflow.run.host.recall(identity(task.id))

    def _active(self, task: Any) -> int:
        return 1 if self.sequential else task.internal_data['of'] - task.internal_data['done']

    def _results(self, task: Any) -> list:
        return task.workflow.top_workflow.run.host.results(identity(task.id))

    def _finish(self, task: Any) -> None:
        super()._finish(task)
        del task.internal_data['called']
        if task.internal_data['done'] < task.internal_data.get('of', 0):
            self.dropped(task)
