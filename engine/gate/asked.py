"""Rules about whom drawings and tables name: the posts to which work goes must be posts there are."""
import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import NamedTuple

from engine.definition import POSTS
from engine.finding import REFUSE, WARN, Both, Finding, Rule, Spot, rule
from engine.gate.scene import Diagram, Scene
from engine.gate.vocabulary import hint

UNKNOWN_POST = rule('decision.unknown_post', REFUSE, '{it}的岗位“{what}”不认识{hint}',
                    'There is no post "{what}" ({it}){hint}')
ABSENT = rule('post.absent', WARN, '{it}写的岗位“{what}”哪个政府都没有{hint}要办的事只会转给决策表fallback答的岗位；请改成有的岗位，'
              '或者先在机构页加上。',
              'No government has the post "{what}" that {it} names{hint} Its work would go to whomever the table '
              'fallback names; write a post that there is, or add it to the directory first.')
_WHOLE = re.compile(r'\s*[$#]\{\s*(\w+)\s*\}\s*')
_NAMED = re.compile(r'\s*"([^"/]+)/([^"/]*)"\s*')
_LITERAL = re.compile(r'\s*([^/{}]+/[^/{}]+?)\s*')


class _Cell(NamedTuple):
    """A post that is written out in a table, in a column that tasks are given to."""

    unit: str
    post: str
    spot: Spot
    row: str

    def finds(self, wrong: Rule, what: str, known: Collection[str]) -> Finding:
        return replace(wrong.at(self.spot, what=what, hint=hint(what, known)), element=self.row)


def check(scene: Scene) -> Iterator[Finding]:
    """Every cell with a post of its own in a column that tasks are given to."""
    for cell in _cells(scene):
        if cell.post not in POSTS:
            yield cell.finds(UNKNOWN_POST, cell.post, POSTS)


def absent(scene: Scene, posts: Collection[str]) -> Iterator[Finding]:
    """The same, and what drawings write out, held against the posts (``unit/post``) of all governments."""
    for diagram in scene.diagrams:
        for spot, text in _written(diagram):
            named = _LITERAL.fullmatch(text)
            if named and named[1].rpartition('/')[2] in POSTS and named[1] not in posts:
                yield ABSENT.at(spot, what=named[1], hint=hint(named[1], posts))
    for cell in _cells(scene):
        what = f'{cell.unit}/{cell.post}'
        if cell.post in POSTS and what not in posts:
            yield cell.finds(ABSENT, what, posts)


def _written(diagram: Diagram) -> Iterator[tuple[Spot, str]]:
    drawn = diagram.definition
    yield diagram.at(drawn), drawn.starter
    for element in drawn.elements.values():
        if element.kind == 'userTask':
            yield diagram.at(element), element.candidate


def _cells(scene: Scene) -> Iterator[_Cell]:
    asked = {found[1] for diagram in scene.diagrams for element in diagram.definition.elements.values()
             if (found := _WHOLE.fullmatch(element.candidate))}
    for ident, decision in scene.tables.items():
        spot = Spot(scene.table_files[ident], 'decision', ident, decision.name)
        columns = enumerate(decision.table.outputs) if decision.table else ()
        for place, column in columns:
            for row in decision.table.rules if column.name in asked else ():
                named = _NAMED.fullmatch(row.outputs[place])
                if named:
                    part = Both(f'第{row.number}行“{column.label}”', f', row {row.number}, {column.label}')
                    yield _Cell(named[1], named[2], spot._replace(part=part), row.id)
