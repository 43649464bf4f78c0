"""退回: a task goes back to an earlier step that the diagram names. Never forward, never where nobody has been."""
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from engine import permit, spiff, statement
from engine.assignment.seat import Seat, needs, seat
from engine.errors import Broken, Refused
from engine.finding import inner
from engine.history import Actor, Kind
from engine.instance import row as rows
from engine.instance.row import TASK
from engine.plan import Plan

_DONE = (select(TASK.c.element).distinct().where(TASK.c.instance_id == bindparam('instance'), TASK.c.state == 'done',
                                                 TASK.c.asks.is_(None)))


def ways_back(found: Seat) -> Mapping[str, str]:
    """Where a task can be returned to: the steps that the diagram allows and that have been done, names by element.

    Of a sub-process what is in it counts.
    """
    drawn = permit.earlier(found.node)
    if not drawn:
        return {}
    done = {row['element'] for row in statement.read(found.step.connection, _DONE, {'instance': found.live.row['id']})}
    elements = found.live.definition_of(found.node).elements
    been = {outer for name in done for outer in _outward(elements, name)}
    return {name: found.live.label(elements[name].name) for name in drawn if name in elements and name in been}


def open_ways(session: Session, task_id: UUID, actor: Actor) -> Mapping[str, str]:
    """Those of the `ways_back` on which `give_back` would not be refused. It is from behind a join into one of its branches,
    where it is not certain that the others had arrived: the join would wait for them for ever.

    :raises NotFound: no such task. :raises Conflict: it is done. :raises Forbidden: it is another post's.
    """
    ways = ways_back(seat(session, task_id, actor))
    return {element: label for element, label in ways.items() if _goes(session, task_id, element, actor)}


def _goes(session: Session, task_id: UUID, element: str, actor: Actor) -> bool:
    try:
        give_back(session, task_id, element, actor, element)
    except (Broken, Refused):
        return False
    return True


def _outward(elements: Mapping, name: str | None) -> list[str]:
    """An element and the sub-processes around it."""
    found = []
    while name in elements:
        found.append(name)
        name = elements[name].parent
    return found


def give_back(session: Session, task_id: UUID, element: str, actor: Actor, reason: str) -> Plan:
    """退回 a task to an earlier step. What runs beside it because the ways parted in between ends with it; deadlines begin
    anew; the earlier answers stay and are shown again in the form. From behind a join into one of its branches, the others
    count as arrived.

    :raises NotFound: no such task. :raises Conflict: it is done. :raises Forbidden: it is another post's.
    :raises Refused: no reason, not allowed here, claimed by another account, or that step is none that it can go back to.
    :raises Broken: the diagram fails there.
    """
    found = seat(session, task_id, actor).free('return')
    said, ways = needs(reason), ways_back(found)
    if element not in ways:
        if element not in permit.earlier(found.node):
            raise Refused('不能退回到“{element}”：流程图上没有允许。', element=element)
        raise Refused('不能退回到“{element}”：还没有走过那一步。', element=element)
    step, live, node = found.step, found.live, found.node
    found.tell(Kind.TASK_RETURNED, f'退回到“{inner(ways[element])}”：{said}',
               {'from': node.element, 'to': element, 'reason': said})
    found.gives('return')
    step.revision += 1
    spiff.back(live.run, task_id, element)
    ended, filled = live.had_open - live.run.open().keys(), rows.filled(session, live.row['id'])
    live.ended = {key: (found.actor, filled.get(key)) for key in ended}
    _note(live, element, {'as': 'returned', 'said': said, 'from': found.post})
    return step.finish()


def _note(live: Any, element: str, note: dict[str, Any]) -> None:
    """Whoever is asked now at the element, or in the sub-process that it is, reads it."""
    for each in live.run.open(live.had_open).values():
        if element in _outward(live.definition_of(each.node).elements, each.node.element):
            live.notes[each.node.element] = note
