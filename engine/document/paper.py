"""A document on paper: PDF in the layout of 党政机关公文格式 (GB/T 9704-2012), saying what its Word file says."""
import re
from collections.abc import Iterable
from functools import cache
from html import escape
from importlib import import_module
from importlib.resources import files as packaged
from types import ModuleType

from engine.document.block import Block
from engine.errors import Refused

MISSING = ('这台机器还不能出PDF：请运维人员安装Pango和中文字体（Debian、Ubuntu上是 apt install libpango-1.0-0 '
           'libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk），再重新启动。Word文件照常可以下载。')
_IMPRINT = ('copies', 'printed')
_FIGURE = re.compile('[0-9年月日%.-]{1,11}')      # a day or a number is not broken within a cell
_SHORT = 12                     # characters of the red head that fit the line at its full size


def html(blocks: Iterable[Block], title: str, draft: bool = False) -> str:
    """The page that is printed; a draft says across the sheet that it is one."""
    blocks = list(blocks)
    last = ''.join(_imprinted(one) for one in blocks if one.kind in _IMPRINT and one.text.strip())
    body = [_block(one) for one in blocks if one.kind not in _IMPRINT]
    watermark = '<div class="draft">草稿</div>' if draft else ''
    return (f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{escape(title)}</title>'
            f'<body>{watermark}{_with_imprint("".join(body), last)}</body></html>')


def _with_imprint(body: str, last: str) -> str:
    """The imprint hangs on the last paragraph, so that no page holds it alone."""
    if not last:
        return body
    imprint = f'<span class="imprint">{last}</span>'
    return f'{body.removesuffix("</p>")}{imprint}</p>' if body.endswith('</p>') else f'{body}<p>{imprint}</p>'


def pdf(page: str, sheet: str = 'paper.css') -> bytes:
    """A page as PDF, its fonts in it. `sheet` is a style sheet beside this module.

    :raises Refused: Pango is not installed; the sentence says what to install.
    """
    library = _library()
    return library.HTML(string=page, url_fetcher=_nothing).write_pdf(stylesheets=[library.CSS(string=_sheet(sheet))])


@cache
def _library() -> ModuleType:
    """WeasyPrint takes seconds to load and needs Pango, so it is loaded when something is printed first."""
    try:
        return import_module('weasyprint')
    except OSError as error:
        raise Refused(MISSING) from error


def _nothing(url: str, *_: object, **__: object) -> dict:
    """Nothing is fetched: a document stands by itself."""
    raise ValueError(url)


@cache
def _sheet(name: str) -> str:
    return packaged(__package__).joinpath(name).read_text(encoding='utf-8')


def _block(one: Block) -> str:
    if one.kind == 'table':
        return _table(one.rows)
    long = ' long' if one.kind == 'mark' and len(one.text) > _SHORT else ''
    return f'<p class="{one.kind}{long}{" " + one.align if one.align and one.kind == "text" else ""}">{_words(one)}</p>'


def _imprinted(one: Block) -> str:
    """A line of the imprint: what is printed has its parts at both ends."""
    parts = ''.join(f'<span>{part}</span>' for part in _words(one).split('\t'))
    return f'<span class="line {one.kind}">{parts}</span>'


def _words(one: Block) -> str:
    return ''.join(f'<b>{escape(text)}</b>' if bold else escape(text) for text, bold in one.runs).replace('\n', '<br>')


def _table(rows: tuple[tuple[str, ...], ...]) -> str:
    head, *rest = [''.join(f'<{tag}{_whole(cell)}>{escape(cell)}</{tag}>' for cell in row)
                   for row, tag in zip(rows, ('th', *('td',) * len(rows)), strict=False)] or ['']
    return f'<table><thead><tr>{head}</tr></thead><tbody>{"".join(f"<tr>{row}</tr>" for row in rest)}</tbody></table>'


def _whole(cell: str) -> str:
    return ' class="whole"' if _FIGURE.fullmatch(cell) else ''
