"""What a step tells beyond the inbox: its new tasks and messages, to those who want to hear of them elsewhere, and who
acts for them."""
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import bindparam, select

from engine import outbox, statement
from engine.actions.reminder import Message
from engine.circulation import Copy
from engine.errors import Broken
from engine.instance.row import TASK
from engine.job import JOB, carrying
from engine.ledger import FACTS
from engine.outbox import Note, Readers

_TABLE = 'urgency'
_WAITS = select(JOB.c.id).where(JOB.c.instance_id == bindparam('key'), JOB.c.kind == _TABLE)


def follow(step: Any) -> None:
    """Put what the step opened and sent into the outbox. Where nobody has a contact, nothing is asked or written."""
    readers = Readers(step.session, step.around, step.today)
    notes = list(_notes(step, readers)) if readers else ()
    if notes:
        hours = outbox.hours(step.session, step.around, step.bundle)
        outbox.post(step.plan, readers, step.tenant_id, notes, hours, step.now)


def _notes(step: Any, readers: Readers) -> Iterator[Note]:
    facts = step.facts.row if step.facts is not None else {}
    matter, due, urgent = (facts.get('title') or '', facts.get('lead_unit')), facts.get('due_at'), _Urgency(step)
    until = {row['id']: row['due_at'].astimezone(step.zone).date() for row in step.plan.inserts.get(TASK, ())
             if row['due_at']}
    for kind, row, name, day, place in (
            *(('task', row, row['name'], until.get(row['id']), ('task', row['id'])) for row in step.opened),
            *((row['kind'], row, row['step'], due, ('message', row['id'])) for row in _rows(step, Message)),
            *(('copy', row, '', due, ('copy', row['circulation_id'])) for row in _rows(step, Copy))):
        if readers.of((row['unit'], row['post'])):
            yield Note(kind, row['unit'], row['post'], *matter, name, day, *place, urgent=urgent(kind))


def _rows(step: Any, table: Any) -> Iterable[Mapping[str, Any]]:
    return step.plan.inserts.get(table.__table__, ())


def urgent(step: Any, kind: str) -> bool:
    """Whether a kind of thing may disturb people at night: what the table `urgency` says of the matter's facts.

    :raises Broken: no rule fits, or the table fails.
    """
    table = step.bundle.tables.get(_TABLE)
    if table is None:
        return False
    facts = {name: step.facts[name] if step.facts is not None else None for name in FACTS}
    return bool(step.decide(table, facts | {'kind': kind}).values.get('urgent'))


class _Urgency:
    """What is urgent in a step. Where the table fails nobody is disturbed and no step undone: a job asks it again, and
    what comes of that is the operator's."""

    def __init__(self, step: Any) -> None:
        self._step, self._known = step, {}

    def __call__(self, kind: str) -> bool:
        if kind not in self._known:
            self._known[kind] = self._asked(kind)
        return self._known[kind]

    def _asked(self, kind: str) -> bool:
        try:
            return urgent(self._step, kind)
        except Broken:
            self._leave(kind)
            return False

    def _leave(self, kind: str) -> None:
        step, instance_id = self._step, next(iter(self._step.lives))
        left = [row for row in step.plan.inserts.get(JOB, ()) if row['kind'] == _TABLE]
        if not left and not statement.read(step.connection, _WAITS, {'key': instance_id}):
            step.plan.insert(JOB, carrying(step.tenant_id, _TABLE, {'kind': kind}, instance_id, step.recorded_at))
