"""The row of an instance, and the statements of a step. Ids are the engine's own, so nothing has to be asked back."""
from collections.abc import Sequence
from datetime import datetime
from itertools import zip_longest
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ForeignKey, Index, Integer, LargeBinary, String, Text, Uuid, bindparam, exists, func, or_, select, text)
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import statement
from engine.db import Base, Json, Utc
from engine.deployment import Deployment
from engine.directory import Tenant
from engine.history import EMPTY, owners
from engine.identifier import uuid7
from engine.job import Timer
from engine.ledger import CoUnit, Matter
from engine.usertask import Draft, UserTask


def _sparse(name: str, first: str, *others: str) -> Index:
    """An index of the rows that have a value there; the others cost nothing."""
    some = text(f'{first} IS NOT NULL')
    return Index(name, first, *others, sqlite_where=some, postgresql_where=some)


class Instance(Base):
    """A running or finished diagram: one row. `state` is compacted and opaque; `vars` are its scalars."""

    __tablename__ = 'instance'
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    tenant: Mapped[str] = mapped_column(String(20))
    matter_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey('ledger.id'))
    process: Mapped[str] = mapped_column(String(80))
    deployment_id: Mapped[int] = mapped_column(Integer)
    status: Mapped[str] = mapped_column(String(10))                    # running done cancelled
    version: Mapped[int] = mapped_column(Integer)
    state: Mapped[bytes] = mapped_column(LargeBinary)
    vars: Mapped[Any] = mapped_column(Json)
    hears: Mapped[str] = mapped_column(Text, default='')               # ",due_changed,matter_closed," while it waits
    business_key: Mapped[str | None] = mapped_column(String(200))      # what the outside knows it by
    parent_id: Mapped[UUID | None] = mapped_column(Uuid)               # the instance whose call activity began it
    parent_task: Mapped[UUID | None] = mapped_column(Uuid)
    number: Mapped[int | None] = mapped_column(Integer)                # its place among its siblings, from 0
    token: Mapped[Any] = mapped_column(Json, nullable=True)            # what tells it apart from them: {'unit': …}
    outcome: Mapped[Any] = mapped_column(Json, nullable=True)          # {'value': what it came to}, for its caller
    undo: Mapped[Any] = mapped_column(Json, nullable=True)             # how it stood before the last step, if that can be recalled
    started_at: Mapped[datetime] = mapped_column(Utc)
    changed_at: Mapped[datetime] = mapped_column(Utc)
    ended_at: Mapped[datetime | None] = mapped_column(Utc)
    head_seq: Mapped[int] = mapped_column(Integer, default=0)          # of its own chain; a matter's is on the ledger
    head_hash: Mapped[bytes] = mapped_column(LargeBinary, default=bytes(32))
    __table_args__ = (Index('instance_matter', 'matter_id', 'process'),
                      Index('instance_process', 'tenant', 'process', 'status'),
                      _sparse('instance_child', 'parent_task'), _sparse('instance_key', 'business_key', 'tenant'))


INSTANCE, TASK, TIMER, MATTER = (table.__table__ for table in (Instance, UserTask, Timer, Matter))
CO_UNIT, DRAFT, TENANT, DEPLOYMENT = (table.__table__ for table in (CoUnit, Draft, Tenant, Deployment))
owners['instance'] = INSTANCE

_clock = [TENANT.c.zone, TENANT.c.virtual_at, TENANT.c.covered_until, TENANT.c.calendar_revision,
          TENANT.c.parameter_revision]


def _labelled(table: Any, prefix: str) -> list:
    return [column.label(prefix + column.name) for column in table.columns]


_everything = [*_labelled(INSTANCE, 'i_'), *_labelled(MATTER, 'm_'), *(column.label(f't_{column.name}')
                                                                       for column in [TENANT.c.id, *_clock])]
def _first_due(*others: Any) -> Any:
    """When the first timer of the row's matter is due, so that a step need not ask."""
    return (select(func.min(TIMER.c.due_at)).where(TIMER.c.matter_id == MATTER.c.id, TIMER.c.held.is_(False), *others)
            .scalar_subquery().label('first_due'))


_joined = (INSTANCE.join(TENANT, TENANT.c.id == INSTANCE.c.tenant)
           .outerjoin(MATTER, MATTER.c.id == INSTANCE.c.matter_id))

_asked = (column.label(f'u_{column.name}') for column in (
    TASK.c.state, TASK.c.unit, TASK.c.post, TASK.c.claimed_by, TASK.c.owner, TASK.c.asks, TASK.c.how, TASK.c.kept))
_OTHER = TASK.alias('other')
BY_TASK = (select(*_everything, *_asked, _first_due(),
                  exists().where(DRAFT.c.task_id == TASK.c.id).label('drafted'),
                  exists().where(_OTHER.c.asks == TASK.c.id, or_(_OTHER.c.state == 'open', _OTHER.c.state == 'later')).label('u_asked'))
           .select_from(_joined.join(TASK, TASK.c.instance_id == INSTANCE.c.id)).where(TASK.c.id == bindparam('key')))
_KEYS = [f'key{place}' for place in range(50)]
_several = [bindparam(name, type_=Uuid()) for name in _KEYS]
_fired = select(*_everything, _first_due(TIMER.c.instance_id != INSTANCE.c.id)).select_from(_joined)
BY_INSTANCE, BY_INSTANCES = _fired.where(INSTANCE.c.id == bindparam('key')), _fired.where(INSTANCE.c.id.in_(_several))
_matter = (select(*_labelled(MATTER, 'm_'), *(column.label(f't_{column.name}') for column in [TENANT.c.id, *_clock]),
                  _first_due()).select_from(MATTER.join(TENANT, TENANT.c.id == MATTER.c.tenant)))
MATTER_ONLY, MATTERS = _matter.where(MATTER.c.id == bindparam('key')), _matter.where(MATTER.c.id.in_(_several))
OFFICE = (select(*(column.label(f't_{column.name}') for column in [TENANT.c.id, *_clock]),
                 select(DEPLOYMENT.c.id).where(DEPLOYMENT.c.tenant == TENANT.c.id).order_by(DEPLOYMENT.c.number.desc())
                 .limit(1).scalar_subquery().label('deployment')).where(TENANT.c.id == bindparam('key')))
SIBLINGS = select(INSTANCE).where(INSTANCE.c.matter_id == bindparam('matter'), INSTANCE.c.status == 'running',
                                  or_(INSTANCE.c.parent_id.is_(None), INSTANCE.c.hears != ',,'))
BY_ID = select(INSTANCE).where(INSTANCE.c.id == bindparam('key'))
TIMED = (select(INSTANCE.c.id, INSTANCE.c.process, INSTANCE.c.deployment_id).distinct()
         .select_from(TIMER.join(INSTANCE, INSTANCE.c.id == TIMER.c.instance_id))
         .where(TIMER.c.matter_id == bindparam('matter'), INSTANCE.c.parent_id.is_not(None)))
DUE = select(TIMER.c.instance_id).distinct().where(TIMER.c.matter_id == bindparam('matter'),
                                                   TIMER.c.due_at <= bindparam('now'), TIMER.c.held.is_(False))
SHARES = select(CO_UNIT).where(CO_UNIT.c.matter_id == bindparam('matter'))

MOVE_ON = INSTANCE.update().where(INSTANCE.c.id == bindparam('b_id'), INSTANCE.c.version == bindparam('b_version'))
CHANGE = MATTER.update().where(MATTER.c.id == bindparam('b_id'), MATTER.c.version == bindparam('b_version'))
CLOSE = (TASK.update().where(TASK.c.id == bindparam('b_id'))
         .values(state=bindparam('b_state'), closed_at=bindparam('b_at'), closed_by=bindparam('b_by'),
                 closed_turn=bindparam('b_turn'), answer=bindparam('b_answer')))
REOPEN = (TASK.update().where(TASK.c.id == bindparam('b_id'))
          .values(state='open', closed_at=None, closed_by=None, closed_turn=None, answer=None, claimed_by=None,
                  kept=bindparam('b_kept')))
DROP_ASKED = (TASK.update().where(TASK.c.asks == bindparam('b_task'), or_(TASK.c.state == 'open', TASK.c.state == 'later'))
              .values(state='cancelled', closed_at=bindparam('b_at'), closed_by=bindparam('b_by')))
POSTPONE = TASK.update().where(TASK.c.id == bindparam('b_id')).values(due_at=bindparam('b_due'))
FORGET = DRAFT.delete().where(DRAFT.c.task_id == bindparam('b_task'))
DISARM = TIMER.delete().where(TIMER.c.id == bindparam('b_id'))
DISARM_ALL = TIMER.delete().where(TIMER.c.instance_id == bindparam('b_instance'))
HOLD = TIMER.update().where(TIMER.c.instance_id == bindparam('b_instance')).values(held=True)
MOVE = TIMER.update().where(TIMER.c.id == bindparam('b_id')).values(due_at=bindparam('b_due'), held=False)
SHARE = (CO_UNIT.update().where(CO_UNIT.c.matter_id == bindparam('b_matter'), CO_UNIT.c.unit == bindparam('b_unit')))


def blank(tenant: str, matter_id: UUID | None, process: str, deployment_id: int, now: datetime) -> dict[str, Any]:
    """The row of an instance that is about to begin."""
    return {'id': uuid7(), 'tenant': tenant, 'matter_id': matter_id, 'process': process, 'deployment_id': deployment_id,
            'status': 'running', 'version': 0, 'state': None, 'vars': {}, 'hears': '', 'started_at': now,
            'changed_at': now, 'ended_at': None, 'head_seq': 0, 'head_hash': EMPTY, 'business_key': None,
            'parent_id': None, 'parent_task': None, 'number': None, 'token': None, 'outcome': None, 'undo': None}


_parts = {prefix: ([column.name for column in columns], itemgetter(*(prefix + column.name for column in columns)))
          for prefix, columns in (('i_', INSTANCE.columns), ('m_', MATTER.columns), ('t_', [TENANT.c.id, *_clock]))}


def part(row: Any, prefix: str) -> dict[str, Any]:
    """The columns of one table out of a joined row: ``i_`` instance, ``m_`` matter, ``t_`` tenant."""
    names, pick = _parts[prefix]
    return dict(zip(names, pick(row), strict=True))


def one(session: Session, clause: Any, key: UUID | str) -> dict[str, Any] | None:
    """The joined row that BY_TASK, MATTER_ONLY or OFFICE finds for a key; None: there is none."""
    return next(iter(statement.read(session.connection(), clause, {'key': key})), None)


_TYPED = select(DRAFT.c.answer, DRAFT.c.account_id).where(DRAFT.c.task_id == bindparam('key')).order_by(DRAFT.c.saved_at.desc())


def typed(session: Session, task_id: UUID, account_id: int | None = None) -> Any:
    """What an account keeps as a draft of a task; None asks for the newest of anybody. None: there is none."""
    drafts = statement.read(session.connection(), _TYPED, {'key': task_id})
    return next((row['answer'] for row in drafts if account_id in (None, row['account_id'])), None)


_FILLED = (select(TASK.c.id, TASK.c.kept, DRAFT.c.answer.label('typed'))
           .select_from(TASK.outerjoin(DRAFT, DRAFT.c.task_id == TASK.c.id))
           .where(TASK.c.instance_id == bindparam('instance'), TASK.c.state == 'open', TASK.c.asks.is_(None))
           .order_by(DRAFT.c.saved_at))


def filled(session: Session, instance_id: UUID) -> dict[UUID, Any]:
    """What is filled in at the open tasks of an instance: the newest draft, else what others have given to it."""
    read = statement.read(session.connection(), _FILLED, {'instance': instance_id})
    return {row['id']: row['typed'] or (row['kept'] or {}).get('answer') for row in read}


def several(session: Session, clause: Any, keys: Sequence[UUID]) -> list[dict[str, Any]]:
    """The joined rows that BY_INSTANCES or MATTERS finds for keys: one statement for fifty of them."""
    found: list[dict[str, Any]] = []
    for begin in range(0, len(keys), len(_KEYS)):
        some = keys[begin:begin + len(_KEYS)]
        found += statement.read(session.connection(), clause, dict(zip_longest(_KEYS, some, fillvalue=some[0])))
    return found
