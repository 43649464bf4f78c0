"""Files without parts: nothing may hide behind or inside them."""
import re
from io import BytesIO
from zipfile import is_zipfile

from engine.errors import Refused

_ACTIVE = re.compile(rb'/(JavaScript|JS|Launch|RichMedia|EmbeddedFile|XFA)\b')
_ESCAPED = re.compile(rb'#([0-9a-fA-F]{2})')
_FOREIGN = re.compile(rb'%PDF-|<script|<\?php|<html', re.IGNORECASE)
_HEAD = 4096


def judge(name: str, data: bytes, kind: str) -> None:
    """See that the file of this kind is only what it looks like.

    :raises Refused: another file is hidden in it, it is cut off, or it runs something when it is opened.
    """
    hidden = kind in ('png', 'jpg') and _FOREIGN.search(data[:_HEAD] + data[-_HEAD:])
    if hidden or is_zipfile(BytesIO(data)):
        raise Refused('“{name}”里面还藏着另一个文件，不能收。请重新导出一份。', name=name)
    if kind == 'png' and b'IEND' not in data[-64:] or kind == 'jpg' and b'\xff\xd9' not in data:
        raise Refused('“{name}”不完整，请重新导出或重新上传。', name=name)
    if kind == 'pdf':
        _judge_pdf(name, data)


def _judge_pdf(name: str, data: bytes) -> None:
    if b'%%EOF' not in data[-2048:]:
        raise Refused('“{name}”不完整，请重新导出或重新上传。', name=name)
    if _ACTIVE.search(_ESCAPED.sub(lambda code: bytes([int(code[1], 16)]), data)):
        raise Refused('“{name}”里有会自动运行的内容或夹带的附件，请用“打印为PDF”重新导出。', name=name)
