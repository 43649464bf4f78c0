"""A filled-in Word file as paragraphs and tables, so that paper and screen say word for word what the Word file says."""
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph
from lxml import etree

STYLES = {'公文标志': 'mark', '公文文号': 'number', '公文标题': 'title', '公文主送': 'to', '公文正文': 'text', '公文一级': 'head',
          '公文附注': 'text', '公文署名': 'sign', '公文日期': 'date', '公文抄送': 'copies', '公文印发': 'printed'}
"""The paragraph styles of the shipped templates, and what they are on paper; any other is running text."""
_AROUND = tuple(qn(f'w:{name}') for name in ('ins', 'moveTo', 'hyperlink', 'smartTag', 'sdt', 'sdtContent'))
_STRUCK = tuple(qn(f'w:{name}') for name in ('del', 'moveFrom', 'sdtPr', 'sdtEndPr'))
_ALIGNED = {WD_ALIGN_PARAGRAPH.CENTER: 'center', WD_ALIGN_PARAGRAPH.RIGHT: 'right'}


@dataclass(frozen=True)
class Block:
    """A paragraph of `kind` (a value of STYLES) as runs of (text, bold); or, of kind ``table``, its rows of cells."""

    kind: str
    runs: tuple[tuple[str, bool], ...] = ()
    align: str = ''
    rows: tuple[tuple[str, ...], ...] = ()

    @property
    def text(self) -> str:
        """All that it says."""
        return ''.join(text for text, _bold in self.runs)


def blocks(word: bytes) -> list[Block]:
    """What a Word file says, from its first paragraph to its last. Page heads and feet are not read."""
    return list(_blocks(word))


def _blocks(word: bytes) -> Iterator[Block]:
    read = Document(BytesIO(word))
    _plain(read.element.body)
    for part in read.iter_inner_content():
        if isinstance(part, Table):
            yield Block('table', rows=tuple(tuple(cell.text for cell in row.cells) for row in part.rows))
        else:
            yield _paragraph(part)


def _plain(body: etree._Element) -> None:
    """Revisions are accepted, and what stands in a link or a field to be filled in stands by itself: nothing of it is
    lost where only paragraphs and tables are read."""
    for row in body.xpath('.//w:tr[w:trPr/w:del]'):
        row.getparent().remove(row)
    for node in list(body.iter(*_STRUCK)):
        node.getparent().remove(node)
    for node in list(body.iter(*_AROUND)):
        for child in list(node):
            node.addprevious(child)
        node.getparent().remove(node)


def _paragraph(part: Paragraph) -> Block:
    runs = tuple((run.text, bool(run.bold)) for run in part.runs if run.text)
    return Block(STYLES.get(part.style.name, 'text'), runs, _ALIGNED.get(part.alignment, ''))
