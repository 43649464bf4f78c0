"""What is published: the State Council's yearly arrangements, and the law that later years are guessed
from."""
import json
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).parent.parent / 'data' / 'calendar_cn.json'
DAY = timedelta(days=1)


class OfficialDay(NamedTuple):
    """One day of a yearly arrangement: off, or a weekend day that is worked; `source` is the notice's
    number."""

    day: date
    working: bool
    source: str
    note: str


@cache
def days() -> tuple[OfficialDay, ...]:
    """Every published day, in order. All days of a break are listed, its weekends too."""
    found = []
    for year in _file()['years']:
        for name, first, last in year['off']:
            found += [OfficialDay(day, False, year['notice'], name) for day in _days(first, last)]
        found += [OfficialDay(date.fromisoformat(day), True, year['notice'], '调休上班') for day in year['on']]
    return tuple(sorted(found))


@cache
def covered_until() -> date:
    """The last day of the last published year."""
    return date(_file()['years'][-1]['year'], 12, 31)


@cache
def statutory(year: int) -> tuple[tuple[date, str], ...]:
    """The thirteen legal holidays of a year with their names. Lunar dates are known from 2013 to 2050; other
    years have the fixed days alone. Two holidays may fall on one day (Mid-Autumn on the National Day)."""
    found = [(date.fromisoformat(f'{year}-{day}'), name) for name, day in _file()['fixed']]
    for name, day in zip(_file()['festivals_are'], _file()['festivals'].get(str(year), ())):
        first = date.fromisoformat(f'{year}-{day}')
        shifts = (-1, 0, 1, 2) if name == '春节' else (0,)                  # New Year's Eve to the third
        found += [(first + shift * DAY, name) for shift in shifts]
    return tuple(sorted(found))


@cache
def expected_off(after: date) -> frozenset[date]:
    """The days off to expect after `after`: legal holidays, and for each that falls on a weekend or on
    another holiday the next free weekday. Swapped weekends are not guessed: only the arrangement can say
    them."""
    last = max(map(int, _file()['festivals']))
    return frozenset(day for year in range(after.year, last + 1) for day in _observed(year) if day > after)


def _observed(year: int) -> set[date]:
    found, owed = set(), []
    for day, _name in statutory(year):
        if day in found or day.weekday() > 4:
            owed.append(day)
        found.add(day)
    for day in owed:
        while day in found or day.weekday() > 4:
            day += DAY
        found.add(day)
    return found


@cache
def _file() -> dict:
    return json.loads(FILE.read_text(encoding='utf-8'))


def _days(first: str, last: str) -> list[date]:
    day, end = date.fromisoformat(first), date.fromisoformat(last)
    return [day + n * DAY for n in range((end - day).days + 1)]
