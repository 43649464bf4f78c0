"""Rows of a table that some values fit both, as far as their cells can tell."""
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Any

from engine.decision.table import Rule
from engine.expression import Code, Test


def overlapping(rules: Iterable[Rule]) -> Iterator[tuple[Rule, Rule]]:
    """Pairs of rows that some values surely fit both; of cells that depend on data nothing is guessed."""
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
    return all(low[0] < high[0] or (low[0] == high[0] and low[1] and high[1])
               for low in lows for high in highs)


def _ends(test: Test) -> tuple[tuple[Any, bool] | None, tuple[Any, bool] | None]:
    """The lower and the upper end of a test, each with whether it belongs to it; None where it is open."""
    if test.kind == 'value':
        return (test.low, True), (test.low, True)
    low = None if test.low is None else (test.low, test.low_in)
    return low, None if test.high is None else (test.high, test.high_in)


def _same(one: Any, other: Any) -> bool:
    return one == other if _comparable(one, other) else one is other


def _comparable(one: Any, other: Any) -> bool:
    numbers = [isinstance(value, (int, float)) and not isinstance(value, bool) for value in (one, other)]
    return all(numbers) or (type(one) is type(other) and isinstance(one, (str, bool)))
