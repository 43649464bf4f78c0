"""What is read from a file: rows of values with the line they came from."""
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, NamedTuple

from engine.errors import Refused

MOST_ROWS = 3000
MOST_COLUMNS = 60
MOST_CELLS = 60_000
MOST_LETTERS = 5000         # of one cell
_FORMULA = ('=', '+', '-', '@', '\t', '\r')


class Row(NamedTuple):
    """One row: its number in the file, from 1, and its values: str, int, float, bool, date, datetime or None."""

    number: int
    cells: tuple[Any, ...]


@dataclass(frozen=True)
class Sheet:
    """A table, or running text with one cell in each row."""

    name: str
    rows: Sequence[Row]
    is_text: bool = False
    hidden: frozenset[int] = frozenset()                 # numbers of rows that a person who opens the file does not see


def gathered(name: str, rows: Iterable[tuple[int, Iterable[Any]]], file: str, is_text: bool = False) -> Sheet:
    """A sheet of these rows without the empty ones. :raises Refused: it has too many rows or too long cells."""
    found: list[Row] = []
    for number, cells in rows:
        row = Row(number, tuple(cleaned(cell, file, number) for cell in cells)[:MOST_COLUMNS])
        if any(cell is not None for cell in row.cells):
            found.append(row)
        if len(found) > MOST_ROWS:
            raise Refused('“{file}”的“{name}”超过{most}行，请拆成几个文件。', file=file, name=name, most=MOST_ROWS)
    return Sheet(name, found, is_text)


def bounded(sheets: Sequence[Sheet], file: str) -> None:
    """See that all sheets of a file together are not too much. :raises Refused: they are."""
    if sum(len(row.cells) for one in sheets for row in one.rows) > MOST_CELLS:
        raise Refused('“{file}”超过{most}格，请只留要用的表，另存一份再上传。', file=file, most=MOST_CELLS)


def cleaned(cell: Any, file: str = '', number: int = 0) -> Any:
    """A value as it is kept: texts without spaces around them, dates without midnight, whole numbers whole.

    :raises Refused: a text is too long.
    """
    if isinstance(cell, str):
        said = '\n'.join(' '.join(line.split()) for line in cell.splitlines()).strip()
        if len(said) > MOST_LETTERS:
            raise Refused('“{file}”第{number}行有一格超过{most}个字，请改短。', file=file, number=number, most=MOST_LETTERS)
        return said or None
    if isinstance(cell, datetime):
        return cell.date() if cell.time() == time() else cell
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    return cell if cell is None or isinstance(cell, (bool, int, float, date)) else cleaned(str(cell), file, number)


def safe(cell: Any) -> Any:
    """A text that a spreadsheet would take for a formula is put behind an apostrophe, as people do it there."""
    return f"'{cell}" if isinstance(cell, str) and cell.lstrip(' \n').startswith(_FORMULA) else cell
