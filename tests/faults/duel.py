"""A random walk that the engine and the reference interpreter go side by side; whatever differs is a fault."""
import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

from engine.errors import Broken, Thrown
from tests.engine.walker import MONDAY, Walker
from tests.faults.blocks import VALUES, VARIABLES, Block
from tests.faults.drawing import Drawing, draw
from tests.faults.reference import Reference, Seen


class Difference(AssertionError):
    """Engine and reference do not see the same."""


class Player(Walker):
    """The engine's side: one instance on the bare library, as a rule written down and read again before every step."""

    shows = ('open', 'armed', 'hears', 'values', 'local')
    counts = ('userTask', 'subProcess', 'transaction')

    def __init__(self, drawing: Drawing, reload: bool = True) -> None:
        self.drawing, self.reload, self.left, self.rang = drawing, reload, Counter(), Counter()
        self.throwers = {(scope.process, node.id): node for scope in drawing.processes.values()
                         for node in scope.everything() if node.throws}
        super().__init__(*drawing.files.values())

    # what a run asks

    def act(self, node: Any) -> None:
        """An action does nothing, or throws."""
        drawn = self.throwers.get((node.process, node.element))
        if drawn is not None and self.scope(node.local, node.closed)[drawn.when[0]] == drawn.when[1]:
            raise Thrown(drawn.throws[1], drawn.throws[0])

    def passed(self, node: Any) -> None:
        self.left[f'{node.process}.{node.element}'] += 1

    def fired(self, node: Any, due_at: datetime, stands_for: int) -> None:
        self.rang[f'{node.process}.{node.element}'] += stands_for

    def signal(self, name: str, node: Any = None) -> None:
        """No other instance hears it."""

    # what can be seen

    @property
    def open(self) -> Counter:
        return Counter(_seen(task.node) for task in self.run.open().values())

    @property
    def local(self) -> Counter:
        """The variables that are seen at open tasks because of what is around them."""
        return Counter((_seen(task.node), self.drawing.told(task.node.process, {
            name: value for name, value in task.node.local.items() if name != 'loopCounter'}))
            for task in self.run.open().values())

    @property
    def armed(self) -> Counter:
        return Counter((_seen(timer.node)[0], timer.due_at) for timer in self.run.armed().values())

    @property
    def hears(self) -> set[str]:
        return {name for name in self.run.hears() if not name.startswith('signal:')}

    # what a walk does

    def _again(self) -> None:
        if self.reload:
            super()._again()
        else:
            self.run.later.clear()                         # a step is over

    def attempt(self, step: Callable[..., None], *given: Any) -> bool:
        """Whether a step can be taken; where branches disagree about a variable, nothing has changed.

        :raises Broken: for another reason.
        """
        self._again()
        before, values, now = self.run.dump(), dict(self.values), self.now
        try:
            step(*given)
        except Broken as broken:
            if not broken.cause.startswith('并行的两个分支都在写'):
                raise
            self.run, self.values, self.now = type(self.run).load(self.run.library, 'p', before, self), values, now
            for told in (self.left, self.rang, self.sent):
                told.clear()
            return False
        return True

    def complete(self, seen: Seen, answer: dict[str, int]) -> None:
        """Somebody finishes an open task."""
        key, task = next((key, task) for key, task in self.run.open().items() if _seen(task.node) == seen)
        self.write(answer, task.node)
        self.run.complete(key)

    def wait(self, until: datetime) -> None:
        """The clock goes on."""
        self.now = until
        self.run.settle()

    def hear(self, name: str, alone: bool) -> None:
        """A message comes from outside."""
        self.run.catch(name)


def _seen(node: Any) -> Seen:
    items = {name: value for name, value in node.token.items() if name.startswith('item')}
    return f'{node.process}.{node.element}', tuple(sorted(items.items()))


class Duel:
    """Both sides of one drawing. `steps` tells what was done."""

    def __init__(self, tree: Block, way: int, player: Callable[[Drawing], Any] = Player,
                 begin: datetime = MONDAY) -> None:
        self.drawing = draw(tree, begin)
        self.chance, self.steps = random.Random(way), ['start']
        self.player = player(self.drawing)
        self.told = {f'{scope.process}.{node.id}' for scope in self.drawing.processes.values()
                     for node in scope.everything()
                     if not node.rings                      # timers ring, everything else is passed
                     and (not node.several or node.kind in self.player.counts)}
        self.reference = Reference(self.drawing, self.player.now)
        if not self.reference.raced:
            self._compare()

    def go(self, most: int) -> None:
        """Up to so many steps, until nothing can happen any more."""
        for _ in range(most):
            if self.reference.raced or self.reference.done or not self._step() or self.reference.raced:
                break
            self._compare()

    def _step(self) -> bool:
        """One thing happens; False when nothing can."""
        reference = self.reference
        ways = [(self._complete, seen) for seen in reference.told_apart()] * 2
        ways += [(self._hear, message) for message in sorted(reference.hears)]
        soonest = sorted(due for _, due in reference.armed.elements())
        if soonest and soonest[0] <= reference.now:        # jobs: a worker does them at once
            return self._wait(reference.now)
        if soonest and soonest.count(soonest[0]) == 1:
            ways += [(self._wait, soonest[0])] * 2
        if not ways:
            return False
        way, what = self.chance.choice(ways)
        return way(what)

    def _complete(self, seen: Seen) -> bool:
        answer = {name: self.chance.choice(VALUES) for name in VARIABLES if self.chance.random() < 0.5}
        for said in (answer, {}):
            self.steps.append(f'complete {seen} {said}')
            if self.player.attempt(self.player.complete, seen, said):
                self.reference.complete(seen, said)
                return True
        return self._disagreed()

    def _wait(self, due: datetime) -> bool:
        self.steps.append(f'wait until {due.isoformat()}')
        if not self.player.attempt(self.player.wait, due):
            return self._disagreed()
        self.reference.wait(due)
        return True

    def _hear(self, message: str) -> bool:
        self.steps.append(f'message {message}')
        if not self.player.attempt(self.player.hear, message, self.reference.waits_alone(message)):
            return self._disagreed()
        self.reference.send(message)
        return True

    def _disagreed(self) -> bool:
        """What two branches wrote ends the walk, if branches are drawn."""
        nodes = [node for scope in self.drawing.processes.values() for node in scope.everything()]
        if not any(len(node.out) > 1 and node.kind not in ('exclusiveGateway', 'eventBasedGateway') for node in nodes):
            raise Difference(f'nothing parts, yet branches disagree\nafter {" / ".join(self.steps)}')
        return False

    def _compare(self) -> None:
        reference, player = self.reference, self.player
        for what in player.shows:
            self._same(what, getattr(reference, what), getattr(player, what))
        self._same('done', reference.done, player.run.done)
        self._same('sent', sorted(reference.sent), sorted(player.sent))
        self._same('rang', reference.rang, player.rang)
        self._same('passed', *(Counter({name: count for name, count in left.items() if name in self.told})
                               for left in (reference.passed, player.left)))
        for told in (reference.rang, player.rang, reference.passed, player.left, reference.sent, player.sent):
            told.clear()

    def _same(self, what: str, expected: Any, found: Any) -> None:
        if expected != found:
            if isinstance(expected, Counter):
                found = f'missing {dict(expected - found)}, too much {dict(found - expected)}'
            raise Difference(f'{what}: expected {expected}, found {found}\nafter {" / ".join(self.steps)}')
