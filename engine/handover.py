"""移交: what a unit leads, supervises or shares, and what waits for its posts, goes to the unit that takes its place."""
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from engine import directory, instance, spiff
from engine.actions.notice import Notice
from engine.directory import Held
from engine.errors import Refused
from engine.history import Actor, Kind
from engine.instance import Instance, Step, fallback
from engine.instance.row import CO_UNIT, INSTANCE, TASK
from engine.instance.step import FactsOnly
from engine.ledger import CoUnit, Matter
from engine.plan import Plan
from engine.usertask import UserTask

_FACTS = ('lead_unit', 'supervisor_unit')
_POSTS = ('leader_post', 'approver_post')
_UNDER_WAY = ('draft', 'open')
_WAITS = ('open', 'later')
_CALLED = TASK.update().where(TASK.c.id == bindparam('b_id')).values(token=bindparam('b_token'))
_OWNED = TASK.update().where(TASK.c.id == bindparam('b_id')).values(owner=bindparam('b_owner'))
_MOVE = TASK.update().where(TASK.c.id == bindparam('b_id'), or_(*(TASK.c.state == one for one in _WAITS))).values(
    unit=bindparam('b_unit'), post=bindparam('b_post'), fallback=bindparam('b_fallback'), claimed_by=None)
_KNOWN = INSTANCE.update().where(INSTANCE.c.id == bindparam('b_id')).values(token=bindparam('b_token'))
_DRAFT = Notice.__table__.update().where(
    Notice.matter_id == bindparam('b_matter'), Notice.to_unit == bindparam('b_unit'), Notice.state == 'draft'
).values(to_unit=bindparam('b_heir'))
_SHARE = (CO_UNIT.c.matter_id == bindparam('b_matter')) & (CO_UNIT.c.unit == bindparam('b_unit'))
_INHERIT, _DROP = CO_UNIT.update().where(_SHARE).values(unit=bindparam('b_heir')), CO_UNIT.delete().where(_SHARE)


def affected(session: Session, tenant_id: str, unit: str, most: int | None = None) -> Sequence[UUID]:
    """The matters under way that a unit leads, supervises or shares, that a post of it assigned or approved, or in which
    something waits for one of its posts or comes back to it."""
    waits = select(UserTask.matter_id).where(
        UserTask.tenant == tenant_id, UserTask.state.in_(_WAITS),
        or_(UserTask.unit == unit, UserTask.owner.startswith(f'{unit}/', autoescape=True)))
    shares = select(CoUnit.matter_id).where(CoUnit.unit == unit)
    posts = (getattr(Matter, name).startswith(f'{unit}/', autoescape=True) for name in _POSTS)
    query = select(Matter.id).where(
        Matter.tenant == tenant_id, Matter.status.in_(_UNDER_WAY),
        or_(Matter.lead_unit == unit, Matter.supervisor_unit == unit, *posts, Matter.id.in_(shares),
            Matter.id.in_(waits))).order_by(Matter.code)
    return session.scalars(query.limit(most) if most else query).all()


def hand_over(session: Session, matter_id: UUID, actor: Actor, unit: str, heir: str, reason: str) -> Plan:
    """Put `heir` in the place of `unit` in one matter: its facts, its share, notices not yet issued, and what waits for
    its posts or comes back to them, with a reason.

    :raises NotFound: no such matter. :raises Refused: no reason, the two are the same, the heir does not exist today,
        or something waits for a post that nobody can be asked at in the heir.
    """
    step = instance.beside(session, matter_id, actor)
    check(session, step.tenant_id, unit, heir, step.today, reason)
    changed = _facts(step, unit, heir)
    if changed:
        step.tell(Kind.FACT_CHANGED, reason, changed, actor)
        step.revision += 1
    step.plan.change(_DRAFT, {'b_matter': matter_id, 'b_unit': unit, 'b_heir': heir})
    _share(step, unit, heir)
    _rename(step, unit, heir)
    names = [task.name for task in _tasks(step, unit, heir)]
    called = step.functions['unit_name']
    step.tell(Kind.MATTER_HANDED_OVER, f'{called(unit)}移交{called(heir)}：{reason}', {
        'reason': reason, 'unit': {'old': unit, 'new': heir}, 'tasks': names}, actor)
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
    wanted['co_units'] = _co_units(row['co_units'] or '', unit, heir, wanted.get('lead_unit', row['lead_unit']))
    return {name: {'old': change[0], 'new': change[1]} for name, value in wanted.items()
            if (change := step.facts.write(name, value))}


def _co_units(listed: str, unit: str, heir: str, lead: str | None) -> str:
    """The co-units with the heir in the unit's place; once, and never beside itself as the lead unit."""
    if unit not in (names := listed.split(',')) and lead != heir:
        return listed
    return ','.join(dict.fromkeys(one for name in names if (one := heir if name == unit else name) != lead))


def _share(step: Step, unit: str, heir: str) -> None:
    """The unit's share becomes the heir's; where the heir has one already, it has one with both duties."""
    shares, place = step.shares(), {'b_matter': step.facts.row['id'], 'b_unit': unit}
    if unit not in shares:
        return
    mine, other = shares.pop(unit), shares.get(heir)
    if other is None:
        shares[heir] = mine
        step.plan.change(_INHERIT, {**place, 'b_heir': heir})
        return
    step.write_share(heir, {
        'duty': '；'.join(dict.fromkeys(filter(None, (other['duty'], mine['duty'])))) or None,
        'reported_at': mine['reported_at'] and other['reported_at'], 'waived': mine['waived'] and other['waived']})
    step.plan.change(_DROP, place)


def _rename(step: Step, unit: str, heir: str) -> None:
    """What is done once for each of several units, as by co-units, is done for the heir from now on."""
    running = select(Instance.__table__).where(Instance.matter_id == step.facts.row['id'], Instance.status == 'running')
    for row in step.session.execute(running.order_by(Instance.started_at, Instance.id)).mappings():
        live = step.load(dict(row))
        spiff.rename(live.run, unit, heir)
        if unit in (row['token'] or {}).values():
            step.plan.change(_KNOWN, {'b_id': row['id'], 'b_token': _put(row['token'], unit, heir)})


def _tasks(step: Step, unit: str, heir: str) -> Iterator[Any]:
    """Put the heir into the rows of the matter's tasks; those that it has to do now are told."""
    for row in step.session.execute(select(UserTask.id, UserTask.name, UserTask.unit, UserTask.post, UserTask.state,
                                           UserTask.owner, UserTask.token).where(
            UserTask.matter_id == step.facts.row['id'])).all():
        owner, _, post = (row.owner or '').partition('/')
        if unit in (row.token or {}).values():
            step.plan.change(_CALLED, {'b_id': row.id, 'b_token': _put(row.token, unit, heir)})
        if owner == unit and row.state in _WAITS:
            step.plan.change(_OWNED, {'b_id': row.id, 'b_owner': '/'.join(_doer(step, heir, post)[0])})
        if row.unit == unit and row.state in _WAITS:
            held, kept = _doer(step, heir, row.post)
            step.plan.change(_MOVE, {'b_id': row.id, 'b_unit': held[0], 'b_post': held[1], 'b_fallback': kept})
            if kept:
                step.tell(Kind.TASK_REDIRECTED, fallback.said(step.functions['post_name'], kept, '/'.join(held)),
                          kept | {'to': '/'.join(held)})
            yield row


def _put(token: dict[str, Any], unit: str, heir: str) -> dict[str, Any]:
    return {name: heir if value == unit else value for name, value in token.items()}


def _doer(step: Step, heir: str, post: str) -> tuple[Held, dict[str, str] | None]:
    """The same post in the heir, else whom the table `fallback` names, with what the task keeps about it."""
    found = fallback.doer(step.session, step.around, step.bundle, (heir, post), step.today, FactsOnly(step.facts),
                          step.functions)
    if found is None:
        raise Refused('{heir}没有人能接：先在“机构”里给它建账号', heir=step.functions['unit_name'](heir))
    return found
