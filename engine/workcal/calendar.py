"""Counting working days, in memory: no loop over days, no limit of years, no database."""
from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta

from engine.errors import Refused, listed
from engine.workcal import official

PERIODS = ('week', 'month', 'quarter', 'year')


class Calendar:
    """Which days are worked. Never changes after it was made, so it may be shared between threads.

    ``off`` are days off (a weekend day among them says nothing new), ``on`` weekend days that are worked, and
    wins. After ``covered_until`` the legal holidays are added as a guess, unless ``on`` says otherwise.
    """

    __slots__ = ('covered_until', '_off', '_on', '_marks', '_ranks', '_shifts')

    # Weekdays are counted by a formula on the day number (1 = Monday, 1 January 0001); what deviates from
    # Monday-to-Friday is a sorted list of marks with the sum of deviations up to each. Both questions, "how
    # many up to this day" and "which day is number n", are then one bisection.

    def __init__(self, off: Iterable[date] = (), on: Iterable[date] = (),
                 covered_until: date = date.max) -> None:
        self.covered_until = covered_until
        worked = {day.toordinal() for day in on}
        rested = {day.toordinal() for day in (*off, *official.expected_off(covered_until))}
        self._on = frozenset(day for day in worked if (day - 1) % 7 > 4)
        self._off = frozenset(day for day in rested - worked if (day - 1) % 7 < 5)
        self._marks = sorted(self._on | self._off)
        self._shifts = [0]
        for mark in self._marks:
            self._shifts.append(self._shifts[-1] + (1 if mark in self._on else -1))
        self._ranks = [self._rank(mark) for mark in self._marks]

    @classmethod
    def official(cls) -> 'Calendar':
        """The published arrangements alone, without any tenant's changes."""
        days = official.days()
        return cls([one.day for one in days if not one.working], [one.day for one in days if one.working],
                   official.covered_until())

    def is_workday(self, day: date) -> bool:
        """Whether `day` is worked."""
        number = day.toordinal()
        return number in self._on if (number - 1) % 7 > 4 else number not in self._off

    def provisional(self, day: date) -> bool:
        """Whether `day` lies after the last published arrangement, so that a new one may move it."""
        return day > self.covered_until

    def add(self, day: date, n: int) -> date:
        """The n-th working day after `day` (before it, if n < 0). It does not matter whether `day` itself is
        worked. n = 0: `day` itself if it is worked, else the next working day.

        :raises OverflowError: outside the years 1 to 9999.
        """
        number = day.toordinal()
        rank, worked = self._rank(number), self.is_workday(day)
        if n == 0:
            return day if worked else date.fromordinal(self._number(rank + 1))
        target = rank + n if n > 0 or worked else rank + n + 1    # a rest day has the rank of the day before
        if target < 1 or (found := self._number(target)) > date.max.toordinal():
            raise OverflowError(n)
        return date.fromordinal(found)

    def between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative if `end` is before `start`."""
        return self._rank(end.toordinal()) - self._rank(start.toordinal())

    def last_workday(self, day: date) -> date:
        """`day` if it is worked, else the last working day before it."""
        return day if self.is_workday(day) else self.add(day, -1)

    def last_of(self, period: str, day: date) -> date:
        """The last working day of the week (Monday to Sunday), month, quarter or year of `day`. A week that
        is a holiday from end to end has none: then the last one before it.

        :raises Refused: no such period.
        """
        return self.last_workday(end_of(period, day))

    def _rank(self, number: int) -> int:
        """How many working days there are from day 1 up to and including this one."""
        weeks, days = divmod(number, 7)
        return 5 * weeks + min(days, 5) + self._shifts[bisect_right(self._marks, number)]

    def _number(self, rank: int) -> int:
        """The working day that has this rank."""
        mark = bisect_left(self._ranks, rank)         # the day lies after mark - 1, and at mark at the latest
        weeks, days = divmod(rank - self._shifts[mark] - 1, 5)
        number = 7 * weeks + days + 1
        return number if mark == len(self._marks) else min(number, self._marks[mark])


def end_of(period: str, day: date) -> date:
    """The last calendar day of the week, month, quarter or year of `day`.

    :raises Refused: no such period.
    """
    if period == 'week':
        return date.fromordinal(day.toordinal()) + timedelta(days=6 - day.weekday())
    if period not in PERIODS:
        raise Refused('没有“{period}”这种周期，只有 {known}', period=period, known=listed(PERIODS))
    month = {'month': day.month, 'quarter': (day.month + 2) // 3 * 3, 'year': 12}[period]
    return date(day.year, month, monthrange(day.year, month)[1])
