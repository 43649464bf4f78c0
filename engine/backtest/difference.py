"""Side by side: what happened to a matter and what would have happened, as plain values that can be kept and shown."""
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any

from engine.backtest.life import Life
from engine.backtest.replay import Outcome
from engine.errors import said
from engine.speech import kept

ASPECTS = {'lamps': said('亮灯'), 'notices': said('通知书'), 'points': said('扣分'), 'level': said('督办级别'),
           'end': said('结局')}
"""In which a matter may have come out differently."""
_PLACE = re.compile(r'\{(\w+)\}')
_SAME = timedelta(minutes=5)                # a worker looks some seconds after a deadline


def compared(outcome: Outcome, until: datetime, zone: tzinfo,
             values: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """One matter: `old` and `new` side by side, in which `ASPECTS` they differ, and what is assumed.

    `values` are the parameters of either side, for drawn names such as 到期前{warning_days}个工作日.
    """
    past = outcome.past
    return {'id': str(past.matter_id), 'code': past.code, 'title': past.title, 'unit': past.unit,
            'changed': [name for name in ASPECTS if not _ALIKE[name](past.life, outcome.life)],
            'old': _side(past.life, until, zone, values['old']), 'new': _side(outcome.life, until, zone, values['new']),
            'notes': kept([note._asdict() for note in outcome.notes])}


def _side(life: Life, until: datetime, zone: tzinfo, values: Mapping[str, Any]) -> dict[str, Any]:
    def here(at: datetime | None) -> str | None:
        return at.astimezone(zone).isoformat() if at else None
    ended = min(life.ended_at or until, until)
    spans = [(lamp, begin, min(end, ended)) for lamp, begin, end in life.spans(until) if begin < ended]
    return {'lamps': [[lamp, here(begin), here(end)] for lamp, begin, end in spans],
            'days': {lamp: _days(spans, lamp) for lamp in ('yellow', 'red')},
            'first': {lamp: here(life.first(lamp)) for lamp in ('yellow', 'red')},
            'notices': [[here(at), level, said] for at, level, said in life.notices],
            'points': life.deducted(), 'level': life.level, 'ended_at': here(life.ended_at), 'result': life.result,
            'lines': [[here(at), kind, _named(said, values), unit] for at, kind, said, unit in life.lines]}


def _named(text: str, values: Mapping[str, Any]) -> str:
    return _PLACE.sub(lambda place: str(values.get(place[1], place[0])), text)


def _days(spans: Iterable[tuple[str, datetime, datetime]], lamp: str) -> float:
    lit = sum(((end - begin) for name, begin, end in spans if name == lamp), timedelta())
    return round(lit / timedelta(days=1), 1)


def _near(one: Sequence[tuple], other: Sequence[tuple]) -> bool:
    """The same things in the same order, at the same moments as far as anybody could tell."""
    return len(one) == len(other) and all(
        abs(mine[0] - theirs[0]) <= _SAME and mine[1:] == theirs[1:] for mine, theirs in zip(one, other, strict=True))


_ALIKE = {'lamps': lambda one, other: _near(one.lamps, other.lamps),
          'notices': lambda one, other: _near(one.notices, other.notices),
          'points': lambda one, other: one.deducted() == other.deducted(),
          'level': lambda one, other: one.level == other.level,
          'end': lambda one, other: one.result == other.result and _near(_end(one), _end(other))}


def _end(life: Life) -> list[tuple]:
    return [(life.ended_at,)] if life.ended_at else []


def summary(matters: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """All of them together: totals, one row per unit with its rank before and after, and what is assumed.

    Ranks go by the points taken off, fewest first; equal units share a rank.
    """
    matters = list(matters)
    units = _units(matters)
    totals = {name: {side: sum(row[side][name] for row in units) for side in ('old', 'new')} for name in _COUNTS}
    return {'matters': len(matters), 'changed': sum(bool(one['changed']) for one in matters),
            'lit': {lamp: {'more': sum(_lit(one, 'new', lamp) and not _lit(one, 'old', lamp) for one in matters),
                           'fewer': sum(_lit(one, 'old', lamp) and not _lit(one, 'new', lamp) for one in matters),
                           'moved': sum(_moved(one, lamp) for one in matters)} for lamp in ('yellow', 'red')},
            'totals': totals, 'units': units, 'notes': _notes(matters)}


_COUNTS = ('yellow', 'red', 'notices', 'points')


def _lit(one: Mapping[str, Any], side: str, lamp: str) -> bool:
    return one[side]['first'][lamp] is not None


def _moved(one: Mapping[str, Any], lamp: str) -> bool:
    old, new = (one[side]['first'][lamp] for side in ('old', 'new'))
    return bool(old and new) and abs(datetime.fromisoformat(old) - datetime.fromisoformat(new)) > _SAME


def _units(matters: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    names = {one['unit'] for one in matters} | {
        unit for one in matters for side in ('old', 'new') for unit in one[side]['points']}
    rows = [{'unit': name, 'matters': sum(one['unit'] == name for one in matters),
             'changed': sum(one['unit'] == name and bool(one['changed']) for one in matters),
             'old': _count(matters, name, 'old'), 'new': _count(matters, name, 'new')} for name in sorted(names)]
    for side in ('old', 'new'):
        totals = [row[side]['points'] for row in rows]
        for row in rows:
            row[side]['rank'] = 1 + sum(points < row[side]['points'] for points in totals)
    return sorted(rows, key=lambda row: (row['new']['rank'], row['old']['rank'], row['unit']))


def _count(matters: Iterable[Mapping[str, Any]], unit: str, side: str) -> dict[str, Any]:
    matters = list(matters)
    own = [one[side] for one in matters if one['unit'] == unit]
    return {'yellow': sum(one['first']['yellow'] is not None for one in own),
            'red': sum(one['first']['red'] is not None for one in own),
            'notices': sum(len(one['notices']) for one in own),
            'points': round(sum(one[side]['points'].get(unit, 0) for one in matters), 2)}


def _notes(matters: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each note with the number of matters that it stands in, the most frequent of a kind first."""
    found: dict[tuple, list[str]] = {}
    for one in matters:
        for note in one['notes']:
            found.setdefault((note['kind'], note['element'], note['name'], note['said']), []).append(one['code'])
    rows = [{'kind': kind, 'element': element, 'name': name, 'said': told, 'matters': len(codes), 'example': codes[0]}
            for (kind, element, name, told), codes in found.items()]
    return sorted(rows, key=lambda row: (row['kind'], -row['matters'], row['element'], row['said']))
