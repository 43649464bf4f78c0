"""A form on a page: drawn to be filled in, or told as what was filled in."""
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from flask import render_template, request
from flask_babel import gettext as _
from flask_login import current_user

from engine import attachment, directory, upload
from engine.assignment import Offer
from engine.form import PAGE, Choice, Drawn, Page, summary
from engine.instance import TaskView
from webapp import drafting, phrase, say
from webapp.db import db


def draw(view: TaskView, answer: Mapping[str, Any] | None, wrong: Mapping[str, list[str]] | None = None, *,
         saved_at: datetime | None = None, drafts: str = 'auto', heading: str = '', offer: Offer | None = None) -> str:
    """The page of a form: narrow with its question for an approval, else with the matter's facts beside it.

    `wrong` are the sentences of a refusal by field, under `heading`; `drafts` says how one can be kept: by
    the script and a button ('auto'), by a button alone ('button'), or not at all (''); `offer` what can be done besides.
    """
    drawn = view.form.fields_for(answer, view.scope, view.functions, wrong) if view.form else []
    page = view.form.page(view.scope, view.functions) if view.form else None
    if page and page.layout == 'approval':
        _offer_phrases(drawn)
    files = _offer_files(view, drawn)
    lines = summary(drawn, wrong) if wrong else []
    kept = _('，内容已存为草稿') if saved_at else ''
    context = {'page': page, 'title': title(view, page), 'drawn': drawn, 'task': view.task, 'matter': view.matter,
               'refused': lines, 'heading': heading or _('还有%(n)s处要修改', n=len(lines)) + kept, 'saved_at': saved_at,
               'action': request.path, 'drafts': drafts, 'names': names(), 'still': view.still,
               'offer': offer, 'saves': page is not None, 'files': files, 'left_over': _left_over(view, answer),
               'signs': drafting.signs(view)}
    if page is None:
        return render_template('usertask/plain.html', **context)
    name = 'approval' if page.layout == 'approval' else 'form'
    return render_template(f'usertask/{name}.html', **context)


def _left_over(view: TaskView, answer: Mapping[str, Any] | None) -> list[str]:
    """What was typed into fields that the form has no more, since the process went over to another version."""
    known = view.form.fields if view.form else {}
    return [_('、').join(_typed(value)) for key, value in (answer or {}).items()
            if key not in known and not key.startswith(phrase.CHOSEN) and any(_typed(value))]


def _typed(value: Any) -> list[str]:
    """The words in a value, be it a text, several, or the rows of a list."""
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else None
    return [str(value or '').strip()] if parts is None else [word for part in parts for word in _typed(part) if word]


def title(view: TaskView, page: Page | None) -> str:
    """What heads the page of a step: the question that its form asks, else the step's own name, for several may share a
    form; before there is a step, the form's."""
    if view.task is None or page is not None and view.form.asks:
        return page.question if page else ''
    return view.task.name


def _offer_phrases(drawn: Iterable[Drawn]) -> None:
    """Beside each opinion, the words that this account likes to use."""
    offered = [Choice(one.text, one.text, '', False, False) for one in phrase.of_mine()]
    for one in (each for top in drawn for each in top.walk() if each.kind == 'textarea'):
        one.options = offered


def _offer_files(view: TaskView, drawn: Iterable[Drawn]) -> bool:
    """Whether files can be chosen in the form: it asks for some, and there is a matter beside which they go."""
    asked = [each for top in drawn for each in top.walk() if each.kind == 'files']
    if not asked or view.task is None or view.matter is None:
        return False
    there = [row for row in attachment.of(db.session, view.matter.id)
             if row.task_id == view.task.id and row.withdrawn_at is None]
    for one in asked:
        one.attributes = {'accept': upload.accept(upload.ATTACHMENTS)}
        one.value = _('、').join(row.name for row in there if row.field == one.id)
    return True


def collected(view: TaskView) -> dict[str, Any]:
    """What was filled in. An opinion that was left empty is the phrase that was chosen beside it."""
    if view.form is None:
        return {}
    beside = {name for name in request.form if name.startswith(phrase.CHOSEN)}
    answer = view.form.collect(request.form, PAGE | beside)
    for name in beside:
        key = name.removeprefix(phrase.CHOSEN)
        field = view.form.fields.get(key)
        if field and field.kind == 'textarea' and not str(answer.get(key) or '').strip():
            answer[key] = request.form[name]
    return answer


def names() -> directory.Names:
    """What the reader's government calls its units and posts."""
    return directory.names(db.session, current_user.tenant.id)


def said(view: TaskView, answer: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """An answer in words: label and value of each field that was filled in."""
    if not view.form or not answer:
        return []
    drawn = view.form.told(answer, view.scope, view.functions)
    return [pair for one in drawn for each in one.walk() if (pair := _pair(each)) and pair[1]]


def texts(drawn: Iterable[Drawn]) -> set[str]:
    """What the words of a form say by themselves, each as `squeezed`."""
    spoken = (each.blocks for one in drawn for each in one.walk() if each.visible)
    return {squeezed(''.join(span.text for block in blocks for line in block.lines for span in line)) for blocks in spoken}


def squeezed(text: str) -> str:
    """A text without its blanks and the signs of a list, to tell whether two say the same."""
    return ''.join(''.join(line.strip().removeprefix('- ').split()) for line in text.splitlines())


def decided(view: TaskView, answer: Mapping[str, Any]) -> str:
    """The word on the button with which a form was sent that offers several: 退回修改; '' where it has only one."""
    if not view.form or not any(one.acts for one in view.form.fields.values()):
        return ''
    buttons = [one for one in view.form.told(answer, view.scope, view.functions) if one.kind == 'actions']
    return _('、').join(option.label for one in buttons for option in one.options if option.selected)


def _pair(one: Drawn) -> tuple[str, str] | None:
    if not one.key or one.kind == 'rows' or not one.visible:
        return None
    if one.kind == 'checkbox':
        return one.label, _('是') if one.options[0].selected else ''
    if one.options:
        return one.label, _('、').join(option.label for option in one.options if option.selected)
    if one.value and one.attributes.get('type') == 'date':
        return one.label, say.say_long(one.value)
    return one.label, f'{one.prefix}{one.value}{one.suffix}' if one.value else ''
