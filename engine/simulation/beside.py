"""What may begin beside the matter that is tried (延期, 约谈), each by the post that the drawing names."""
from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock, db, directory, parameter
from engine.decision import NoRule
from engine.errors import Broken
from engine.expression import ExpressionError
from engine.instance import Instance, beginner, starter
from engine.ledger import FACTS, Facts, Matter
from engine.simulation.run import Simulation


class Offer(NamedTuple):
    """A process that does not run yet, and who may begin it."""

    process: str
    name: str
    post: str


def offered(run: Simulation) -> list[Offer]:
    """What may begin now; nothing where no matter is in hand."""
    with db.reading(run.engine) as session:
        matter = session.get(Matter, run.matter_id) if run.matter_id else None
        return list(_offered(run, session, matter)) if matter and matter.status == 'open' else []


def _offered(run: Simulation, session: Session, matter: Matter) -> Iterator[Offer]:
    tenant = directory.tenant(session, run.tenant_id)
    today = clock.now(tenant).astimezone(clock.zone(tenant.zone)).date()
    facts = Facts({name: getattr(matter, name) for name in FACTS}, clock.zone(tenant.zone))
    scope = {name: facts[name] for name in FACTS}
    functions = {**directory.functions(session, tenant.id), 'param': parameter.reader(session, tenant, run.bundle)}
    running = set(session.scalars(select(Instance.process).where(Instance.matter_id == matter.id,
                                                                 Instance.status == 'running')))
    for one in run.bundle.processes.values():
        if one.starter and not one.stages and not one.stands_alone(FACTS) and one.id not in running:
            try:
                drawn = starter(one, scope, functions)
                post = '/'.join(beginner(session, tenant, run.bundle, drawn, today, scope, functions))
            except (ExpressionError, Broken, NoRule):
                continue                                   # the matter does not know yet who that is
            if post in run.names.posts:
                yield Offer(one.id, one.name, post)
