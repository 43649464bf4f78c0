"""An XML file as letters: where each element's tags stand, so that one place is edited and no other byte moves."""
import re
from typing import NamedTuple
from xml.sax.saxutils import escape

from lxml import etree

from engine.errors import Refused
from engine.xml import parse_xml

_TAG = re.compile(r'<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>'
                  r'|<(?P<end>/?)(?P<name>[^\s/>]+)(?P<inside>(?:[^>"\']|"[^"]*"|\'[^\']*\')*?)(?P<alone>/?)>', re.S)
_ATTRIBUTE = re.compile(r'\s+(?P<name>[^\s=]+)\s*=\s*(?P<value>"[^"]*"|\'[^\']*\')')


class Span(NamedTuple):
    """Where an element stands: its start tag, the end of its attributes, its end tag (empty where it has none)."""

    start: int
    attributes: int
    inner: int
    close: int
    end: int


class Text:
    """A file and the edits that are to be made in it.

    :raises Refused: it cannot be read, or is not UTF-8.
    """

    def __init__(self, content: bytes) -> None:
        self.root = parse_xml(content, '文件')
        encoding = self.root.getroottree().docinfo.encoding or 'UTF-8'
        if encoding.upper() not in ('UTF-8', 'ASCII', 'US-ASCII'):
            raise Refused('文件的编码是{encoding}，请另存为UTF-8再修。', encoding=encoding)
        self.bom = content.startswith(b'\xef\xbb\xbf')
        self.letters = content.decode('utf-8-sig')
        self.edits: list[tuple[int, int, str]] = []
        self._spans: dict[etree._Element, Span] = dict(zip(self.root.iter(), self._read(), strict=True))

    def _read(self) -> list[Span]:
        """The spans in the order of the start tags, which is the order in which the tree is walked."""
        found: list[Span] = []
        held: list[int] = []
        for tag in _TAG.finditer(self.letters):
            if tag['name'] is None:
                continue
            if tag['end']:
                number = held.pop()
                found[number] = found[number]._replace(close=tag.start(), end=tag.end())
                continue
            attributes = tag.start('inside') + len(tag['inside'].rstrip())
            found.append(Span(tag.start(), attributes, tag.end(), tag.end(), tag.end()))
            if not tag['alone']:
                held.append(len(found) - 1)
        return found

    def set(self, node: etree._Element, name: str, value: str) -> None:
        """Give an attribute (a name as lxml has it) another value, or add it behind the others."""
        span, quoted = self._spans[node], escape(value, {'"': '&quot;', '\n': '&#10;'})
        place = self._attribute(node, name)
        if place:
            self.edits.append((*place.span('value'), f'"{quoted}"'))
        else:
            self.edits.append((span.attributes, span.attributes, f' {self._spelt(node, name)}="{quoted}"'))

    def drop(self, node: etree._Element, name: str) -> None:
        """Take an attribute out, where there is one."""
        place = self._attribute(node, name)
        if place:
            self.edits.append((*place.span(), ''))

    def write(self, node: etree._Element, words: str) -> None:
        """Put a text into an element that holds no other."""
        span = self._spans[node]
        if span.close == span.end:
            self.edits.append((span.attributes, span.end, f'>{escape(words)}</{self._tag(node)}>'))
        else:
            self.edits.append((span.inner, span.close, escape(words)))

    def remove(self, node: etree._Element) -> None:
        """Take an element out, with the blanks before it."""
        span = self._spans[node]
        start = len(self.letters[:span.start].rstrip(' \t'))
        start -= self.letters[:start].endswith('\n') + self.letters[:start].endswith('\r\n')
        self.edits.append((start, span.end, ''))

    def append(self, node: etree._Element, kind: str, words: str, attributes: str = '') -> None:
        """Put a new element of the same namespace at the end of another one."""
        span, prefix = self._spans[node], f'{node.prefix}:' if node.prefix else ''
        made = f'<{prefix}{kind}{attributes}>{escape(words)}</{prefix}{kind}>'
        if span.close == span.end:
            self.edits.append((span.attributes, span.end, f'>{made}</{self._tag(node)}>'))
        else:
            self.edits.append((span.close, span.close, made))

    def made(self) -> bytes:
        """The file with the edits in it."""
        letters = self.letters
        for start, end, words in sorted(set(self.edits), reverse=True):
            letters = letters[:start] + words + letters[end:]
        return (b'\xef\xbb\xbf' if self.bom else b'') + letters.encode()

    def _attribute(self, node: etree._Element, name: str) -> re.Match | None:
        span = self._spans[node]
        written = self.letters[span.start:span.attributes]
        spelt = self._spelt(node, name)
        behind = span.start + len(re.match(r'<[^\s/>]+', written)[0])
        return next((one for one in _ATTRIBUTE.finditer(self.letters, behind, span.attributes) if one['name'] == spelt),
                    None)

    def _tag(self, node: etree._Element) -> str:
        return f'{node.prefix}:{etree.QName(node).localname}' if node.prefix else etree.QName(node).localname

    def _spelt(self, node: etree._Element, name: str) -> str:
        """How an attribute of this name is written at a node, with the prefix that holds there."""
        wanted = etree.QName(name)
        if not wanted.namespace:
            return name
        prefix = next((prefix for prefix, space in node.nsmap.items() if prefix and space == wanted.namespace), None)
        if prefix is None:
            raise Refused('文件里没有声明{space}，请用建模工具打开再存一次。', space=wanted.namespace)
        return f'{prefix}:{wanted.localname}'
