"""认领、放回: of several accounts of one post, which does the task."""
from uuid import UUID

from sqlalchemy.orm import Session

from engine import authority
from engine.assignment.seat import seat
from engine.errors import Conflict, Forbidden, Refused
from engine.history import Actor, Kind
from engine.instance import holding
from engine.plan import Plan


def claim(session: Session, task_id: UUID, actor: Actor) -> Plan:
    """Take a task of one's post into one's own hand; colleagues see it and cannot submit it. To claim it again is no
    change.

    :raises NotFound: no such task. :raises Conflict: it is done. :raises Forbidden: it is another post's.
    :raises Refused: the diagram does not allow it, a colleague was faster, or the actor has no account.
    """
    found = seat(session, task_id, actor)
    if found.row['u_claimed_by'] is not None and found.row['u_claimed_by'] == actor.account_id:
        return Plan()
    found.free('claim')
    if actor.account_id is None:
        raise Refused('认领要用账号，命令行上直接办就行。')
    found.change(claimed_by=actor.account_id)
    login = holding.login(found.step, actor.account_id)
    found.tell(Kind.TASK_CLAIMED, f'账号{login}认领', {'account': login})
    return found.step.finish()


def release(session: Session, task_id: UUID, actor: Actor) -> Plan:
    """Put a claimed task back for everybody of its post: whoever claimed it, or a post that the table `oversight` names.

    :raises NotFound: no such task. :raises Conflict: it is done, or nobody has claimed it.
    :raises Forbidden: somebody else's.
    """
    found = seat(session, task_id, actor, holder=False)
    claimed = found.row['u_claimed_by']
    if claimed is None:
        raise Conflict('这一步没有人认领，同岗位的都可以办。')
    if claimed != actor.account_id and not authority.may(session, found.step.tenant_id, actor, 'release'):
        raise Forbidden('放回要由认领的账号（{login}）或者督查的岗位来做。', login=holding.login(found.step, claimed))
    found.change(claimed_by=None)
    login = holding.login(found.step, claimed)
    found.tell(Kind.TASK_RELEASED, f'放回账号{login}认领的', {'claimed': login})
    return found.step.finish()
