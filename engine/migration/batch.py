"""Many matters moved or taken back: one job for each, so that each is a step of its own and a killed worker goes on."""
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, bindparam, func, select
from sqlalchemy.orm import Session

from engine import clock, directory, history, instance
from engine.authority import require
from engine.db import carry_out, reading, writing
from engine.errors import Broken, Conflict, Refused, listed, said
from engine.history import Actor, Kind
from engine.identifier import uuid7
from engine.intervention import needs
from engine.job import JOB, carriers
from engine.ledger import Matter
from engine.migration import move as moving
from engine.migration.plan import Plan, make, numbers
from engine.migration.table import MOVED, REFUSED, RETURNED, RETURNING, WAITING, Migration, MigrationMatter
from engine.plan import Plan as Rows
from engine.remember import remember

KIND = 'migrate'
_TABLE = MigrationMatter.__table__
_ONE = (_TABLE.c.migration_id == bindparam('b_migration'), _TABLE.c.matter_id == bindparam('b_matter'))
_DONE = JOB.delete().where(JOB.c.id == bindparam('b_id'))
_CAME = _TABLE.update().where(*_ONE).values(state=bindparam('b_state'), sentence=bindparam('b_sentence'))
_CAME_OVER = _TABLE.update().where(*_ONE).values(state=bindparam('b_state'), sentence='', kept=bindparam('b_kept'),
                                                 seq=bindparam('b_seq'))


@dataclass(frozen=True)
class Verdict:
    """What checking a matter came to: ``state`` is safe, map (an element needs one in the new version) or refused."""

    matter_id: UUID
    code: str | None
    state: str
    fit: moving.Fit

    @property
    def why(self) -> str:
        """The reasons, in a sentence; '' when it is safe."""
        return listed((said('“{name}”：{cause}', name=one.spot.name, cause=one.cause) for one in self.fit.hitches), '；')


def check(session: Session, plan: Plan, matters: Sequence[UUID]) -> list[Verdict]:
    """Whether each of these matters can be moved, in their order; those not on the old version are left out."""
    known = {row.id: row for row in session.execute(select(Matter.id, Matter.code).where(
        Matter.id.in_(matters), Matter.deployment_id == plan.source))}
    instances: dict[UUID, list[Mapping[str, Any]]] = {}
    columns = instance.Instance.__table__.c
    wanted = select(columns.id, columns.matter_id, columns.process, columns.deployment_id, columns.state)
    for row in session.execute(wanted.where(columns.matter_id.in_(known), columns.status == 'running')).mappings():
        instances.setdefault(row['matter_id'], []).append(row)
    return [_judged(session, plan, known[key], instances.get(key, ())) for key in matters if key in known]


def _judged(session: Session, plan: Plan, row: Any, instances: Collection[Mapping[str, Any]]) -> Verdict:
    fit = moving.fit(session, plan, instances)
    state = 'safe' if not fit.hitches else 'map' if all(one.mappable for one in fit.hitches) else 'refused'
    return Verdict(row.id, row.code, state, fit)


def start(engine: Engine, tenant_id: str, plan: Plan, matters: Sequence[UUID], actor: Actor, reason: str) -> int:
    """Order that matters be moved: every one is checked first, only those that are safe are. The migration's number.

    :raises Forbidden: this post may not. :raises Refused: no reason, or none of them can be moved.
    :raises Conflict: another order moves one of them already, perhaps since this instant.
    """
    needs(reason)
    with reading(engine) as session:
        require(session, tenant_id, actor, 'migrate')
        verdicts = check(session, plan, matters)
    safe = [one.matter_id for one in verdicts if one.state == 'safe']
    if not safe:
        raise Refused('没有一件能移：{why}', why=next((one.why for one in verdicts), '选中的事项都不在原来那一版上'))
    with writing(engine) as session:
        directory.alone(session, tenant_id)
        _not_twice(session, safe)
        made = Migration(tenant=tenant_id, source=plan.source, target=plan.target, mapped=dict(plan.mapped),
                         reason=reason, actor=asdict(actor), made_at=clock.now(directory.tenant(session, tenant_id)))
        session.add(made)
        session.flush()
        rows = [{'migration_id': made.id, 'matter_id': one.matter_id, 'kept': None, 'seq': None, 'sentence': one.why,
                 'state': WAITING if one.state == 'safe' else REFUSED} for one in verdicts]
        session.execute(_TABLE.insert(), rows)
        _queue(session, made, safe, undo=False)
        _tell(session, made, actor, Kind.MIGRATION_STARTED, reason, len(safe))
        return made.id


def _not_twice(session: Session, matters: Collection[UUID]) -> None:
    waits = select(_TABLE.c.matter_id).where(_TABLE.c.state == WAITING, _TABLE.c.matter_id.in_(matters)).limit(1)
    if session.scalar(waits) is not None:
        raise Conflict('选中的事项里有的正在移，请等它移完，或者先停下那一批。')


def stop(engine: Engine, migration_id: int, actor: Actor, reason: str) -> None:
    """Leave where it is whatever has not moved yet; what has moved stays moved.

    :raises Forbidden: this post may not. :raises Refused: no reason, or every matter has had its turn.
    """
    needs(reason)
    with writing(engine) as session:
        made = session.get(Migration, migration_id, with_for_update=True)
        require(session, made.tenant, actor, 'migrate')
        count = _halt(session, made)
        if not count:
            raise Refused('这一批已经都办过了，没有什么可以停。')
        _tell(session, made, actor, Kind.MIGRATION_STOPPED, reason, count)


def _halt(session: Session, made: Migration) -> int:
    """Take away the turns that are still to come: without its job no matter moves, not even one that is thought about at
    this moment. How many."""
    # Matters before jobs, as the worker has it: one that moves just now is waited for, and has moved.
    waiting = _TABLE.update().where(_TABLE.c.migration_id == made.id, _TABLE.c.state == WAITING)
    count = session.execute(waiting.values(state=REFUSED, sentence=said('停下时还没有轮到'))).rowcount
    left = [{'b_id': key} for key in jobs(session, made.id, back=False)]
    if left:
        session.execute(_DONE, left)
    return count


def undo(engine: Engine, migration_id: int, actor: Actor, reason: str) -> None:
    """Order that what a migration moved be taken back; a matter that has taken a step since stays where it is, and what
    has not moved yet does not move any more.

    :raises Forbidden: this post may not. :raises Refused: no reason, or nothing is there to be taken back.
    """
    needs(reason)
    with writing(engine) as session:
        made = session.get(Migration, migration_id, with_for_update=True)
        require(session, made.tenant, actor, 'migrate')
        _halt(session, made)
        keys = session.scalars(select(_TABLE.c.matter_id).where(
            _TABLE.c.migration_id == migration_id, _TABLE.c.state == MOVED)).all()
        if not keys:
            raise Refused('这一批没有移过去的事项，没有什么可以撤回。')
        made.undo = {'reason': reason, 'actor': asdict(actor)}
        session.execute(_TABLE.update().where(_TABLE.c.migration_id == migration_id, _TABLE.c.state == MOVED)
                        .values(state=RETURNING, sentence=''))
        _queue(session, made, keys, undo=True)
        _tell(session, made, actor, Kind.MIGRATION_UNDONE, reason, len(keys))


def _queue(session: Session, made: Migration, matters: Collection[UUID], *, undo: bool) -> None:
    now = clock.utcnow()
    session.execute(JOB.insert(), [
        {'id': uuid7(), 'tenant': made.tenant, 'kind': KIND, 'instance_id': None, 'process': None, 'element': None,
         'tries': 0, 'due_at': None, 'real_at': now, 'data': {'migration': made.id, 'matter': key.hex, 'undo': undo}}
        for key in matters])


def _tell(session: Session, made: Migration, actor: Actor, kind: Kind, reason: str, count: int) -> None:
    source, target = numbers(session, made.source, made.target)
    word = {Kind.MIGRATION_STARTED: '移到', Kind.MIGRATION_STOPPED: '停下，不再移到'}.get(kind, '撤回：原先移到')
    history.record(session, made.tenant, actor, kind, f'{count}件事项从第{source}版{word}第{target}版：{reason}',
                   {'migration': made.id, 'from': source, 'to': target, 'matters': count, 'reason': reason}
                   | ({'mapped': made.mapped} if made.mapped else {}))


# -- one matter's turn ------------------------------------------------------------------------------------------------


def carry(session: Session, job: Mapping[str, Any]) -> Rows:
    """Move or take back the matter of a job; what cannot be done is written down with its sentence only."""
    made = session.get(Migration, job['data']['migration'])
    matter_id, back = UUID(hex=job['data']['matter']), job['data']['undo']
    key = {'b_migration': made.id, 'b_matter': matter_id}
    try:
        rows = _taken_back(session, made, matter_id, key) if back else _moved(session, made, matter_id, key)
    except Conflict:
        raise
    except (Refused, Broken) as error:
        rows = Rows()
        rows.check(_CAME, key | {'b_state': MOVED if back else REFUSED, 'b_sentence': _sentence(error)})
    rows.check(_DONE, {'b_id': job['id']})
    return rows


def _sentence(error: Exception) -> str:
    if isinstance(error, Broken) and error.name:
        return said('“{name}”在新版本里走不通：{cause}', name=error.name, cause=error.cause)
    return error.said if isinstance(error, Refused) else error.cause


def _moved(session: Session, made: Migration, matter_id: UUID, key: Mapping[str, Any]) -> Rows:
    plan = remember(session, 'migration', made.tenant, made.id,
                    lambda: make(session, made.source, made.target, made.mapped))
    step, kept = moving.move(session, matter_id, plan, Actor(**made.actor), made.reason)
    rows = step.finish()
    rows.check(_CAME_OVER, {**key, 'b_state': MOVED, 'b_kept': kept, 'b_seq': step.facts.row['head_seq']})
    return rows


def _taken_back(session: Session, made: Migration, matter_id: UUID, key: Mapping[str, Any]) -> Rows:
    former = session.get(MigrationMatter, (made.id, matter_id))
    step = moving.take_back(session, matter_id, made.source, former.kept, former.seq, Actor(**made.undo['actor']),
                            made.undo['reason'])
    rows = step.finish()
    rows.check(_CAME, {**key, 'b_state': RETURNED, 'b_sentence': ''})
    return rows


carriers[KIND] = carry


def run(engine: Engine, migration_id: int) -> None:
    """Carry out here what a migration still waits for, whether a worker runs or not."""
    with reading(engine) as session:
        waiting = jobs(session, migration_id)
    for job_id in waiting:
        try:
            carry_out(engine, lambda session, job_id=job_id: instance.carry(session, job_id))
        except Conflict:
            continue                                     # a worker does it


# -- looking ----------------------------------------------------------------------------------------------------------


def progress(session: Session, migration_id: int) -> Counter:
    """How many matters of a migration have come how far."""
    return Counter({state: count for state, count in session.execute(select(_TABLE.c.state, func.count()).where(
        _TABLE.c.migration_id == migration_id).group_by(_TABLE.c.state))})


def orders(session: Session, tenant_id: str, most: int = 20) -> list[tuple[Migration, Counter]]:
    """The last migrations of a government, the newest first, each with its `progress`."""
    found = session.scalars(select(Migration).where(Migration.tenant == tenant_id).order_by(Migration.id.desc())
                            .limit(most)).all()
    come: dict[int, Counter] = {one.id: Counter() for one in found}
    columns = _TABLE.c.migration_id, _TABLE.c.state
    for key, state, count in session.execute(select(*columns, func.count()).where(
            _TABLE.c.migration_id.in_(come)).group_by(*columns)):
        come[key][state] = count
    return [(one, come[one.id]) for one in found]


def jobs(session: Session, migration_id: int, back: bool | None = None) -> list[UUID]:
    """The jobs that a migration still waits for: all, or those that move (False) or take back (True)."""
    found = session.execute(select(JOB.c.id, JOB.c.data).where(JOB.c.kind == KIND))
    return [key for key, data in found if data['migration'] == migration_id and back in (None, data['undo'])]
