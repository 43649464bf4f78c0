"""Rules about data: what two branches write at once, and what is written where nobody outside can see it."""
from collections.abc import Iterator

from engine import expression
from engine.definition import FRAMES, Definition, Element, understood
from engine.finding import REFUSE, WARN, Finding, rule
from engine.gate.names import by
from engine.gate.scene import Diagram, Scene

TWO_WRITERS = rule('data.two_writers', REFUSE, '{it}与“{other}”在同时进行的两条分支里，都写“{what}”，后写的会盖掉先写的；请用不同的名字。',
                   '{it} and "{other}" are on branches that run side by side and both write "{what}"; the later '
                   'one wins. Use different names.')
TWO_WRITERS_FACT = rule('data.two_writers_fact', WARN, '{it}与“{other}”在同时进行的两条分支里，都写台账字段“{what}”，以后写的为准。',
                        '{it} and "{other}" are on branches that run side by side and both write the fact "{what}"; '
                        'the later one stands.')
LOST = rule('data.lost', REFUSE, '{it}读“{what}”，但它只在多实例的“{writer}”里写，各写各的，外面看不到；请在那里写明结果列表（loopDataOutputRef）。',
            '{it} reads "{what}", which is written only inside the multi-instance "{writer}", for each instance alone; '
            'collect the results there (loopDataOutputRef).')

NOT_HANDED = rule('call.not_handed', REFUSE, '{it}读“{what}”，但这张图是被调用的，看不到调用它的“{other}”里的字段；请在调用活动上用camunda:in交进来。',
                  '{it} reads "{what}", yet this diagram is called and sees nothing of "{other}", which calls it; '
                  'hand it over with camunda:in.')
NOT_RETURNED = rule('call.not_returned', REFUSE, '{it}读“{what}”，但它只在被调用的“{other}”里写；请在调用活动上用camunda:out取回来。',
                    '{it} reads "{what}", which is written only in "{other}", which is called; take it back '
                    'with camunda:out.')

_SPLITS = ('parallelGateway', 'inclusiveGateway')


def check(scene: Scene, diagram: Diagram) -> Iterator[Finding]:
    """The rules about data; only for a diagram whose flows and references hold together."""
    yield from _races(scene, diagram)
    yield from _lost(scene, diagram)
    yield from _across(scene, diagram)


def _writes(scene: Scene, element: Element) -> set[str]:
    return set(by(element, scene.forms, scene.tables, scene.topics))


def _shared(scene: Scene, definition: Definition, element: Element) -> Iterator[tuple[str, Element]]:
    """What an element and everything in it write for all to see, each name with its writer."""
    if element.multi:
        if element.multi.output:
            yield element.multi.output, element
        return
    yield from ((name, element) for name in _writes(scene, element))
    if element.kind in FRAMES:
        for inner in definition.inside(element.id):
            yield from _shared(scene, definition, inner)


def _races(scene: Scene, diagram: Diagram) -> Iterator[Finding]:
    definition, told = diagram.definition, set()
    order = {ident: number for number, ident in enumerate(definition.elements)}
    for split in definition.elements.values():
        if split.kind not in _SPLITS or len(split.outgoing) < 2:
            continue
        reached = [_reach(definition, definition.flows[flow].target, split.id) for flow in split.outgoing]
        first: dict[str, tuple[int, Element]] = {}
        for number, own in enumerate(reached):
            alone = own.difference(*(other for at, other in enumerate(reached) if at != number))
            found = ((order[writer.id], name, writer) for ident in alone
                     for name, writer in _shared(scene, definition, definition.elements[ident]))
            for _, name, writer in sorted(found, key=lambda one: one[:2]):
                at, other = first.setdefault(name, (number, writer))
                if at != number and (name, writer.id) not in told:
                    told.add((name, writer.id))
                    which = TWO_WRITERS_FACT if name in scene.facts else TWO_WRITERS
                    yield which.at(diagram.at(writer), other=other.name or other.id, what=name)


def _reach(definition: Definition, begin: str, split: str) -> set[str]:
    """The elements to which a branch leads on its own level, not by way of the split again."""
    seen, todo = set(), [begin]
    while todo:
        ident = todo.pop()
        if ident != split and ident not in seen and ident in definition.elements:
            seen.add(ident)
            todo += [one.id for one in (*definition.following(ident), *definition.boundaries(ident))]
    return seen


def _lost(scene: Scene, diagram: Diagram) -> Iterator[Finding]:
    definition, inside, outside = diagram.definition, {}, set()
    for element in definition.elements.values():
        around = _multi_around(definition, element)
        for name in _writes(scene, element):
            if around is None or element.multi and name == element.multi.output:
                outside.add(name)
            else:
                inside.setdefault(name, around)
    known = scene.facts | scene.told | outside | definition.data
    lost = {name: writer for name, writer in inside.items() if name not in known
            and not any(other is not diagram and name in _written(scene, other) for other in scene.diagrams)}
    for place in definition.places() if lost else ():
        element = definition.elements.get(place.element)
        where = element or definition.elements.get(definition.flows[place.element].source)
        for name in sorted(_reads(place) & lost.keys()):
            if where is not None and _multi_around(definition, where) is None:
                yield LOST.at(diagram.at(element or definition.flows[place.element]), what=name,
                              writer=lost[name].name or lost[name].id)


def _multi_around(definition: Definition, element: Element | None) -> Element | None:
    """The outermost activity with several instances in which an element stands, itself included."""
    found = None
    while element is not None:
        found = element if element.multi else found
        element = definition.elements.get(element.parent or '')
    return found


def _written(scene: Scene, diagram: Diagram) -> set[str]:
    return {name for element in diagram.definition.elements.values() for name in _writes(scene, element)}


def _reads(place: object) -> frozenset[str]:
    try:
        return frozenset(understood(place).names)
    except expression.ExpressionError:
        return frozenset()


def _across(scene: Scene, diagram: Diagram) -> Iterator[Finding]:
    """What is read on one side of a call and written on the other without being mapped."""
    definition = diagram.definition
    calls = [element for element in definition.elements.values()
             if element.kind == 'callActivity' and element.called in scene.processes and not element.all_out]
    callers = [caller for caller, call in scene.callers.get(definition.id, ()) if not call.all_in]
    if not calls and not callers or definition.starts:
        return
    own = scene.facts | scene.told | definition.data | _written(scene, diagram) | _handed(scene, definition)
    below = {name: element.called for element in calls
             for name in _written(scene, scene.processes[element.called]) - own}
    above = {name: caller.name or caller.id for caller in callers
             for name in _written(scene, scene.processes[caller.id]) - own} if callers else {}
    for place in definition.places():
        element = definition.elements.get(place.element)
        multi = element.multi if element else None
        spot = diagram.at(element or definition.flows[place.element])
        if place.part.startswith('out:') or multi and place.part == 'result':
            continue                                                  # asked of the called process itself
        for name in sorted(_reads(place) - own):
            if name in below:
                yield NOT_RETURNED.at(spot, what=name, other=below[name])
            elif name in above:
                yield NOT_HANDED.at(spot, what=name, other=above[name])


def _handed(scene: Scene, definition: Definition, seen: frozenset[str] = frozenset()) -> set[str]:
    """What every kind of token carries here: elements of collections, and what callers hand in, one by one or all."""
    found = {element.multi.variable for element in definition.elements.values() if element.multi}
    for caller, call in scene.callers.get(definition.id, ()):
        found |= call.into.keys()
        if call.all_in and caller.id not in seen:
            found |= _written(scene, scene.processes[caller.id]) | _handed(scene, caller, seen | {definition.id})
    return found
