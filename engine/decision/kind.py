"""The types of a table's columns, and values as they want them."""
import re
from typing import Any

NUMBERS = frozenset({'number', 'integer', 'long', 'double', 'int', 'decimal'})
MOMENTS = frozenset({'datetime', 'dateandtime'})
KINDS = NUMBERS | MOMENTS | {'', 'any', 'string', 'boolean', 'date', 'time'}
WORDS = {**dict.fromkeys(NUMBERS, '数字'), **dict.fromkeys(MOMENTS, '日期和时间'), 'boolean': '真或假',
         'string': '文字', 'date': '日期', 'time': '时间'}
_NUMBER = re.compile(r'[-+]?\d{1,15}(\.\d{1,10})?')
_DAY = re.compile(r'\d{4}-\d\d-\d\d')


def coerced(value: Any, kind: str) -> Any:
    """``value`` as its column's type wants it, None as None; raises ``ValueError`` with a Chinese reason."""
    if value is None or kind in ('', 'any'):
        return value
    found = _coerced(value, kind)
    if found is None:
        raise ValueError(f'要是{WORDS[kind]}，现在是{say(value)}')
    return found


def _coerced(value: Any, kind: str) -> Any:
    """None when it is of another type."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if kind in NUMBERS:
        if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
            return float(value) if '.' in value else int(value)
        return value if number else None
    if kind == 'boolean':
        return value if isinstance(value, bool) else {'true': True, 'false': False}.get(str(value))
    if kind == 'string':
        return value if isinstance(value, str) else str(value) if number else None
    if not isinstance(value, str) or (kind != 'time' and not _DAY.match(value)):
        return None
    return value[:10] if kind == 'date' else value


def say(value: Any) -> str:
    """A value in a sentence."""
    if value is None:
        return '空'
    if isinstance(value, bool):
        return '真' if value else '假'
    return f'“{value}”' if isinstance(value, str) else str(value)
