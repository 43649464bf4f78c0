"""What is read of one file: once for the same bytes, since a bundle is judged over and over while one file is drawn."""
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from engine import decision, definition, form
from engine.finding import REFUSE, Finding
from engine.gate import camunda, handler, shape, source, vocabulary
from engine.gate.scene import Diagram
from engine.normalise import normalise
from engine.xml import parse_xml

_DIAGRAMS, _OTHERS = 32, 256                # kept; a diagram takes some megabytes
_REFUSALS = 1_000
"""Of the words of one diagram; whoever has mended these may read on, and two hundred thousand take a minute."""

table = lru_cache(_OTHERS)(decision.parse)
form_of = lru_cache(_OTHERS)(form.parse)


class Alone(NamedTuple):
    """What the rules say that look at nothing but one diagram; ``whole``: its flows can be followed."""

    findings: tuple[Finding, ...]
    whole: bool


@lru_cache(_DIAGRAMS)
def diagram(data: bytes, file: str) -> tuple[Diagram | None, tuple[Finding, ...]]:
    """The diagram in a file, None where there is none to judge, and what is wrong with the file.

    :raises Refused: it cannot be read.
    """
    root = parse_xml(data, file)
    definition.bare(root)
    wrong = source.platform(root, file)
    problems = [wrong] if wrong else source.processes(root, file)
    process = definition.process_of(root)
    if process is None or any(problem.code != source.STEM.code for problem in problems):
        return None, tuple(problems)
    tree, repairs = normalise(root, file)
    return Diagram(file, root, process, tree, definition.read(tree), repairs), (
        *problems, *source.picture(root, process, file))


def _enough(findings: Iterator[Finding]) -> Iterator[Finding]:
    refusals = 0
    for one in findings:
        yield one
        refusals += one.severity == REFUSE
        if refusals == _REFUSALS:
            return


def alone(drawn: Diagram) -> Alone:
    """The findings about a diagram that no other file can change. :raises RecursionError: it is nested too deeply."""
    if drawn.alone is None:
        broken = list(shape.check(drawn))
        drawn.alone = Alone((*drawn.findings, *_enough(vocabulary.check(drawn)), *_enough(camunda.check(drawn)), *broken,
                             *handler.check(drawn)), not any(one.severity == REFUSE for one in broken))
    return drawn.alone
