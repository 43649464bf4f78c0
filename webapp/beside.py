"""What one does beside a matter, or at one of its steps: which acts are allowed there, for whom, and the way back."""
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, request, url_for
from flask_login import current_user
from sqlalchemy import select

from engine import permit
from engine.deployment import Bundle
from engine.errors import NotFound, Refused
from engine.ledger import Matter
from engine.usertask import UserTask
from webapp import auth, definition, ledger
from webapp.db import db

bp = Blueprint('beside', __name__)

WRITERS = tuple(post for post in auth.READERS if post not in ('auditor', 'owner'))
"""Who adds something: the auditor and the process owner only read."""


@dataclass(frozen=True)
class Place:
    """A matter, and the step at which it was reached, if it was at one."""

    matter: Matter
    task: UserTask | None

    @property
    def back(self) -> str:
        """Where the reader came from: the step's page, else the matter's."""
        return url_for('usertask.show', task_id=self.task.id) if self.task else url_for(
            'matter.show', matter_id=self.matter.id)


def place(matter_id: UUID, act: str = '') -> Place:
    """The matter, and its step that the request names as `task`.

    :raises NotFound: there is none that this post may open. :raises Refused: `act` is not allowed there.
    """
    matter = ledger.found(matter_id)
    task = _task(matter, request.values.get('task', ''))
    if act and act not in allowed(matter, task):
        raise Refused('按流程图，这一步不能{act}。', act=permit.ACTS[act])
    return Place(matter, task)


def _task(matter: Matter, text: str) -> UserTask | None:
    try:
        task = db.session.get(UserTask, UUID(text)) if text else None
    except ValueError:
        task = None
    if text and (task is None or task.matter_id != matter.id):
        raise NotFound('没有找到这件待办。')
    return task


@bp.app_template_global('beside')
def allowed(matter: Matter, task: UserTask | None = None) -> frozenset[str]:
    """What this post may do at the step, as drawn there; at the matter as a whole, what an open step of it allows."""
    if current_user.post not in WRITERS:
        return frozenset()
    bundle = definition.of(matter.deployment_id)
    steps = [task] if task else db.session.execute(select(UserTask.process, UserTask.element).where(
        UserTask.matter_id == matter.id, UserTask.state == 'open')).all()
    return frozenset().union(*(_drawn(bundle, step) for step in steps)) if steps else permit.USUALLY


def _drawn(bundle: Bundle | None, step: Any) -> frozenset[str]:
    process = bundle.processes.get(step.process) if bundle else None
    element = process.elements.get(step.element) if process else None
    return permit.allowed(element) if element else permit.USUALLY
