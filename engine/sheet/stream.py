"""A workbook that is written row by row into a file: a hundred thousand rows need no more memory than one."""
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

from xlsxwriter import Workbook
from xlsxwriter.format import Format

from engine.sheet.writing import OPTIONS, lay_out, put

_OPTIONS = {**OPTIONS, 'in_memory': False, 'constant_memory': True}
_BORDER = {'border': 1, 'border_color': '#DCD9D0', 'valign': 'top'}


class Stream:
    """One sheet. `heads` are its columns with their widths in letters; `colours` the (text, ground) of marks that a cell
    may carry. Its head stays in view and can be filtered by. Nothing of it is left lying elsewhere when writing fails."""

    def __init__(self, file: Path, name: str, heads: Sequence[tuple[str, int]],
                 colours: dict[str, tuple[str, str]] | None = None) -> None:
        self._aside = TemporaryDirectory()
        self._book = Workbook(str(file), {**_OPTIONS, 'tmpdir': self._aside.name})
        self._page = self._book.add_worksheet(name)
        self._plain = self._book.add_format({**_BORDER, 'text_wrap': True})
        self._day = self._book.add_format({**_BORDER, 'num_format': 'yyyy-mm-dd'})
        self._marks = {mark: self._book.add_format({**_BORDER, 'font_color': text, 'bg_color': ground, 'bold': True})
                       for mark, (text, ground) in (colours or {}).items()}
        self._columns, self._rows = len(heads), 0
        self._begin(heads)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_fault: object) -> None:
        with self._aside:
            if self._rows:
                self._page.autofilter(0, 0, self._rows, self._columns - 1)
            self._book.close()

    def _begin(self, heads: Sequence[tuple[str, int]]) -> None:
        page, style = self._page, self._book.add_format({
            **_BORDER, 'bold': True, 'bg_color': '#EFEDE6', 'text_wrap': True, 'valign': 'vcenter'})
        lay_out(page, 1)
        for column, (text, width) in enumerate(heads):
            page.set_column(column, column, width)
            put(page, 0, column, text, style)

    def row(self, cells: Iterable[Any], marks: dict[int, str] | None = None) -> None:
        """The next row; `marks` are the colours of cells by column."""
        self._rows += 1
        for column, cell in enumerate(cells):
            put(self._page, self._rows, column, cell, self._style(column, marks or {}), self._day)

    def _style(self, column: int, marks: dict[int, str]) -> Format:
        return self._marks.get(marks.get(column, ''), self._plain)
