"""An answer that a form accepts, made up: the simplest one, or any one that the form allows."""
import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from engine.errors import Invalid, Refused
from engine.form.check import checked
from engine.form.field import LONGEST, MANY_OF, MOST_MATCHED, ONE_OF, TEXT, Field, as_text
from engine.form.pattern import compiled
from engine.form.sheet import Sheet
from engine.form.text import Functions, Scope

_PHRASES = ('照例办理', '按分工落实', '已逐项核对', '材料齐全', '每周调度一次', '数字属实', '已经公布', '征求过意见')
_KNOWN = {'email': 'bangong@example.cn', 'phone': '0851-86820000'}
_MATCHED = ('1', 'A1', '2020-12', '〔2020〕12号', '100', 'abc')
_ROUNDS = 60
_USUAL_DAYS, _FURTHEST = 30, 120            # of a day without bounds, counted from today
_ORDINARY = 40                              # characters of a text that need not be longer


def sample(fields: Sequence[Field], scope: Scope, functions: Functions, chance: random.Random | None = None, *,
           told: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """An answer as a client would submit it, that the form's own check accepts.

    ``chance`` None: the simplest, always the same: what is on record or the default, the first choice that does not
    mean no, optional fields empty. Else any answer that the form allows. ``told`` is answered as it stands there.

    :raises Refused: none was found; the sentence names what stands in the way.
    """
    return _Filling(fields, scope, functions, chance, told or {}).whole()


class _Filling:
    """Fills in field by field, then puts right what the check refuses, as a person would."""

    def __init__(self, fields: Sequence[Field], scope: Scope, functions: Functions, chance: random.Random | None,
                 told: Mapping[str, Any]) -> None:
        self.fields, self.scope, self.functions = fields, scope, functions
        self.usual, self.chance, self.told = chance is None, chance or random.Random(0), told

    def whole(self) -> dict[str, Any]:
        """The answer, accepted."""
        raw = self._first()
        for _ in range(_ROUNDS):
            sheet = Sheet(self.fields, raw, self.scope, self.functions)
            try:
                checked(sheet)
            except Invalid as refusal:
                said = str(refusal)
                if not self._mend(sheet, raw, refusal.fields):
                    break
            else:
                return raw
        raise Refused('想不出这张表能接受的填法：{said}', said=said)

    def _first(self) -> dict[str, Any]:
        raw = dict(self.told)
        for field in Sheet(self.fields, raw, self.scope, self.functions).holders:
            if field.key not in self.told:
                self._put(Sheet(self.fields, raw, self.scope, self.functions), raw, field, False)
        return raw

    def _mend(self, sheet: Sheet, raw: dict[str, Any], errors: Mapping[str, Any]) -> bool:
        """Whether there was anything to change."""
        known, changed = {field.key: field for field in sheet.holders}, False
        for key in {error.split('-')[0]: None for error in errors}:
            if key in known and key not in self.told:
                self.usual, changed = False, True       # the simplest is not accepted here
                self._put(sheet, raw, known[key], True)
        return changed

    def _put(self, sheet: Sheet, raw: dict[str, Any], field: Field, needed: bool) -> None:
        raw.pop(field.key, None)
        if field.kind == 'expression' or field.id in sheet.fixed or not sheet.shown(field):
            return
        value = self._value(sheet, field, needed or field.required)
        if value is not None:
            raw[field.key] = value

    def _value(self, sheet: Sheet, field: Field, needed: bool) -> Any:
        if field.kind == 'checkbox':
            return field.required or (sheet.initial(field) is True if self.usual else self.chance.random() < 0.5)
        if field.kind == 'dynamiclist':
            return self._rows(sheet, field)
        if not needed and (self.usual or self.chance.random() < 0.5):
            return None
        if field.kind in ONE_OF | MANY_OF:
            return self._chosen(sheet, field)
        if self.usual and (there := sheet.initial(field)) not in (None, ''):
            return there
        if field.kind in TEXT:
            return self._text(sheet, field)
        return self._number(sheet, field) if field.kind == 'number' else self._moment(sheet, field)

    def _rows(self, sheet: Sheet, field: Field) -> list[dict[str, Any]]:
        least, most = field.row_limits
        count = least if self.usual else self.chance.randint(least, min(most, least + 2))
        return [self._row(sheet, field) for _ in range(count)]

    def _row(self, above: Sheet, field: Field) -> dict[str, Any]:
        row: dict[str, Any] = {}
        for child in Sheet(field.children, row, self.scope, self.functions, above).holders:
            # A row in which nothing stands is no row, so each of its fields is filled in.
            self._put(Sheet(field.children, row, self.scope, self.functions, above), row, child, True)
        return row

    def _chosen(self, sheet: Sheet, field: Field) -> Any:
        values = [option.value for option in sheet.options(field)]
        if not values:
            return None
        if not self.usual:
            many = self.chance.sample(values, self.chance.randint(1, len(values)))
            return many if field.kind in MANY_OF else many[0]
        there = sheet.initial(field)
        if field.kind in ONE_OF and there in values:
            return there
        first = next((value for value in values if as_text(value) not in field.refused), values[0])
        return [first] if field.kind in MANY_OF else first

    def _text(self, sheet: Sheet, field: Field) -> str:
        if field.format in _KNOWN:
            return _KNOWN[field.format]
        if field.pattern:
            fits = [text for text in (*_MATCHED, *_PHRASES) if compiled(field.pattern).search(text)]
            return (fits or [''])[0 if self.usual else self.chance.randrange(max(len(fits), 1))]
        shortest, longest = sheet.limit(field, field.shortest), sheet.limit(field, field.longest)
        most = LONGEST[field.kind] if longest is None else int(longest)
        least = max(1, 0 if shortest is None else int(shortest))
        length = max(least, min(most, len(_PHRASES[0]))) if self.usual else self._length(least, most)
        return ''.join(self._phrases(length))[:length]

    def _length(self, least: int, most: int) -> int:
        """Mostly an ordinary length, now and then the shortest or the longest that is allowed."""
        ordinary = self.chance.randint(least, max(least, min(most, least + _ORDINARY)))
        return self.chance.choice((ordinary, ordinary, ordinary, least, min(most, MOST_MATCHED)))

    def _phrases(self, length: int) -> Iterator[str]:
        while length > 0:
            phrase = _PHRASES[0] if self.usual else self.chance.choice(_PHRASES)
            yield phrase
            length -= len(phrase)

    def _number(self, sheet: Sheet, field: Field) -> int | float:
        low, high = sheet.limit(field, field.minimum), sheet.limit(field, field.maximum)
        if self.usual:
            return _plain(high if high is not None else low if low is not None else 1, field.digits)
        low = (high - 100 if high is not None and high < 0 else 0) if low is None else low
        high = low + 100 if high is None else high
        return min(max(_plain(self.chance.uniform(low, high), field.digits), _plain(low, None)), _plain(high, None))

    def _moment(self, sheet: Sheet, field: Field) -> str:
        if field.kind == 'time':
            return '09:00' if self.usual else f'{self.chance.randint(8, 17):02d}:{self.chance.choice(("00", "30"))}'
        low, high = (as_text(sheet.limit(field, limit)) for limit in (field.minimum, field.maximum))
        today = date.fromisoformat(sheet.today()[:10] or '2020-09-30')
        first = date.fromisoformat(low[:10]) if low else today
        if field.not_past:
            first = max(first, today)
        last = date.fromisoformat(high[:10]) if high else max(first, today) + timedelta(_FURTHEST)
        first = min(first, last)
        on = min(max(first, today + timedelta(_USUAL_DAYS)), last) if self.usual else (
            first + timedelta(self.chance.randint(0, (last - first).days)))
        day = on.isoformat()
        if field.kind == 'date':
            return day
        return next((edge for edge in (low, high) if len(edge) > 10 and edge[:10] == day), f'{day}T09:00')


def _plain(value: float, digits: int | None) -> int | float:
    rounded = round(value, 2 if digits is None else digits)
    return int(rounded) if float(rounded).is_integer() else rounded
