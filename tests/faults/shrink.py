"""A tree of blocks that went wrong, made smaller while it still does."""
from collections.abc import Callable, Iterator
from dataclasses import replace

from tests.faults.blocks import EACH_WHOLE, GUARDED, JOBS, TASK, Block


def shrunk(block: Block, fails: Callable[[Block], bool]) -> Block:
    """The smallest tree found, by leaving out and replacing blocks, that still fails."""
    again = True
    while again:
        again = False
        for smaller in _smaller(block):
            if _size(smaller) < _size(block) and fails(smaller):
                block, again = smaller, True
                break
    return block


def _size(block: Block) -> int:
    return sum(1 + (one.kind != 'task') + len(one.facts.get('when') or ()) for one in block.walk())


def _smaller(block: Block) -> Iterator[Block]:
    yield from block.parts
    if block.kind != 'task':
        yield TASK
    for number, part in enumerate(block.parts):
        rest = (*block.parts[:number], *block.parts[number + 1:])
        if block.kind == 'sequence' and rest or block.kind in ('and', 'split') and len(rest) > 1:
            yield replace(block, parts=rest)
        elif block.kind == 'race' and rest:
            events = block.facts['events']
            yield replace(block, parts=rest, facts={**block.facts, 'events': [*events[:number], *events[number + 1:]]})
        elif block.kind in ('xor', 'or', 'fork') and rest:
            when = block.facts['when']
            yield replace(block, parts=rest, facts={**block.facts, 'when': [*when[:number], *when[number + 1:]]})
        for smaller in _smaller(part):
            if _fits(block, number, smaller):
                yield replace(block, parts=(*block.parts[:number], smaller, *block.parts[number + 1:]))


def _fits(block: Block, number: int, part: Block) -> bool:
    """Whether a block may stand in a place: a boundary needs an activity, a repeated one too, a loop waits."""
    if block.kind == 'guard' and number == 0:
        if part.facts.get('by', 'event') != 'event':
            return True
        return part.kind == 'transaction' if block.facts['event'] == 'cancel' else part.kind in GUARDED
    if block.kind == 'later':
        return part.kind in JOBS
    if block.kind in ('each', 'again'):
        return part.kind in EACH_WHOLE
    if block.kind in ('sub', 'call', 'transaction'):
        return part.kind == 'sequence'
    if block.kind == 'loop':
        return part.kind == 'sequence' and TASK in part.parts
    if block.kind == 'handler' and block.facts['event'] != 'cycle':
        return part.kind == 'sequence'
    return block.kind not in ('guard', 'handler') or block.facts['event'] != 'cycle' or part.kind == 'auto'
