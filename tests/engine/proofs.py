"""A small diagram for each row of the catalogue, and the walk that shows it doing what the row says.

A walk is words in a row: ``=a,b`` exactly these tasks are open; ``a`` or ``a#1:level=2`` completes one (the second of
that name, writing a value); ``+2d`` ``+3h`` time goes on; ``!m`` a message, ``~s`` a signal comes; ``@level=1``
something changes outside; ``>x`` x was passed, ``>x*2`` twice, ``<x`` not; ``?m`` m was sent; ``.`` all is done.
"""
from collections.abc import Mapping
from typing import Any, NamedTuple

from engine.errors import Thrown
from tests.engine.diagrams import (boundary, bpmn, call, catch, chain, each, end, error, escalation, event, extension,
                                   flow, form, frame, line, message, node, service, signal, start, throw, timer, user,
                                   xor)
from tests.engine.scenes import (DATE, ERROR, ESCALATION, FLOWABLE, Files, HOLDS, MESSAGE, NO, Q, SIGNAL, YES, ZEEBE,
                                 act, again, calling, decides, ends_with, given, handled, on, one, two, waits, work)


class Proof(NamedTuple):
    """Files and a walk. ``where`` names the test that shows it running, where no walk on the bare engine can."""

    files: Files
    walk: str = ''
    values: Mapping[str, Any] = {}
    thrown: Mapping[str, Thrown] = {}
    where: str = ''


def runs(files: Files, walk: str, **values: Any) -> Proof:
    """A diagram that is walked."""
    return Proof(files, walk, values)


def seen(files: Files, where: str) -> Proof:
    """A diagram of a kind that another test shows running."""
    return Proof(files, where=f'tests/{where}.py')


ALL = message() + signal() + error() + escalation()
LATER, AT = timer('duration', 'P1D'), timer('date', '2026-03-05T09:00:00+08:00')
CANCEL, TERMINATE, COMPENSATE = event('cancel'), event('terminate'), event('compensate')
CALLED = bpmn(start(), user('z'), end('e', ERROR), chain('begin', 'z', 'e'), ident='q', roots=error())


def reacts(kind: str, stops: bool = True, **attributes: str) -> bytes:
    """A user task a, and an event sub-process with the user task hz beside it."""
    return line(user('a'), handled('h', kind, stops=stops, **attributes), between=('a',), roots=ALL)


def border(host: str, *inner: str, stops: bool = True) -> bytes:
    """Something on the border of a host called a, with a user task urge behind it."""
    return on(host, *inner, stops=stops, roots=ALL, then=user('urge'))


def ends(*inner: str) -> bytes:
    """A user task a that goes to an end x, and beside it a user task b."""
    return bpmn(start(), node('parallelGateway', 'g'), user('a'), user('b'), end('x', *inner), end(),
                chain('begin', 'g', 'a', 'x'), chain('g', 'b', 'done'), roots=ALL)


def transaction(*inner: str, last: str = '') -> str:
    """A transaction called a, with a user task z before its end."""
    return node('transaction', 'a', start('s'), user('z'), end('e', last), chain('s', 'z', 'e'), *inner)


def race(*targets: str) -> bytes:
    """An event-based gateway before the targets b, c, … as far as there are some, with a user task behind each."""
    idents = 'bcde'[:len(targets)]
    behind = ''.join(user(f'{ident}2') + chain('g', ident, f'{ident}2') for ident in idents)
    return bpmn(start(), node('eventBasedGateway', 'g'), *targets, behind, chain('begin', 'g'), roots=ALL)


def joins(kind: str, *conditions: str | None, loop: bool = False) -> bytes:
    """Branches a and b between two gateways of a kind, a user task c behind; in a loop while level is 9."""
    return bpmn(start(), xor('m'), node(kind, 'g'), user('a'), user('b'), node(kind, 'j'), user('c'),
                xor('x', default='no'),
                end(), chain('begin', 'm', 'g'), flow('g', 'a', conditions[0]), flow('g', 'b', conditions[1]),
                chain('a', 'j', 'c', 'x'), chain('b', 'j'), flow('x', 'm', '${level == 9}') if loop else '',
                flow('x', 'done', id='no'))


def jobs(*parts: str, between: tuple[str, ...] = ('u', 'a')) -> bytes:
    return line(user('u'), *parts, between=between)


def collects(marker: str, host: str = '') -> bytes:
    """Instances that give answers; the task b is reached where they are yes and no in this order."""
    return bpmn(start(), host or user('a', marker, camunda_formRef='said'), xor('g', default='no'), user('b'), end(),
                chain('begin', 'a', 'g'), flow('g', 'b', "${said[0] == 'yes' && said[1] == 'no'}"),
                flow('g', 'done', id='no'),
                chain('b', 'done'))


def signed(condition: str, votes: str = '', **how: str) -> bytes:
    """Posts of a collection are asked, and their answers told apart behind it; with `votes` as 1 and 0, refused while it holds."""
    counted = extension('<camunda:inputOutput><camunda:outputParameter name="vote">${answer == "yes" ? 1 : 0}'
                        '</camunda:outputParameter></camunda:inputOutput>') if votes else ''
    marker = each('${split(title)}', 'post', '<bpmn:loopDataOutputRef>said</bpmn:loopDataOutputRef>',
                  f'<bpmn:outputDataItem name="{"vote" if votes else "answer"}"/>', condition, **how)
    return bpmn(start(), user('a', counted, marker, camunda_formRef='said', camunda_candidateGroups='${post}'),
                xor('g', default='yes'), user('passed'), user('refused'), end(), chain('begin', 'a', 'g'),
                flow('g', 'refused', '${%s}' % (votes or "contains(said, 'no')")), flow('g', 'passed', id='yes'),
                chain('passed', 'done'), chain('refused', 'done'))


OUTPUT = ('<bpmn:loopDataOutputRef>said</bpmn:loopDataOutputRef>', '<bpmn:outputDataItem name="answer"/>')
THREE = '<bpmn:loopCardinality>3</bpmn:loopCardinality>'
NOTATION = each(None, None, '<bpmn:loopDataInputRef>split(co_units)</bpmn:loopDataInputRef>',
                '<bpmn:inputDataItem name="unit"/>')
WHO = '<camunda:in source="title" target="who"/>'
UNITS = {'co_units': 'x,y'}
LINK = bpmn(start(), throw('a', event('link', name='l')), catch('b', event('link', name='l')), user('c'), end(),
            flow('begin', 'a'), chain('b', 'c', 'done'))
WAITING = given(manual_tasks='wait')
SPIFF = 'modeler:executionPlatform="SpiffWorkflow"'
NESTED_LANES = node('laneSet', 'ls', node('lane', 'l1', node('childLaneSet', 'ls2', node(
    'lane', 'l2', '<bpmn:flowNodeRef>a</bpmn:flowNodeRef>'))))
POOLS = ('<bpmn:collaboration id="c"><bpmn:participant id="pool" processRef="p"/><bpmn:participant id="out"/>'
         '<bpmn:messageFlow id="mf" sourceRef="out" targetRef="a"/></bpmn:collaboration>'
         '<bpmn:process id="other" isExecutable="false"/>')
SCENERY = ('<bpmn:textAnnotation id="note"><bpmn:text>注</bpmn:text></bpmn:textAnnotation><bpmn:group id="group"/>'
           '<bpmn:association id="as" sourceRef="a" targetRef="note"/>')
POINTS = '<bpmn:dataInputAssociation id="di"><bpmn:sourceRef>store</bpmn:sourceRef></bpmn:dataInputAssociation>'
OBJECT = node('dataObject', 'store', name=None) + node('dataObjectReference', 'ref', name='申请书', dataObjectRef='store')


def listener(kind: str) -> str:
    return extension(f'<camunda:{kind} event="start" class="x.Y"/>')


def mapped(text: str) -> str:
    return extension(f'<camunda:inputOutput>{text}</camunda:inputOutput>')


def calls(mapping: str, who: str, **attributes: str) -> dict[str, bytes]:
    """A call with a mapping; the called process asks what it is handed, and the caller what comes back, if it does."""
    called = bpmn(start(), xor('qx', default='qno'), user('z', camunda_formRef='said'),
                  user('y', camunda_formRef='said'), end(), chain('begin', 'qx'),
                  flow('qx', 'z', f"${{{who} == 'A'}}"), flow('qx', 'y', id='qno'), chain('z', 'done'),
                  chain('y', 'done'), ident='q')
    made = call('a', 'q', extension(mapping), **attributes)
    if '<camunda:out' not in mapping:
        return two(line(made, user('b'), between=('a', 'b')), called)
    return two(bpmn(start(), made, xor('g', default='no'), user('b'), end(), chain('begin', 'a', 'g'),
                    flow('g', 'b', "${answer == 'yes'}"), flow('g', 'done', id='no'), chain('b', 'done')), called)


TOLD = mapped('<camunda:inputParameter name="told">${level}</camunda:inputParameter>')
FILES = {
    'file.process': runs(one(), '=a a .'),
    'file.pools': runs(line(user('a'), between=('a',), roots=POOLS), '=a a .'),
    'file.lanes': runs(line(NESTED_LANES, user('a'), between=('a',)), '=a a .'),
    'file.scenery': runs(line(SCENERY, user('a', '<bpmn:documentation>P01-14</bpmn:documentation>'), between=('a',)),
                         '=a a .'),
    'file.any_id': runs(bpmn(start('Start'), user('Root'), end('End'), chain('Start', 'Root', 'End')), '=Root Root .'),
    'file.prefix': runs(line(user('a'), catch('b', event('message', 'tns:m')), between=('a', 'b'), roots=message(),
                             head='xmlns:tns="urn:x"'), '=a a !m .'),
    'file.unmarked': runs(line(user('a'), between=('a',), executable=None), '=a a .'),
    'file.language': Proof(line(user('a'), between=('a',), head='expressionLanguage="feel"')),
    'file.zeebe': Proof(line(user('a', extension('<zeebe:userTask/>')), between=('a',), head=ZEEBE)),
    'file.flowable': Proof(line(user('a', **{'flowable:assignee': 'x'}), between=('a',), head=FLOWABLE)),
    'file.attribute_place': Proof(one(calledElement='q')),
    'file.attribute': Proof(one(asignee='x')),
    'file.stem': Proof({'q.bpmn': one()}),
}
DATA = {
    'data.object': runs(bpmn(start(), OBJECT, xor('g', default='no'), user('a'), user('b'), end(), flow('begin', 'g'),
                             flow('g', 'a', '${申请书 == null}'), NO, chain('a', 'done'), chain('b', 'done')),
                        '=a a .', 申请书=None),
    'data.association': runs(line(OBJECT, user('a', POINTS), between=('a',)), '=a a .'),
    'data.io': runs(one('<bpmn:ioSpecification><bpmn:dataInput id="i"/><bpmn:inputSet/><bpmn:outputSet/>'
                        '</bpmn:ioSpecification><bpmn:property id="pr" name="x"/>'), '=a a .'),
    'data.output': seen(one(mapped('<camunda:outputParameter name="grade">${level}</camunda:outputParameter>')),
                        'workflows/test_stories'),
    'data.mapping_name': Proof(act().replace(b'name="to"', b'')),
    'data.input': seen(act(inputs={'to': '${lead_unit}/liaison', 'text': '请办'}), 'engine/test_actions'),
}
TASKS = {
    'user': runs(one(), '=a a .'),
    'user.due': seen(one(camunda_dueDate='${workdays(entered_at, 3)}'), 'workflows/test_stories'),
    'user.priority': runs(one(camunda_priority='50', camunda_followUpDate='${due_at}'), '=a a .'),
    'user.no_form': runs(one(camunda_formRef=None), '=a a .'),
    'user.allow': seen(one(given(allow='认领、转办 delegate')), 'engine/test_assignment'),
    'user.return_to': seen(line(user('a'), user('b', given(allow='return', return_to='a')), between=('a', 'b')),
                           'engine/test_assignment_back'),
    'user.recall': seen(one(given(allow='recall')), 'engine/test_assignment_back'),
    'user.batch': seen(one(given(batch='true')), 'webapp/test_batch'),
    'user.batch_word': Proof(one(given(batch='yes'))),
    'user.batch_form': Proof({'p.bpmn': one(given(batch='true')), 'f.form': form('f', d={'type': 'number'})}),
    'user.assignee': Proof(one(camunda_assignee='张三')),
    'user.listener': Proof(one(listener('taskListener'))),
    'user.form_html': Proof(one(camunda_formRef=None, camunda_formKey='embedded:app:forms/x.html')),
    'task.passes': runs(line(node('task', 'a'), user('b'), between=('a', 'b')), '>a =b b .'),
    'manual.passes': runs(line(node('manualTask', 'a'), user('b'), between=('a', 'b')), '>a =b b .'),
    'manual.waits': runs(line(WAITING, node('manualTask', 'a', camunda_candidateGroups='gov/deputy',
                                            camunda_formRef='f'),
                              between=('a',)), '=a a .'),
    'manual.platform': runs(line(node('manualTask', 'a', camunda_candidateGroups='gov/deputy'), between=('a',),
                                 head=SPIFF),
                            '=a a .'),
    'manual.nobody': Proof(line(WAITING, node('manualTask', 'a'), between=('a',))),
    'user.nobody': Proof(one(camunda_candidateGroups=None)),
    'service': runs(act(), '>a .'),
    'service.code': Proof(act(camunda_delegateExpression='${x}')),
    'service.connector': Proof(act(extension('<camunda:connector/>'))),
    'service.result': Proof(act(camunda_resultVariable='x')),
    'send.message': runs(line(node('sendTask', 'a', messageRef='m'), between=('a',), roots=ALL), '>a ?m .'),
    'send.topic': runs(line(node('sendTask', 'a', camunda_topic='matter.issue'), between=('a',)), '>a .'),
    'send.nothing': Proof(line(node('sendTask', 'a'), between=('a',))),
    'receive': runs(line(node('receiveTask', 'a', messageRef='m'), between=('a',), roots=ALL), '= !m >a .'),
    'receive.instantiate': Proof(line(node('receiveTask', 'a', messageRef='m', instantiate='true'), between=('a',),
                                      roots=ALL)),
    'script': runs(bpmn(start(), node('scriptTask', 's', '<bpmn:script>level = 1</bpmn:script>'),
                        xor('g', default='no'),
                        user('a'), user('b'), end(), chain('begin', 's', 'g'), YES, NO, chain('a', 'done'),
                        chain('b', 'done')), '=a a .', level=2),
    'script.resource': Proof(line(node('scriptTask', 'a', '<bpmn:script>x = 1</bpmn:script>', camunda_resource='x.py'),
                                  between=('a',))),
    'rule': runs(line(node('businessRuleTask', 'a', camunda_decisionRef='t'), between=('a',)), '>a .'),
}
FRAMES = {
    'sub': runs(line(work(), user('y'), between=('a', 'y')), '=z z =y y .'),
    'sub.nested': runs(line(frame('o', start('os'), work(), end('oe'), chain('os', 'a', 'oe')), user('y'),
                            between=('o', 'y')), '=z z =y y .'),
    'sub.no_end': runs(line(frame('a', start('s'), user('z'), chain('s', 'z')), user('y'), between=('a', 'y')),
                       '=z z =y y .'),
    'sub.implicit': runs(line(frame('a', start('s'), user('z'), boundary('b', 'z', LATER), user('w'), end('e'),
                                    chain('s', 'z'),
                                    chain('b', 'w', 'e')), user('y'), between=('a', 'y')), '=z z =y y .'),
    'sub.moved': runs(line(frame('a', start('s'), user('z'), end('e'), flow('s', 'z')), flow('z', 'e'), between=('a',)),
                      '=z z .'),
    'sub.starts': Proof(line(start('also'), user('a'), flow('also', 'a'), between=('a',))),
    'transaction': runs(line(transaction(), user('y'), between=('a', 'y')), '=z z =y y .'),
    'transaction.cancel': runs(border(transaction(user('w'), chain('s', 'w'), last=CANCEL), CANCEL),
                               '=w,z z =urge urge .'),
    'transaction.uncaught': Proof(line(transaction(last=CANCEL), between=('a',))),
    'call': runs(two(line(call('a', 'q'), user('y'), between=('a', 'y')), Q), '=z z =y y .'),
    'call.in': runs(calls(WHO, 'who'), '=z z =b b .', title='A'),
    'call.in_all': runs(calls('<camunda:in variables="all"/>', 'title'), '=z z =b b .', title='A'),
    'call.out': runs(calls(WHO + '<camunda:out sourceExpression="${answer}" target="answer"/>', 'who'),
                     '=y y:answer=yes =b b .', title='B', answer=''),
    'call.out_all': runs(calls(WHO + '<camunda:out variables="all"/>', 'who'), '=y y:answer=yes =b b .', title='B',
                         answer=''),
    'call.key': seen(calling('<camunda:in businessKey="${title}"/>'), 'engine/test_call'),
    'call.latest': seen(calls('', 'title', camunda_calledElementBinding='latest'), 'engine/test_call'),
    'call.tag': Proof(calls('', 'title', camunda_calledElementBinding='versionTag')),
    'call.half': Proof(calling('<camunda:in source="title"/>')),
    'call.literal': Proof(calling('<camunda:in sourceExpression="title" target="y"/>')),
    'call.local': Proof(calling('<camunda:in source="title" target="y" local="true"/>')),
    'call.code': Proof(calls('', 'title', camunda_variableMappingClass='x.Y')),
}
STARTS = {
    'start': runs(line(user('a'), between=('a',)), '>begin =a a .'),
    'start.message': runs(bpmn(start('begin', MESSAGE), user('a'), end(), chain('begin', 'a', 'done'), roots=ALL),
                          '=a a .'),
    'start.signal': seen(bpmn(start('begin', SIGNAL), user('a'), end(), chain('begin', 'a', 'done'), roots=ALL),
                         'engine/test_start_event'),
    'start.timer': seen(bpmn(start('begin', timer('cycle', 'R/P1D')), user('a'), end(), chain('begin', 'a', 'done')),
                        'engine/test_start_event'),
    'start.several': runs(line(user('a'), start('also', MESSAGE), flow('also', 'a'), between=('a',), roots=ALL),
                          '=a a .'),
    'start.conditional': Proof(bpmn(start('begin', HOLDS), user('a'), end(), chain('begin', 'a', 'done'))),
    'start.parallel': Proof(bpmn(start('begin', MESSAGE, parallelMultiple='true'), user('a'), end(),
                                 chain('begin', 'a', 'done'), roots=ALL)),
    'start.multiple': Proof(on(user('a'), DATE, MESSAGE, roots=ALL)),
    'start.event_ref': Proof(on(user('a'), '<bpmn:eventDefinitionRef>x</bpmn:eventDefinitionRef>')),
    'start.initiator': Proof(line(user('a'), between=('a',)).replace(b'id="begin"',
                                                                     b'id="begin" camunda:initiator="x"')),
    'start.interrupting': Proof(line(user('a'), between=('a',)).replace(b'id="begin"',
                                                                        b'id="begin" isInterrupting="false"')),
}
HANDLERS = {
    'handler.message': runs(reacts(MESSAGE), '=a !m =hz hz .'),
    'handler.timer': runs(reacts(LATER), '=a +2d =hz hz .'),
    'handler.signal': runs(reacts(SIGNAL), '=a ~s =hz hz .'),
    'handler.conditional': runs(reacts(HOLDS), '=a @level=1 =hz hz .', level=0),
    'handler.error': runs(bpmn(start(), user('a'), end('x', ERROR), chain('begin', 'a', 'x'), handled('h', ERROR),
                               roots=ALL),
                          '=a a =hz hz .'),
    'handler.escalation': runs(line(throw('t', ESCALATION), user('a'), handled('h', ESCALATION), between=('t', 'a'),
                                    roots=ALL),
                               '=hz <a hz .'),
    'handler.message.beside': runs(reacts(MESSAGE, stops=False), '=a !m =a,hz !m =a,hz,hz hz hz =a a .'),
    'handler.timer.beside': runs(reacts(timer('cycle', 'R2/P1D'), stops=False),
                                 '=a +1d =a,hz +1d =a,hz,hz +9d =a,hz,hz a'),
    'handler.signal.beside': runs(reacts(SIGNAL, stops=False), '~s =a,hz ~s =a,hz,hz'),
    'handler.conditional.beside': runs(reacts(HOLDS, stops=False), '=a @level=1 =a,hz @level=0 @level=1 =a,hz,hz',
                                       level=0),
    'handler.escalation.beside': runs(line(throw('t', ESCALATION), user('a'), handled('h', ESCALATION, stops=False),
                                           between=('t', 'a'), roots=ALL), '=a,hz hz a .'),
    'handler.error.beside': Proof(line(service('a'), handled('h', ERROR, stops=False), between=('a',), roots=ALL)),
    'handler.inside': runs(bpmn(start(), node('parallelGateway', 'g'), work(handled('h', MESSAGE)), user('y'), end(),
                                chain('begin', 'g', 'a', 'done'), chain('g', 'y', 'done'), roots=ALL),
                           '=y,z !m =hz,y hz =y !m =y y .'),
    'handler.called': runs(two(line(call('a', 'q'), user('y'), between=('a', 'y')),
                               bpmn(start(), user('z'), end(), chain('begin', 'z', 'done'), handled('h', MESSAGE),
                                    ident='q',
                                    roots=ALL)), '=z !m =hz hz =y y .'),
    'handler.levels': seen(reacts(MESSAGE), 'engine/test_matrix'),
    'handler.nearest': runs(border(frame('a', start('s'), user('z'), end('e', ERROR), chain('s', 'z', 'e'),
                                         handled('h', ERROR)), ERROR), '=z z =hz hz .'),
    'handler.onward': runs(border(frame('a', start('s'), throw('up', ESCALATION), user('z'), end('e'),
                                        chain('s', 'up', 'z', 'e'),
                                        handled('h', ESCALATION, stops=False).replace(
                                            '</bpmn:endEvent>', f'{ESCALATION}</bpmn:endEvent>')),
                                  ESCALATION, stops=False), '=hz,z hz =urge,z z urge .'),
    'handler.done': runs(reacts(MESSAGE), '=a a .'),
    'handler.none': Proof(reacts('')),
    'handler.starts': Proof(line(user('a'), handled('h', MESSAGE, start('x', SIGNAL), flow('x', 'hz')), between=('a',),
                                 roots=ALL)),
    'handler.async': Proof(reacts(MESSAGE, camunda_asyncBefore='true')),
    'handler.compensation': Proof(reacts(COMPENSATE)),
    'handler.never': Proof(reacts(ERROR)),
}
EVENTS = {
    'catch.message': runs(line(catch('a', MESSAGE), between=('a',), roots=ALL), '= <a !m >a .'),
    'catch.date': runs(line(catch('a', AT), between=('a',)), '= +2d <a +1d >a .'),
    'catch.duration': runs(line(catch('a', LATER), between=('a',)), '= +23h <a +1h >a .'),
    'catch.cycle': Proof(waits('cycle', 'R/P1D')),
    'catch.signal': runs(line(catch('a', SIGNAL), between=('a',), roots=ALL), '= <a ~s >a .'),
    'catch.conditional': runs(line(catch('a', HOLDS), between=('a',)), '= <a @level=1 >a .', level=0),
    'catch.nothing': Proof(line(catch('a'), between=('a',))),
    'catch.error': Proof(line(catch('a', ERROR), between=('a',), roots=ALL)),
    'catch.no_condition': Proof(line(catch('a', event('conditional')), between=('a',))),
    'link': runs(LINK, '=c c .'),
    'throw.none': runs(line(throw('a'), between=('a',)), '>a .'),
    'throw.message': runs(line(throw('a', MESSAGE), between=('a',), roots=ALL), '>a ?m .'),
    'throw.signal': runs(bpmn(start(), node('parallelGateway', 'g'), catch('a', SIGNAL), user('b'), throw('t', SIGNAL),
                              end(),
                              chain('begin', 'g', 'a', 'done'), chain('g', 'b', 't', 'done'), roots=ALL),
                         '=b <a b >a .'),
    'throw.escalation': runs(border(frame('a', start('s'), throw('t', ESCALATION), user('v'), end('e'),
                                          chain('s', 't', 'v', 'e')), ESCALATION, stops=False), '=urge,v urge v .'),
    'throw.escalation_stops': runs(border(frame('a', start('s'), throw('t', ESCALATION), service('v'), user('w'),
                                                end('e'),
                                                chain('s', 't', 'v', 'w', 'e')), ESCALATION), '=urge <v urge .'),
    'throw.escalation_unheard': runs(line(throw('t', ESCALATION), user('a'), between=('t', 'a'), roots=ALL), '=a a .'),
    'message.payload': seen(line(throw('a', MESSAGE, TOLD), between=('a',), roots=ALL), 'engine/test_correlation'),
    'message.to_key': seen(line(throw('a', MESSAGE, given(to_key='${title}')), between=('a',), roots=ALL),
                           'engine/test_correlation'),
    'throw.compensation': Proof(line(throw('a', COMPENSATE), between=('a',))),
    'throw.error': Proof(line(throw('a', ERROR), between=('a',), roots=ALL)),
}
BOUNDARIES = {
    'boundary.message': runs(border(user('a'), MESSAGE), '=a !m =urge urge .'),
    'boundary.date': runs(border(user('a'), AT), '=a +3d =urge urge .'),
    'boundary.duration': runs(border(user('a'), LATER), '=a +1d =urge urge .'),
    'boundary.signal': runs(border(user('a'), SIGNAL), '=a ~s =urge urge .'),
    'boundary.conditional': runs(border(user('a'), HOLDS), '=a @level=1 =urge urge .', level=0),
    'boundary.message.beside': runs(border(user('a'), MESSAGE, stops=False),
                                    '!m =a,urge !m =a,urge,urge a urge urge .'),
    'boundary.date.beside': runs(border(user('a'), AT, stops=False), '+3d =a,urge +3d =a,urge a urge .'),
    'boundary.duration.beside': runs(border(user('a'), LATER, stops=False), '+1d =a,urge +9d =a,urge a urge .'),
    'boundary.cycle.beside': runs(border(user('a'), timer('cycle', 'R3/P1D'), stops=False),
                                  '+1d =a,urge +1d =a,urge,urge'),
    'boundary.signal.beside': runs(border(user('a'), SIGNAL, stops=False), '~s =a,urge ~s =a,urge,urge'),
    'boundary.conditional.beside': runs(border(user('a'), HOLDS, stops=False),
                                        '=a @level=1 =a,urge @level=2 =a,urge @level=1 =a,urge,urge', level=0),
    'boundary.cycle': Proof(border(user('a'), timer('cycle', 'R3/P1D'))),
    'boundary.error': runs(border(frame('o', start('os'), ends_with(ERROR), end('oe'), chain('os', 'a', 'oe')).replace(
        '"a"', '"i"').replace('"o"', '"a"').replace('__a"', '__i"').replace('"a__oe"', '"i__oe"'), ERROR),
                           '=z z =urge urge .'),
    'boundary.error_any': runs(border(ends_with(ERROR), event('error')), '=z z =urge urge .'),
    'boundary.error_call': runs(two(border(call('a', 'q'), ERROR), CALLED), '=z z =urge urge .'),
    'boundary.error_action': Proof(line(user('u'), service('a'), boundary('b', 'a', ERROR), user('urge'),
                                        flow('b', 'urge'),
                                        between=('u', 'a'), roots=ALL), '=u u =urge <a <done urge .', {},
                                   {'a': Thrown('e')}),
    'boundary.error_task': Proof(border(user('a'), ERROR)),
    'boundary.error_beside': Proof(border(ends_with(ERROR), ERROR, stops=False)),
    'boundary.escalation': runs(border(ends_with(ESCALATION), ESCALATION), '=z z =urge urge .'),
    'boundary.escalation.beside': runs(border(ends_with(ESCALATION), ESCALATION, stops=False),
                                       '=z z =urge >done urge .'),
    'boundary.never': Proof(border(work(), ERROR)),
    'boundary.receive': runs(border(node('receiveTask', 'a', messageRef='m'), LATER), '= +1d =urge urge .'),
    'boundary.sub': runs(border(work(), LATER), '=z +1d =urge urge .'),
    'boundary.call': runs(two(border(call('a', 'q'), LATER), Q), '=z +1d =urge urge .'),
    'boundary.hosts': seen(border(user('a'), MESSAGE), 'engine/test_matrix'),
    'boundary.multi': runs(border(work(each()), LATER), '=z,z z +1d =urge urge .', **UNITS),
    'boundary.multi.beside': runs(border(user('a', each()), MESSAGE, stops=False), '=a,a !m =a,a,urge a a urge .',
                                  **UNITS),
    'boundary.automatic': runs(border(service('a'), LATER), '>a .'),
    'boundary.nothing': Proof(border(user('a'))),
    'boundary.compensation': Proof(border(user('a'), COMPENSATE)),
    'boundary.code_variable': Proof(border(ends_with(ERROR), event('error', 'er', camunda_errorCodeVariable='code'))),
}
ENDS = {
    'end': runs(ends(), '=a,b a =b b .'),
    'end.message': runs(ends(MESSAGE), 'a ?m =b b .'),
    'end.signal': runs(ends(SIGNAL), 'a ?signal:s =b b .'),
    'end.error': runs(border(ends_with(ERROR), ERROR), '=z z =urge urge .'),
    'end.error_uncaught': Proof(ends(ERROR)),
    'end.no_code': Proof(border(ends_with(event('error')), ERROR)),
    'end.escalation': runs(border(frame('a', start('s'), node('parallelGateway', 'ag'), user('z'), user('y'),
                                        end('e', ESCALATION), end('f'), chain('s', 'ag', 'z', 'e'),
                                        chain('ag', 'y', 'f')),
                                  ESCALATION, stops=False), '=y,z z =urge,y y urge .'),
    'end.terminate': runs(ends(TERMINATE), '=a,b a .'),
    'end.compensation': Proof(ends(COMPENSATE)),
    'end.timer': Proof(ends(DATE)),
    'end.implicit': runs(bpmn(start(), user('a'), chain('begin', 'a')), '=a a .'),
}
GATEWAYS = {
    'xor': runs(decides(YES, flow('g', 'b', '${level < 5}', id='also'), flow('g', 'done', id='no'), default='no'),
                '=a a .',
                level=1),
    'xor.opposite': runs(decides(YES, flow('g', 'b', '${level != 1}')), '=b b .', level=2),
    'xor.join': runs(bpmn(start(), node('parallelGateway', 'g'), user('a'), user('b'), xor('j'), end(),
                          chain('begin', 'g', 'a', 'j', 'done'), chain('g', 'b', 'j')), 'a >j =b b >j*2 .'),
    'xor.default_given': runs(decides(YES, NO), '=b b .', level=2),
    'and': runs(joins('parallelGateway', None, None), '=a,b a =b b =c c .'),
    'and.loop': runs(joins('parallelGateway', None, None, loop=True), 'a b c:level=9 =a,b b =a a =c c:level=1 .'),
    'and.same_source': runs(bpmn(start(), node('parallelGateway', 'g'), node('parallelGateway', 'j'), user('a'), end(),
                                 chain('begin', 'g'), flow('g', 'j', id='x'), flow('g', 'j', id='y'),
                                 chain('j', 'a', 'done')),
                            '=a a .'),
    'and.condition': Proof(decides(YES, NO, kind='parallelGateway')),
    'and.default': Proof(decides(flow('g', 'a'), NO, kind='parallelGateway', default='no')),
    'or': runs(joins('inclusiveGateway', '${level > 0}', '${level > 1}').replace(b'id="g"',
                                                                                 b'id="g" default="g__c"').replace(
        b'</bpmn:process>', flow('g', 'c').encode() + b'</bpmn:process>'), '=a,b a =b b =c c .', level=2),
    'or.default': runs(decides(YES, NO, kind='inclusiveGateway', default='no'), '=b b .', level=2),
    'or.always': runs(decides(YES, NO, kind='inclusiveGateway'), '=a,b a b .', level=1),
    'or.same_source': runs(bpmn(start(), node('inclusiveGateway', 'g'), node('inclusiveGateway', 'j'), user('a'), end(),
                                chain('begin', 'g'), flow('g', 'j', '${level > 0}', id='x'),
                                flow('g', 'j', '${level > 1}', id='y'), flow('g', 'done', id='no'),
                                chain('j', 'a', 'done')).replace(b'id="g"', b'id="g" default="no"'), '=a a .', level=2),
    'or.loop': runs(joins('inclusiveGateway', '${true}', '${level > 1}', loop=True),
                    '=a,b b a c:level=9 =a,b a =b b =c c:level=1 .', level=2),
    'race': runs(race(catch('b', MESSAGE), catch('c', LATER)), '= +1d =c2 !m =c2 c2 .'),
    'race.receive': runs(race(node('receiveTask', 'b', messageRef='m'), catch('c', LATER)), '= !m =b2 +2d =b2 b2 .'),
    'race.several': runs(race(catch('b', SIGNAL), catch('c', HOLDS), catch('d', LATER), catch('e', AT)),
                         '= @level=1 =c2 ~s +9d =c2 c2 .', level=0),
    'race.target': Proof(race(catch('b', MESSAGE), user('c'))),
    'race.single': runs(race(catch('b', MESSAGE)), '= !m =b2 b2 .'),
    'race.instantiate': Proof(race(catch('b', MESSAGE), catch('c', LATER)).replace(b'id="g"',
                                                                                   b'id="g" instantiate="true"')),
    'race.parallel': Proof(race(catch('b', MESSAGE), catch('c', LATER)).replace(
        b'id="g"', b'id="g" eventGatewayType="Parallel"')),
}
FLOWS = {
    'flow.no_id': runs(bpmn(start(), user('a'), end(), flow('begin', 'a', id=None), flow('a', 'done', id=None)),
                       '=a a .'),
    'flow.several': runs(bpmn(start(), user('a'), user('b'), user('c'), end(), chain('begin', 'a', 'b', 'done'),
                              chain('a', 'c', 'done')), 'a =b,c b c .'),
    'flow.condition': runs(bpmn(start(), user('a', default='no'), user('b'), user('c'), end(), chain('begin', 'a'),
                                flow('a', 'b', '${level == 1}'), flow('a', 'c', '${level < 2}'),
                                flow('a', 'done', id='no'),
                                chain('b', 'done'), chain('c', 'done')), 'a =b,c b c .', level=1),
    'flow.default': runs(bpmn(start(), user('a', default='no'), user('b'), user('c'), end(), chain('begin', 'a'),
                              flow('a', 'b', '${level == 1}'), flow('a', 'c', id='no'), chain('b', 'done'),
                              chain('c', 'done')), 'a =c c .', level=2),
    'flow.into': runs(bpmn(start(), node('parallelGateway', 'g'), throw('t'), throw('v'), user('a'), end(),
                           chain('begin', 'g', 't', 'a', 'done'), chain('g', 'v', 'a')), '=a,a a a .'),
}
SEVERAL = {
    'multi.parallel': runs(one(each()), '=a,a a =a a .', **UNITS),
    'multi.sequential': runs(one(each(isSequential='true')), '=a a =a a .', **UNITS),
    'multi.cardinality': runs(one(each(None, None, THREE)), '=a,a,a a a a .'),
    'multi.notation': runs(one(NOTATION), '=a,a a a .', **UNITS),
    'multi.empty': runs(line(user('a', each()), user('b'), between=('a', 'b')), '=b b .', co_units=''),
    'multi.output': runs(collects(each('${split(co_units)}', 'unit', *OUTPUT)), 'a#1:answer=no a:answer=yes =b b .',
                         **UNITS),
    'multi.half_output': Proof(one(each('${split(co_units)}', 'unit', OUTPUT[0]))),
    'multi.complete': runs(one(each('${split(co_units)}', 'unit',
                                    '<bpmn:completionCondition>${nrOfCompletedInstances == 1 and '
                                    'nrOfActiveInstances == 2 and nrOfInstances == 3}</bpmn:completionCondition>')),
                           '=a,a,a a .', co_units='x,y,z'),
    'multi.sub': runs(collects('', work(each('${split(co_units)}', 'unit', *OUTPUT)).replace('"f"', '"said"')),
                      '=z,z z:answer=yes z:answer=no =b b .', **UNITS),
    'multi.service': runs(line(service('a', each()), node('scriptTask', 's', '<bpmn:script>level = 1</bpmn:script>',
                                                          each()),
                               node('businessRuleTask', 'r', each(), camunda_decisionRef='t'),
                               node('sendTask', 't', each(), messageRef='m'),
                               node('receiveTask', 'v', each(), messageRef='m'), between=('a', 's', 'r', 't', 'v'),
                               roots=ALL),
                          '!m >a .', **UNITS),
    'multi.call': seen(two(line(call('a', 'q', extension('<camunda:out source="level" target="answer"/>'), each(
        '${split(co_units)}', 'unit', *OUTPUT)), between=('a',)), Q), 'engine/test_call'),
    'multi.nested': runs(line(frame('a', each(), start('s'), user('z', each('${split(title)}', 'part')), end('e'),
                                    chain('s', 'z', 'e')), between=('a',)), '=z,z,z,z z z z =z z .', title='p,q',
                         **UNITS),
    'multi.all': runs(signed('<bpmn:completionCondition>${contains(said, "no")}</bpmn:completionCondition>'),
                      '=a,a,a a:answer=yes =a,a a:answer=no =refused refused .', title='x/chief,y/chief,z/chief'),
    'multi.any': runs(signed('<bpmn:completionCondition>${nrOfCompletedInstances >= 1}</bpmn:completionCondition>'),
                      '=a,a,a a#1:answer=yes =passed passed .', title='x/chief,y/chief,z/chief'),
    'multi.order': runs(signed('<bpmn:completionCondition>${contains(said, "no")}</bpmn:completionCondition>', isSequential='true'),
                        '=a a:answer=yes =a a:answer=yes =a a:answer=no =refused refused .', title='x/chief,y/chief,z/chief'),
    'multi.vote': runs(signed('<bpmn:completionCondition>${sum(said) * 2 &gt; nrOfInstances or (nrOfCompletedInstances - sum(said)) * 2 '
                              '&gt;= nrOfInstances}</bpmn:completionCondition>', votes='sum(said) * 2 <= 3'),
                       '=a,a,a a:vote=1 =a,a a:vote=0 =a a:vote=1 =passed passed .', title='x/chief,y/chief,z/chief'),
    'multi.both': Proof(one(each('${split(co_units)}', 'unit', THREE))),
    'loop': runs(one(again('${level == 1}')), '=a a:level=1 =a a:level=2 .', level=0),
    'loop.before': runs(one(again('${level == 1}').replace(
        '<bpmn:standardLoopCharacteristics', '<bpmn:standardLoopCharacteristics testBefore="true"')), '.', level=0),
    'loop.most': runs(one(again('', '3')), '=a a =a a =a a .'),
    'loop.endless': Proof(one(again(''))),
}
JOBS = {
    'async.before': runs(jobs(service('a', camunda_asyncBefore='true')), 'u = <a +1h >a .'),
    'async.after': runs(jobs(service('a', camunda_asyncAfter='true'), user('b'), between=('u', 'a', 'b')),
                        'u = >a +1h =b b .'),
    'async.start': runs(bpmn(start(camunda_asyncBefore='true'), user('a'), end(), chain('begin', 'a', 'done')),
                        '>begin +1h =a a .'),
    'async.gateway': runs(joins('parallelGateway', None, None).replace(b'id="j"', b'id="j" camunda:asyncBefore="true"'),
                          'a b = +1h =c c .'),
    'async.place': Proof(on(user('a'), DATE, camunda_asyncBefore='true')),
    'retry': seen(act(extension('<camunda:failedJobRetryTimeCycle>R3/PT10M</camunda:failedJobRetryTimeCycle>')),
                  'engine/test_retry'),
    'camunda.harmless': runs(bpmn(start(), user('a', camunda_exclusive='false'), end(), chain('begin', 'a', 'done'),
                                  camunda_historyTimeToLive='180', camunda_versionTag='1',
                                  camunda_isStartableInTasklist='true'),
                             '=a a .'),
    'camunda.ignored': runs(one(camunda_jobPriority='3'), '=a a .'),
    'camunda.place': Proof(act(camunda_candidateGroups='a/liaison')),
}
TIMES = {
    'time.date': runs(line(catch('a', AT), between=('a',)), '= +2d <a +1d >a .'),
    'time.duration': runs(line(catch('a', timer('duration', 'PT36H')), between=('a',)), '= +35h <a +1h >a .'),
    'time.cycle': runs(border(user('a'), timer('cycle', 'R/2026-03-05T09:00:00+08:00/P1D'), stops=False),
                       '=a +3d =a,urge +5d =a,urge,urge'),
    'expression.language': Proof(decides(YES.replace('<bpmn:conditionExpression',
                                                     '<bpmn:conditionExpression language="groovy"'),
                                         NO, default='no')),
}
PROOFS = {**FILES, **DATA, **TASKS, **FRAMES, **STARTS, **HANDLERS, **EVENTS, **BOUNDARIES, **ENDS, **GATEWAYS, **FLOWS,
          **SEVERAL, **JOBS, **TIMES}
