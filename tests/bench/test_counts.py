"""Counts are promises; times depend on the machine and stand in the figures only."""
from typing import Any

from psycopg import RawCursor
from sqlalchemy import Engine, event, text

from engine import worker
from tests.bench.life import steps, touched
from tests.bench.meter import Meter
from tests.faults.case import Case, copies, set_clock

MOST, FURTHER = 12, 6       # statements of a step that touches one instance, and of each further one (house.md 11)


def test_each_step_is_one_commit_and_few_statements(office: Engine) -> None:
    for _, _, _, carry in steps(office):                               # what a process remembers is warm now
        carry()
    meter, alone = Meter(office), 0
    for name, _, _, carry in steps(office):
        cost = meter.cost(carry)
        instances = touched(cost.result)
        assert cost.commits == 1, name
        assert cost.statements <= MOST + FURTHER * (instances - 1), f'{name}: {cost.statements} for {instances} instances'
        alone += instances == 1
    assert alone >= 12, 'most steps touch one instance'


def test_a_batch_of_timers_is_one_commit(office: Engine) -> None:
    copies(office, Case.begin(office).id, 19)
    set_clock(office, '2020-05-08 10:00')
    meter = Meter(office)
    cost = meter.cost(lambda: worker.tick(office))
    assert cost.result == 20 and cost.commits == 1
    assert cost.statements <= MOST + 20, f'{cost.statements} for a batch of 20'


def test_an_idle_look_is_one_statement(office: Engine) -> None:
    Case.begin(office)
    cost = Meter(office).cost(lambda: worker.tick(office))
    assert (cost.result, cost.statements, cost.commits) == (0, 1, 0)


def test_an_idle_look_reads_the_index_whatever_the_planner_knows(office: Engine) -> None:
    """With the statistics of a single tenant SQLite once preferred to read every timer there is."""
    copies(office, Case.begin(office).id, 300)
    with office.connect().execution_options(isolation_level='AUTOCOMMIT') as connection:
        connection.execute(text('ANALYZE'))
    said: list[tuple[str, Any]] = []
    event.listen(office, 'before_cursor_execute', lambda _c, _cursor, statement, values, *_: said.append((statement, values)))
    assert worker.tick(office) == 0
    lite = office.dialect.name == 'sqlite'
    with office.connect() as connection:
        driver = connection.connection.driver_connection
        cursor = driver.cursor() if lite else RawCursor(driver)
        cursor.execute(f'EXPLAIN {"QUERY PLAN " if lite else ""}{said[-1][0]}', said[-1][1])
        plan = ' '.join(map(str, cursor.fetchall()))
    assert 'timer_due' in plan and 'SCAN timer' not in plan and 'Seq Scan on timer' not in plan, plan
    assert 'ledger_wake' in plan and 'SCAN ledger' not in plan and 'Seq Scan on ledger' not in plan, plan
