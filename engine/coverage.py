"""Coverage: what of a bundle's drawings and tables its stories reached, kept by bundle, and the least that is asked."""
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Boolean, Integer, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock, deployment, parameter, story, upsert
from engine.db import Base, Json, Utc
from engine.deployment import Bundle, Deployment
from engine.directory import Tenant
from engine.errors import Refused, listed
from engine.gate import source
from engine.speech import Spoken

_KEPT = timedelta(days=30)                  # of the proofs of bundles that were never published
_MOST_NAMED = 3


class Marks(NamedTuple):
    """What tellings touched, as texts: ``process element`` for nodes and flows, ``table row`` for rows of tables."""

    nodes: frozenset[str] = frozenset()
    flows: frozenset[str] = frozenset()
    rows: frozenset[str] = frozenset()

    def __or__(self, other: 'Marks') -> 'Marks':
        return Marks(self.nodes | other.nodes, self.flows | other.flows, self.rows | other.rows)

    def as_data(self) -> dict[str, list[str]]:
        """For a row or a file."""
        return {name: sorted(several) for name, several in self._asdict().items()}


class Proof(Base):
    """How one story of one bundle came out, told for one government; the newest telling counts."""

    __tablename__ = 'proof'
    tenant: Mapped[str] = mapped_column(String(20), primary_key=True)
    bundle: Mapped[str] = mapped_column(String(64), primary_key=True)  # the hash of its files
    story: Mapped[str] = mapped_column(String(200), primary_key=True)
    holds: Mapped[bool] = mapped_column(Boolean)
    line: Mapped[int | None] = mapped_column(Integer, nullable=True)   # the first that does not hold
    why: Mapped[str] = mapped_column(Spoken, default='')
    marks: Mapped[Any] = mapped_column(Json)
    told_at: Mapped[datetime] = mapped_column(Utc)                     # the real time


class Share(NamedTuple):
    """So many of so many; ``missing`` are the ids of the others."""

    reached: int
    total: int
    missing: tuple[str, ...] = ()

    @classmethod
    def of(cls, there: Iterable[str], reached: Iterable[str]) -> 'Share':
        """What of `there` was reached."""
        several, met = list(there), set(reached)
        missing = tuple(one for one in several if one not in met)
        return cls(len(several) - len(missing), len(several), missing)

    @property
    def percent(self) -> int:
        """Rounded down: 100 means all."""
        return 100 * self.reached // self.total if self.total else 100


@dataclass(frozen=True)
class Coverage:
    """``nodes`` and ``flows`` by process, ``rows`` by table. ``marks``: what is drawn and reached."""

    nodes: Mapping[str, Share]
    flows: Mapping[str, Share]
    rows: Mapping[str, Share]
    marks: Marks

    @property
    def whole(self) -> Share:
        """Nodes, flows and rows together."""
        several = [share for kind in (self.nodes, self.flows, self.rows) for share in kind.values()]
        return Share(sum(one.reached for one in several), sum(one.total for one in several))

    def total(self, kind: str) -> Share:
        """All `nodes`, all `flows` or all `rows`."""
        several = getattr(self, kind).values()
        return Share(sum(one.reached for one in several), sum(one.total for one in several))

    def walk(self, process: str) -> dict[str, Any]:
        """What was reached of one process, as the viewer draws it."""
        nodes, flows = (_own(several, process) for several in (self.marks.nodes, self.marks.flows))
        return {'nodes': dict.fromkeys(nodes, 1), 'flows': flows, 'now': []}

    def as_data(self) -> dict[str, Any]:
        """For --json."""
        return {'percent': self.whole.percent, **{kind: {name: share._asdict() for name, share in getattr(
            self, kind).items()} for kind in ('nodes', 'flows', 'rows')}}


def measured(bundle: Bundle, marks: Marks) -> Coverage:
    """What marks reach of a bundle. The table of parameters has values, not rules, and is not counted."""
    nodes, flows = {}, {}
    met, walked = set(), set()
    for name, process in bundle.processes.items():
        taken = _own(marks.flows, name)
        ends = [end for flow in taken if flow in process.flows
                for end in (process.flows[flow].source, process.flows[flow].target)]
        drawn = [one.id for one in process.elements.values() if not one.inserted]
        lines = [one.id for one in process.flows.values() if not one.inserted]
        nodes[name] = Share.of(drawn, [*_own(marks.nodes, name), *ends])
        flows[name] = Share.of(lines, taken)
        met |= {f'{name} {one}' for one in drawn if one not in nodes[name].missing}
        walked |= {f'{name} {one}' for one in lines if one not in flows[name].missing}
    rows = {name: Share.of((str(rule.number) for rule in one.table.rules), _own(marks.rows, one.table.id))
            for name, one in bundle.tables.items() if one.table and name != parameter.TOPIC}
    return Coverage(nodes, flows, rows, Marks(frozenset(met), frozenset(walked), marks.rows))


def _own(marks: Iterable[str], name: str) -> list[str]:
    return sorted(mark[len(name) + 1:] for mark in marks if mark.startswith(f'{name} '))


def keep(session: Session, tenant_id: str, bundle: str, story: str, marks: Marks,
         failed: tuple[int, str] | None) -> None:
    """Write down how a story came out; ``failed`` is the line and why. Proofs of old drafts are forgotten."""
    line, why = failed or (None, '')
    upsert.put(session, Proof, tenant=tenant_id, bundle=bundle, story=story, holds=failed is None, line=line, why=why,
               marks=marks.as_data(), told_at=clock.utcnow())
    published = select(Deployment.hash).where(Deployment.tenant == tenant_id)
    session.execute(delete(Proof).where(Proof.tenant == tenant_id, Proof.told_at < clock.utcnow() - _KEPT,
                                        Proof.bundle.not_in(published)).execution_options(synchronize_session=False))


def forget(session: Session, tenant_id: str, bundle: str) -> None:
    """Nothing is known any more of how the stories of a bundle come out."""
    session.execute(delete(Proof).where(Proof.tenant == tenant_id, Proof.bundle == bundle))


def proofs(session: Session, tenant_id: str, bundle: str) -> dict[str, Proof]:
    """How the stories of a bundle came out, by their files; those never told are not there."""
    return {one.story: one for one in session.scalars(
        select(Proof).where(Proof.tenant == tenant_id, Proof.bundle == bundle))}


def of(bundle: Bundle, found: Iterable[Proof]) -> Coverage:
    """What the kept proofs of a bundle reach together."""
    marks = Marks()
    for one in found:
        marks |= Marks(*(frozenset(one.marks[name]) for name in Marks._fields))
    return measured(bundle, marks)


def tellable(files: Mapping[str, bytes]) -> Iterator[story.Story]:
    """The stories among files that tell anything. :raises Refused: one cannot be read."""
    for name in sorted(files):
        if source.suffix(name) == story.SUFFIX:
            one = story.read(files[name], name)
            if one.is_told:
                yield one


def ask(session: Session, tenant: Tenant, files: Mapping[str, bytes], current: Deployment | None) -> None:
    """Whether the stories of these files reach what the government asks of a version; ``current`` is the one in use.

    :raises Refused: they were not all told, one does not hold, or they reach too little.
    """
    bundle = deployment.read(files)
    least = _minimum(session, tenant, deployment.bundle(session, current.id) if current else bundle)
    if not least:
        return
    wanted, found = [one.file for one in tellable(files)], proofs(session, tenant.id, bundle.hash)
    if untold := [name for name in wanted if name not in found]:
        raise Refused('{tenant}要求故事覆盖率不低于{least}%才能发布，这一包还有{count}个故事没有跑：先在故事页跑一遍，或者运行 duban test，再发布。',
                      tenant=tenant.name, least=least, count=len(untold))
    if failed := [name for name in wanted if not found[name].holds]:
        raise Refused('有{count}个故事不成立，没有发布：{names}。请改图或者改故事，跑通了再发布。', count=len(failed),
                      names=listed([*failed[:_MOST_NAMED], *['…'] * (len(failed) > _MOST_NAMED)]))
    reached = of(bundle, found.values()).whole
    if reached.percent < least:
        raise Refused('故事只走到{percent}%（{reached}/{total}），{tenant}要求不低于{least}%，没有发布。请给没有走到的地方补故事。',
                      percent=reached.percent, reached=reached.reached, total=reached.total, tenant=tenant.name,
                      least=least)


def _minimum(session: Session, tenant: Tenant, bundle: Bundle) -> int:
    """The share in per cent without which the government publishes no version; 0: it does not ask."""
    if 'coverage_minimum' not in bundle.parameters:
        return 0
    param = parameter.reader(session, tenant, bundle)
    return int(param('coverage_minimum'))
