"""Zip files: taken in with care, because they come from outside; the same files are given out as the same bytes."""
from collections.abc import Mapping
from io import BytesIO
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo
from zlib import error as Damaged

from engine.draft.limit import MOST_FILES, MOST_TOTAL
from engine.errors import Refused
from engine.xml import MOST_BYTES

_MOST_RATIO = 200           # of a file to what it takes in the archive; real diagrams come to 20
_EPOCH = (1980, 1, 1, 0, 0, 0)
_ENCRYPTED = 1


def unpack(content: bytes, name: str) -> dict[str, bytes]:
    """The files of an archive by name. ``name`` is its own, for the sentences.

    :raises Refused: it is no archive, is damaged or encrypted; a file stands in a folder or stands there twice; there
        are too many, too large, or so densely packed that it must be a trap. No file is unpacked beyond its bound.
    """
    try:
        with ZipFile(BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            _judge(entries, name)
            return {entry.filename: _read(archive, entry, name) for entry in entries}
    except (BadZipFile, Damaged, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise Refused('{name}不是完好的zip文件，请重新打包。', name=name) from error


def _judge(entries: list[ZipInfo], name: str) -> None:
    if not entries:
        raise Refused('{name}里没有文件。', name=name)
    if len(entries) > MOST_FILES:
        raise Refused('{name}里有{count}个文件，最多{most}个。', name=name, count=len(entries), most=MOST_FILES)
    seen = set()
    for entry in entries:
        inside = entry.filename
        if '/' in inside or '\\' in inside or entry.orig_filename != inside:
            raise Refused('{name}里的“{inside}”带着文件夹，请把文件直接打包，不带文件夹。', name=name, inside=inside[:80])
        if inside in seen:
            raise Refused('{name}里有两个“{inside}”，请只留一个。', name=name, inside=inside[:80])
        if entry.flag_bits & _ENCRYPTED:
            raise Refused('{name}加了密，请不加密码重新打包。', name=name)
        if entry.file_size > MOST_BYTES or entry.file_size > _MOST_RATIO * max(entry.compress_size, 100):
            raise Refused('{name}里的“{inside}”解开有{size}字节，太大了，最多{most}字节。', name=name, inside=inside[:80],
                          size=entry.file_size, most=MOST_BYTES)
        seen.add(inside)
    total = sum(entry.file_size for entry in entries)
    if total > MOST_TOTAL:
        raise Refused('{name}解开共{total}字节，最多{most}字节。', name=name, total=total, most=MOST_TOTAL)


def _read(archive: ZipFile, entry: ZipInfo, name: str) -> bytes:
    """One file; what its entry says of its size is not believed."""
    with archive.open(entry) as stream:
        content = stream.read(entry.file_size + 1)
    if len(content) != entry.file_size:
        raise Refused('{name}里的“{inside}”比它说的大，不解开。', name=name, inside=entry.filename[:80])
    return content


def pack(files: Mapping[str, bytes]) -> bytes:
    """An archive of these files; the same bytes for the same files."""
    made = BytesIO()
    with ZipFile(made, 'w', ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(ZipInfo(name, _EPOCH), content, ZIP_DEFLATED)
    return made.getvalue()
