"""A form in somebody's hands: which fields are there at the moment, which are fixed, what the rest says.

Copied from form-js: fields are gone through in the order of the file; what is hidden counts as empty for
every condition after it.
"""
from collections import ChainMap
from collections.abc import Iterable, Mapping
from functools import lru_cache
from math import isfinite, nan
from typing import Any

from engine.errors import Broken, said
from engine.form.field import ASKED, CHOICE, HOLDS, MOMENT, MOST_ROWS, Field, Option, as_text
from engine.form.text import Functions, Live, Scope
from engine.form.values import Unfit, take


class Sheet:
    """The fields of one level, the form's own or one row's, over what was filled in (``raw``).

    ``holders`` are those of them that hold an answer, those in groups too, in order.
    ``conditions`` is what a condition reads: the answers, then what is on record. ``record`` is what texts
    read: what is on record, and the answers only for names that nothing else knows, so that "现在的时限" stays
    what it was. ``folded`` are the components whose own condition hides them, ``hidden`` those and all in
    them.
    """

    def __init__(self, fields: tuple[Field, ...], raw: Mapping[str, Any], scope: Scope, functions: Functions,
                 above: 'Sheet | None' = None) -> None:
        self.fields, self.raw, self.scope, self.functions = fields, raw, scope, functions
        self.answers: dict[str, Any] = {}
        self.hidden: set[str] = set()
        self.folded: set[str] = set()
        self.fixed: set[str] = set()
        self.rows: dict[str, list[Sheet]] = {}
        self.holders = _holders(fields)
        self._taken: dict[str, Any] = {}
        self.conditions: Scope = ChainMap(self.answers, *(above.conditions.maps if above else (scope,)))
        self.record: Scope = ChainMap(scope, self.answers) if above is None else above.record
        self._options: dict[str, tuple[Option, ...]] = above._options if above else {}
        self._offset = above._offset if above else _offset(functions)
        self._settle()

    def text(self, live: Live | None) -> str:
        """A computed text as it stands on the page."""
        return live.text(self.record, self.functions) if live else ''

    def label(self, field: Field) -> str:
        """The label as sentences use it."""
        return self.text(field.label).removesuffix('（选填）') or field.key

    def limit(self, field: Field, live: Live | None) -> Any:
        """A computed limit, None for none. Its own key means what is on record: a new date after the old.

        :raises Broken: the limit of a text or number is no number.
        """
        if live is None:
            return None
        scope = self.conditions
        if field.key in live.names and field.key in self.scope:
            scope = ChainMap({field.key: self.scope[field.key]}, *self.conditions.maps)
        value = live.value(scope, self.functions)
        if value is None or value == '' or field.kind in MOMENT:
            return value or None
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = nan
        if not isfinite(number):
            raise Broken(said('“{label}”的限制不是数字：{value}', label=self.label(field), value=str(value)), element=field.id,
                         expression=live.source, advice='请流程管理员改正表单里的这个表达式。')
        return number

    def holds(self, live: Live | None) -> bool:
        """Whether a condition is true of the answers."""
        return live is not None and live.truth(self.conditions, self.functions)

    def today(self) -> str:
        """The tenant's day as ISO text; '' where the host hands in no calendar."""
        today = self.functions.get('today')
        return as_text(today()) if today else ''

    def options(self, field: Field) -> tuple[Option, ...]:
        """The choices of a field: written in the file, from the directory, or computed."""
        if field.id not in self._options:
            self._options[field.id] = field.options + self._find_options(field)
        return self._options[field.id]

    def read(self, field: Field) -> Any:
        """What was filled in as a value; raises ``Unfit``."""
        if field.id not in self._taken:
            self._taken[field.id] = self._take(field)
        taken = self._taken[field.id]
        if isinstance(taken, Unfit):
            raise taken
        return taken

    def _take(self, field: Field) -> Any:
        options = self.options(field) if field.kind in CHOICE else ()
        try:
            return take(field, self.raw.get(field.key), options, self._offset)
        except Unfit as unfit:
            return unfit

    def initial(self, field: Field) -> Any:
        """What stands in a field before anybody wrote in it: what is on record, else the file's default."""
        if field.prefilled and (on_record := self.scope.get(field.key)) is not None:
            return on_record
        return self._default(field)

    def untouched(self, field: Field) -> bool:
        """Whether a field still says what stood in it before anybody wrote in it."""
        stood = self.initial(field)
        return stood is not None and self._lenient(field) == stood

    def shown(self, field: Field) -> bool:
        """Whether a field is there at the moment."""
        return field.id not in self.hidden

    def _settle(self) -> None:
        for field in self.holders:
            self.answers[field.key] = self._lenient(field)
        self._walk(self.fields, False)

    def _walk(self, fields: Iterable[Field], hidden: bool) -> None:
        for field in fields:
            if self.holds(field.hide):
                self.folded.add(field.id)
            gone = hidden or field.id in self.folded
            if gone:
                self.hidden.add(field.id)
            elif field.kind in ASKED and self.holds(field.locked):
                self.fixed.add(field.id)
            if field.kind == 'group':
                self._walk(field.children, gone)
            elif field.key:
                self._decide(field, gone)

    def _decide(self, field: Field, gone: bool) -> None:
        """Puts in its place what other fields see of this one."""
        if gone:
            self.answers[field.key] = None
        elif field.kind == 'expression':
            source = field.source
            self.answers[field.key] = source.value(self.conditions, self.functions) if source else None
        elif field.id in self.fixed:
            self.answers[field.key] = self.fact(field)
        elif field.kind == 'dynamiclist':
            raw = self.raw.get(field.key)
            rows = [row for row in raw if isinstance(row, Mapping)] if isinstance(raw, (list, tuple)) else []
            # One more than allowed, so that the check can see that there are too many.
            self.rows[field.key] = [Sheet(field.children, row, self.scope, self.functions, self)
                                    for row in rows[:MOST_ROWS + 1]]
            self.answers[field.key] = [sheet.answers for sheet in self.rows[field.key]]

    def ticked(self, field: Field) -> bool:
        """Whether a box is to be drawn ticked, hidden or not."""
        return self._lenient(field) is True

    def fact(self, field: Field) -> Any:
        """What a fixed field says: what is on record, else the default."""
        on_record = self.scope.get(field.key)
        return self._default(field) if on_record is None else on_record

    def _default(self, field: Field) -> Any:
        if isinstance(field.default, Live):
            return field.default.value(self.record, self.functions)
        return field.default

    def _lenient(self, field: Field) -> Any:
        """An answer for conditions to read; what cannot be read counts as not given."""
        if field.kind in ('dynamiclist', 'expression'):
            return None
        try:
            return self.read(field)
        except Unfit:
            return None

    def _find_options(self, field: Field) -> tuple[Option, ...]:
        found: Any = ()
        if name := field.rules.get('options'):
            # The directory is handed in as a function; a scope may carry one of its own.
            source = self.functions.get('options') or self.scope.get('options')
            found = source(name) if source else ()
            if isinstance(found, tuple):
                return _listed(found)
        elif field.source:
            found = field.source.value(self.record, self.functions)
        return tuple(map(_option, found or ()))


@lru_cache(maxsize=64)
def _listed(found: tuple[tuple[str, str], ...]) -> tuple[Option, ...]:
    """What the directory offers: the same for every form until it changes."""
    return tuple(map(_option, found))


def _option(one: Any) -> Option:
    if isinstance(one, Mapping):
        label, hint = one.get('label') or one['value'], one.get('description') or ''
        return Option(one['value'], str(label), str(hint))
    return Option(one[0], str(one[1])) if isinstance(one, (list, tuple)) else Option(one, as_text(one))


@lru_cache(maxsize=512)
def _holders(fields: tuple[Field, ...]) -> tuple[Field, ...]:
    found: list[Field] = []
    for field in fields:
        if field.kind == 'group':
            found += _holders(field.children)
        elif field.key and field.kind in HOLDS:
            found.append(field)
    return tuple(found)


def _offset(functions: Functions) -> str:
    """The distance from UTC at which the tenant lives, as its own ``now()`` says."""
    now = functions.get('now')
    text = str(now()) if now else ''
    return text[-6:] if text[-6:-5] in ('+', '-') and text[-3:-2] == ':' else '+08:00'

