"""What is due: timers go off, and lamps are looked at again; by themselves or many together, each failing alone."""
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from engine.history import SYSTEM, TIMER
from engine.instance import lamp, row as rows
from engine.instance.step import Step
from engine.instance.surroundings import Batch
from engine.plan import Plan

Outcomes = list[tuple[UUID, Plan | Exception]]


def fire(session: Session, instance_id: UUID) -> Plan:
    """Let an instance's due timers go off. Where nothing is due any more, the plan puts the stale rows right."""
    row = rows.one(session, rows.BY_INSTANCE, instance_id)
    return Plan() if row is None else _fire(Batch(session), row)


def fire_all(session: Session, instance_ids: Iterable[UUID]) -> Outcomes:
    """`fire` for several instances, read with one statement; each thinks alone, and fails alone. Where the database
    fails, the whole batch does (DBAPIError), and the caller takes each by itself.

    Instances of the same matter share its row, so only the first of them is thought through; the caller comes back
    for the others.
    """
    outcomes: Outcomes = []
    found, matters = [], set()
    for row in _readable(session, rows.BY_INSTANCES, list(instance_ids), outcomes):
        if row['m_id'] is None or row['m_id'] not in matters:
            matters.add(row['m_id'])
            found.append((row['i_id'], row))
    return outcomes + _each(session, found, _fire)


def relight(session: Session, matter_id: UUID) -> Plan:
    """Ask the table `lamp` about a matter once more; the lamp's moment may have come, or not.

    :raises Broken: the table fails.
    """
    row = rows.one(session, rows.MATTER_ONLY, matter_id)
    step = Step.beside(Batch(session), row, SYSTEM)
    step.facts.wake_at(step.now)
    return step.finish()


def relight_all(session: Session, matter_ids: Iterable[UUID]) -> Outcomes:
    """`relight` for several matters whose lamp may have changed by itself; where it was seen to meanwhile, the plan is empty."""
    outcomes: Outcomes = []
    found = _readable(session, rows.MATTERS, list(matter_ids), outcomes)
    return outcomes + _each(session, [(row['m_id'], row) for row in found], _relight)


def _readable(session: Session, clause: Any, keys: list[UUID], outcomes: Outcomes) -> list[Mapping[str, Any]]:
    """The rows of these keys; where one cannot be read, the others all the same."""
    try:
        return rows.several(session, clause, keys)
    except Exception as error:
        if len(keys) == 1:
            outcomes.append((keys[0], error))
            return []
        return [row for key in keys for row in _readable(session, clause, [key], outcomes)]


def _each(session: Session, found: Iterable[tuple[UUID, Mapping[str, Any]]],
          think: Callable[[Batch, Mapping[str, Any]], Plan]) -> Outcomes:
    outcomes: Outcomes = []
    batch = Batch(session)
    for key, row in found:
        try:
            outcomes.append((key, think(batch, row)))
        except DBAPIError:                               # on PostgreSQL nothing can be read any more
            raise
        except Exception as error:                       # told by the worker as an incident of this one alone
            outcomes.append((key, error))
    return outcomes


def _fire(batch: Batch, row: Mapping[str, Any]) -> Plan:
    plan = Plan()
    if row['i_status'] != 'running':
        plan.change(rows.DISARM_ALL, {'b_instance': row['i_id']})
        return plan
    step, live = Step.of(batch, row, TIMER)
    if any(at <= step.now for at in live.had_armed.values()):
        step.refresh_due()
        return step.finish()
    for key, at in live.had_armed.items():
        plan.change(rows.MOVE, {'b_id': key, 'b_due': at})
    return plan


def _relight(batch: Batch, row: Mapping[str, Any]) -> Plan:
    step = Step.beside(batch, row, SYSTEM)
    return step.finish() if lamp.due(step.facts, step.now) else Plan()
