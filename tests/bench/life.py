"""A matter from its registration to its archive, step by step, as the figures and the counts look at it."""
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Engine

from engine import db, instance
from engine.instance.row import INSTANCE, MOVE_ON
from engine.plan import Plan
from tests.faults.case import LIFECYCLE, OFFICER, TENANT, Case, usual

CO_UNITS = {'has_basis': False, 'co_units': ['gxt', 'sft'], 'co_due_at': '2020-05-22', 'co_duty': '提供名单'}
WAY = ('approve', 'sign', 'plan', 'co_sign gxt', 'co_report gxt', 'co_sign sft', 'co_report sft', *LIFECYCLE[2:])
ANSWERS = {'plan': {'consult_note': '已会商'}, 'handle': {'wait_co': 'yes'}, 'approve': {'key_matter': True}}


def steps(engine: Engine) -> Iterator[tuple[str, Case | None, Any, Callable[[], Plan]]]:
    """Each step with its name, its matter, its task, and what carries it out; the caller does, and asks for the next."""
    found: list[Plan] = []

    def carried(think: Callable[[Any], Plan]) -> Callable[[], Plan]:
        def carry() -> Plan:
            found.append(db.carry_out(engine, think))
            return found[-1]
        return carry

    with db.reading(engine) as session:
        answer = usual(session, 'register', **CO_UNITS)
    yield 'start', None, None, carried(lambda session: instance.start(session, TENANT, 'matter', OFFICER,
                                                                      answers={'register': answer}))
    case = Case(engine, found[-1].matter_id)
    for place in WAY:
        element, _, unit = place.partition(' ')
        key, actor = case.waiting(element, unit or None)
        given = case.answer(element, **ANSWERS.get(element, {}))
        yield place, case, key, carried(lambda session, key=key, actor=actor, given=given:
                                        instance.complete(session, key, actor, given))


def touched(plan: Plan) -> int:
    """How many instances a step wrote."""
    return len(plan.inserts.get(INSTANCE, ())) + len(plan.checked.get(MOVE_ON, ()))
