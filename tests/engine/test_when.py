"""Deadlines as Chinese documents write them. The day of the document is 7 May 2020, a Thursday."""
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.breakdown.numeral import number
from engine.breakdown.when import When, when
from engine.workcal import Calendar

CALENDAR = Calendar.official()
BASE = date(2020, 5, 7)
SAID = '一二三四五六七八九十'


def read(said: object, base: date = BASE) -> When:
    return when(said, base, CALENDAR)


@pytest.mark.parametrize(('said', 'due'), [
    ('5月底前', '2020-05-31'), ('9月底前', '2020-09-30'), ('2020年12月底前', '2020-12-31'), ('2021年1月底前', '2021-01-31'),
    ('12月31日前', '2020-12-31'), ('2020年5月31日前', '2020-05-31'), ('2020 年 5 月 31 日', '2020-05-31'),
    ('年底前', '2020-12-31'), ('2020年底前', '2020-12-31'), ('全年', '2020-12-31'), ('今年年底', '2020-12-31'),
    ('明年3月底前', '2021-03-31'), ('上半年', '2020-06-30'), ('下半年', '2020-12-31'), ('第三季度', '2020-09-30'),
    ('二季度末', '2020-06-30'), ('6月中旬', '2020-06-20'), ('6月上旬', '2020-06-10'), ('6月下旬', '2020-06-30'),
    ('2020-05-31', '2020-05-31'), ('2020/9/30前', '2020-09-30'), ('2020.9.30', '2020-09-30'), ('十二月底前', '2020-12-31'),
    ('二〇二〇年十二月三十一日', '2020-12-31'), ('５月底前', '2020-05-31'), ('2021年2月底', '2021-02-28'), ('2024年2月底', '2024-02-29')])
def test_what_is_certain_is_read_without_a_word(said: str, due: str) -> None:
    assert read(said) == When(date.fromisoformat(due))


@pytest.mark.parametrize(('said', 'due'), [
    ('Q3', '2020-09-30'), ('2021Q1', '2021-03-31'), ('2020.06', '2020-06-30'), ('20200630', '2020-06-30'),
    ('6.30前', '2020-06-30'), ('12.31', '2020-12-31'), ("'20.6.30", '2020-06-30'), ('21年6月底前', '2021-06-30'),
    ('2020/6/30 0:00', '2020-06-30'), ('2020-06-30 00:00:00', '2020-06-30'), ('6月份', '2020-06-30'),
    ('6月', '2020-06-30'), ('“十四五”期间', '2025-12-31'), ('2021年', '2021-12-31'),
    ('2021年内', '2021-12-31'), ('2020—2022年', '2022-12-31'),
    ('到2025年', '2025-12-31'), ('年中', '2020-06-30'), ('国庆节前', '2020-09-30'), ('元旦前', '2020-12-31'),
    ('本月底前', '2020-05-31'), ('月底前', '2020-05-31'), ('下个月10日前', '2020-06-10'), ('本季度末', '2020-06-30'),
    ('本周五前', '2020-05-08'), ('本周内', '2020-05-08'), ('下周一前', '2020-05-11')])
def test_other_ways_to_write_the_same_are_read_as_well(said: str, due: str) -> None:
    assert read(said) == When(date.fromisoformat(due))


@pytest.mark.parametrize('base', [date(2020, 12, 31), date(2020, 12, 1)])
def test_the_next_month_and_quarter_may_be_in_the_next_year(base: date) -> None:
    assert (read('下月底前', base).due, read('下季度末', base).due) == (date(2021, 1, 31), date(2021, 3, 31))


@pytest.mark.parametrize(('said', 'due', 'doubt'), [
    ('即知即改', '2020-05-07', '“即知即改”按2020年5月7日'), ('立行立改', '2020-05-07', '请核对'),
    ('15个工作日', '2020-05-27', '从2020年5月7日算起'), ('1个月', '2020-06-07', '从2020年5月7日算起'),
    ('会后一周内', '2020-05-14', '从2020年5月7日算起'), ('2025年前', '2025-12-31', '可以是2025年开始前，也可以是2025年底前'),
    ('2个工作日内', '2020-05-09', '“2个工作日内”从2020年5月7日算起，到2020年5月9日，请核对'),          # a worked Saturday
    ('十个工作日内', '2020-05-20', '从2020年5月7日算起'), ('3日内', '2020-05-10', '从2020年5月7日算起'),
    ('一周内', '2020-05-14', '从2020年5月7日算起'), ('一个月内', '2020-06-07', '从2020年5月7日算起'),
    ('半年内', '2020-11-07', '从2020年5月7日算起'), ('半个月内', '2020-05-22', '从2020年5月7日算起'),
    ('立即', '2020-05-07', '“立即”按2020年5月7日，请核对'), ('第一时间', '2020-05-07', '按2020年5月7日'),
    ('一季度末', '2021-03-31', '没有写年份，2020年的已过，按2021年，请核对'), ('4月30日前', '2021-04-30', '2020年的已过，按2021年'),
    ('48小时内', '2020-05-09', '“48小时内”从2020年5月7日算起'), ('三季度前', '2020-09-30', '可以是这个季度开始前，也可以是季度末前'),
    ('6月前', '2020-06-30', '可以是6月开始前，也可以是6月底前'), ('6月初', '2020-06-10', '没有写到哪一天，按6月10日'),
    ('6月底前完成方案，12月底前完成', '2020-12-31', '写了2个日期（6月底、12月底），按最后一个'), (43982, '2020-05-31', '按Excel的日期读作'),
    ('44012', '2020-06-30', '时限是数字44012，按Excel的日期读作2020年6月30日，请核对'), ('４４０１２.5', '2020-06-30', '按Excel的日期读作')])
def test_what_is_assumed_is_said(said: object, due: str, doubt: str) -> None:
    found = read(said)
    assert found.due == date.fromisoformat(due) and doubt in '；'.join(found.doubts)


@pytest.mark.parametrize(('said', 'doubt'), [
    ('2月30日前', '没有“2月30日”这一天，请改正'), ('13月底前', '没有“13月底”这一天'), ('2021年6月31日', '没有“2021年6月31日”这一天'),
    ('每年初', '没有写到哪一天'), ('尽快', '“尽快”没有写到哪一天，请定时限'), ('按进度要求', '没有写到哪一天'), ('随便写写', '看不懂时限“随便写写”'),
    ('每半年', '报告周期没有“每半年”，请选一个'), (7, '看不懂时限“7”'), ('12345', '看不懂时限“12345”'), ('99999个工作日内', '看不懂时限'), ('十年八载', '看不懂时限'),
    ('9999年12月31日', '没有“9999年12月31日”这一天')])
def test_what_cannot_be_known_is_asked(said: object, doubt: str) -> None:
    found = read(said)
    assert found.due is None and doubt in '；'.join(found.doubts)


@pytest.mark.parametrize(('said', 'cycle'), [
    ('每季度', 'quarter'), ('按季度', 'quarter'), ('每月', 'month'), ('每个月', 'month'), ('一月一督查', 'month'), ('每周', 'week'),
    ('一季一通报', 'quarter'), ('一事一报', 'event')])
def test_a_cycle_alone_needs_an_end(said: str, cycle: str) -> None:
    found = read(said)
    assert (found.due, found.cycle) == (None, cycle) and '没有写办到哪一天' in found.doubts[0]


def test_a_cycle_beside_a_date_is_a_cycle() -> None:
    assert read('5月底前，每季度报告一次') == When(date(2020, 5, 31), 'quarter')


@pytest.mark.parametrize('said', ['长期', '长期坚持', '常态化推进', '持续开展', '常年坚持'])
def test_what_never_ends_is_long_term(said: str) -> None:
    assert read(said) == When(long_term=True)


def test_a_year_once_written_counts_for_what_follows() -> None:
    assert read('2021年3月底前启动，5月底前完成').due == date(2021, 5, 31)


def test_nothing_is_nothing_and_a_date_a_date() -> None:
    assert read('') == read(None) == When()
    assert read(date(2020, 5, 31)) == read(datetime(2020, 5, 31, 9)) == When(date(2020, 5, 31))


def test_past_the_published_calendar_working_days_are_provisional() -> None:
    assert '还没有公布，暂定' in read('3个工作日内', date(2027, 3, 1)).doubts[0]


def test_running_text_is_not_full_of_deadlines() -> None:
    """2020年 in the name of a campaign and 5月 as a memory are none; 5月底前 is."""
    strict = when('2020年效能提升年行动方案5月印发，9月底前向社会公布', BASE, CALENDAR, strictly=True)
    assert strict == When(date(2020, 9, 30))


@given(st.dates(date(2000, 1, 1), date(2090, 12, 31)),
       st.sampled_from(['{0}年{1}月{2}日前', '{0}-{1:02}-{2:02}', '{0}.{1}.{2}']))
def test_every_full_date_is_read_as_it_stands(day: date, pattern: str) -> None:
    assert read(pattern.format(day.year, day.month, day.day)) == When(day)


@given(st.dates(date(2001, 1, 1), date(2090, 12, 31)), st.integers(1, 12))
def test_a_month_without_a_year_is_the_next_one_to_end(base: date, month: int) -> None:
    found = read(f'{month}月底前', base)
    assert base <= found.due and (found.due - base).days <= 366 and found.due.month == month
    assert bool(found.doubts) == (found.due.year != base.year), 'another year than the document\'s is said'


@given(st.dates(date(2010, 1, 1), date(2026, 6, 1)), st.integers(1, 60))
def test_working_days_are_those_of_the_calendar(base: date, count: int) -> None:
    found = read(f'{count}个工作日内', base)
    assert found.due == CALENDAR.add(base, count) and len(found.doubts) == 1


@given(st.text(max_size=40) | st.text('0123456789年月日底前内末初每季度周工作上下旬半一二三十百个第至—-/. ', max_size=30))
def test_no_text_breaks_it_and_none_is_passed_over_in_silence(text: str) -> None:
    found = read(text)
    assert found.due or found.long_term or found.doubts or found.cycle or not ''.join(text.split())


@given(st.integers(1, 99))
def test_chinese_numbers(count: int) -> None:
    tens, ones = divmod(count, 10)
    said = (('' if tens == 1 else SAID[tens - 1]) + '十' if tens else '') + (SAID[ones - 1] if ones else '')
    assert number(said) == count
