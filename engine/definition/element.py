"""The nodes and flows of a diagram, and the texts in them that are evaluated."""
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from engine import expression


class Timer(NamedTuple):
    """``kind`` is ``date``, ``duration`` or ``cycle``; ``text`` is the expression as written."""

    kind: str
    text: str


class Multi(NamedTuple):
    """A multi-instance marker: one instance per value of ``collection``, which it finds as ``variable``.

    Or ``cardinality`` of them. ``output`` is the list that collects what ``result`` comes to in each instance.
    """

    collection: str
    variable: str
    sequential: bool
    completion: str
    cardinality: str
    output: str = ''
    result: str = ''


class Loop(NamedTuple):
    """A standard loop: again while ``condition`` holds, at most ``most`` times."""

    condition: str
    most: str
    test_before: bool


class Lane(NamedTuple):
    """A lane and the elements that stand in it."""

    id: str
    name: str
    members: tuple[str, ...]


class Place(NamedTuple):
    """A text of the diagram that is evaluated. ``mode``: value, template, script or timer."""

    element: str
    part: str
    text: str
    mode: str


@dataclass(frozen=True, kw_only=True)
class Flow:
    """A sequence flow. ``scope`` is the sub-process that holds it; what it does not have is '' or None."""

    id: str
    source: str
    target: str
    name: str = ''
    condition: str = ''
    scope: str | None = None
    inserted: str = ''
    documentation: str = ''
    line: int | None = None


@dataclass(frozen=True, kw_only=True)
class Element:
    """A node of the diagram. What it does not have is '' or None.

    ``id`` is as drawn; what is not in the picture names in ``inserted`` the element that it was put in
    for. ``kind`` is what is executed, ``drawn_kind`` what is drawn. ``message``, ``signal`` are names,
    ``error``, ``escalation`` codes, ``called``, ``decision``, ``form`` ids of other files. ``inputs`` are
    templates by parameter name, ``outputs`` templates by the name that they write, ``into`` and ``out_of``
    expressions by target variable; ``all_in`` and ``all_out`` map every variable of a call.
    """

    id: str
    kind: str
    name: str = ''
    event: str = ''
    parent: str | None = None
    drawn_kind: str = ''
    inserted: str = ''
    documentation: str = ''
    line: int | None = None
    lane: str = ''
    incoming: tuple[str, ...] = ()
    outgoing: tuple[str, ...] = ()
    default: str = ''
    candidate: str = ''
    form: str = ''
    due: str = ''
    follow_up: str = ''
    priority: str = ''
    topic: str = ''
    decision: str = ''
    called: str = ''
    message: str = ''
    signal: str = ''
    error: str = ''
    escalation: str = ''
    link: str = ''
    timer: Timer | None = None
    condition: str = ''
    attached_to: str = ''
    interrupting: bool = True
    triggered: bool = False
    multi: Multi | None = None
    loop: Loop | None = None
    script: str = ''
    async_before: bool = False
    async_after: bool = False
    inputs: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    into: Mapping[str, str] = field(default_factory=dict)
    out_of: Mapping[str, str] = field(default_factory=dict)
    all_in: bool = False
    all_out: bool = False
    business_key: str = ''
    binding: str = ''
    version: str = ''
    retry: str = ''
    properties: Mapping[str, str] = field(default_factory=dict)


def understood(place: Place) -> expression.Code | expression.Template:
    """The compiled expression of a place.

    :raises ExpressionError: it is not in the documented grammar.
    """
    if place.mode == 'template':
        return expression.template(place.text)
    return expression.compile(place.text, 'script' if place.mode == 'script' else 'value')


def places(element: Element) -> Iterator[Place]:
    """Every text of an element that is evaluated while it runs."""
    single = (('candidate', element.candidate, 'template'), ('due', element.due, 'template'),
              ('follow_up', element.follow_up, 'template'), ('priority', element.priority, 'template'),
              ('timer', element.timer.text if element.timer else '', 'timer'),
              ('condition', element.condition, 'value'), ('script', element.script, 'script'))
    for part, text, mode in single:
        if text:
            yield Place(element.id, part, text, mode)
    if element.multi:
        for part, text in (('collection', element.multi.collection), ('completion', element.multi.completion),
                           ('cardinality', element.multi.cardinality), ('result', element.multi.result)):
            if text:
                yield Place(element.id, part, text, 'value')
    for name, text in element.inputs.items():
        if text:
            yield Place(element.id, f'input:{name}', text, 'template')
    for name, text in element.outputs.items():
        if text:
            yield Place(element.id, f'output:{name}', text, 'template')
    for name, text in element.into.items():
        yield Place(element.id, f'in:{name}', text, 'value')
    for name, text in element.out_of.items():
        yield Place(element.id, f'out:{name}', text, 'value')
    if element.loop and element.loop.condition:
        yield Place(element.id, 'loop', element.loop.condition, 'value')
    if element.properties.get('to_key'):
        yield Place(element.id, 'to_key', element.properties['to_key'], 'template')
    if element.business_key:
        yield Place(element.id, 'business_key', element.business_key, 'template')
