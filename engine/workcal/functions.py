"""What diagrams, tables and forms may ask about time. Dates are texts 'YYYY-MM-DD', moments ISO texts."""
from calendar import monthrange
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from inspect import Parameter, signature
from typing import Any, NamedTuple

from engine.errors import Refused
from engine.workcal.calendar import Calendar, end_of

MORNING = time(9)                       # offices open: where a rule names a day, the day's action starts here
NAMES = ('workdays', 'morning', 'after_days', 'months', 'overdue_at', 'day_after', 'period_end',
         'next_report', 'every_workdays', 'days_left', 'now', 'today', 'earliest', 'latest', 'say', 'split',
         'join', 'posts')

_SAID = {'t': '日期', 'd': '日期', 'start': '日期', 'n': '几', 'period': '周期', 'times': '日期…', 'text': '文字',
         'parts': '清单', 'by': '隔开的符号', 'units': '单位', 'post': '岗位'}


class Parameters(NamedTuple):
    """How many values a function takes, and what they are called."""

    least: int
    most: float
    zh: tuple[str, ...]
    en: tuple[str, ...]


@lru_cache
def parameters(name: str) -> Parameters | None:
    """What a function of these takes; None of any other."""
    if name not in (*NAMES, 'date'):
        return None
    own = tuple(signature(getattr(Reckoner, 'day_of' if name == 'date' else name)).parameters.values())[1:]
    several = any(one.kind is Parameter.VAR_POSITIONAL for one in own)
    needed = [one for one in own if one.default is Parameter.empty and one.kind is not Parameter.VAR_POSITIONAL]
    names = tuple(one.name for one in own)
    return Parameters(len(needed), float('inf') if several else len(own), tuple(_SAID[one] for one in names), names)


def functions(calendar: Calendar, now: datetime, zone: tzinfo) -> dict[str, Callable[..., Any]]:
    """The functions by name, for one step: they count on `calendar`, `now` stands still, texts are in `zone`.

    A time argument is a date or a moment; a moment without offset is meant in `zone`. Nothing in, nothing
    out: where the time is None, so is the answer. A text that is no date is refused.
    """
    reckoner = Reckoner(calendar, now, zone)
    return {name: getattr(reckoner, name) for name in NAMES} | {'date': reckoner.day_of}


class Reckoner:
    """One calendar at one moment."""

    def __init__(self, calendar: Calendar, now: datetime, zone: tzinfo) -> None:
        self._calendar, self._zone, self._now = calendar, zone, now.astimezone(zone)
        self._said = self._now.isoformat(timespec='seconds')

    def workdays(self, t: Any, n: int) -> str | None:
        """The moment n working days after t (before it, if n < 0). A date counts from 09:00, a moment keeps
        its clock time. n = 0: t's day if it is worked, else the next working day."""
        return None if t is None else self._on(self._calendar.add(self._day(t), _whole(n)), t)

    def morning(self, t: Any, n: int = 1) -> str | None:
        """09:00 of the n-th working day after t; n = 0: of t's day if it is worked, else of the next."""
        return None if t is None else self._on(self._calendar.add(self._day(t), _whole(n)))

    def after_days(self, t: Any, n: int) -> str | None:
        """The moment n calendar days after t, rolled forward to a working day (A09). Clock time as in
        `workdays`."""
        return None if t is None else self._rolled(self._day(t) + timedelta(days=_whole(n)), t)

    def months(self, t: Any, n: int) -> str | None:
        """The moment n calendar months after t, rolled forward to a working day: the same day of the month,
        or the month's last. Clock time as in `workdays`."""
        if t is None:
            return None
        day = self._day(t)
        year, month = divmod(day.year * 12 + day.month - 1 + _whole(n), 12)
        return self._rolled(date(year, month + 1, min(day.day, monthrange(year, month + 1)[1])), t)

    def overdue_at(self, d: Any) -> str | None:
        """When the legal date d is overdue: 09:00 of the first working day after it (A10)."""
        return None if d is None else self._on(self._calendar.add(self._day(d), 1))

    def day_after(self, t: Any, n: int) -> str | None:
        """The date n working days after t (before it, if n < 0): limits are dates."""
        return None if t is None else self._calendar.add(self._day(t), _whole(n)).isoformat()

    def period_end(self, t: Any, period: str) -> str | None:
        """The date of the last working day of the 'week', 'month', 'quarter' or 'year' of t."""
        return None if t is None else self._calendar.last_of(period, self._day(t)).isoformat()

    def next_report(self, start: Any, period: str | None) -> str | None:
        """09:00 of the first last-working-day of a period after now and after start; those missed collapse
        into it. None for 'event' and '': such a report has no date."""
        if start is None or period in (None, '', 'event'):
            return None
        after = max(self._now, self._moment(start) or self._at(self._day(start), time()))
        day = after.date()
        while True:
            due = self._at(self._calendar.last_of(period, day), MORNING)
            if due > after:
                return due.isoformat(timespec='seconds')
            day = end_of(period, day) + timedelta(days=1)

    def every_workdays(self, n: int) -> dict[str, int]:
        """The cycle of a timer: every n working days, at 09:00."""
        if _whole(n) < 1:
            raise Refused('每{n}个工作日一次不成立，至少是 1', n=n)
        return {'workdays': _whole(n)}

    def days_left(self, d: Any) -> int | None:
        """Working days after today up to and including d; negative when d has passed."""
        return None if d is None else self._calendar.between(self._now.date(), self._day(d))

    def now(self) -> str:
        """This moment."""
        return self._said

    def today(self) -> str:
        """Today's date."""
        return self._now.date().isoformat()

    def day_of(self, t: Any) -> str | None:
        """The date of t; diagrams call it ``date``."""
        return None if t is None else self._day(t).isoformat()

    def earliest(self, *times: Any) -> Any:
        """The first of several times, as it was given; None among them is passed over."""
        return min(_listed(times), key=self._start, default=None)

    def latest(self, *times: Any) -> Any:
        """The last of several times, as it was given; None among them is passed over."""
        return max(_listed(times), key=self._start, default=None)

    def say(self, t: Any) -> str | None:
        """The date in words: 9月30日 周三, with the year when it is not this one."""
        if t is None:
            return None
        day = self._day(t)
        year = f'{day.year}年' if day.year != self._now.year else ''
        return f'{year}{day.month}月{day.day}日 周{"一二三四五六日"[day.weekday()]}'

    def split(self, text: Any) -> list | None:
        """The parts of a text between commas (、 too), without blanks and empty ones; a list stays as it
        is."""
        if text is None or isinstance(text, list):
            return text
        parts = str(text).replace('，', ',').replace('、', ',').split(',')
        return [part.strip() for part in parts if part.strip()]

    def join(self, parts: Any, by: str = ',') -> str | None:
        """The parts of a list as one text; the opposite of `split`."""
        return None if parts is None else by.join(str(part) for part in parts if part is not None)

    def posts(self, units: Any, post: str) -> str | None:
        """One post of each of several units, as messages are addressed: gxt/liaison,sft/liaison; '' for no
        unit."""
        return None if units is None else ','.join(f'{unit}/{post}' for unit in self.split(units))

    def _moment(self, t: Any) -> datetime | None:
        """t as a moment in the zone; None where it is a date."""
        try:
            if isinstance(t, str):
                if len(t) == 10:
                    date.fromisoformat(t)
                    return None
                t = datetime.fromisoformat(t)
            if isinstance(t, datetime):
                return t.replace(tzinfo=self._zone) if t.tzinfo is None else t.astimezone(self._zone)
            if isinstance(t, date):
                return None
        except ValueError:
            pass
        raise Refused('“{t}”不是日期，要写成 2026-09-30 或 2026-09-30T09:00:00+08:00', t=str(t)[:40])

    def _day(self, t: Any) -> date:
        moment = self._moment(t)
        if moment is not None:
            return moment.date()
        return date.fromisoformat(t) if isinstance(t, str) else t

    def _start(self, t: Any) -> datetime:
        return self._moment(t) or self._at(self._day(t), time())

    def _rolled(self, day: date, t: Any) -> str:
        return self._on(self._calendar.add(day, 0), t)

    def _on(self, day: date, t: Any = None) -> str:
        """`day` at t's clock time, or at 09:00 where t has none."""
        moment = None if t is None else self._moment(t)
        return self._at(day, MORNING if moment is None else moment.time()).isoformat(timespec='seconds')

    def _at(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self._zone)


def _whole(n: Any) -> int:
    """A count of days: 5, or 5.0 as tables and forms may give it."""
    if type(n) is not int and not (isinstance(n, float) and n.is_integer()):
        raise Refused('“{n}”不是整数天数', n=str(n)[:40])
    return int(n)


def _listed(times: tuple) -> list:
    found = times[0] if len(times) == 1 and isinstance(times[0], list) else times
    return [t for t in found if t is not None]
