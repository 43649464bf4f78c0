"""What the names of expressions mean in one loaded instance."""
from collections.abc import Iterator, Mapping
from typing import Any

from engine.ledger import FACTS

SHARES = frozenset(('co_due_at', 'duty', 'reported_at', 'waived'))
"""What is kept on a co-unit's row; inside its element these names mean its own."""


class Scope(Mapping):
    """What a name means at one place: inside, instance, co-unit's row, matter's fact — in this order, each kept once.

    Inside a called process (``closed``) the instance's own variables are not seen.
    """

    __slots__ = ('live', 'token', 'closed')

    def __init__(self, live: Any, token: Mapping[str, Any], closed: bool = False) -> None:
        self.live, self.token, self.closed = live, token, closed

    def __getitem__(self, name: str) -> Any:
        if name in self.token:
            return self.token[name]
        live = self.live
        if not self.closed and name in live.vars:
            return live.vars[name]
        facts = live.step.facts
        if facts is not None and name in FACTS:
            if name in SHARES and 'unit' in self.token:
                share = live.step.shares().get(self.token['unit'])
                if share is not None and share[name] is not None:
                    return share[name]
            return facts[name]
        if name in SHARES and 'unit' in self.token and facts is not None:
            return (live.step.shares().get(self.token['unit']) or {}).get(name)
        if name in live.bundle.variables:
            return None
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        facts = FACTS if self.live.step.facts is not None else ()
        return iter({*self.token, *(() if self.closed else self.live.vars), *facts})

    def __len__(self) -> int:
        return sum(1 for _ in self)
