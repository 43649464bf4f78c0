"""Specifications out of a diagram's facts: one for the process, one for each sub-process in it."""
from collections.abc import Iterable
from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

from engine.definition import FRAMES, GATEWAYS, Definition, Element, Flow
from engine.spiff import event, gateway, place, scope
from engine.spiff.away import Away
from engine.spiff.timers import Cycle, Duration, Job, LiveDate

_ROOT = ' '                 # no drawn id is a blank, so no drawn id collides with ours
_SIMPLE = {'userTask': place.Person, 'task': place.Pass, 'manualTask': place.Pass, 'serviceTask': place.Action,
           'businessRuleTask': place.Rule, 'exclusiveGateway': gateway.Exclusive, 'parallelGateway': gateway.Parallel,
           'inclusiveGateway': gateway.Inclusive, 'eventBasedGateway': gateway.Race}
_EVENTS = {'intermediateCatchEvent': event.Catch, 'receiveTask': event.Receive, 'intermediateThrowEvent': event.Throw,
           'endEvent': event.Throw, 'startEvent': event.Begin}
_FRAMES = {'subProcess': scope.Sub, 'transaction': scope.Transaction, 'callActivity': scope.Call}
_TIMERS = {'date': LiveDate, 'duration': Duration, 'cycle': Cycle}


def build(definition: Definition) -> dict[str, BpmnProcessSpec]:
    """The specifications of a diagram by their names: the process's id, and ``process.element`` for what is inside."""
    frames = [element.id for element in definition.elements.values() if element.kind in FRAMES]
    return {name(definition, level): _Builder(definition, level).spec for level in (None, *frames)}


def name(definition: Definition, frame: str | None) -> str:
    """The name of the specification of a process or of a sub-process in it."""
    return definition.id if frame is None else f'{definition.id}.{frame}'


class _Builder:
    """Builds the specification of one level."""

    def __init__(self, definition: Definition, frame: str | None) -> None:
        self.definition = definition
        self.spec = spec = BpmnProcessSpec(name=name(definition, frame))
        spec.task_specs = {_ROOT: spec.start}
        spec.start.name, spec.begins, spec.handlers = _ROOT, [], []
        inside = definition.inside(frame)
        self.first: dict[str, str] = {}                       # where a token enters an element, where one leaves it
        self.last: dict[str, str] = {}
        self.opens: dict[str, str] = {}
        for element in inside:
            self._element(element)
        for source, frame_id in self.opens.items():
            self._link(source, frame_id)
        for flow in definition.flows.values():
            if flow.source in self.last and flow.target in self.first:
                self._connect(flow)
        for element in inside:
            if element.kind == 'boundaryEvent' and element.attached_to in self.first:
                spec.task_specs[element.attached_to].boundaries.append(element.id)
        spec.entering = self._entering()

    # the elements

    def _element(self, element: Element) -> None:
        if element.triggered:
            self._handler(element)
        made = self._made(element)
        if element.kind == 'startEvent':
            self.spec.begins.insert(len(self.spec.begins) if element.event else 0, element.id)    # a plain one first
        if (element.multi or element.loop) and not isinstance(made, Away):
            self._several(element, made)
        self.first[element.id] = self.last[element.id] = element.id
        begins = element.kind == 'startEvent'                  # nothing leads to it, so its job comes behind it
        if element.async_before and element.kind not in GATEWAYS and not begins:
            self.first[element.id] = self._job(element, 'before')
            self._link(self.first[element.id], element.id)
        if (element.async_after or begins and element.async_before) and element.kind not in GATEWAYS:
            self.last[element.id] = self._job(element, 'after')
            self._link(element.id, self.last[element.id])

    def _made(self, element: Element) -> Any:
        kind = element.kind
        if kind == 'callActivity' and _runs_away(element):
            return self._away(element)
        if kind in _FRAMES:
            inside = element.called if kind == 'callActivity' else name(self.definition, element.id)
            return self._keep(_FRAMES[kind], element, subworkflow_spec=inside)
        if kind == 'boundaryEvent':
            return self._keep(event.Boundary, element, event=_heard(element), interrupts=element.interrupting)
        if kind == 'sendTask':
            return self._keep(place.Action, element) if element.topic else self._keep(
                event.Throw, element, event=event.Event('message', element.message))
        if kind == 'scriptTask':
            return self._keep(place.Script, element, script=element.script)
        if kind == 'startEvent' and element.parent and self.definition.elements[element.parent].triggered:
            return self._keep(event.Opening, element)
        if kind in _EVENTS:
            return self._keep(_EVENTS[kind], element, event=_heard(element))
        return self._keep(_SIMPLE[kind], element)

    def _keep(self, kind: type, element: Element, **kwargs: Any) -> Any:
        made = kind(self.spec, element.id, bpmn_name=element.name, **kwargs)
        made.drawn, made.extensions = element.id, _extensions(element)
        return made

    def _handler(self, frame: Element) -> None:
        """The start of an event sub-process waits beside what it belongs to."""
        for element in self.definition.inside(frame.id):
            if element.kind == 'startEvent':
                self._keep(event.Handler, element, event=_heard(element), interrupts=element.interrupting)
                self.spec.handlers.append(element.id)
                self.opens[element.id] = frame.id

    def _several(self, element: Element, child: Any) -> None:
        specs = self.spec.task_specs
        child.name, child.repeated = f'{element.id} [child]', True
        specs[child.name] = specs.pop(element.id)
        self._keep(scope.Multi, element, child=child.name, **_how(element))

    def _away(self, element: Element) -> Any:
        how = _how(element) if element.multi or element.loop else {'most': 1}
        return self._keep(Away, element, process=element.called, binding=element.binding, version=element.version,
                          key=element.business_key, several=bool(element.multi or element.loop), **how)

    def _job(self, element: Element, when: str) -> str:
        """A job beside an element: a later step goes on from here (``camunda:asyncBefore``, ``asyncAfter``)."""
        made = event.Catch(self.spec, f'{element.id} [{when}]', bpmn_name=element.name, event=Job())
        made.drawn, made.extensions, made.quiet, made.aside = element.id, _extensions(element), True, True
        return made.name

    # the flows

    def _link(self, source: str, target: str) -> None:
        self.spec.task_specs[source].connect(self.spec.task_specs[target])

    def _connect(self, flow: Flow) -> None:
        source, target = self.definition.elements[flow.source], self.definition.elements[flow.target]
        spec, into = self.spec.task_specs[self.last[source.id]], self._before(source, target, flow.id)
        spec.connect(self.spec.task_specs[into])
        if isinstance(spec, gateway.Choice) and (flow.condition or len(source.outgoing) > 1):
            if source.default == flow.id:
                spec.otherwise = into
            else:
                spec.conditions.append((flow.condition or None, into))

    def _before(self, source: Element, target: Element, flow: str) -> str:
        """Where a flow leads. A gateway's jobs stand on its flows: it chooses before them, and joins behind them."""
        into = self.first[target.id]
        for element, when in ((target, 'before'), (source, 'after')):
            if element.kind in GATEWAYS and (element.async_before if when == 'before' else element.async_after):
                job = self._job(element, f'{when} {flow}')
                self._link(job, into)
                into = job
        return into

    def _entering(self) -> dict[str, Iterable[str]]:
        """For each place those from which a token can come; to an event from the activity that it is attached to."""
        found = {name: list(spec._inputs) for name, spec in self.spec.task_specs.items()}
        for host, spec in self.spec.task_specs.items():
            for boundary in spec.boundaries if isinstance(spec, place.Place) else ():
                found[boundary].append(host)
        return found


def _runs_away(element: Element) -> bool:
    """Whether a call activity begins instances of their own."""
    return bool(element.multi or element.business_key or element.binding in ('latest', 'version'))


def _how(element: Element) -> dict[str, Any]:
    """How often an activity is done."""
    multi, loop = element.multi, element.loop
    if multi:
        return {'sequential': multi.sequential, 'collection': multi.collection, 'cardinality': multi.cardinality,
                'variable': multi.variable, 'output': multi.output, 'result': multi.result, 'until': multi.completion}
    return {'again': loop.condition, 'most': int(loop.most) if loop.most else None, 'test_before': loop.test_before}


def _heard(element: Element) -> Any:
    """The definition of an event; None for a plain one."""
    if element.timer is not None:
        return _TIMERS[element.timer.kind](element.name, element.timer.text)
    if element.event == 'conditional':
        return event.Condition(element.condition)
    if element.kind in ('receiveTask', 'sendTask'):
        return event.Event('message', element.message)
    if element.event in ('message', 'signal', 'error', 'escalation', 'cancel', 'terminate'):
        return event.Event(element.event, getattr(element, element.event, ''))
    return None


def _extensions(element: Element) -> dict[str, Any]:
    return {'camunda': {'candidateGroups': element.candidate, 'formRef': element.form, 'dueDate': element.due,
                        'topic': element.topic, 'decisionRef': element.decision},
            'input': element.inputs, 'output': element.outputs, 'in': element.into, 'out': element.out_of,
            'in_all': element.all_in, 'out_all': element.all_out, 'properties': element.properties}
