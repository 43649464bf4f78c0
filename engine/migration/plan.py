"""The plan of a migration: where everything that may wait in one version has its place in another."""
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from engine import deployment, spiff
from engine.definition import Definition
from engine.deployment import Bundle, Deployment
from engine.errors import Refused, listed
from engine.finding import WORDS, one_line


@dataclass(frozen=True)
class Place:
    """An element of the old version at which something may wait. ``target`` is its element in the new version, '' where
    it has none; ``choices`` are those of the same kind, by id; ``by_hand`` says that a person chose."""

    process: str
    element: str
    name: str
    kind: str
    target: str
    choices: Mapping[str, str]
    by_hand: bool


@dataclass(frozen=True)
class Plan:
    """Two versions (ids of deployments; ``numbers`` as people count them) and what becomes of each element. ``gone``
    are processes that the new one lacks."""

    source: int
    target: int
    numbers: tuple[int, int]
    mapped: Mapping[str, str]
    names: spiff.Names
    places: tuple[Place, ...]
    gone: tuple[str, ...]

    @property
    def unmapped(self) -> list[Place]:
        """The elements without a place; only matters that stand there cannot be moved."""
        return [place for place in self.places if not place.target]


def make(session: Session, source: int, target: int, mapped: Mapping[str, str] | None = None) -> Plan:
    """The plan from one version (a deployment's id) to another: same id and kind, else as `mapped` says
    ({'process/element' or 'element': 'new element'}).

    :raises NotFound: there is no such version. :raises Refused: both are the same, or `mapped` does not fit.
    """
    old, new = deployment.bundle(session, source), deployment.bundle(session, target)
    if source == target:
        raise Refused('要移到另一版，原来的和新的是同一版。')
    chosen = _chosen(mapped or {}, old)
    places = [place for process in old.processes for place in _places(process, old, new, chosen)]
    for key, element in chosen.items():
        _check(key, element, places, new)
    names = {process: _names(process, chosen, new) for process in old.processes}
    by_hand = {'/'.join(key): element for key, element in chosen.items()}
    return Plan(source, target, numbers(session, source, target), by_hand, names, tuple(places),
                tuple(process for process in old.processes if process not in new.processes))


def numbers(session: Session, *versions: int) -> tuple[int, ...]:
    """The numbers of versions, as people count them."""
    return tuple(session.get(Deployment, key).number for key in versions)


def _chosen(mapped: Mapping[str, str], old: Bundle) -> dict[tuple[str, str], str]:
    """What was mapped by hand, by process and element; what stays as it is needs no hand."""
    found = {}
    for written, element in mapped.items():
        process, slash, name = written.rpartition('/')
        within = [one for one in old.processes if (one == process or not slash) and name in old.processes[one].elements]
        if not within:
            raise Refused('原来的版本里没有“{element}”这个元素。', element=written)
        if len(within) > 1:
            raise Refused('“{element}”在几个流程里都有，请写成 流程/元素：{known}', element=name,
                          known=listed(f'{one}/{name}' for one in within))
        if element != name:
            found[within[0], name] = element
    return found


def _places(process: str, old: Bundle, new: Bundle, chosen: Mapping[tuple[str, str], str]) -> Iterator[Place]:
    kinds = spiff.waiting(spiff.library(new), process) if process in new.processes else {}
    for element, kind in spiff.waiting(spiff.library(old), process).items():
        drawn, wanted = old.processes[process].elements[element], chosen.get((process, element))
        choices = {one: _said(new.processes[process], one) for one in kinds if kinds[one] == kind}
        target = element if wanted is None else wanted
        yield Place(process, element, _said(old.processes[process], element),
                    WORDS.get(drawn.drawn_kind or drawn.kind, drawn.kind), target if target in choices else '', choices,
                    wanted is not None)


def _said(definition: Definition, element: str) -> str:
    return one_line(definition.elements[element].name) or element


def _check(key: tuple[str, str], element: str, places: list[Place], new: Bundle) -> None:
    """What never waits may be mapped, too: then the trail knows by which way a token came."""
    place = next((one for one in places if (one.process, one.element) == key), None)
    known = new.processes[key[0]].elements if key[0] in new.processes else {}
    if element and element not in (known if place is None else place.choices):
        raise Refused('“{element}”不能对应到“{target}”：新版本里没有这个元素，或者它是另一种元素。',
                      element=key[1] if place is None else place.name, target=element)


def _names(process: str, chosen: Mapping[tuple[str, str], str], new: Bundle) -> dict[str, str]:
    """The new ids of a process's elements; with an element goes the gateway that stands for its several flows."""
    found: dict[str, str] = {}
    known: Mapping[str, Any] = new.processes[process].elements if process in new.processes else {}
    for (within, element), target in chosen.items():
        if within == process:
            found[element] = target
            if f'{target}__split' in known:
                found[f'{element}__split'] = f'{target}__split'
    return found
