"""What the places of a diagram ask of the run that they belong to."""
from collections.abc import Mapping, Set
from datetime import datetime
from typing import Any

import orjson
from SpiffWorkflow import TaskState

from engine import expression
from engine.errors import Broken, Thrown
from engine.spiff.away import Errand
from engine.spiff.event import Event, uncaught
from engine.spiff.gateway import drawn_before
from engine.spiff.host import Host
from engine.spiff.library import Library
from engine.spiff.node import Node
from engine.spiff.place import drawn
from engine.spiff.scope import frames, surroundings
from engine.spiff.timers import LiveDate
from engine.spiff.tree import Tree


class Asked:
    """The half of a run that answers its places."""

    library: Library
    tree: Tree
    host: Host
    own: dict | None
    _outer: dict[str, Any]

    @property
    def now_text(self) -> str:
        """The tenant's moment as an ISO string with its offset."""
        return self.host.functions['now']()

    def evaluate(self, task: Any, text: str, extra: dict | None = None) -> Any:
        """The value of an expression at a place.

        :raises Broken: it fails; names element, expression and the values it read.
        """
        code = expression.compile(text)
        local, closed = self._seen(task)
        scope = self.host.scope({**local, **extra} if extra else local, closed)
        return self._value(task, text, code, scope)

    def evaluate_in(self, task: Any, text: str, inside: dict) -> Any:
        """The value of an expression that sees what is inside a called process, and nothing of its caller.

        :raises Broken: it fails.
        """
        return self._value(task, text, expression.compile(text), self.host.scope(inside, True))

    def _value(self, task: Any, text: str, code: Any, scope: Mapping[str, Any]) -> Any:
        try:
            return code.evaluate(scope, self.host.functions)
        except expression.ExpressionError as error:
            raise Broken(error.said, element=drawn(task.task_spec), name=task.task_spec.bpmn_name, expression=text,
                         values=_read(scope, code.names), advice='改好表达式或补上缺的数据后重试') from error

    def values(self, task: Any, texts: list[str]) -> dict[str, Any]:
        """What some expressions read at a place."""
        scope = self.host.scope(*self._seen(task))
        return _read(scope, frozenset().union(*(expression.compile(text).names for text in texts)))

    def visible(self, task: Any) -> Mapping[str, Any]:
        """Every variable that can be seen at a place, for a call that hands all of them over."""
        local, closed = self._seen(task)
        return local if closed else {**self.host.vars, **local}

    def script(self, task: Any, text: str) -> None:
        """Run a script task; its assignments are kept where every value is kept.

        :raises Broken: it fails. :raises Thrown: it throws; what it had assigned by then is kept.
        """
        node, code = self._node(task), expression.compile(text, 'script')
        scope = self.host.scope(node.local, node.closed)
        try:
            values = code.run(scope, self.host.functions)
        except Thrown as thrown:
            self.host.write(thrown.values, node)
            raise
        except expression.ExpressionError as error:
            raise Broken(error.said, element=node.element, name=node.name, expression=text,
                         values=_read(scope, code.names), advice='改好脚本后重试') from error
        self.host.write(values, node)

    def write(self, values: dict[str, Any], task: Any) -> None:
        """An activity gives results to its surroundings."""
        self.host.write(values, self._node(task))

    def act(self, task: Any) -> None:
        """A service task asks for its action."""
        self.host.act(self._node(task))

    def decide(self, task: Any) -> None:
        """A business rule task asks for its table."""
        self.host.decide(self._node(task))

    def send(self, task: Any, message: str) -> None:
        """A throw event."""
        self.host.send(message, self._node(task))

    def call(self, task: Any, errand: Errand) -> None:
        """A call activity wants an instance."""
        self.host.call(errand, self._node(task))

    def signal(self, thrower: Any, name: str) -> None:
        """A signal is heard by everything that waits for it here, and by other instances."""
        for task in list(self.tree.waiting.values()):
            if task._state == TaskState.WAITING and isinstance(task.task_spec.event, Event) \
                    and task.task_spec.event.meets(Event('signal', name)):
                task.task_spec.happen(task)
        self.host.signal(name, self._node(thrower))

    def unheard(self, task: Any, event: Event) -> None:
        """Nothing here catches what was thrown: it goes to the caller, an error ends what it leaves. Without a caller
        an error is an incident, an escalation is past.

        :raises Broken: it was an error that nobody can catch.
        """
        if self.own is not None and event.kind in ('error', 'escalation'):
            if event.kind == 'error':
                self.cancel()
            self.host.raised(event.kind, event.name)
            return
        if event.kind != 'escalation':
            raise uncaught(task, event)

    def fire(self, task: Any, due_at: datetime, stands_for: int = 1) -> None:
        """A timer went off."""
        spec = task.task_spec
        if spec.quiet:
            return
        if spec.attached and not spec.interrupts and isinstance(spec.event, LiveDate):
            self._rung[self._bell(task)] = due_at.isoformat(), self.now_text
        self.host.fired(self._node(task), due_at, stands_for)

    def rung(self, task: Any, value: str, since: str) -> bool:
        """Whether this reminder had already rung for this date when it began to wait."""
        last = self._rung.get(self._bell(task))
        if last is None:
            return False
        due_at, rang_at = map(datetime.fromisoformat, last)
        return due_at == datetime.fromisoformat(value) and rang_at <= datetime.fromisoformat(since)

    def fresh(self, task: Any) -> bool:
        """Whether a date must be read again: something it may depend on changed since it was read in this run."""
        if self._read.get(task.id) == self.host.revision:
            return False
        self._read[task.id] = self.host.revision
        return True

    def token(self, task: Any) -> dict[str, Any]:
        """What tells a token from others at the same place: the elements of all around it that is done several times."""
        return self._token(self._around(task))

    def _token(self, inside: list[dict]) -> dict[str, Any]:
        token = dict(self._outer)
        for kept in reversed(inside):
            token.update(kept['local'])
        return token

    def _bell(self, task: Any) -> str:
        return self._key(f'{self.library.home[task.workflow.spec.name]}.{drawn(task.task_spec)}', self.token(task))

    @staticmethod
    def _key(place: str, token: Mapping[str, Any]) -> str:
        return place + (orjson.dumps(token, option=orjson.OPT_SORT_KEYS).decode() if token else '')

    def _with_own(self, inside: list[dict]) -> list[dict]:
        """The insides, and what the instance itself was given, as it has changed it since."""
        if not self.own:
            return inside
        given = {name: self.host.vars.get(name, value) for name, value in self.own['local'].items()}
        return [*inside, {**self.own, 'local': given}]

    def _around(self, task: Any) -> list[dict]:
        return self._with_own(frames(task))

    def _seen(self, task: Any) -> tuple[dict, bool]:
        return _seen(self._around(task))

    def _node(self, task: Any) -> Node:
        spec, kept, parent = task.task_spec, task.internal_data, task.parent
        inside, branch = surroundings(task)
        around = self._with_own(inside) if self.own else inside
        local, closed = _seen(around) if around else ({}, False)
        sources = kept.get('from') or ([place] if (place := drawn_before(task)) else [])
        stands_for = kept.get('stands_for') or (1 if parent is None else parent.internal_data.get('stands_for', 1))
        return Node(self.library.home[task.workflow.spec.name], spec.drawn, self.host.label(spec.bpmn_name), sources,
                    self._token(around), local, closed, inside, self._root, branch, spec.extensions,
                    kept.get('since'), stands_for)


def _seen(inside: list[dict]) -> tuple[dict, bool]:
    """What can be seen because of the insides around a place, and whether the instance's own variables cannot."""
    if not inside:
        return {}, False
    seen: dict[str, Any] = {}
    closed = False
    for kept in reversed(inside):
        if kept.get('closed'):
            seen, closed = {}, True
        if 'number' in kept:
            seen['loopCounter'] = kept['number']
        seen |= kept['local']
        seen |= kept.get('vars', {})
    return seen, closed


def _read(scope: Mapping[str, Any], names: Set[str]) -> dict[str, Any]:
    return {name: scope.get(name) for name in sorted(names)}
