"""提请: files that somebody wants in use, why, and from which day; what became of it."""
from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Integer, String, Text, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import deployment
from engine.db import Base, Utc
from engine.deployment import Resource
from engine.errors import NotFound, said
from engine.speech import Spoken

OPEN, APPROVED, HELD, RETURNED, WITHDRAWN, DONE = 'open', 'approved', 'held', 'returned', 'withdrawn', 'done'
PENDING = OPEN, APPROVED, HELD
WORDS = {OPEN: said('等批准'), APPROVED: said('等生效'), HELD: said('要再看一遍'), RETURNED: said('已退回'), WITHDRAWN: said('已撤回'),
         DONE: said('已生效')}


class Proposal(Base):
    """One proposal. Its files stand in `proposal_file`; moments are the tenant's."""

    __tablename__ = 'proposal'
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    tenant: Mapped[str] = mapped_column(String(20))
    number: Mapped[int] = mapped_column(Integer)                       # 第几号, counted per tenant
    base_id: Mapped[int | None] = mapped_column(ForeignKey('deployment.id'))   # in use when it was last looked at
    hash: Mapped[str] = mapped_column(String(64))                      # of the bundle, as `deployment.digest`
    note: Mapped[str] = mapped_column(Text)
    effect_on: Mapped[date | None] = mapped_column(Date)               # None: at once
    state: Mapped[str] = mapped_column(String(10))                     # see WORDS
    proposed_at: Mapped[datetime] = mapped_column(Utc)
    proposed_by: Mapped[str] = mapped_column(String(160))
    account_id: Mapped[int | None] = mapped_column(Integer)            # the proposer's; None: from the command line
    decided_at: Mapped[datetime | None] = mapped_column(Utc)
    decided_by: Mapped[str] = mapped_column(String(160), default='')
    opinion: Mapped[str] = mapped_column(Text, default='')
    trouble: Mapped[str] = mapped_column(Spoken, default='')             # why it has to be looked at again
    deployment_id: Mapped[int | None] = mapped_column(ForeignKey('deployment.id'))   # what came of it
    shared_id: Mapped[int | None] = mapped_column(ForeignKey('deployment.id'))       # the shared version that it brings
    __table_args__ = (UniqueConstraint('tenant', 'number'),)

    @property
    def said(self) -> str:
        """How the proposal stands: 等批准."""
        return WORDS[self.state]

    @property
    def pending(self) -> bool:
        """Whether something can still become of it."""
        return self.state in PENDING


class ProposalFile(Base):
    """One file of a proposal."""

    __tablename__ = 'proposal_file'
    proposal_id: Mapped[int] = mapped_column(ForeignKey('proposal.id'), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    resource_hash: Mapped[str] = mapped_column(ForeignKey('resource.hash'))


def proposals(session: Session, tenant_id: str) -> list[Proposal]:
    """All proposals of a tenant, newest first."""
    return list(session.scalars(select(Proposal).where(Proposal.tenant == tenant_id).order_by(Proposal.number.desc())))


def find(session: Session, tenant_id: str, number: int, *, lock: bool = False) -> Proposal:
    """The proposal of this number; ``lock`` for who is about to change it.

    :raises NotFound: there is none.
    """
    query = select(Proposal).where(Proposal.tenant == tenant_id, Proposal.number == number)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(query)
    if found is None:
        raise NotFound('没有第{number}号提请。', number=number)
    return found


def files(session: Session, proposal: Proposal) -> dict[str, bytes]:
    """The whole bundle that is proposed."""
    rows = session.execute(select(ProposalFile.name, Resource.content).join(
        Resource, Resource.hash == ProposalFile.resource_hash).where(ProposalFile.proposal_id == proposal.id))
    return {name: content for name, content in sorted(rows)}


def put(session: Session, proposal: Proposal, given: dict[str, bytes]) -> None:
    """Make these the files of a proposal."""
    hashes = deployment.store(session, given)
    session.query(ProposalFile).where(ProposalFile.proposal_id == proposal.id).delete()
    session.add_all(ProposalFile(proposal_id=proposal.id, name=name, resource_hash=one) for name, one in hashes.items())
    proposal.hash = deployment.digest(given)
    session.flush()


def next_number(session: Session, tenant_id: str) -> int:
    """The number of a tenant's next proposal."""
    return 1 + (session.scalar(select(func.max(Proposal.number)).where(Proposal.tenant == tenant_id)) or 0)
