"""A document to be read: its template and what it says, as Word, as paragraphs for the screen, and as PDF."""
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any


_printing = Lock()                              # a page costs half a second of processor: one at a time


@dataclass(frozen=True)
class Paper:
    """A template with what it shall say: all that reading it needs."""

    template: bytes
    content: Mapping[str, Any]

    def word(self) -> bytes:
        """As a Word file."""
        from engine.document import word                   # what reads Word takes half a second to load
        return word.filled(self.template, self.content)

    def blocks(self) -> list:
        """As paragraphs and tables."""
        from engine.document import block
        return block.blocks(self.word())

    def pdf(self, title: str, draft: bool = False) -> bytes:
        """On paper. :raises Refused: this machine cannot make PDF."""
        from engine.document import paper
        with _printing:
            return paper.pdf(paper.html(self.blocks(), title, draft))

