"""Who wants to know which rows of tables apply: a proof, which asks what its stories reach."""
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_watched: ContextVar[set[tuple[str, int]] | None] = ContextVar('watched', default=None)


@contextmanager
def watched() -> Iterator[set[tuple[str, int]]]:
    """The table and number of every row that applies while this lasts, in this thread."""
    rows: set[tuple[str, int]] = set()
    token = _watched.set(rows)
    try:
        yield rows
    finally:
        _watched.reset(token)


def note(table: str, row: int) -> None:
    """A row applied."""
    rows = _watched.get()
    if rows is not None:
        rows.add((table, row))
