"""A proposal takes effect: at once, or by the worker at the start of its day, once, whoever is killed meanwhile."""
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import bindparam, delete
from sqlalchemy.orm import Session

from engine import clock, deployment, directory, following, history, job, publication
from engine.directory import Tenant
from engine.errors import Conflict, Refused, said
from engine.history import TIMER, Actor, Kind
from engine.identifier import uuid7
from engine.job import JOB, Job
from engine.plan import Plan
from engine.release.proposal import APPROVED, DONE, HELD, Proposal, files

KIND = 'release'
_DONE = JOB.delete().where(JOB.c.id == bindparam('b_id'))


def today(tenant: Tenant) -> date:
    """The day that it is in the government."""
    return clock.now(tenant).astimezone(clock.zone(tenant.zone)).date()


def go(session: Session, proposal: Proposal, actor: Actor) -> None:
    """Nothing stands in the way any more: it takes effect now, or waits for its day.

    :raises Undeployable: the gate refuses something. :raises Conflict: somebody deployed at the same instant.
    """
    tenant = session.get(Tenant, proposal.tenant)
    if proposal.effect_on is None or proposal.effect_on <= today(tenant):
        _publish(session, tenant, proposal, actor)
        return
    proposal.state = APPROVED
    begins = datetime.combine(proposal.effect_on, time(), clock.zone(tenant.zone))
    session.add(Job(id=uuid7(), tenant=tenant.id, kind=KIND, data={'proposal': proposal.id}, tries=0, due_at=begins))
    session.flush()


def call_off(session: Session, proposal: Proposal) -> None:
    """It waits for its day no longer."""
    session.execute(delete(Job).where(Job.tenant == proposal.tenant, Job.kind == KIND,
                                      Job.data == {'proposal': proposal.id}))


def moved_on(session: Session, proposal: Proposal) -> bool:
    """Whether another version is in use than the one on which the proposal was thought out."""
    current = deployment.current(session, proposal.tenant)
    return (current.id if current else None) != proposal.base_id


def _publish(session: Session, tenant: Tenant, proposal: Proposal, actor: Actor) -> None:
    made = publication.publish(session, tenant, files(session, proposal), actor, proposal.note)
    proposal.state, proposal.deployment_id, proposal.trouble = DONE, made.id, ''
    if proposal.shared_id is not None:
        following.landed(session, tenant.id, proposal.shared_id)
    session.flush()


class _Effect(Plan):
    """What a worker does on the day: the job and the new version go and come in one transaction."""

    def __init__(self, tenant_id: str, proposal_id: int) -> None:
        super().__init__()
        self.tenant_id, self.proposal_id = tenant_id, proposal_id

    def flush(self, session: Session) -> None:
        """Write it. :raises Conflict: another worker has done it."""
        directory.alone(session, self.tenant_id)         # before the job and the proposal, as who decides
        super().flush(session)
        proposal = session.get(Proposal, self.proposal_id, with_for_update=True, populate_existing=True)
        if proposal.state == APPROVED:
            _on_its_day(session, proposal)


def _on_its_day(session: Session, proposal: Proposal) -> None:
    if moved_on(session, proposal):
        hold(session, proposal, said('提请以后，在用的版本变了。'))
        return
    try:
        with session.begin_nested():
            _publish(session, session.get(Tenant, proposal.tenant), proposal, TIMER)
    except Conflict:
        raise
    except Refused as refusal:
        hold(session, proposal, refusal.said)


def hold(session: Session, proposal: Proposal, why: str) -> None:
    """It does not take effect; its proposer has to look at it again."""
    session.refresh(proposal)
    proposal.state, proposal.trouble = HELD, why
    session.flush()
    history.record(session, proposal.tenant, TIMER, Kind.RELEASE_HELD, f'第{proposal.number}号提请没有生效：{why}',
                   {'proposal': proposal.number})


def _carry(_session: Session, row: Mapping[str, Any]) -> Plan:
    """The job of a proposal."""
    plan = _Effect(row['tenant'], row['data']['proposal'])
    plan.check(_DONE, {'b_id': row['id']})
    return plan


job.carriers[KIND] = _carry
