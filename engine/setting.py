"""Settings: each comes from the environment variable of its name, is read in one way, and means one thing."""
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

_ANSWERS = {'1': True, 'yes': True, 'true': True, '0': False, 'no': False, 'false': False, '': False}


class Setting(NamedTuple):
    """One setting. `read` makes its value of the text; its ValueError says what to write instead. What is `hidden` is
    not shown in a sentence."""

    name: str
    default: str
    read: Callable[[str], Any]
    meaning: str
    hidden: bool = False


def text(given: str) -> str:
    """Any words."""
    return given.strip()


def whole(least: int, most: int) -> Callable[[str], int]:
    """A whole number between two others."""
    def read(given: str) -> int:
        if not given.strip().isdecimal() or not least <= int(given) <= most:
            raise ValueError(f'要写{least}到{most}之间的整数')
        return int(given)
    return read


def one_of(*words: str) -> Callable[[str], str]:
    """One of these words."""
    def read(given: str) -> str:
        if given.strip() not in words:
            raise ValueError(f'要写 {"、".join(words)} 中的一个')
        return given.strip()
    return read


def yes_no(given: str) -> bool:
    """Yes or no."""
    if given.strip().lower() not in _ANSWERS:
        raise ValueError('要写 yes 或 no')
    return _ANSWERS[given.strip().lower()]


def values(settings: Iterable[Setting], environ: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """The values by name, from `environ` or their defaults, and one sentence for each that cannot be used."""
    found, faults = {}, []
    for one in settings:
        given = environ.get(one.name, one.default)
        try:
            found[one.name] = one.read(given)
        except ValueError as fault:
            shown = '（不显示）' if one.hidden else f'“{given}”'
            faults.append(f'设置 {one.name}（{one.meaning}）{fault}，现在是{shown}。')
    return found, faults
