"""Rules about what reacts: event sub-processes, event-based gateways, and loops drawn as a marker."""
from collections.abc import Iterator

from engine.definition import FRAMES, Element
from engine.finding import REFUSE, WARN, Finding, rule
from engine.gate.event import ERROR_OPEN, word
from engine.gate.scene import Diagram
from engine.gate.vocabulary import PLACE

STARTS = rule('handler.starts', REFUSE, '{it}是事件子流程，要正好有一个开始事件，现在有{count}个；不同的事件请各画一个事件子流程。',
              '{it} is an event sub-process and must have exactly one start event, not {count}; draw one for '
              'each event.')
NO_EVENT = rule('handler.no_event', REFUSE, '{it}是事件子流程的开始事件，却没有选定等什么（消息、时间、错误……）。',
                '{it} starts an event sub-process and does not say what it waits for.')
FLOW = rule('handler.flow', REFUSE, '{it}是事件子流程，由事件引发，不能连顺序流、贴边界事件或带多实例、循环标记。',
            '{it} is an event sub-process; it has no flows, boundary events or markers, its event sets it off.')
RACE_TARGET = rule('race.target', REFUSE, '{it}后面只能是中间捕获事件（消息、时间、信号、条件）或不带标记和边界事件的接收任务，且只有这一条流入，“{target}”不是。',
                   'Only catch events (message, timer, signal, condition) and plain receive tasks with one flow into '
                   'them may follow {it}; "{target}" is something else.')
RACE_SINGLE = rule('race.single', WARN, '{it}后面只有一个事件，没有先后可争；直接画这个事件就行。',
                   'Only one event follows {it}; draw the event alone.')
ENDLESS = rule('loop.endless', REFUSE, '{it}的循环既没有条件也没有次数，永远停不下来。',
               'The loop of {it} has neither a condition nor a maximum and never ends.')
MAXIMUM = rule('loop.maximum', REFUSE, '{it}的循环次数“{what}”不是正整数。',
               'The loop maximum "{what}" of {it} is no positive number.')

_RACING = ('message', 'timer', 'signal', 'conditional')


def check(diagram: Diagram) -> Iterator[Finding]:
    """The rules about event sub-processes, event-based gateways and standard loops."""
    for element in diagram.definition.elements.values():
        if element.kind in FRAMES and element.triggered:
            yield from _handler(diagram, element)
        elif element.kind == 'eventBasedGateway':
            yield from _race(diagram, element)
        elif element.kind == 'startEvent' and not element.interrupting and not _starts_handler(diagram, element):
            yield PLACE.at(diagram.at(element), what='isInterrupting')
        if element.loop:
            yield from _loop(diagram, element)


def _starts_handler(diagram: Diagram, start: Element) -> bool:
    frame = diagram.definition.elements.get(start.parent or '')
    return bool(frame and frame.triggered)


def _handler(diagram: Diagram, frame: Element) -> Iterator[Finding]:
    definition = diagram.definition
    starts = [one for one in definition.inside(frame.id) if one.kind == 'startEvent']
    if len(starts) != 1:
        yield STARTS.at(diagram.at(frame), count=len(starts))
    if frame.incoming or frame.outgoing or frame.multi or frame.loop or definition.boundaries(frame.id):
        yield FLOW.at(diagram.at(frame))
    for start in starts:
        if not start.event:
            yield NO_EVENT.at(diagram.at(start))
        elif start.event == 'error' and not start.interrupting:
            yield ERROR_OPEN.at(diagram.at(start), event=word('error'))


def _race(diagram: Diagram, gateway: Element) -> Iterator[Finding]:
    definition = diagram.definition
    for target in definition.following(gateway.id):
        waits = target.event in _RACING if target.kind == 'intermediateCatchEvent' else target.kind == 'receiveTask'
        plain = not (target.multi or target.loop or target.async_before or definition.boundaries(target.id))
        if not waits or not plain or len(target.incoming) > 1:
            yield RACE_TARGET.at(diagram.at(gateway), target=target.name or target.id)
    if len(gateway.outgoing) == 1:
        yield RACE_SINGLE.at(diagram.at(gateway))


def _loop(diagram: Diagram, element: Element) -> Iterator[Finding]:
    spot, most = diagram.at(element), element.loop.most
    if most and not (most.isascii() and most.isdigit() and int(most)):
        yield MAXIMUM.at(spot, what=most)
    elif not most and not element.loop.condition:
        yield ENDLESS.at(spot)
