"""From the expression inside a decision, a knowledge model or a box to what works it out."""
from lxml import etree

from engine.decision import box
from engine.decision.box import Entry, Function, Literal, Logic
from engine.decision.kind import ANY, Kind
from engine.decision.read_table import read_table
from engine.decision.reader import Reader, ident, plain_name
from engine.decision.vocabulary import EXPRESSIONS
from engine.errors import said

_DEEPEST = 40
_PLACE = 'The {what} of {name}'
_NOT_EXECUTED = {'for': (said('for循环框'), said('请写成FEEL表达式')), 'every': (said('every判断框'), said('请写成FEEL表达式')),
                 'some': (said('some判断框'), said('请写成FEEL表达式')), 'filter': (said('筛选框'), said('请写成FEEL表达式')),
                 'functionDefinition': (said('函数定义作为结果'), said('请画成知识模型'))}


class Boxes:
    """Reads the boxes of one decision or knowledge model, which may stand inside one another."""

    def __init__(self, reader: Reader) -> None:
        self.reader, self.depth = reader, 0
        self.known = {'literalExpression': self._literal, 'context': self._context, 'list': self._list,
                      'relation': self._relation, 'invocation': self._invocation, 'conditional': self._choice}

    def read(self, holder: etree._Element, name: str, element: str, kind: Kind = ANY) -> Logic | None:
        """The expression that stands in ``holder``; None where there is none or it is refused (noted)."""
        drawn = self._drawn(holder)
        if len(drawn) > 1:
            self.reader.note('decision.duplicate', drawn[1], element, times=len(drawn), what=said('表达式'), name=name)
        return self._expression(drawn[0], name, element, kind) if drawn else None

    def function(self, node: etree._Element, name: str, element: str) -> Function:
        """The function of a knowledge model or a context's entry."""
        reader, kind = self.reader, node.get('kind') or 'FEEL'
        if kind.upper() != 'FEEL':
            reader.note('decision.function', node, element, name=name, kind=kind)
            return Function(element, name, (), _refused(element, name))
        parameters: dict[str, Kind] = {}
        for drawn in reader.all(node, 'formalParameter'):
            what = plain_name(drawn.get('name'))
            if not what or what in parameters:
                reader.note('decision.parameter', drawn, element, name=name, what=what)
            parameters[what] = reader.kind(drawn.get('typeRef') or '', drawn, element, what)
        return Function(element, name, tuple(parameters.items()), self.within(node, name, element))

    def within(self, holder: etree._Element, name: str, element: str, kind: Kind = ANY) -> Logic:
        """The expression in ``holder``, which must have one."""
        found = self.read(holder, name, element, kind)
        if found is None:
            self.reader.note('decision.logic', holder, element, name=name)
        return found or _refused(element, name)

    def _drawn(self, holder: etree._Element) -> list[etree._Element]:
        return [node for node in holder.iterchildren(f'{{{self.reader.space}}}*')
                if etree.QName(node).localname in EXPRESSIONS]

    def _expression(self, node: etree._Element, name: str, element: str, kind: Kind) -> Logic:
        tag = etree.QName(node).localname
        if tag == 'decisionTable':
            return read_table(self.reader, node, name, element, kind)
        if tag in self.known:
            return self._inside(node, name, kind)
        what, advice = _NOT_EXECUTED[tag]
        self.reader.note('decision.unsupported', node, element, name=name, what=what, advice=advice)
        return _refused(element, name)

    def _inside(self, node: etree._Element, name: str, kind: Kind) -> Logic:
        element = ident(node, name)
        if self.depth >= _DEEPEST:
            self.reader.note('decision.nested', node, element, name=name)
            return _refused(element, name)
        self.depth += 1
        try:
            return self.known[etree.QName(node).localname](node, name, element, kind)
        finally:
            self.depth -= 1

    def _literal(self, node: etree._Element, name: str, element: str, kind: Kind) -> Literal:
        reader, text = self.reader, self.reader.text(node)
        where, en = f'“{name}”的表达式', said(_PLACE, what='expression', name=name)
        if not text:
            if reader.one(node, 'importedValues') is not None:
                reader.note('decision.unsupported', node, element, name=name, what=said('外部文件里的值（importedValues）'),
                            advice=said('请把表达式写在这里'))
            else:
                reader.note('decision.input', node, element, where=f'“{name}”', en=name)
            return Literal(element, name, text, None)
        own = reader.kind(node.get('typeRef') or '', node, element, name)
        return Literal(element, name, text, reader.code(text, 'value', node, element, where, en),
                       kind if own == ANY else own)

    def _context(self, node: etree._Element, name: str, element: str, kind: Kind) -> box.Context:
        reader, entries, result = self.reader, [], None
        for number, entry in enumerate(reader.all(node, 'contextEntry'), 1):
            variable = reader.one(entry, 'variable')
            what = '' if variable is None else plain_name(variable.get('name'))
            place = what or said('{name}的结果', name=name)
            if variable is None and number == len(reader.all(node, 'contextEntry')):
                result = self.within(entry, place, ident(entry, element))
                continue
            if not what or what in (one.name for one in entries):
                reader.note('decision.entry', entry, element, name=name, number=number)
            own = reader.kind(variable.get('typeRef') or '' if variable is not None else '', entry, element, place)
            entries.append(Entry(what, self._entry(entry, place, ident(entry, f'{element}_{number}')), own))
        if not entries and result is None:
            reader.note('decision.logic', node, element, name=name)
        return box.Context(element, name, tuple(entries), result)

    def _entry(self, entry: etree._Element, name: str, element: str) -> Logic | Function:
        function = self.reader.one(entry, 'functionDefinition')
        return self.within(entry, name, element) if function is None else self.function(function, name, element)

    def _list(self, node: etree._Element, name: str, element: str, kind: Kind) -> box.Listed:
        return box.Listed(element, name, tuple(self._parts(node, name)))

    def _parts(self, node: etree._Element, name: str) -> list[Logic]:
        """The expressions that stand in a list or a row, one after the other."""
        return [self._expression(child, said('{name}第{number}项', name=name, number=number), ident(child, name), ANY)
                for number, child in enumerate(self._drawn(node), 1)]

    def _relation(self, node: etree._Element, name: str, element: str, kind: Kind) -> box.Relation:
        reader = self.reader
        names = tuple(plain_name(column.get('name')) for column in reader.all(node, 'column'))
        for number, column in enumerate(names, 1):
            if not column or column in names[:number - 1]:
                reader.note('decision.entry', node, element, name=name, number=number)
        if not names:
            reader.note('decision.logic', node, element, name=name)
        rows = []
        for number, row in enumerate(reader.all(node, 'row'), 1):
            cells = self._parts(row, name)
            if len(cells) != len(names):
                reader.note('decision.row', row, ident(row, element), number=number, inputs=0,
                            outputs=len(names), asked=0, given=len(cells))
            rows.append(tuple(cells))
        return box.Relation(element, name, names, tuple(rows))

    def _choice(self, node: etree._Element, name: str, element: str, kind: Kind) -> box.Choice:
        holders = [self.reader.one(node, tag) for tag in ('if', 'then', 'else')]
        asked, then, other = (self.within(node if holder is None else holder, name, element, ANY)
                              for holder in holders)
        return box.Choice(element, name, (asked, then, other))

    def _invocation(self, node: etree._Element, name: str, element: str, kind: Kind) -> box.Invocation:
        reader = self.reader
        function = plain_name(reader.text(reader.one(node, 'literalExpression')))
        if not function:
            reader.note('decision.input', node, element, where=f'“{name}”的调用', en=said(_PLACE, what='invocation', name=name))
        bindings: dict[str, Logic] = {}
        for binding in reader.all(node, 'binding'):
            parameter = reader.one(binding, 'parameter')
            what = '' if parameter is None else plain_name(parameter.get('name'))
            if not what or what in bindings:
                reader.note('decision.parameter', binding, element, name=name, what=what)
            bindings[what] = self.within(binding, what, element)
        return box.Invocation(element, name, function, tuple(bindings.items()))


def _refused(element: str, name: str) -> Literal:
    """What stands for an expression that was refused: it cannot be worked out."""
    return Literal(element, name, '', None)
