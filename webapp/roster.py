"""从 Excel 导入机构: template, upload, preview row by row, then all rows or the good ones; the result is a file."""
from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as later
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from engine import clock, roster, sheet, upload
from engine.db import writing
from engine.errors import Refused
from engine.upload import KINDS
from webapp import auth, directory, download, errors, say
from webapp.db import db

bp = Blueprint('roster', __name__)

_KINDS = ('xlsx', 'csv')
_DOES = {'add': later('新增'), 'change': later('修改'), 'same': later('没有变化')}


@bp.get('/directory/import')
@auth.requires(*directory.KEEPERS)
def index() -> str:
    """How to import, the template, and the upload."""
    return _draw()


@bp.get('/directory/import/template')
@auth.requires(*directory.KEEPERS)
def template() -> Response:
    """The workbook to fill in."""
    return _workbook(roster.template(), 'roster-template.xlsx')


@bp.post('/directory/import')
@auth.requires(*directory.KEEPERS)
def send() -> AnyResponse | tuple[str, int]:
    """Look at a file; nothing is entered yet."""
    given = request.files.get('file')
    try:
        held = upload.check(given.filename or '', given.read(), _KINDS) if given else None
        if held is None:
            raise Refused('请选一个文件')
        roster.preview(db.session, current_user.tenant.id, sheet.read(held), say.today())
        with writing(db.engine) as session:
            roster.hold(session, current_user.id, held, clock.utcnow())
    except Refused as refusal:
        return _draw(errors.sentence(refusal)), 422
    return redirect(url_for('roster.preview'), 303)


@bp.get('/directory/import/preview')
@auth.requires(*directory.KEEPERS)
def preview() -> str:
    """What each row would do, and what is wrong with it."""
    return _preview()


@bp.post('/directory/import/preview')
@auth.requires(*directory.KEEPERS)
def put() -> Response | tuple[str, int]:
    """Enter all rows, or the good ones; the answer is the result as a file, with the one-time passwords."""
    held, only_good = roster.holding(db.session, current_user.id), request.form.get('rows') == 'good'
    tenant_id, today = current_user.tenant.id, say.today()
    try:
        sheets = sheet.read(held)
        given = roster.passwords(db.session, tenant_id, sheets, today, only_good=only_good)
        db.session.rollback()
        with writing(db.engine) as session:
            filed = roster.put(session, tenant_id, current_user.actor(), sheets, today, given, only_good=only_good,
                               file=held.name)
            roster.drop(session, current_user.id)
    except Refused as refusal:
        return _preview(errors.sentence(refusal)), 422
    return _workbook(filed.workbook(), 'roster-result.xlsx')


def _preview(refusal: str = '') -> str:
    held = roster.holding(db.session, current_user.id)
    seen = roster.preview(db.session, current_user.tenant.id, sheet.read(held), say.today())
    return render_template('roster/preview.html', name=held.name, seen=seen, counted=seen.counted(), refusal=refusal,
                           does=_DOES)


def _workbook(content: bytes, name: str) -> Response:
    return download.given(content, KINDS['xlsx'].mimetype, name)


def _draw(refusal: str = '') -> str:
    return render_template('roster/index.html', refusal=refusal, accept=upload.accept(_KINDS), book=roster.BOOK)
