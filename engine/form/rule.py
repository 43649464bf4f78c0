"""What a field asks of a value that could be read: a rule raises marshmallow's error with the whole sentence.

A sentence says first how to put the thing right, then what was filled in.
"""
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError

from engine.errors import said
from engine.form.field import LONGEST, MOST_MATCHED, TEXT, Field, as_text
from engine.form.pattern import compiled
from engine.form.sheet import Sheet
from engine.form.values import say_day, short

Rule = Callable[[Sheet, Field, Any], None]

_EMAIL = re.compile(r'[^@\s,;，；]+@[^@\s,;，；]+\.[^@\s.,;，；]{2,}')
_PHONE = re.compile(r'(\+?86[- ]?)?(1[3-9]\d{9}|(0\d{2,3}-?)?\d{7,8}(-\d{1,6})?)', re.ASCII)
_FORMATS = {'email': (_EMAIL, said('要写完整的邮箱地址，例如 bangong@example.cn')),
            'phone': (_PHONE, said('要写11位手机号，或者区号加座机号'))}


def rules(field: Field) -> Iterator[Rule]:
    """The rules of a field, in the order in which they are applied."""
    if field.kind in TEXT:
        yield _length
        if field.pattern:
            yield _pattern
        if field.format in _FORMATS:
            yield _format
    elif field.kind == 'number':
        yield _number
    elif field.kind in ('date', 'datetime'):
        yield _day
    elif field.kind == 'checkbox' and field.required:
        yield _ticked
    if field.refuse_message and field.refused:
        yield _refused
    if field.rules.get('differs'):
        yield _different


def _length(sheet: Sheet, field: Field, text: str) -> None:
    shortest, longest = sheet.limit(field, field.shortest), sheet.limit(field, field.longest)
    least = 0 if shortest is None else int(shortest)
    most = LONGEST[field.kind] if longest is None else int(longest)
    if not least <= len(text) <= most:
        wanted = (said('要写{most}个字', most=most) if least == most else
                  said('最多写{most}个字', most=most) if len(text) > most else said('至少写{least}个字', least=least))
        raise ValidationError(said('{label}{wanted}，您写了{count}个', label=sheet.label(field), wanted=wanted,
                                   count=len(text)))


def _pattern(sheet: Sheet, field: Field, text: str) -> None:
    if len(text) > MOST_MATCHED or not compiled(field.pattern).search(text):
        raise ValidationError(field.pattern_message or _given(sheet, field, said('要照提示的样子写'), short(text)))


def _format(sheet: Sheet, field: Field, text: str) -> None:
    pattern, wanted = _FORMATS[field.format]
    if len(text) > MOST_MATCHED or not pattern.fullmatch(text):
        raise ValidationError(_given(sheet, field, wanted, short(text)))


def _number(sheet: Sheet, field: Field, value: int | float) -> None:
    # Decimal, as form-js does: 0.3 is not more than 0.1 + 0.2.
    number = Decimal(str(value))
    low, high = (None if limit is None else Decimal(str(limit))
                 for limit in (sheet.limit(field, field.minimum), sheet.limit(field, field.maximum)))
    wanted = ''
    if (low is not None and number < low) or (high is not None and number > high):
        wanted = (_between(_plain(low), _plain(high)) if low is not None and high is not None else
                  said('不能小于{low}', low=_plain(low)) if low is not None else
                  said('不能大于{high}', high=_plain(high)))
    elif field.digits is not None and -int(number.normalize().as_tuple().exponent) > field.digits:
        wanted = said('最多{digits}位小数', digits=field.digits) if field.digits else said('要填整数')
    if wanted:
        raise ValidationError(_given(sheet, field, wanted, _plain(number)))


def _plain(number: Decimal | None) -> str:
    return '' if number is None else f'{number.normalize():f}'


def _between(low: str, high: str) -> str:
    return said('要在{low}到{high}之间', low=low, high=high)


def _given(sheet: Sheet, field: Field, wanted: str, given: str) -> str:
    return said('{label}{wanted}，您填的是{given}', label=sheet.label(field), wanted=wanted, given=given)


def _day(sheet: Sheet, field: Field, value: str) -> None:
    low, high = as_text(sheet.limit(field, field.minimum)), as_text(sheet.limit(field, field.maximum))
    if field.not_past:
        low = max(low, sheet.today()[:10])
    early, late = bool(low) and _before(value, low), bool(high) and _before(high, value)
    if early or late:
        wanted = (_between(say_day(low), say_day(high)) if low and high else
                  said('不能早于{low}', low=say_day(low)) if early else said('不能晚于{high}', high=say_day(high)))
        raise ValidationError(_given(sheet, field, wanted, say_day(value)))


def _before(one: str, other: str) -> bool:
    """In time; a day stands for itself, so a moment is compared with it by its own day."""
    if len(one) > 10 and len(other) > 10:
        return datetime.fromisoformat(one) < datetime.fromisoformat(other)
    return one[:10] < other[:10]


def _ticked(sheet: Sheet, field: Field, value: bool) -> None:
    if not value:
        raise ValidationError(field.rules.get('requiredMessage') or said('请勾选“{label}”', label=sheet.label(field)))


def _refused(sheet: Sheet, field: Field, value: Any) -> None:
    chosen = {as_text(one) for one in (value if isinstance(value, list) else [value])}
    if chosen & field.refused and (field.refuse_if is None or sheet.holds(field.refuse_if)):
        raise ValidationError(sheet.text(field.refuse_message))


def _different(sheet: Sheet, field: Field, value: Any) -> None:
    other = field.rules['differs']
    there = sheet.scope.get(other) if other == field.key else sheet.conditions.get(other)
    if _several(there) & _several(value):
        name = next((sheet.label(one) for one in sheet.holders if one.key == other != field.key), said('原来的'))
        wanted = said('要和{name}不同', name=name)
        raise ValidationError(field.rules.get('differsMessage') or _given(sheet, field, wanted, short(value)))


def _several(value: Any) -> set[str]:
    parts = value if isinstance(value, (list, tuple)) else as_text(value).split(',')
    return {as_text(part).strip() for part in parts} - {''}
