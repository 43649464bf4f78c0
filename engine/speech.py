"""Sentences in a database: kept so that they can be said again in the language of whoever reads them later."""
from datetime import date
from typing import Any

from engine.db import Json
from engine.errors import Dated, Listed, Said, dated, listed, said

_SAID, _LISTED, _DATED = ' said', ' listed', ' dated'    # keys that no form and no table has


def _kept(value: Any) -> Any:
    if isinstance(value, Said):
        return {_SAID: value.template, 'values': _kept(value.values)}
    if isinstance(value, Listed):
        return {_LISTED: _kept(value.parts), 'sign': value.sign}
    if isinstance(value, Dated):
        return {_DATED: value.day.isoformat(), 'weekday': value.weekday}
    if isinstance(value, dict):
        return {key: _kept(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_kept(one) for one in value]
    return value if value is None or isinstance(value, (str, int, float)) else str(value)


def _again(value: Any) -> Any:
    if isinstance(value, list):
        return [_again(one) for one in value]
    if not isinstance(value, dict):
        return value
    if _SAID in value:
        return said(value[_SAID], **_again(value['values']))
    if _LISTED in value:
        return listed(_again(value[_LISTED]), value['sign'])
    if _DATED in value:
        return dated(date.fromisoformat(value[_DATED]), value['weekday'])
    return {key: _again(one) for key, one in value.items()}


class Spoken(Json):
    """A text, or lists and named values with texts in them: what was `said` or `listed` comes back as such."""

    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> str | None:
        return super().process_bind_param(_kept(value), dialect)

    def process_result_value(self, value: str | None, dialect: Any) -> Any:
        return _again(super().process_result_value(value, dialect))
