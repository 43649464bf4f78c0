"""What a verb has to say to whoever asked."""
from collections.abc import Iterable
from typing import Any

DONE, REFUSED, FAILED, STOPPED = 0, 1, 3, 130
"""The program's exit codes; 2 is argparse's for a command that is not understood."""


class Answer:
    """What a verb has to say: `data` for --json, `lines` for a person, `code` for the shell."""

    def __init__(self, data: Any, lines: Iterable[str] | str, code: int = DONE) -> None:
        self.data, self.code = data, code
        self.lines = [lines] if isinstance(lines, str) else list(lines)
