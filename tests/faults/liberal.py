"""The shipped bundle drawn so that everything is allowed with every task, that it goes back to whatever leads to it, and
that something comes due on it: on one task a reminder to look at, on the next a deadline after which it is asked anew."""
from lxml import etree

from engine import deployment
from engine.definition import Definition, local
from engine.gate import permit
from tests.workflows.story import bundle_files

LOOK = '_look'
_CAMUNDA = '{http://camunda.org/schema/1.0/bpmn}'
_BPMN = '{http://www.omg.org/spec/BPMN/20100524/MODEL}'


def liberal() -> dict[str, bytes]:
    """The bundle; the gate lets it pass."""
    files = bundle_files()
    processes = deployment.read(files).processes
    return {name: _drawn(content, processes[name.removesuffix('.bpmn')], sorted(processes.keys() - {'matter'}))
            if name.endswith('.bpmn') else content for name, content in files.items()}


def _drawn(content: bytes, process: Definition, others: list[str]) -> bytes:
    root = etree.fromstring(content)
    for number, task in enumerate([node for node in root.iter(etree.Element) if local(node) == 'userTask']):
        back = ' '.join(_before(process, task.get('id')))
        _allow(task, {'allow': 'claim transfer delegate consult recall' + (' return' if back else '')} | (
            {'return_to': back} if back else {}))
        if task.find(f'{_BPMN}multiInstanceLoopCharacteristics') is None:
            _come_due(task, reminds=number % 2 == 0)
    for given in root.iterfind(f'.//{_BPMN}serviceTask[@{_CAMUNDA}topic="matter.close"]//{_CAMUNDA}inputOutput'):
        if given.find(f'{_CAMUNDA}inputParameter[@name="stop"]') is None:      # who goes back to the approval has begun much
            etree.SubElement(given, f'{_CAMUNDA}inputParameter', name='stop').text = ','.join(others)
    return etree.tostring(root)


def _come_due(task: etree._Element, reminds: bool) -> None:
    ident, level = task.get('id'), task.getparent()
    due = f'{ident}_comes_due'
    event = etree.SubElement(level, f'{_BPMN}boundaryEvent', id=due, name='到期', attachedToRef=ident,
                             cancelActivity='false' if reminds else 'true')
    timer = etree.SubElement(event, f'{_BPMN}timerEventDefinition')
    etree.SubElement(timer, f'{_BPMN}timeDate').text = f'${{workdays(entered_at, {2 if reminds else 4})}}'
    if not reminds:
        _flow(level, due, ident)
        return
    look = {'id': f'{ident}{LOOK}', 'name': '过问', f'{_CAMUNDA}candidateGroups': 'office/officer'}
    etree.SubElement(level, f'{_BPMN}userTask', look)
    etree.SubElement(level, f'{_BPMN}endEvent', id=f'{ident}_looked', name='过问完')
    _flow(level, due, look['id'])
    _flow(level, look['id'], f'{ident}_looked')


def _flow(level: etree._Element, source: str, target: str) -> None:
    etree.SubElement(level, f'{_BPMN}sequenceFlow', id=f'{source}__{target}', sourceRef=source, targetRef=target)


def _before(process: Definition, ident: str) -> list[str]:
    task = process.elements[ident]
    return [one.id for one in process.elements.values()
            if one.kind == 'userTask' and one.id != ident and permit.leads(process, one, task)
            and not permit.into_several(process, one, task)]


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
