"""通知书: drafts that timers proposed, and what the approvers made of them. Units see what was issued."""
from uuid import UUID

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as later
from flask_login import current_user
from sqlalchemy import Select, func, or_, select

from engine import document, instance
from engine.actions.notice import Notice
from engine.errors import NotFound
from engine.ledger import Matter
from engine.usertask import UserTask
from webapp import auth, definition, drafting, fact, pager, visibility
from webapp.db import db

bp = Blueprint('notice', __name__)

STATES = {'draft': later('草稿'), 'issued': later('已下发'), 'declined': later('不予下发'), 'withdrawn': later('已撤回')}


@bp.get('/notice')
@auth.requires(*auth.READERS)
def index() -> str:
    """The notices of one state, newest first; drafts come first where this post may see them."""
    counted = dict(db.session.execute(_seen(select(Notice.state, func.count())).group_by(Notice.state)).all())
    usual = 'draft' if counted.get('draft') else 'issued'
    state = request.args.get('state', usual)
    state = state if state in STATES else usual
    shown = pager.page_of(counted.get(state, 0))
    moment = Notice.issued_at if state == 'issued' else Notice.drafted_at
    rows = db.session.execute(
        _seen(select(Notice, Matter.title, Matter.code)).where(Notice.state == state)
        .order_by(moment.desc(), Notice.id.desc()).limit(shown.size).offset(shown.offset)).all()
    return render_template('notice/index.html', rows=rows, page=shown, state=state, states=STATES,
                           counts=counted, names=fact.names())


@bp.get('/notice/<uuid:notice_id>')
@auth.requires(*auth.READERS)
def show(notice_id: UUID) -> str:
    """One notice as it stands, and in whose hands it is while it is a draft."""
    notice, matter = _found(notice_id)
    task = _task(notice)
    paper = db.session.scalar(select(document.Document.id).where(document.Document.notice_id == notice.id))
    params = definition.params(definition.of(matter.deployment_id))
    return render_template('notice/show.html', notice=notice, matter=matter, task=task, states=STATES, paper=paper,
                           body=_body(notice, task), named=lambda text: definition.named(text, params),
                           names=fact.names())


@bp.get('/notice/<uuid:notice_id>/draft')
@auth.requires(*auth.SUPERVISION, *auth.LEADERS)
def preview(notice_id: UUID) -> str:
    """What a draft would say on paper if it were issued now."""
    notice, _matter = _found(notice_id)
    task = _task(notice)
    shown = drafting.paper(task) if task else None
    if shown is None:
        raise NotFound(_('这份通知书没有可以预览的草稿。'))
    return render_template('notice/preview.html', notice=notice, blocks=shown.blocks())


def _found(notice_id: UUID) -> tuple[Notice, Matter]:
    row = db.session.execute(_seen(select(Notice, Matter)).where(Notice.id == notice_id)).first()
    if row is None:
        raise NotFound('没有找到这份通知书。')
    return row


def _task(notice: Notice) -> UserTask | None:
    """In whose hands a draft is."""
    return db.session.scalar(
        select(UserTask).where(UserTask.instance_id == notice.instance_id, UserTask.state == 'open',
                               UserTask.process == 'notice').limit(1)) if notice.state == 'draft' else None


def _body(notice: Notice, task: UserTask | None) -> str:
    """The text: as issued, or as far as the draft has come; of what was not issued no text counts."""
    if task is not None:
        return str(instance.view(db.session, task.id).scope.get('notice_text') or '')
    return notice.body if notice.state == 'issued' else ''


def _seen(query: Select) -> Select:
    """Joined with the matter, and only what this post may see: drafts and declined ones by who follows the matter up."""
    query = query.select_from(Notice).join(Matter, Matter.id == Notice.matter_id).where(
        Notice.tenant == current_user.tenant.id, visibility.visible())
    return query.where(or_(Notice.state == 'issued', visibility.sight().overseen()))
