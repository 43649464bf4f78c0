"""Bundles and versions: what was deployed, kept by content, and read once per process and content."""
from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from threading import Lock
from typing import Any

from sqlalchemy import ForeignKey, Integer, LargeBinary, String, Text, UniqueConstraint, bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock, decision, definition, directory, form, gate, schedule, upsert
from engine.db import Base, Utc
from engine.definition import Definition
from engine.errors import Conflict, NotFound, Undeployable
from engine.finding import REFUSE
from engine.gate import source
from engine.normalise import normalise
from engine.remember import changing, remember
from engine.xml import parse_xml

_MOST_KEPT = 64


class Resource(Base):
    """The bytes of one file, kept once however many versions hold it."""

    __tablename__ = 'resource'
    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class Deployment(Base):
    """A version of a tenant's diagrams, tables and forms. Never changed, never deleted: matters run on it."""

    __tablename__ = 'deployment'
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    tenant: Mapped[str] = mapped_column(String(20))
    number: Mapped[int] = mapped_column(Integer)                       # 第几版, counted per tenant
    hash: Mapped[str] = mapped_column(String(64))                      # of the bundle: names and contents
    deployed_at: Mapped[datetime] = mapped_column(Utc)
    actor: Mapped[str] = mapped_column(String(160))
    note: Mapped[str] = mapped_column(Text, default='')
    __table_args__ = (UniqueConstraint('tenant', 'number'),)


class DeploymentFile(Base):
    """One file of a version."""

    __tablename__ = 'deployment_file'
    deployment_id: Mapped[int] = mapped_column(ForeignKey('deployment.id'), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    resource_hash: Mapped[str] = mapped_column(ForeignKey('resource.hash'))


@dataclass(frozen=True)
class Bundle:
    """A set of files that belong together, as read. Shared by all threads: nobody changes it.

    ``parameters`` are the rows of the table of that name by parameter name, each a dict of its outputs
    (value, label, unit); ``variables`` the names that forms, tables and scripts write, so that one which is
    not written yet can be told from a slip of the pen.
    """

    hash: str
    files: Mapping[str, bytes]
    processes: Mapping[str, Definition]
    tables: Mapping[str, decision.Decision]
    forms: Mapping[str, form.Form]
    parameters: Mapping[str, Mapping[str, Any]]
    variables: frozenset[str]

    @property
    def lifecycle(self) -> Definition | None:
        """The process that a matter goes through from end to end: the one that is drawn with stages."""
        return next((process for process in self.processes.values() if process.stages), None)


_bundles: OrderedDict[str, Bundle] = OrderedDict()
_lock = Lock()


def digest(files: Mapping[str, bytes]) -> str:
    """The hash of a bundle: the same for the same names and contents, in whatever order they come."""
    return _digest({name: sha256(content).hexdigest() for name, content in files.items()})


def _digest(hashes: Mapping[str, str]) -> str:
    total = sha256()
    for name in sorted(hashes):
        total.update(f'{name}\0{hashes[name]}\n'.encode())
    return total.hexdigest()


def read(files: Mapping[str, bytes]) -> Bundle:
    """The bundle of these files, read once per process (of the machine) and content.

    Judges nothing: what an older gate let through still loads. Files of other kinds are kept, not looked at.

    :raises Refused: a diagram, table or form cannot be read at all.
    """
    key = digest(files)
    found = _kept(key)
    return found or _keep(_read(key, files))


def _kept(key: str) -> Bundle | None:
    with _lock:
        if key in _bundles:
            _bundles.move_to_end(key)
        return _bundles.get(key)


def _keep(bundle: Bundle) -> Bundle:
    with _lock:
        bundle = _bundles.setdefault(bundle.hash, bundle)
        while len(_bundles) > _MOST_KEPT:
            _bundles.popitem(last=False)
        return bundle


def _read(key: str, files: Mapping[str, bytes]) -> Bundle:
    processes, tables, forms = {}, {}, {}
    for name in sorted(files):
        kind = source.suffix(name)
        if kind == '.bpmn':
            tree, _ = normalise(parse_xml(files[name], name), name)
            process = definition.read(tree)
            processes[process.id] = process
        elif kind == '.dmn':
            tables |= decision.parse(files[name], name).decisions
        elif kind == '.form':
            one = form.parse(files[name], name)
            forms[one.id] = one
    rows = gate.parameters(tables['parameters']) if 'parameters' in tables else {}
    return Bundle(key, dict(files), processes, tables, forms, rows,
                  gate.written(processes.values(), forms, tables))


def deploy(session: Session, tenant_id: str, files: Mapping[str, bytes], actor: str, note: str, now: datetime,
           topics: Mapping[str, Mapping], facts: Collection[str]) -> Deployment:
    """A new version of a tenant's bundle; the current one if nothing changed. ``now`` is the tenant's time.

    Matters that run keep the version that they began on; processes that begin at a time begin on the new one.
    ``topics`` and ``facts`` as for `gate.check`.

    :raises Undeployable: the gate refuses something; nothing is written.
    :raises Conflict: somebody deployed at the same instant.
    """
    key = digest(files)
    latest = current(session, tenant_id)
    if latest is not None and latest.hash == key:
        return latest
    findings = [finding for finding in gate.check(files, topics, facts) if finding.severity == REFUSE]
    if findings:
        raise Undeployable(findings)
    schedule.arm(session, tenant_id, read(files), now)
    return keep(session, tenant_id, files, actor, note, now)


def keep(session: Session, tenant_id: str, files: Mapping[str, bytes], actor: str, note: str,
         now: datetime) -> Deployment:
    """The next version of a tenant, without judging it and without setting its timers.

    :raises Conflict: somebody deployed at the same instant.
    """
    changing(session, 'deployment', '')
    latest, hashes = current(session, tenant_id), store(session, files)
    made = Deployment(tenant=tenant_id, number=latest.number + 1 if latest else 1, hash=digest(files), deployed_at=now,
                      actor=actor, note=note)
    session.add(made)
    try:
        session.flush()
        session.add_all(DeploymentFile(deployment_id=made.id, name=name, resource_hash=one)
                        for name, one in hashes.items())
        session.flush()
    except IntegrityError as error:
        raise Conflict('刚刚有人发布了新版本，请刷新后再发布。') from error
    return made


def store(session: Session, files: Mapping[str, bytes]) -> dict[str, str]:
    """Keep the contents of files, each once, also where another government keeps the same at this instant; the hash of
    each by its name."""
    contents = {sha256(content).hexdigest(): content for content in files.values()}
    known = set(session.scalars(select(Resource.hash).where(Resource.hash.in_(set(contents)))))
    upsert.keep(session, Resource, [{'hash': one, 'content': contents[one]} for one in sorted(contents.keys() - known)])
    return {name: sha256(content).hexdigest() for name, content in files.items()}


def bundle(session: Session, deployment_id: int) -> Bundle:
    """The bundle of a version. Reads nothing from the database once this process knows the version.

    :raises NotFound: there is no such version.
    """
    key = remember(session, 'deployment', '', deployment_id, lambda: _hash(session, deployment_id))
    return _kept(key) or read(files(session, deployment_id))


def _hash(session: Session, deployment_id: int) -> str:
    key = session.scalar(select(Deployment.hash).where(Deployment.id == deployment_id))
    if key is None:
        raise NotFound('没有编号为{id}的版本。', id=deployment_id)
    return key


def files(session: Session, deployment_id: int) -> dict[str, bytes]:
    """The files of a version by name, byte for byte as they were deployed."""
    rows = session.execute(select(DeploymentFile.name, Resource.content).join(
        Resource, Resource.hash == DeploymentFile.resource_hash).where(
            DeploymentFile.deployment_id == deployment_id))
    return {name: content for name, content in sorted(rows)}


def hashes(session: Session, deployment_id: int) -> dict[str, str]:
    """The hash of each file of a version by name; equal ones are equal byte for byte."""
    return dict(session.execute(select(DeploymentFile.name, DeploymentFile.resource_hash).where(
        DeploymentFile.deployment_id == deployment_id).order_by(DeploymentFile.name)).all())


def differing(session: Session, old_id: int, new_id: int) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """The files of two versions that are not the same in both; no other is read."""
    old, new = hashes(session, old_id), hashes(session, new_id)
    only = [{name: one for name, one in mine.items() if other.get(name) != one}
            for mine, other in ((old, new), (new, old))]
    wanted = {one for each in only for one in each.values()}
    contents = dict(session.execute(select(Resource.hash, Resource.content).where(Resource.hash.in_(wanted))).all())
    return tuple({name: contents[one] for name, one in each.items()} for each in only)


_CURRENT = select(Deployment).where(Deployment.tenant == bindparam('tenant')).order_by(Deployment.number.desc()).limit(1)


def current(session: Session, tenant_id: str) -> Deployment | None:
    """The version on which new matters of a tenant begin; None before the first."""
    return session.scalar(_CURRENT, {'tenant': tenant_id})


def follow(session: Session, tenant_id: str) -> int:
    """Let processes that begin at a time follow a changed calendar or parameter, in the caller's writing session; how
    many now begin at another time."""
    tenant = directory.alone(session, tenant_id)         # before the jobs, as who publishes
    made, now = current(session, tenant_id), clock.now(tenant)
    return schedule.follow(session, tenant_id, bundle(session, made.id), now) if made else 0


def numbered(session: Session, tenant_id: str, number: str) -> Deployment | None:
    """The version of a tenant that has this number; None where there is none."""
    return session.scalar(select(Deployment).where(Deployment.tenant == tenant_id, Deployment.number == int(number))
                          ) if number.isdecimal() and len(number) < 10 else None


def versions(session: Session, tenant_id: str) -> list[Deployment]:
    """All versions of a tenant, newest first."""
    return list(session.scalars(select(Deployment).where(Deployment.tenant == tenant_id)
                                .order_by(Deployment.number.desc())))
