"""Working days: the vectors of the rules and notices, the laws of counting, the tenant's own table."""
from datetime import date, datetime, timedelta, timezone
from timeit import timeit
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from engine import db
from engine.clock import zone
from engine.directory import Tenant
from engine.errors import Refused
from engine.workcal import Calendar, CalendarDay, Row, change, functions, import_file, load, official, seed
from engine.workcal.calendar import end_of
from engine.workcal.functions import NAMES

OFFICIAL = Calendar.official()
SHANGHAI = zone()
DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))


def day(text: str) -> date:
    return date.fromisoformat(text)


def at(now: str, calendar: Calendar = OFFICIAL) -> SimpleNamespace:
    return SimpleNamespace(**functions(calendar, datetime.fromisoformat(now), SHANGHAI))


# what is published

@pytest.mark.parametrize(('year', 'off', 'on'), [
    (2013, 29, 12), (2014, 22, 5), (2015, 26, 5), (2016, 24, 6), (2017, 24, 5), (2018, 23, 6), (2019, 24, 7),
    (2020, 30, 6), (2021, 31, 7), (2022, 31, 7), (2023, 27, 7), (2024, 28, 8), (2025, 28, 5), (2026, 33, 6)])
def test_every_notice_has_its_days(year: int, off: int, on: int) -> None:
    notices = {entry['year']: entry['notice'] for entry in official._file()['years']}
    days = [one for one in official.days() if one.source == notices[year]]
    assert [sum(not one.working for one in days), sum(one.working for one in days)] == [off, on]


def test_notices_are_told_apart_and_worked_days_are_weekend_days() -> None:
    days = official.days()
    assert len({one.source for one in days}) == 14 and all(one.source.startswith('国办发明电〔') for one in days)
    assert len({one.day for one in days}) == len(days)
    assert all(one.day.weekday() > 4 for one in days if one.working)
    assert OFFICIAL.covered_until == date(2026, 12, 31)


@pytest.mark.parametrize(('text', 'worked'), [
    ('2020-02-01', False), ('2020-02-03', True),         # the extended Spring Festival
    ('2019-05-01', False), ('2019-05-03', False), ('2019-04-28', True), ('2019-05-05', True),
    ('2015-09-03', False), ('2015-09-04', False), ('2015-09-06', True), ('2018-12-31', False),
    ('2018-12-29', True), ('2017-10-06', False), ('2013-02-17', True), ('2026-02-14', True),
    ('2026-02-28', True), ('2026-11-21', False)])
def test_days_that_calendars_get_wrong(text: str, worked: bool) -> None:
    assert OFFICIAL.is_workday(day(text)) is worked


@pytest.mark.parametrize('year', range(2013, 2027))
def test_legal_holidays_are_off_in_every_published_year(year: int) -> None:
    younger = {(5, 2)} | {(one.month, one.day) for one, name in official.statutory(year) if name == '春节'}
    for one, _name in official.statutory(year):   # 2 May and New Year's Eve only since 2025
        assert not OFFICIAL.is_workday(one) or year < 2025 and (one.month, one.day) in younger


# what is expected after it

def test_after_the_published_years_the_law_is_a_guess() -> None:
    assert not OFFICIAL.provisional(date(2026, 12, 31)) and OFFICIAL.provisional(date(2027, 1, 1))
    off = [one for one in (date(2027, 1, 1) + timedelta(days=n) for n in range(365))
           if one.weekday() < 5 and not OFFICIAL.is_workday(one)]
    assert [f'{one:%m-%d}' for one in off] == ['01-01', '02-05', '02-08', '02-09', '02-10', '04-05', '05-03',
                                               '05-04', '06-09', '09-15', '10-01', '10-04', '10-05']


def test_a_festival_on_the_national_day_is_made_up_for() -> None:
    assert [OFFICIAL.is_workday(date(2028, 10, n)) for n in range(2, 7)] == [False, False, False, False, True]


def test_a_word_of_the_tenant_wins_over_the_guess() -> None:
    calendar = Calendar(on=[date(2027, 1, 1)], off=[date(2027, 1, 4)], covered_until=date(2026, 12, 31))
    assert calendar.is_workday(date(2027, 1, 1)) and not calendar.is_workday(date(2027, 1, 4))
    assert not Calendar(covered_until=date(2026, 12, 31)).is_workday(date(2027, 1, 1))


# counting

@pytest.mark.parametrize(('start', 'n', 'end'), [
    ('2026-02-13', 5, '2026-02-27'), ('2026-09-30', 5, '2026-10-13'), ('2026-11-21', 1, '2026-11-23'),
    ('2026-11-21', 5, '2026-11-27'), ('2026-10-03', 5, '2026-10-13'), ('2020-05-31', 0, '2020-06-01'),
    ('2020-05-29', 0, '2020-05-29'), ('2020-05-31', -1, '2020-05-29'), ('2013-05-02', -2, '2013-04-27')])
def test_adding(start: str, n: int, end: str) -> None:
    assert OFFICIAL.add(day(start), n) == day(end)


@pytest.mark.parametrize(('start', 'end', 'n'), [
    ('2013-04-26', '2013-04-30', 2), ('2026-11-20', '2026-11-22', 0), ('2026-11-20', '2026-11-23', 1),
    ('2026-11-23', '2026-11-20', -1), ('2026-11-20', '2026-11-20', 0)])
def test_between(start: str, end: str, n: int) -> None:
    assert OFFICIAL.between(day(start), day(end)) == n


@pytest.mark.parametrize(('period', 'text', 'end'), [
    ('week', '2020-09-23', '2020-09-27'), ('week', '2026-11-21', '2026-11-20'),
    ('month', '2020-05-08', '2020-05-29'), ('month', '2022-01-03', '2022-01-30'),
    ('quarter', '2020-05-08', '2020-06-30'), ('quarter', '2026-01-01', '2026-03-31'),
    ('year', '2022-02-01', '2022-12-30'), ('week', '2026-02-18', '2026-02-14')])    # all of it is a holiday
def test_the_last_working_day_of_a_period(period: str, text: str, end: str) -> None:
    assert OFFICIAL.last_of(period, day(text)) == day(end)


def test_an_unknown_period_is_refused_by_name() -> None:
    with pytest.raises(Refused, match='没有“decade”这种周期'):
        OFFICIAL.last_of('decade', date(2026, 1, 1))


def calendars() -> st.SearchStrategy[Calendar]:
    days = st.frozensets(DAYS, max_size=20)
    return st.builds(Calendar, days, days, st.sampled_from([date(2012, 1, 1), date(2026, 12, 31), date.max]))


def slowly(calendar: Calendar, start: date, n: int) -> date:
    """`add` as a child would count."""
    step, left, found = timedelta(days=1 if n >= 0 else -1), abs(n), start
    while left or n == 0 and not calendar.is_workday(found):
        found += step
        left -= calendar.is_workday(found) and left > 0
    return found


@settings(max_examples=60)
@given(calendars(), DAYS, st.integers(-60, 60))
def test_adding_is_counting(calendar: Calendar, start: date, n: int) -> None:
    assert calendar.add(start, n) == slowly(calendar, start, n)
    assert calendar.is_workday(calendar.add(start, n))


@settings(max_examples=60)
@given(calendars(), DAYS, st.integers(-3_000, 3_000))
def test_there_and_back(calendar: Calendar, start: date, n: int) -> None:
    start = calendar.add(start, 0)
    end = calendar.add(start, n)
    assert calendar.add(end, -n) == start
    assert calendar.between(start, end) == n == -calendar.between(end, start)


@settings(max_examples=60)
@given(calendars(), DAYS, DAYS, DAYS)
def test_between_is_a_sum(calendar: Calendar, a: date, b: date, c: date) -> None:
    assert calendar.between(a, b) + calendar.between(b, c) == calendar.between(a, c)


@settings(max_examples=60)
@given(calendars(), DAYS, DAYS, st.integers(-100, 100))
def test_later_never_ends_earlier(calendar: Calendar, a: date, b: date, n: int) -> None:
    a, b = min(a, b), max(a, b)
    assert calendar.add(a, n) <= calendar.add(b, n)
    assert calendar.last_workday(a) <= calendar.last_workday(b)
    assert calendar.add(a, n) < calendar.add(a, n + 1) or n in (-1, 0)


@settings(max_examples=60)
@given(calendars(), DAYS, st.sampled_from(['week', 'month', 'quarter', 'year']))
def test_after_the_last_of_a_period_nothing_is_worked(calendar: Calendar, one: date, period: str) -> None:
    last = calendar.last_of(period, one)
    assert calendar.is_workday(last)
    assert calendar.between(last, end_of(period, one)) == 0


def test_beyond_the_years_it_says_so() -> None:
    for n in (10**7, -10**7):
        with pytest.raises(OverflowError):
            OFFICIAL.add(date(2026, 1, 1), n)
    assert Calendar().add(date(1, 1, 1), 1) == date(1, 1, 2)


def test_it_is_fast_enough_for_every_step() -> None:
    one = date(2026, 2, 13)
    assert min(timeit(lambda: OFFICIAL.is_workday(one), number=10_000) for _ in range(5)) < 0.02
    assert min(timeit(lambda: OFFICIAL.add(one, 10), number=10_000) for _ in range(5)) < 0.2


# the functions of diagrams

@pytest.mark.parametrize(('due', 'yellow', 'red'), [
    ('2020-05-31', '2020-05-27', '2020-06-01'), ('2020-09-30', '2020-09-27', '2020-10-09'),
    ('2013-04-30', '2013-04-26', '2013-05-02'), ('2021-01-31', '2021-01-27', '2021-02-01'),
    ('2022-01-29', '2022-01-26', '2022-01-30'), ('2022-04-30', '2022-04-27', '2022-05-05'),
    ('2020-12-31', '2020-12-28', '2021-01-04')])
def test_yellow_and_red(due: str, yellow: str, red: str) -> None:
    f = at('2020-05-07T09:00+08:00')
    assert f.workdays(due, -3) == f'{yellow}T09:00:00+08:00'
    assert f.overdue_at(due) == f'{red}T09:00:00+08:00'


def test_a_date_counts_from_nine_and_a_moment_keeps_its_clock_time() -> None:
    f = at('2026-02-13T15:04:05+08:00')
    assert f.workdays('2026-02-13', 5) == '2026-02-27T09:00:00+08:00'
    assert f.workdays(f.now(), 5) == '2026-02-27T15:04:05+08:00'
    assert f.workdays('2026-02-13T23:30:00Z', 1) == '2026-02-24T07:30:00+08:00'   # already the 14th, worked
    assert f.workdays('2026-02-13T15:04', 0) == '2026-02-13T15:04:00+08:00'   # no offset: the tenant's zone
    assert f.workdays('2026-02-15', 0) == '2026-02-24T09:00:00+08:00'
    assert f.workdays('2026-02-13', 5.0) == f.workdays('2026-02-13', 5)
    assert f.workdays(date(2026, 2, 13), 5) == '2026-02-27T09:00:00+08:00'


def test_mornings_and_calendar_days() -> None:
    f = at('2026-02-13T15:04:05+08:00')
    assert f.morning(f.now()) == '2026-02-14T09:00:00+08:00'
    assert f.morning(f.now(), 2) == '2026-02-24T09:00:00+08:00'
    assert f.morning('2026-02-15', 0) == '2026-02-24T09:00:00+08:00'
    assert f.after_days('2026-02-13', 3) == '2026-02-24T09:00:00+08:00'   # A09: on, in the holiday, rolled
    assert f.after_days('2022-01-28T17:00+08:00', 1) == '2022-01-29T17:00:00+08:00'
    assert f.months('2026-01-31', 1) == '2026-02-28T09:00:00+08:00'   # the month's last day, worked
    assert f.months('2026-08-31', 1) == '2026-09-30T09:00:00+08:00'
    assert f.months('2026-11-30', 2) == '2027-02-01T09:00:00+08:00'   # 30 January is a Saturday
    assert f.months('2026-03-02', -2) == '2026-01-04T09:00:00+08:00'   # a worked Sunday
    assert f.day_after(f.now(), 5) == '2026-02-27'


def test_reports() -> None:
    f = at('2020-05-07T09:00+08:00')
    assert f.period_end('2020-05-07', 'month') == '2020-05-29'
    assert f.next_report('2020-05-07', 'month') == '2020-05-29T09:00:00+08:00'
    assert f.next_report('2020-06-15', 'month') == '2020-06-30T09:00:00+08:00'   # never before its start
    assert f.next_report('2019-01-01', 'quarter') == '2020-06-30T09:00:00+08:00'   # missed ones collapse
    assert f.next_report('2020-05-01', 'week') == '2020-05-09T09:00:00+08:00'   # a worked Saturday
    assert at('2020-05-29T09:00+08:00').next_report('2020-05-01', 'month') == '2020-06-30T09:00:00+08:00'
    assert at('2020-05-29T08:59+08:00').next_report('2020-05-01', 'month') == '2020-05-29T09:00:00+08:00'
    assert at('2026-02-14T10:00+08:00').next_report('2026-01-01', 'week') == '2026-02-28T09:00:00+08:00'
    for start, period in (('2020-05-07', 'event'), ('2020-05-07', ''), ('2020-05-07', None), (None, 'month')):
        assert f.next_report(start, period) is None
    assert f.every_workdays(2) == {'workdays': 2}


def test_days_left_and_words() -> None:
    f = at('2013-04-26T09:00+08:00')
    assert f.days_left('2013-04-30') == 2 and f.days_left('2013-04-26') == 0
    assert at('2013-05-02T08:00+08:00').days_left('2013-04-30') == -1
    assert f.today() == '2013-04-26' == f.date(f.now()) and f.now() == '2013-04-26T09:00:00+08:00'
    assert f.say('2013-09-30') == '9月30日 周一' and f.say('2026-09-30') == '2026年9月30日 周三'
    assert at('2026-12-31T23:00+00:00').say('2027-01-04') == '1月4日 周一'   # in Shanghai it is 2027
    assert f.earliest('2013-05-01', None, '2013-04-30T10:00:00+08:00') == '2013-04-30T10:00:00+08:00'
    assert f.latest(['2013-05-01', '2013-04-30T10:00:00+08:00']) == '2013-05-01'
    assert f.earliest(None, None) is None
    assert f.split(' a, b，c、 ,') == ['a', 'b', 'c'] and f.split('') == []
    assert f.join(['a', None, 'b']) == 'a,b'
    assert f.posts('gxt、sft', 'liaison') == 'gxt/liaison,sft/liaison' and f.posts('', 'liaison') == ''


def test_nothing_in_nothing_out() -> None:
    f = functions(OFFICIAL, datetime(2026, 1, 1, tzinfo=timezone.utc), SHANGHAI)
    assert set(f) == {*NAMES, 'date'} and all(function.__doc__ for function in f.values())
    two = {'workdays', 'after_days', 'months', 'day_after', 'period_end', 'next_report', 'posts'}
    for name in set(f) - {'now', 'today', 'every_workdays', 'earliest', 'latest'}:
        assert f[name](None, *((3,) if name in two else ())) is None


@pytest.mark.parametrize('call', [
    lambda f: f.workdays('soon', 3), lambda f: f.workdays('2026-02-30', 3), lambda f: f.workdays(5, 3),
    lambda f: f.workdays('2026-02-13', 1.5), lambda f: f.workdays('2026-02-13', '3'),
    lambda f: f.workdays('2026-02-13', True), lambda f: f.workdays('2026-02-13', float('inf')),
    lambda f: f.say('7.5.2026'), lambda f: f.every_workdays(0),
    lambda f: f.next_report('2026-02-13', 'fortnight'), lambda f: f.earliest('2026-02-13', 'never')])
def test_what_is_no_date_or_number_is_refused(call) -> None:
    with pytest.raises(Refused):
        call(at('2026-02-13T15:04:05+08:00'))


@given(DAYS, st.integers(-300, 300), st.times())
def test_moments_keep_time_and_zone(one: date, n: int, clock) -> None:
    f = at('2026-02-13T15:04:05+08:00')
    moment = datetime.combine(one, clock.replace(microsecond=0, fold=0), SHANGHAI)
    found = datetime.fromisoformat(f.workdays(moment.isoformat(), n))
    assert (found.date(), found.time()) == (OFFICIAL.add(one, n), moment.time())
    assert found.utcoffset() == timedelta(hours=8)


# the tenant's table

@pytest.fixture
def tenant(engine: Engine) -> str:
    with db.writing(engine) as session:
        row = Tenant(id='gz', name='贵州省', level='省', zone='Asia/Shanghai', calendar_revision=0)
        session.add(row)
        seed(session, row)
    return 'gz'


ARRANGEMENT_2027 = '\n'.join(
    ['日期,安排,说明'] + [f'2027-{text},休,{name}' for name, texts in {
        '元旦': ['01-01', '01-02', '01-03'], '春节': [f'02-{n:02}' for n in range(5, 13)], '清明节': ['04-05'],
        '劳动节': [f'05-{n:02}' for n in range(1, 6)], '端午节': ['06-09'], '中秋节': ['09-15'],
        '国庆节': [f'10-{n:02}' for n in range(1, 8)]}.items() for text in texts]
    + ['2027/2/20,班,调休', '2027年10月9日,上班,调休', ''])


def test_a_new_tenant_has_the_published_calendar(engine: Engine, tenant: str) -> None:
    with db.reading(engine) as session:
        row = session.get(Tenant, tenant)
        calendar = load(session, row)
        assert row.covered_until == calendar.covered_until == date(2026, 12, 31)
        assert row.calendar_revision == 1
        assert load(session, row) is calendar
        for n in range(0, 5_000, 7):
            one = date(2013, 1, 1) + timedelta(days=n)
            assert calendar.is_workday(one) == OFFICIAL.is_workday(one)
        stored = session.get(CalendarDay, (tenant, date(2026, 2, 14)))
        assert (stored.working, stored.source, stored.note) == (True, '国办发明电〔2025〕7号', '调休上班')


def test_a_change_is_read_by_others_only_after_the_commit(engine: Engine, tenant: str) -> None:
    flood = Row(date(2026, 7, 4), True, '防汛值守')
    with db.reading(engine) as session:
        load(session, session.get(Tenant, tenant))
    with Session(engine) as session:                     # thought through, then given up
        row = session.get(Tenant, tenant)
        change(session, row, [Row(date(2026, 7, 6), False, '停电')], '市政府办公室')
        assert not load(session, row).is_workday(date(2026, 7, 6))
    with db.writing(engine) as session:                  # the same revision number, another change
        row = session.get(Tenant, tenant)
        done = change(session, row, [flood], '市防汛指挥部')
        assert done.moved and done.days == ((flood.day, False, True, '防汛值守'),)
        assert row.calendar_revision == 2
    with db.reading(engine) as session:
        calendar = load(session, session.get(Tenant, tenant))
        assert calendar.is_workday(flood.day) and calendar.is_workday(date(2026, 7, 6))


def test_a_change_that_changes_nothing_is_none(engine: Engine, tenant: str) -> None:
    with db.writing(engine) as session:
        row = session.get(Tenant, tenant)
        same = [Row(one.day, one.working, one.note) for one in official.days() if '〔2025〕7号' in one.source]
        done = change(session, row, same, '国办发明电〔2025〕7号')
        assert not done.days and not done.moved and row.calendar_revision == 1
        done = change(session, row, [Row(date(2026, 10, 1), False, '国庆')], '改个说法')
        assert done.days and not done.moved and row.calendar_revision == 2


def test_a_row_can_be_struck_out(engine: Engine, tenant: str) -> None:
    with db.writing(engine) as session:
        row = session.get(Tenant, tenant)
        done = change(session, row, [Row(date(2026, 10, 10), None), Row(date(2026, 10, 12), None)], '更正')
        assert [(one.day, one.before, one.after) for one in done.days] == [(date(2026, 10, 10), True, False)]
        assert session.get(CalendarDay, (tenant, date(2026, 10, 10))) is None


def test_a_change_is_refused_whole(engine: Engine, tenant: str) -> None:
    with db.reading(engine) as session:
        row = session.get(Tenant, tenant)
        twice = [Row(date(2026, 7, 4), True), Row(date(2026, 7, 4), False)]
        with pytest.raises(Refused, match='2026-07-04写了两次'):
            change(session, row, twice, 'x')
        with pytest.raises(Refused, match='不能改短到2025-12-31'):
            change(session, row, [], 'x', covered_until=date(2025, 12, 31))
        assert row.calendar_revision == 1 and not session.dirty and not session.new


@pytest.mark.parametrize('encoding', ['utf-8', 'utf-8-sig', 'gb18030'])
def test_a_new_year_is_imported(engine: Engine, tenant: str, encoding: str) -> None:
    with db.writing(engine) as session:
        row = session.get(Tenant, tenant)
        assert load(session, row).provisional(date(2027, 2, 20))
        done = import_file(session, row, ARRANGEMENT_2027.encode(encoding), '国办发明电〔2026〕测试号')
        assert done.moved and done.covered_until == row.covered_until == date(2027, 12, 31)
        assert len(done.days) == 28 and (date(2027, 2, 20), False, True, '调休') in done.days
        calendar = load(session, row)
        assert calendar.is_workday(date(2027, 2, 20)) and not calendar.provisional(date(2027, 2, 20))
        assert not calendar.is_workday(date(2027, 2, 12)) and calendar.provisional(date(2028, 1, 3))
        stored = session.get(CalendarDay, (tenant, date(2027, 10, 9)))
        assert (stored.working, stored.source, stored.note) == (True, '国办发明电〔2026〕测试号', '调休')


def test_json_says_the_same(engine: Engine, tenant: str) -> None:
    lines = [line.split(',') for line in ARRANGEMENT_2027.splitlines()[1:]]
    rows = ','.join(f'{{"day": "{one}", "working": "{word}", "note": "{note}"}}' for one, word, note in lines)
    with db.writing(engine) as session:
        row = session.get(Tenant, tenant)
        done = import_file(session, row, f'{{"source": "通知", "rows": [{rows}]}}'.encode())
        assert row.covered_until == date(2027, 12, 31) and len(done.days) == 28
        assert session.get(CalendarDay, (tenant, date(2027, 1, 1))).source == '通知'


NOBODY: Any = None                        # a refused file never gets as far as the database
UNTOUCHED = SimpleNamespace(id='gz', covered_until=date(2026, 12, 31), calendar_revision=1)


@pytest.mark.parametrize(('content', 'sentence'), [
    ('day,working\n2027-13-01,休\n2027-01-02,歇\n\n2026-05-01,休\n2026-05-01,班\n', '第2行：“2027-13-01”不是日期'),
    ('day,working\n2027-13-01,休\n2027-01-02,歇\n\n2026-05-01,休\n2026-05-01,班\n', '第3行：“歇”看不懂，只能写班或休'),
    ('day,working\n2027-13-01,休\n2027-01-02,歇\n\n2026-05-01,休\n2026-05-01,班\n', '第6行：2026-05-01在第5行已经写过'),
    ('[{"day": "2026-05-01", "working": true}, {"day": 5, "working": "班"}, 7]', '第2条：“5”不是日期'),
    ('[{"day": "2026-05-01", "working": true}, {"day": 5, "working": "班"}, 7]', '第3条：要有 day、working 两项'),
    ('[{"day": "2026-05-01", "working": []}]', '第1条：'), ('[{"day": "1999-05-01", "working": "班"}]', '第1条：'),
    ('[{"day": "2026-05-01", "working": "班", "note": {}}]', '说明要是 200 字以内的文字'),
    ('[{"day": "2026-05-01"', '不是完整的 JSON'), ('{"days": []}', '要写成'), ('[]', '没有一行日期'), ('', '第1行要写列名'),
    ('a,b\n1,2\n', '第1行要写列名'), ('day,working\n', '没有一行日期'), ('[' * 100_000, 'JSON'),
    ('day,working\n2027-01-01,休\n', '2027年的安排不完整：2月5日（春节）没有写休'),
    (ARRANGEMENT_2027.replace('2027-05-01,休', '2027-05-01,班'), '5月1日（劳动节）不能上班'),
    (ARRANGEMENT_2027.replace('2027', '2028'), '2027年的安排还没有导入，不能先导入2028年'),
    ('day,working\n' + '2026-05-01,休\n' * 2_001, '最多2000行'), ('x' * 1_000_001, '超过 1 MB'),
    ('day,working\n"2026-05-01', '“None”看不懂'), ('day,working\n\x00,\x00\n', '没有导入')])
def test_a_bad_file_is_refused_by_its_rows(content: str, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        import_file(NOBODY, UNTOUCHED, content.encode())
    assert sentence in str(refused.value)


def test_a_file_with_a_hundred_faults_names_ten() -> None:
    with pytest.raises(Refused) as refused:
        import_file(NOBODY, UNTOUCHED, b'day,working\n' + b'x,y\n' * 100)
    assert '第11行' in str(refused.value) and '第12行' not in str(refused.value) and '另有90处' in str(refused.value)


@settings(max_examples=50)
@given(content=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_other_file_is_refused_too(content: bytes) -> None:
    with pytest.raises(Refused):
        import_file(NOBODY, UNTOUCHED, b'day,working\n' + content + b'\nx,y')
