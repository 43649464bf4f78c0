"""What a document says: the facts of a matter at one moment, as the names of templates have them."""
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from engine.document.vocabulary import NAMES

_UNSEEN = ('Cc', 'Cf', 'Cs')                                  # signs that steer a program; a rare letter is none of them
_JOINER = '\u200d'                                            # holds the parts of one picture together
_DATE = re.compile(r'\d{4}-\d\d-\d\d(T[\d:.+Z-]+)?')          # as expressions have dates and moments


class Known(Protocol):
    """Where a document's facts come from: a step that is carried out, or one that is only looked at."""

    functions: Mapping[str, Callable]

    def fact(self, name: str) -> Any: ...
    def unit_name(self, code: str | None) -> str: ...
    def co_units(self) -> Mapping[str, Mapping[str, Any]]: ...


def compose(known: Known, given: Mapping[str, Any], before: list[dict[str, str]] | None = None) -> dict[str, Any]:
    """Every name of a template with its value; `given` is what the drawing says, `before` the documents of the matter
    that were issued until now (see `earlier`). Texts and lists of texts only."""
    today = known.functions['today']()
    found = {name: one.nothing for name, one in NAMES.items()}
    found |= _matter(known, today) if known.fact('title') else {}
    found |= {'成文日期': spoken(today), '前次文书': before or []}
    return found | {name: _plain(value) for name, value in given.items()}


def _matter(known: Known, today: str) -> dict[str, Any]:
    fact, units = known.fact, known.functions['split'](known.fact('co_units')) or []
    days = {'交办日期': 'issued_at', '原办结时限': 'original_due_at', '办结时限': 'due_at', '协办时限': 'co_due_at',
            '办结日期': 'closed_at'}
    texts = {'事项名称': 'title', '事项编号': 'code', '依据': 'basis', '目标要求': 'requirement', '评价等级': 'grade',
             '上一级': 'level_label'}
    numbers = {'延期次数': 'extension_count', '完成比例': 'progress_percent'}
    return {
        **{name: spoken(fact(source)) for name, source in days.items()},
        **{name: paragraphs(fact(source)) for name, source in texts.items()},
        **{name: str(fact(source) or 0) for name, source in numbers.items()},
        '发文机关': known.unit_name(fact('supervisor_unit')), '牵头单位': known.unit_name(fact('lead_unit')),
        '协办单位': '、'.join(map(known.unit_name, units)), '超期工作日': _over(known, today),
        '逾期': '是' if fact('late') else '', '协办分工': _shares(known, units)}


def _over(known: Known, today: str) -> str:
    due = known.fact('due_at')
    left = known.functions['days_left'](due) if due and due < today else None
    return str(-left) if left is not None and left < 0 else ''


def _shares(known: Known, units: Iterable[str]) -> list[dict[str, str]]:
    rows = known.co_units()
    return [{'单位': known.unit_name(unit), '任务': paragraphs(rows.get(unit, {}).get('duty')),
             '时限': spoken(rows.get(unit, {}).get('co_due_at') or known.fact('co_due_at'))} for unit in units]


def spoken(day: Any) -> str:
    """2020年9月30日 of a date, a moment, or a text that begins like one; nothing of nothing."""
    if not day:
        return ''
    when = date.fromisoformat(str(day)[:10])
    return f'{when.year}年{when.month}月{when.day}日'


def paragraphs(text: Any) -> str:
    """A text whose lines become paragraphs of their own, like the one that it stands in; without characters that a
    Word file cannot hold."""
    lines = (''.join(filter(_holds, line)).strip() for line in ('' if text is None else str(text)).splitlines())
    return '\a'.join(filter(None, lines))


def _holds(sign: str) -> bool:
    return sign in ('\t', _JOINER) or sign not in '\ufffe\uffff' and unicodedata.category(sign) not in _UNSEEN


def _plain(value: Any) -> Any:
    """A value of a drawing as a template may have it: texts, and lists of rows of texts."""
    if isinstance(value, list):
        return [{str(name): _said(cell) for name, cell in row.items()} if isinstance(row, Mapping) else _said(row)
                for row in value]
    return _said(value)


def _said(value: Any) -> str:
    """One value as a text; a day that the calendar does not have stays as it was written."""
    if isinstance(value, bool):
        return '是' if value else ''
    if isinstance(value, float):
        return format(Decimal(f'{value:.15g}'), 'f')               # 1234567.5, not 1.23457e+06
    if isinstance(value, (date, str)) and _DATE.fullmatch(str(value)):
        with suppress(ValueError):
            return spoken(value)
    return paragraphs(value)
