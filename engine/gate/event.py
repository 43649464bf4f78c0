"""Rules about events: which kind is executed where, and whether what is thrown is caught."""
from collections.abc import Iterator

from lxml import etree

from engine.definition import CAMUNDA, FRAMES, Definition, Element
from engine.finding import REFUSE, WARN, WORDS, Both, Finding, Rule, Spot, rule
from engine.gate.paths import passes
from engine.gate.scene import Diagram, Scene

START_TIMER = rule('event.start_timer', REFUSE, '{it}要按时间自动发起流程，不执行；请由人或消息发起，时间画成后面的中间事件。',
                   '{it} would start instances by time, which is not executed; start them by hand or message '
                   'and draw the time as an intermediate event.')
START_KIND = rule('event.start_kind', REFUSE, '{it}是{event}开始事件，不执行；流程只能由人或消息发起。',
                  '{it} is a {event} start event, which is not executed; instances start by hand or by '
                  'message.')
FRAME_START = rule('event.frame_start', REFUSE, '{it}在子流程里却带了{event}，不会等它；子流程的开始事件不能带事件，请在后面画中间捕获事件。',
                   '{it} stands in a sub-process and has a {event} event, which is not waited for; draw an '
                   'intermediate catch event behind it.')
EVENT_FRAME = rule('event.sub_process', REFUSE, '{it}是事件子流程，不能照图执行（中断的不中断，出错的一开始就跑）；请改成边界事件，或另画一张由消息发起的图。',
                   '{it} is an event sub-process, which would not run as drawn; use boundary events or a '
                   'diagram of its own that a message starts.')
CONDITIONAL = rule('event.conditional', REFUSE, '{it}是条件事件，字段变了它也看不到；请用消息事件，或在步骤后用网关判断。',
                   '{it} is a conditional event and would not see changes; use a message, or a gateway '
                   'behind a step.')
COMPENSATE = rule('event.compensation', REFUSE, '{it}是补偿事件，什么也不会撤销；请把撤销画成普通步骤。',
                  '{it} is a compensation event, which undoes nothing; draw the undoing as ordinary steps.')
CANCEL = rule('event.cancel', REFUSE, '{it}是取消事件，只有事务里才有，不执行；请用终止结束事件或消息。',
              '{it} is a cancel event, which is not executed; use a terminate end event or a message.')
SEVERAL = rule('event.several', REFUSE, '{it}带了几个事件，不执行；请分成几个事件画。',
               '{it} has several events, which is not executed; draw one event for each.')
NOTHING = rule('event.nothing', REFUSE, '{it}没有说明等什么（时间、消息……），请选定类型。', '{it} does not say what it waits for.')
MISPLACED = rule('event.misplaced', REFUSE, '{it}是{event}事件，不能放在这个位置，不会执行。',
                 '{it} is a {event} event, which has no place there and is not executed.')
NO_REF = rule('event.no_ref', REFUSE, '{it}没有选定{kind}。', '{it} does not say which {kind}.')
NO_WAY = rule('boundary.no_way', REFUSE, '{it}没有引出的顺序流，发生了也什么都不做。',
              'No flow leaves {it}; it would do nothing.')
ERROR_OPEN = rule('event.error_not_interrupting', REFUSE, '{it}是错误边界事件，只能是中断的，请改成实线边框。',
                  '{it} is an error boundary event and must interrupt.')
ERROR_ON_TASK = rule('event.error_on_task', REFUSE, '{it}贴在任务上，永远等不到{event}；错误和升级只在子流程和调用活动里抛出。',
                     '{it} is attached to a task and never happens; errors and escalations are thrown within '
                     'sub-processes and called processes only.')
RUNS_ON = rule('event.runs_on', REFUSE, '{it}抛出的{event}由“{catcher}”接住并中断，但它后面的自动步骤照样会先做完；请直接画成结束事件，并在最近一层接住。',
               'The {event} of {it} is caught by "{catcher}", which interrupts; yet the automatic steps '
               'behind it would run first. Make it an end event and catch it on the nearest level.')
UNCAUGHT = rule('event.uncaught', REFUSE, '{it}抛出的{event}“{what}”没有人接；请在外层子流程或调用活动上画对应的边界事件。',
                'Nobody catches the {event} "{what}" that {it} throws; draw the boundary event on the '
                'sub-process or call activity around it.')
NEVER_THROWN = rule('event.never_thrown', WARN, '{it}等的{event}“{what}”没有人抛出。',
                    'Nobody throws the {event} "{what}" that {it} waits for.')
SIGNAL_UNHEARD = rule('signal.unheard', REFUSE, '{it}发出的信号“{what}”在本流程里没有人接；信号只在一个流程实例里有效，通知别的流程请用消息。',
                      'Nobody in this process catches the signal "{what}" of {it}; signals stay within one '
                      'instance. Use a message to tell other processes.')
SIGNAL_UNSENT = rule('signal.unsent', REFUSE, '{it}等的信号“{what}”在本流程里没有人发出；信号只在一个流程实例里有效，请用消息。',
                     'Nobody in this process sends the signal "{what}" for which {it} waits; use a message.')
FIRES_ONCE = rule('boundary.fires_once', WARN, '{it}不中断，但任务期间只响应第一次{event}，以后的不再响应。',
                  '{it} does not interrupt, yet answers only the first {event} while the task is open.')
MULTI_INTERRUPTED = rule('boundary.multi_interrupting', REFUSE, '{it}要中断的“{host}”是多实例的，不能照图执行；请把期限画在每一份里面。',
                         '{it} would interrupt "{host}", which is multi-instance; draw the deadline inside '
                         'each instance.')
MESSAGE_TOPIC = rule('message.topic', WARN, '{it}写了主题“{topic}”，不起作用；消息由系统送达。',
                     'The topic "{topic}" of {it} has no effect; messages are delivered by the engine.')

EVENT_WORDS = {'message': '消息', 'timer': '定时', 'signal': '信号', 'error': '错误', 'escalation': '升级',
               'conditional': '条件', 'compensate': '补偿', 'cancel': '取消', 'terminate': '终止', 'link': '链接',
               'multiple': '多重'}

_THROWING = ('endEvent', 'intermediateThrowEvent')
_ACTING = FRAMES | {'serviceTask', 'scriptTask', 'businessRuleTask', 'sendTask', 'callActivity'}
_EVERYWHERE: dict[str, Rule] = {'conditional': CONDITIONAL, 'compensate': COMPENSATE, 'cancel': CANCEL,
                                'multiple': SEVERAL}
_ALLOWED = {
    'startEvent': ('', 'message'), 'intermediateCatchEvent': ('message', 'timer', 'signal', 'link'),
    'intermediateThrowEvent': ('', 'message', 'signal', 'escalation', 'link'),
    'boundaryEvent': ('message', 'timer', 'signal', 'error', 'escalation'),
    'endEvent': ('', 'message', 'signal', 'terminate', 'error', 'escalation'),
}

Left = tuple[tuple[Definition, Element], ...]
Caught = tuple[Element, Left]


def check(scene: Scene, diagram: Diagram) -> Iterator[Finding]:
    """The rules about every event and event sub-process."""
    definition = diagram.definition
    for element in definition.elements.values():
        if element.kind in _ALLOWED and not element.inserted:
            yield from _place(diagram, element)
        if element.kind == 'boundaryEvent':
            yield from _boundary(diagram, element)
        if element.kind in FRAMES and element.triggered:
            yield EVENT_FRAME.at(diagram.at(element))
        if element.event in ('error', 'escalation'):
            yield from _thrown(scene, diagram, element)
    yield from _signals(scene, diagram)
    for node in diagram.drawn('messageEventDefinition'):
        yield from _message(diagram, node)
    for node in diagram.drawn('sendTask', 'receiveTask'):
        if not node.get('messageRef') and not _topic(node):
            yield NO_REF.at(diagram.at(node), kind=_word('message'))


def _word(event: str) -> Both:
    return Both(WORDS.get(event) or EVENT_WORDS.get(event, event), event)


def _place(diagram: Diagram, element: Element) -> Iterator[Finding]:
    spot, parent = diagram.at(element), diagram.definition.elements.get(element.parent or '')
    if parent and parent.triggered and element.kind == 'startEvent':
        return
    if element.event in _EVERYWHERE:
        yield _EVERYWHERE[element.event].at(spot)
    elif element.kind == 'startEvent' and parent:
        if element.event:
            yield FRAME_START.at(spot, event=_word(element.event))
    elif element.kind == 'startEvent' and element.event == 'timer':
        yield START_TIMER.at(spot)
    elif element.kind == 'startEvent' and element.event not in _ALLOWED['startEvent']:
        yield START_KIND.at(spot, event=_word(element.event))
    elif element.event not in _ALLOWED[element.kind]:
        if element.event:
            yield MISPLACED.at(spot, event=_word(element.event))
        else:
            yield NOTHING.at(spot)


def _boundary(diagram: Diagram, element: Element) -> Iterator[Finding]:
    spot, host = diagram.at(element), diagram.definition.elements.get(element.attached_to)
    if not element.outgoing:
        yield NO_WAY.at(spot)
    if element.event == 'error' and not element.interrupting:
        yield ERROR_OPEN.at(spot)
    if host is None:
        return
    if element.event in ('error', 'escalation') and host.kind not in FRAMES | {'callActivity'}:
        yield ERROR_ON_TASK.at(spot, event=_word(element.event))
    if element.event in ('message', 'signal', 'escalation') and not element.interrupting:
        yield FIRES_ONCE.at(spot, event=_word(element.event))
    if element.interrupting and host.multi and host.kind in FRAMES | {'callActivity'}:
        yield MULTI_INTERRUPTED.at(spot, host=host.name or host.id)


def _thrown(scene: Scene, diagram: Diagram, element: Element) -> Iterator[Finding]:
    definition, what = diagram.definition, getattr(element, element.event)
    spot, word = diagram.at(element), _word(element.event)
    if element.kind == 'boundaryEvent':
        host = definition.elements.get(element.attached_to)
        if host and not any(_matches(element, thrower)
                            for thrower in _throws(scene, definition, host, set())):
            yield NEVER_THROWN.at(spot, event=word, what=what or '*')
    elif element.kind in _THROWING:
        caught = list(_catchers(scene, definition, element, element, (), set()))
        if not what:
            yield NO_REF.at(spot, kind=word)
        elif not caught:
            yield UNCAUGHT.at(spot, event=word, what=what)
        yield from _running_on(scene, spot, word, caught)


def _running_on(scene: Scene, spot: Spot, word: Both, caught: list[Caught]) -> Iterator[Finding]:
    for catcher, left in caught:
        if catcher.interrupting and any(_acts_behind(scene, definition, element) for definition,
                                        element in left):
            yield RUNS_ON.at(spot, event=word, catcher=catcher.name or catcher.id)


def _acts_behind(scene: Scene, definition: Definition, element: Element) -> bool:
    """Whether automatic steps follow before anything waits."""
    seen, todo = set(), definition.following(element.id)
    while todo:
        step = todo.pop()
        if step.id in seen:
            continue
        seen.add(step.id)
        if step.kind in _ACTING or step.event == 'message' and step.kind in _THROWING:
            return True
        if passes(scene, definition, step):
            todo += definition.following(step.id)
    return False


def _matches(catcher: Element, thrower: Element) -> bool:
    if catcher.event != thrower.event:
        return False
    return not getattr(catcher, catcher.event) or getattr(catcher, catcher.event) == getattr(thrower,
                                                                                             catcher.event)


def _throws(scene: Scene, definition: Definition, host: Element, asked: set[str]) -> Iterator[Element]:
    """What is thrown inside a sub-process or a called process, at any depth."""
    if host.kind == 'callActivity':
        called = scene.processes.get(host.called)
        if called is None or host.called in asked:
            return
        asked.add(host.called)
        definition, parent = called.definition, None
    else:
        parent = host.id
    for element in definition.inside(parent):
        if element.kind in _THROWING:
            yield element
        elif element.kind in FRAMES or element.kind == 'callActivity':
            yield from _throws(scene, definition, element, asked)


def _catchers(scene: Scene, definition: Definition, thrower: Element, at: Element, left: Left,
              asked: set[str]) -> Iterator[Caught]:
    """The boundary events around a thrower that catch it, and what the token leaves behind on the way."""
    left = (*left, (definition, at))
    if at.parent is not None:
        caught = [event for event in definition.boundaries(at.parent) if _matches(event, thrower)]
        yield from ((event, left) for event in caught)
        if not caught:
            yield from _catchers(scene, definition, thrower, definition.elements[at.parent], left, asked)
    elif definition.id not in asked and thrower.event != 'signal':
        asked.add(definition.id)
        for other, call in scene.callers.get(definition.id, ()):
            caught = [event for event in other.boundaries(call.id) if _matches(event, thrower)]
            yield from ((event, left) for event in caught)
            if not caught:
                yield from _catchers(scene, other, thrower, call, left, asked)


def _signals(scene: Scene, diagram: Diagram) -> Iterator[Finding]:
    users = [element for element in diagram.definition.elements.values() if element.event == 'signal']
    sent = {element.signal for element in users if element.kind in _THROWING}
    heard = {element.signal for element in users if element.kind in ('intermediateCatchEvent',
                                                                     'boundaryEvent')}
    for element in users:
        spot = diagram.at(element)
        if not element.signal:
            yield NO_REF.at(spot, kind=_word('signal'))
        elif element.kind in _THROWING:
            if element.signal not in heard:
                yield SIGNAL_UNHEARD.at(spot, what=element.signal)
            caught = list(_catchers(scene, diagram.definition, element, element, (), set()))
            yield from _running_on(scene, spot, _word('signal'), caught)
        elif element.signal not in sent:
            yield SIGNAL_UNSENT.at(spot, what=element.signal)


def _message(diagram: Diagram, node: etree._Element) -> Iterator[Finding]:
    spot = diagram.at(diagram.owner(node))
    if not node.get('messageRef'):
        yield NO_REF.at(spot, kind=_word('message'))
    if _topic(node) not in ('', 'message.send'):
        yield MESSAGE_TOPIC.at(spot, topic=_topic(node))


def _topic(node: etree._Element) -> str:
    return node.get(CAMUNDA + 'topic', '').strip()
