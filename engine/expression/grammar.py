"""The grammar of a value: Python's operators, those of Camunda's expressions and of FEEL, in one order."""
import ast
from typing import NoReturn

from engine.expression import tree
from engine.expression.lexer import Word, deeper
from engine.expression.library import METHOD_NAMES
from engine.expression.refusal import ExpressionError
from engine.expression.vocabulary import (COMPARISONS, FIXED, FOREIGN_CALLS, FOREIGN_WORDS, INFIX_WORDS, ONLY,
                                          PRODUCTS, SUMS, TWO_WORDS)

DEEPEST = 40
ENDS = ('end', 'line', 'indent', 'dedent')
_INSTEAD = {'equals': '请写 ==', 'concat': '请写 +', 'compareTo': '请写 <、>、==', 'getVariable': '请直接写变量的名字',
            'getValue': '请直接写变量的名字', 'hasVariable': '请写 not empty 变量的名字'}
"""What to write for the methods of Java that modelers reach for."""
CHOICE, OR, AND, NOT, COMPARE, SUM, PRODUCT, POWER, SIGN = range(1, 10)   # how tightly they bind


class Grammar:
    """Reads one text. ``names`` and ``calls`` are what it asks of the host, ``counts`` with how many
    arguments; `feel`: ``=`` means equal."""

    def __init__(self, text: str, words: list[Word], feel: bool = False) -> None:
        self.text, self.words, self.feel, self.place, self.depth = text, words, feel, 0, 0
        self.names: set[str] = set()
        self.calls: set[str] = set()
        self.counts: set[tuple[str, int]] = set()
        self.uses_value = False

    @property
    def word(self) -> Word:
        """The next word."""
        return self.words[self.place]

    def whole(self) -> ast.expr:
        """The text as one value, to its end.

        :raises ExpressionError: it is none; says where, and what to write instead.
        """
        if self.word.kind == 'end':
            self.refuse('是空的', '请写一个值，例如 progress_percent >= 100')
        node = self.value()
        self.expect_end()
        return node

    def expect_end(self) -> None:
        """Nothing more may follow."""
        if self.word.kind != 'end':
            self.misplaced()

    def value(self, floor: int = 0) -> ast.expr:
        """A value, with all operators that bind tighter than `floor`."""
        self.depth += 1
        if self.depth > DEEPEST:
            self.refuse('括号套得太深', '请拆成几步')
        node = self.operand()
        while (more := self.infix(node, floor)) is not None:
            node = more
        self.depth -= 1
        return node

    def infix(self, left: ast.expr, floor: int) -> ast.expr | None:
        """`left` with the operator that follows and its other operand; None where none follows."""
        word = self.word
        sign = word.text if word.kind in ('sign', 'name') else ''
        if sign in SUMS and floor < SUM:
            return self.operation(SUMS[self.take().text], left, self.value(SUM))
        if sign in PRODUCTS and floor < PRODUCT:
            return self.operation(PRODUCTS[self.take().text], left, self.value(PRODUCT))
        if floor < COMPARE and self.at_comparison():
            return self.comparison(left)
        if sign in ('and', '&&') and floor < AND:
            self.take()
            return self.joined(ast.And, left, self.value(AND))
        if sign in ('or', '||') and floor < OR:
            self.take()
            return self.joined(ast.Or, left, self.value(OR))
        if sign == '?' and floor < CHOICE:
            self.take()
            then = self.value()
            self.expect(':', '写成 条件 ? 值 : 值')
            return tree.choice(self.condition(left), then, self.value())
        if sign == 'if' and floor < CHOICE:
            self.take()
            test = self.value(CHOICE)
            self.expect('else', '写成 值 if 条件 else 值')
            return tree.choice(self.condition(test), left, self.value())
        return None

    def operation(self, name: str, *operands: ast.expr) -> ast.expr:
        """What an operator does with its operands."""
        return tree.call(name, *operands)

    def condition(self, node: ast.expr) -> ast.expr:
        """What decides between two ways."""
        return node

    def joined(self, operator: type[ast.boolop], left: ast.expr, right: ast.expr) -> ast.expr:
        """`and` and `or`; a row of the same stays one node, so that it is not deep."""
        if isinstance(left, ast.BoolOp) and isinstance(left.op, operator):
            return ast.BoolOp(operator(), [*left.values, right], **tree.PLACE)
        return ast.BoolOp(operator(), [left, right], **tree.PLACE)

    def comparison(self, left: ast.expr) -> ast.expr:
        """One comparison, or a row of them: ``1 < x < 5``."""
        operands, signs = [left], []
        while self.at_comparison():
            sign = self.comparison_sign()
            if sign == 'in' and self.at_range():
                if signs:
                    self.refuse('区间前面有别的比较', '请用括号分开')
                return self.interval(left)
            signs.append(sign)
            operands.append(self.value(COMPARE))
        if len(signs) > 1:
            return self.operation('chain', tree.constant(' '.join(signs)), *operands)
        return self.operation(tree.COMPARISON[signs[0]], *operands)

    def at_comparison(self) -> bool:
        """Whether a comparison follows; `not` is one only before `in`."""
        word = self.word
        if word.kind not in ('sign', 'name') or word.text not in COMPARISONS:
            return False
        return word.text != 'not' or self.ahead(1) == 'in'

    def comparison_sign(self) -> str:
        """The sign of a comparison: ``is not``, ``not in`` are two words."""
        word = self.take()
        if word.text == '=' and not self.feel:
            self.refuse('一个等号是赋值', '判断相等请写 ==', word)
        if word.text == 'not':
            self.take()
        if word.text == 'is' and self.word.text == 'not':
            self.take()
            return '!='
        return COMPARISONS[word.text]

    def at_range(self) -> bool:
        """Whether a range begins here: a bracket, and two dots before it closes."""
        if self.word.kind != 'sign' or self.word.text not in ('[', '(', ']'):
            return False
        depth = 0
        for word in self.words[self.place + 1:]:
            if word.kind != 'sign' or depth < 0:
                continue
            if depth == 0 and word.text in ('..', ','):
                return word.text == '..'
            depth += deeper(word)
        return False

    def interval(self, value: ast.expr) -> ast.expr:
        """``[1..5]``, ``(1..5]``, ``]1..5[``: whether `value` lies in it."""
        opening = self.take().text
        low = self.value(COMPARE)
        self.expect('..', '区间写成 [1..5]')
        high = self.value(COMPARE)
        if self.word.text not in (')', ']', '['):
            self.refuse('区间没有结束', '写成 [1..5] 或 (1..5)')
        closing = self.take().text
        ends = tree.constant(opening == '['), tree.constant(closing == ']')
        return self.operation('between', value, low, high, *ends)

    def operand(self) -> ast.expr:
        """What stands before, after and between operators."""
        word = self.word
        if word.kind in ('number', 'text'):
            self.take()
            return self.followed(tree.constant(word.value))
        if word.kind == 'name':
            return self.named()
        if word.kind == 'sign':
            return self.signed()
        return self.misplaced()

    def signed(self) -> ast.expr:
        """An operand that begins with a sign."""
        sign = self.word.text
        if sign == '!':
            return self.inverted(self.take(), self.value(SIGN))
        if sign in ('-', '+'):
            return self.signed_number(self.take())
        if sign == '(':
            self.take()
            node = self.value()
            self.expect(')', '少一个右括号 )')
            return self.followed(node)
        if sign == '[':
            self.take()
            return self.followed(tree.call('make_list', *self.listed(']')))
        if sign == '{':
            return self.followed(self.mapping())
        if sign == '?':
            return self.cell_value(self.take())
        return self.misplaced()

    def signed_number(self, sign: Word) -> ast.expr:
        """A number with its sign."""
        node = self.value(SIGN)
        if isinstance(node, ast.Constant):
            if isinstance(node.value, bool) or not isinstance(node.value, (int, float)):
                self.refuse('正负号后面不是数字', '时长不能写成负的，请用 workdays(…, -3)', sign)
            return tree.constant(-node.value if sign.text == '-' else node.value)
        if sign.text == '+':
            self.refuse('“+”前面没有东西', '请去掉它', sign)
        return self.operation('negative', node)

    def inverted(self, word: Word, node: ast.expr) -> ast.expr:
        """``not``, ``!``."""
        return tree.inverse(node)

    def cell_value(self, word: Word) -> ast.expr:
        """``?``, the input of a decision table's cell."""
        self.refuse('“?”只能用在决策表的单元格里', '', word)

    def named(self) -> ast.expr:
        """An operand that begins with a word: a fixed value, ``not``, ``if``, ``empty``, a call, a name."""
        word = self.take()
        following = self.word
        called = following.kind == 'sign' and following.text == '('
        if word.text in FIXED:
            return tree.constant(FIXED[word.text])
        if word.text == 'not':
            return self.inverted(word, self.value(NOT))
        if word.text == 'if':
            return self.if_then()
        self.check_foreign(word, called)
        if word.text in INFIX_WORDS:
            self.place -= 1
            self.misplaced()
        if word.text == 'empty' and self.begins_empty(following):
            return tree.call('empty', self.value(SIGN))
        if (word.text, following.text) in TWO_WORDS and self.ahead(1) == '(':
            self.take()
            return self.called(f'{word.text}_{following.text}')
        if called:
            return self.called(word.text)
        return self.followed(self.name(word))

    def begins_empty(self, following: Word) -> bool:
        """Whether `empty` asks about what follows, and is not a name itself."""
        if following.kind == 'name':
            return following.text not in INFIX_WORDS
        return following.kind == 'text' or following.kind == 'sign' and following.text == '('

    def name(self, word: Word) -> ast.expr:
        """What the host knows under this name."""
        self.names.add(word.text)
        return tree.call('read', tree.local('scope'), tree.constant(word.text))

    def called(self, name: str) -> ast.expr:
        """A call of the host's function or of one of ours."""
        self.take()
        self.calls.add(name)
        given = self.listed(')')
        self.counts.add((name, len(given)))
        return self.followed(tree.call('invoke', tree.local('functions'), tree.constant(name), *given))

    def if_then(self) -> ast.expr:
        """FEEL's choice: ``if test then a else b``."""
        test = self.value()
        self.expect('then', '写成 if 条件 then 值 else 值')
        then = self.value()
        self.expect('else', '写成 if 条件 then 值 else 值')
        return tree.choice(self.condition(test), then, self.value())

    def followed(self, node: ast.expr) -> ast.expr:
        """The node with what is asked of it: ``a.b``, ``a.upper()``, ``a[0]``, ``a[1:3]``."""
        while self.word.kind == 'sign' and self.word.text in ('.', '['):
            if self.word.text == '.':
                self.take()
                node = self.asked(node)
            elif self.ends_range():
                break
            else:
                node = self.item(node)
        return node

    def asked(self, node: ast.expr) -> ast.expr:
        """``.name`` of a map, or a method of a text, list or map."""
        word = self.take()
        if word.kind != 'name':
            self.refuse('点的后面要写名字', '', word)
        if self.word.text != '(' or self.word.kind != 'sign':
            return self.operation('path', node, tree.constant(word.text))
        if word.text not in METHOD_NAMES:
            advice = _INSTEAD.get(word.text, '可以用 contains、startswith、endswith、split、size')
            self.refuse('没有“.{word}()”这种用法', advice, word, word=word.text)
        self.take()
        return tree.call('method', node, tree.constant(word.text), *self.listed(')'))

    def item(self, node: ast.expr) -> ast.expr:
        """``[key]`` or ``[start:end]``."""
        self.take()
        none = tree.constant(None)
        start = none if self.word.text == ':' else self.value()
        if self.word.text != ':':
            self.expect(']', '少一个右方括号 ]')
            return tree.call('item', node, start)
        self.take()
        end = none if self.word.text == ']' else self.value()
        self.expect(']', '少一个右方括号 ]')
        return tree.call('part', node, start, end)

    def ends_range(self) -> bool:
        """Whether this ``[`` closes a range such as ``]1..n[`` instead of asking for an item."""
        following = self.words[self.place + 1]
        return following.kind == 'end' or following.kind == 'sign' and following.text in (',', ')')

    def listed(self, closing: str) -> list[ast.expr]:
        """Values between commas up to the closing bracket."""
        found: list[ast.expr] = []
        while self.word.text != closing or self.word.kind != 'sign':
            if self.word.kind == 'sign' and self.word.text in ('*', '**'):
                self.refuse('不能展开参数', '请把参数一个一个写出来')
            if self.word.kind == 'name' and self.ahead(1) == '=' and closing == ')' and not self.feel:
                self.refuse('参数不用写名字', '按顺序写值，例如 morning(due_at, 1)')
            found.append(self.value())
            if self.word.text == ',' and self.word.kind == 'sign':
                self.take()
            elif self.word.text != closing:
                self.expect(closing, '少一个右括号 {sign}')
        self.take()
        return found

    def mapping(self) -> ast.expr:
        """``{name: value, "other name": value}``."""
        self.take()
        keys, values = [], []
        while self.word.text != '}' or self.word.kind != 'sign':
            key = self.take()
            if key.kind not in ('name', 'text') or '\n' in key.value:
                self.refuse('对象的每一项前要有名字', '写成 {{名字: 值}}', key)
            self.expect(':', '写成 {{名字: 值}}')
            keys.append(key.value)
            values.append(self.value())
            if self.word.text != '}':
                self.expect(',', '少一个右括号 }}')
        self.take()
        return tree.call('make_map', tree.constant('\n'.join(keys)), *values)

    def check_foreign(self, word: Word, called: bool) -> None:
        """Words of programming languages that are not spoken here."""
        if word.text in FOREIGN_WORDS:
            problem, suggestion = FOREIGN_WORDS[word.text]
            self.refuse(problem, suggestion, word, word=word.text)
        if called and word.text in FOREIGN_CALLS:
            self.refuse('不能使用“{word}”', ONLY, word, word=word.text)

    def ahead(self, count: int) -> str:
        """The text of a word further on."""
        return self.words[min(self.place + count, len(self.words) - 1)].text

    def take(self) -> Word:
        """The next word, used up; the end never is."""
        word = self.word
        if word.kind != 'end':
            self.place += 1
        return word

    def expect(self, sign: str, suggestion: str) -> None:
        """Take the sign or word `sign`, or refuse."""
        if self.word.text == sign and self.word.kind in ('sign', 'name'):
            self.take()
        elif self.word.kind in ENDS:
            self.refuse('到这里就断了，还差“{sign}”', suggestion, sign=sign)
        elif self.word.text in ('=', '**', *FOREIGN_WORDS):
            self.misplaced()
        else:
            self.refuse('这里应当是“{sign}”', suggestion, sign=sign)

    def misplaced(self) -> NoReturn:
        """The next word cannot stand here."""
        word = self.word
        if word.kind == 'name':
            self.check_foreign(word, False)
        if word.kind in ENDS:
            self.refuse('到这里就断了', '请把它写完')
        if word.kind in ('name', 'number', 'text') and word.text not in INFIX_WORDS:
            self.refuse('“{word}”前面少了运算符', '例如 and、or、==、+；文字两头要有引号', word, word=word.text[:40])
        if word.kind == 'sign' and word.text in ('=', '+=', '-=', '*=', '/='):
            self.refuse('不能赋值', '判断相等写一个 =' if self.feel else '判断相等请写 ==', word)
        if word.text == '**':
            self.refuse('没有乘方', '请用乘法', word)
        self.refuse('“{word}”不能写在这里', '', word, word=word.text)

    def refuse(self, problem: str, suggestion: str, word: Word | None = None, /,
               **values: object) -> NoReturn:
        """Say what is wrong with a word (the next one), and what to write instead."""
        at = (word or self.word).at
        raise ExpressionError(problem, text=self.text, at=at, suggestion=suggestion, **values)
