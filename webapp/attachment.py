"""附件: files beside a matter, put there and given out."""
from collections.abc import Sequence
from io import BytesIO
from typing import IO, Any
from uuid import UUID

from flask import Blueprint, Response, current_app, flash, g, redirect, request
from flask import Request as FlaskRequest
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from engine import attachment, upload
from engine.attachment import Attachment
from engine.db import writing
from engine.errors import NotFound, Refused
from engine.instance import TaskView
from engine.ledger import Matter
from webapp import auth, beside, download, errors, ledger
from webapp.db import db

bp = Blueprint('attachment', __name__)

FIELD = 'file:'
"""What stands before the id of a form's field for files in the name of its control."""
_AROUND = 1 << 20           # bytes of a request that are no file
_TAKE_FILES = {'attachment.add': 3, 'usertask.submit': 3, 'breakdown.begin': 1}      # how many large ones at once


@bp.app_url_value_preprocessor
def _room_for_files(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Files may be larger than what people type, where files are asked for and once it is known who sends them. Of what
    is too large, up to the double, the files are dropped as they come: what was typed beside them is not lost."""
    if request.method == 'POST' and endpoint in _TAKE_FILES and current_user.is_authenticated:
        most = _TAKE_FILES[endpoint] * most_bytes()
        request.max_content_length = 2 * most + _AROUND
        request.drops_files = (request.content_length or 0) > most + _AROUND
        errors.files_take(most)
        request.max_form_parts = 1000


class Request(FlaskRequest):
    """A request that keeps of its files nothing where they are too large together."""

    drops_files = False

    def _get_file_stream(self, *given: Any, **named: Any) -> IO[bytes]:
        return _Nothing() if self.drops_files else super()._get_file_stream(*given, **named)


bp.record(lambda state: setattr(state.app, 'request_class', Request))


class _Nothing(BytesIO):
    """Takes what is written to it, and holds nothing."""

    def write(self, part: Any, /) -> int:
        return len(part)


def refuse_dropped() -> None:
    """:raises Refused: the files of this request were too large together."""
    if request.drops_files:
        raise Refused(errors.too_large(g.files_take))


def most_bytes() -> int:
    """Bytes of one file."""
    return current_app.config['ATTACHMENT_KB'] * 1000


def most_together() -> int:
    """Bytes of all files that are sent at once."""
    return _TAKE_FILES['attachment.add'] * most_bytes()


@bp.post('/matter/<uuid:matter_id>/attachments')
@auth.requires(*beside.WRITERS)
def add(matter_id: UUID) -> AnyResponse:
    """Put files beside the matter: all that were chosen, or none."""
    place = beside.place(matter_id, 'attach')
    try:
        refuse_dropped()
        files = taken(request.files.getlist('files'))
        with writing(db.engine) as session:
            rows = attachment.attach(session, matter_id, current_user.actor(), files, task=place.task)
            said = _('已附上%(names)s。', names=_('、').join(row.name for row in rows))
        flash(said, 'ok')
    except Refused as refusal:
        flash(_('没有附上：') + errors.sentence(refusal), 'warn')
        return redirect(place.back, 303)               # at its top, where it is said
    return redirect(place.back + '#its-files', 303)


def from_form(view: TaskView) -> dict[str, list[str]]:
    """Put the files that were chosen in a task's form beside its matter; what was refused, as a form's errors."""
    try:
        refuse_dropped()
        for name, sent in request.files.lists():
            if any(one.filename for one in sent):
                _keep(view, name.removeprefix(FIELD), sent)
    except Refused as refusal:
        return {'': [errors.sentence(refusal)]}
    return {}


def _keep(view: TaskView, field: str, sent: Sequence[Any]) -> None:
    asked = {one.id for top in view.form.components for one in top.walk() if one.kind == 'filepicker'} if view.form else ()
    if field not in asked or view.matter is None:
        raise Refused('这一步的表单不收文件，请在“附件”里附上。')
    files = taken(sent)
    with writing(db.engine) as session:
        attachment.attach(session, view.matter.id, current_user.actor(), files, task=view.task, field=field)


def taken(sent: Sequence[Any]) -> list[upload.Upload]:
    """The files of a request that hold something, each seen to be harmless. :raises Refused: one cannot be taken."""
    return attachment.taken([(one.filename, one.read()) for one in sent if one.filename], most_bytes())


@bp.get('/attachments/<uuid:attachment_id>')
@auth.requires(*auth.READERS)
def give(attachment_id: UUID) -> Response:
    """The file, to be saved: no browser opens it as a page of ours."""
    row, file = attachment.opened(db.session, attachment_id)
    _seen(row)
    answer = download.given(file.content, 'application/octet-stream', file.name)
    answer.headers['Content-Type'] = file.mimetype
    answer.headers['Content-Security-Policy'] = "sandbox; default-src 'none'"
    return answer


@bp.post('/attachments/<uuid:attachment_id>/withdraw')
@auth.requires(*beside.WRITERS)
def withdraw(attachment_id: UUID) -> AnyResponse:
    """Take back a file that this post attached."""
    row = db.session.get(Attachment, attachment_id)
    place = beside.place(_seen(row).id)
    with writing(db.engine) as session:
        attachment.withdraw(session, attachment_id, current_user.actor())
    flash(_('附件已撤下。撤下这件事记在轨迹上。'), 'ok')
    return redirect(place.back + '#its-files', 303)


def _seen(row: Attachment | None) -> Matter:
    """The matter of a file. :raises NotFound: this post may not open it."""
    if row is None:
        raise NotFound('没有找到这个附件。')
    return ledger.found(row.matter_id)


@bp.app_template_global('files_of')
def files_of(matter: Matter) -> list[Attachment]:
    """The files beside a matter, those taken back left out."""
    return [row for row in attachment.of(db.session, matter.id) if row.withdrawn_at is None]


@bp.app_template_global('file_limits')
def file_limits() -> dict[str, Any]:
    """What a page says of the files that can be sent."""
    return {'accept': upload.accept(upload.ATTACHMENTS), 'most': most_bytes() // 1_000_000 or 1, 'bytes': most_bytes(),
            'kinds': _('PDF、OFD、Word、Excel、PPT、文本、图片')}


@bp.app_template_filter('bytes')
def said(size: int) -> str:
    """1.2MB, 34kB"""
    return f'{size / 1_000_000:.1f}MB' if size >= 100_000 else f'{max(1, round(size / 1000))}kB'
