"""Sentences that agree with a number: `1 matter`, `2 matters`. Chinese has one form, English two.

A sentence agrees with its value `n` (of the pages) or `count` (of the engine), else with its only number.
"""
from collections.abc import Mapping
from typing import Any

from flask_babel import Babel, Domain, get_translations

from webapp.reader import english

_NAMES = ('n', 'count')
_SEVERAL = 2                # “0 matters”, “0.5 points”, “1,200 letters”


def agreeing(text: str, values: Mapping[str, Any]) -> str:
    """The text in the reader's language, in the form that its number asks for; its places are not filled yet."""
    known, number = get_translations(), _number(values)
    said = text if number is None else known.ungettext(text, text, number)
    return known.ugettext(text) if said is text else said


def _number(values: Mapping[str, Any]) -> int | None:
    """1 or several, None where nothing is counted."""
    named = next((values[name] for name in _NAMES if name in values), None)
    if named is None:
        numbers = [value for value in values.values() if isinstance(value, int) and not isinstance(value, bool)]
        named = numbers[0] if len(numbers) == 1 else None
    return None if named is None else 1 if named == 1 else _SEVERAL


class Sentences(Domain):
    """The catalogue, read once and kept from one request to the next."""

    def gettext(self, string: str, /, **variables: Any) -> str:
        """The sentence with its places filled. Chinese is what is written here, so nothing is looked up for it."""
        said = agreeing(string, variables) if english() else string
        return said % variables if variables else said


class Languages(Babel):
    """Flask-Babel whose sentences agree with their numbers."""

    domain_instance = Sentences()
