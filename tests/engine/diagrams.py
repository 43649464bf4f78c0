"""Small diagrams, tables and forms for the tests, written by a few functions instead of by hand."""
import json
import re
from collections.abc import Mapping
from xml.sax.saxutils import escape, quoteattr

XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
HEAD = ('xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
        'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
        'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
        'xmlns:modeler="http://camunda.org/schema/modeler/1.0" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"')
TOPICS = {
    'reminder.send': {'required': {'to': '给谁', 'text': '内容'}, 'optional': {'link': '链接'}},
    'matter.issue': {'required': {}, 'optional': {}, 'returns': ('notice_number',)},
    'matter.close': {'required': {}, 'optional': {'stop': '停掉的流程'}, 'processes': ('stop',)},
    'facts.set': {'required': {}, 'optional': {'*': '任意名字'}},
    'document.make': {'required': {'document': '模板'}, 'optional': {'*': '任意名字'}, 'documents': ('document',)},
}
FACTS = frozenset('title lead_unit supervisor_unit co_units approver_post due_at co_due_at issued_at '
                  'received_at '
                  'closed_at level level_limit_at extension_pending closing_pending has_basis '
                  'key_matter'.split())


def node(kind: str, ident: str | None, *inner: str, **attributes: str | None) -> str:
    """A BPMN element; ``camunda_x`` becomes ``camunda:x``, a name is made up, None leaves one out."""
    given = {'id': ident, 'name': f'办{ident}'} | attributes
    text = ''.join(f' {key.rstrip("_").replace("camunda_", "camunda:")}={quoteattr(value)}'
                   for key, value in given.items() if value is not None)
    return f'<bpmn:{kind}{text}>{"".join(inner)}</bpmn:{kind}>'


def start(ident: str = 'begin', *inner: str, **attributes: str | None) -> str:
    return node('startEvent', ident, *inner, **attributes)


def end(ident: str = 'done', *inner: str, **attributes: str | None) -> str:
    return node('endEvent', ident, *inner, **attributes)


def user(ident: str, *inner: str, **attributes: str | None) -> str:
    """A user task that the gate has nothing against."""
    return node('userTask', ident, *inner, **{'camunda_candidateGroups': '${lead_unit}/liaison',
                                              'camunda_formRef': 'f'}
                | attributes)


def service(ident: str, *inner: str, inputs: Mapping[str, str] | None = None,
            **attributes: str | None) -> str:
    """A service task; a reminder unless said otherwise."""
    given = {'camunda_type': 'external', 'camunda_topic': 'reminder.send'} | attributes
    if inputs is None:
        wanted = given['camunda_topic'] == 'reminder.send'
        inputs = {'to': '${lead_unit}/liaison', 'text': '请办理'} if wanted else {}
    mapping = ''.join(f'<camunda:inputParameter name={quoteattr(key)}>{escape(value)}'
                      f'</camunda:inputParameter>'
                      for key, value in inputs.items())
    return node('serviceTask', ident, extension(f'<camunda:inputOutput>{mapping}</camunda:inputOutput>'),
                *inner, **given)


def extension(*inner: str) -> str:
    return f'<bpmn:extensionElements>{"".join(inner)}</bpmn:extensionElements>'


def flow(source: str, target: str, condition: str | None = None, **attributes: str | None) -> str:
    inside = ''
    if condition is not None:
        inside = f'<bpmn:conditionExpression>{escape(condition)}</bpmn:conditionExpression>'
    given = {'name': '是' if condition else None, 'sourceRef': source, 'targetRef': target} | attributes
    return node('sequenceFlow', given.pop('id', f'{source}__{target}'), inside, **given)


def chain(*idents: str) -> str:
    """Flows from each to the next."""
    return ''.join(flow(one, other) for one, other in zip(idents, idents[1:]))


def timer(kind: str, text: str) -> str:
    tag = f'bpmn:time{kind.title()}'
    return (f'<bpmn:timerEventDefinition><{tag} xsi:type="bpmn:tFormalExpression">{escape(text)}</{tag}>'
            f'</bpmn:timerEventDefinition>')


def event(kind: str, ref: str | None = None, **attributes: str) -> str:
    """An event definition, such as ``event('message', 'm')``."""
    given = {f'{kind}Ref': ref, 'name': None, **attributes}
    return node(f'{kind}EventDefinition', None, **given)


def catch(ident: str, *inner: str, **attributes: str | None) -> str:
    return node('intermediateCatchEvent', ident, *inner, **attributes)


def throw(ident: str, *inner: str, **attributes: str | None) -> str:
    return node('intermediateThrowEvent', ident, *inner, **attributes)


def boundary(ident: str, host: str, *inner: str, stops: bool = True, **attributes: str | None) -> str:
    return node('boundaryEvent', ident, *inner, **{'attachedToRef': host,
                                                   'cancelActivity': str(stops).lower()} | attributes)


def frame(ident: str, *inner: str, **attributes: str | None) -> str:
    return node('subProcess', ident, *inner, **attributes)


def call(ident: str, called: str | None, *inner: str, **attributes: str | None) -> str:
    return node('callActivity', ident, *inner, calledElement=called, **attributes)


def xor(ident: str, **attributes: str | None) -> str:
    return node('exclusiveGateway', ident, **attributes)


def each(collection: str | None = '${split(co_units)}', variable: str | None = 'unit', *inner: str,
         **attributes: str | None) -> str:
    """A multi-instance marker."""
    return node('multiInstanceLoopCharacteristics', None, *inner,
                **{'name': None, 'camunda_collection': collection, 'camunda_elementVariable': variable}
                | attributes)


def bpmn(*parts: str, ident: str = 'p', roots: str = '', picture: bool = True, head: str = '',
         executable: str | None = 'true',
         **attributes: str | None) -> bytes:
    """A whole file with one process. ``roots`` stand beside it; ``picture=False`` leaves the shapes out."""
    process = node('process', ident, *parts, **{'name': '测试流程', 'isExecutable': executable} | attributes)
    shapes = ''.join(f'<bpmndi:BPMNShape bpmnElement={quoteattr(found)}/>'
                     for found in re.findall(r' id="([^"]*)"', process)) if picture else ''
    drawn = f'<bpmndi:BPMNPlane>{shapes}</bpmndi:BPMNPlane>'
    drawn = f'<bpmndi:BPMNDiagram>{drawn}</bpmndi:BPMNDiagram>' if picture else ''
    return (f'{XML}<bpmn:definitions {HEAD} {head} id="definitions_{ident}">'
            f'{roots}{process}{drawn}</bpmn:definitions>').replace('><', '>\n<').encode()


def line(*middle: str, between: tuple[str, ...] = (), extra: str = '', **attributes: str | None) -> bytes:
    """A diagram that goes from begin through ``between`` to done; ``extra`` parts stand beside the line."""
    return bpmn(start(), *middle, end(), chain('begin', *between, 'done'), extra, **attributes)


def message(ident: str = 'm', name: str | None = 'm') -> str:
    return node('message', ident, name=name)


def signal(ident: str = 'sg', name: str | None = 's') -> str:
    return node('signal', ident, name=name)


def error(ident: str = 'er', code: str | None = 'e') -> str:
    return node('error', ident, errorCode=code)


def escalation(ident: str = 'es', code: str | None = 'x') -> str:
    return node('escalation', ident, escalationCode=code)


def form(ident: str = 'f', *keys: str, **fields: Mapping) -> bytes:
    """A form of text fields; ``fields`` gives a component of another kind by its key."""
    components = [{'type': 'textfield', 'id': f'c_{key}', 'key': key, 'label': key} for key in keys]
    components += [{'type': 'textfield', 'id': f'c_{key}', 'key': key, 'label': key, **one} for key,
                   one in fields.items()]
    components.append({'type': 'text', 'id': 'c_text', 'text': '请办理'})
    return json.dumps({'type': 'default', 'id': ident, 'schemaVersion': 18,
                       'components': components}).encode()


def table(ident: str, inputs: tuple[str, ...], outputs: tuple[str, ...], *rules: tuple[str, ...],
          policy: str = 'FIRST') -> bytes:
    """A decision table; each rule is its input cells followed by its output cells."""
    columns = ''.join(f'<input id="i{n}" label="{escape(text)}"><inputExpression id="ie{n}"><text>'
                      f'{escape(text)}</text></inputExpression></input>' for n, text in enumerate(inputs))
    columns += ''.join(f'<output id="o{n}" name="{name}" label="{name}"/>' for n, name in enumerate(outputs))
    rows = ''
    for n, cells in enumerate(rules):
        cell = ''.join(f'<{kind} id="r{n}c{m}"><text>{escape(text)}</text></{kind}>' for m,
                       text in enumerate(cells)
                       for kind in (('inputEntry',) if m < len(inputs) else ('outputEntry',)))
        rows += f'<rule id="r{n}">{cell}</rule>'
    return (f'{XML}<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" '
            f'id="d_{ident}" name="表" namespace="urn:duban"><decision id="{ident}" name="表{ident}">'
            f'<decisionTable id="t_{ident}" hitPolicy="{policy}">{columns}{rows}</decisionTable></decision>'
            f'</definitions>').encode()


def parameters(**values: str) -> bytes:
    """The table of parameters; values are cells."""
    return table('parameters', ('name',), ('value', 'label', 'unit'),
                 *((f'"{name}"', cell, f'"{name}"', '""') for name, cell in values.items()))
