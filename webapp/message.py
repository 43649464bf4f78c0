"""消息: what timers and other posts told this post. Reading one is the post's business; nothing hangs on it."""
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import ScalarSelect, Select, func, select, tuple_, update
from werkzeug.wrappers import Response

from engine.actions.reminder import Message
from engine.db import writing
from engine.errors import NotFound
from engine.ledger import Matter
from engine.usertask import UserTask
from webapp import auth, page, pager, visibility
from webapp.db import db

bp = Blueprint('message', __name__)


def _mine() -> tuple:
    return (Message.tenant == current_user.tenant.id, Message.unit == current_user.unit,
            Message.post == current_user.post)


def newest(limit: int, offset: int = 0) -> Select:
    """The post's messages with the title and code of their matter, newest first."""
    return (select(Message, Matter.title, Matter.code).outerjoin(Matter, Matter.id == Message.matter_id)
            .where(*_mine()).order_by(Message.sent_at.desc(), Message.id.desc()).limit(limit).offset(offset))


def unread() -> ScalarSelect[int]:
    """How many messages nobody of this post has read, to be asked together with other numbers."""
    return select(func.count()).where(*_mine(), Message.read_at.is_(None)).scalar_subquery()


@bp.get('/messages')
@auth.signed_in
def index() -> str:
    """All messages of the post in pages, those about one matter together."""
    total = db.session.scalar(select(func.count()).select_from(Message).where(*_mine()))
    shown = pager.page_of(total)
    rows = db.session.execute(newest(shown.size, shown.offset)).all()
    return render_template('message/index.html', page=shown, groups=_by_matter(rows), unread=db.session.scalar(select(unread())))


def _by_matter(rows: Iterable[Any]) -> Sequence[tuple[str, list[Any]]]:
    """The rows by their matter's title; the matter of the newest first, what belongs to none by itself."""
    order: dict[UUID | None, int] = {}
    for message, _title, _code in rows:
        order.setdefault(message.matter_id, len(order))
    together = sorted(rows, key=lambda row: order[row[0].matter_id])
    return [(found[0][1] or '', found) for _matter, each in groupby(together, key=lambda row: row[0].matter_id)
            if (found := list(each))]


@bp.get('/messages/<uuid:message_id>')
@auth.signed_in
def show(message_id: UUID) -> Response:
    """Go straight to what it is about: the post's open task of that matter, else the matter. It is read then, unless it
    was only who acts for the post."""
    message = db.session.scalar(select(Message).where(
        Message.tenant == current_user.tenant.id, Message.id == message_id,
        tuple_(Message.unit, Message.post).in_(visibility.posts())))
    if message is None:
        raise NotFound('没有找到这条消息。')
    if message.read_at is None and (message.unit, message.post) == (current_user.unit, current_user.post):
        with writing(db.engine) as session:
            session.execute(update(Message).where(Message.id == message_id).values(read_at=current_user.now))
    return redirect(_about(message.matter_id) or url_for('message.index'), 303)


def _about(matter_id: UUID | None) -> str | None:
    if matter_id is None:
        return None
    task = db.session.scalar(
        select(UserTask.id).where(UserTask.matter_id == matter_id, UserTask.state == 'open',
                                  tuple_(UserTask.unit, UserTask.post).in_(visibility.posts()))
        .order_by(UserTask.due_at.is_(None), UserTask.due_at, UserTask.id).limit(1))
    return page.href('usertask.show', task_id=task) if task else page.href('matter.show', matter_id=matter_id)


@bp.post('/messages/read')
@auth.signed_in
def read() -> Response:
    """Every message of the post counts as read."""
    with writing(db.engine) as session:
        unread_ones = update(Message).where(*_mine(), Message.read_at.is_(None))
        session.execute(unread_ones.values(read_at=current_user.now))
    flash(_('消息都记为已读。'), 'ok')
    return redirect(url_for('message.index'), 303)
