"""The trail: append-only, hash-chained events. The only writer of the table `event`.

Every event carries the hash of the one before it in its chain; the chain's length and last hash stand on the owner's
row (the matter's ledger row, the tenant, or an instance without a matter), so a cut tail is found as well.
"""
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Index, Integer, LargeBinary, String, Text, Uuid, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.db import Base, Utc, one_moment, written_once
from engine.directory import Tenant
from engine.errors import said
from engine.ledger import Matter

EMPTY = bytes(32)
ALGORITHM = 'sm3' if 'sm3' in hashlib.algorithms_available else 'sha256'
"""SM3 (GB/T 32905-2016) where this Python's OpenSSL has it, else SHA-256; each row names its own."""


class Kind(StrEnum):
    """What can happen: subject and past-tense verb. A closed list."""

    INSTANCE_STARTED = 'instance.started'
    INSTANCE_COMPLETED = 'instance.completed'
    INSTANCE_CANCELLED = 'instance.cancelled'
    NODE_ENTERED = 'node.entered'
    NODE_PASSED = 'node.passed'
    NODE_CANCELLED = 'node.cancelled'
    NODE_MOVED = 'node.moved'
    TASK_OPENED = 'task.opened'
    TASK_COMPLETED = 'task.completed'
    TASK_CANCELLED = 'task.cancelled'
    TASK_MOVED = 'task.moved'
    TASK_REDIRECTED = 'task.redirected'
    TASK_CLAIMED = 'task.claimed'
    TASK_RELEASED = 'task.released'
    TASK_TRANSFERRED = 'task.transferred'
    TASK_DELEGATED = 'task.delegated'
    TASK_HANDED_BACK = 'task.handed_back'
    TASK_SUBMITTED = 'task.submitted'
    TASK_RETURNED = 'task.returned'
    TASK_RECALLED = 'task.recalled'
    OPINION_ASKED = 'opinion.asked'
    OPINION_GIVEN = 'opinion.given'
    OPINION_REMOVED = 'opinion.removed'
    TIMER_ARMED = 'timer.armed'
    TIMER_MOVED = 'timer.moved'
    TIMER_FIRED = 'timer.fired'
    TIMER_DISARMED = 'timer.disarmed'
    FACT_CHANGED = 'fact.changed'
    VARIABLE_CHANGED = 'variable.changed'
    LAMP_CHANGED = 'lamp.changed'
    DECISION_MADE = 'decision.made'
    ACTION_DONE = 'action.done'
    NOTICE_DRAFTED = 'notice.drafted'
    NOTICE_ISSUED = 'notice.issued'
    NOTICE_DECLINED = 'notice.declined'
    NOTICE_WITHDRAWN = 'notice.withdrawn'
    DOCUMENT_ISSUED = 'document.issued'
    POINTS_RECORDED = 'points.recorded'
    REMINDER_SENT = 'reminder.sent'
    MESSAGE_SENT = 'message.sent'
    MESSAGE_CAUGHT = 'message.caught'
    MESSAGE_UNHEARD = 'message.unheard'
    COPY_SENT = 'copy.sent'
    COPY_READ = 'copy.read'
    TASK_URGED = 'task.urged'
    COMMENT_WRITTEN = 'comment.written'
    COMMENT_WITHDRAWN = 'comment.withdrawn'
    FILE_ATTACHED = 'file.attached'
    FILE_WITHDRAWN = 'file.withdrawn'
    MILESTONE_REACHED = 'milestone.reached'
    MILESTONE_REOPENED = 'milestone.reopened'
    MATTER_WITHDRAWN = 'matter.withdrawn'
    MATTER_CANCELLED = 'matter.cancelled'
    MATTER_HANDED_OVER = 'matter.handed_over'
    MATTER_SUSPENDED = 'matter.suspended'
    MATTER_RESUMED = 'matter.resumed'
    MATTER_MIGRATED = 'matter.migrated'
    MATTER_RESTORED = 'matter.restored'
    PROCESS_SUSPENDED = 'process.suspended'
    PROCESS_RESUMED = 'process.resumed'
    MIGRATION_STARTED = 'migration.started'
    MIGRATION_STOPPED = 'migration.stopped'
    MIGRATION_UNDONE = 'migration.undone'
    INCIDENT_OPENED = 'incident.opened'
    INCIDENT_RESOLVED = 'incident.resolved'
    SESSION_OPENED = 'session.opened'
    SESSION_REFUSED = 'session.refused'
    SESSION_CLOSED = 'session.closed'
    DEPLOYMENT_MADE = 'deployment.made'
    RELEASE_PROPOSED = 'release.proposed'
    RELEASE_APPROVED = 'release.approved'
    RELEASE_RETURNED = 'release.returned'
    RELEASE_WITHDRAWN = 'release.withdrawn'
    RELEASE_RENEWED = 'release.renewed'
    RELEASE_HELD = 'release.held'
    SHARED_PUBLISHED = 'shared.published'
    FOLLOWING_BEGUN = 'following.begun'
    FOLLOWING_ENDED = 'following.ended'
    DRAFT_BEGUN = 'draft.begun'
    DRAFT_SHARED = 'draft.shared'
    DRAFT_WITHHELD = 'draft.withheld'
    DRAFT_DISCARDED = 'draft.discarded'
    DRAFT_RESTORED = 'draft.restored'
    CALENDAR_CHANGED = 'calendar.changed'
    PARAMETER_CHANGED = 'parameter.changed'
    CLOCK_MOVED = 'clock.moved'
    ACCOUNT_ADDED = 'account.added'
    ACCOUNT_CLOSED = 'account.closed'
    ACCOUNT_OPENED = 'account.opened'
    ACCOUNT_UNLOCKED = 'account.unlocked'
    PASSWORD_CHANGED = 'password.changed'
    PASSWORD_RESET = 'password.reset'
    UNIT_ADDED = 'unit.added'
    UNIT_CHANGED = 'unit.changed'
    POST_ADDED = 'post.added'
    ROSTER_IMPORTED = 'roster.imported'
    TENANT_ADDED = 'tenant.added'
    SUBSTITUTE_SET = 'substitute.set'
    SUBSTITUTE_ENDED = 'substitute.ended'
    TOKEN_MADE = 'token.made'
    TOKEN_REVOKED = 'token.revoked'
    CONTACT_CHANGED = 'contact.changed'
    OUTBOX_RETRIED = 'outbox.retried'
    OUTBOX_DISCARDED = 'outbox.discarded'
    CHANNEL_TRIED = 'channel.tried'
    PAGE_VIEWED = 'page.viewed'
    LEDGER_EXPORTED = 'ledger.exported'
    WALL_OPENED = 'wall.opened'
    DOSSIER_EXPORTED = 'dossier.exported'
    EXPORT_CANCELLED = 'export.cancelled'
    BACKTEST_STARTED = 'backtest.started'
    BACKTEST_CANCELLED = 'backtest.cancelled'
    BACKTEST_EXPORTED = 'backtest.exported'
    BREAKDOWN_REGISTERED = 'breakdown.registered'
    BREAKDOWN_CANCELLED = 'breakdown.cancelled'
    BREAKDOWN_EXPORTED = 'breakdown.exported'


@dataclass(frozen=True)
class Actor:
    """Who acts: a post, never a person. ``for_name`` is set while a substitute acts: 甲 代 乙; ``login`` tells two
    accounts of one post apart."""

    name: str
    unit: str = ''
    post: str = ''
    account_id: int | None = None
    for_name: str | None = None
    login: str = ''

    @property
    def said(self) -> str:
        """The name as the trail writes it."""
        return f'{self.name} 代 {self.for_name}' if self.for_name else self.name


TIMER = Actor('定时任务')
SYSTEM = Actor('系统')


class Event(Base):
    """One thing that happened. `chain` is the matter's id, "tenant:<id>", or the id of an instance without a matter."""

    __tablename__ = 'event'
    chain: Mapped[str] = mapped_column(String(60), primary_key=True)
    seq: Mapped[int] = mapped_column(Integer, primary_key=True)
    tenant: Mapped[str] = mapped_column(String(20))
    instance_id: Mapped[UUID | None] = mapped_column(Uuid)
    deployment_id: Mapped[int | None] = mapped_column(Integer)
    process: Mapped[str | None] = mapped_column(String(80))
    element: Mapped[str | None] = mapped_column(String(80))
    name: Mapped[str | None] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Utc)                          # the tenant's time
    recorded_at: Mapped[datetime] = mapped_column(Utc)                 # the real time
    actor: Mapped[str] = mapped_column(String(160))                    # 省发展改革委·联络员 / 甲 代 乙 / 定时任务 / 系统
    kind: Mapped[str] = mapped_column(String(40))
    summary: Mapped[str] = mapped_column(Text, default='')
    data: Mapped[str] = mapped_column(Text, default='{}')              # canonical JSON: old and new by field
    alg: Mapped[str] = mapped_column(String(10))
    prev: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    __table_args__ = (Index('event_tenant', 'tenant', 'recorded_at'),)


owners: dict[str, Any] = {'tenant': Tenant.__table__, 'matter': Matter.__table__}
"""The tables on whose rows the heads of chains stand; `engine.instance` adds its own."""


written_once(Event.__table__, '轨迹只能追加，不能修改或删除')


class Chain:
    """The end of one chain while events are added to it in memory."""

    def __init__(self, name: str, tenant: str, seq: int, head: bytes) -> None:
        self.name, self.tenant, self.seq, self.head = name, tenant, seq, head
        self.rows: list[dict] = []

    def add(self, actor: Actor, kind: Kind, at: datetime, summary: str = '', data: Mapping | None = None, *,
            recorded_at: datetime, instance_id: UUID | None = None, deployment_id: int | None = None,
            process: str | None = None, element: str | None = None, name: str | None = None) -> dict:
        """Append one event; the row is ready to insert and carries its hash."""
        self.seq += 1
        row = {'chain': self.name, 'seq': self.seq, 'tenant': self.tenant, 'instance_id': instance_id,
               'deployment_id': deployment_id, 'process': process, 'element': element, 'name': name, 'at': at,
               'recorded_at': recorded_at, 'actor': actor.said, 'kind': str(kind), 'summary': summary,
               'data': orjson.dumps(data or {}, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS).decode(),
               'alg': ALGORITHM, 'prev': self.head}
        row['hash'] = self.head = digest(row)
        self.rows.append(row)
        return row


def digest(row: Mapping[str, Any]) -> bytes:
    """The hash of an event: its algorithm over the previous hash and every other column, as canonical JSON."""
    body = orjson.dumps([
        row['chain'], row['seq'], row['tenant'], row['instance_id'], row['deployment_id'],
        row['process'], row['element'], row['name'], row['at'].timestamp(), row['recorded_at'].timestamp(),
        row['actor'], row['kind'], row['summary'], row['data'], row['alg']])
    hashed = _begun(row['alg']).copy()                 # a begun one is copied in half the time that it takes to begin
    hashed.update(row['prev'] + body)
    return hashed.digest()


_begun = cache(hashlib.new)


def fingerprint(content: bytes) -> str:
    """What the trail keeps of something that is stored elsewhere, such as a file: ``sm3:`` and its hash."""
    return f'{ALGORITHM}:{hashlib.new(ALGORITHM, content).hexdigest()}'


def tenant_chain(tenant: Tenant) -> Chain:
    """The chain of a tenant's general events: sign-ins, deployments, calendar, parameters, clock, exports."""
    return Chain(f'tenant:{tenant.id}', tenant.id, tenant.head_seq, tenant.head_hash)


def record(session: Session, tenant_id: str, actor: Actor, kind: Kind, summary: str, data: Mapping | None = None,
           **place: str) -> None:
    """Put one event on the tenant's chain, in the caller's writing session. ``place``: the process, element and name of
    what it is about, if it is drawn."""
    tenant = session.get(Tenant, tenant_id, with_for_update=True, populate_existing=True)
    chain = tenant_chain(tenant)
    chain.add(actor, kind, clock.now(tenant), summary, data, recorded_at=clock.utcnow(), **place)
    session.execute(Event.__table__.insert(), chain.rows)
    tenant.head_seq, tenant.head_hash = chain.seq, chain.head


def record_matter(session: Session, matter_id: UUID, actor: Actor, kind: Kind, summary: str,
                  data: Mapping | None = None, **place: str) -> None:
    """Put one event that is no step (a page viewed, a comment) on a matter's chain, in the caller's writing session.
    ``place`` as for `record`."""
    matter = session.get(Matter, matter_id, with_for_update=True, populate_existing=True)
    tenant = session.get(Tenant, matter.tenant)
    chain = Chain(str(matter.id), matter.tenant, matter.head_seq, matter.head_hash)
    chain.add(actor, kind, clock.now(tenant), summary, data, recorded_at=clock.utcnow(), **place)
    session.execute(Event.__table__.insert(), chain.rows)
    matter.head_seq, matter.head_hash, matter.version = chain.seq, chain.head, matter.version + 1


@dataclass(frozen=True)
class Verdict:
    """What verifying found. `fault` says where the first broken place is."""

    whole: bool
    chains: int
    events: int
    fault: str | None
    head: str
    alg: str


def verify(session: Session, chain: str | None = None, tenant: str | None = None) -> Verdict:
    """Recompute every hash of one chain, of one tenant, or of all; check order, links, and the heads on the owners. What is
    committed meanwhile belongs to neither the heads nor the events that are read."""
    with one_moment(session) as still:
        return _verified(still, chain, tenant)


def _verified(session: Session, chain: str | None, tenant: str | None) -> Verdict:
    heads = dict(_heads(session, chain, tenant))
    query = select(Event.__table__).order_by(Event.chain, Event.seq)
    if chain:
        query = query.where(Event.chain == chain)
    elif tenant:
        query = query.where(Event.tenant == tenant)
    count, fault, ends = 0, None, {}
    for row in session.execute(query.execution_options(yield_per=2000)).mappings():
        count += 1
        seq, head = ends.get(row['chain'], (0, EMPTY))
        if row['seq'] != seq + 1:
            fault = fault or said('{chain} 缺第{n}条', chain=row['chain'], n=seq + 1)
        elif row['prev'] != head:
            fault = fault or said('{chain} 第{n}条与前一条接不上', chain=row['chain'], n=row['seq'])
        elif digest(row) != row['hash']:
            fault = fault or said('{chain} 第{n}条的内容被改过', chain=row['chain'], n=row['seq'])
        ends[row['chain']] = row['seq'], row['hash']
    for name, head in heads.items():
        if ends.get(name, (0, EMPTY)) != head:
            fault = fault or said('{chain} 的末尾与登记的第{n}条不符', chain=name, n=head[0])
    for name in ends.keys() - heads.keys():
        fault = fault or said('{chain} 没有登记，是多出来的', chain=name)
    last = ends[chain][1] if chain in ends else hashlib.new(ALGORITHM, b''.join(
        end for _, end in sorted(ends.values()))).digest()
    return Verdict(fault is None, len(ends), count, fault, last.hex(), ALGORITHM)


def _heads(session: Session, chain: str | None, tenant: str | None) -> Iterator[tuple[str, tuple[int, bytes]]]:
    for name, table in owners.items():
        own = table.c
        query = select(own.id, own.head_seq, own.head_hash).where(own.head_seq > 0)
        if tenant:
            query = query.where((own.id if name == 'tenant' else own.tenant) == tenant)
        if chain and chain.startswith('tenant:') != (name == 'tenant'):
            continue
        if chain:
            query = query.where(own.id == (chain.removeprefix('tenant:') if name == 'tenant' else UUID(chain)))
        for row in session.execute(query):
            yield f'tenant:{row.id}' if name == 'tenant' else str(row.id), (row.head_seq, row.head_hash)


def events(session: Session, chain: str, *, newest_first: bool = False, limit: int | None = None,
           kinds: Iterable[str] | None = None) -> list[Event]:
    """The events of a chain, in order."""
    query = select(Event).where(Event.chain == chain)
    if kinds:
        query = query.where(Event.kind.in_(list(kinds)))
    query = query.order_by(Event.seq.desc() if newest_first else Event.seq)
    return list(session.scalars(query.limit(limit) if limit else query))


def last_at(session: Session, tenant_id: str) -> datetime | None:
    """The moment, on the government's own clock, of its latest event; None: nothing has happened there."""
    return session.scalar(select(func.max(Event.at)).where(Event.tenant == tenant_id))
