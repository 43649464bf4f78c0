"""Variables as Camunda 7 writes them, `{name: {"value": …, "type": …}}`, and the plain values that they mean."""
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import orjson

from engine.errors import Refused


def values(given: Any) -> dict[str, Any]:
    """The plain values by name. A variable without a type is what its JSON says; a date stays a text.

    :raises Refused: it is no object, or a value is not of the type that is written beside it.
    """
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise Refused('variables 要写成一个对象：{example}', example='{"名字": {"value": 值, "type": "String"}}')
    return {name: _value(name, one) for name, one in given.items()}


def _value(name: str, one: Any) -> Any:
    if not isinstance(one, Mapping):
        raise Refused('变量“{name}”要写成 {example}', name=name, example='{"value": 值, "type": "String"}')
    value, kind = one.get('value'), one.get('type')
    if value is None or kind is None:
        return value
    read = _KINDS.get(kind.lower()) if isinstance(kind, str) else None
    if read is None:
        raise Refused('变量“{name}”的类型“{kind}”不认识；可以用的有：{known}', name=name, kind=kind, known='、'.join(_KNOWN))
    try:
        return read(value)
    except ValueError:
        raise Refused('变量“{name}”写明是{kind}，给的值不是', name=name, kind=kind) from None


def _only(*kinds: type) -> Callable[[Any], Any]:
    """Takes values of exactly these kinds: to Python, true is a whole number as well."""
    def take(value: Any) -> Any:
        if type(value) not in kinds:
            raise ValueError
        return value
    return take


def _date(value: Any) -> str:
    """Such as 2013-01-23T13:42:42.000+0200."""
    datetime.fromisoformat(_TEXT(value))
    return value


def _json(value: Any) -> Any:
    """A text that is JSON, as a modeler sends it."""
    return orjson.loads(value) if isinstance(value, str) else value


def _null(value: Any) -> None:
    """Nothing but null has this type, and null never comes here."""
    raise ValueError


_TEXT, _WHOLE = _only(str), _only(int)
_KINDS: dict[str, Callable[[Any], Any]] = {
    'string': _TEXT, 'boolean': _only(bool), 'integer': _WHOLE, 'long': _WHOLE, 'short': _WHOLE,
    'double': _only(int, float), 'date': _date, 'json': _json, 'null': _null}
_KNOWN = ('String', 'Boolean', 'Integer', 'Long', 'Short', 'Double', 'Date', 'Json', 'Null')
