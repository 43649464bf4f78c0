"""Rules about names: numbers that the picture says and the expression does not, missing labels."""
import re
from collections.abc import Iterator

from engine.definition import Element, Flow
from engine.finding import REFUSE, WARN, Finding, rule
from engine.gate.scene import Diagram, Scene
from engine.gate.vocabulary import hint

NUMBER = rule('name.number', WARN, '{it}的名称里有“{what}”，表达式里却没有这个数；改了表达式，图上就说错了。',
              'The name of {it} says "{what}", which its expression does not; when one changes the other '
              'lies.')
SAME_DATE = rule('name.same_date', WARN, '{it}与“{other}”贴在同一步上，时间完全相同，请合成一个。',
                 '{it} and "{other}" hang on the same step with the same time; make them one.')
PLACEHOLDER = rule('name.unknown_parameter', REFUSE, '{it}的名称里的参数“{what}”，参数表（parameters.dmn）里没有{hint}',
                   'The name of {it} shows the parameter "{what}", which parameters.dmn does not hold{hint}')
UNWORKED = rule('name.expression', WARN, '{it}的名称里的“{what}”不会计算，原样显示；要显示参数请写{{参数名}}。',
                'The "{what}" in the name of {it} is not worked out but shown as it stands; for a parameter write '
                '{{its name}}.')
UNNAMED = rule('name.missing', WARN, '{it}没有名称，台账和轨迹里看不懂。',
               '{it} has no name; lists and the trail cannot say what it is.')
UNLABELLED = rule('name.flow', WARN, '{it}的流向{flow}没有标注（是／否……）。', 'The flow {flow} out of {it} has no label.')

_NUMBER = re.compile(r'(?<![A-Za-z0-9.])(?<![A-Za-z0-9]-)\d+(?:\.\d+)?')
_SPAN = re.compile(r'(?<![A-Za-z])P(?=[\dT])[\d.YMWDTHS]+')
_PLACE = re.compile(r'(?<![$#])\{(\w+)\}')
_EXPRESSION = re.compile(r'[$#]\{[^{}]*\}')
_NAMED = ('userTask', 'serviceTask', 'businessRuleTask', 'callActivity', 'receiveTask', 'boundaryEvent',
          'intermediateCatchEvent')


def check(scene: Scene, diagram: Diagram) -> Iterator[Finding]:
    """Every name of a diagram."""
    definition = diagram.definition
    texts: dict[str, list[str]] = {}
    for place in definition.places():
        texts.setdefault(place.element, []).append(place.text)
    for where in (*definition.elements.values(), *definition.flows.values()):
        if where.inserted:
            continue
        spot = diagram.at(where)
        own = [*texts.get(where.id, ()), *getattr(where, 'into', {}).values()]
        said = {number for text in own for number in _numbers(text)}
        for number in dict.fromkeys(_NUMBER.findall(_PLACE.sub('', _EXPRESSION.sub('', where.name)))):
            if number not in said:
                yield NUMBER.at(spot, what=number)
        for name in dict.fromkeys(_PLACE.findall(where.name)):
            if name not in scene.parameters:
                yield PLACEHOLDER.at(spot, what=name, hint=hint(name, scene.parameters))
        for what in dict.fromkeys(_EXPRESSION.findall(where.name)) if isinstance(where, Element) else ():
            yield UNWORKED.at(spot, what=what)
        if isinstance(where, Element) and not where.name and where.kind in _NAMED:
            yield UNNAMED.at(spot)
    yield from _same_dates(diagram)
    yield from _labels(diagram)


def _numbers(text: str) -> Iterator[str]:
    """The numbers of an expression; those of a duration such as P3D stand between its letters."""
    yield from _NUMBER.findall(text)
    for span in _SPAN.findall(text):
        yield from re.findall(r'\d+(?:\.\d+)?', span)


def _same_dates(diagram: Diagram) -> Iterator[Finding]:
    first: dict[tuple[str, str, str], Element] = {}
    for element in diagram.definition.elements.values():
        if element.kind == 'boundaryEvent' and element.timer:
            other = first.setdefault((element.attached_to, *element.timer), element)
            if other is not element:
                yield SAME_DATE.at(diagram.at(element), other=other.name or other.id)


def _labels(diagram: Diagram) -> Iterator[Finding]:
    definition = diagram.definition
    for element in definition.elements.values():
        if element.kind not in ('exclusiveGateway',
                                'inclusiveGateway') or element.inserted or len(element.outgoing) < 2:
            continue
        for ident in element.outgoing:
            flow: Flow = definition.flows[ident]
            if not flow.name and not flow.inserted:
                yield UNLABELLED.at(diagram.at(element), flow=ident)
