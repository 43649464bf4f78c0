"""加签、减签: other posts are asked for their opinion on a task, before it is submitted, meanwhile, or after."""
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from engine import errors, instance
from engine.assignment.seat import Seat, addressed, needs, seat
from engine.errors import Conflict, Invalid, NotFound, Refused, listed
from engine.finding import inner
from engine.history import Actor, Kind
from engine.identifier import uuid7
from engine.instance import asking, holding, row as rows
from engine.instance.row import TASK
from engine.plan import Plan
from engine.usertask import UserTask

HOW = {'before': '先听意见再提交', 'beside': '边办边听意见', 'after': '提交以后要其同意'}
"""When the others answer, and how a page says it."""
_GIVE = TASK.update().where(TASK.c.id == bindparam('b_id'), TASK.c.state == bindparam('b_was'))
_LATER = TASK.update().where(TASK.c.id == bindparam('b_id')).values(state='later')
_KEEP = TASK.update().where(TASK.c.id == bindparam('b_id')).values(kept=bindparam('b_kept'))
_ASKED = select(UserTask).where(UserTask.asks == bindparam('task')).order_by(UserTask.opened_at, UserTask.name, UserTask.id)
_MOST = 20                  # open opinions on one task


def opinions(session: Session, task_id: UUID) -> Sequence[UserTask]:
    """What was asked of others on a task, in the order in which it was asked."""
    return session.scalars(_ASKED, {'task': task_id}).all()


def ask(session: Session, task_id: UUID, to: str, how: str, actor: Actor, question: str) -> Plan:
    """加签: ask the post `to` ("unit/post") for its opinion; `how` is one of HOW.

    :raises NotFound: no such task. :raises Conflict: it is done. :raises Forbidden: it is another post's.
    :raises Refused: nothing is asked, not allowed here, claimed by another account, no such post today, or it is asked
        already.
    """
    found = seat(session, task_id, actor).free('consult')
    said, (unit, post) = addressed(found, to, question, errors.said('写明请对方看什么。'))
    if how not in HOW:
        raise Refused('没有“{how}”这种加签，只有：{known}', how=how, known=listed(HOW))
    waiting = holding.asked(found.step, task_id)
    if any((row['unit'], row['post']) == (unit, post) for row in waiting):
        raise Refused('已经请{post}提意见了，还没有答复。', post=found.named(to))
    if len(waiting) >= _MOST:
        raise Refused('已经请了{count}个岗位，先等答复，或者减签。', count=_MOST)
    row = _row(found, unit, post, how, {'as': 'asked', 'said': said, 'from': found.post})
    found.step.plan.insert(TASK, row)
    found.tell(Kind.OPINION_ASKED, f'请{found.named(to)}提意见（{HOW[how]}）：{said}', {'to': to, 'how': how, 'question': said})
    if row['state'] == 'open':
        found.step.opens(row)
    return found.step.finish()


def _row(found: Seat, unit: str, post: str, how: str, kept: dict[str, Any]) -> dict[str, Any]:
    return asking.blank(found.live, uuid7(), found.node) | {
        'name': f'对“{inner(found.node.name)}”提意见'[:200], 'unit': unit, 'post': post, 'kept': kept,
        'state': 'later' if how == 'after' else 'open', 'asks': found.row['u_asks'] or found.id, 'how': how}


def opine(session: Session, opinion_id: UUID, actor: Actor, text: str, agrees: bool) -> Plan:
    """答复: give the opinion that one was asked for. Once the last of those that are asked after has agreed, the task
    moves on; a refusal gives it back to its doer with everything kept.

    :raises NotFound: no such opinion. :raises Conflict: it is given already, or not wanted any more.
    :raises Forbidden: another post was asked. :raises Refused: nothing is said. :raises Broken: the diagram fails.
    """
    found = seat(session, opinion_id, actor)
    if found.row['u_asks'] is None:
        raise Refused('这一步要办理，不是征求意见。')
    said = needs(text, errors.said('写明意见。')) if text.strip() or not agrees else '同意'
    _close(found, opinion_id, 'done', {'opinion': said, 'agrees': agrees})
    found.tell(Kind.OPINION_GIVEN, f'{"同意" if agrees else "不同意"}：{said}', {'opinion': said, 'agrees': agrees})
    if found.row['u_how'] == 'after':
        main = rows.one(session, rows.BY_TASK, found.row['u_asks'])
        if not agrees:
            _comes_back(found, main, {'as': 'refused', 'said': said, 'from': found.post}, opinion_id)
        else:
            _go_on(found, main, opinion_id)
    return found.step.finish()


def remove(session: Session, opinion_id: UUID, actor: Actor, reason: str) -> Plan:
    """减签: an opinion that is not given yet is not wanted any more; who asked for it says why.

    :raises NotFound: no such opinion. :raises Conflict: it is given already. :raises Forbidden: another post asked.
    :raises Refused: no reason.
    """
    row = session.get(UserTask, opinion_id)
    if row is None or row.asks is None:
        raise NotFound('没有找到这条征求意见。')
    if row.state not in ('open', 'later'):
        raise Conflict('对方已经答复，不能减签。')
    found, said = seat(session, row.asks, actor), needs(reason)
    holding.check_claim(found.step, found.row, found.actor)
    _close(found, opinion_id, 'cancelled', None, row.state)
    asked = f'{row.unit}/{row.post}'
    found.tell(Kind.OPINION_REMOVED, f'不再请{found.named(asked)}提意见：{said}', {'to': asked, 'reason': said})
    if row.how == 'after':
        _go_on(found, found.row, opinion_id)
    return found.step.finish()


def _close(found: Seat, opinion_id: UUID, state: str, answer: Any, was: str = 'open') -> None:
    found.step.plan.check(_GIVE, {'b_id': opinion_id, 'b_was': was, 'state': state, 'closed_at': found.step.now,
                                  'closed_by': found.actor.said, 'answer': answer})


def _go_on(found: Seat, main: Mapping[str, Any], opinion_id: UUID) -> None:
    """If the task (its row) was submitted and this was the last that had to agree, what was submitted counts."""
    task_id, kept = found.row['u_asks'] or found.id, main['u_kept']
    others = [row for row in holding.asked(found.step, task_id) if row['how'] == 'after' and row['id'] != opinion_id]
    if holding.submitted(kept) is None or others:
        return
    found.step.refresh_due()
    try:
        instance.consent(found.step, found.live, task_id, kept)
        found.step.plan.change(rows.DROP_ASKED, {'b_task': task_id, 'b_at': found.step.now, 'b_by': found.actor.said})
    except Invalid as refusal:
        _comes_back(found, main, {'as': 'unfit', 'said': str(refusal)}, opinion_id)


def _comes_back(found: Seat, main: Mapping[str, Any], note: dict[str, Any], closing: UUID) -> None:
    """It was not agreed to, or does not fit any more: its doer hears of it."""
    reset(found, main, note, closing)
    found.opens(main['u_unit'], main['u_post'])


def reset(found: Seat, main: Mapping[str, Any], note: dict[str, Any], closing: UUID | None = None) -> None:
    """What was submitted is with its doer again and may change: after the next submission everybody is asked who was to
    agree, whether he has or not. `closing` is the opinion that this step closes."""
    task_id = found.row['u_asks'] or found.id
    for row in holding.asked(found.step, task_id):
        if row['how'] == 'after' and row['id'] != closing:
            found.step.plan.change(_LATER, {'b_id': row['id']})
    for row in _last_asked(found, task_id):
        if row.state == 'done' or row.id == found.id:
            found.step.plan.insert(TASK, _row(found, row.unit, row.post, 'after', row.kept))
    found.step.plan.change(_KEEP, {'b_id': task_id, 'b_kept': {'answer': main['u_kept']['answer'], **note}})


def _last_asked(found: Seat, task_id: UUID) -> Iterable[UserTask]:
    """Of each post that was ever to agree, what it was asked last."""
    return {(row.unit, row.post): row for row in opinions(found.step.session, task_id) if row.how == 'after'}.values()
