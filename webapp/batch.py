"""一起办: the same step of several matters with one answer, where the diagram says that this is safe (`batch`).

Each task is a step of its own, in a transaction of its own; a page says which went and which did not, and why.
"""
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from engine import incident, instance
from engine.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from engine.form import summary
from engine.instance import TaskView
from webapp import auth, definition, ending, errors, form, visibility
from webapp.db import db

bp = Blueprint('batch', __name__)
log = logging.getLogger('duban.web')

MOST = 50                   # tasks of one go
WHERE = 'batch'
"""The property of a user task that allows it."""


@dataclass(frozen=True)
class Outcome:
    """What became of one task; `why` is '' when it went. Of a task that is not the reader's to see only the
    step is told: it has no `task_id`."""

    task_id: UUID | None
    title: str
    code: str
    why: str


def allowed(row: Any) -> bool:
    """Whether the diagram that an open task runs on lets it be done together with others of its step."""
    bundle = definition.of(row.deployment_id) if row.deployment_id is not None else None
    process = bundle.processes.get(row.process) if bundle else None
    element = process.elements.get(row.element) if process else None
    return element is not None and element.properties.get(WHERE, '').strip() == 'true'


def together(rows: Sequence[Any]) -> set[UUID]:
    """Which tasks of a list can be done together with another of it; not what goes back to somebody, or waits for him."""
    steps: dict[tuple[Any, ...], set[UUID]] = {}
    for row in rows:
        if row.asks is None and not row.owner and 'by' not in (row.kept or {}) and allowed(row):
            steps.setdefault((row.process, row.element, row.deployment_id), set()).add(row.id)
    return set().union(*(keys for keys in steps.values() if len(keys) > 1))


@bp.get('/tasks/batch')
@auth.signed_in
def ask() -> Response | str:
    """The tasks that were ticked, and their form once."""
    views, left = _chosen(request.args.getlist('task'))
    if not views:
        return render_template('batch/none.html', left=left)
    return _draw(views, left, None)


@bp.post('/tasks/batch')
@auth.signed_in
def submit() -> Any:
    """Give every task the same answer, one after the other; then say what became of each."""
    views, left = _chosen(request.form.getlist('task'))
    if not views:
        return render_template('batch/none.html', left=left)
    answer = views[0].form.collect(_asked()) if views[0].form else {}
    try:
        if views[0].form:
            views[0].form.check(answer, views[0].scope, views[0].functions)
    except Invalid as refusal:
        return _draw(views, left, answer, refusal.fields), 422
    done = [_do(view, answer) for view in views]
    return render_template('batch/result.html', name=views[0].task.name, done=[*done, *left])


def _asked() -> Any:
    """The form without what says which tasks are meant."""
    given = request.form.copy()
    given.poplist('task')
    return given


def _draw(views: Sequence[TaskView], left: Sequence[Outcome], answer: Mapping[str, Any] | None,
          wrong: Mapping[str, list[str]] | None = None) -> str:
    first = views[0]
    drawn = first.form.fields_for(answer, first.scope, first.functions, wrong) if first.form else []
    page = first.form.page(first.scope, first.functions) if first.form else None
    lines = summary(drawn, wrong) if wrong else []
    asked = [each for one in drawn for each in one.walk() if each.key]
    return render_template('batch/ask.html', views=views, left=left, drawn=asked, page=page, refused=lines,
                           names=form.names())


def _chosen(texts: Sequence[str]) -> tuple[list[TaskView], list[Outcome]]:
    """The tasks that can be done together: those of the same step as the first; the others with the reason.

    :raises NotFound: one of them is no task of this government. :raises Refused: they are more than go at once.
    :raises Forbidden: none of them is the reader's to see.
    """
    together: list[TaskView] = []
    left: list[Outcome] = []
    for key in _keys(texts):
        view, why = _seen(key)
        why = why or _unlike(view, together)
        if why:
            left.append(_outcome(view, why))
        else:
            together.append(view)
    if left and not together and not any(one.task_id for one in left):
        raise Forbidden('这一步由{post}办。', post=_holder(view))
    return together, left


def _keys(texts: Sequence[str]) -> list[UUID]:
    try:
        keys = list(dict.fromkeys(UUID(text) for text in texts))
    except ValueError:
        abort(404)
    if len(keys) > MOST:
        raise Refused('一次最多一起办{most}件，选了{count}件，请分几次办。', most=MOST, count=len(keys))
    return keys


def _seen(key: UUID) -> tuple[TaskView, str]:
    """A task, and why it cannot be done here; '' when it can."""
    view = instance.view(db.session, key)
    if view.task.tenant != current_user.tenant.id:
        raise NotFound('没有找到这件待办。')
    if not _opens(view):
        return view, _('现在由%(post)s办', post=_holder(view))
    if view.task.state != 'open':
        return view, _('已经办过了') if view.task.state == 'done' else _('这一步不用办了')
    if not _held(view):
        return view, _('现在由%(post)s办', post=_holder(view))
    if view.task.asks:
        return view, _('是请您提意见，请单独答复')
    if view.still:
        return view, _('暂停办理，恢复以后才能办')
    return view, ''


def _held(view: TaskView) -> bool:
    return (view.task.unit, view.task.post) in visibility.posts()


def _opens(view: TaskView) -> bool:
    """Whether a task is the reader's to see: it has it or lost it, or sees its matter."""
    seen = view.matter is not None and visibility.opens(view.matter.id)
    return _held(view) or seen or bool(ending.lost(view.task))


def _holder(view: TaskView) -> str:
    return form.names().post(f'{view.task.unit}/{view.task.post}')


def _unlike(view: TaskView, others: Sequence[TaskView]) -> str:
    """Why a task cannot be done with these; '' when it can."""
    if not _lets(view):
        return _('流程图没有允许这一步一起办，请单独办')
    if others and _step(view) != _step(others[0]):
        return _('不是同一步，请另外办')
    return ''


def _lets(view: TaskView) -> bool:
    return view.matter is not None and allowed(_Place(view.matter.deployment_id, view.task.process, view.task.element))


def _step(view: TaskView) -> tuple[Any, ...]:
    return view.task.process, view.task.element, view.matter.deployment_id


@dataclass(frozen=True)
class _Place:
    deployment_id: int
    process: str
    element: str


def _do(view: TaskView, answer: Mapping[str, Any]) -> Outcome:
    """One task in a transaction of its own. Whatever stops it, the next has its turn."""
    task_id, actor, outcome = view.task.id, current_user.actor(), _outcome(view, '')
    try:
        incident.carry_out_or_open(
            db.engine, lambda session: instance.complete(session, task_id, actor, dict(answer)),
            tenant_id=view.task.tenant, verb='complete', instance_id=view.task.instance_id)
    except Invalid as refusal:
        return _outcome(view, errors.listed((sentence for found in refusal.fields.values() for sentence in found), '；'))
    except Conflict:
        return _outcome(view, _('刚刚已经有人办了'))
    except Refused as refusal:
        return _outcome(view, errors.sentence(refusal))
    except Exception:
        log.exception('%s: a batch could not complete it', task_id)
        return _outcome(view, _('出错了，什么都没有改动，请单独办一次'))
    return outcome


def _outcome(view: TaskView, why: str) -> Outcome:
    if why and not _opens(view):
        return Outcome(None, view.task.name, '', why)
    title = view.matter.title if view.matter else None
    return Outcome(view.task.id, title or view.task.name, view.matter.code or '' if view.matter else '', why)
