"""Rules about `batch`: which steps may be done for several matters at once, with one answer."""
from collections.abc import Iterator

from engine.definition import Element
from engine.finding import REFUSE, Finding, rule
from engine.form.field import ONE_OF, TEXT
from engine.gate.scene import Diagram, Scene

WORD = rule('batch.word', REFUSE, '{it}的扩展属性batch写的是“{what}”，只能是true（可以几件一起办）或false。',
            'The property batch of {it} is "{what}" and must be true or false.')
FORM = rule('batch.form', REFUSE, '{it}不能几件一起办：表单里的“{what}”每件各有各的。一起办的一步只能选一项、写几句话。',
            '{it} cannot be done for several at once: "{what}" in its form is a matter of each. Such a step may only '
            'ask for a choice and for words.')

_SHARED = TEXT | ONE_OF                                               # what one answer can say of several matters


def check(scene: Scene, diagram: Diagram) -> Iterator[Finding]:
    """What is drawn as safe for several must be: nothing in its form differs from matter to matter."""
    for element in diagram.definition.elements.values():
        word = element.properties.get('batch', 'false').strip()
        if word not in ('true', 'false', ''):
            yield WORD.at(diagram.at(element), what=word)
        elif word == 'true':
            yield from _form(scene, diagram, element)


def _form(scene: Scene, diagram: Diagram, element: Element) -> Iterator[Finding]:
    form = scene.forms.get(element.form)
    for key, one in form.fields.items() if form else ():
        if one.kind not in _SHARED:
            yield FORM.at(diagram.at(element), what=key)
