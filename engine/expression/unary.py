"""The grammar of a decision table's cell: what the input must be (S-FEEL, and questions about ``?``)."""
import ast
from collections.abc import Iterable
from typing import Any, NamedTuple

from engine.expression import tree
from engine.expression.feel_grammar import Feel, fixed
from engine.expression.grammar import COMPARE
from engine.expression.lexer import Word, deeper

LOWER = {'>': False, '>=': True}                                        # sign -> does the end belong to it
UPPER = {'<': False, '<=': True}
EQUAL = ('=', '==')


class Test(NamedTuple):
    """One test of a cell, as far as it is known without values, so that overlaps can be found.

    ``kind``: any; value (equals `low`); range (`low` to `high`, None = without end); other (needs values).
    """

    kind: str
    low: Any = None
    high: Any = None
    low_in: bool = False
    high_in: bool = False

    __test__ = False                                                     # pytest: this is none of yours


class Cell(Feel):
    """Reads one cell. ``tests`` are its parts; ``negated`` says that none of them may hold."""

    def __init__(self, text: str, words: list[Word], known: Iterable[str] = ()) -> None:
        super().__init__(text, words, known)
        self.tests: list[Test] = []
        self.negated = False

    def whole(self) -> ast.expr:
        """The cell as one question about the input: nothing or ``-`` is always true."""
        if self.word.kind == 'end' or self.word.text == '-' and self.words[1].kind == 'end':
            self.tests = [Test('any')]
            return tree.constant(True)
        self.negated = self.is_negated()
        if self.negated:
            self.place += 2
        tests = [self.test()]
        while self.word.text == ',' and self.word.kind == 'sign':
            self.take()
            tests.append(self.test())
        if self.negated:
            self.expect(')', '写成 not("甲", "乙")')
        if self.word.text in ('and', '&&', 'or', '||'):
            self.refuse('“{word}”不能接在这样的条件后面', '区间写成 [1..5]；几个值用逗号分开；或者写成 ? > 1 and ? < 5',
                        word=self.word.text)
        self.expect_end()
        node = tree.either(*tests)
        return self.opened(tree.inverse(node) if self.negated else tree.call('feel_holds', tree.either(*tests)))

    def is_negated(self) -> bool:
        """Whether the whole cell is ``not(…)``, and not an expression that begins so."""
        if self.word.text != 'not' or self.ahead(1) != '(':
            return False
        depth = 0
        for place in range(1, len(self.words) - 1):
            depth += self.turn(place)
            if depth == 0:
                return place == len(self.words) - 2
        return False

    def turn(self, place: int) -> int:
        """How much deeper a word leads; of ranges, ``]`` may open and ``[`` close."""
        before, word, after = self.words[place - 1:place + 2]
        if word.text == ']' and before.text in ('(', ',') and before.kind == word.kind == 'sign':
            return 1
        if word.text == '[' and after.text in (')', ',') and word.kind == after.kind == 'sign':
            return -1
        return deeper(word)

    def test(self) -> ast.expr:
        """One of the tests between commas."""
        word = self.word
        if word.kind == 'sign' and word.text in (*LOWER, *UPPER, *EQUAL, '!='):
            return self.compared(self.take().text)
        if self.at_range():
            node = self.interval(self.input())
            low, high, low_in, high_in = node.args[1:]
            return self.noted(node, 'range', low, high, low_in.value, high_in.value)
        self.uses_value = False
        node = self.no_function(self.value())
        if tree.is_truth(node):
            self.tests.append(Test('other'))
            return node
        if fixed(node)[0]:
            return self.noted(tree.call('feel_equal', self.input(), node), 'value', node)
        self.tests.append(Test('other'))
        return tree.call('feel_answers' if self.uses_value else 'feel_meets', self.input(), node)

    def compared(self, sign: str) -> ast.expr:
        """``> 3``, ``<= 2026-09-30``, ``= "a"``."""
        operand = self.value(COMPARE)
        node = self.operation(tree.COMPARISON['==' if sign == '=' else sign], self.input(), operand)
        if sign in EQUAL:
            return self.noted(node, 'value', operand)
        if sign in LOWER:
            return self.noted(node, 'range', operand, None, LOWER[sign])
        if sign in UPPER:
            return self.noted(node, 'range', None, operand, False, UPPER[sign])
        self.tests.append(Test('other'))
        return node

    def noted(self, node: ast.expr, kind: str, low: ast.expr | None, high: ast.expr | None = None,
              low_in: bool = False, high_in: bool = False) -> ast.expr:
        """The node, its test noted where its ends are fixed."""
        ends = [(True, None) if end is None else fixed(end) for end in (low, high)]
        if all(known for known, _ in ends):
            self.tests.append(Test(kind, ends[0][1], ends[1][1], low_in, high_in))
        else:
            self.tests.append(Test('other'))
        return node

    def joined(self, operator: type[ast.boolop], left: ast.expr, right: ast.expr) -> ast.expr:
        """`and`, `or` between questions; between fixed values someone meant a list."""
        if any(tree.is_constant(side) and not isinstance(side.value, bool) for side in (left, right)):
            self.refuse('固定的值不能用 and、or 连接', '几个值用逗号分开，例如 "甲", "乙"')
        return super().joined(operator, left, right)

    def inverted(self, word: Word, node: ast.expr) -> ast.expr:
        """``not`` of a question; of a fixed value it means the whole cell, and must stand around it."""
        if tree.is_constant(node) and not isinstance(node.value, bool):
            self.refuse('not(…) 要放在整个单元格的外面', '例如 not("甲", "乙")', word)
        return super().inverted(word, node)

    def begins_empty(self, following: Word) -> bool:
        """``empty ?``, too."""
        return super().begins_empty(following) or following.kind == 'sign' and following.text == '?'

    def cell_value(self, word: Word) -> ast.expr:
        """``?`` is the input."""
        self.uses_value = True
        return self.followed(self.input())

    def input(self) -> ast.expr:
        """The input that the cell is about."""
        return tree.local('value')
