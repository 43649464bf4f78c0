"""稿里的文件: put in, begun blank, renamed, taken out; and all of them in one archive."""
from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from engine import draft
from engine.db import writing
from engine.draft import Draft
from engine.errors import NotFound, Refused
from webapp import auth, download, errors, upload
from webapp import draft as pages
from webapp.db import db
from webapp.draft import Answer

bp = Blueprint('file', __name__)


@bp.post('/draft/<int:draft_id>/files')
@auth.requires('owner')
def add(draft_id: int) -> Answer:
    """Put the sent files into the draft, in place of those of the same names."""
    return _edit(draft_id, lambda session, held: _added(session, held, upload.uploaded()))


@bp.post('/draft/<int:draft_id>/new')
@auth.requires('owner')
def new(draft_id: int) -> Answer:
    """Put a blank diagram, table or form into the draft."""
    return _edit(draft_id, _made)


@bp.post('/draft/<int:draft_id>/file')
@auth.requires('owner')
def change(draft_id: int) -> Answer:
    """Take a file out of the draft, or give it another name."""
    return _edit(draft_id, _removed if 'remove' in request.form else _renamed)


@bp.get('/draft/<int:draft_id>/zip')
@auth.requires('owner')
def archive(draft_id: int) -> Response:
    """The whole draft in one file."""
    held = pages.found(draft_id)
    return download.given(draft.pack(draft.files(db.session, held)), 'application/zip', f'{held.name}.zip')


def _edit(draft_id: int, act: Callable[[Any, Draft], str]) -> Answer:
    try:
        with writing(db.engine) as session:
            said = act(session, draft.find(session, current_user.tenant.id, current_user.id, draft_id, lock=True))
    except NotFound:
        raise
    except Refused as refusal:
        return pages.page(pages.found(draft_id), errors.sentence(refusal)), 422
    flash(said, 'ok')
    return redirect(url_for('draft.show', draft_id=draft_id), 303)


def _added(session: Any, held: Draft, given: Mapping[str, bytes]) -> str:
    if not given:
        raise Refused(_('没有选文件：请选流程图、决策表、表单，或者装着它们的zip。'))
    draft.add(session, held, current_user.actor(), given, upload.seen())
    return _('放进了%(n)s个文件：%(names)s。', n=len(given), names=_('、').join(sorted(given)[:5]))


def _made(session: Any, held: Draft) -> str:
    name = request.form.get('new', '').strip()
    if name in draft.files(session, held):
        raise Refused(_('这一稿里已经有“%(name)s”，请换一个名字。', name=name))
    draft.save(session, held, current_user.actor(), name, draft.blank(name), held.version)
    return _('新建了“%(name)s”，可以画了。', name=name)


def _removed(session: Any, held: Draft) -> str:
    name = request.form.get('file', '')
    draft.remove(session, held, current_user.actor(), name, upload.seen())
    return _('“%(name)s”不在这一稿里了。', name=name)


def _renamed(session: Any, held: Draft) -> str:
    name, wanted = request.form.get('file', ''), request.form.get('to', '').strip()
    draft.rename_file(session, held, current_user.actor(), name, wanted, upload.seen())
    return _('“%(name)s”改名为“%(wanted)s”。', name=name, wanted=wanted)
