"""Repairs: findings of the gate that can be mended in only one way are mended in the file itself, letter by letter."""
from collections.abc import Iterable

from engine.errors import Refused
from engine.finding import Finding
from engine.repair.diagram import MENDS, located
from engine.repair.text import Text

__all__ = ['mend', 'mendable']


def mendable(content: bytes, findings: Iterable[Finding]) -> set[Finding]:
    """Those findings about a file that `mend` can put right; none where the file cannot be read."""
    wanted = [one for one in findings if one.code in MENDS]
    if not wanted:
        return set()
    try:
        text = Text(content)
    except Refused:
        return set()
    return {one for one in wanted if _edited(text, one)}


def mend(content: bytes, findings: Iterable[Finding]) -> bytes:
    """The file with these findings put right; everything else keeps its bytes.

    :raises Refused: there is nothing that could be mended in only one way, or the file cannot be read.
    """
    text = Text(content)
    done = [one for one in findings if _edited(text, one)]
    if not done:
        raise Refused('这一处不能自动修，请照提示改；刚改过的，请等检查完再点。')
    return text.made()


def _edited(text: Text, one: Finding) -> bool:
    """Whether mending this finding changed anything in the file."""
    before = len(text.edits)
    node = located(text, one)
    try:
        if node is not None and one.code in MENDS:
            MENDS[one.code](text, node)
    except Refused:
        del text.edits[before:]
    return len(text.edits) > before
