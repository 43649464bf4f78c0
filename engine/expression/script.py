"""The grammar of a script: assignments and if, elif, else. What it sets is handed back, and that is all.

``error("代码")`` and ``escalate("代码")`` end it and let a BPMN error or escalation happen.
"""
import ast

from engine.expression import tree
from engine.expression.grammar import DEEPEST, Grammar
from engine.expression.lexer import Word
from engine.expression.vocabulary import FIXED, INFIX_WORDS, PRODUCTS, SUMS

THROWING = {'error': 'error', 'escalate': 'escalation'}
AUGMENTED = {'+=': '+', '-=': '-', '*=': '*', '/=': '/'}
OPERATORS = {**SUMS, **PRODUCTS}


class Script(Grammar):
    """Reads one script. ``set`` are the names that it may set, ``certain`` those surely set up to here."""

    def __init__(self, text: str, words: list[Word]) -> None:
        super().__init__(text, words)
        self.set: set[str] = set()
        self.certain: set[str] = set()

    def statements(self) -> list[ast.stmt]:
        """The script to its end.

        :raises ExpressionError: anything but an assignment or a choice; says where.
        """
        found: list[ast.stmt] = []
        while self.word.kind != 'end':
            found += self.statement()
        return found or [tree.nothing()]

    def statement(self) -> list[ast.stmt]:
        """A choice with its blocks, or a line of assignments."""
        if self.word.kind == 'indent':
            self.refuse('这一行多了缩进', '请和上一行左边对齐')
        if self.word.kind == 'name' and self.word.text == 'if':
            return [self.choice()]
        return self.line()

    def line(self) -> list[ast.stmt]:
        """Assignments, between semicolons if there are several."""
        found = self.assignment()
        while self.word.text == ';' and self.word.kind == 'sign':
            self.take()
            found += self.assignment() if self.word.kind not in ('line', 'end') else []
        if self.word.kind == 'line':
            self.take()
        elif self.word.kind not in ('end', 'dedent'):
            self.misplaced()
        return found

    def assignment(self) -> list[ast.stmt]:
        """``name = value``, ``name += value``, ``error(code)``, ``escalate(code)`` or ``pass``."""
        word = self.take()
        if word.kind == 'name' and word.text == 'pass':
            return [tree.nothing()]
        if word.kind == 'name' and word.text in THROWING and self.word.text == '(':
            return [self.throwing(word)]
        if word.kind == 'name':
            self.check_foreign(word, self.word.text == '(')
        sign = self.word.text if self.word.kind == 'sign' else ''
        if word.kind != 'name' or sign not in ('=', *AUGMENTED):
            self.refuse('每一行要写成“名字 = 值”', '只能给一个名字赋值，不能写循环或调用', word)
        if word.text in FIXED or word.text in INFIX_WORDS:
            self.refuse('“{word}”是固定的词，不能赋值', '请换一个名字', word, word=word.text)
        self.take()
        value = self.value()
        if self.word.text in ('=', ',') and self.word.kind == 'sign':
            self.refuse('一行只能给一个名字赋值', '请分成几行写')
        if sign in AUGMENTED:
            value = tree.call(OPERATORS[AUGMENTED[sign]], self.name(word), value)
        self.set.add(word.text)
        self.certain.add(word.text)
        return [tree.assignment(word.text, value, self.line_of(word))]

    def throwing(self, word: Word) -> ast.stmt:
        """What lets an error or escalation happen."""
        self.take()
        code = self.value()
        self.expect(')', '在代码后面补上右括号')
        return tree.throwing(THROWING[word.text], code, self.line_of(word))

    def choice(self) -> ast.stmt:
        """``if``, as many ``elif`` as wanted, ``else``."""
        self.depth += 1
        if self.depth > DEEPEST // 2:
            self.refuse('条件套得太深', '请拆成几步')
        begin = self.take()
        test = self.value()
        self.expect(':', '条件后面写英文冒号 :')
        before = set(self.certain)
        then, after_then = self.block(), self.certain
        self.certain = set(before)
        otherwise: list[ast.stmt] = []
        if self.word.kind == 'name' and self.word.text == 'elif':
            otherwise = [self.choice()]
        elif self.word.kind == 'name' and self.word.text == 'else':
            self.take()
            self.expect(':', 'else 后面写英文冒号 :')
            otherwise = self.block()
        self.certain &= after_then
        self.depth -= 1
        return tree.branch(test, then, otherwise, self.line_of(begin))

    def block(self) -> list[ast.stmt]:
        """What stands on the same line, or further in on the lines below."""
        if self.word.kind != 'line':
            return self.line()
        self.take()
        if self.word.kind != 'indent':
            self.refuse('条件下面要有缩进的内容', '请把下一行往右移')
        self.take()
        found: list[ast.stmt] = []
        while self.word.kind not in ('dedent', 'end'):
            found += self.statement()
        if self.word.kind == 'dedent':
            self.take()
        return found

    def name(self, word: Word) -> ast.expr:
        """What the script has set, else what the host knows."""
        if word.text in self.certain:
            return tree.call('item', tree.local('assigned'), tree.constant(word.text))
        self.names.add(word.text)
        if word.text in self.set:
            both = tree.local('assigned'), tree.local('scope')
            return tree.call('read_either', *both, tree.constant(word.text))
        return super().name(word)

    def line_of(self, word: Word) -> int:
        """The line that a word stands on, the first being 1."""
        return self.text.count('\n', 0, word.at) + 1
