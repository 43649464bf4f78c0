"""Rules about events: which kind is executed where, and whether what is thrown is caught."""
from collections.abc import Iterator

from lxml import etree

from engine.definition import CAMUNDA, FRAMES, TASKS, THROWING, Definition, Element
from engine.finding import REFUSE, WARN, WORDS, Both, Finding, Rule, rule
from engine.gate.scene import Diagram, Scene

START_KIND = rule('event.start_kind', REFUSE, '{it}是{event}开始事件，不能发起流程；请由人、消息、信号或时间发起。',
                  '{it} is a {event} start event, which starts no instances; start them by hand, message, signal '
                  'or time.')
FRAME_START = rule('event.frame_start', REFUSE, '{it}在子流程里却带了{event}，不会等它；子流程的开始事件不能带事件，请在后面画中间捕获事件。',
                   '{it} stands in a sub-process and has a {event} event, which is not waited for; draw an '
                   'intermediate catch event behind it.')
NO_CONDITION = rule('event.no_condition', REFUSE, '{it}是条件事件，但没有写条件，请写上，如${{level > 1}}。',
                    '{it} is a conditional event without a condition; write one, such as ${{level > 1}}.')
COMPENSATE = rule('event.compensation', REFUSE, '{it}是补偿事件，什么也不会撤销；请把撤销画成普通步骤。',
                  '{it} is a compensation event, which undoes nothing; draw the undoing as ordinary steps.')
CANCEL_OUTSIDE = rule('event.cancel_outside', REFUSE, '{it}是取消事件，只能用在事务里（取消结束事件）和事务的边框上（取消边界事件）。',
                      '{it} is a cancel event; cancel ends stand in a transaction, cancel boundaries on the border.')
SEVERAL = rule('event.several', REFUSE, '{it}带了几个事件，不执行；请分成几个事件画。',
               '{it} has several events, which is not executed; draw one event for each.')
NOTHING = rule('event.nothing', REFUSE, '{it}没有说明等什么（时间、消息……），请选定类型。', '{it} does not say what it waits for.')
MISPLACED = rule('event.misplaced', REFUSE, '{it}是{event}事件，不能放在这个位置，不会执行。',
                 '{it} is a {event} event, which has no place there and is not executed.')
NO_REF = rule('event.no_ref', REFUSE, '{it}没有选定{kind}，请在属性里选一个或新建一个。',
              '{it} does not say which {kind}; choose or make one in its properties.')
NO_WAY = rule('boundary.no_way', REFUSE, '{it}没有引出的顺序流，发生了也什么都不做；请连到要办的下一步。',
              'No flow leaves {it}; it would do nothing. Connect it to what shall be done.')
ERROR_OPEN = rule('event.error_not_interrupting', REFUSE, '{it}是{event}事件，只能是中断的，请改成实线边框。',
                  '{it} is a {event} event and must interrupt.')
ERROR_ON_TASK = rule('event.error_on_task', REFUSE, '{it}贴在人办或等待的任务上，永远等不到{event}；错误和升级只由自动步骤、子流程和调用活动抛出。',
                     '{it} is attached to a task that waits and never happens; errors and escalations are thrown by '
                     'automatic steps, sub-processes and called processes only.')
NO_TIME = rule('boundary.no_time', WARN, '{it}贴在一到就做完的自动步骤上，等不到{event}；要等请改成用户任务或子流程。',
               '{it} is attached to an automatic step that is done at once; there is no time for its {event} event.')
UNCAUGHT = rule('event.uncaught', REFUSE, '{it}抛出的{event}“{what}”没有人接；请在外层画对应的边界事件或事件子流程。',
                'Nobody catches the {event} "{what}" that {it} throws; draw the boundary event or '
                'event sub-process around it.')
NEVER_THROWN = rule('event.never_thrown', WARN, '{it}等的{event}“{what}”没有人抛出。',
                    'Nobody throws the {event} "{what}" that {it} waits for.')
ESCALATION_UNHEARD = rule('escalation.unheard', WARN, '{it}抛出的升级“{what}”没有人接，不会有任何反应。',
                          'Nobody catches the escalation "{what}" of {it}; nothing comes of it.')
SIGNAL_UNHEARD = rule('signal.unheard', WARN, '{it}发出的信号“{what}”没有哪张图在等。',
                      'No diagram waits for the signal "{what}" of {it}.')
SIGNAL_UNSENT = rule('signal.unsent', WARN, '{it}等的信号“{what}”没有哪张图发出。',
                     'No diagram sends the signal "{what}" for which {it} waits.')
TO_KEY = rule('message.to_key', REFUSE, '{it}写了to_key，但它不发消息，或者to_key是空的；to_key只用在发消息的事件和任务上，写业务编号。',
              '{it} has to_key and throws no message, or to_key is empty; only what throws a message may have it, '
              'with a business key.')
TASK_BOTH = rule('message.task_both', REFUSE, '{it}既选了消息又写了主题“{topic}”，只能做一件；请删去一样。',
                 '{it} names a message and the topic "{topic}" and can do only one; delete one of them.')
MESSAGE_TOPIC = rule('message.topic', WARN, '{it}写了主题“{topic}”，不起作用；消息由系统送达。',
                     'The topic "{topic}" of {it} has no effect; messages are delivered by the engine.')

EVENT_WORDS = {'message': '消息', 'timer': '定时', 'signal': '信号', 'error': '错误', 'escalation': '升级',
               'conditional': '条件', 'compensate': '补偿', 'cancel': '取消', 'terminate': '终止', 'link': '链接',
               'multiple': '多重'}

_AUTOMATIC = frozenset({'task', 'manualTask', 'serviceTask', 'scriptTask', 'businessRuleTask', 'sendTask'})
_ACTING = _AUTOMATIC - {'task', 'manualTask'}
_OUTWARDS = ('error', 'escalation', 'cancel')
_EVERYWHERE: dict[str, Rule] = {'compensate': COMPENSATE, 'multiple': SEVERAL}
_ALLOWED = {
    'startEvent': ('', 'message', 'timer', 'signal'),
    'intermediateCatchEvent': ('message', 'timer', 'signal', 'conditional', 'link'),
    'intermediateThrowEvent': ('', 'message', 'signal', 'escalation', 'link'),
    'boundaryEvent': ('message', 'timer', 'signal', 'error', 'escalation', 'conditional', 'cancel'),
    'endEvent': ('', 'message', 'signal', 'terminate', 'error', 'escalation', 'cancel'),
}


def check(scene: Scene, diagram: Diagram) -> Iterator[Finding]:
    """The rules about every event."""
    for element in diagram.definition.elements.values():
        if element.kind in _ALLOWED and not element.inserted:
            yield from _place(diagram, element)
        if element.kind == 'boundaryEvent':
            yield from _boundary(diagram, element)
        if element.event in _OUTWARDS:
            yield from _thrown(scene, diagram, element)
        if element.event == 'conditional' and not element.condition:
            yield NO_CONDITION.at(diagram.at(element))
        to_key = element.properties.get('to_key')
        if to_key is not None and (not to_key.strip() or not _sends(element)):
            yield TO_KEY.at(diagram.at(element))
    yield from _signals(scene, diagram)
    for node in diagram.drawn('messageEventDefinition'):
        yield from _message(diagram, node)
    for node in diagram.drawn('sendTask', 'receiveTask'):
        if not node.get('messageRef') and not _topic(node):
            yield NO_REF.at(diagram.at(node), kind=word('message'))
        elif node.get('messageRef') and _topic(node):
            yield TASK_BOTH.at(diagram.at(node), topic=_topic(node))


def _sends(element: Element) -> bool:
    return element.kind in THROWING and bool(element.message) and not element.topic


def word(event: str) -> Both:
    """What a kind of event is called in a sentence."""
    return Both(WORDS.get(event) or EVENT_WORDS.get(event, event), event)


def _place(diagram: Diagram, element: Element) -> Iterator[Finding]:
    spot, parent = diagram.at(element), diagram.definition.elements.get(element.parent or '')
    if element.event in _EVERYWHERE:
        yield _EVERYWHERE[element.event].at(spot)
    elif element.kind == 'startEvent' and parent:
        if element.event and not parent.triggered:
            yield FRAME_START.at(spot, event=word(element.event))
    elif element.kind == 'startEvent' and element.event not in _ALLOWED['startEvent']:
        yield START_KIND.at(spot, event=word(element.event))
    elif element.event not in _ALLOWED[element.kind]:
        if element.event:
            yield MISPLACED.at(spot, event=word(element.event))
        else:
            yield NOTHING.at(spot)


def _boundary(diagram: Diagram, element: Element) -> Iterator[Finding]:
    spot, host = diagram.at(element), diagram.definition.elements.get(element.attached_to)
    if not element.outgoing and element.event != 'compensate':
        yield NO_WAY.at(spot)
    if element.event in ('error', 'cancel') and not element.interrupting:
        yield ERROR_OPEN.at(spot, event=word(element.event))
    if host is None:
        return
    if element.event == 'cancel' and host.kind != 'transaction':
        yield CANCEL_OUTSIDE.at(spot)
    if element.event in ('error', 'escalation') and host.kind in TASKS and not _acts(host):
        yield ERROR_ON_TASK.at(spot, event=word(element.event))
    if element.event in ('message', 'timer', 'signal', 'conditional') and host.kind in _AUTOMATIC:
        yield NO_TIME.at(spot, event=word(element.event))


def _acts(element: Element) -> bool:
    """Whether an action, script or table is behind a task, which may throw what nobody can see here."""
    return element.kind in _ACTING and (element.kind != 'sendTask' or bool(element.topic))


def _thrown(scene: Scene, diagram: Diagram, element: Element) -> Iterator[Finding]:
    definition, what = diagram.definition, _code(element)
    spot, kind = diagram.at(element), word(element.event)
    frame = definition.elements.get(element.parent or '')
    if element.kind == 'boundaryEvent' or element.kind == 'startEvent' and frame and frame.triggered:
        inside = _inside(scene, definition, element, frame)
        if inside and not any(_acts(one) or matches(element, one) for one in inside):
            yield NEVER_THROWN.at(spot, event=kind, what=what or '*')
    elif element.kind in THROWING:
        if not what and element.event != 'cancel':
            yield NO_REF.at(spot, kind=kind)
        elif element.event == 'cancel' and not _in_transaction(definition, element):
            yield CANCEL_OUTSIDE.at(spot)
        elif not caught(scene, definition, element, element, set()):
            rule = ESCALATION_UNHEARD if element.event == 'escalation' else UNCAUGHT
            yield rule.at(spot, event=kind, what=what)


def _in_transaction(definition: Definition, element: Element) -> bool:
    while element.parent is not None:
        element = definition.elements[element.parent]
        if element.kind == 'transaction':
            return True
    return False


def _code(element: Element) -> str:
    return '' if element.event == 'cancel' else getattr(element, element.event)


def matches(catcher: Element, thrower: Element) -> bool:
    """Whether an event catches what another throws; without a code it catches every code."""
    return catcher.event == thrower.event and (not _code(catcher) or _code(catcher) == _code(thrower))


def _inside(scene: Scene, definition: Definition, catcher: Element, frame: Element | None) -> list[Element]:
    """Everything that may throw to a catching event: what its host holds, or what stands on the level of its frame."""
    if catcher.kind == 'boundaryEvent':
        host = definition.elements.get(catcher.attached_to)
        return [] if host is None else [host, *_throws(scene, definition, host, set())]
    level = (one for one in definition.inside(frame.parent) if one.id != frame.id)
    return [found for one in level for found in (one, *_throws(scene, definition, one, set()))]


def _throws(scene: Scene, definition: Definition, host: Element, asked: set[str]) -> Iterator[Element]:
    """What stands inside a sub-process or a called process, at any depth."""
    if host.kind == 'callActivity':
        called = scene.processes.get(host.called)
        if called is None or host.called in asked:
            return
        asked.add(host.called)
        definition, parent = called.definition, None
    else:
        parent = host.id
    for element in definition.inside(parent):
        yield element
        if element.kind in FRAMES or element.kind == 'callActivity':
            yield from _throws(scene, definition, element, asked)


def caught(scene: Scene, definition: Definition, thrower: Element, at: Element, asked: set[str]) -> bool:
    """Whether an event around a thrower catches it: of its level's event sub-processes, or on a border further out."""
    handlers = (start for frame in definition.inside(at.parent) if frame.triggered and frame.id != at.id
                for start in definition.inside(frame.id) if start.kind == 'startEvent')
    if any(matches(start, thrower) for start in handlers):
        return True
    if at.parent is not None:
        frame = definition.elements[at.parent]
        return any(matches(event, thrower) for event in definition.boundaries(at.parent)) or caught(
            scene, definition, thrower, frame, asked)
    if definition.id in asked:
        return False
    asked.add(definition.id)
    return any(any(matches(event, thrower) for event in other.boundaries(call.id))
               or caught(scene, other, thrower, call, asked) for other, call in scene.callers.get(definition.id, ()))


def _signals(scene: Scene, diagram: Diagram) -> Iterator[Finding]:
    users = [element for other in scene.diagrams for element in other.definition.elements.values()
             if element.event == 'signal']
    sent = {element.signal for element in users if element.kind in THROWING}
    heard = {element.signal for element in users if element.kind not in THROWING}
    for element in diagram.definition.elements.values():
        if element.event != 'signal':
            continue
        spot = diagram.at(element)
        if not element.signal:
            yield NO_REF.at(spot, kind=word('signal'))
        elif element.kind in THROWING and element.signal not in heard:
            yield SIGNAL_UNHEARD.at(spot, what=element.signal)
        elif element.kind not in THROWING and element.signal not in sent:
            yield SIGNAL_UNSENT.at(spot, what=element.signal)


def _message(diagram: Diagram, node: etree._Element) -> Iterator[Finding]:
    spot = diagram.at(diagram.owner(node))
    if not node.get('messageRef'):
        yield NO_REF.at(spot, kind=word('message'))
    if _topic(node) not in ('', 'message.send'):
        yield MESSAGE_TOPIC.at(spot, topic=_topic(node))


def _topic(node: etree._Element) -> str:
    return node.get(CAMUNDA + 'topic', '').strip()
