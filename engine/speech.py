"""Sentences in a database: kept so that they can be said again in the language of whoever reads them later."""
from collections.abc import Callable
from datetime import date
from typing import Any

from engine.db import Json
from engine.errors import Dated, Listed, Said, Twin, dated, listed, said, twin

_SAID, _LISTED, _DATED, _TWIN = ' said', ' listed', ' dated', ' twin'    # keys that no form and no table has


def kept(value: Any) -> Any:
    """The value as JSON can keep it: what was `said` with its template and values."""
    if isinstance(value, Said):
        return {_SAID: value.template, 'values': kept(value.values)}
    if isinstance(value, Listed):
        return {_LISTED: kept(value.parts), 'sign': value.sign}
    if isinstance(value, Twin):
        return {_TWIN: str(value), 'en': kept(value.en)}
    if isinstance(value, Dated):
        return {_DATED: value.day.isoformat(), 'weekday': value.weekday}
    if isinstance(value, dict):
        return {str(key): kept(one) for key, one in value.items()}      # the label of a column is such a sentence
    if isinstance(value, (list, tuple)):
        return [kept(one) for one in value]
    return value if value is None or isinstance(value, (str, int, float)) else str(value)


def again(value: Any) -> Any:
    """What was `kept`."""
    if isinstance(value, list):
        return [again(one) for one in value]
    if not isinstance(value, dict):
        return value
    if _SAID in value:
        return said(value[_SAID], **again(value['values']))
    if _LISTED in value:
        return listed(again(value[_LISTED]), value['sign'])
    if _TWIN in value:
        return twin(value[_TWIN], again(value['en']))
    if _DATED in value:
        return dated(date.fromisoformat(value[_DATED]), value['weekday'])
    return {key: again(one) for key, one in value.items()}


class Spoken(Json):
    """A text, or lists and named values with texts in them: what was `said` or `listed` comes back as such."""

    cache_ok = True

    def bind_processor(self, dialect: Any) -> Callable[[Any], str | None]:
        write = super().bind_processor(dialect)
        return lambda value: write(kept(value))

    def result_processor(self, dialect: Any, coltype: Any) -> Callable[[str | None], Any]:
        read = super().result_processor(dialect, coltype)
        return lambda text: _read_again(read, text)


def _read_again(read: Callable[[str | None], Any], text: str | None) -> Any:
    """A column that held plain texts before it held sentences may hold some still."""
    try:
        return again(read(text))
    except ValueError:
        return text
