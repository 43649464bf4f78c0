"""What can be compared: the things of a file by their keys, whatever kind of file it is."""
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from engine.comparison.change import ADDED, CHANGED, MOVED, REMOVED, Item, Part


class Value(NamedTuple):
    """A property: ``raw`` is compared, ``said`` is shown. One that is ``mute`` means the same as one not written."""

    label: str
    raw: str
    said: str
    mute: bool = False


@dataclass(frozen=True)
class Thing:
    """One thing of a file. ``look`` is all that its place and look on the drawing are made of.

    ``rank`` is its place in ``group`` where things stand in a row; ``weighty`` says that this order decides something.
    """

    id: str
    told: str
    values: Mapping[str, Value]
    look: Any = None
    group: str = ''
    rank: int | None = None
    weighty: bool = False


Things = Mapping[str, Thing]
_IN_THE_NAME = frozenset({'@kind', '@name', '@label', 'type', 'label', 'key'})


def differences(old: Things, new: Things) -> Iterator[Item]:
    """What was changed, moved or added, in the order of the new file; then what was removed."""
    were, are = _ranks(old, new), _ranks(new, old)
    for key, thing in new.items():
        if key not in old:
            yield Item(ADDED, thing.id, None, thing.told, _parts({}, _unsaid(thing)))
        else:
            found = _difference(old[key], thing, were.get(key), are.get(key))
            if found is not None:
                yield found
    for key, thing in old.items():
        if key not in new:
            yield Item(REMOVED, thing.id, thing.told, None, _parts(_unsaid(thing), {}))


def _difference(old: Thing, new: Thing, was: int | None, now: int | None) -> Item | None:
    parts = _parts(old.values, new.values)
    if was != now and new.weighty and old.weighty:
        parts += (Part('先后', f'第{was}', f'第{now}'),)
    ident = min(old.id, new.id)                       # the same, whichever is the old one
    if parts:
        return Item(CHANGED, ident, old.told, new.told, parts)
    if old.look != new.look or was != now and not (new.weighty or old.weighty):
        return Item(MOVED, ident, old.told, new.told)
    return None


def _ranks(mine: Things, other: Things) -> dict[str, int]:
    """The place of each thing among those that both files have in the same row."""
    rows: dict[str, list[str]] = {}
    for key, thing in mine.items():
        if thing.rank is not None and key in other and other[key].rank is not None and other[key].group == thing.group:
            rows.setdefault(thing.group, []).append(key)
    return {key: place for row in rows.values()
            for place, key in enumerate(sorted(row, key=lambda one: mine[one].rank), 1)}


def _parts(old: Mapping[str, Value], new: Mapping[str, Value]) -> tuple[Part, ...]:
    keys = [*new, *(key for key in old if key not in new)]
    return tuple(_part(old.get(key), new.get(key)) for key in keys
                 if _raw(old.get(key)) != _raw(new.get(key)))


def _unsaid(thing: Thing) -> dict[str, Value]:
    """What its name does not say already."""
    return {key: value for key, value in thing.values.items() if key not in _IN_THE_NAME}


def _raw(value: Value | None) -> str | None:
    return None if value is None or value.mute else value.raw


def _part(old: Value | None, new: Value | None) -> Part:
    label = '／'.join(sorted({one.label for one in (old, new) if one}))
    if old and new and old.said == new.said:
        return Part(label, old.raw, new.raw)
    return Part(label, old and old.said, new and new.said)
