"""Pasted text and CSV: a table where there are columns, else paragraphs."""
import csv
import io
import re
from collections import Counter

from engine.errors import Refused
from engine.sheet.rows import Sheet, gathered

_RULE = re.compile(r'\s*\|?(\s*:?-+:?\s*\|?)+\s*')
_SEPARATORS = ',;\t，；'


def pasted(text: str, name: str = '') -> list[Sheet]:
    """Tabs (a piece of a spreadsheet), Markdown bars or, in a .csv, commas separate columns; anything else is text.

    :raises Refused: it is too long.
    """
    called = name or '粘贴的内容'
    lines = text.replace('\r\n', '\n').replace('\r', '\n').replace('\ufeff', '')
    if name.lower().endswith('.csv'):
        return _kept(gathered(called, _comma_separated(lines, called), called))
    if _tabular(lines, '\t'):
        return _kept(gathered(called, enumerate(csv.reader(io.StringIO(lines), delimiter='\t'), 1), called))
    if _tabular(lines, '|'):
        return _kept(gathered(called, _barred(lines), called))
    paragraphs = ((number, [line]) for number, line in enumerate(lines.split('\n'), 1))
    return _kept(gathered(called, paragraphs, called, is_text=True))


def _kept(sheet: Sheet) -> list[Sheet]:
    return [sheet] if sheet.rows else []


def _tabular(text: str, sign: str) -> bool:
    lines = [line for line in text.split('\n') if line.strip()]
    return sum(sign in line.strip(' ') for line in lines) * 2 >= len(lines) > 0


def _comma_separated(text: str, name: str) -> list[tuple[int, list[str]]]:
    head = next((line for line in text.split('\n') if line.strip()), '')
    sign = max(_SEPARATORS, key=Counter(head).__getitem__)
    try:
        return list(enumerate(csv.reader(io.StringIO(text), delimiter=sign), 1))
    except csv.Error as error:
        raise Refused('“{name}”不是完好的CSV表格，请用Excel另存为.xlsx再上传。', name=name) from error


def _barred(text: str) -> list[tuple[int, list[str]]]:
    """The rows of a Markdown table; its rule below the head is none."""
    return [(number, line.strip().removeprefix('|').removesuffix('|').split('|'))
            for number, line in enumerate(text.split('\n'), 1) if line.strip() and not _RULE.fullmatch(line)]
