"""The gate, rule by rule and in both directions: the drawing that is refused, and the same put right."""
import random
import re
import time
from io import BytesIO
from typing import NamedTuple

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from engine import deployment, gate
from engine.finding import REFUSE, Finding
from engine.ledger import FACTS as LEDGER
from engine.spiff import Library
from tests.engine.diagrams import (boundary, bpmn, call, catch, chain, each, end, error, escalation, event, extension,
                                   flow, form, frame, line, message, node, service, signal, start, table, throw, timer,
                                   user, xor)
from tests.engine.papers import paper
from tests.engine.scenes import (DATE, ERROR, ESCALATION, FLOWABLE, Files, HOLDS, MESSAGE, NO, PARAMETER, Q, SIGNAL,
                                 YES, ZEEBE, act, again, bundle, calling, check, codes, decides, ends_with, given,
                                 handled, lanes, on, one, races, rings, two, waits, work)


class Case(NamedTuple):
    """A rule, a file (or several) that it finds fault with, and the same without the fault."""

    code: str
    wrong: Files
    right: Files


OUT = extension('<camunda:out source="title" target="y"/>')


def back(source: str, target: str, first: str = '', allow: str = 'return') -> bytes:
    """A step a, then a user task b; one of them may be returned to a step."""
    drawn = {source: given(allow=allow, return_to=target)}
    return line(first or user('a', drawn.get('a', '')), user('b', drawn.get('b', '')), between=('a', 'b'))


def calls(**attributes: str) -> dict[str, bytes]:
    """A call that says which version it wants."""
    given = {f'camunda_{name}': value for name, value in attributes.items()}
    return {'p.bpmn': line(call('a', 'q', **given), between=('a',)), 'q.bpmn': Q}


def begins(when: str) -> bytes:
    """A process that a time starts."""
    return bpmn(start('begin', when), user('a'), end(), chain('begin', 'a', 'done'))


def until(when: str) -> str:
    """Several do it, until this is so."""
    return each('${split(co_units)}', 'unit', f'<bpmn:completionCondition><![CDATA[{when}]]></bpmn:completionCondition>')


def says(what: str, to_key: str = '${title}') -> bytes:
    """A throw event that names whom it is for, and hands something over."""
    told = extension(f'<camunda:properties><camunda:property name="to_key" value="{to_key}"/></camunda:properties>'
                     '<camunda:inputOutput><camunda:inputParameter name="told">${level}</camunda:inputParameter>'
                     '</camunda:inputOutput>')
    heard = catch('b', what)
    return line(throw('a', what, told), heard, between=('a', 'b'), roots=message() + signal())



def hears(ref: str, **attributes: str) -> bytes:
    """Something that waits for a message, named as another modeler may name it."""
    return line(user('a'), catch('b', event('message', ref)), between=('a', 'b'), roots=message(), **attributes)

CHAIN = {f'c{n}.bpmn': bpmn(start(), call('a', f'c{n + 1}' if n < 400 else 'p'), end(),
                            chain('begin', 'a', 'done'), ident=f'c{n}',
                              picture=False) for n in range(401)}

FILES = [
    Case('file.unreadable', b'<a', one()),
    Case('file.unreadable', b'', one()),
    Case('file.unreadable', b'<!DOCTYPE a []><a/>', one()),
    Case('file.unreadable', one()[:-40], one()),
    Case('file.unreadable', {'p.bpmn': one(), 'x.dmn': b'<a/>'}, one()),
    Case('file.unreadable', {'p.bpmn': one(), 'x.form': b'[]'}, one()),
    Case('file.unknown', {'p.bpmn': one(), 'readme.txt': b''}, one()),
    Case('table.twice', {'p.bpmn': one(), 't.dmn': table('t', ('level',), ('grade',), ('-', '1')),
                         'u.dmn': table('t', ('level',), ('grade',), ('-', '1'))},
         {'p.bpmn': one(), 't.dmn': table('t', ('level',), ('grade',), ('-', '1'))}),
    Case('file.twice', {'p.bpmn': one(), 'old/p.bpmn': one()}, one()),
    Case('file.not_bpmn', b'<definitions/>', one()),
    Case('process.missing', one().replace(b'bpmn:process', b'bpmn:interface'), one()),
    Case('process.not_executable', line(user('a'), between=('a',), executable='false'), one()),
    Case('process.two', line(user('a'), between=('a',), roots='<bpmn:process id="q" isExecutable="true"/>'),
         line(user('a'), between=('a',), roots='<bpmn:process id="q" isExecutable="false"/>')),
    Case('process.stem', {'q.bpmn': one()}, {'p.bpmn': one()}),
    Case('process.marked_executable', line(user('a'), between=('a',), executable=None), one()),
    Case('process.too_deep', {'p.bpmn': line(call('a', 'c0'), user('b'),
                                             boundary('x', 'a', event('error', 'er')), chain('x', 'done'),
                                             between=('a', 'b'), roots=error()), **CHAIN}, one()),
    Case('table.stem', {'p.bpmn': one(), 'other.dmn': table('u', ('level',), ('grade',), ('-', '1'))},
         {'p.bpmn': one(), 'u.dmn': table('u', ('level',), ('grade',), ('-', '1'))}),
    Case('form.stem', {'p.bpmn': one(), 'other.form': form('g')}, {'p.bpmn': one(), 'g.form': form('g')}),
    Case('platform.zeebe', line(user('a', extension('<zeebe:userTask/>')), between=('a',), head=ZEEBE),
         one()),
    Case('platform.zeebe', line(user('a'), between=('a',), head='modeler:executionPlatform="Camunda Cloud"'),
         line(user('a'), between=('a',), head=f'{ZEEBE} modeler:executionPlatform="Camunda Platform"')),
    Case('platform.other', line(user('a', **{'flowable:assignee': 'x'}), between=('a',), head=FLOWABLE),
         one()),
    Case('picture.missing', line(user('a'), between=('a',), picture=False), one()),
    Case('picture.invisible', one().replace(b'<bpmndi:BPMNShape bpmnElement="a"/>', b''), one()),
]

WORDS = [
    Case('element.unknown', line('<bpmn:userTaks id="a"/>', between=()), one()),
    Case('element.place', line(each(), user('a'), between=('a',)), one()),
    Case('element.place', one('<bpmn:script>x = 1</bpmn:script>'), one()),
    Case('element.place', one(DATE), on(user('a'), DATE)),
    Case('element.twice', one(each(), again('${level == 1}')), one(each())),
    Case('element.twice', waits('date', '').replace(b'</bpmn:timeDate>', b'</bpmn:timeDate><bpmn:timeDuration>P1D'
                                                   b'</bpmn:timeDuration>'), waits('duration', 'P1D')),
    Case('element.complex_gateway', decides(YES, NO, kind='complexGateway'), decides(YES, NO)),
    Case('element.ad_hoc', line(node('adHocSubProcess', 'a', user('z')), between=('a',)),
         line(work(), between=('a',))),
    Case('element.choreography', line(user('a'), between=('a',), roots='<bpmn:choreography id="c"/>'), one()),
    Case('element.data_store', line(node('dataStoreReference', 'd'), user('a'), between=('a',)), one()),
    Case('element.data_flow', one('<bpmn:dataInputAssociation><bpmn:sourceRef>d</bpmn:sourceRef><bpmn:assignment/>'
                                  '</bpmn:dataInputAssociation>'),
         one('<bpmn:dataInputAssociation><bpmn:sourceRef>d</bpmn:sourceRef></bpmn:dataInputAssociation>')),
    Case('element.resource', one('<bpmn:potentialOwner/>'), one()),
    Case('element.correlation', line('<bpmn:correlationSubscription/>', user('a'), between=('a',)), one()),
    Case('element.compensation', one(isForCompensation='true'), one(isForCompensation='false')),
    Case('attribute.unknown', one(asignee='x'), one()),
    Case('attribute.unknown', one(camunda_candidateGroup='x'), one()),
    Case('attribute.boolean', on(user('a'), DATE, cancelActivity='no'),
         on(user('a'), DATE, cancelActivity='0')),
    Case('attribute.quantity', one(startQuantity='2'), one(startQuantity='1')),
    Case('attribute.behavior', one(each(behavior='None')), one(each(behavior='All'))),
    Case('attribute.instantiate', line(node('receiveTask', 'a', messageRef='m', instantiate='true'),
                                       between=('a',),
                                       roots=message()),
         line(node('receiveTask', 'a', messageRef='m'), between=('a',), roots=message())),
    Case('attribute.place', one(calledElement='q'), two(line(call('a', 'q'), between=('a',)), Q)),
    Case('attribute.place', line(start('also', DATE, isInterrupting='false'), user('a'), flow('also', 'a'),
                                 between=('a',)),
         line(user('a'), handled('h', MESSAGE, stops=False), between=('a',),
              roots=message())),
    Case('attribute.operation', act(operationRef='x'), act()),
    Case('attribute.foreign', line(user('a', **{'x:y': '1'}), between=('a',), head='xmlns:x="urn:x"'), one()),
    Case('attribute.parallel_events', on(user('a'), DATE, parallelMultiple='true'), on(user('a'), DATE)),
    Case('attribute.event_ref', on(user('a'), '<bpmn:eventDefinitionRef>x</bpmn:eventDefinitionRef>'),
         on(user('a'), DATE)),
    Case('expression.language', decides(YES.replace('<bpmn:conditionExpression',
                                                    '<bpmn:conditionExpression language="groovy"'),
                                        NO, default='no'), decides(YES, NO, default='no')),
    Case('camunda.listener', one(extension('<camunda:taskListener event="create" class="x.Y"/>')), one()),
    Case('camunda.listener', act(extension('<camunda:executionListener event="start" expression="${x}"/>')),
         act()),
    Case('camunda.connector', act(extension('<camunda:connector/>')), act()),
    Case('camunda.form_data', one(extension('<camunda:formData/>')), one()),
    Case('camunda.input_place', one(extension('<camunda:inputOutput><camunda:inputParameter name="x">1'
                                              '</camunda:inputParameter></camunda:inputOutput>')),
         one(extension('<camunda:inputOutput><camunda:outputParameter name="x">1</camunda:outputParameter>'
                       '</camunda:inputOutput>'))),
    Case('camunda.mapping_nested', act().replace(b'>\xe8\xaf\xb7\xe5\x8a\x9e\xe7\x90\x86<',
                                                 b'><camunda:list/><'), act()),
    Case('camunda.mapping_name', calling('<camunda:out source="title"/>'),
         calling('<camunda:out source="title" target="y"/>')),
    Case('camunda.mapping_name', calling('<camunda:in variables="some"/>'), calling('<camunda:in variables="all"/>')),
    Case('camunda.mapping_name', act().replace(b'name="to"', b''), act()),
    Case('call.literal', calling('<camunda:in sourceExpression="title" target="y"/>'),
         calling('<camunda:in sourceExpression="${title}" target="y"/>')),
    Case('attribute.unknown', calling('<camunda:in source="x" target="y" local="true"/>'),
         calling('<camunda:in source="title" target="y"/>')),
    Case('property.unknown', one(given(stag='x')), one()),
    Case('camunda.attribute', one(camunda_assignee='张三'), one()),
    Case('camunda.attribute', act(camunda_class='x.Y'), act()),
    Case('camunda.attribute', act(camunda_delegateExpression='${x}'), act()),
    Case('camunda.attribute', act(camunda_resultVariable='x'), act()),
    Case('camunda.ignored', one(camunda_jobPriority='3'), one(camunda_asyncBefore='true')),
    Case('camunda.attribute_place', on(user('a'), DATE, camunda_asyncBefore='true'), on(user('a'), DATE)),
    Case('camunda.attribute_place', on(user('a'), DATE, camunda_asyncBefore='true'),
         bpmn(start(camunda_asyncBefore='true'), user('a'), end(), chain('begin', 'a', 'done'))),
    Case('camunda.attribute_place', act(camunda_candidateGroups='a/liaison'), act()),
    Case('camunda.attribute_place', one(extension('<camunda:in source="x" target="y"/>')), one()),
    Case('extension.unknown', one(extension('<camunda:potentialStarter/>')), one()),
    Case('extension.foreign', line(user('a', '<x:y xmlns:x="urn:x"/>'), between=('a',)), one()),
    Case('extension.foreign', line(user('a', extension('<x:y xmlns:x="urn:x"/>')), between=('a',)), one()),
    Case('extension.foreign', line(user('a', extension('<bpmn:Grid spacing="15"/>')), between=('a',)), one()),
    Case('element.unknown', line(user('a', '<bpmn:Grid spacing="15"/>'), between=('a',)),
         line(user('a', extension('<bpmn:Grid spacing="15"/>')), between=('a',))),
    Case('element.place', line(user('a', extension(each())), between=('a',)), line(user('a', each()), between=('a',))),
]

SHAPE = [
    Case('id.double', line(user('a'), user('a'), between=('a',)), one()),
    Case('id.missing', line(user('a'), user(None), between=('a',)), one()),
    Case('text.too_long', line(user('a' * 81), between=('a' * 81,)), line(user('a' * 80), between=('a' * 80,))),
    Case('text.too_long', one(camunda_candidateGroups='u' * 41 + '/liaison'),
         one(camunda_candidateGroups='u' * 40 + '/liaison')),
    Case('text.too_long', {'p.bpmn': one(), 'f' * 81 + '.form': form('f' * 81)},
         {'p.bpmn': one(), 'f' * 80 + '.form': form('f' * 80)}),
    Case('text.too_long', one(name='办' * 201), one(name='办' * 200)),
    Case('text.too_long', on(user('a'), MESSAGE, roots=message(name='m' * 81)),
         on(user('a'), MESSAGE, roots=message())),
    Case('id.bad', line(user('a b'), between=('a b',)), line(user('a_b'), between=('a_b',))),
    Case('flow.id_given', bpmn(start(), end(), flow('begin', 'done', id=None)),
         bpmn(start(), end(), flow('begin', 'done'))),
    Case('flow.dangling', line(user('a'), flow('a', 'nowhere'), between=('a',)), one()),
    Case('flow.moved', line(work(), user('y'), between=('a', 'y')).replace(b'</bpmn:subProcess>', b'',
                                                                           1).replace(
        b'<bpmn:sequenceFlow id="s__z"', b'</bpmn:subProcess>\n<bpmn:sequenceFlow id="s__z"', 1),
         line(work(), user('y'), between=('a', 'y'))),
    Case('flow.crosses_frame', line(work(), user('y'), flow('z', 'y'), between=('a', 'y')),
         line(work(), user('y'), between=('a', 'y'))),
    Case('flow.into_start', line(user('a'), flow('a', 'begin'), between=('a',)), one()),
    Case('flow.out_of_end', line(user('a'), flow('done', 'a'), between=('a',)), one()),
    Case('flow.into_boundary', line(user('a'), boundary('b', 'a', DATE), chain('b', 'done'), flow('a', 'b'),
                                    between=('a',)),
         on(user('a'), DATE)),
    Case('flow.split_added', bpmn(start(), user('a'), user('b'), end(), chain('begin', 'a', 'done'),
                                  chain('begin', 'b', 'done')),
         bpmn(start(), node('parallelGateway', 'g'), user('a'), user('b'), end(),
              chain('begin', 'g', 'a', 'done'),
              chain('g', 'b', 'done'))),
    Case('boundary.no_host', on(user('c'), DATE), on(user('a'), DATE)),
    Case('boundary.host_elsewhere', line(work(), boundary('b', 'z', DATE), service('urge'), flow('b', 'urge'),
                                         between=('a',)),
         on(work(), DATE)),
    Case('boundary.no_way', line(user('a'), boundary('b', 'a', DATE), between=('a',)), on(user('a'), DATE)),
    Case('default.dangling', decides(YES, NO, default='nowhere'), decides(YES, NO, default='no')),
    Case('lane.dangling', line(lanes(督查室='a gone'), user('a'), between=('a',)),
         line(lanes(督查室='a'), user('a'), between=('a',))),
    Case('lane.twice', line(lanes(督查室='a', 牵头单位='a'), user('a'), between=('a',)),
         line(lanes(督查室='a'), user('a'), between=('a',))),
    Case('ref.dangling', on(user('a'), MESSAGE), on(user('a'), MESSAGE, roots=message())),
    Case('ref.dangling', hears('tns:m'), hears('tns:m', head='xmlns:tns="urn:definitions"')),
    Case('ref.dangling', hears('tns:n', head='xmlns:tns="urn:definitions"'), hears('m')),
    Case('ref.expression', on(user('a'), MESSAGE, roots=message(name='m-${title}')),
         on(user('a'), MESSAGE, roots=message())),
    Case('ref.expression', on(ends_with(ERROR), ERROR, roots=error(code='${title}')),
         on(ends_with(ERROR), ERROR, roots=error())),
    Case('ref.no_name', on(user('a'), MESSAGE, roots=message(name='')),
         on(user('a'), MESSAGE, roots=message())),
    Case('start.missing', bpmn(user('a'), end(), chain('a', 'done')), one()),
    Case('start.two', line(start('also'), user('a'), flow('also', 'a'), between=('a',)),
         line(start('also', MESSAGE), user('a'), flow('also', 'a'), between=('a',), roots=message())),
    Case('frame.no_end', line(frame('a', start('s'), user('z'), chain('s', 'z', 'z')), between=('a',)),
         line(work(), between=('a',))),
    Case('gateway.no_condition', decides(YES, NO, flow('g', 'b', id='maybe'), default='no'),
         decides(YES, NO, default='no')),
    *(Case('gateway.no_default', decides(flow('g', 'a', one_way), flow('g', 'b', wrong)),
           decides(flow('g', 'a', one_way), flow('g', 'b', right)))
      for one_way, wrong, right in (('${level == 1}', '${level == 2}', '${level != 1}'),
                                    ('${has_basis}', '${key_matter}', '${!has_basis}'),
                                    ('${has_basis}', '${!(has_basis and key_matter)}', '${not has_basis}'),
                                    ('${level >= 1}', '${level < 1}', '${!(level >= 1)}'))),
    Case('gateway.no_default', bpmn(start(), user('a'), user('b'), end(), chain('begin', 'a'),
                                    chain('b', 'done'),
                                    flow('a', 'b', '${level == 1}')),
         bpmn(start(), user('a', default='no'), user('b'), end(), chain('begin', 'a'), chain('b', 'done'),
              flow('a', 'b', '${level == 1}'), flow('a', 'done', id='no'))),
    Case('gateway.default_given', decides(YES, NO), decides(YES, NO, default='no')),
    Case('gateway.always', decides(YES, NO, kind='inclusiveGateway'),
         decides(YES, NO, kind='inclusiveGateway', default='no')),
    Case('gateway.default_condition', decides(YES, flow('g', 'b', '${level == 2}', id='no'), default='no'),
         decides(YES, NO, default='no')),
    Case('gateway.same_condition', decides(YES, flow('g', 'b', '${level == 1}', id='also'), NO, default='no'),
         decides(YES, NO, default='no')),
    Case('gateway.condition_ignored', decides(YES, NO, kind='parallelGateway'),
         decides(flow('g', 'a'), NO, kind='parallelGateway')),
    Case('gateway.default_ignored', decides(flow('g', 'a'), NO, kind='parallelGateway', default='no'),
         decides(flow('g', 'a'), NO, kind='parallelGateway')),
    Case('gateway.no_way', line(user('a'), xor('g'), flow('a', 'g'), between=('a',)), one()),
    Case('link.no_name', line(throw('a', event('link')), between=('a',)), line(throw('a'), between=('a',))),
    Case('link.unmatched', bpmn(start(), throw('a', event('link', name='l')), end(), flow('begin', 'a')),
         line(throw('a'), between=('a',))),
    Case('link.two_targets', bpmn(start(), throw('a', event('link', name='l')),
                                  catch('b', event('link', name='l')),
                                  catch('c', event('link', name='l')), end(), flow('begin', 'a'),
                                  chain('b', 'done'),
                                  chain('c', 'done')),
         bpmn(start(), throw('a', event('link', name='l')), catch('b', event('link', name='l')), end(),
              flow('begin', 'a'),
              chain('b', 'done'))),
    Case('link.flow', line(throw('a', event('link', name='l')), catch('b', event('link', name='l')),
                           flow('b', 'done'),
                           between=('a',)), line(throw('a'), between=('a',))),
    Case('link.joined', bpmn(start(), throw('a', event('link', name='l')),
                             catch('b', event('link', name='l')), end(),
                             flow('begin', 'a'), chain('b', 'done')), line(throw('a'), between=('a',))),
]

PATHS = [
    Case('path.unreached', line(user('a'), user('b'), between=('a',)), one()),
    Case('path.unreached', line(user('a'), user('b'), flow('b', 'done'), between=('a',)), one()),
    Case('path.no_way_out', line(frame('a', start('s'), user('z'), end('e'), chain('s', 'z', 'z'), user('y'),
                                       chain('y', 'e')),
                                 between=('a',)), line(work(), between=('a',))),
    Case('path.never_waits', bpmn(start(), xor('g', default='no'), service('a'), end(), flow('begin', 'g'),
                                  flow('g', 'a', '${level == 1}'), flow('g', 'done', id='no'),
                                  flow('a', 'g')),
         bpmn(start(), xor('g', default='no'), user('a'), end(), flow('begin', 'g'),
              flow('g', 'a', '${level == 1}'), flow('g', 'done', id='no'), flow('a', 'g'))),
    Case('path.never_waits', two(bpmn(start(), xor('g', default='no'), call('a', 'q'), end(),
                                      flow('begin', 'g'),
                                      flow('g', 'a', '${level == 1}'), flow('g', 'done', id='no'),
                                      flow('a', 'g')),
                                 bpmn(start(), service('z'), end(), chain('begin', 'z', 'done'), ident='q')),
         two(bpmn(start(), xor('g', default='no'), call('a', 'q'), end(), flow('begin', 'g'),
                  flow('g', 'a', '${level == 1}'), flow('g', 'done', id='no'), flow('a', 'g')), Q)),
    Case('path.may_be_empty', bpmn(start(), xor('g', default='no'), user('a', each()), end(),
                                  flow('begin', 'g'),
                                  flow('g', 'a', '${level == 1}'), flow('g', 'done', id='no'),
                                  flow('a', 'g')),
         bpmn(start(), xor('g', default='no'), user('a', each()), user('b'), end(), flow('begin', 'g'),
              flow('g', 'a', '${level == 1}'), flow('g', 'done', id='no'), chain('a', 'b', 'g'))),
    Case('path.only_dates', bpmn(start(), xor('g', default='no'), catch('a', DATE), end(), flow('begin', 'g'),
                                 flow('g', 'a', '${level == 1}'), flow('g', 'done', id='no'), flow('a', 'g')),
         bpmn(start(), xor('g', default='no'), catch('a', timer('date', '${workdays(entered_at, 5)}')), end(),
              flow('begin', 'g'), flow('g', 'a', '${level == 1}'), flow('g', 'done', id='no'),
              flow('a', 'g'))),
    Case('path.only_dates', line(work(), boundary('b', 'a', DATE), flow('b', 'a'), between=('a',)),
         line(work(), boundary('b', 'a', MESSAGE), flow('b', 'a'), between=('a',), roots=message())),
    Case('path.deadlock', bpmn(start(), xor('g', default='no'), user('a'), user('b'),
                               node('parallelGateway', 'j'), end(),
                               flow('begin', 'g'), YES, NO, chain('a', 'j', 'done'), chain('b', 'j')),
         bpmn(start(), xor('g', default='no'), user('a'), user('b'), xor('j'), end(),
              flow('begin', 'g'), YES, NO, chain('a', 'j', 'done'), chain('b', 'j'))),
    Case('path.doubled', bpmn(start(), node('parallelGateway', 'g'), user('a'), user('b'), user('c'), end(),
                              chain('begin', 'g', 'a', 'c', 'done'), chain('g', 'b', 'c')),
         bpmn(start(), node('parallelGateway', 'g'), user('a'), user('b'), node('parallelGateway', 'j'),
              user('c'), end(),
              chain('begin', 'g', 'a', 'j', 'c', 'done'), chain('g', 'b', 'j'))),
    Case('path.echo', on(user('a'), MESSAGE, stops=False, roots=message(), then=throw('urge', MESSAGE)),
         on(user('a'), MESSAGE, roots=message(), then=throw('urge', MESSAGE))),
    Case('path.echo', line(user('a'), frame('h', start('hs', SIGNAL, isInterrupting='false'), end('he', SIGNAL),
                                            flow('hs', 'he'), triggeredByEvent='true'), between=('a',), roots=signal()),
         line(user('a'), frame('h', start('hs', SIGNAL, isInterrupting='false'), user('z'), end('he', SIGNAL),
                               chain('hs', 'z', 'he'), triggeredByEvent='true'), between=('a',), roots=signal())),
    Case('cycle.opens_task', on(user('a'), timer('cycle', '${every_workdays(1)}'), stops=False,
                                then=user('urge')),
         on(user('a'), timer('cycle', '${every_workdays(1)}'), stops=False)),
    Case('cycle.opens_task', two(on(user('a'), timer('cycle', 'R/P1D'), stops=False, then=call('urge', 'q')),
                                 Q),
         on(user('a'), timer('date', '${workdays(due_at, -3)}'), stops=False, then=user('urge'))),
]

EVENTS = [
    Case('event.frame_start', line(frame('a', start('s', MESSAGE), user('z'), end('e'), chain('s', 'z', 'e')),
                                   between=('a',),
                                   roots=message()), line(work(), between=('a',))),
    Case('event.compensation', line(throw('a', event('compensate')), between=('a',)),
         line(throw('a'), between=('a',))),
    Case('event.compensation', line(user('a'), end('x', event('compensate')), flow('a', 'x'), between=('a',)),
         one()),
    Case('event.start_kind', bpmn(start('begin', event('conditional')), user('a'), end(), chain('begin', 'a', 'done')),
         one()),
    Case('event.no_condition', on(user('a'), event('conditional')), on(user('a'), HOLDS)),
    Case('event.no_condition', line(catch('a', event('conditional')), between=('a',)),
         line(catch('a', HOLDS), between=('a',))),
    Case('event.cancel_outside', line(user('a'), end('x', event('cancel')), flow('a', 'x'), between=('a',)),
         on(ends_with(event('cancel')).replace('subProcess', 'transaction'), event('cancel'))),
    Case('event.cancel_outside', on(work(), event('cancel')), on(work().replace('subProcess', 'transaction'), DATE)),
    Case('event.uncaught', line(ends_with(event('cancel')).replace('subProcess', 'transaction'), between=('a',)),
         on(ends_with(event('cancel')).replace('subProcess', 'transaction'), event('cancel'))),
    Case('handler.starts', line(user('a'), handled('h', MESSAGE, start('hs2', MESSAGE), flow('hs2', 'hz')),
                                between=('a',), roots=message()),
         line(user('a'), handled('h', MESSAGE), between=('a',), roots=message())),
    Case('handler.no_event', line(user('a'), handled('h', ''), between=('a',)),
         line(user('a'), handled('h', DATE), between=('a',))),
    Case('handler.flow', line(user('a'), handled('h', DATE), flow('h', 'done'), between=('a',)),
         line(user('a'), handled('h', DATE), between=('a',))),
    Case('handler.flow', line(user('a'), handled('h', DATE, each()), between=('a',)),
         line(user('a', each()), handled('h', DATE), between=('a',))),
    *(Case('race.target', races(wrong, *more), races(catch('b', HOLDS)))
      for wrong, *more in ((user('b'),), (catch('b', DATE), flow('begin', 'b')), (throw('b'),),
                           (catch('b', DATE, camunda_asyncBefore='true'),),
                           (node('receiveTask', 'b', each(), messageRef='m'), message()))),
    Case('race.single', bpmn(start(), node('eventBasedGateway', 'g'), catch('a', DATE), end(),
                             chain('begin', 'g', 'a', 'done')), races(catch('b', DATE))),
    Case('loop.endless', one(again('')), one(again('${level == 1}'))),
    Case('loop.endless', one(again('')), one(again('', '3'))),
    Case('loop.maximum', one(again('${level == 1}', '-1')), one(again('${level == 1}', '3'))),
    Case('boundary.no_time', on(service('a'), DATE), on(user('a'), DATE)),
    Case('escalation.unheard', line(ends_with(ESCALATION), between=('a',), roots=escalation()),
         on(ends_with(ESCALATION), ESCALATION, roots=escalation())),
    Case('escalation.unheard', line(ends_with(ESCALATION), between=('a',), roots=escalation()),
         line(ends_with(ESCALATION), handled('h', ESCALATION, stops=False), between=('a',), roots=escalation())),
    Case('event.uncaught', line(ends_with(ERROR), between=('a',), roots=error()),
         line(ends_with(ERROR), handled('h', ERROR), between=('a',), roots=error())),
    Case('event.never_thrown', line(user('a'), handled('h', ERROR), between=('a',), roots=error()),
         line(service('a'), handled('h', ERROR), between=('a',), roots=error())),
    Case('message.task_both', line(node('sendTask', 'a', messageRef='m', camunda_topic='matter.issue'), between=('a',),
                                   roots=message()),
         line(node('sendTask', 'a', camunda_topic='matter.issue'), between=('a',), roots=message())),
    Case('message.to_key', says(SIGNAL), says(MESSAGE)),
    Case('message.to_key', one(given(to_key='x')), says(MESSAGE)),
    Case('message.to_key', says(MESSAGE, to_key=' '), says(MESSAGE)),
    Case('expression.unknown_name', says(MESSAGE, to_key='${titel}'), says(MESSAGE, to_key='${title}')),
    Case('element.correlation', line(user('a'), between=('a',), roots='<bpmn:correlationProperty id="c"/>'), one()),
    Case('event.several', on(user('a'), DATE, MESSAGE, roots=message()), on(user('a'), DATE)),
    Case('event.nothing', line(catch('a'), between=('a',)), waits('date', '${morning(due_at)}')),
    Case('event.nothing', on(user('a')), on(user('a'), DATE)),
    Case('event.misplaced', line(throw('a', DATE), between=('a',)), line(throw('a'), between=('a',))),
    Case('event.misplaced', line(catch('a', event('terminate')), between=('a',)),
         waits('date', '${morning(due_at)}')),
    Case('event.no_ref', on(user('a'), event('message')), on(user('a'), MESSAGE, roots=message())),
    Case('event.no_ref', line(node('receiveTask', 'a'), between=('a',)),
         line(node('receiveTask', 'a', messageRef='m'), between=('a',), roots=message())),
    Case('event.no_ref', on(ends_with(event('error')), ERROR, roots=error()),
         on(ends_with(ERROR), ERROR, roots=error())),
    Case('event.error_not_interrupting', on(ends_with(ERROR), ERROR, stops=False, roots=error()),
         on(ends_with(ERROR), ERROR, roots=error())),
    Case('event.error_on_task', on(user('a'), ERROR, roots=error()),
         on(ends_with(ERROR), ERROR, roots=error())),
    Case('event.error_on_task', on(user('a'), ESCALATION, roots=escalation()),
         on(service('a'), ESCALATION, roots=escalation())),
    Case('event.uncaught', line(ends_with(ERROR), between=('a',), roots=error()),
         on(ends_with(ERROR), ERROR, roots=error())),
    Case('event.uncaught', on(ends_with(ERROR), event('error', 'other'),
                              roots=error() + error('other', 'other')),
         on(ends_with(ERROR), event('error'), roots=error())),
    Case('event.uncaught', two(line(call('a', 'q'), between=('a',)),
                               bpmn(start(), end('x', ERROR), flow('begin', 'x'),
                                                                          ident='q', roots=error())),
         two(on(call('a', 'q'), ERROR, roots=error()), bpmn(start(), end('x', ERROR), flow('begin', 'x'),
                                                            ident='q',
                                                            roots=error()))),
    Case('event.never_thrown', on(work(), ERROR, roots=error()), on(ends_with(ERROR), ERROR, roots=error())),
    Case('signal.unheard', line(throw('a', SIGNAL), between=('a',), roots=signal()),
         bpmn(start(), user('a'), boundary('b', 'a', SIGNAL), throw('t', SIGNAL), end(),
              chain('begin', 'a', 'done'),
              chain('begin', 't', 'done'), chain('b', 'done'), roots=signal())),
    Case('signal.unsent', on(user('a'), SIGNAL, roots=signal()),
         bpmn(start(), user('a'), boundary('b', 'a', SIGNAL), throw('t', SIGNAL), end(),
              chain('begin', 'a', 'done'),
              chain('begin', 't', 'done'), chain('b', 'done'), roots=signal())),
    Case('message.topic', line(throw('a', event('message', 'm', camunda_topic='reminder.send',
                                                camunda_type='external')),
                               between=('a',), roots=message()),
         line(throw('a', event('message', 'm', camunda_topic='message.send', camunda_type='external')),
              between=('a',), roots=message())),
    Case('message.unheard', line(throw('a', MESSAGE), between=('a',), roots=message()),
         line(throw('a', MESSAGE), catch('b', MESSAGE), between=('a', 'b'), roots=message())),
    Case('message.unsent', line(catch('a', MESSAGE), between=('a',), roots=message()),
         line(throw('a', MESSAGE), catch('b', MESSAGE), between=('a', 'b'), roots=message())),
    Case('table.answer', {'p.bpmn': one(), 'lamp.dmn': table('lamp', ('level',), ('',), ('-', '"green"'))},
         {'p.bpmn': one(), 'lamp.dmn': table('lamp', ('level',), ('lamp',), ('-', '"green"'))}),
    Case('table.word', {'p.bpmn': one(), 'visibility.dmn': table('visibility', ('post',), ('scope',),
                                                                 ('-', '"own,supervise"'))},
         {'p.bpmn': one(), 'visibility.dmn': table('visibility', ('post',), ('scope',), ('-', '"own, supervised"'))}),
    Case('withdrawal.table', line(given(withdrawer='withdrawr'), user('a'), between=('a',)),
         {'p.bpmn': line(given(withdrawer='w'), user('a'), between=('a',)),
          'w.dmn': table('w', ('level',), ('withdraw_post',), ('-', '"gov/deputy"'))}),
    Case('withdrawal.table', line(given(withdrawer='t'), user('a'), between=('a',)), one()),
    Case('withdrawal.unheard', line(given(withdrawn_message='m'), user('a'), between=('a',), roots=message()),
         line(given(withdrawn_message='m'), throw('a', MESSAGE), catch('b', MESSAGE), between=('a', 'b'),
              roots=message())),
    Case('corrected.unknown', line(throw('a', MESSAGE), catch('b', MESSAGE, given(corrected='due_at, duea')),
                                   between=('a', 'b'), roots=message()),
         line(throw('a', MESSAGE), catch('b', MESSAGE, given(corrected='due_at, level')), between=('a', 'b'),
              roots=message())),
]


def answered(cell: str) -> dict[str, bytes]:
    """A table whose only answer is to whom the next task goes."""
    return {'p.bpmn': line(node('businessRuleTask', 'a', camunda_decisionRef='who'),
                           user('b', camunda_candidateGroups='${who_post}'), between=('a', 'b')),
            'who.dmn': table('who', ('level',), ('who_post',), ('-', cell))}


WORK = [
    Case('task.nobody', one(camunda_candidateGroups=None), one()),
    Case('task.not_a_post', one(camunda_candidateGroups='liaison'),
         one(camunda_candidateGroups='gov/deputy')),
    Case('task.not_a_post', one(camunda_candidateGroups='a/b/liaison'),
         one(camunda_candidateGroups='${approver_post}')),
    Case('task.several_posts', one(camunda_candidateGroups='gov/deputy, gov/principal'),
         one(camunda_candidateGroups="${earliest(due_at, co_due_at)}/head")),
    Case('task.unknown_post', one(camunda_candidateGroups='gov/deputi'),
         one(camunda_candidateGroups='gov/deputy')),
    Case('post.absent', one(camunda_candidateGroups='gov/officer'), one(camunda_candidateGroups='office/officer')),
    Case('post.absent', answered('"gov/head"'), answered('"office/head"')),
    Case('task.other_lane', line(lanes(督查室='a', 牵头单位='b'), user('a'), user('b'), between=('a', 'b')),
         line(lanes(督查室='', 牵头单位='a b'), user('a'), user('b'), between=('a', 'b'))),
    Case('task.no_form', one(camunda_formRef=None), one()),
    Case('allow.unknown', one(given(allow='transfr')), one(given(allow='转办、撤回'))),
    Case('allow.place', act(given(allow='claim')), act()),
    Case('return.nowhere', one(given(allow='return')), one(given(allow='claim'))),
    Case('return.not_allowed', back('b', 'a', allow='claim'), back('b', 'a')),
    Case('return.unknown', back('b', 'aa'), back('b', 'a')),
    Case('return.not_earlier', back('a', 'b'), back('b', 'a')),
    Case('return.into_several', back('b', 'z', work(each())), back('b', 'a', work(each()))),
    Case('batch.word', one(given(batch='yes')), one(given(batch='true'))),
    Case('batch.form', {'p.bpmn': one(given(batch='true')), 'f.form': form('f', d={'type': 'number'})},
         {'p.bpmn': one(given(batch='true')), 'f.form': form('f', d={'type': 'textarea'})}),
    Case('form.kind', one(camunda_formRef=None, camunda_formKey='embedded:app:forms/x.html'),
         one(camunda_formRef=None, camunda_formKey='camunda-forms:deployment:f.form')),
    Case('form.missing', one(camunda_formRef='g'), {'p.bpmn': one(camunda_formRef='g'), 'g.form': form('g')}),
    Case('call.binding', calls(calledElementBinding='versionTag'), calls(calledElementBinding='latest')),
    Case('call.binding', calls(calledElementBinding='version', calledElementVersion='neu'),
         calls(calledElementBinding='version', calledElementVersion='3')),
    Case('call.out_lost', {'p.bpmn': line(call('a', 'q', OUT, each()), between=('a',)), 'q.bpmn': Q},
         {'p.bpmn': line(call('a', 'q', OUT), between=('a',)), 'q.bpmn': Q}),
    Case('job.retry', act(extension('<camunda:failedJobRetryTimeCycle>soon</camunda:failedJobRetryTimeCycle>')),
         act(extension('<camunda:failedJobRetryTimeCycle>R3/PT10M</camunda:failedJobRetryTimeCycle>'))),
    Case('job.retry', act(extension('<camunda:failedJobRetryTimeCycle>R3/P</camunda:failedJobRetryTimeCycle>')),
         act(extension('<camunda:failedJobRetryTimeCycle>PT1M, PT10M</camunda:failedJobRetryTimeCycle>'))),
    Case('binding.other', one(camunda_formRefBinding='latest'), one(camunda_formRefBinding='deployment')),
    Case('service.no_topic', act(camunda_topic=None, camunda_type=None, inputs={}), act()),
    Case('service.not_external', act(camunda_type='expression'), act()),
    Case('service.unknown_topic', act(camunda_topic='reminder.sned'), act()),
    Case('service.input_missing', act(inputs={'to': 'gov/deputy'}), act()),
    Case('service.input_unknown', act(inputs={'to': 'gov/deputy', 'text': '请', 'too': 'x'}),
         act(inputs={'to': 'gov/deputy', 'text': '请', 'link': 'x'})),
    Case('service.input_unknown', act(camunda_topic='matter.issue', inputs={'x': '1'}),
         act(camunda_topic='facts.set', inputs={'x': '1'})),
    Case('service.input_process', act(camunda_topic='matter.close', inputs={'stop': 'p,q'}),
         two(act(camunda_topic='matter.close', inputs={'stop': 'p,q'}), Q)),
    Case('service.input_twice', act(extension('<camunda:inputOutput><camunda:inputParameter name="to">x'
                                              '</camunda:inputParameter></camunda:inputOutput>')), act()),
    Case('decision.unknown_post', answered('"gov/depty"'), answered('"gov/deputy"')),
    Case('expression.unknown_name', answered('gov/deputy'), answered('"gov/deputy"')),
    Case('decision.none', line(node('businessRuleTask', 'a'), between=('a',)),
         line(node('businessRuleTask', 'a', camunda_decisionRef='t'), between=('a',))),
    Case('decision.missing', line(node('businessRuleTask', 'a', camunda_decisionRef='u'), between=('a',)),
         line(node('businessRuleTask', 'a', camunda_decisionRef='t'), between=('a',))),
    Case('decision.result', line(node('businessRuleTask', 'a', camunda_decisionRef='t',
                                      camunda_mapDecisionResult='resultList'),
                                 between=('a',)),
         line(node('businessRuleTask', 'a', camunda_decisionRef='t',
                   camunda_mapDecisionResult='singleResult'),
              between=('a',))),
    Case('call.none', line(call('a', None), between=('a',)), two(line(call('a', 'q'), between=('a',)), Q)),
    Case('call.missing', line(call('a', 'q'), between=('a',)), two(line(call('a', 'q'), between=('a',)), Q)),
    Case('call.message_start', two(line(call('a', 'q'), between=('a',)), bpmn(
        start('begin', MESSAGE), user('z'), end(), chain('begin', 'z', 'done'), ident='q', roots=message())),
         two(line(call('a', 'q'), between=('a',)), Q)),
    Case('call.circle', two(line(call('a', 'q'), between=('a',)),
                            bpmn(start(), user('z'), call('y', 'p'), end(),
                                                                     chain('begin', 'z', 'y', 'done'),
                                 ident='q')),
         two(line(call('a', 'q'), between=('a',)), Q)),
    Case('script.format', line(node('scriptTask', 'a', '<bpmn:script>x = 1</bpmn:script>',
                                    scriptFormat='groovy'), between=('a',)),
         line(node('scriptTask', 'a', '<bpmn:script>x = 1</bpmn:script>', scriptFormat='duban'),
              between=('a',))),
    Case('script.empty', line(node('scriptTask', 'a'), between=('a',)),
         line(node('scriptTask', 'a', '<bpmn:script>x = 1</bpmn:script>'), between=('a',))),
    Case('task.passes', line(node('manualTask', 'a'), between=('a',)), one()),
    Case('task.waits', line(given(manual_tasks='wait'), node('manualTask', 'a', camunda_candidateGroups='gov/deputy'),
                            between=('a',)), one()),
    Case('task.manual_mode', line(given(manual_tasks='stop'), user('a'), between=('a',)),
         line(given(manual_tasks='pass'), user('a'), between=('a',))),
    Case('multi.both', one(each('${split(co_units)}', 'unit', '<bpmn:loopCardinality>3</bpmn:loopCardinality>')),
         one(each(None, None, '<bpmn:loopCardinality>3</bpmn:loopCardinality>'))),
    Case('multi.output', one(each('co_units', 'unit', '<bpmn:loopDataOutputRef>all</bpmn:loopDataOutputRef>')),
         one(each('co_units', 'unit', '<bpmn:loopDataOutputRef>all</bpmn:loopDataOutputRef>',
                  '<bpmn:outputDataItem name="answer"/>'), camunda_formRef='said')),
    Case('multi.no_collection', one(each(None)), one(each())),
    *(Case('multi.no_list', one(each(said)), one(each('${["x", "y"]}'))) for said in ('5', '"x,y"', '${3}')),
    Case('multi.no_variable', one(each(variable=None)), one(each())),
    Case('multi.prefill', one(each(), camunda_formRef='said'),
         {'p.bpmn': one(each(), camunda_formRef='said'), 'said.form': form('said', answer={'properties': {'prefill': 'no'}})}),
    Case('multi.prefill', one(each(), camunda_formRef='said'), one(camunda_formRef='said')),
    Case('multi.prefill', one(until('${nrOfCompletedInstances * 2 >= nrOfInstances}'), camunda_formRef='said'),
         one(until('${nrOfCompletedInstances >= 1}'), camunda_formRef='said')),
    Case('multi.prefill', one(until('${answer == "no"}'), camunda_formRef='said'),
         one(until('${nrOfCompletedInstances > 0 or answer == "no"}'), camunda_formRef='said')),
    Case('stage.unknown', one(extension('<camunda:properties><camunda:property name="stage" '
                                        'value="签收"/></camunda:properties>')),
         line(extension('<camunda:properties><camunda:property name="stages" '
                        'value="签收"/></camunda:properties>'),
              user('a', extension('<camunda:properties><camunda:property name="stage" '
                                  'value="签收"/></camunda:properties>')),
              between=('a',))),
]

LANGUAGE = [
    *(Case('expression.syntax', decides(flow('g', 'a', wrong), NO, default='no'),
           decides(YES, NO, default='no'))
      for wrong in ('${level >}', '${level = 1}', '${import os}', '${level.__class__}', '${9**9**9}',
                    '${level == 1')),
    Case('expression.syntax', one(camunda_candidateGroups='${lead unit}/liaison'), one()),
    Case('expression.syntax', line(node('scriptTask', 'a', '<bpmn:script>while true: pass</bpmn:script>'),
                                   between=('a',)),
         line(node('scriptTask', 'a', '<bpmn:script>x = 1</bpmn:script>'), between=('a',))),
    Case('expression.unknown_name', decides(flow('g', 'a', '${levle == 1}'), NO, default='no'),
         decides(YES, NO, default='no')),
    Case('expression.unknown_name', one(camunda_candidateGroups='${lead_unlt}/liaison'), one()),
    Case('expression.unknown_name', one(camunda_candidateGroups='${unit}/liaison'),
         one(each(), camunda_candidateGroups='${unit}/liaison')),
    Case('expression.unknown_name', waits('duration', '${entered_at}'),
         waits('date', '${workdays(entered_at, 1)}')),
    Case('expression.unknown_name', {'p.bpmn': one(), 'u.dmn': table('u', ('levle',), ('grade',),
                                                                     ('-', '1'))},
         {'p.bpmn': one(), 'u.dmn': table('u', ('level',), ('grade',), ('-', '1'))}),
    Case('expression.unknown_name',
         {'p.bpmn': one(), 'g.form': form('g', x={'conditional': {'hide': '=levle = 1'}})},
         {'p.bpmn': one(), 'g.form': form('g', x={'conditional': {'hide': '=level = 1'}})}),
    Case('expression.unknown_function', waits('date', '${workday(due_at, 1)}'),
         waits('date', '${workdays(due_at, 1)}')),
    Case('expression.unknown_function', {'p.bpmn': one(),
                                         'u.dmn': table('u', ('level',), ('grade',), ('-', 'workday(1)'))},
         {'p.bpmn': one(), 'u.dmn': table('u', ('level',), ('grade',), ('-', 'now()'))}),
    Case('task.only_a_unit', one(camunda_candidateGroups='${ lead_unit }'), one(camunda_candidateGroups='${approver_post}')),
    *(Case('condition.constant', decides(flow('g', 'a', wrong), NO, default='no'), decides(YES, NO, default='no'))
      for wrong in ('${"同意"}', '${1}', '5', '${"level == 1"}')),
    Case('condition.constant', decides(flow('g', 'a', '-1'), NO, default='no'),
         decides(flow('g', 'a', '-level < 0'), NO, default='no')),
    Case('condition.constant', one(until('${3}')), one(until('${nrOfCompletedInstances >= 3}'))),
    *(Case('timer.kind', waits('duration', 'P1W2D'), waits('duration', said)) for said in ('P9D', 'P1.5W', 'P0.5D')),
    *(Case('expression.arguments', waits('date', f'${{{few}}}'), waits('date', '${workdays(due_at, 1)}'))
      for few in ('workdays(due_at)', 'workdays(due_at, 1, 2)', 'workdays()', 'level == 1 ? workdays(due_at) : null')),
    Case('expression.arguments', one(camunda_dueDate='${workdays(due_at)}'), one(camunda_dueDate='${morning(due_at)}')),
    Case('expression.arguments', begins(timer('cycle', '${every_workdays()}')),
         begins(timer('cycle', '${every_workdays(1)}'))),
    Case('expression.arguments',
         {'p.bpmn': one(), 'u.dmn': table('u', ('level',), ('grade',), ('-', 'day_after(due_at)'))},
         {'p.bpmn': one(), 'u.dmn': table('u', ('level',), ('grade',), ('-', 'day_after(due_at, 1)'))}),
    Case('expression.arguments', {'p.bpmn': one(), 'g.form': form('g', x={'label': '限${overdue_at()}'})},
         {'p.bpmn': one(), 'g.form': form('g', x={'label': '限${overdue_at(due_at)}'})}),
    Case('expression.unknown_parameter', waits('date', PARAMETER % 'warn_days'),
         waits('date', PARAMETER % 'warning_days')),
    *(Case('task.due', one(camunda_dueDate=wrong), one(camunda_dueDate=right)) for wrong, right in (
        ('P3D', '2026-03-05'), ('2026-03-05T09:00:00', '2026-03-05T09:00:00+08:00'),
        ('${every_workdays(1)}', '${workdays(entered_at, 1)}'))),
    Case('timer.empty', waits('date', ''), waits('date', '${morning(due_at)}')),
    *(Case('timer.kind', waits('duration', said), waits('duration', 'P7D')) for said in ('7天', '7D', '4小时')),
    Case('timer.kind', waits('date', '2026年3月5日'), waits('date', '2026-03-05T09:00:00+08:00')),
    Case('timer.kind', waits('date', 'P7D'), waits('duration', 'P7D')),
    Case('timer.kind', waits('duration', '${workdays(due_at, 1)}'), waits('date', '${workdays(due_at, 1)}')),
    Case('timer.kind', rings('cycle', 'P1D'), rings('cycle', 'R/P1D')),
    Case('timer.kind', rings('cycle', 'R3/P0D'), rings('cycle', 'R3/P1D')),
    Case('timer.kind', rings('cycle', 'R3/P1D/2026-01-01T09:00:00Z'),
         rings('cycle', 'R3/2026-01-01T09:00:00Z/P1D')),
    Case('timer.kind', waits('date', '${every_workdays(1)}'), rings('cycle', '${every_workdays(1)}')),
    Case('timer.kind', waits('duration', '${"P1X"}'), waits('duration', '${"P1D"}')),
    *(Case('timer.kind', waits('duration', said), waits('duration', 'P1D'))
      for said in ('P', 'p1d', '明天', 'P1', 'T1H', 'P5WD', '5 days', '3个工作日后', '每天', '2026/03/05', '5',
                   'P9999Y', 'P1.5M', 'P0.5Y', 'P1W2D', '=after_days(issued_at, 5)')),
    *(Case('timer.kind', rings('cycle', said), rings('cycle', 'R3/P1D')) for said in ('r3/P1D', 'p1d', '每天', '=P1D')),
    *(Case('timer.kind', waits('date', said), waits('date', '2026-03-05T09:00:00+08:00'))
      for said in ('明天', '=P5D', '"P5D"', '2026/03/05', '2026-02-30T09:00:00+08:00')),
    Case('timer.kind', begins(timer('duration', 'p1d')), begins(timer('duration', 'P1D'))),
    Case('timer.never', rings('cycle', 'R0/P1D'), rings('cycle', 'R1/P1D')),
    Case('expression.unknown_name', waits('date', 'level_limit'), waits('date', 'level_limit_at')),
    Case('timer.naive', waits('date', '2026-01-01T09:00:00'), waits('date', '2026-01-01T09:00:00+08:00')),
    Case('timer.naive', waits('date', '${"2026-01-01"}'), waits('date', '${"2026-01-01T09:00:00Z"}')),
    Case('timer.day_only', waits('date', '${day_after(due_at, 1)}'),
         waits('date', '${workdays(day_after(due_at, 1), 0)}')),
    Case('timer.negative', waits('duration', '-PT1H'), waits('duration', 'PT1H')),
    Case('timer.cron', rings('cycle', '0 0 9 * * ?'), rings('cycle', 'R/P1D')),
    Case('timer.cron', rings('cycle', '@daily'), rings('cycle', 'R/PT24H')),
    Case('timer.now', waits('date', '${workdays(now(), 1)}'), waits('date', '${workdays(entered_at, 1)}')),
    *(Case('timer.now', waits('date', f'${{{text}}}'), waits('date', '${workdays(entered_at, 1)}'))
      for text in ('after_days(today(), 1)', "next_report(issued_at, 'month')",
                   'workdays(issued_at, days_left(due_at))')),
    Case('expression.unknown_parameter', {'p.bpmn': one(),
                                          'u.dmn': table('u', ('level',), ('grade',), ('-', "param('x')"))},
         {'p.bpmn': one(), 'u.dmn': table('u', ('level',), ('grade',), ('-', "param('warning_days')"))}),
    Case('timer.too_often', rings('cycle', 'R/PT30S'), rings('cycle', 'R/PT60S')),
    Case('timer.no_span', waits('duration', 'PT0S'), waits('duration', 'PT1S')),
    Case('timer.start_name', begins(timer('date', '${workdays(due_at, 1)}')),
         begins(timer('cycle', '${every_workdays(1)}'))),
    Case('timer.start_name', begins(timer('duration', '${title}')), begins(timer('duration', 'P1D'))),
    Case('timer.cycle_place', waits('cycle', 'R/P1D'), rings('cycle', 'R/P1D')),
    Case('timer.cycle_place', rings('cycle', 'R/P1D', stops=True), rings('duration', 'P1D', stops=True)),
    Case('name.number', one(name='5天内办理'), one(name='五天内办理')),
    Case('name.number', line(catch('a', timer('date', '${workdays(due_at, -3)}'), name='到期前5个工作日'),
                             between=('a',)),
         line(catch('a', timer('date', '${workdays(due_at, -3)}'), name='到期前3个工作日'), between=('a',))),
    Case('name.number', line(catch('a', timer('duration', 'P5D'), name='满3天'), between=('a',)),
         line(catch('a', timer('duration', 'P3D'), name='满3天'), between=('a',))),
    Case('name.number', line(catch('a', timer('duration', 'P1DT12H'), name='满1天半，2次'), between=('a',)),
         line(catch('a', timer('duration', 'P1DT12H'), name='满1天12小时'), between=('a',))),
    Case('name.same_date', line(user('a'), boundary('b', 'a', DATE), boundary('c', 'a', DATE),
                                chain('b', 'done'),
                                chain('c', 'done'), between=('a',)), on(user('a'), DATE)),
    Case('name.unknown_parameter', one(name='到期前{warn_days}天'), one(name='到期前{warning_days}天')),
    Case('name.unknown_parameter', decides(flow('g', 'a', '${has_basis}', name='{has_basis}'), NO, default='no'),
         decides(flow('g', 'a', '${has_basis}', name='${has_basis}'), NO, default='no')),
    Case('name.expression', one(name='办理${title}'), one(name='办理')),
    Case('name.missing', one(name=''), one()),
    Case('name.flow', decides(YES, NO, default='no'), decides(YES, flow('g', 'b', id='no', name='否'),
                                                              default='no')),
]

ASIDE = bpmn(start(), node('parallelGateway', 'g'), user('a', camunda_formRef='said'), user('b'),
             node('parallelGateway', 'j'), user('c', camunda_formRef='said'), end(),
             chain('begin', 'g', 'a', 'j', 'c', 'done'), chain('g', 'b', 'j'))
TWICE = ASIDE.replace(b'camunda:formRef="f"', b'camunda:formRef="said"')
IN_TOO = b'<camunda:in source="answer" target="answer"/><camunda:out'
OUT_TOO = b'<camunda:out source="answer" target="answer"/><camunda:out'
GIVEN = {'p.bpmn': line(user('b', camunda_formRef='said'), call('a', 'q', OUT), between=('b', 'a')),
         'q.bpmn': bpmn(start(), xor('g', default='no'), user('b'), end(), chain('begin', 'g'),
                        flow('g', 'done', "${answer == 'yes'}"), flow('g', 'b', id='no'), chain('b', 'done'),
                        ident='q')}
BACK = {'p.bpmn': bpmn(start(), call('a', 'q', OUT), xor('g', default='no'), user('b'), end(), chain('begin', 'a', 'g'),
                       flow('g', 'done', "${answer == 'yes'}"), flow('g', 'b', id='no'), chain('b', 'done')),
        'q.bpmn': bpmn(start(), user('z', camunda_formRef='said'), end(), chain('begin', 'z', 'done'), ident='q')}
ALL = extension('<camunda:in variables="all"/>')
ALL_IN = bpmn(start(), user('w', camunda_formRef='said'), call('a', 'p', ALL), end(),
              chain('begin', 'w', 'a', 'done'), ident='r')
APART = user('a', each(), camunda_formRef='said')
READS = flow('g', 'done', "${answer == 'yes'}"), flow('g', 'b', id='no'), chain('b', 'done')

DATA = [
    Case('data.two_writers', TWICE, ASIDE),
    Case('call.not_handed', GIVEN, GIVEN | {'p.bpmn': GIVEN['p.bpmn'].replace(b'<camunda:out', IN_TOO)}),
    Case('call.not_returned', BACK, BACK | {'p.bpmn': BACK['p.bpmn'].replace(b'<camunda:out', OUT_TOO)}),
    Case('call.not_returned', BACK, BACK | {'r.bpmn': ALL_IN}),
    Case('data.two_writers_fact', {'p.bpmn': TWICE, 'said.form': form('said', 'level')},
         {'p.bpmn': ASIDE, 'said.form': form('said', 'level')}),
    Case('data.lost', bpmn(start(), APART, xor('g', default='no'), user('b'), end(), chain('begin', 'a', 'g'), *READS),
         bpmn(start(), APART, xor('g', default='no'), user('b', camunda_formRef='said'), end(),
              chain('begin', 'a', 'g'), *READS)),
    Case('data.lost', bpmn(start(), APART, xor('g', default='no'), user('b'), end(), chain('begin', 'a', 'g'), *READS),
         bpmn(start(), APART.replace('</bpmn:multi', '<bpmn:loopDataOutputRef>said</bpmn:loopDataOutputRef>'
                                     '<bpmn:outputDataItem name="answer"/></bpmn:multi'), xor('g', default='no'),
              user('b'), end(), chain('begin', 'a', 'g'), flow('g', 'done', "${'yes' in said}"), *READS[1:])),
]



def told(*lines: str, head: tuple[str, ...] = ('故事 一件事', '政府 gz 2020-05-07')) -> dict[str, bytes]:
    """A story beside a diagram with one task."""
    drawn = line(user('a', camunda_formRef='said'), between=('a',))
    return {'p.bpmn': drawn, 'one.story': '\n'.join((*head, *lines)).encode()}


TOLD = told('参数 warning_days = 5', '办 office/officer a', '  answer = 好', '日 2020-05-08', '看 level = 1', '看 期限 p.a 2020-05-09')
STORIES = [
    Case('file.unreadable', {'p.bpmn': one(), 'one.story': b'\xff\xfe'}, TOLD),
    Case('file.unreadable', {'p.bpmn': one(), 'one.story': b'# ' + b'x' * 1_000_000}, TOLD),
    Case('story.line', told('办 office/officer'), TOLD),
    Case('story.line', told('看 待办'), TOLD),
    Case('story.line', told('日 明天'), TOLD),
    Case('story.verb', told('做 office/officer a'), TOLD),
    Case('story.day', told('日 2020-02-30'), TOLD),
    Case('story.value', told('办 office/officer a', '  answer = ["好"'), TOLD),
    Case('story.answer', told('办 office/officer a', '  好'), TOLD),
    Case('story.answer', told('办 office/officer a', '  1st = 好'), TOLD),
    Case('story.answer_to_nothing', told('日 2020-05-08', '  answer = 好'), TOLD),
    Case('story.untitled', told(head=('政府 gz 2020-05-07',)), TOLD),
    Case('story.government', told('办 office/officer a', head=('故事 一件事',)), TOLD),
    Case('story.governments', told('政府 cz 2020-05-08'), TOLD),
    Case('story.backwards', told('日 2020-05-06'), TOLD),
    Case('story.endless', told('睡到 2060-01-01'), TOLD),
    Case('story.person', told('办 office/nobody a'), TOLD),
    Case('story.step', told('办 office/officer b'), TOLD),
    Case('story.element', told('看 期限 p.nothing 2020-05-09'), TOLD),
    Case('story.element', told('不准 office/officer nothing'), TOLD),
    Case('story.field', told('办 office/officer a', '  anwser = 好'), TOLD),
    Case('story.fact', told('看 levle = 1'), TOLD),
    Case('story.fact', told('参数 warnings = 5'), TOLD),
]


def papered(*paragraphs: str, document: str = 'reply', **inputs: str) -> dict[str, bytes]:
    """A step that makes a document, and its Word template."""
    return {'p.bpmn': act(camunda_topic='document.make', inputs={'document': document, **inputs}),
            'reply.docx': paper(*paragraphs, rows='协办分工')}


def drawn_into(part: str) -> dict[str, bytes]:
    """The same with something in a paragraph of the template that is no text."""
    files = papered('{{ 标题 }}')
    made = Document(BytesIO(files['reply.docx']))
    made.paragraphs[0]._p.append(parse_xml(part.format(nsdecls('w'))))
    held = BytesIO()
    made.save(held)
    return files | {'reply.docx': held.getvalue()}


PAPERS = [
    Case('document.missing', papered(document='repyl'), papered()),
    Case('document.missing', {'p.bpmn': act(camunda_topic='document.make', inputs={'document': 'reply'})},
         papered(document='${title}')),
    Case('template.unknown', papered('{{ 标体 }}'), papered('{{ 标题 }}')),
    Case('template.unknown', papered('{{ 原期限 }}'), papered('{{ 原期限 }}', 原期限='${due_at}')),
    Case('template.column', papered('{% for 行 in 协办分工 %}{{ 行.单伟 }}{% endfor %}'),
         papered('{% for 行 in 协办分工 %}{{ loop.index }}{{ 行.单位 }}{% endfor %}')),
    Case('template.braces', papered('{ 标题 }'), papered('{{ 标题 }}{备注}')),
    Case('template.braces', papered('｛｛标题｝｝'), papered('{{ 标题 }}')),
    Case('template.braces', papered('{％ if 限期 ％}限{％ endif ％}'), papered('{% if 限期 %}限{% endif %}')),
    Case('template.picture', drawn_into('<w:pict {}/>'), drawn_into('<w:br {}/>')),
    Case('template.revision', drawn_into('<w:ins {} w:id="1" w:author="甲"/>'), drawn_into('<w:br {}/>')),
    Case('template.syntax', papered('{{ 标题 }'), papered('{{ 标题 }}')),
    Case('template.syntax', papered('{% if 限期 %}'), papered('{% if 限期 %}{{ 限期 }}{% endif %}')),
    *(Case('template.forbidden', papered(written), papered('{{ 限期|default("未定", true) }}')) for written in (
        '{{ range(9) }}', '{{ 标题.__class__ }}', '{{ 标题|format }}', '{% set x = 1 %}', '{% include "x" %}',
        '{% macro x() %}{% endmacro %}', '{% for 行 in range(9) %}{% endfor %}', '{{ 标题 * 9 }}')),
    Case('template.number', papered('{% if 延期次数 > 0 %}又{% endif %}'), papered('{% if 延期次数 > "0" %}又{% endif %}')),
    Case('template.number', papered('{% for 行 in 协办分工 %}{% if 行.任务 == 1 %}又{% endif %}{% endfor %}'),
         papered('{% for 行 in 协办分工 %}{% if loop.index > 1 %}又{% endif %}{% endfor %}{{ 抄送|first }}')),
    Case('template.unfit', papered('{% if 抄送|length > "1" %}又{% endif %}'), papered('{% if 抄送|length > 1 %}又{% endif %}')),
    Case('template.unfit_empty', papered('{% if 协办分工 %}{{ 抄送 }}{% elif 抄送|length > "1" %}又{% endif %}'),
         papered('{% if 协办分工 %}{{ 抄送 }}{% endif %}')),
    Case('template.unknown', {'reply.docx': paper('好', foot='{{ 页角 }}'), 'p.bpmn': one()},
         {'reply.docx': paper('好', foot='{{ 文号 }}'), 'p.bpmn': one()}),
    Case('template.forbidden', {'reply.docx': paper('好', author='{{ cycler(1) }}'), 'p.bpmn': one()},
         {'reply.docx': paper('好', author='{{ 发文机关 }}'), 'p.bpmn': one()}),
    Case('file.unreadable', {'p.bpmn': one(), 'reply.docx': b'no Word'}, papered()),
]
CASES = [*PAPERS, *FILES, *WORDS, *SHAPE, *PATHS, *EVENTS, *WORK, *DATA, *LANGUAGE, *STORIES]


@pytest.mark.parametrize('case', CASES, ids=[f'{number}:{case.code}' for number, case in enumerate(CASES)])
def test_a_rule_finds_the_fault_and_nothing_where_it_was_mended(case: Case) -> None:
    rule, = (rule for rule in gate.rules() if rule.code == case.code)
    found = [finding for finding in check(case.wrong) if finding.code == case.code]
    assert found, f'{case.code} is not found; {sorted(codes(case.wrong))}'
    assert all(finding.severity == rule.severity and finding.zh and finding.en and finding.file
               for finding in found)
    right = check(case.right)
    assert case.code not in {finding.code for finding in right}
    assert [finding for finding in right if finding.severity == REFUSE] == []
    Library(deployment.read(bundle(case.right)))                      # what is let through, the engine can read


def test_every_rule_is_proven() -> None:
    assert {rule.code for rule in gate.rules()} - {case.code for case in CASES} == set()


def test_a_finding_names_the_element_its_file_and_its_line() -> None:
    data = one(name='办理并\n签收', camunda_candidateGroups=None)
    finding, = (finding for finding in check(data) if finding.severity == REFUSE)
    assert (finding.code, finding.file, finding.element, finding.name) == ('task.nobody', 'p.bpmn', 'a',
                                                                           '办理并签收')
    assert data.decode().splitlines()[finding.line - 1].startswith('<bpmn:userTask id="a"')
    assert finding.zh == '用户任务“办理并签收”（a）没有写明由谁办理，请填候选组，如${lead_unit}/liaison。'
    assert finding.en.startswith('user task "办理并签收" (a) does not say who does it')


def test_a_sound_bundle_has_no_findings() -> None:
    assert check(one()) == []


def test_what_belongs_to_compensation_is_refused_as_that_and_as_nothing_else():
    undone = line(user('a'), boundary('b', 'a', event('compensate')),
                  service('undo', isForCompensation='true'),
                  node('association', 'z', sourceRef='b', targetRef='undo', name=None), between=('a',))
    assert {finding.code for finding in check(undone) if finding.severity == REFUSE} == {'event.compensation',
                                                                                        'element.compensation'}


def test_a_process_is_not_offered_to_call_itself():
    found, = (one for one in check(line(call('a', 'pp'), between=('a',))) if one.code == 'call.missing')
    assert '是不是' not in found.zh


def test_after_a_thousand_wrong_words_of_a_diagram_no_more_are_told():
    wrong = ' '.join(f'x{number}="1"' for number in range(150))
    crowd = line(*(f'<bpmn:userTask id="u{number}" {wrong}/>' for number in range(50)), picture=False)
    assert sum(finding.code == 'attribute.unknown' for finding in check(crowd)) == 1000


def test_what_java_writes_is_answered_with_what_to_write():
    found, = (one for one in check(decides(flow('g', 'a', "${title.equals('x')}"), NO, default='no'))
              if one.code == 'expression.syntax')
    assert '没有“.equals()”这种用法。请写 ==' in found.zh


def test_who_leaves_out_a_value_is_told_how_to_write_the_function() -> None:
    found, = (one.zh for one in check(waits('date', '${workdays(due_at)}')) if one.code == 'expression.arguments')
    assert found.endswith('里，workdays的参数个数不对，要写成workdays(日期, 几)。')


def test_a_slip_of_the_pen_is_answered_with_the_right_word() -> None:
    sentences = {finding.code: finding.zh for finding in check(act(camunda_topic='reminder.sned'))}
    assert sentences['service.unknown_topic'].endswith('，是不是“reminder.send”？')


@pytest.mark.parametrize(('written', 'says'), [
    ('{{ 文号x }}', '“文号x”没有人填，请改成“文书模板”一页上列着的名字，是不是“文号”？'),
    ('{% for 行 in 协办分工 %}{{ 行.单伟 }}{% endfor %}', '“行.单伟”没有这一列；这个清单有：单位、任务、时限。'),
    ('编号{{ 文号 }', '括号不成对，要像{{ 名字 }}、{% if 名字 %}这样（“编号{{ 文号 }'),
    ('编号{{ 文号', '括号不成对，要像{{ 名字 }}、{% if 名字 %}这样（“编号{{ 文号'),
    ('{{ 文 号 }}', '“号”前面断开了，名字里不能有空格，一对括号里只写一个名字（“{{ 文 号 }}”这一段）。'),
    ('{{ 文号，标题 }}', '“，”是中文符号，花括号里的符号用英文半角的（'), ('{{ 限期|default("未定) }}', '引号不成对（'),
    ('{{ (文号)) }}', '多了一个“)”（'), ('{{ }}', '括号里少了名字（“{{ }}”这一段）。'),
    ('{% if 文种 = "督办" %}又{% endif %}', '比较用两个等号：==（'), ('{% iff 文号 %}', '不认识“iff”，只有if、elif'),
    ('{% if 文号 %}', '“if”没有结束，少了“endif”。'),
    ('{% if 文号 %}又{% endiff %}', '“endiff”不对，前面的“if”要用“endif”结束。'),
    ('{% endif %}', '前面没有对应的“if”。'), ('{% endfor %}', '前面没有对应的“for”。'),
    ('{{ 文号. }}', '写法不认识，请对照“文书模板”一页（“{{ 文号. }}”这一段）。')])
def test_who_writes_a_template_is_told_what_to_write(written: str, says: str) -> None:
    found, = (one.zh for one in check(papered('标题：{{ 标题 }}', written)) if one.code.startswith('template.'))
    assert says in found


def test_an_event_sub_process_without_a_start_is_told_once() -> None:
    frame = node('subProcess', 'h', user('ha') + end('hz') + flow('ha', 'hz'), triggeredByEvent='true')
    assert codes(line(user('a'), frame, between=('a',))) == {'handler.starts'}


def test_refusals_come_first_then_files_and_lines() -> None:
    found = check({'p.bpmn': line(user('a', camunda_candidateGroups=None, name=''), user('b'),
                                  between=('a',)),
                   'o.bpmn': bpmn(user('x'), ident='o')})
    order = ['refuse', 'repair', 'warn']
    assert found == sorted(found, key=lambda one: (order.index(one.severity), one.file, one.line or 0))
    assert {finding.file for finding in found} == {'o.bpmn', 'p.bpmn'}


def test_a_fact_that_is_a_day_is_told_from_a_moment() -> None:
    found = {finding.code for finding in check(waits('date', '${due_at}'), LEDGER)}
    assert 'timer.day_only' in found
    assert 'timer.day_only' not in {finding.code for finding in check(waits('date', '${workdays(due_at, 0)}'),
                                                                      LEDGER)}
    assert 'timer.day_only' not in {finding.code for finding in check(waits('date', '${issued_at}'), LEDGER)}


def test_what_a_form_or_table_writes_may_be_read() -> None:
    reads = decides(flow('g', 'a', "${answer == 'yes' && grade == 'A' && x == 1}"), NO, default='no',
                    more=node('businessRuleTask', 't1', camunda_decisionRef='t') + user('u1', camunda_formRef='said')
                    + service('s1', camunda_topic='facts.set', inputs={'x': '1'})
                    + chain('a', 't1', 's1', 'u1', 'done'))
    assert 'expression.unknown_name' not in codes(reads)
    private = {'said.form': form('said', answer={'properties': {'persist': 'no'}}), 'p.bpmn': reads}
    assert 'expression.unknown_name' in codes(private)


def test_what_a_caller_hands_in_may_be_read_by_the_called() -> None:
    q = bpmn(start(), user('z', camunda_candidateGroups='${who}/liaison'), end(), chain('begin', 'z', 'done'),
             ident='q')
    handed = call('a', 'q', extension('<camunda:in source="lead_unit" target="who"/>'))
    assert 'expression.unknown_name' in codes(two(line(call('a', 'q'), between=('a',)), q))
    assert check(two(line(handed, between=('a',)), q)) == []


def test_a_story_may_answer_what_any_step_of_that_id_asks() -> None:
    other = {'q.bpmn': line(user('a', camunda_formRef='other'), between=('a',), ident='q'),
             'other.form': form('other', 'word')}
    both = told('办 office/officer a', '  answer = 好', '  word = 好', '  wrod = 好')
    found = [finding for finding in check(both | other) if finding.code == 'story.field']
    assert [finding.line for finding in found] == [6]


def test_a_drawing_that_does_not_hold_together_is_not_judged_for_its_ways() -> None:
    found = codes(bpmn(start(), user('a'), end(), flow('begin', 'nowhere')))
    assert 'flow.dangling' in found and 'path.unreached' not in found


def test_findings_inside_tables_and_forms_name_their_file() -> None:
    found = check({'p.bpmn': one(), 'u.dmn': table('u', ('level',), ('grade',), ('1', '1'), ('1', '2'),
                                                   policy='UNIQUE'),
                   'g.form': form('g', x={'type': 'mystery'})})
    assert {finding.file for finding in found if finding.severity == REFUSE} == {'u.dmn', 'g.form'}


def test_a_wrong_name_in_a_form_is_told_with_its_component_and_expression() -> None:
    found = check({'p.bpmn': one(), 'g.form': form('g', x={'label': '办理时限', 'conditional': {'hide': '=levle = 1'}})})
    (told,) = [finding for finding in found if finding.code == 'expression.unknown_name']
    assert told.element == 'c_x' and '组件“办理时限”（c_x）的表达式“=levle = 1”里的“levle”' in told.zh


@pytest.mark.parametrize('data', [b'', b'\0' * 100, b'<a>' * 200, b'\xff\xfe<', b'{"a":', one()[:200],
                                  one().replace(b'id=', b'di='),
                                  one().replace(b'>', b'><!-- -->'),
                                  b'<?xml version="1.0" encoding="UTF-16"?><a/>'])
@pytest.mark.parametrize('ending', ['bpmn', 'dmn', 'form'])
def test_any_bytes_end_in_findings(data: bytes, ending: str) -> None:
    assert check({f'x.{ending}': data})


def test_a_hundred_nested_frames_and_a_thousand_steps_are_judged_in_time() -> None:
    inner = user('z')
    for depth in range(100):
        inner = frame(f'f{depth}', start(f's{depth}'), inner, end(f'e{depth}'),
                      chain(f's{depth}', f'f{depth - 1}' if depth else 'z', f'e{depth}'))
    steps = [f'u{number}' for number in range(1000)]
    begun = time.process_time()
    assert codes({'p.bpmn': line(inner, between=('f99',))}) == set()
    assert codes({'p.bpmn': line(*map(user, steps), between=tuple(steps))}) == set()
    assert time.process_time() - begun < 10


SAMPLE = bpmn(
    lanes(督查室='begin issue decide archive', 牵头单位='sign handle co join'),
    start('begin', name='收到任务'), service('issue', camunda_topic='matter.issue'),
    throw('issued', event('message', 'm')),
    user('sign', name='签收', camunda_dueDate='${workdays(issued_at, 1)}'),
    boundary('not_signed', 'sign', timer('cycle', '${every_workdays(1)}'), stops=False, name='每个工作日催签'),
    service('urge'), node('parallelGateway', 'split'), user('handle'),
    boundary('withdrawn', 'handle', event('message', 'm'), name='已撤回'), end('gone'),
    frame('co', each(), start('cs'), user('report', camunda_candidateGroups='${unit}/liaison'),
          boundary('co_due', 'report', timer('date', '${workdays(co_due_at, 0)}'), stops=False),
          service('urge_co'), end('ce'),
          chain('cs', 'report', 'ce'), chain('co_due', 'urge_co')),
    node('parallelGateway', 'join'), node('businessRuleTask', 'grade', camunda_decisionRef='t'),
    catch('wait', timer('date', '${overdue_at(due_at)}')), xor('decide', default='no'), call('close', 'q'),
    node('scriptTask', 'count', '<bpmn:script>rounds = 1</bpmn:script>'), end('archive'),
    chain('begin', 'issue', 'issued', 'sign', 'split', 'handle', 'join', 'grade', 'wait', 'decide'),
    chain('split', 'co', 'join'), chain('not_signed', 'urge'), chain('withdrawn', 'gone'),
    flow('decide', 'close', "${grade == 'A'}"), flow('decide', 'count', id='no', name='否'),
    chain('count', 'sign'),
    chain('close', 'archive'), roots=message('m', 'matter_issued'))


def test_the_sample_is_sound() -> None:
    found = check({'p.bpmn': SAMPLE, 'q.bpmn': Q})
    assert [finding for finding in found if finding.severity == REFUSE] == []


def mutated(data: bytes, dice: random.Random) -> bytes:
    """Up to three small damages, as a hand, a merge or a broken tool would do them."""
    text = data.decode()
    for _ in range(dice.randint(1, 3)):
        tags = list(re.finditer(r'<bpmn:[^>]*>', text))
        attributes = list(re.finditer(r' [\w:]+="[^"]*"', text))
        tag, attribute, other = dice.choice(tags), dice.choice(attributes), dice.choice(attributes)
        place = dice.randrange(len(text))
        cut = min(len(text), place + dice.randint(1, 40))
        text = dice.choice((
            lambda: text[:attribute.start()] + text[attribute.end():],
            lambda: text[:attribute.start()] + re.sub('"[^"]*"', '"x"', attribute[0])
            + text[attribute.end():],
            lambda: text[:attribute.start()] + re.sub('"[^"]*"',
                                                      re.search('"[^"]*"', other[0])[0].replace('\\', r'\\'),
                                                      attribute[0]) + text[attribute.end():],
            lambda: text[:tag.start()] + text[tag.end():],
            lambda: text[:tag.start()] + tag[0] + text[tag.start():],
            lambda: text[:place] + text[cut:],
            lambda: text[:place] + dice.choice(('${', '}', '<', '&amp;', '"', '\u4e2d', '\0', 'PT', '-1'))
            + text[place:],
            lambda: text[:tag.start()] + tag[0].replace('Task', 'Event').replace('Gateway', 'Task')
            + text[tag.end():],
        ))()
    return text.encode(errors='replace')


@pytest.mark.parametrize('seed', [*range(200), 2144])                 # 2144: a sub-process within itself
def test_a_damaged_diagram_ends_in_findings_or_is_sound(seed: int) -> None:
    data = mutated(SAMPLE, random.Random(seed))
    begun = time.process_time()
    found = check({'p.bpmn': data, 'q.bpmn': Q})
    assert all(isinstance(finding, Finding) and finding.zh for finding in found)
    if not any(finding.severity == REFUSE for finding in found):
        Library(deployment.read(bundle({'p.bpmn': data, 'q.bpmn': Q})))
    assert time.process_time() - begun < 5
