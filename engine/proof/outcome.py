"""How the telling of a story came out, line by line."""
from dataclasses import dataclass
from typing import Any, NamedTuple

from engine.coverage import Marks

HELD, FAILED, UNTOLD = 'held', 'failed', 'untold'
"""What can be said of a line: it came so, it did not, or it was not reached."""


class Told(NamedTuple):
    """One line. ``why`` is a sentence; ``expected`` and ``found`` are there where something was to be seen."""

    number: int
    text: str
    state: str
    why: str = ''
    expected: str = ''
    found: str = ''


@dataclass(frozen=True)
class Outcome:
    """A story as it was told: every line, and what it touched."""

    file: str
    title: str
    rules: tuple[str, ...]
    lines: tuple[Told, ...]
    marks: Marks = Marks()

    @property
    def failed(self) -> Told | None:
        """The first line that does not hold; None: the story holds."""
        return next((line for line in self.lines if line.state == FAILED), None)

    @property
    def holds(self) -> bool:
        """Whether it all came as told."""
        return self.failed is None

    @property
    def fault(self) -> tuple[int, str] | None:
        """The line that does not hold, and why."""
        return (self.failed.number, self.failed.why) if self.failed else None

    def as_data(self) -> dict[str, Any]:
        """For --json."""
        return {'story': self.file, 'title': self.title, 'rules': list(self.rules), 'holds': self.holds,
                'lines': [line._asdict() for line in self.lines]}
