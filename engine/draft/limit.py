"""What a draft may hold: names that a bundle can have, and sizes that the gate can judge."""
import re
from collections.abc import Mapping

from engine.errors import Refused
from engine.gate import source
from engine.xml import MOST_BYTES

KINDS = ('.bpmn', '.dmn', '.form', '.story', '.docx')
MOST_FILES = 200
MOST_TOTAL = 20_000_000
_MOST_NAME = 80
_NAME = re.compile(r'\w[\w .-]*')


def admit(name: str) -> None:
    """A new file may be called so. :raises Refused: it may not; the sentence says what a name looks like."""
    if source.suffix(name) not in KINDS:
        raise Refused('“{name}”放不进稿里：只收流程图（.bpmn）、决策表（.dmn）、表单（.form）、故事（.story）和文书模板（.docx）。',
                      name=name[:_MOST_NAME])
    if not _NAME.fullmatch(name) or len(name) > _MOST_NAME:
        raise Refused('文件名“{name}”不能用：只用字母、数字、下划线和短横，不带文件夹，最多{most}个字。', name=name[:_MOST_NAME],
                      most=_MOST_NAME)


def weigh(files: Mapping[str, bytes]) -> None:
    """A bundle may be so large. :raises Refused: a file, their number, or all of them together is too large."""
    for name, content in files.items():
        if len(content) > MOST_BYTES:
            raise Refused('“{name}”太大：{size}字节，最多{most}字节。请拆成几个文件。', name=name, size=len(content),
                          most=MOST_BYTES)
    if len(files) > MOST_FILES:
        raise Refused('一稿最多{most}个文件，现在有{count}个。', most=MOST_FILES, count=len(files))
    total = sum(map(len, files.values()))
    if total > MOST_TOTAL:
        raise Refused('一稿最多{most}字节，现在共{total}字节。', most=MOST_TOTAL, total=total)


def titled(name: str) -> str:
    """The name of a draft on one line. :raises Refused: it is empty or too long."""
    said = ' '.join(name.split())
    if not said or len(said) > _MOST_NAME:
        raise Refused('给这一稿起个名字，1到{most}个字。', most=_MOST_NAME)
    return said
