"""A matter that ends before its time: taken back by whom the drawing names, or stopped by whoever may intervene."""
from uuid import UUID

from sqlalchemy.orm import Session

from engine.errors import Broken, Forbidden, Refused
from engine.history import Actor, Kind
from engine.instance import row as rows
from engine.instance.news import News
from engine.instance.step import FactsOnly, Step, beside
from engine.instance.surroundings import Batch
from engine.plan import Plan

_UNDER_WAY = ('draft', 'open')


def may_withdraw(session: Session, matter_id: UUID, actor: Actor) -> bool:
    """Would `withdraw` hear this post now? Where the diagram or its table cannot say who decides, nobody is offered
    it; `withdraw` says why."""
    try:
        step = beside(session, matter_id, actor)
        return step.facts.row['status'] in _UNDER_WAY and f'{actor.unit}/{actor.post}' == _withdrawer(step)
    except (Refused, Broken):
        return False


def _withdrawer(step: Step) -> str:
    """The post that decides on 撤销立项, by the table that the lifecycle's diagram names."""
    lifecycle = step.bundle.lifecycle
    table = step.bundle.tables.get(lifecycle.properties.get('withdrawer', '')) if lifecycle else None
    if table is None:
        raise Refused('流程图没有写明由谁撤销立项。')
    return step.decide(table, FactsOnly(step.facts)).values['withdraw_post']


def withdraw(session: Session, matter_id: UUID, actor: Actor, reason: str) -> Plan:
    """撤销立项: end the matter and everything beside it, with a reason. For the post that the diagram's table names.

    The processes beside it hear the message that the diagram names (`withdrawn_message`), then end.

    :raises NotFound: no such matter. :raises Forbidden: another post asks.
    :raises Refused: no reason, the matter has ended already, or the diagram does not say who decides.
    """
    step = _to_end(session, matter_id, actor, reason)
    allowed = _withdrawer(step)
    if f'{actor.unit}/{actor.post}' != allowed:
        raise Forbidden('撤销立项由{post}决定。', post=step.functions['post_name'](allowed))
    _end(step, Kind.MATTER_WITHDRAWN, f'撤销立项：{reason}', reason)
    return step.finish()


def cancel(session: Session, matter_id: UUID, actor: Actor, reason: str) -> Plan:
    """Stop a matter and everything beside it by hand, with a reason, as `withdraw` does; who may is asked elsewhere.

    :raises NotFound: no such matter. :raises Refused: no reason, or the matter has ended already.
    """
    step = _to_end(session, matter_id, actor, reason)
    _end(step, Kind.MATTER_CANCELLED, f'作废：{reason}', reason)
    return step.finish()


def stop(session: Session, instance_id: UUID, actor: Actor, reason: str) -> Plan:
    """End one running instance where it stands; who may is asked elsewhere."""
    step, live = Step.of(Batch(session), rows.one(session, rows.BY_INSTANCE, instance_id), actor)
    step.end(live, reason)
    return step.finish()


def _to_end(session: Session, matter_id: UUID, actor: Actor, reason: str) -> Step:
    step = beside(session, matter_id, actor)
    if step.facts.row['status'] not in _UNDER_WAY:
        raise Refused('这件事已经结束，不能再撤销。')
    if not reason.strip():
        raise Refused('写明撤销立项的理由。')
    return step


def _end(step: Step, kind: Kind, summary: str, reason: str) -> None:
    """The lifecycle ends at once; the processes beside it hear the message that the diagram names, then end."""
    step.facts.write('result', 'withdrawn')
    step.facts.write('closed_at', step.functions['now']())
    step.tell(kind, summary, {'reason': reason}, step.actor)
    for key in step.siblings():
        live = step.wake(key)
        if live.definition.stages and live.row['parent_id'] is None:
            step.end(live, reason)
    message = step.bundle.lifecycle.properties.get('withdrawn_message') if step.bundle.lifecycle else None
    if message:
        step.post.give(News('message', message))
    step.settle()
    for live in step.lives.values():
        if live.alive:
            step.end(live, reason)
