"""Files that are zip archives with parts (Word, Excel, PPT, OFD): taken in only when every part is harmless."""
import re
import stat
from io import BytesIO
from pathlib import PurePosixPath
from zipfile import BadZipFile, ZipFile, ZipInfo
from zlib import error as Damaged

from lxml import etree

from engine.errors import Refused

MOST_PARTS = 3000
MOST_UNPACKED = 60_000_000
_MOST_RATIO = 300           # of a part to what it takes packed; real sheets come to 60
_SMALL = 1_000_000          # so small a part may be packed as densely as it likes
_TYPES = '[Content_Types].xml'
_MAIN = {'xlsx': b'spreadsheetml.sheet.main+xml', 'docx': b'wordprocessingml.document.main+xml',
         'pptx': b'presentationml.presentation.main+xml'}
_BROKEN = (BadZipFile, Damaged, NotImplementedError, EOFError, OSError, ValueError, RuntimeError, KeyError)
_MACRO = re.compile(r'vba(project|data)|macrosheets|activex|\.jar$|\.swf$', re.IGNORECASE)
_MACRO_TYPE = re.compile(rb'macroenabled|intlmacrosheet|vbaproject|activex', re.IGNORECASE)
_DTD = re.compile(rb'<!\s*(DOCTYPE|ENTITY)', re.IGNORECASE)
_ENCODING = re.compile(rb'<\?xml[^>]*?encoding\s*=\s*["\']([^"\']+)')
_LEGIBLE = (b'utf-8', b'utf8', b'utf-16', b'us-ascii', b'ascii', b'gb2312', b'gbk', b'gb18030')
_FIELD = re.compile(rb'<w:instrText[^>]*>([^<]*)</w:instrText>')
_RUNS = re.compile(rb'\b(DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE)\b', re.IGNORECASE)
_HARMLESS = ('http:', 'https:', 'mailto:')
_OWN_TEMPLATE = re.compile(r'(file:///)?[a-z]:')              # Word remembers the template on its own disk
_EMBEDDED = ('.xlsx', '.docx', '.pptx')


def recognised(name: str, data: bytes) -> str:
    """xlsx, docx, pptx or ofd. :raises Refused: it is another archive, is damaged, or has macros."""
    try:
        with ZipFile(BytesIO(data)) as archive:
            parts = set(archive.namelist())
            said = archive.open(_TYPES).read(_SMALL) if _TYPES in parts else b''
    except _BROKEN as error:
        raise _damaged(name) from error
    if _MACRO_TYPE.search(said):
        raise _macro(name)
    found = next((key for key, main in _MAIN.items() if main in said), 'ofd' if 'OFD.xml' in parts else None)
    if found is None:
        raise Refused('“{name}”是压缩包，请解开以后把里面的文件直接上传。', name=name)
    return found


def judge(name: str, data: bytes, depth: int = 0) -> None:
    """See that no part is a trap. Nothing is unpacked beyond its bound, whatever the archive says of its sizes.

    :raises Refused: too many, too large or too densely packed parts; encryption, macros, embedded objects, links to
        other files, document types; bytes before or behind the archive.
    """
    try:
        with ZipFile(BytesIO(data)) as archive:
            entries = archive.infolist()
            _measure(name, entries, len(data))
            _alone(name, data, entries)
            for entry in entries:
                _judge_part(name, entry.filename, _read(archive, entry), depth)
    except _BROKEN as error:
        raise _damaged(name) from error


def _measure(name: str, entries: list[ZipInfo], size: int) -> None:
    if len(entries) > MOST_PARTS:
        raise Refused('“{name}”里有{count}个部分，最多{most}个，不收。', name=name, count=len(entries), most=MOST_PARTS)
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refused('“{name}”加了密码，请去掉密码另存以后再上传。', name=name)
    if len({entry.filename.lower() for entry in entries}) < len(entries):
        raise _damaged(name)
    if any(_astray(entry) for entry in entries):
        raise Refused('“{name}”里有带路径的文件名，不是办公软件保存的文件，不收。', name=name)
    dense = any(entry.file_size > max(_SMALL, _MOST_RATIO * entry.compress_size) for entry in entries)
    if dense or sum(entry.file_size for entry in entries) > MOST_UNPACKED or sum(
            entry.compress_size for entry in entries) > size:
        raise Refused('“{name}”解开以后太大，不收。请删去多余的工作表、图片，另存一份再上传。', name=name)


def _astray(entry: ZipInfo) -> bool:
    path = PurePosixPath(entry.filename)
    return (path.is_absolute() or '..' in path.parts or '\\' in entry.filename or ':' in entry.filename
            or entry.orig_filename != entry.filename or stat.S_ISLNK(entry.external_attr >> 16))


def _alone(name: str, data: bytes, entries: list[ZipInfo]) -> None:
    """The archive fills the file from its first byte to its last."""
    ending = data.rfind(b'PK\x05\x06')
    said = int.from_bytes(data[ending + 20:ending + 22], 'little')
    if not data.startswith(b'PK\x03\x04') or min(entry.header_offset for entry in entries) or (
            ending + 22 + said != len(data)):
        raise Refused('“{name}”里面还藏着另一个文件，不能收。请重新另存一份。', name=name)


def _read(archive: ZipFile, entry: ZipInfo) -> bytes:
    with archive.open(entry) as stream:
        content = stream.read(entry.file_size + 1)
    if len(content) != entry.file_size:
        raise BadZipFile(entry.filename)
    return content


def _judge_part(name: str, part: str, content: bytes, depth: int) -> None:
    if _MACRO.search(part):
        raise _macro(name)
    lower = part.lower()
    if '/embeddings/' in lower and not lower.endswith('/'):
        _embedded(name, part, content, depth)
    if '/externallinks/' in lower:
        raise _linked(name)
    if lower.endswith(('.xml', '.rels', '.vml')):
        _judge_xml(name, lower, content)


def _embedded(name: str, part: str, content: bytes, depth: int) -> None:
    """The workbook behind a chart is a file of its own; anything else that is embedded could be anything."""
    if depth or not part.lower().endswith(_EMBEDDED):
        raise Refused('“{name}”里嵌着别的文件或对象，请删去，或者转成图片再上传。', name=name)
    recognised(name, content)
    judge(name, content, depth + 1)


def _judge_xml(name: str, part: str, content: bytes) -> None:
    legible = content.replace(b'\0', b'').lstrip(b'\xef\xbb\xbf\xff\xfe \r\n\t')
    encoding = _ENCODING.match(legible)
    if not legible.startswith(b'<') or encoding and encoding[1].lower() not in _LEGIBLE:
        raise _damaged(name)
    if _DTD.search(legible):
        raise Refused('“{name}”里有文档类型声明，不是办公软件保存的文件，不收。', name=name)
    if part.endswith('.rels') and any(map(_outward, _relations(content))):
        raise _linked(name)
    if _RUNS.search(b''.join(_FIELD.findall(content))):
        raise Refused('“{name}”里有会去取别的文件的域代码，请按Ctrl+Shift+F9转成文字，另存以后再上传。', name=name)


def _relations(content: bytes) -> list[etree._Element]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return list(etree.fromstring(content, parser))
    except etree.XMLSyntaxError as error:
        raise BadZipFile(str(error)) from None


def _outward(relation: etree._Element) -> bool:
    """Whether opening the file would fetch something: only a link to be clicked, to a page or an address, would not."""
    if relation.get('TargetMode') != 'External':
        return False
    kind, target = relation.get('Type', '').rpartition('/')[2], relation.get('Target', '').strip().lower()
    if kind == 'attachedTemplate':
        return not _OWN_TEMPLATE.match(target)
    beside = ':' not in target and not target.startswith('\\')
    return kind != 'hyperlink' or not (beside or target.startswith(_HARMLESS))


def _damaged(name: str) -> Refused:
    return Refused('“{name}”打不开，可能没有传完整。请重新另存一份再上传。', name=name)


def _macro(name: str) -> Refused:
    return Refused('“{name}”里有宏或控件，请另存为不带宏的格式（.xlsx、.docx、.pptx）再上传。', name=name)


def _linked(name: str) -> Refused:
    return Refused('“{name}”链接着别的文件，打开时会去取。请断开链接（数据→编辑链接→断开；Word里是文件→信息→编辑链接），另存以后再上传。',
                   name=name)
