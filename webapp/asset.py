"""Style sheet, scripts, built bundles: named by content, kept by the browser for a year, sent compressed."""
import gzip
import hashlib
import json
import mimetypes
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, request, send_from_directory, url_for
from werkzeug.security import safe_join

from webapp import auth

STATIC = Path(__file__).parent / 'static'
TEXT = {'.css', '.js', '.svg', '.json', '.txt', '.map'}
_SIBLINGS = (('br', '.br'), ('gzip', '.gz'))                            # written by the build, best first

bp = Blueprint('asset', __name__)


def url(name: str) -> str | None:
    """The address of a static file with its hash (`duban.css`, `built/viewer.js`); None: it was not built."""
    built = name.startswith('built/')
    if built:
        name = f'built/{_manifest().get(name.removeprefix("built/"), "-")}'
    file = STATIC / name
    if not file.is_file():
        return None
    return url_for('asset.file', name=name, v=None if built else _digest(file, file.stat().st_mtime_ns))


def _manifest() -> dict[str, str]:
    """What the build made: plain names to names with a hash."""
    file = STATIC / 'built' / 'manifest.json'
    return _read(file, file.stat().st_mtime_ns) if file.is_file() else {}


@lru_cache(4)
def _read(file: Path, _changed: int) -> dict[str, str]:
    return json.loads(file.read_bytes())


@lru_cache(256)
def _digest(file: Path, _changed: int) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]


@lru_cache(32)
def _squeezed(file: Path, _changed: int) -> bytes:
    return gzip.compress(file.read_bytes(), 9, mtime=0)


@bp.get('/static/<path:name>')
@auth.public
def file(name: str) -> Response:
    """One static file: the build's compressed sibling where the browser takes it, else compressed here."""
    found = safe_join(str(STATIC), name)
    if found is None or not Path(found).is_file():
        abort(404)
    answer = _compressed(Path(found), name) or send_from_directory(STATIC, name)
    answer.cache_control.public, answer.cache_control.no_cache = True, None
    hashed = 'v' in request.args or name.removeprefix('built/') in _manifest().values()
    answer.cache_control.max_age = 31_536_000 if hashed else 3600
    answer.cache_control.immutable = hashed
    answer.vary.add('Accept-Encoding')
    return answer


def _compressed(found: Path, name: str) -> Response | None:
    accepted = request.accept_encodings
    for coding, suffix in _SIBLINGS:
        if coding in accepted and found.with_name(found.name + suffix).is_file():
            answer = send_from_directory(STATIC, name + suffix)
            break
    else:
        if found.suffix not in TEXT or 'gzip' not in accepted:
            return None
        coding, answer = 'gzip', Response(_squeezed(found, found.stat().st_mtime_ns))
    answer.headers['Content-Encoding'] = coding
    answer.mimetype = mimetypes.guess_type(name)[0] or 'application/octet-stream'
    return answer


def compress(answer: Response) -> Response:
    """After every request: pages, JSON and XML above 1 kB leave as gzip when the browser takes it."""
    if (answer.is_streamed or answer.direct_passthrough or answer.status_code in (204, 304)
            or 'Content-Encoding' in answer.headers
            or not (answer.mimetype.startswith('text/') or answer.mimetype in ('application/json', 'application/xml'))):
        return answer
    answer.vary.add('Accept-Encoding')
    if 'gzip' in request.accept_encodings and len(answer.data) > 1024:
        answer.data = gzip.compress(answer.data, 6, mtime=0)
        answer.headers['Content-Encoding'] = 'gzip'
    return answer


def install(app: Flask) -> None:
    """Templates write `asset('duban.css')`."""
    app.jinja_env.globals['asset'] = url
    app.after_request(compress)
