"""移交: what a unit leads or supervises, and what waits for its posts, goes to the unit that takes its place."""
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from engine import directory, instance
from engine.errors import Refused
from engine.history import Actor, Kind
from engine.instance import Step
from engine.instance.row import TASK
from engine.ledger import Matter
from engine.plan import Plan
from engine.usertask import UserTask

_FACTS = ('lead_unit', 'supervisor_unit')
_POSTS = ('leader_post', 'approver_post')
_UNDER_WAY = ('draft', 'open')
_MOVE = TASK.update().where(TASK.c.id == bindparam('b_id'), TASK.c.state == 'open').values(
    unit=bindparam('b_unit'), post=bindparam('b_post'), claimed_by=None)


def affected(session: Session, tenant_id: str, unit: str, most: int | None = None) -> Sequence[UUID]:
    """The matters under way that a unit leads or supervises, or in which something waits for one of its posts."""
    waits = select(UserTask.matter_id).where(
        UserTask.tenant == tenant_id, UserTask.unit == unit, UserTask.state == 'open')
    query = select(Matter.id).where(
        Matter.tenant == tenant_id, Matter.status.in_(_UNDER_WAY),
        or_(Matter.lead_unit == unit, Matter.supervisor_unit == unit, Matter.id.in_(waits))).order_by(Matter.code)
    return session.scalars(query.limit(most) if most else query).all()


def hand_over(session: Session, matter_id: UUID, actor: Actor, unit: str, heir: str, reason: str) -> Plan:
    """Put `heir` in the place of `unit` in one matter: its facts, and what waits for its posts, with a reason.

    :raises NotFound: no such matter. :raises Refused: no reason, the two are the same, the heir does not exist today,
        or something waits for a post that nobody can be asked at in the heir.
    """
    step = instance.beside(session, matter_id, actor)
    check(session, step.tenant_id, unit, heir, step.today, reason)
    changed = _facts(step, unit, heir)
    if changed:
        step.tell(Kind.FACT_CHANGED, reason, changed, actor)
        step.revision += 1
    tasks = session.execute(select(UserTask.id, UserTask.name, UserTask.post).where(
        UserTask.matter_id == matter_id, UserTask.unit == unit, UserTask.state == 'open')).all()
    for key, _name, post in tasks:
        step.plan.change(_MOVE, {'b_id': key, 'b_unit': heir, 'b_post': _post(step, heir, post)})
    called = step.functions['unit_name']
    step.tell(Kind.MATTER_HANDED_OVER, f'{called(unit)}移交{called(heir)}：{reason}', {
        'reason': reason, 'unit': {'old': unit, 'new': heir}, 'tasks': [name for _key, name, _post in tasks]}, actor)
    return step.finish()


def check(session: Session, tenant_id: str, unit: str, heir: str, today: date, reason: str) -> None:
    """:raises Refused: these two cannot hand over, or no reason is given."""
    tree = directory.tree(session, tenant_id)
    if heir not in tree or not tree[heir].exists(today):
        raise Refused('请选一个现在还有的单位来接')
    if unit == heir:
        raise Refused('移交给另一个单位，不能是它自己')
    if not reason.strip():
        raise Refused('写明移交的依据或理由，会进每件事项的轨迹')


def _facts(step: Step, unit: str, heir: str) -> dict[str, dict[str, Any]]:
    row, wanted = step.facts.row, {}
    wanted.update({name: heir for name in _FACTS if row[name] == unit})
    wanted.update({name: f'{heir}/{row[name].partition("/")[2]}' for name in _POSTS
                   if (row[name] or '').startswith(f'{unit}/')})
    return {name: {'old': change[0], 'new': change[1]} for name, value in wanted.items()
            if (change := step.facts.write(name, value))}


def _post(step: Step, heir: str, post: str) -> str:
    """The same post in the heir, else its head or liaison."""
    for one in (post, 'chief', 'liaison'):
        if not directory.vacancy(step.session, step.tenant_id, (heir, one), step.today, step.parameter_revision):
            return one
    raise Refused('{heir}没有人能接：先在“机构”里给它建账号', heir=step.functions['unit_name'](heir))
