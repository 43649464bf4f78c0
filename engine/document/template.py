"""What a Word template may ask for: names, conditions and rows; nothing that runs, and no name that nobody fills."""
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from io import BytesIO
from typing import Any, NamedTuple

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from engine import upload
from engine.document.vocabulary import NAMES, sample
from engine.errors import Refused

UNFIT = (TemplateError, TypeError, ValueError)              # what filling in a template ends in that asks for too much
FILTERS = ('default', 'first', 'join', 'last', 'length')
_ALLOWED = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Getattr, nodes.If, nodes.For,
            nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Filter)
_FOOTNOTES = 'application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml'
_PROPERTIES = ('author', 'comments', 'identifier', 'language', 'subject', 'title')      # docxtpl fills these, too
_DEEPEST = 2                                               # rows within rows; more is no table any more
_TAG, _SHOWN = re.compile(r'<[^>]*>'), 40
_SPANS = re.compile(r"^Unexpected end of template\.|unknown tag '(?:end\w*|elif|else)'")
_WRITTEN = re.compile(r'\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}')
_BRACED = re.compile(r'[{｛][{｛%％]?\s*(?P<name>[^{}｛｝%％]{1,60}?)\s*[%％}｝]?[}｝]')
_WORD_ALONE = {'picture': ('w:drawing', 'w:pict', 'w:object'), 'revision': ('w:ins', 'w:del', 'w:moveFrom', 'w:moveTo')}
_LOOP = ('first', 'index', 'last', 'length')


class Problem(NamedTuple):
    """One thing that is wrong: ``unknown`` a name that nobody fills, ``column`` of a row, ``syntax``, ``forbidden``,
    ``braces`` a name in braces that would be printed as it stands, ``number`` what is compared with one though it is a
    text, ``full`` and ``empty`` when it cannot be filled in; ``picture`` and ``revision`` when Word alone shows it.
    ``beside`` helps to put it right: the paragraph that cannot be read, the columns that there are."""

    kind: str
    what: str
    beside: str = ''


class Read(NamedTuple):
    """A template as read: what is wrong with it whoever fills it, and the names that it asks for: those of lists with
    the columns that it asks of their rows."""

    problems: tuple[Problem, ...]
    names: frozenset[str]
    lists: Mapping[str, Collection[str]]

    def sample(self) -> dict[str, Any]:
        """A value for every name: 〈name〉 for what only the drawing hands over."""
        further = {name: f'〈{name}〉' for name in self.names}
        rows = {name: [{column: f'〈{column}〉' for column in columns}] for name, columns in self.lists.items()}
        return {**further, **rows, **sample()}

    def nothing(self) -> dict[str, Any]:
        """Nothing for every name."""
        return {name: [] if isinstance(value, list) else '' for name, value in self.sample().items()}


def environment() -> ImmutableSandboxedEnvironment:
    """The only one in which templates are read and filled in: five filters, no globals, no tests, no calls. The first
    and the last of nothing are nothing."""
    made = ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    made.filters = {name: made.filters[name] for name in FILTERS} | {
        'first': lambda held: held[0] if held else '', 'last': lambda held: held[-1] if held else ''}
    made.globals, made.tests = {}, {}
    return made


def check(content: bytes, file: str, further: Collection[str] = ()) -> list[Problem]:
    """What is wrong with a template. `further` are the names that the drawing hands over besides those of the vocabulary.

    :raises Refused: it is no Word file that may be kept: macros, links to other files, a bomb.
    """
    found = read(content, file)
    unknown = sorted(found.names - NAMES.keys() - set(further))
    return [*found.problems, *_in_word_alone(content), *(Problem('unknown', name) for name in unknown)]


@lru_cache(maxsize=256)
def read(content: bytes, file: str) -> Read:
    """The template, read once per content.

    :raises Refused: as for `check`.
    """
    upload.check(file, content, ('docx',))
    look, made, texts = _Look(), environment(), list(_texts(content, file))
    for text in texts:
        try:
            look.at(made.parse(text), {})
        except TemplateSyntaxError as error:
            look.problems[_unread(text, error)] = None
        else:
            look.problems.update(dict.fromkeys(_left_as_it_stands(text)))
    found = Read(tuple(look.problems), frozenset(look.names), look.lists)
    return found if found.problems else found._replace(problems=tuple(_unfit(found, texts)))


def _in_word_alone(content: bytes) -> Iterator[Problem]:
    """Pictures and text boxes are not on the screen and in the PDF; of tracked changes Word shows both sides."""
    body = DocxTemplate(BytesIO(content)).get_docx().element.body
    for kind, signs in _WORD_ALONE.items():
        if body.xpath(' | '.join(f'.//{sign}' for sign in signs)):
            yield Problem(kind, '')


def _unread(text: str, error: TemplateSyntaxError) -> Problem:
    """The first paragraph that cannot be read by itself; otherwise what goes wrong from one paragraph to another."""
    for paragraph in text.split('</w:p>'):
        plain = _TAG.sub('', paragraph).strip()
        try:
            environment().parse(plain)
        except TemplateSyntaxError as own:
            if not _SPANS.search(own.message or ''):
                return Problem('syntax', own.message or '', plain[:_SHOWN])
    return Problem('syntax', error.message or '')


def _left_as_it_stands(text: str) -> Iterator[Problem]:
    """｛｛标题｝｝ in full-width braces, {标题} in single ones: nobody fills them in, and nobody would notice."""
    for paragraph in text.split('</w:p>'):
        for match in _BRACED.finditer(_WRITTEN.sub('', _TAG.sub('', paragraph))):
            if match['name'] in NAMES or re.search('[｛｝％]', match[0]):
                yield Problem('braces', match[0])


def _unfit(found: Read, texts: Iterable[str]) -> Iterator[Problem]:
    """Whether it can be filled in where all is said, and where nothing is: a document that cannot is never read."""
    made = [environment().from_string(text) for text in texts]
    for kind, content in (('full', found.sample()), ('empty', found.nothing())):
        try:
            for one in made:
                one.render(content)
        except UNFIT:
            yield Problem(kind, '')


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
    """Goes through the parts. ``rows`` are the lists that loops stand on, by the loop's own name."""

    def __init__(self) -> None:
        self.problems: dict[Problem, None] = {}
        self.names: set[str] = set()
        self.lists: dict[str, set[str]] = {}

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
                self.names.add(node.name)
        else:
            if isinstance(node, nodes.Compare):
                self._compared([node.expr, *(one.expr for one in node.ops)], rows)
            if isinstance(node, nodes.Filter) and node.name not in FILTERS:
                self._wrong('forbidden', f'|{node.name}')
            for child in node.iter_child_nodes():
                self.at(child, rows)

    def _loop(self, node: nodes.For, rows: Mapping[str, str]) -> None:
        simple = isinstance(node.iter, nodes.Name) and isinstance(node.target, nodes.Name)
        if not simple or node.recursive or len(rows) >= _DEEPEST * 2:
            return self._wrong('forbidden', 'for')
        self.at(node.iter, rows)
        self.lists.setdefault(node.iter.name, set())
        inside = {**rows, node.target.name: node.iter.name, 'loop': 'loop'}
        for child in (*node.body, *node.else_, *((node.test,) if node.test else ())):
            self.at(child, inside)

    def _compared(self, sides: list[nodes.Expr], rows: Mapping[str, str]) -> None:
        if any(isinstance(one, nodes.Const) and isinstance(one.value, (int, float)) for one in sides):
            for one in sides:
                source = one.node if isinstance(one, nodes.Getattr) else one
                if isinstance(source, nodes.Name) and rows.get(source.name) != 'loop':
                    self._wrong('number', f'{source.name}.{one.attr}' if isinstance(one, nodes.Getattr) else source.name)

    def _column(self, node: nodes.Getattr, rows: Mapping[str, str]) -> None:
        source = rows.get(node.node.name) if isinstance(node.node, nodes.Name) else None
        if source is None:
            return self._wrong('forbidden', f'.{node.attr}')
        known: Any = _LOOP if source == 'loop' else NAMES[source].columns if source in NAMES else None
        if node.attr.startswith('_') or known is not None and node.attr not in known:
            self._wrong('column', f'{node.node.name}.{node.attr}', '、'.join(known or ()))
        elif source != 'loop':
            self.lists[source].add(node.attr)

    def _wrong(self, kind: str, what: str, beside: str = '') -> None:
        self.problems[Problem(kind, what, beside)] = None
