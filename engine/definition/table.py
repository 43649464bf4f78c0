"""The rules that a reader finds in a diagram: what each deadline and message sets off, for whom, on what basis."""
import re
from collections.abc import Iterator
from typing import NamedTuple

from engine.definition.element import Element
from engine.definition.node import GATEWAYS
from engine.definition.process import Definition

POSTS = {'liaison': '联络员', 'chief': '单位负责人', 'officer': '督查员', 'head': '督查室负责人', 'principal': '主要领导',
         'deputy': '分管领导', 'owner': '流程管理员', 'auditor': '审计员', 'operator': '运维员'}
"""The posts that a candidate ``unit/post`` may name."""

_UNITS = {'${lead_unit}': '牵头单位', '${unit}': '协办单位', '${supervisor_unit}': '督查室', 'gov': '政府',
          'office': '政府办公厅（室）', 'supervision': '督查室'}
_BASIS = re.compile(r'(?:P\d{2}-\d{2}|A\d{2})(?:\s*[…–~～-]+\s*(?:P\d{2}-\d{2}|A\d{2}|\d{2}(?!\d)))?')


class Row(NamedTuple):
    """One line of the rules table: when, what happens, who, on what basis (rule ids)."""

    element: str
    when: str
    then: str
    who: str
    basis: tuple[str, ...]


def rules(definition: Definition) -> list[Row]:
    """The rules table of a process page: what each deadline and message sets off, for whom, on what basis.

    In the order of the file. ``basis`` are the rule ids (P01-01, A07, ranges as written) in the documentation
    of the event and of what it leads to.
    """
    return [_row(definition, element) for element in definition.elements.values()
            if not element.inserted and (element.timer or element.message)
            and element.kind in ('boundaryEvent', 'intermediateCatchEvent', 'startEvent', 'receiveTask')]


def _row(definition: Definition, element: Element) -> Row:
    when = element.name or (element.timer.text if element.timer else element.message)
    if element.message:
        when = f'收到“{when}”'
    host = definition.elements.get(element.attached_to)
    if host:
        when = f'{host.name or host.id}：{when}'
    steps = list(_steps(definition, element, set()))
    then = '；'.join((f'{label}：' if label else '') + (step.name or step.id) for label, step in steps)
    if host and element.interrupting:
        then = f'{then}（“{host.name or host.id}”中止）'
    people = dict.fromkeys(who for _, step in steps for who in _people(step))
    said = [element.documentation, *(step.documentation for _, step in steps)]
    basis = dict.fromkeys(found for text in said for found in _BASIS.findall(text))
    return Row(element.id, when, then, '、'.join(people) or element.lane, tuple(basis))


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


def _people(step: Element) -> Iterator[str]:
    for text in (step.candidate or step.inputs.get('to', '')).split(','):
        unit, slash, post = text.strip().rpartition('/')
        if slash and post in POSTS:
            yield f'{_UNITS.get(unit, unit)}·{POSTS[post]}'
        elif text.strip():
            yield step.lane or text.strip()
