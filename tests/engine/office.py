"""Office files as people send them, made for tests: whole ones, and ones with something in them that must not be."""
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from docx import Document
from openpyxl import Workbook


def xlsx(rows: Iterable[Sequence[Any]], merged: Iterable[str] = (), name: str = '责任分解表') -> bytes:
    """A workbook with one sheet."""
    book, made = Workbook(), BytesIO()
    book.active.title = name
    for row in rows:
        book.active.append(list(row))
    for area in merged:
        book.active.merge_cells(area)
    book.save(made)
    return made.getvalue()


def docx(paragraphs: Iterable[str] = (), rows: Sequence[Sequence[str]] = (), merged: Sequence[tuple] = ()) -> bytes:
    """A document with these paragraphs and one table; `merged` joins cells: ((row, column), (row, column))."""
    document, made = Document(), BytesIO()
    for text in paragraphs:
        document.add_paragraph(text)
    if rows:
        table = document.add_table(len(rows), max(map(len, rows)))
        for y, row in enumerate(rows):
            for x, cell in enumerate(row):
                table.cell(y, x).text = cell
        for first, last in merged:
            table.cell(*first).merge(table.cell(*last))
    document.save(made)
    return made.getvalue()


def changed(content: bytes, parts: Mapping[str, bytes]) -> bytes:
    """The same package with some parts added or replaced."""
    made = BytesIO()
    with ZipFile(BytesIO(content)) as old, ZipFile(made, 'w', ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, part in parts.items():
            new.writestr(name, part)
    return made.getvalue()


def part(content: bytes, name: str) -> bytes:
    """One part of a package."""
    with ZipFile(BytesIO(content)) as package:
        return package.read(name)
