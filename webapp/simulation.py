"""试运行: a matter's whole life on a draft, or on the version in use, tried act by act on a clock of its own.

Each act is done by the system as usual or at random, or filled in by hand. Nothing of it reaches the product's matters;
the list of acts is kept, so that one can go back, mend the draft, and look at the same acts again.
"""
from dataclasses import replace
from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as later
from flask_login import current_user
from werkzeug.wrappers import Response as Redirect

from engine import clock, draft, simulation, trial
from engine import db as database
from engine.errors import Conflict, Refused, Undeployable
from engine.simulation import story
from webapp import auth, errors, number, say
from webapp import trial as trials
from webapp.db import db
from webapp.fact import LAMPS
from webapp.trial import Stand, Tried

bp = Blueprint('simulation', __name__)

_MARKS = {'notice.issued': later('通知'), 'task.completed': later('办'), 'timer.fired': later('到期')}

Answer = str | Redirect | tuple[str, int]


@bp.get('/process/<process>/try')
@auth.requires('owner')
def show(process: str) -> str:
    """Where a trial begins: on which day, by which chance; and the trials that one can go on with."""
    return _show(_stand(process))


@bp.post('/process/<process>/try')
@auth.requires('owner')
def begin(process: str) -> Answer:
    """Begin a trial: nothing is done in it yet."""
    standing = _stand(process)
    try:
        begins, seed = _wish()
    except ValueError:
        return _show(standing, _('开始日期要写成年月日，随机的种子要写不超过九位的整数。')), 422
    with database.writing(db.engine) as session:
        made = trial.begin(session, current_user.tenant.id, current_user.id, process,
                           standing.draft.id if standing.draft else None, begins, seed, current_user.now).id
    return redirect(url_for('simulation.run', process=process, trial_id=made), 303)


@bp.get('/process/<process>/try/<int:trial_id>')
@auth.requires('owner')
def run(process: str, trial_id: int) -> Answer:
    """The run as far as its acts go: where it stands, who has what to do, every deadline, what happened."""
    try:
        with trials.opened(process, trial_id) as tried:
            return _draw(tried, _gone(tried))
    except Undeployable as refusal:
        return _unfit(process, trial_id, refusal)


@bp.post('/process/<process>/try/<int:trial_id>')
@auth.requires('owner')
def step(process: str, trial_id: int) -> Answer:
    """What the pressed button says: the next act, the next event, to a day, to the end, one act back."""
    how = trials.STEPS.get(request.form.get('act', ''))
    if how is None:
        abort(400)
    try:
        with trials.opened(process, trial_id) as tried:
            return _stepped(tried, how)
    except Undeployable as refusal:
        return _unfit(process, trial_id, refusal)


def _stepped(tried: Tried, how: Any) -> Answer:
    try:
        said = how(tried)
        trials.keep(tried, trials.seen())
    except Conflict:
        raise
    except Refused as refusal:
        return _draw(tried, errors.sentence(refusal)), 422
    if said:
        flash(said)
    return redirect(url_for('simulation.run', process=tried.row.process, trial_id=tried.row.id), 303)


@bp.get('/process/<process>/try/<int:trial_id>/story')
@auth.requires('owner')
def tell(process: str, trial_id: int) -> Response:
    """The run as a story, for the tests to keep."""
    with trials.opened(process, trial_id) as tried:
        answer = Response(story(tried.run), mimetype='text/plain')
    answer.headers.set('Content-Disposition', 'attachment', filename=f'trial_{trial_id}.story')
    return answer


@bp.post('/process/<process>/try/<int:trial_id>/story')
@auth.requires('owner')
def write(process: str, trial_id: int) -> Redirect:
    """Put the run as a story into the draft that is tried."""
    with trials.opened(process, trial_id) as tried:
        if tried.stand.draft is None:
            raise Refused(_('这次试的是在用的一版，没有稿可以写进去；请下载故事。'))
        content, name, draft_id = story(tried.run).encode(), f'trial_{trial_id}.story', tried.row.draft_id
    with database.writing(db.engine) as session:
        held = draft.find(session, current_user.tenant.id, current_user.id, draft_id, lock=True)
        draft.add(session, held, current_user.actor(), {name: content}, held.version)
    flash(_('故事“%(name)s”写进了这一稿，发布时和图一起走。', name=name), 'ok')
    return redirect(url_for('draft.show', draft_id=draft_id), 303)


def _stand(process: str) -> Stand:
    return trials.stand(process, number.whole(request.values.get('draft')))


def _wish() -> tuple[date, int | None]:
    day, seed = (request.form.get(name, '').strip() for name in ('day', 'seed'))
    begins, chance = date.fromisoformat(day), number.whole(seed)
    if begins.year not in clock.YEARS or seed and chance is None:
        raise ValueError(day, seed)
    return begins, chance


def _show(standing: Stand, refusal: str = '') -> str:
    held = standing.draft
    return render_template(
        'simulation/index.html', stand=standing, refusal=refusal, seed=request.form.get('seed', ''),
        day=request.form.get('day') or say.today().isoformat(),
        before=trial.trials(db.session, current_user.id, standing.process.id, held.id if held else None))


def _gone(tried: Tried) -> str:
    """Why acts of an earlier look are not in this one; they stay kept until another act is done."""
    if tried.refusal is None:
        return ''
    return _('流程或参数改了，第%(n)s步做不下去，下面停在它前面：%(why)s', n=len(tried.run.acts) + 1,
             why=errors.sentence(tried.refusal))


def _draw(tried: Tried, refusal: str = '') -> str:
    found, telling = trials.standing(tried.run)
    results = telling.summary(replace(found, tasks=[], deadlines=[]), tried.stuck)
    first = tried.run.first_task(tried.row.process) if not tried.run.acts else None
    return render_template(
        'simulation/show.html', trial=tried.row, stand=tried.stand, refusal=refusal, done=len(tried.run.acts),
        found=found, summary=list(results)[1:], first=first and tried.stand.process.elements[first[0]],
        named=telling.named, post=tried.run.names.post, months=list(trials.months(tried.run, found, _mark)),
        most=trial.MOST_ACTS, brought=trials.brought(telling, tried.run), ahead=tried.run.next_at(),
        beside=simulation.offered(tried.run), walk=trials.walk(tried.stand.process, tried.run, found))


def _mark(one: Any) -> str:
    """What a square of the calendar says of something that happened."""
    if one.kind == 'lamp.changed':
        return str(LAMPS.get(one.data['lamp']['new'], ''))
    return str(_MARKS.get(one.kind, ''))


def _unfit(process: str, trial_id: int, refusal: Undeployable) -> tuple[str, int]:
    """The files cannot be tried as they stand: what must be mended first."""
    row = trial.find(db.session, current_user.id, trial_id)
    return render_template('simulation/unfit.html', process=process, draft_id=row.draft_id,
                           findings=refusal.findings), 422
