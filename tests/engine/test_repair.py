"""Repairs in the source: what can be mended in one way is, and every other letter of the file stays."""
import re

import pytest

from engine import gate, repair
from engine.errors import Refused
from engine.finding import Finding
from engine.repair.diagram import MENDS
from engine.repair.text import Text
from tests.engine.diagrams import (FACTS, TOPICS, boundary, bpmn, catch, chain, end, flow, line, node, service, start,
                                   timer, user)

ODD = '''<?xml version='1.0' encoding='UTF-8'?>
<!-- <bpmn:task id="no"> -->
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
   xmlns:v='urn:vendor'   targetNamespace="x" v:kept = 'a > b'>
  <bpmn:process id='p'
                v:colour="red">   <!-- kept -->
    <bpmn:documentation><![CDATA[ <bpmn:task id="neither"/> ]]></bpmn:documentation>
    <bpmn:startEvent id="begin"/><v:own  x='1' ><![CDATA[&]]></v:own>
  </bpmn:process>
</bpmn:definitions>
'''.encode()


def found(content: bytes, code: str) -> Finding:
    """The first finding of this rule about the file."""
    return next(one for one in gate.check({'p.bpmn': content}, TOPICS, FACTS) if one.code == code)


def split(*attributes: str, kind: str = 'exclusiveGateway', conditions: tuple[str | None, ...] = ('${level > 1}', None),
          **given: str | None) -> bytes:
    """A gateway with two ways out."""
    ways = [flow('g', name, condition, **{'id': f'to_{name}', 'name': name})
            for name, condition in zip('ab', conditions, strict=True)]
    return bpmn(start(), node(kind, 'g', **given), user('a'), user('b'), end(), chain('begin', 'g'), *ways,
                chain('a', 'done'), chain('b', 'done'))


WRONG = {
    'process.marked_executable': line(user('a'), between=('a',), executable=None),
    'process.not_executable': line(user('a'), between=('a',), executable='false'),
    'id.bad': line(user('a 1'), between=('a 1',)),
    'gateway.default_given': split(),
    'gateway.default_condition': split(default='to_b', conditions=('${level > 1}', '${level > 2}')),
    'gateway.default_ignored': split(kind='parallelGateway', default='to_a', conditions=(None, None)),
    'attribute.boolean': line(user('a'), between=('a',), extra=boundary('b', 'a', timer('duration', 'P1D'),
                                                                        cancelActivity='False')),
    'attribute.quantity': line(user('a', startQuantity='2'), between=('a',)),
    'timer.naive': line(catch('t', timer('date', '2026-03-05T09:00:00')), between=('t',)),
    'timer.day_only': line(catch('t', timer('date', '${date(2026, 3, 5)}')), between=('t',)),
    'decision.result': line(node('businessRuleTask', 'a', camunda_decisionRef='t',
                                 camunda_mapDecisionResult='resultList'), between=('a',)),
    'binding.other': line(user('a', camunda_formRefBinding='latest'), between=('a',)),
    'service.not_external': line(service('a', camunda_type='expression'), between=('a',)),
    'lane.dangling': bpmn('<bpmn:laneSet id="ls"><bpmn:lane id="l" name="甲"><bpmn:flowNodeRef>gone</bpmn:flowNodeRef>'
                          '<bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>', start(), user('a'),
                          end(), chain('begin', 'a', 'done')),
}


@pytest.mark.parametrize('code', WRONG)
def test_what_is_mended_is_found_no_more_and_the_rest_of_the_file_stays(code: str) -> None:
    wrong = found(WRONG[code], code)
    assert wrong in repair.mendable(WRONG[code], [wrong])
    mended = repair.mend(WRONG[code], [wrong])
    left = gate.check({'p.bpmn': mended}, TOPICS, FACTS)
    assert (code, wrong.element) not in [(one.code, one.element) for one in left]
    before, after = (re.split(rb'(?=<)', content) for content in (WRONG[code], mended))
    changed = [part for part in before if part not in after]
    assert len(changed) <= 8, 'only tags at the fault are others'


def test_a_renamed_id_is_renamed_wherever_it_is_named() -> None:
    mended = repair.mend(WRONG['id.bad'], [found(WRONG['id.bad'], 'id.bad')])
    assert b'"a 1"' not in mended and b'>a 1<' not in mended and mended.count(b'"a_1"') >= 3


def test_every_other_byte_is_kept_comments_quotes_and_blanks() -> None:
    [wrong] = [one for one in gate.check({'p.bpmn': ODD}, {}, ()) if one.code == 'process.marked_executable']
    mended = repair.mend(ODD, [wrong])
    assert mended == ODD.replace(b'v:colour="red"', b'v:colour="red" isExecutable="true"')


@pytest.mark.parametrize('mark', [b'', b'\xef\xbb\xbf'], ids=['plain', 'marked'])
def test_edits_stand_where_they_are_wanted(mark: bytes) -> None:
    text = Text(mark + ODD.replace(b"<v:own  x='1' >", b"<v:own  x='1' />").replace(b'<![CDATA[&]]></v:own>', b''))
    begin, own = text.root[0][1], text.root[0][2]
    text.set(own, 'x', 'a "b" <c>')
    text.set(own, '{urn:vendor}y', '2')
    text.append(begin, 'outgoing', 'f & g')
    text.drop(text.root, '{urn:vendor}kept')
    made = text.made()
    assert made.startswith(mark) and b"<v:own  x=\"a &quot;b&quot; &lt;c&gt;\" v:y=\"2\" />" in made
    assert b'<bpmn:startEvent id="begin"><bpmn:outgoing>f &amp; g</bpmn:outgoing></bpmn:startEvent>' in made
    assert b'targetNamespace="x">' in made
    with pytest.raises(Refused, match='没有声明'):
        text.set(own, '{urn:other}z', '')


def test_what_can_be_mended_in_several_ways_or_not_at_all_is_left() -> None:
    many = split(conditions=(None, None))
    wrong = found(many, 'gateway.no_condition')
    assert repair.mendable(many, [wrong]) == set()
    with pytest.raises(Refused, match='不能自动修'):
        repair.mend(many, [wrong])
    with pytest.raises(Refused, match='不能自动修'):
        repair.mend(many, [])
    broken = found(WRONG['attribute.quantity'], 'attribute.quantity')
    assert repair.mendable(b'<broken', [broken]) == set()
    with pytest.raises(Refused):
        repair.mend(b'<broken', [broken])
    other = ODD.replace(b"encoding='UTF-8'", b"encoding='GBK'").decode().encode('gbk')
    with pytest.raises(Refused, match='UTF-8'):
        repair.mend(other, [broken])


def test_a_mend_is_for_a_rule_that_there_is() -> None:
    assert MENDS.keys() <= {rule.code for rule in gate.rules()}
