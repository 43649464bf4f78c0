"""From the bytes of a .dmn file to its decisions, and everything that is wrong with them."""
from collections import Counter
from dataclasses import replace
from itertools import islice
from pathlib import PurePosixPath

from lxml import etree

from engine.decision.box import Function, Literal, Logic, invocations
from engine.decision.graph import Decision, Graph, Knowledge
from engine.decision.problem import Problem
from engine.decision.read_box import Boxes
from engine.decision.read_kind import read_kinds
from engine.decision.reader import Reader, ident, plain_name
from engine.decision.vocabulary import slips
from engine.errors import Refused, listed, said
from engine.xml import parse_xml

_OMG = 'www.omg.org/spec/DMN/'
NAMESPACES = frozenset({
    'http://www.omg.org/spec/DMN/20151101/dmn.xsd', 'http://www.omg.org/spec/DMN/20151101/dmn11.xsd',
    'http://www.omg.org/spec/DMN/20151101', 'http://www.omg.org/spec/DMN/20180521/MODEL/',
    'https://www.omg.org/spec/DMN/20191111/MODEL/', 'https://www.omg.org/spec/DMN/20211108/MODEL/',
    'https://www.omg.org/spec/DMN/20230324/MODEL/'})
_DEEPEST = 100
_MOST_SLIPS = 50
MOST_ELEMENTS = 60_000
"""A thousand rows of ten conditions, each cell an element with its text."""
_NOT_EXECUTED = {'import': (said('引用其他文件（import）'), said('请把用到的决策放进这个文件'))}
_UNUSED = {'decisionService': said('决策服务')}


def parse(data: bytes, name: str) -> Graph:
    """The decisions in a .dmn file; what is wrong inside them is kept for `problems`.

    The file stands for the decision that has its name; else for the only one that no other requires; else
    for the first. Raises ``Refused`` for a file that holds no decision that could be asked for: not XML,
    another vocabulary, no decision.
    """
    root = parse_xml(data, name, MOST_ELEMENTS)
    tag = etree.QName(root)
    if tag.localname == 'definitions' and tag.namespace not in NAMESPACES and _OMG in (tag.namespace or ''):
        raise Refused('{name}是另一版的DMN（{space}），请用Camunda Modeler另存为DMN 1.3。', name=name, space=tag.namespace)
    if tag.namespace not in NAMESPACES or tag.localname != 'definitions':
        raise Refused('{name}不是DMN文件，请用建模工具的决策表保存。', name=name)
    reader = Reader(root)
    drawn = reader.all(root, 'decision')
    if not drawn:
        raise Refused('{name}里没有决策，请画一张决策表。', name=name)
    stem = PurePosixPath(name.replace('\\', '/')).stem
    _give_ids(reader, drawn, stem)
    return _Model(reader, root).graph(stem)


def _give_ids(reader: Reader, drawn: list[etree._Element], stem: str) -> None:
    """A decision without an id gets one: the file's name where it is the only decision."""
    for number, node in enumerate(drawn, 1):
        if not node.get('id'):
            node.set('id', stem if len(drawn) == 1 else plain_name(node.get('name')) or f'decision_{number}')
            reader.note('decision.id', node, node.get('id'), name=plain_name(node.get('name')), id=node.get('id'))


class _Model:
    """The decisions and knowledge models of a file while they are read: each once, what it requires first."""

    def __init__(self, reader: Reader, root: etree._Element) -> None:
        self.reader, self.root = reader, root
        self.drawn: dict[str, etree._Element] = {}
        for node in (*reader.all(root, 'decision'), *reader.all(root, 'businessKnowledgeModel')):
            self.drawn.setdefault(node.get('id') or '', node)
        self.inputs = {node.get('id') for node in reader.all(root, 'inputData')}
        self.sources = {node.get('id') for node in reader.all(root, 'knowledgeSource')}
        self.services = {node.get('id') for node in reader.all(root, 'decisionService')}
        self.made: dict[str, Decision | Knowledge] = {}
        self.above: list[str] = []
        self.depths: dict[str, int] = {}

    def graph(self, stem: str) -> Graph:
        """All decisions; what is wrong with the file as a whole is said of the main one."""
        reader = self.reader
        read_kinds(reader, self.root)
        self._whole()
        for key in self.drawn:
            self._made(key)
        decisions = {key: self.made[key] for key in self.drawn if isinstance(self.made[key], Decision)}
        required = {one.id for decision in decisions.values() for one in decision.requires}
        tops = [decision for key, decision in decisions.items() if key not in required]
        first = decisions[reader.all(self.root, 'decision')[0].get('id')]
        main = decisions.get(stem) or (tops[0] if len(tops) == 1 else first)
        for decision in tops:
            self._named(decision)
        return self._told(main, decisions)

    def _told(self, main: Decision, decisions: dict[str, Decision]) -> Graph:
        """The problems are told once, with the main decision, so that they come in the order of the file."""
        problems = sorted(dict.fromkeys(self.reader.problems), key=lambda one: one.line or 0)
        main = replace(main, problems=tuple(problems))
        return Graph(main, {**decisions, main.id: main})

    def _whole(self) -> None:
        """What can be said of the file before any decision is read."""
        reader = self.reader
        ids = Counter(node.get('id') for child in self.root if etree.QName(child).namespace == reader.space
                      for node in child.iter() if node.get('id'))
        for name, times in ids.items():
            if times > 1:
                reader.note('decision.duplicate', None, name, times=times, what=said('元素的id'), name=name)
        for node, word, meant in islice(slips(self.root), _MOST_SLIPS):
            reader.note('decision.unknown', node, ident(node, word), word=word,
                        hint=f'，是不是“{meant}”？' if meant else '。', en=f'; did you mean {meant}?' if meant else '.')
        for tag, (what, advice) in _NOT_EXECUTED.items():
            for node in reader.all(self.root, tag):
                reader.note('decision.unsupported', node, ident(node, tag), name=node.get('name') or tag,
                            what=what, advice=advice)
        for tag, what in _UNUSED.items():
            for node in reader.all(self.root, tag):
                reader.note('decision.unused', node, ident(node, tag), what=what, name=node.get('name') or tag)

    def _made(self, key: str) -> Decision | Knowledge | None:
        """The decision or model of that id, with those that it requires; None where they go in a circle."""
        if key in self.above:
            chain = [*self.above[self.above.index(key):], key]
            self.reader.note('decision.circle', self.drawn[key], key,
                             chain=' → '.join(self._called(self.drawn[one]) for one in chain))
            return None
        node = self.drawn[key]
        if len(self.above) > _DEEPEST or self.depths.get(key, 0) >= _DEEPEST and self.above:
            self.reader.note('decision.nested', node, key, name=self._called(node))
            return None
        if key not in self.made:
            self.above.append(key)
            make = self._decision if etree.QName(node).localname == 'decision' else self._knowledge
            self.made[key] = made = make(key, node)
            self.above.pop()
            below = (*getattr(made, 'requires', ()), *made.knowledge)
            self.depths[key] = 1 + max((self.depths[one.id] for one in below), default=0)
        return self.made[key]

    def _decision(self, key: str, node: etree._Element) -> Decision:
        reader, name = self.reader, self._called(node)
        requires = [one for href in self._hrefs(node, 'informationRequirement', 'requiredDecision')
                    if isinstance(one := self._required(node, href), Decision)]
        for href in self._hrefs(node, 'informationRequirement', 'requiredInput'):
            self._required(node, href)
        kind = reader.kind(self._type(node), node, key, name)
        logic = Boxes(reader).within(node, name, key, kind)
        models = self._models(node)
        self._bound(node, logic, models)
        return Decision(key, name, logic, self._variable(node) or name, kind, reader.text(node, 'description'),
                        tuple(requires), models)

    def _knowledge(self, key: str, node: etree._Element) -> Knowledge:
        name = self._variable(node) or self._called(node)
        logic = self.reader.one(node, 'encapsulatedLogic')
        if logic is None:
            self.reader.note('decision.logic', node, key, name=name)
            return Knowledge(key, name, Function(key, name, (), Literal(key, name, '', None)))
        function, models = Boxes(self.reader).function(logic, name, key), self._models(node)
        self._bound(node, function, models)
        return Knowledge(key, name, function, models)

    def _bound(self, node: etree._Element, logic: Logic | Function, models: tuple[Knowledge, ...]) -> None:
        """Whether every invocation binds the parameters of its model, no fewer and no others."""
        known = {one.name: [name for name, _ in one.function.parameters] for one in models}
        for call in invocations(logic):
            asked, given = known.get(call.function), [name for name, _ in call.bindings]
            if asked is not None and set(asked) != set(given):
                self.reader.note('decision.binding', node, node.get('id'), name=call.name, function=call.function,
                                 asked=listed(asked) or said('零个'), given=listed(given) or said('零个'))

    def _models(self, node: etree._Element) -> tuple[Knowledge, ...]:
        return tuple(one for href in self._hrefs(node, 'knowledgeRequirement', 'requiredKnowledge')
                     if isinstance(one := self._required(node, href), Knowledge))

    def _hrefs(self, node: etree._Element, tag: str, kind: str) -> list[str]:
        return [asked.get('href') or '' for requirement in self.reader.all(node, tag)
                for asked in self.reader.all(requirement, kind)]

    def _required(self, node: etree._Element, href: str) -> Decision | Knowledge | None:
        space, _, key = href.rpartition('#')
        if space in ('', self.root.get('namespace')):
            if key in self.drawn:
                return self._made(key)
            if key in self.inputs | self.sources:
                return None
        name = self._called(node)
        if key in self.services:
            self.reader.note('decision.unsupported', node, node.get('id'), name=name, what=said('决策服务（decisionService）'),
                             advice=said('请直接依据它里面的决策，或者画成知识模型'))
        else:
            self.reader.note('decision.reference', node, node.get('id'), name=name, href=href)
        return None

    def _called(self, node: etree._Element) -> str:
        return plain_name(node.get('name')) or node.get('id')

    def _variable(self, node: etree._Element) -> str:
        variable = self.reader.one(node, 'variable')
        return '' if variable is None else plain_name(variable.get('name'))

    def _type(self, node: etree._Element) -> str:
        variable = self.reader.one(node, 'variable')
        return '' if variable is None else variable.get('typeRef') or ''

    def _named(self, decision: Decision) -> None:
        """What is not read by another decision is written down under the names of its outputs."""
        for output in decision.outputs:
            if output.name and not output.name.isidentifier():
                self.reader.note('decision.output', self.drawn[decision.id], decision.id, label=output.label)


def problems(decision: Decision) -> list[Problem]:
    """What is wrong with a decision and, told with the main one of a file, with everything else in it."""
    return list(decision.problems)
