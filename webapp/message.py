"""消息: what timers and other posts told this post. Reading one is the post's business; nothing hangs on it."""
from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import Select, func, select, update
from werkzeug.wrappers import Response

from engine.actions.reminder import Message
from engine.db import writing
from engine.ledger import Matter
from webapp import auth, pager
from webapp.db import db

bp = Blueprint('message', __name__)


def _mine() -> tuple:
    return (Message.tenant == current_user.tenant.id, Message.unit == current_user.unit,
            Message.post == current_user.post)


def newest(limit: int, offset: int = 0) -> Select:
    """The post's messages with the title and code of their matter, newest first."""
    return (select(Message, Matter.title, Matter.code).outerjoin(Matter, Matter.id == Message.matter_id)
            .where(*_mine()).order_by(Message.sent_at.desc(), Message.id).limit(limit).offset(offset))


def unread() -> int:
    """How many messages nobody of this post has read."""
    return db.session.scalar(select(func.count()).where(*_mine(), Message.read_at.is_(None)))


@bp.get('/messages')
@auth.signed_in
def index() -> str:
    """All messages of the post, in pages."""
    total = db.session.scalar(select(func.count()).select_from(Message).where(*_mine()))
    shown = pager.page_of(total)
    rows = db.session.execute(newest(shown.size, shown.offset)).all()
    return render_template('message/index.html', page=shown, rows=rows, unread=unread())


@bp.post('/messages/read')
@auth.signed_in
def read() -> Response:
    """Every message of the post counts as read."""
    with writing(db.engine) as session:
        unread_ones = update(Message).where(*_mine(), Message.read_at.is_(None))
        session.execute(unread_ones.values(read_at=current_user.now))
    flash(_('消息都记为已读。'), 'ok')
    return redirect(url_for('message.index'), 303)
