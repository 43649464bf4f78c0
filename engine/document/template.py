"""What a Word template may ask for: names, conditions and rows; nothing that runs, and no name that nobody fills."""
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from io import BytesIO
from typing import Any, NamedTuple

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from engine import upload
from engine.document.vocabulary import NAMES
from engine.errors import Refused

SUFFIX = '.docx'
FILTERS = ('default', 'first', 'join', 'last', 'length')
_ALLOWED = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Getattr, nodes.If, nodes.For,
            nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Filter)
_FOOTNOTES = 'application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml'
_PROPERTIES = ('author', 'comments', 'identifier', 'language', 'subject', 'title')      # docxtpl fills these, too
_DEEPEST = 2                                               # rows within rows; more is no table any more
_LOOP = ('first', 'index', 'last', 'length')


class Problem(NamedTuple):
    """One thing that is wrong: ``unknown`` a name that nobody fills, ``column`` of a row, ``syntax``, ``forbidden``."""

    kind: str
    what: str


class Read(NamedTuple):
    """A template as read: what is wrong with it whoever fills it, and the names that it asks for."""

    problems: tuple[Problem, ...]
    names: frozenset[str]


def environment() -> ImmutableSandboxedEnvironment:
    """The only one in which templates are read and filled in: five filters, no globals, no tests, no calls."""
    made = ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    made.filters = {name: made.filters[name] for name in FILTERS}
    made.globals, made.tests = {}, {}
    return made


def check(content: bytes, file: str, further: Collection[str] = ()) -> list[Problem]:
    """What is wrong with a template. `further` are the names that the drawing hands over besides those of the vocabulary.

    :raises Refused: it is no Word file that may be kept: macros, links to other files, a bomb.
    """
    found = read(content, file)
    return [*found.problems, *(Problem('unknown', name) for name in sorted(found.names - NAMES.keys() - set(further)))]


@lru_cache(maxsize=256)
def read(content: bytes, file: str) -> Read:
    """The template, read once per content.

    :raises Refused: as for `check`.
    """
    upload.check(file, content, ('docx',))
    problems: dict[Problem, None] = {}
    names: set[str] = set()
    made = environment()
    for text in _texts(content, file):
        try:
            _Look(problems, names).at(made.parse(text), {})
        except TemplateSyntaxError as error:
            problems[Problem('syntax', error.message or '')] = None
    return Read(tuple(problems), frozenset(names))


def _texts(content: bytes, file: str) -> Iterator[str]:
    """Every part that is filled in, as it is when it is."""
    word = DocxTemplate(BytesIO(content))
    try:
        word.init_docx()
        yield word.patch_xml(word.get_xml())
        for uri in (word.HEADER_URI, word.FOOTER_URI):
            for _key, part in word.get_headers_footers(uri):
                yield word.patch_xml(word.get_part_xml(part))
        for part in word.docx.part.package.parts:
            if part.content_type == _FOOTNOTES:
                yield word.patch_xml(part.blob.decode())
        yield from (getattr(word.docx.core_properties, name) for name in _PROPERTIES)
    except (KeyError, ValueError, AttributeError) as error:
        raise Refused('“{name}”不是完整的Word文件，请在Word里另存一次。', name=file) from error


class _Look:
    """Goes through one part. ``rows`` are the lists that loops stand on, by the loop's own name."""

    def __init__(self, problems: dict[Problem, None], names: set[str]) -> None:
        self._problems, self._names = problems, names

    def at(self, node: nodes.Node, rows: Mapping[str, str]) -> None:
        """One node and what is in it."""
        if not isinstance(node, _ALLOWED):
            self._wrong('forbidden', type(node).__name__)
        elif isinstance(node, nodes.For):
            self._loop(node, rows)
        elif isinstance(node, nodes.Getattr):
            self._column(node, rows)
        elif isinstance(node, nodes.Name):
            if node.name not in rows:
                self._names.add(node.name)
        else:
            if isinstance(node, nodes.Filter) and node.name not in FILTERS:
                self._wrong('forbidden', f'|{node.name}')
            for child in node.iter_child_nodes():
                self.at(child, rows)

    def _loop(self, node: nodes.For, rows: Mapping[str, str]) -> None:
        simple = isinstance(node.iter, nodes.Name) and isinstance(node.target, nodes.Name)
        if not simple or node.recursive or len(rows) >= _DEEPEST * 2:
            return self._wrong('forbidden', 'for')
        self.at(node.iter, rows)
        inside = {**rows, node.target.name: node.iter.name, 'loop': 'loop'}
        for child in (*node.body, *node.else_, *((node.test,) if node.test else ())):
            self.at(child, inside)

    def _column(self, node: nodes.Getattr, rows: Mapping[str, str]) -> None:
        source = rows.get(node.node.name) if isinstance(node.node, nodes.Name) else None
        if source is None:
            return self._wrong('forbidden', f'.{node.attr}')
        known: Any = _LOOP if source == 'loop' else NAMES[source].columns if source in NAMES else None
        if node.attr.startswith('_') or known is not None and node.attr not in known:
            self._wrong('column', f'{node.node.name}.{node.attr}')

    def _wrong(self, kind: str, what: str) -> None:
        self._problems[Problem(kind, what)] = None
