"""转办、委派: another post does the task for good, or works on it and gives it back."""
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from engine import errors
from engine.assignment.opinion import reset
from engine.assignment.seat import Seat, acting, addressed, needs, seat
from engine.errors import Conflict
from engine.history import Actor, Kind
from engine.instance import holding, row as rows
from engine.plan import Plan


def transfer(session: Session, task_id: UUID, to: str, actor: Actor, reason: str) -> Plan:
    """转办: the post `to` ("unit/post") does the task from now on, and it goes on from there.

    :raises NotFound: no such task. :raises Conflict: it is done. :raises Forbidden: it is another post's.
    :raises Refused: no reason, not allowed here, claimed by another account, or no such post today.
    """
    return _hand(session, task_id, to, actor, reason, 'transfer')


def delegate(session: Session, task_id: UUID, to: str, actor: Actor, reason: str) -> Plan:
    """委派: the post `to` works on the task, then gives it back; who has it now submits it. Refusals as of `transfer`."""
    return _hand(session, task_id, to, actor, reason, 'delegate')


def _hand(session: Session, task_id: UUID, to: str, actor: Actor, reason: str, act: str) -> Plan:
    found = seat(session, task_id, actor).free(act)
    said, (unit, post) = addressed(found, to, reason)
    kind, word = {'transfer': (Kind.TASK_TRANSFERRED, '转办'), 'delegate': (Kind.TASK_DELEGATED, '委派')}[act]
    typed = rows.typed(session, task_id, actor.account_id)
    kept = {**(found.row['u_kept'] or {}), **({'answer': typed} if typed else {}), 'as': act, 'said': said, 'from': found.post}
    found.change(unit=unit, post=post, claimed_by=None, owner=found.post if act == 'delegate' else None, kept=kept)
    if act == 'transfer':
        found.gives('transfer', to)
    found.step.plan.change(rows.FORGET, {'b_task': task_id})
    found.tell(kind, f'{word}给{found.named(to)}：{said}', {'from': found.post, 'to': to, 'reason': said})
    found.opens(unit, post)
    return found.step.finish()


def hand_back(session: Session, task_id: UUID, actor: Actor, answer: Mapping[str, Any], said: str) -> Plan:
    """交回: what was delegated goes back with what was filled in (unchecked: who submits it is asked) and said.

    :raises NotFound: no such task. :raises Conflict: it is done, or was not delegated.
    :raises Forbidden: another post was asked. :raises Refused: nothing is said, or a colleague has claimed it.
    """
    found = seat(session, task_id, actor)
    holding.check_claim(found.step, found.row, found.actor)
    word = needs(said, errors.said('写一句办得怎样，委派的岗位要看。'))
    found.gives('hand_back', _owner(found))
    return _home(found, {'as': 'handed_back', 'answer': dict(answer), 'said': word, 'from': found.post}, Kind.TASK_HANDED_BACK, f'交回：{word}',
                 {'said': word, 'answer': dict(answer)})


def take_back(session: Session, task_id: UUID, actor: Actor, reason: str) -> Plan:
    """收回: who delegated a task has it again, and who submitted one that waits for consent can change it; what was
    filled in stays with the task.

    :raises NotFound: no such task. :raises Conflict: it is done, or neither delegated nor submitted.
    :raises Forbidden: another post's. :raises Refused: no reason.
    """
    found, said = seat(session, task_id, actor, holder=False), needs(reason)
    if holding.submitted(found.row['u_kept']) is not None:
        return _unsubmit(acting(found, found.post), said)
    filled = rows.typed(session, task_id) or (found.row['u_kept'] or {}).get('answer')
    return _home(acting(found, _owner(found)), {'as': 'taken_back', 'answer': filled} if filled else None,
                 Kind.TASK_HANDED_BACK, f'收回委派：{said}', {'reason': said})


def _unsubmit(found: Seat, said: str) -> Plan:
    holding.check_claim(found.step, found.row, found.actor)
    reset(found, found.row, {'as': 'taken_back'})
    found.tell(Kind.TASK_HANDED_BACK, f'收回提交的：{said}', {'reason': said})
    return found.step.finish()


def _owner(found: Seat) -> str:
    if not found.row['u_owner']:
        raise Conflict('这一步没有委派出去，请刷新后再看。')
    return found.row['u_owner']


def _home(found: Seat, kept: Any, kind: Kind, summary: str, data: Mapping[str, Any]) -> Plan:
    owner = _owner(found)
    unit, _, post = owner.partition('/')
    found.change(unit=unit, post=post, owner=None, claimed_by=None, kept=kept)
    found.step.plan.change(rows.FORGET, {'b_task': found.id})
    found.tell(kind, summary, {'from': found.post, 'to': owner, **data})
    found.opens(unit, post)
    return found.step.finish()
