"""暂停与恢复: a matter, or a process of a government, stands still and goes on again."""
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from engine import clock, deployment, directory, history, instance, suspension
from engine.authority import require
from engine.errors import NotFound, Refused
from engine.history import Actor, Kind
from engine.instance import Instance
from engine.job import Job, Timer
from engine.ledger import Matter
from engine.plan import Plan
from engine.suspension import Suspension

_HELD = Timer.__table__.update().where(Timer.matter_id == bindparam('b_matter')).values(held=bindparam('b_held'))


def suspend(session: Session, matter_id: UUID, actor: Actor, reason: str) -> Plan:
    """Let a matter stand still: no deadline fires, no task can be done. Messages are heard all the same.

    :raises NotFound: no such matter. :raises Forbidden: this post may not.
    :raises Refused: no reason, it stands still already, or it has ended.
    """
    step = _step(session, matter_id, actor, reason)
    if step.facts.row['status'] not in ('draft', 'open'):
        raise Refused('这件事已经结束，不用暂停。')
    if step.facts.row['suspended_at'] is not None:
        raise Refused('这件事已经暂停了。')
    step.facts.row['suspended_at'] = step.facts.changed['suspended_at'] = step.now
    step.tell(Kind.MATTER_SUSPENDED, f'暂停办理：{reason}', {'reason': reason}, actor)
    step.plan.change(_HELD, {'b_matter': matter_id, 'b_held': True})
    return step.finish()


def resume(session: Session, matter_id: UUID, actor: Actor, reason: str) -> Plan:
    """Let it go on: every open deadline is read again, and what is due by now fires.

    :raises NotFound: no such matter. :raises Forbidden: this post may not.
    :raises Refused: no reason, or it does not stand still. :raises Broken: what is due fails.
    """
    step = _step(session, matter_id, actor, reason)
    if step.facts.row['suspended_at'] is None:
        raise Refused('这件事没有暂停。')
    since = step.text(step.facts.row['suspended_at'])
    step.facts.row['suspended_at'] = step.facts.changed['suspended_at'] = None
    step.tell(Kind.MATTER_RESUMED, f'恢复办理：{reason}', {'reason': reason, 'since': since}, actor)
    step.plan.change(_HELD, {'b_matter': matter_id, 'b_held': False})
    instance.read_again(step)
    return step.finish()


def _step(session: Session, matter_id: UUID, actor: Actor, reason: str) -> Any:
    step = instance.beside(session, matter_id, actor)
    require(session, step.tenant_id, actor, 'suspend')
    needs(reason)
    return step


def needs(reason: str) -> None:
    """:raises Refused: nothing is said."""
    if not reason.strip():
        raise Refused('写明理由：轨迹上要写为什么。')


# -- a whole process --------------------------------------------------------------------------------------------------


def suspend_process(session: Session, tenant_id: str, process: str, actor: Actor, reason: str) -> None:
    """Let every instance of a process stand still, on whatever version, in the caller's writing session; none begins by
    a person or at a time.

    :raises NotFound: no such process. :raises Forbidden: this post may not.
    :raises Refused: no reason, or it stands still already.
    """
    directory.alone(session, tenant_id)
    name = _process(session, tenant_id, process, actor, reason)
    if session.get(Suspension, (tenant_id, process)) is not None:
        raise Refused('“{name}”已经暂停了。', name=name)
    now = clock.now(directory.tenant(session, tenant_id))
    suspension.begin(session, Suspension(tenant=tenant_id, process=process, at=now, by=actor.said, reason=reason))
    session.execute(update(Timer).where(Timer.instance_id.in_(_instances(tenant_id, process))).values(held=True))
    history.record(session, tenant_id, actor, Kind.PROCESS_SUSPENDED, f'暂停流程“{name}”：{reason}',
                   {'process': process, 'reason': reason})


def resume_process(session: Session, tenant_id: str, process: str, actor: Actor, reason: str) -> None:
    """Let them go on; the worker reads each deadline again that is due by now.

    :raises NotFound: no such process. :raises Forbidden: this post may not.
    :raises Refused: no reason, or it does not stand still.
    """
    directory.alone(session, tenant_id)
    name = _process(session, tenant_id, process, actor, reason)
    row = session.get(Suspension, (tenant_id, process))
    if row is None:
        raise Refused('“{name}”没有暂停。', name=name)
    suspension.end(session, row)
    still = select(Matter.id).where(Matter.tenant == tenant_id, Matter.suspended_at.is_not(None))
    session.execute(update(Timer).where(Timer.instance_id.in_(_instances(tenant_id, process)),
                                        Timer.matter_id.is_(None) | Timer.matter_id.not_in(still)).values(held=False))
    session.execute(update(Job).where(Job.tenant == tenant_id, Job.kind == 'begin', Job.process == process)
                    .values(due_at=clock.now(directory.tenant(session, tenant_id))))
    history.record(session, tenant_id, actor, Kind.PROCESS_RESUMED, f'恢复流程“{name}”：{reason}',
                   {'process': process, 'reason': reason})


def suspended(session: Session, tenant_id: str) -> Mapping[str, Suspension]:
    """The processes of a government that stand still."""
    return {row.process: row for row in session.scalars(select(Suspension).where(Suspension.tenant == tenant_id))}


def _process(session: Session, tenant_id: str, process: str, actor: Actor, reason: str) -> str:
    """Its name on the version in use."""
    require(session, tenant_id, actor, 'suspend')
    needs(reason)
    current = deployment.current(session, tenant_id)
    found = deployment.bundle(session, current.id).processes.get(process) if current else None
    if found is None:
        raise NotFound('没有叫“{process}”的流程。', process=process)
    return found.name


def _instances(tenant_id: str, process: str) -> Any:
    return select(Instance.id).where(Instance.tenant == tenant_id, Instance.process == process,
                                     Instance.status == 'running')
