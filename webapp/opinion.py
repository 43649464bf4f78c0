"""加签的意见: what another post is asked about a task, what there is to look at, and what it answers."""
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from engine import assignment, directory, instance
from engine import usertask as tasks
from engine.errors import NotFound, Refused
from engine.plan import Plan
from engine.usertask import UserTask
from webapp import auth, errors, form, say
from webapp.assignment import HOW, carry, now_with, task_of
from webapp.db import db

bp = Blueprint('opinion', __name__)


@bp.get('/opinions/<uuid:task_id>')
@auth.signed_in
def show(task_id: UUID) -> str:
    """What one is asked about a task of another post, what is filled in there, and what was answered."""
    return _draw(_asked(task_id))


@bp.post('/opinions/<uuid:task_id>')
@auth.signed_in
def answer(task_id: UUID) -> Response | tuple[str, int]:
    """Answer it."""
    task = _asked(task_id)
    about, text, agrees = task.asks, request.form.get('opinion', ''), request.form.get('agrees') != 'no'
    try:
        plan = carry(task, lambda session: assignment.opine(session, task_id, current_user.actor(), text, agrees), 'opine')
    except Refused as refusal:
        db.session.rollback()
        return _draw(_asked(task_id), errors.sentence(refusal)), 422
    flash((_('已答复：同意。') if agrees else _('已答复：不同意。')) + _then(about, plan), 'ok')
    return redirect(url_for('usertask.index'), 303)


def _then(about: UUID, plan: Plan) -> str:
    """Who has it now: the next in line, or whoever asked."""
    db.session.rollback()                              # the answer must be among what is read next
    task = db.session.get(UserTask, about)
    if plan.opened or task.state != 'open':
        return now_with(plan)
    return _('现在由%(post)s接着办。', post=form.names().post(f'{task.unit}/{task.post}'))


@bp.get('/opinions/<uuid:task_id>/remove')
@auth.signed_in
def unask(task_id: UUID) -> str:
    """减签: why the opinion is not wanted any more."""
    return _draw_removal(_opinion(task_id))


@bp.post('/opinions/<uuid:task_id>/remove')
@auth.signed_in
def remove(task_id: UUID) -> Response | tuple[str, int]:
    """It is not wanted any more."""
    task, reason = _opinion(task_id), request.form.get('reason', '')
    about = task.asks
    try:
        plan = carry(task, lambda session: assignment.remove(session, task_id, current_user.actor(), reason), 'remove')
    except Refused as refusal:
        db.session.rollback()
        task = _opinion(task_id)
        if task.state != 'cancelled':
            return _draw_removal(task, errors.sentence(refusal)), 422
        return redirect(url_for('usertask.show', task_id=about), 303)      # it is not wanted already: so the step's page says
    flash(_('已减签。') + now_with(plan), 'ok')
    return redirect(url_for('usertask.show', task_id=about), 303)


def _opinion(task_id: UUID) -> UserTask:
    task = task_of(task_id)
    if task.asks is None:
        raise NotFound('没有找到这条征求意见。')
    return task


def _asked(task_id: UUID) -> UserTask:
    """:raises Forbidden: another post is asked."""
    task = _opinion(task_id)
    directory.acting_for(db.session, task.tenant, (current_user.unit, current_user.post), (task.unit, task.post), say.today())
    return task


def _draw(task: UserTask, refusal: str = '') -> str:
    """The question beside what the doer of the step has filled in so far; once submitted, what was submitted."""
    about = instance.view(db.session, task.asks)
    shown = form.said(about, tasks.filled_in(db.session, about.task))
    return render_template('opinion/show.html', task=task, matter=about.matter, names=form.names(), refusal=refusal,
                           typed=request.form.get('opinion', ''), said=shown)


def _draw_removal(task: UserTask, refusal: str = '') -> str:
    """:raises Forbidden: another post asked for it."""
    assignment.seat(db.session, task.asks, current_user.actor())
    return render_template('opinion/remove.html', task=task, names=form.names(), refusal=refusal)


@bp.app_template_global('opinion_how')
def opinion_how(one: UserTask) -> str:
    """When an opinion was asked for."""
    return str(HOW[one.how])


@bp.app_template_global('opinion_state')
def opinion_state(one: UserTask) -> str:
    """How an opinion that was asked for stands, in a word or two."""
    if one.state == 'done':
        return _('同意') if one.answer['agrees'] else _('不同意')
    return {'open': _('等答复'), 'later': _('提交以后再问')}.get(one.state, _('不问了'))
