"""The name of a file that came from outside: no folder, nothing invisible, not too long."""
import re
import unicodedata

from engine.errors import Refused

LONGEST = 120
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_RESERVED = re.compile(r'(con|prn|aux|nul|com\d|lpt\d)(\.|$)', re.IGNORECASE)


def clean(name: str) -> str:
    """The last part of a name as it can be kept and shown: without control and direction characters.

    :raises Refused: nothing usable is left, or it is too long.
    """
    last = unicodedata.normalize('NFC', name).replace('\\', '/').rpartition('/')[2]
    seen = ''.join(letter for letter in last if unicodedata.category(letter)[0] != 'C')
    held = ' '.join(_FORBIDDEN.sub('_', seen).split()).lstrip('.').rstrip('. ')
    if not held.strip('_') or _RESERVED.match(held):
        raise Refused('这个文件没有能用的名字，请改个名字再选。')
    if len(held) > LONGEST:
        raise Refused('文件名太长：{count}个字，最多{most}个字。请改短再选。', count=len(held), most=LONGEST)
    return held


def suffix(name: str) -> str:
    """.xlsx of 责任分解表.XLSX; '' where there is none."""
    stem, dot, last = name.rpartition('.')
    return f'.{last.lower()}' if dot and stem else ''
