"""One matter carried over by a plan, or taken back: everything that runs beside it together, in one step."""
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from engine import deployment, instance, spiff, statement
from engine.errors import Refused, listed, said
from engine.history import Actor, Event, Kind
from engine.instance import Instance, Step
from engine.migration.plan import Plan, numbers

_RUNNING = (select(Instance.__table__).where(Instance.matter_id == bindparam('matter'), Instance.status == 'running')
            .order_by(Instance.parent_id.is_not(None), Instance.id))
_STEPS = (Kind.INSTANCE_STARTED, Kind.INSTANCE_COMPLETED, Kind.INSTANCE_CANCELLED, Kind.NODE_ENTERED, Kind.NODE_PASSED,
          Kind.NODE_CANCELLED, Kind.NODE_MOVED, Kind.TASK_OPENED, Kind.TASK_COMPLETED, Kind.TASK_CANCELLED,
          Kind.TIMER_FIRED, Kind.MESSAGE_CAUGHT, Kind.ACTION_DONE, Kind.DECISION_MADE, Kind.MATTER_WITHDRAWN,
          Kind.MATTER_CANCELLED, Kind.MATTER_MIGRATED, Kind.MATTER_RESTORED)


class Unfit(Refused):
    """A matter cannot be carried over; ``hitches`` say why."""

    def __init__(self, hitches: list[spiff.Hitch]) -> None:
        super().__init__('{text}', text=listed((said('{name}：{cause}', name=one.spot.name, cause=one.cause) for one in hitches), '；'))
        self.hitches = hitches


@dataclass
class Fit:
    """How the instances of a matter would stand on the new version."""

    states: dict[UUID, bytes] = field(default_factory=dict)
    hitches: list[spiff.Hitch] = field(default_factory=list)
    gone: list[spiff.Spot] = field(default_factory=list)
    added: list[spiff.Spot] = field(default_factory=list)


def fit(session: Session, plan: Plan, instances: Iterable[Mapping[str, Any]]) -> Fit:
    """Whether the running instances of a matter have their places on the new version; nothing moves."""
    old, new = (spiff.library(deployment.bundle(session, version)) for version in (plan.source, plan.target))
    found = Fit()
    for row in instances:
        if row['deployment_id'] != plan.source:
            continue                                     # called in a version of its own: it keeps it
        if row['process'] in plan.gone:
            spot = spiff.Spot(row['process'], '', row['process'])
            found.hitches.append(spiff.Hitch(spot, said('新版本里没有这个流程，而它还在走')))
            continue
        carried = spiff.carry(row['process'], row['state'], old, new, plan.names)
        found.states[row['id']] = carried.state
        for name in ('hitches', 'gone', 'added'):
            mine = getattr(found, name)
            mine += [one for one in getattr(carried, name) if one not in mine]
    return found


def move(session: Session, matter_id: UUID, plan: Plan, actor: Actor, reason: str) -> tuple[Step, bytes]:
    """The step that carries a matter over, thought through but not finished; and how it stood, to be taken back to.

    :raises Unfit: something that waits has no place. :raises Refused: the matter is not on the plan's old version.
    :raises Broken: what the new version draws fails here.
    """
    step = instance.beside(session, matter_id, actor, plan.target)
    if step.facts.row['deployment_id'] != plan.source:
        raise Refused('这件事已经不在原来那一版上了。')
    rows = _running(step)
    found = fit(session, plan, rows)
    if found.hitches:
        raise Unfit(found.hitches)
    kept = orjson.dumps({str(row['id']): [row['deployment_id'], b64encode(row['state']).decode()] for row in rows})
    _tell(step, Kind.MATTER_MIGRATED, actor, reason, plan.numbers, mapped=dict(plan.mapped),
          gone=[spot.name for spot in found.gone], added=[spot.name for spot in found.added])
    instance.transfer(step, rows, {key: (plan.target, state) for key, state in found.states.items()}, plan.target)
    return step, kept


def take_back(session: Session, matter_id: UUID, version: int, kept: bytes, seq: int, actor: Actor,
              reason: str) -> Step:
    """The step that puts a matter back to how it stood on `version` before it was carried over.

    :raises Refused: it has taken a step since. :raises Broken: what waits there fails.
    """
    step = instance.beside(session, matter_id, actor, version)
    former = {UUID(key): (number, b64decode(state)) for key, (number, state) in orjson.loads(kept).items()}
    rows, now = _running(step), step.facts.row['deployment_id']
    stepped = session.scalar(select(Event.seq).where(Event.chain == str(matter_id), Event.seq > seq,
                                                     Event.kind.in_(_STEPS)).limit(1))
    if stepped is not None or {row['id'] for row in rows} != former.keys():
        raise Refused('移过去以后已经往前走了，不能撤回；可以另做一个移回原来那一版的方案。')
    _tell(step, Kind.MATTER_RESTORED, actor, reason, numbers(session, now, version))
    instance.transfer(step, rows, former, version)
    return step


def _running(step: Step) -> list[dict[str, Any]]:
    """The running instances of a step's matter, callers first."""
    return statement.read(step.connection, _RUNNING, {'matter': step.facts.row['id']})


def _tell(step: Step, kind: Kind, actor: Actor, reason: str, versions: tuple[int, ...], **more: Any) -> None:
    source, target = versions
    word = '移到' if kind == Kind.MATTER_MIGRATED else '撤回到'
    told = {'from': source, 'to': target, 'reason': reason} | {name: value for name, value in more.items() if value}
    step.tell(kind, f'从第{source}版{word}第{target}版：{reason}', told, actor)
