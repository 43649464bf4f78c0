"""The whole command line: every room's verbs."""
from functools import cache

from engine.command import (account, assignment, backtest, bundle, care, intervention, matter, migration, office, outbox, proof,
                            release, simulate)
from engine.command.tree import Parser, Tree

_ROOMS = (office, bundle, release, simulate, proof, backtest, matter, assignment, intervention, migration, care, outbox, account)


@cache
def parser() -> Parser:
    """Every verb with its arguments."""
    tree = Tree()
    for room in _ROOMS:
        room.verbs(tree)
    return tree.top
