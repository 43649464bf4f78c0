"""A place that a token reached, as the host and the trail see it."""
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import takewhile
from typing import Any
from uuid import UUID

from engine.errors import Broken, said, worded


@dataclass(slots=True)
class Node:
    """A place on a diagram that a token reached: what the host and the trail need to know of it.

    ``token`` is what distinguishes this token from others at the same place, ``local`` everything that can be seen here
    and nowhere else; inside a called process (``closed``) nothing of the instance's own variables is seen.
    """

    process: str
    element: str
    name: str
    flows: list[str] = field(default_factory=list)        # ids of the elements it was entered from
    token: dict = field(default_factory=dict)
    local: dict = field(default_factory=dict)
    closed: bool = False
    inside: list = field(default_factory=list)             # the records of the insides around it, innermost first
    root: dict = field(default_factory=dict)               # the record of the instance itself
    branch: list = field(default_factory=list)             # the parallel branches it stands on
    extensions: dict = field(default_factory=dict)
    since: str | None = None                               # when it began to wait, where a deadline counts from there
    stands_for: int = 1                                    # how many missed rounds of a cycle this passage stands for

    def keep(self, name: str, value: Any, before: Any) -> bool:
        """Keep a value with the inside that it belongs to; False: it belongs to the instance, which had `before`.

        What is known further out is changed there; what is new stays in the innermost. A called process is like an
        instance: what one of several children in it writes stays with the child.

        :raises Broken: a branch that runs beside this one has written something else.
        """
        for kept in self._within():
            for where in ('vars', 'local'):
                if name in kept.get(where, ()):
                    self._claim(kept, name, kept[where][name], value)
                    kept[where][name] = self.local[name] = value
                    return True
        self._claim(self.inside[0] if self.inside else self.root, name, None if self.inside else before, value)
        if not self.inside:
            return False
        self.inside[0].setdefault('vars', {})[name] = self.local[name] = value
        return True

    def _within(self) -> list[dict]:
        """The insides whose variables can be changed from here, innermost first."""
        if self.inside and self.inside[0].get('closed'):
            return self.inside[:1]
        return list(takewhile(lambda kept: not kept.get('closed'), self.inside))

    def _claim(self, kept: dict, name: str, before: Any, value: Any) -> None:
        """Note on which branch a variable was written; where two beside each other disagree, chance would win."""
        wrote = kept.setdefault('wrote', {})
        if before != value and _apart(wrote.get(name, ()), self.branch):
            raise Broken(said('并行的两个分支都在写“{name}”：一个写了{before}，“{place}”要写{value}', name=name,
                              place=self.name or self.element, before=worded(before), value=worded(value)),
                         element=self.element, name=self.name, values={name: before},
                         advice='给两个分支用不同的名字，汇合之后再合成一个')
        wrote[name] = self.branch
        if not self.branch:
            del wrote[name]


@dataclass(slots=True)
class Open:
    """A task that waits for a person."""

    id: UUID
    node: Node


@dataclass(slots=True)
class Armed:
    """A timer that waits, with the moment it is due."""

    id: UUID
    node: Node
    due_at: datetime


def _apart(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two branches parted at the same gateway into different ways."""
    for a, b in zip(one, other):
        if a != b:
            return a.partition('.')[0] == b.partition('.')[0]
    return False
