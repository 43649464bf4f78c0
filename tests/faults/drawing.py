"""A tree of blocks, drawn: as a graph for the reference interpreter, and as files for the engine."""
from datetime import datetime

from tests.faults import bpmn
from tests.faults.blocks import VARIABLES, Block
from tests.faults.graph import Drawing, Flow, Node
from tests.faults.pen import Loose, Pen


def draw(tree: Block, begin: datetime) -> Drawing:
    """The diagram of a tree; the main process is `p`, its dates come after it begins."""
    pen = _Pen(begin)
    pen.process('p', tree)
    files = {f'{ident}.bpmn': bpmn.file(ident, scope, pen.values) for ident, scope in pen.processes.items()}
    return Drawing(pen.processes, pen.values, files)


class _Pen(Pen):
    """One method for each kind of block."""

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
        if flavour == 'script':
            return [Loose(self._counting(loose))]
        return [Loose(self.node({'service': 'serviceTask', 'none': 'intermediateThrowEvent', 'undefined': 'task',
                                 'manual': 'manualTask'}[flavour], loose))]

    def _counting(self, loose: list[Loose]) -> Node:
        """A script with a variable of its own."""
        made = self.node('scriptTask', loose)
        made.counter = f'n{self.total}'
        self.values[made.counter] = 0
        return made

    def _xor(self, block: Block, loose: list[Loose]) -> list[Loose]:
        gateway = self.node('exclusiveGateway', loose)
        ends = [Loose(gateway, default=True)]
        for part, when in zip(block.parts, block.facts['when'], strict=True):
            ends += self.draw(part, [Loose(gateway, self._meant(when))])
        return self._one(ends) if block.facts['merge'] else ends

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
                for end in self._one(self.draw(part, [Loose(source, self._meant(when))]))]
        ends.append(Loose(source, default=True))
        return [Loose(self.node('inclusiveGateway', ends))] if join else self._each_ends(ends)

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
        check.out.append(Flow(check, merge, self._meant(block.facts['when'])))
        merge.entries += 1
        return [Loose(check, default=True)]

    def _sub(self, block: Block, loose: list[Loose]) -> list[Loose]:
        made = self.node('subProcess', loose)
        made.inside = self.inside(block.parts[0], block.facts['end'])
        return [Loose(made)]

    def _later(self, block: Block, loose: list[Loose]) -> list[Loose]:
        """The job is of the first element of the part."""
        known = len(self.scope.nodes)
        ends = self.draw(block.parts[0], loose)
        self.scope.nodes[known].jobs = block.facts['jobs']
        return ends

    def _transaction(self, block: Block, loose: list[Loose]) -> list[Loose]:
        made = self.node('transaction', loose)
        made.inside = self.inside(block.parts[0], True)
        return [Loose(made)]

    def _again(self, block: Block, loose: list[Loose]) -> list[Loose]:
        ends, facts = self.draw(block.parts[0], loose), block.facts
        made = ends[0].source
        made.several, made.loops, made.when, made.most = True, True, self._meant(facts['when']), facts['most']
        made.before = facts['before']
        return ends

    def _call(self, block: Block, loose: list[Loose]) -> list[Loose]:
        made = self.node('callActivity', loose, ref=f'q{self.total}')
        known, item = set(self.values), self.item
        self.item = item if block.facts['gives'] == 'all' or block is self.repeated else ''
        self.process(made.ref, block.parts[0])
        self.item = item
        made.inside = self.processes[made.ref]
        inner = {*VARIABLES, *(self.values.keys() - known)}
        made.maps_in = None if block.facts['gives'] == 'all' else tuple(sorted(inner))
        some = {name: f'{name}{self.total}' for name in VARIABLES}      # own names: two calls may run side by side
        made.maps_out = {'all': None, 'some': some, 'none': {}}[block.facts['takes']]
        return [Loose(made)]

    def _each(self, block: Block, loose: list[Loose]) -> list[Loose]:
        facts, outer = block.facts, (self.item, self.repeated)
        self.total += 1
        item, self.repeated = f'item{self.total}', block.parts[0]
        self.item = '' if facts['cardinality'] else item
        ends = self.draw(block.parts[0], loose)
        made = ends[0].source
        self.item, self.repeated = outer
        made.several, made.sequential, made.cardinality = True, facts['sequential'], facts['cardinality']
        made.item, made.counter, made.until = item, item.replace('item', 'list'), facts['until']
        made.items = [f'x{number}' for number in range(facts['items'])]
        made.output = item.replace('item', 'out') if facts['output'] else ''
        self.values[made.counter] = len(made.items) if made.cardinality else ','.join(made.items)
        return ends

    def _receive(self, block: Block, loose: list[Loose]) -> list[Loose]:
        made = self.node('receiveTask', loose, event='message')
        self._wait(made)
        return [Loose(made)]

    def _race(self, block: Block, loose: list[Loose]) -> list[Loose]:
        gateway, ends = self.node('eventBasedGateway', loose), []
        for part, event in zip(block.parts, block.facts['events'], strict=True):
            facts = {'event': event, 'when': block.facts['when']}
            catcher = Block('receive') if event == 'receive' else Block('catch', facts=facts)
            ends += self.draw(part, self.draw(catcher, [Loose(gateway)]))
        return ends

    def _handler(self, block: Block, loose: list[Loose]) -> list[Loose]:
        """An event sub-process beside what is drawn here; no token comes to it."""
        facts, made = block.facts, self.node('subProcess', triggered=True)
        made.inside = self.inside(block.parts[0], True)
        start = made.inside.start
        start.event, start.ref, start.stops = facts['event'], facts['code'], facts['stops']
        self._wait(start, facts.get('when'))
        return loose

    def _guard(self, block: Block, loose: list[Loose]) -> list[Loose]:
        facts = block.facts
        ends = self.draw(block.parts[0], loose)
        host = ends[0].source
        edge = self.node('boundaryEvent', host=host, stops=facts['stops'], event=facts['event'], ref=facts['code'])
        host.guards.append(edge)
        self._wait(edge, facts.get('when'))
        joined, self.joined = self.joined, self.joined and facts['stops']
        handled = self.draw(block.parts[1], [Loose(edge)])
        self.joined = joined
        if facts['stops'] and (facts['rejoin'] or self.joined):
            return ends + handled
        self.end(handled)
        return ends

    def _catch(self, block: Block, loose: list[Loose]) -> list[Loose]:
        made = self.node('intermediateCatchEvent', loose, event=block.facts['event'], ref=block.facts.get('code', ''))
        self._wait(made, block.facts.get('when'))
        return [Loose(made)]

    def _throw(self, block: Block, loose: list[Loose]) -> list[Loose]:
        return [Loose(self.node('intermediateThrowEvent', loose, event=block.facts['event'], ref=block.facts['code']))]

    def _raise(self, block: Block, loose: list[Loose]) -> list[Loose]:
        facts = block.facts
        if facts.get('by', 'event') != 'event':
            made = self._counting(loose) if facts['by'] == 'script' else self.node('serviceTask', loose)
            made.throws, made.when = (facts['event'], facts['code']), self._meant(facts['when'])
            return [Loose(made)]
        gateway = self.node('exclusiveGateway', loose)
        before = self.node('userTask', [Loose(gateway, self._meant(facts['when']))])
        if facts['ends'] and (facts['stops'] or not self.joined):
            self.end([Loose(before)], facts['event'], facts['code'])
            return [Loose(gateway, default=True)]
        thrower = self.node('intermediateThrowEvent', [Loose(before)], event=facts['event'], ref=facts['code'])
        return [Loose(gateway, default=True), Loose(thrower)]

    def _stop(self, block: Block, loose: list[Loose]) -> list[Loose]:
        gateway = self.node('exclusiveGateway', loose)
        self.end([Loose(self.node('userTask', [Loose(gateway, self._meant(block.facts['when']))]))], 'terminate')
        return [Loose(gateway, default=True)]

    def _link(self, block: Block, loose: list[Loose]) -> list[Loose]:
        thrower = self.node('intermediateThrowEvent', loose, event='link', ref=f'l{self.total}')
        thrower.partner = self.node('intermediateCatchEvent', event='link', ref=thrower.ref)
        return [Loose(thrower.partner)]
