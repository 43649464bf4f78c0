"""Whether what was filled in may be accepted: nothing is that the form does not ask for at this moment."""
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import marshmallow

from engine.errors import Invalid, said
from engine.form.field import MANY_OF, ONE_OF, Field, as_text
from engine.form.rule import rules
from engine.form.sheet import Sheet
from engine.form.values import Unfit, blank, short

MOST_CHARACTERS = 200_000
MOST_VALUES = 5_000
DEEPEST = 4

Errors = dict[str, list[str]]


def guard(submitted: Any) -> None:
    """Refuses at once what no form could ask for: no object, far too much, far too deep."""
    if not isinstance(submitted, Mapping) or not all(isinstance(key, str) for key in submitted):
        raise Invalid({'': [said('要提交一张表：每一项的键和值')]})
    written: dict[str, int] = {}
    stack = [(key, value, 0) for key, value in submitted.items()]
    count = 0
    while stack:
        key, value, depth = stack.pop()
        count += 1
        if isinstance(value, str):
            written[key] = written.get(key, 0) + len(value)
        elif isinstance(value, (list, tuple, Mapping)):
            inner = value.values() if isinstance(value, Mapping) else value
            stack.extend((key, one, depth + 1) for one in inner)
        if count + len(stack) > MOST_VALUES or depth > DEEPEST:
            raise Invalid({short(key): [said('请少填一些：一次最多提交{most}项，最多套{deepest}层', most=MOST_VALUES,
                                             deepest=DEEPEST)]})
    total = sum(written.values())
    if total > MOST_CHARACTERS:
        longest = max(written, key=lambda key: written[key])
        raise Invalid({short(longest): [said('请写短一些：整张表最多{most:,}个字，您填了{total:,}个',
                                             most=MOST_CHARACTERS, total=total)]})


def checked(sheet: Sheet) -> dict[str, Any]:
    """The answer in the form's order. Raises ``Invalid`` with a sentence for each field that is not right."""
    answer, errors = _level(sheet, '')
    if errors:
        order = {field.key: place for place, field in enumerate(sheet.holders)}
        place = {key: order.get(key.split('-')[0], len(order)) for key in errors}
        raise Invalid({key: errors[key] for key in sorted(errors, key=lambda key: place[key])})
    return answer


def _level(sheet: Sheet, prefix: str) -> tuple[dict[str, Any], Errors]:
    """Answers and errors of the form itself, or of one row; ``prefix`` makes keys as the page has them."""
    errors = {prefix + key: [sentence] for key, sentence in _uninvited(sheet)}
    open_ = [field for field in sheet.holders if sheet.shown(field) and field.id not in sheet.fixed]
    asked = [field for field in open_ if field.kind not in ('expression', 'dynamiclist')]
    loaded, found = _loaded(sheet, asked)
    errors |= {prefix + key: sentences for key, sentences in found.items()}
    answer: dict[str, Any] = {}
    for field in open_:
        if field.kind == 'dynamiclist':
            answer[field.key], found = _rows(sheet, field, prefix)
            errors |= found
        else:
            computed = field.kind == 'expression'
            answer[field.key] = sheet.answers[field.key] if computed else loaded.get(field.key)
    return answer, errors


def _uninvited(sheet: Sheet) -> Iterator[tuple[str, str]]:
    """Sentences for what is filled in where nothing may be: fields unknown, fixed, or not there now."""
    known = {field.key: field for field in sheet.holders}
    for key, raw in sheet.raw.items():
        field = known.get(key)
        if field is None:
            yield short(key), said('这张表里没有“{key}”这一项，请去掉后再提交', key=short(key))
        elif field.kind == 'expression' or field.id in sheet.fixed:
            yield key, said('{label}在这里不能改，请不要提交这一项', label=sheet.label(field))
        elif not (sheet.shown(field) or blank(raw) or sheet.untouched(field) or _hidden_by_the_button(sheet, field)):
            yield key, said('这时不用填{label}，请留空后再提交', label=sheet.label(field))


def _hidden_by_the_button(sheet: Sheet, field: Field) -> bool:
    """Whether the field was there until the button was pressed: then nobody could have left it empty."""
    acting = next((one.key for one in sheet.holders if one.acts), None)
    if acting is None or sheet.answers.get(acting) is None:
        return False
    return Sheet(sheet.fields, {**sheet.raw, acting: None}, sheet.scope, sheet.functions).shown(field)


class Answer(marshmallow.fields.Field[Any]):
    """The answer to one field of a sheet: read by its kind, then held to its rules; an empty one is told what is missing."""

    def __init__(self, field: Field) -> None:
        super().__init__()
        self.field, self.rules = field, tuple(rules(field))

    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any) -> Any:
        sheet, field = value, self.field
        # A browser posts nothing for a box that is not ticked; one that must be is told so by its rule.
        if blank(sheet.raw.get(field.key)) and not (field.kind == 'checkbox' and field.required):
            missing = _missing(sheet, field)
            if missing:
                raise marshmallow.ValidationError(missing)
            return _nothing(field)
        try:
            read = sheet.read(field)
        except Unfit as unfit:
            raise marshmallow.ValidationError(
                said('{label}{wrong}', label=sheet.label(field), wrong=unfit.sentence)) from None
        found: list[str] = []
        for rule in self.rules:
            try:
                rule(sheet, field, read)
            except marshmallow.ValidationError as error:
                found += error.messages
        if found:
            raise marshmallow.ValidationError(found)
        return read


def _nothing(field: Field) -> Any:
    """The answer where nothing was filled in."""
    if field.kind in MANY_OF:
        return '' if field.joined else []
    return False if field.kind == 'checkbox' else None


_answer = lru_cache(maxsize=4_096)(Answer)


def _loaded(sheet: Sheet, asked: list[Field]) -> tuple[dict[str, Any], Errors]:
    answers: dict[str, Any] = {}
    errors: Errors = {}
    for field in asked:
        try:
            answers[field.key] = _answer(field).deserialize(sheet)
        except marshmallow.ValidationError as refused:
            errors[field.key] = refused.messages
    return answers, errors


def _missing(sheet: Sheet, field: Field) -> str | None:
    """The sentence for an empty field, None when it may be empty: a choice may need it."""
    for one in _asking(sheet.holders).get(field.key, ()):
        chosen = sheet.answers.get(one.key)
        if sheet.shown(one) and as_text(chosen) in one.refused:
            button = next((option.label for option in sheet.options(one) if option.value == chosen), '')
            return said('选“{button}”时，请写明{label}', button=button, label=sheet.label(field))
    if not field.required or field.kind == 'checkbox':
        return None
    if field.rules.get('requiredMessage'):
        return field.rules['requiredMessage']
    label = sheet.label(field)
    if label.endswith(('？', '?')):
        return said('请回答“{label}”', label=label)
    return said('请选择{label}', label=label) if field.kind in ONE_OF | MANY_OF else said('请填写{label}', label=label)


@lru_cache(maxsize=512)
def _asking(holders: tuple[Field, ...]) -> Mapping[str, list[Field]]:
    """By key, the choices that need an answer to this field."""
    found: dict[str, list[Field]] = {}
    for one in holders:
        found.setdefault(one.rules.get('needs', ''), []).append(one)
    return found


def _rows(sheet: Sheet, field: Field, prefix: str) -> tuple[list[dict[str, Any]], Errors]:
    label, raw = sheet.label(field), sheet.raw.get(field.key)
    rows = raw if isinstance(raw, (list, tuple)) else [raw] if raw else []
    if not all(isinstance(row, Mapping) for row in rows):
        return [], {prefix + field.key: [said('{label}要填若干行，每行一组键和值', label=label)]}
    filled = [row for row in sheet.rows.get(field.key, ()) if not blank(dict(row.raw))]
    least, most = field.row_limits
    if not least <= len(filled) <= most:
        wanted = said('至少要填{least}行', least=least) if len(filled) < least else said('最多填{most}行', most=most)
        sentence = said('{label}{wanted}，您填了{count}行', label=label, wanted=wanted,
                        count=sum(not blank(dict(row)) for row in rows))
        return [], {prefix + field.key: [not filled and field.rules.get('requiredMessage') or sentence]}
    answers, errors = [], {}
    for index, row in enumerate(filled):
        answer, found = _level(row, f'{prefix}{field.key}-{index}-')
        answers.append(answer)
        errors |= {key: [said('第{row}行：{text}', row=index + 1, text=one) for one in sentences]
                   for key, sentences in found.items()}
    return answers, errors
