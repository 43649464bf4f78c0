"""FEEL's functions that make days, times, moments and durations, and ask about them."""
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

from engine.expression import temporal
from engine.expression.feel_arithmetic import exact
from engine.expression.feel_comparison import equal
from engine.expression.refusal import Stopped
from engine.expression.temporal import TEMPORAL, Months, lifted, said

WEEKDAYS = ('Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday')
MONTHS = ('January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November',
          'December')


def day(source: Any) -> date:
    """The day that a text writes, or that a moment lies on.

    :raises Stopped: no such day.
    """
    found = lifted(source)
    if isinstance(found, datetime):
        return found.date()
    return found if isinstance(found, date) else _refuse(source, '日期', '2026-09-30')


def day_of(year: Any, month: Any, number: Any) -> date:
    """The day of a year, a month and a day."""
    try:
        return date(_whole(year), _whole(month), _whole(number))
    except ValueError:
        raise Stopped('没有{year}年{month}月{day}日这一天', year=year, month=month, day=number) from None


def clock(source: Any) -> time:
    """The clock time that a text writes, or of a moment; a day begins at midnight UTC.

    :raises Stopped: no such time.
    """
    found = lifted(source)
    if isinstance(found, datetime):
        return found.timetz()
    if isinstance(found, date):
        return time(tzinfo=UTC)
    return found if isinstance(found, time) else _refuse(source, '时刻', '09:00:00')


def clock_of(hour: Any, minute: Any, second: Any, offset: Any = None) -> time:
    """The clock time of hour, minute and second, with an offset if there is one."""
    zone = None
    try:
        if offset is not None:
            zone = timezone(lifted(offset))
        whole = int(second)
        return time(_whole(hour), _whole(minute), whole, int((exact(second) - whole) * 1_000_000), zone)
    except (ValueError, TypeError):
        raise Stopped('没有{hour}时{minute}分{second}秒这个时刻', hour=hour, minute=minute, second=second) from None


def moment(source: Any) -> datetime:
    """The moment that a text writes; a day begins at midnight.

    :raises Stopped: no such moment.
    """
    found = lifted(source)
    if isinstance(found, datetime):
        return found
    if isinstance(found, date):
        return datetime.combine(found, time())
    return _refuse(source, '日期和时间', '2026-09-30T09:00:00+08:00')


def moment_of(on: Any, at: Any) -> datetime:
    """The moment of a day and a clock time."""
    found = lifted(at)
    if isinstance(found, datetime) or not isinstance(found, time):
        _refuse(at, '时刻', '09:00:00')
    return datetime.combine(day(on), found)


def span(source: Any) -> timedelta | Months:
    """The duration that a text writes.

    :raises Stopped: it writes none.
    """
    found = lifted(source)
    return found if isinstance(found, (timedelta, Months)) else _refuse(source, '时长', 'P7D、PT4H 或 P1Y2M')


def months_between(start: Any, end: Any) -> Months:
    """The whole months from one day or moment to another, negative backwards."""
    a, b = lifted(start), lifted(end)
    for source, found in ((start, a), (end, b)):
        if not isinstance(found, date):
            _refuse(source, '日期', '2026-09-30')
    x, y = day(a), day(b)
    if x > y:
        return Months(-months_between(y, x).count)
    return Months((y.year - x.year) * 12 + y.month - x.month - (y.day < x.day))


def day_of_year(source: Any) -> int:
    """1 to 366."""
    return day(source).timetuple().tm_yday


def day_of_week(source: Any) -> str:
    """Monday to Sunday."""
    return WEEKDAYS[day(source).weekday()]


def month_of_year(source: Any) -> str:
    """January to December."""
    return MONTHS[day(source).month - 1]


def week_of_year(source: Any) -> int:
    """The week by ISO 8601, 1 to 53."""
    return day(source).isocalendar()[1]


def same(a: Any, b: Any) -> bool:
    """``is(a, b)``: the same kind and the same value, for times with the same offset."""
    if isinstance(a, TEMPORAL) and type(a) is type(b):
        return temporal.text_of(a, zoned=True) == temporal.text_of(b, zoned=True)
    numbers = type(a) in (int, float) and type(b) in (int, float)
    return (numbers or type(a) is type(b)) and equal(a, b)


def _whole(number: Any) -> int:
    if number != int(number):
        raise ValueError(number)
    return int(number)


def _refuse(source: Any, kind: str, example: str) -> Any:
    raise Stopped('{source}不是{kind}，要写成 {example}', source=said(source), kind=kind, example=example)
