"""Who reads the page: in which language. Below all that speaks, so that dates, sentences and pages can ask it."""
from flask import g, has_request_context, request
from flask_babel import get_locale

COOKIE = 'language'
LOCALES = {'zh': 'zh_Hans_CN', 'en': 'en'}


def chosen() -> str:
    """zh, or en where this reader chose it."""
    if not has_request_context():
        return 'zh'
    found = g.get('language')
    if found is None:
        asked = request.cookies.get(COOKIE)
        found = g.language = asked if asked in LOCALES else 'zh'
    return found


def english() -> bool:
    """Does this reader read English?"""
    return chosen() == 'en'


def addressed_in_english() -> bool:
    """Is what is said now said to a reader of English, and not written on a record, which is Chinese for all?"""
    return english() and get_locale().language == 'en'
