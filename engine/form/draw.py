"""A form as a page draws it: plain objects with everything decided; the template only writes them down."""
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.errors import listed, said
from engine.form.condition import followed
from engine.form.field import ASKED, CHOICE, DRAWN, MANY_OF, MOMENT, ONE_OF, Field, as_text
from engine.form.sheet import Sheet
from engine.form.text import Block, Span, blocks, spans
from engine.form.values import blank, redisplay, say_day

_TYPES = {'email': 'email', 'phone': 'tel'}


@dataclass(frozen=True)
class Choice:
    """One option. ``refuses``: choosing it says no."""

    value: str
    label: str
    hint: str
    selected: bool
    refuses: bool


@dataclass
class Drawn:
    """One thing on the page.

    ``kind``: ``input``, ``textarea``, ``select``, ``radio``, ``checks``, ``checkbox``, ``actions`` take an
    answer; ``fixed`` shows one; ``rows`` is a list with a ``row`` for each entry; ``group``, ``panel``,
    ``next`` and ``cell`` hold others; ``words``, ``facts``, ``table``, ``rule``, ``space`` only say
    something; ``files`` asks for files, which are no part of the answer. ``key`` is the id and the posted name. ``visible`` is false where a condition hides it now;
    ``disabled`` is true also for what stands in such a one, so that nothing is posted from there.
    ``condition`` is JSON for the script, '' when it cannot follow.
    """

    kind: str
    id: str
    key: str = ''
    label: str = ''
    hint: str = ''
    optional: bool = False
    required: bool = False
    value: str = ''
    options: list[Choice] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)
    height: int = 4
    prefix: str = ''
    suffix: str = ''
    short: bool = False
    visible: bool = True
    disabled: bool = False
    condition: str = ''
    children: list['Drawn'] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    facts: list[tuple[str, list[Span]]] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    cells: list[list[str]] = field(default_factory=list)

    def walk(self) -> Iterator['Drawn']:
        """This and everything in it."""
        yield self
        for child in self.children:
            yield from child.walk()


class Drawing:
    """Draws the fields of a sheet."""

    def __init__(self, sheet: Sheet, errors: Mapping[str, list[str]], layout: str,
                 kinds: frozenset[str] = DRAWN) -> None:
        self.sheet, self.errors, self.layout, self.kinds = sheet, errors, layout, kinds
        self.asked = {one.key for one in sheet.holders}
        self.needed = {one.rules.get('needs') for one in sheet.holders}

    def top(self) -> list[Drawn]:
        """The form from top to bottom, the buttons last; in an approval, everything in panels."""
        approval = self.layout == 'approval'
        drawn = self._several(self.sheet, self.sheet.fields, '')
        buttons = [one for top in drawn for one in top.walk() if one.kind == 'actions']
        for one in [each for top in drawn for each in top.walk()]:
            one.children = [child for child in one.children if child.kind != 'actions']
        drawn = [one for one in drawn if one.kind != 'actions']
        return [*(_in_panels(drawn) if approval else drawn), *buttons]

    def _several(self, sheet: Sheet, fields: Iterable[Field], prefix: str) -> list[Drawn]:
        return [one for one in (self._place(sheet, each, prefix) for each in fields) if one is not None]

    def _place(self, sheet: Sheet, one: Field, prefix: str) -> Drawn | None:
        """The drawn field, hidden when it may still appear; None when it is not for this page at all."""
        may_change = one.hide is not None and bool(one.hide.names & self.asked)
        if one.kind not in self.kinds or (one.id in sheet.folded and not may_change):
            return None
        drawn = self._draw(sheet, one, prefix)
        if one.hide is not None and may_change:
            condition = followed(one.hide, self.asked, sheet.conditions)
            drawn.condition = json.dumps(condition, ensure_ascii=False) if condition else ''
        # A field with an error is shown even where it should not be: somebody has to empty it.
        drawn.visible = one.id not in sheet.folded or bool(drawn.errors)
        drawn.disabled = not sheet.shown(one) and not drawn.errors
        return drawn

    def _draw(self, sheet: Sheet, one: Field, prefix: str) -> Drawn:
        if one.id in sheet.fixed:
            return Drawn('fixed', one.id, label=sheet.label(one), hint=sheet.text(one.hint),
                         value=_spoken(sheet, one))
        if one.kind == 'dynamiclist':
            return self._rows(sheet, one, prefix)
        if one.kind in ASKED:
            return self._control(sheet, one, prefix)
        if one.kind == 'group':
            return self._group(sheet, one, prefix)
        if one.kind == 'table':
            return _table(sheet, one)
        if one.kind == 'text':
            return self._words(sheet, one)
        if one.kind == 'filepicker':
            return Drawn('files', one.id, label=sheet.label(one), hint=sheet.text(one.hint))
        return Drawn('rule' if one.kind == 'separator' else 'space', one.id)

    def _words(self, sheet: Sheet, one: Field) -> Drawn:
        if one.rules.get('render') == 'facts':
            return Drawn('facts', one.id, facts=list(_facts(sheet, one)))
        said = [block for line in one.lines for block in blocks(sheet.text(line))]
        return Drawn('words', one.id, blocks=said)

    def _group(self, sheet: Sheet, one: Field, prefix: str) -> Drawn:
        # Only the outermost groups of an approval are panels.
        top, self.layout = self.layout == 'approval', ''
        drawn = Drawn('panel' if top else 'group', one.id, label=sheet.text(one.label),
                      children=self._several(sheet, one.children, prefix))
        self.layout = 'approval' if top else ''
        if one.rules.get('render') == 'next':
            drawn.kind = 'next'
            for child in drawn.children:
                child.kind = 'cell'
        return drawn

    def _rows(self, sheet: Sheet, one: Field, prefix: str) -> Drawn:
        """The rows that are filled in, and an empty one to go on with."""
        rows = [row for row in sheet.rows.get(one.key, ()) if not blank(dict(row.raw))]
        least, most = one.row_limits
        drawn = Drawn('rows', one.id, one.key, sheet.label(one), sheet.text(one.hint), optional=not least,
                      errors=self.errors.get(one.key, []))
        if len(rows) < most:
            rows.append(Sheet(one.children, {}, sheet.scope, sheet.functions, sheet))
        for index, row in enumerate(rows):
            inner = Drawing(row, self.errors, '')
            inner.asked |= self.asked
            children = inner._several(row, one.children, f'{one.key}-{index}-')
            drawn.children.append(Drawn('row', f'{one.id}-{index}', children=children))
        return drawn

    def _control(self, sheet: Sheet, one: Field, prefix: str) -> Drawn:
        raw = sheet.raw.get(one.key)
        drawn = Drawn(_control_kind(one), one.id, prefix + one.key, sheet.label(one), sheet.text(one.hint),
                      required=one.required, errors=self.errors.get(prefix + one.key, []), height=one.height,
                      prefix=one.prefix, suffix=one.suffix, attributes=dict(_attributes(sheet, one)),
                      short=one.kind in ('number', 'date', 'time'))
        drawn.optional = not one.required and one.kind != 'checkbox' and one.key not in self.needed
        if one.kind in CHOICE:
            drawn.options = list(_choices(sheet, one, raw))
        elif one.kind == 'checkbox':
            drawn.options = [Choice('true', drawn.label, '', sheet.ticked(one), False)]
        else:
            drawn.value = redisplay(one, raw)
        return drawn


def _control_kind(one: Field) -> str:
    if one.kind in CHOICE:
        single = 'select' if one.kind == 'select' else 'actions' if one.acts else 'radio'
        return single if one.kind in ONE_OF else 'checks'
    return one.kind if one.kind in ('textarea', 'checkbox') else 'input'


def _choices(sheet: Sheet, one: Field, raw: Any) -> Iterator[Choice]:
    if one.kind in MANY_OF and isinstance(raw, str):
        raw = raw.split(',')
    chosen = {as_text(part).strip() for part in (raw if isinstance(raw, (list, tuple)) else [raw])}
    for option in sheet.options(one):
        refuses = one.acts and option.text in one.refused
        yield Choice(option.text, option.label, option.hint, option.text in chosen, refuses)


def _attributes(sheet: Sheet, one: Field) -> Iterator[tuple[str, str]]:
    """HTML attributes that help while typing; what counts is the server's check. No `maxlength`: a browser cuts off
    what is pasted beyond it without a word, where the server says how much is too much."""
    if one.kind == 'textfield':
        yield 'type', _TYPES.get(one.format, 'text')
    elif one.kind == 'number':
        low = sheet.limit(one, one.minimum)
        # A phone's digit pad has no minus, and the plainest one no point.
        yield 'type', 'text'
        plain = low is not None and float(low) >= 0
        yield 'inputmode', ('numeric' if one.digits == 0 else 'decimal') if plain else 'text'
    elif one.kind == 'time':
        yield 'type', 'time'
    elif one.kind in MOMENT:
        yield 'type', 'datetime-local' if one.kind == 'datetime' else 'date'
        low, high = (redisplay(one, sheet.limit(one, limit)) for limit in (one.minimum, one.maximum))
        if one.not_past:
            low = max(low, sheet.today()[:10])
        # The picker of a moment wants bounds with an hour; a day does for it only when a date is asked.
        for name, bound in (('min', low), ('max', high)):
            if bound and (one.kind != 'datetime' or len(bound) == 16):
                yield name, bound


def _spoken(sheet: Sheet, one: Field) -> str:
    """A fixed answer in words."""
    value = sheet.fact(one)
    if value is None or value == '':
        return said('没有填写')
    if one.kind in CHOICE:
        labels = {option.text: option.label for option in sheet.options(one)}
        if isinstance(value, str):
            value = value.split(',') if one.kind in MANY_OF else [value]
        parts = value if isinstance(value, (list, tuple)) else [value]
        return listed(labels.get(as_text(part), as_text(part)) for part in parts)
    if one.kind == 'checkbox':
        return said('是') if value else said('否')
    if one.kind in ('date', 'datetime'):
        return say_day(as_text(value)[:10] if one.kind == 'date' else as_text(value))
    return f'{one.prefix}{as_text(value)}{one.suffix}'


def _facts(sheet: Sheet, one: Field) -> Iterator[tuple[str, list[Span]]]:
    """Lines ``名：值``; a line without a colon goes with the one above, a fact without a value is left out."""
    name, value = '', ''
    for line in one.lines:
        head, colon, rest = sheet.text(line).partition('：')
        if not colon:
            value = f'{value}\n{head}'.strip()
            continue
        if value:
            yield name, spans(value)
        name, value = head.strip(), rest.strip()
    if value:
        yield name, spans(value)


def _table(sheet: Sheet, one: Field) -> Drawn:
    rows = one.source.value(sheet.record, sheet.functions) if one.source else None
    entries = [row for row in rows or () if isinstance(row, Mapping)]
    return Drawn('table', one.id, label=sheet.text(one.label), columns=[label for _, label in one.columns],
                 cells=[[as_text(row.get(key)) for key, _ in one.columns] for row in entries])


def _in_panels(drawn: list[Drawn]) -> Iterator[Drawn]:
    """Controls outside any group, put together in panels; texts and the buttons stay where they are."""
    run: list[Drawn] = []
    for one in drawn:
        if one.kind in ('panel', 'next', 'words', 'actions'):
            if run:
                yield Drawn('panel', f'{run[0].id}-panel', children=run)
                run = []
            yield one
        else:
            run.append(one)
    if run:
        yield Drawn('panel', f'{run[0].id}-panel', children=run)
