"""Dates and deadlines as the pages speak them: no date without its weekday, deadlines in working days."""
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from babel.dates import format_date
from flask import Flask, g
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_login import current_user

from engine import clock, directory, parameter, workcal
from webapp import bundle
from webapp.db import db
from webapp.reader import addressed_in_english as english

_WEEKDAYS = '一二三四五六日'


class Place:
    """The government of the signed-in person, as its dates are spoken: asked for every date of a page."""

    def __init__(self, tenant: directory.Tenant) -> None:
        self.tenant, self.zone = tenant, clock.zone(tenant.zone)

    @cached_property
    def calendar(self) -> workcal.Calendar:
        return workcal.load(db.session, self.tenant)

    @cached_property
    def near_days(self) -> int:
        used = bundle.current()
        known = used is not None and 'warning_days' in used.parameters
        return parameter.reader(db.session, self.tenant, used)('warning_days') if known else 0


def _place() -> Place:
    found = g.get('place')
    if found is None:
        found = g.place = Place(current_user.tenant)
    return found


def calendar() -> workcal.Calendar:
    """The working calendar of the signed-in person's government."""
    return _place().calendar


def local(moment: datetime) -> datetime:
    """The moment in the government's own zone."""
    return moment.astimezone(_place().zone)


def today() -> date:
    """The government's day, which a virtual clock may have set."""
    place = _place()
    return clock.now(place.tenant).astimezone(place.zone).date()


def day_of(value: date | datetime | str) -> date:
    """The government's calendar day of a date, a moment, or the ISO text of either."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if len(value) > 10 else date.fromisoformat(value)
    return local(value).date() if isinstance(value, datetime) else value


def on_record() -> AbstractContextManager[None]:
    """Within it everything is spoken in Chinese: what is kept reads the same whoever was at the page."""
    return force_locale('zh_Hans_CN')


def weekday(value: date | datetime | str) -> str:
    """周三, Wed"""
    day = day_of(value)
    return format_date(day, 'EEE', 'en') if english() else '周' + _WEEKDAYS[day.weekday()]


def full(value: date | datetime | str) -> str:
    """2020年9月30日, 30 Sep 2020"""
    day = day_of(value)
    return format_date(day, 'd MMM y', 'en') if english() else f'{day.year}年{day.month}月{day.day}日'


def short(value: date | datetime | str) -> str:
    """9月30日, 30 Sep"""
    day = day_of(value)
    return format_date(day, 'd MMM', 'en') if english() else f'{day.month}月{day.day}日'


def say_long(value: date | datetime | str) -> str:
    """2020年9月30日 周三, 30 Sep 2020 Wed"""
    return f'{full(value)} {weekday(value)}'


def say(value: date | datetime | str) -> str:
    """9月30日 周三, with the year when it is not this one."""
    return say_long(value) if day_of(value).year != today().year else f'{short(value)} {weekday(value)}'


def month(day: date) -> str:
    """9月, Sep"""
    return format_date(day, 'LLL', 'en') if english() else f'{day.month}月'


def month_of(day: date) -> str:
    """2020年9月, Sep 2020"""
    return format_date(day, 'LLL y', 'en') if english() else f'{day.year}年{day.month}月'


def row(value: date | datetime | str) -> str:
    """2020-09-30 周三: for tables and records."""
    return f'{day_of(value).isoformat()} {weekday(value)}'


def hour(moment: datetime) -> str:
    """09:10"""
    return local(moment).strftime('%H:%M')


def stamp(moment: datetime) -> str:
    """2020-09-30 周三 09:10: for tables and records."""
    return f'{row(moment)} {hour(moment)}'


def when(moment: datetime) -> str:
    """今天 08:40, else 9月25日 周五 11:05"""
    return f'{_("今天") if day_of(moment) == today() else say(moment)} {hour(moment)}'


def kind_of_day(day: date) -> str:
    """（调休上班）, （放假）, or nothing when the day is as its weekday says."""
    works = calendar().is_workday(day)
    if works == (day.weekday() < 5):
        return ''
    return _('（调休上班）') if works else _('（放假）')


def iso(value: date | datetime) -> str:
    """For machines: a moment in the government's zone, or a date."""
    return (local(value) if isinstance(value, datetime) else value).isoformat()


@dataclass(frozen=True)
class Left:
    """What is left of a deadline: `days` in working days (negative: overdue), the words, their CSS class."""

    days: int
    text: str
    css: str


def left(value: date | datetime | str) -> Left:
    """剩3个工作日, 今天到期, 超6个工作日: counted from the government's day."""
    day, now = day_of(value), today()
    days = calendar().between(now, day)
    if day == now:
        return Left(0, _('今天到期'), 'near')
    if day < now:
        return Left(days, _('超%(n)s个工作日', n=-days) if days else _('已到期'), 'late' if days else 'near')
    if not days:                                       # what is left until then are rest days
        return Left(0, _('最后1个工作日') if calendar().is_workday(now) else _('没有工作日了'), 'near')
    return Left(days, _('剩%(n)s个工作日', n=days), 'near' if days <= near_days() else 'soft')


def near_days() -> int:
    """From how many working days on a deadline counts as near: the government's own warning parameter.

    0 where nothing is deployed yet, or the rules know no such parameter: then no day is near.
    """
    return _place().near_days


def last_workday(value: date | datetime | str) -> date | None:
    """The last working day before a legal date that is a rest day; None when it is a working day."""
    day = calendar().last_workday(day_of(value))
    return None if day == day_of(value) else day


def holidays(days: int = 30) -> str:
    """10月1日至8日放假，9月27日（周日）上班: what differs from an ordinary week in the next `days` days."""
    known, now = calendar(), today()
    ahead = [now + timedelta(days=n) for n in range(days + 1)]
    worked = [day for day in ahead if day.weekday() > 4 and known.is_workday(day)]
    free = [run for run in _rest_runs(ahead) if any(day.weekday() < 5 for day in run)]
    parts = [_('%(days)s放假', days=_run(run)) for run in free]
    if worked:
        named = _('、').join(_('%(day)s（%(weekday)s）', day=short(day), weekday=weekday(day)) for day in worked)
        parts.append(_('%(days)s上班', days=named))
    said = _('，').join(parts) + _('。时限都按工作日计算。') if parts else _('接下来一个月没有放假和调休。')
    if ahead[-1] > known.covered_until:
        said += _('其中%(day)s以后的日历还没有公布。', day=say(known.covered_until))
    return said


def _rest_runs(ahead: list[date]) -> list[list[date]]:
    """Rest days that follow each other, run by run."""
    runs: list[list[date]] = []
    for day in ahead:
        if not calendar().is_workday(day):
            if runs and runs[-1][-1] == day - timedelta(days=1):
                runs[-1].append(day)
            else:
                runs.append([day])
    return runs


def _run(days: list[date]) -> str:
    first, last = days[0], days[-1]
    if first == last:
        return short(first)
    end = _('%(n)s日', n=last.day) if first.month == last.month and not english() else short(last)
    return _('%(first)s至%(last)s', first=short(first), last=end)


def install(app: Flask) -> None:
    """The filters `|say`, `|say_long`, `|row`, `|hour`, `|stamp`, `|when`, `|left`, `|iso`; `holidays()`."""
    for name in (say, say_long, full, month, month_of, row, hour, stamp, when, left, last_workday, weekday):
        app.jinja_env.filters[name.__name__] = name
    app.jinja_env.globals['holidays'] = holidays
    app.jinja_env.filters['iso'] = iso
    app.jinja_env.filters['provisional'] = lambda value: calendar().provisional(day_of(value))
