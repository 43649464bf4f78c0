"""演示时钟: move a demo government's virtual clock; timers on the way fire, each at its own time."""
from flask import Blueprint, flash, redirect, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from engine import worker
from engine.errors import Refused
from webapp import auth, errors, say
from webapp.db import db
from webapp.session import local_path

bp = Blueprint('clock', __name__)

TARGETS = {'next': 'next', 'day': ('workdays', 1)}


@bp.post('/clock')
@auth.requires('officer')
def advance() -> Response:
    """To the next due timer, or one working day on; then back to the page that one was reading."""
    target = TARGETS.get(request.form.get('go', ''))
    if target is None:
        raise Refused('请选择前进到下一个到期，或前进1个工作日。')
    try:
        now = worker.advance(db.engine, current_user.tenant.id, target, current_user.actor())
    except Refused as refusal:
        flash(errors.sentence(refusal), 'warn')
    else:
        flash(_('时钟走到%(day)s %(hour)s，路上到期的定时任务都办过了。', day=say.say_long(now), hour=say.hour(now)), 'ok')
    return redirect(local_path(request.form.get('back')) or '/', 303)
