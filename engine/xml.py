"""The only way in for XML that somebody else wrote: read with everything dangerous switched off."""
import re

from lxml import etree

from engine.errors import Refused, said

MOST_BYTES = 2_000_000
MOST_ELEMENTS = 20_000
MOST_ATTRIBUTES = 200
"""On one element; the reader looks through all of them for each, so that ten thousand take seconds."""

_ERROR = etree.ErrorTypes
_BREAKS_OFF = {_ERROR.ERR_TAG_NOT_FINISHED, _ERROR.ERR_DOCUMENT_EMPTY, _ERROR.ERR_COMMENT_NOT_FINISHED}
_CAUSES = {
    _ERROR.ERR_TAG_NAME_MISMATCH: said('开始和结束的标签不配对'),
    _ERROR.ERR_DOCUMENT_END: said('最后一个标签后面还有内容'),
    _ERROR.ERR_ATTRIBUTE_REDEFINED: said('同一个属性写了两次'),
    _ERROR.ERR_UNDECLARED_ENTITY: said('用了没有定义的实体'),
    _ERROR.ERR_INVALID_CHAR: said('含有不允许的控制字符'),
    _ERROR.ERR_INVALID_ENCODING: said('文字编码不对，要用UTF-8'),
    _ERROR.NS_ERR_UNDEFINED_NAMESPACE: said('用了没有声明的前缀'),
}


def parse_xml(data: bytes, name: str, most: int = MOST_ELEMENTS) -> etree._Element:
    """The root element of ``data``, with line numbers kept; comments and processing instructions are dropped.

    ``name`` is the file's name for the sentence. Refused: larger than 2 MB, more than ``most`` elements or 200
    attributes on one, a DOCTYPE (and with it every entity), a file that breaks off, and XML that is not well
    formed (the line is named).
    """
    if len(data) > MOST_BYTES:
        raise Refused('{name}太大：{size}字节，最多{most}字节。请拆成几个文件。', name=name, size=len(data), most=MOST_BYTES)
    if not data.strip():
        raise Refused('{name}是空文件，请重新导出。', name=name)
    # A parser for each file: lxml's parsers keep the last error and are not to be shared between threads.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
                             huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise _unreadable(data, name, error) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise _doctype(name)
    count = sum(1 for _ in root.iter())
    if count > most:
        raise Refused('{name}里有{count}个元素，最多{most}个。请拆成几张图。', name=name, count=count, most=most)
    crowded = next((node for node in root.iter() if len(node.attrib) > MOST_ATTRIBUTES), None)
    if crowded is not None:
        raise Refused('{name}第{line}行的元素有{count}个属性，最多{most}个。请删去多余的。', name=name, line=crowded.sourceline,
                      count=len(crowded.attrib), most=MOST_ATTRIBUTES)
    return root


def _unreadable(data: bytes, name: str, error: etree.XMLSyntaxError) -> Refused:
    # Without its zero bytes, UTF-16 is legible enough to be judged.
    text = data.replace(b'\0', b'').strip().removeprefix(b'\xef\xbb\xbf')
    if b'<!DOCTYPE' in text:
        return _doctype(name)
    if not text.lstrip(b'\xff\xfe').startswith(b'<'):
        return Refused('{name}不是XML文件，请上传建模工具保存的.bpmn或.dmn文件。', name=name)
    line = error.lineno or 1
    # What broke off ends inside a tag, or before the first, or after one while others are still open.
    if error.code in _BREAKS_OFF or not text.endswith(b'>'):
        return Refused('{name}不完整：到第{line}行就断了，请重新导出或重新上传。', name=name, line=line)
    cause = _CAUSES.get(error.code) or re.sub(r', line \d+, column \d+$', '', ' '.join(error.msg.split()))
    return Refused('{name}第{line}行不是合格的XML（{cause}），请改好或用建模工具重新保存。', name=name, line=line, cause=cause)


def _doctype(name: str) -> Refused:
    return Refused('{name}里有DOCTYPE声明，流程文件不需要它，也不能用它。请删去这一行再上传。', name=name)
