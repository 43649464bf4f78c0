"""挂图: plans on one line of time, against today. What lies where is worked out here; the table beside says the same."""
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from flask_babel import gettext as _

from webapp.plot import short

LEFT, WIDTH, ROW, TOP = 236, 920, 34, 34
_MOST_TICKS = 12


class Mark(NamedTuple):
    """A day on a row: `state` is done, missed or ahead."""

    day: date
    state: str
    text: str


class Span(NamedTuple):
    """A row: what it is about, where it leads, from when to when, and its marks."""

    label: str
    href: str | None
    begin: date | None
    end: date | None
    late: bool
    marks: Sequence[Mark]


@dataclass(frozen=True)
class Timeline:
    """Rows between two days."""

    first: date
    last: date
    today: date
    spans: Sequence[Span]

    def x(self, day: date) -> float:
        """Where a day lies."""
        whole = max((self.last - self.first).days, 1)
        return round(LEFT + (WIDTH - LEFT - 24) * (day - self.first).days / whole, 1)

    def y(self, place: int) -> int:
        """The middle of a row."""
        return TOP + place * ROW + ROW // 2

    @property
    def height(self) -> int:
        """Of the whole drawing."""
        return TOP + len(self.spans) * ROW + 22

    def ticks(self) -> list[tuple[float, str]]:
        """The first days of months, at most a dozen, and their names; January with its year."""
        months, day = [], self.first.replace(day=1)
        while day <= self.last:
            if day >= self.first:
                months.append(day)
            day = (day + timedelta(days=31)).replace(day=1)
        step = -(-len(months) // _MOST_TICKS) or 1
        return [(self.x(day), _('%(year)s年', year=day.year) if day.month == 1 else _('%(month)s月', month=day.month))
                for day in months[::step]]

    def label(self, span: Span) -> str:
        """The name of a row, as long as there is room."""
        return short(span.label, 17)


def timeline(spans: Iterable[Span], today: date) -> Timeline | None:
    """The rows with a line of time that holds all their days and today; None when no row has a day."""
    drawn = [span for span in spans if span.end or span.marks]
    if not drawn:
        return None
    known = (day for span in drawn for day in (span.begin, span.end, *(mark.day for mark in span.marks)))
    days = [today, *filter(None, known)]
    return Timeline(min(days) - timedelta(days=3), max(days) + timedelta(days=3), today, drawn)
