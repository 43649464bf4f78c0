"""What every sign of the language really does: nothing huge, nothing by accident, and null is not an error.

With `library`, these functions are all that an expression can reach.
"""
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from difflib import get_close_matches
from math import isfinite
from typing import Any, NoReturn

from engine.errors import Thrown, said
from engine.expression.refusal import Missing, Stopped, show

LONGEST_TEXT, MOST_ITEMS, MOST_BITS, DEEPEST = 100_000, 10_000, 256, 20
NUMBER = frozenset((int, float))
_ISO = re.compile(r'\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d|$)')
NUMERIC = re.compile(r'\s*[-+]?\d+(?:\.\d+)?\s*')
_ABSENT = object()


def read(scope: Mapping[str, Any], name: str) -> Any:
    """The value of a name."""
    try:
        return scope[name]
    except KeyError as error:
        if error.args != (name,):                                          # the scope itself is broken
            raise
        raise Missing('没有名为“{name}”的资料{hint}', name=name, hint=hint(name, scope)) from None


def read_either(assigned: dict[str, Any], scope: Mapping[str, Any], name: str) -> Any:
    """The value of a name that the script may have set."""
    return assigned[name] if name in assigned else read(scope, name)


def throw(kind: str, code: Any, assigned: dict[str, Any]) -> NoReturn:
    """Let a BPMN error or escalation happen; what the script has set by then is kept."""
    if not isinstance(code, str) or not code:
        raise Stopped('{kind}的代码要写成文字，现在是{code}', kind=kind, code=show(code))
    raise Thrown(code, kind, dict(assigned))


def path(thing: Any, name: str) -> Any:
    """``thing.name``: one item of a map; of null it is null."""
    if thing is None:
        return None
    if not isinstance(thing, Mapping):
        raise Stopped('{thing}没有“{name}”这一项', thing=show(thing), name=name)
    found = thing.get(name, _ABSENT)
    if found is _ABSENT:
        raise Missing('没有名为“{name}”的一项{hint}', name=name, hint=hint(name, thing))
    return found


def item(thing: Any, key: Any) -> Any:
    """``thing[key]``: an item of a map, a list (from 0) or a text; of null it is null."""
    if thing is None or key is None:
        return None
    if isinstance(thing, Mapping):
        if not isinstance(key, str):
            raise Stopped('对象的一项要用名字取，不能用{key}', key=show(key))
        return path(thing, key)
    if not isinstance(thing, (list, str)) or type(key) is not int:
        raise Stopped('不能从{thing}里取{key}', thing=show(thing), key=show(key))
    if not -len(thing) <= key < len(thing):
        raise Stopped('只有{count}项，没有第{key}项（从 0 数起）', count=len(thing), key=key)
    return thing[key]


def part(thing: Any, start: Any, end: Any) -> Any:
    """``thing[start:end]`` of a list or a text."""
    if thing is None:
        return None
    if not isinstance(thing, (list, str)) or type(start or 0) is not int or type(end or 0) is not int:
        raise Stopped('不能从{thing}里截取一段', thing=show(thing))
    return thing[start:end]


def hint(name: str, known: Iterable[Any]) -> str:
    """What was probably meant."""
    if len(name) > 60:
        return ''
    near = get_close_matches(name, [key for key in known if isinstance(key, str)][:1_000], 1, 0.75)
    return said('，是不是要写 {near}', near=near[0]) if near else ''

def equal(a: Any, b: Any) -> bool:
    """``a == b``. Moments are equal whatever their offsets. Stops at 5 == "5", which someone did not mean."""
    if type(a) is type(b):
        if a == b or type(a) is not str:
            return a == b
        x, y = _in_time(a, b)
        return x == y
    if type(a) in NUMBER and type(b) in NUMBER:
        return a == b
    for number, text in ((a, b), (b, a)):
        if type(number) in NUMBER and type(text) is str and NUMERIC.fullmatch(text):
            raise Stopped('{a}和{b}不是同一类值，比较永远不成立', a=show(a), b=show(b))
    return False


def differs(a: Any, b: Any) -> bool:
    """``a != b``."""
    return not equal(a, b)


def less(a: Any, b: Any) -> bool:
    """``a < b`` of numbers, texts, days or moments; false with null; stops at different kinds."""
    if type(a) in NUMBER and type(b) in NUMBER:
        return a < b
    return a is not None and b is not None and order(a, b) < 0


def at_most(a: Any, b: Any) -> bool:
    """``a <= b``, as `less`."""
    if type(a) in NUMBER and type(b) in NUMBER:
        return a <= b
    return a is not None and b is not None and order(a, b) <= 0


def more(a: Any, b: Any) -> bool:
    """``a > b``, as `less`."""
    return less(b, a)


def at_least(a: Any, b: Any) -> bool:
    """``a >= b``, as `less`."""
    return at_most(b, a)


def within(value: Any, container: Any) -> bool:
    """``value in container``: an item of a list, a piece of a text, a key of a map; false with null."""
    if container is None:
        return False
    if isinstance(container, list):
        return any(equal(value, one) for one in container)
    if isinstance(container, str) and (value is None or isinstance(value, str)):
        return value is not None and value in container
    if isinstance(container, Mapping):
        return isinstance(value, str) and value in container
    raise Stopped('不能在{container}里找{value}', container=show(container), value=show(value))


def outside(value: Any, container: Any) -> bool:
    """``value not in container``."""
    return not within(value, container)


def between(value: Any, low: Any, high: Any, low_in: bool, high_in: bool) -> bool:
    """``value in [low..high]``; the flags say whether the ends belong to it."""
    return (at_most if low_in else less)(low, value) and (at_most if high_in else less)(value, high)


def chain(signs: str, *operands: Any) -> bool:
    """``1 < x < 5``: every operand is worked out once."""
    return all(COMPARISONS[sign](a, b) for sign, a, b in zip(signs.split(), operands, operands[1:]))


def empty(value: Any) -> bool:
    """``empty value``: null, or a text, list or map with nothing in it."""
    return value is None or isinstance(value, (str, list, Mapping)) and len(value) == 0


def order(a: Any, b: Any) -> int:
    """Below, at or above 0 as one text stands before, with or after another."""
    if isinstance(a, str) and isinstance(b, str):
        a, b = _in_time(a, b)
        return (a > b) - (a < b)
    raise Stopped('{a}和{b}不能比大小', a=show(a), b=show(b))


def _in_time(a: str, b: str) -> tuple[Any, Any]:
    """Two texts ready to be compared: days with days, moments with moments, other texts as they are."""
    if not (_ISO.match(a) and _ISO.match(b)):
        return a, b
    if len(a) == 10 or len(b) == 10:
        return a[:10], b[:10]
    if len(a) == len(b) and a[-6:] == b[-6:]:
        return a, b
    try:
        x, y = datetime.fromisoformat(a), datetime.fromisoformat(b)
    except ValueError:
        return a, b
    if (x.tzinfo is None) != (y.tzinfo is None):
        raise Stopped('{a}和{b}只有一个写了时区，不能比较', a=show(a), b=show(b))
    return x, y


COMPARISONS = {'==': equal, '!=': differs, '<': less, '<=': at_most, '>': more, '>=': at_least, 'in': within,
               'not_in': outside}

def add(a: Any, b: Any) -> Any:
    """``a + b`` of two numbers, two texts or two lists."""
    if a is None or b is None:
        return None
    if type(a) in NUMBER and type(b) in NUMBER:
        return bounded(a + b)
    if isinstance(a, str) and isinstance(b, str) or isinstance(a, list) and isinstance(b, list):
        if len(a) + len(b) > LONGEST_TEXT:
            raise Stopped('结果太长')
        return sized(a + b)
    text = isinstance(a, str) != isinstance(b, str)
    raise Stopped('{a}和{b}不能相加{hint}', a=show(a), b=show(b),
                  hint=_of_dates(a, b) or (said('，拼成文字要先写 str(…)') if text else ''))


def subtract(a: Any, b: Any) -> Any:
    """``a - b`` of numbers."""
    return None if a is None or b is None else bounded(_numbers('相减', a, b) and a - b)


def multiply(a: Any, b: Any) -> Any:
    """``a * b`` of numbers; texts and lists are not repeated."""
    return None if a is None or b is None else bounded(_numbers('相乘', a, b) and a * b)


def divide(a: Any, b: Any) -> Any:
    """``a / b``; whole where two whole numbers divide evenly."""
    if a is None or b is None:
        return None
    _numbers('相除', a, b)
    if b == 0:
        raise Stopped('{a}不能除以 0', a=show(a))
    return a // b if type(a) is type(b) is int and a % b == 0 else bounded(a / b)


def floor_divide(a: Any, b: Any) -> Any:
    """``a // b``, rounded down."""
    return None if a is None or b is None else bounded(_divisor(a, b) and a // b)


def remainder(a: Any, b: Any) -> Any:
    """``a % b``, with the sign of a, as the expressions of Java have it (Jakarta EL 1.7.3)."""
    if a is None or b is None:
        return None
    rest = _divisor(a, b) and abs(a) % abs(b)
    return bounded(-rest if a < 0 else rest)


def negative(a: Any) -> Any:
    """``-a``. A negative duration is refused: the library would read it as a positive one."""
    if isinstance(a, str) and a[:1] == 'P':
        raise Stopped('时长{a}不能写成负的', a=show(a))
    return None if a is None else -number_of(a)


def make_list(*items: Any) -> list:
    """``[a, b]``."""
    return sized(list(items))


def make_map(keys: str, *values: Any) -> dict:
    """``{a: 1, b: 2}``; the keys come joined by line ends."""
    return sized(dict(zip(keys.split('\n'), values)))


def _numbers(verb: str, a: Any, b: Any) -> bool:
    if type(a) in NUMBER and type(b) in NUMBER:
        return True
    raise Stopped('{a}和{b}不能{verb}{hint}', a=show(a), b=show(b), verb=said(verb), hint=_of_dates(a, b))


def _of_dates(*values: Any) -> str:
    """What to write instead where one of the values is a date."""
    dates = any(isinstance(value, str) and _ISO.match(value) for value in values)
    return said('，日期请用 workdays、after_days 或 days_left') if dates else ''


def _divisor(a: Any, b: Any) -> bool:
    _numbers('相除', a, b)
    if b == 0:
        raise Stopped('{a}不能除以 0', a=show(a))
    return True


def number_of(a: Any) -> Any:
    """`a`, if it is a number; true and false are none."""
    if type(a) not in NUMBER:
        raise Stopped('{a}不是数字', a=show(a))
    return a


def bounded(value: Any) -> Any:
    """A number, if it is not too large."""
    if value.bit_length() > MOST_BITS if type(value) is int else not isfinite(value):
        raise Stopped('结果太大')
    return value


def sized(value: Any) -> Any:
    """`value`, if it holds neither too much nor too deep: a list may hold one text ten thousand times."""
    if isinstance(value, str) and len(value) > LONGEST_TEXT or isinstance(value, (list, Mapping)) and (
            weight(value, LONGEST_TEXT, DEEPEST) < 0 or len(value) > MOST_ITEMS):
        raise Stopped('结果太长')
    return value


def weight(value: Any, left: int, deep: int) -> int:
    """What is left of the allowance after `value`; negative when it does not suffice."""
    if isinstance(value, str):
        return left - len(value) - 8
    left -= 8
    if isinstance(value, (list, Mapping)):
        for one in value if isinstance(value, list) else (*value, *value.values()):
            if left < 0 or deep == 0:
                return -1
            left = weight(one, left, deep - 1)
    return left


def text_of(value: Any) -> str:
    """A value inside a sentence: nothing for null; true, false; 2 for 2.0; a list's items with commas."""
    if isinstance(value, str):
        return value
    if value is None:
        return ''
    if isinstance(value, bool):
        return 'true' if value else 'false'
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f'{value:.12g}'
    if isinstance(value, list):
        return sized(','.join(map(text_of, sized(value))))
    return str(sized(value))
