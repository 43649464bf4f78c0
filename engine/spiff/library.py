"""Parsed processes of a bundle, made once per process and content, shared by all instances."""
from copy import deepcopy
from typing import Any, Protocol

from SpiffWorkflow.bpmn.specs.defaults import StartEvent
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition

from engine import expression
from engine.spiff.parser import DRAWN, Parser, connect_loops
from engine.spiff.specs import Message


class Source(Protocol):
    """What is needed of a deployment's bundle."""

    hash: str
    trees: dict[str, Any]
    processes: dict[str, Any]


class Library:
    """The specifications of every process of one bundle.

    ``home`` says on which diagram a specification is drawn; ``timed_by`` which names the timers of a process read;
    ``starters`` which processes a message starts.
    """

    def __init__(self, bundle: Source) -> None:
        parser = Parser()
        self.home: dict[str, str] = {}
        for process, tree in bundle.trees.items():
            parser.add_bpmn_xml(_unique(tree, process, self.home), process)
        self._specs = {}
        for process in bundle.trees:
            self.home[process] = process
            spec, called = parser.get_spec(process), parser.get_subprocess_specs(process)
            for each in (spec, *called.values()):
                connect_loops(each)
            self._specs[process] = spec, called
        self.timed_by = {process: _timed_by(spec, called) for process, (spec, called) in self._specs.items()}
        self.starters = self._starters()

    def specs(self, process: str) -> tuple[Any, dict[str, Any]]:
        """The specification of a process and of everything it contains or calls."""
        return self._specs[process]


    def _starters(self) -> dict[str, list[str]]:
        """The processes that a message starts."""
        found: dict[str, list[str]] = {}
        for process, (spec, _) in self._specs.items():
            for task in spec.task_specs.values():
                if isinstance(task, StartEvent) and isinstance(task.event_definition, Message):
                    found.setdefault(task.event_definition.name, []).append(process)
        return found


def _timed_by(spec: Any, called: dict[str, Any]) -> frozenset[str]:
    """The names that the timers of a process read: when one of these facts changes, its deadlines are read again."""
    texts = {task.event_definition.expression for each in (spec, *called.values()) for task in each.task_specs.values()
             if isinstance(getattr(task, 'event_definition', None), TimerEventDefinition)}
    return frozenset().union(*(expression.compile(text).names for text in texts))


def _unique(tree: Any, process: str, home: dict[str, str]) -> Any:
    """Element ids are unique per diagram only; embedded sub-processes need names that are unique in the bundle."""
    tree = deepcopy(tree)
    renamed = {}
    for node in tree.iter('{*}subProcess', '{*}transaction'):
        node.set(DRAWN, node.get(DRAWN) or node.get('id'))
        renamed[node.get('id')] = f'{process}.{node.get("id")}'
        node.set('id', renamed[node.get('id')])
        home[node.get('id')] = process
    for node in tree.iter('{*}sequenceFlow', '{*}boundaryEvent', '{*}BPMNShape', '{*}flowNodeRef'):
        for attribute in ('sourceRef', 'targetRef', 'attachedToRef', 'bpmnElement'):
            if node.get(attribute) in renamed:
                node.set(attribute, renamed[node.get(attribute)])
        if node.text in renamed:
            node.text = renamed[node.text]
    return tree


_made: dict[str, Library] = {}


def library(bundle: Source) -> Library:
    """The library of a bundle, parsed at the first call and kept for the life of the process."""
    made = _made.get(bundle.hash)
    if made is None:
        made = _made[bundle.hash] = Library(bundle)
    return made
