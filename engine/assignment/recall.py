"""撤回: what was submitted last is taken back, as long as nobody has gone on from there and nothing final has happened."""
from base64 import b85decode
from collections.abc import Mapping, Set
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session

from engine import errors, permit, spiff, statement
from engine.assignment.seat import Seat, acting, needs
from engine.errors import Broken, Conflict, NotFound, Refused
from engine.history import Actor, Kind
from engine.instance import Step, row as rows
from engine.instance.row import DRAFT, TASK
from engine.instance.surroundings import Batch
from engine.plan import Plan
from engine.usertask import UserTask

_TOUCHED = select(exists().where(DRAFT.c.task_id == TASK.c.id, TASK.c.instance_id == bindparam('instance'),
                                 TASK.c.opened_turn >= bindparam('since')).label('drafted'))


def recall(session: Session, task_id: UUID, actor: Actor, reason: str) -> Plan:
    """Take back a task that one has submitted: it is open again with what was filled in, and what followed is undone.

    :raises NotFound: no such task. :raises Forbidden: another post did it. :raises Conflict: somebody has gone on.
    :raises Refused: no reason, the diagram does not allow it, or something cannot be taken back; the sentence says what.
    """
    task, found = _closed(session, task_id, actor)
    acting(found, f'{task.unit}/{task.post}')
    said, undo = needs(reason), _undo(found, task)
    step, live = found.step, found.live
    before = live.run.open()
    _restore(live, undo)
    again = live.run.open()
    gone = sorted({before[key].node.name for key in before.keys() - again.keys()} - {each.node.name for each in again.values()})
    found.tell(Kind.TASK_RECALLED, f'撤回：{said}', {'reason': said, 'gone': gone})
    _put_facts_back(live, undo['facts'])
    _happen(found)
    _reopen(found, before.keys(), again.keys(), task.answer)
    return step.finish()


def refusal(session: Session, task_id: UUID, actor: Actor) -> Refused | None:
    """Why `recall` would refuse, whatever the reason; None: it would not."""
    try:
        task, found = _closed(session, task_id, actor)
        acting(found, f'{task.unit}/{task.post}')
        undo = _undo(found, task)
        _restore(found.live, undo)
        _put_facts_back(found.live, undo['facts'])
        _happen(found)
    except Refused as refused:
        return refused
    except Broken as broken:
        return Refused('撤回不了：{why}。', why=broken.cause)
    return None


def _closed(session: Session, task_id: UUID, actor: Actor) -> tuple[UserTask, Seat]:
    row, task = rows.one(session, rows.BY_TASK, task_id), session.get(UserTask, task_id)
    if row is None:
        raise NotFound('没有找到这件待办。')
    if task.state != 'done' or task.asks is not None:
        raise Conflict('这一步没有提交过，不用撤回。')
    if row['i_status'] != 'running':
        raise Refused('撤回不了：这个流程已经走完或者停了。')
    step, live = Step.of(Batch(session), row, actor)
    if live.still is not None:
        raise Refused('这件事暂停办理，恢复以后再撤回。')
    return task, Seat(task_id, step, live, row, actor)


def _undo(found: Seat, task: UserTask) -> Mapping[str, Any]:
    """How the instance stood before.

    :raises Conflict: it has moved since. :raises Refused: there is no way back.
    """
    undo = found.live.row['undo']
    if undo is None or undo['task'] != task.id.hex:
        if 'recall' not in permit.allowed(found.live.bundle.processes[task.process].elements[task.element]):
            raise Refused('“{name}”这一步不能{act}：流程图上没有允许。', name=task.name, act=permit.ACTS['recall'])
        raise Conflict('撤回不了：后来已经有人接着办了。')
    if undo.get('why'):
        raise Refused('撤回不了：{why}。', why=errors.said(undo['why']))
    [touched] = statement.read(found.step.connection, _TOUCHED, {'instance': found.live.row['id'], 'since': task.closed_turn})
    if touched['drafted']:
        raise Conflict('撤回不了：{why}。', why=errors.said('下一步已经有人在填了'))
    return undo


def _restore(live: Any, undo: Mapping[str, Any]) -> None:
    own = live.run.own
    live.vars = dict(undo['vars'])
    live.run = spiff.Run.load(spiff.library(live.bundle), live.row['process'], b85decode(undo['state']), live, own)
    live.step.revision += 1


def _happen(found: Seat) -> None:
    """What came due since the step happens now.

    :raises Refused: the deadline of the step has passed meanwhile.
    """
    found.live.run.settle()
    found.step.settle()
    if found.id not in found.live.run.open():
        raise Refused('撤回不了：这一步的期限已经过了。')


def _reopen(found: Seat, before: Set[UUID], again: Set[UUID], answer: Any) -> None:
    """The tasks that were open wait again."""
    live = found.live
    still = live.run.open().keys()
    live.ended = dict.fromkeys(before - again, (found.actor, None))
    live.reopened = dict.fromkeys(again & still - before) | {found.id: {'as': 'recalled', 'answer': answer}}


def _put_facts_back(live: Any, facts: Mapping[str, list]) -> None:
    """Facts that are still as the step left them; what somebody has changed since stays."""
    step, changed = live.step, {}
    for name, (old, new) in facts.items():
        if step.text(step.facts.row[name]) == new and step.facts.write(name, old):
            changed[name] = {'old': new, 'new': old}
    if changed:
        live.event(Kind.FACT_CHANGED, step.actor, '', changed)
