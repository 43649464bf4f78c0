"""What comes with a form besides its fields: files, one by one or in an archive; the version that the page showed."""
from itertools import chain

from flask import request
from flask_babel import gettext as _

from engine import draft
from engine.errors import Refused
from engine.gate import source
from webapp import number


def seen() -> int:
    """The draft's version that the page showed."""
    return number.whole(request.form.get('seen')) or 0


def uploaded() -> dict[str, bytes]:
    """The sent files by name, those of an archive beside the others.

    :raises Refused: an archive is none that can be taken, or a file was sent twice.
    """
    found: dict[str, bytes] = {}
    for part in chain.from_iterable(request.files.listvalues()):
        name, content = (part.filename or '').replace('\\', '/').rpartition('/')[2], part.read()
        given = draft.unpack(content, name) if source.suffix(name) == '.zip' else {name: content} if name else {}
        for one in given.keys() & found.keys():
            raise Refused(_('“%(name)s”附了两次，请只留一个。', name=one))
        found |= given
    return found
