"""What people did in history besides their tasks, done once more."""
from collections.abc import Callable
from uuid import UUID

from sqlalchemy.orm import Session

from engine import errors, instance, intervention
from engine.backtest.past import Deed
from engine.backtest.stage import Stage
from engine.errors import Refused
from engine.history import SYSTEM
from engine.plan import Plan

_SAID = {'correct': errors.said('更正台账'), 'withdraw': errors.said('撤销立项'), 'cancel': errors.said('作废'),
         'suspend': errors.said('暂停办理'), 'resume': errors.said('恢复办理'), 'set': errors.said('改流程变量'),
         'put': errors.said('把事项移到别的环节')}


def done(stage: Stage, session: Session, matter_id: UUID, deed: Deed) -> Plan:
    """The step. :raises Refused: it is not possible (yet). :raises Broken: the drawing fails on the way."""
    return _VERBS[deed.verb](stage, session, matter_id, deed)


def said(deed: Deed) -> str:
    """The deed in a few words."""
    if deed.verb == 'begin':
        return errors.said('发起 {process}', process=deed.told['process'])
    return errors.said('消息 {name}', name=deed.told['name']) if deed.verb == 'message' else _SAID[deed.verb]


def _begin(stage: Stage, session: Session, matter_id: UUID, deed: Deed) -> Plan:
    actor = stage.actor(deed.actor)
    return instance.start(session, stage.tenant_id, deed.told['process'], actor, matter_id=matter_id)


def _correct(stage: Stage, session: Session, matter_id: UUID, deed: Deed) -> Plan:
    return instance.change_facts(session, matter_id, SYSTEM, deed.told['values'], deed.told['reason'])


def _message(stage: Stage, session: Session, matter_id: UUID, deed: Deed) -> Plan:
    return instance.message(session, matter_id, deed.told['name'], SYSTEM, deed.told['values'])


def _withdraw(stage: Stage, session: Session, matter_id: UUID, deed: Deed) -> Plan:
    return instance.withdraw(session, matter_id, stage.actor(deed.actor), deed.told['reason'])


def _intervene(stage: Stage, session: Session, matter_id: UUID, deed: Deed) -> Plan:
    return getattr(intervention, deed.verb)(session, matter_id, SYSTEM, deed.told['reason'])


def _set(stage: Stage, session: Session, matter_id: UUID, deed: Deed) -> Plan:
    told = deed.told
    return intervention.set_values(session, matter_id, told['values'], SYSTEM, told['reason'], told['process'])


def _put(stage: Stage, session: Session, matter_id: UUID, deed: Deed) -> Plan:
    raise Refused('移到别的环节是照旧图做的，新图上不重做。')


_VERBS: dict[str, Callable[[Stage, Session, UUID, Deed], Plan]] = {
    'begin': _begin, 'correct': _correct, 'message': _message, 'withdraw': _withdraw, 'cancel': _intervene,
    'suspend': _intervene, 'resume': _intervene, 'set': _set, 'put': _put}
