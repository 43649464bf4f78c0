"""Figures of single steps: a whole lifecycle, the same walk without a database, the report loop, the size of a state."""
import gc
from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from statistics import fmean, median, quantiles
from time import process_time
from typing import Any

from sqlalchemy import Engine, func, select

from engine import actions, clock, db, deployment, directory, gate, instance, parameter, spiff, workcal, worker
from engine.directory import Tenant
from engine.instance.row import INSTANCE, MATTER, TASK
from engine.ledger import FACTS, Facts
from tests.bench.life import CO_UNITS, steps, touched
from tests.bench.meter import Cost, Meter, tell
from tests.faults.case import BEGIN, OFFICER, TENANT, Case, set_clock
from tests.workflows.story import bundle_files

_WARM, _LIVES = 3, 12


def lifecycle(engine: Engine, name: str) -> None:
    """Completion and start: time, statements, commits."""
    meter, costs, floors = Meter(engine), [], []
    for number in range(_WARM + _LIVES):
        if number == _WARM:
            worker.warm(engine)                        # as every server and worker does
            costs = []
        for step, case, key, carry in steps(engine):
            bare = Bare.around(engine, key) if number == 0 and case is not None else None
            costs.append((step, meter.cost(carry)))
            if bare is not None and touched(costs[-1][1].result) == 1:
                floors.append(bare)
    starts = [cost for step, cost in costs if step == 'start']
    single = [cost for step, cost in costs if step != 'start' and touched(cost.result) == 1]
    several = [cost for _, cost in costs if touched(cost.result) > 1]
    tell(name, 'floor.completion_cpu_ms', median(bare.cost() for bare in floors), 'ms')
    tell(name, 'completion.cpu_ms', median(cost.cpu_ms for cost in single), 'ms', '<= 3')
    tell(name, 'completion.sql_statements', max(cost.statements for cost in single), 'statements', '<= 12')
    tell(name, 'completion.sql_statements_mean', fmean(cost.statements for cost in single), 'statements')
    tell(name, 'completion.commits', max(cost.commits for _, cost in costs), 'commits', '= 1')
    tell(name, 'completion.per_s', 1000 / fmean(cost.wall_ms for cost in single), 'per second')
    tell(name, 'completion.several_cpu_ms', median(_per_instance(cost) for cost in several), 'ms per instance')
    tell(name, 'start.cpu_ms', median(cost.cpu_ms for cost in starts), 'ms', '<= 3')
    gc.unfreeze()


def _per_instance(cost: Cost) -> float:
    return cost.cpu_ms / touched(cost.result)


@dataclass
class Bare:
    """A stored instance and the task that is completed in it, with everything it asks for in memory: no database."""

    library: Any
    process: str
    state: bytes
    task: Any
    known: Mapping[str, Any]
    tables: Mapping[str, Any]
    now: datetime
    functions: dict[str, Any]
    revision: int = 0
    still: None = None
    calling: int = 0
    written: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def around(cls, engine: Engine, key: Any) -> 'Bare':
        with db.reading(engine) as session:
            row = session.execute(select(INSTANCE).join(TASK, TASK.c.instance_id == INSTANCE.c.id).where(
                TASK.c.id == key)).mappings().one()
            matter = session.execute(select(MATTER).where(MATTER.c.id == row['matter_id'])).mappings().one()
            tenant, zone = session.get(Tenant, TENANT), clock.zone()
            bundle, facts = deployment.bundle(session, row['deployment_id']), Facts(matter, zone)
            known = dict.fromkeys(bundle.variables) | {name: facts[name] for name in FACTS} | dict(row['vars'])
            functions = {**workcal.functions(workcal.load(session, tenant), clock.now(tenant), zone),
                         **directory.functions(session, TENANT), 'param': parameter.reader(session, tenant, bundle)}
            return cls(spiff.library(bundle), row['process'], row['state'], key, known, bundle.tables, clock.now(tenant),
                       functions)

    def cost(self, times: int = 30) -> float:
        """Load, walk, compact, dump: milliseconds of processor time."""
        begun = process_time()
        for _ in range(times):
            self.written.clear()
            run = spiff.Run.load(self.library, self.process, self.state, self)
            run.complete(self.task)
            run.dump()
        return (process_time() - begun) * 1e3 / times

    def scope(self, local: Mapping[str, Any], closed: bool = False) -> Mapping[str, Any]:
        return ChainMap(local, self.written, self.known)

    def write(self, values: dict[str, Any], node: Any) -> None:
        self.written.update({name: value for name, value in values.items()
                             if not node.keep(name, value, self.written.get(name))})

    def decide(self, node: Any) -> None:
        table = self.tables[node.extensions['camunda']['decisionRef']]
        self.written.update(table.decide(self.scope(node.local), self.functions).values)

    def label(self, name: str | None) -> str:
        return name or ''

    def act(self, node: Any) -> None:
        """Effects belong to the database."""

    def send(self, message: str, node: Any) -> None:
        """Nobody listens."""

    def passed(self, node: Any) -> None:
        """Nobody writes it down."""

    def fired(self, node: Any, due_at: datetime, stands_for: int) -> None:
        """Nobody writes it down."""


def rounds(engine: Engine, name: str, number: int = 1000) -> None:
    """The report loop: the thousandth round against the tenth."""
    case = Case.begin(engine).through('sign', 'plan')
    set_clock(engine, '2020-05-29 09:00')
    instance_of = select(INSTANCE.c.id).where(INSTANCE.c.matter_id == case.id, INSTANCE.c.process == 'reporting')
    with db.reading(engine) as session:
        key = session.scalar(instance_of)
    task = db.carry_out(engine, lambda session: instance.fire(session, key)).opened[0]['id']
    report, review = case.answer('report'), case.answer('review_report', report_ruling='returned', reply='请补充')
    clerk, took = case.waiting('report')[1], []
    for _ in range(number):
        begun = process_time()
        for actor, answer in ((clerk, report), (OFFICER, review)):
            task = db.carry_out(engine, lambda session, actor=actor, answer=answer, task=task:
                                instance.complete(session, task, actor, answer)).opened[0]['id']
        took.append((process_time() - begun) * 1e3)
    with db.reading(engine) as session:
        done = session.scalar(select(func.count()).select_from(TASK).where(
            TASK.c.instance_id == key, TASK.c.state == 'done'))
    assert done == 2 * number, f'{2 * number - done} completions were lost'
    last, first = (quantiles(part, n=10)[0] for part in (took[-80:], took[5:85]))    # other guests make the rest slower
    tell(name, 'completion.round_1000_ratio', last / first, 'ratio', '<= 1.2')
    set_clock(engine, BEGIN)


def waiting(engine: Engine, name: str) -> None:
    """The state of a matter in which the lead unit and two co-units work."""
    case = Case.begin(engine, **{**CO_UNITS, 'has_basis': True}).through('sign')
    case.do('plan', consult_note='已会商')
    with db.reading(engine) as session:
        size = session.scalar(select(func.length(INSTANCE.c.state)).where(
            INSTANCE.c.matter_id == case.id, INSTANCE.c.process == 'matter'))
    tell(name, 'state.waiting_bytes', size, 'bytes', '<= 8192')


def deploying(engine: Engine, name: str) -> None:
    """What the gate takes for the shipped bundle, and a deployment as a whole."""
    files, topics = bundle_files(), {topic: known.parameters() for topic, known in actions.known().items()}
    begun = process_time()
    gate.check(files, topics, FACTS)
    tell(name, 'gate_ms', (process_time() - begun) * 1e3, 'ms')
    begun = process_time()
    with db.writing(engine) as session:
        deployment.deploy(session, TENANT, {**files, 'note.txt': b'changed'}, '流程管理员', '', BEGIN, topics, FACTS)
    tell(name, 'deploy_ms', (process_time() - begun) * 1e3, 'ms')
