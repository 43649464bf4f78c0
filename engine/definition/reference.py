"""References as the standard has them: qualified names, which some modelers write with the prefix of their file."""
from lxml import etree

_REFERRING = frozenset(('messageRef', 'signalRef', 'errorRef', 'escalationRef', 'sourceRef', 'targetRef',
                        'attachedToRef', 'default', 'processRef', 'dataObjectRef', 'bpmnElement'))


def bare(root: etree._Element) -> None:
    """Every reference to an element of the file becomes its id: ``tns:m`` is ``m`` where the prefix is declared."""
    ids = {node.get('id') for node in root.iter()}
    for node in root.iter():
        for name, value in node.attrib.items():
            if ':' in value and name in _REFERRING and value not in ids:
                node.set(name, _bare(node, value, ids))
        if ':' in (node.text or '') and node.tag.endswith('}flowNodeRef'):
            node.text = _bare(node, node.text.strip(), ids)


def _bare(node: etree._Element, value: str, ids: set[str]) -> str:
    prefix, _, ident = value.partition(':')
    return ident if ident in ids and prefix in node.nsmap else value
