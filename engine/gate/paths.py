"""Rules about the ways through a diagram: what is never reached, what never waits, what repeats."""
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from engine.definition import FRAMES, THROWING, Definition, Element, flag
from engine.finding import REFUSE, WARN, Finding, rule
from engine.gate.scene import Diagram, Scene

UNREACHED = rule('path.unreached', REFUSE, '从开始事件走不到{it}，它永远不会执行；请连上，或删去。',
                 '{it} cannot be reached from a start event and never runs; connect it or delete it.')
NO_WAY_OUT = rule('path.no_way_out', REFUSE, '{it}里没有一条路走得到结束事件，请把最后一步连到结束事件。',
                  'No way in {it} leads to an end event; connect its last step to one.')
NEVER_WAITS = rule('path.never_waits', REFUSE, '回路{steps}里没有一步会停下来等人、等时间或等消息，会一直转下去；请在回路里加一个等待的步骤。',
                   'The loop {steps} never waits for a person, a time or a message and would turn for ever; '
                   'put a waiting step into it.')
ONLY_DATES = rule('path.only_dates', WARN, '回路{steps}只等日期或条件；日期已过、条件已成立时会连续转，请确认每一轮都会往后走。',
                  'The loop {steps} waits for dates or conditions only and turns at once where they are past or '
                  'hold; make sure that every round moves them.')
REPEATED_TASK = rule('cycle.opens_task', WARN, '{it}每次都会再开一个“{target}”，久了会堆成一片；定期办的事通常画成回路。',
                     '{it} opens another "{target}" each time; periodic work is usually drawn as a loop.')
ECHO = rule('path.echo', REFUSE, '{it}每听到一次“{what}”，“{thrower}”就不等不停地再发一次，会一直响下去；请在中间加一个等待的步骤，或换个名字。',
            'Each "{what}" that {it} hears makes "{thrower}" throw it again without waiting, for ever; put a waiting '
            'step between, or use another name.')
DEADLOCK = rule('path.deadlock', REFUSE, '{it}要等齐几条分支，可它们来自“{split}”，不会都走到，事项会永远停在这里；请改用与它相同的网关汇合。',
                '{it} waits for branches of "{split}" that are not all taken; the matter would stop here for '
                'ever. Join with a gateway of the same kind.')
DOUBLED = rule('path.doubled', WARN, '“{split}”分出的几条分支在{it}没有等齐就各自往下走，后面的步骤会办几次；要等齐请用并行网关汇合。',
               'The branches of "{split}" meet at {it} without waiting for each other, so what follows is '
               'done several times; join them with a parallel gateway.')

MAY_BE_EMPTY = rule('path.may_be_empty', REFUSE, '回路{steps}里等人的{several}是多实例，集合可能是空的，一份也不办，回路就会一直转下去；请在回路里加一个总会等待的步骤。',
                    'In the loop {steps} only {several} waits, once for each of a collection that may be empty; then '
                    'the loop would turn for ever. Put a step into it that always waits.')

_SPLITS = ('parallelGateway', 'inclusiveGateway')
_WAITING = ('userTask', 'receiveTask', 'intermediateCatchEvent', 'eventBasedGateway', 'boundaryEvent')
_THROWN = ('error', 'escalation', 'cancel')


def check(scene: Scene, diagram: Diagram) -> Iterator[Finding]:
    """The rules about ways; only for a diagram whose flows and references hold together."""
    definition = diagram.definition
    yield from _unreached(diagram)
    for parent in [None, *(element.id for element in definition.elements.values() if element.kind in FRAMES)]:
        yield from _loops(scene, diagram, parent)
    yield from _repeats(scene, diagram)
    yield from _echoes(scene, diagram)
    yield from _joins(diagram)


def _unreached(diagram: Diagram) -> Iterator[Finding]:
    definition = diagram.definition
    starts = [element for element in definition.elements.values() if element.kind == 'startEvent']
    seen = _reach(definition, starts)
    unstarted = {frame.id for frame in definition.elements.values() if frame.triggered and not any(
        start.parent == frame.id for start in starts)}                # told so already
    undoing = {node.get('id') for node in diagram.process.iter() if flag(node, 'isForCompensation')}
    for element in definition.elements.values():
        host = definition.elements.get(element.attached_to)
        told = (element.parent in unstarted or element.id in undoing
                or host and host.id not in seen)                      # one finding for what belongs together
        if element.id not in seen and not element.inserted and not element.triggered and not told:
            yield UNREACHED.at(diagram.at(element))
    for frame in definition.elements.values():
        inside = definition.inside(frame.id) if frame.kind in FRAMES else []
        ends = [element for element in inside if element.kind == 'endEvent']
        if ends and frame.id not in unstarted and not any(element.id in seen for element in ends):
            yield NO_WAY_OUT.at(diagram.at(frame))


def _reach(definition: Definition, starts: Iterable[Element]) -> set[str]:
    seen, todo = set(), list(starts)
    while todo:
        element = todo.pop()
        if element.id not in seen:
            seen.add(element.id)
            todo += [*definition.following(element.id), *definition.boundaries(element.id)]
    return seen


def passes(scene: Scene, definition: Definition, element: Element) -> bool:
    """Whether a token may go through an element without waiting for anything outside the engine."""
    if element.multi or element.loop and element.loop.test_before:
        return True                                                   # an empty collection passes at once
    if element.kind in FRAMES:
        return _has_free_way(scene, definition, element.id)
    if element.kind == 'callActivity':
        called = scene.processes.get(element.called)
        return called is not None and _has_free_way(scene, called.definition, None)
    return element.kind not in _WAITING or element.kind == 'boundaryEvent' and element.event in _THROWN


def _has_free_way(scene: Scene, definition: Definition, parent: str | None) -> bool:
    key = definition.id, parent
    if key not in scene.passing:
        scene.passing[key] = True                                     # calling oneself is no waiting
        scene.passing[key] = _find_free_way(scene, definition, parent)
    return scene.passing[key]


def _find_free_way(scene: Scene, definition: Definition, parent: str | None) -> bool:
    seen, todo = set(), [element for element in definition.inside(parent) if element.kind == 'startEvent']
    while todo:
        element = todo.pop()
        if element.id in seen:
            continue
        seen.add(element.id)
        if element.kind == 'startEvent' or passes(scene, definition, element):
            if not element.outgoing:
                return True
            todo += definition.following(element.id)
    return False


def _loops(scene: Scene, diagram: Diagram, parent: str | None) -> Iterator[Finding]:
    definition = diagram.definition
    inside = {element.id: element for element in definition.inside(parent)}
    free = {ident for ident, element in inside.items() if passes(scene, definition, element)}
    dated = {ident for ident, element in inside.items() if _past_date_passes(element)}

    def flows(among: set[str]) -> Callable[[str], list[str]]:
        return lambda ident: [other.id for other in (*definition.following(ident), *definition.boundaries(ident))
                              if other.id in among]

    told = {ident for ident in free if inside[ident].loop and not inside[ident].loop.most
            and passes(scene, definition, replace(inside[ident], loop=None))}
    for ident in sorted(told):
        yield NEVER_WAITS.at(diagram.at(inside[ident]), steps=_names(inside, [ident]))
    for loop in _knots(free, flows(free)):
        told.update(loop)
        waiting = [ident for ident in loop if inside[ident].multi and not passes(
            scene, definition, replace(inside[ident], multi=None))]
        several = '、'.join(f'“{inside[ident].name or ident}”' for ident in waiting)
        which = MAY_BE_EMPTY if waiting else NEVER_WAITS
        yield which.at(diagram.at(inside[loop[0]]), steps=_names(inside, loop), several=several)

    loose = free | dated

    def with_dates(ident: str) -> list[str]:
        edges = [event.id for event in definition.boundaries(ident) if event.id in dated
                 and event.interrupting]
        return edges + [other.id for other in definition.following(ident)
                        if ident in loose and (other.id in loose or definition.boundaries(other.id))]

    for loop in _knots(set(inside), with_dates):
        if not told.intersection(loop):
            yield ONLY_DATES.at(diagram.at(inside[loop[0]]), steps=_names(inside, loop))


def _past_date_passes(element: Element) -> bool:
    return element.event == 'conditional' or bool(
        element.timer and element.timer.kind == 'date' and 'entered_at' not in element.timer.text
                and element.kind in ('intermediateCatchEvent', 'boundaryEvent'))


def _names(inside: dict[str, Element], loop: list[str]) -> str:
    shown = list(dict.fromkeys(inside[ident].name or inside[ident].id for ident in loop))
    return ' → '.join(f'“{name}”' for name in [*shown[:6], shown[0]])


def _knots(nodes: set[str], following: Callable[[str], list[str]]) -> Iterator[list[str]]:
    """The strongly connected sets that hold a loop, in the order of finding (Tarjan, without recursion)."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    open_: set[str] = set()
    for start in sorted(nodes):
        if start in number:
            continue
        number[start] = low[start] = len(number)
        stack.append(start)
        open_.add(start)
        work = [(start, iter(following(start)))]
        while work:
            node, ways = work[-1]
            for other in ways:
                if other not in number:
                    number[other] = low[other] = len(number)
                    stack.append(other)
                    open_.add(other)
                    work.append((other, iter(following(other))))
                    break
                if other in open_:
                    low[node] = min(low[node], number[other])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == number[node]:
                    knot = [stack.pop()]
                    while knot[-1] != node:
                        knot.append(stack.pop())
                    knot.reverse()
                    open_.difference_update(knot)
                    if len(knot) > 1 or node in following(node):
                        yield knot


def _repeats(scene: Scene, diagram: Diagram) -> Iterator[Finding]:
    definition = diagram.definition
    for element in definition.elements.values():
        if element.interrupting or not element.timer or element.timer.kind != 'cycle':
            continue
        seen, todo = set(), definition.following(element.id)
        while todo:
            step = todo.pop()
            if step.id in seen:
                continue
            seen.add(step.id)
            if step.multi or step.kind == 'userTask' or (step.kind in FRAMES | {'callActivity'}
                                                          and not passes(scene, definition, step)):
                yield REPEATED_TASK.at(diagram.at(element), target=step.name or step.id)
            elif passes(scene, definition, step):
                todo += definition.following(step.id)


def _echoes(scene: Scene, diagram: Diagram) -> Iterator[Finding]:
    """What reacts to something by throwing the same again, and goes on reacting."""
    definition = diagram.definition
    for element in definition.elements.values():
        if element.interrupting or element.event not in ('message', 'signal', 'escalation'):
            continue
        what = getattr(element, element.event)
        for step in _at_once(scene, definition, definition.following(element.id)):
            if step.kind in THROWING and step.event == element.event and getattr(step, step.event) == what:
                yield ECHO.at(diagram.at(element), what=what, thrower=step.name or step.id)


def _at_once(scene: Scene, definition: Definition, todo: list[Element]) -> Iterator[Element]:
    """The steps that are reached without waiting, those inside sub-processes too."""
    seen: set[str] = set()
    while todo:
        step = todo.pop()
        if step.id in seen:
            continue
        seen.add(step.id)
        yield step
        if step.kind in FRAMES:
            todo += [one for one in definition.inside(step.id) if one.kind == 'startEvent']
        if passes(scene, definition, step):
            todo += definition.following(step.id)


def _joins(diagram: Diagram) -> Iterator[Finding]:
    """Where branches of one split meet directly: whether the join waits for what the split sends."""
    definition = diagram.definition
    known: dict[str, str | None] = {}
    for element in definition.elements.values():
        splits = [_split_before(definition, flow, known) for flow in element.incoming
                  if len(element.incoming) > 1]
        for split in dict.fromkeys(one for one in splits if one and splits.count(one) > 1):
            kind = definition.elements[split].kind
            name = definition.elements[split].name or definition.elements[split].inserted or split
            if element.kind == 'parallelGateway' and kind != 'parallelGateway':
                yield DEADLOCK.at(diagram.at(element), split=name)
            elif element.kind not in _SPLITS and kind == 'parallelGateway' and element.kind != 'endEvent':
                yield DOUBLED.at(diagram.at(element), split=name)


def _split_before(definition: Definition, flow: str, known: dict[str, str | None]) -> str | None:
    """The gateway from which a branch comes, back through steps that have one way in and one way out."""
    way: list[str] = []
    found = None
    while flow not in known:
        way.append(flow)
        known[flow] = None
        element = definition.elements.get(definition.flows[flow].source)
        if element is None:
            break
        if element.kind in ('exclusiveGateway', 'eventBasedGateway', *_SPLITS) and len(element.outgoing) > 1:
            found = element.id
            break
        if len(element.incoming) != 1 or len(element.outgoing) != 1:
            break
        flow = element.incoming[0]
    else:
        found = known[flow]
    known.update(dict.fromkeys(way, found))
    return found
