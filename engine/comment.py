"""沟通: what posts say to each other beside a matter. It moves nothing and cannot be deleted.

The trail has who said something when, and the fingerprint of the words; the words stand here. Words that were taken
back are no longer shown, but to the auditor, and stay provable.
"""
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import orjson
from sqlalchemy import ForeignKey, Index, String, Text, Uuid, bindparam, select, union
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import circulation, clock, directory, history
from engine.actions import reminder
from engine.circulation import Copy
from engine.db import Base, Utc
from engine.directory import Held
from engine.errors import Conflict, Forbidden, NotFound, Refused
from engine.history import Actor, Event, Kind
from engine.identifier import uuid7
from engine.ledger import Matter
from engine.usertask import UserTask

LONGEST = 1000
"""Characters of a comment."""
_QUOTED = 60                # characters of it in a message


class Comment(Base):
    """One comment of a post on a matter, perhaps at one of its steps, perhaps in reply to another."""

    __tablename__ = 'comment'
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    tenant: Mapped[str] = mapped_column(String(20))
    matter_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey('ledger.id'))
    task_id: Mapped[UUID | None] = mapped_column(Uuid)
    reply_to: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey('comment.id'))
    mentioned: Mapped[str] = mapped_column(String(80), default='')     # unit/post that was told
    text: Mapped[str] = mapped_column(Text)
    unit: Mapped[str] = mapped_column(String(40))
    post: Mapped[str] = mapped_column(String(20))
    written_by: Mapped[str] = mapped_column(String(160))
    written_at: Mapped[datetime] = mapped_column(Utc)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Utc)
    __table_args__ = (Index('comment_matter', 'matter_id', 'written_at'),)


_THREAD = select(Comment).where(Comment.matter_id == bindparam('matter')).order_by(Comment.written_at, Comment.id)
_MET = union(*(select(table.unit, table.post).where(table.matter_id == bindparam('matter'))
               for table in (UserTask, Copy, Comment)))


def thread(session: Session, matter_id: UUID) -> Sequence[Comment]:
    """What was said on a matter, in order."""
    return session.scalars(_THREAD, {'matter': matter_id}).all()


def audience(session: Session, matter: Matter) -> list[Held]:
    """Whom one can address beside a matter: those who have to do with it and may read it, in the order of lists."""
    tenant = directory.tenant(session, matter.tenant)
    day = clock.now(tenant).astimezone(clock.zone(tenant.zone)).date()
    units = {matter.lead_unit, matter.supervisor_unit, *(matter.co_units or '').split(',')}
    met = set(map(tuple, session.execute(_MET, {'matter': matter.id})))
    named = {matter.leader_post, matter.approver_post}
    return [seat for seat in circulation.seats(session, tenant.id, day)
            if seat[0] in units or seat in met or '/'.join(seat) in named]


def write(session: Session, matter_id: UUID, actor: Actor, text: str, *, task: UserTask | None = None,
          reply_to: UUID | None = None, mentioned: str = '') -> Comment:
    """Say something beside a matter, in the caller's writing session. The post that is mentioned, and the one that is
    answered, get a message.

    :raises Refused: nothing is said, or too much, or the post mentioned has nothing to do with the matter.
    :raises NotFound: what is answered is not there. :raises Conflict: it was taken back.
    """
    text = text.strip()
    matter = session.get(Matter, matter_id, with_for_update=True)      # before rows that point to it
    if not text or len(text) > LONGEST:
        raise Refused('留言要写1到{most}个字，现在有{count}个。', most=LONGEST, count=len(text))
    asked = _answered(session, matter_id, reply_to)
    if mentioned and tuple(mentioned.split('/')) not in audience(session, matter):
        raise Refused('“{post}”看不到这件事，请先抄送，再留言。',
                      post=directory.post_name(session, matter.tenant, mentioned))
    now = clock.now(directory.tenant(session, matter.tenant))
    row = Comment(id=uuid7(), tenant=matter.tenant, matter_id=matter_id, task_id=task.id if task else None,
                  reply_to=reply_to, mentioned=mentioned, text=text, unit=actor.unit, post=actor.post,
                  written_by=actor.said, written_at=now)
    session.add(row)
    session.flush()
    told = {mentioned, f'{asked.unit}/{asked.post}' if asked else ''} - {'', f'{actor.unit}/{actor.post}'}
    verb = '回复' if asked else '留言'
    reminder.tell(session, matter.tenant, sorted(told), f'{actor.said}{verb}：{_short(text)}', now, matter_id,
                  'comment')
    history.record_matter(session, matter_id, actor, Kind.COMMENT_WRITTEN, verb, {
        'comment': row.id.hex, 'fingerprint': history.fingerprint(text.encode()), 'told': sorted(told)},
        **circulation.at(task))
    return row


def _answered(session: Session, matter_id: UUID, key: UUID | None) -> Comment | None:
    if key is None:
        return None
    found = session.get(Comment, key)
    if found is None or found.matter_id != matter_id:
        raise NotFound('没有找到要回复的留言。')
    if found.withdrawn_at is not None:
        raise Conflict('这条留言刚刚撤回了，不能回复。')
    return found


def _short(text: str) -> str:
    line = ' '.join(text.split())
    return line if len(line) <= _QUOTED else f'{line[:_QUOTED]}…'


def withdraw(session: Session, comment_id: UUID, actor: Actor) -> Comment:
    """The post that said it takes it back, in the caller's writing session.

    :raises NotFound: there is no such comment. :raises Forbidden: another post said it.
    """
    row = session.get(Comment, comment_id)
    if row is None:
        raise NotFound('没有找到这条留言。')
    session.get(Matter, row.matter_id, with_for_update=True)       # who writes or takes back beside it waits here
    session.refresh(row)
    if (row.unit, row.post) != (actor.unit, actor.post):
        raise Forbidden('留言只能由留言的岗位撤回。')
    if row.withdrawn_at is None:
        row.withdrawn_at = clock.now(directory.tenant(session, row.tenant))
        session.flush()
        history.record_matter(session, row.matter_id, actor, Kind.COMMENT_WITHDRAWN, '撤回留言', {'comment': row.id.hex})
    return row


def altered(session: Session, matter_id: UUID, said: Iterable[Comment]) -> set[UUID]:
    """The comments whose words are not those that the trail has the fingerprints of."""
    kept = {}
    for data in session.scalars(select(Event.data).where(
            Event.chain == str(matter_id), Event.kind == Kind.COMMENT_WRITTEN)):
        event = orjson.loads(data)
        kept[event['comment']] = event['fingerprint']
    return {row.id for row in said if kept.get(row.id.hex) != history.fingerprint(row.text.encode())}
