"""What is answered in a replay: what history answered; where history says nothing, what is usual, and a note of it."""
from collections.abc import Mapping
from typing import Any, NamedTuple

from engine.backtest.past import Asked
from engine.errors import Invalid, Refused, listed, said
from engine.form import Form
from engine.form.field import as_text
from engine.form.sheet import Sheet
from engine.instance import TaskView

_TRIES = 10
_USUAL = said('假定隔1个工作日照例办')


class Note(NamedTuple):
    """What cannot be known for certain about one step, and what was assumed. ``kind`` is one of `KINDS`."""

    kind: str
    element: str
    name: str
    said: str


KINDS = {
    'unasked': said('旧规则没有这一步'), 'unreached': said('旧规则里没有走到这一步'), 'field': said('旧表单没有这一项'),
    'refused': said('历史上的填法新规则不接受'), 'gone': said('新规则没有这一步'), 'unused': said('新规则里没有走到这一步'),
    'moved': said('办理的时间变了'), 'left': said('历史上没有人办'), 'broken': said('新规则在这里出错')}
"""The kinds of notes, as headings."""


def known(asked: Asked, form: Form | None) -> bool:
    """Whether the form still asks exactly what was asked then."""
    return form is None or asked.fields == form.fields.keys()


def filled(view: TaskView, asked: Asked | None) -> tuple[dict[str, Any], list[Note]]:
    """An answer that the form accepts, as much of it as possible from history, and what was assumed.

    :raises Refused: there is none.
    """
    form: Form | None = view.form
    if form is None:
        return dict(asked.answer or {}) if asked else {}, []
    told = {key: value for key, value in (asked.answer or {}).items()
            if key in form.fields and value is not None} if asked else {}
    answer, dropped = _accepted(form, view, told)
    return answer, [*_dropped(view, asked, dropped), *_new(view, asked, answer)] if asked else []


def usual(view: TaskView, answer: Mapping[str, Any]) -> str:
    """An answer in words, for the note about a step of which history knows nothing."""
    if view.form is None:
        return _USUAL
    sheet = Sheet(view.form.components, answer, view.scope, view.functions)
    fields = view.form.fields
    said = [f'{sheet.label(fields[key])}：{_value(sheet, view.form, key, value)}' for key, value in answer.items()
            if key in fields and value not in (None, '', [], {})]
    return _USUAL + (f'：{"，".join(said)}' if said else '')


def _accepted(form: Form, view: TaskView, told: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """The answer, and the fields of history that the form does not accept any more, each with why."""
    dropped: dict[str, str] = {}
    for _ in range(_TRIES):
        try:
            answer = form.sample(view.scope, view.functions, None, told)
        except Refused:
            wrong = _wrong(form, view, told) or dict.fromkeys(told, '')
        else:
            return answer, dropped
        if not wrong:
            break
        dropped |= wrong
        told = {key: value for key, value in told.items() if key not in wrong}
    return form.sample(view.scope, view.functions, None, told), dropped


def _wrong(form: Form, view: TaskView, told: Mapping[str, Any]) -> dict[str, str]:
    """Which of these fields the form refuses, each with its sentence."""
    try:
        form.check(told, view.scope, view.functions)
    except Invalid as refusal:
        return {key.split('-')[0]: listed(found, '；') for key, found in refusal.fields.items() if key.split('-')[0] in told}
    return {}


def _dropped(view: TaskView, asked: Asked, dropped: Mapping[str, str]) -> list[Note]:
    sheet = Sheet(view.form.components, asked.answer or {}, view.scope, view.functions)
    return [Note('refused', asked.element, asked.name,
                 said('“{label}”改照例填：{why}', label=sheet.label(view.form.fields[key]), why=why))
            for key, why in dropped.items()]


def _new(view: TaskView, asked: Asked, answer: Mapping[str, Any]) -> list[Note]:
    """The fields that the form of then did not have and that this one shows."""
    sheet = Sheet(view.form.components, answer, view.scope, view.functions)
    fresh = [field for field in sheet.holders if field.key not in asked.fields and sheet.shown(field)
             and field.kind != 'expression']
    return [Note('field', asked.element, asked.name,
                 said('“{label}”假定填：{value}', label=sheet.label(field),
                      value=_value(sheet, view.form, field.key, answer.get(field.key))))
            for field in fresh]


def _value(sheet: Sheet, form: Form, key: str, value: Any) -> str:
    field = form.fields[key]
    if value in (None, '', [], {}):
        return said('空着')
    if isinstance(value, bool):
        return said('是') if value else said('否')
    labels = {as_text(one.value): one.label for one in sheet.options(field)} if not isinstance(value, dict) else {}
    several = value if isinstance(value, list) else [value]
    return listed(labels.get(as_text(one), as_text(one)) for one in several if not isinstance(one, dict)) or said('照例')
