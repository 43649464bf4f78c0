"""Which places can stand in for which, when a token is carried to another version or put somewhere else by hand."""
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from engine.errors import said
from engine.spiff.away import Away
from engine.spiff.event import Boundary, Catch, Handler
from engine.spiff.gateway import Inclusive, Join, Parallel, Race
from engine.spiff.library import Library
from engine.spiff.place import Person, Place, drawn
from engine.spiff.scope import Call, Multi, Sub, Transaction

_FAMILIES: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (Away, lambda spec: 'call'), (Multi, lambda spec: 'several'),
    (Handler, lambda spec: f'handler {spec.event.kind}'), (Boundary, lambda spec: f'boundary {spec.event.kind}'),
    (Catch, lambda spec: 'job' if spec.aside else f'catch {spec.event.kind}'), (Person, lambda spec: 'task'),
    (Transaction, lambda spec: 'transaction'), (Call, lambda spec: 'call'), (Sub, lambda spec: 'frame'),
    (Parallel, lambda spec: 'parallel'), (Inclusive, lambda spec: 'inclusive'), (Race, lambda spec: 'race'))
_SHAPE = ('sequential', 'collection', 'cardinality', 'variable', 'loops')
_RESULT = ('output', 'result')


def family(spec: Any) -> str:
    """What kind of waiting a place stands for; '' where nothing ever waits. Only the same can stand in for it."""
    found = next((say(spec) for kind, say in _FAMILIES if isinstance(spec, kind)), '')
    return '' if isinstance(spec, Join) and len(spec._inputs) < 2 else found


def waiting(library: Library, process: str) -> dict[str, str]:
    """The drawn elements of a process at which something can wait, in the order of the diagram, with their families;
    `way` are those from which one comes to a join and waits there."""
    found: dict[str, str] = {}
    for name, home in library.home.items():
        specs = library.specs(name)[0].task_specs if home == process else {}
        ways = {source for spec in specs.values() if isinstance(spec, Join) and len(spec._inputs) > 1
                for source in spec._inputs}
        for spec in specs.values():
            known = family(spec) or ('way' if spec.name in ways else '')
            if isinstance(spec, Place) and not spec.aside and not spec.repeated and known:
                found.setdefault(drawn(spec), known)
    return found


def misfit(old: Any, new: Any, kept: Mapping[str, Any]) -> str:
    """Why what stands at one place, of the same family, cannot stand at another; '' when it can."""
    if isinstance(old, Away) and isinstance(new, Away) and old.process == new.process and old.several == new.several:
        return _other_copies(old, new, kept)
    if isinstance(old, (Call, Away)):
        same = isinstance(old, Call) and isinstance(new, Call) and old.spec == new.spec
        return '' if same else said('调用的流程或调用的方式改了，已经开始的调用移不过去')
    return _other_copies(old, new, kept) if isinstance(old, Multi) else ''


def _other_copies(old: Multi, new: Multi, kept: Mapping[str, Any]) -> str:
    if _differ(old, new, _SHAPE):
        return said('多实例的集合、次数、变量名或先后改了，已经开着的几份移不过去')
    if kept.get('done') and _differ(old, new, _RESULT):
        return said('多实例汇总的结果改了，已经办完的几份没有这个结果')
    return ''


def _differ(old: Any, new: Any, names: Iterable[str]) -> bool:
    return any(getattr(old, name) != getattr(new, name) for name in names)


def uncovered(level: Any, standing: Mapping[str, Iterable[str]]) -> dict[str, frozenset[str]]:
    """Parallel joins of a level's specification that would wait for ever: by name, the places from which nobody comes.

    `standing` are the names of the places where something stands, each with the places that its tokens came from. An
    event attached to one of them counts only where it waits itself: the others have happened.
    """
    found = {}
    for spec in level.task_specs.values():
        if not isinstance(spec, Parallel) or len(spec._inputs) < 2:
            continue
        leads, reached = _leads(level, spec.name), set(standing.get(spec.name, ()))
        for name in standing:
            reached |= _onward(level.task_specs[name], leads) if name != spec.name else set()
        missing = frozenset(spec._inputs) - reached
        if reached and missing:
            found[spec.name] = missing
    return found


def _onward(spec: Any, leads: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """What `leads` says of a place where something stands, without the events attached to it."""
    found = leads.get(spec.name, frozenset())
    if not found or not getattr(spec, 'boundaries', ()):
        return found
    return found & {spec.name} | frozenset().union(*(leads.get(name, frozenset()) for name in spec._outputs))


@lru_cache(maxsize=512)
def _leads(level: Any, join: str) -> dict[str, frozenset[str]]:
    """For each place, the incoming flows of a join (by their sources) that can be reached from it without the join."""
    found: dict[str, set[str]] = {}
    for source in level.task_specs[join]._inputs:
        todo = [source]
        while todo:
            name = todo.pop()
            if name != join and source not in found.setdefault(name, set()):
                found[name].add(source)
                todo += level.entering[name]
    return {name: frozenset(sources) for name, sources in found.items()}

