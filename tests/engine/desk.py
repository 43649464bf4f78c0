"""One government with small diagrams of a test's own, moved through the engine's verbs on a real database."""
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, select

from engine import actions, clock, db, deployment, history, incident, instance, seal, worker
from engine.directory import Tenant
from engine.history import Actor
from engine.incident import Incident
from engine.instance import Instance
from engine.job import JOB
from engine.ledger import FACTS
from engine.usertask import UserTask
from tests.engine import diagrams
from tests.workflows.story import bundle_files, moment, office

TENANT, BEGIN = 'gz', moment('2020-05-07 09:00')
TABLES = {name: bundle_files()[name] for name in ('parameters.dmn', 'intervention.dmn', 'oversight.dmn')}
OFFICER = Actor('省政府办公厅·督查员', 'office', 'officer')


def ask(ident: str, *inner: str, **attributes: str | None) -> str:
    """A user task of the office's officer."""
    return diagrams.user(ident, *inner, **{'camunda_candidateGroups': 'office/officer'} | attributes)


class Desk:
    """Deploys diagrams, each by its process id, with `files` beside them, and works on what they begin."""

    files: dict[str, bytes] = {}

    def __init__(self, engine: Engine, **processes: bytes) -> None:
        self.engine = engine
        office(engine, TENANT, BEGIN, self._files(processes))

    def _files(self, processes: dict[str, bytes]) -> dict[str, bytes]:
        return TABLES | {f'{name}.bpmn': data for name, data in processes.items()} | {
            'f.form': diagrams.form('f', 'answer', 'other', 'names', 'order')} | self.files

    def deploy(self, **processes: bytes) -> None:
        """A new version."""
        topics = {topic: known.parameters() for topic, known in actions.known().items()}
        with db.writing(self.engine) as session:
            now = session.get(Tenant, TENANT).virtual_at
            deployment.deploy(session, TENANT, self._files(processes), '流程管理员', '', now, topics, FACTS)

    def start(self, process: str = 'p', **values: Any) -> UUID:
        """A new instance."""
        return self.do('start', lambda session: instance.start(session, TENANT, process, OFFICER, values)).instance_id

    def do(self, verb: str, think: Any, instance_id: UUID | None = None) -> Any:
        """A verb of the engine; when a diagram breaks, an incident."""
        return incident.carry_out_or_open(self.engine, think, tenant_id=TENANT, verb=verb, instance_id=instance_id)

    def finish(self, element: str, number: int = 0, *, of: str | None = None, **answer: Any) -> Any:
        """The open task of an element is answered; of several, the one of this number, or `of` a process."""
        with db.reading(self.engine) as session:
            query = select(UserTask.id, UserTask.instance_id).join(Instance, Instance.id == UserTask.instance_id).where(
                UserTask.element == element, UserTask.state == 'open').order_by(Instance.number)
            task = session.execute(query if of is None else query.where(Instance.process == of)).all()[number]
        return self.do('complete', lambda session: instance.complete(
            session, task.id, OFFICER, {'answer': '', 'other': ''} | answer), task.instance_id)

    def change(self, process: str, **values: Any) -> None:
        """Somebody mends what the only instance of a process knows."""
        with db.writing(self.engine) as session:
            row = session.scalars(select(Instance).where(Instance.process == process)).one()
            row.vars = {**row.vars, **values}

    def later(self, **span: float) -> None:
        """The clock goes on and the worker looks."""
        with db.writing(self.engine) as session:
            session.get(Tenant, TENANT).virtual_at += timedelta(**span)
        self.work()

    def work(self) -> None:
        """The worker does what is due."""
        worker.drain(self.engine)

    def pause(self) -> None:
        """The real time until the next try is over, and the worker looks."""
        with db.writing(self.engine) as session:
            session.execute(JOB.update().where(JOB.c.real_at.is_not(None)).values(real_at=clock.utcnow()))
        self.work()

    @property
    def open(self) -> list[str]:
        """The elements of all open tasks."""
        with db.reading(self.engine) as session:
            return sorted(session.scalars(select(UserTask.element).where(UserTask.state == 'open')))

    def states(self, process: str) -> list[str]:
        """How the instances of a process stand, in the order of their numbers."""
        with db.reading(self.engine) as session:
            return list(session.scalars(select(Instance.status).where(Instance.process == process)
                                        .order_by(Instance.number, Instance.started_at)))

    def variables(self, process: str = 'p') -> dict[str, Any]:
        """What the only instance of a process knows."""
        with db.reading(self.engine) as session:
            return session.scalars(select(Instance.vars).where(Instance.process == process)).one()

    def kinds(self, *kinds: str) -> list[str]:
        """The summaries of the events of some kinds."""
        with db.reading(self.engine) as session:
            query = select(history.Event.summary).where(history.Event.kind.in_(kinds))
            return list(session.scalars(query.order_by(history.Event.recorded_at, history.Event.seq)))

    def incidents(self) -> list[Incident]:
        """What waits for an operator."""
        with db.reading(self.engine) as session:
            return incident.open_incidents(session)

    def sound(self) -> None:
        """The trail is whole."""
        with db.reading(self.engine) as session:
            verdict = seal.verify(session, tenant=TENANT)
            assert verdict.whole, verdict.fault
