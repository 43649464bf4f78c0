"""The words of a letter: what waits for whom until when, and the way there. Nothing else leaves the house."""
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from engine.channel import Letter
from engine.outbox.delivery import Delivery
from engine.outbox.entry import Entry

MOST = 30                   # things that one letter names
PLACES = {'task': '/tasks/{}', 'message': '/messages/{}', 'copy': '/copies/{}', 'stop': '/contact/stop/{}'}
"""Where the pages of the web are."""
KINDS = {'task': '新的待办', 'due': '快到期', 'overdue': '已超期', 'reminder': '提醒', 'copy': '抄送', 'comment': '沟通'}
"""What each kind of thing is called."""


def letter(made: Delivery, found: Sequence[Entry], units: Mapping[str, str], stop_key: str, address: str) -> Letter:
    """A letter in words; `units` are the names of units, `address` is where the web is reached, '' where nobody has
    said it."""
    if made.code is not None:
        return Letter(made.id.hex, '督办：验证码', (f'验证码是 {made.code}，30分钟内有效。', '不是您本人要的，不用理会。'))
    alike = _alike(found)
    named = [line for entry in found[:MOST]
             for line in _lines(entry, units.get(entry.lead_unit) if entry.title in alike else None, address)]
    more = [f'还有{len(found) - MOST}条，登录后都看得到。'] if len(found) > MOST else []
    stop = address and address + PLACES['stop'].format(stop_key)
    foot = [f'不想再收：{stop}'] if stop else ['不想再收的，登录后在“接收提醒”里停收。']
    return Letter(made.id.hex, _subject(found), (*named, *more, '', *foot), stop)


def _subject(found: Sequence[Entry]) -> str:
    first = found[0]
    said = f'督办{KINDS[first.kind]}：{first.title or first.step}'
    said = said if len(said) <= 60 else f'{said[:59]}…'
    return said if len(found) == 1 else f'{said}（共{len(found)}条）'


def _alike(found: Sequence[Entry]) -> set[str]:
    """The titles that matters of several units have in one letter, such as those of one sentence put to each city."""
    leads: dict[str, set[str | None]] = defaultdict(set)
    for entry in found:
        leads[entry.title].add(entry.lead_unit)
    return {title for title, units in leads.items() if len(units) > 1}


def _lines(entry: Entry, unit: str | None, address: str) -> list[str]:
    until = '期限' if entry.place == 'task' else '办结时限'              # a late step of a matter that is not late itself
    whose = f'（{unit}）' if unit else ''
    parts = [f'【{KINDS[entry.kind]}】{entry.title or entry.step}{whose}', entry.step if entry.title else '',
             f'{until}{said(entry.deadline)}' if entry.deadline else '']
    return ['，'.join(filter(None, parts)), *([address + PLACES[entry.place].format(entry.place_id)] if address else [])]


def said(day: date) -> str:
    """2020年9月30日 周三"""
    return f'{day.year}年{day.month}月{day.day}日 周{"一二三四五六日"[day.weekday()]}'
