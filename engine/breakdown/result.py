"""What came of a breakdown, as a workbook: line by line what it said, whether it is a matter, its code, or why not."""
from collections.abc import Mapping

from sqlalchemy.orm import Session

from engine.breakdown.table import DONE, FAILED, WAITING, Breakdown, Line, lines
from engine.errors import listed
from engine.sheet import Row, Sheet, write

_HEAD = ('行', '原文', '事项名称', '牵头单位', '办结时限', '结果', '编号', '没有立项的原因')


def workbook(session: Session, breakdown: Breakdown, names: Mapping[str, str]) -> bytes:
    """The result of a breakdown; `names` are the units'."""
    told = (_cells(line, names) for line in lines(session, breakdown))
    rows = [Row(1, _HEAD), *(Row(place, cells) for place, cells in enumerate(told, 2))]
    return write([Sheet('批量立项结果', rows)])


def _cells(line: Line, names: Mapping[str, str]) -> tuple:
    answer = line.answer
    unit = answer.get('lead_unit') or ''
    due = '长期' if answer.get('long_term') == 'true' else answer.get('due_at') or ''
    title = answer.get('title') or ''
    return (line.number, line.said, title, names.get(unit, unit), due, outcome(line), line.code or '',
            '' if line.state == DONE else reason(line))


def outcome(line: Line) -> str:
    """What came of a line, in a word."""
    return {DONE: '已立项', FAILED: '没有立项', WAITING: '等着立项'}.get(line.state, '没有选' if line.left_out else '没有立项')


def reason(line: Line) -> str:
    """Why a line is no matter."""
    if line.why or line.state == WAITING:
        return line.why
    said = [sentence for found in line.wrong.values() for sentence in found]
    seen = [text for field, text in line.notes if field in line.wrong]
    return listed([*([line.twin] if line.twin else []), *said, *seen], '；')
