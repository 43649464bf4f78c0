"""Rules about ids, references and flows: whether the drawing holds together."""
import re
from collections import Counter
from collections.abc import Iterator

from lxml import etree

from engine.definition import ACTIVITIES, FLOW_NODES, GATEWAYS, flag, local
from engine.finding import REFUSE, WARN, WORDS, Both, Finding, one_line, rule
from engine.gate.opposite import covered
from engine.gate.scene import Diagram
from engine.normalise import link_name

DOUBLE_ID = rule('id.double', REFUSE, '编号“{id}”用了{count}次（{it}是其中之一），请改成不同的编号。',
                 'The id "{id}" is used {count} times ({it} is one of them); give each its own.')
NO_ID = rule('id.missing', REFUSE, '{it}没有编号，连不上任何顺序流，请补上编号。',
             '{it} has no id, so no flow can reach it; give it one.')
BAD_ID = rule('id.bad', REFUSE, '{it}的编号含有空格或符号，请只用字母、数字和下划线。',
              'The id of {it} holds blanks or signs; use letters, digits and underscores.')
DANGLING_FLOW = rule('flow.dangling', REFUSE, '{it}的{end}“{ref}”不存在，请重新连线。',
                     'The {end} of {it}, "{ref}", does not exist; draw the flow again.')
CROSSING = rule('flow.crosses_frame', REFUSE, '{it}从“{source}”直接连到“{target}”，跨过了子流程的边框；请连到边框上，或用边界事件。',
                '{it} leads from "{source}" to "{target}" across the border of a sub-process; connect the '
                'border, or use a boundary event.')
NO_HOST = rule('boundary.no_host', REFUSE, '{it}要贴在“{ref}”上，但没有这个任务或子流程。',
               '{it} is attached to "{ref}", but there is no such task or sub-process.')
HOST_ELSEWHERE = rule('boundary.host_elsewhere', REFUSE, '{it}贴着的“{ref}”在另一个子流程里，请画在同一层。',
                      '{it} is attached to "{ref}" in another sub-process; draw both on one level.')
BAD_DEFAULT = rule('default.dangling', REFUSE, '{it}的默认流向“{ref}”不是从它引出的顺序流。',
                   'The default "{ref}" of {it} is no flow that leaves it.')
BAD_LANE = rule('lane.dangling', REFUSE, '{it}里登记的“{ref}”不是这个流程的元素，请重新放进泳道。',
                '{it} lists "{ref}", which is no element of this process; place it in the lane again.')
TWO_LANES = rule('lane.twice', WARN, '{it}同时登记在泳道“{one}”和“{two}”里。',
                 '{it} is listed in the lanes "{one}" and "{two}".')
BAD_REF = rule('ref.dangling', REFUSE, '{it}引用的{kind}“{ref}”不存在。',
               '{it} refers to the {kind} "{ref}", which does not exist.')
NO_NAME = rule('ref.no_name', REFUSE, '{it}引用的{kind}“{ref}”没有名称，无法送达，请填上名称。',
               'The {kind} "{ref}" to which {it} refers has no name and cannot be delivered; give it one.')
NAME_EXPRESSION = rule('ref.expression', REFUSE, '{it}引用的{kind}名称“{ref}”里有表达式，不会计算；请写固定的名称。',
                       'The name "{ref}" of the {kind} of {it} holds an expression, which is not worked out; write a '
                       'fixed name.')
INTO_START = rule('flow.into_start', REFUSE, '{it}连回了开始事件“{target}”，请连到它后面的步骤。',
                  '{it} leads back to the start event "{target}"; connect it to the step behind.')
OUT_OF_END = rule('flow.out_of_end', REFUSE, '{it}从结束事件“{source}”引出，不会执行。',
                  '{it} leaves the end event "{source}" and is never taken.')
INTO_BOUNDARY = rule('flow.into_boundary', REFUSE, '{it}连到了边界事件“{target}”，边界事件不能有流入。',
                     '{it} leads to the boundary event "{target}", which cannot be entered.')
NO_START = rule('start.missing', REFUSE, '{it}没有开始事件，请在第一步前面画一个。',
                '{it} has no start event; draw one before its first step.')
TWO_STARTS = rule('start.two', REFUSE, '{it}有{count}个没有事件的开始事件，只能有一个；几种发起方式请画成消息、时间等不同的开始事件。',
                  '{it} has {count} plain start events and may have one; other ways to begin have an event each.')
TOO_LONG = rule('text.too_long', REFUSE, '{it}的{what}有{count}个字，最多{most}个。',
                'The {what} of {it} has {count} characters and may have {most}.')
FRAME_NO_END = rule('frame.no_end', REFUSE, '{it}里的步骤没有结束的地方，永远走不出去；请画出结束事件。',
                    'The steps of {it} never come to an end; draw an end event.')
NO_CONDITION = rule('gateway.no_condition', REFUSE, '{it}的流向{flow}没有条件，也不是默认流向，请写上条件或设为默认。',
                    'The flow {flow} out of {it} has neither a condition nor is it the default; give it one or make it '
                    'that.')
NO_DEFAULT = rule('gateway.no_default', REFUSE, '{it}的每条流向都有条件，却没有默认流向；条件都不成立时事项会卡住，请设一条默认流向。',
                  'Every flow out of {it} has a condition and none is the default; where none holds the '
                  'matter is stuck. Set a default.')
DEFAULT_CONDITION = rule('gateway.default_condition', REFUSE, '{it}的默认流向{flow}上写了条件，条件不会看，请删去。',
                         'The default flow {flow} of {it} has a condition, which is never looked at; delete '
                         'it.')
SAME_CONDITION = rule('gateway.same_condition', REFUSE, '{it}的流向{flow}与前面一条条件相同，永远走不到。',
                      'The flow {flow} out of {it} has the same condition as one before it and is never '
                      'taken.')
CONDITION_IGNORED = rule('gateway.condition_ignored', REFUSE, '{it}不看条件，它的流向{flow}却写了条件；请改成排他或包容网关。',
                         '{it} does not look at conditions, but its flow {flow} has one; make it an '
                         'exclusive or inclusive gateway.')
DEFAULT_IGNORED = rule('gateway.default_ignored', REFUSE, '{it}不看默认流向，请删去。',
                       '{it} does not look at a default flow; delete it.')
GATEWAY_NO_WAY = rule('gateway.no_way', REFUSE, '{it}没有引出的流向，请连到下一步或结束事件。',
                      '{it} has no flow out; connect it to a step or an end event.')
LINK_NAME = rule('link.no_name', REFUSE, '{it}是链接事件，但没有链接名。', '{it} is a link event without a link name.')
LINK_ALONE = rule('link.unmatched', REFUSE, '{it}的链接“{link}”在同一层找不到另一半，走到这里流程就断了。',
                  'The link "{link}" of {it} has no other half on the same level; the process would break '
                  'off here.')
LINK_TWICE = rule('link.two_targets', REFUSE, '链接“{link}”有{count}个捕获事件（{it}是其中之一），只能有一个。',
                  'The link "{link}" has {count} catch events ({it} is one of them) and may have one.')
LINK_FLOW = rule('link.flow', REFUSE, '{it}是链接事件，{end}顺序流不会执行，请删去。',
                 '{it} is a link event; its {end} flow is never taken. Delete it.')

_END = {'source': Both('起点', 'source'), 'target': Both('终点', 'target'), 'in': Both('流入的', 'incoming'),
        'out': Both('引出的', 'outgoing')}
ID_MOST, _NAME_MOST = 80, 200                                           # what the tables of the trail hold
_ID = re.compile(r'[^\W\d][\w.\-]*\Z')
_REFS = {'messageRef': 'message', 'signalRef': 'signal', 'errorRef': 'error', 'escalationRef': 'escalation'}


def check(diagram: Diagram) -> Iterator[Finding]:
    """The rules about the drawing itself, as drawn."""
    nodes = {node.get('id'): node for node in diagram.drawn(*FLOW_NODES) if node.get('id')}
    flows = list(diagram.drawn('sequenceFlow'))
    yield from _ids(diagram)
    yield from _lengths(diagram)
    yield from _references(diagram)
    yield from _flows(diagram, nodes, flows)
    yield from _boundaries(diagram, nodes)
    yield from _lanes(diagram, nodes)
    yield from _starts(diagram)
    yield from _links(diagram, flows)
    yield from _gateways(diagram)


def _ids(diagram: Diagram) -> Iterator[Finding]:
    counts = Counter(node.get('id') for node in diagram.root.iter() if node.get('id') and local(node))
    told = set()
    for node in diagram.root.iter():
        ident = node.get('id')
        if local(node) and ident and counts[ident] > 1 and ident not in told:
            told.add(ident)
            yield DOUBLE_ID.at(diagram.at(node), id=ident, count=counts[ident])
    for node in diagram.drawn(*FLOW_NODES, 'process', 'sequenceFlow'):
        if not node.get('id'):
            if local(node) != 'sequenceFlow':
                yield NO_ID.at(diagram.at(node))
        elif not _ID.match(node.get('id')):
            yield BAD_ID.at(diagram.at(node))


def _lengths(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.drawn(*FLOW_NODES, 'process'):
        yield from _long(diagram, node, 'id', ID_MOST)
        yield from _long(diagram, node, 'name', _NAME_MOST)
    for node in diagram.root:
        if local(node) in ('message', 'signal'):
            yield from _long(diagram, node, 'name', ID_MOST)


def _long(diagram: Diagram, node: etree._Element, attribute: str, most: int) -> Iterator[Finding]:
    text = one_line(node.get(attribute, ''))
    if len(text) > most:
        yield TOO_LONG.at(diagram.at(node), what=Both('编号' if attribute == 'id' else '名称', attribute), count=len(text),
                          most=most)


def _references(diagram: Diagram) -> Iterator[Finding]:
    named = {kind: {node.get('id'): node for node in diagram.root if local(node) == kind}
             for kind in _REFS.values()}
    for node in diagram.process.iter():
        if not local(node):
            continue
        for attribute, kind in _REFS.items():
            ref = node.get(attribute)
            if not ref:
                continue
            spot = diagram.at(diagram.owner(node))
            if ref not in named[kind]:
                yield BAD_REF.at(spot, kind=_kind(kind), ref=ref)
            elif kind in ('message', 'signal') and not named[kind][ref].get('name', '').strip():
                yield NO_NAME.at(spot, kind=_kind(kind), ref=ref)
            elif '{' in (named[kind][ref].get('name' if kind in ('message', 'signal') else f'{kind}Code') or ''):
                yield NAME_EXPRESSION.at(spot, kind=_kind(kind), ref=ref)


def _flows(diagram: Diagram, nodes: dict[str, etree._Element],
           flows: list[etree._Element]) -> Iterator[Finding]:
    for flow in flows:
        spot = diagram.at(flow)
        ends = {end: flow.get(f'{end}Ref', '') for end in ('source', 'target')}
        missing = [end for end, ref in ends.items() if ref not in nodes]
        for end in missing:
            yield DANGLING_FLOW.at(spot, end=_END[end], ref=ends[end])
        if missing:
            continue
        source, target = nodes[ends['source']], nodes[ends['target']]
        names = {'source': source.get('name') or ends['source'],
                 'target': target.get('name') or ends['target']}
        if source.getparent() is not target.getparent():
            yield CROSSING.at(spot, **names)
        if local(target) == 'startEvent':
            yield INTO_START.at(spot, **names)
        if local(target) == 'boundaryEvent':
            yield INTO_BOUNDARY.at(spot, **names)
        if local(source) == 'endEvent':
            yield OUT_OF_END.at(spot, **names)
    leaving = {(flow.get('sourceRef'), flow.get('id')) for flow in flows}
    for node in nodes.values():
        default = node.get('default')
        if default and (node.get('id'), default) not in leaving:
            yield BAD_DEFAULT.at(diagram.at(node), ref=default)


def _boundaries(diagram: Diagram, nodes: dict[str, etree._Element]) -> Iterator[Finding]:
    for node in diagram.drawn('boundaryEvent'):
        ref = node.get('attachedToRef', '')
        host = nodes.get(ref)
        if host is None or local(host) not in ACTIVITIES:
            yield NO_HOST.at(diagram.at(node), ref=ref)
        elif host.getparent() is not node.getparent():
            yield HOST_ELSEWHERE.at(diagram.at(node), ref=host.get('name') or ref)


def _lanes(diagram: Diagram, nodes: dict[str, etree._Element]) -> Iterator[Finding]:
    where: dict[str, etree._Element] = {}
    for lane in diagram.drawn('lane'):
        for member in lane:
            ref = (member.text or '').strip()
            if local(member) != 'flowNodeRef':
                continue
            if ref not in nodes:
                yield BAD_LANE.at(diagram.at(lane), ref=ref)
            elif ref in where and lane not in list(where[ref].iterdescendants()):
                yield TWO_LANES.at(diagram.at(nodes[ref]), one=where[ref].get('name', ''),
                                   two=lane.get('name', ''))
            where[ref] = lane


def _starts(diagram: Diagram) -> Iterator[Finding]:
    for scope in (diagram.process, *diagram.drawn('subProcess', 'transaction')):
        starts = [node for node in scope if local(node) == 'startEvent']
        plain = [node for node in starts if not any(local(child).endswith('EventDefinition') for child in node)]
        spot = diagram.at(scope)
        if not starts:
            if not flag(scope, 'triggeredByEvent'):
                yield NO_START.at(spot)
        elif len(plain) > 1:
            yield TWO_STARTS.at(spot, count=len(plain))
    leaving = {flow.get('sourceRef') for flow in diagram.drawn('sequenceFlow')}
    for frame in diagram.drawn('subProcess', 'transaction'):
        steps = [node for node in frame if local(node) in FLOW_NODES - {'boundaryEvent'}
                 and not flag(node, 'triggeredByEvent')]
        if steps and all(node.get('id') in leaving for node in steps):
            yield FRAME_NO_END.at(diagram.at(frame))


def _links(diagram: Diagram, flows: list[etree._Element]) -> Iterator[Finding]:
    halves: dict[tuple[etree._Element, str], dict[str, list[etree._Element]]] = {}
    for node in diagram.drawn('intermediateCatchEvent', 'intermediateThrowEvent'):
        if not any(local(child) == 'linkEventDefinition' for child in node):
            continue
        if not link_name(node):
            yield LINK_NAME.at(diagram.at(node))
            continue
        pair = halves.setdefault((node.getparent(), link_name(node)), {'throw': [], 'catch': []})
        throws = local(node) == 'intermediateThrowEvent'
        pair['throw' if throws else 'catch'].append(node)
        ref = 'sourceRef' if throws else 'targetRef'
        if any(flow.get(ref) == node.get('id') for flow in flows):
            yield LINK_FLOW.at(diagram.at(node), end=_END['out' if throws else 'in'])
    for (_, name), pair in halves.items():
        if not pair['throw'] or not pair['catch']:
            for node in pair['throw'] + pair['catch']:
                yield LINK_ALONE.at(diagram.at(node), link=name)
        elif len(pair['catch']) > 1:
            yield LINK_TWICE.at(diagram.at(pair['catch'][0]), link=name, count=len(pair['catch']))


def _gateways(diagram: Diagram) -> Iterator[Finding]:
    """On the rewritten tree, so that a task with conditional flows is held to the same rules."""
    definition = diagram.definition
    for element in definition.elements.values():
        if element.kind not in GATEWAYS:
            continue
        spot = diagram.at(element)
        flows = [definition.flows[flow] for flow in element.outgoing]
        if not flows:
            yield GATEWAY_NO_WAY.at(spot)
        if element.kind not in ('exclusiveGateway', 'inclusiveGateway'):
            for flow in flows:
                if flow.condition:
                    yield CONDITION_IGNORED.at(spot, flow=flow.id)
            if element.default:
                yield DEFAULT_IGNORED.at(spot)
            continue
        seen: set[str] = set()
        for flow in flows:
            if flow.id == element.default:
                if flow.condition:
                    yield DEFAULT_CONDITION.at(spot, flow=flow.id)
                continue
            if not flow.condition and len(flows) > 1:
                yield NO_CONDITION.at(spot, flow=flow.id)
            if flow.condition in seen and flow.condition and element.kind == 'exclusiveGateway':
                yield SAME_CONDITION.at(spot, flow=flow.id)
            seen.add(flow.condition)
        conditions = [flow.condition for flow in flows]
        if flows and not element.default and all(conditions) and not (
                '${true}' in conditions or covered(conditions)):
            yield NO_DEFAULT.at(spot)


def _kind(kind: str) -> Both:
    return Both(WORDS[kind], kind)
