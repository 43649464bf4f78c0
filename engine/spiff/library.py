"""Parsed processes of a bundle, made once per process and content, shared by all instances."""
from copy import deepcopy
from typing import Any, Protocol

from engine.spiff.parser import DRAWN, Parser, connect_loops


class Source(Protocol):
    """What is needed of a deployment's bundle."""

    hash: str
    trees: dict[str, Any]
    processes: dict[str, Any]


class Library:
    """The specifications of every process of one bundle.

    ``home`` says on which diagram a specification is drawn; ``listeners`` which processes a message starts.
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

    def specs(self, process: str) -> tuple[Any, dict[str, Any]]:
        """The specification of a process and of everything it contains or calls."""
        return self._specs[process]


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
