"""How an instance stood before a person's step, kept beside it until something moves it again, for 撤回."""
from base64 import b85encode
from typing import Any
from uuid import UUID

from engine.errors import said
from engine.history import Kind
from engine.instance import row as rows
from engine.instance.row import TASK, TIMER
from engine.ledger import FACTS

_FINAL = {
    Kind.NOTICE_DRAFTED: said('已经拟了通知书'), Kind.NOTICE_ISSUED: said('已经签发通知书'), Kind.NOTICE_DECLINED: said('已经决定不发通知书'),
    Kind.NOTICE_WITHDRAWN: said('已经收回通知书'), Kind.POINTS_RECORDED: said('已经记分'), Kind.REMINDER_SENT: said('已经发出提醒'),
    Kind.MESSAGE_CAUGHT: said('别的流程已经听到消息'), Kind.MESSAGE_SENT: said('已经给别的流程发了消息'), Kind.TIMER_FIRED: said('有期限同时到了'),
    Kind.INSTANCE_STARTED: said('已经开了别的流程'), Kind.INSTANCE_CANCELLED: said('已经停了别的流程')}
"""What nobody can take back, and how a refusal says it."""
_FOLLOWS = frozenset({Kind.TIMER_ARMED, Kind.TIMER_MOVED, Kind.TIMER_DISARMED})
_ROWS, _CHECKED = {TASK, TIMER}, {rows.MOVE_ON}
_LARGEST = 100_000          # bytes of variables; more is not kept twice


class Undo:
    """What is needed to recall one step. Make it before the answer is written."""

    def __init__(self, task_id: UUID, live: Any) -> None:
        self.task_id, self.state, self.vars = task_id, live.row['state'], dict(live.row['vars'] or {})
        self.facts = dict(live.step.facts.row) if live.step.facts is not None else {}
        self.why = ''                                      # why there is no way back, whatever happens in the step

    def kept(self, live: Any, done: bool) -> dict[str, Any]:
        """What the instance's row keeps: how it stood, or why there is no way back."""
        why = said('这个流程已经走完') if done else self.why or self._final(live)
        if why:
            return {'task': self.task_id.hex, 'why': why}
        step = live.step
        return {'task': self.task_id.hex, 'state': b85encode(self.state).decode(), 'vars': self.vars,
                'facts': {name: [step.text(self.facts[name]), step.text(value)]
                          for name, value in step.facts.changed.items() if name in FACTS} if step.facts else {}}

    def _final(self, live: Any) -> str:
        """Why the step cannot be taken back; '' when it can."""
        step, events = live.step, live.step.events()
        told = next((_FINAL[event['kind']] for event in events if event['kind'] in _FINAL), '')
        if told:
            return told
        if any(event['instance_id'] not in (live.row['id'], None) and event['kind'] not in _FOLLOWS for event in events):
            return said('别的流程跟着走了')
        if step.plan.inserts.keys() - _ROWS or step.plan.checked.keys() - _CHECKED:
            return said('已经编了号或者登记了别的')
        return '' if sum(len(str(value)) for value in self.vars.values()) < _LARGEST else said('内容太多，没有留底')
