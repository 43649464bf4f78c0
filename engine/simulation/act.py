"""What was done in a simulation: a list of plain values, so that it can be kept, sent and done again."""
from collections.abc import Mapping
from typing import Any, NamedTuple

from engine.errors import Refused

VERBS = {'start': {'process', 'post', 'element', 'answers'}, 'complete': {'element', 'post', 'token', 'answers'},
         'until': {'at'}, 'message': {'name'}, 'withdraw': {'post', 'reason'}}
"""The verbs and what each is told."""


class Act(NamedTuple):
    """One thing that a person or the clock does. ``told`` is JSON: who, where, the answers, until when."""

    verb: str
    told: Mapping[str, Any]

    def as_data(self) -> dict[str, Any]:
        """For a file or a page."""
        return {'verb': self.verb, **self.told}


def read(data: Mapping[str, Any]) -> Act:
    """An act as `as_data` gave it.

    :raises Refused: it is none.
    """
    told = {name: value for name, value in data.items() if name != 'verb'}
    wanted = VERBS.get(str(data.get('verb')))
    if wanted is None or told.keys() != wanted:
        raise Refused('这一步看不懂：{data}', data=str(dict(data))[:80])
    return Act(data['verb'], told)
