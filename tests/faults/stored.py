"""The engine's side of a walk by the whole way: deployed, started, completed and fired through the database."""
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Engine, select

from engine import actions, db, deployment, instance
from engine.errors import Broken
from engine.history import SYSTEM, Actor, Event, Kind
from engine.instance.row import INSTANCE, TASK, TIMER
from engine.ledger import FACTS
from tests.faults.case import BEGIN, OFFICER, TENANT, Case, set_clock
from tests.faults.drawing import Drawing
from tests.faults.reference import Seen
from tests.workflows.story import bundle_files

_DOER = Actor('省发展改革委·联络员', 'fgw', 'liaison')
_SHIPPED = bundle_files()


class Stored:
    """One instance of `p` beside a matter, and those that it calls; what is seen is read from rows and trail.

    A twin of it, which differs in its business key and the variable `who`, must not hear what is meant for the other.
    """

    shows = ('open', 'armed', 'hears', 'values')
    counts = ('subProcess', 'transaction')                 # of copies, the trail tells of these one by one and together

    def __init__(self, engine: Engine, drawing: Drawing) -> None:
        self.engine, self.drawn, self.seq, self.now = engine, set(drawing.processes), 0, BEGIN
        set_clock(engine, BEGIN)
        topics = {topic: known.parameters() for topic, known in actions.known().items()}
        with db.writing(engine) as session:
            deployment.deploy(session, TENANT, {**_SHIPPED, **drawing.files}, '流程管理员', '', BEGIN, topics, FACTS)
        self.case = Case.begin(engine)
        self.heard, self.twin = 0, self._begin('twin').instance_id
        self._begin('main', matter_id=self.case.id)
        with db.reading(engine) as session:
            self.key = session.scalar(select(INSTANCE.c.id).where(INSTANCE.c.matter_id == self.case.id,
                                                                  INSTANCE.c.process == 'p'))
        self._tell()

    def _begin(self, who: str, **beside: Any) -> Any:
        return db.carry_out(self.engine, lambda session: instance.start(
            session, TENANT, 'p', OFFICER, {'who': who}, key=who, **beside))

    def _do(self, think: Callable[[Any], Any]) -> None:
        db.carry_out(self.engine, think)

    def _rows(self, *wanted: Any) -> list[Any]:
        with db.reading(self.engine) as session:
            return session.execute(*wanted).all()

    # what can be seen

    @property
    def open(self) -> Counter:
        found = self._rows(select(TASK.c.process, TASK.c.element, TASK.c.token).where(
            TASK.c.matter_id == self.case.id, TASK.c.state == 'open', TASK.c.process.in_(self.drawn)))
        return Counter(_seen(row) for row in found)

    @property
    def armed(self) -> Counter:
        found = self._rows(select(TIMER.c.process, TIMER.c.element, TIMER.c.due_at).where(
            TIMER.c.matter_id == self.case.id, TIMER.c.process.in_(self.drawn)))
        return Counter((f'{row.process}.{row.element}', row.due_at) for row in found)

    @property
    def hears(self) -> set[str]:
        found = self._rows(select(INSTANCE.c.hears).where(
            INSTANCE.c.matter_id == self.case.id, INSTANCE.c.process.in_(self.drawn), INSTANCE.c.status == 'running'))
        return {name for row in found for name in row.hears.split(',') if name and not name.startswith('signal:')}

    @property
    def values(self) -> dict[str, Any]:
        found = self._rows(select(INSTANCE.c.vars).where(INSTANCE.c.id == self.key))[0].vars
        return {name: value for name, value in found.items() if name != 'who' and not name.startswith('noted_')}

    @property
    def run(self) -> Any:
        """Whether it is done."""
        found = self._rows(select(INSTANCE.c.status).where(INSTANCE.c.id == self.key))
        return SimpleNamespace(done=found[0].status == 'done')

    def _tell(self) -> None:
        """What the trail says since it was last asked."""
        found = select(Event).where(Event.chain == str(self.case.id), Event.seq > self.seq).order_by(Event.seq)
        events = [row.Event for row in self._rows(found)]
        self.seq = events[-1].seq if events else self.seq
        own = [event for event in events if event.process in self.drawn]
        passed = (Kind.NODE_PASSED, Kind.TASK_COMPLETED)
        self.left = Counter(f'{event.process}.{event.element}' for event in own if event.kind in passed)
        self.rang = Counter(f'{event.process}.{event.element}' for event in own if event.kind == Kind.TIMER_FIRED)
        self.sent = [event.summary for event in own if event.kind == Kind.MESSAGE_SENT and 'signal' not in event.data]

    # what a walk does

    def attempt(self, step: Callable[..., None], *given: Any) -> bool:
        """As of `Player`."""
        try:
            step(*given)
        except Broken as broken:
            if not broken.cause.startswith('并行的两个分支都在写'):
                raise
            return False
        self._tell()
        return True

    def complete(self, seen: Seen, answer: dict[str, int]) -> None:
        """Somebody finishes an open task."""
        found = self._rows(select(TASK.c.id, TASK.c.process, TASK.c.element, TASK.c.token).where(
            TASK.c.matter_id == self.case.id, TASK.c.state == 'open', TASK.c.process.in_(self.drawn)))
        key = next(row.id for row in found if _seen(row) == seen)
        self._do(lambda session: instance.complete(session, key, _DOER, answer))

    def wait(self, until: datetime) -> None:
        """The clock goes on, and what is due in the drawn processes fires."""
        set_clock(self.engine, until)
        due = select(TIMER.c.id, TIMER.c.instance_id).where(
            TIMER.c.matter_id == self.case.id, TIMER.c.process.in_(self.drawn), TIMER.c.due_at <= until)
        for row in self._rows(due):
            if self._rows(select(TIMER.c.id).where(TIMER.c.id == row.id)):       # not taken along by an earlier one
                self._do(lambda session, row=row: instance.fire(session, row.instance_id))

    def hear(self, name: str, alone: bool) -> None:
        """A message comes from outside: to the whole matter, or, where only the first instance waits for it, to a
        business key or to who has a variable."""
        self.heard += 1
        whom: list[dict[str, Any]] = [{}, *([{'key': 'main'}, {'where': {'who': 'main'}}] if alone else [])]
        how, before = whom[self.heard % len(whom)], self._twin()
        self._do(lambda session: instance.correlate(session, TENANT, name, SYSTEM, **how) if how
                 else instance.message(session, self.case.id, name, SYSTEM))
        assert self._twin() == before, f'the twin heard {name} {how}'

    def _twin(self) -> Any:
        return self._rows(select(INSTANCE.c.state, INSTANCE.c.version).where(INSTANCE.c.id == self.twin))


def _seen(row: Any) -> Seen:
    items = {name: value for name, value in (row.token or {}).items() if name.startswith('item')}
    return f'{row.process}.{row.element}', tuple(sorted(items.items()))
