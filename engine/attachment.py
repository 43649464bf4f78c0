"""附件: files beside a matter. Nobody has to attach one; what is attached cannot be altered unnoticed.

The bytes stand in the database, once however often they are sent, so that a backup has them, and a file and its event
are written together. The trail has their fingerprint, by which they are found and, when given out, checked.
"""
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import orjson
from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, String, Uuid, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import circulation, clock, directory, history, upload, upsert
from engine.db import Base, Utc
from engine.errors import Forbidden, NotFound, Refused
from engine.history import Actor, Event, Kind
from engine.identifier import uuid7
from engine.ledger import Matter
from engine.upload import Upload
from engine.usertask import UserTask

MOST = 200
"""Files beside one matter."""


class Content(Base):
    """The bytes of a file, named by their fingerprint."""

    __tablename__ = 'attachment_content'
    fingerprint: Mapped[str] = mapped_column(String(80), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class Attachment(Base):
    """One file that a post attached to a matter, perhaps at one of its steps, perhaps in a field of its form."""

    __tablename__ = 'attachment'
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    tenant: Mapped[str] = mapped_column(String(20))
    matter_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey('ledger.id'))
    task_id: Mapped[UUID | None] = mapped_column(Uuid)
    field: Mapped[str] = mapped_column(String(80), default='')         # the field of the task's form; '' for none
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(10))                      # a key of upload.KINDS
    size: Mapped[int] = mapped_column(Integer)                         # bytes
    fingerprint: Mapped[str] = mapped_column(String(80), ForeignKey('attachment_content.fingerprint'))
    unit: Mapped[str] = mapped_column(String(40))
    post: Mapped[str] = mapped_column(String(20))
    attached_by: Mapped[str] = mapped_column(String(160))
    attached_at: Mapped[datetime] = mapped_column(Utc)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Utc)
    __table_args__ = (Index('attachment_matter', 'matter_id', 'attached_at'),)


_OF = select(Attachment).where(Attachment.matter_id == bindparam('matter')).order_by(Attachment.attached_at, Attachment.id)


def of(session: Session, matter_id: UUID) -> Sequence[Attachment]:
    """The files beside a matter, in the order in which they came; those that were taken back are among them."""
    return session.scalars(_OF, {'matter': matter_id}).all()


def attach(session: Session, matter_id: UUID, actor: Actor, files: Sequence[Upload], *, task: UserTask | None = None,
           field: str = '') -> list[Attachment]:
    """Put files that have passed `upload.check` beside a matter, in the caller's writing session: all or none.

    :raises Refused: there is none, there are too many, or one stands there already.
    """
    if not files:
        raise Refused('还没有选文件。')
    matter = session.get(Matter, matter_id, with_for_update=True)      # who attaches at the same time waits here
    there = [row for row in of(session, matter_id) if row.withdrawn_at is None]
    if len(there) + len(files) > MOST:
        raise Refused('一件事项最多附{most}个文件，已经有{count}个。', most=MOST, count=len(there))
    now, held = clock.now(directory.tenant(session, matter.tenant)), {(row.name, row.fingerprint) for row in there}
    rows = [_row(matter, actor, file, task, field, now, held) for file in files]
    _keep(session, {row.fingerprint: file.content for row, file in zip(rows, files, strict=True)})
    for row in rows:
        session.add(row)
        session.flush()
        history.record_matter(session, matter_id, actor, Kind.FILE_ATTACHED, f'附上{row.name}', {
            'file': row.id.hex, 'size': row.size, 'fingerprint': row.fingerprint}, **circulation.at(task))
    return rows


def _row(matter: Matter, actor: Actor, file: Upload, task: UserTask | None, field: str, now: datetime,
         held: set[tuple[str, str]]) -> Attachment:
    fingerprint = history.fingerprint(file.content)
    if (file.name, fingerprint) in held:
        raise Refused('“{name}”已经附过了，内容一模一样。', name=file.name)
    held.add((file.name, fingerprint))
    return Attachment(id=uuid7(), tenant=matter.tenant, matter_id=matter.id, task_id=task.id if task else None,
                      field=field, name=file.name, kind=file.kind, size=len(file.content), fingerprint=fingerprint,
                      unit=actor.unit, post=actor.post, attached_by=actor.said, attached_at=now)


def _keep(session: Session, contents: Mapping[str, bytes]) -> None:
    """Store the bytes that are not stored yet; another matter may get them at the same time, so in one order."""
    known = set(session.scalars(select(Content.fingerprint).where(Content.fingerprint.in_(contents))))
    upsert.keep(session, Content, [{'fingerprint': fingerprint, 'content': contents[fingerprint]}
                                   for fingerprint in sorted(contents.keys() - known)])


def opened(session: Session, attachment_id: UUID) -> tuple[Attachment, Upload]:
    """A file as it was attached.

    :raises NotFound: there is no such file, or it was taken back.
    :raises Refused: its bytes are not those that were attached.
    """
    row = session.get(Attachment, attachment_id)
    if row is None or row.withdrawn_at is not None:
        raise NotFound('没有找到这个附件，可能已经撤下。')
    content = session.scalar(select(Content.content).where(Content.fingerprint == row.fingerprint))
    if content is None or history.fingerprint(content) != _told(session, row):
        raise Refused('“{name}”的内容和轨迹上记的不一样，不能打开，请告诉运维员。', name=row.name)
    return row, Upload(row.name, row.kind, content)


def _told(session: Session, row: Attachment) -> str:
    """The fingerprint that the trail has of a file; '' where it has none."""
    told = map(orjson.loads, session.scalars(select(Event.data).where(
        Event.chain == str(row.matter_id), Event.kind == Kind.FILE_ATTACHED)))
    return next((data['fingerprint'] for data in told if data['file'] == row.id.hex), '')


def withdraw(session: Session, attachment_id: UUID, actor: Actor) -> Attachment:
    """The post that attached a file takes it back, in the caller's writing session; the bytes stay where they are.

    :raises NotFound: there is no such file. :raises Forbidden: another post attached it.
    """
    row = session.get(Attachment, attachment_id, with_for_update=True)
    if row is None:
        raise NotFound('没有找到这个附件。')
    if (row.unit, row.post) != (actor.unit, actor.post):
        raise Forbidden('附件只能由上传的岗位撤下。')
    if row.withdrawn_at is None:
        row.withdrawn_at = clock.now(directory.tenant(session, row.tenant))
        session.flush()
        history.record_matter(session, row.matter_id, actor, Kind.FILE_WITHDRAWN, f'撤下附件{row.name}',
                              {'file': row.id.hex})
    return row


def taken(files: Sequence[tuple[str, bytes]], most: int) -> list[Upload]:
    """Files as a browser sent them, each seen to be harmless and at most `most` bytes long.

    :raises Refused: one of them cannot be taken, see `upload.check`.
    """
    return [upload.check(name, content, upload.ATTACHMENTS, most) for name, content in files]
