"""Every refusal as a page in Chinese: one fact, what one can do, last the code. Never a traceback."""
import logging
import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from flask import Flask, g, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as later
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from engine import errors
from webapp import page, say, unsent
from webapp.plural import agreeing
from webapp.reader import addressed_in_english

log = logging.getLogger('duban.web')

# Status: the fact as a title, and the sentence below it when nothing more exact is known.
WORDS = {
    400: (later('这一页放得太久了'), later('登录状态已经变化，刚才的内容没有提交。回到上一页刷新，再提交一次。')),
    403: (later('这个岗位不能办'), later('这一页归别的岗位办理。应当由您办却打不开的，请联系本级督查室。')),
    404: (later('没有找到'), later('可能是地址写错，也可能是别的单位的事项。')),
    405: (later('这个地址不能这样打开'), later('请从页面上的链接或按钮进入。')),
    409: (later('这一步刚刚已经有人办了'), later('您填的内容没有提交。先看对方提交的内容，再决定还要不要补充。')),
    413: (later('提交的内容太大了'), later('一次最多提交%(most)s kB。请删短文字再提交；长材料写明文号和存放处即可。')),
    422: (later('没有办成'), later('请按提示修改后再提交。')),
    500: (later('出错了'), later('没有办成，什么都没有改动。运维人员会看到这次故障。')),
}
STATUS = {errors.NotFound: 404, errors.Forbidden: 403, errors.Conflict: 409, errors.Refused: 422}


def words(text: Any) -> Any:
    """A text of the engine in the reader's language; what people or a government wrote stays as they wrote it."""
    if isinstance(text, errors.Said):
        return _filled(text.template, text.values)
    if isinstance(text, errors.Listed):
        return listed(text.parts, text.sign)
    if isinstance(text, errors.Twin):
        return words(text.en) if addressed_in_english() else str(text)
    if isinstance(text, errors.Dated):
        return (say.say_long if text.weekday else say.full)(text.day)
    return text


def wrong(fields: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """What is wrong with each field, in the reader's language."""
    return {key: [words(one) for one in sentences] for key, sentences in fields.items()}


def listed(parts: Iterable[Any], sign: str = '、') -> str:
    """The parts as one text of a page: `sign` stands between them as the reader's language writes it."""
    return _(sign).join(str(words(part)) for part in parts)


def sentence(refusal: errors.Refused) -> str:
    """A refusal of the engine in the reader's language."""
    return _filled(refusal.message, refusal.values)


def finding(found: Any) -> str:
    """What is wrong with a file, in the reader's language: whatever has both sentences."""
    return words(errors.twin(found.zh, found.en))


def _filled(template: str, values: Mapping[str, Any]) -> str:
    said = agreeing(template, values)
    return said.format(**{name: words(value) for name, value in values.items()}) if values else said


def draw(status: int, *, text: str | None = None, incident: str = '', title: str = '') -> tuple[str, int]:
    """The error page with what one can do next; `incident` is the number to quote, `title` replaces the usual one."""
    page.bare()
    fact, usual = (str(words) for words in WORDS[status])
    return render_template(
        'error/error.html', status=status, heading=title or fact, text=text or usual, incident=incident,
        links=_ways_on(status), draft=g.get('draft_kept', False)), status


def _ways_on(status: int) -> list[tuple[str, str]]:
    """Home, for what was not found the ledger, where that opens for the reader, for what was too large its form."""
    ledger = page.href('ledger.index') if status == 404 and page.shell().who else None
    form = unsent.form_page() if status == 413 else None
    return ([(form, _('回到刚才填的'))] if form else []) + [(page.shell().home, _('回到首页'))] + (
        [(ledger, _('到台账里找'))] if ledger else [])


def draft_was_kept() -> None:
    """Called before a refusal goes on its way: the error page will say that nothing has to be typed again."""
    g.draft_kept = True


def _refused(refusal: errors.Refused) -> tuple[str, int]:
    status = next(code for kind, code in STATUS.items() if isinstance(refusal, kind))
    another = isinstance(refusal, errors.Conflict) and refusal.message != errors.Conflict().message
    return draw(status, text=sentence(refusal), title=str(WORDS[422][0]) if another else '')


def _http(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:
        return error                                                   # a redirect on its way
    return draw(error.code if error.code in WORDS else 400 if error.code < 500 else 500)


def files_take(together: int) -> None:
    """Called where files are sent: should they be too large, the error page names this many bytes, not the whole request's."""
    g.files_take = together


def too_large(most: int) -> str:
    """The sentence for files that have more than so many bytes together."""
    said = f'{most / 1_000_000:.1f}'.removesuffix('.0')
    return _('文件一次最多传%(most)sMB，这一次没有收下。请分几次传，或者把里面的图片删去、压小再传。', most=said)


def _stale(_error: CSRFError) -> tuple[str, int]:
    kept = unsent.whole()
    return (kept, 400) if kept else draw(400)


def _too_large(_error: RequestEntityTooLarge) -> tuple[str, int]:
    most, sent = request.max_content_length or 0, request.content_length or 0
    if request.mimetype == 'multipart/form-data' and sent > most:
        return draw(413, text=too_large(g.get('files_take', most)))
    return draw(413, text=_(str(WORDS[413][1]), most=min(most, request.max_form_memory_size or most) // 1024))


def _failed(failure: errors.Failed) -> tuple[str, int]:
    return draw(500, incident=str(failure.incident_id))


def _crashed(error: Exception) -> tuple[str, int]:
    number = secrets.token_hex(4)
    log.error('%s: %s %s failed', number, request.method, request.path, exc_info=error)
    return draw(500, incident=number)


def _storable() -> None:
    """Before every request: a text that no database keeps is refused before anything is done with it.

    :raises errors.Refused: somewhere in it stands the character U+0000.
    """
    pairs = [*request.args.items(multi=True), *request.form.items(multi=True), *(request.view_args or {}).items()]
    if any('\0' in text for pair in pairs for text in pair if isinstance(text, str)) or (
            request.is_json and b'\\u0000' in request.get_data()):
        raise errors.Refused('文字里有不能保存的字符（U+0000）。请重新输入这段文字，再提交。')


def install(app: Flask) -> None:
    """One page per refusal; the catch-all comes last."""
    app.before_request(_storable)
    app.jinja_env.filters.update(words=words, finding=finding, listed=listed)
    app.register_error_handler(errors.Refused, _refused)
    app.register_error_handler(CSRFError, _stale)
    app.register_error_handler(RequestEntityTooLarge, _too_large)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(errors.Failed, _failed)
    app.register_error_handler(Exception, _crashed)
