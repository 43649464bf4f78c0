"""What a comparison tells: files, the things in them, and their parts, each with its old and its new value."""
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

ADDED, REMOVED, CHANGED, MOVED = 'added', 'removed', 'changed', 'moved'
STATES = ADDED, REMOVED, CHANGED, MOVED
"""``moved`` means that only the place or the look on the drawing differs, never what is done."""


class Part(NamedTuple):
    """One property in words; None where nothing is written."""

    label: str
    old: str | None
    new: str | None


class Line(NamedTuple):
    """One line of a text that is only in one of the two; ``number`` counts from 1 in that one."""

    state: str
    number: int
    text: str


@dataclass(frozen=True)
class Item:
    """One thing in a file (an element, a row, a field); ``old`` and ``new`` are what the two files call it."""

    state: str
    id: str
    old: str | None
    new: str | None
    parts: tuple[Part, ...] = ()

    @property
    def name(self) -> str:
        """What it is called now, or was called last."""
        return self.new or self.old or self.id


@dataclass(frozen=True)
class File:
    """One file that is not the same in both bundles. ``kind``: diagram, table, form or other.

    Neither ``items`` nor ``lines`` in a changed file: of a diagram, table or form only the way of writing differs;
    of another file nothing can be shown line by line.
    """

    name: str
    kind: str
    state: str
    items: tuple[Item, ...] = ()
    lines: tuple[Line, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """How many things were added, removed, changed, moved; what is nought is left out."""
        found = Counter(item.state for item in self.items)
        return {state: found[state] for state in STATES if found[state]}


def total(files: Sequence[File]) -> dict[str, int]:
    """How many things differ in all these files, by state; what is nought is left out."""
    found: Counter[str] = Counter()
    for file in files:
        found.update(file.counts)
    return {state: found[state] for state in STATES if found[state]}
