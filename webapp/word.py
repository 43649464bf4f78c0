"""The words of a search box: each of them must stand somewhere, in capitals or small letters."""
from sqlalchemy import ColumnElement, func, or_
from sqlalchemy.orm import InstrumentedAttribute

from webapp import visibility

_MOST = 5                   # words of a search; the others are not looked for


def found(typed: str, *columns: InstrumentedAttribute[str], small: bool = False) -> list[ColumnElement[bool]]:
    """A condition for each word that was typed: it is part of one of the columns. ``small``: they have small letters only."""
    return [or_(*(_within(column, word, small) for column in columns)) for word in typed.lower().split()[:_MOST]]


def _within(column: InstrumentedAttribute[str], word: str, small: bool) -> ColumnElement[bool]:
    """Half as long as LIKE over 100,000 rows; SQLite's LIKE is the one that takes capitals for small letters."""
    alike = small or word.upper() == word
    if visibility.postgresql():
        return func.strpos(column if alike else func.lower(column), word) > 0
    return func.instr(column, word) > 0 if alike else column.contains(word, autoescape=True)
