"""The types of columns, variables and parameters, and values as they want them."""
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from engine.errors import listed, said
from engine.expression import Code, ExpressionError

_SAME = {'any': ('', 'any'), 'number': ('number', 'double', 'decimal', 'float'),
         'integer': ('integer', 'int', 'long', 'short'), 'string': ('string',), 'boolean': ('boolean',),
         'date': ('date',), 'time': ('time',), 'moment': ('datetime', 'dateandtime'),
         'days': ('daytimeduration', 'daysandtimeduration'),
         'months': ('yearmonthduration', 'yearsandmonthsduration'), 'span': ('duration',),
         'context': ('context',)}
BASES = {word: base for base, words in _SAME.items() for word in words}
"""What each name of a type means, in small letters and without blanks."""
WORDS = {'number': said('数字'), 'integer': said('整数'), 'string': said('文字'), 'boolean': said('真或假'),
         'date': said('日期'), 'time': said('时间'), 'moment': said('日期和时间'), 'days': said('天数时长（P3D）'),
         'months': said('年月时长（P1Y）'), 'span': said('时长'), 'context': said('一组资料')}
_NUMBER = re.compile(r'[-+]?\d{1,15}(\.\d{1,10})?')
_DAY = re.compile(r'\d{4}-\d\d-\d\d')
_TIME = re.compile(r'\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?')
_MONTHS = re.compile(r'-?P(?=\d)(\d+Y)?(\d+M)?')
_DAYS = re.compile(r'-?P(?=[\dT])(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?')


@dataclass(frozen=True)
class Kind:
    """A type. ``allowed``: the cell that a value must meet; ``fields``: those of a context, which may have
    others, too; ``items``: the type of a list's items, a single one of which is taken for the list."""

    base: str = 'any'
    allowed: Code | None = None
    fields: Mapping[str, 'Kind'] = field(default_factory=dict)
    items: 'Kind | None' = None

    def taken(self, value: Any) -> Any:
        """``value`` as this type wants it, None as None; raises ``ValueError`` with a Chinese reason."""
        if value is None or self.base == 'any' and self.allowed is None:
            return value
        if self.items is not None:
            return [self.items.taken(each) for each in (value if isinstance(value, list) else [value])]
        if isinstance(value, list) and len(value) == 1 and self.base != 'any':
            value = value[0]
        found = value if self.base == 'any' else _BY_BASE[self.base](value)
        if found is None:
            raise ValueError(unlike(self.base, value))
        if self.fields:
            found = found | {name: kind.taken(found.get(name)) for name, kind in self.fields.items()}
        if self.allowed is not None and not meets(self.allowed, found):
            raise ValueError(said('{value}不在允许的取值里：{allowed}', value=say(found), allowed=self.allowed.text))
        return found


ANY = Kind()


def meets(cell: Code, value: Any) -> bool:
    """Whether a value is among those that a list of allowed ones names; one that it cannot judge is not."""
    try:
        return bool(cell.evaluate({}, {}, value))
    except ExpressionError:
        return False


def _number(value: Any) -> Any:
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        return float(value) if '.' in value else int(value)
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _integer(value: Any) -> Any:
    found = _number(value)
    return int(found) if isinstance(found, int) or isinstance(found, float) and found.is_integer() else None


def _boolean(value: Any) -> Any:
    return value if isinstance(value, bool) else {'true': True, 'false': False}.get(str(value))


def _string(value: Any) -> Any:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return value if isinstance(value, str) else str(value) if number else None


def _date(value: Any) -> Any:
    return value[:10] if isinstance(value, str) and _DAY.match(value) and _reads(date, value[:10]) else None


def _moment(value: Any) -> Any:
    plain = isinstance(value, str) and value.partition('@')[0]                      # without the name of a zone
    return value if plain and _DAY.match(plain) and _reads(datetime, plain) else None


def _time(value: Any) -> Any:
    plain = isinstance(value, str) and value.partition('@')[0]
    return value if plain and _TIME.fullmatch(plain) and _reads(time, plain) else None


def _span(value: Any) -> Any:
    return value if isinstance(value, str) and (_MONTHS.fullmatch(value) or _DAYS.fullmatch(value)) else None


def _months(value: Any) -> Any:
    return value if isinstance(value, str) and _MONTHS.fullmatch(value) else None


def _days(value: Any) -> Any:
    return value if isinstance(value, str) and _DAYS.fullmatch(value) else None


def _context(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else None


def _reads(kind: type, text: str) -> bool:
    try:
        return bool(kind.fromisoformat(text) or True)
    except ValueError:
        return False


_BY_BASE = {'number': _number, 'integer': _integer, 'string': _string, 'boolean': _boolean, 'date': _date,
            'time': _time, 'moment': _moment, 'span': _span, 'months': _months, 'days': _days,
            'context': _context}
"""Each gives None for a value of another type."""


def unlike(base: str, value: Any) -> str:
    """That a value is not of this type, in a sentence."""
    return said('要是{kind}，现在是{value}', kind=WORDS[base], value=say(value))


def say(value: Any) -> str:
    """A value in a sentence."""
    if value is None:
        return said('空')
    if isinstance(value, bool):
        return said('真') if value else said('假')
    if isinstance(value, list):
        return said('[{parts}]', parts=listed([*map(say, value[:5]), *['…'] * (len(value) > 5)]))
    if isinstance(value, Mapping):
        named = (said('{name}：{value}', name=name, value=say(one)) for name, one in list(value.items())[:5])
        return said('{{{parts}}}', parts=listed(named, '，'))
    return said('“{text}”', text=value) if isinstance(value, str) else str(value)


def asked(inputs: Mapping[str, Any]) -> str:
    """The values that a table was asked with, by the labels of its columns."""
    return listed((said('{label}是{value}', label=label, value=say(value)) for label, value in inputs.items()), '，')
