"""Plain text from outside: its letters, whatever program on whatever machine has written it."""
import re

from engine.errors import Refused

_BINARY = re.compile('[\0-\x08\x0e-\x1f\x7f\ufffe\uffff]')
_MARKS = ((b'\xef\xbb\xbf', 'utf-8-sig'), (b'\xff\xfe', 'utf-16'), (b'\xfe\xff', 'utf-16'))


def decoded(name: str, data: bytes) -> str:
    """The text of a file in UTF-8, UTF-16 with its mark, or GB 18030, as Chinese spreadsheets write it.

    :raises Refused: it is no text.
    """
    marked = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None)
    for encoding in (marked,) if marked else ('utf-8', 'gb18030'):
        try:
            said = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _BINARY.search(said):
            return said
    raise Refused('看不出“{name}”是什么文件。请另存为Word、Excel、PDF，或者UTF-8编码的文本。', name=name)
