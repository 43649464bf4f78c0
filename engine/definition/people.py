"""Who does a step: the posts that it is drawn for, or the table that names them."""
import re
from collections.abc import Iterator, Mapping
from typing import Protocol

from engine.definition.element import Element
from engine.definition.process import Definition
from engine.errors import said

POSTS = {'liaison': said('联络员'), 'chief': said('单位负责人'), 'officer': said('督查员'), 'head': said('督查室负责人'), 'principal': said('主要领导'),
         'deputy': said('分管领导'), 'owner': said('流程管理员'), 'auditor': said('审计员'), 'operator': said('运维员')}
"""The posts that a candidate ``unit/post`` may name."""

_UNITS = {'${lead_unit}': said('牵头单位'), '${unit}': said('协办单位'), '${supervisor_unit}': said('督查室'), 'gov': said('政府'),
          'office': said('政府办公厅（室）'), 'supervision': said('督查室')}
_NAME = re.compile(r'[$#]\{\s*(\w+)\s*\}')


class Answering(Protocol):
    """A table, as far as this room asks it."""

    name: str
    outputs: tuple


def people(step: Element, processes: Mapping[str, Definition], tables: Mapping[str, Answering]) -> list[str]:
    """Who does a step, or who is told by it; for a call, those who have to do something in the called process."""
    if step.called in processes:
        inner = (one for one in processes[step.called].elements.values() if one.kind == 'userTask')
        return list(dict.fromkeys(who for one in inner for who in _drawn(one, tables)))
    return list(dict.fromkeys(_drawn(step, tables)))


def _drawn(step: Element, tables: Mapping[str, Answering]) -> Iterator[str]:
    for text in (step.candidate or step.inputs.get('to', '')).split(','):
        unit, slash, post = text.strip().rpartition('/')
        if slash and post in POSTS:
            yield said('{unit}·{post}', unit=_UNITS.get(unit, unit), post=POSTS[post])
        elif text.strip():
            yield _by_table(text.strip(), tables) or step.lane or text.strip()


def _by_table(text: str, tables: Mapping[str, Answering]) -> str:
    """The table that gives the value of the only name in a text."""
    name = _NAME.fullmatch(text)
    giving = (table for table in tables.values() if name and name[1] in {one.name for one in table.outputs})
    found = next(giving, None)
    return said('按决策表“{table}”', table=found.name) if found else ''
