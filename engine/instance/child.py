"""Instances that call activities started: they begin and end within the step, and bring their results back.

A child is a row like any other, with its caller's instance and task, and its number among its siblings. What it came to
stands in its own row (``outcome``) and is read once, when its caller goes on; until then nobody looks at its siblings.
"""
from collections import deque
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select

from engine import deployment, statement
from engine.errors import Broken, said
from engine.history import SYSTEM, Kind
from engine.instance import row as rows
from engine.instance.live import Live
from engine.instance.row import INSTANCE
from engine.spiff import Errand, Node

_RUNNING = select(INSTANCE).where(INSTANCE.c.parent_task == bindparam('caller'), INSTANCE.c.status == 'running')
_CAME_TO = (select(INSTANCE.c.number, INSTANCE.c.outcome)
            .where(INSTANCE.c.parent_task == bindparam('caller'), INSTANCE.c.outcome.is_not(None)))
_DEEPEST = 50               # calls within calls that begin in one step; a process that calls itself is stopped here


class Children:
    """What the call activities of one step want, and what comes back to them."""

    def __init__(self, step: Any) -> None:
        self.step = step
        self._wanted: deque[tuple[Live, Errand, Node]] = deque()
        self._recalled: deque[UUID] = deque()
        self._raised: deque[tuple[Live, str, str]] = deque()
        self._running: dict[UUID, Live] = {}
        self._outcomes: dict[UUID, dict[int, Any]] = {}
        self._versions: dict[tuple[str, str], int] = {}

    def want(self, caller: Live, errand: Errand, node: Node) -> None:
        """A call activity wants an instance; it begins when the caller stands still."""
        self._wanted.append((caller, errand, node))
        caller.calling += 1

    def recall(self, caller: UUID) -> None:
        """A call activity ended early: what it wanted and what runs for it ends."""
        self._recalled.append(caller)

    def raised(self, child: Live, kind: str, code: str) -> None:
        """An error or escalation leaves an instance; an error has ended it."""
        if kind == 'error':
            child.row['status'] = 'cancelled'
        self._raised.append((child, kind, code))

    def watch(self, child: Live) -> None:
        """A child was loaded or begun in this step."""
        self._running[child.row['id']] = child

    def keep(self, caller: UUID, number: int, value: Any) -> None:
        """What one instance came to."""
        self._outcomes.setdefault(caller, {})[number] = value

    def results(self, caller: UUID) -> list:
        """What the instances of a call activity came to, in the order of its collection."""
        found = {row['number']: row['outcome']['value'] for row in self._read(_CAME_TO, caller=caller)}
        found |= self._outcomes.get(caller, {})
        return [found[number] for number in sorted(found)]

    def outcome(self, row: dict[str, Any]) -> dict[str, Any]:
        """What is to be written into a child's row because of what it came to in this step."""
        kept = self._outcomes.get(row['parent_task'], {})
        return {'outcome': {'value': kept[row['number']]}} if row['number'] in kept else {}

    def settle(self) -> bool:
        """Let begin, end and return what this step has set off; whether anything moved."""
        moved = False
        while self._recalled or self._raised or self._wanted or self._back():
            moved = True
            if self._recalled:
                self._end(self._recalled.popleft())
            elif self._raised:
                self._hand_on(*self._raised.popleft())
            elif self._wanted:
                self._begin(*self._wanted.popleft())
        return moved

    def _begin(self, caller: Live, errand: Errand, node: Node) -> None:
        step = self.step
        caller.calling -= 1
        if caller.depth >= _DEEPEST:
            raise Broken(said('流程一步里互相调用了{most}层还没有停', most=_DEEPEST), element=node.element, name=node.name,
                         advice='检查流程是不是在调用自己')
        version = self._version(caller, errand, node)
        if errand.process not in deployment.bundle(step.session, version).processes:
            raise Broken(said('这一版里没有叫“{process}”的流程', process=errand.process), element=node.element, name=node.name,
                         advice='检查调用活动里的流程编号')
        key = caller.value(errand.key, node, errand.token) if errand.key else None
        row = rows.blank(step.tenant_id, caller.row['matter_id'], errand.process, version, step.now)
        row |= {'vars': errand.values, 'parent_id': caller.row['id'], 'parent_task': errand.caller,
                'number': errand.number, 'token': errand.token, 'business_key': None if key is None else str(key)}
        Live(step, row, depth=caller.depth + 1, around=errand.around)

    def _version(self, caller: Live, errand: Errand, node: Node) -> int:
        if errand.binding == 'deployment':
            return caller.row['deployment_id']
        wanted = errand.binding, errand.version
        if wanted not in self._versions:
            session, tenant_id = self.step.session, self.step.tenant_id
            found = (deployment.current(session, tenant_id) if errand.binding == 'latest'
                     else deployment.numbered(session, tenant_id, errand.version))
            if found is None:
                raise Broken(said('没有第“{version}”版', version=errand.version), element=node.element, name=node.name,
                             advice='检查调用活动里写的版本号')
            self._versions[wanted] = found.id
        return self._versions[wanted]

    def _end(self, caller: UUID) -> None:
        for live in [live for live, errand, _ in self._wanted if errand.caller == caller]:
            live.calling -= 1
        self._wanted = deque(one for one in self._wanted if one[1].caller != caller)
        for row in self._read(_RUNNING, caller=caller):
            self.step.load(row)
        for live in [live for live in self.step.lives.values() if live.row['parent_task'] == caller and live.alive]:
            self.step.end(live, '调用它的环节已结束')

    def _hand_on(self, child: Live, kind: str, code: str) -> None:
        if kind == 'error':
            child.event(Kind.INSTANCE_CANCELLED, SYSTEM, f'抛出错误 {code}', {'error': code})
        caller = self._caller(child)
        if caller is not None:
            caller.run.raised(child.row['parent_task'], kind, code)

    def _back(self) -> bool:
        """Tell the callers of those that have come to their end."""
        done = [live for live in self._running.values() if live.run.done]
        for live in done:
            del self._running[live.row['id']]
        for live in done:
            caller = self._caller(live) if live.row['status'] == 'running' else None
            if caller is not None:
                row = live.row
                caller.run.returned(row['parent_task'], row['number'], row['token'] or {}, live.vars)
        return bool(done)

    def _caller(self, child: Live) -> Live | None:
        """The instance that called another, loaded; None when it has ended."""
        key = child.row['parent_id']
        live = self.step.lives.get(key)
        if live is None:
            (row,) = self._read(rows.BY_ID, key=key)
            if row['status'] != 'running':
                return None
            live = self.step.load(row)
        return live if live.alive else None

    def _read(self, clause: Any, **values: UUID) -> list[dict[str, Any]]:
        return statement.read(self.step.connection, clause, values)
