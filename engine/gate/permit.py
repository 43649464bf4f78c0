"""Rules about what a user task allows besides submitting it: known acts, and returns that lead back."""
from collections.abc import Iterator

from engine import permit
from engine.definition import Definition, Element
from engine.finding import REFUSE, WARN, Both, Finding, rule
from engine.gate.scene import Diagram, Scene
from engine.gate.vocabulary import hint

UNKNOWN_ACT = rule('allow.unknown', REFUSE, '{it}的allow里的“{what}”不是一种办法；可以写：{known}{hint}',
                   'The "{what}" in allow of {it} is no act; there are: {known}{hint}')
NOT_A_TASK = rule('allow.place', REFUSE, '{it}不是用户任务，allow、return_to写在上面不起作用，请删去。',
                  '{it} is no user task; allow and return_to have no effect there.')
NO_TARGET = rule('return.nowhere', WARN, '{it}允许退回，但没有写明退回到哪一步（return_to），页面上不会有退回。',
                 '{it} allows to return and names no step (return_to); nobody will be offered it.')
NOT_ALLOWED = rule('return.not_allowed', WARN, '{it}写了退回到哪一步，allow里却没有“退回”，不起作用。',
                   '{it} names steps to return to, and its allow does not hold return.')
NO_STEP = rule('return.unknown', REFUSE, '{it}要退回到的“{what}”不是本图的一个步骤{hint}',
               '{it} is to be returned to "{what}", which is no step of this diagram{hint}')
NOT_EARLIER = rule('return.not_earlier', REFUSE, '{it}要退回到“{what}”，但从那里走不到这一步；只能退回到前面的步骤，不能跳到后面。',
                   '{it} is to be returned to "{what}", from which it is never reached; one returns to earlier steps only.')
INTO_SEVERAL = rule('return.into_several', REFUSE, '{it}在外面，不能退回到多实例里面的“{what}”：不知道是哪一份。请退回到整个多实例。',
                    '{it} cannot be returned into "{what}" within a multi-instance activity; name the activity itself.')

_STEPS = ('userTask', 'subProcess')


def check(scene: Scene, diagram: Diagram) -> Iterator[Finding]:
    """The acts and returns that are drawn at the elements of a diagram."""
    for element in diagram.definition.elements.values():
        if not element.properties.keys() & {'allow', 'return_to'}:
            continue
        if element.kind != 'userTask':
            yield NOT_A_TASK.at(diagram.at(element))
            continue
        for word in permit.unknown(element):
            known = Both('、'.join(f'{act}（{zh}）' for act, zh in permit.ACTS.items()), ', '.join(permit.ACTS))
            yield UNKNOWN_ACT.at(diagram.at(element), what=word, known=known,
                                 hint=hint(word, [*permit.ACTS, *permit.ACTS.values()]))
        yield from _returns(diagram, element)


def _returns(diagram: Diagram, element: Element) -> Iterator[Finding]:
    spot, named = diagram.at(element), permit.listed(element.properties.get('return_to', ''))
    allowed = 'return' in permit.allowed(element)
    if named and not allowed:
        yield NOT_ALLOWED.at(spot)
    if allowed and not named:
        yield NO_TARGET.at(spot)
    definition = diagram.definition
    drawn = [one for one in definition.elements.values() if one.kind in _STEPS and not one.inserted]
    steps, called = [one.id for one in drawn], {one.name: one.id for one in drawn}
    for name in named:
        target = definition.elements.get(name)
        if target is None or name not in steps:
            yield NO_STEP.at(spot, what=name, hint=hint(called.get(name, name), steps))
        elif name == element.id or not leads(definition, target, element):
            yield NOT_EARLIER.at(spot, what=target.name or name)
        elif into_several(definition, target, element):
            yield INTO_SEVERAL.at(spot, what=target.name or name)


def into_several(definition: Definition, target: Element, element: Element) -> bool:
    """Whether one element is in a multi-instance activity in which the other is not."""
    outside = _around(definition, element)
    return any(definition.elements[outer].multi for outer in _around(definition, target) if outer not in outside)


def _around(definition: Definition, element: Element) -> list[str]:
    """The sub-processes around an element, innermost first."""
    found, outer = [], element.parent
    while outer is not None:
        found.append(outer)
        outer = definition.elements[outer].parent
    return found


def leads(definition: Definition, source: Element, target: Element) -> bool:
    """Whether a token comes from one element to another: along flows and boundary events, out of and into sub-processes."""
    seen, todo = set(), [source.id]
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        todo += [one.id for one in (*definition.following(name), *definition.boundaries(name), *definition.inside(name))]
        todo += _around(definition, definition.elements[name])[:1]
    return target.id in seen
