"""提醒: a message in a post's inbox."""
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from marshmallow import fields
from marshmallow.validate import OneOf
from sqlalchemy import Index, Integer, String, Text, Uuid
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import outbox
from engine.actions import Act, action
from engine.db import Base, Utc
from engine.errors import Broken, said
from engine.history import Kind
from engine.identifier import uuid7
from engine.ledger import Matter
from engine.outbox import Note


class Message(Base):
    """One message to one post. It stands in for `stands_for` missed ones."""

    __tablename__ = 'message'
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    tenant: Mapped[str] = mapped_column(String(20))
    unit: Mapped[str] = mapped_column(String(40))
    post: Mapped[str] = mapped_column(String(20))
    matter_id: Mapped[UUID | None] = mapped_column(Uuid)
    text: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(10), default='reminder')  # one of contact.KINDS
    step: Mapped[str] = mapped_column(String(200), default='')         # where in the drawing it was sent
    stands_for: Mapped[int] = mapped_column(Integer, default=1)
    sent_at: Mapped[datetime] = mapped_column(Utc)
    read_at: Mapped[datetime | None] = mapped_column(Utc)
    __table_args__ = (Index('message_inbox', 'tenant', 'unit', 'post', 'sent_at'), Index('message_matter', 'matter_id'))


TELL = {'to': fields.String(load_default='', metadata={'label': '告知（单位/岗位，逗号隔开）'}),
        'text': fields.String(load_default='', metadata={'label': '告知内容'})}
"""Optional inputs of actions that also tell somebody."""
KIND = {'kind': fields.String(load_default='reminder', validate=OneOf(('reminder', 'due', 'overdue')),
                              metadata={'label': '类别：due快到期、overdue已超期、reminder其他'})}
"""Of what kind that is: the table `urgency` and everybody's own settings go by it."""


def send(act: Act, to: str, text: str, kind: str = 'reminder') -> None:
    """Put a message into the inbox of each post in `to` (``unit/post``, separated by commas).

    The same words to the same post are sent once in a step: what was missed is told once.
    """
    for address in filter(None, (part.strip() for part in to.split(','))):
        unit, _, post = address.partition('/')
        if not unit or not post or unit == 'None':
            raise Broken(said('提醒不知道发给谁：{address}', address=address), values={'to': to},
                         advice='写成 单位/岗位，如 ${lead_unit}/liaison')
        row = act.once(('message', unit, post, text), lambda: _row(act, unit, post, text, kind))
        row['stands_for'] = max(row['stands_for'], act.stands_for)


def _row(act: Act, unit: str, post: str, text: str, kind: str) -> dict:
    row = {'id': uuid7(), 'tenant': act.tenant, 'unit': unit, 'post': post, 'matter_id': act.matter_id, 'text': text,
           'kind': kind, 'step': act.step, 'stands_for': act.stands_for, 'sent_at': act.now, 'read_at': None}
    act.insert(Message.__table__, row)
    act.record(Kind.REMINDER_SENT, text, {'to': f'{unit}/{post}', 'stands_for': act.stands_for})
    return row


@action('reminder.send', '提醒', '在指定岗位的消息里放一条提醒；停机期间漏掉的多次合并成一次，并说明代替了几次。',
        to=fields.String(required=True, metadata={'label': '发给（单位/岗位，逗号隔开）'}),
        text=fields.String(required=True, metadata={'label': '内容'}), **KIND)
def remind(act: Act, to: str, text: str, kind: str) -> None:
    """A reminder: it asks, it never decides."""
    send(act, to, text, kind)


def tell(session: Session, tenant_id: str, addresses: Iterable[str], text: str, now: datetime,
         matter_id: UUID | None = None, kind: str = 'reminder') -> None:
    """Put a person's message into the inbox of each post (``unit/post``), each once, in the caller's writing session.

    Who wants to hear of its `kind` elsewhere (one of `contact.KINDS`) is told there, too.
    """
    rows = [{'id': uuid7(), 'tenant': tenant_id, 'unit': unit, 'post': post, 'matter_id': matter_id, 'text': text,
             'kind': kind, 'step': '', 'stands_for': 1, 'sent_at': now, 'read_at': None}
            for unit, _, post in (address.partition('/') for address in dict.fromkeys(addresses))]
    if rows:
        session.execute(Message.__table__.insert(), rows)
        matter = session.get(Matter, matter_id) if matter_id else None
        title, lead, due = (matter.title or '', matter.lead_unit, matter.due_at) if matter else ('', None, None)
        outbox.tell(session, tenant_id, [Note(kind, row['unit'], row['post'], title, lead, '', due, 'message',
                                              row['id']) for row in rows])
