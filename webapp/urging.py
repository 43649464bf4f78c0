"""催办: a button for those who wait, and how often a task was urged."""
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from engine import urging
from engine.db import writing
from engine.errors import Conflict, Forbidden, NotFound, Refused
from engine.ledger import Matter
from engine.urging import Urged
from engine.usertask import UserTask
from webapp import auth, beside, errors, fact, visibility
from webapp.db import db

bp = Blueprint('urging', __name__)


@dataclass(frozen=True)
class Line:
    """An open task with how it was urged; `may`: this post may urge it now; `again_at`: it may from then on."""

    task: UserTask
    urged: Urged | None
    may: bool
    again_at: datetime | None


@bp.post('/tasks/<uuid:task_id>/urge')
@auth.requires(*beside.WRITERS)
def urge(task_id: UUID) -> Response:
    """Ask the holder to get on; who may, but not now, is told on the matter's page why."""
    task = db.session.get(UserTask, task_id)
    if task is None or task.tenant != current_user.tenant.id or task.matter_id is None:
        raise NotFound('没有找到这件待办。')
    matter = beside.place(task.matter_id).matter
    if 'urge' not in beside.allowed(matter, task):
        raise Refused('按流程图，这一步不能催办。')
    try:
        with writing(db.engine) as session:
            urging.urge(session, task_id, current_user.actor(), request.form.get('note', ''))
        flash(_('已催办%(post)s，对方在消息里看得到。', post=fact.names().post(f'{task.unit}/{task.post}')), 'ok')
    except (Conflict, Forbidden):
        raise
    except Refused as refusal:
        flash(errors.sentence(refusal), 'warn')
    return redirect(url_for('matter.show', matter_id=matter.id), 303)


@bp.app_template_global('urgings')
def urgings(matter: Matter, tasks: Iterable[UserTask]) -> list[Line]:
    """The open tasks of a matter that this post may urge, or that were urged."""
    tasks = list(tasks)
    urged = urging.of(db.session, [task.id for task in tasks]) if tasks else {}
    seats = visibility.posts()
    found = []
    for task in tasks:
        before = urged.get(task.id)
        waits = urging.waits(db.session, task, matter, *seats) is not None and 'urge' in beside.allowed(matter, task)
        free = urging.again_at(db.session, matter, before.last_at) if before and waits else None
        if before or waits:
            found.append(Line(task, before, waits and (free is None or free <= current_user.now), free))
    return found


@bp.app_template_global('urged')
def urged(task: UserTask) -> Urged | None:
    """How the task was urged; None: it was not."""
    return urging.of(db.session, [task.id]).get(task.id)
