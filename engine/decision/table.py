"""A decision table as it runs: from values to outputs, by its hit policy."""
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from engine.decision.kind import coerced, say
from engine.decision.problem import Problem
from engine.errors import Broken, Refused
from engine.expression import Code, ExpressionError

POLICIES = frozenset({'UNIQUE', 'FIRST', 'ANY', 'PRIORITY', 'RULE ORDER', 'OUTPUT ORDER', 'COLLECT'})
SEVERAL = frozenset({'RULE ORDER', 'OUTPUT ORDER', 'COLLECT'})
"""The hit policies that may give several rows, or none."""

Functions = Mapping[str, Callable[..., Any]]
Scope = Mapping[str, Any]


class NoRule(Refused):
    """No row of the table fits. ``inputs`` are the values that it was asked with, by the column's label."""

    def __init__(self, table: str, inputs: Mapping[str, Any]) -> None:
        self.inputs = dict(inputs)
        said = '，'.join(f'{label}是{say(value)}' for label, value in inputs.items())
        super().__init__('决策表“{table}”没有一行适用：{said}。请给这种情况补一行。', table=table, said=said)


@dataclass(frozen=True)
class Hit:
    """A row that applied: its id and its note, the ground on which it stands."""

    id: str
    note: str


@dataclass(frozen=True)
class Outcome:
    """What a table answers: outputs by name, and the rows they come from (none where defaults stand in)."""

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
    """A column that answers. ``order``: its values, the weightiest first; ``default`` is for no row."""

    id: str
    label: str
    name: str
    type: str
    order: tuple[Any, ...] = ()
    default: Code | None = None


@dataclass(frozen=True)
class Rule:
    """A row: ``inputs`` and ``outputs`` as written, ``notes`` by annotation column, ``note`` all of them."""

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
    problems: tuple[Problem, ...] = field(default=(), repr=False)

    @cached_property
    def names(self) -> frozenset[str]:
        """What the table reads."""
        return frozenset(name for code in self._codes() for name in code.names)

    @cached_property
    def calls(self) -> frozenset[str]:
        """The functions that the table calls."""
        return frozenset(name for code in self._codes() for name in code.calls)

    def decide(self, scope: Scope, functions: Functions) -> Outcome:
        """What the table answers for these values.

        UNIQUE, FIRST, ANY and PRIORITY give one value for each output; RULE ORDER, OUTPUT ORDER and COLLECT
        a list for each, in the order of the rows or of the outputs' weight; COLLECT with SUM, MIN, MAX or
        COUNT one number.

        Raises ``NoRule`` when no row fits (where several may fit, none is an empty list, 0 for SUM and
        COUNT, None for MIN and MAX), ``Broken`` when rows contradict each other, a cell fails, or a value
        has another type than its column.
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
                      list(map(_in_words, rule.outputs)), [rule.description, *rule.notes])
                 for rule in self.rules]
        return Listing([column.label for column in self.inputs], [column.label for column in self.outputs],
                       ['依据', *self.annotations], lines)

    def _codes(self) -> Iterator[Code]:
        yield from filter(None, (column.code for column in self.inputs))
        yield from filter(None, (column.default for column in self.outputs))
        for rule in self.rules:
            yield from filter(None, (*rule.tests, *rule.answers))

    def _asked(self, column: Input, scope: Scope, functions: Functions) -> Any:
        if column.code is None:
            raise self._broken(f'输入列“{column.label}”没有可用的表达式', column.text)
        try:
            return coerced(column.code.evaluate(scope, functions), column.type)
        except (ExpressionError, ValueError) as error:
            asked = _read(column.code, scope)
            raise self._broken(f'输入列“{column.label}”：{error}', column.text, asked) from error

    def _fits(self, rule: Rule, values: Sequence[Any], scope: Scope, functions: Functions) -> bool:
        for place, (test, value) in enumerate(zip(rule.tests, values)):
            where, text = f'第{rule.number}行第{place + 1}列', rule.inputs[place]
            if test is None:
                raise self._broken(f'{where}写得不对', text)
            try:
                if not test.evaluate(scope, functions, value):
                    return False
            except ExpressionError as error:
                asked = {self.inputs[place].label: value, **_read(test, scope)}
                raise self._broken(f'{where}：{error}', text, asked) from error
        return True

    def _answers(self, rule: Rule, scope: Scope, functions: Functions) -> dict[str, Any]:
        where = f'第{rule.number}行的'
        return {column.name: self._answer(column, answer, text, where, scope, functions)
                for column, answer, text in zip(self.outputs, rule.answers, rule.outputs)}

    def _answer(self, column: Output, answer: Code | None, text: str, where: str, scope: Scope,
                functions: Functions) -> Any:
        if answer is None:
            raise self._broken(f'{where}“{column.label}”写得不对', text)
        try:
            return coerced(answer.evaluate(scope, functions), column.type)
        except (ExpressionError, ValueError) as error:
            raise self._broken(f'{where}“{column.label}”：{error}', text, _read(answer, scope)) from error

    def _nothing(self, values: Sequence[Any], scope: Scope, functions: Functions) -> Outcome:
        if self.outputs and all(column.default for column in self.outputs):
            return Outcome({column.name: self._answer(column, column.default, column.default.text, '默认的',
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
        values: dict[str, Any] = {column.name: [found[column.name] for _, found in hits]
                                  for column in self.outputs}
        if self.aggregation:
            values = {name: self._aggregated(name, several) for name, several in values.items()}
        return Outcome(values, rules)

    def _aggregated(self, name: str, values: list[Any]) -> Any:
        if self.aggregation == 'COUNT':
            return len(values)
        numbers = [value for value in values if value is not None]
        if any(isinstance(value, bool) or not isinstance(value, (int, float)) for value in numbers):
            raise self._broken(f'“{name}”要合计，但有的值不是数字：{"、".join(map(say, values))}')
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
        return [(*column.order, found[column.name]).index(found[column.name]) for column in self.outputs]

    def _broken(self, cause: str, expression: str | None = None,
                values: dict[str, Any] | None = None) -> Broken:
        return Broken(f'决策表“{self.name}”{cause}', expression=expression, values=values,
                      advice='请流程管理员改正决策表后重试。')


def _in_words(text: str) -> str:
    """A cell without the signs of the language where it is simply a value or a list of values."""
    text = text.strip()
    if text == '-':
        return ''
    if re.fullmatch(r'"[^"\\]*"(\s*,\s*"[^"\\]*")*', text):
        return '、'.join(re.findall(r'"([^"]*)"', text))
    return {'true': '是', 'false': '否', 'null': '空'}.get(text, text)


def _read(code: Code, scope: Scope) -> dict[str, Any]:
    return {name: scope.get(name) for name in sorted(code.names)}
