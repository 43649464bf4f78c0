"""The form of one task: read, keep as a draft, submit."""
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from engine import deployment, directory, incident, instance
from engine import usertask as tasks
from engine.assignment import Offer, hand_back, recallable
from engine.db import writing
from engine.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from engine.finding import inner
from engine.form import Drawn
from engine.instance import TaskView
from engine.ledger import Matter
from engine.plan import Plan
from engine.usertask import UserTask
from webapp import assignment, attachment, auth, ending, form, inbox, say, visibility
from webapp import errors as refusals
from webapp.assignment import now_with
from webapp.db import db

bp = Blueprint('usertask', __name__)

_NAMED = 3                  # tasks that one sentence names

# The lists are drawn next door; they hang here, under the addresses of tasks.
bp.add_url_rule('/tasks', 'index', inbox.index)
bp.add_url_rule('/tasks/done', 'done', inbox.done)


@bp.get('/tasks/<uuid:task_id>')
@auth.signed_in
def show(task_id: UUID) -> Any:
    """The form of an open task for those who may do it; of a closed one what was answered."""
    try:
        view = _view(task_id)
    except Forbidden as refusal:
        return _lost(task_id, refusal)
    if view.task.asks is not None:
        return redirect(url_for('opinion.show', task_id=task_id))
    if view.task.state != 'open':
        return _closed(view)
    offer = assignment.offered(view.task)
    if gone := ending.given(view.task):
        return _held(view, Offer(), gone)
    if why := _elsewhere(view.task, offer):
        return _held(view, offer, why)
    draft = tasks.draft_of(db.session, task_id, current_user.id)
    return form.draw(view, draft.answer if draft else _typed(view.task), offer=offer,
                     saved_at=draft.saved_at if draft else None)


def _held(view: TaskView, offer: Offer, why: str) -> str:
    said = form.said(view, (view.task.kept or {}).get('answer'))
    return render_template('assignment/held.html', task=view.task, matter=view.matter, offer=offer, why=why, said=said,
                           names=form.names())


def _elsewhere(task: UserTask, offer: Offer) -> str:
    """Why the reader cannot fill in the form of an open task, though it may see it; '' when it can."""
    return ending.delegated(task) or (offer.held if offer.submitted or offer.claimed and not offer.mine else '')


def _typed(task: UserTask) -> dict[str, Any] | None:
    """What was filled in at this step before: handed back, refused, recalled, or typed when it was returned."""
    return (task.kept or {}).get('answer') or tasks.typed_before(db.session, task)


@bp.post('/tasks/<uuid:task_id>')
@auth.signed_in
def submit(task_id: UUID) -> Any:
    """Submit, or keep as a draft when that button was pressed; what is refused becomes a draft, too."""
    try:
        view = _view(task_id)
    except Forbidden as refusal:
        return _lost(task_id, refusal)
    answer = form.collected(view)
    if view.task.state != 'open' or _away(view.task):
        return _taken(view, answer)
    if wrong := attachment.from_form(view):
        keep(task_id, answer)
        return _again(view, answer, wrong)
    if 'draft' in request.form:
        return _draft(view, answer)
    if 'go-to' in request.form:
        return _on_to(task_id, answer, request.form['go-to'])
    try:
        plan = _carry(view.task, answer)
    except Invalid as refusal:
        keep(task_id, answer)
        return _again(view, answer, refusal.fields)
    except Conflict:
        return _taken(_view(task_id, fresh=True), answer)
    except Exception as error:
        keep(task_id, answer)
        if type(error) is Refused and 'hand-back' in request.form:       # the word that is missing is asked for there
            return _again(view, answer, {'': [refusals.sentence(error)]})
        refusals.draft_was_kept()
        raise
    flash(_('已交回。') + now_with(plan) if 'hand-back' in request.form
          else _consent(view.task, plan) or went(view.task.name, plan, form.decided(view, answer), _moved(view, plan)), 'ok')
    return redirect(url_for('usertask.index'), 303)


def _again(view: TaskView, answer: dict[str, Any], wrong: dict[str, list[str]]) -> tuple[str, int]:
    """The form as it was sent, with what is refused in it."""
    return form.draw(view, answer, wrong, saved_at=current_user.now, offer=assignment.offered(view.task)), 422


def _on_to(task_id: UUID, answer: dict[str, Any], act: str) -> Response:
    """The page of another act; what was typed is kept meanwhile."""
    if act not in assignment.PAGES:
        abort(404)
    keep(task_id, answer)
    return redirect(url_for('assignment.ask', task_id=task_id, act=act), 303)


def _carry(task: UserTask, answer: dict[str, Any]) -> Plan:
    """Submit it, or give back what was delegated."""
    actor, said = current_user.actor(), request.form.get('hand-word', '')
    handed = 'hand-back' in request.form
    return incident.carry_out_or_open(
        db.engine, lambda session: hand_back(session, task.id, actor, answer, said) if handed
        else instance.complete(session, task.id, actor, answer),
        tenant_id=task.tenant, verb='hand_back' if handed else 'complete', instance_id=task.instance_id)


def _view(task_id: UUID, *, fresh: bool = False) -> TaskView:
    """The task for somebody who may see it: who does it or had it; once closed, also its unit and the supervision.

    :raises NotFound: there is none in this government. :raises Forbidden: it is another post's.
    """
    if fresh:
        db.session.rollback()
    view = instance.view(db.session, task_id)
    task = view.task
    if task.tenant != current_user.tenant.id:
        raise NotFound('没有找到这件待办。')
    if ending.holds(task) or _oversees(task) or tasks.handed_by(db.session, task.id, visibility.posts()):
        return view
    raise Forbidden('这一步由{post}办。', post=_post_name(task.unit, task.post))


def _oversees(task: UserTask) -> bool:
    """Those who do not do it themselves: once it is closed its unit, and of a matter that they see the supervision, the
    leaders and the auditor; while somebody has claimed it, the supervision, which may put it back. What belongs to no
    matter is seen by those of them that see every matter."""
    closed = task.state != 'open'
    if closed and current_user.unit == task.unit:
        return True
    who = (*auth.SUPERVISION, *auth.LEADERS, 'auditor') if closed else auth.SUPERVISION if task.claimed_by is not None else ()
    return current_user.post in who and (
        visibility.opens(task.matter_id) if task.matter_id else visibility.sight().everything)


def _post_name(unit: str, post: str) -> str:
    return directory.post_name(db.session, current_user.tenant.id, f'{unit}/{post}')


def keep(task_id: UUID, answer: Mapping[str, Any]) -> None:
    """Keep what was typed, as far as the task is still open."""
    with writing(db.engine) as session:
        tasks.save_draft(session, task_id, current_user.id, dict(answer), current_user.now)


def _draft(view: TaskView, answer: dict[str, Any]) -> Response:
    """The button or the script kept a draft: say when; a further row of a list opens where one was."""
    keep(view.task.id, answer)
    said = _('草稿已保存 %(time)s', time=say.hour(current_user.now))
    if request.form['draft'] == 'auto':
        return jsonify(saved=said)
    flash(said, 'ok')
    place = request.form['draft'] if request.form['draft'] in view.form.fields else None
    return redirect(url_for('usertask.show', task_id=view.task.id, _anchor=place), 303)


def _consent(task: UserTask, plan: Plan) -> str:
    """Who has to agree before what was submitted counts; '' where nobody has to."""
    posts = [_post_name(row['unit'], row['post']) for row in plan.opened if row['asks'] == task.id]
    return posts and _('已提交“%(name)s”，等%(posts)s同意了才往下走。同意以前您可以收回。', name=inner(task.name),
                       posts=_('、').join(posts))


def _moved(view: TaskView, plan: Plan) -> str:
    """办结时限改为11月30日 周一: the deadline that the step put in the place of another; '' where it did not."""
    old = view.matter.due_at if view.matter else None
    new = next((row['due_at'] for rows in plan.checked.values() for row in rows if 'due_at' in row), None)
    return _('办结时限改为%(day)s', day=say.say(new)) if old and new and new != old else ''


def went(name: str, plan: Plan, decided: str = '', moved: str = '') -> str:
    """已提交“延期审批”：同意延期。现在由省政府办公厅·督查员办“审核延期申请”; where nothing new opened, who else is at work."""
    told = [one for one in (decided, moved, *plan.told) if one]
    done = _('已提交“%(name)s”', name=inner(name)) + (_('：') + _('，').join(told) if told else '')
    done += _('。')
    if plan.opened:
        return done + _('现在由%(holders)s。', holders=_holders(plan.opened))
    others = _still_open(plan.matter_id) if plan.matter_id else ()
    if others:
        return done + _('还在等：%(holders)s。', holders=_holders(others))
    return done + (_('这件事没有别的要办了。') if plan.matter_id else '')


def _holders(rows: Sequence[Mapping[str, Any]]) -> str:
    own = current_user.unit, current_user.post
    return _('、').join(
        _('您办“%(name)s”', name=inner(row['name'])) if (row['unit'], row['post']) == own
        else _('%(post)s办“%(name)s”', post=_post_name(row['unit'], row['post']), name=inner(row['name']))
        for row in rows[:_NAMED])


def _still_open(matter_id: UUID) -> Sequence[Mapping[str, Any]]:
    """What waits for a person in the matter once the step is written, the most pressing first."""
    db.session.rollback()                              # the step must be among what is read next
    return db.session.execute(
        select(UserTask.name, UserTask.unit, UserTask.post)
        .where(UserTask.matter_id == matter_id, UserTask.state == 'open')
        .order_by(UserTask.due_at.is_(None), UserTask.due_at, UserTask.id).limit(_NAMED)).mappings().all()


def _turned_down(task: UserTask) -> bool:
    """Whether the button with which the step was answered refuses or returns."""
    matter = db.session.get(Matter, task.matter_id) if task.matter_id else None
    asked = deployment.bundle(db.session, matter.deployment_id).forms.get(task.form) if matter else None
    return asked is not None and asked.turned_down(task.answer or {})


@bp.app_template_global('step_before')
def step_before(task: UserTask, own: bool, drawn: Sequence[Drawn]) -> dict[str, Any] | None:
    """What is said above the form of a step that is done again, or after a refusal: by whom, and what is to change, as
    far as the form does not say it; `own`: what was answered at this step the last time. None: nothing led back."""
    found = tasks.last_round(db.session, task)
    one = found[0 if own else 1] if found else tasks.sent_by(db.session, task)
    if one is None or not found and (own or not _turned_down(one)):
        return None
    there = form.texts(drawn)
    answered = form.said(instance.view(db.session, one.id), one.answer)
    said = [pair for pair in answered if form.squeezed(pair[1]) not in there]
    return {'who': one.closed_by, 'at': one.closed_at, 'name': inner(one.name), 'said': said}


def _closed(view: TaskView) -> str:
    recall = recallable(db.session, view.task.id, current_user.actor()) if view.task.state == 'done' else None
    return render_template('usertask/closed.html', task=view.task, matter=view.matter, recall=recall,
                           why='' if view.task.state == 'done' else ending.why(view.task),
                           said=form.said(view, view.task.answer), names=form.names())


def _taken(view: TaskView, answer: dict[str, Any]) -> tuple[str, int]:
    """Somebody was faster, or it is in another hand by now."""
    return ending.page(view.task, view.task.name, _written(view, answer), _away(view.task))


def _away(task: UserTask) -> str:
    """To whom the reader gave an open task; '' where it has it."""
    return ending.given(task) or ending.delegated(task)


def _lost(task_id: UUID, refusal: Forbidden) -> tuple[str, int]:
    """The page of a step that the reader had and has no more, with what it typed.

    :raises Forbidden: it never had it.
    """
    view = instance.view(db.session, task_id)
    gone = ending.lost(view.task)
    if not gone:
        raise refusal
    draft = tasks.draft_of(db.session, task_id, current_user.id)
    answer = form.collected(view) if request.method == 'POST' else draft.answer if draft else {}
    return ending.page(view.task, view.task.name, _written(view, answer), gone, reads=False)


def _written(view: TaskView, answer: dict[str, Any]) -> list[tuple[str, str]]:
    """What this person wrote: the form, and the word with which it was to go back."""
    word = request.form.get('hand-word', '').strip()
    return form.said(view, answer) + ([(_('办得怎样'), word)] if word else [])
