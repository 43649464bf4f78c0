"""Names of several words, such as ``string length`` or ``Applicant age``: which of them begins at a word."""
from collections.abc import Iterable
from functools import lru_cache

from engine.expression.feel_kind import KINDS
from engine.expression.feel_library import FUNCTIONS
from engine.expression.lexer import Word, words
from engine.expression.refusal import ExpressionError

LONGEST = 12
PROPERTIES = ('time offset', 'start included', 'end included')


class Names:
    """FEEL's own names of several words, and those that a text or its caller gives."""

    def __init__(self, known: Iterable[str]) -> None:
        self._rows: dict[str, dict[tuple[str, ...], str]] = {}
        for name in known:
            self.learn(name)

    def learn(self, name: str) -> None:
        """From now on the words of `name`, in a row, are one name."""
        tokens = _tokens(name)
        if 1 < len(tokens) <= LONGEST:
            self._rows.setdefault(tokens[0], {})[tokens] = name

    def spelled(self, found: list[Word], place: int, kind: bool = False) -> tuple[str, int]:
        """The longest name that begins at a place, and of how many words it is; a function's only in front of its
        bracket, a type's only where one is wanted."""
        first = found[place].text
        rows = self._rows.get(first, {}) | _own().get(first, {})
        for tokens in sorted(rows, key=len, reverse=True):
            following = found[min(place + len(tokens), len(found) - 1)].text
            if tuple(word.text for word in found[place:place + len(tokens)]) != tokens:
                continue
            name = rows[tokens]
            if kind and name in KINDS or not kind and (name not in FUNCTIONS or following == '('):
                return name, len(tokens)
        return first, 1


def odd(known: Iterable[str]) -> tuple[str, ...]:
    """Those names that are not made of words, such as 金额（万元）, the longest first."""
    return tuple(sorted((name for name in known if name.strip() and not _tokens(name)), key=len, reverse=True))


@lru_cache(maxsize=1)
def _own() -> dict[str, dict[tuple[str, ...], str]]:
    rows: dict[str, dict[tuple[str, ...], str]] = {}
    for name in (*FUNCTIONS, *PROPERTIES, *KINDS):
        tokens = _tokens(name)
        if len(tokens) > 1:
            rows.setdefault(tokens[0], {})[tokens] = name
    return rows


@lru_cache(maxsize=1_024)
def _tokens(name: str) -> tuple[str, ...]:
    try:
        return tuple(word.text for word in words(name, 0, len(name), feel=True)[:-1])
    except ExpressionError:
        return ()
