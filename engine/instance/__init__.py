"""Instances of processes: the only room that moves tokens. Every verb reads and thinks, and gives a plan to write.

The edge writes it: ``db.carry_out(engine, lambda session: instance.complete(session, …))``.
"""
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import directory, permit
from engine.definition import Definition
from engine.errors import Conflict, NotFound, Refused, said
from engine.history import SYSTEM, TIMER, Actor, Kind
from engine.instance import holding, later, opening, row as rows
from engine.instance.correlation import correlate, signal
from engine.instance.due import fire, fire_all, relight, relight_all
from engine.instance.fallback import beginner, starter
from engine.instance.live import Live
from engine.instance.news import News
from engine.instance.row import Instance
from engine.instance.scope import Scope
from engine.instance.step import FactsOnly, Step, beside, options
from engine.instance.surroundings import Batch, Together
from engine.instance.transfer import transfer
from engine.instance.undo import Undo
from engine.instance.view import TaskView, blank_view, view
from engine.instance.withdrawal import cancel, may_withdraw, stop, withdraw
from engine.ledger import FACTS, fitting
from engine.plan import Plan

__all__ = ['Instance', 'Scope', 'Step', 'TaskView', 'Together', 'beginner', 'beside', 'blank_view', 'cancel', 'carry', 'change_facts',
           'complete', 'consent', 'correlate', 'fire', 'fire_all', 'may_withdraw', 'message', 'read_again', 'rearm', 'relight',
           'relight_all', 'signal', 'start', 'starter', 'stop', 'transfer', 'view', 'with_timers', 'withdraw']


def start(session: Session, tenant_id: str, process: str, actor: Actor, values: Mapping[str, Any] | None = None, *,
          matter_id: UUID | None = None, answers: Mapping[str, dict] | None = None, key: str | None = None,
          batch: Batch | None = None) -> Plan:
    """Begin a process. `matter` begins a matter with a ledger row of its own; others stand beside `matter_id`, or
    alone. `answers` ({element: answer}) completes the tasks that wait first, in the same step; `key` is the business
    key; `batch` the steps among which something begins that stands beside no matter.

    :raises NotFound: no such tenant, matter or process, or nothing is deployed.
    :raises Forbidden: the diagram names another post as its starter.
    :raises Refused: the matter is not issued yet or has ended, or it or the process is suspended.
    :raises Conflict: the matter already has a running instance of this process.
    :raises Invalid: an answer does not fit its form.
    """
    step = (_alone(session, tenant_id, process, actor, batch) if matter_id is None
            else _join(session, matter_id, process, actor))
    if step.still(process) is not None:
        raise Refused('“{name}”暂停办理，恢复以后再开。', name=step.bundle.processes[process].name)
    if step.facts is not None:
        fitting(values or {})
    live = opening.start(step, process, actor, values or {}, key=key)
    for element, answer in (answers or {}).items():
        _answer_first(step, live, element, actor, answer)
    plan = step.finish()
    plan.instance_id = live.row['id']
    return plan


def _alone(session: Session, tenant_id: str, process: str, actor: Actor, batch: Batch | None) -> Step:
    """The step around a new matter, or around what is begun beside none: by its starter only where it is offered."""
    step = opening.alone(session, tenant_id, process, actor, batch)
    definition = step.bundle.processes[process]
    if definition.stands_alone(FACTS):
        _let_begin(session, step, definition, {})
    return step


def _join(session: Session, matter_id: UUID, process: str, actor: Actor) -> Step:
    """The step around a running matter, for a process that begins beside it."""
    step = beside(session, matter_id, actor)
    definition = step.bundle.processes.get(process)
    if definition is None:
        raise NotFound('没有叫“{process}”的流程。', process=process)
    if step.facts.row['status'] != 'open':
        raise Refused('这件事没有在办，不能开“{name}”。', name=definition.name)
    if step.running(process):
        raise Conflict('这件事已经有一份“{name}”在办，不能再开一份。', name=definition.name)
    if definition.starter:
        _let_begin(session, step, definition, FactsOnly(step.facts))
    step.refresh_due()
    return step


def _let_begin(session: Session, step: Step, definition: Definition, scope: Mapping[str, Any]) -> None:
    """The step's actor is the drawn starter, whoever has its tasks where nobody can be asked there, or a substitute.

    :raises Forbidden: it is none of them. :raises NoRule: the table has no row for this. :raises Broken: it fails.
    """
    drawn = starter(definition, scope, step.functions)
    held = beginner(session, step.around, step.bundle, drawn, step.today, scope, step.functions)
    for_name = directory.acting_for(session, step.tenant_id, (step.actor.unit, step.actor.post), held, step.today)
    step.actor = replace(step.actor, for_name=for_name)


def _answer_first(step: Step, live: Live, element: str, actor: Actor, answer: dict) -> None:
    key = next((key for key, task in live.run.open().items() if task.node.element == element), None)
    if key is None:
        raise Conflict('“{element}”现在不等人办。', element=element)
    _answer(step, live, key, actor, answer)


def _answer(step: Step, live: Live, key: UUID, actor: Actor, answer: dict) -> None:
    node, form, checked = _checked(step, live, key, answer)
    if 'recall' in permit.allowed(node) and not live.new:
        live.undo = Undo(key, live)
    live.answer(key, actor, checked, {name: value for name, value in checked.items()
                                      if form is None or form.fields[name].persists})


def _checked(step: Step, live: Live, key: UUID, answer: dict) -> tuple[Any, Any, dict]:
    """The task's place, its form, and the answer as the form takes it."""
    node = live.run.node_of(key)
    form = live.bundle.forms.get(node.extensions['camunda'].get('formRef') or '')
    return node, form, dict(answer) if form is None else form.check(
        answer, live.scope(node.local, node.closed), options(step))


def complete(session: Session, task_id: UUID, actor: Actor, answer: dict[str, Any]) -> Plan:
    """A person finishes a task: check who it is and what the form says, then walk on.

    What is due by now fires first, so a task that is finished late is late even if no worker ran.

    :raises NotFound: there is no such task. :raises Forbidden: it is another post's.
    :raises Conflict: it is done already, or it vanished because its deadline passed.
    :raises Refused: it is suspended, claimed by another account, or others are to be heard first.
    :raises Invalid: the answer does not fit the form. :raises Broken: the diagram fails further on.
    """
    row = rows.one(session, rows.BY_TASK, task_id)
    if row is None:
        raise NotFound('没有找到这件待办。')
    if row['u_state'] != 'open':
        raise Conflict()
    step, live = Step.of(Batch(session), row, actor)
    if live.still is not None:
        raise Refused('这一步暂停办理，恢复以后再办。填的内容可以先存成草稿。')
    for_name = directory.acting_for(session, step.tenant_id, (actor.unit, actor.post), (row['u_unit'], row['u_post']),
                                    step.today)
    actor = step.actor = replace(actor, for_name=for_name)
    holding.check(step, row, actor)
    step.refresh_due()
    if row['drafted']:
        step.plan.change(rows.FORGET, {'b_task': task_id})
    if row['u_asked'] and _waits_for_consent(step, live, task_id, actor, answer, row['u_kept']):
        return step.finish()
    _answer(step, live, task_id, actor, answer)
    return step.finish()


def _waits_for_consent(step: Step, live: Live, key: UUID, actor: Actor, answer: dict, was: Any) -> bool:
    """Hear those who are asked before; where some are asked after, keep the answer and ask them."""
    opinions = holding.asked(step, key)
    holding.check_before(step, opinions)
    after = [one for one in opinions if one['how'] == 'after']
    if after:
        node, _, checked = _checked(step, live, key, answer)
        holding.submit(step, live, key, node, actor, checked, was, after)
        return True
    step.plan.change(rows.DROP_ASKED, {'b_task': key, 'b_at': step.now, 'b_by': SYSTEM.said})
    return False


def consent(step: Step, live: Live, task_id: UUID, kept: Mapping[str, Any]) -> None:
    """Everybody has agreed to what was submitted: it counts, as of whoever submitted it.

    :raises Invalid: it does not fit the form any more. :raises Broken: the diagram fails further on.
    """
    step.actor = holding.submitted(kept)
    _answer(step, live, task_id, step.actor, kept['answer'])
    if live.undo is not None:
        live.undo.why = said('这一步提交以后请过别的岗位同意')


def carry(session: Session, job_id: UUID) -> Plan:
    """Do what an earlier step left over: deliver a signal or message, begin a process at its time, fire once more.

    :raises Broken: a diagram fails on the way.
    """
    return later.carry(session, job_id, fire)


def rearm(session: Session, key: UUID) -> Plan:
    """Read every open deadline of a matter again, or of an instance without one, after the calendar or a parameter
    changed.

    :raises NotFound: there is neither.
    """
    row = rows.one(session, rows.BY_INSTANCE, key)
    step = beside(session, key, TIMER) if row is None else Step.of(Batch(session), row, TIMER)[0]
    read_again(step)
    return step.finish()


def read_again(step: Step) -> None:
    """Read every open deadline of a step's matter or instance again; what is due fires."""
    if step.facts is not None:
        for key in {*step.siblings(), *(row['id'] for row in step.timed())}:
            step.wake(key)
    for live in list(step.lives.values()):
        live.run.settle()
    step.revision += 1


def message(session: Session, matter_id: UUID, name: str, actor: Actor,
            values: Mapping[str, Any] | None = None) -> Plan:
    """Send a message to a matter's processes; `values` become variables of those that hear it.

    :raises NotFound: no such matter. :raises Refused: no process of the matter knows this message.
    """
    step = beside(session, matter_id, actor)
    known = {each for definition in step.bundle.processes.values() for each in (*definition.heard, *definition.starts)}
    if name not in known:
        raise Refused('没有流程在听“{name}”这条消息；可用的有：{known}', name=name, known='、'.join(sorted(known)))
    step.refresh_due()
    step.post.give(News('message', name, values or {}))
    return step.finish()


def change_facts(session: Session, matter_id: UUID, actor: Actor, values: Mapping[str, Any], reason: str) -> Plan:
    """Correct facts of a matter, with a reason; open deadlines follow, and what the drawings say about a correction
    (`corrected` of an event) comes to pass.

    :raises NotFound: no such matter. :raises Refused: the ledger has no such fact, the value does not fit it, or no
    unit has that code.
    """
    unknown = sorted(values.keys() - FACTS.keys())
    if unknown:
        raise Refused('台账没有“{names}”这一项，不能更正。', names='、'.join(unknown))
    fitting(values)
    step = beside(session, matter_id, actor)
    lead = values.get('lead_unit')
    if lead and session.get(directory.Unit, (step.tenant_id, lead)) is None:
        raise Refused('没有代码为“{code}”的单位，牵头单位没有改。', code=lead)
    changed = {name: {'old': change[0], 'new': change[1]} for name, value in values.items()
               if (change := step.facts.write(name, value))}
    step.tell(Kind.FACT_CHANGED, reason, changed, actor)
    step.revision += 1
    for message in _corrections(step, changed):
        step.post.give(News('message', message))
    return step.finish()


def _corrections(step: Step, changed: Iterable[str]) -> list[str]:
    """The messages that the matter's processes wait for and that, as drawn, the correction of these facts brings."""
    split, waiting = step.functions['split'], [row['hears'] for row in step.siblings().values()]
    drawn = {element.message for process in step.bundle.processes.values() for element in process.elements.values()
             if not set(changed).isdisjoint(split(element.properties.get('corrected', '')))}
    return sorted(message for message in drawn if any(f',{message},' in hears for hears in waiting))


def with_timers(session: Session, tenant_id: str) -> list[UUID]:
    """The matters of a tenant that have an open deadline, and the instances without a matter, for re-arming."""
    timers = rows.TIMER
    return list(session.scalars(select(func.coalesce(timers.c.matter_id, timers.c.instance_id)).distinct().where(
        timers.c.tenant == tenant_id)))
