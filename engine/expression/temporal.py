"""Days, clock times, moments and durations inside FEEL. Outside they are ISO texts, and texts become them."""
import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from engine.expression.refusal import Missing, Stopped, show

LONGEST, MOST_MONTHS = 80, 10 ** 11
SPAN_SIGNS = ('P', '-')                                                 # how texts of durations begin
_DAY = r'(\d{4})-(\d\d)-(\d\d)'
_CLOCK = r'(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:\d\d(?::\d\d)?|@[A-Za-z][\w/+-]*)?'
DAY, CLOCK = re.compile(_DAY, re.ASCII), re.compile(_CLOCK, re.ASCII)
MOMENT = re.compile(rf'{_DAY}[T ]{_CLOCK}', re.ASCII)
SPAN = re.compile(r'(-)?P(?=\d|T\d)(?:(\d{1,9})Y)?(?:(\d{1,9})M)?(?:(\d{1,9})W)?(?:(\d{1,9})D)?'
                  r'(?:T(?=\d)(?:(\d{1,12})H)?(?:(\d{1,12})M)?(?:(\d{1,12})(?:\.(\d{1,9}))?S)?)?', re.ASCII)


@dataclass(frozen=True, order=True, slots=True)
class Months:
    """A duration of years and months: ``count`` months, which have no fixed number of days."""

    count: int

    def __post_init__(self) -> None:
        if abs(self.count) > MOST_MONTHS:
            raise OverflowError


Temporal = date | time | timedelta | Months
TEMPORAL = (date, time, timedelta, Months)                              # a datetime is a date, too


def lifted(value: Any) -> Any:
    """The day, time, moment or duration that a text writes; any other value as it is."""
    if type(value) is not str:
        return value
    found = parsed(value)
    return value if found is None else found


@lru_cache(maxsize=4_096)
def parsed(text: str) -> Temporal | None:
    """What an ISO text stands for; None where it is none, or no such day exists."""
    if not 3 <= len(text) <= LONGEST:
        return None
    for pattern, make in ((DAY, _day), (MOMENT, _moment), (CLOCK, _clock), (SPAN, _span)):
        match = pattern.fullmatch(text)
        if match is not None:
            try:
                return make(*match.groups())
            except (ValueError, OverflowError, LookupError, OSError):
                return None
    return None


def text_of(value: Temporal, zoned: bool = False) -> str:
    """The ISO text of a temporal value; `zoned` writes FEEL's ``@Asia/Shanghai`` instead of the offset."""
    if isinstance(value, Months):
        return _text_of_months(value.count)
    if isinstance(value, timedelta):
        return _text_of_span(value)
    if isinstance(value, (datetime, time)):
        if zoned and isinstance(value.tzinfo, ZoneInfo) or isinstance(value, time) and value.utcoffset() is None:
            naive = value.replace(tzinfo=None).isoformat()
            return f'{naive}@{value.tzinfo.key}' if isinstance(value.tzinfo, ZoneInfo) else naive
        return re.sub(r'\+00:00\Z', 'Z', value.isoformat())
    return value.isoformat()


def said(value: Any) -> str:
    """A value as a sentence names it."""
    return f'时间 {text_of(value)}' if isinstance(value, TEMPORAL) else show(value)


def plus(a: Any, b: Any) -> Any:
    """``a + b`` where one of them is a duration; None where that means nothing."""
    if isinstance(a, (timedelta, Months)) and isinstance(b, (date, time)):
        a, b = b, a
    if isinstance(a, Months) and isinstance(b, Months):
        return Months(a.count + b.count)
    if isinstance(b, Months) and isinstance(a, date):
        return _shifted(a, b.count)
    if not isinstance(b, timedelta):
        return None
    if isinstance(a, datetime):
        zone = a.tzinfo                                               # a day in a zone may have 23 hours
        return a + b if zone is None else (a.astimezone(UTC) + b).astimezone(zone)
    if isinstance(a, date):
        return (datetime.combine(a, time()) + b).date()
    if isinstance(a, time):
        return (datetime.combine(date(2000, 1, 1), a) + b % timedelta(days=1)).timetz()
    return a + b if isinstance(a, timedelta) else None


def minus(a: Any, b: Any) -> Any:
    """``a - b``: a duration between two of a kind, or something earlier; None where that means nothing."""
    if isinstance(b, (timedelta, Months)):
        return plus(a, negated(b))
    if isinstance(a, time) and isinstance(b, time):
        same_kind(a, b)
        day = date(2000, 1, 1)
        return datetime.combine(day, a) - datetime.combine(day, b)
    if not isinstance(a, date) or not isinstance(b, date):
        return None
    if isinstance(a, datetime) != isinstance(b, datetime):
        a, b = _as_moment(a, b), _as_moment(b, a)
    same_kind(a, b)
    return a - b


def negated(span: timedelta | Months) -> timedelta | Months:
    """The duration backwards."""
    return Months(-span.count) if isinstance(span, Months) else -span


def in_step(a: Temporal, b: Temporal) -> tuple[Any, Any] | None:
    """Two values ready to be compared: a moment compares with a day as its own day does; None where they
    are of different kinds.

    :raises Stopped: only one of two moments has an offset.
    """
    if isinstance(a, datetime) != isinstance(b, datetime) and isinstance(a, date) and isinstance(b, date):
        a, b = (x.date() if isinstance(x, datetime) else x for x in (a, b))
    if type(a) is not type(b):
        return None
    if isinstance(a, (datetime, time)):
        same_kind(a, b)
    return a, b


def same_kind(a: Any, b: Any) -> None:
    """Nothing, unless only one of two moments or times has an offset: then they cannot be compared."""
    if isinstance(a, (datetime, time)) and (a.utcoffset() is None) != (b.utcoffset() is None):
        raise Stopped('{a}和{b}只有一个写了时区，不能比较', a=show(text_of(a)), b=show(text_of(b)))


def part(value: Temporal, name: str) -> Any:
    """``value.year`` and the other properties; null for a zone that is not told.

    :raises Missing: a day has no hours, a duration no weekday.
    """
    for kind, parts in PARTS.items():
        if isinstance(value, kind) and name in parts:
            return parts[name](value)
    known = {name for kind, parts in PARTS.items() if isinstance(value, kind) for name in parts}
    raise Missing('时间 {value}没有“{name}”这一项，有{known}', value=text_of(value), name=name,
                  known='、'.join(sorted(known)))


def _day(year: str, month: str, day: str) -> date:
    return date(int(year), int(month), int(day))


def _clock(hour: str, minute: str, second: str | None, fraction: str | None, zone: str | None) -> time:
    return time(int(hour), int(minute), int(second or 0), int((fraction or '').ljust(6, '0')[:6]), zone_of(zone))


def _moment(year: str, month: str, day: str, *clock: str | None) -> datetime:
    at = clock
    if clock[0] == '24' and not int(f'{clock[1]}{clock[2] or 0}'):
        at = ('00', *clock[1:])
    found = datetime.combine(_day(year, month, day), _clock(*at))
    return found + timedelta(days=1) if at is not clock else found


def zone_of(text: str | None) -> tzinfo | None:
    """The zone of ``Z``, ``+08:00`` or ``@Asia/Shanghai``; raises ValueError or LookupError for others."""
    if text is None:
        return None
    if text == 'Z':
        return UTC
    if text[0] == '@':
        return ZoneInfo(text[1:])
    hours, minutes, *seconds = map(int, text[1:].split(':'))
    if hours > 14 or minutes > 59:
        raise ValueError(text)
    offset = timedelta(hours=hours, minutes=minutes, seconds=sum(seconds))
    return timezone(-offset if text[0] == '-' else offset)


def _span(sign: str | None, years: str | None, months: str | None, weeks: str | None, days: str | None,
          hours: str | None, minutes: str | None, seconds: str | None,
          fraction: str | None) -> timedelta | Months | None:
    long, short = (years, months), (weeks, days, hours, minutes, seconds)
    if any(long) and any(short):
        return None                                                    # FEEL keeps the two kinds apart
    if any(long):
        count = int(years or 0) * 12 + int(months or 0)
        return Months(-count if sign else count)
    w, d, h, m, s = (int(part or 0) for part in short)
    found = timedelta(weeks=w, days=d, hours=h, minutes=m, seconds=s,
                      microseconds=int((fraction or '').ljust(6, '0')[:6]))
    return -found if sign else found


def _shifted(day: Any, months: int) -> Any:
    """The same day some months on, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9_999:
        raise OverflowError
    return day.replace(year=year, month=month + 1, day=min(day.day, monthrange(year, month + 1)[1]))


def _as_moment(day: Any, other: Any) -> datetime:
    return day if isinstance(day, datetime) else datetime.combine(day, time(), other.tzinfo)


def _text_of_months(count: int) -> str:
    years, months = divmod(abs(count), 12)
    found = (f'{years}Y' if years else '') + (f'{months}M' if months or not years else '')
    return f'{"-" if count < 0 else ""}P{found}'


def _text_of_span(span: timedelta) -> str:
    if span < timedelta():
        return '-' + _text_of_span(-span)
    minutes, seconds = divmod(span.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    exact = f'{seconds}.{span.microseconds:06}'.rstrip('0').rstrip('.') if span.microseconds else str(seconds)
    clock = ''.join(f'{count}{unit}' for count, unit in ((hours, 'H'), (minutes, 'M'), (exact, 'S'))
                    if str(count) != '0')
    days = f'{span.days}D' if span.days else ''
    return f'P{days}T{clock}' if clock else f'P{days}' if days else 'PT0S'


def _signed(span: timedelta, unit: int, base: int) -> int:
    """One part of a duration, with its sign."""
    whole = span.days * 86_400 + span.seconds
    if span < timedelta():
        return -_signed(-span, unit, base)
    return whole // unit % base if base else whole // unit


def _zone_name(value: datetime | time) -> str | None:
    return value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else None


_DAYS = {'year': lambda day: day.year, 'month': lambda day: day.month, 'day': lambda day: day.day,
         'weekday': lambda day: day.isoweekday()}
_CLOCKS = {'hour': lambda at: at.hour, 'minute': lambda at: at.minute, 'second': lambda at: at.second,
           'time offset': lambda at: at.utcoffset(), 'timezone': _zone_name}
PARTS: dict[type, dict[str, Callable[[Any], Any]]] = {
    datetime: _CLOCKS, date: _DAYS, time: _CLOCKS,
    timedelta: {'days': lambda span: _signed(span, 86_400, 0), 'hours': lambda span: _signed(span, 3_600, 24),
                'minutes': lambda span: _signed(span, 60, 60), 'seconds': lambda span: _signed(span, 1, 60)},
    Months: {'years': lambda span: _toward_zero(span.count, 12), 'months': lambda span: span.count - 12 * _toward_zero(
        span.count, 12)}}


def _toward_zero(count: int, by: int) -> int:
    return -(-count // by) if count < 0 else count // by
