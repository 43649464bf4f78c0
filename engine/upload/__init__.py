"""The one safe door for files that people send: what they are is read from their content, harm is refused.

    held = upload.check('责任分解表.xlsx', content, upload.SHEETS)
    held.name, held.kind, held.mimetype, held.content
"""
from collections.abc import Collection
from dataclasses import dataclass, field

from engine.errors import Refused, listed
from engine.upload import naming, package, plain
from engine.upload.kind import KINDS, Kind, recognised

__all__ = ['ATTACHMENTS', 'KINDS', 'LARGEST', 'SHEETS', 'Upload', 'accept', 'check']

SHEETS = ('xlsx', 'docx', 'csv', 'txt')
"""What tables and texts are read from, see engine.sheet."""
ATTACHMENTS = ('pdf', 'ofd', 'docx', 'xlsx', 'pptx', 'csv', 'txt', 'png', 'jpg')
"""What people attach to their work."""
LARGEST = 10_000_000
"""Bytes of one file where nobody says otherwise."""


@dataclass(frozen=True)
class Upload:
    """A file that has passed the door: a name without folders, the kind of its content, its bytes."""

    name: str
    kind: str
    content: bytes = field(repr=False)

    @property
    def mimetype(self) -> str:
        """What a browser is told when the file is given out again."""
        return KINDS[self.kind].mimetype


def check(name: str, data: bytes, kinds: Collection[str], most: int = LARGEST) -> Upload:
    """The file, if it is of one of these kinds (keys of KINDS), has at most `most` bytes and holds nothing that runs.

    :raises Refused: it is empty, too large, of another kind than its name says or than is wanted; it is encrypted,
        has macros, embedded objects or links to other files; it is damaged, a bomb, a program or a script, or two
        files in one. The sentence says what to do.
    """
    called = naming.clean(name)
    if not data:
        raise Refused('“{name}”是空文件，请重新选择。', name=called)
    if len(data) > most:
        raise Refused('“{name}”有{size}，最多{most}。请压缩图片或拆成几个文件。', name=called, size=_megabytes(len(data)),
                      most=_megabytes(most))
    kind = recognised(called, data)
    if kind.key not in kinds:
        raise Refused('这里收不了“{name}”（{kind}），请换成{wanted}。', name=called, kind=kind.label,
                      wanted=listed(KINDS[key].label for key in kinds))
    _fits(called, kind)
    if kind.packed:
        package.judge(called, data)
    else:
        plain.judge(called, data, kind.key)
    return Upload(called, kind.key, data)


def accept(kinds: Collection[str]) -> str:
    """The `accept` of a file field: .xlsx,.docx."""
    return ','.join(suffix for key in kinds for suffix in KINDS[key].suffixes)


def _fits(name: str, kind: Kind) -> None:
    suffix = naming.suffix(name)
    if suffix not in kind.suffixes:
        raise Refused('“{name}”里面其实是{kind}，请把扩展名改成{suffix}，或者重新导出。', name=name, kind=kind.label,
                      suffix=kind.suffixes[0])


def _megabytes(size: int) -> str:
    return f'{size / 1_000_000:.1f}MB' if size >= 100_000 else f'{size / 1000:.1f}kB'
