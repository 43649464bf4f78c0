"""What an action may do in the step that carries it out."""
from collections.abc import Mapping
from typing import Any, NoReturn

from sqlalchemy import select

from engine.errors import Thrown
from engine.history import SYSTEM, Kind
from engine.instance.row import TASK
from engine.spiff import Node


class Doing:
    """What an action may ask and do (engine.actions.Act), at one place of one instance."""

    def __init__(self, live: Any, node: Node) -> None:
        self._live, self._node, self._step = live, node, live.step
        self.tenant, self.matter_id, self.instance_id = live.step.tenant_id, live.row['matter_id'], live.row['id']
        self.deployment_id, self.files = live.row['deployment_id'], live.bundle.files
        self.now, self.functions, self.stands_for = live.step.now, live.step.functions, node.stands_for
        self.today, self.step = live.step.functions['today'](), live.label(node.name)

    def fact(self, name: str) -> Any:
        return self.variable(name)                         # beside no matter there is none

    def variable(self, name: str) -> Any:
        return self._live.scope(self._node.local, self._node.closed).get(name)

    def insert(self, table: Any, row: dict) -> None:
        self._step.plan.insert(table, row)

    def change(self, statement: Any, row: dict) -> None:
        self._step.plan.change(statement, row)

    def number(self, kind: str) -> tuple[int, int]:
        return self._step.number(kind, int(self.today[:4]))

    def once(self, key: Any, make: Any) -> dict:
        sent = self._step.sent
        if key not in sent:
            sent[key] = make()
        return sent[key]

    def read(self, statement: Any) -> list:
        return self._step.session.execute(statement).all()

    def ask(self, table: str, given: Mapping[str, Any]) -> Mapping[str, Any]:
        found = self._live.bundle.tables.get(table)
        return self._step.decide(found, given, self._node).values if found else {}

    def co_units(self) -> dict[str, dict]:
        return self._step.shares()

    def write_co_unit(self, unit: str, values: dict) -> None:
        self._step.write_share(unit, values)

    def stop(self, process: str, why: str) -> None:
        self._step.stop(process, why)

    def record(self, kind: Kind, summary: str, data: Mapping | None = None) -> None:
        self._live.event(kind, SYSTEM, summary, data, self._node)

    def unit_name(self, code: str | None) -> str:
        return self.functions['unit_name'](code) or ''

    def decider(self) -> str:
        for key, (actor, _) in reversed(self._live.answers.items()):
            rows = self.read(select(TASK.c.unit, TASK.c.post).where(TASK.c.id == key))
            return '/'.join(rows[0] if rows else (actor.unit, actor.post))
        return ''

    def throw(self, code: str, kind: str = 'error') -> NoReturn:
        raise Thrown(code, kind)
