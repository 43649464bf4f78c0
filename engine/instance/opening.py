"""What begins alone: a matter with a ledger row of its own, or an instance that belongs to no matter."""
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from engine import deployment, number
from engine.errors import NotFound
from engine.history import Actor
from engine.instance.live import Live
from engine.instance.step import Step, begin, office
from engine.instance.surroundings import Batch


def alone(session: Session, tenant_id: str, process: str, actor: Actor, batch: Batch | None = None) -> Step:
    """The step around something new: a matter, where the process has stages, or an instance without one.

    :raises NotFound: no such tenant or process, or nothing is deployed.
    """
    row = office(session, tenant_id)
    definition = deployment.bundle(session, row['deployment']).processes.get(process)
    if definition is None:
        raise NotFound('没有叫“{process}”的流程。', process=process)
    return begin(batch or Batch(session), row, actor, bool(definition.stages))


def start(step: Step, process: str, actor: Actor, values: Mapping[str, Any], **how: Any) -> Live:
    """Begin `process` in its step; a new matter gets what every matter has. `how` as for `Step.start`."""
    given = dict(values)
    if step.facts is not None and step.facts.new:
        given.setdefault('supervisor_unit', actor.unit or None)
        given.setdefault('received_at', step.functions['now']())
        if not given.get('code'):
            year, count = step.number('matter', int(step.functions['today']()[:4]))
            given['code'] = number.written(step.functions['param']('matter_code'), year, count)
    return step.start(process, given, **how)
