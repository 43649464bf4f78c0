"""A template and what it shall say become a Word file: the same bytes whenever they are the same."""
from collections.abc import Mapping
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docxtpl import DocxTemplate

from engine.document.template import UNFIT, environment
from engine.errors import Refused


def filled(template: bytes, content: Mapping[str, Any]) -> bytes:
    """The Word file.

    :raises Refused: the template asks for what is not there. The gate lets no such template through.
    """
    word = DocxTemplate(BytesIO(template))
    try:
        word.render(dict(content), environment(), autoescape=True)
    except UNFIT as error:
        raise Refused('这份文书的模板填不出来：它要的和图上给的对不上。请流程管理员检查模板。') from error
    written = BytesIO()
    word.save(written)
    return _timeless(written)


def _timeless(written: BytesIO) -> bytes:
    made = BytesIO()
    with ZipFile(written) as parts, ZipFile(made, 'w') as out:
        for name in parts.namelist():
            out.writestr(ZipInfo(name), parts.read(name), ZIP_DEFLATED)     # without a date each is of 1980-01-01
    return made.getvalue()
