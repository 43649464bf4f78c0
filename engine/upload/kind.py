"""What a file is, by its content."""
import re
from dataclasses import dataclass

from engine.errors import Refused, said
from engine.upload import naming, package, text


@dataclass(frozen=True)
class Kind:
    """A kind of file; `packed`: a zip archive with parts."""

    key: str
    label: str
    suffixes: tuple[str, ...]
    mimetype: str
    packed: bool = False


_OFFICE = 'application/vnd.openxmlformats-officedocument.'
KINDS = {kind.key: kind for kind in (
    Kind('xlsx', said('Excel工作簿（.xlsx）'), ('.xlsx',), f'{_OFFICE}spreadsheetml.sheet', True),
    Kind('docx', said('Word文档（.docx）'), ('.docx',), f'{_OFFICE}wordprocessingml.document', True),
    Kind('pptx', said('PPT演示文稿（.pptx）'), ('.pptx',), f'{_OFFICE}presentationml.presentation', True),
    Kind('ofd', said('OFD版式文件（.ofd）'), ('.ofd',), 'application/ofd', True),
    Kind('pdf', said('PDF文件（.pdf）'), ('.pdf',), 'application/pdf'),
    Kind('png', said('PNG图片（.png）'), ('.png',), 'image/png'),
    Kind('jpg', said('JPEG图片（.jpg）'), ('.jpg', '.jpeg'), 'image/jpeg'),
    Kind('csv', said('CSV表格（.csv）'), ('.csv',), 'text/csv; charset=utf-8'),
    Kind('txt', said('纯文本（.txt）'), ('.txt', '.md', '.tsv'), 'text/plain; charset=utf-8'),
)}

_STARTS = ((b'%PDF-', 'pdf'), (b'\x89PNG\r\n\x1a\n', 'png'), (b'\xff\xd8\xff', 'jpg'))
_PROGRAMS = (b'MZ', b'\x7fELF', b'#!', b'\xca\xfe\xba\xbe', b'\xcf\xfa\xed\xfe', b'\xce\xfa\xed\xfe', b'\xfe\xed\xfa',
             b'L\0\0\0\x01\x14\x02\0', b'dex\n', b'\0asm')
_ARCHIVES = (b'Rar!', b'7z\xbc\xaf', b'\x1f\x8b', b'BZh', b'\xfd7zXZ', b'(\xb5/\xfd')
_COMPOUND = b'\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'
_LOCKED = 'EncryptedPackage'.encode('utf-16-le')
_MARKUP = re.compile(r'\s*<(!doctype|\?xml|\?php|html|svg|script|body|head|hta|job|package)\b', re.IGNORECASE)
_SCRIPTS = {'.js', '.mjs', '.vbs', '.vbe', '.jse', '.wsf', '.hta', '.bat', '.cmd', '.ps1', '.sh', '.py', '.pl', '.rb',
            '.php', '.jsp', '.asp', '.aspx', '.html', '.htm', '.xhtml', '.svg', '.xml', '.reg', '.inf', '.url', '.com',
            '.desktop', '.exe', '.scr', '.msi', '.dll', '.lnk', '.jar', '.apk', '.iqy', '.slk', '.rtf'}
_MACROS = {'.xlsm', '.docm', '.pptm', '.xltm', '.dotm', '.xlsb', '.xlam', '.ppam', '.potm'}


def recognised(name: str, data: bytes) -> Kind:
    """The kind of a file's content. :raises Refused: it is none that anybody may send."""
    if naming.suffix(name) in _MACROS:
        raise Refused('“{name}”是带宏的格式，请另存为不带宏的格式（.xlsx、.docx、.pptx）再上传。', name=name)
    if naming.suffix(name) in _SCRIPTS or data.startswith(_PROGRAMS):
        raise Refused('“{name}”是程序、脚本或网页，不能上传。要传的是内容，请另存为Word、Excel或PDF。', name=name)
    if data.startswith(_COMPOUND):
        raise _compound(name, data)
    if data.startswith(b'PK'):
        return KINDS[package.recognised(name, data)]
    if data.startswith(_ARCHIVES):
        raise Refused('“{name}”是压缩包，请解开以后把里面的文件直接上传。', name=name)
    return KINDS[next((key for start, key in _STARTS if data.startswith(start)), '') or _text(name, data)]


def _compound(name: str, data: bytes) -> Refused:
    if _LOCKED in data:
        return Refused('“{name}”加了打开密码，请去掉密码另存以后再上传。', name=name)
    return Refused('“{name}”是旧格式（.doc、.xls、.ppt、.wps、.et），请打开后另存为.docx、.xlsx或.pptx再上传。', name=name)


def _text(name: str, data: bytes) -> str:
    said = text.decoded(name, data)
    if _MARKUP.match(said):
        raise Refused('“{name}”是网页或程序文件，不能上传。要传的是内容，请另存为Word、Excel或PDF。', name=name)
    return 'csv' if naming.suffix(name) == '.csv' else 'txt'
