"""What a diagram says about itself: elements, flows, lanes, messages, and the table of its rules."""
import pytest
from lxml import etree

from engine import definition
from engine.definition import Definition, Multi, Timer
from engine.errors import NotFound
from engine.normalise import normalise
from tests.engine.diagrams import (bpmn, boundary, call, catch, chain, each, end, event, extension, flow,
                                   frame, line,
                                   message, node, service, start, throw, timer, user, xor)


def read(data: bytes) -> Definition:
    return definition.read(etree.fromstring(data))


def lanes(**members: str) -> str:
    return node('laneSet', 'lanes', *(node('lane', f'lane_{name}',
                                           *(f'<bpmn:flowNodeRef>{one}</bpmn:flowNodeRef>'
                                                                    for one in listed.split()), name=name)
                                      for name, listed in members.items()))


def documented(text: str) -> str:
    return f'<bpmn:documentation>{text}</bpmn:documentation>'


def test_a_task_tells_who_with_which_form_until_when() -> None:
    stage = extension('<camunda:properties><camunda:property name="stage" value="签收"/></camunda:properties>')
    found = read(line(user('sign', documented('P01-14 签收'), stage, name='办理并\n签收',
                           camunda_dueDate='${due_at}',
                           camunda_followUpDate='${issued_at}', camunda_priority='50'), between=('sign',)))
    task = found.elements['sign']
    assert (task.kind, task.name, task.candidate, task.form) == ('userTask', '办理并签收', '${lead_unit}/liaison',
                                                                 'f')
    assert (task.due, task.follow_up, task.priority) == ('${due_at}', '${issued_at}', '50')
    assert (task.documentation, task.properties) == ('P01-14 签收', {'stage': '签收'})
    assert (task.incoming, task.outgoing, task.line) == (('begin__sign',), ('sign__done',), 6)


@pytest.mark.parametrize('attribute, value', [
    ('camunda_formKey', 'sign'), ('camunda_formRef', 'sign'),
    ('camunda_formKey', 'camunda-forms:deployment:sign.form')])
def test_a_form_is_named_in_either_notation(attribute: str, value: str) -> None:
    task = {'camunda_formRef': None, attribute: value}
    assert read(line(user('a', **task), between=('a',))).elements['a'].form == 'sign'


def test_what_automatic_steps_and_calls_say() -> None:
    found = read(line(
        service('urge', inputs={'to': '${lead_unit}/liaison', 'text': '请签收'}),
        node('businessRuleTask', 'grade', camunda_decisionRef='proposed_grade'),
        node('scriptTask', 'count', '<bpmn:script>level = level + 1</bpmn:script>', scriptFormat='duban'),
        call('close', 'closing', extension('<camunda:in sourceExpression="${1}" target="notice_level"/>',
                                           '<camunda:in source="title" target="subject"/>')),
        between=('urge', 'grade', 'count', 'close')))
    assert found.elements['urge'].topic == 'reminder.send'
    assert found.elements['urge'].inputs == {'to': '${lead_unit}/liaison', 'text': '请签收'}
    assert found.elements['grade'].decision == 'proposed_grade'
    assert found.elements['count'].script == 'level = level + 1'
    assert found.elements['close'].called == 'closing'
    assert found.elements['close'].into == {'notice_level': '${1}', 'subject': '${title}'}
    assert found.names == {'lead_unit', 'level', 'title'}


def test_events_and_what_hangs_on_a_frame() -> None:
    found = read(bpmn(
        start('issued', event('message', 'm')), end(), throw('told', event('message', 'n')),
        frame('work', start('s'), user('co', each()), end('e'), chain('s', 'co', 'e')),
        boundary('late', 'work', timer('date', '${overdue_at(due_at)}'), stops=False), user('draft'),
        chain('issued', 'work', 'told', 'done'), flow('late', 'draft'),
        roots=message('m', 'matter_issued') + message('n', 'matter_closed')))
    late = found.elements['late']
    assert (late.event, late.attached_to, late.interrupting) == ('timer', 'work', False)
    assert late.timer == Timer('date', '${overdue_at(due_at)}')
    assert found.boundaries('work') == (late,)
    assert found.elements['co'].parent == 'work'
    assert found.elements['co'].multi == Multi('${split(co_units)}', 'unit', False, '', '')
    assert (found.thrown, found.heard, found.starts) == ({'matter_closed'}, {'matter_issued'},
                                                         {'matter_issued'})
    assert [element.id for element in found.inside('work')] == ['s', 'co', 'e']
    assert [element.id for element in found.following('work')] == ['told']


def test_flows_between_elements() -> None:
    found = read(bpmn(start(), xor('g', default='no'), user('a'), end(), flow('begin', 'g'),
                      flow('g', 'a', '${level == 1}', id='yes'), flow('g', 'done', id='no'),
                      flow('a', 'done')))
    assert found.flow_between('g', 'a') == 'yes'
    assert found.flow_between('a', 'g') is None
    assert found.flows['yes'].condition == '${level == 1}'
    assert found.elements['g'].default == 'no'
    assert found.names == {'level', 'lead_unit'}


def test_lanes_reach_into_frames() -> None:
    found = read(line(lanes(督查室='begin a done', 牵头单位='work'), user('a'),
                      frame('work', start('s'), user('b'), end('e'), chain('s', 'b', 'e')),
                      between=('a', 'work')))
    assert [lane.name for lane in found.lanes] == ['督查室', '牵头单位']
    assert (found.elements['a'].lane, found.elements['b'].lane) == ('督查室', '牵头单位')


def test_the_process_names_its_stages() -> None:
    stages = extension('<camunda:properties><camunda:property name="stages" value="立项,交办，'
                       '签收"/></camunda:properties>')
    assert read(line(stages)).stages == ('立项', '交办', '签收')


def test_a_multi_instance_in_the_notation_of_the_standard() -> None:
    marker = each(None, None, '<bpmn:loopDataInputRef>units</bpmn:loopDataInputRef>',
                  '<bpmn:inputDataItem name="one"/>',
                  '<bpmn:completionCondition>${enough}</bpmn:completionCondition>', isSequential='true')
    assert read(line(user('a', marker), between=('a',))).elements['a'].multi == Multi('units', 'one', True,
                                                                                      '${enough}', '')


def test_an_expression_that_is_none_counts_for_nothing() -> None:
    found = read(bpmn(start(), xor('g', default='no'), end(), flow('begin', 'g'),
                      flow('g', 'done', '${level >}', id='x'),
                      flow('g', 'done', id='no')))
    assert found.names == set()


def test_a_file_without_process_is_refused() -> None:
    with pytest.raises(NotFound):
        read(b'<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"/>')


def test_after_normalising_ids_are_still_those_of_the_drawing() -> None:
    data = bpmn(start('Start'), user('a'), user('b'), end('End'), flow('Start', 'a', id='one'),
                flow('Start', 'b', id='two'),
                chain('a', 'End'), chain('b', 'End'), boundary('late', 'a', timer('date', '${due_at}')),
                chain('late', 'End'))
    tree, _ = normalise(etree.fromstring(data))
    found = definition.read(tree)
    assert {'Start', 'End', 'a', 'b', 'late'} <= set(found.elements)
    split, = (element for element in found.elements.values() if element.inserted)
    assert (split.kind, split.inserted) == ('parallelGateway', 'Start')
    assert found.flow_between(split.id, 'a') == 'one'
    assert found.flows[found.flow_between('Start', split.id)].inserted == 'Start'
    assert found.flow_between('a', 'End') == 'a__End'


def test_the_rules_table_says_when_what_who_and_on_what_basis() -> None:
    found = read(bpmn(
        lanes(牵头单位='sign urge', 督查室='judge'), start('issued', event('message', 'm')),
        user('sign', name='签收'), end(),
        boundary('not_signed', 'sign', documented('P01-14 两个工作日'),
                 timer('date', '${workdays(received_at, 2)}'),
                 stops=False, name='2个工作日\n内未签收'),
        service('urge', documented('P01-32…P01-34 A07'), name='催签'),
        boundary('closed', 'sign', event('message', 'm'), name='事项已办结'),
        xor('again', name='重大影响？', default='no'),
        user('judge', name='研判', camunda_candidateGroups='${supervisor_unit}/head'),
        chain('issued', 'sign', 'done'), flow('not_signed', 'urge'), flow('closed', 'again'),
        flow('again', 'judge', '${level > 1}', name='是'), flow('again', 'done', id='no', name='否'),
        roots=message('m', 'm')))
    rows = {row.element: row for row in definition.rules(found)}
    assert rows['not_signed'][1:] == ('签收：2个工作日内未签收', '催签', '牵头单位·联络员', ('P01-14', 'P01-32…P01-34', 'A07'))
    assert rows['closed'].when == '签收：收到“事项已办结”'
    assert rows['closed'].then == '是：研判；否：办done（“签收”中止）'
    assert rows['closed'].who == '督查室·督查室负责人'
    assert rows['issued'].then == '签收'


def test_a_timer_without_name_shows_its_expression() -> None:
    found = read(line(catch('wait', timer('duration', 'P7D'), name=''), between=('wait',)))
    assert definition.rules(found)[0].when == 'P7D'


def test_of_two_elements_with_one_id_the_first_is_read() -> None:
    found = read(line(frame('a', start('s'), frame('a', user('z')), user('b'), end('e')), between=('a',)))
    assert 'z' not in found.elements
    assert (found.elements['a'].parent, found.elements['b'].parent) == (None, 'a')
