"""What is done to one matter by hand: a token put elsewhere, a value set, the whole stopped; each with a reason."""
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from engine import incident, instance, spiff, statement
from engine.authority import require
from engine.errors import NotFound, Refused, listed
from engine.finding import inner, one_line
from engine.history import Actor, Kind
from engine.instance import Instance, Step, row as rows
from engine.intervention.standstill import needs
from engine.ledger import FACTS
from engine.plan import Plan

_RUNNING = (select(Instance.__table__).where(Instance.matter_id == bindparam('matter'), Instance.status == 'running')
            .order_by(Instance.started_at, Instance.id))


@dataclass(frozen=True)
class Standing:
    """A token that stands somewhere, and the elements (name by id) to which it can be put. ``own`` tells its instance
    from others of the process."""

    token: UUID
    process: str
    element: str
    name: str
    own: str
    targets: Mapping[str, str]


def standing(session: Session, matter_id: UUID, actor: Actor) -> list[Standing]:
    """Where a matter stands, in all its processes.

    :raises NotFound: no such matter.
    """
    step = instance.beside(session, matter_id, actor)
    return [Standing(key, spot.process, spot.element, one_line(spot.name), _own(live.row),
                     {one.element: one_line(one.name) for one in spiff.targets(live.run, key)})
            for live in _lives(step) for key, spot in spiff.tokens(live.run).items()]


def _own(row: Mapping[str, Any]) -> str:
    return '、'.join(str(value) for value in (row['token'] or {}).values()) or row['business_key'] or ''


def _lives(step: Step) -> Iterator[Any]:
    for row in statement.read(step.connection, _RUNNING, {'matter': step.facts.row['id']}):
        yield step.load(row)


def put(session: Session, matter_id: UUID, token: UUID, element: str, actor: Actor, reason: str) -> Plan:
    """Take a token away from where it stands and let one begin at another element of the same level. What is due by now
    fires first; what was typed where it stood is there again should the matter come back.

    :raises NotFound: no such matter. :raises Forbidden: this post may not.
    :raises Refused: no reason, the token stands there no more, or nothing can be put there.
    :raises Broken: the diagram fails further on.
    """
    step = instance.beside(session, matter_id, actor)
    require(session, step.tenant_id, actor, 'put')
    needs(reason)
    step.refresh_due()
    live, spot = next(((live, found[token]) for live in _lives(step) if token in (found := spiff.tokens(live.run))),
                      (None, None))
    if live is None:
        raise Refused('这一步已经不等在那里了，请刷新后再看。')
    names = {one.element: one.name for one in spiff.targets(live.run, token)}
    said = f'从“{inner(spot.name)}”移到“{inner(names.get(element, element))}”：{reason}'
    live.event(Kind.NODE_MOVED, actor, said, {'from': spot.element, 'to': element, 'reason': reason})
    spiff.put(live.run, token, element)
    filled = rows.filled(session, live.row['id'])
    live.ended = {key: (actor, filled.get(key)) for key in live.had_open - live.run.open().keys()}
    return step.finish()


def cancel(session: Session, matter_id: UUID, actor: Actor, reason: str) -> Plan:
    """Stop a matter and everything beside it.

    :raises NotFound: no such matter. :raises Forbidden: this post may not.
    :raises Refused: no reason, or it has ended already.
    """
    require(session, instance.beside(session, matter_id, actor).tenant_id, actor, 'cancel')
    needs(reason)
    return instance.cancel(session, matter_id, actor, reason)


class Stopped(NamedTuple):
    """The end of a process and of what failed in it, to be written together."""

    plan: Plan
    instance_id: UUID
    actor: Actor

    def flush(self, session: Session) -> None:
        """Write both within the caller's transaction."""
        self.plan.flush(session)
        incident.over(session, self.instance_id, self.actor)


def alone(session: Session, instance_id: UUID) -> Instance | None:
    """What would be stopped with this instance: the process under way that began it, where that belongs to no matter."""
    up = select(Instance.id, Instance.parent_id).where(Instance.id == instance_id).cte(recursive=True)
    up = up.union_all(select(Instance.id, Instance.parent_id).where(Instance.id == up.c.parent_id))
    return session.scalar(select(Instance).where(
        Instance.id.in_(select(up.c.id)), Instance.parent_id.is_(None), Instance.matter_id.is_(None),
        Instance.status == 'running'))


def stop(session: Session, instance_id: UUID, actor: Actor, reason: str) -> Stopped:
    """End a process that belongs to no matter where it stands, with everything that it called; what failed there is over.
    Asked of a process that was called, it ends the one that began it all.

    :raises NotFound: it is not under way, or it belongs to a matter. :raises Forbidden: this post may not.
    :raises Refused: no reason.
    """
    top = alone(session, instance_id)
    if top is None:
        raise NotFound('没有找到这条流程：可能已经结束，也可能属于一件事项，请在事项上作废。')
    require(session, top.tenant, actor, 'cancel')
    needs(reason)
    return Stopped(instance.stop(session, top.id, actor, f'作废：{reason}'), top.id, actor)


def set_values(session: Session, matter_id: UUID, values: Mapping[str, Any], actor: Actor, reason: str,
               process: str | None = None) -> Plan:
    """Set facts of a matter, or variables of one of its running processes (the lifecycle unless another is named); open
    deadlines follow.

    :raises NotFound: no such matter. :raises Forbidden: this post may not.
    :raises Refused: no reason, a name that nothing uses, a value that does not fit the fact, the lamp or the result,
        facts and variables at once, or no such process runs.
    """
    step = instance.beside(session, matter_id, actor)
    require(session, step.tenant_id, actor, 'set')
    needs(reason)
    facts = values.keys() & FACTS.keys()
    if facts == values.keys():
        _check_facts(values)
        return instance.change_facts(session, matter_id, actor, values, reason)
    if facts:
        raise Refused('台账上的事实（{facts}）和流程的变量请分两次改。', facts=listed(sorted(facts)))
    live = _process(step, process or step.bundle.lifecycle.id)
    _check_names(step, live, values)
    changed = {name: {'old': live.vars.get(name), 'new': value} for name, value in values.items()
               if live.vars.get(name) != value}
    live.event(Kind.VARIABLE_CHANGED, actor, reason, changed)
    live.write(values)
    return step.finish()


def _check_facts(values: Mapping[str, Any]) -> None:
    """A lamp would shine again at once as before, and a matter whose result is written would be over on the ledger while
    its instances go on."""
    if 'lamp' in values:
        raise Refused('灯由事实按一张表算出，不能直接改：请改它所依据的事实，例如到期日。')
    if 'result' in values:
        raise Refused('结果随流程的终点而定，不能直接改：要停办请用“作废”，要换一步请用“移到别的步骤”。')


def _process(step: Step, process: str) -> Any:
    found = [live for live in _lives(step) if live.row['process'] == process]
    if not found:
        raise Refused('这件事没有在走的流程“{process}”。', process=process)
    if len(found) > 1:
        raise Refused('“{process}”有{count}份在走，不能一起改。', process=process, count=len(found))
    return found[0]


def _check_names(step: Step, live: Any, values: Mapping[str, Any]) -> None:
    known = {*step.bundle.variables, *live.definition.names, *live.vars}
    unknown = sorted(values.keys() - known)
    if unknown:
        raise Refused('流程图、表单和决策表都没有用到“{names}”，请检查名字。', names=listed(unknown))
