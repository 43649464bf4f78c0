"""The rules that a reader finds in a diagram: what each deadline and message sets off, for whom, on what basis."""
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from engine.definition.element import Element
from engine.definition.node import GATEWAYS
from engine.definition.people import Answering, people
from engine.definition.process import Definition
from engine.errors import listed, said

_BASIS = re.compile(r'(?:P\d{2}-\d{2}|A\d{2})(?:\s*[…–~～-]+\s*(?:P\d{2}-\d{2}|A\d{2}|\d{2}(?!\d)))?')


class Row(NamedTuple):
    """One line of the rules table: when, what happens, who, on what basis (rule ids)."""

    element: str
    when: str
    then: str
    who: str
    basis: tuple[str, ...]


def rules(definition: Definition, processes: Mapping[str, Definition] = MappingProxyType({}),
          tables: Mapping[str, Answering] = MappingProxyType({})) -> list[Row]:
    """The rules table of a process page: what each deadline and message sets off, for whom, on what basis.

    In the order of the file. ``basis`` are the rule ids (P01-01, A07, ranges as written) in the documentation
    of the event and of what it leads to. ``processes`` and ``tables`` are the others of the bundle, which say who has
    to do with a called process, and by which table.
    """
    return [_row(definition, element, processes, tables) for element in definition.elements.values()
            if not element.inserted and (element.timer or element.message)
            and element.kind in ('boundaryEvent', 'intermediateCatchEvent', 'startEvent', 'receiveTask')]


def _row(definition: Definition, element: Element, processes: Mapping[str, Definition],
         tables: Mapping[str, Answering]) -> Row:
    when = element.name or (element.timer.text if element.timer else element.message)
    if element.message:
        when = said('收到“{what}”', what=when)
    host = definition.elements.get(element.attached_to)
    if host:
        when = said('{host}：{when}', host=host.name or host.id, when=when)
    steps = list(_steps(definition, element, set()))
    then = listed((said('{label}：{step}', label=label, step=step.name or step.id) if label else step.name or step.id
                   for label, step in steps), '；')
    if host and element.interrupting:
        then = said('{then}（“{host}”中止）', then=then, host=host.name or host.id)
    who = dict.fromkeys(one for _, step in steps for one in people(step, processes, tables))
    notes = [element.documentation, *(step.documentation for _, step in steps)]
    return Row(element.id, when, then, listed(who) or element.lane, basis(*notes))


def basis(*texts: str) -> tuple[str, ...]:
    """The rule ids that texts name."""
    return tuple(dict.fromkeys(found for text in texts for found in _BASIS.findall(text)))


def _steps(definition: Definition, element: Element, seen: set[str],
           label: str = '') -> Iterator[tuple[str, Element]]:
    for flow_id in element.outgoing:
        flow = definition.flows[flow_id]
        target = definition.elements.get(flow.target)
        if target is None or target.id in seen:
            continue
        seen.add(target.id)
        said = flow.name or label
        if target.kind in GATEWAYS:
            yield from _steps(definition, target, seen, said)
        else:
            yield said, target
