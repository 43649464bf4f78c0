"""共享的流程: one bundle for many governments. A new shared version gives each that follows a version of its own, in which
its own files win; either all of them get theirs, or none.
"""
from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock, deployment, directory, following, history, publication, release
from engine.comparison.overlay import Overlay, overlay
from engine.deployment import Deployment
from engine.directory import Tenant
from engine.errors import Conflict, Refused, Undeployable
from engine.finding import REFUSE
from engine.following import SCOPE, Following
from engine.history import Actor, Kind
from engine.release import Proposal


class Outcome(NamedTuple):
    """What a shared version made of one government: its version in use (None where it has first to be approved: then
    ``proposal``), and its own files that were also changed in what is shared."""

    tenant: Tenant
    version: Deployment | None
    proposal: Proposal | None
    collisions: list[str]


def share(session: Session, given: Mapping[str, bytes], actor: Actor, note: str, *,
          only: bool = False) -> tuple[Deployment, list[Outcome]]:
    """A new shared version, and one for every government that follows; unchanged files make none. ``only``: the version
    has these files and no others.

    :raises Undeployable: the gate refuses the shared files. :raises Refused: they do not fit the own files of a
        government, which the sentence names; then nobody has got anything.
    """
    before = following.shared(session)
    kept = deployment.files(session, before.id) if before and not only else {}
    wanted = {**kept, **given}
    if before is not None and before.hash == deployment.digest(wanted):
        return before, []
    findings = [finding for finding in publication.judge(wanted) if finding.severity == REFUSE]
    if findings:
        raise Undeployable(findings)
    made = deployment.keep(session, SCOPE, wanted, actor.said, note, clock.utcnow())
    for tenant_id in session.scalars(select(Tenant.id).order_by(Tenant.id)).all():
        history.record(session, tenant_id, actor, Kind.SHARED_PUBLISHED, f'共享的流程出了第{made.number}版：{note or "没有写说明"}',
                       {'shared': made.number, 'hash': made.hash})
    return made, [_take(session, one, made, actor) for one in session.scalars(
        select(Following).order_by(Following.tenant)).all()]


def follow(session: Session, tenant: Tenant, actor: Actor) -> Outcome:
    """From now on a government has what is shared, with its own files in it.

    :raises Refused: nothing is shared yet, it follows already, or together they do not pass the gate.
    """
    directory.alone(session, tenant.id)
    newest = following.shared(session)
    if newest is None:
        raise Refused('还没有共享的流程，先用 duban deploy --shared 发布。')
    if following.find(session, tenant.id) is not None:
        raise Refused('{tenant}已经在用共享的流程。', tenant=tenant.name)
    made = Following(tenant=tenant.id, shared_id=None, since=clock.now(tenant), actor=actor.said)
    session.add(made)
    session.flush()
    history.record(session, tenant.id, actor, Kind.FOLLOWING_BEGUN, f'开始用共享的流程，第{newest.number}版',
                   {'shared': newest.number})
    return _take(session, made, newest, actor)


def unfollow(session: Session, tenant: Tenant, actor: Actor) -> None:
    """A government goes its own way; its files stay as they are. :raises Refused: it does so already."""
    directory.alone(session, tenant.id)
    row = following.find(session, tenant.id)
    if row is None:
        raise Refused('{tenant}没有在用共享的流程。', tenant=tenant.name)
    session.delete(row)
    session.flush()
    history.record(session, tenant.id, actor, Kind.FOLLOWING_ENDED, '不再用共享的流程，现有的文件都归本级', {})


def _take(session: Session, row: Following, made: Deployment, actor: Actor) -> Outcome:
    """A follower gets a shared version with his own files over it, as his next version or as a proposal."""
    tenant, current = directory.alone(session, row.tenant), deployment.current(session, row.tenant)
    base = deployment.files(session, row.shared_id) if row.shared_id else {}
    mine = deployment.files(session, current.id) if current else {}
    laid = overlay(base, mine, deployment.files(session, made.id))
    try:
        if release.asks_approval(session, tenant) and laid.files != mine:
            release.supersede(session, tenant, actor)
            return Outcome(tenant, None, release.propose(session, tenant, laid.files, actor, _note(made, laid),
                                                         shared_id=made.id), laid.collisions)
        version = publication.publish(session, tenant, laid.files, actor, _note(made, laid))
    except Conflict:
        raise
    except Undeployable as error:
        raise Refused('共享的流程没有发布：和{tenant}自己的文件放在一起有{count}处必须修改：{text}', tenant=tenant.name,
                      count=len(error.findings), text=error.values['text']) from error
    except Refused as error:
        raise Refused('共享的流程没有发布，{tenant}用不了：{why}', tenant=tenant.name, why=error.said) from error
    following.landed(session, tenant.id, made.id)
    return Outcome(tenant, version, None, laid.collisions)


def _note(made: Deployment, laid: Overlay) -> str:
    told = f'共享的流程第{made.number}版' + (f'：{made.note}' if made.note else '')
    return told + (f'（{"、".join(laid.collisions)}两边都改了，仍用本级的）' if laid.collisions else '')
