"""Whole numbers as addresses, headers and forms carry them: none is larger than what a row can have."""
from flask import Flask
from werkzeug.routing import IntegerConverter


class Number(IntegerConverter):
    """`<int:…>` in an address; a number that no row can have leads to no page."""

    regex = r'\d{1,9}'


def whole(text: str | None) -> int | None:
    """The number that a text is; None where it is none, or larger than any row's."""
    return int(text) if text and text.isdecimal() and len(text) < 10 else None


def install(app: Flask) -> None:
    """Let every address count so; before any address is there."""
    app.url_map.converters['int'] = Number
