"""What an officer does with a breakdown: hands it in, says how to read it, mends lines, has it registered, stops."""
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from engine import clock, directory, history
from engine.breakdown import clause, heading
from engine.breakdown.item import COLUMNS, Item
from engine.breakdown.judgement import Row, judge, pair, rows, said_for, what
from engine.breakdown.proposal import Ground, Proposal, proposals
from engine.breakdown.table import BEGUN, CANCELLED, OPEN, WAITING, Breakdown, Line, find, packed, unpacked
from engine.breakdown.writing import Opening, Order
from engine.errors import Conflict, NotFound, Refused, said
from engine.history import Actor, Kind
from engine.identifier import uuid7
from engine.job import JOB
from engine.sheet import Sheet

KIND = 'breakdown'
MOST = 1000                 # matters of one breakdown
MOST_WHOLE = 500            # of them where all or none are registered, in one transaction
_SECRET = re.compile(r'(?:绝密|机密|秘密)\s*[★☆*]')


def begin(session: Session, tenant_id: str, actor: Actor, sheets: Sequence[Sheet], name: str,
          base: date | None = None) -> Opening:
    """Keep what was handed in and propose how to read it. `base` is the day of the document, for dates without a year.

    :raises Refused: it bears a mark of secrecy (then nothing is kept), or nothing in it looks like a task, or too much.
    """
    if any(isinstance(cell, str) and _SECRET.search(cell) for one in sheets for row in one.rows for cell in row.cells):
        raise Refused('里面有密级标志。涉密事项不能在这里办理，请按保密规定走机要渠道；您交的内容一项也没有保存。')
    if not sheets:
        raise Refused('没有内容。请粘贴责任分解表或报告的文字，或者选一个文件。')
    ground = Ground.of(session, tenant_id, actor, base)
    read = [(one, found, _items(one, found, ground)) for one in sheets for found in (heading.recognised(one),)]
    at, (sheet, found, items) = max(enumerate(read), key=lambda each: len(each[1][2]))
    if not items:
        raise Refused('没有认出要办的事。请贴有“任务、牵头单位、完成时限”几栏的表，或者写明谁牵头、什么时候办完的条款。')
    common = ground.common()
    made = Breakdown(
        tenant=tenant_id, account_id=actor.account_id, name=name[:200] or said('粘贴的内容'), state=OPEN, base=base,
        sheets=packed(sheets), sheet=at, columns=_columns(sheet, found), labels=list(found.labels), common=common,
        actor=asdict(actor), made_at=clock.now(directory.tenant(session, tenant_id)))
    return Opening(made, _fresh(session, tenant_id, ground, items, common))


def read_as(session: Session, breakdown: Breakdown, actor: Actor, sheet: int,
            columns: Mapping[int, str] | None = None) -> Order:
    """Read another sheet, or take columns for something else; lines that were mended by hand are read anew.

    :raises Refused: there is no such sheet or column. :raises Conflict: it is being registered already.
    """
    _still_open(breakdown)
    known = unpacked(breakdown.sheets)
    if not 0 <= sheet < len(known) or not set((columns or {}).values()) <= COLUMNS.keys():
        raise Refused('没有这张表或者这一栏，请重新选。')
    found = heading.reassigned(heading.recognised(known[sheet]), columns or {})
    ground = Ground.of(session, breakdown.tenant, actor, breakdown.base)
    order = Order(breakdown, sheet=sheet, labels=list(found.labels), columns=_columns(known[sheet], found))
    for line in rows(session, breakdown):
        order.forget(line['place'])
    for line in _fresh(session, breakdown.tenant, ground, _items(known[sheet], found, ground), breakdown.common):
        order.take_in(line)
    return order


def _columns(sheet: Sheet, found: heading.Heading) -> list[str]:
    return [] if sheet.is_text else list(found.columns)


def _items(sheet: Sheet, found: heading.Heading, ground: Ground) -> list[Item]:
    """The tasks of a sheet. A line that names nothing is none, but one with a unit and a limit has lost its name."""
    read = clause.items(sheet, ground.units) if sheet.is_text else heading.items(sheet, found.rows, found.columns)
    return list(islice((item for item in read if item.text('title') or item.text('requirement') or (
        item.text('lead') and item.text('due'))), MOST + 1))


def _fresh(session: Session, tenant_id: str, ground: Ground, items: Iterable[Item],
           common: Mapping[str, Any]) -> list[Row]:
    """New lines, judged; what is in hand already is left out."""
    made = [one for item in items for one in proposals(item, ground)]
    if len(made) > MOST:
        raise Refused('一次最多立{most}件，这里有{count}件，请拆开。', most=MOST, count=len(made))
    lines = [_row(place, one) for place, one in enumerate(made, 1)]
    judge(session, tenant_id, ground, lines, common)
    for line in lines:
        line['left_out'] = bool(line['twin'])
    return lines


def _row(place: int, one: Proposal) -> Row:
    return {'place': place, 'number': one.number, 'said': one.said, 'answer': one.answer,
            'notes': [list(note) for note in one.notes], 'wrong': {}, 'twin': '', 'edited': False, 'left_out': False,
            'state': '', 'why': '', 'code': None, 'matter_id': None}


def say_for_all(session: Session, breakdown: Breakdown, actor: Actor, common: Mapping[str, Any]) -> Order:
    """What is true of all lines that do not say otherwise. :raises Conflict: it is being registered already."""
    _still_open(breakdown)
    order, lines = Order(breakdown, common=dict(common)), rows(session, breakdown)
    judge(session, breakdown.tenant, Ground.of(session, breakdown.tenant, actor, breakdown.base), lines, common)
    for line in lines:
        order.keep(line, 'wrong', 'twin')
    return order


def mend(session: Session, breakdown: Breakdown, place: int, actor: Actor, answer: Mapping[str, Any]) -> Order:
    """Put a line as the form of 立项 has it; what was to be looked at has been looked at.

    :raises NotFound: there is no such line. :raises Conflict: it is being registered already.
    """
    _still_open(breakdown)
    order, lines = Order(breakdown), rows(session, breakdown)
    mended = next((line for line in lines if line['place'] == place), None)
    if mended is None:
        raise NotFound('没有第{place}行。', place=place)
    was = what(mended)
    mended |= {'answer': dict(answer), 'notes': [], 'edited': True, 'left_out': False}
    _, mended['wrong'] = Ground.of(session, breakdown.tenant, actor, breakdown.base).judged(answer, {})
    alike = [line for line in lines if what(line) in (was, what(mended))]
    pair(session, breakdown.tenant, alike)
    order.keep(mended, 'answer', 'notes', 'wrong', 'edited', 'left_out')
    for line in alike:
        order.keep(line, 'twin')
    return order


def leave_out(breakdown: Breakdown, places: Iterable[int], out: bool = True) -> Order:
    """Leave lines out, or take them in again. :raises Conflict: it is being registered already."""
    _still_open(breakdown)
    order = Order(breakdown)
    for place in places:
        order.keep({'place': place, 'left_out': out}, 'left_out')
    return order


def register(session: Session, breakdown: Breakdown, actor: Actor, whole: bool) -> Order:
    """Have the lines registered that are not left out, by the worker. With `whole`, all of them or none.

    :raises Refused: nothing is left, or too many for one transaction; with `whole`, a line cannot be registered.
    :raises Conflict: it is being registered already.
    """
    _still_open(breakdown)
    ground, lines = Ground.of(session, breakdown.tenant, actor, breakdown.base), rows(session, breakdown)
    judge(session, breakdown.tenant, ground, lines, breakdown.common)
    wanted = [line for line in lines if not line['left_out']]
    good = [line for line in wanted if not line['wrong']]
    _see_that_it_can(wanted, good, whole)
    order = Order(breakdown, state=BEGUN, whole=whole, actor=asdict(actor))
    for line in lines:
        order.keep(line, 'wrong', 'twin')
    for line in good:
        line['answer'], _ = ground.judged(line['answer'], said_for(line, breakdown.common))
        order.keep(line | {'state': WAITING, 'why': ''}, 'answer', 'state', 'why')
    for place in [None] if whole else [line['place'] for line in good]:
        order.insert(JOB, _job(breakdown, place))
    order.tell(breakdown.tenant, actor, Kind.BREAKDOWN_REGISTERED, f'批量立项：{breakdown.name}，{len(good)}件', len(good))
    return order


def _see_that_it_can(wanted: Sequence[Row], good: Sequence[Row], whole: bool) -> None:
    if whole and len(good) < len(wanted):
        raise Refused('还有{count}件不合格，一件也没有立。先改好或者去掉它们，或者选“只立合格的”。', count=len(wanted) - len(good))
    if not good:
        raise Refused('没有一件合格，没有立项。')
    if whole and len(good) > MOST_WHOLE:
        raise Refused('要么全立要么不立，一次最多{most}件；这里有{count}件，请拆开，或者选“只立合格的”。', most=MOST_WHOLE, count=len(good))


def _job(breakdown: Breakdown, place: int | None) -> Row:
    return {'id': uuid7(), 'tenant': breakdown.tenant, 'kind': KIND, 'instance_id': None, 'process': None,
            'element': str(breakdown.id), 'tries': 0, 'due_at': None, 'real_at': clock.utcnow(),
            'data': {'breakdown': breakdown.id, 'place': place}}


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
    session.get(Breakdown, breakdown_id, with_for_update=True, populate_existing=True)
    return find(session, tenant_id, account_id, breakdown_id)


def _still_open(breakdown: Breakdown) -> None:
    if breakdown.state != OPEN:
        raise Conflict('这一批已经提交立项了，不能再改。')


def _tell(session: Session, breakdown: Breakdown, actor: Actor, kind: Kind, summary: str, count: int) -> None:
    history.record(session, breakdown.tenant, actor, kind, summary, {'breakdown': breakdown.id, 'matters': count})
