"""The shipped bundle drawn with other ids: the same rules, so that nobody may notice when a matter is moved."""
import re

from lxml import etree
from sqlalchemy import Engine, update

from engine import actions, db, deployment, permit
from engine.definition import FLOW_NODES, local
from engine.deployment import Deployment
from engine.ledger import FACTS
from tests.faults.case import BEGIN, TENANT
from tests.workflows.story import bundle_files

MARK = 'z_'                 # in front, so that names sort as before
_REFERS = ('id', 'sourceRef', 'targetRef', 'attachedToRef', 'bpmnElement', 'default')


def renamed() -> dict[str, bytes]:
    """Every node of every diagram has another id."""
    return {name: _renamed(content) if name.endswith('.bpmn') else content for name, content in bundle_files().items()}


def _renamed(content: bytes) -> bytes:
    root = etree.fromstring(content)
    ids = {node.get('id') for node in root.iter() if local(node) in FLOW_NODES}
    for node in root.iter(etree.Element):
        for name in _REFERS:
            if node.get(name) in ids:
                node.set(name, MARK + node.get(name))
        if (node.text or '').strip() in ids and local(node) in ('incoming', 'outgoing', 'flowNodeRef'):
            node.text = MARK + node.text.strip()
        if node.get('name') == 'return_to':
            node.set('value', ' '.join(MARK + name for name in permit.listed(node.get('value'))))
    return etree.tostring(root)


def mapping() -> dict[str, str]:
    """What a person would map by hand: each id to its new one, by ``process/element``."""
    processes = deployment.read(bundle_files()).processes
    return {f'{process.id}/{element.id}': MARK + element.id for process in processes.values()
            for element in process.elements.values() if not element.inserted}


def plain(element: str | None) -> str | None:
    """The id under which an element was drawn first."""
    return element and re.sub(f'^{MARK}', '', element)


def deploy_renamed(engine: Engine) -> int:
    """The renamed bundle as a version (its id) on which nothing begins."""
    topics = {topic: known.parameters() for topic, known in actions.known().items()}
    with db.writing(engine) as session:
        made = deployment.deploy(session, TENANT, renamed(), '流程管理员', '', BEGIN, topics, FACTS).id
        session.execute(update(Deployment).where(Deployment.id == made).values(number=0))
        return made
