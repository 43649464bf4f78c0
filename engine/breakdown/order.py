"""What an officer does with a breakdown: hands it in, says how to read it, mends lines, has it registered, stops."""
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from engine import clock, directory, history
from engine.breakdown import clause, heading
from engine.breakdown.item import COLUMNS, Item
from engine.breakdown.proposal import Ground, Proposal, alike, proposals
from engine.breakdown.table import BEGUN, CANCELLED, OPEN, WAITING, Breakdown, Line, find, lines, packed, unpacked
from engine.errors import Conflict, Refused, said
from engine.history import Actor, Kind
from engine.identifier import uuid7
from engine.job import JOB
from engine.ledger import Matter
from engine.sheet import Sheet

KIND = 'breakdown'
MOST = 1000                 # matters of one breakdown
MOST_WHOLE = 500            # of them where all or none are registered, in one transaction
_SECRET = re.compile(r'(?:绝密|机密|秘密)\s*[★☆*]')
_TABLE = Line.__table__


def begin(session: Session, tenant_id: str, actor: Actor, sheets: Sequence[Sheet], name: str,
          base: date | None = None) -> Breakdown:
    """Keep what was handed in and propose how to read it. `base` is the day of the document, for dates without a year.

    :raises Refused: it bears a mark of secrecy (then nothing is kept), or nothing in it looks like a task.
    """
    if any(isinstance(cell, str) and _SECRET.search(cell) for one in sheets for row in one.rows for cell in row.cells):
        raise Refused('里面有密级标志。涉密事项不能在这里办理，请按保密规定走机要渠道；您交的内容一项也没有保存。')
    if not sheets:
        raise Refused('没有内容。请粘贴责任分解表或报告的文字，或者选一个文件。')
    ground = Ground.of(session, tenant_id, actor, base)
    counts = [len(_items(one, heading.recognised(one), ground)) for one in sheets]
    if not any(counts):
        raise Refused('没有认出要办的事。请贴有“任务、牵头单位、完成时限”几栏的表，或者写明谁牵头、什么时候办完的条款。')
    made = Breakdown(
        tenant=tenant_id, account_id=actor.account_id, name=(name or '粘贴的内容')[:200], state=OPEN, base=base,
        sheets=packed(sheets), columns=[], labels=[], actor=asdict(actor),
        common=ground.common() | {'co_duty': '按各自职责配合牵头单位办理。'},
        made_at=clock.now(directory.tenant(session, tenant_id)))
    session.add(made)
    session.flush()
    read_as(session, made, actor, counts.index(max(counts)))
    return made


def read_as(session: Session, breakdown: Breakdown, actor: Actor, sheet: int,
            columns: Mapping[int, str] | None = None) -> None:
    """Read another sheet, or take columns for something else; lines that were mended by hand are read anew.

    :raises Refused: there is no such sheet or column. :raises Conflict: it is being registered already.
    """
    _still_open(breakdown)
    known = unpacked(breakdown.sheets)
    if not 0 <= sheet < len(known) or not set((columns or {}).values()) <= COLUMNS.keys():
        raise Refused('没有这张表或者这一栏，请重新选。')
    found = heading.reassigned(heading.recognised(known[sheet]), columns or {})
    ground = Ground.of(session, breakdown.tenant, actor, breakdown.base)
    breakdown.sheet, breakdown.heads, breakdown.labels = sheet, found.rows, list(found.labels)
    breakdown.columns = [] if known[sheet].is_text else list(found.columns)
    made = [one for item in _items(known[sheet], found, ground) for one in proposals(item, ground)]
    if len(made) > MOST:
        raise Refused('一次最多立{most}件，这里有{count}件，请拆开。', most=MOST, count=len(made))
    session.execute(delete(Line).where(Line.breakdown_id == breakdown.id))
    if made:
        session.execute(_TABLE.insert(), [_row(breakdown, place, one) for place, one in enumerate(made, 1)])
    session.expire_all()
    _judge(session, breakdown, ground, fresh=True)


def _items(sheet: Sheet, found: heading.Heading, ground: Ground) -> list[Item]:
    """The tasks of a sheet; a line that names nothing is none."""
    read = clause.items(sheet, ground.units) if sheet.is_text else heading.items(sheet, found.rows, found.columns)
    return list(islice((item for item in read if item.text('title') or item.text('requirement')), MOST + 1))


def _row(breakdown: Breakdown, place: int, one: Proposal) -> dict[str, Any]:
    return {'breakdown_id': breakdown.id, 'place': place, 'number': one.number, 'said': one.said, 'answer': one.answer,
            'notes': [list(note) for note in one.notes], 'wrong': {}, 'twin': '', 'edited': False, 'left_out': False,
            'state': '', 'why': ''}


def say_for_all(session: Session, breakdown: Breakdown, actor: Actor, common: Mapping[str, Any]) -> None:
    """What is true of all lines that do not say otherwise. :raises Conflict: it is being registered already."""
    _still_open(breakdown)
    breakdown.common = dict(common)
    _judge(session, breakdown, Ground.of(session, breakdown.tenant, actor, breakdown.base))


def mend(session: Session, breakdown: Breakdown, line: Line, actor: Actor, answer: Mapping[str, Any]) -> None:
    """Put a line as the form of 立项 has it; what was to be looked at has been looked at.

    :raises Conflict: it is being registered already.
    """
    _still_open(breakdown)
    was = _what(line)
    line.answer, line.notes, line.edited, line.left_out = dict(answer), [], True, False
    _, line.wrong = Ground.of(session, breakdown.tenant, actor, breakdown.base).judged(line.answer, {})
    _pair(session, breakdown, [one for one in lines(session, breakdown) if _what(one) in (was, _what(line))])
    session.flush()


def leave_out(session: Session, breakdown: Breakdown, places: Sequence[int], out: bool = True) -> None:
    """Leave lines out, or take them in again. :raises Conflict: it is being registered already."""
    _still_open(breakdown)
    session.execute(update(Line).where(Line.breakdown_id == breakdown.id, Line.place.in_(places)).values(left_out=out))


def _judge(session: Session, breakdown: Breakdown, ground: Ground, fresh: bool = False) -> None:
    """See what the form refuses in each line, and which lines there are already; of fresh ones, those are left out."""
    found = lines(session, breakdown)
    for line in found:
        _, line.wrong = ground.judged(line.answer, {} if line.edited else breakdown.common)
    _pair(session, breakdown, found)
    for line in found if fresh else ():
        line.left_out = line.left_out or bool(line.twin)
    session.flush()


def _pair(session: Session, breakdown: Breakdown, found: Sequence[Line]) -> None:
    """Note which of these lines, in their order, are in hand already or stand there before."""
    known = _in_the_ledger(session, breakdown, {line.answer.get('lead_unit') for line in found})
    seen: dict[tuple[str, str], int] = {}
    for line in found:
        key, before = _what(line), known.get(_what(line))
        line.twin = (said('台账里已有：{matter}', matter=before[:100]) if before else
                     said('与第{place}件重复', place=seen[key]) if key in seen else '')
        seen.setdefault(key, line.place)


def _what(line: Line) -> tuple[str, str]:
    """What a line has in common with others that are the same."""
    return alike(str(line.answer.get('title') or ''), line.answer.get('lead_unit'))


def _in_the_ledger(session: Session, breakdown: Breakdown, units: Iterable[str | None]) -> dict[tuple[str, str], str]:
    """What these units have in hand already: title and lead unit to code."""
    rows = session.execute(select(Matter.title, Matter.lead_unit, Matter.code).where(
        Matter.tenant == breakdown.tenant, Matter.status.in_(('draft', 'open')), Matter.title.is_not(None),
        Matter.lead_unit.in_(filter(None, units))))
    return {alike(title, unit): code or title for title, unit, code in rows}


def register(session: Session, breakdown: Breakdown, actor: Actor, whole: bool) -> int:
    """Have the lines registered that are not left out, by the worker; how many. With `whole`, all of them or none.

    :raises Refused: nothing is left, or too many for one transaction; with `whole`, a line cannot be registered.
    :raises Conflict: it is being registered already.
    """
    _still_open(breakdown)
    ground = Ground.of(session, breakdown.tenant, actor, breakdown.base)
    _judge(session, breakdown, ground)
    wanted = [line for line in lines(session, breakdown) if not line.left_out]
    good = [line for line in wanted if not line.wrong]
    if whole and len(good) < len(wanted):
        raise Refused('还有{count}件不合格，一件也没有立。先改好或者去掉它们，或者选“只立合格的”。', count=len(wanted) - len(good))
    if not good:
        raise Refused('没有一件合格，没有立项。')
    if whole and len(good) > MOST_WHOLE:
        raise Refused('要么全立要么不立，一次最多{most}件；这里有{count}件，请拆开，或者选“只立合格的”。', most=MOST_WHOLE, count=len(good))
    for line in good:
        line.answer, _ = ground.judged(line.answer, {} if line.edited else breakdown.common)
        line.state, line.why = WAITING, ''
    breakdown.state, breakdown.whole, breakdown.actor = BEGUN, whole, asdict(actor)
    _queue(session, breakdown, [None] if whole else [line.place for line in good])
    _tell(session, breakdown, actor, Kind.BREAKDOWN_REGISTERED, f'批量立项：{breakdown.name}，{len(good)}件', len(good))
    return len(good)


def _queue(session: Session, breakdown: Breakdown, places: Sequence[int | None]) -> None:
    now = clock.utcnow()
    session.execute(JOB.insert(), [
        {'id': uuid7(), 'tenant': breakdown.tenant, 'kind': KIND, 'instance_id': None, 'process': None,
         'element': str(breakdown.id), 'tries': 0, 'due_at': None, 'real_at': now,
         'data': {'breakdown': breakdown.id, 'place': place}} for place in places])


def cancel(session: Session, breakdown: Breakdown, actor: Actor) -> int:
    """Stop; what has been registered stays. How many lines were not. :raises Conflict: nothing is under way."""
    # Lines before jobs, as the worker has it: a line that is being registered just now is waited for, and is done.
    left = session.execute(update(Line).where(Line.breakdown_id == breakdown.id, Line.state == WAITING)
                           .values(state='', why=said('停下以前没有轮到'))).rowcount
    if breakdown.state != BEGUN or not left:
        raise Conflict('已经立完了，没有可以停的。')
    session.execute(JOB.delete().where(JOB.c.tenant == breakdown.tenant, JOB.c.kind == KIND,
                                       JOB.c.element == str(breakdown.id)))
    breakdown.state = CANCELLED
    _tell(session, breakdown, actor, Kind.BREAKDOWN_CANCELLED, f'停止批量立项：{breakdown.name}', left)
    return left


def discard(session: Session, breakdown: Breakdown) -> None:
    """Forget a breakdown of which nothing was registered. :raises Conflict: something was."""
    _still_open(breakdown)
    session.execute(delete(Line).where(Line.breakdown_id == breakdown.id))
    session.delete(breakdown)
    session.flush()


def exported(session: Session, breakdown: Breakdown, actor: Actor, count: int) -> None:
    """Put on the trail that its result was taken out of the house."""
    _tell(session, breakdown, actor, Kind.BREAKDOWN_EXPORTED, f'导出批量立项结果：{breakdown.name}', count)


def locked(session: Session, tenant_id: str, account_id: int, breakdown_id: int) -> Breakdown:
    """An officer's breakdown in the caller's writing session. :raises NotFound: there is none of this number."""
    find(session, tenant_id, account_id, breakdown_id)
    return session.get(Breakdown, breakdown_id, with_for_update=True, populate_existing=True)


def _still_open(breakdown: Breakdown) -> None:
    if breakdown.state != OPEN:
        raise Conflict('这一批已经提交立项了，不能再改。')


def _tell(session: Session, breakdown: Breakdown, actor: Actor, kind: Kind, summary: str, count: int) -> None:
    history.record(session, breakdown.tenant, actor, kind, summary, {'breakdown': breakdown.id, 'matters': count})
