"""The 台账 as an Excel file: the columns and filter of the page, lamps with colour and word, dates as dates."""
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from engine.ledger import Matter
from engine.sheet.stream import Stream
from webapp import definition, ledger, say
from webapp.column import Column
from webapp.db import db
from webapp.fact import Words
from webapp.filter import Filter, reads_content

COLOURS = {'red': ('#8E1F16', '#F9DEDA'), 'yellow': ('#6B4B00', '#FBEBC2'), 'green': ('#1E5C34', '#DDF0E2'),
           'grey': ('#47505A', '#E4E6E8'), 'blue': ('#1B4E86', '#DCE9F7')}
_CHUNK = 500
_WIDTHS = {'title': 40, 'requirement': 60, 'evidence': 40, 'basis': 30, 'co_units': 30, 'unit': 18, 'holder': 24, 'leader': 20}
_USUAL = 13


def write(file: Path, asked: Filter, told: Callable[[int, int], bool]) -> bool:
    """Write the matters that a filter asks for; `told` hears how many of how many, and says whether to go on.

    False: it was told to stop. However many matters there are, a few hundred are in memory at a time.
    """
    keys = db.session.scalars(ledger.query(asked)).all()
    columns, words = asked.columns(), definition.words(definition.current())
    heads = [(str(one.label), _WIDTHS.get(one.name, _USUAL)) for one in columns]
    with Stream(file, _('台账'), heads, COLOURS) as sheet:
        for done in range(0, len(keys), _CHUNK):
            if not told(done, len(keys)):
                return False
            for matter, hands in _matters(keys[done:done + _CHUNK]):
                sheet.row((_cell(one, matter, words, hands) for one in columns), _marks(columns, matter))
            db.session.expunge_all()
            db.session.rollback()                          # no snapshot is held for as long as it takes
    return True


def _matters(keys: Sequence[UUID]) -> Iterator[tuple[Matter, Sequence[str]]]:
    hands = ledger.holders(keys)
    return ((matter, hands.get(matter.id, ())) for matter in ledger.rows(keys))


def _cell(one: Column, matter: Matter, words: Words, hands: Sequence[str]) -> Any:
    """A date as a date and a number as a number, so that they can be sorted and added up; all else in words. Who reads
    no business has the code for the title, as on the page."""
    if one.name == 'title' and not reads_content():
        return matter.code
    value = one.value(matter)
    if isinstance(value, datetime):
        return say.local(value).date()                     # a moment that looks like its day would not equal it
    if isinstance(value, date) or one.number and not isinstance(value, bool):
        return value
    return one.text(matter, words, hands)


def _marks(columns: Sequence[Column], matter: Matter) -> dict[int, str]:
    return {at: matter.lamp for at, one in enumerate(columns) if one.name == 'lamp' and matter.status != 'draft'}
