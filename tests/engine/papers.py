"""Small Word templates for the tests."""
from functools import cache
from io import BytesIO

from docx import Document


@cache
def paper(*paragraphs: str, rows: str = '', foot: str = '', author: str = '督办') -> bytes:
    """A Word file with these paragraphs; `rows` is a list of which each row gets a line of a table."""
    made = Document()
    for text in paragraphs:
        made.add_paragraph(text)
    if rows:
        table = made.add_table(rows=3, cols=1)
        for row, text in zip(table.rows, (f'{{%tr for 行 in {rows} %}}', '{{ 行.单位 }}', '{%tr endfor %}'), strict=True):
            row.cells[0].paragraphs[0].add_run(text)
    if foot:
        made.sections[0].footer.paragraphs[0].add_run(foot)
    made.core_properties.author = author
    written = BytesIO()
    made.save(written)
    return written.getvalue()
