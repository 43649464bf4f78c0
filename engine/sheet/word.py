"""Word documents: each table a sheet, and what stands between them as text."""
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from docx import Document
from docx.oxml.ns import qn
from lxml import etree

from engine.errors import Refused
from engine.sheet.rows import MOST_COLUMNS, MOST_ROWS, Sheet, gathered
from engine.upload import Upload

_W = '{http://schemas.openxmlformats.org/wordprocessingml/2006/main}'
_TABLE, _PARAGRAPH, _ROW, _CELL = (qn(f'w:{name}') for name in ('tbl', 'p', 'tr', 'tc'))
_BREAKS = {qn('w:br'): '\n', qn('w:cr'): '\n', qn('w:tab'): ' '}


def read_word(upload: Upload) -> list[Sheet]:
    """The tables in their order, then the running text. :raises Refused: the file is damaged or too long."""
    body = _body(upload)
    tables = [node for node in body.iter(_TABLE) if not any(parent.tag == _CELL for parent in node.iterancestors())]
    found = [gathered(f'表{number}', _grid(node), upload.name) for number, node in enumerate(tables, 1)]
    outside = (node for node in body.iter(_PARAGRAPH) if not any(up.tag == _TABLE for up in node.iterancestors()))
    found.append(gathered('正文', ((number, [_text(node)]) for number, node in enumerate(outside, 1)), upload.name,
                          is_text=True))
    return [sheet for sheet in found if sheet.rows]


def _body(upload: Upload) -> etree._Element:
    try:
        return Document(BytesIO(upload.content)).element.body
    except (KeyError, ValueError, AttributeError, etree.XMLSyntaxError) as error:
        raise Refused('“{name}”打不开，请用Word另存一份再上传。', name=upload.name) from error


def _grid(table: etree._Element) -> Iterator[tuple[int, list[Any]]]:
    """The rows as a grid: what is merged across or down stands in each of its cells."""
    above: list[str] = []
    for number, row in enumerate(table.iter(_ROW), 1):
        if number > MOST_ROWS * 2:
            break
        if next(row.iterancestors(_TABLE)) is table:
            above = _cells(row, above)
            yield number, above


def _cells(row: etree._Element, above: list[str]) -> list[str]:
    found: list[str] = []
    for cell in row.iter(_CELL):
        if next(cell.iterancestors(_ROW)) is not row:
            continue                                     # of a table within the cell
        merged = cell.find(f'./{_W}tcPr/{_W}vMerge')
        goes_on = merged is not None and merged.get(f'{_W}val', 'continue') == 'continue'
        said = above[len(found)] if goes_on and len(found) < len(above) else _joined(cell)
        found += [said] * min(_span(cell), MOST_COLUMNS - len(found))
    return found


def _span(cell: etree._Element) -> int:
    drawn = cell.find(f'./{_W}tcPr/{_W}gridSpan')
    said = drawn.get(f'{_W}val', '1') if drawn is not None else '1'
    return int(said) if said.isdecimal() and len(said) < 4 else 1


def _joined(cell: etree._Element) -> str:
    return '\n'.join(filter(None, (_text(node) for node in cell.iter(_PARAGRAPH))))


def _text(paragraph: etree._Element) -> str:
    """What is written, as accepted: without what a reviser has struck out."""
    return ''.join(_BREAKS.get(node.tag) or (node.text or '' if node.tag == f'{_W}t' else '')
                   for node in paragraph.iter()).strip()
