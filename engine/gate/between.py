"""Rules about the bundle as a whole: what one diagram says and another hears, and who ends a matter."""
import re
from collections.abc import Iterator

from engine.decision import Table
from engine.expression import Code, ExpressionError
from engine.finding import REFUSE, WARN, Finding, Spot, rule
from engine.gate.scene import Diagram, Scene
from engine.gate.vocabulary import hint

UNHEARD = rule('message.unheard', WARN, '{it}发出的消息“{what}”没有哪张图在等。',
               'No diagram waits for the message "{what}" of {it}.')
UNSENT = rule('message.unsent', WARN, '{it}等的消息“{what}”没有哪张图发出，只能由人或外部系统送来。',
              'No diagram sends the message "{what}" for which {it} waits; it must come from outside.')
NO_WITHDRAWER = rule('withdrawal.table', REFUSE, '{it}的withdrawer写的决策表“{what}”不在这一包里，或者没有输出withdraw_post{hint}',
                     'The table "{what}" that {it} names as withdrawer is not in the bundle or gives no '
                     'withdraw_post{hint}')
WITHDRAWN_UNHEARD = rule('withdrawal.unheard', REFUSE, '{it}的withdrawn_message写的消息“{what}”没有哪张图在等{hint}',
                         'No diagram waits for the message "{what}" that {it} names as withdrawn_message{hint}')
CORRECTED_UNKNOWN = rule('corrected.unknown', REFUSE, '{it}的corrected写的“{what}”不是台账字段{hint}',
                         '"{what}", named by corrected of {it}, is no fact of the ledger{hint}')
NO_ANSWER = rule('table.answer', REFUSE, '{it}由系统来问，要有名字（name）是“{what}”的输出列，没有就不知道答了什么。',
                 'The system itself asks {it} and needs an output named "{what}".')
UNKNOWN_WORD = rule('table.word', REFUSE, '{it}第{row}行答的“{what}”不认识，能答的是：{known}{hint}',
                    'Row {row} of {it} answers "{what}", which is not known; it may answer {known}{hint}')
_ASKED = {'lamp': 'lamp', 'intervention': 'intervene_posts', 'oversight': 'oversee_posts', 'urgency': 'urgent',
          'visibility': 'scope', 'fallback': 'fallback_posts', 'ranking': 'score'}
"""Tables that the engine asks, and the output that it reads."""
_WORDS = {'visibility': ('own', 'subtree', 'supervised', 'tenant')}
"""The words that such a table may answer, separated by commas; see engine.visibility."""


def check(scene: Scene) -> Iterator[Finding]:
    """Messages without a partner, and properties that name what is not there."""
    yield from _answers(scene)
    thrown = {name for diagram in scene.diagrams for name in diagram.definition.thrown}
    heard = {name for diagram in scene.diagrams for name in diagram.definition.heard}
    for diagram in scene.diagrams:
        yield from _withdrawal(scene, diagram, heard)
        for element in diagram.definition.elements.values():
            for fact in _listed(element.properties.get('corrected', '')):
                if fact not in scene.facts:
                    yield CORRECTED_UNKNOWN.at(diagram.at(element), what=fact, hint=hint(fact, scene.facts))
            if not element.message:
                continue
            if element.kind in ('intermediateThrowEvent', 'endEvent', 'sendTask'):
                if element.message not in heard:
                    yield UNHEARD.at(diagram.at(element), what=element.message)
            elif element.message not in thrown:
                yield UNSENT.at(diagram.at(element), what=element.message)


def _answers(scene: Scene) -> Iterator[Finding]:
    for ident, output in _ASKED.items():
        table = scene.tables.get(ident)
        if table is not None and not any(one.name == output for one in table.outputs):
            yield NO_ANSWER.at(Spot(scene.table_files[ident], 'decision', ident, table.name), what=output)
        elif table is not None and table.table and ident in _WORDS:
            yield from _words(Spot(scene.table_files[ident], 'decision', ident, table.name), table.table, output)


def _words(spot: Spot, table: Table, output: str) -> Iterator[Finding]:
    """The words that rows answer in so many letters; what they work out is not known here."""
    known, place = _WORDS[spot.id], [one.name for one in table.outputs].index(output)
    for row in table.rules:
        for word in map(str.strip, _constant(row.answers[place]).split(',')):
            if word and word not in known:
                yield UNKNOWN_WORD.at(spot, row=row.number, what=word, known=', '.join(known), hint=hint(word, known))


def _constant(code: Code | None) -> str:
    """The text that a cell answers whatever is asked; '' for any other."""
    try:
        answer = code.evaluate() if code is not None and not code.names and not code.calls else ''
    except ExpressionError:
        return ''
    return answer if isinstance(answer, str) else ''


def _withdrawal(scene: Scene, diagram: Diagram, heard: set[str]) -> Iterator[Finding]:
    spot, properties = diagram.at(diagram.definition), diagram.definition.properties
    table, message = properties.get('withdrawer'), properties.get('withdrawn_message')
    if table is not None and not (table in scene.tables and any(
            output.name == 'withdraw_post' for output in scene.tables[table].outputs)):
        yield NO_WITHDRAWER.at(spot, what=table, hint=hint(table, scene.tables))
    if message is not None and message not in heard:
        yield WITHDRAWN_UNHEARD.at(spot, what=message, hint=hint(message, heard))


def _listed(text: str) -> list[str]:
    return [part.strip() for part in re.split('[,，、]', text) if part.strip()]
