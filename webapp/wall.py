"""大屏: one screen for the wall that refreshes itself. Its address is a key of its own, so that no session stays open.

The key names the account that opened it and ends with that account's password, or after `DAYS`. It shows figures, what
falls due and what was issued, and nothing can be done or opened from it. No ranking (A28).
"""
import hmac
from datetime import timedelta
from hashlib import sha256

from flask import Blueprint, abort, current_app, g, redirect, render_template, url_for
from flask_login import current_user
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import select
from werkzeug.wrappers import Response

from engine import history, statistic
from engine.actions.notice import Notice
from engine.db import writing
from engine.history import Kind
from engine.ledger import Matter
from webapp import auth, board, fact, say
from webapp.auth import Person
from webapp.db import db

bp = Blueprint('wall', __name__)

DAYS = 31
_DUE, _NOTICES = 8, 4       # rows that can be read from afar
_EVERY = 60                 # seconds until the screen is drawn anew


@bp.post('/wall')
@auth.requires('officer', 'head')
def open() -> Response:
    """A new address for a wall; that it was made is on the trail."""
    with writing(db.engine) as session:
        history.record(session, current_user.tenant.id, current_user.actor(), Kind.WALL_OPENED, '打开大屏')
    key = _signer().dumps([current_user.id, _mark(current_user)])
    return redirect(url_for('wall.show', key=key), 303)


@bp.get('/wall/<key>')
@auth.public
def show(key: str) -> Response:
    """The screen of the government whose account made the key."""
    g._login_user = holder(key)        # for this answer alone: where flask-login keeps who asks, without a session
    own, today, names = board.scope(), say.today(), fact.names()
    month = board.recent(own, 1)[0]
    week = today + timedelta(days=6 - today.weekday())
    due = db.session.scalars(
        select(Matter).where(own, Matter.status == 'open', Matter.due_at >= today, Matter.due_at <= week)
        .order_by(Matter.due_at, Matter.code).limit(_DUE + 1)).all()
    notices = db.session.execute(
        select(Notice.kind, Notice.number, Notice.to_unit, Notice.issued_at, Matter.title)
        .join(Matter, Matter.id == Notice.matter_id)
        .where(Notice.tenant == current_user.tenant.id, Notice.state == 'issued', own)
        .order_by(Notice.issued_at.desc(), Notice.id.desc()).limit(_NOTICES)).all()
    screen = render_template('wall/show.html', lamps=statistic.lamps(db.session, own), called=fact.LAMPS, stands=fact.STANDS, month=month, due=due[:_DUE],
                           more=len(due) > _DUE, notices=notices, names=names, today=today)
    return Response(screen, mimetype='text/html', headers={'Refresh': str(_EVERY)})


def holder(key: str) -> Person:
    """The account that made a key; 404 when it is none, or no longer one."""
    try:
        account_id, mark = _signer().loads(key, max_age=DAYS * 86400)
    except BadData:
        abort(404)
    who = auth.person(account_id)
    if who is None or who.post not in auth.SUPERVISION or not hmac.compare_digest(mark, _mark(who)):
        abort(404)
    return who


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config['SECRET_KEY'], salt='wall')


def _mark(who: Person) -> str:
    """What changes with the account's password."""
    return sha256(f'wall:{who.session_key}'.encode()).hexdigest()[:32]


@bp.app_context_processor
def _for_boards() -> dict[str, int]:
    return {'wall_days': DAYS}
