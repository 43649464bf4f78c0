"""What the drawing editors ask: a file of a draft, what the gate says about it as it stands, one finding mended.

Everything here speaks JSON, refusals too.
"""
from dataclasses import asdict
from time import perf_counter
from typing import Any

from flask import Blueprint, Response, jsonify, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import RequestEntityTooLarge

from engine import deployment, directory, draft, publication, repair, template
from engine.db import writing
from engine.deployment import Bundle
from engine.draft import Draft
from engine.errors import Conflict, Refused
from engine.expression import BUILTINS
from engine.finding import REFUSE, Finding
from engine.gate.language import HOST_FUNCTIONS
from engine.ledger import FACTS
from webapp import auth, download, errors, number, say
from webapp.db import db
from webapp.fact import LABELS, names

bp = Blueprint('drawing', __name__)

_TYPES = {'bpmn': 'application/xml', 'dmn': 'application/xml', 'form': 'application/json', 'story': 'text/plain'}


@bp.get('/draft/<int:draft_id>/file/<name>')
@auth.requires('owner')
def file(draft_id: int, name: str) -> Response:
    """One file byte for byte; its revision is the ETag."""
    content, revision = draft.file(db.session, found(draft_id), name)
    answer = download.given(content, _TYPES.get(name.rpartition('.')[2], 'application/octet-stream'), name)
    answer.set_etag(str(revision))
    return answer


@bp.put('/draft/<int:draft_id>/file/<name>')
@auth.requires('owner')
def save(draft_id: int, name: str) -> Response | tuple[Response, int]:
    """Keep the body as the file; If-Match says which revision was read, 0 for a new file."""
    seen, content = _seen(), request.get_data()
    try:
        with writing(db.engine) as session:
            held = draft.find(session, current_user.tenant.id, current_user.id, draft_id, lock=True)
            revision = draft.save(session, held, current_user.actor(), name, content, seen)
            return jsonify(revision=revision, saved_at=say.hour(held.changed_at))
    except Conflict as refusal:
        row = draft.edited(db.session, found(draft_id)).get(name)
        return jsonify(error=errors.sentence(refusal), revision=row.revision if row else 0), 409


@bp.post('/draft/<int:draft_id>/check/<name>')
@auth.requires('owner')
def check(draft_id: int, name: str) -> Response:
    """What the gate says about the whole draft with the body in place of the file; nothing is saved."""
    began, content = perf_counter(), request.get_data()
    files = draft.files(db.session, found(draft_id)) | {name: content}
    findings = publication.judge(files, directory.everywhere(db.session))
    mendable = repair.mendable(content, [one for one in findings if one.file == name])
    return jsonify(findings=[_told(one, one in mendable) for one in findings],
                   ms=round((perf_counter() - began) * 1000))


@bp.post('/draft/<int:draft_id>/repair/<name>')
@auth.requires('owner')
def mend(draft_id: int, name: str) -> Response:
    """The text that is sent, with the findings of one rule at one element mended; nothing is saved."""
    asked = request.get_json(silent=True)
    if not isinstance(asked, dict) or not isinstance(asked.get('content'), str):
        raise Refused(_('要修的内容没有送到，请再点一次。'))
    content = asked['content'].encode(errors='replace')                # half a character is none
    files = draft.files(db.session, found(draft_id)) | {name: content}
    wanted = [one for one in publication.judge(files) if one.file == name and one.code == asked.get('code')
              and one.element == asked.get('element')]
    return jsonify(content=repair.mend(content, wanted).decode())


@bp.get('/draft/<int:draft_id>/context')
@auth.requires('owner')
def context(draft_id: int) -> Response:
    """What there is to choose from while drawing: templates, forms, tables, processes, posts, names, functions."""
    bundle = _legible(draft.files(db.session, found(draft_id)))
    return jsonify(
        templates=_said(template.templates(bundle)), forms=[_named(one.id, one.title) for one in bundle.forms.values()],
        decisions=[_named(one.id, one.name) for one in bundle.tables.values()],
        processes=[_named(one.id, one.name) for one in bundle.processes.values()],
        posts=[_named(post, names().post(post)) for post in names().posts],
        functions=sorted(HOST_FUNCTIONS | frozenset(BUILTINS)),
        parameters=[_named(name, row.get('label')) for name, row in bundle.parameters.items()],
        facts=[_named(name, str(LABELS.get(name, name))) for name in sorted(FACTS)],
        variables=sorted(bundle.variables - FACTS.keys()))


@bp.post('/draft/<int:draft_id>/copy')
@auth.requires('owner')
def copy(draft_id: int) -> Response:
    """The draft once more as one's own, for who may not write over what somebody else saved."""
    name = request.args.get('file', '')
    with writing(db.engine) as session:
        held = draft.find(session, current_user.tenant.id, current_user.id, draft_id)
        made = draft.copy(session, held, current_user.actor(), f'{held.name[:70]}（另存）').id
    ways = {'edit': url_for('draft.edit', draft_id=made, name=name),
            'save': url_for('drawing.save', draft_id=made, name=name)} if name else {}
    return jsonify(id=made, **ways)


def found(draft_id: int) -> Draft:
    """The draft, for who may see it. :raises NotFound: there is none for him."""
    return draft.find(db.session, current_user.tenant.id, current_user.id, draft_id)


def _seen() -> int:
    seen = number.whole(request.headers.get('If-Match', '').strip().removeprefix('W/').strip('"'))
    if seen is None:
        raise Refused(_('没有写明改的是哪一次保存的内容（If-Match），请刷新后再改。'))
    return seen


def _told(one: Finding, fix: bool) -> dict[str, Any]:
    return {**asdict(one), 'said': errors.finding(one), 'fix': fix}


def _said(templates: Any) -> Any:
    """The templates in the reader's language."""
    if isinstance(templates, dict):
        return {key: _said(one) for key, one in templates.items()}
    return [_said(one) for one in templates] if isinstance(templates, list) else errors.words(templates)


def _named(ident: str, name: str | None) -> dict[str, str]:
    return {'id': ident, 'name': name or ident}


def _legible(files: dict[str, bytes]) -> Bundle:
    """The draft's bundle without the files that nobody can read yet."""
    try:
        return deployment.read(files)
    except Refused:
        broken = {one.file for one in publication.judge(files) if one.element is None and one.severity == REFUSE}
        return deployment.read({name: content for name, content in files.items() if name not in broken})


@bp.errorhandler(Refused)
def _refused(refusal: Refused) -> tuple[Response, int]:
    status = next(code for kind, code in errors.STATUS.items() if isinstance(refusal, kind))
    return jsonify(error=errors.sentence(refusal)), status


@bp.errorhandler(RequestEntityTooLarge)
def _too_large(_error: RequestEntityTooLarge) -> tuple[Response, int]:
    return jsonify(error=_('文件太大，一次最多%(most)s kB。', most=(request.max_content_length or 0) // 1024)), 413


@bp.errorhandler(CSRFError)
def _stale(_error: CSRFError) -> tuple[Response, int]:
    return jsonify(error=_('页面放得太久了，请刷新后再存。')), 400
