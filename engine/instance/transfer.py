"""Instances carried over to another version within a step: nothing moves, what waits is asked for as drawn there."""
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select

from engine import spiff, statement
from engine.history import SYSTEM, Kind
from engine.instance import asking, fallback
from engine.instance.live import Live
from engine.instance.row import DRAFT, INSTANCE, TASK, TIMER
from engine.instance.step import Step
from engine.spiff import Node

_OPEN = (select(TASK, DRAFT.c.answer.label('typed')).select_from(TASK.outerjoin(DRAFT, DRAFT.c.task_id == TASK.c.id))
         .where(TASK.c.matter_id == bindparam('matter'), TASK.c.state == 'open', TASK.c.asks.is_(None)))
_ON = INSTANCE.update().where(INSTANCE.c.id == bindparam('b_id')).values(deployment_id=bindparam('b_deployment'))
_ASKED = ('element', 'name', 'form', 'unit', 'post', 'due_at')
_HAND = ('unit', 'post', 'claimed_by', 'owner', 'fallback', 'kept')
_FOLLOWS = tuple(dict.fromkeys((*_ASKED, *_HAND)))
_ASK = (TASK.update().where(TASK.c.id == bindparam('b_id'))
        .values(**{name: bindparam(f'b_{name}') for name in _FOLLOWS}))
_CALL = (TIMER.update().where(TIMER.c.id == bindparam('b_id'))
         .values(element=bindparam('b_element'), name=bindparam('b_name')))


def transfer(step: Step, instances: Iterable[Mapping[str, Any]], to: Mapping[UUID, tuple[int, bytes]],
             version: int) -> None:
    """Put instances of a matter (rows) on the versions and states that `to` names; the matter goes on `version`.

    Tasks ask for what is drawn there, times are worked out anew, and each change is an event. What is due by then fires
    in a later step.

    :raises Broken: something that is drawn there fails.
    """
    facts, tasks = step.facts, _open_tasks(step)
    facts.row['deployment_id'] = facts.changed['deployment_id'] = version
    facts.changed['lamp'] = facts.row['lamp']                # the table of the other version may see it differently
    for row in instances:
        if row['id'] in to:
            _exchange(step.load(row), *to[row['id']], tasks)


def _open_tasks(step: Step) -> dict[UUID, dict[str, Any]]:
    """The rows of the matter's open tasks; `typed` is what somebody keeps as a draft, or None."""
    return {row['id']: row for row in statement.read(step.connection, _OPEN, {'matter': step.facts.row['id']})}


def _exchange(live: Live, version: int, state: bytes, tasks: Mapping[UUID, Mapping[str, Any]]) -> None:
    step, before, old_bundle = live.step, live.run, live.bundle
    asked, armed = before.open(), before.armed()
    live.row['deployment_id'] = version
    live.bundle, live.functions = step.surroundings(version)
    live.run = spiff.Run.load(spiff.library(live.bundle), live.row['process'], state, live, before.own)
    spiff.remind(live.run, {key: step.text(tasks[key]['opened_at']) for key in asked})
    live.run.reread()
    step.plan.change(_ON, {'b_id': live.row['id'], 'b_deployment': version})
    for key, task in live.run.open().items():
        _stage(live, asked[key].node, task.node)
        _ask(live, tasks[key], asked[key].node, task.node, old_bundle)
    here = live.run.armed()
    for key, timer in armed.items():
        if key not in here:
            live.event(Kind.TIMER_DISARMED, SYSTEM, timer.node.name, {'due': step.text(timer.due_at)}, timer.node)
        elif (node := here[key].node) and (node.element, node.name) != (timer.node.element, timer.node.name):
            step.plan.change(_CALL, {'b_id': key, 'b_element': node.element, 'b_name': node.name})


def _ask(live: Live, row: Mapping[str, Any], old: Node, new: Node, old_bundle: Any) -> None:
    """Let the row of an open task follow the drawing, and tell what is different for who has it."""
    now = asking.row(live, row['id'], new)
    was, drawn = old.extensions['camunda'], new.extensions['camunda']
    now |= _hand(row, now, was.get('candidateGroups') == drawn.get('candidateGroups'))
    if was.get('dueDate') == drawn.get('dueDate') and 'now()' in (drawn.get('dueDate') or ''):
        now['due_at'] = row['due_at']                        # counted from the moment it was opened
    changed = {name: {'old': live.step.text(row[name]), 'new': live.step.text(now[name])}
               for name in _ASKED if row[name] != now[name]}
    lost = _lost(row['typed'], old_bundle.forms.get(row['form']), live.bundle.forms.get(now['form']))
    if any(row[name] != now[name] for name in _FOLLOWS):
        live.step.plan.change(_ASK, {'b_id': row['id'], **{f'b_{name}': now[name] for name in _FOLLOWS}})
    if changed or lost:
        live.event(Kind.TASK_MOVED, SYSTEM, new.name, changed | ({'draft_lost': lost} if lost else {}), new)
    if (now['unit'], now['post']) != (row['unit'], row['post']):
        live.step.opens(now)
    if now['fallback'] and now['fallback'] != row['fallback']:
        fallback.tell(live, now, new)


def _hand(row: Mapping[str, Any], now: Mapping[str, Any], as_drawn: bool) -> dict[str, Any]:
    """In whose hand a task is then. Whoever has it, or has only lent it, keeps it; whom the drawing names instead has it
    free of what its former post did with it, but with what was filled in."""
    same = f'{now["unit"]}/{now["post"]}' == (row['owner'] or f'{row["unit"]}/{row["post"]}')
    if as_drawn or same:
        return {name: row[name] for name in _HAND} | ({} if as_drawn else {'fallback': now['fallback']})
    kept = row['kept']
    if kept and kept.get('as') in ('delegate', 'transfer'):
        kept = {'answer': kept['answer']} if 'answer' in kept else None
    return {'claimed_by': None, 'owner': None, 'kept': kept}


def _lost(typed: Mapping[str, Any] | None, before: Any, after: Any) -> list[str]:
    """The labels of what was typed and has no field any more; the draft keeps it, in case the matter comes back."""
    fields = before.fields if before is not None else {}
    kept: Iterable[str] = after.fields if after is not None else ()
    gone = [name for name in fields if (typed or {}).get(name) and name not in kept]
    return [fields[name].label.source if fields[name].label else name for name in gone]


def _stage(live: Live, old: Node, new: Node) -> None:
    """The matter's stage follows the task that gave it."""
    was, now = (node.extensions.get('properties', {}).get('stage') for node in (old, new))
    facts = live.step.facts
    if now and was != now and facts.row['stage'] == was:
        facts.write('stage', now)
