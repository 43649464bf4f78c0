"""Word documents: each table a sheet, and what stands between them as text."""
from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import islice

from docx import Document
from docx.oxml.ns import qn
from lxml import etree

from engine.errors import Refused
from engine.sheet.rows import MOST_COLUMNS, MOST_ROWS, Sheet, gathered
from engine.upload import Upload

_W = '{http://schemas.openxmlformats.org/wordprocessingml/2006/main}'
_TABLE, _PARAGRAPH, _ROW, _CELL = (qn(f'w:{name}') for name in ('tbl', 'p', 'tr', 'tc'))
_LETTERS, _MOVED = qn('w:t'), qn('w:moveFrom')
_HEADING = 5                # rows among which a heading that is repeated on the next page is looked for
_BREAKS = {qn('w:br'): '\n', qn('w:cr'): '\n', qn('w:tab'): ' '}


def read_word(upload: Upload) -> list[Sheet]:
    """The tables in their order, then the running text. :raises Refused: the file is damaged or too long."""
    body = _body(upload)
    tables = [node for node in body.iter(_TABLE) if not any(parent.tag == _CELL for parent in node.iterancestors())]
    found = [gathered(name, rows, upload.name) for name, rows in _whole(tables)]
    outside = (node for node in body.iter(_PARAGRAPH) if not any(up.tag == _TABLE for up in node.iterancestors()))
    found.append(gathered('正文', ((number, [_text(node)]) for number, node in enumerate(outside, 1)), upload.name,
                          is_text=True))
    return [sheet for sheet in found if sheet.rows]


def _body(upload: Upload) -> etree._Element:
    try:
        return Document(BytesIO(upload.content)).element.body
    except (KeyError, ValueError, AttributeError, etree.XMLSyntaxError) as error:
        raise Refused('“{name}”打不开，请用Word另存一份再上传。', name=upload.name) from error


def _whole(tables: Sequence[etree._Element]) -> Iterator[tuple[str, Iterator[tuple[int, list[str]]]]]:
    """The tables by name; one that goes on with the heading or the numbers of the one before belongs to it."""
    grids = [list(islice(_grid(node), MOST_ROWS * 2)) for node in tables]
    joined: list[tuple[str, list[list[str]]]] = []
    for number, rows in enumerate(filter(None, grids), 1):
        if joined and _goes_on(joined[-1][1], rows):
            joined[-1][1].extend(rows)
        else:
            joined.append((f'表{number}', rows))
    return ((name, enumerate(rows, 1)) for name, rows in joined)


def _goes_on(before: list[list[str]], rows: list[list[str]]) -> bool:
    first = rows[0]
    return len(first) == len(before[-1]) and (first in before[:_HEADING] or len(first) > 1 and first[0].isdecimal())


def _grid(table: etree._Element) -> Iterator[list[str]]:
    """The rows as a grid: what is merged across or down stands in each of its cells."""
    above: list[str] = []
    for row in table.iter(_ROW):
        if next(row.iterancestors(_TABLE)) is table and row.find(f'./{_W}trPr/{_W}del') is None:
            above = _cells(row, above)
            yield above


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
    """What is written, as accepted: without what a reviser has struck out or moved away."""
    return ''.join(_BREAKS.get(node.tag) or node.text or '' for node in paragraph.iter(_LETTERS, *_BREAKS)
                   if next(node.iterancestors(_MOVED), None) is None).strip()
