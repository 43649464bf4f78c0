"""What all readers of DMN share: finding parts, reading expressions, noting what is wrong."""
from collections.abc import Mapping
from typing import Literal

from lxml import etree

from engine import expression
from engine.decision.kind import ANY, Kind
from engine.decision.problem import Problem, problem
from engine.errors import said
from engine.expression import Code, ExpressionError

_OURS = frozenset({'juel', 'duban', 'el'})
_FEEL = frozenset({'', 'feel', 'sfeel', 's-feel'})
_NAMED = frozenset({'variable', 'decision', 'inputData', 'businessKnowledgeModel', 'formalParameter', 'parameter',
                    'itemComponent', 'column', 'output'})
CAMUNDA = '{http://camunda.org/schema/1.0/dmn}'


class Reader:
    """Reads parts of one file. ``names`` are the names in it that hold blanks or signs; ``kinds`` its types by
    name; ``problems`` grows while it reads."""

    def __init__(self, root: etree._Element) -> None:
        self.space = etree.QName(root).namespace
        self.language = root.get('expressionLanguage') or ''
        self.names = frozenset(_odd_names(root))
        self.kinds: Mapping[str, Kind] = {}
        self.problems: list[Problem] = []

    def note(self, code: str, node: etree._Element | None, element: str | None, **values: object) -> None:
        """Something is wrong here."""
        self.problems.append(problem(code, element, None if node is None else node.sourceline, **values))

    def one(self, parent: etree._Element | None, tag: str) -> etree._Element | None:
        """The first child of that name."""
        return None if parent is None else next(parent.iterchildren(f'{{{self.space}}}{tag}'), None)

    def all(self, parent: etree._Element, tag: str) -> list[etree._Element]:
        """The children of that name."""
        return list(parent.iterchildren(f'{{{self.space}}}{tag}'))

    def text(self, parent: etree._Element | None, tag: str = 'text') -> str:
        """The text of the first child of that name, without blanks around it; empty where there is none."""
        found = self.one(parent, tag)
        return '' if found is None else (found.text or '').strip()

    def code(self, text: str, mode: Literal['value', 'unary'], node: etree._Element, element: str, where: str,
             en: str) -> Code | None:
        """The expression in its own language; None when it is refused, which is noted."""
        language = self._language(node)
        if mode == 'unary' and text.startswith(('${', '#{')):
            self.note('decision.cell', node, element, where=where, en=en,
                      cause=said('“{text}”是${{…}}，条件要写成FEEL，如 > 3、"甲"、? > a', text=text))
            return None
        try:
            if language in _OURS or text.startswith(('${', '#{')):
                return expression.compile(text, mode)
            if language in _FEEL:
                return expression.feel(text, mode, self.names)
        except ExpressionError as error:
            self.note('decision.cell', node, element, where=where, en=en, cause=error.said)
            return None
        self.note('decision.language', node, element, where=where, en=en, language=language)
        return None

    def kind(self, type_: str, node: etree._Element, element: str, label: str) -> Kind:
        """The type of that name; an unknown one is noted, and anything is taken."""
        found = self.kinds.get(type_) or self.kinds.get(type_.rpartition(':')[2].strip())
        if found is None:
            self.note('decision.kind', node, element, label=label, kind=type_)
        return found or ANY

    def _language(self, node: etree._Element) -> str:
        language = (node.get('expressionLanguage') or self.language).strip()
        if '://' not in language:
            return language.lower()
        parts = language.lower().rstrip('/').split('/')
        return 'feel' if 'feel' in parts else parts[-1]                  # …/FEEL/20140401, …/DMN/20191111/FEEL/


def ident(node: etree._Element, otherwise: str) -> str:
    """The id of an element, which need not be written."""
    return node.get('id') or otherwise


def plain_name(text: str | None) -> str:
    """A name on one line, with single blanks."""
    return ' '.join((text or '').split())


def _odd_names(root: etree._Element) -> set[str]:
    found = {plain_name(node.get('name')) for node in root.iter()
             if node.get('name') and etree.QName(node).localname in _NAMED}
    # A.B is a path, whatever else is called so.
    return {name for name in found if not all(part.isidentifier() for part in name.split('.'))}
