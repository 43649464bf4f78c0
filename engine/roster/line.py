"""One row of a workbook as it would be entered, and what is to be said of it."""
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.roster.entry import AccountEntry, PostEntry, UnitEntry


@dataclass
class Line:
    """One row: of which sheet, what it enters, what that does (add, change, same), what is to be known of it, and what
    is wrong with it. `unclear`: a name in it may mean several units, so the rest of it is not judged yet."""

    sheet: str
    number: int
    name: str
    unit: UnitEntry | None = None
    post: PostEntry | None = None
    account: AccountEntry | None = None
    does: str = 'add'
    notes: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    unclear: bool = False

    @property
    def needs(self) -> set[str]:
        """The units on which it depends."""
        return {self.unit.parent, self.unit.successor} if self.unit else {self.post.unit}


@dataclass(frozen=True)
class Preview:
    """All rows of a workbook, in its order."""

    lines: Sequence[Line]

    @property
    def good(self) -> list[Line]:
        """The rows that can be entered."""
        return [line for line in self.lines if not line.faults]

    @property
    def bad(self) -> list[Line]:
        """The rows with faults."""
        return [line for line in self.lines if line.faults]

    def counted(self) -> Counter[str]:
        """How many good rows add, change, and leave as it is; how many are bad."""
        return Counter(line.does for line in self.good) + Counter(bad=len(self.bad))
