"""Excel workbooks: the values that were last calculated, sheet by sheet."""
import warnings
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any, NamedTuple
from zipfile import BadZipFile, ZipFile

from lxml import etree
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.cell_range import CellRange

from engine.errors import Refused
from engine.sheet.rows import MOST_COLUMNS, MOST_ROWS, Sheet, bounded, gathered
from engine.upload import Upload

_MOST_SHEETS = 30
_MOST_PART = 30_000_000     # bytes of a sheet's XML
_LAST_ROW = 9999            # whatever stands further down has been left there by mistake
_MOST_MERGED = 2000
_HIGHEST = 300              # rows of a merged area; further down its value is not repeated
_TRUE = ('1', 'true')
_MAIN = '{http://schemas.openxmlformats.org/spreadsheetml/2006/main}'
_ID = '{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id'


class _Layout(NamedTuple):
    """What the reader of values does not tell of a sheet."""

    merged: tuple[CellRange, ...] = ()
    hidden: frozenset[int] = frozenset()


def read_workbook(upload: Upload) -> list[Sheet]:
    """The visible sheets that have anything in them. :raises Refused: the file is damaged or too long."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter('ignore', UserWarning)     # of styles and extensions, which nobody reads here
            return _read(upload)
    except (BadZipFile, InvalidFileException, etree.XMLSyntaxError, SyntaxError, KeyError, ValueError, TypeError,
            AttributeError, IndexError, OverflowError) as error:
        raise Refused('“{name}”打不开，请用Excel另存一份再上传。', name=upload.name) from error


def _read(upload: Upload) -> list[Sheet]:
    layouts = _layouts(upload)
    book = load_workbook(BytesIO(upload.content), read_only=True, data_only=True, keep_links=False)
    visible = [one for one in book.worksheets if one.sheet_state == 'visible'][:_MOST_SHEETS]
    found: list[Sheet] = []
    for one in visible:
        layout = layouts.get(one.title, _Layout())
        sheet = gathered(one.title, _rows(one, layout.merged), upload.name)
        found.append(replace(sheet, hidden=layout.hidden))
        bounded(found, upload.name)
    book.close()
    return [sheet for sheet in found if sheet.rows]


def _rows(page: Any, merged: tuple[CellRange, ...]) -> Iterator[tuple[int, list[Any]]]:
    """The rows that are not empty, the value of merged cells in each of them."""
    page.reset_dimensions()                              # what the file says of its size is not believed
    values: dict[CellRange, Any] = {}
    inside, written = _by_row(merged), 0
    for number, row in enumerate(page.iter_rows(1, _LAST_ROW, 1, MOST_COLUMNS, values_only=True), 1):
        cells = list(row)
        for one in inside.get(number, ()):
            _spread(one, number, cells, values)
        while cells and cells[-1] is None:
            cells.pop()
        if any(cell is not None for cell in cells):
            yield number, cells
            written += 1
        if written > MOST_ROWS:
            break


def _by_row(merged: tuple[CellRange, ...]) -> dict[int, list[CellRange]]:
    found: dict[int, list[CellRange]] = {}
    for area in merged:
        for number in range(area.min_row, min(area.max_row, area.min_row + _HIGHEST) + 1):
            found.setdefault(number, []).append(area)
    return found


def _spread(area: CellRange, number: int, cells: list[Any], values: dict[CellRange, Any]) -> None:
    last = min(area.max_col, MOST_COLUMNS)
    cells += [None] * (last - len(cells))
    if number == area.min_row and area.min_col <= last:
        values[area] = cells[area.min_col - 1]
    for column in range(area.min_col, last + 1):
        cells[column - 1] = values.get(area)


def _layouts(upload: Upload) -> dict[str, _Layout]:
    with ZipFile(BytesIO(upload.content)) as archive:
        rels = {one.get('Id'): one.get('Target', '') for one in _parsed(archive, 'xl/_rels/workbook.xml.rels')}
        sheets = {one.get('name'): rels.get(one.get(_ID), '')
                  for one in _parsed(archive, 'xl/workbook.xml').iter(f'{_MAIN}sheet')}
        return {name: _layout(upload, archive, path) for name, path in sheets.items() if path}


def _parsed(archive: ZipFile, part: str) -> etree._Element:
    return etree.fromstring(archive.read(part), etree.XMLParser(resolve_entities=False, no_network=True))


def _layout(upload: Upload, archive: ZipFile, target: str) -> _Layout:
    part = target.lstrip('/') if target.startswith('/') else f'xl/{target}'
    if archive.getinfo(part).file_size > _MOST_PART:
        raise Refused('“{name}”的工作表太大，请只留要用的表，另存一份再上传。', name=upload.name)
    merged, hidden, filled = [], set(), 0
    with archive.open(part) as stream:
        for _, node in etree.iterparse(stream, tag=(f'{_MAIN}row', f'{_MAIN}mergeCell'), resolve_entities=False,
                                       no_network=True):
            if node.tag.endswith('mergeCell'):
                merged.append(CellRange(node.get('ref')))
                continue
            full = any(len(cell) for cell in node)
            filled += full                               # a table that is too long is told so when its rows are read
            if full and int(node.get('r') or 1) > _LAST_ROW and filled <= MOST_ROWS:
                raise Refused('“{name}”第{row}行还有内容，离表太远了。请删去它，另存一份再上传。', name=upload.name, row=node.get('r'))
            if node.get('hidden') in _TRUE:
                hidden.add(int(node.get('r') or 0))
            node.clear()
    return _Layout(tuple(merged[:_MOST_MERGED]), frozenset(hidden))
