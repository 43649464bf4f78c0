"""Files from outside: taken for what their content says, and refused with a sentence when they could do harm."""
import zlib
from collections.abc import Callable
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from engine import upload
from engine.errors import Refused
from tests.engine.office import changed, docx, part, xlsx

TABLE = xlsx([['任务', '牵头单位'], ['建立任务清单', '省发展改革委']])
LETTER = docx(['关于印发工作方案的通知'])
PDF = b'%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n'
PNG = b'\x89PNG\r\n\x1a\n' + b'\0' * 40 + b'IEND\xaeB`\x82'
JPG = b'\xff\xd8\xff\xe0' + b'\0' * 40 + b'\xff\xd9'
RELS = 'xl/_rels/workbook.xml.rels'


def refusal(name: str, data: bytes, kinds: tuple[str, ...] = upload.ATTACHMENTS) -> str:
    with pytest.raises(Refused) as found:
        upload.check(name, data, kinds)
    return str(found.value)


@pytest.mark.parametrize(('name', 'data', 'kind'), [
    ('责任分解表.xlsx', TABLE, 'xlsx'), ('通知.DOCX', LETTER, 'docx'), ('扫描件.pdf', PDF, 'pdf'), ('现场.png', PNG, 'png'),
    ('现场.jpeg', JPG, 'jpg'), ('名单.csv', '单位,事项\n省司法厅,清理'.encode('gb18030'), 'csv'),
    ('要点.txt', '一、总体要求'.encode('utf-16'), 'txt'), ('要点.txt', '一、总体要求'.encode(), 'txt')])
def test_what_offices_send_is_taken(name: str, data: bytes, kind: str) -> None:
    held = upload.check(name, data, upload.ATTACHMENTS)
    assert (held.kind, held.content) == (kind, data) and held.mimetype


@pytest.mark.parametrize(('given', 'kept'), [
    ('C:\\桌面\\分解表.xlsx', '分解表.xlsx'), ('../../etc/分解表.xlsx', '分解表.xlsx'), ('分解\x00表\u202e.xlsx', '分解表.xlsx'),
    ('..分解表.xlsx', '分解表.xlsx'), ('分解<表>.xlsx', '分解_表_.xlsx')])
def test_a_name_is_kept_without_its_folders(given: str, kept: str) -> None:
    assert upload.check(given, TABLE, upload.SHEETS).name == kept


@pytest.mark.parametrize('name', ['', '../..', '///', '\u200b\u200b', 'con.xlsx', 'x' * 121 + '.xlsx'])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    assert '名' in refusal(name, TABLE)


def test_what_is_too_large_or_empty_is_refused() -> None:
    assert '是空文件' in refusal('分解表.xlsx', b'')
    with pytest.raises(Refused, match='有20.0MB，最多10.0MB'):
        upload.check('分解表.xlsx', b'PK' + bytes(20_000_000), upload.SHEETS)


@pytest.mark.parametrize(('name', 'data', 'says'), [
    ('分解表.xlsx', LETTER, '里面其实是Word文档'), ('通知.pdf', TABLE, '里面其实是Excel工作簿'), ('照片.png', JPG, '里面其实是JPEG图片'),
    ('通知', LETTER, '把扩展名改成.docx')])
def test_a_name_must_say_what_the_content_is(name: str, data: bytes, says: str) -> None:
    assert says in refusal(name, data)


def test_a_kind_that_is_not_wanted_here_is_refused_with_those_that_are() -> None:
    assert refusal('扫描件.pdf', PDF, upload.SHEETS) == (
        '这里收不了“扫描件.pdf”（PDF文件（.pdf）），请换成Excel工作簿（.xlsx）、Word文档（.docx）、CSV表格（.csv）、纯文本（.txt）。')


@pytest.mark.parametrize(('name', 'data', 'says'), [
    ('汇报.docm', LETTER, '带宏的格式'), ('补丁.exe', b'MZ\x90', '程序、脚本或网页'), ('表.xlsx', b'MZ\x90', '程序、脚本或网页'),
    ('运行.bat', b'@echo off', '程序、脚本或网页'), ('图.svg', b'<svg/>', '程序、脚本或网页'), ('说明.txt', b' <html><p>', '网页或程序文件'),
    ('说明.txt', b'<?xml version="1.0"?><a/>', '网页或程序文件'),
    ('旧表.xls', b'\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1' + bytes(99), '旧格式'),
    ('密.xlsx', b'\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1' + 'EncryptedPackage'.encode('utf-16-le'), '加了打开密码'),
    ('包.rar', b'Rar!\x1a\x07', '是压缩包'), ('不明.txt', b'\x01\x02\x03', '看不出')])
def test_programs_scripts_old_and_locked_files_are_refused(name: str, data: bytes, says: str) -> None:
    assert says in refusal(name, data)


def zipped(*parts: tuple[str, bytes]) -> bytes:
    made = BytesIO()
    with ZipFile(made, 'w', ZIP_DEFLATED) as archive:
        for name, content in parts:
            archive.writestr(name, content)
    return made.getvalue()


def linked(kind: str, target: str, table: bytes = TABLE) -> bytes:
    tag = (f'<Relationship Id="x9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" '
           f'Target="{target}" TargetMode="External"/></Relationships>').encode()
    return changed(table, {RELS: part(table, RELS).replace(b'</Relationships>', tag)})


def patched(field: int, value: int) -> bytes:
    """A table whose first part lies about itself in the central directory."""
    place = TABLE.index(b'PK\x01\x02') + field
    return TABLE[:place] + value.to_bytes(4, 'little') + TABLE[place + 4:]


@pytest.mark.parametrize(('made', 'says'), [
    (lambda: changed(TABLE, {'xl/vbaProject.bin': b'x'}), '有宏或控件'),
    (lambda: changed(TABLE, {'xl/macrosheets/sheet1.xml': b'<a/>'}), '有宏或控件'),
    (lambda: changed(TABLE, {'[Content_Types].xml': part(TABLE, '[Content_Types].xml').replace(
        b'spreadsheetml.sheet.main', b'ms-excel.sheet.macroEnabled.main')}), '有宏或控件'),
    (lambda: changed(TABLE, {'xl/embeddings/oleObject1.bin': b'x'}), '嵌着别的文件'),
    (lambda: changed(TABLE, {'xl/externalLinks/externalLink1.xml': b'<a/>'}), '链接着别的文件'),
    (lambda: linked('attachedTemplate', 'http://192.0.2.1/a.dotm'), '链接着别的文件'),
    (lambda: linked('image', 'file://server/share/a.png'), '链接着别的文件'),
    (lambda: linked('hyperlink', 'javascript:alert(1)'), '链接着别的文件'),
    (lambda: changed(TABLE, {'xl/theme.xml': b'<!DOCTYPE a [<!ENTITY b "b">]><a/>'}), '有文档类型声明'),
    (lambda: changed(TABLE, {'xl/theme.xml': '<!DOCTYPE a><a/>'.encode('utf-16')}), '有文档类型声明'),
    (lambda: changed(TABLE, {'xl/theme.xml': b'<?xml version="1.0" encoding="UTF-7"?><a/>'}), '打不开'),
    (lambda: changed(TABLE, {'../../startup.txt': b'x'}), '带路径的文件名'),
    (lambda: changed(TABLE, {'C:\\startup.txt': b'x'}), '带路径的文件名'),
    (lambda: changed(TABLE, {'xl/bomb.xml': bytes(20_000_000)}), '解开以后太大'),
    (lambda: changed(TABLE, {f'xl/{number}.xml': b'<a/>' for number in range(3001)}), '最多3000个'),
    (lambda: changed(TABLE, {'xl/Workbook.xml': b'<a/>'}), '打不开'),
    (lambda: patched(24, 7), '打不开'), (lambda: patched(24, 2**31), '解开以后太大'), (lambda: patched(8, 1), '加了密码'),
    (lambda: TABLE[:-30], '打不开'), (lambda: TABLE[:200], '打不开'),
    (lambda: b'PK\x03\x04junk' + TABLE, '藏着另一个文件'), (lambda: TABLE + b'MZ', '藏着另一个文件'),
    (lambda: zipped(('a.txt', b'x')), '是压缩包'), (lambda: zipped(), '是压缩包')])
def test_a_workbook_with_something_inside_is_refused(made: Callable[[], bytes], says: str) -> None:
    assert says in refusal('责任分解表.xlsx', made())


def test_a_document_that_fetches_is_refused() -> None:
    field = b'<w:r><w:instrText>DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe</w:instrText></w:r></w:p>'
    spoilt = part(LETTER, 'word/document.xml').replace(b'</w:p>', field, 1)
    assert '域代码' in refusal('通知.docx', changed(LETTER, {'word/document.xml': spoilt}))


def test_what_offices_really_have_in_their_files_is_taken() -> None:
    """A page to click at, the template on one's own disk, the workbook behind a chart."""
    for kind, target in (('hyperlink', 'https://www.gov.cn/'), ('attachedTemplate', 'file:///C:\\Templates\\公文.dotx')):
        assert upload.check('表.xlsx', linked(kind, target), upload.SHEETS)
    assert upload.check('表.xlsx', changed(TABLE, {'xl/embeddings/Microsoft_Excel.xlsx': TABLE}), upload.SHEETS)
    inside = changed(TABLE, {'xl/vbaProject.bin': b'x'})
    assert '有宏' in refusal('表.xlsx', changed(TABLE, {'xl/embeddings/Microsoft_Excel.xlsx': inside}))


@pytest.mark.parametrize(('name', 'data', 'says'), [
    ('现场.png', PNG[:20], '不完整'), ('现场.jpg', JPG[:-2], '不完整'), ('扫描件.pdf', PDF[:30], '不完整'),
    ('现场.jpg', JPG + zipped(('a.txt', b'x')), '藏着另一个文件'), ('现场.png', PNG[:12] + b'%PDF-1.4' + PNG[12:], '藏着另一个文件'),
    ('现场.png', PNG[:12] + b'<script>' + PNG[12:], '藏着另一个文件'), ('扫描件.pdf', PDF + zipped(('a', b'x')), '藏着另一个文件'),
    ('扫描件.pdf', PDF.replace(b'/Catalog', b'/Catalog/OpenAction<</S/JavaScript>>'), '自动运行'),
    ('扫描件.pdf', PDF.replace(b'/Catalog', b'/Catalog/AA<</S/L#61unch>>'), '自动运行')])
def test_pictures_and_scans_are_only_what_they_look_like(name: str, data: bytes, says: str) -> None:
    assert says in refusal(name, data)


def test_a_bomb_is_not_unpacked() -> None:
    """Its directory says a little, the packed bytes would give a lot: reading stops at what it says."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(bytes(50_000_000)) + packer.flush()
    honest = changed(TABLE, {'xl/z.xml': b'<a/>'})
    assert len(packed) < 60_000 and '打不开' in refusal('表.xlsx', _swapped(honest, b'xl/z.xml', packed))


def _swapped(data: bytes, name: bytes, packed: bytes) -> bytes:
    """The packed bytes of the last part replaced, the directory as it was but for sizes and offsets that must fit."""
    local = data.rindex(b'PK\x03\x04', 0, data.rindex(name))
    central = data.index(b'PK\x01\x02')
    body = data[:local + 30 + len(name)] + packed
    size = len(packed).to_bytes(4, 'little')
    entry = data.rindex(b'PK\x01\x02')
    directory = data[central:entry] + data[entry:entry + 20] + size + data[entry + 24:]
    ending = directory.rindex(b'PK\x05\x06')
    return body + directory[:ending + 16] + len(body).to_bytes(4, 'little') + directory[ending + 20:]


def test_the_file_field_offers_these_suffixes() -> None:
    assert upload.accept(upload.SHEETS) == '.xlsx,.docx,.csv,.txt,.md,.tsv'
