"""FEEL's forms that give themselves names: contexts, repetitions, filters, functions; and its types."""
import ast
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from engine.expression import tree
from engine.expression.feel_kind import KINDS, Kind
from engine.expression.feel_name import Names
from engine.expression.grammar import COMPARE, Grammar
from engine.expression.lexer import Word
from engine.expression.vocabulary import LATER


class Form(Grammar):
    """Reads the forms of a FEEL text. ``names`` are surely read from the host; ``loose`` perhaps, inside a filter,
    where the items may have them."""

    def __init__(self, text: str, words: list[Word], known: Iterable[str] = ()) -> None:
        super().__init__(text, words, feel=True)
        self.loose: set[str] = set()
        self.known = Names(known)
        self.bound: list[str] = []
        self.touched: set[str] = set()
        self.filters = self.loops = 0
        self.inner = False

    def name(self, word: Word) -> ast.expr:
        """What the host knows under this name, or the expression itself."""
        return self.referred(word.text)

    def referred(self, name: str) -> ast.expr:
        """The value of a name."""
        if name in self.bound:
            self.touched.add(name)
        elif self.filters:
            self.loose.add(name)
        else:
            self.names.add(name)
        return tree.call('read', tree.local('scope'), tree.constant(name))

    def mapping(self) -> ast.expr:
        """``{a: 1, b: a + 1}``."""
        self.take()
        self.inner = True
        keys: list[str] = []
        bodies: list[ast.expr] = []
        while self.word.text != '}' or self.word.kind != 'sign':
            begin = self.word
            key = self.key()
            if key in keys:
                self.refuse('“{key}”写了两次', '', begin, key=key)
            with self.inside(keys):
                bodies.append(tree.body(self.value()))
            keys.append(key)
            if self.word.text != '}':
                self.expect(',', '少一个右括号 }}')
        self.take()
        for key in keys:
            self.known.learn(key)
        return tree.call('feel_context', tree.local('scope'), tree.constant('\n'.join(keys)), *bodies)

    def key(self) -> str:
        """The name of an entry: a text, or words up to the colon."""
        begin = self.word
        while self.word.kind not in ('end', 'text') and self.word.text not in (':', '}', ','):
            self.take()
        if self.word is begin and begin.kind == 'text':
            self.take()
        key = begin.value if begin.kind in ('text', 'quoted') else self.text[begin.at:self.word.at].strip()
        if begin.kind not in ('name', 'text', 'quoted') or '\n' in key or self.word.text != ':':
            self.refuse('对象的每一项前要有名字', '写成 {{名字: 值}}', begin)
        self.take()
        self.known.learn(key)
        return key

    def for_return(self, word: Word) -> ast.expr:
        """``for x in xs, y in ys return x + y``."""
        start = self.place
        with self.iterators('return') as (names, domains), self.inside(['partial']):
            self.touched.discard('partial')
            body = tree.body(self.value())
        partial = tree.constant('partial' in self.touched)
        return tree.call('feel_each', tree.local('scope'), names, self.cost(start), partial, body, *domains)

    def some_satisfies(self, word: Word) -> ast.expr:
        """``some x in xs satisfies x > 1``, ``every …``."""
        start = self.place
        with self.iterators('satisfies') as (names, domains):
            body = tree.body(self.value())
        return tree.call(f'feel_{word.text}', tree.local('scope'), names, self.cost(start), body, *domains)

    @contextmanager
    def iterators(self, closing: str) -> Iterator[tuple[ast.expr, list[ast.expr]]]:
        """``x in xs, y in ys`` up to `closing`; their names are known until the end."""
        names: list[str] = []
        domains: list[ast.expr] = []
        before = len(self.bound)
        self.inner, self.loops = True, self.loops + 1
        while True:
            names.append(self.words_up_to('in', '写成 for x in 列表 return 值'))
            domains.append(tree.body(self.domain()))
            self.bound.append(names[-1])
            if self.word.text != ',':
                break
            self.take()
        self.expect(closing, f'写成 x in 列表 {closing} 值')
        yield tree.constant('\n'.join(names)), domains
        del self.bound[before:]
        self.loops -= 1

    def domain(self) -> ast.expr:
        """What an iterator goes through: a list, or ``1..5``."""
        low = self.value(COMPARE)
        if self.word.text != '..':
            return low
        self.take()
        ends = tree.constant(True), tree.constant(True)
        return tree.call('feel_make_range', low, self.value(COMPARE), *ends)

    def function_literal(self, word: Word) -> ast.expr:
        """``function(a, b) a + b``; it can be given to `sort`, or called by the name of its entry."""
        start = self.place
        self.expect('(', '写成 function(x, y) x < y')
        names: list[str] = []
        while self.word.text != ')':
            name = self.take()
            if name.kind not in ('name', 'quoted'):
                self.refuse('这里要写参数的名字', '写成 function(x, y) x < y', name)
            names.append(name.value)
            if self.word.text == ':':
                self.take()
                self.kind()
            if self.word.text != ')':
                self.expect(',', '写成 function(x, y) x < y')
        self.take()
        if self.word.text == 'external':
            self.refuse('不能用外部的函数“external”', '函数只能用 FEEL 写')
        with self.inside(names):
            body = tree.body(self.value())
        self.cost(start)
        return tree.call('feel_function', tree.local('scope'), tree.constant('\n'.join(names)), body)

    @contextmanager
    def inside(self, names: list[str], filtering: bool = False) -> Iterator[None]:
        """Inside something that gives itself these names, and runs perhaps many times."""
        before = len(self.bound)
        self.bound += names
        self.inner, self.loops, self.filters = True, self.loops + 1, self.filters + filtering
        yield
        del self.bound[before:]
        self.loops, self.filters = self.loops - 1, self.filters - filtering

    def cost(self, start: int) -> ast.expr:
        """The steps that one round costs, by the words since `start`."""
        return tree.constant(1 + (self.place - start) // 4)

    def words_up_to(self, closing: str, suggestion: str) -> str:
        """A name of one or several words, and the word after it."""
        begin = self.word
        while self.word.kind in ('name', 'quoted') and self.word.text not in (closing, *LATER):
            self.take()
        name = begin.value if begin.kind == 'quoted' else self.text[begin.at:self.word.at].strip()
        if not name or begin.text in LATER:
            self.refuse('这里要写一个名字', suggestion, begin)
        self.expect(closing, suggestion)
        self.known.learn(name)
        return name

    def kind(self) -> Kind:
        """A type: ``number``, ``list<string>``, ``context<a: number>``."""
        self.depth += 1
        name, count = self.known.spelled(self.words, self.place, kind=True)
        if name not in KINDS or self.depth > 30:
            self.refuse('没有“{name}”这种类型', '可以写 {known}', name=name, known='、'.join(sorted(KINDS)))
        self.place += count
        parts: list = []
        if self.word.text == '<' and name in ('list', 'range', 'context', 'function'):
            self.take()
            while self.word.text != '>':
                parts.append((self.words_up_to(':', '写成 context<a: number>'), self.kind())
                             if name == 'context' else self.kind())
                if self.word.text != '>':
                    self.expect(',', '少一个 >')
            self.take()
        if name == 'function' and self.word.text == '-' and self.ahead(1) == '>':
            self.place += 2
            self.kind()
        self.depth -= 1
        return name, tuple(parts)
