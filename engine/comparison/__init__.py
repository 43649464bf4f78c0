"""What differs between two bundles: file by file, thing by thing, property by property, told in words."""
from collections.abc import Callable, Mapping
from functools import lru_cache

from lxml import etree

from engine.comparison import diagram, form, table
from engine.comparison.change import ADDED, CHANGED, MOVED, REMOVED, STATES, File, Item, Line, Part, total
from engine.comparison.text import lines
from engine.comparison.thing import Things, differences
from engine.errors import Refused
from engine.gate import source
from engine.xml import parse_xml

__all__ = ['ADDED', 'CHANGED', 'DIAGRAM', 'FORM', 'MOVED', 'OTHER', 'REMOVED', 'STATES', 'TABLE', 'File', 'Item',
           'Line', 'Part', 'compare', 'total']

DIAGRAM, TABLE, FORM, OTHER = 'diagram', 'table', 'form', 'other'
_KINDS = {'.bpmn': DIAGRAM, '.dmn': TABLE, '.form': FORM}
_MOST_KEPT = 256


def compare(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> list[File]:
    """The files that are not byte for byte the same in both, by name. Any bytes are taken: what cannot be read as what
    its name says is compared as text."""
    return [_compared(name, old.get(name), new.get(name)) for name in sorted({*old, *new})
            if old.get(name) != new.get(name)]


@lru_cache(_MOST_KEPT)
def _compared(name: str, old: bytes | None, new: bytes | None) -> File:
    kind = _KINDS.get(source.suffix(name), OTHER)
    state = ADDED if old is None else REMOVED if new is None else CHANGED
    if kind != OTHER:
        try:
            return File(name, kind, state, tuple(differences(*_THINGS[kind](name, old, new))))
        except Refused:
            pass                                       # it is told as the text that it is
    return File(name, kind, state, lines=lines(old or b'', new or b''))


def _diagrams(name: str, *contents: bytes | None) -> list[Things]:
    return [{} if content is None else diagram.things(_root(content, name)) for content in contents]


def _root(content: bytes, name: str) -> etree._Element:
    root = parse_xml(content, name)
    if etree.QName(root).localname != 'definitions':
        raise Refused('{name}既不是流程图，也不是决策表。', name=name)
    return root


def _tables(name: str, *contents: bytes | None) -> list[Things]:
    roots = [None if content is None else _root(content, name) for content in contents]
    known = [set() if root is None else set(root.xpath('//@id')) for root in roots]
    return [{} if root is None else table.things(root, other)
            for root, other in zip(roots, reversed(known), strict=True)]


def _forms(_name: str, *contents: bytes | None) -> list[Things]:
    read = [None if content is None else form.parse(content) for content in contents]
    known = [set() if one is None else form.idents(one) for one in read]
    return [{} if one is None else form.things(one, other) for one, other in zip(read, reversed(known), strict=True)]


_THINGS: Mapping[str, Callable[..., list[Things]]] = {DIAGRAM: _diagrams, TABLE: _tables, FORM: _forms}
