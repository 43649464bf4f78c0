"""What a step wants to write, gathered while it thinks, written with one statement per kind."""
from collections.abc import Mapping
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Insert, Table
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine import statement
from engine.db import Base
from engine.errors import Conflict


class Plan:
    """Rows of one step, or of many steps that are written together.

    ``insert`` and ``change`` only gather; ``flush`` writes in an order that foreign keys allow. A checked change that
    does not hit exactly its rows means that somebody else was faster.
    """

    def __init__(self) -> None:
        self.inserts: dict[Table, list[dict]] = {}
        self.changes: dict[Any, list[dict]] = {}
        self.checked: dict[Any, list[dict]] = {}
        self.tenant_id: str | None = None
        self.matter_id: UUID | None = None
        self.instance_id: UUID | None = None
        self.told: list[str] = []                      # what the step did that its doer should hear: a notice, points
        self.opened: list[dict[str, Any]] = []         # what waits for somebody since: id, process, element, name, unit, post, asks
        self._ready: tuple[list[int], statement.Ready] | None = None

    def insert(self, table: Table, row: dict) -> None:
        """A new row; all rows of one table must have the same keys."""
        self.inserts.setdefault(table, []).append(row)

    def change(self, statement: Any, row: Mapping[str, Any]) -> None:
        """An UPDATE or DELETE with the values of its bound parameters."""
        self.changes.setdefault(statement, []).append(dict(row))

    def check(self, statement: Any, row: Mapping[str, Any]) -> None:
        """An UPDATE that must hit exactly one row, such as one that names the version it was thought out on."""
        self.checked.setdefault(statement, []).append(dict(row))

    def add(self, other: 'Plan') -> None:
        """Take over what another step wants to write."""
        for mine, theirs in ((self.inserts, other.inserts), (self.changes, other.changes), (self.checked, other.checked)):
            for key, rows in theirs.items():
                mine.setdefault(key, []).extend(rows)

    def ready(self, session: Session) -> None:
        """Make of a plan of many rows what the database takes, before the time to write comes. It is whole by then."""
        self._ready = self._made_ready(session.connection())

    def flush(self, session: Session) -> None:
        """Write everything within the caller's transaction.

        :raises Conflict: a checked change missed, or somebody made the same row; the caller rolls back.
        """
        try:
            self._write(session.connection())
        except IntegrityError as error:
            raise Conflict() from error

    def _made_ready(self, connection: Connection) -> tuple[list[int], statement.Ready]:
        checked = [(clause, alike) for clause, rows in self.checked.items() for alike in _alike(rows)]
        inserts = [(_insert(table), self.inserts[table]) for table in sorted(self.inserts, key=_order)]
        work = statement.ready(connection, [*checked, *inserts, *self.changes.items()])
        return [len(rows) for _, rows in checked], work

    def _write(self, connection: Connection) -> None:
        wanted, work = self._ready or self._made_ready(connection)
        if any(count != hit for count, hit in zip(wanted, statement.write_ready(connection, work), strict=False)):
            raise Conflict()


def _alike(rows: list[dict]) -> list[list[dict]]:
    """Rows grouped by the columns they set, so that each group is one statement."""
    groups: dict[tuple, list[dict]] = {}
    for row in rows:
        groups.setdefault(tuple(sorted(row)), []).append(row)
    return list(groups.values())


@cache
def _insert(table: Table) -> Insert:
    """Kept, because a statement that is made anew has to be recognised anew before it is found compiled."""
    return table.insert()


_positions: dict[Table, int] = {}


def _order(table: Table) -> int:
    if table not in _positions:
        _positions.update({known: at for at, known in enumerate(Base.metadata.sorted_tables)})
    return _positions[table]
