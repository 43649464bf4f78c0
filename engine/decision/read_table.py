"""From a decisionTable element to a table, and everything that is wrong with it by itself."""
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from lxml import etree

from engine.decision.column import columns
from engine.decision.coverage import dead, uncovered
from engine.decision.kind import ANY, WORDS, Kind, asked as told, say, unlike
from engine.decision.overlap import overlapping
from engine.decision.reader import CAMUNDA, Reader, ident, plain_name
from engine.decision.table import POLICIES, SEVERAL, Input, Output, Rule, Table
from engine.errors import reason, said
from engine.expression import Code, ExpressionError

AGGREGATIONS = frozenset({'', 'SUM', 'MIN', 'MAX', 'COUNT'})
_MOST_SAID = 20
"""Of one kind of findings about pairs of rows; ten thousand sentences help nobody."""
_MOST_COLUMNS = 100
"""Wider tables are not searched for overlaps and gaps."""


def read_table(reader: Reader, body: etree._Element, name: str, element: str, kind: Kind) -> Table:
    """The table of a decision, knowledge model or entry called ``name``; ``kind`` is the type of its answer."""
    before = len(reader.problems)
    policy, aggregation = body.get('hitPolicy') or 'UNIQUE', body.get('aggregation') or ''
    if policy not in POLICIES or aggregation not in AGGREGATIONS or aggregation and policy != 'COLLECT':
        reader.note('decision.policy', body, element, name=name, policy=f'{policy} {aggregation}'.strip())
        policy, aggregation = 'UNIQUE', ''
    drawn = reader.all(body, 'output')
    inputs = _told_apart([_input(reader, one, place) for place, one in enumerate(reader.all(body, 'input'), 1)])
    outputs = tuple(_output(reader, one, place, name if len(drawn) == 1 else '',
                            ANY if policy in SEVERAL else kind) for place, one in enumerate(drawn, 1))
    rules = tuple(_rule(reader, one, number, inputs, outputs)
                  for number, one in enumerate(reader.all(body, 'rule'), 1))
    table = Table(element, name, policy, aggregation, inputs, outputs,
                  tuple(column.get('name') or said('备注') for column in reader.all(body, 'annotation')), rules)
    _columns(reader, body, table)
    if before == len(reader.problems) and len(inputs) <= _MOST_COLUMNS:
        _rows(reader, body, table)
    return table


def _told_apart(inputs: list[Input]) -> tuple[Input, ...]:
    """Columns of one name get their place behind it, so that trail and sentences name the right one."""
    labels = [column.label for column in inputs]
    return tuple(replace(column, label=f'{column.label}（第{place}列）')
                 if column.label in labels[:place - 1] else column for place, column in enumerate(inputs, 1))


def _input(reader: Reader, column: etree._Element, place: int) -> Input:
    asked = reader.one(column, 'inputExpression')
    text, element = reader.text(asked), ident(column, f'input_{place}')
    label = column.get('label') or text or f'第{place}列'
    where, en = f'输入列“{label}”', f'Input column {place}'
    if not text:
        reader.note('decision.input', column, element, where=where, en=en)
    code = reader.code(text, 'value', asked, element, where, en) if text else None
    kind = reader.kind('' if asked is None else asked.get('typeRef') or '', column, element, label)
    listed = reader.one(column, 'inputValues')
    values = reader.text(listed)
    allowed = reader.code(values, 'unary', listed, element, f'{where}的取值', f'{en}: the values') if values else None
    return Input(element, label, text, kind, code, allowed or kind.allowed,
                 column.get(f'{CAMUNDA}inputVariable') or '')


def _output(reader: Reader, column: etree._Element, place: int, alone: str, kind: Kind) -> Output:
    """``alone``: what the answer is called where the table has a single column, which needs no name."""
    name, element = plain_name(column.get('name')) or alone, ident(column, f'output_{place}')
    label = column.get('label') or name or f'第{place}列'
    if not name:
        reader.note('decision.output', column, element, label=label)
    if column.get('typeRef') or not alone:
        kind = reader.kind(column.get('typeRef') or '', column, element, label)
    where, en = f'结果列“{label}”', f'Output column {place}'
    order = _listed(reader, reader.one(column, 'outputValues'), element, f'{where}的取值', f'{en}: the values')
    usual = reader.one(column, 'defaultOutputEntry')
    text = reader.text(usual)
    default = reader.code(text, 'value', usual, element, f'{where}的默认值', f'{en}: the default') if text else None
    return Output(element, label, name, kind, order, default)


def _listed(reader: Reader, node: etree._Element | None, element: str, where: str, en: str) -> tuple[Any, ...]:
    """The values that an output may have, as written: ``"甲","乙"``, ``3,2,1``."""
    text = reader.text(node)
    code = reader.code(f'[{text}]', 'value', node, element, where, en) if text else None
    try:
        return tuple(code.evaluate()) if code else ()
    except ExpressionError as error:
        reader.note('decision.cell', node, element, where=where, en=en, cause=reason(error))
        return ()


def _rule(reader: Reader, row: etree._Element, number: int, inputs: Sequence[Input],
          outputs: Sequence[Output]) -> Rule:
    element = ident(row, f'row_{number}')
    asked, given = reader.all(row, 'inputEntry'), reader.all(row, 'outputEntry')
    if len(asked) != len(inputs) or len(given) != len(outputs):
        reader.note('decision.row', row, element, number=number, inputs=len(inputs), outputs=len(outputs),
                    asked=len(asked), given=len(given))
    asked = (asked + [row] * len(inputs))[:len(inputs)]
    given = (given + [row] * len(outputs))[:len(outputs)]
    return Rule(
        number, element, tuple(map(reader.text, asked)), tuple(map(reader.text, given)),
        reader.text(row, 'description'),
        tuple(reader.text(note) for note in reader.all(row, 'annotationEntry')),
        tuple(_test(reader, cell, column, element, number, place)
              for place, (cell, column) in enumerate(zip(asked, inputs), 1)),
        tuple(_answer(reader, cell, column, element, number, place)
              for place, (cell, column) in enumerate(zip(given, outputs), len(inputs) + 1)))


def _test(reader: Reader, cell: etree._Element, column: Input, element: str, number: int,
          place: int) -> Code | None:
    where, en = f'第{number}行第{place}列“{column.label}”', f'Row {number} column {place}'
    code = reader.code(reader.text(cell), 'unary', cell, element, where, en)
    fixed = {end: None for test in (code.tests if code else ()) for end in (test.low, test.high)}
    for value in fixed if column.kind.base in WORDS else ():
        # A fixed value of another type than the column's never fits: somebody meant another column.
        if not _same(value, column.kind):
            reader.note('decision.type', cell, element, where=where, en=en, cause=unlike(column.kind.base, value))
    return code


def _same(value: Any, kind: Kind) -> bool:
    """Whether a fixed value is of that type as it stands; halves may be the ends of a range of integers."""
    try:
        return Kind('number' if kind.base == 'integer' else kind.base).taken(value) == value
    except ValueError:
        return False


def _answer(reader: Reader, cell: etree._Element, column: Output, element: str, number: int,
            place: int) -> Code | None:
    where, en = f'第{number}行第{place}列“{column.label}”', f'Row {number} column {place}'
    code = reader.code(reader.text(cell) or 'null', 'value', cell, element, where, en)
    if code is None or code.names or code.calls:
        return code
    try:
        value = column.kind.taken(code.evaluate())
    except ExpressionError as error:
        reader.note('decision.cell', cell, element, where=where, en=en, cause=reason(error))
        return code
    except ValueError as error:
        reader.note('decision.type', cell, element, where=where, en=en, cause=reason(error))
        return code
    if value is not None and column.order and value not in column.order:
        reader.note('decision.value', cell, element, where=where, en=en, value=say(value),
                    allowed=say(list(column.order)))
    return code


def _columns(reader: Reader, body: etree._Element, table: Table) -> None:
    """What can be said of the table's heads and policy."""
    for what, parts in ((said('输入列'), table.inputs), (said('结果列'), table.outputs), (said('规则行'), table.rules)):
        if not parts:
            reader.note('decision.empty', body, table.id, name=table.name, what=what)
    for name, times in Counter(column.name for column in table.outputs if column.name).items():
        if times > 1:
            reader.note('decision.duplicate', body, name, times=times, what=said('结果列'), name=name)
    if table.aggregation and len(table.outputs) > 1:
        reader.note('decision.aggregation', body, table.id, what=table.aggregation, count=len(table.outputs))
    if table.hit_policy in ('PRIORITY', 'OUTPUT ORDER') and not any(one.order for one in table.outputs):
        for column in table.outputs:
            reader.note('decision.order', body, column.id, label=column.label)


def _rows(reader: Reader, body: etree._Element, table: Table) -> None:
    """What can be said of the rows together."""
    drawn, pieces = reader.all(body, 'rule'), columns(table.inputs, table.rules)
    if table.hit_policy == 'UNIQUE':
        for one, other in islice(overlapping(table.rules, pieces), _MOST_SAID):
            reader.note('decision.overlap', drawn[other.number - 1], other.id, one=one.number, other=other.number)
    for code, row, values in islice(dead(table, pieces), _MOST_SAID):
        reader.note(code, drawn[row], table.rules[row].id, **values)
    case = uncovered(table, pieces)
    if case:
        reader.note('decision.uncovered', body, table.id, case=told(case))
