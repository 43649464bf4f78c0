"""A document before it is issued: what the step would put on paper that is drawn behind an open task, looked at now."""
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from engine import document, expression, instance
from engine.actions import document as making
from engine.actions.notice import on_paper
from engine.definition import Definition, Element
from engine.deployment import Bundle
from engine.errors import Broken
from engine.instance import Instance, TaskView
from engine.ledger import CoUnit
from engine.usertask import UserTask
from webapp import definition
from webapp.db import db
from webapp.paper import Paper

_NOTICE = ('unit', 'copies', 'limit', 'points', 'honours', 'approver', 'body', 'next_label')
_PAPER = ('unit', 'copies', 'body', 'limit', 'approver', 'since', 'until')


class Known:
    """The facts of a matter as the step would know them that issues the document."""

    def __init__(self, view: TaskView, bundle: Bundle, step: Element) -> None:
        self.tenant, self._scope, self.functions = view.task.tenant, view.scope, view.functions
        self._bundle, self._step = bundle, step
        self._matter_id, self._task = view.task.matter_id, view.task

    def fact(self, name: str) -> Any:
        """As `Act.fact`."""
        return self._scope.get(name)

    def unit_name(self, code: str | None) -> str:
        """As `Act.unit_name`."""
        return self.functions['unit_name'](code) or ''

    def co_units(self) -> dict[str, dict[str, Any]]:
        """As `Act.co_units`."""
        found = db.session.scalars(select(CoUnit).where(CoUnit.matter_id == self._matter_id))
        return {one.unit: {'duty': one.duty, 'co_due_at': one.co_due_at} for one in found}

    def decider(self) -> str:
        """As `Act.decider`: whoever has the task out of which the step comes, or will be asked to do it."""
        drawn = self._bundle.processes[self._task.process]
        last = [one for one in drawn.elements.values()
                if one.kind == 'userTask' and self._step.id in _ahead(drawn, one.id, through=False)]
        if self._task.element in (one.id for one in last):
            return f'{self._task.unit}/{self._task.post}'
        return ','.join(str(expression.template(one.candidate).value(self._scope, self.functions)) for one in last)

    def read(self, statement: Any) -> Sequence[Any]:
        """As `Act.read`."""
        return db.session.execute(statement).all()

    def ask(self, table: str, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """As `Act.ask`."""
        found = self._bundle.tables.get(table)
        return found.decide(given, self.functions).values if found else {}


def paper(task: UserTask) -> Paper | None:
    """What would be issued if everybody agreed as it stands now; None where nothing is, or its facts are not known yet."""
    held = db.session.get(Instance, task.instance_id)
    bundle = definition.of(held.deployment_id)
    step = makes(bundle, task.process)
    if step is None:
        return None
    view = instance.view(db.session, task.id)
    try:
        return _paper(bundle, step, Known(view, bundle, step), view, task)
    except (Broken, KeyError, ValueError, TypeError):
        return None                                        # a draft that nobody has written yet


def signs(view: TaskView) -> bool:
    """Whether a document is issued next when this step agrees; beside no matter, also where others sign after it."""
    bundle, task, matter = view.bundle, view.task, view.matter
    if bundle is None or task is None:
        return False
    step = makes(bundle, task.process)
    if step is None or bundle.processes[task.process].stages and (matter is None or matter.status != 'draft'):
        return False
    return step.id in _ahead(bundle.processes[task.process], task.element, through=matter is None)


def _ahead(drawn: Definition, element: str, through: bool) -> set[str]:
    """What the flows out of a step lead to until somebody else is asked, or `through` those who are."""
    seen, waiting = set[str](), [element]
    while waiting:
        found = [one for one in drawn.following(waiting.pop()) if one.id not in seen]
        seen.update(one.id for one in found)
        waiting += [one.id for one in found if through or one.kind != 'userTask']
    return seen


def makes(bundle: Bundle | None, process: str) -> Element | None:
    """The step of a process that puts something on paper."""
    drawn = bundle.processes.get(process) if bundle else None
    return next((one for one in drawn.elements.values() if one.topic and one.inputs.get('document')), None) if drawn else None


def _paper(bundle: Bundle, step: Element, known: Known, view: TaskView, task: UserTask) -> Paper:
    said = {name: expression.template(text).value(view.scope, view.functions) for name, text in step.inputs.items()}
    if step.topic == 'notice.issue':
        given = on_paper(known, *(said.get(name) for name in _NOTICE))
    else:
        further = {name: value for name, value in said.items() if name not in (*_PAPER, 'document', 'label', 'title')}
        given = making.drafted(known, {name: said.get(name) for name in _PAPER}) | further
    before = known.read(document.BEFORE.where(document.Document.matter_id == task.matter_id)) if task.matter_id else []
    content = document.compose(known, {'文种': said['label'], '文号': '（签发时编号）', '标题': said.get('title', ''), **given},
                               document.earlier(before))
    return Paper(document.drawn(bundle.files)[said['document']], content)
