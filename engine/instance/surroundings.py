"""What surrounds a step: a government at one moment, its clock, and what its expressions may call."""
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from engine import clock, db, deployment, directory, parameter, suspension, workcal
from engine.number import Numbers


class Surroundings:
    """A government at one moment, out of the part ``t_`` of a joined row. The steps of a batch share one.

    It stands for the tenant's row where something is remembered by the revisions on it. ``numbers`` are there where its
    steps take theirs one after the other.
    """

    numbers: Numbers | None = None

    def __init__(self, session: Session, tenant: Mapping[str, Any]) -> None:
        self.session, self.id, self.zone = session, tenant['id'], clock.zone(tenant['zone'])
        self.recorded_at = clock.utcnow()
        self.now: datetime = tenant['virtual_at'] or self.recorded_at
        self.today: date = self.now.astimezone(self.zone).date()
        self.covered_until, self.calendar_revision = tenant['covered_until'], tenant['calendar_revision']
        self.parameter_revision = tenant['parameter_revision']
        self.still = suspension.since(session, self.id, self.parameter_revision)
        self._common = {**workcal.functions(workcal.load(session, self), self.now, self.zone),
                        **directory.functions(session, self.id, self.parameter_revision, self.today)}
        self._known: dict[int, tuple[deployment.Bundle, dict[str, Any]]] = {}

    def of(self, deployment_id: int) -> tuple[deployment.Bundle, dict[str, Any]]:
        """A version's bundle, and the functions of its expressions."""
        if deployment_id not in self._known:
            bundle = deployment.bundle(self.session, deployment_id)
            self._known[deployment_id] = bundle, {**self._common, 'param': parameter.reader(self.session, self, bundle)}
        return self._known[deployment_id]


class Batch:
    """The surroundings of several steps that are thought through one after the other, each government's once."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._known: dict[str, Surroundings] = {}

    def around(self, tenant: Mapping[str, Any]) -> Surroundings:
        """The surroundings of a step in this government."""
        if tenant['id'] not in self._known:
            self._known[tenant['id']] = Surroundings(self.session, tenant)
        return self._known[tenant['id']]


class Together(Batch):
    """A batch of which everything is written, or nothing."""

    def around(self, tenant: Mapping[str, Any]) -> Surroundings:
        """The surroundings of a step in this government, which takes its numbers after those before it. Nobody waits for
        them while it is thought out, only while it is written."""
        found = super().around(tenant)
        found.numbers = found.numbers or Numbers(waits=not db.thinks_apart(self.session))
        return found
