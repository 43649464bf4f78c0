"""What a page needs to draw one task: its form, and what the names in the form mean at this place."""
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from engine import permit, usertask
from engine.deployment import Bundle
from engine.errors import NotFound
from engine.history import SYSTEM
from engine.instance import row as rows
from engine.instance.step import FactsOnly, Step, begin, office, options
from engine.instance.surroundings import Batch
from engine.ledger import Matter
from engine.usertask import UserTask


class _Told(Mapping):
    """A scope that also knows the long texts that people wrote in earlier tasks of the same instance."""

    def __init__(self, scope: Mapping[str, Any], answers: Mapping[str, Any]) -> None:
        self._scope, self._answers = scope, answers

    def __getitem__(self, name: str) -> Any:
        try:
            found = self._scope[name]
        except KeyError:
            return self._answers[name]
        return self._answers.get(name) if found is None else found

    def __iter__(self) -> Iterator[str]:
        return iter({*self._scope, *self._answers})

    def __len__(self) -> int:
        return sum(1 for _ in self)


@dataclass(frozen=True)
class TaskView:
    """A task with its form (None: nothing to fill in) and everything the form's expressions read. ``still``: nobody can do
    it at the moment, it is suspended. ``allowed`` are the acts that the diagram allows (engine.permit). ``bundle`` is the
    version that it runs on."""

    task: UserTask
    form: Any
    scope: Mapping[str, Any]
    functions: Mapping[str, Any]
    matter: Matter | None
    still: bool = False
    allowed: frozenset[str] = frozenset()
    bundle: Bundle | None = None


def view(session: Session, task_id: UUID) -> TaskView:
    """The task, open or closed, as a page draws it; nothing is moved.

    :raises NotFound: there is no such task.
    """
    row = rows.one(session, rows.BY_TASK, task_id)
    if row is None:
        raise NotFound('没有找到这件待办。')
    task = session.get(UserTask, task_id)
    step, live = Step.of(Batch(session), row, SYSTEM)
    node = live.run.node_of(task.asks or task_id) if task.state == 'open' else None
    seen = live.scope(node.local, node.closed) if node else live.scope(task.token or {})
    scope = _Told(seen, usertask.answers(session, task.instance_id, task.token))
    matter = session.get(Matter, row['m_id']) if row['m_id'] is not None else None
    return TaskView(task, live.bundle.forms.get(task.form), scope, options(step), matter, live.still is not None,
                    permit.allowed(node) if node else frozenset(), live.bundle)


def blank_view(session: Session, tenant_id: str, form_id: str, actor: Any, values: Mapping[str, Any]) -> TaskView:
    """A form that is filled in before its instance exists (立项).

    :raises NotFound: nothing is deployed, or there is no such form.
    """
    step = begin(Batch(session), office(session, tenant_id), actor, True)
    for name, value in values.items():
        step.facts.write(name, value)
    form = step.bundle.forms.get(form_id)
    if form is None:
        raise NotFound('没有叫“{form}”的表单。', form=form_id)
    return TaskView(None, form, FactsOnly(step.facts), options(step), None)
