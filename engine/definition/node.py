"""The words of BPMN: namespaces, kinds of nodes, and what one node of the file says by itself."""
from collections.abc import Iterator

from lxml import etree

BPMN = '{http://www.omg.org/spec/BPMN/20100524/MODEL}'
CAMUNDA = '{http://camunda.org/schema/1.0/bpmn}'
_OURS = '{urn:duban}'
DRAWN_KIND, INSERTED = _OURS + 'kind', _OURS + 'inserted'
"""What `normalise` writes: the kind as drawn; on what is not in the picture, whose it is."""

FRAMES = frozenset({'subProcess', 'transaction', 'adHocSubProcess'})
TASKS = frozenset({'task', 'manualTask', 'userTask', 'serviceTask', 'businessRuleTask', 'scriptTask', 'sendTask',
                   'receiveTask'})
ACTIVITIES = TASKS | FRAMES | {'callActivity'}
EVENTS = frozenset({'startEvent', 'endEvent', 'intermediateCatchEvent', 'intermediateThrowEvent', 'boundaryEvent'})
GATEWAYS = frozenset({'exclusiveGateway', 'parallelGateway', 'inclusiveGateway', 'eventBasedGateway', 'complexGateway'})
THROWING = frozenset({'intermediateThrowEvent', 'endEvent', 'sendTask'})
FLOW_NODES = ACTIVITIES | EVENTS | GATEWAYS


def local(node: etree._Element) -> str:
    """The BPMN name of a node; '' for a node of another namespace."""
    tag = node.tag
    return tag[len(BPMN):] if isinstance(tag, str) and tag.startswith(BPMN) else ''


def process_of(root: etree._Element) -> etree._Element | None:
    """The process that a file is about: the executable one, else the first that holds anything, else any."""
    processes = [node for node in root if local(node) == 'process']
    executable = [node for node in processes if node.get('isExecutable') in ('true', '1')]
    drawn = [node for node in processes if any(local(child) in FLOW_NODES for child in node)]
    return next(iter(executable or drawn or processes), None)


def flag(node: etree._Element, attribute: str, otherwise: bool = False) -> bool:
    """A yes-or-no attribute of BPMN."""
    return node.get(attribute, 'true' if otherwise else 'false').strip().lower() in ('true', '1')


def form_of(node: etree._Element) -> str:
    """The id of the form that a task or start event names, in either notation; '' where it names none."""
    key = camunda(node, 'formRef') or camunda(node, 'formKey')
    return key.rpartition(':')[2].removesuffix('.form') if key.startswith('camunda-forms:') else key


def camunda(node: etree._Element, attribute: str) -> str:
    """An attribute of Camunda's; '' where it is not written."""
    return node.get(CAMUNDA + attribute, '').strip()


def text_of(node: etree._Element, name: str) -> str:
    """The text of the first child of a BPMN name; '' where there is none."""
    return next((''.join(child.itertext()).strip() for child in node if local(child) == name), '')


def extensions_of(node: etree._Element, name: str) -> Iterator[etree._Element]:
    """The extension elements of Camunda's of one name."""
    for holder in node:
        if local(holder) == 'extensionElements':
            yield from (child for child in holder if child.tag == CAMUNDA + name)


def properties_of(node: etree._Element) -> dict[str, str]:
    """The extension properties of a node."""
    return {child.get('name', ''): child.get('value', '') for holder in extensions_of(node, 'properties')
            for child in holder if child.tag == CAMUNDA + 'property' and child.get('name')}
