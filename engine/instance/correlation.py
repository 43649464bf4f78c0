"""Messages and signals from outside a matter: who of all running instances is meant, and what begins by them."""
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from engine import clock, deployment, job, spiff, statement
from engine.errors import NotFound, Refused, listed, said
from engine.history import Actor
from engine.instance import opening, row as rows, subscription
from engine.instance.broadcast import hear
from engine.instance.news import News
from engine.instance.row import INSTANCE, MATTER
from engine.instance.step import Step, office
from engine.instance.surroundings import Batch
from engine.ledger import FACTS, Facts
from engine.plan import Plan

_NAMED = 5                  # of those that are named when several would hear
_RECEIVERS = (select(INSTANCE.c.id, INSTANCE.c.process, INSTANCE.c.business_key, INSTANCE.c.vars, INSTANCE.c.token,
                     *(column.label(f'm_{column.name}') for column in MATTER.columns))
              .select_from(subscription.TABLE.join(INSTANCE, INSTANCE.c.id == subscription.TABLE.c.instance_id)
                           .outerjoin(MATTER, MATTER.c.id == INSTANCE.c.matter_id))
              .where(subscription.TABLE.c.tenant == bindparam('tenant'),
                     subscription.TABLE.c.name == bindparam('name')))
_BY_KEY = _RECEIVERS.where(INSTANCE.c.business_key == bindparam('key'))


def correlate(session: Session, tenant_id: str, name: str, actor: Actor, *, key: str | None = None,
              where: Mapping[str, Any] | None = None, values: Mapping[str, Any] | None = None) -> Plan:
    """Send a message to the one instance that waits for it and is known by its business key, by its variables and facts
    (`where`), or by nothing else; where none waits, begin the processes that the message starts.

    `values` become variables of who hears it.

    :raises NotFound: nobody waits, and no process begins by it. :raises Refused: several wait; the sentence names them.
    """
    news = News('message', name, values or {}, key)
    found = receiver(session, tenant_id, news, where or {})
    if found is not None:
        return deliver(session, found, news, actor)
    plan = begin(session, tenant_id, news, actor) if not where else None
    if plan is None:
        raise NotFound('没有流程在等“{name}”这条消息{whom}，也没有由它发起的流程。', name=name, whom=_whom(key, where or {}))
    return plan


def receiver(session: Session, tenant_id: str, news: News, where: Mapping[str, Any]) -> UUID | None:
    """The one instance of the tenant that waits for a message and fits; None: there is none.

    :raises Refused: there are several.
    """
    given = {'tenant': tenant_id, 'name': news.awaited}
    clause, given = (_RECEIVERS, given) if news.key is None else (_BY_KEY, given | {'key': news.key})
    zone = clock.zone()
    found = [row for row in statement.read(session.connection(), clause, given) if _fits(row, where, zone)]
    if len(found) > 1:
        named = listed([*map(_named, found[:_NAMED]), *['……'] * (len(found) > _NAMED)])
        raise Refused('有{count}份流程在等“{name}”这条消息{whom}：{named}。请写明是哪一份。', count=len(found), name=news.name,
                      whom=_whom(news.key, where), named=named)
    return found[0]['id'] if found else None


def _fits(row: Mapping[str, Any], where: Mapping[str, Any], zone: Any) -> bool:
    facts = Facts({name.removeprefix('m_'): value for name, value in row.items() if name.startswith('m_')}, zone)
    known = {**(row['vars'] or {}), **(row['token'] or {})}
    return all(_alike(known[name] if name in known else facts[name] if name in FACTS else None, value)
               for name, value in where.items())


def _alike(found: Any, wanted: Any) -> bool:
    """Equal, or written the same way, as on a command line."""
    return found == wanted or found is not None and str(found) == str(wanted)


def _named(row: Mapping[str, Any]) -> str:
    return '·'.join(part for part in (row['m_code'], row['process'], row['business_key']) if part) + f'（{row["id"]}）'


def _whom(key: str | None, where: Mapping[str, Any]) -> str:
    parts = [said('业务编号是“{key}”', key=key)] if key is not None else []
    parts += [said('{label}是{value}', label=name, value=f'“{value}”') for name, value in where.items()]
    return said('而且{parts}', parts=listed(parts)) if parts else ''


def deliver(session: Session, instance_id: UUID, news: News, actor: Actor) -> Plan:
    """Let one running instance hear; what is due by now happens first."""
    row = rows.one(session, rows.BY_INSTANCE, instance_id)
    step, live = Step.of(Batch(session), row, actor)
    step.refresh_due()
    if live.alive:
        hear(live, news)
    return step.finish()


def begin(session: Session, tenant_id: str, news: News, actor: Actor) -> Plan | None:
    """Begin what a message or signal starts on the newest version, each in a step of its own; None: nothing."""
    bundle = deployment.bundle(session, office(session, tenant_id)['deployment'])
    plan = None
    for process, element in spiff.library(bundle).starters.get(news.awaited, ()):
        step = opening.alone(session, tenant_id, process, actor)
        opening.start(step, process, actor, news.values, message=news.name, begin=element, key=news.key)
        one = step.finish()
        if plan is None:
            plan = one
        else:
            plan.add(one)
            plan.opened += one.opened
    return plan


def signal(session: Session, tenant_id: str, name: str, actor: Actor, values: Mapping[str, Any] | None = None) -> Plan:
    """Send a signal to everything in a tenant that waits for it, each by a job, and begin the processes that it starts.

    :raises NotFound: nobody waits, and no process begins by it.
    """
    news = News('signal', name, values or {})
    plan = begin(session, tenant_id, news, actor)
    waiting = statement.read(session.connection(), subscription.WAITING, {'tenant': tenant_id, 'name': news.awaited})
    if plan is None and not waiting:
        raise NotFound('没有流程在等信号“{name}”，也没有由它发起的流程。', name=name)
    plan = plan or Plan()
    plan.tenant_id = tenant_id
    for row in waiting:
        plan.insert(job.JOB, job.carrying(tenant_id, 'signal', news.carried, row['id'], clock.utcnow()))
    return plan
