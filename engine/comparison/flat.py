"""A node of XML without the things of its own that it holds: every attribute and text by its path."""
from collections import Counter
from collections.abc import Callable, Collection, Iterator

from lxml import etree

from engine.definition import BPMN, CAMUNDA

Path = tuple[str, ...]
Owns = Callable[[etree._Element], bool]
TEXT = '.'
_TYPE = '{http://www.w3.org/2001/XMLSchema-instance}type'
_NAMED = {'inputParameter': 'name', 'outputParameter': 'name', 'property': 'name', 'field': 'name', 'entry': 'key',
          'in': 'target', 'out': 'target', 'formField': 'id', 'constraint': 'name'}


def short(name: str) -> str:
    """The name of a tag or attribute: alone where it is BPMN's, DMN's or Camunda's, else with its namespace."""
    known = name.startswith((BPMN, CAMUNDA)) or '/DMN/' in name
    return name.rpartition('}')[2] if known else name


def flat(node: etree._Element, owns: Owns, skipped: Collection[str]) -> dict[Path, str]:
    """Every attribute (a path that ends in ``@name``) and text (one that ends in ``.``) of a node and of what is in it,
    but for the nodes that are things of their own (``owns``) and the ``skipped`` tags.

    Nodes that say their name have it in brackets; others of the same tag are numbered. The ids of parts mean nothing.
    """
    return dict(_flat(node, (), {_TYPE}, owns, skipped))


def _flat(node: etree._Element, path: Path, silent: set[str], owns: Owns,
          skipped: Collection[str]) -> Iterator[tuple[Path, str]]:
    for name, value in node.attrib.items():
        if name not in silent:
            yield (*path, f'@{short(name)}'), value
    if (node.text or '').strip():
        yield (*path, TEXT), node.text.strip()
    seen: Counter[str] = Counter()
    for child in node:
        tag = short(child.tag)
        if tag in skipped or owns(child):
            continue
        key = _NAMED.get(tag, 'id')
        step = f'{tag}[{child.get(key)}]' if tag in _NAMED and child.get(key) else tag
        seen[step] += 1
        inside = (*path, step if seen[step] == 1 else f'{step}#{seen[step]}')
        found = list(_flat(child, inside, {_TYPE, 'id', key}, owns, skipped))
        yield from found or [(inside, '')]             # that it is there is all it says
