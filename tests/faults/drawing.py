"""A tree of blocks as a drawn diagram: a graph for the reference interpreter, and files for the engine."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

from tests.engine import diagrams as xml
from tests.faults.blocks import VALUES, VARIABLES, Block

Condition = tuple[str, int]


@dataclass(eq=False)
class Node:
    """An element. ``ref``: name of its message or signal, code of its error or escalation, id of the called process.

    ``span`` seconds are a timer's, ``rounds`` those of a cycle; ``counter`` is the variable that a script counts up.
    A multi-instance activity (``several``) goes over the ``items`` of the text in ``counter``, each in ``item``, or as
    often as ``cardinality`` says; after ``until`` of them it is done; ``output`` gathers the elements of those done.
    A call hands in and out the variables in ``maps_in`` and ``maps_out``, None: all.
    """

    id: str
    kind: str
    event: str = ''
    ref: str = ''
    span: int = 0
    rounds: int = 0
    host: Node | None = None
    stops: bool = True
    out: list[Flow] = field(default_factory=list)
    entries: int = 0
    guards: list[Node] = field(default_factory=list)
    inside: Scope | None = None
    triggered: bool = False
    several: bool = False
    sequential: bool = False
    cardinality: bool = False
    until: int = 0
    item: str = ''
    items: list[str] = field(default_factory=list)
    output: str = ''
    counter: str = ''
    maps_in: tuple[str, ...] | None = None
    maps_out: tuple[str, ...] | None = ()
    partner: Node | None = None


@dataclass(eq=False)
class Flow:
    """A sequence flow; ``default`` is taken when no condition holds."""

    source: Node
    target: Node
    when: Condition | None = None
    default: bool = False


@dataclass(eq=False)
class Scope:
    """The inside of a process or sub-process."""

    process: str
    nodes: list[Node] = field(default_factory=list)

    @property
    def start(self) -> Node:
        """Where it begins."""
        return next(node for node in self.nodes if node.kind == 'startEvent')

    def everything(self) -> Iterator[Node]:
        """The nodes here and in sub-processes."""
        for node in self.nodes:
            yield node
            if node.kind == 'subProcess':
                yield from node.inside.everything()


@dataclass
class Drawing:
    """What was drawn: processes by id, the values they begin with, and the files of the bundle."""

    processes: dict[str, Scope]
    values: dict[str, Any]
    files: dict[str, bytes]


@dataclass
class Loose:
    """A flow that has no target yet."""

    source: Node
    when: Condition | None = None
    default: bool = False


def draw(tree: Block) -> Drawing:
    """The diagram of a tree; the main process is `p`."""
    pen = _Pen()
    pen.process('p', tree)
    files = {f'{ident}.bpmn': _file(ident, scope, pen) for ident, scope in pen.processes.items()}
    return Drawing(pen.processes, pen.values, files)


class _Pen:
    """Draws blocks one behind the other: each takes the loose ends before it and gives those after it.

    ``joined``: a parallel join waits for the token that goes here, so that it must not get lost.
    """

    def __init__(self) -> None:
        self.processes: dict[str, Scope] = {}
        self.values: dict[str, Any] = {name: VALUES[0] for name in VARIABLES}
        self.scope, self.count, self.total, self.joined = Scope(''), 0, 0, False

    def process(self, ident: str, block: Block) -> None:
        outer, count = self.scope, self.count
        self.processes[ident] = self.scope = Scope(ident)
        self.count = 0
        self._fill(block, True)
        self.scope, self.count = outer, count

    def inside(self, block: Block, end: bool) -> Scope:
        outer, self.scope = self.scope, Scope(self.scope.process)
        self._fill(block, end)
        outer, self.scope = self.scope, outer
        return outer

    def _fill(self, block: Block, end: bool) -> None:
        joined, self.joined = self.joined, False
        loose = self.draw(block, [Loose(self.node('startEvent'))])
        if end or not all(one.source.kind in _ENDING and not one.when and not one.default for one in loose):
            self.end(loose)
        self.joined = joined

    def node(self, kind: str, loose: list[Loose] = (), **facts: Any) -> Node:
        """A new node to which loose ends lead."""
        self.count += 1
        self.total += 1
        made = Node(f'{kind[0]}{self.count}', kind, **facts)
        self.scope.nodes.append(made)
        for one in loose:
            one.source.out.append(Flow(one.source, made, one.when, one.default))
            made.entries += 1
        return made

    def end(self, loose: list[Loose], event: str = '', ref: str = '') -> None:
        """An end event; every ninth plain one sends a message."""
        if loose and not event and self.total % 9 == 0:
            event, ref = 'message', f'o{self.total}'
        if loose:
            self.node('endEvent', loose, event=event, ref=ref)

    def draw(self, block: Block, loose: list[Loose]) -> list[Loose]:
        """A block behind loose ends; where nothing leads on, nothing is drawn."""
        return getattr(self, f'_{block.kind}')(block, loose) if loose else []

    def _sequence(self, block: Block, loose: list[Loose]) -> list[Loose]:
        for part in block.parts:
            loose = self.draw(part, loose)
        return loose

    def _task(self, block: Block, loose: list[Loose]) -> list[Loose]:
        return [Loose(self.node('userTask', loose))]

    def _auto(self, block: Block, loose: list[Loose]) -> list[Loose]:
        flavour = block.facts['flavour']
        if flavour == 'send':
            return [Loose(self.node('intermediateThrowEvent', loose, event='message', ref=f'o{self.total}'))]
        made = self.node({'service': 'serviceTask', 'script': 'scriptTask', 'none': 'intermediateThrowEvent',
                          'undefined': 'task', 'manual': 'manualTask'}[flavour], loose)
        if flavour == 'script':
            made.counter = f'n{self.total}'
            self.values[made.counter] = 0
        return [Loose(made)]

    def _xor(self, block: Block, loose: list[Loose]) -> list[Loose]:
        gateway = self.node('exclusiveGateway', loose)
        ends = [Loose(gateway, default=True)]
        for part, when in zip(block.parts, block.facts['when'], strict=True):
            ends += self.draw(part, [Loose(gateway, when)])
        return self._one(ends) if block.facts['merge'] else ends

    def _one(self, loose: list[Loose]) -> list[Loose]:
        """Merged, where what follows would wait for all of them."""
        return [Loose(self.node('exclusiveGateway', loose))] if len(loose) > 1 else loose

    def _and(self, block: Block, loose: list[Loose]) -> list[Loose]:
        gateway = self.node('parallelGateway', self._one(loose))
        joined, self.joined = self.joined, block.facts['join'] or self.joined
        ends = [end for part in block.parts for end in self._one(self.draw(part, [Loose(gateway)]))]
        join, self.joined = self.joined, joined
        if join:
            return [Loose(self.node('parallelGateway', ends))] if ends else []
        return self._each_ends(ends)

    def _or(self, block: Block, loose: list[Loose]) -> list[Loose]:
        return self._several(block, self.node('inclusiveGateway', loose), block.facts['join'])

    def _fork(self, block: Block, loose: list[Loose]) -> list[Loose]:
        return self._several(block, self.node('userTask', loose), True)

    def _several(self, block: Block, source: Node, join: bool) -> list[Loose]:
        join = join or self.joined
        ends = [end for part, when in zip(block.parts, block.facts['when'], strict=True)
                for end in self._one(self.draw(part, [Loose(source, when)]))]
        ends.append(Loose(source, default=True))
        return [Loose(self.node('inclusiveGateway', ends))] if join else self._each_ends(ends)

    def _each_ends(self, ends: list[Loose]) -> list[Loose]:
        for one in ends:
            self.end([one])
        return []

    def _split(self, block: Block, loose: list[Loose]) -> list[Loose]:
        source = self.node('userTask', loose)
        ends = [end for part in block.parts for end in self._one(self.draw(part, [Loose(source)]))]
        return [Loose(self.node('parallelGateway', ends))] if self.joined else self._each_ends(ends)

    def _loop(self, block: Block, loose: list[Loose]) -> list[Loose]:
        merge = self.node('exclusiveGateway', loose)
        ends = self.draw(block.parts[0], [Loose(merge)])
        if not ends:
            return []
        check = self.node('exclusiveGateway', ends)
        check.out.append(Flow(check, merge, block.facts['when']))
        merge.entries += 1
        return [Loose(check, default=True)]

    def _sub(self, block: Block, loose: list[Loose]) -> list[Loose]:
        made = self.node('subProcess', loose)
        made.inside = self.inside(block.parts[0], block.facts['end'])
        return [Loose(made)]

    def _call(self, block: Block, loose: list[Loose]) -> list[Loose]:
        made = self.node('callActivity', loose, ref=f'q{self.total}')
        known = set(self.values)
        self.process(made.ref, block.parts[0])
        made.inside = self.processes[made.ref]
        inner = {*VARIABLES, *(self.values.keys() - known)}
        made.maps_in = None if block.facts['gives'] == 'all' else tuple(sorted(inner))
        made.maps_out = {'all': None, 'none': ()}.get(block.facts['takes'], VARIABLES)
        return [Loose(made)]

    def _each(self, block: Block, loose: list[Loose]) -> list[Loose]:
        facts = block.facts
        ends = self.draw(block.parts[0], loose)
        made = ends[0].source
        self.total += 1
        made.several, made.sequential, made.cardinality = True, facts['sequential'], facts['cardinality']
        made.item, made.counter, made.until = f'item{self.total}', f'list{self.total}', facts['until']
        made.items = [f'x{number}' for number in range(facts['items'])]
        made.output = f'out{self.total}' if facts['output'] else ''
        self.values[made.counter] = len(made.items) if made.cardinality else ','.join(made.items)
        return ends

    def _receive(self, block: Block, loose: list[Loose]) -> list[Loose]:
        made = self.node('receiveTask', loose, event='message')
        self._wait(made)
        return [Loose(made)]

    def _race(self, block: Block, loose: list[Loose]) -> list[Loose]:
        gateway, ends = self.node('eventBasedGateway', loose), []
        for part, event in zip(block.parts, block.facts['events'], strict=True):
            catcher = Block('receive') if event == 'receive' else Block('catch', facts={'event': event})
            ends += self.draw(part, self.draw(catcher, [Loose(gateway)]))
        return ends

    def _handler(self, block: Block, loose: list[Loose]) -> list[Loose]:
        """An event sub-process beside what is drawn here; no token comes to it."""
        facts, made = block.facts, self.node('subProcess', triggered=True)
        made.inside = self.inside(block.parts[0], True)
        start = made.inside.start
        start.event, start.ref, start.stops = facts['event'], facts['code'], facts['stops']
        self._wait(start)
        return loose

    def _guard(self, block: Block, loose: list[Loose]) -> list[Loose]:
        facts = block.facts
        ends = self.draw(block.parts[0], loose)
        host = ends[0].source
        edge = self.node('boundaryEvent', host=host, stops=facts['stops'], event=facts['event'], ref=facts['code'])
        host.guards.append(edge)
        self._wait(edge)
        joined, self.joined = self.joined, self.joined and facts['stops']
        handled = self.draw(block.parts[1], [Loose(edge)])
        self.joined = joined
        if facts['stops'] and (facts['rejoin'] or self.joined):
            return ends + handled
        self.end(handled)
        return ends

    def _wait(self, node: Node) -> None:
        """Times that never fall together, names that nobody else has."""
        if node.event in ('timer', 'cycle'):
            node.span, node.rounds = 7200 + 613 * self.total, 2 if node.event == 'cycle' else 0
            node.event = 'timer'
        elif node.event == 'message':
            node.ref = f'm{self.total}'

    def _catch(self, block: Block, loose: list[Loose]) -> list[Loose]:
        made = self.node('intermediateCatchEvent', loose, event=block.facts['event'], ref=block.facts.get('code', ''))
        self._wait(made)
        return [Loose(made)]

    def _throw(self, block: Block, loose: list[Loose]) -> list[Loose]:
        return [Loose(self.node('intermediateThrowEvent', loose, event=block.facts['event'], ref=block.facts['code']))]

    def _raise(self, block: Block, loose: list[Loose]) -> list[Loose]:
        facts = block.facts
        gateway = self.node('exclusiveGateway', loose)
        before = self.node('userTask', [Loose(gateway, facts['when'])])
        if facts['ends'] and (facts['stops'] or not self.joined):
            self.end([Loose(before)], facts['event'], facts['code'])
            return [Loose(gateway, default=True)]
        thrower = self.node('intermediateThrowEvent', [Loose(before)], event=facts['event'], ref=facts['code'])
        return [Loose(gateway, default=True), Loose(thrower)]

    def _stop(self, block: Block, loose: list[Loose]) -> list[Loose]:
        gateway = self.node('exclusiveGateway', loose)
        self.end([Loose(self.node('userTask', [Loose(gateway, block.facts['when'])]))], 'terminate')
        return [Loose(gateway, default=True)]

    def _link(self, block: Block, loose: list[Loose]) -> list[Loose]:
        thrower = self.node('intermediateThrowEvent', loose, event='link', ref=f'l{self.total}')
        thrower.partner = self.node('intermediateCatchEvent', event='link', ref=thrower.ref)
        return [Loose(thrower.partner)]


# -- as XML ----------------------------------------------------------------------------------------------------------

_ENDING = ('userTask', 'serviceTask', 'scriptTask', 'receiveTask', 'subProcess', 'callActivity')
"""What a sub-process may end with where nothing leads on."""

_NOTATIONS = ('${{{name} == {value}}}', '#{{{value} == {name}}}', '= {name} = {value}', '${{{name} eq {value}}}',
              '${{not ({name} != {value})}}', '${{{name} >= {value} && {name} < {value} + 1}}',
              '${{!({name} ne {value})}}')


def _file(ident: str, scope: Scope, pen: _Pen) -> bytes:
    roots: dict[str, str] = {}
    first = None
    if ident == 'p':
        first = ''.join(f'{name} = {value!r}\n' for name, value in pen.values.items())
    parts = _parts(scope, roots, first)
    return xml.bpmn(*parts, ident=ident, roots=''.join(roots.values()))


def _parts(scope: Scope, roots: dict[str, str], first: str | None = None) -> list[str]:
    parts, number = [], 0
    for node in scope.nodes:
        parts.append(_node(node, roots))
        for flow in node.out:
            number += 1
            source = 'set_up' if first is not None and node is scope.start else node.id
            parts.append(_flow(flow, source, number))
    if first is not None:
        parts += [xml.node('scriptTask', 'set_up', f'<bpmn:script>{escape(first)}</bpmn:script>', scriptFormat='duban'),
                  xml.flow(scope.start.id, 'set_up')]
    return parts


def _flow(flow: Flow, source: str, number: int) -> str:
    ident = _flow_id(flow)
    when = None
    if flow.when:
        when = _NOTATIONS[number % len(_NOTATIONS)].format(name=flow.when[0], value=flow.when[1])
    return xml.flow(source, flow.target.id, when, id=None if number % 5 == 0 and not flow.default else ident)


def _flow_id(flow: Flow) -> str:
    return f'{flow.source.id}_{flow.target.id}_{flow.source.out.index(flow)}'


def _node(node: Node, roots: dict[str, str]) -> str:
    inner, given = list(_definitions(node, roots)), {}
    default = next((flow for flow in node.out if flow.default), None)
    if default and len(node.out) > 1:
        given['default'] = _flow_id(default)
    if node.kind == 'userTask':
        given['camunda_candidateGroups'] = 'fgw/liaison'
    elif node.kind == 'boundaryEvent':
        given |= {'attachedToRef': node.host.id, 'cancelActivity': str(node.stops).lower()}
    elif node.kind == 'callActivity':
        given['calledElement'] = node.ref
        inner.append(xml.extension(_mapping('in', node.maps_in), _mapping('out', node.maps_out)))
    elif node.kind == 'scriptTask':
        inner.append(f'<bpmn:script>{node.counter} = {node.counter} + 1</bpmn:script>')
    elif node.kind == 'receiveTask':
        given['messageRef'] = f'message_{node.ref}'
    if node.triggered:
        given['triggeredByEvent'] = 'true'
    elif node.kind == 'startEvent' and node.event:
        given['isInterrupting'] = str(node.stops).lower()
    if node.several:
        inner.append(_marker(node))
    if node.kind == 'serviceTask':
        return xml.service(node.id, *inner, inputs={f'noted_{node.id}': '1'}, camunda_topic='facts.set', **given)
    if node.kind == 'subProcess':
        inner += _parts(node.inside, roots)
    return xml.node(node.kind, node.id, *inner, **given)


def _mapping(way: str, names: tuple[str, ...] | None) -> str:
    if names is None:
        return f'<camunda:{way} variables="all"/>'
    return ''.join(f'<camunda:{way} source="{name}" target="{name}"/>' for name in names)


def _marker(node: Node) -> str:
    """Of a multi-instance activity, in either notation."""
    inner = []
    if node.cardinality:
        inner.append(f'<bpmn:loopCardinality>${{{node.counter}}}</bpmn:loopCardinality>')
    if node.output:
        inner += [f'<bpmn:loopDataOutputRef>{node.output}</bpmn:loopDataOutputRef>',
                  f'<bpmn:outputDataItem id="{node.id}_{node.item}" name="{node.item}"/>']
    if node.until:
        inner.append('<bpmn:completionCondition>'
                     f'${{nrOfCompletedInstances &gt;= {node.until}}}</bpmn:completionCondition>')
    given = {'isSequential': 'true'} if node.sequential else {}
    if node.cardinality:
        return xml.each(None, None, *inner, **given)
    return xml.each(f'${{split({node.counter})}}', node.item, *inner, **given)


def _definitions(node: Node, roots: dict[str, str]) -> list[str]:
    event, ref = node.event, node.ref
    if node.kind == 'receiveTask':
        roots[f'message {ref}'] = xml.message(f'message_{ref}', ref)
        return []
    if event == 'timer':
        text = f'PT{node.span}S'
        return [xml.timer('cycle', f'R{node.rounds}/{text}') if node.rounds else xml.timer('duration', text)]
    if event == 'link':
        return [xml.event('link', name=ref)]
    if event and ref and event != 'terminate':
        make = {'message': xml.message, 'signal': xml.signal, 'error': xml.error, 'escalation': xml.escalation}[event]
        roots[f'{event} {ref}'] = make(f'{event}_{ref}', ref)
        return [xml.event(event, f'{event}_{ref}')]
    return [xml.event(event)] if event else []
