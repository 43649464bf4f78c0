"""What is wrong with a line of a story, before anybody tells it."""
from typing import NamedTuple


class Problem(NamedTuple):
    """One mistake: ``code`` is that of the gate's rule, ``values`` fill its sentence, ``line`` counts from 1."""

    code: str
    line: int
    values: dict[str, object]
