"""Decision tables: one DMN table per file, read once, run without side effects, and looked at for what cannot be right.

Cells are S-FEEL unary tests and every expression goes through `engine.expression`. What the table answers is a map of
outputs and the rows that gave it, each with its note, so that the trail can say on what ground.
"""
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations
from typing import Any, NamedTuple

from lxml import etree

from engine.errors import Broken, Refused
from engine.expression import Code, ExpressionError, Test, compile as compile_
from engine.xml import parse_xml

NAMESPACES = frozenset({
    'http://www.omg.org/spec/DMN/20151101/dmn.xsd', 'http://www.omg.org/spec/DMN/20180521/MODEL/',
    'https://www.omg.org/spec/DMN/20191111/MODEL/', 'https://www.omg.org/spec/DMN/20211108/MODEL/',
    'https://www.omg.org/spec/DMN/20230324/MODEL/'})
POLICIES = frozenset({'UNIQUE', 'FIRST', 'ANY', 'PRIORITY', 'RULE ORDER', 'OUTPUT ORDER', 'COLLECT'})
SEVERAL = frozenset({'RULE ORDER', 'OUTPUT ORDER', 'COLLECT'})
"""The hit policies that may give several rows, or none."""
NUMBERS = frozenset({'number', 'integer', 'long', 'double', 'int', 'decimal'})
MOMENTS = frozenset({'datetime', 'dateandtime'})
TYPES = NUMBERS | MOMENTS | {'', 'any', 'string', 'boolean', 'date', 'time'}
_NAME = re.compile(r'[^\W\d]\w*')
_NUMBER = re.compile(r'[-+]?\d{1,15}(\.\d{1,10})?')
_DAY = re.compile(r'\d{4}-\d\d-\d\d')

Functions = Mapping[str, Callable[..., Any]]


class NoRule(Refused):
    """No row of the table fits. ``inputs`` are the values that it was asked with, by the column's label."""

    def __init__(self, table: str, inputs: Mapping[str, Any]) -> None:
        self.inputs = dict(inputs)
        said = '，'.join(f'{label}是{_say(value)}' for label, value in inputs.items())
        super().__init__('决策表“{table}”没有一行适用：{said}。请给这种情况补一行。', table=table, said=said)


class Problem(NamedTuple):
    """One thing wrong with a table: a code, the id of the row or column, a Chinese and an English sentence."""

    code: str
    element: str | None
    zh: str
    en: str


@dataclass(frozen=True)
class Hit:
    """A row that applied: its id and its note, the ground on which it stands."""

    id: str
    note: str


@dataclass(frozen=True)
class Outcome:
    """What a table answers: the outputs by name, and the rows they come from (none where a default stands in)."""

    values: dict[str, Any]
    rules: list[Hit]


@dataclass(frozen=True)
class Input:
    """A column that is asked."""

    id: str
    label: str
    text: str
    type: str
    code: Code | None


@dataclass(frozen=True)
class Output:
    """A column that answers. ``order`` lists its values, the weightiest first; ``default`` stands in for no row."""

    id: str
    label: str
    name: str
    type: str
    order: tuple[Any, ...] = ()
    default: Code | None = None


@dataclass(frozen=True)
class Rule:
    """A row: ``inputs`` and ``outputs`` as written, ``notes`` by the annotation columns, ``note`` all of them together."""

    number: int
    id: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    description: str
    notes: tuple[str, ...]
    tests: tuple[Code | None, ...] = ()
    answers: tuple[Code | None, ...] = ()

    @property
    def note(self) -> str:
        """On what ground the row stands."""
        return '；'.join(filter(None, (self.description, *self.notes)))


@dataclass(frozen=True)
class Listing:
    """A table as a page shows it: the heads, then for each row the cells in words."""

    inputs: list[str]
    outputs: list[str]
    notes: list[str]
    rows: list['Line']


@dataclass(frozen=True)
class Line:
    """One row of a listing; an input that does not matter is 任意."""

    number: int
    id: str
    inputs: list[str]
    outputs: list[str]
    notes: list[str]


@dataclass(frozen=True)
class Table:
    """A decision table. Never changes; may be shared between threads."""

    id: str
    name: str
    hit_policy: str
    aggregation: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    annotations: tuple[str, ...]
    rules: tuple[Rule, ...]
    description: str = ''
    found: tuple[Problem, ...] = field(default=(), repr=False)

    @cached_property
    def names(self) -> frozenset[str]:
        """What the table reads."""
        return frozenset(name for code in self._codes() for name in code.names)

    @cached_property
    def calls(self) -> frozenset[str]:
        """The functions that the table calls."""
        return frozenset(name for code in self._codes() for name in code.calls)

    def decide(self, scope: Mapping[str, Any], functions: Functions) -> Outcome:
        """What the table answers for these values.

        UNIQUE, FIRST, ANY and PRIORITY give one value for each output; RULE ORDER, OUTPUT ORDER and COLLECT a list
        for each, in the order of the rows or of the outputs' weight; COLLECT with SUM, MIN, MAX or COUNT one number.

        Raises ``NoRule`` when no row fits (where several may fit, none is an empty list, 0 for SUM and COUNT, None
        for MIN and MAX), ``Broken`` when rows contradict each other, a cell fails, or a value has another type than
        its column.
        """
        values = [self._asked(column, scope, functions) for column in self.inputs]
        hits: list[tuple[Rule, dict[str, Any]]] = []
        for rule in self.rules:
            if self._fits(rule, values, scope, functions):
                hits.append((rule, self._answers(rule, scope, functions)))
                if self.hit_policy == 'FIRST':
                    break
        if not hits:
            return self._nothing(values, scope, functions)
        if self.hit_policy in SEVERAL:
            return self._several(hits)
        return self._one(hits, values)

    def rows(self) -> Listing:
        """The table for a page."""
        lines = [Line(rule.number, rule.id, [_in_words(text) or '任意' for text in rule.inputs],
                      [_in_words(text) for text in rule.outputs], [rule.description, *rule.notes]) for rule in self.rules]
        return Listing([column.label for column in self.inputs], [column.label for column in self.outputs],
                       ['依据', *self.annotations], lines)

    def _codes(self) -> Iterator[Code]:
        yield from filter(None, (column.code for column in self.inputs))
        yield from filter(None, (column.default for column in self.outputs))
        for rule in self.rules:
            yield from filter(None, (*rule.tests, *rule.answers))

    def _asked(self, column: Input, scope: Mapping[str, Any], functions: Functions) -> Any:
        if column.code is None:
            raise self._broken(f'输入列“{column.label}”没有可用的表达式', column.text)
        try:
            return coerced(column.code.evaluate(scope, functions), column.type)
        except (ExpressionError, ValueError) as error:
            raise self._broken(f'输入列“{column.label}”：{error}', column.text, _read(column.code, scope)) from error

    def _fits(self, rule: Rule, values: Sequence[Any], scope: Mapping[str, Any], functions: Functions) -> bool:
        for place, (test, value) in enumerate(zip(rule.tests, values)):
            if test is None:
                raise self._broken(f'第{rule.number}行第{place + 1}列写得不对', rule.inputs[place])
            try:
                if not test.evaluate(scope, functions, value):
                    return False
            except ExpressionError as error:
                asked = {self.inputs[place].label: value, **_read(test, scope)}
                raise self._broken(f'第{rule.number}行第{place + 1}列：{error}', rule.inputs[place], asked) from error
        return True

    def _answers(self, rule: Rule, scope: Mapping[str, Any], functions: Functions) -> dict[str, Any]:
        return {column.name: self._answer(column, answer, text, f'第{rule.number}行的“{column.label}”', scope, functions)
                for column, answer, text in zip(self.outputs, rule.answers, rule.outputs)}

    def _answer(self, column: Output, answer: Code | None, text: str, where: str, scope: Mapping[str, Any],
                functions: Functions) -> Any:
        if answer is None:
            raise self._broken(f'{where}写得不对', text)
        try:
            return coerced(answer.evaluate(scope, functions), column.type)
        except (ExpressionError, ValueError) as error:
            raise self._broken(f'{where}：{error}', text, _read(answer, scope)) from error

    def _nothing(self, values: Sequence[Any], scope: Mapping[str, Any], functions: Functions) -> Outcome:
        if self.outputs and all(column.default for column in self.outputs):
            return Outcome({column.name: self._answer(column, column.default, column.default.text, f'“{column.label}”的默认值',
                                                      scope, functions)
                            for column in self.outputs if column.default}, [])
        if self.hit_policy not in SEVERAL:
            raise NoRule(self.name, dict(zip((column.label for column in self.inputs), values)))
        empty: Any = {'SUM': 0, 'COUNT': 0, 'MIN': None, 'MAX': None}.get(self.aggregation, [])
        return Outcome({column.name: empty if self.aggregation else [] for column in self.outputs}, [])

    def _several(self, hits: list[tuple[Rule, dict[str, Any]]]) -> Outcome:
        if self.hit_policy == 'OUTPUT ORDER':
            hits = sorted(hits, key=lambda hit: self._weight(hit[1]))
        rules = [Hit(rule.id, rule.note) for rule, _ in hits]
        values: dict[str, Any] = {column.name: [found[column.name] for _, found in hits] for column in self.outputs}
        if self.aggregation:
            values = {name: self._aggregated(name, several) for name, several in values.items()}
        return Outcome(values, rules)

    def _aggregated(self, name: str, values: list[Any]) -> Any:
        if self.aggregation == 'COUNT':
            return len(values)
        numbers = [value for value in values if value is not None]
        if any(isinstance(value, bool) or not isinstance(value, (int, float)) for value in numbers):
            raise self._broken(f'“{name}”要合计，但有的值不是数字：{"、".join(map(_say, values))}')
        if self.aggregation == 'SUM':
            # Tenths do not add up exactly in binary; a score of 0.1 + 0.2 is 0.3.
            total = round(sum(numbers), 10)
            return int(total) if float(total).is_integer() else total
        return (min if self.aggregation == 'MIN' else max)(numbers, default=None)

    def _one(self, hits: list[tuple[Rule, dict[str, Any]]], values: Sequence[Any]) -> Outcome:
        if self.hit_policy == 'PRIORITY':
            hits = [min(hits, key=lambda hit: self._weight(hit[1]))]
        rows = '、'.join(str(rule.number) for rule, _ in hits)
        asked = dict(zip((column.label for column in self.inputs), values))
        if self.hit_policy == 'UNIQUE' and len(hits) > 1:
            raise self._broken(f'第{rows}行同时适用，但这张表规定只能有一行适用', values=asked)
        if self.hit_policy == 'ANY' and any(found != hits[0][1] for _, found in hits):
            raise self._broken(f'第{rows}行同时适用，结果却不一样', values=asked)
        return Outcome(hits[0][1], [Hit(rule.id, rule.note) for rule, _ in hits])

    def _weight(self, found: Mapping[str, Any]) -> list[int]:
        """How far down the outputs' own lists of values the answers stand; what is not listed comes last."""
        return [column.order.index(found[column.name]) if found[column.name] in column.order else len(column.order)
                for column in self.outputs]

    def _broken(self, cause: str, expression: str | None = None, values: dict[str, Any] | None = None) -> Broken:
        return Broken(f'决策表“{self.name}”{cause}', expression=expression, values=values,
                      advice='请流程管理员改正决策表后重试。')


def coerced(value: Any, kind: str) -> Any:
    """``value`` as its column's type wants it, None as None; raises ``ValueError`` with a Chinese reason."""
    if value is None or kind in ('', 'any'):
        return value
    if kind in NUMBERS:
        if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
            value = float(value) if '.' in value else int(value)
        right = isinstance(value, (int, float)) and not isinstance(value, bool)
    elif kind == 'boolean':
        value = {'true': True, 'false': False}.get(value, value) if isinstance(value, str) else value
        right = isinstance(value, bool)
    elif kind == 'string':
        value = str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value
        right = isinstance(value, str)
    else:
        right = isinstance(value, str) and (kind == 'time' or bool(_DAY.match(value)))
        value = value[:10] if right and kind == 'date' else value
    if not right:
        raise ValueError(f'要是{_KINDS[kind]}，现在是{_say(value)}')
    return value


_KINDS = {**dict.fromkeys(NUMBERS, '数字'), **dict.fromkeys(MOMENTS, '日期和时间'), 'boolean': '真或假', 'string': '文字',
          'date': '日期', 'time': '时间'}


def _say(value: Any) -> str:
    if value is None:
        return '空'
    if isinstance(value, bool):
        return '真' if value else '假'
    return f'“{value}”' if isinstance(value, str) else str(value)


def _in_words(text: str) -> str:
    """A cell without the signs of the language where it is simply a value or a list of values."""
    text = text.strip()
    if text == '-':
        return ''
    if re.fullmatch(r'"[^"\\]*"(\s*,\s*"[^"\\]*")*', text):
        return '、'.join(re.findall(r'"([^"]*)"', text))
    return {'true': '是', 'false': '否', 'null': '空'}.get(text, text)


def _read(code: Code, scope: Mapping[str, Any]) -> dict[str, Any]:
    return {name: scope.get(name) for name in sorted(code.names)}


def parse(data: bytes, name: str) -> Table:
    """The table in a .dmn file; what is wrong inside it is kept for `problems`.

    Raises ``Refused`` for a file that is no single decision table: not XML, another vocabulary, several decisions, a
    literal expression, an unknown hit policy.
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
    if policy not in POLICIES or aggregation not in ('', 'SUM', 'MIN', 'MAX', 'COUNT'):
        raise Refused('{name}的命中策略{policy}不认识，请在建模工具里重选。', name=name, policy=f'{policy} {aggregation}'.strip())
    return _Reader(space).table(decision, body, policy, aggregation if policy == 'COLLECT' else '')


class _Reader:
    """Reads the parts of a table and notes what is wrong with each."""

    def __init__(self, space: str) -> None:
        self.space = space
        self.found: list[Problem] = []

    def table(self, decision: etree._Element, body: etree._Element, policy: str, aggregation: str) -> Table:
        inputs = tuple(self._input(column, place) for place, column in enumerate(self._all(body, 'input'), 1))
        outputs = tuple(self._output(column, place) for place, column in enumerate(self._all(body, 'output'), 1))
        annotations = tuple(column.get('name') or '备注' for column in self._all(body, 'annotation'))
        rules = tuple(self._rule(row, number, inputs, outputs) for number, row in enumerate(self._all(body, 'rule'), 1))
        table = Table(decision.get('id'), decision.get('name') or decision.get('id'), policy, aggregation, inputs, outputs,
                      annotations, rules, self._text(decision, 'description'))
        self._whole(table)
        return replace(table, found=tuple(self.found))

    def _fault(self, code: str, element: str | None, zh: str, en: str) -> None:
        self.found.append(Problem(code, element, zh, en))

    def _all(self, parent: etree._Element, tag: str) -> list[etree._Element]:
        return parent.findall(f'{{{self.space}}}{tag}')

    def _text(self, parent: etree._Element, tag: str) -> str:
        return (parent.findtext(f'{{{self.space}}}{tag}') or '').strip()

    def _code(self, text: str, mode: str, element: str | None, where: str, en: str) -> Code | None:
        try:
            return compile_(text, mode)
        except ExpressionError as error:
            self._fault('decision.cell', element, f'{where}写得不对：{error}', f'{en} is wrong: {text}')
            return None

    def _type(self, type_: str, element: str | None, label: str) -> str:
        kind = type_.rpartition(':')[2].lower().replace(' ', '')
        if kind not in TYPES:
            self._fault('decision.type', element, f'列“{label}”的类型{type_}不认识，请用string、number、boolean或date。',
                        f'Column {label}: unknown type {type_}.')
            return ''
        return kind

    def _input(self, column: etree._Element, place: int) -> Input:
        asked = column.find(f'{{{self.space}}}inputExpression')
        text = self._text(asked, 'text') if asked is not None else ''
        label = column.get('label') or text or f'第{place}列'
        ident = column.get('id') or f'input_{place}'
        if not text:
            self._fault('decision.input', ident, f'输入列“{label}”没有写表达式。', f'Input column {place} has no expression.')
        code = self._code(text, 'value', ident, f'输入列“{label}”', f'Input column {place}') if text else None
        kind = asked.get('typeRef') or '' if asked is not None else ''
        return Input(ident, label, text, self._type(kind, ident, label), code)

    def _output(self, column: etree._Element, place: int) -> Output:
        name = column.get('name') or ''
        label = column.get('label') or name or f'第{place}列'
        ident = column.get('id') or f'output_{place}'
        if not _NAME.fullmatch(name):
            self._fault('decision.output', ident, f'结果列“{label}”没有可用的名字，请写上字母开头的名字（Output name）。',
                        f'Output column {place} has no usable name.')
        listed = column.find(f'{{{self.space}}}outputValues')
        order = self._listed(self._text(listed, 'text'), ident, label) if listed is not None else ()
        default = column.find(f'{{{self.space}}}defaultOutputEntry')
        text = self._text(default, 'text') if default is not None else ''
        code = self._code(text, 'value', ident, f'结果列“{label}”的默认值', f'The default of {name}') if text else None
        return Output(ident, label, name, self._type(column.get('typeRef') or '', ident, label), order, code)

    def _listed(self, text: str, element: str, label: str) -> tuple[Any, ...]:
        """The values that an output may have, as written: ``"甲","乙"``, ``3,2,1``."""
        code = self._code(f'[{text}]', 'value', element, f'结果列“{label}”的取值', f'The values of {label}')
        try:
            return tuple(code.evaluate()) if code else ()
        except ExpressionError as error:
            self._fault('decision.cell', element, f'结果列“{label}”的取值写得不对：{error}', f'The values of {label} are wrong.')
            return ()

    def _rule(self, row: etree._Element, number: int, inputs: Sequence[Input], outputs: Sequence[Output]) -> Rule:
        ident = row.get('id') or f'row_{number}'
        asked = [self._text(cell, 'text') for cell in self._all(row, 'inputEntry')]
        given = [self._text(cell, 'text') for cell in self._all(row, 'outputEntry')]
        if len(asked) != len(inputs) or len(given) != len(outputs):
            self._fault('decision.row', ident, f'第{number}行的格数不对：要有{len(inputs)}个条件、{len(outputs)}个结果，'
                        f'现在是{len(asked)}个和{len(given)}个。', f'Row {number} has the wrong number of cells.')
        asked = (asked + [''] * len(inputs))[:len(inputs)]
        given = (given + [''] * len(outputs))[:len(outputs)]
        tests, answers = [], []
        for place, (text, column) in enumerate(zip(asked, inputs), 1):
            test = self._code(text, 'unary', ident, f'第{number}行第{place}列“{column.label}”', f'Row {number} column {place}')
            tests.append(test)
            if test is not None:
                self._kind(test, column, ident, f'第{number}行第{place}列', number)
        for place, (text, column) in enumerate(zip(given, outputs), len(inputs) + 1):
            answers.append(self._answer(text, column, ident, number, place))
        notes = tuple(self._text(note, 'text') for note in self._all(row, 'annotationEntry'))
        return Rule(number, ident, tuple(asked), tuple(given), self._text(row, 'description'), notes, tuple(tests), tuple(answers))

    def _kind(self, test: Code, column: Input, element: str, where: str, number: int) -> None:
        """A fixed value of another type than the column never fits: somebody meant another column."""
        for one in test.tests:
            for value in (one.low, one.high):
                try:
                    if coerced(value, column.type) != value:
                        raise ValueError(f'要是{_KINDS[column.type]}，现在是{_say(value)}')
                except ValueError as error:
                    self._fault('decision.type', element, f'{where}“{column.label}”{error}。',
                                f'Row {number}: {value!r} is no {column.type}.')

    def _answer(self, text: str, column: Output, element: str, number: int, place: int) -> Code | None:
        where = f'第{number}行第{place}列“{column.label}”'
        if not text:
            return compile_('null')
        code = self._code(text, 'value', element, where, f'Row {number} column {place}')
        if code is None or code.names or code.calls:
            return code
        try:
            coerced(code.evaluate(), column.type)
        except ExpressionError as error:
            self._fault('decision.cell', element, f'{where}算不出来：{error}', f'Row {number} column {place} fails.')
        except ValueError as error:
            self._fault('decision.type', element, f'{where}{error}。', f'Row {number}: {text} is no {column.type}.')
        return code

    def _whole(self, table: Table) -> None:
        if not table.inputs:
            self._fault('decision.input', table.id, f'决策表“{table.name}”没有输入列。', 'The table has no input.')
        if not table.outputs:
            self._fault('decision.output', table.id, f'决策表“{table.name}”没有结果列。', 'The table has no output.')
        if not table.rules:
            self._fault('decision.row', table.id, f'决策表“{table.name}”一行也没有。', 'The table has no row.')
        for what, ids in (('行', (rule.id for rule in table.rules)), ('结果列', (column.name for column in table.outputs))):
            for ident, times in Counter(ids).items():
                if ident and times > 1:
                    self._fault('decision.duplicate', ident, f'有{times}个{what}都叫{ident}，请改成不同的。',
                                f'{ident} is used {times} times.')
        if table.aggregation and len(table.outputs) > 1:
            self._fault('decision.policy', table.id, f'合计（{table.aggregation}）只能有一个结果列，现在有{len(table.outputs)}个。',
                        'An aggregation needs exactly one output.')
        for column in table.outputs if table.hit_policy in ('PRIORITY', 'OUTPUT ORDER') else ():
            if not column.order:
                self._fault('decision.policy', column.id, f'结果列“{column.label}”没有写取值，排不出先后，请把取值从重到轻写上。',
                            f'{column.name} has no list of values to order by.')
        if table.hit_policy == 'UNIQUE':
            for one, other in overlapping(table.rules):
                self._fault('decision.overlap', other.id, f'第{one.number}行和第{other.number}行会同时适用，这张表规定只能有一行适用。'
                            '请改条件，或者把命中策略改成First。', f'Rows {one.number} and {other.number} overlap.')


def problems(table: Table) -> list[Problem]:
    """What is wrong with the table: cells (with row and column), types, names, twice used ids, overlapping rows."""
    return list(table.found)


def overlapping(rules: Iterable[Rule]) -> Iterator[tuple[Rule, Rule]]:
    """Pairs of rows that some values fit both; only what fixed values can tell, what depends on data is not guessed."""
    for one, other in combinations(rules, 2):
        if all(test and again and _meet(test, again) for test, again in zip(one.tests, other.tests)):
            yield one, other


def _meet(one: Code, other: Code) -> bool:
    """Whether some value surely meets both cells."""
    if one.negated or other.negated:
        return _meet_negated(one, other)
    return any(_tests_meet(a, b) for a in one.tests for b in other.tests)


def _meet_negated(one: Code, other: Code) -> bool:
    if one.negated and other.negated:
        # Whatever a few values shut out, there are always others.
        return all(test.kind == 'value' for test in (*one.tests, *other.tests))
    negated, plain = (one, other) if one.negated else (other, one)
    if any(test.kind != 'value' for test in negated.tests):
        return False
    return any(test.kind in ('any', 'range')
               or test.kind == 'value' and not any(_same(test.low, shut.low) for shut in negated.tests)
               for test in plain.tests)


def _tests_meet(one: Test, other: Test) -> bool:
    kinds = {one.kind, other.kind}
    if 'other' in kinds or 'any' in kinds:
        return 'other' not in kinds
    if kinds == {'value'}:
        return _same(one.low, other.low)
    lows = [end for end in (_ends(one)[0], _ends(other)[0]) if end]
    highs = [end for end in (_ends(one)[1], _ends(other)[1]) if end]
    if not all(_comparable(a[0], b[0]) for a, b in combinations(lows + highs, 2)):
        return False
    return all(low[0] < high[0] or (low[0] == high[0] and low[1] and high[1]) for low in lows for high in highs)


def _ends(test: Test) -> tuple[tuple[Any, bool] | None, tuple[Any, bool] | None]:
    """The lower and the upper end of a test, each with whether it belongs to it; None where there is no end."""
    if test.kind == 'value':
        return (test.low, True), (test.low, True)
    low = None if test.low is None else (test.low, test.low_in)
    return low, None if test.high is None else (test.high, test.high_in)


def _same(one: Any, other: Any) -> bool:
    return one == other if _comparable(one, other) else one is other


def _comparable(one: Any, other: Any) -> bool:
    numbers = [isinstance(value, (int, float)) and not isinstance(value, bool) for value in (one, other)]
    return all(numbers) or (type(one) is type(other) and isinstance(one, (str, bool)))
