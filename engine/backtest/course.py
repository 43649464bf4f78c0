"""One matter on its way through a replay."""
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from engine.backtest.answer import Note
from engine.backtest.event import Seen
from engine.backtest.past import Asked, Deed, Past
from engine.finding import one_line


@dataclass
class Course:
    """One matter on its way."""

    past: Past
    matter_id: UUID | None = None
    seen: list[Seen] = field(default_factory=list)
    notes: dict[Note, None] = field(default_factory=dict)
    rounds: Counter = field(default_factory=Counter)
    undone: dict[int, Asked | Deed] = field(default_factory=dict)
    aside: list[Deed] = field(default_factory=list)
    left: dict[UUID, Asked] = field(default_factory=dict)
    steps: int = 0
    stopped: bool = False

    def awake(self, at: datetime) -> datetime:
        """The first moment from this one on at which somebody saw to what was due."""
        for begin, end in self.past.asleep:
            if begin <= at < end:
                return end
        return at

    def note(self, kind: str, element: str, name: str, said: str) -> None:
        """Once is enough."""
        self.notes[Note(kind, element, one_line(name) if '\n' in name else name, said)] = None
