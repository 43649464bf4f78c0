"""The whole command line: every room's verbs."""
from engine.command import account, bundle, care, matter, office, simulate
from engine.command.tree import Parser, Tree

_ROOMS = (office, bundle, simulate, matter, care, account)


def parser() -> Parser:
    """Every verb with its arguments."""
    tree = Tree()
    for room in _ROOMS:
        room.verbs(tree)
    return tree.top
