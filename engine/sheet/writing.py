"""Rows as an Excel workbook that cannot do anything when it is opened: texts stay texts, whatever they look like."""
from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from engine.sheet.rows import Sheet, safe

OPTIONS = {'in_memory': True, 'strings_to_formulas': False, 'strings_to_urls': False, 'strings_to_numbers': False,
           'remove_timezone': True}
_LONGEST = 32_000           # letters that a cell of Excel holds
_WIDEST = 60


def write(sheets: Sequence[Sheet], heads: int = 1) -> bytes:
    """A workbook; the first `heads` rows of each sheet are its heading: bold, always in view, to filter by."""
    made = BytesIO()
    with Workbook(made, OPTIONS) as book:
        head = book.add_format({'bold': True, 'bg_color': '#EFEDE6', 'border': 1, 'text_wrap': True,
                                'valign': 'vcenter'})
        plain = book.add_format({'text_wrap': True, 'valign': 'top', 'border': 1, 'border_color': '#DCD9D0'})
        day = book.add_format({'num_format': 'yyyy-mm-dd', 'valign': 'top', 'border': 1, 'border_color': '#DCD9D0'})
        for one in sheets:
            page = book.add_worksheet(_title(one.name))
            for index, row in enumerate(one.rows):
                for column, cell in enumerate(row.cells):
                    put(page, index, column, cell, head if index < heads else plain, day)
            _fit(page, one, heads)
    return made.getvalue()


def put(page: Worksheet, row: int, column: int, cell: Any, style: Format | None = None,
        day: Format | None = None) -> None:
    """Write one cell: a text as text, made safe for spreadsheets that forget it is one; dates as dates."""
    if isinstance(cell, str):
        page.write_string(row, column, safe(cell)[:_LONGEST], style)
    elif isinstance(cell, (date, datetime)):
        page.write_datetime(row, column, cell, day or style)
    elif isinstance(cell, bool):
        page.write_string(row, column, '是' if cell else '否', style)
    elif isinstance(cell, (int, float)):
        page.write_number(row, column, cell, style)
    else:
        page.write_blank(row, column, None, style)


def lay_out(page: Worksheet, heads: int) -> None:
    """As it is looked at and printed: its heading always in view and on every sheet, A4, no wider than one."""
    page.freeze_panes(heads, 0)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0, heads - 1)


def _title(name: str) -> str:
    """Excel wants 31 letters at most, and none of these."""
    return ''.join('_' if letter in '[]:*?/\\' else letter for letter in name)[:31].strip("'") or '表'


def _fit(page: Worksheet, sheet: Sheet, heads: int) -> None:
    columns = max((len(row.cells) for row in sheet.rows), default=0)
    for column in range(columns):
        texts = (str(row.cells[column]) for row in sheet.rows
                 if column < len(row.cells) and row.cells[column] is not None)
        widest = max((sum(2 if ord(letter) > 255 else 1 for letter in line) for text in texts
                      for line in text.split('\n')), default=0)
        page.set_column(column, column, min(max(widest + 2, 8), _WIDEST))
    if columns and len(sheet.rows) > heads:
        page.autofilter(heads - 1, 0, len(sheet.rows) - 1, columns - 1)
    lay_out(page, heads)
