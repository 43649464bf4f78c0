"""The functions and methods that an expression may call: these, and what the host hands in."""
from collections.abc import Callable, Mapping
from inspect import signature
from typing import Any

from engine.errors import Conflict, Refused
from engine.expression.guard import (LONGEST_TEXT, NUMBER, NUMERIC, bounded, empty, equal, hint, less,
                                     number_of, sized, text_of, within)
from engine.expression.refusal import Stopped, Unknown, show


def invoke(functions: Mapping[str, Callable[..., Any]], name: str, *given: Any) -> Any:
    """Call the host's function, else ours. What the host refuses, or cannot do with these values, stops here;
    a lost race, and whatever else is no fault of the expression, passes through."""
    function = functions.get(name)
    if function is None:
        if name not in BUILTINS:
            raise Unknown('没有名为“{name}”的函数{hint}', name=name, hint=hint(name, [*functions, *BUILTINS]))
        return BUILTINS[name](*_arguments(name, BUILTINS[name], given))
    try:
        return function(*given)
    except (Stopped, Conflict):
        raise
    except Refused as error:
        raise Stopped('{name}({given})：{cause}', name=name, given='，'.join(map(show, given)),
                      cause=str(error)) from error
    except (TypeError, ValueError, ArithmeticError, LookupError) as error:
        raise Stopped('{name}({given})：参数的种类不对' if fits(function, len(given)) else '{name}({given})：参数的个数不对',
                      name=name, given='，'.join(map(show, given))) from error


def fits(function: Callable[..., Any], count: int) -> bool:
    """Whether a function takes so many arguments, by their places."""
    try:
        signature(function).bind(*range(count))
    except TypeError:
        return False
    return True


def method(thing: Any, name: str, *given: Any) -> Any:
    """Call a method of a text, a list or a map; of null it gives null."""
    if thing is None:
        return None
    for kind, known in METHODS.items():
        if isinstance(thing, kind) and name in known:
            return sized(known[name](thing, *_arguments(name, known[name], given, own=1)))
    raise Stopped('{thing}没有“{name}”这种用法', thing=show(thing), name=name)


def _arguments(name: str, function: Callable[..., Any], given: tuple, own: int = 0) -> tuple:
    code = function.__code__
    most = code.co_argcount - own
    if len(given) > most and not code.co_flags & 4 or len(given) < most - len(function.__defaults__ or ()):
        raise Stopped('{name} 的参数个数不对，给了{count}个', name=name, count=len(given))
    return given


def _count(value: Any) -> int | None:
    if value is not None and not isinstance(value, (str, list, Mapping)):
        raise Stopped('{value}没有长短', value=show(value))
    return None if value is None else len(value)


def _several(items: tuple) -> list:
    found = items[0] if len(items) == 1 and isinstance(items[0], list) else items
    return [one for one in found if one is not None]


def _sum(*items: Any) -> Any:
    total: Any = 0
    for one in _several(items):
        total = bounded(total + number_of(one))
    return total


def _min(*items: Any) -> Any:
    best, *rest = _several(items) or [None]
    for one in rest:
        best = one if less(one, best) else best
    return best


def _max(*items: Any) -> Any:
    best, *rest = _several(items) or [None]
    for one in rest:
        best = one if less(best, one) else best
    return best


def _any(*items: Any) -> bool:
    return any(_several(items))


def _all(*items: Any) -> bool:
    return all(items[0] if len(items) == 1 and isinstance(items[0], list) else items)


def _abs(value: Any) -> Any:
    return None if value is None else abs(number_of(value))


def _round(value: Any, digits: int = 0) -> Any:
    if type(digits) is not int or not 0 <= digits <= 10:
        raise Stopped('小数位数要在 0 到 10 之间，不能是{digits}', digits=show(digits))
    if value is None:
        return None
    return round(number_of(value), digits) if digits else round(number_of(value))


def _floor(value: Any) -> Any:
    return None if value is None else int(number_of(value) // 1)


def _ceiling(value: Any) -> Any:
    return None if value is None else -int(-number_of(value) // 1)


def _to_number(value: Any) -> Any:
    if isinstance(value, str):
        if len(value) > 40 or not NUMERIC.fullmatch(value):
            raise Stopped('{value}不是数字', value=show(value))
        return float(value) if '.' in value else int(value)
    return None if value is None else number_of(value)


def _int(value: Any) -> int | None:
    found = _to_number(value)
    return None if found is None else int(found)


def _float(value: Any) -> float | None:
    found = _to_number(value)
    return None if found is None else float(found)


def _sorted(items: Any) -> Any:
    if items is None:
        return None
    if not isinstance(items, list) or not (all(type(one) in NUMBER for one in items)
                                           or all(isinstance(one, str) for one in items)):
        raise Stopped('只能给全是数字或全是文字的列表排序')
    return sorted(items)


def _text(value: Any) -> str | None:
    return None if value is None else text_of(value)


def _of_text(function: Callable[[str], Any]) -> Callable[[Any], Any]:
    """`function` for one text; of null it gives null, of anything else it stops."""
    def checked(text: Any) -> Any:
        return None if text is None else function(_as_text(text))
    return checked


def _of_texts(function: Callable[[str, str], Any]) -> Callable[[Any, Any], Any]:
    """`function` for two texts, as `_of_text`."""
    def checked(text: Any, other: Any) -> Any:
        return None if text is None or other is None else function(_as_text(text), _as_text(other))
    return checked


def _as_text(value: Any) -> str:
    if not isinstance(value, str):
        raise Stopped('{value}不是文字', value=show(value))
    return value


def _split(text: str, by: str | None = None) -> list[str]:
    if by == '' or not isinstance(by, (str, type(None))):
        raise Stopped('split 要用文字作分隔')
    return text.split(by)


def _replace(text: str, old: str, new: str) -> str:
    if _as_text(old) == '' or len(text) + text.count(old) * len(_as_text(new)) > LONGEST_TEXT:
        raise Stopped('替换的结果太长')
    return text.replace(old, new)


def _index(things: Any, one: Any) -> int:
    for number, thing in enumerate(things):
        if equal(thing, one):
            return number
    return -1


def _get(mapping: Mapping[str, Any], key: Any, otherwise: Any = None) -> Any:
    return mapping.get(key, otherwise) if isinstance(key, str) else otherwise


def _contains(container: Any, value: Any) -> bool:
    return within(value, container)


_starts, _ends = _of_texts(str.startswith), _of_texts(str.endswith)
_upper, _lower, _strip = _of_text(str.upper), _of_text(str.lower), _of_text(str.strip)

# FEEL's names of two words have an underscore here; the parser joins the words.
BUILTINS: dict[str, Callable[..., Any]] = {
    'len': _count, 'count': _count, 'string_length': _count,
    'sum': _sum, 'min': _min, 'max': _max, 'any': _any, 'all': _all, 'sorted': _sorted,
    'abs': _abs, 'round': _round, 'floor': _floor, 'ceiling': _ceiling,
    'number': _to_number, 'int': _int, 'float': _float, 'str': _text, 'string': _text,
    'contains': _contains, 'list_contains': _contains, 'starts_with': _starts, 'ends_with': _ends,
    'upper_case': _upper, 'lower_case': _lower}

# Python's names and Java's: modelers know either.
_ANY = {'size': _count, 'length': _count, 'isEmpty': empty, 'contains': _contains}
METHODS: dict[type, dict[str, Callable[..., Any]]] = {
    str: {**_ANY, 'startswith': _starts, 'startsWith': _starts, 'endswith': _ends, 'endsWith': _ends,
          'upper': _upper, 'toUpperCase': _upper, 'lower': _lower, 'toLowerCase': _lower, 'strip': _strip,
          'trim': _strip, 'split': _split, 'replace': _replace, 'count': _of_texts(str.count),
          'index': _of_texts(str.find)},
    list: {**_ANY, 'index': _index, 'count': lambda items, one: sum(equal(one, other) for other in items)},
    Mapping: {**_ANY, 'get': _get, 'containsKey': _contains, 'keys': lambda mapping: list(mapping),
              'values': lambda mapping: list(mapping.values())}}
METHOD_NAMES = frozenset(name for known in METHODS.values() for name in known)
