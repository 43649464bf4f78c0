"""A graph as a BPMN file in our dialect, in the notations that modelers write."""
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from tests.engine import diagrams as xml
from tests.faults.graph import FRAMES, Condition, Flow, Node, Scope

_NOTATIONS = ('${{{name} == {value}}}', '#{{{value} == {name}}}', '= {name} = {value}', '${{{name} eq {value}}}',
              '${{not ({name} != {value})}}', '${{{name} >= {value} && {name} < {value} + 1}}',
              '${{!({name} ne {value})}}')

_OF_TEXTS = ('${{{name} == "{value}"}}', '#{{"{value}" eq {name}}}', '= {name} = "{value}"',
             '${{not ({name} != "{value}")}}')


def file(ident: str, scope: Scope, values: Mapping[str, Any]) -> bytes:
    """The file of a process; the main one, `p`, begins with a script that writes the `values`."""
    roots: dict[str, str] = {}
    first = None
    if ident == 'p':
        first = ''.join(f'{name} = {value!r}\n' for name, value in values.items())
    parts = _parts(scope, roots, first)
    return xml.bpmn(*parts, ident=ident, roots=''.join(roots.values()))


def _parts(scope: Scope, roots: dict[str, str], first: str | None = None) -> list[str]:
    parts, number = [], 0
    for node in scope.nodes:
        parts.append(_node(node, roots))
        for flow in node.out:
            number += 1
            source = 'set_up' if first is not None and node is scope.start else node.id
            parts.append(_flow(flow, source, number))
    if first is not None:
        parts += [xml.node('scriptTask', 'set_up', f'<bpmn:script>{escape(first)}</bpmn:script>', scriptFormat='duban'),
                  xml.flow(scope.start.id, 'set_up')]
    return parts


def _flow(flow: Flow, source: str, number: int) -> str:
    ident = _flow_id(flow)
    when = None
    if flow.when:
        when = _written(flow.when, number)
    return xml.flow(source, flow.target.id, when, id=None if number % 5 == 0 and not flow.default else ident)


def _written(when: Condition, number: int) -> str:
    notations = _OF_TEXTS if isinstance(when[1], str) else _NOTATIONS
    return notations[number % len(notations)].format(name=when[0], value=when[1])


def _flow_id(flow: Flow) -> str:
    return f'{flow.source.id}_{flow.target.id}_{flow.source.out.index(flow)}'


def _node(node: Node, roots: dict[str, str]) -> str:
    inner, given = list(_definitions(node, roots)), {}
    default = next((flow for flow in node.out if flow.default), None)
    if default and len(node.out) > 1:
        given['default'] = _flow_id(default)
    if node.kind == 'userTask':
        given['camunda_candidateGroups'] = 'fgw/liaison'
    elif node.kind == 'boundaryEvent':
        given |= {'attachedToRef': node.host.id, 'cancelActivity': str(node.stops).lower()}
    elif node.kind == 'callActivity':
        given['calledElement'] = node.ref
        given_in = None if node.maps_in is None else {name: name for name in node.maps_in}
        inner.append(xml.extension(_mapping('in', given_in), _mapping('out', node.maps_out)))
    elif node.kind == 'scriptTask':
        inner.append(f'<bpmn:script>{escape(_script(node))}</bpmn:script>')
    elif node.kind == 'receiveTask':
        given['messageRef'] = f'message_{node.ref}'
    for when in node.jobs:
        given[f'camunda_async{when.title()}'] = 'true'
    if node.triggered:
        given['triggeredByEvent'] = 'true'
    elif node.kind == 'startEvent' and node.event:
        given['isInterrupting'] = str(node.stops).lower()
    if node.several:
        inner.append(_marker(node))
    if node.kind == 'serviceTask':
        return xml.service(node.id, *inner, inputs={f'noted_{node.id}': '1'}, camunda_topic='facts.set', **given)
    if node.kind in FRAMES:
        inner += _parts(node.inside, roots)
    return xml.node(node.kind, node.id, *inner, **given)


def _script(node: Node) -> str:
    text = f'{node.counter} = {node.counter} + 1'
    if node.throws:
        word = {'error': 'error', 'escalation': 'escalate'}[node.throws[0]]
        text += f'\nif {node.when[0]} == {node.when[1]!r}:\n    {word}("{node.throws[1]}")'
    return text


def _mapping(way: str, names: Mapping[str, str] | None) -> str:
    if names is None:
        return f'<camunda:{way} variables="all"/>'
    return ''.join(f'<camunda:{way} source="{source}" target="{target}"/>' for source, target in names.items())


def _marker(node: Node) -> str:
    """Of a loop or a multi-instance activity."""
    if node.loops:
        given = {'testBefore': 'true'} if node.before else {}
        given |= {'loopMaximum': str(node.most)} if node.most else {}
        return xml.node('standardLoopCharacteristics', None, '<bpmn:loopCondition>'
                        f'{escape(_written(node.when, node.most))}</bpmn:loopCondition>', name=None, **given)
    inner = []
    if node.cardinality:
        inner.append(f'<bpmn:loopCardinality>${{{node.counter}}}</bpmn:loopCardinality>')
    if node.output:
        inner += [f'<bpmn:loopDataOutputRef>{node.output}</bpmn:loopDataOutputRef>',
                  f'<bpmn:outputDataItem id="{node.id}_{node.item}" name="{node.item}"/>']
    if node.until:
        inner.append('<bpmn:completionCondition>'
                     f'${{nrOfCompletedInstances &gt;= {node.until}}}</bpmn:completionCondition>')
    given = {'isSequential': 'true'} if node.sequential else {}
    if node.cardinality:
        return xml.each(None, None, *inner, **given)
    return xml.each(f'${{split({node.counter})}}', node.item, *inner, **given)


def _definitions(node: Node, roots: dict[str, str]) -> list[str]:
    event, ref = node.event, node.ref
    if node.kind == 'receiveTask':
        roots[f'message {ref}'] = xml.message(f'message_{ref}', ref)
        return []
    if event == 'timer' and node.dates:
        first, second, third = (date.isoformat() for date in node.dates)
        name, zero, one = node.when[0], *(('"x0"', '"x1"') if isinstance(node.when[1], str) else (0, 1))
        return [xml.timer('date', f'${{{name} == {zero} ? {first} : {name} == {one} ? {second} : {third}}}')]
    if event == 'timer':
        text = f'PT{node.span}S'
        return [xml.timer('cycle', f'R{node.rounds}/{text}') if node.rounds else xml.timer('duration', text)]
    if event == 'conditional':
        return [xml.node('conditionalEventDefinition', None, '<bpmn:condition xsi:type="bpmn:tFormalExpression">'
                         f'{escape(_written(node.when, len(node.id)))}</bpmn:condition>', name=None)]
    if event == 'link':
        return [xml.event('link', name=ref)]
    if event and ref and event != 'terminate':
        make = {'message': xml.message, 'signal': xml.signal, 'error': xml.error, 'escalation': xml.escalation}[event]
        roots[f'{event} {ref}'] = make(f'{event}_{ref}', ref)
        return [xml.event(event, f'{event}_{ref}')]
    return [xml.event(event)] if event else []
