"""别的办法: a task claimed, handed on, talked over, returned, taken back."""
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as later
from flask_login import current_user
from werkzeug.wrappers import Response

from engine import assignment, directory, incident, instance
from engine.assignment import Offer
from engine.errors import Invalid, NotFound, Refused
from engine.finding import inner
from engine.ledger import Matter
from engine.plan import Plan
from engine.usertask import UserTask, handed_by
from webapp import auth, ending, errors, form, say, visibility
from webapp.db import db

bp = Blueprint('assignment', __name__)


@dataclass(frozen=True)
class Act:
    """One act with a page of its own: its title, what it asks for, its button, and what was done."""

    title: Any
    hint: Any
    reason: Any
    button: Any
    said: Any
    carry: Callable[..., Plan]
    asks: str = ''                                     # 'post', 'step', or nothing but the reason


_WHY = later('理由')
PAGES: Mapping[str, Act] = {
    'transfer': Act(later('转办'), later('由别的岗位办，办完接着往下走，不再回到您这里。'), _WHY, later('转办'), later('已转办'),
                    lambda session, key, actor, given: assignment.transfer(session, key, given('to'), actor, given('reason')),
                    'post'),
    'delegate': Act(later('委派'), later('请别的岗位先办，办好交回来，由您提交。'), later('请对方办什么'), later('委派'), later('已委派'),
                    lambda session, key, actor, given: assignment.delegate(session, key, given('to'), actor, given('reason')),
                    'post'),
    'consult': Act(later('加签'), later('请别的岗位看一看、提意见；这一步还是由您办。'), later('请对方看什么'), later('请其提意见'),
                   later('已请其提意见'),
                   lambda session, key, actor, given: assignment.ask(session, key, given('to'), given('how'), actor,
                                                                     given('reason')), 'post'),
    'return': Act(later('退回'), later('回到前面的一步重办；填过的都在，期限重新算。同时在走的别的分支一起停下。'), _WHY, later('退回'), later('已退回'),
                  lambda session, key, actor, given: assignment.give_back(session, key, given('to'), actor, given('reason')),
                  'step'),
    'take_back': Act(later('收回'), later('收回来由您接着办；对方填了的都留着。'), _WHY, later('收回'), later('已收回'),
                     lambda session, key, actor, given: assignment.take_back(session, key, actor, given('reason'))),
    'recall': Act(later('撤回'), later('收回刚提交的这一步，改好再交；下一步的待办同时取消。'), _WHY, later('撤回'), later('已撤回'),
                  lambda session, key, actor, given: assignment.recall(session, key, actor, given('reason'))),
}
_AT_ONCE = {'claim': (assignment.claim, later('已认领，同岗位的别人现在不能提交')), 'release': (assignment.release, later('已放回，同岗位的都可以办'))}
HOW = {'before': later('先听意见再提交'), 'beside': later('边办边听意见'), 'after': later('提交以后要其同意')}
_STAYS = frozenset({'consult', 'take_back', 'recall'})
"""After these the task is still with its doer."""


@bp.post('/tasks/<uuid:task_id>/<any(claim, release):act>')
@auth.signed_in
def at_once(task_id: UUID, act: str) -> Response:
    """Claim a task, or put it back."""
    verb, said = _AT_ONCE[act]
    task = task_of(task_id)
    try:
        carry(task, lambda session: verb(session, task_id, current_user.actor()), act)
    except Refused as refusal:
        db.session.rollback()
        if not ending.holds(task) and not ending.given(task) and not ending.lost(task):
            raise
        if task.state == 'open':                         # of one that is closed its page says what happened
            flash(errors.sentence(refusal), 'warn')
        return _page_of(task)
    flash(f'{said}{_("。")}', 'ok')
    return redirect(url_for('usertask.show', task_id=task_id) if act == 'claim' else url_for('usertask.index'), 303)


@bp.get('/tasks/<uuid:task_id>/<any(transfer, delegate, consult, return, take_back, recall):act>')
@auth.signed_in
def ask(task_id: UUID, act: str) -> str | Response:
    """The page of an act: to whom or to where, and why; the step's own, where that says what has become of it."""
    task = task_of(task_id)
    away = act != 'take_back' and ending.delegated(task) or ending.given(task) or ending.lost(task)
    return _page_of(task) if away or _over(task, act) or _stands_still(task) else _draw(task, act)


@bp.post('/tasks/<uuid:task_id>/<any(transfer, delegate, consult, return, take_back, recall):act>')
@auth.signed_in
def do(task_id: UUID, act: str) -> Response | tuple[str, int]:
    """Carry it out; what is refused is said beside what was typed, to those for whom it would be carried out."""
    task, page = task_of(task_id), PAGES[act]
    try:
        plan = carry(task, lambda session: page.carry(session, task_id, current_user.actor(),
                                                      lambda name: request.form.get(name, '')), act)
    except Refused as refusal:
        db.session.rollback()
        return _page_of(task) if _done(task, act) else _shut(task, act, refusal) or (_draw(task, act, refusal), 422)
    flash(f'{page.said}{_("。")}' + (_asked_of() if act == 'consult' else now_with(plan)), 'ok')
    return redirect(url_for('usertask.show', task_id=task_id) if act in _STAYS else url_for('usertask.index'), 303)


def _asked_of() -> str:
    """Whom it was asked of, and where the answer will be read."""
    post = form.names().post(request.form['to'])
    if request.form['how'] == 'after':
        return _('您提交以后，由%(post)s看；同意了才往下走。', post=post)
    return _('%(post)s的答复会出现在这一页上面。', post=post)


def carry(task: UserTask, think: Any, verb: str) -> Plan:
    """Write what is thought out about a task; a failure opens an incident at its instance."""
    return incident.carry_out_or_open(db.engine, think, tenant_id=task.tenant, verb=verb, instance_id=task.instance_id)


def task_of(task_id: UUID) -> UserTask:
    """:raises NotFound: there is none in this government that this post has to do with."""
    task = db.session.get(UserTask, task_id)
    if task is None or task.tenant != current_user.tenant.id:
        raise NotFound('没有找到这件待办。')
    return task


def _draw(task: UserTask, act: str, refusal: Refused | None = None) -> str:
    """The page, for whom the act would be carried out.

    :raises Refused: for others: the refusal that they met, or why it is not open to them.
    """
    offer = offered(task)
    if act == 'recall':
        shut = assignment.refusal(db.session, task.id, current_user.actor())
    else:
        shut = None if act in offer.acts else Refused(
            _('现在不能%(act)s这一步：流程图上没有允许，或者不在您手里。', act=PAGES[act].title))
    if shut is not None:
        raise refusal or shut
    return render_template(
        'assignment/act.html', task=task, matter=task.matter_id and db.session.get(Matter, task.matter_id), act=act,
        page=PAGES[act], offer=offer,
        wrong=_wrong(act, refusal) if refusal else {},
        units=_posts() if PAGES[act].asks == 'post' else (), steps=_steps(task) if PAGES[act].asks == 'step' else {},
        how=HOW, names=form.names(), inner=inner)


def _stands_still(task: UserTask) -> bool:
    """Whether an open task of the reader's is suspended."""
    return task.state == 'open' and ending.holds(task) and instance.view(db.session, task.id).still


def _over(task: UserTask, act: str) -> bool:
    """Whether it is too late for the act: the step's page says what happened."""
    return task.state == 'open' and ending.holds(task) if act == 'recall' else task.state != 'open'


def _done(task: UserTask, act: str) -> bool:
    """Whether what is asked was done already, here or in another tab."""
    if act == 'recall':
        return _over(task, act)
    if act == 'take_back':
        return ending.holds(task) and act not in offered(task).acts
    if act == 'return':
        return task.state != 'open' and handed_by(db.session, task.id, visibility.posts()) is not None
    there = request.form.get('to') == f'{task.unit}/{task.post}'
    return there and act != 'consult' and bool(ending.delegated(task) or ending.given(task))


def _shut(task: UserTask, act: str, refusal: Refused) -> tuple[str, int] | None:
    """The page of an act that is not open any more to a post that has the step or had it: why, and what was typed; None
    where it is open, or never was."""
    lost = ending.lost(task)
    gone = ending.delegated(task) or ending.given(task) or lost
    if not gone and (not ending.holds(task) or act == 'recall' or act in offered(task).acts):
        return None
    to = request.form.get('to', '')
    said = [(_('哪个岗位'), form.names().post(to))] if to and PAGES[act].asks == 'post' else []
    said += [(PAGES[act].reason, word)] if (word := request.form.get('reason', '').strip()) else []
    return ending.page(task, PAGES[act].title, said, gone or errors.sentence(refusal), reads=not lost)


def _page_of(task: UserTask) -> Response:
    return redirect(url_for('usertask.show', task_id=task.id), 303)


def _wrong(act: str, refusal: Refused) -> dict[str, str]:
    """What is wrong with each field: with the post that was chosen, unless with what was written, or with both."""
    if isinstance(refusal, Invalid):
        return {name: errors.listed(said, '') for name, said in refusal.fields.items()}
    written = request.form.get('reason', '').strip() and 'count' not in refusal.values
    return {'to' if written and PAGES[act].asks == 'post' else 'reason': errors.sentence(refusal)}


def offered(task: UserTask) -> Offer:
    """What this post can do with a task now."""
    if task.state != 'open' or task.asks is not None:
        return Offer()
    return assignment.offers(db.session, task.id, current_user.actor())


def _posts() -> list[tuple[str, list[tuple[str, str]]]]:
    """The posts of today by unit, as (value, label)."""
    tenant = current_user.tenant
    options = directory.options(db.session, tenant.id, 'posts', say.today())
    return [(label, list(group)) for label, group in groupby(options, lambda one: one[1].partition('·')[0])]


def _steps(task: UserTask) -> Mapping[str, str]:
    try:
        return assignment.open_ways(db.session, task.id, current_user.actor())
    except Refused:
        return {}


def now_with(plan: Plan) -> str:
    """现在由省司法厅·联络员办。 of whom the first task that opened waits for."""
    posts = form.names()
    return ''.join(_('现在由%(post)s办。', post=posts.post(f'{row["unit"]}/{row["post"]}')) for row in plan.opened[:1])


_NOTES = {'returned': later('退回'), 'handed_back': later('办好交回'), 'refused': later('不同意'), 'delegate': later('委派给您'),
          'transfer': later('转给您办'), 'unfit': later('提交没有成功'), 'recalled': later('您撤回了这一步，上次填的都在'),
          'taken_back': later('已收回，填的都在')}


_BADGES = {'returned': later('退回来的'), 'refused': later('不同意'), 'handed_back': later('办好交回'), 'transfer': later('转给您'),
           'unfit': later('没有成功')}


@bp.app_template_global('kept_badge')
def kept_badge(task: Any) -> str:
    """Why a task is in the list again, or still, in a word or two; '' where it is there for the first time."""
    kept = task.kept or {}
    if 'by' in kept and task.asks is None:
        return _('等同意')
    return '' if task.owner else str(_BADGES.get(kept.get('as'), ''))


@bp.app_template_global('kept_note')
def kept_note(task: UserTask) -> str:
    """Why a task is here again, and what was said: 省发展改革委·联络员退回：材料不全."""
    kept = task.kept or {}
    if kept.get('as') not in _NOTES:
        return ''
    who = form.names().post(kept['from']) if kept.get('from') else ''
    return f'{who}{_NOTES[kept["as"]]}' + (f'{_("：")}{kept["said"]}' if kept.get('said') else '')
