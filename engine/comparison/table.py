"""A DMN file as things that can be compared: decisions, columns, and rows whose cells are told by their columns."""
from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from lxml import etree

from engine.comparison import words
from engine.comparison.flat import flat
from engine.comparison.look import looks
from engine.comparison.thing import Thing, Value
from engine.decision.listing import in_words
from engine.finding import one_line

ANY = '任意'
_KINDS = {'definitions': words.FILE, 'decision': '决策', 'input': '输入列', 'output': '结果列', 'annotation': '备注列',
          'rule': '行', 'inputData': '输入数据', 'businessKnowledgeModel': '知识模型', 'knowledgeSource': '知识来源',
          'itemDefinition': '数据类型', 'decisionService': '决策服务'}
_COLUMNS = {'inputEntry': 'input', 'outputEntry': 'output', 'annotationEntry': 'annotation'}
_BY_ORDER = frozenset({'FIRST', 'RULE ORDER'})
_UNSAID = frozenset({('@hitPolicy', 'UNIQUE'), ('@preferredOrientation', 'Rule-as-Row')})
_LONGEST = 24               # characters of a row's ground that its name takes along


class _File:
    """One file while its things are gathered. Who has an id that the other file does not know (``known``) is
    recognised by what it asks or answers."""

    def __init__(self, root: etree._Element, known: Collection[str]) -> None:
        self.known, self.things, self.keys = known, {}, {}
        self.taken: Counter[str] = Counter()
        self.places = dict(_places(root))
        self.drawn = looks(root, 'dmnElementRef')
        self.alone = sum(1 for _ in root.iter('{*}decisionTable')) < 2
        for node in root.iter(*(f'{{*}}{kind}' for kind in _KINDS)):
            thing = self._row(node) if _kind(node) == 'rule' else self._plain(node)
            self.things[self._keyed(node, thing)] = thing

    def _keyed(self, node: etree._Element, thing: Thing) -> str:
        """A key of its own, which the same thing has in the other file."""
        ident = node.get('id', '')
        key = 'definitions' if node.getparent() is None else ident if ident in self.known else _sign(thing)
        self.taken[key] += 1
        self.keys[node] = key if self.taken[key] == 1 else f'{key}#{self.taken[key]}'
        return self.keys[node]

    def _plain(self, node: etree._Element) -> Thing:
        found = flat(node, lambda one: _kind(one) in _KINDS, ('DMNDI',))
        values = {'/'.join(path): Value(words.label(path), value, words.value(path, value),
                                        (path[-1], value) in _UNSAID)
                  for path, value in found.items() if path != ('@id',)}
        column = _kind(node) in _COLUMNS.values()
        return Thing(node.get('id', ''), self._told(node), values, self.drawn.get(node.get('id', '')),
                     f'{_table(node)} {_kind(node)}' if column else '', self.places[node] if column else None)

    def _told(self, node: etree._Element) -> str:
        if _kind(node) == 'definitions':
            return words.FILE
        if _kind(node) in _COLUMNS.values():
            return f'{_KINDS[_kind(node)]}“{_name(node)}”'
        word = '决策表' if node.find('{*}decisionTable') is not None else _KINDS[_kind(node)]
        return f'{word}“{_name(node)}”（{node.get("id") or ""}）'

    def _row(self, node: etree._Element) -> Thing:
        policy = node.getparent().get('hitPolicy', 'UNIQUE')
        ground = one_line(' '.join(''.join(one.itertext()) for one in node if _kind(one) == 'description'))
        owner = None if self.alone else _owner(node)
        told = f'{"" if owner is None else f"“{_name(owner)}”"}第{self.places[node]}行'
        return Thing(node.get('id', ''), f'{told}（{_cut(ground)}）' if ground else told, dict(self._cells(node)), None,
                     _table(node), self.places[node] if policy in _BY_ORDER else None, weighty=True)

    def _cells(self, row: etree._Element) -> Iterator[tuple[str, Value]]:
        for entry, kind in _COLUMNS.items():
            cells = [one for one in row if _kind(one) == entry]
            columns = row.getparent().iterchildren(f'{{*}}{kind}')
            for cell, column in zip(cells, columns, strict=False):
                text = ''.join(cell.itertext()).strip()
                mute = text in ('', '-') if kind == 'input' else not text
                said = in_words(text) or (ANY if kind == 'input' else words.EMPTY)
                yield f'{kind} {self.keys.get(column)}', Value(_name(column), text, said, mute)
        for path, value in flat(row, lambda _: False, ()).items():
            if path != ('@id',) and (path[0].partition('#')[0] not in _COLUMNS or path[-1].startswith('@')):
                yield '/'.join(path), Value(words.label(path), value, words.value(path, value))


def things(root: etree._Element, known: Collection[str]) -> Mapping[str, Thing]:
    """The things of a file by id where the other file knows the id (``known``), else by content."""
    return _File(root, known).things


def _kind(node: etree._Element) -> str:
    return etree.QName(node).localname


def _sign(thing: Thing) -> str:
    """What a column asks or answers, what the cells of a row ask; of others the name."""
    asked = [value.raw for key, value in thing.values.items() if key.startswith('input ')]
    own = [value.raw for key, value in thing.values.items() if key in ('inputExpression/text/.', '@name')]
    return f'{thing.group.partition(" ")[2] or "row"}:{" ".join(asked or own)}'


def _name(node: etree._Element) -> str:
    asked = node.findtext('{*}inputExpression/{*}text') or ''
    return one_line(node.get('label') or node.get('name') or asked or node.get('id', ''))


def _table(node: etree._Element) -> str:
    """The id of the decision in which a row or column stands."""
    owner = _owner(node)
    return '' if owner is None else owner.get('id', '')


def _owner(node: etree._Element) -> etree._Element | None:
    return next(node.iterancestors('{*}decision', '{*}businessKnowledgeModel'), None)


def _places(root: etree._Element) -> Iterator[tuple[etree._Element, int]]:
    """Which of its kind each node is, counted from 1."""
    for parent in root.iter(etree.Element):
        seen: Counter[str] = Counter()
        for node in parent.iterchildren(etree.Element):
            seen[node.tag] += 1
            yield node, seen[node.tag]


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f'{text[:_LONGEST]}…'
