"""封印 (the seal): whether the trail is whole, and whether what stands beside it is still what the trail says of it.

Issued documents and notices, points, words said, files attached, versions and the facts on the ledger stand in tables
of their own; the trail has their fingerprints and values. Who alters one of them there leaves the trail whole, and is
found here.
"""
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import deployment, document, history
from engine.attachment import Attachment, Content
from engine.comment import Comment
from engine.db import one_moment
from engine.deployment import Deployment, DeploymentFile, Resource
from engine.document import Document
from engine.errors import Broken, said
from engine.history import Event, Kind, Verdict
from engine.ledger import FACTS, Matter, fit
from engine.seal import penalty


_FOLLOWS = frozenset({'stage'})
"""Facts that follow from where a matter stands, mostly without an event of their own."""


def verify(session: Session, chain: str | None = None, tenant: str | None = None, *, contents: bool = False) -> Verdict:
    """As `history.verify`, and that what the events speak of is what is stored. ``contents``: read the bytes of all
    attachments, too; else they are looked at when they are given out (`attachment.opened`)."""
    with one_moment(session) as still:
        verdict = history.verify(still, chain, tenant)
        fault = verdict.fault or _fault(still, chain, tenant) or penalty.fault(still, chain, tenant) or (
            _in_files(still, chain, tenant) if contents else None)
    return replace(verdict, whole=fault is None, fault=fault)


def kept(session: Session, one: Document) -> bool:
    """Whether a document says what the trail says was issued, on the template of then."""
    told = select(Event.data).where(Event.tenant == one.tenant, Event.kind == Kind.DOCUMENT_ISSUED)
    if one.matter_id:
        told = told.where(Event.chain == str(one.matter_id))
    found = map(orjson.loads, session.scalars(told.where(Event.data.contains(one.id.hex))))
    return any(data['document'] == one.id.hex and data['hash'] == _digest(session, one) for data in found)


def _digest(session: Session, one: Document) -> str | None:
    template = session.scalar(select(Resource.content).join(
        DeploymentFile, DeploymentFile.resource_hash == Resource.hash).where(
            DeploymentFile.deployment_id == one.deployment_id, DeploymentFile.name == one.template + document.SUFFIX))
    return template and document.digest(template, one.content)


def _fault(session: Session, chain: str | None, tenant: str | None) -> str | None:
    """The first thing that is not as the events say."""
    query = select(Event.chain, Event.seq, Event.tenant, Event.kind, Event.data).where(
        Event.kind.in_(_LOOK)).order_by(Event.chain, Event.seq)
    if chain:
        query = query.where(Event.chain == chain)
    elif tenant:
        query = query.where(Event.tenant == tenant)
    with session.execute(query.execution_options(yield_per=2000)) as found:
        for name, events in groupby(found, attrgetter('chain')):
            fault = _of_chain(session, name, events)
            if fault:
                return fault
    return None


def _of_chain(session: Session, chain: str, events: Iterable[Any]) -> str | None:
    facts: dict[str, Any] = {}
    tenant = ''
    for event in events:
        tenant = event.tenant
        if not _LOOK[event.kind](session, orjson.loads(event.data), facts):
            return said('{chain} 第{n}条记的内容，现在存的和当时不一样', chain=chain, n=event.seq)
    return _of_ledger(session, chain, tenant, facts)


def _in_files(session: Session, chain: str | None, tenant: str | None) -> str | None:
    """The first attachment whose bytes are not those of its fingerprint, which is what the trail has."""
    query = select(Attachment.matter_id, Attachment.name, Attachment.fingerprint, Content.content).outerjoin(
        Content, Content.fingerprint == Attachment.fingerprint).order_by(Attachment.id)
    if chain:
        query = query.where(Attachment.matter_id == UUID(chain))
    elif tenant:
        query = query.where(Attachment.tenant == tenant)
    for row in session.execute(query.execution_options(yield_per=4)):
        if row.content is None or history.fingerprint(row.content) != row.fingerprint:
            return said('{chain} 的附件“{name}”，内容和轨迹上记的不一样', chain=row.matter_id, name=row.name)
    return None


def _document(session: Session, data: Mapping[str, Any], _: dict[str, Any]) -> bool:
    one = session.get(Document, UUID(data['document']))
    return one is not None and _digest(session, one) == data['hash']


def _attached(session: Session, data: Mapping[str, Any], _: dict[str, Any]) -> bool:
    row = session.get(Attachment, UUID(data['file']))
    return row is not None and row.fingerprint == data['fingerprint']


def _said(session: Session, data: Mapping[str, Any], _: dict[str, Any]) -> bool:
    row = session.get(Comment, UUID(data['comment']))
    return row is not None and history.fingerprint(row.text.encode()) == data['fingerprint']


def _deployed(session: Session, data: Mapping[str, Any], _: dict[str, Any]) -> bool:
    made = session.get(Deployment, data['deployment'])
    return made is not None and deployment.digest(deployment.files(session, made.id)) == data['hash'] == made.hash


def _changed(_: Session, data: Mapping[str, Any], facts: dict[str, Any]) -> bool:
    facts |= {name: change['new'] for name, change in data.items()
              if name in FACTS and name not in _FOLLOWS and isinstance(change, dict) and 'new' in change}
    return True


def _ended(_: Session, __: Mapping[str, Any], facts: dict[str, Any]) -> bool:
    """Who withdraws or cancels a matter closes it by this event alone."""
    facts.pop('result', None)
    facts.pop('closed_at', None)
    return True


def _of_ledger(session: Session, chain: str, tenant: str, facts: Mapping[str, Any]) -> str | None:
    """What the ledger says otherwise than the last event on it. A fact whose column has another shape now is left."""
    row = session.get(Matter, UUID(chain)) if facts else None
    if row is not None and row.tenant != tenant:
        return said('{chain} 台账上的{fact}与轨迹不符', chain=chain, fact='tenant')
    for name, value in facts.items():
        with suppress(Broken):
            if row is not None and getattr(row, name) != fit(FACTS[name], value):
                return said('{chain} 台账上的{fact}与轨迹不符', chain=chain, fact=name)
    return None


_LOOK: Mapping[str, Callable[[Session, Mapping[str, Any], dict[str, Any]], bool]] = {
    Kind.DOCUMENT_ISSUED: _document, Kind.FILE_ATTACHED: _attached, Kind.COMMENT_WRITTEN: _said,
    Kind.DEPLOYMENT_MADE: _deployed, Kind.FACT_CHANGED: _changed, Kind.LAMP_CHANGED: _changed,
    Kind.MATTER_WITHDRAWN: _ended, Kind.MATTER_CANCELLED: _ended}
