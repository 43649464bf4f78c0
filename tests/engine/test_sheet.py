"""Tables and texts of office files as plain rows; rows as a workbook in which nothing can run."""
from datetime import date, datetime
from io import BytesIO
from zipfile import ZipFile

import pytest
from docx import Document
from openpyxl import load_workbook

from engine import sheet, upload
from engine.errors import Refused
from engine.sheet import Row, Sheet
from tests.engine.office import changed, docx, part, xlsx


def read(name: str, content: bytes) -> list[Sheet]:
    return sheet.read(upload.check(name, content, upload.SHEETS))


def cells(one: Sheet) -> list[tuple]:
    return [row.cells for row in one.rows]


def test_a_workbook_gives_values_dates_and_merged_cells() -> None:
    found, = read('表.xlsx', xlsx([
        ['责任分解表', None, None], [], ['任务', '单位', '时限'], ['建立清单', '省发展改革委', date(2020, 5, 31)],
        [None, '省司法厅', datetime(2020, 9, 30, 9, 30)], [3.0, ' 省 工信厅 ', True]], ['A1:C1', 'A4:A5']))
    assert found.name == '责任分解表' and not found.is_text
    assert [row.number for row in found.rows] == [1, 3, 4, 5, 6]
    assert cells(found) == [
        ('责任分解表',) * 3, ('任务', '单位', '时限'), ('建立清单', '省发展改革委', date(2020, 5, 31)),
        ('建立清单', '省司法厅', datetime(2020, 9, 30, 9, 30)), (3, '省 工信厅', True)]


def test_a_document_gives_its_tables_and_its_text() -> None:
    table, text = read('方案.docx', docx(
        ['一、重点任务', ''], [['任务', '牵头', '协办'], ['建库', '省发展改革委', '省工信厅'], ['', '省司法厅', '']],
        [((1, 0), (2, 0)), ((2, 1), (2, 2))]))
    assert cells(table) == [('任务', '牵头', '协办'), ('建库', '省发展改革委', '省工信厅'), ('建库', '省司法厅', '省司法厅')]
    assert text.is_text and cells(text) == [('一、重点任务',)]


def several(*tables: list[list[str]]) -> bytes:
    """A document with several tables and a line between them."""
    made, held = Document(), BytesIO()
    for rows in tables:
        table = made.add_table(len(rows), len(rows[0]))
        for y, row in enumerate(rows):
            for x, text in enumerate(row):
                table.cell(y, x).text = text
        made.add_paragraph('续表')
    made.save(held)
    return held.getvalue()


def test_a_table_that_goes_on_further_down_is_one_table() -> None:
    """With its heading again, or with the next number; another table is another one."""
    head, first = ['序号', '任务'], ['1', '建库']
    table, other, _text = read('方案.docx', several([head, first], [head, ['2', '修路']], [['3', '修桥']], [['说明', '略']]))
    assert cells(table) == [('序号', '任务'), ('1', '建库'), ('序号', '任务'), ('2', '修路'), ('3', '修桥')]
    assert [row.number for row in table.rows] == [1, 2, 3, 4, 5] and cells(other) == [('说明', '略')]


def test_what_a_reviser_struck_out_or_moved_is_not_there() -> None:
    letter = docx(rows=[['任务', '单位'], ['建库', '发改局'], ['修路', '交通局']])
    body = part(letter, 'word/document.xml')
    body = body.replace('<w:t>建库</w:t></w:r>'.encode(), '<w:t>建库</w:t></w:r><w:moveFrom w:id="1" w:author="a"><w:r>'
                        '<w:t>旧文</w:t></w:r></w:moveFrom>'.encode())
    last = body.rindex(b'<w:tr>') + len(b'<w:tr>')
    body = body[:last] + b'<w:trPr><w:del w:id="2" w:author="a"/></w:trPr>' + body[last:]
    table, = read('方案.docx', changed(letter, {'word/document.xml': body}))
    assert cells(table) == [('任务', '单位'), ('建库', '发改局')]


@pytest.mark.parametrize(('name', 'content'), [
    ('表.csv', '任务,单位\n"建库,并公布",省司法厅\n'.encode()), ('表.csv', '任务;单位\n建库,并公布;省司法厅'.encode('gb18030')),
    ('表.txt', '任务\t单位\n建库,并公布\t省司法厅\n'.encode('utf-16')),
    ('表.md', '| 任务 | 单位 |\n|---|:--:|\n| 建库,并公布 | 省司法厅 |\n'.encode())])
def test_text_with_columns_is_a_table(name: str, content: bytes) -> None:
    found, = read(name, content)
    assert cells(found) == [('任务', '单位'), ('建库,并公布', '省司法厅')] and not found.is_text


def test_other_text_is_paragraphs() -> None:
    found, = sheet.pasted('一、重点任务\r\n\r\n（一）建立清单。')
    assert found.is_text and found.rows == [Row(1, ('一、重点任务',)), Row(3, ('（一）建立清单。',))]
    assert sheet.pasted(' \n ') == []


def test_what_is_too_long_is_refused() -> None:
    with pytest.raises(Refused, match='超过3000行'):
        sheet.pasted('建立清单\n' * 3001)
    with pytest.raises(Refused, match='第2行有一格超过5000个字'):
        read('表.xlsx', xlsx([['任务'], ['长' * 5001]]))
    with pytest.raises(Refused, match='超过3000行'):
        read('表.xlsx', xlsx([['任务']] * 3001))
    with pytest.raises(Refused, match='超过3000行'):
        read('表.xlsx', xlsx([['任务']] * 10_001))
    with pytest.raises(Refused, match='超过60000格'):
        read('表.csv', (b','.join([b'1'] * 60) + b'\n') * 1001)


def test_a_cell_far_away_costs_nothing() -> None:
    """One value in the last cell of a sheet, and a document whose cell says that it spans 999 columns."""
    table = xlsx([['任务']])
    far = part(table, 'xl/worksheets/sheet1.xml').replace(
        b'</sheetData>', b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')
    with pytest.raises(Refused, match='第1048576行还有内容'):
        read('表.xlsx', changed(table, {'xl/worksheets/sheet1.xml': far}))
    empty = far.replace(b'<v>1</v>', b'')
    assert [cells(one) for one in read('表.xlsx', changed(table, {'xl/worksheets/sheet1.xml': empty}))] == [[('任务',)]]
    letter = docx(rows=[['任务', '单位']])
    wide = part(letter, 'word/document.xml').replace(b'<w:tcPr>', b'<w:tcPr><w:gridSpan w:val="999"/>')
    found, *_ = read('方案.docx', changed(letter, {'word/document.xml': wide}))
    assert len(found.rows[0].cells) == sheet.MOST_COLUMNS


@pytest.mark.parametrize(('name', 'content', 'broken'), [
    ('表.xlsx', xlsx([['任务']]), 'xl/worksheets/sheet1.xml'), ('表.xlsx', xlsx([['任务']]), 'xl/workbook.xml'),
    ('方案.docx', docx(['一']), 'word/document.xml')])
def test_a_broken_file_is_refused(name: str, content: bytes, broken: str) -> None:
    with pytest.raises(Refused, match='打不开'):
        read(name, changed(content, {broken: b'<a><b>'}))


def test_what_is_written_can_be_read_again() -> None:
    rows = [Row(1, ('任务', '分值', '时限', '报齐')), Row(2, ('建立清单', 1.5, date(2020, 5, 31), True))]
    found, = read('结果.xlsx', sheet.write([Sheet('结果', rows)]))
    assert found.name == '结果'
    assert cells(found) == [('任务', '分值', '时限', '报齐'), ('建立清单', 1.5, date(2020, 5, 31), '是')]


@pytest.mark.parametrize('text', [
    '=1+1', '+86', '-cmd', '@SUM(A1)', '\t=1', '\r=1', ' =1', '=HYPERLINK("http://192.0.2.1")'])
def test_nothing_written_becomes_a_formula_or_a_link(text: str) -> None:
    made = sheet.write([Sheet('a/b:c', [Row(1, ('任务',)), Row(2, (text, 'http://192.0.2.1/'))])])
    page = load_workbook(BytesIO(made)).active
    assert page['A2'].data_type == 's' and page['A2'].value.startswith("'") and page['B2'].hyperlink is None
    with ZipFile(BytesIO(made)) as package:
        assert b'<f>' not in package.read('xl/worksheets/sheet1.xml')
