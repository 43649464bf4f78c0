"""The shipped bundle drawn so that everything is allowed with every task, and that it goes back to whatever leads to it."""
from lxml import etree

from engine import deployment
from engine.definition import Definition, local
from engine.gate import permit
from tests.workflows.story import bundle_files

_CAMUNDA = '{http://camunda.org/schema/1.0/bpmn}'
_BPMN = '{http://www.omg.org/spec/BPMN/20100524/MODEL}'


def liberal() -> dict[str, bytes]:
    """The bundle; the gate lets it pass."""
    files = bundle_files()
    processes = deployment.read(files).processes
    return {name: _drawn(content, processes[name.removesuffix('.bpmn')]) if name.endswith('.bpmn') else content
            for name, content in files.items()}


def _drawn(content: bytes, process: Definition) -> bytes:
    root = etree.fromstring(content)
    for task in [node for node in root.iter(etree.Element) if local(node) == 'userTask']:
        back = ' '.join(_before(process, task.get('id')))
        _allow(task, {'allow': 'claim transfer delegate consult recall' + (' return' if back else '')} | (
            {'return_to': back} if back else {}))
    return etree.tostring(root)


def _before(process: Definition, ident: str) -> list[str]:
    task = process.elements[ident]
    return [one.id for one in process.elements.values()
            if one.kind == 'userTask' and one.id != ident and permit._leads(process, one, task)
            and not any(process.elements[outer].multi for outer in permit._around(process, one)
                        if outer not in permit._around(process, task))]


def _allow(task: etree._Element, drawn: dict[str, str]) -> None:
    extensions = task.find(f'{_BPMN}extensionElements')
    if extensions is None:
        extensions = etree.Element(f'{_BPMN}extensionElements')
        task.insert(0, extensions)
    held = extensions.find(f'{_CAMUNDA}properties')
    if held is None:
        held = etree.SubElement(extensions, f'{_CAMUNDA}properties')
    for one in [one for one in held if one.get('name') in ('allow', 'return_to')]:
        held.remove(one)
    for name, value in drawn.items():
        etree.SubElement(held, f'{_CAMUNDA}property', name=name, value=value)
