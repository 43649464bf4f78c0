"""Two people changed the same bundle: what one changed, laid over what the other made of it."""
from collections.abc import Mapping
from typing import NamedTuple


class Overlay(NamedTuple):
    """The files, and the names of those that both changed, each in his own way; there ``mine`` stands."""

    files: dict[str, bytes]
    collisions: list[str]


def overlay(base: Mapping[str, bytes], mine: Mapping[str, bytes], theirs: Mapping[str, bytes]) -> Overlay:
    """``theirs`` with all that ``mine`` added, changed or removed since ``base``."""
    changed = [name for name in sorted({*base, *mine}) if mine.get(name) != base.get(name)]
    files = {name: content for name, content in {**theirs, **{one: mine.get(one) for one in changed}}.items()
             if content is not None}
    return Overlay(dict(sorted(files.items())), [name for name in changed if theirs.get(name) not in (
        base.get(name), mine.get(name))])
