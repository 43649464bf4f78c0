"""我的稿: what a process owner draws before anybody is affected: begin, look, share, take along, put away."""
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as later
from flask_login import current_user
from werkzeug.wrappers import Response as Redirect

from engine import deployment, directory, draft, publication
from engine.db import writing
from engine.deployment import Bundle, Deployment
from engine.draft import Draft, DraftFile
from engine.errors import NotFound, Refused
from engine.finding import REFUSE, REPAIR, WARN, Finding, one_line
from engine.gate import source
from webapp import auth, errors, upload
from webapp.db import db

bp = Blueprint('draft', __name__)

KINDS = {'.bpmn': later('流程图'), '.dmn': later('决策表'), '.form': later('表单'), '.story': later('故事'),
         '.docx': later('文书模板')}
EDITORS = {'.bpmn': 'bpmn', '.dmn': 'dmn', '.form': 'form'}

Answer = str | Redirect | tuple[str, int]


@dataclass(frozen=True)
class Row:
    """One file of a draft as its overview shows it; `change` against the version in use: added, changed, removed.

    `title` is what the thing in it is called; '' where it has no name or cannot be read.
    """

    name: str
    title: str
    kind: str
    change: str
    saved: DraftFile | None
    counted: Mapping[str, int]


@bp.get('/draft')
@auth.requires('owner')
def index() -> str:
    """The drafts that one may see, own, shared and discarded, and where to begin another."""
    return _index()


@bp.post('/draft')
@auth.requires('owner')
def begin() -> Answer:
    """Begin a draft on the version in use or on nothing, with the files that were sent."""
    try:
        given = upload.uploaded()
        with writing(db.engine) as session:
            base = deployment.current(session, current_user.tenant.id) if request.form.get('base') != 'empty' else None
            made = draft.begin(session, current_user.tenant.id, current_user.actor(), request.form.get('name', ''),
                               base, given).id
    except Refused as refusal:
        return _index(errors.sentence(refusal)), 422
    flash(_('起好了一稿。改什么都不影响在用的流程，发布以后才算数。'), 'ok')
    return redirect(url_for('draft.show', draft_id=made), 303)


@bp.get('/draft/<int:draft_id>')
@auth.requires('owner')
def show(draft_id: int) -> str:
    """A draft: what differs from the version in use, what the gate says, every file, and the ways on."""
    return page(found(draft_id))


@bp.post('/draft/<int:draft_id>')
@auth.requires('owner')
def change(draft_id: int) -> Answer:
    """What the pressed button says: rename, share, share no longer, discard, take back, copy."""
    act = ACTS.get(request.form.get('act', ''))
    if act is None:
        abort(400)
    try:
        with writing(db.engine) as session:
            held = draft.find(session, current_user.tenant.id, current_user.id, draft_id, lock=True)
            said, to = act(session, held)
    except NotFound:
        raise
    except Refused as refusal:
        return page(found(draft_id), errors.sentence(refusal)), 422
    flash(said, 'ok')
    return redirect(to, 303)


@bp.get('/draft/<int:draft_id>/edit/<name>')
@auth.requires('owner')
def edit(draft_id: int, name: str) -> str:
    """The page on which one file is drawn. :raises NotFound: there is no such file, or it is not drawn."""
    held, kind = found(draft_id), EDITORS.get(source.suffix(name))
    if kind is None:
        abort(404)
    _content, revision = draft.file(db.session, held, name)
    return render_template('draft/edit.html', draft=held, file=name, kind=kind, revision=revision)


def found(draft_id: int) -> Draft:
    """The draft, for who may see it. :raises NotFound: there is none for him."""
    return draft.find(db.session, current_user.tenant.id, current_user.id, draft_id)


def _index(refusal: str = '') -> str:
    seen = draft.drafts(db.session, current_user.tenant.id, current_user.id)
    mine = [one for one in seen if one.account_id == current_user.id]
    return render_template(
        'draft/index.html', refusal=refusal, name=request.form.get('name', ''),
        mine=[one for one in mine if one.discarded_at is None], shared=[one for one in seen if one not in mine],
        discarded=[one for one in mine if one.discarded_at], numbers=_numbers(seen),
        current=deployment.current(db.session, current_user.tenant.id))


def _numbers(drafts: list[Draft]) -> dict[int, int]:
    """The numbers of the versions on which drafts began, by their ids."""
    wanted = {one.base_id for one in drafts if one.base_id}
    return {one.id: one.number for one in deployment.versions(db.session, current_user.tenant.id) if one.id in wanted}


def page(held: Draft, refusal: str = '') -> str:
    """The page of a draft, under the sentence of a refusal where there was one."""
    files, current = draft.files(db.session, held), deployment.current(db.session, current_user.tenant.id)
    findings, bundle = publication.judge(files, directory.everywhere(db.session)), _readable(files)
    rows = _rows(held, files, current, findings, _titles(bundle))
    kinds = [*map(str, KINDS.values()), _('别的文件')]
    alike = [(kind, [row for row in rows if row.kind == kind and not row.change]) for kind in kinds]
    return render_template(
        'draft/show.html', draft=held, own=held.account_id == current_user.id, refusal=refusal, rows=rows,
        changed=[row for row in rows if row.change], alike=[(kind, some) for kind, some in alike if some],
        findings=findings, counted=_counted(findings), current=current, base=_numbers([held]).get(held.base_id or 0),
        lifecycle=bundle.lifecycle.id if bundle and bundle.lifecycle else None, kinds=KINDS)


def _rows(held: Draft, files: Mapping[str, bytes], current: Deployment | None, findings: list[Finding],
          titles: Mapping[str, str]) -> list[Row]:
    before = deployment.bundle(db.session, current.id).files if current else {}
    saved = draft.edited(db.session, held)
    return [Row(name, titles.get(name, ''), str(KINDS.get(source.suffix(name), _('别的文件'))),
                _difference(before.get(name), files.get(name)), saved.get(name),
                _counted([one for one in findings if one.file == name]))
            for name in sorted(before.keys() | files.keys())]


def _titles(bundle: Bundle | None) -> dict[str, str]:
    """What the diagrams, tables and forms are called, by the names of their files."""
    if bundle is None:
        return {}
    named = {f'{key}.bpmn': one.name for key, one in bundle.processes.items()}
    named |= {f'{key}.dmn': one.name for key, one in bundle.tables.items()}
    named |= {f'{key}.form': one.title for key, one in bundle.forms.items()}
    return {file: one_line(name or '') for file, name in named.items()}


def _difference(before: bytes | None, now: bytes | None) -> str:
    return 'added' if before is None else 'removed' if now is None else 'changed' if before != now else ''


def _counted(findings: list[Finding]) -> dict[str, int]:
    return {severity: sum(one.severity == severity for one in findings) for severity in (REFUSE, WARN, REPAIR)}


def _readable(files: Mapping[str, bytes]) -> Bundle | None:
    """The draft as it would run; None where it cannot be read at all."""
    try:
        return deployment.read(files)
    except Refused:
        return None


def _here(held: Draft) -> str:
    return url_for('draft.show', draft_id=held.id)


def _rename(session: Any, held: Draft) -> tuple[str, str]:
    draft.rename(session, held, current_user.actor(), request.form.get('name', ''))
    return _('这一稿现在叫“%(name)s”。', name=held.name), _here(held)


def _share(session: Any, held: Draft) -> tuple[str, str]:
    draft.share(session, held, current_user.actor(), True)
    return _('本政府其他流程管理员现在也能看、能改这一稿。'), _here(held)


def _withhold(session: Any, held: Draft) -> tuple[str, str]:
    draft.share(session, held, current_user.actor(), False)
    return _('现在只有您看得到这一稿。'), _here(held)


def _discard(session: Any, held: Draft) -> tuple[str, str]:
    draft.discard(session, held, current_user.actor(), current_user.now)
    return _('丢弃了“%(name)s”，可以在下面取回。', name=held.name), url_for('draft.index')


def _restore(session: Any, held: Draft) -> tuple[str, str]:
    draft.restore(session, held, current_user.actor())
    return _('取回了“%(name)s”。', name=held.name), _here(held)


def _copy(session: Any, held: Draft) -> tuple[str, str]:
    made = draft.copy(session, held, current_user.actor(), f'{held.name[:70]}（另存）')
    return _('另存成了您自己的一稿。'), _here(made)


ACTS = {'rename': _rename, 'share': _share, 'withhold': _withhold, 'discard': _discard, 'restore': _restore,
        'copy': _copy}
"""What can be done with a whole draft, by the name of the button."""
