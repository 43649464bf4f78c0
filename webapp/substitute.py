"""代办: who acts for whom between two days; the absent post and its substitute are told on every page."""
from collections.abc import Callable
from datetime import date

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from engine import directory, substitution
from engine.db import writing
from engine.directory import Held, Standing
from engine.errors import Refused
from engine.instance import fallback
from engine.usertask import UserTask
from webapp import auth, errors, fact, say, visibility
from webapp.db import db

bp = Blueprint('substitute', __name__)

_SHOWN = 60                 # rows of the list


@bp.get('/substitutes')
@auth.signed_in
def index() -> str:
    """Own substitutions, past and coming, and the form for a new one."""
    asked = request.args.get('for', '')[:80]
    return _draw({'asked': asked} if asked else {})


@bp.post('/substitutes')
@auth.signed_in
def put() -> Response | tuple[str, int]:
    """Set a substitute."""
    given = {name: request.form.get(name, '').strip()[:80] for name in ('asked', 'by', 'first_day', 'last_day')}
    try:
        asked, by = _post(given['asked'] or '/'.join(_own())), _post(given['by'])
        days = _day(given['first_day']), _day(given['last_day'])
        with writing(db.engine) as session:
            tenant = directory.tenant(session, current_user.tenant.id)
            substitution.put(session, tenant, current_user.actor(), asked, by, *days, say.today())
    except Refused as refusal:
        return _draw(given, errors.sentence(refusal)), 422
    flash(_('已请%(by)s代办，从%(first)s到%(last)s。代办的每一步都写明“甲 代 乙”。', by=fact.names().post('/'.join(by)),
            first=say.say(days[0]), last=say.say(days[1])), 'ok')
    return redirect(url_for('substitute.index'), 303)


@bp.post('/substitutes/<int:number>/end')
@auth.signed_in
def end(number: int) -> Response:
    """End one early."""
    with writing(db.engine) as session:
        tenant = directory.tenant(session, current_user.tenant.id)
        substitution.end(session, tenant, current_user.actor(), number, current_user.now)
    flash(_('代办已经结束，从现在起由本岗位自己办。'), 'ok')
    return redirect(url_for('substitute.index'), 303)


def _own() -> Held:
    return current_user.unit, current_user.post


def _post(text: str) -> Held:
    unit, _slash, post = text.partition('/')
    if not unit or not post:
        raise Refused('请选一个岗位')
    return unit, post


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused('日期写成 2020-09-30 这样，您填的是“{text}”', text=text) from None


def _draw(given: dict[str, str], refusal: str = '') -> str:
    tenant, own, right = current_user.tenant, _own(), _right()
    offered = substitution.offered(db.session, tenant, say.today())
    rows = substitution.listed(db.session, tenant.id, own,
                               everybody=right.all or current_user.post == 'auditor', most=_SHOWN)
    current = [row for row in rows if row.ended_at is None and row.last_day >= say.today()]
    return render_template(
        'substitute/index.html', given=given, refusal=refusal, names=fact.names(), own='/'.join(own),
        askers=[(value, label) for value, label in offered if right.covers(_post(value))],
        offered=offered, current=current, past=[row for row in rows if row not in current],
        may_end=lambda row: row.by == own or right.covers(row.asked))


def _right() -> substitution.Right:
    return substitution.right(db.session, current_user.tenant.id, current_user.actor())


@bp.app_context_processor
def _told() -> dict[str, Callable]:
    """`standing_in()` for the layout: who acts for this post today, and for whom it acts; `passed_on(task)`: whose the
    task was and why it came here; `acting_as(task)`: for whom the reader does it."""
    return {'standing_in': standing_in, 'passed_on': passed_on, 'acting_as': acting_as}


def acting_as(task: UserTask) -> str:
    """For which other post the reader does an open task; '' for its own, and of what it only looks at."""
    held = task.unit, task.post
    if task.state != 'open' or held == _own() or held not in visibility.posts():
        return ''
    return _('这一步由您代%(post)s办。', post=fact.names().post('/'.join(held)))


def passed_on(task: UserTask) -> str:
    """The sentence about a task that nobody could be asked for at the post that the diagram names."""
    return fallback.said(fact.names().post, task.fallback, f'{task.unit}/{task.post}')


def standing_in() -> list[str]:
    """One sentence for each substitution of today in which this post has a part; none where nobody is signed in."""
    if not current_user.is_authenticated or g.get('drawing_error'):
        return []
    tenant, own, today = current_user.tenant, _own(), say.today()
    rows = [row for row in directory.standing(db.session, tenant.id, tenant.parameter_revision)
            if row.first_day <= today <= row.last_day]
    return [*(_absent(row) for row in rows if row.asked == own), *_stands_for(rows, own)]


def _absent(row: Standing) -> str:
    return _('本岗位到%(day)s由%(by)s代办；您自己也可以办。', day=say.say(row.last_day), by=fact.names().post('/'.join(row.by)))


def _stands_for(rows: list[Standing], own: Held) -> list[str]:
    """For whom this post acts and until when: a sentence for each day on which that ends."""
    tenant = current_user.tenant
    asked = directory.stands_for(db.session, tenant.id, own, say.today(), tenant.parameter_revision)[1:]
    until: dict[date, list[str]] = {}
    for one in asked:
        until.setdefault(_until(rows, one, own), []).append('/'.join(one))
    return [_('您正在代办：%(posts)s，到%(day)s。', posts=fact.names().post(','.join(posts)), day=say.say(last))
            for last, posts in sorted(until.items())]


def _until(rows: list[Standing], asked: Held, own: Held) -> date:
    """The day on which a post is reached last, on the way over others that are away as well."""
    return max((row.last_day if row.by == own else min(row.last_day, _until(rows, row.by, own))
                for row in rows if row.asked == asked), default=date.min)
