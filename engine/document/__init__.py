"""文书: what a matter's steps put on paper. A document is its template, of one version, and what it says: kept as it was
issued, never changed, filled in anew whenever somebody reads it.

What fills in and prints is drawn in by who needs it (`word`, `paper`, `template`): it takes long to load.
"""
from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Index, Integer, String, Uuid, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.db import Base, Json, Utc, written_once
from engine.document.content import Known, compose, paragraphs, spoken
from engine.document.vocabulary import NAMES, listed
from engine.errors import NotFound
from engine.identifier import uuid7

__all__ = ['BEFORE', 'NAMES', 'SUFFIX', 'Document', 'Known', 'compose', 'digest', 'drawn', 'earlier', 'find', 'issued',
           'listed', 'paragraphs', 'row', 'spoken']

SUFFIX = '.docx'
LONGEST, LONGEST_NUMBER = 300, 60


class Document(Base):
    """One issued document. Without a matter: one about many (通报)."""

    __tablename__ = 'document'
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    tenant: Mapped[str] = mapped_column(String(20))
    matter_id: Mapped[UUID | None] = mapped_column(Uuid)
    instance_id: Mapped[UUID] = mapped_column(Uuid)
    notice_id: Mapped[UUID | None] = mapped_column(Uuid)
    deployment_id: Mapped[int] = mapped_column(Integer)                # whose template it is filled into
    template: Mapped[str] = mapped_column(String(80))                  # the id of the Word file
    kind: Mapped[str] = mapped_column(String(20))                      # 督办 批复 通报, as drawn
    number: Mapped[str] = mapped_column(String(LONGEST_NUMBER))
    title: Mapped[str] = mapped_column(String(LONGEST))
    content: Mapped[Any] = mapped_column(Json)                         # every name of the template, and what it said
    hash: Mapped[str] = mapped_column(String(64))                      # of template and content; the trail has it, too
    issued_at: Mapped[datetime] = mapped_column(Utc)
    __table_args__ = (Index('document_list', 'tenant', 'issued_at'), Index('document_kind', 'tenant', 'kind', 'issued_at'),
                      Index('document_matter', 'matter_id', 'issued_at'),
                      Index('document_notice', 'notice_id'), Index('document_number', 'tenant', 'number'))


written_once(Document.__table__, '签发的文书不能修改或删除')

BEFORE = (select(Document.number, Document.kind, Document.content).order_by(Document.issued_at, Document.id))
"""What a further document says of those before it; to be narrowed to a matter."""


def earlier(rows: Iterable[Any]) -> list[dict[str, str]]:
    """The rows of BEFORE as a template lists them (前次文书)."""
    return [{'文号': one.number, '文种': one.kind, '日期': one.content['成文日期'], '限期': one.content['限期']} for one in rows]


def row(tenant: str, instance_id: UUID, deployment_id: int, files: Mapping[str, bytes], template: str,
        content: Mapping[str, Any], at: datetime, *, matter_id: UUID | None = None, notice_id: UUID | None = None
        ) -> dict[str, Any]:
    """A document that is about to be issued, ready to insert. `content` as `compose` gives it."""
    return {'id': uuid7(), 'tenant': tenant, 'matter_id': matter_id, 'instance_id': instance_id, 'notice_id': notice_id,
            'deployment_id': deployment_id, 'template': template, 'kind': content['文种'], 'number': content['文号'],
            'title': short(content['标题']), 'content': dict(content), 'hash': digest(files[template + SUFFIX], content),
            'issued_at': at}


def short(text: str, most: int = LONGEST) -> str:
    """On one line, as long as lists have room for; the paper has it whole."""
    line = text.replace('\a', ' ')
    return line if len(line) <= most else f'{line[:most - 1]}…'


def digest(template: bytes, content: Mapping[str, Any]) -> str:
    """What stands for a document on the trail: other words, or another template, have another."""
    return sha256(sha256(template).digest() + orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()


def issued(session: Session, matter_id: UUID) -> list[Document]:
    """The documents of a matter, the newest first."""
    return list(session.scalars(select(Document).where(Document.matter_id == matter_id)
                                .order_by(Document.issued_at.desc(), Document.id.desc())))


def find(session: Session, tenant_id: str, document_id: UUID) -> Document:
    """One document of a government. :raises NotFound: it has none of this id."""
    found = session.get(Document, document_id)
    if found is None or found.tenant != tenant_id:
        raise NotFound('没有找到这份文书。')
    return found


def drawn(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The Word templates among the files of a version, by their ids."""
    return {name.removesuffix(SUFFIX): content for name, content in files.items() if name.endswith(SUFFIX)}
