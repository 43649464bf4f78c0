"""提请发布: who wants which files in use and why, who lets them, from which day; on the trail, and never half.

Where a government asks for it (parameter ``release_approval``), another process owner than the proposer has to approve.
Every verb works in the caller's writing session. Matters that run keep the version that they began on.
"""
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from engine import clock, coverage, deployment, directory, history, parameter, publication
from engine.comparison.overlay import overlay
from engine.deployment import Deployment
from engine.directory import Tenant
from engine.errors import Conflict, Forbidden, Refused, Undeployable, listed
from engine.finding import REFUSE
from engine.history import Actor, Kind
from engine.release.effect import call_off, go, moved_on, today
from engine.release.proposal import (APPROVED, DONE, HELD, OPEN, RETURNED, WITHDRAWN, Proposal, files, find,
                                     next_number, proposals, put)

__all__ = ['APPROVED', 'DONE', 'HELD', 'OPEN', 'RETURNED', 'WITHDRAWN', 'Proposal', 'approve', 'asks_approval', 'files',
           'find', 'may_decide', 'moved_on', 'propose', 'proposals', 'publish', 'renew', 'restore', 'return_',
           'supersede', 'today', 'withdraw']

OWNER = 'owner'
_LONGEST, _FURTHEST = 500, 366


def asks_approval(session: Session, tenant: Tenant) -> bool:
    """Whether new versions of this government need a second process owner; the first version never does."""
    current = deployment.current(session, tenant.id)
    if current is None:
        return False
    bundle = deployment.bundle(session, current.id)
    if 'release_approval' not in bundle.parameters:
        return False
    param = parameter.reader(session, tenant, bundle)
    return param('release_approval') is True


def publish(session: Session, tenant: Tenant, given: Mapping[str, bytes], actor: Actor, note: str) -> Deployment:
    """A new version at once, without a proposal.

    :raises Forbidden: the government wants a second process owner to approve. :raises Undeployable, Conflict: as
        `publication.publish`.
    """
    if asks_approval(session, tenant):
        raise Forbidden('{tenant}发布新版要另一个流程管理员批准：请在网页上提请发布，或者用 duban release propose。', tenant=tenant.name)
    return publication.publish(session, tenant, given, actor, note)


def propose(session: Session, tenant: Tenant, given: Mapping[str, bytes], actor: Actor, note: str,
            effect_on: date | None = None, shared_id: int | None = None) -> Proposal:
    """Propose these files as the whole next version, from the start of a day on (None: at once).

    Where nobody else has to approve, it takes effect now or waits for its day. The same sent twice is one proposal.
    ``shared_id``: the shared version that it brings.

    :raises Refused: no reason is given, the day has come already or lies more than a year ahead, nothing changes, or
        the stories reach less than the government asks for.
    :raises Undeployable: the gate refuses something. :raises Conflict: somebody deployed at the same instant.
    """
    tenant = directory.alone(session, tenant.id)
    note, current = _note(note), deployment.current(session, tenant.id)
    _day(tenant, effect_on)
    if current is not None and current.hash == deployment.digest(given):
        raise Refused('和在用的第{number}版一模一样，没有要发布的。', number=current.number)
    if (known := _already(session, tenant, given, effect_on, actor)) is not None:
        return known
    asks = asks_approval(session, tenant)
    if asks or effect_on is not None:                                  # else it is judged when it is published
        _judge(session, tenant, given, current)
    made = _made(session, tenant, given, actor, base_id=current.id if current else None, note=note, effect_on=effect_on,
                 shared_id=shared_id)
    _tell(session, made, actor, Kind.RELEASE_PROPOSED, f'提请发布：{note}',
          {'effect_on': str(effect_on) if effect_on else None, 'base': current.number if current else None})
    if not asks:
        go(session, made, actor)
    return made


def _made(session: Session, tenant: Tenant, given: Mapping[str, bytes], actor: Actor, **columns: Any) -> Proposal:
    """The rows of a new proposal."""
    made = Proposal(tenant=tenant.id, number=next_number(session, tenant.id), hash='', state=OPEN,
                    proposed_at=clock.now(tenant), proposed_by=actor.said, account_id=actor.account_id, **columns)
    session.add(made)
    session.flush()
    put(session, made, dict(given))
    return made


def restore(session: Session, tenant: Tenant, old: Deployment, actor: Actor, note: str,
            effect_on: date | None = None) -> Proposal:
    """Propose the files of an older version once more. :raises Refused, Undeployable, Conflict: as `propose`."""
    return propose(session, tenant, deployment.files(session, old.id), actor, note, effect_on)


def approve(session: Session, tenant: Tenant, number: int, actor: Actor, opinion: str = '') -> Proposal:
    """Let a proposal take effect, at once or on its day.

    :raises Forbidden: the proposer, or who is no process owner. :raises Conflict: it is decided already, or another
        version is in use by now. :raises Undeployable: the gate refuses something by now.
    """
    proposal = _pending(session, tenant, number, OPEN)
    _decides(proposal, actor)
    if moved_on(session, proposal):
        raise Conflict('第{number}号提请以后，在用的版本变了，要先按现在的版本更新一次，再批准。', number=number)
    _decided(session, proposal, actor, opinion)
    _tell(session, proposal, actor, Kind.RELEASE_APPROVED, f'批准第{number}号提请', {'opinion': proposal.opinion})
    go(session, proposal, actor)
    return proposal


def return_(session: Session, tenant: Tenant, number: int, actor: Actor, opinion: str) -> Proposal:
    """Send a proposal back with what has to be mended; what it wanted can be proposed again.

    :raises Refused: without a word why. :raises Forbidden: as `approve`. :raises Conflict: it is decided already.
    """
    proposal = _pending(session, tenant, number, OPEN, APPROVED, HELD)
    _decides(proposal, actor)
    if not opinion.strip():
        raise Refused('写一句为什么退回、要改什么。')
    _decided(session, proposal, actor, opinion)
    return _ended(session, proposal, actor, RETURNED, Kind.RELEASE_RETURNED, f'退回第{number}号提请：{proposal.opinion}')


def withdraw(session: Session, tenant: Tenant, number: int, actor: Actor) -> Proposal:
    """Take one's own proposal back before it takes effect.

    :raises Forbidden: somebody else's. :raises Conflict: it is decided already.
    """
    proposal = _pending(session, tenant, number, OPEN, APPROVED, HELD)
    if not _same(proposal, actor):
        raise Forbidden('第{number}号是{who}提请的，只有提请的人能撤回；别人可以退回。', number=number, who=proposal.proposed_by)
    return _ended(session, proposal, actor, WITHDRAWN, Kind.RELEASE_WITHDRAWN, f'撤回第{number}号提请')


def supersede(session: Session, tenant: Tenant, actor: Actor) -> None:
    """Proposals that bring an older shared version make way for a newer one."""
    for proposal in proposals(session, tenant.id):
        if proposal.pending and proposal.shared_id is not None:
            _ended(session, proposal, actor, WITHDRAWN, Kind.RELEASE_WITHDRAWN, f'有了更新的共享版本，撤回第{proposal.number}号提请')


def renew(session: Session, tenant: Tenant, number: int, actor: Actor) -> Proposal:
    """Lay what a proposal changes over the version that is in use by now; then it goes on as if proposed anew.

    :raises Refused: both changed the same file; the sentence names it. :raises Undeployable: together they do not pass
        the gate. :raises Conflict: it is decided already.
    """
    proposal = _pending(session, tenant, number, OPEN, APPROVED, HELD)
    current = deployment.current(session, tenant.id)
    laid = overlay(_files(session, proposal.base_id), files(session, proposal), _files(session, current.id))
    if laid.collisions:
        raise Refused('{names}在提请以后被别人也改了，合不到一起。请撤回，在现在的版本上另起一稿。', names=listed(laid.collisions))
    _judge(session, tenant, laid.files, current)
    call_off(session, proposal)
    put(session, proposal, laid.files)
    proposal.base_id, proposal.state, proposal.trouble = current.id, OPEN, ''
    _tell(session, proposal, actor, Kind.RELEASE_RENEWED, f'第{number}号提请按第{current.number}版更新',
          {'base': current.number})
    if not asks_approval(session, tenant):
        go(session, proposal, actor)
    return proposal


def may_decide(proposal: Proposal, actor: Actor) -> bool:
    """Whether this person may approve or return the proposal: a process owner who is not its proposer."""
    return actor.post == OWNER and not _same(proposal, actor)


def _same(proposal: Proposal, actor: Actor) -> bool:
    """Two accounts are two people; where one of the two has none, two posts are."""
    if proposal.account_id is not None and actor.account_id is not None:
        return proposal.account_id == actor.account_id
    return proposal.proposed_by == actor.said


def _decides(proposal: Proposal, actor: Actor) -> None:
    if actor.post != OWNER:
        raise Forbidden('批准和退回提请由流程管理员办；用命令行时加 --as 单位/owner。')
    if _same(proposal, actor):
        raise Forbidden('提请的人不能自己批准或退回，请另一个流程管理员办；自己不要了可以撤回。')


def _pending(session: Session, tenant: Tenant, number: int, *states: str) -> Proposal:
    directory.alone(session, tenant.id)                  # before the proposal: what is in use stays so until it is decided
    proposal = find(session, tenant.id, number, lock=True)
    if proposal.state not in states:
        raise Conflict('第{number}号提请{said}，不能再这样办。', number=number, said=proposal.said)
    return proposal


def _note(note: str) -> str:
    note = ' '.join(note.split())
    if not note:
        raise Refused('写一句为什么改。')
    if len(note) > _LONGEST:
        raise Refused('为什么改，最多写{most}个字，您写了{count}个。', most=_LONGEST, count=len(note))
    return note


def _day(tenant: Tenant, effect_on: date | None) -> None:
    if effect_on is None:
        return
    if effect_on <= today(tenant):
        raise Refused('生效日要在今天（{today}）以后，您写的是{day}；马上生效就不写日子。', today=today(tenant), day=effect_on)
    if (effect_on - today(tenant)).days > _FURTHEST:
        raise Refused('生效日最远到一年以后，您写的是{day}。', day=effect_on)


def _already(session: Session, tenant: Tenant, given: Mapping[str, bytes], effect_on: date | None,
             actor: Actor) -> Proposal | None:
    """The very same, sent twice by the same person."""
    key = deployment.digest(given)
    return next((one for one in proposals(session, tenant.id) if one.pending and one.hash == key
                 and one.effect_on == effect_on and _same(one, actor)), None)


def _judge(session: Session, tenant: Tenant, given: Mapping[str, bytes], current: Deployment | None) -> None:
    findings = [finding for finding in publication.judge(given) if finding.severity == REFUSE]
    if findings:
        raise Undeployable(findings)
    coverage.ask(session, tenant, given, current)


def _files(session: Session, deployment_id: int | None) -> dict[str, bytes]:
    return {} if deployment_id is None else deployment.files(session, deployment_id)


def _decided(session: Session, proposal: Proposal, actor: Actor, opinion: str) -> None:
    proposal.decided_at, proposal.decided_by = clock.now(session.get(Tenant, proposal.tenant)), actor.said
    proposal.opinion = ' '.join(opinion.split())[:_LONGEST]


def _ended(session: Session, proposal: Proposal, actor: Actor, state: str, kind: Kind, said: str) -> Proposal:
    proposal.state = state
    call_off(session, proposal)
    session.flush()
    _tell(session, proposal, actor, kind, said, {'opinion': proposal.opinion})
    return proposal


def _tell(session: Session, proposal: Proposal, actor: Actor, kind: Kind, said: str, data: dict) -> None:
    session.flush()
    history.record(session, proposal.tenant, actor, kind, said,
                   {'proposal': proposal.number, 'hash': proposal.hash, 'note': proposal.note, **data})
