"""Random diagrams as trees of nested blocks: made from a seed by a table of weights, and shrunk when one went wrong."""
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

WEIGHTS = {
    'task': 30, 'auto': 12, 'sequence': 22, 'xor': 8, 'and': 8, 'or': 6, 'loop': 6, 'sub': 6, 'call': 4, 'each': 7,
    'guard': 14, 'catch': 5, 'signal': 3, 'raise': 6, 'stop': 3, 'link': 2, 'fork': 4, 'split': 2, 'receive': 2,
    'race': 4, 'handler': 6, 'again': 3, 'cancel': 3,
    'later': 5,
}
"""How often each kind of block is drawn. A kind with 0 is never drawn."""

EACH = {'task': 3, 'sub': 3}
"""What is repeated for each element of a collection."""

EACH_WHOLE = {'task': 2, 'sub': 2, 'call': 3}
"""The same where there is a whole engine: processes called several times are instances of their own."""

GUARDED = {'task': 4, 'sub': 3, 'call': 2, 'each': 3, 'receive': 1, 'again': 1}
"""What boundary events are attached to."""

EVENTS = {'timer': 4, 'cycle': 2, 'date': 4, 'message': 3, 'conditional': 2}
"""What a boundary event of a `guard`, or the start of a `handler`, waits for."""

MULTIPLE = {'sequential': 0.4, 'cardinality': 0.2, 'until': 0.2, 'output': 0.3}
"""How often a multi-instance activity has each of these."""

JOBS = {'task': 4, 'auto': 3, 'xor': 2, 'and': 2, 'or': 2, 'fork': 1, 'sub': 2, 'call': 2, 'each': 2, 'receive': 1,
        'again': 1, 'guard': 2}
"""Before or after what a job is put."""

THROWERS = {'event': 4, 'script': 2, 'action': 2}
"""What throws an error or escalation. An action of the tests throws on the bare library only."""

REPEATED = dict.fromkeys(('timer', 'cycle', 'date', 'message', 'signal', 'escalation', 'conditional'), True)
"""Whether a boundary event that does not interrupt is drawn, which happens again and again while its host is open."""
AUTOMATIC = {'service': 4, 'script': 5, 'none': 2, 'undefined': 1, 'manual': 1, 'send': 2}
VARIABLES = ('a', 'b', 'c')
VALUES = (0, 1, 2)
ELEMENT = 'element'
IMPLICIT_END = 0.15
"""How often a sub-process ends where nothing leads on, without an end event."""

_DEEPEST = 5


@dataclass(frozen=True)
class Block:
    """A piece of a diagram with one way in: its kind, the blocks inside, and what else was chosen."""

    kind: str
    parts: tuple['Block', ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        """As `made` makes it again: what a failing test prints can be pinned."""
        said = [repr(self.kind), *map(str, self.parts), *(f'{key}={value!r}' for key, value in self.facts.items())]
        return 'TASK' if self == TASK else f'made({", ".join(said)})'

    def walk(self) -> Iterator['Block']:
        """This block and all inside it."""
        yield self
        for part in self.parts:
            yield from part.walk()


TASK = Block('task')


def made(kind: str, *parts: Block, **facts: Any) -> Block:
    """A block, as a test writes it."""
    return Block(kind, parts, facts)


def tree(seed: int, *, whole: bool = False) -> Block:
    """The diagram of a seed, for the bare library or for the whole engine."""
    return _Maker(random.Random(seed), whole).sequence(0)


class _Maker:
    """Chooses; ``depth`` is how deep a block is nested."""

    def __init__(self, chance: random.Random, whole: bool) -> None:
        self.chance, self.codes = chance, 0
        self.repeated, self.throwers = (EACH_WHOLE, THROWERS | {'action': 0}) if whole else (EACH, THROWERS)

    def pick(self, weights: dict[str, int]) -> str:
        return self.chance.choices(list(weights), list(weights.values()))[0]

    def yes(self, share: float = 0.5) -> bool:
        return self.chance.random() < share

    def condition(self) -> tuple[str, int]:
        """What a variable is; now and then the nearest element of a collection."""
        return ELEMENT if self.yes(0.15) else self.chance.choice(VARIABLES), self.chance.choice(VALUES)

    def conditions(self, number: int) -> list[tuple[str, int]]:
        every = [(name, value) for name in (*VARIABLES, *([ELEMENT] if self.yes(0.3) else ())) for value in VALUES]
        return self.chance.sample(every, number)

    def stops(self, event: str) -> bool:
        return not REPEATED[event] or self.yes()

    def code(self) -> str:
        self.codes += 1
        return f'x{self.codes}'

    def block(self, depth: int) -> Block:
        kind = self.pick(WEIGHTS) if depth < _DEEPEST else 'task'
        return self.of(kind, depth + 1)

    def of(self, kind: str, depth: int) -> Block:
        return getattr(self, {'and': 'and_', 'or': 'or_', 'raise': 'raise_'}.get(kind, kind))(depth)

    def task(self, depth: int) -> Block:
        return TASK

    def auto(self, depth: int) -> Block:
        return Block('auto', facts={'flavour': self.pick(AUTOMATIC)})

    def sequence(self, depth: int) -> Block:
        return Block('sequence', tuple(self.block(depth) for _ in range(self.chance.randint(1, 3))))

    def xor(self, depth: int) -> Block:
        parts = tuple(self.block(depth) for _ in range(self.chance.randint(1, 3)))
        return Block('xor', parts, {'when': self.conditions(len(parts)), 'merge': self.yes()})

    def and_(self, depth: int) -> Block:
        parts = tuple(self.block(depth) for _ in range(self.chance.randint(2, 3)))
        return Block('and', parts, {'join': self.yes(0.8)})

    def or_(self, depth: int) -> Block:
        parts = tuple(self.block(depth) for _ in range(self.chance.randint(2, 3)))
        return Block('or', parts, {'when': self.conditions(len(parts)), 'join': self.yes(0.85)})

    def loop(self, depth: int) -> Block:
        body = Block('sequence', (TASK, self.block(depth)) if self.yes() else (self.block(depth), TASK))
        return Block('loop', (body,), {'when': self.condition()})

    def sub(self, depth: int) -> Block:
        return Block('sub', (self.sequence(depth),), {'end': not self.yes(IMPLICIT_END)})

    def call(self, depth: int) -> Block:
        return self._called(self.sequence(depth))

    def _called(self, inner: Block) -> Block:
        return Block('call', (inner,), {'gives': self.chance.choice(('all', 'some')),
                                        'takes': self.chance.choice(('all', 'some', 'none'))})

    def each(self, depth: int) -> Block:
        of = self.pick(self.repeated)
        part = TASK if of == 'task' else getattr(self, of)(depth)
        if of == 'call':                                       # there is no one place for what several give back
            part = replace(part, facts={**part.facts, 'takes': 'none'})
        facts = {name: self.yes(share) for name, share in MULTIPLE.items()}
        facts['cardinality'] &= of == 'task' and not facts['output']           # nothing tells such copies apart
        return Block('each', (part,), facts | {'items': self.chance.choice((0, 1, 2, 3, 3)),
                                               'until': 2 * facts['until']})

    def receive(self, depth: int) -> Block:
        return Block('receive')

    def race(self, depth: int) -> Block:
        events = self.chance.choices(('timer', 'date', 'message', 'receive'), (2, 1, 1, 1), k=self.chance.randint(2, 3))
        return Block('race', tuple(self.block(depth) for _ in events), {'events': events, 'when': self.condition()})

    def handler(self, depth: int) -> Block:
        event = self.pick(EVENTS)
        return self._handled(event, event != 'cycle' and self.stops(event), '', depth)

    def _handled(self, event: str, stops: bool, code: str, depth: int) -> Block:
        inner = self.auto(depth) if event == 'cycle' else self.sequence(depth)
        return Block('handler', (inner,), {'event': event, 'stops': stops, 'code': code, 'when': self.condition()})

    def guard(self, depth: int) -> Block:
        event, host = self.pick(EVENTS), getattr(self, self.pick(GUARDED))(depth)
        stops = event != 'cycle' and self.stops(event)
        return self._guarded(host, event, stops, depth)

    def _guarded(self, host: Block, event: str, stops: bool, depth: int, code: str = '') -> Block:
        handler = self.auto(depth) if event == 'cycle' else self.block(depth)
        return Block('guard', (host, handler), {'event': event, 'stops': stops, 'code': code, 'rejoin': self.yes(0.7),
                                                'when': self.condition()})

    def catch(self, depth: int) -> Block:
        return Block('catch', facts={'event': self.chance.choice(('timer', 'date', 'message', 'conditional')),
                                     'when': self.condition()})

    def signal(self, depth: int) -> Block:
        """Somebody throws after a task, while another branch waits."""
        code = self.code()
        thrower = Block('sequence', (TASK, Block('throw', facts={'event': 'signal', 'code': code}), self.block(depth)))
        if self.yes(0.3):
            catcher = Block('catch', facts={'event': 'signal', 'code': code})
        elif WEIGHTS['handler'] and self.yes(0.3):
            inside = self._handled('signal', self.stops('signal'), code, depth)
            catcher = Block('sub', (Block('sequence', (inside, TASK, self.block(depth))),), {'end': True})
        else:
            host = getattr(self, self.pick(GUARDED))(depth)
            catcher = self._guarded(host, 'signal', self.stops('signal'), depth, code)
        return Block('and', (thrower, catcher), {'join': True})

    def raise_(self, depth: int) -> Block:
        """A sub-process or called process in which an error or escalation may be thrown, and who catches it outside."""
        event, code = self.chance.choice(('error', 'escalation')), self.code()
        stops = event == 'error' or self.stops('escalation')
        facts = {'event': event, 'code': code, 'when': self.condition(), 'ends': stops or self.yes(), 'stops': stops,
                 'by': self.pick(self.throwers)}
        if facts['by'] != 'event' and self.yes(0.3):
            return self._guarded(Block('raise', facts=facts), event, stops, depth, code)
        inner = Block('sequence', (self.block(depth), Block('raise', facts=facts), self.block(depth)))
        if self.yes(0.3):
            inner = Block('sequence', (Block('sub', (inner,), {'end': True}), self.block(depth)))
        elif self.yes(0.2):
            inner = Block('sequence', (Block('and', (inner, self.block(depth)), {'join': True}),))
        if WEIGHTS['handler'] and self.yes(0.4):
            inner = Block('sequence', (self._handled(event, stops, code, depth), inner))
            if self.yes(0.3):
                return inner
            return self._called(inner) if self.yes(0.3) else Block('sub', (inner,), {'end': True})
        host = self._called(inner) if self.yes(0.3) else Block('sub', (inner,), {'end': True})
        if host.kind == 'sub' and WEIGHTS['each'] and self.yes(0.2):
            host = Block('each', (host,), {**dict.fromkeys(MULTIPLE, False), 'until': 0, 'items': 2})
        return self._guarded(host, event, stops, depth, '' if stops and self.yes(0.2) else code)

    def cancel(self, depth: int) -> Block:
        """A transaction that may be cancelled from within."""
        facts = {'event': 'cancel', 'code': '', 'when': self.condition(), 'ends': True, 'stops': True}
        inner = Block('sequence', (self.block(depth), Block('raise', facts=facts), self.block(depth)))
        return self._guarded(Block('transaction', (inner,)), 'cancel', True, depth)

    def again(self, depth: int) -> Block:
        """A standard loop."""
        part = TASK if self.yes() else Block('sub', (Block('sequence', (TASK, self.block(depth))),), {'end': True})
        return Block('again', (part,), {'when': self.condition(), 'most': self.chance.choice((0, 2, 3)),
                                        'before': self.yes(0.4)})

    def later(self, depth: int) -> Block:
        """A job before an element, after it, or both."""
        part = self.of(self.pick(JOBS), depth)
        return Block('later', (part,), {'jobs': self.chance.choice((('before',), ('after',), ('before', 'after')))})

    def stop(self, depth: int) -> Block:
        return Block('stop', facts={'when': self.condition()})

    def link(self, depth: int) -> Block:
        return Block('link')

    def fork(self, depth: int) -> Block:
        """Conditional flows out of a task."""
        parts = tuple(self.block(depth) for _ in range(self.chance.randint(1, 2)))
        return Block('fork', parts, {'when': self.conditions(len(parts))})

    def split(self, depth: int) -> Block:
        """Two flows out of a task, each to an end of its own."""
        return Block('split', (self.block(depth), self.block(depth)))
