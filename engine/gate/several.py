"""Rules about a step that several do, each with an answer of his own: nobody begins with what another said."""
from collections.abc import Iterator

from engine import expression
from engine.definition import Element
from engine.finding import WARN, Finding, rule
from engine.expression import ExpressionError
from engine.form import Field
from engine.form.field import ASKED
from engine.gate.scene import Diagram, Scene

PREFILL = rule('multi.prefill', WARN, '{it}由几家各办各的，后办的打开表单会看到前一家填的“{what}”；请给这一项加上扩展属性prefill，值写no。',
               '{it} is done by several, and who comes later finds "{what}" filled in as the one before him has answered; '
               'give that field the property prefill with the value no.')

_FEW_OR_MANY = (2, 3, 1000)


def check(scene: Scene, diagram: Diagram) -> Iterator[Finding]:
    """Every question that a multi-instance user task asks, and whose answer the next would find in it."""
    for element in diagram.definition.elements.values():
        several = element.kind == 'userTask' and element.multi and not _one_is_enough(element.multi.completion)
        form = scene.forms.get(element.form) if several else None
        for key, one in form.fields.items() if form else ():
            if one.prefilled and one.kind in ASKED and key not in _own(element):
                yield PREFILL.at(diagram.at(element), what=_called(one))


def _one_is_enough(until: str) -> bool:
    """或签: whoever answers first ends it, however many there are and whatever he says; nobody comes after him."""
    try:
        return bool(until) and all(expression.compile(until).evaluate(
            {'nrOfInstances': of, 'nrOfCompletedInstances': 1, 'nrOfActiveInstances': of - 1}) for of in _FEW_OR_MANY)
    except ExpressionError:                            # it asks what was said, or cannot be read: that is told elsewhere
        return False


def _own(element: Element) -> set[str]:
    """The names that each of the several has for himself."""
    return {element.multi.variable, *element.into}


def _called(field: Field) -> str:
    return field.label.source if field.label else field.key
