"""Who reads the page: in which language. Below all that speaks, so that dates, sentences and pages can ask it."""
from contextvars import ContextVar

from flask import Flask, has_request_context, request
from flask_babel import get_locale

COOKIE = 'language'
LOCALES = {'zh': 'zh_Hans_CN', 'en': 'en'}

_known: ContextVar[str | None] = ContextVar('language', default=None)     # asked for every word of a page


def chosen() -> str:
    """zh, or en where this reader chose it."""
    found = _known.get()
    if found is None:
        if not has_request_context():
            return 'zh'
        asked = request.cookies.get(COOKIE)
        found = asked if asked in LOCALES else 'zh'
        _known.set(found)
    return found


def choose(wanted: str | None) -> str:
    """This reader reads `wanted` from now on, or Chinese where there is no such language; which it is."""
    found = wanted if wanted in LOCALES else 'zh'
    _known.set(found)
    return found


def english() -> bool:
    """Does this reader read English?"""
    return chosen() == 'en'


def addressed_in_english() -> bool:
    """Is what is said now said to a reader of English, and not written on a record, which is Chinese for all?"""
    return english() and get_locale().language == 'en'


def _forget(_error: BaseException | None = None) -> None:
    _known.set(None)


def install(app: Flask) -> None:
    """Each request has a reader of its own."""
    app.before_request(_forget)
    app.teardown_request(_forget)
