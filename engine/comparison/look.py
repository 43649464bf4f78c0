"""What is drawn of each element: its bounds, way points and colours, whatever tool wrote them."""
from lxml import etree

from engine.comparison.flat import flat


def looks(root: etree._Element, reference: str) -> dict[str, tuple]:
    """The looks of elements by their ids; ``reference`` is the attribute by which a shape or line names its element."""
    found: dict[str, list] = {}
    for node in root.iter('{*}BPMNShape', '{*}BPMNEdge', '{*}DMNShape', '{*}DMNEdge'):
        found.setdefault(node.get(reference, ''), []).append(tuple(sorted(
            (path, _number(value)) for path, value in flat(node, lambda _: False, ()).items()
            if path not in (('@id',), (f'@{reference}',)))))
    return {ident: tuple(sorted(each)) for ident, each in found.items()}


def _number(text: str) -> str:
    """100 and 100.0 are the same place."""
    try:
        return f'{float(text):.2f}'
    except ValueError:
        return text
