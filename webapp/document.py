"""文书: every issued document as it stands on paper, as Word and as PDF; drafts before they are issued; the templates."""
from itertools import islice
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import Select, func, or_, select, true

from engine import deployment, document, seal
from engine.deployment import Deployment
from engine.document import Document
from engine.errors import Forbidden, NotFound
from engine.ledger import Matter
from engine.number import Series
from engine.upload import KINDS
from engine.usertask import UserTask
from webapp import auth, definition, drafting, offer, pager, visibility
from webapp.db import db
from webapp.download import given
from webapp.paper import Paper

bp = Blueprint('document', __name__)

MOST = 1000                                     # documents that are listed; older ones stand at their matters
_DRAFTS = 20                                    # drafts that are shown above the list
DRAFTERS = (*auth.SUPERVISION, *auth.LEADERS)
"""Posts that see what is not issued yet."""
_DOCX = KINDS['docx'].mimetype


@bp.get('/document')
@auth.requires(*auth.READERS)
def index() -> str:
    """The documents of the matters that this post sees, and those about many matters, newest first."""
    kind = request.args.get('kind', '')[:20]
    one = Document.kind == kind if kind else true()
    shown = pager.page_of(db.session.scalar(select(func.count()).select_from(
        _seen(select(Document.id)).where(one).limit(MOST).subquery())))
    query = _seen(select(Document.id, Document.number, Document.title, Document.kind, Document.issued_at, Matter.id,
                         Matter.title)).order_by(Document.issued_at.desc(), Document.id.desc())
    rows = db.session.execute(query.where(one).limit(shown.size).offset(shown.offset)).all()
    return render_template('document/index.html', rows=rows, page=shown, kind=kind, kinds=_kinds(), most=MOST,
                           drafts=_drafts(), offers=offer.alone())


@bp.get('/document/<uuid:document_id>')
@auth.requires(*auth.READERS)
def show(document_id: UUID) -> str:
    """One document, word for word; whether it is what the trail says it is."""
    held = _found(document_id)
    paper = _paper(held)
    return render_template('document/show.html', document=held, blocks=paper.blocks(),
                           matter=db.session.get(Matter, held.matter_id) if held.matter_id else None,
                           whole=seal.kept(db.session, held),
                           made=db.session.get(Deployment, held.deployment_id))


@bp.get('/document/<uuid:document_id>.docx')
@auth.requires(*auth.READERS)
def word(document_id: UUID) -> Response:
    """As a Word file."""
    held = _found(document_id)
    return given(_paper(held).word(), _DOCX, f'{held.number}.docx')


@bp.get('/document/<uuid:document_id>.pdf')
@auth.requires(*auth.READERS)
def pdf(document_id: UUID) -> Response:
    """On paper."""
    held = _found(document_id)
    return given(_paper(held).pdf(f'{held.number} {held.title}'), 'application/pdf', f'{held.number}.pdf')


@bp.get('/document/template')
@auth.requires('owner', 'officer', 'head')
def templates() -> str:
    """The Word templates in use, and every name that may stand in one."""
    bundle = definition.current()
    return render_template('document/templates.html', templates=document.drawn(bundle.files) if bundle else {},
                           names=list(document.listed()), steps=_steps(bundle))


@bp.get('/document/template/<stem>.docx')
@auth.requires('owner', 'officer', 'head')
def template(stem: str) -> Response:
    """A template as it was deployed, to be edited in Word."""
    return given(_template(stem), _DOCX, f'{stem}.docx')


@bp.get('/document/template/<stem>')
@auth.requires('owner', 'officer', 'head')
def preview(stem: str) -> str:
    """A template filled with samples."""
    from engine.document import template as reading
    content = _template(stem)
    shown = Paper(content, reading.read(content, stem + document.SUFFIX).sample())
    return render_template('document/preview.html', stem=stem, blocks=shown.blocks())


@bp.get('/document/draft/<uuid:task_id>')
@auth.signed_in
def draft(task_id: UUID) -> str:
    """What would be issued behind an open task if all agreed as it stands now: for who does it, and for drafters."""
    task = db.session.get(UserTask, task_id)
    if task is None or task.tenant != current_user.tenant.id or task.state != 'open':
        raise NotFound(_('没有找到这份文稿：可能已经签发。'))
    mine = (task.unit, task.post) in visibility.posts()
    if not mine and not _drafter(task):
        raise Forbidden('还没有签发的文稿，由办的人和督查室、领导看。')
    if task.matter_id and not mine:
        visibility.found(task.matter_id)
    shown = drafting.paper(task)
    return render_template('document/draft.html', task=task, mine=mine, blocks=shown.blocks() if shown else [])


def _drafter(task: UserTask) -> bool:
    """Whether this post looks at what others draft; where it is about all matters, only if it sees all of them (A28)."""
    return current_user.post in DRAFTERS and (task.matter_id is not None or visibility.sight().everything)


def _drafts() -> list[UserTask]:
    """The open tasks of processes that stand beside no matter and end in a document, of which this post sees the draft."""
    bundle = definition.current()
    made = [name for name in (bundle.processes if bundle else ()) if drafting.makes(bundle, name)]
    found = db.session.scalars(select(UserTask).where(
        UserTask.tenant == current_user.tenant.id, UserTask.state == 'open', UserTask.matter_id.is_(None),
        UserTask.process.in_(made)).order_by(UserTask.opened_at))
    return list(islice((one for one in found if (one.unit, one.post) in visibility.posts() or _drafter(one)), _DRAFTS))


def _kinds() -> list[str]:
    """The kinds of which there are documents: each has a series of numbers."""
    made = select(Document.id).where(Document.tenant == Series.tenant, Document.kind == Series.kind).exists()
    return list(db.session.scalars(select(Series.kind).where(Series.tenant == current_user.tenant.id, made).distinct()
                                   .order_by(Series.kind)))


def _seen(query: Select) -> Select:
    return (query.select_from(Document).outerjoin(Matter, Matter.id == Document.matter_id)
            .where(Document.tenant == current_user.tenant.id,
                   or_(Document.matter_id.is_(None), visibility.visible())))


def _found(document_id: UUID) -> Document:
    held = document.find(db.session, current_user.tenant.id, document_id)
    if held.matter_id is not None:
        visibility.found(held.matter_id)
    return held


def _paper(held: Document) -> Paper:
    files = deployment.bundle(db.session, held.deployment_id).files
    return Paper(files[held.template + document.SUFFIX], held.content)


def _template(stem: str) -> bytes:
    bundle = definition.current()
    found = document.drawn(bundle.files).get(stem) if bundle else None
    if found is None:
        raise NotFound(_('在用的这一版里没有这个文书模板。'))
    return found


def _steps(bundle: Any) -> dict[str, list[str]]:
    """Which steps of the diagrams make a document of each template, as far as the drawing says it by itself."""
    found: dict[str, list[str]] = {}
    for process in bundle.processes.values() if bundle else ():
        for element in process.elements.values():
            wanted = element.inputs.get('document', '')
            if element.topic and wanted and '{' not in wanted:
                found.setdefault(wanted, []).append(f'{process.name}·{element.name}'.replace('\n', ''))
    return found
