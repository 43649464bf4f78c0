"""没有提交的: what a form sent when the session was over, or another had begun. It waits in the page, not in the database:
nothing has to be typed again, and nothing is done before the reader presses once more."""
from urllib.parse import urlsplit

from flask import current_app, render_template, request
from flask_login import current_user
from werkzeug.exceptions import HTTPException

from webapp import auth, page

_TARGET, _FIELD = 'unsent', 'unsent:'
_LEADS_ON = ('draft', 'go-to')                         # what else the form of a step is sent for
_FILES = 'unsent.files'

Fields = list[tuple[str, str]]


def hidden() -> Fields:
    """What the sign-in page carries along: where it was sent, and what; none where nothing was typed, or another site
    sent it, and never a password."""
    if request.blueprint == 'session':
        return [pair for pair in request.form.items(multi=True) if pair[0].startswith(_TARGET)]
    if not _kept():
        return []
    return [(_TARGET, page.here()), *((f'{_FIELD}{name}', value) for name, value in _typed()),
            *([(_FILES, '1')] if _files() else [])]


def carried() -> str:
    """The page of what the sign-in page carried along; '' where it carried nothing."""
    path = request.form.get(_TARGET, '')
    fields = [(name.removeprefix(_FIELD), value) for name, value in hidden() if name.startswith(_FIELD)]
    return _again(path, fields, _FILES in request.form) if _view_of(path) else ''


def whole() -> str:
    """The page of what this request sent with the token of another session; '' where nothing was typed."""
    return _again(page.here(), _typed(), _files()) if _kept() and current_user.is_authenticated else ''


def form_page() -> str | None:
    """The page on which the form stood that was sent."""
    came, adapter = urlsplit(request.referrer or ''), current_app.create_url_adapter(request)
    paths = ([came.path] if came.path and came.netloc == request.host else []) + [request.path]
    return next((path for path in paths if adapter.test(path, 'GET')), None)


def _again(path: str, fields: Fields, files: bool) -> str:
    step = _view_of(path) == 'usertask.submit'
    return render_template('unsent/again.html', path=path, step=step, files=files, post=current_user.name,
                           fields=[pair for pair in fields if not step or pair[0] not in _LEADS_ON])


def _kept() -> bool:
    came = urlsplit(request.origin or request.referrer or '')
    return (came.netloc == request.host and request.accept_mimetypes.accept_html and request.blueprint != 'session'
            and request.endpoint not in auth.BEFORE_ALL and any(value.strip() for _name, value in _typed()))


def _typed() -> Fields:
    return [pair for pair in request.form.items(multi=True) if pair[0] != 'csrf_token']


def _files() -> bool:
    return any(file.filename for file in request.files.values())


def _view_of(path: str) -> str:
    """Which view takes what is sent there; '' where none does."""
    adapter = current_app.create_url_adapter(request)
    try:
        return adapter.match(urlsplit(path).path, 'POST')[0] if path.startswith('/') else ''
    except HTTPException:
        return ''
