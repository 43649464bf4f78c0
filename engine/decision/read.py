"""From the bytes of a .dmn file to a table, and everything that is wrong with it."""
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

from lxml import etree

from engine import expression
from engine.decision.kind import KINDS, WORDS, coerced, say
from engine.decision.overlap import overlapping
from engine.decision.problem import Problem, problem
from engine.decision.table import POLICIES, Input, Output, Rule, Table
from engine.errors import Refused
from engine.expression import Code, ExpressionError
from engine.xml import parse_xml

NAMESPACES = frozenset({
    'http://www.omg.org/spec/DMN/20151101/dmn.xsd', 'http://www.omg.org/spec/DMN/20180521/MODEL/',
    'https://www.omg.org/spec/DMN/20191111/MODEL/', 'https://www.omg.org/spec/DMN/20211108/MODEL/',
    'https://www.omg.org/spec/DMN/20230324/MODEL/'})
AGGREGATIONS = frozenset({'', 'SUM', 'MIN', 'MAX', 'COUNT'})
_NAME = re.compile(r'[^\W\d]\w*')


def parse(data: bytes, name: str) -> Table:
    """The table in a .dmn file; what is wrong inside it is kept for `problems`.

    Raises ``Refused`` for a file that is no single decision table: not XML, another vocabulary, several
    decisions, a literal expression, no id, an unknown hit policy.
    """
    root = parse_xml(data, name)
    space = etree.QName(root).namespace
    if space not in NAMESPACES or etree.QName(root).localname != 'definitions':
        raise Refused('{name}不是DMN文件，请用建模工具的决策表保存。', name=name)
    decisions = root.findall(f'{{{space}}}decision')
    if len(decisions) != 1:
        raise Refused('{name}里有{count}个决策，一个文件只放一张决策表，请拆开。', name=name, count=len(decisions))
    decision = decisions[0]
    body = decision.find(f'{{{space}}}decisionTable')
    if body is None:
        raise Refused('{name}的决策“{decision}”不是决策表，请改成决策表。', name=name,
                      decision=decision.get('name') or decision.get('id') or '')
    if not decision.get('id'):
        raise Refused('{name}的决策没有id，请写上，和文件名相同。', name=name)
    policy, aggregation = body.get('hitPolicy') or 'UNIQUE', body.get('aggregation') or ''
    if policy not in POLICIES or aggregation not in AGGREGATIONS:
        raise Refused('{name}的命中策略{policy}不认识，请在建模工具里重选。', name=name,
                      policy=f'{policy} {aggregation}'.strip())
    return _Reader(space).table(decision, body, policy, aggregation if policy == 'COLLECT' else '')


class _Reader:
    """Reads the parts of a table and notes what is wrong with each."""

    def __init__(self, space: str) -> None:
        self.space = space
        self.problems: list[Problem] = []

    def table(self, decision: etree._Element, body: etree._Element, policy: str, aggregation: str) -> Table:
        """The table with what is wrong in it."""
        inputs = tuple(self._input(one, place) for place, one in enumerate(self._all(body, 'input'), 1))
        outputs = tuple(self._output(one, place) for place, one in enumerate(self._all(body, 'output'), 1))
        rules = tuple(self._rule(one, number, inputs, outputs)
                      for number, one in enumerate(self._all(body, 'rule'), 1))
        table = Table(
            id=decision.get('id'), name=decision.get('name') or decision.get('id'), hit_policy=policy,
            aggregation=aggregation, inputs=inputs, outputs=outputs, rules=rules,
            annotations=tuple(column.get('name') or '备注' for column in self._all(body, 'annotation')),
            description=self._text(decision, 'description'))
        self._whole(table)
        return replace(table, problems=tuple(self.problems))

    def _note(self, code: str, element: str | None, **values: object) -> None:
        self.problems.append(problem(code, element, **values))

    def _all(self, parent: etree._Element, tag: str) -> list[etree._Element]:
        return parent.findall(f'{{{self.space}}}{tag}')

    def _text(self, parent: etree._Element | None, tag: str) -> str:
        return '' if parent is None else (parent.findtext(f'{{{self.space}}}{tag}') or '').strip()

    def _code(self, text: str, mode: Literal['value', 'unary'], element: str, where: str,
              en: str) -> Code | None:
        try:
            return expression.compile(text, mode)
        except ExpressionError as error:
            self._note('decision.cell', element, where=where, en=en, cause=error)
            return None

    def _kind(self, type_: str, element: str | None, label: str) -> str:
        kind = type_.rpartition(':')[2].lower().replace(' ', '')
        if kind in KINDS:
            return kind
        self._note('decision.kind', element, label=label, kind=type_)
        return ''

    def _input(self, column: etree._Element, place: int) -> Input:
        asked = column.find(f'{{{self.space}}}inputExpression')
        text, ident = self._text(asked, 'text'), column.get('id') or f'input_{place}'
        label = column.get('label') or text or f'第{place}列'
        where, en = f'输入列“{label}”', f'Input column {place}'
        if not text:
            self._note('decision.input', ident, where=where, en=en)
        code = self._code(text, 'value', ident, where, en) if text else None
        type_ = '' if asked is None else asked.get('typeRef') or ''
        return Input(ident, label, text, self._kind(type_, ident, label), code)

    def _output(self, column: etree._Element, place: int) -> Output:
        name, ident = column.get('name') or '', column.get('id') or f'output_{place}'
        label = column.get('label') or name or f'第{place}列'
        if not _NAME.fullmatch(name):
            self._note('decision.output', ident, label=label)
        order = self._listed(self._text(column.find(f'{{{self.space}}}outputValues'), 'text'), ident, label)
        text = self._text(column.find(f'{{{self.space}}}defaultOutputEntry'), 'text')
        where, en = f'结果列“{label}”的默认值', f'The default of {name}'
        default = self._code(text, 'value', ident, where, en) if text else None
        kind = self._kind(column.get('typeRef') or '', ident, label)
        return Output(ident, label, name, kind, order, default)

    def _listed(self, text: str, element: str, label: str) -> tuple[Any, ...]:
        """The values that an output may have, as written: ``"甲","乙"``, ``3,2,1``."""
        where, en = f'结果列“{label}”的取值', f'The values of output column {label}'
        code = self._code(f'[{text}]', 'value', element, where, en)
        try:
            return tuple(code.evaluate()) if code else ()
        except ExpressionError as error:
            self._note('decision.cell', element, where=where, en=en, cause=error)
            return ()

    def _rule(self, row: etree._Element, number: int, inputs: Sequence[Input],
              outputs: Sequence[Output]) -> Rule:
        ident = row.get('id') or f'row_{number}'
        asked = [self._text(cell, 'text') for cell in self._all(row, 'inputEntry')]
        given = [self._text(cell, 'text') for cell in self._all(row, 'outputEntry')]
        if len(asked) != len(inputs) or len(given) != len(outputs):
            self._note('decision.row', ident, number=number, inputs=len(inputs), outputs=len(outputs),
                       asked=len(asked), given=len(given))
        asked = (asked + [''] * len(inputs))[:len(inputs)]
        given = (given + [''] * len(outputs))[:len(outputs)]
        return Rule(
            number=number, id=ident, inputs=tuple(asked), outputs=tuple(given),
            description=self._text(row, 'description'),
            notes=tuple(self._text(note, 'text') for note in self._all(row, 'annotationEntry')),
            tests=tuple(self._test(text, column, ident, number, place)
                        for place, (text, column) in enumerate(zip(asked, inputs), 1)),
            answers=tuple(self._answer(text, column, ident, number, place)
                          for place, (text, column) in enumerate(zip(given, outputs), len(inputs) + 1)))

    def _test(self, text: str, column: Input, element: str, number: int, place: int) -> Code | None:
        where, en = f'第{number}行第{place}列“{column.label}”', f'Row {number} column {place}'
        code = self._code(text, 'unary', element, where, en)
        for test in code.tests if code else ():
            for value in (test.low, test.high):
                # A fixed value of another type than the column's never fits: somebody meant another column.
                try:
                    right = coerced(value, column.type) == value
                except ValueError:
                    right = False
                if not right:
                    cause = f'要是{WORDS[column.type]}，现在是{say(value)}'
                    self._note('decision.type', element, where=where, en=en, cause=cause)
        return code

    def _answer(self, text: str, column: Output, element: str, number: int, place: int) -> Code | None:
        where, en = f'第{number}行第{place}列“{column.label}”', f'Row {number} column {place}'
        code = self._code(text or 'null', 'value', element, where, en)
        if code is None or code.names or code.calls:
            return code
        try:
            coerced(code.evaluate(), column.type)
        except ExpressionError as error:
            self._note('decision.cell', element, where=where, en=en, cause=error)
        except ValueError as error:
            self._note('decision.type', element, where=where, en=en, cause=error)
        return code

    def _whole(self, table: Table) -> None:
        """What can be said only of the table as one."""
        for what, parts in (('输入列', table.inputs), ('结果列', table.outputs), ('行', table.rules)):
            if not parts:
                self._note('decision.empty', table.id, name=table.name, what=what)
        names = {'行': [rule.id for rule in table.rules], '结果列': [column.name for column in table.outputs]}
        for what, given in names.items():
            for name, times in Counter(filter(None, given)).items():
                if times > 1:
                    self._note('decision.duplicate', name, times=times, what=what, name=name)
        if table.aggregation and len(table.outputs) > 1:
            self._note('decision.aggregation', table.id, what=table.aggregation, count=len(table.outputs))
        if table.hit_policy in ('PRIORITY', 'OUTPUT ORDER'):
            for column in table.outputs:
                if not column.order:
                    self._note('decision.order', column.id, label=column.label)
        if table.hit_policy == 'UNIQUE':
            for one, other in overlapping(table.rules):
                self._note('decision.overlap', other.id, one=one.number, other=other.number)
