"""A rule about whom tables name: the posts to which a user task goes by a table's answer must be posts there are."""
import re
from collections.abc import Iterator
from dataclasses import replace

from engine.decision.table import Table
from engine.definition import POSTS
from engine.finding import REFUSE, Both, Finding, Spot, rule
from engine.gate.scene import Scene
from engine.gate.vocabulary import hint

UNKNOWN_POST = rule('decision.unknown_post', REFUSE, '{it}的岗位“{what}”不认识{hint}',
                    'There is no post "{what}" ({it}){hint}')
_WHOLE = re.compile(r'\s*[$#]\{\s*(\w+)\s*\}\s*')
_NAMED = re.compile(r'\s*"[^"/]+/([^"/]*)"\s*')


def check(scene: Scene) -> Iterator[Finding]:
    """Every cell with a post of its own in a column that tasks are given to."""
    asked = {found[1] for diagram in scene.diagrams for element in diagram.definition.elements.values()
             if (found := _WHOLE.fullmatch(element.candidate))}
    for ident, decision in scene.tables.items():
        if decision.table:
            spot = Spot(scene.table_files[ident], 'decision', ident, decision.name)
            yield from _cells(decision.table, asked, spot)


def _cells(table: Table, asked: set[str], spot: Spot) -> Iterator[Finding]:
    for place, column in enumerate(table.outputs):
        for row in table.rules if column.name in asked else ():
            named = _NAMED.fullmatch(row.outputs[place])
            if named and named[1] not in POSTS:
                at = spot._replace(part=Both(f'第{row.number}行“{column.label}”', f', row {row.number}, {column.label}'))
                yield replace(UNKNOWN_POST.at(at, what=named[1], hint=hint(named[1], POSTS)), element=row.id)
