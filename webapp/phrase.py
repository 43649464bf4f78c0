"""常用意见: one's own words for opinions, offered where one decides."""
from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine import phrase
from engine.db import writing
from engine.errors import NotFound, Refused
from engine.phrase import Phrase
from webapp import auth, errors
from webapp.db import db

bp = Blueprint('phrase', __name__)

CHOSEN = 'phrase:'
"""What stands before the key of an opinion in the name of the list that is offered with it."""


@bp.get('/phrases')
@auth.signed_in
def index() -> str:
    """One's own phrases, each to be changed, and a line for a further one."""
    return _draw()


@bp.post('/phrases')
@auth.signed_in
def add() -> Response | tuple[str, int]:
    """A further phrase."""
    return _do(lambda session: phrase.add(session, current_user.id, request.form.get('text', '')), _('已加上。'))


@bp.post('/phrases/<int:phrase_id>')
@auth.signed_in
def change(phrase_id: int) -> Response | tuple[str, int]:
    """Change a phrase, move it, or forget it, by the button that was pressed."""
    wanted, account = request.form.get('do', ''), current_user.id
    if wanted == 'remove':
        return _do(lambda session: phrase.remove(session, account, phrase_id), _('已删去。'))
    if wanted in ('up', 'down'):
        return _do(lambda session: phrase.move(session, account, phrase_id, -1 if wanted == 'up' else 1), '')
    return _do(lambda session: phrase.change(session, account, phrase_id, request.form.get('text', '')), _('已改好。'))


def _do(act: Callable[[Session], Any], said: str) -> Response | tuple[str, int]:
    try:
        with writing(db.engine) as session:
            act(session)
    except NotFound:
        raise
    except Refused as refusal:
        return _draw(errors.sentence(refusal)), 422
    if said:
        flash(said, 'ok')
    return redirect(url_for('phrase.index'), 303)


def _draw(refusal: str = '') -> str:
    given = request.form.get('text', '') if request.endpoint == 'phrase.add' else ''
    return render_template('phrase/index.html', phrases=of_mine(), refusal=refusal, longest=phrase.LONGEST,
                           most=phrase.MOST, given=given)


def of_mine() -> Sequence[Phrase]:
    """The phrases of the account that is signed in, in its order."""
    return phrase.of(db.session, current_user.id)
