"""抄送: a matter shown to posts that have nothing to do in it; who has read it, and when, is kept."""
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    ColumnElement, ForeignKey, Index, ScalarSelect, String, Text, Uuid, and_, false, func, or_, select, text)
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock, directory, history, outbox
from engine.db import Base, Utc
from engine.directory import Held
from engine.errors import NotFound, Refused
from engine.history import Actor, Kind
from engine.identifier import uuid7
from engine.ledger import Matter
from engine.outbox import Note
from engine.usertask import UserTask

BLIND = ('operator',)
"""Posts that read no business, so nothing is copied to them."""
LONGEST = 500
"""Characters of a note."""
_NAMED = 3                  # receivers that one sentence names
_UNREAD = text('read_at IS NULL')


class Circulation(Base):
    """One sending: what a post said when it showed a matter to others."""

    __tablename__ = 'circulation'
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    tenant: Mapped[str] = mapped_column(String(20))
    matter_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey('ledger.id'))
    task_id: Mapped[UUID | None] = mapped_column(Uuid)                 # the step at which it was sent, if at one
    note: Mapped[str] = mapped_column(Text, default='')
    unit: Mapped[str] = mapped_column(String(40), default='')          # '' for a sending that is drawn
    post: Mapped[str] = mapped_column(String(20), default='')
    sent_by: Mapped[str] = mapped_column(String(160))
    sent_at: Mapped[datetime] = mapped_column(Utc)
    __table_args__ = (Index('circulation_matter', 'matter_id', 'sent_at'),
                      Index('circulation_sender', 'tenant', 'unit', 'post', 'sent_at'))


class Copy(Base):
    """What one post got of a sending. With it the post may read the matter."""

    __tablename__ = 'circulation_copy'
    circulation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey('circulation.id'), primary_key=True)
    unit: Mapped[str] = mapped_column(String(40), primary_key=True)
    post: Mapped[str] = mapped_column(String(20), primary_key=True)
    tenant: Mapped[str] = mapped_column(String(20))
    matter_id: Mapped[UUID] = mapped_column(Uuid)
    sent_at: Mapped[datetime] = mapped_column(Utc)
    read_at: Mapped[datetime | None] = mapped_column(Utc)
    read_by: Mapped[str | None] = mapped_column(String(160))
    __table_args__ = (
        Index('circulation_inbox', 'tenant', 'unit', 'post', 'sent_at'),
        Index('circulation_unread', 'tenant', 'unit', 'post', sqlite_where=_UNREAD, postgresql_where=_UNREAD),
        Index('circulation_seen', 'matter_id', 'unit', 'post'))


def seats(session: Session, tenant_id: str, day: date) -> list[Held]:
    """The posts that can be shown something on that day, in the order of lists: held, and of a unit that exists."""
    units = directory.tree(session, tenant_id)
    return sorted((seat for seat in directory.held(session, tenant_id) if seat[1] not in BLIND and units[seat[0]].exists(day)),
                  key=lambda seat: (units[seat[0]].position, *seat))


def meant(address: str, known: Iterable[Held]) -> list[Held]:
    """The posts among `known` that an address means: ``unit/post``, or ``unit`` for all posts of it."""
    unit, _, post = address.strip().partition('/')
    return [seat for seat in known if seat[0] == unit and post in ('', seat[1])]


def _addressed(addresses: Iterable[str], known: Sequence[Held], called: directory.Names) -> list[Held]:
    """The posts that these addresses mean, each once. :raises Refused: one of them means none."""
    found: dict[Held, None] = {}
    for address in addresses:
        seats_meant = meant(address, known)
        if not seats_meant:
            raise Refused('抄送不到“{address}”：没有这个单位或岗位，或者还没有账号。',
                          address=called.post(address) if '/' in address else called.unit(address))
        found.update(dict.fromkeys(seats_meant))
    return list(found)


def send(session: Session, matter_id: UUID, actor: Actor, addresses: Iterable[str], note: str = '', *,
         task: UserTask | None = None) -> int:
    """Show the matter to posts or whole units, in the caller's writing session; how many posts got it. The sender
    itself gets none.

    :raises Refused: nobody is named, one cannot be reached, or the note is too long.
    """
    note = note.strip()
    matter = session.get(Matter, matter_id, with_for_update=True)      # before rows that point to it
    if len(note) > LONGEST:
        raise Refused('附言最多{most}个字，现在有{count}个。', most=LONGEST, count=len(note))
    tenant = directory.tenant(session, matter.tenant)
    now, called = clock.now(tenant), directory.names(session, tenant.id)
    known = seats(session, tenant.id, now.astimezone(clock.zone(tenant.zone)).date())
    to = [seat for seat in _addressed(addresses, known, called) if seat != (actor.unit, actor.post)]
    if not to:
        raise Refused('还没有选抄送给谁：至少选一个别的岗位或单位。')
    sent, copies = rows(tenant.id, matter_id, to, note, now, unit=actor.unit, post=actor.post, sent_by=actor.said,
                        task_id=task.id if task else None)
    session.execute(Circulation.__table__.insert(), [sent])
    session.execute(Copy.__table__.insert(), copies)
    history.record_matter(session, matter_id, actor, Kind.COPY_SENT, told(to, called.post), recorded(to, note),
                          **at(task))
    outbox.tell(session, tenant.id, [Note('copy', *seat, matter.title or '', matter.lead_unit, '', matter.due_at,
                                          'copy', sent['id']) for seat in to])
    return len(to)


def rows(tenant_id: str, matter_id: UUID, to: Iterable[Held], note: str, now: datetime, *, unit: str = '',
         post: str = '', sent_by: str, task_id: UUID | None = None) -> tuple[dict, list[dict]]:
    """What is written for one sending: its own row, and one for each post that gets it. A drawn one has no sender."""
    row = {'id': uuid7(), 'tenant': tenant_id, 'matter_id': matter_id, 'task_id': task_id, 'note': note, 'unit': unit,
           'post': post, 'sent_by': sent_by, 'sent_at': now}
    return row, [{'circulation_id': row['id'], 'unit': seat[0], 'post': seat[1], 'tenant': tenant_id,
                  'matter_id': matter_id, 'sent_at': now, 'read_at': None, 'read_by': None} for seat in to]


def told(to: Sequence[Held], called: Callable[[str], str]) -> str:
    """抄送省司法厅·联络员、省财政厅·联络员等5个岗位"""
    names = '、'.join(called('/'.join(seat)) for seat in to[:_NAMED])
    return f'抄送{names}' + (f'等{len(to)}个岗位' if len(to) > _NAMED else '')


def recorded(to: Iterable[Held], note: str) -> dict:
    """What the trail keeps of a sending besides its sentence."""
    return {'copied': ['/'.join(seat) for seat in to]} | ({'note': note} if note else {})


def at(task: UserTask | None) -> dict[str, str]:
    """Where on the drawing something was done, as the trail has it; nothing for the matter as a whole."""
    return {'process': task.process, 'element': task.element, 'name': task.name} if task else {}


def read(session: Session, circulation_id: UUID, held: Iterable[Held], actor: Actor) -> bool:
    """One of the posts held opens what it got: marked once, in the caller's writing session. False: it had been before.

    :raises NotFound: none of them got it.
    """
    got = session.scalars(select(Copy).where(Copy.circulation_id == circulation_id, among(held))
                          .order_by(Copy.unit, Copy.post).with_for_update()).all()
    if not got:
        raise NotFound('没有找到这份抄送件。')
    own = next((copy for copy in got if (copy.unit, copy.post) == (actor.unit, actor.post)), got[0])
    if own.read_at is not None:
        return False
    if (own.unit, own.post) != (actor.unit, actor.post):
        actor = replace(actor, for_name=directory.post_name(session, own.tenant, f'{own.unit}/{own.post}'))
    own.read_at, own.read_by = clock.now(directory.tenant(session, own.tenant)), actor.said
    session.flush()
    history.record_matter(session, own.matter_id, actor, Kind.COPY_READ, '阅读抄送件')
    return True


def among(held: Iterable[Held]) -> ColumnElement[bool]:
    """The copies of these posts, as a condition."""
    return or_(false(), *(and_(Copy.unit == unit, Copy.post == post) for unit, post in held))


def unread(tenant_id: str, held: Iterable[Held]) -> ScalarSelect[int]:
    """How many copies nobody of these posts has read, to be asked alone or together with other numbers."""
    return select(func.count()).select_from(Copy).where(
        Copy.tenant == tenant_id, among(held), Copy.read_at.is_(None)).scalar_subquery()


def shown(held: Iterable[Held]) -> ColumnElement[bool]:
    """The matters of which one of these posts got a copy, as a condition on the ledger."""
    return select(Copy.matter_id).where(Copy.matter_id == Matter.id, among(held)).exists()


def marks(session: Session, circulation_id: UUID) -> Sequence[Copy]:
    """Everybody who got a sending: those who read it first, in the order of reading."""
    return session.scalars(select(Copy).where(Copy.circulation_id == circulation_id).order_by(
        Copy.read_at.is_(None), Copy.read_at, Copy.unit, Copy.post)).all()


def counted(session: Session, circulation_ids: Iterable[UUID]) -> dict[UUID, tuple[int, int]]:
    """How many got each sending, and how many of them have read it."""
    query = select(Copy.circulation_id, func.count(), func.count(Copy.read_at)).where(
        Copy.circulation_id.in_(list(circulation_ids))).group_by(Copy.circulation_id)
    return {key: (total, seen) for key, total, seen in session.execute(query)}
