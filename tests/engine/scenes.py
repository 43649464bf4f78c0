"""Small scenes around one thing, which the gate judges: what the tests of its rules and of the catalogue share."""
from engine import gate
from engine.finding import Finding
from tests.engine.diagrams import (FACTS, TOPICS, boundary, bpmn, call, catch, chain, end, event, extension, flow,
                                   form, frame, line, node, parameters, service, start, table, timer, user)

ROUND = {'f.form': form('f'), 'said.form': form('said', 'answer'), 'parameters.dmn': parameters(warning_days='3'),
         't.dmn': table('t', ('level',), ('grade',), ('1', '"A"'), ('-', '"B"'))}
"""What stands around every diagram of these tests: a form, a table, parameters."""

HELD = {'gov/deputy', 'gov/principal', 'office/officer', 'office/head', 'fgw/liaison'}
"""The posts of all governments of these tests."""

Files = bytes | dict[str, bytes]



def bundle(files: Files) -> dict[str, bytes]:
    return ROUND | ({'p.bpmn': files} if isinstance(files, bytes) else files)


def check(files: Files, facts: object = FACTS) -> list[Finding]:
    return gate.check(bundle(files), TOPICS, facts, HELD)


def codes(files: Files) -> set[str]:
    return {finding.code for finding in check(files)}


def one(*inner: str, **attributes: str | None) -> bytes:
    """One user task with something in it."""
    return line(user('a', *inner, **attributes), between=('a',))


def act(*inner: str, **attributes: str | None) -> bytes:
    """One service task with something in it."""
    return line(service('a', *inner, **attributes), between=('a',))


def given(**properties: str) -> str:
    """What a modeler writes under “extension properties”."""
    told = ''.join(f'<camunda:property name="{name}" value="{value}"/>' for name, value in properties.items())
    return extension(f'<camunda:properties>{told}</camunda:properties>')


def on(host: str, *inner: str, stops: bool = True, roots: str = '', then: str = '',
       **attributes: str | None) -> bytes:
    """Something on the border of a host called a, with a reminder behind it."""
    return line(host, boundary('b', 'a', *inner, stops=stops, **attributes), then or service('urge'),
                flow('b', 'urge'),
                between=('a',), roots=roots)


def waits(kind: str, text: str) -> bytes:
    return line(catch('a', timer(kind, text)), between=('a',))


def rings(kind: str, text: str, stops: bool = False) -> bytes:
    return on(user('a'), timer(kind, text), stops=stops)


def decides(*flows: str, default: str | None = None, kind: str = 'exclusiveGateway', more: str = '') -> bytes:
    return bpmn(start(), node(kind, 'g', default=default), user('a'), user('b'), end(), flow('begin', 'g'),
                *flows,
                chain('a', 'done'), chain('b', 'done'), more)


def work(*inner: str, **attributes: str | None) -> str:
    """A sub-process called a with one user task z."""
    return frame('a', start('s'), user('z'), end('e'), chain('s', 'z', 'e'), *inner, **attributes)


def ends_with(*events: str) -> str:
    return frame('a', start('s'), user('z'), end('e', *events), chain('s', 'z', 'e'))


def handled(ident: str, kind: str, *inner: str, stops: bool = True, **attributes: str) -> str:
    """An event sub-process with one user task hz."""
    return frame(ident, start('hs', kind, isInterrupting=str(stops).lower()), user('hz'), end('he'),
                 chain('hs', 'hz', 'he'), *inner, triggeredByEvent='true', **attributes)


def races(other: str, *more: str) -> bytes:
    """An event-based gateway with a date and another target b; what follows it may be flows or root elements."""
    roots = ''.join(one for one in more if 'sequenceFlow' not in one)
    return bpmn(start(), node('eventBasedGateway', 'g'), catch('a', DATE), other, end(),
                chain('begin', 'g', 'a', 'done'), chain('g', 'b', 'done'),
                *(one for one in more if 'sequenceFlow' in one), roots=roots)


def again(condition: str, most: str | None = None) -> str:
    """A standard loop marker."""
    inside = f'<bpmn:loopCondition>{condition}</bpmn:loopCondition>' if condition else ''
    return node('standardLoopCharacteristics', None, inside, name=None, loopMaximum=most)


def calling(mapping: str) -> dict[str, bytes]:
    """A call with a mapping."""
    return two(line(call('a', 'q', extension(mapping)), between=('a',)), Q)


def two(main: bytes, other: bytes) -> dict[str, bytes]:
    return {'p.bpmn': main, 'q.bpmn': other}


MESSAGE, SIGNAL, ERROR, ESCALATION = (event(kind, ref) for kind, ref in (
    ('message', 'm'), ('signal', 'sg'), ('error', 'er'), ('escalation', 'es')))
HOLDS = node('conditionalEventDefinition', None, '<bpmn:condition>${level == 1}</bpmn:condition>', name=None)
DATE = timer('date', '${workdays(due_at, -3)}')
Q = bpmn(start(), user('z'), end(), chain('begin', 'z', 'done'), ident='q')
YES, NO = flow('g', 'a', '${level == 1}', id='yes'), flow('g', 'b', id='no')
PARAMETER = "${workdays(due_at, -param('%s'))}"
ZEEBE = 'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"'
FLOWABLE = 'xmlns:flowable="http://flowable.org/bpmn"'


def lanes(**members: str) -> str:
    return node('laneSet', 'lanes', *(node('lane', f'lane_{name}',
                                           *(f'<bpmn:flowNodeRef>{ref}</bpmn:flowNodeRef>'
                                                                    for ref in listed.split()), name=name)
                                      for name, listed in members.items()))
