"""FEEL's functions about texts. Places count from 1, negative ones from the end."""
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from engine.expression import guard, temporal
from engine.expression.allowance import Allowance
from engine.expression.feel_comparison import Range
from engine.expression.guard import LONGEST_TEXT
from engine.expression.pattern import Match, pattern
from engine.expression.refusal import Stopped, show
from engine.expression.temporal import TEMPORAL, said


def substring(text: str, start: Any, length: Any = None) -> str | None:
    """The part from `start` on; null where that place does not exist."""
    start = _whole(start)
    at = start - 1 if start > 0 else len(text) + start
    if start == 0 or not 0 <= at < len(text):
        return None
    if length is None:
        return text[at:]
    return text[at:at + _whole(length)] if length >= 1 else None


def substring_before(text: str, match: str) -> str:
    """What stands before the first `match`; nothing where there is none."""
    return text.partition(match)[0] if match and match in text else ''


def substring_after(text: str, match: str) -> str:
    """What stands after the first `match`; nothing where there is none."""
    return text.partition(match)[2] if match else text


def contains(text: str, match: str) -> bool:
    """Whether `match` stands in it."""
    return match in text


def matches(allowance: Allowance, text: str, sought: str, flags: str | None = None) -> bool:
    """Whether the pattern fits somewhere in it."""
    return pattern(sought, _flags(flags)).search(text, allowance) is not None


def replace(allowance: Allowance, text: str, sought: str, by: str, flags: str | None = None) -> str:
    """Every match replaced; ``$1`` is its first group, ``$0`` all of it."""
    parts, done, size = [], 0, 0
    for match in pattern(sought, _flags(flags)).every(text, allowance):
        if match[0] == match[1]:
            raise Stopped('模式{pattern}什么都不找也算找到，不能用来替换', pattern=show(sought))
        parts += [text[done:match[0]], _filled(by, text, match, 'q' in _flags(flags))]
        done = match[1]
        size += len(parts[-1]) + len(parts[-2])
        if size > LONGEST_TEXT:
            raise Stopped('替换的结果太长')
    return guard.sized(''.join(parts) + text[done:])


def split(allowance: Allowance, text: str, delimiter: str) -> list[str]:
    """The parts between the matches of a pattern."""
    parts, done = [], 0
    for match in pattern(delimiter).every(text, allowance):
        if match[1] == match[0]:
            continue
        parts.append(text[done:match[0]])
        done = match[1]
    return guard.sized([*parts, text[done:]])


def string_join(items: list, delimiter: str | None = None) -> str:
    """The texts of a list as one; nulls are passed over."""
    kept = [one for one in items if one is not None]
    for one in (*kept, '' if delimiter is None else delimiter):
        if not isinstance(one, str):
            raise Stopped('{one}不是文字', one=said(one))
    if sum(map(len, kept)) + len(kept) * len(delimiter or '') > LONGEST_TEXT:
        raise Stopped('结果太长')
    return (delimiter or '').join(kept)


def string(value: Any) -> str | None:
    """A value as text: a number without needless zeros, a list in brackets; null of null."""
    return None if value is None else value if isinstance(value, str) else guard.sized(written(value))


def written(value: Any) -> str:
    """A value as FEEL writes it inside a list or context; texts have quotes there."""
    if isinstance(value, str):
        return '"' + value.replace('\\', '\\\\').replace('"', '\\"') + '"'
    if isinstance(value, TEMPORAL):
        return temporal.text_of(value, zoned=True)
    if isinstance(value, Range):
        return range_text(value)
    if isinstance(value, list):
        return '[' + ', '.join(map(written, guard.sized(value))) + ']'
    if isinstance(value, Mapping):
        return '{' + ', '.join(f'{_key(key)}: {written(one)}' for key, one in guard.sized(value).items()) + '}'
    return 'null' if value is None else guard.text_of(value) if type(value) is not float else _decimal(value)


def range_text(limits: Range) -> str:
    """A range as it is written."""
    if limits.low is None:
        return f'<{"=" if limits.high_in else ""} {_end(limits.high)}'
    if limits.high is None:
        return f'>{"=" if limits.low_in else ""} {_end(limits.low)}'
    return f'{"[" if limits.low_in else "("}{_end(limits.low)}..{_end(limits.high)}{"]" if limits.high_in else ")"}'


def _end(value: Any) -> str:
    return f'@"{temporal.text_of(value)}"' if isinstance(value, TEMPORAL) else written(value)


def _key(key: str) -> str:
    return key if re.fullmatch(r'[^\W\d][\w ]*', key) else written(key)


def _decimal(value: float) -> str:
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return f'{Decimal(repr(value)):f}' if 1e-12 < abs(value) < 1e15 else repr(value)


def _flags(flags: Any) -> str:
    if not isinstance(flags, str | None):
        raise Stopped('模式的标记要是文字，不能是{flags}', flags=said(flags))
    return flags or ''


def _whole(number: Any) -> int:
    return int(number)


def _filled(by: str, text: str, match: Match, plain: bool) -> str:
    """The replacement for one match."""
    if plain or '$' not in by and '\\' not in by:
        return by

    def group(found: re.Match[str]) -> str:
        if found[0][0] == '\\':
            return found[0][1:]
        number = int(found[1] or -1)
        if number < 0:
            raise Stopped('替换里的 $ 后面要写第几组')
        start, end = match[2 * number:2 * number + 2] or (None, None)
        return '' if start is None or end is None else text[start:end]
    if len(by) * len(text) > LONGEST_TEXT * 100:
        raise Stopped('替换的结果太长')
    return re.sub(r'\\[\\$]|\$(\d)?', group, by)
