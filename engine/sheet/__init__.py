"""Tables and texts of office files as plain rows of values, and plain rows as a workbook.

    for one in sheet.read(upload.check(name, content, upload.SHEETS)): one.name, one.rows
    sheet.write([sheet.Sheet('结果', rows)])
"""
from engine.sheet.rows import MOST_CELLS, MOST_COLUMNS, MOST_ROWS, Row, Sheet, bounded, safe
from engine.sheet.text import pasted
from engine.sheet.word import read_word
from engine.sheet.workbook import read_workbook
from engine.sheet.writing import write
from engine.upload import Upload
from engine.upload.text import decoded

__all__ = ['MOST_CELLS', 'MOST_COLUMNS', 'MOST_ROWS', 'Row', 'Sheet', 'pasted', 'read', 'safe', 'write']


def read(upload: Upload) -> list[Sheet]:
    """The tables of a file, and its running text as a sheet of its own with one cell per paragraph (`is_text`).

    Dates are dates, the value of merged cells stands in each of them, empty rows and sheets are left out.

    :raises Refused: the file cannot be read, is no table or text, or is too long.
    """
    found = _READERS.get(upload.kind, _read_text)(upload)
    bounded(found, upload.name)
    return found


def _read_text(upload: Upload) -> list[Sheet]:
    return pasted(decoded(upload.name, upload.content), upload.name)


_READERS = {'xlsx': read_workbook, 'docx': read_word}
