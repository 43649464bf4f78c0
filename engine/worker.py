"""The loop that fires due timers, and the hands that move a demo tenant's clock. One failing instance never stops it."""
import gc
import logging
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, String, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock, deployment, directory, history, incident, instance, job, spiff, upsert, workcal
from engine.db import Base, Utc, carry_out, reading, writing
from engine.directory import Tenant
from engine.errors import Conflict, Refused, said
from engine.history import Actor, Kind
from engine.plan import Plan

BATCH = 50
_ROUND = 20_000             # new objects between two rounds of the garbage collector; a step makes some thousand
_PAUSE = 1.0                # seconds between two looks when nothing is due
_BEAT = timedelta(seconds=10)
_log = logging.getLogger('duban.worker')


class Heartbeat(Base):
    """When a worker last looked for due timers, in real time."""

    __tablename__ = 'heartbeat'
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime] = mapped_column(Utc)


_LAST_BEAT = select(Heartbeat.at).where(Heartbeat.name == 'worker')


def tick(engine: Engine, tenant_id: str | None = None) -> int:
    """Do what is due now, one batch; how many timers, jobs and lamps it was. Idle: one indexed read and nothing else.

    Lamps have their turn when no timer is due any more, for a step that fires looks at its matter's lamp itself.
    """
    with reading(_glancing(engine)) as session:
        due = job.due(session, clock.utcnow(), BATCH, tenant_id)
    timers, jobs, lamps = ([each.id for each in due if each.kind == kind] for kind in ('timer', 'job', 'lamp'))
    for job_id in jobs:
        _carry(engine, job_id)
    if timers:
        _together(engine, timers, instance.fire_all, instance.fire, _failed_to_fire)
    elif lamps:
        _together(engine, lamps, instance.relight_all, instance.relight, _failed_to_relight)
    return len(due)


def _carry(engine: Engine, job_id: UUID) -> None:
    """One job in a step of its own."""
    try:
        carry_out(engine, lambda session: instance.carry(session, job_id))
    except Conflict:
        return                                           # somebody else does it
    except Exception as error:
        _log.warning('job %s failed: %s', job_id, error)
        incident.postpone(engine, error, job_id)
    else:
        incident.settle(engine, job_id)


def _together(engine: Engine, keys: list[UUID], think: Callable[[Session, list[UUID]], Any],
              alone: Callable[[Session, UUID], Plan], fail: Callable[[Engine, UUID, Exception], None]) -> None:
    """Several steps, thought through one by one and written together."""
    try:
        with reading(engine) as session:
            thought = think(session, keys)
    except DBAPIError:
        for key in keys:
            _alone(engine, key, alone, fail)
        return
    whole, done = Plan(), []
    for key, outcome in thought:
        if isinstance(outcome, Exception):
            fail(engine, key, outcome)
        else:
            whole.add(outcome)
            done.append(key)
    if done:
        try:
            with writing(engine) as session:
                whole.flush(session)
        except Conflict:
            for key in done:
                _alone(engine, key, alone, fail)


def _glancing(engine: Engine) -> Engine:
    """For a look of one statement: PostgreSQL is spared the transaction around it."""
    return engine.execution_options(isolation_level='AUTOCOMMIT') if engine.dialect.name == 'postgresql' else engine


def _alone(engine: Engine, key: UUID, think: Callable[[Session, UUID], Plan],
           fail: Callable[[Engine, UUID, Exception], None]) -> None:
    """Somebody was faster with one of the batch: take each by itself."""
    try:
        carry_out(engine, lambda session: think(session, key))
    except Conflict:
        return                                           # its next look will find what is left
    except Exception as error:
        fail(engine, key, error)


def _failed_to_fire(engine: Engine, key: UUID, error: Exception) -> None:
    _log.warning('instance %s failed: %s', key, error)
    with reading(engine) as session:
        tenant_id = session.scalar(select(instance.Instance.tenant).where(instance.Instance.id == key))
    incident.open_(engine, error, tenant_id=tenant_id, verb='fire', instance_id=key)


def _failed_to_relight(engine: Engine, key: UUID, error: Exception) -> None:
    _log.warning('lamp of matter %s failed: %s', key, error)
    incident.open_lamp(engine, error, key)


def drain(engine: Engine, tenant_id: str | None = None, said: Any = None) -> int:
    """Fire until nothing is due any more; how many firings it took. `said` hears the running count."""
    count = 0
    while True:
        fired = tick(engine, tenant_id)
        if not fired:
            return count
        count += fired
        if said is not None:
            said(count)


def warm(engine: Engine) -> None:
    """Read every government's current bundle before the first step, and leave what was read out of the garbage
    collector's rounds, which become rarer: a step then costs the same from the first on."""
    with reading(engine) as session:
        for tenant_id in session.scalars(select(Tenant.id)).all():
            current = deployment.current(session, tenant_id)
            if current is not None:
                spiff.library(deployment.bundle(session, current.id))
    gc.collect()
    gc.freeze()
    gc.set_threshold(_ROUND)


def work(engine: Engine, *, until_idle: bool = False, beside: Callable[[Engine], None] | None = None) -> None:
    """Fire due timers until told to stop (SIGTERM, Ctrl-C), or, `until_idle`, until nothing is due.

    `beside` is called whenever nothing is due, for what other programs have to do; it must not take long.
    """
    if until_idle:
        drain(engine)
        beat(engine)
        return
    warm(engine)
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    last = datetime.min.replace(tzinfo=clock.utcnow().tzinfo)
    while not stop.is_set():
        if clock.utcnow() - last > _BEAT:
            last = beat(engine)
        if not tick(engine):
            if beside is not None:
                beside(engine)
            stop.wait(_PAUSE)


def beat(engine: Engine) -> datetime:
    """Say that a worker lives."""
    now = clock.utcnow()
    with writing(engine) as session:
        upsert.put(session, Heartbeat, name='worker', at=now)
    return now


def last_beat(session: Any) -> datetime | None:
    """When a worker last looked, in real time; None: never."""
    return session.scalar(_LAST_BEAT)


def advance(engine: Engine, tenant_id: str, target: datetime | tuple[str, int] | str, actor: Actor) -> datetime:
    """Move a demo tenant's clock forward: to a moment, ``('workdays', n)`` at the same time of day, or ``'next'`` timer.

    It stops at every deadline on the way and fires it at its own moment, as a living worker would.

    :raises Refused: the tenant runs on real time, the target lies in the past, or nothing is due any more; another has
        moved it further meanwhile.
    """
    with reading(engine) as session:
        tenant = directory.tenant(session, tenant_id)
        if not tenant.demo or tenant.virtual_at is None:
            raise Refused('{tenant}用的是真实时间，时钟不能调。', tenant=tenant.name)
        start, until = tenant.virtual_at, _target(session, tenant, target)
    _not_back(tenant, until)
    drain(engine, tenant_id)
    while True:
        with reading(engine) as session:
            _not_back(directory.tenant(session, tenant_id), until)
            due = job.next_due(session, tenant_id)
        if due is None or due > until:
            break
        _set(engine, tenant_id, max(due, start))
        drain(engine, tenant_id)
    with writing(engine) as session:
        tenant = directory.alone(session, tenant_id)
        _not_back(tenant, until)
        tenant.virtual_at = until
        session.flush()
        history.record(session, tenant_id, actor, Kind.CLOCK_MOVED, '调演示时钟',
                       {'old': start.isoformat(), 'new': until.isoformat()})
    return until


def _not_back(tenant: Tenant, until: datetime) -> None:
    if tenant.virtual_at is None or until < tenant.virtual_at:
        raise Refused('时钟只能往前走，现在已是{now}。', now=_said(tenant, clock.now(tenant)))


def _target(session: Any, tenant: Tenant, target: Any) -> datetime:
    if target == 'next':
        due = job.next_due(session, tenant.id)
        if due is None:
            raise Refused('没有等着的期限了。')
        return max(due, tenant.virtual_at)
    with suppress(OverflowError):
        at = target if isinstance(target, datetime) else _workdays_on(session, tenant, target[1])
        if at.year in clock.YEARS:
            return at
    raise Refused('日期要在{first}年到{last}年之间。', first=clock.YEARS[0], last=clock.YEARS[-1])


def _workdays_on(session: Any, tenant: Tenant, count: int) -> datetime:
    here = tenant.virtual_at.astimezone(clock.zone(tenant.zone))
    return datetime.combine(workcal.load(session, tenant).add(here.date(), count), here.timetz())


def _set(engine: Engine, tenant_id: str, at: datetime) -> None:
    """On to this moment, unless another has moved it further."""
    with writing(engine) as session:
        session.execute(update(Tenant).where(Tenant.id == tenant_id, Tenant.virtual_at < at).values(virtual_at=at))


def set_clock(engine: Engine, tenant_id: str, at: datetime | None, actor: Actor) -> None:
    """Put a demo tenant's clock on without firing on the way, as after an outage; None: to real time.

    :raises Refused: not a demo tenant, or its clock or its trail is past that moment.
    """
    with writing(engine) as session:
        tenant = directory.alone(session, tenant_id)
        if not tenant.demo:
            raise Refused('{tenant}不是演示用的，时钟不能调。', tenant=tenant.name)
        _check_forward(session, tenant, at)
        old, tenant.virtual_at = tenant.virtual_at, at
        session.flush()
        history.record(session, tenant_id, actor, Kind.CLOCK_MOVED, '设演示时钟',
                       {'old': old and old.isoformat(), 'new': at and at.isoformat()})


def _check_forward(session: Session, tenant: Tenant, at: datetime | None) -> None:
    """What happens later must not be told of an earlier moment."""
    last, to = history.last_at(session, tenant.id), at or clock.utcnow()
    if any(known is not None and to < known for known in (tenant.virtual_at, last)):
        now, last, to = (_said(tenant, moment) for moment in (clock.now(tenant), last, to))
        advice = said('真实时间还没有走到那里，请留在演示时钟上。') if at is None else said('请设到这以后的时间。')
        raise Refused('{tenant}的演示时钟只能往前走，设不到{to}：现在是{now}，最后一条记录是{last}的。{advice}',
                      tenant=tenant.name, to=to, now=now, last=last, advice=advice)


def _said(tenant: Tenant, at: datetime | None) -> str:
    return at.astimezone(clock.zone(tenant.zone)).strftime('%Y-%m-%d %H:%M') if at else '—'
