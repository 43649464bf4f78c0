"""The words of a search box: each of them must stand somewhere, in capitals or small letters."""
from sqlalchemy import ColumnElement, func, or_
from sqlalchemy.orm import InstrumentedAttribute

from webapp import visibility

_MOST = 5                   # words of a search; the others are not looked for


def found(typed: str, *columns: InstrumentedAttribute[str]) -> list[ColumnElement[bool]]:
    """A condition for each word that was typed: it is part of one of the columns."""
    return [or_(*(_within(column, word) for column in columns)) for word in typed.split()[:_MOST]]


def _within(column: InstrumentedAttribute[str], word: str) -> ColumnElement[bool]:
    """Half as long as LIKE over 100,000 rows; SQLite's LIKE is the one that takes capitals for small letters."""
    small = word.lower()
    chinese = word.upper() == small
    if visibility.postgresql():
        return func.strpos(column if chinese else func.lower(column), small) > 0
    return func.instr(column, word) > 0 if chinese else column.contains(word, autoescape=True)
