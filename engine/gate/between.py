"""Rules about the bundle as a whole: what one diagram says and another hears."""
from collections.abc import Iterator

from engine.finding import WARN, Finding, rule
from engine.gate.scene import Scene

UNHEARD = rule('message.unheard', WARN, '{it}发出的消息“{what}”没有哪张图在等。',
               'No diagram waits for the message "{what}" of {it}.')
UNSENT = rule('message.unsent', WARN, '{it}等的消息“{what}”没有哪张图发出，只能由人或外部系统送来。',
              'No diagram sends the message "{what}" for which {it} waits; it must come from outside.')


def check(scene: Scene) -> Iterator[Finding]:
    """Messages without a partner."""
    thrown = {name for diagram in scene.diagrams for name in diagram.definition.thrown}
    heard = {name for diagram in scene.diagrams for name in diagram.definition.heard}
    for diagram in scene.diagrams:
        for element in diagram.definition.elements.values():
            if not element.message:
                continue
            if element.kind in ('intermediateThrowEvent', 'endEvent', 'sendTask'):
                if element.message not in heard:
                    yield UNHEARD.at(diagram.at(element), what=element.message)
            elif element.message not in thrown:
                yield UNSENT.at(diagram.at(element), what=element.message)
