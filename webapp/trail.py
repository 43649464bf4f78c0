"""How an event of the trail is told to a reader: a title, what changed to what, where on the drawing."""
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson
from flask_babel import gettext as _

from engine import history
from engine.decision import Decision
from engine.form.field import as_text
from engine.history import Event, Kind
from webapp import definition
from webapp.fact import Words

_BAD = {Kind.NOTICE_DECLINED, Kind.MATTER_WITHDRAWN, Kind.MATTER_CANCELLED, Kind.INCIDENT_OPENED, Kind.SESSION_REFUSED}
_CONSTANT = re.compile(r'("[^"]*"|-?[\d.]+|true|false|null)(\s*,\s*("[^"]*"|-?[\d.]+))*')
"""A cell that names the value that came, or several; others are shown beside it."""
_AUTOMATIC = {history.TIMER.name, history.SYSTEM.name}


class Change(NamedTuple):
    """One field of an event: its name and value, and the old value where there was one."""

    label: str
    new: str
    old: str | None = None


@dataclass(frozen=True)
class Line:
    """One event as a page draws it; `css` is 'auto' for what nobody did by hand, 'warn' for a refusal."""

    event: Event
    title: str
    css: str
    changes: list[Change]
    place: str


class _Told(NamedTuple):
    """One event with all that is needed to tell it: the step's `name`, the `form` that it was asked with."""

    event: Event
    data: Mapping[str, Any]
    name: str
    words: Words
    form: str | None


_Tale = tuple[str, list[Change], bool]           # title, changes, and whether it is a refusal


def lines(events: Iterable[Event], words: Words) -> list[Line]:
    """The events as a page draws them."""
    values = definition.params(words.bundle)
    return [_line(event, words, values) for event in events]


def _line(event: Event, words: Words, values: Mapping[str, Any]) -> Line:
    process = words.bundle.processes.get(event.process) if words.bundle and event.process else None
    element = process.elements.get(event.element) if process and event.element else None
    name = definition.named(event.name or (element.name if element else '') or '', values)
    told = _Told(event, orjson.loads(event.data), name, words, element.form if element else None)
    title, changes, bad = _TELLERS.get(event.kind, _plain)(told)
    title = definition.named(title, values)
    css = 'warn' if bad or event.kind in _BAD else 'auto' if event.actor in _AUTOMATIC else ''
    where = [process.name, name if name and name not in title else ''] if process else []
    return Line(event, title, css, changes, ' · '.join(filter(None, where)))


def _plain(told: _Told) -> _Tale:
    data, words = told.data, told.words
    changes = []
    if 'old' in data and 'new' in data and told.event.kind != Kind.PARAMETER_CHANGED:    # its title says both
        changes.append(Change(_('时间'), words.value('', data['new']), words.value('', data['old'])))
    if data.get('reason') and str(data['reason']) not in told.event.summary:
        changes.append(Change(_('理由'), str(data['reason'])))
    return told.event.summary or told.name or told.event.kind, changes + _stands_for(data), False


def _stands_for(data: Mapping[str, Any]) -> list[Change]:
    times = data.get('stands_for', 1)
    return [Change(_('代替'), _('%(n)s次', n=times))] if times > 1 else []


def _answered(told: _Told) -> _Tale:
    """A person's answer: the decision goes into the title, the rest below it."""
    title, changes, refused = told.name, [], False
    for key, value in (told.data.get('answer') or {}).items():
        asked = told.words.field(key, told.form)
        if asked and asked.acts:
            title, refused = f'{title}{_("：")}{told.words.value(key, value, told.form)}', as_text(value) in asked.refused
        elif value not in (None, '', [], {}):
            changes.append(Change(told.words.label(key, told.form), told.words.value(key, value, told.form)))
    return title, _of_unit(told) + changes, refused


def _opened(told: _Told) -> _Tale:
    due = told.data.get('due')
    changes = [Change(_('应办结于'), told.words.value('', due))] if due else []
    post = told.words.names.post(told.data.get('to')) or ''
    return _('交%(post)s办：%(name)s', post=post, name=told.name), changes, False


def _changed(told: _Told) -> _Tale:
    said = told.words.value
    changes = [Change(told.words.label(key), said(key, one['new']), said(key, one['old']))
               for key, one in told.data.items() if isinstance(one, dict) and 'new' in one and 'old' in one]
    usual = _('改变亮灯') if told.event.kind == Kind.LAMP_CHANGED else _('登记台账')
    return told.event.summary or usual, [*changes, *_rows(told.data, told), *_grounds(told.data)], False


def _decided(told: _Told) -> _Tale:
    needed = [change for step in told.data.get('needed') or () for change in _needed(step, told)]
    changes = [*needed, *_reasoned(told.data, told.data.get('values') or {}, told), *_grounds(told.data)]
    return _('查决策表：%(table)s', table=told.event.summary), changes, False


def _needed(step: Mapping[str, Any], told: _Told) -> list[Change]:
    """What a decision or knowledge model answered on the way."""
    return [*_reasoned(step, {step['name']: step['value']}, told), *_grounds(step)]


def _reasoned(data: Mapping[str, Any], values: Mapping[str, Any], told: _Told) -> list[Change]:
    """What was answered, and the rows that applied with the values that made them apply: one row in one line.

    Older events know only the answer.
    """
    decision = _decision(told)
    heads = {output.name: output.label for output in (decision.outputs if decision else ())}
    said = {_head(key, heads, told): told.words.value(key, value) for key, value in values.items()}
    rows = _rows(data, told)
    if len(rows) == 1:
        answer = _('，').join(_('%(label)s=%(value)s', label=label, value=value) for label, value in said.items())
        return [Change(rows[0].label, f'{rows[0].new} → {answer}')]
    return [*rows, *(Change(label, value) for label, value in said.items())]


def _rows(data: Mapping[str, Any], told: _Told) -> list[Change]:
    """The rows that applied, each with the values of the columns that its cells ask about."""
    inputs, keys, found = data.get('inputs') or {}, _keys(told), []
    for rule in data.get('rules') or ():
        said = [_('%(label)s=%(value)s', label=label, value=told.words.value(keys.get(label, ''), inputs[label]))
                + ('' if _CONSTANT.fullmatch(cell) else _('（%(cell)s）', cell=cell))
                for label, cell in (rule.get('cells') or {}).items() if label in inputs]
        if 'number' in rule:
            found.append(Change(_('第%(number)s行', number=rule['number']), _(' 且 ').join(said) or _('任何情况')))
    return found


def _keys(told: _Told) -> dict[str, str]:
    """What the columns of the version's table read, by their labels, so that values are said in its words."""
    decision = _decision(told)
    return {column.label: column.text for one in (decision.order if decision else ()) if one.table
            for column in one.table.inputs}


def _decision(told: _Told) -> Decision | None:
    """The decision of the event in the version that it ran on."""
    return told.words.bundle.tables.get(told.data.get('table', '')) if told.words.bundle else None


def _head(key: str, heads: Mapping[str, str], told: _Told) -> str:
    """What an output is called: our word for it, else the head of its column."""
    label = told.words.label(key)
    return heads.get(key, label) if label == key else label


def _grounds(data: Mapping[str, Any]) -> list[Change]:
    """The rows of a table that gave the answer: their notes, else their ids."""
    return [Change(_('依据'), rule.get('note') or rule.get('id', '')) for rule in data.get('rules') or ()]


def _timed(told: _Told) -> _Tale:
    verbs = {Kind.TIMER_ARMED: _('定时'), Kind.TIMER_MOVED: _('定时改期'), Kind.TIMER_FIRED: _('到时'),
             Kind.TIMER_DISARMED: _('定时取消')}
    data, said = told.data, told.words.value
    changes = []
    if data.get('new'):
        changes.append(Change(_('时间'), said('', data['new']), said('', data.get('old'))))
    elif data.get('due'):
        changes.append(Change(_('时间'), said('', data['due'])))
    return f'{verbs[told.event.kind]}{_("：")}{told.name}', changes + _stands_for(data), False


def _moved_task(told: _Told) -> _Tale:
    """A task that asks for something else since its matter is on another version."""
    data, words = told.data, told.words
    changes = [Change(words.label(key), words.value(key, one['new']), words.value(key, one['old']))
               for key, one in data.items() if key == 'due_at']
    post = [data[key] for key in ('unit', 'post') if key in data]
    if post:
        changes.append(Change(_('办理人'), ' '.join(one['new'] for one in post), ' '.join(one['old'] for one in post)))
    if data.get('draft_lost'):
        changes.append(Change(_('草稿里新表单没有的'), _('、').join(data['draft_lost'])))
    return _('待办按新版改：%(name)s', name=told.name), changes, False


def _migrated(told: _Told) -> _Tale:
    data = told.data
    said = [(_('元素对应'), [f'{old} → {new}' for old, new in (data.get('mapped') or {}).items()]),
            (_('不再等'), data.get('gone')), (_('新开始等'), data.get('added'))]
    return told.event.summary, [Change(label, _('、').join(values)) for label, values in said if values], False


def _flowed(told: _Told) -> _Tale:
    verbs = {Kind.NODE_ENTERED: _('走到'), Kind.NODE_PASSED: _('走过'), Kind.NODE_CANCELLED: _('停下')}
    return f'{verbs[told.event.kind]}{_("：")}{told.name or _("汇合处")}', _of_unit(told) + _stands_for(told.data), False


def _of_unit(told: _Told) -> list[Change]:
    """Which co-unit's share it is about."""
    unit = (told.data.get('token') or {}).get('unit')
    return [Change(_('协办单位'), told.words.names.unit(unit) or '')] if unit else []


def _spoken(told: _Told) -> _Tale:
    if 'signal' in told.data:
        verbs = {Kind.MESSAGE_SENT: _('发出信号'), Kind.MESSAGE_CAUGHT: _('收到信号'),
                 Kind.MESSAGE_UNHEARD: _('信号没有流程在等')}
    else:
        verbs = {Kind.MESSAGE_SENT: _('发出消息'), Kind.MESSAGE_CAUGHT: _('收到消息'),
                 Kind.MESSAGE_UNHEARD: _('消息没有流程在等')}
    return f'{verbs[told.event.kind]}{_("：")}{told.name or told.event.summary}', [], False


def _reminded(told: _Told) -> _Tale:
    post = told.words.names.post(told.data.get('to')) or ''
    return _('提醒%(post)s', post=post), [Change('', told.event.summary), *_stands_for(told.data)], False


def _beside(told: _Told) -> _Tale:
    """What was done beside the flow: to whom it was shown, who was told, what was said with it."""
    data, post = told.data, told.words.names.post
    said = [(_('抄送给'), post(','.join(data.get('copied') or ()))), (_('催'), post(data.get('to'))),
            (_('告诉'), post(','.join(data.get('told') or ()))), (_('附言'), data.get('note')),
            (_('指纹'), data.get('fingerprint'))]
    return told.event.summary, [Change(label, value) for label, value in said if value], False


_TELLERS: dict[str, Callable[[_Told], _Tale]] = {
    Kind.TASK_COMPLETED: _answered, Kind.TASK_OPENED: _opened, Kind.FACT_CHANGED: _changed,
    Kind.LAMP_CHANGED: _changed, Kind.DECISION_MADE: _decided, Kind.REMINDER_SENT: _reminded,
    Kind.TASK_MOVED: _moved_task, Kind.MATTER_MIGRATED: _migrated, Kind.VARIABLE_CHANGED: _changed,
    **dict.fromkeys((Kind.TIMER_ARMED, Kind.TIMER_MOVED, Kind.TIMER_FIRED, Kind.TIMER_DISARMED), _timed),
    **dict.fromkeys((Kind.NODE_ENTERED, Kind.NODE_PASSED, Kind.NODE_CANCELLED), _flowed),
    **dict.fromkeys((Kind.COPY_SENT, Kind.TASK_URGED, Kind.COMMENT_WRITTEN, Kind.FILE_ATTACHED), _beside),
    **dict.fromkeys((Kind.MESSAGE_SENT, Kind.MESSAGE_CAUGHT, Kind.MESSAGE_UNHEARD), _spoken)}
