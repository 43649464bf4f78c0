"""导出: the 台账 as Excel, a matter's dossier as PDF; what takes long is made beside, and fetched when it is done."""
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, Response, current_app, flash, jsonify, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as Redirect

from engine import export, history
from engine.db import writing
from engine.errors import NotFound, said
from engine.export import DONE, UNFINISHED, Export
from engine.history import Kind
from webapp import auth, config, exporting, ledger, say
from webapp.db import db
from webapp.filter import KEYS, Filter

bp = Blueprint('export', __name__)

AT_ONCE = 500                                   # matters that are written while one waits: well under a second


@bp.post('/export/ledger')
@auth.signed_in
def of_ledger() -> Response | Redirect:
    """The 台账 as it is filtered, all pages and the columns shown: at once, or, when it is long, beside."""
    asked = Filter.asked()
    count = len(ledger.chosen(asked, AT_ONCE + 1))
    with say.on_record():
        file = f'台账 {say.row(say.today())}.xlsx'
    with writing(db.engine) as session:
        made = export.begin(session, current_user.tenant.id, current_user.actor(), 'ledger',
                            said('台账 {day}', day=say.today().isoformat()), file, _address())
        history.record(session, current_user.tenant.id, current_user.actor(), Kind.LEDGER_EXPORTED, '导出台账',
                       {'filter': _address(), 'count': count if count <= AT_ONCE else None})
        export.prune(session, exporting.folder())
        export_id = made.id
    if count > AT_ONCE:
        return _beside(export_id)
    exporting.carry_out(current_app._get_current_object(), export_id)
    db.session.rollback()
    return fetch(export_id)


@bp.post('/matter/<uuid:matter_id>/dossier')
@auth.requires(*auth.READERS)
def of_matter(matter_id: UUID) -> Redirect:
    """The dossier of a matter, made beside."""
    matter = ledger.found(matter_id)
    name = f'{matter.code or ""} {matter.title or ""}'.strip()
    with writing(db.engine) as session:
        made = export.begin(session, current_user.tenant.id, current_user.actor(), 'dossier',
                            said('卷宗：{name}', name=name[:200]), f'{name[:80]} 卷宗.pdf', str(matter_id))
        history.record_matter(session, matter_id, current_user.actor(), Kind.DOSSIER_EXPORTED, '导出卷宗')
        export.prune(session, exporting.folder())
        export_id = made.id
    return _beside(export_id)


@bp.get('/export')
@auth.signed_in
def index() -> str:
    """The own exports that are under way or kept."""
    _mend()
    return render_template('export/index.html', exports=export.listed(db.session, current_user.id), kept=export.KEPT.days)


@bp.get('/export/<int:export_id>')
@auth.signed_in
def show(export_id: int) -> str:
    """How far it is; when it is done, where to fetch it."""
    _mend()
    held = _found(export_id)
    return render_template('export/show.html', export=held, unfinished=held.state in UNFINISHED,
                           until=say.local(held.begun_at + export.KEPT))


@bp.get('/export/<int:export_id>/progress')
@auth.signed_in
def progress(export_id: int) -> Response:
    """How far it is, for the script of the page."""
    held = _found(export_id)
    return jsonify(done=held.done, total=held.total, ended=held.state not in UNFINISHED)


@bp.get('/export/<int:export_id>/file')
@auth.signed_in
def fetch(export_id: int) -> Response:
    """The file."""
    held = _found(export_id)
    file = export.place(exporting.folder(), export_id)
    if held.state != DONE or not file.is_file():
        raise NotFound(held.fault or _('这个文件还没有做好，或者已经过期删除了。'))
    return send_file(file.resolve(), mimetype=exporting.MIMETYPES[held.kind], as_attachment=True,
                     download_name=held.file.replace('/', '-'), etag=False, last_modified=None)


@bp.post('/export/<int:export_id>')
@auth.signed_in
def cancel(export_id: int) -> Redirect:
    """Stop it."""
    with writing(db.engine) as session:
        export.cancel(session, export_id, current_user.actor())
    flash(_('已取消，没有做完的文件删了。'), 'ok')
    return redirect(url_for('export.index'), 303)


def _found(export_id: int) -> Export:
    return export.find(db.session, export_id, current_user.id)


def _address() -> str:
    """The filter as the address has it, and nothing else of it."""
    return urlencode([(name, value) for name in KEYS for value in request.args.getlist(name)])


def _beside(export_id: int) -> Redirect:
    _begin(export_id)
    return redirect(url_for('export.show', export_id=export_id), 303)


def _mend() -> None:
    """Whatever lost its program gets another."""
    for export_id in export.lost(db.session, limit=1):
        _begin(export_id)


def _begin(export_id: int) -> None:
    if current_app.testing:
        return
    subprocess.Popen(
        [sys.executable, '-m', 'webapp.exporting', str(export_id)], cwd=config.ROOT, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, start_new_session=True,
        env={**os.environ, 'DATABASE_URL': current_app.config['DATABASE_URL'],
             'VAR_DIR': str(Path(current_app.config['VAR_DIR']).resolve()), 'SECRET_KEY': current_app.config['SECRET_KEY']})
