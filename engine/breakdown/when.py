"""Deadlines as Chinese documents write them: 5月底前, 每季度, 2个工作日内, 长期. What is not certain is said, never guessed.

    when('2020年12月底前', date(2020, 5, 7), calendar).due
"""
import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from engine import clock
from engine.breakdown import wording
from engine.breakdown.numeral import counted
from engine.errors import dated, listed, said
from engine.workcal import Calendar


@dataclass
class When:
    """A deadline as it was understood. ``doubts`` are Chinese sentences: what was assumed, or what is missing."""

    due: date | None = None
    cycle: str = ''                                      # week, month, quarter, event
    long_term: bool = False
    doubts: list[str] = field(default_factory=list)


class Mention(NamedTuple):
    """One place of a text that says a time: a day, or why it gives none."""

    words: str
    day: date | None
    doubt: str = ''
    marked: bool = True                                  # 前、底、内: it is a limit and not just a date


_YEAR = r'(?:(?P<{0}>\d{{4}}|今|本|当|明|次|来)年度?的?)?'
_LIMIT = r'(?P<{0}>\s*(?:之前|以前|前|之内|以内|内|底|末))?'
_MENTION = re.compile('|'.join((
    r'(?P<iso>(?P<iy>\d{4})[-/.](?P<im>\d{1,2})[-/.](?P<id>\d{1,2})日?)(?![-/.\d])' + _LIMIT.format('il'),
    r'(?P<span>(?P<count>(?<!\d)\d{1,3}(?!\d)|半)个?(?P<unit>工作日|自然日|小时|日|天|周|星期|月|年)(?:之内|以内|内))',
    r'(?P<month>' + _YEAR.format('my')
    + r'(?P<m>\d{1,2})月份?(?:(?P<d>\d{1,2})[日号]|(?P<part>上旬|中旬|下旬|底|末|初))?)' + _LIMIT.format('ml'),
    r'(?P<quarter>' + _YEAR.format('qy') + r'(?P<to>前)?第?(?P<q>[1-4一二三四])个?季度)' + _LIMIT.format('ql'),
    r'(?P<half>' + _YEAR.format('hy') + r'(?P<h>上|下)半年)' + _LIMIT.format('hl'),
    r'(?P<end>(?:(?P<ey>\d{4}|今|本|当|明|次|来)年度?)(?P<el>底前|末前|之前|以前|底|末|前|终|内)|(?:年底|年末|年终|年内|全年)前?)',
    r'(?P<start>(?:(?:\d{4}|今|本|当|明|次|来|每)年|年)初)',
    r'(?P<now>立即|即刻|马上|第一时间|当日|当天|即日(?!起)|即[知交查改接]即[改办做处]|[立即]行[立即]改|[边随]\w[边随][改办])',
)))
_CYCLES = ((r'每周|按周|周报|[1一]周[1一](?![日天\d])', 'week'),
           (r'每个?月|按月|月度|月报|逐月|(?<![\d年])[1一]月[1一](?![日号\d])', 'month'),
           (r'每个?季度?|按季度?|季度报|季报|逐季|[1一]季度?[1一](?!\d)', 'quarter'), (r'一事一报|随时报|即办即报', 'event'))
_NO_CYCLE = re.compile(r'每半年|每年(?!初)|每两个?月|每[双日天旬]|每半个?月')
_LONG = re.compile(r'长期|常态化?|持续|经常|常年|日常|贯穿')
_VAGUE = re.compile(r'尽快|抓紧|适时|限期|及时|按时|按期|按要求|按进度|待定|另行|近期')
_HOUR = re.compile(r'(?<=\d)[ T]+\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?')
_NUMBER = re.compile(r'\d{5}(?:\.\d+)?')
_SERIALS = range(36_526, 73_050)                         # how Excel counts the days of 2000 to 2099
_NEXT, _THIS = ('明', '次', '来'), ('今', '本', '当', None)
_AHEAD = ('前', '之前', '以前')
_HALVES, _QUARTERS = {'上': 6, '下': 12}, {**{str(n): n for n in range(1, 5)}, '一': 1, '二': 2, '三': 3, '四': 4}


def when(given: Any, base: date, calendar: Calendar, *, strictly: bool = False) -> When:
    """What a cell or a clause says about time, reckoned from `base`: the day of the document or today.

    `strictly`, in running text: only what is put as a limit (5月底前) counts, not every date that is mentioned.
    """
    if isinstance(given, (date, datetime)):
        return When(given.date() if isinstance(given, datetime) else given)
    if isinstance(given, (int, float)) and not isinstance(given, bool):
        return _serial(given)
    text = counted(_HOUR.sub('', str(given or '')))
    if not strictly and _NUMBER.fullmatch(text):
        return _serial(float(text))                      # a column of days that was pasted, or is kept as text
    text = text if strictly else wording.put(text, base)
    found = When(cycle=_cycle(text), long_term=bool(_LONG.search(text)) and not strictly)
    mentions = [one for one in _mentions(text, base, calendar) if one.marked or not strictly]
    _settle(found, mentions)
    if not strictly:
        _doubt_rest(found, text, mentions)
    return found


def _serial(given: float) -> When:
    if int(given) not in _SERIALS:
        return When(doubts=[said('看不懂时限“{given}”，请写成2020-05-31这样的日期', given=f'{given:g}')])
    day = date(1899, 12, 30) + timedelta(days=int(given))
    return When(day, doubts=[said('时限是数字{given}，按Excel的日期读作{day}，请核对', given=f'{given:g}', day=dated(day))])


def _cycle(text: str) -> str:
    return next((cycle for pattern, cycle in _CYCLES if re.search(pattern, text)), '')


def _settle(found: When, mentions: list[Mention]) -> None:
    """The last day wins; that there were several is said."""
    days = list(dict.fromkeys(one.day for one in mentions if one.day))
    found.due = max(days, default=None)
    found.doubts += [one.doubt for one in mentions if one.doubt and one.day in (None, found.due)]
    if len(days) > 1:
        written = listed(one.words for one in mentions if one.day)
        found.doubts.append(said('写了{count}个日期（{days}），按最后一个', count=len(days), days=written))
    if found.due:
        found.long_term = False


def _doubt_rest(found: When, text: str, mentions: list[Mention]) -> None:
    none = _NO_CYCLE.search(text)
    if none:
        found.cycle = ''
        found.doubts.append(said('报告周期没有“{cycle}”，请选一个', cycle=none[0]))
    if not found.due and found.cycle and not found.long_term and not found.doubts:
        found.doubts.append(said('只写了周期，没有写办到哪一天；没有时限的请标为长期，并定复核日'))
    if not found.due and not found.doubts and not found.long_term and text.strip():
        vague = _VAGUE.search(text)
        found.doubts.append(_undated(vague[0]) if vague else _unread(text.strip()[:20]))


def _undated(words: str) -> str:
    return said('“{words}”没有写到哪一天，请定时限', words=words)


def _unread(words: str) -> str:
    return said('看不懂时限“{words}”，请写成5月31日前这样的日期', words=words)


def _mentions(text: str, base: date, calendar: Calendar) -> Iterator[Mention]:
    """Every time that a text mentions; a year that is written counts for what follows it, too."""
    year: int | None = None
    for match in _MENTION.finditer(_without_cycles(text)):
        read = next(read for name, read in _READERS.items() if match[name])
        one, year = read(match, base, calendar, year)
        yield one


def _without_cycles(text: str) -> str:
    """一月一督查 and 每季度 are no dates."""
    return re.sub(r'(?<![\d年])[1一](?:周|月|季度?)[1一](?![日号\d])|每个?(?:月|季度?|年(?!初))', '', text)


def _iso(match: re.Match, base: date, calendar: Calendar, year: int | None) -> tuple[Mention, int | None]:
    found = _day(int(match['iy']), int(match['im']), int(match['id']))
    return _mention(match['iso'], found, bool(match['il'])), int(match['iy'])


def _month(match: re.Match, base: date, calendar: Calendar, year: int | None) -> tuple[Mention, int | None]:
    month, part, limit = int(match['m']), match['part'], (match['ml'] or '').strip()
    written = _year(match['my'], base) or year
    if match['d']:
        wanted, doubt = int(match['d']), ''
    else:
        wanted, doubt = _of_month(month, part, limit)
    if month not in range(1, 13):
        return _mention(match['month'], None, True), year
    one = _mention(match['month'], _day(written or base.year, month, wanted), bool(part or limit),
                   doubt and said('“{words}”{doubt}', words=match['month'] + limit, doubt=doubt))
    return (one if written else _soon(one, base, month, wanted)), _year(match['my'], base) or year


def _of_month(month: int, part: str | None, limit: str) -> tuple[int, str]:
    """The day of a month that is meant, 0 for its last; and what is uncertain about it."""
    if part in ('上旬', '中旬'):
        return {'上旬': 10, '中旬': 20}[part], ''
    if part == '初':
        return 10, said('没有写到哪一天，按{month}月10日，请核对', month=month)
    if not part and limit in _AHEAD:
        return 0, said('可以是{month}月开始前，也可以是{month}月底前，按{month}月底，请核对', month=month)
    return 0, ''


def _quarter(match: re.Match, base: date, calendar: Calendar, year: int | None) -> tuple[Mention, int | None]:
    one, known = _period(match, 'quarter', match['qy'], _QUARTERS[match['q']] * 3, match['ql'], base, year)
    if one.day and (match['ql'] or '').strip() in _AHEAD and not one.doubt:
        one = one._replace(doubt=said('“{words}”可以是这个季度开始前，也可以是季度末前，按{day}，请核对',
                                      words=match['quarter'] + match['ql'].strip(), day=dated(one.day)))
    return one, known


def _half(match: re.Match, base: date, calendar: Calendar, year: int | None) -> tuple[Mention, int | None]:
    return _period(match, 'half', match['hy'], _HALVES[match['h']], match['hl'], base, year)


def _end(match: re.Match, base: date, calendar: Calendar, year: int | None) -> tuple[Mention, int | None]:
    one, known = _period(match, 'end', match['ey'], 12, '底', base, year)
    if one.day and match['el'] in _AHEAD and not one.doubt:
        one = one._replace(doubt=said('“{words}”可以是{year}年开始前，也可以是{year}年底前，按{year}年底，请核对',
                                      words=match['end'], year=one.day.year))
    return one, known


def _period(match: re.Match, kind: str, said: str | None, month: int, limit: str | None, base: date,
            year: int | None) -> tuple[Mention, int | None]:
    """The last day of a quarter, half or year."""
    written = _year(said, base) or year
    one = _mention(match[kind], _day(written or base.year, month, 0), bool(limit))
    return (one if written else _soon(one, base, month, 0)), _year(said, base) or year


def _span(match: re.Match, base: date, calendar: Calendar, year: int | None) -> tuple[Mention, int | None]:
    """So many days from the base on. The day that is reckoned from is always worth a look."""
    unit, words = match['unit'], match['span']
    count = int(match['count']) if match['count'] != '半' else 0
    if not count and unit not in ('月', '年') or count > 3660:
        return Mention(words, None, _unread(words)), year
    if unit == '工作日':
        day = calendar.add(base, count)
        unsure = said('，那时的放假安排还没有公布，暂定') if calendar.provisional(day) else ''
    else:
        day, unsure = _later(base, count, unit), ''
    if day is None or day.year not in clock.YEARS:
        return Mention(words, None, _unread(words)), year
    doubt = said('“{words}”从{base}算起，到{day}{unsure}，请核对', words=words, base=dated(base), day=dated(day),
                 unsure=unsure)
    return Mention(words, day, doubt), year


def _later(base: date, count: int, unit: str) -> date:
    if not count:
        return base + timedelta(days=15) if unit == '月' else _months(base, 6)
    if unit in ('月', '年'):
        return _months(base, count * (12 if unit == '年' else 1))
    if unit == '小时':
        return base + timedelta(days=-(-count // 24))
    return base + timedelta(days=count * (7 if unit in ('周', '星期') else 1))


def _months(base: date, count: int) -> date | None:
    year, month = divmod(base.year * 12 + base.month - 1 + count, 12)
    return date(year, month + 1, min(base.day, monthrange(year, month + 1)[1])) if year in clock.YEARS else None


def _start(match: re.Match, base: date, calendar: Calendar, year: int | None) -> tuple[Mention, int | None]:
    return Mention(match['start'], None, _undated(match['start'])), year


def _now(match: re.Match, base: date, calendar: Calendar, year: int | None) -> tuple[Mention, int | None]:
    day = calendar.add(base, 0)
    return Mention(match['now'], day, said('“{words}”按{day}，请核对', words=match['now'], day=dated(day))), year


_READERS = {'iso': _iso, 'span': _span, 'month': _month, 'quarter': _quarter, 'half': _half, 'end': _end,
            'start': _start, 'now': _now}


def _year(said: str | None, base: date) -> int | None:
    if said in _NEXT:
        return base.year + 1
    return None if said is None else base.year if said in _THIS else int(said)


def _day(year: int, month: int, day: int) -> date | None:
    """A day, 0 for the last of the month; None where there is none."""
    try:
        return date(year, month, day or monthrange(year, month)[1]) if year in clock.YEARS else None
    except ValueError:
        return None


def _mention(words: str, day: date | None, marked: bool, doubt: str = '') -> Mention:
    return Mention(words, day, doubt, marked) if day else Mention(
        words, None, said('没有“{words}”这一天，请改正', words=words))


def _soon(one: Mention, base: date, month: int, day: int) -> Mention:
    """Without a year, a day that has passed is the next year's; that is said."""
    if one.day is None or one.day >= base:
        return one
    ahead = _day(base.year + 1, month, day)
    if ahead is None:
        return one._replace(day=None, doubt=said('“{words}”没有写年份，请写明', words=one.words))
    return one._replace(day=ahead, doubt=said('“{words}”没有写年份，{past}年的已过，按{year}年，请核对', words=one.words,
                                              past=base.year, year=ahead.year))
