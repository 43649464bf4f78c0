"""What can be refused, and how it is said. A message is a Chinese sentence that names the thing and what to do."""
from collections.abc import Iterable
from datetime import date

_WEEKDAYS = '一二三四五六日'


class Said(str):
    """A text in Chinese that can be said again in another language: a template with ``{name}`` places and its values.

    It is the Chinese text wherever a text is wanted; what is made of it (joined, cut, stored) is Chinese for good.
    """

    template: str
    values: dict[str, object]


class Listed(str):
    """Several texts as one, with a sign between them; each of them, and the sign, can be said again likewise."""

    parts: tuple[str, ...]
    sign: str


class Twin(str):
    """A sentence in Chinese that is written in English, too."""

    en: str


class Dated(str):
    """A day in Chinese, 2020年9月30日, that can be said again likewise; with its weekday or without."""

    day: date
    weekday: bool


def dated(day: date, weekday: bool = False) -> Dated:
    """The day, with its weekday if that is wanted."""
    text = Dated(f'{day.year}年{day.month}月{day.day}日' + (f' 周{_WEEKDAYS[day.weekday()]}' if weekday else ''))
    text.day, text.weekday = day, weekday
    return text


def said(template: str, /, **values: object) -> Said:
    """The template filled in; it is also the key under which its translation is found."""
    text = Said(template.format(**values) if values else template)
    text.template, text.values = template, values
    return text


def listed(parts: Iterable[str], sign: str = '、') -> Listed:
    """The parts with the sign between them."""
    found = tuple(parts)
    text = Listed(sign.join(found))
    text.parts, text.sign = found, sign
    return text


def twin(zh: str, en: str) -> Twin:
    """The Chinese sentence with its English."""
    text = Twin(zh)
    text.en = en
    return text


class Refused(Exception):
    """The request cannot be carried out as asked; nothing was changed.

    ``message`` is a Chinese template with ``{name}`` places and serves as the translation key; ``values`` fill it.
    """

    def __init__(self, message: str, **values: object) -> None:
        if isinstance(message, Said) and not values:
            message, values = message.template, message.values
        super().__init__(message)
        self.message, self.values = message, values

    @property
    def said(self) -> Said:
        """The sentence, to be handed on within another."""
        return said(self.message, **self.values)

    def __str__(self) -> str:
        return self.message.format(**self.values) if self.values else self.message


class Invalid(Refused):
    """A form was filled in wrongly. ``fields`` maps a field's key to the sentences that say how to put it right."""

    def __init__(self, fields: dict[str, list[str]]) -> None:
        super().__init__('还有{count}处要修改：{text}', count=len(fields),
                         text=listed((sentence for found in fields.values() for sentence in found), '；'))
        self.fields = fields


class NotFound(Refused):
    """There is no such thing, or it is not shown to this post."""


class Forbidden(Refused):
    """This post may not do this."""


class Conflict(Refused):
    """Somebody else was faster; look again before trying again."""

    def __init__(self, message: str = said('刚刚已经有人办了这一步，请刷新后再看。'), **values: object) -> None:
        super().__init__(message, **values)


class Undeployable(Refused):
    """The gate found something that would not run as drawn. ``findings`` lists every place."""

    def __init__(self, findings: list) -> None:
        super().__init__('有{count}处必须修改，没有发布：{text}', count=len(findings),
                         text=listed((twin(finding.zh, finding.en) for finding in findings[:5]), '；'))
        self.findings = findings


def worded(value: object) -> str:
    """A value as a sentence shows it to people: texts in “…”, 是, 否 and 空 for true, false and nothing; lists and
    named values likewise."""
    if value is None or isinstance(value, bool):
        return said('空') if value is None else said('是') if value else said('否')
    if isinstance(value, str):
        return f'“{value}”'
    if isinstance(value, dict):
        named = (said('{name}：{value}', name=name, value=worded(one)) for name, one in value.items())
        return said('{{{parts}}}', parts=listed(named, '，'))
    if isinstance(value, (list, tuple, set, frozenset)):
        return said('[{parts}]', parts=listed(map(worded, value)))
    return str(value)


class Broken(Exception):
    """A diagram, table or action failed while it ran; the step is undone and becomes an incident.

    The attributes are what the operator needs: the element, the expression, the values it read, and what to do. ``cause``
    and ``advice`` can be said again in another language.
    """

    def __init__(self, cause: str, *, element: str | None = None, name: str | None = None, expression: str | None = None,
                 values: dict | None = None, advice: str = '') -> None:
        super().__init__(cause)
        self.element, self.name, self.expression, self.values = element, name, expression, values or {}
        self.cause, self.advice = (text if isinstance(text, Said) or not text else said(text)
                                   for text in (cause, advice))


def reason(error: Exception) -> str:
    """Why something failed, to be handed on within another sentence: of ours what can be said again."""
    if isinstance(error, Refused):
        return error.said
    if isinstance(error, Broken):
        return error.cause
    first = error.args[0] if error.args else None
    return first if isinstance(first, Said) else str(error)


class Thrown(Exception):
    """An action or script lets a BPMN error or escalation happen; an event of the diagram may catch it.

    ``kind`` is ``error`` or ``escalation``, ``code`` what a catching event names; ``values`` are written before it is caught.
    """

    def __init__(self, code: str, kind: str = 'error', values: dict | None = None) -> None:
        super().__init__(code)
        self.code, self.kind, self.values = code, kind, values or {}


class Failed(Refused):
    """The step could not be carried out because a diagram is broken; it was undone and became an incident."""

    def __init__(self, incident_id: int, cause: str) -> None:
        super().__init__('流程走不下去了，什么都没有改动。运维人员会处理，故障号 {incident}：{cause}',
                         incident=incident_id, cause=cause)
        self.incident_id = incident_id
