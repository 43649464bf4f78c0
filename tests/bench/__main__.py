"""The figures, one JSON object per line: `python3 run.py bench`, or some of them: `python3 run.py bench life burst`.

Times are of this machine and its other guests; `machine.loop_ms` says how fast it was (a fixed piece of Python).
"""
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from engine import db
from tests.bench import backtest, breakdown, clerks, construct, inbox, many, migration, modeler, pages, paint, step
from tests.bench.meter import tell
from tests.databases import PostgreSql, Sqlite, postgresql_programs
from tests.faults.case import make_office

PARTS: dict[str, Callable[[Engine, str, str, str], None]] = {
    'life': lambda engine, name, url, folder: step.lifecycle(engine, name),
    'state': lambda engine, name, url, folder: step.waiting(engine, name),
    'deploy': lambda engine, name, url, folder: step.deploying(engine, name),
    'construct': lambda engine, name, url, folder: construct.constructs(name),
    'expression': lambda engine, name, url, folder: construct.expressions(name),
    'rounds': lambda engine, name, url, folder: step.rounds(engine, name),
    'writers': lambda engine, name, url, folder: many.writers(engine, name, url),
    'idle': lambda engine, name, url, folder: many.idle(engine, name),
    'burst': lambda engine, name, url, folder: many.burst(engine, name),
    'migration': lambda engine, name, url, folder: migration.thousand(engine, name),
    'breakdown': lambda engine, name, url, folder: breakdown.hundreds(engine, name, url),
    'backtest': lambda engine, name, url, folder: backtest.backtests(engine, name),
    'pages': pages.pages,
    'clerks': clerks.clerks,
    'inbox': inbox.inbox,
    'modeler': modeler.modeler,
    'paint': paint.paint,
}


@contextmanager
def servers(folder: Path) -> Iterator[dict[str, Sqlite | PostgreSql]]:
    """A private one of each kind that this machine has."""
    found: dict[str, Sqlite | PostgreSql] = {'sqlite': Sqlite(folder, make_office)}
    if postgresql_programs():
        found['postgresql'] = PostgreSql(make_office)
    try:
        yield found
    finally:
        for server in found.values():
            server.close()


def loop() -> float:
    """A fixed piece of work of the interpreter, in milliseconds: the least of five."""
    took = []
    for _ in range(5):
        begun, kept = time.process_time(), {}
        for number in range(100_000):
            kept[number % 997] = str(number)
        took.append((time.process_time() - begun) * 1e3)
    return min(took)


def main(wanted: list[str]) -> int:
    """Each part on a fresh database of each kind."""
    unknown = set(wanted) - set(PARTS)
    if unknown:
        print(f'没有叫 {"、".join(sorted(unknown))} 的；可用的有：{" ".join(PARTS)}', file=sys.stderr)
        return 2
    tell('', 'machine.loop_ms', loop(), 'ms')
    with tempfile.TemporaryDirectory(prefix='duban-bench-') as folder, servers(Path(folder)) as found:
        for name, server in found.items():
            for part in wanted or PARTS:
                url = server.fresh(ready=True)
                engine = db.connect(url)
                PARTS[part](engine, name, url, folder)
                engine.dispose()
                server.drop(url)
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
