"""Whether what was filled in may be accepted: nothing is that the form does not ask for at this moment.

A marshmallow schema is built for each request from the fields that are there now; its sentences say first how to put
a thing right, then what was filled in.
"""
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import marshmallow

from engine.errors import Invalid
from engine.form.field import MANY_OF, ONE_OF, TEXT, Field, as_text
from engine.form.pattern import MOST_MATCHED, compiled
from engine.form.read import LONGEST
from engine.form.sheet import MOST_ROWS, Sheet, strayed
from engine.form.values import Unfit, blank, say_day, short

MOST_CHARACTERS = 200_000
MOST_VALUES = 5_000
_EMAIL = re.compile(r'[^@\s,;，；]+@[^@\s,;，；]+\.[^@\s.,;，；]{2,}')
_PHONE = re.compile(r'(\+?86[- ]?)?(1[3-9]\d{9}|(0\d{2,3}-?)?\d{7,8}(-\d{1,6})?)', re.ASCII)

Errors = dict[str, list[str]]


class Answer(marshmallow.fields.Field[Any]):
    """The answer to one field: read by its kind, then held against its rules."""

    def __init__(self, sheet: Sheet, field: Field, required: str | None) -> None:
        said = {} if required is None else {'required': required, 'null': required}
        super().__init__(required=required is not None, allow_none=required is None, error_messages=said,
                         validate=list(_rules(sheet, field)))
        self.sheet, self.field = sheet, field

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        try:
            return self.sheet.read(self.field, value)
        except Unfit as unfit:
            raise marshmallow.ValidationError(f'{self.sheet.label(self.field)}{unfit}') from None


def checked(sheet: Sheet) -> dict[str, Any]:
    """The answer in the order of the form. Raises ``Invalid`` with a sentence for each field that is not right."""
    answer, errors = _level(sheet, '')
    if errors:
        raise Invalid(errors)
    return answer


def guard(submitted: Any) -> None:
    """Refuses, before anything looks at it, what no form could ask for: no object, far too long, far too many values."""
    if not isinstance(submitted, Mapping) or not all(isinstance(key, str) for key in submitted):
        raise Invalid({'': ['要提交一张表：每一项的键和值']})
    characters: dict[str, int] = {}
    values = 0
    stack = [(key, value, 0) for key, value in submitted.items()]
    while stack:
        key, value, depth = stack.pop()
        values += 1
        characters[key] = characters.get(key, 0) + (len(value) if isinstance(value, str) else 0)
        if values + len(stack) > MOST_VALUES or depth > 4:
            raise Invalid({short(key): [f'一次提交的内容太多，最多{MOST_VALUES}项']})
        if isinstance(value, (list, tuple)):
            stack.extend((key, one, depth + 1) for one in value)
        elif isinstance(value, Mapping):
            stack.extend((key, one, depth + 1) for one in value.values())
    total = sum(characters.values())
    if total > MOST_CHARACTERS:
        longest = max(characters, key=lambda key: characters[key])
        raise Invalid({short(longest): [f'请写短一些：整张表最多{MOST_CHARACTERS:,}个字，您填了{total:,}个']})


def _level(sheet: Sheet, prefix: str) -> tuple[dict[str, Any], Errors]:
    errors: Errors = {}
    asked: dict[str, marshmallow.fields.Field[Any]] = {}
    for field in sheet.holders():
        if sentence := _uninvited(sheet, field):
            errors[prefix + field.key] = [sentence]
        elif sheet.shown(field) and field.id not in sheet.fixed and field.kind not in ('expression', 'dynamiclist'):
            asked[field.key] = Answer(sheet, field, _missing(sheet, field))
    known = {field.key for field in sheet.holders()}
    for key in sheet.raw:
        if key not in known:
            errors[prefix + short(key)] = [f'这张表里没有“{short(key)}”这一项，请去掉后再提交']
    given = {key: _empty_as_none(sheet.raw.get(key)) for key in asked if key in sheet.raw}
    try:
        loaded = marshmallow.Schema.from_dict(asked)().load(given, unknown=marshmallow.RAISE)
    except marshmallow.ValidationError as refused:
        errors.update({prefix + key: sentences for key, sentences in refused.normalized_messages().items()})
        loaded = {}
    answer: dict[str, Any] = {}
    for field in sheet.holders():
        if not sheet.shown(field) or field.id in sheet.fixed:
            continue
        if field.kind == 'dynamiclist':
            answer[field.key], found = _rows(sheet, field, prefix)
            errors.update(found)
        elif field.kind == 'expression':
            answer[field.key] = sheet.answers[field.key]
        else:
            answer[field.key] = loaded.get(field.key, _NOTHING.get(field.kind)) if not field.joined else loaded.get(field.key, '')
    return answer, {key: errors[key] for key in _in_order(sheet, prefix, errors)}


_NOTHING = {'checkbox': False, 'checklist': [], 'taglist': []}


def _empty_as_none(raw: Any) -> Any:
    return None if blank(raw) else raw


def _in_order(sheet: Sheet, prefix: str, errors: Errors) -> list[str]:
    order = {prefix + field.key: place for place, field in enumerate(sheet.holders())}
    return sorted(errors, key=lambda key: order.get(key, order.get(key.split('-')[0], len(order))))


def _uninvited(sheet: Sheet, field: Field) -> str | None:
    """The sentence for an answer to a field that is not there, or not to be changed."""
    if field.key not in sheet.raw:
        return None
    if field.kind == 'expression' or field.id in sheet.fixed:
        return f'{sheet.label(field)}在这里不能改，请不要提交这一项'
    if sheet.shown(field) or not strayed(sheet, field) or _hidden_by_the_button(sheet, field):
        return None
    return f'这时不用填{sheet.label(field)}，请留空后再提交'


def _hidden_by_the_button(sheet: Sheet, field: Field) -> bool:
    """Whether the field was there until the button was pressed: then nobody could have left it empty."""
    acting = next((one.key for one in sheet.holders() if one.acts), None)
    if acting is None or sheet.answers.get(acting) is None:
        return False
    before = Sheet(sheet.fields, sheet.raw, sheet.scope, sheet.functions, **{acting: None})
    return before.shown(field)


def _missing(sheet: Sheet, field: Field) -> str | None:
    """The sentence for an empty field, None when it may be empty."""
    label = sheet.label(field)
    for one in sheet.holders():
        if one.rules.get('needs') == field.key and sheet.shown(one) and as_text(chosen := sheet.answers.get(one.key)) in one.refused:
            button = next((option.label for option in sheet.options(one) if option.value == chosen), '')
            return f'选“{button}”时，请写明{label}'
    if not field.required or field.kind == 'checkbox':
        return None
    if field.rules.get('requiredMessage'):
        return field.rules['requiredMessage']
    if label.endswith(('？', '?')):
        return f'请回答“{label}”'
    return f'请选择{label}' if field.kind in ONE_OF | MANY_OF else f'请填写{label}'


def _rows(sheet: Sheet, field: Field, prefix: str) -> tuple[list[dict[str, Any]], Errors]:
    label, key = sheet.label(field), field.key
    raw = sheet.raw.get(key)
    if raw is not None and not (isinstance(raw, (list, tuple)) and all(isinstance(row, Mapping) for row in raw)):
        return [], {prefix + key: [f'{label}要填若干行，每行一组键和值']}
    rows, errors = [], {}
    least, most = int(field.rules.get('min', '1' if field.required else '0')), int(field.rules.get('max', MOST_ROWS))
    filled = [one for one in sheet.rows.get(key, []) if not blank(dict(one.raw))]
    if len(filled) < least:
        errors[prefix + key] = [field.rules.get('requiredMessage') or f'{label}至少要填{least}行，您填了{len(filled)}行']
    elif len(raw or ()) > most and len(filled) > most:
        errors[prefix + key] = [f'{label}最多填{most}行，您填了{len(filled)}行']
    else:
        for index, row in enumerate(filled):
            answer, found = _level(row, f'{prefix}{key}-{index}-')
            rows.append(answer)
            errors.update({at: [f'第{index + 1}行：{one}' for one in sentences] for at, sentences in found.items()})
    return rows, errors


def _rules(sheet: Sheet, field: Field) -> Iterator[Any]:
    """What marshmallow asks of a value once it could be read."""
    label = sheet.label(field)
    if field.kind in TEXT:
        yield from _text_rules(sheet, field, label)
    elif field.kind == 'number':
        yield _number_rule(sheet, field, label)
    elif field.kind in ('date', 'datetime'):
        yield _day_rule(sheet, field, label)
    elif field.kind == 'checkbox' and field.required:
        sentence = field.rules.get('requiredMessage') or f'请勾选“{label}”'
        yield marshmallow.validate.Equal(True, error=sentence)
    if field.refuse_message and field.refused:
        yield _refusal_rule(sheet, field)
    if other := field.rules.get('differs'):
        yield _difference_rule(sheet, field, other, label)


def _text_rules(sheet: Sheet, field: Field, label: str) -> Iterator[Any]:
    shortest, longest = sheet.limit(field, field.shortest), sheet.limit(field, field.longest)
    least = int(shortest) if shortest is not None else 0
    most = int(longest) if longest is not None else LONGEST[field.kind]

    def length(text: str) -> None:
        if least <= len(text) <= most:
            return
        wanted = f'要写{most}个字' if least == most else f'最多写{most}个字' if len(text) > most else f'至少写{least}个字'
        raise marshmallow.ValidationError(f'{label}{wanted}，您写了{len(text)}个')

    yield length
    if field.pattern:
        sentence = field.pattern_message or f'{label}要照提示的样子写，您填的是'
        yield lambda text: _match(compiled(field.pattern), text, sentence, quote=not field.pattern_message)
    if field.format == 'email':
        yield _whole(_EMAIL, f'{label}要写完整的邮箱地址，例如 bangong@example.cn，您填的是')
    elif field.format == 'phone':
        yield _whole(_PHONE, f'{label}要写11位手机号，或者区号加座机号，您填的是')


def _match(pattern: re.Pattern[str], text: str, sentence: str, quote: bool) -> None:
    if len(text) > MOST_MATCHED or not pattern.search(text):
        raise marshmallow.ValidationError(sentence + short(text) if quote else sentence)


def _whole(pattern: re.Pattern[str], sentence: str) -> Any:
    def rule(text: str) -> None:
        if len(text) > MOST_MATCHED or not pattern.fullmatch(text):
            raise marshmallow.ValidationError(sentence + short(text))
    return rule


def _number_rule(sheet: Sheet, field: Field, label: str) -> Any:
    low, high = (None if limit is None else Decimal(str(limit))
                 for limit in (sheet.limit(field, field.minimum), sheet.limit(field, field.maximum)))

    def rule(value: int | float) -> None:
        number = Decimal(str(value))
        places = max(0, -int(number.as_tuple().exponent))
        if low is not None and high is not None and not low <= number <= high:
            wanted = f'要在{_say(low)}到{_say(high)}之间'
        elif low is not None and number < low:
            wanted = f'不能小于{_say(low)}'
        elif high is not None and number > high:
            wanted = f'不能大于{_say(high)}'
        elif field.digits is not None and places > field.digits:
            wanted = f'最多{field.digits}位小数' if field.digits else '要填整数'
        else:
            return
        raise marshmallow.ValidationError(f'{label}{wanted}，您填的是{_say(number)}')
    return rule


def _say(number: Decimal) -> str:
    return f'{number.normalize():f}'


def _day_rule(sheet: Sheet, field: Field, label: str) -> Any:
    low, high = (as_text(sheet.limit(field, limit)) for limit in (field.minimum, field.maximum))
    if field.not_past and (today := sheet.functions.get('today')):
        low = max(low, as_text(today()))

    def rule(value: str) -> None:
        # A limit that is a day bounds the day of a moment, too.
        early = bool(low) and _before(value, low)
        late = bool(high) and _before(high, value)
        if not early and not late:
            return
        if low and high:
            wanted = f'要在{say_day(low)}到{say_day(high)}之间'
        else:
            wanted = f'不能早于{say_day(low)}' if early else f'不能晚于{say_day(high)}'
        raise marshmallow.ValidationError(f'{label}{wanted}，您填的是{say_day(value)}')
    return rule


def _before(one: str, other: str) -> bool:
    if len(one) > 10 and len(other) > 10:
        return datetime.fromisoformat(one) < datetime.fromisoformat(other)
    return one[:10] < other[:10]


def _refusal_rule(sheet: Sheet, field: Field) -> Any:
    def rule(value: Any) -> None:
        chosen = value if isinstance(value, list) else [value]
        if any(as_text(one) in field.refused for one in chosen) and (field.refuse_if is None or sheet.holds(field.refuse_if)):
            raise marshmallow.ValidationError(sheet.text(field.refuse_message))
    return rule


def _difference_rule(sheet: Sheet, field: Field, other: str, label: str) -> Any:
    def rule(value: Any) -> None:
        there = sheet.scope.get(other) if other == field.key else sheet.conditions.get(other)
        if not _several(there).isdisjoint(_several(value)):
            name = next((sheet.label(one) for one in sheet.holders() if one.key == other and one is not field), '原来的')
            raise marshmallow.ValidationError(field.rules.get('differsMessage') or f'{label}要和{name}不同，您填的是{short(value)}')
    return rule


def _several(value: Any) -> set[str]:
    parts = value if isinstance(value, (list, tuple)) else as_text(value).split(',')
    return {as_text(part).strip() for part in parts} - {''}
