"""退回 on random diagrams, from wherever the gate lets it be drawn: no join waits for ever afterwards.

Left out are those on which what is beside a step goes on behind it: there one fork may be walked twice at once, the two
are not told apart when one is returned, and a join that misses somebody then says so as an incident.
"""
import random
from uuid import UUID

import pytest

from engine import spiff
from engine.errors import Broken, Refused
from engine.gate import permit
from tests.engine.walker import MONDAY
from tests.faults.blocks import VALUES, VARIABLES, Block, tree
from tests.faults.drawing import draw
from tests.faults.duel import Player

_STEPS, _RETURNS = 60, 6
_SHARED = 25                # seeds in one part of the soak


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The soak's seeds in parts."""
    if 'seeds' in metafunc.fixturenames:
        last = 1000 + metafunc.config.getoption('seeds')
        metafunc.parametrize('seeds', [range(first, min(last, first + _SHARED)) for first in range(1000, last, _SHARED)],
                             ids=lambda seeds: f'{seeds.start}-{seeds.stop - 1}')


@pytest.mark.parametrize(('seed', 'way'), [(1006, 0), (1137, 1)])
def test_what_once_went_wrong_stays_right(seed: int, way: int) -> None:
    """A token that had come to a join at once stayed there; an event that had happened was thought to come again."""
    assert _walk(seed, way)


def test_returns_on_random_diagrams() -> None:
    assert sum(_walk(seed, way) for seed in range(20) for way in range(3) if not _twice(tree(seed))) > 20


@pytest.mark.soak
def test_many_returns_on_random_diagrams(seeds: range) -> None:
    for seed in seeds:
        for way in range(12):
            if not _twice(tree(seed)):
                _walk(seed, way)


def _twice(diagram: Block) -> bool:
    """Whether an event that interrupts nothing leads on to what follows its step."""
    return any(one.kind == 'guard' and not one.facts['stops'] and one.facts['rejoin'] for one in diagram.walk())


def _walk(seed: int, way: int) -> int:
    """How often a task was returned on a random way through a diagram."""
    chance, done, returns = random.Random(seed * 100 + way), set(), 0
    try:
        player = Player(draw(tree(seed), MONDAY))
        for _ in range(_STEPS):
            if player.run.done or not _waited(player, chance):
                break
            key, task = chance.choice(sorted(player.run.open().items(), key=lambda one: one[1].node.element))
            to = _earlier(player, task.node, done)
            if to and returns < _RETURNS and chance.random() < .35:
                returns += _returned(player, key, chance.choice(to))
            else:
                done.add((task.node.process, task.node.element))
                player.write({name: chance.choice(VALUES) for name in VARIABLES if chance.random() < .3}, task.node)
                player.run.complete(key)
    except Broken as broken:                                  # branches quarrel, or nobody catches what is thrown
        assert '再也不会有人走到' not in str(broken), f'seed {seed}, way {way}: {broken}'
    return returns


def _waited(player: Player, chance: random.Random) -> bool:
    """Time passes and messages come until a task is open; False: nothing comes any more."""
    for _ in range(_STEPS):
        if player.open:
            return True
        if player.armed:
            player.later(days=3)
        elif player.hears:
            player.hear(chance.choice(sorted(player.hears)), True)
        else:
            return False
    return False


def _earlier(player: Player, node: spiff.Node, done: set[tuple[str, str]]) -> list[str]:
    """Where the gate would let a task be returned to, of what has been done."""
    known = player.bundle.processes[node.process]
    task, been = known.elements[node.element], [known.elements[element] for process, element in done if process == node.process]
    return sorted(one.id for one in been if one is not task and permit.leads(known, one, task)
                  and not permit.into_several(known, one, task))


def _returned(player: Player, key: UUID, element: str) -> bool:
    """Whether it was not refused; then nothing has changed."""
    before = player.run.dump()
    try:
        spiff.back(player.run, key, element)
    except Refused:
        player.run = spiff.Run.load(player.run.library, 'p', before, player)
        return False
    return True
