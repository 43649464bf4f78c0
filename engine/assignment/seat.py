"""A task in somebody's hand: the step around it, and whether this post may do what it asks."""
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam
from sqlalchemy.orm import Session

from engine import directory, permit
from engine.errors import Conflict, Invalid, NotFound, Refused
from engine.finding import inner
from engine.history import Actor, Kind
from engine.identifier import uuid7
from engine.instance import Step, holding, row as rows
from engine.instance.row import TASK
from engine.instance.surroundings import Batch
from engine.spiff import Node
from engine.usertask import Handed

_WHY = '写明理由：轨迹上要写为什么。'
_SET = TASK.update().where(TASK.c.id == bindparam('b_id'), TASK.c.state == bindparam('b_state'),
                           TASK.c.unit == bindparam('b_unit'), TASK.c.post == bindparam('b_post'))


@dataclass
class Seat:
    """An open task with the step around it."""

    id: UUID
    step: Step
    live: Any
    row: Mapping[str, Any]
    actor: Actor

    @property
    def node(self) -> Node:
        """Where it stands on the diagram; of an opinion, the task that it is about."""
        return self.live.run.node_of(self.row['u_asks'] or self.id)

    @property
    def post(self) -> str:
        """The post that has it, as "unit/post"."""
        return f'{self.row["u_unit"]}/{self.row["u_post"]}'

    def change(self, **values: Any) -> None:
        """Set columns of its row, as long as it is still in the same hand."""
        self.step.plan.check(_SET, {'b_id': self.id, 'b_state': 'open', 'b_unit': self.row['u_unit'],
                                    'b_post': self.row['u_post'], **values})

    def tell(self, kind: Kind, summary: str, data: Mapping[str, Any]) -> None:
        """One event at its place."""
        account = {'account': self.actor.login} if self.actor.login else {}
        self.live.event(kind, self.actor, summary, {'task': self.id.hex, **data, **account}, self.node)

    def opens(self, unit: str, post: str) -> None:
        """For this post the task, or the one that an opinion is about, waits from now on, which is told as of one that opens."""
        node = self.node
        self.step.opens({'id': self.row['u_asks'] or self.id, 'process': node.process, 'element': node.element,
                         'name': node.name, 'unit': unit, 'post': post, 'asks': None})

    def gives(self, act: str, to: str = '') -> None:
        """Whoever has it now took part in it: `act` is one of `Handed`."""
        self.step.plan.insert(Handed.__table__, {
            'id': uuid7(), 'task_id': self.id, 'tenant': self.step.tenant_id, 'unit': self.row['u_unit'],
            'post': self.row['u_post'], 'act': act, 'to': to, 'at': self.step.now, 'by': self.actor.said})

    def named(self, reference: str) -> str:
        """省发展改革委·联络员 of "fgw/liaison"."""
        return self.step.functions['post_name'](reference)

    def free(self, act: str) -> 'Seat':
        """:raises Refused: the diagram does not allow the act here, another account has claimed the task, it has been
        delegated, or submitted already."""
        if act not in permit.allowed(self.node):
            raise Refused('“{name}”这一步不能{act}：流程图上没有允许。', name=inner(self.node.name), act=permit.ACTS[act])
        holding.check(self.step, self.row, self.actor)
        return self


def seat(session: Session, task_id: UUID, actor: Actor, *, holder: bool = True) -> Seat:
    """The open task, in the hand of this post or of one for which it acts; `holder=False`: whoever asks.

    :raises NotFound: there is no such task. :raises Conflict: it is done already. :raises Forbidden: it is another post's.
    :raises Refused: it is suspended.
    """
    row = rows.one(session, rows.BY_TASK, task_id)
    if row is None:
        raise NotFound('没有找到这件待办。')
    if row['u_state'] != 'open':
        raise Conflict()
    step, live = Step.of(Batch(session), row, actor)
    if live.still is not None:
        raise Refused('这一步暂停办理，恢复以后再办。')
    found = Seat(task_id, step, live, row, actor)
    return acting(found, found.post) if holder else found


def acting(found: Seat, reference: str) -> Seat:
    """The same, acting for a post.

    :raises Forbidden: it is neither this post nor one of its substitutes.
    """
    unit, _, post = reference.partition('/')
    for_name = directory.acting_for(found.step.session, found.step.tenant_id, (found.actor.unit, found.actor.post),
                                    (unit, post), found.step.today)
    found.actor = found.step.actor = replace(found.actor, for_name=for_name)
    return found


def needs(reason: str, what: str = _WHY) -> str:
    """What was said, without blanks around it.

    :raises Refused: nothing was said, or too much.
    """
    said = reason.strip()
    if not said:
        raise Refused(what)
    if len(said) > 500:
        raise Refused('理由最多500个字，现在是{count}个字。', count=len(said))
    return said


def addressed(found: Seat, reference: str, reason: str, what: str = _WHY) -> tuple[str, tuple[str, str]]:
    """What is said to a post that is handed the task or asked about it, and its unit and post, as `needs`, `somebody`.

    :raises Refused: one of the two is refused. :raises Invalid: both are.
    """
    wrong: dict[str, Refused] = {}
    try:
        seated = somebody(found, reference)
    except Refused as refusal:
        wrong['to'] = refusal
    try:
        said = needs(reason, what)
    except Refused as refusal:
        wrong['reason'] = refusal
    if len(wrong) > 1:
        raise Invalid({name: [refusal.said] for name, refusal in wrong.items()})
    if wrong:
        raise next(iter(wrong.values()))
    return said, seated


def somebody(found: Seat, reference: str) -> tuple[str, str]:
    """Unit and post of "unit/post" that can be asked today.

    :raises Refused: there is no such post today, nobody holds it, or it has the task already.
    """
    if not reference:
        raise Refused('请选一个岗位。')
    known = dict(directory.options(found.step.session, found.step.tenant_id, 'posts', found.step.today,
                                   found.step.parameter_revision))
    if reference not in known:
        raise Refused('今天没有“{post}”这个岗位，请从名单里选一个。', post=found.named(reference) if '/' in reference else reference)
    if reference == found.post:
        raise Refused('{post}就是现在的办理岗位，请选别的岗位。', post=known[reference])
    unit, _, post = reference.partition('/')
    if directory.vacancy(found.step.session, found.step.tenant_id, (unit, post), found.step.today,
                         found.step.parameter_revision):
        raise Refused('{post}现在没有人，也没有人代办，请选别的岗位。', post=known[reference])
    return unit, post
