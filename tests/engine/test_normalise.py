"""Repairs: what a drawing leaves open is settled, and says what was changed."""
import pytest
from lxml import etree

from engine import definition
from engine.definition import Definition
from engine.finding import Finding
from engine.normalise import normalise
from tests.engine.diagrams import (bpmn, boundary, catch, chain, end, event, extension, flow, form, frame, line,
                                   message, node,
                                   service, signal, start, throw, timer, user, xor)
from tests.engine.walker import Walker


def rewritten(data: bytes) -> tuple[Definition, list[Finding]]:
    tree, findings = normalise(etree.fromstring(data), 'p.bpmn')
    return definition.read(tree), findings


def codes(findings: list[Finding]) -> list[str]:
    return [finding.code for finding in findings]


def test_what_needs_no_repair_is_left_as_it_is() -> None:
    data = line(user('a'), service('b'), between=('a', 'b'))
    before = etree.tostring(etree.fromstring(data))
    root = etree.fromstring(data)
    tree, findings = normalise(root)
    assert findings == []
    assert etree.tostring(root) == before                            # the drawing itself is never touched
    assert set(definition.read(tree).elements) == {'begin', 'a', 'b', 'done'}


def test_picture_pools_and_notes_are_left_out() -> None:
    roots = '<bpmn:collaboration id="c"><bpmn:participant id="pool" processRef="p"/></bpmn:collaboration>'
    other = '<bpmn:process id="q" isExecutable="false"/>'
    note = '<bpmn:textAnnotation id="n"><bpmn:text>注</bpmn:text></bpmn:textAnnotation>'
    tree, _ = normalise(etree.fromstring(line(note, user('a'), between=('a',), roots=roots + other)))
    kinds = {definition.local(child) for child in tree}
    assert kinds == {'process'}
    assert tree.find('.//{*}textAnnotation') is None


def test_a_flow_without_id_gets_one() -> None:
    found, findings = rewritten(bpmn(start(), user('a'), end(), flow('begin', 'a', id=None),
                                     flow('a', 'done', id=None)))
    assert codes(findings) == ['flow.id_given'] * 2
    assert found.flow_between('begin', 'a') == 'begin__a'
    assert '“begin__a”' in findings[0].zh


def test_a_flow_outside_its_frame_is_moved_in() -> None:
    found, findings = rewritten(line(frame('work', start('s'), user('a'), end('e'), flow('s', 'a')),
                                     flow('a', 'e'),
                                     between=('work',)))
    assert codes(findings) == ['flow.moved']
    assert found.flows['a__e'].scope == 'work'


def test_a_process_that_does_not_say_so_is_executable() -> None:
    tree, findings = normalise(etree.fromstring(line(user('a'), between=('a',), executable=None)))
    assert codes(findings) == ['process.marked_executable']
    assert tree.find('{*}process').get('isExecutable') == 'true'


def test_yes_and_no_are_written_in_one_way() -> None:
    data = line(user('a'), boundary('late', 'a', timer('date', '${due_at}'), cancelActivity='0'),
                flow('late', 'done'),
                between=('a',), executable='1')
    tree, _ = normalise(etree.fromstring(data))
    assert tree.find('{*}process').get('isExecutable') == 'true'
    assert tree.find('.//{*}boundaryEvent').get('cancelActivity') == 'false'


WAIT = extension('<camunda:properties><camunda:property name="manual_tasks" value="wait"/></camunda:properties>')
PASS = WAIT.replace('"wait"', '"pass"')
SPIFF = 'modeler:executionPlatform="SpiffWorkflow"'


@pytest.mark.parametrize('kind', ['task', 'manualTask'])
@pytest.mark.parametrize('said, head, code, becomes', [
    ('', '', 'task.passes', None), ('', SPIFF, 'task.waits', 'userTask'), (WAIT, '', 'task.waits', 'userTask'),
    (PASS, SPIFF, 'task.passes', None)])
def test_undefined_and_manual_tasks_wait_or_pass_as_the_process_or_its_platform_says(
        kind: str, said: str, head: str, code: str, becomes: str | None) -> None:
    found, findings = rewritten(line(said, node(kind, 'a'), between=('a',), head=head))
    assert codes(findings) == [code]
    assert (found.elements['a'].kind, found.elements['a'].drawn_kind) == (becomes or kind, kind)


def test_link_events_become_flows() -> None:
    found, findings = rewritten(bpmn(
        start(), user('a'), throw('go', event('link', name='l')), user('b'),
        throw('go_too', event('link', name='l')),
        catch('come', event('link', name='l')), user('c'), end(), chain('begin', 'a', 'go'),
        chain('b', 'go_too'),
        chain('come', 'c', 'done')))
    assert codes(findings) == ['link.joined'] * 2
    assert [element.id for element in found.following('go')] == ['come']
    assert [element.id for element in found.following('go_too')] == ['come']
    assert {found.elements[ident].event for ident in ('go', 'come')} == {''}
    assert found.flows[found.flow_between('go', 'come')].inserted == 'go'


@pytest.mark.parametrize('parts', [
    (throw('go', event('link', name='l')),),
    (throw('go', event('link', name='l')), catch('x', event('link', name='other'))),
    (throw('go', event('link', name='l')), catch('x', event('link', name='l')),
     catch('y', event('link', name='l')))])
def test_a_link_without_one_other_half_is_left_for_the_gate(parts: tuple[str, ...]) -> None:
    found, findings = rewritten(bpmn(start(), *parts, flow('begin', 'go')))
    assert findings == []
    assert found.elements['go'].event == 'link'


def test_the_only_flow_without_condition_is_the_default() -> None:
    found, findings = rewritten(bpmn(start(), xor('g'), end(), flow('begin', 'g'),
                                     flow('g', 'done', '${level == 1}', id='x'),
                                     flow('g', 'done', id='y')))
    assert codes(findings) == ['gateway.default_given']
    assert found.elements['g'].default == 'y'


def test_an_inclusive_flow_without_condition_is_always_taken() -> None:
    found, findings = rewritten(bpmn(start(), node('inclusiveGateway', 'g', default='z'), end(),
                                     flow('begin', 'g'),
                                     flow('g', 'done', '${level == 1}', id='x'), flow('g', 'done', id='y'),
                                     flow('g', 'done', id='z')))
    assert codes(findings) == ['gateway.always']
    assert found.flows['y'].condition == '${true}'


def test_several_flows_out_of_a_task_are_a_parallel_split() -> None:
    found, findings = rewritten(bpmn(start(), user('a'), user('b'), user('c'), end(), chain('begin', 'a'),
                                     flow('a', 'b', id='x'), flow('a', 'c', id='y'), chain('b', 'done'),
                                     chain('c', 'done')))
    assert codes(findings) == ['flow.split_added']
    assert '并行' in findings[0].zh and findings[0].element == 'a'
    split, = found.following('a')
    assert split.kind == 'parallelGateway'
    assert {found.flows[ident].target for ident in split.outgoing} == {'b', 'c'}


def test_conditional_flows_out_of_a_task_are_an_inclusive_split() -> None:
    found, findings = rewritten(bpmn(
        start(), user('a', default='z'), user('b'), user('c'), user('d'), end(), chain('begin', 'a'),
        flow('a', 'b', '${level == 1}', id='x'), flow('a', 'c', id='y'), flow('a', 'd', id='z'),
        chain('b', 'done'),
        chain('c', 'done'), chain('d', 'done')))
    assert codes(findings) == ['flow.split_added']
    split, = found.following('a')
    assert (split.kind, split.default) == ('inclusiveGateway', 'z')
    assert found.elements['a'].default == ''
    assert [found.flows[ident].condition for ident in ('x', 'y', 'z')] == ['${level == 1}', '${true}', '']


def test_conditions_out_of_a_start_event_are_looked_at() -> None:
    found, _ = rewritten(bpmn(start(default='y'), user('a'), end(),
                              flow('begin', 'a', '${level == 1}', id='x'),
                              flow('begin', 'done', id='y'), chain('a', 'done')))
    split, = found.following('begin')
    assert (split.kind, split.default) == ('inclusiveGateway', 'y')


def test_an_empty_condition_is_none() -> None:
    found, findings = rewritten(bpmn(start(), user('a'), end(), flow('begin', 'a', ' '), chain('a', 'done')))
    assert (findings, found.flows['begin__a'].condition) == ([], '')


def test_lines_still_point_into_the_file() -> None:
    data = line(user('a'), node('task', 'b'), between=('a', 'b'))
    _, findings = normalise(etree.fromstring(data), 'p.bpmn')
    assert data.decode().splitlines()[findings[0].line - 1].startswith('<bpmn:task id="b"')
    assert findings[0].file == 'p.bpmn'


def test_a_file_without_process_is_handed_back() -> None:
    tree, findings = normalise(etree.fromstring(form('x').replace(form('x'), b'<a/>')))
    assert (tree.tag, findings) == ('a', [])


# The rewritten diagram on the library itself.

def test_a_link_is_walked() -> None:
    walker = Walker(bpmn(start(), user('a'), throw('go', event('link', name='l')),
                         catch('come', event('link', name='l')),
                         user('b'), end(), chain('begin', 'a', 'go'), chain('come', 'b', 'done')))
    walker.done('a')
    assert walker.open == ['b']
    walker.done('b')
    assert walker.run.done and walker.log == ['begin', 'a', 'go', 'come', 'b', 'done']


def test_a_signal_end_is_heard() -> None:
    walker = Walker(bpmn(start(), node('parallelGateway', 'g'), user('a'),
                         boundary('b', 'a', event('signal', 'sg')), user('c'),
                         user('d'), end(), end('told', event('signal', 'sg')),
                         chain('begin', 'g', 'a', 'done'),
                         chain('g', 'd', 'told'), chain('b', 'c', 'done'), roots=signal()))
    walker.done('d')
    assert walker.open == ['c']


def test_several_flows_out_of_a_task_are_all_taken() -> None:
    walker = Walker(bpmn(start(), user('a'), user('b'), user('c'), end(), chain('begin', 'a', 'b', 'done'),
                         chain('a', 'c', 'done')))
    walker.done('a')
    assert walker.open == ['b', 'c']
    walker.done('b')
    walker.done('c')
    assert walker.run.done


@pytest.mark.parametrize('level, opened', [(1, ['b', 'c']), (2, ['b']), (9, ['d'])])
def test_conditional_flows_are_taken_where_they_hold_in_every_round(level: int, opened: list[str]) -> None:
    walker = Walker(bpmn(start(), user('a', default='z'), user('b'), user('c'), user('d'), end(),
                         chain('begin', 'a'),
                         flow('a', 'b', '${level < 3}'), flow('a', 'c', '${level == 1}'),
                         flow('a', 'd', id='z'),
                         chain('b', 'done'), chain('c', 'done'), chain('d', 'a')))
    for _ in range(3):
        walker.done('a', level=9)
        assert walker.open == ['d']
        walker.done('d')
    walker.done('a', level=level)
    assert walker.open == opened


def test_any_id_frames_without_end_and_passing_tasks_are_walked() -> None:
    walker = Walker(bpmn(start('Start'), node('manualTask', 'm'),
                         frame('work', start('s'), user('End'), chain('s', 'End')),
                         node('sendTask', 'tell', messageRef='m1'),
                         node('receiveTask', 'wait', messageRef='m1'), end(),
                         chain('Start', 'm', 'work', 'tell', 'wait', 'done'), roots=message('m1', 'told')))
    assert walker.open == ['End']
    walker.done('End')
    assert (walker.sent, walker.run.hears()) == (['told'], ['told'])
    walker.hear('told')
    assert walker.run.done
    assert [ident for ident in walker.log if ident in ('Start', 'm', 'End', 'tell', 'wait', 'done')] == [
        'Start', 'm', 'End', 'tell', 'wait', 'done']


def test_a_boundary_finds_its_task_whatever_its_id() -> None:
    walker = Walker(bpmn(start(), user('Root'), boundary('late', 'Root', timer('duration', 'P1D')), user('b'),
                         end(),
                         chain('begin', 'Root', 'done'), chain('late', 'b', 'done')))
    walker.later(days=2)
    assert walker.open == ['b']
