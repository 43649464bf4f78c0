"""What a step costs: processor time of this process, statements, commits; and how a figure is told."""
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, event


@dataclass(frozen=True)
class Cost:
    """Of one call. BEGIN and COMMIT are no statements; `cpu_ms` and `wall_ms` are milliseconds."""

    cpu_ms: float
    wall_ms: float
    statements: int
    commits: int
    result: Any = None


class Meter:
    """Counts on one engine."""

    def __init__(self, engine: Engine) -> None:
        self.statements = self.commits = 0
        event.listen(engine, 'before_cursor_execute', self._statement)
        event.listen(engine, 'commit', self._commit)

    def _statement(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        self.statements += not statement.startswith('BEGIN')

    def _commit(self, _connection: Any) -> None:
        self.commits += 1

    def cost(self, work: Callable[[], Any]) -> Cost:
        """What `work` costs."""
        statements, commits, wall, cpu = self.statements, self.commits, time.perf_counter(), time.process_time()
        result = work()
        return Cost((time.process_time() - cpu) * 1e3, (time.perf_counter() - wall) * 1e3,
                    self.statements - statements, self.commits - commits, result)


def tell(database: str, figure: str, value: float, unit: str, target: str = '') -> None:
    """One line of JSON."""
    line = {'figure': figure, 'value': round(value, 3) if value < 100 else round(value), 'unit': unit, 'database': database}
    print(json.dumps(line | ({'target': target} if target else {}), ensure_ascii=False), flush=True)
