"""沟通: what posts say to each other beside a matter."""
from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from engine import comment
from engine.comment import Comment
from engine.db import writing
from engine.errors import NotFound, Refused
from engine.ledger import Matter
from engine.usertask import UserTask
from webapp import auth, beside, errors, fact
from webapp.beside import Place
from webapp.db import db

bp = Blueprint('comment', __name__)

SHOWN = 3                   # comments in a matter's panel


@bp.get('/matter/<uuid:matter_id>/comments')
@auth.requires(*auth.READERS)
def index(matter_id: UUID) -> str:
    """Everything that was said, in order, and a form to say more or to answer."""
    return _draw(beside.place(matter_id))


@bp.post('/matter/<uuid:matter_id>/comments')
@auth.requires(*beside.WRITERS)
def write(matter_id: UUID) -> Response | tuple[str, int]:
    """Say something; nothing that was typed is lost when it is refused."""
    place = beside.place(matter_id, 'comment')
    try:
        with writing(db.engine) as session:
            comment.write(session, matter_id, current_user.actor(), request.form.get('text', ''), task=place.task,
                          reply_to=_key(request.form.get('reply', '')), mentioned=request.form.get('to', ''))
    except Refused as refusal:
        db.session.rollback()
        return _draw(beside.place(matter_id), errors.sentence(refusal)), 422
    flash(_('已留言。流程没有变化。'), 'ok')
    return redirect(place.back + '#its-talk', 303)


@bp.post('/comments/<uuid:comment_id>/withdraw')
@auth.requires(*beside.WRITERS)
def withdraw(comment_id: UUID) -> Response:
    """Take back what this post said."""
    with writing(db.engine) as session:
        row = comment.withdraw(session, comment_id, current_user.actor())
        matter_id = row.matter_id
    flash(_('留言已撤回，别人看不到内容了；撤回这件事记在轨迹上。'), 'ok')
    return redirect(url_for('comment.index', matter_id=matter_id), 303)


def _draw(place: Place, refusal: str = '') -> str:
    said = comment.thread(db.session, place.matter.id)
    answered = _key(request.values.get('reply', ''))
    audits = current_user.post == 'auditor'
    steps = select(UserTask.id, UserTask.name).where(UserTask.id.in_({one.task_id for one in said} - {None}))
    return render_template(
        'comment/index.html', place=place, matter=place.matter, said=said, by_id={one.id: one for one in said},
        answered=next((one for one in said if one.id == answered), None), refusal=refusal, names=fact.names(),
        steps=dict(tuple(row) for row in db.session.execute(steps)), audits=audits,
        altered=comment.altered(db.session, place.matter.id, said) if audits else set())


def _key(text: str) -> UUID | None:
    """The comment that is answered. :raises NotFound: what was sent names none."""
    try:
        return UUID(text) if text else None
    except ValueError:
        raise NotFound('没有找到要回复的留言。') from None


@bp.app_template_global('comments_of')
def comments_of(matter: Matter) -> Sequence[Comment]:
    """What was said beside a matter, in order."""
    return comment.thread(db.session, matter.id)


@bp.app_template_global('addressed')
def addressed(matter: Matter) -> list[str]:
    """Whom one can tell, as unit/post; this post left out."""
    return ['/'.join(seat) for seat in comment.audience(db.session, matter)
            if seat != (current_user.unit, current_user.post)]
