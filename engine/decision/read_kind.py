"""From the item definitions of a file to its types."""
from dataclasses import replace

from lxml import etree

from engine.decision.kind import BASES, Kind
from engine.decision.reader import Reader, ident, plain_name
from engine.errors import said

_DEEPEST = 20
BUILT_IN = {base: Kind(base) for base in BASES.values()}


class Kinds(dict):
    """The types by name: the standard's own under every way they are written, and those of the file."""

    def __missing__(self, name: str) -> Kind:
        return BUILT_IN[BASES[name.lower().replace(' ', '').replace('_', '')]]

    def get(self, name: str, default: Kind | None = None) -> Kind | None:
        """The type of that name, or the default; no name is any type."""
        try:
            return self[name or 'any']
        except KeyError:
            return default


def read_kinds(reader: Reader, root: etree._Element) -> Kinds:
    """Every type that may be named in the file. What is wrong in a definition is noted."""
    drawn = {plain_name(node.get('name')): node for node in reader.all(root, 'itemDefinition')}
    reader.kinds = found = Kinds()
    for name, node in drawn.items():
        _define(reader, name, node, drawn, found, ())
    return found


def _define(reader: Reader, name: str, node: etree._Element, drawn: dict[str, etree._Element], found: Kinds,
            above: tuple[str, ...]) -> None:
    if name in dict.keys(found):
        return
    if name in above or len(above) > _DEEPEST:
        reader.note('decision.circle', node, ident(node, name), chain=' → '.join((*above[-3:], name)))
        return
    for inner in node.iter(f'{{{reader.space}}}typeRef'):
        other = (inner.text or '').strip()
        for known in (other, other.rpartition(':')[2]):
            if known in drawn:
                _define(reader, known, drawn[known], drawn, found, (*above, name))
    found[name] = _kind(reader, node, name, 0)


def _kind(reader: Reader, node: etree._Element, name: str, depth: int) -> Kind:
    element = ident(node, name)
    parts = reader.all(node, 'itemComponent')
    if parts:
        if depth > _DEEPEST:
            reader.note('decision.nested', node, element, name=name)
            return Kind('context')
        kind = Kind('context', fields={
            plain_name(part.get('name')): _kind(reader, part, plain_name(part.get('name')), depth + 1)
            for part in parts})
    elif reader.one(node, 'functionItem') is not None:
        reader.note('decision.unsupported', node, element, name=name, what=said('函数类型（functionItem）'),
                    advice=said('请改用知识模型'))
        return Kind()
    else:
        kind = reader.kind(reader.text(node, 'typeRef'), node, element, name)
    listed = reader.one(node, 'allowedValues')
    text = reader.text(listed)
    if text:
        allowed = reader.code(text, 'unary', listed, element, f'类型“{name}”的取值', f'The values of {name}')
        kind = replace(kind, allowed=allowed)
    return Kind('list', items=kind) if node.get('isCollection') == 'true' else kind
