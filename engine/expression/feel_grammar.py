"""The grammar of FEEL (DMN 1.3, chapter 10), loosest first; what this house adds stands in round brackets.

    if a then b else c      for x in xs, y in 1..5 return e      some x in xs satisfies e      every …
    function(x, y) e        (a ? b : c)
    a or b  (||)            a and b  (&&)             not(a)  (!a, empty a)
    = (==) != < <= > >=     a between b and c         a in xs, [1..5], < 5, (1, 2, [5..9])      (a not in xs)
    + -                     * / (mod)                 **                        -a      a instance of list<number>
    f(a, b)  f(x: a)        a.b                       xs[1]  xs[-1]  xs[item > 1]  rows[price > 1]
    1  0.5  "text" ('text') true  null  @"2026-09-30" (2026-09-30, P7D)  [1..5]  [1, 2]  {a: 1, b: a + 1}  `a name`

Names may have several words where the caller, the text or FEEL itself gives them. Comments are // and /* */.
"""
import ast
from collections.abc import Callable
from typing import Any

from engine.expression import feel_library, temporal, tree
from engine.expression.feel_form import Form
from engine.expression.feel_library import FUNCTIONS, Signature
from engine.expression.grammar import COMPARE, POWER, SIGN
from engine.expression.lexer import Word
from engine.expression.pattern import pattern
from engine.expression.refusal import Stopped, show
from engine.expression.vocabulary import FEEL_WORDS

ONE_SIDED = ('<', '<=', '>', '>=')
LITERALS = ('date', 'time', 'date and time', 'duration')
HOUSE_CALLS = frozenset((('split', 1),))                       # our calendar's function of the same name


class Feel(Form):
    """Reads one text."""

    def whole(self) -> ast.expr:
        """The text as one value, as the world outside knows it."""
        node = self.no_function(super().whole())
        return self.opened(node if tree.is_constant(node) else tree.call('feel_plain', node))

    def no_function(self, node: ast.expr) -> ast.expr:
        """The node, which must not be a function: nothing outside could call it."""
        if tree.is_call(node, 'feel_function'):
            self.refuse('函数不能作为结果', '可以交给 sort，或者写成 {{f: function(x) x + 1, y: f(2)}}.y', self.words[0])
        return node

    def opened(self, node: ast.expr) -> ast.expr:
        """The node with an allowance of steps around it where it repeats anything."""
        return tree.in_scope(node, tree.call('feel_bounded_scope', tree.local('scope'))) if self.inner else node

    # operands

    def operand(self) -> ast.expr:
        """Also times and names in backticks."""
        word = self.word
        if word.kind == 'time':
            return self.followed(self.literal(self.take()))
        if word.kind == 'quoted':
            self.take()
            return self.followed(self.referred(word.value))
        return super().operand()

    def literal(self, word: Word) -> ast.expr:
        """``@"2020-05-31"``, 2020-05-31, P7D."""
        if temporal.parsed(word.value) is None:
            self.refuse('“{word}”不是日期、时刻，也不是时长', '例如 @"2026-09-30"、@"P7D"', word, word=word.text[:40])
        return tree.call('feel_parsed', tree.constant(word.value))

    def signed(self) -> ast.expr:
        """Also a range as a value."""
        if self.at_range():
            node = self.interval(tree.constant(None))
            return self.followed(tree.call('feel_make_range', *node.args[1:]))
        if self.word.text == '(' and self.ahead(1) in ONE_SIDED:
            self.take()
            node = self.positive()
            self.expect(')', '少一个右括号 )')
            return self.followed(node)
        return super().signed()

    def at_range(self) -> bool:
        """Not the range of a ``for`` inside a list."""
        if self.ahead(1) in ('for', 'some', 'every', 'if', 'function'):
            return False
        return super().at_range()

    def named(self) -> ast.expr:
        """Also functions and names of several words, and FEEL's own forms."""
        name, count = self.known.spelled(self.words, self.place)
        word = self.word
        if name in FUNCTIONS and self.ahead(count) == '(' and name not in self.bound:
            self.place += count
            return self.followed(self.built(name, word))
        if count > 1:
            self.place += count
            return self.called(name) if self.word.text == '(' else self.followed(self.referred(name))
        if word.text in FEEL_WORDS:
            return getattr(self, FEEL_WORDS[word.text])(self.take())
        if word.text == 'not' and self.ahead(1) == '(':
            self.place += 2
            node = self.value()
            self.expect(')', '少一个右括号 )')
            return self.inverted(word, node)
        if word.text in self.bound and self.ahead(1) == '(':
            self.take()
            function = self.referred(word.text)
            self.take()
            return self.followed(tree.call('feel_call', function, *self.listed(')')))
        return super().named()

    def called(self, name: str) -> ast.expr:
        """A call of the host's function, by places or by names."""
        self.calls.add(name)
        opening, given = self.word, self.arguments()
        nodes = tree.local('functions'), tree.constant(name), *(node for _, node in given)
        named = [argument for argument, _ in given if argument]
        if not named:
            self.counts.add((name, len(given)))
            return self.followed(tree.call('feel_host', *nodes))
        if len(named) != len(given):
            self.refuse('参数要么都写名字，要么都不写', '', opening)
        return self.followed(tree.call('feel_host_named', *nodes[:2], tree.constant('\n'.join(named)), *nodes[2:]))

    def inverted(self, word: Word, node: ast.expr) -> ast.expr:
        """``not(…)``: null stays null."""
        self.must_be_truth(node)
        return tree.call('feel_inverse', node)

    def condition(self, node: ast.expr) -> ast.expr:
        """What decides between two ways must be true, false or null."""
        self.must_be_truth(node)
        return tree.call('feel_decided', node)

    def must_be_truth(self, *nodes: ast.expr) -> None:
        """Nothing, unless one of the nodes is surely neither true nor false nor null."""
        for node in nodes:
            if isinstance(node, ast.Constant) and not (node.value is None or isinstance(node.value, bool)):
                self.refuse('{value}不是真假值', '', self.words[self.place - 1], value=show(node.value))

    def check_foreign(self, word: Word, called: bool) -> None:
        """FEEL has a loop of its own."""
        if word.text not in ('for', 'return'):
            super().check_foreign(word, called)

    # functions of FEEL

    def built(self, name: str, word: Word) -> ast.expr:
        """A call of one of FEEL's functions, by places or by names."""
        given = self.arguments()
        if (name, len(given)) in HOUSE_CALLS:
            self.calls.add(name)
            return tree.call('feel_host', tree.local('functions'), tree.constant(name), *(node for _, node in given))
        named = [argument for argument, _ in given if argument]
        if named and len(named) != len(given):
            self.refuse('参数要么都写名字，要么都不写', '', word)
        nodes = [node for _, node in given]
        for way, signature in enumerate(FUNCTIONS[name]):
            ordered = self.in_order(signature, given) if named else nodes
            if ordered is not None and signature.takes(len(ordered)):
                return self.built_call(name, way, ordered, word)
        known = '、'.join(f'{name}({", ".join(one.name for one in way.parameters)})' for way in FUNCTIONS[name])
        self.refuse('{name} 的参数不对', '写成 {known}', word, name=name, known=known)

    def in_order(self, signature: Signature, given: list[tuple[str, ast.expr]]) -> list[ast.expr] | None:
        """Arguments with names as the signature has them; null for one left out before another."""
        by_name = dict(given)
        places = [one.name for one in signature.parameters]
        if len(by_name) != len(given) or not by_name.keys() <= set(places):
            return None
        last = max((places.index(name) for name in by_name), default=-1)
        if any(not one.optional and one.name not in by_name for one in signature.parameters):
            return None
        return [by_name.get(name, tree.constant(None)) for name in places[:last + 1]]

    def built_call(self, name: str, way: int, nodes: list[ast.expr], word: Word) -> ast.expr:
        """The call; where it makes a fixed time from a text, that time."""
        if name in feel_library.PATTERNS and tree.is_constant(nodes[1]) and isinstance(nodes[1].value, str):
            self.try_out(pattern, nodes[1].value, word=word)
        elif all(map(tree.is_constant, nodes)):
            made = self.try_out(feel_library.built, name, way, *(node.value for node in nodes), word=word)
            if name in LITERALS and made is not None:
                return tree.call('feel_parsed', tree.constant(temporal.text_of(made, zoned=True)))
        given = tree.constant(name), tree.constant(way), *nodes
        if self.loops or name in feel_library.PATTERNS:
            self.inner = True
            return tree.call('feel_paid', tree.local('scope'), *given)
        return tree.call('feel_built', *given)

    def arguments(self) -> list[tuple[str, ast.expr]]:
        """What stands between the brackets of a call: each with its name, if it has one."""
        self.take()
        found: list[tuple[str, ast.expr]] = []
        while self.word.text != ')' or self.word.kind != 'sign':
            found.append((self.argument_name(), self.value()))
            if self.word.text != ')':
                self.expect(',', '少一个右括号 )')
        self.take()
        return found

    def argument_name(self) -> str:
        """``name :`` in front of an argument, taken; else nothing."""
        count = 0
        while self.words[self.place + count].kind == 'name':
            count += 1
        if not count or self.ahead(count) != ':':
            return ''
        name = ' '.join(word.text for word in self.words[self.place:self.place + count])
        self.place += count + 1
        return name

    # operators

    def operation(self, name: str, *operands: ast.expr) -> ast.expr:
        """FEEL's way of the operation; what fixed values can never do is refused now."""
        if all(map(tree.is_constant, operands)):
            self.try_out(tree.REACHABLE[f'feel_{name}'], *(one.value for one in operands))
        return tree.call(f'feel_{name}', *operands)

    def try_out(self, function: Callable[..., Any], *given: Any, word: Word | None = None) -> Any:
        """What the function makes of fixed values.

        :raises ExpressionError: it cannot work with them, whatever the data.
        """
        try:
            return function(*given)
        except Stopped as stopped:
            cause = stopped.cause.format(**stopped.values)
        except ArithmeticError:
            cause = '数字太大'
        self.refuse('{cause}', '', word or self.words[self.place - 1], cause=cause)

    def infix(self, left: ast.expr, floor: int) -> ast.expr | None:
        """Also powers, ``between`` and ``instance of``."""
        word = self.word
        if word.text == '**' and word.kind == 'sign' and floor < POWER:
            self.take()
            return self.operation('power', left, self.value(POWER))
        if word.kind == 'name' and word.text == 'between' and floor < COMPARE:
            self.take()
            low = self.value(COMPARE)
            self.expect('and', '写成 x between 1 and 5')
            ends = tree.constant(True), tree.constant(True)
            return tree.call('feel_between', left, low, self.value(COMPARE), *ends)
        if word.kind == 'name' and word.text == 'instance' and self.ahead(1) == 'of' and floor < SIGN:
            self.place += 2
            return tree.call('feel_instance', left, tree.constant(self.kind()))
        return super().infix(left, floor)

    def joined(self, operator: type[ast.boolop], left: ast.expr, right: ast.expr) -> ast.expr:
        """`and` and `or` with three values."""
        self.must_be_truth(left, right)
        name = 'feel_conjunction' if operator is ast.And else 'feel_disjunction'
        if tree.is_call(left, name):
            return tree.call(name, *left.args, tree.later(right))
        return tree.call(name, left, tree.later(right))

    def comparison(self, left: ast.expr) -> ast.expr:
        """Also ``in`` with ranges, lists of tests and one-sided tests."""
        if self.word.text in ('in', 'not'):
            sign = self.comparison_sign()
            node = self.membership(left)
            return node if sign == 'in' else tree.call('feel_inverse', node)
        return super().comparison(left)

    def membership(self, left: ast.expr) -> ast.expr:
        """What stands after ``in``."""
        if self.at_range():
            return self.interval(left)
        if self.word.text != '(' or self.word.kind != 'sign':
            return tree.call('feel_contained', left, self.positive(COMPARE))
        self.take()
        tests = [self.positive()]
        while self.word.text == ',' and self.word.kind == 'sign':
            self.take()
            tests.append(self.positive())
        self.expect(')', '少一个右括号 )')
        if len(tests) == 1:
            return tree.call('feel_contained', left, tests[0])
        return tree.call('feel_contained_any', left, *tests)

    def positive(self, floor: int = 0) -> ast.expr:
        """One test after ``in``: ``< 5``, a range, a value."""
        word = self.word
        if word.kind == 'sign' and word.text in ONE_SIDED:
            self.take()
            return tree.call('feel_one_sided', tree.constant(word.text), self.value(COMPARE))
        if word.kind == 'sign' and word.text == '=':
            self.take()
        return self.value(floor)

    # what follows an operand

    def asked(self, node: ast.expr) -> ast.expr:
        """Also names of several words after the dot."""
        name, count = self.known.spelled(self.words, self.place)
        if self.word.kind == 'quoted':
            name = self.word.value
        elif count == 1:
            return super().asked(node)
        self.place += count
        return self.operation('path', node, tree.constant(name))

    def item(self, node: ast.expr) -> ast.expr:
        """``[3]``, ``[-1]``, ``[price > 2]``."""
        opening, start, inner = self.take(), self.place, self.inner
        with self.inside(['item'], filtering=True):
            body = self.value()
        if self.word.text == ':':
            self.refuse('FEEL 不能这样截取', '请用 sublist 或 substring')
        self.expect(']', '少一个右方括号 ]')
        if isinstance(body, ast.Constant) and type(body.value) in (int, float):
            if body.value == 0 or body.value != int(body.value):
                self.refuse('没有第{place}项', 'FEEL 从 1 数起，最后一项是 -1', opening, place=body.value)
            self.inner = inner
            return tree.call('feel_index', node, body)
        return tree.call('feel_filtered', tree.local('scope'), node, self.cost(start), tree.body(body))


def fixed(node: ast.expr) -> tuple[bool, object]:
    """Whether a node is the same whatever it is asked about, and what it is then, as the world outside knows it."""
    if isinstance(node, ast.Constant):
        return True, node.value
    if tree.is_call(node, 'feel_parsed'):
        return True, temporal.text_of(temporal.parsed(node.args[0].value))
    return False, None
