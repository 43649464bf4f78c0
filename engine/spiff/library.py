"""Parsed processes of a bundle, made once per process and content, shared by all instances."""
from collections import OrderedDict
from typing import Any, Protocol

from engine import expression
from engine.definition import Definition
from engine.spiff.away import Away
from engine.spiff.build import build
from engine.spiff.event import Catch
from engine.spiff.place import Person
from engine.spiff.timers import Timer


class Source(Protocol):
    """What is needed of a deployment's bundle."""

    hash: str
    processes: dict[str, Definition]


class Library:
    """The specifications of every process of one bundle.

    ``home`` says on which diagram a specification is drawn; ``timed_by`` which names the timers of a process read;
    ``starters`` which processes begin when a message (or a signal, as ``signal:name``) is heard, each with the
    start event; ``calls`` whether any of them calls instances of their own.
    """

    def __init__(self, bundle: Source) -> None:
        self._specs: dict[str, Any] = {}
        self.home: dict[str, str] = {}
        for process, definition in bundle.processes.items():
            built = build(definition)
            self._specs |= built
            self.home |= dict.fromkeys(built, process)
        self.calls = any(isinstance(spec, Away) for each in self._specs.values() for spec in each.task_specs.values())
        self._called = {process: _called(definition, bundle.processes)
                        for process, definition in bundle.processes.items()}
        self.timed_by = {process: self._timed_by(process) for process in bundle.processes}
        self.starters: dict[str, list[tuple[str, str]]] = {}
        for process in bundle.processes:
            self._starts(process)

    def specs(self, process: str) -> tuple[Any, dict[str, Any]]:
        """The specification of a process, and those of everything that it may contain or call."""
        return self._specs[process], self._specs

    def _starts(self, process: str) -> None:
        for name in self._specs[process].begins:
            event = self._specs[process].task_specs[name].event
            if event is not None and event.kind in ('message', 'signal'):
                awaited = event.name if event.kind == 'message' else f'signal:{event.name}'
                self.starters.setdefault(awaited, []).append((process, name))

    def _timed_by(self, process: str) -> frozenset[str]:
        """The names that the deadlines of a process read: when one of these facts changes, they are read again."""
        specs = [spec for name, each in self._specs.items() if self.home[name] in self._called[process]
                 for spec in each.task_specs.values()]
        timers = {spec.event.expression for spec in specs if isinstance(spec, Catch) and isinstance(spec.event, Timer)}
        codes = [expression.compile(text) for text in timers if text]
        due = {spec.extensions['camunda']['dueDate'] for spec in specs if isinstance(spec, Person)}
        return frozenset().union(*(code.names | code.loose for code in codes),
                                 *(expression.template(text).names for text in due if text))


def _called(definition: Definition, processes: dict[str, Definition]) -> set[str]:
    """The process and all that it calls, directly or not."""
    found, todo = {definition.id}, [definition]
    while todo:
        for element in todo.pop().elements.values():
            if element.called in processes and element.called not in found:
                found.add(element.called)
                todo.append(processes[element.called])
    return found


_MOST_KEPT = 64
_made: OrderedDict[str, Library] = OrderedDict()


def library(bundle: Source) -> Library:
    """The library of a bundle, built at the first call and kept; of many bundles, those that were built last."""
    made = _made.get(bundle.hash)
    if made is None:
        made = _made[bundle.hash] = Library(bundle)
        while len(_made) > _MOST_KEPT:
            _made.popitem(last=False)
    return made
