"""A decision table as it runs: from values to outputs, by its hit policy."""
from collections import ChainMap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from engine.decision.kind import ANY, Kind, meets, say
from engine.decision.listing import Line, Listing, in_words
from engine.decision.outcome import Functions, Hit, NoRule, Outcome, Scope, Step, Steps
from engine.decision.watch import note
from engine.errors import Broken, listed, reason, said
from engine.expression import Code, ExpressionError, Test

POLICIES = frozenset({'UNIQUE', 'FIRST', 'ANY', 'PRIORITY', 'RULE ORDER', 'OUTPUT ORDER', 'COLLECT'})
SEVERAL = frozenset({'RULE ORDER', 'OUTPUT ORDER', 'COLLECT'})
"""The hit policies that may give several rows, or none."""
_ANY = (Test('any'),)


@dataclass(frozen=True)
class Input:
    """A column that is asked. ``variable`` is what its cells may call the value besides ``?``; ``allowed``
    is the list of values that may come, as a cell."""

    id: str
    label: str
    text: str
    kind: Kind = ANY
    code: Code | None = None
    allowed: Code | None = None
    variable: str = ''


@dataclass(frozen=True)
class Output:
    """A column that answers. ``order``: its values, the weightiest first; ``default`` is for no row."""

    id: str
    label: str
    name: str
    kind: Kind = ANY
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

    @cached_property
    def asking(self) -> tuple[tuple[int, Code | None], ...]:
        """The cells that not every value meets, each with the place of its column."""
        return tuple((place, test) for place, test in enumerate(self.tests) if test is None or test.tests != _ANY)

    @property
    def note(self) -> str:
        """On what ground the row stands."""
        return '；'.join(filter(None, (self.description, *self.notes)))


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

    @cached_property
    def names(self) -> frozenset[str]:
        """What the table reads."""
        own = (column.variable for column in self.inputs if column.variable)
        return frozenset(name for code in self.codes() for name in code.names).difference(own)

    @cached_property
    def calls(self) -> frozenset[str]:
        """The functions that the table calls."""
        return frozenset(name for code in self.codes() for name in code.calls)

    def codes(self) -> Iterator[Code]:
        """Every expression of the table."""
        yield from filter(None, (column.code for column in self.inputs))
        yield from filter(None, (column.default for column in self.outputs))
        for rule in self.rules:
            yield from filter(None, (*rule.tests, *rule.answers))

    def decide(self, scope: Scope, functions: Functions) -> Outcome:
        """What the table answers for these values.

        UNIQUE, FIRST, ANY and PRIORITY give one value for each output; RULE ORDER, OUTPUT ORDER and COLLECT
        a list for each, in the order of the rows or of the outputs' weight; COLLECT with SUM, MIN, MAX or
        COUNT one number.

        Raises ``NoRule`` when no row fits (where several may fit, none is an empty list, 0 for SUM and
        COUNT, None for MIN and MAX), ``Broken`` when rows contradict each other, a cell fails, or a value
        is of another type than its column or not among the values that the column lists.
        """
        values = [self.asked(column, scope, functions) for column in self.inputs]
        hits: list[tuple[Rule, dict[str, Any]]] = []
        for rule in self.rules:
            if self._fits(rule, values, scope, functions):
                hits.append((rule, self._answers(rule, scope, functions)))
                if self.hit_policy == 'FIRST':
                    break
        asked = dict(zip((column.label for column in self.inputs), values))
        if not hits:
            return self._nothing(asked, scope, functions)
        return self._several(hits, asked) if self.hit_policy in SEVERAL else self._one(hits, asked)

    def work(self, scope: Scope, functions: Functions, steps: Steps) -> Any:
        """What the table answers, as another expression sees it; the rows that gave it are a step more."""
        outcome = self.decide(scope, functions)
        steps.take(Step(self.id, self.name, outcome.value, outcome.rules, outcome.inputs))
        return outcome.value

    def listings(self) -> Iterator[Listing]:
        """The table for a page."""
        lines = [Line(rule.number, rule.id, [in_words(text) or said('任意') for text in rule.inputs],
                      list(map(in_words, rule.outputs)), [rule.description, *rule.notes])
                 for rule in self.rules]
        yield Listing(self.id, self.name, self.hit_policy, [column.label for column in self.inputs],
                      [column.label for column in self.outputs], [said('依据'), *self.annotations], lines,
                      [column.name for column in self.outputs])

    def asked(self, column: Input, scope: Scope, functions: Functions) -> Any:
        """The value with which a column is asked. :raises Broken: it cannot be worked out, or may not come."""
        if column.code is None:
            raise self._broken(said('输入列“{label}”没有可用的表达式', label=column.label), column.text)
        try:
            value = column.kind.taken(column.code.evaluate(scope, functions))
        except (ExpressionError, ValueError) as error:
            asked = _read(column.code, scope)
            raise self._broken(said('输入列“{label}”：{cause}', label=column.label, cause=reason(error)), column.text,
                               asked) from error
        if value is not None and column.allowed is not None and not meets(column.allowed, value):
            raise self._broken(said('输入列“{label}”：{value}不在允许的取值里：{allowed}', label=column.label, value=say(value),
                                    allowed=column.allowed.text), column.text, {column.label: value})
        return value

    def _fits(self, rule: Rule, values: Sequence[Any], scope: Scope, functions: Functions) -> bool:
        for place, test in rule.asking:
            column, value = self.inputs[place], values[place]
            if test is None:
                raise self._broken(said('第{row}行第{column}列写得不对', row=rule.number, column=place + 1), rule.inputs[place])
            seen = ChainMap({column.variable: value}, scope) if column.variable else scope
            try:
                if not test.evaluate(seen, functions, value):
                    return False
            except ExpressionError as error:
                asked = {column.label: value, **_read(test, seen)}
                raise self._broken(said('第{row}行第{column}列：{cause}', row=rule.number, column=place + 1,
                                        cause=reason(error)), rule.inputs[place], asked) from error
        return True

    def _answers(self, rule: Rule, scope: Scope, functions: Functions) -> dict[str, Any]:
        return {column.name: self._answer(column, answer, text, rule.number, scope, functions)
                for column, answer, text in zip(self.outputs, rule.answers, rule.outputs)}

    def _answer(self, column: Output, answer: Code | None, text: str, row: int | None, scope: Scope,
                functions: Functions) -> Any:
        if answer is None:
            raise self._broken(said('{where}写得不对', where=_where(column, row)), text)
        try:
            value = column.kind.taken(answer.evaluate(scope, functions))
        except (ExpressionError, ValueError) as error:
            raise self._broken(said('{where}：{cause}', where=_where(column, row), cause=reason(error)), text,
                               _read(answer, scope)) from error
        if value is not None and column.order and value not in column.order:
            raise self._broken(said('{where}：{value}不在这一列的取值里：{allowed}', where=_where(column, row), value=say(value),
                                    allowed=say(list(column.order))), text)
        return value

    def _nothing(self, asked: dict[str, Any], scope: Scope, functions: Functions) -> Outcome:
        if self.outputs and all(column.default for column in self.outputs):
            values = {column.name: self._answer(column, column.default, column.default.text, None, scope, functions)
                      for column in self.outputs if column.default}
            return Outcome(values, [], asked, self._whole(values))
        if self.hit_policy not in SEVERAL:
            raise NoRule(self.name, asked)
        empty: Any = {'SUM': 0, 'COUNT': 0, 'MIN': None, 'MAX': None}.get(self.aggregation, [])
        return Outcome({column.name: empty if self.aggregation else [] for column in self.outputs}, [], asked,
                       empty)

    def _several(self, hits: list[tuple[Rule, dict[str, Any]]], asked: dict[str, Any]) -> Outcome:
        if self.hit_policy == 'OUTPUT ORDER':
            hits = sorted(hits, key=lambda hit: self._weight(hit[1]))
        rules = [self._hit(rule) for rule, _ in hits]
        values: dict[str, Any] = {column.name: [found[column.name] for _, found in hits]
                                  for column in self.outputs}
        if self.aggregation:
            values = {name: self._aggregated(name, several) for name, several in values.items()}
            return Outcome(values, rules, asked, self._whole(values))
        return Outcome(values, rules, asked, [self._whole(found) for _, found in hits])

    def _aggregated(self, name: str, values: list[Any]) -> Any:
        if self.aggregation == 'COUNT':
            return len(values)
        numbers = [value for value in values if value is not None]
        if any(isinstance(value, bool) or not isinstance(value, (int, float)) for value in numbers):
            raise self._broken(said('“{name}”要合计，但有的值不是数字：{values}', name=name, values=listed(map(say, values))))
        if self.aggregation == 'SUM':
            # Tenths do not add up exactly in binary; a score of 0.1 + 0.2 is 0.3.
            total = round(sum(numbers), 10)
            return int(total) if float(total).is_integer() else total
        return (min if self.aggregation == 'MIN' else max)(numbers, default=None)

    def _one(self, hits: list[tuple[Rule, dict[str, Any]]], asked: dict[str, Any]) -> Outcome:
        if self.hit_policy == 'PRIORITY':
            hits = [min(hits, key=lambda hit: self._weight(hit[1]))]
        if self.hit_policy == 'UNIQUE' and len(hits) > 1:
            raise self._broken(said('第{rows}行同时适用，但这张表规定只能有一行适用', rows=_rows(hits)), values=asked)
        if self.hit_policy == 'ANY' and any(found != hits[0][1] for _, found in hits):
            raise self._broken(said('第{rows}行同时适用，结果却不一样', rows=_rows(hits)), values=asked)
        return Outcome(hits[0][1], [self._hit(rule) for rule, _ in hits], asked, self._whole(hits[0][1]))

    def _hit(self, rule: Rule) -> Hit:
        note(self.id, rule.number)
        return Hit(rule.id, rule.note, rule.number,
                   {column.label: text for column, text in zip(self.inputs, rule.inputs)
                    if text not in ('', '-')})

    def _whole(self, found: dict[str, Any]) -> Any:
        return next(iter(found.values())) if len(found) == 1 else found

    def _weight(self, found: Mapping[str, Any]) -> list[int]:
        """How far down the outputs' own lists of values the answers stand; what is not listed comes last."""
        return [(*column.order, found[column.name]).index(found[column.name])
                for column in self.outputs if column.order]

    def _broken(self, cause: str, expression: str | None = None,
                values: dict[str, Any] | None = None) -> Broken:
        return Broken(said('决策表“{table}”{cause}', table=self.name, cause=cause), expression=expression, values=values,
                      advice='请流程管理员改正决策表后重试。')


def _where(column: Output, row: int | None) -> str:
    return (said('默认的“{label}”', label=column.label) if row is None else
            said('第{row}行的“{label}”', row=row, label=column.label))


def _rows(hits: Sequence[tuple[Rule, Any]]) -> str:
    return listed(str(rule.number) for rule, _ in hits)


def _read(code: Code, scope: Scope) -> dict[str, Any]:
    return {name: scope.get(name) for name in sorted(code.names)}
