"""Joins after a 退回: the branches that had met before are not walked again; they count as arrived where one goes back."""
from collections.abc import Sequence
from os import urandom
from typing import Any

from SpiffWorkflow import TaskState

from engine.spiff.fit import uncovered
from engine.spiff.gateway import Parallel
from engine.spiff.intervention import check_joins
from engine.spiff.place import Token, token


def meet(level: Any, way: Sequence[str], behind: str, branch: list[str]) -> None:
    """A token has gone back from `behind` along the `way`: places, outermost first, each but the last with a level
    inside. A parallel join that would wait for others for ever gets theirs, as if they waited there already.

    Only where it is certain that all had met there: nobody comes to `behind` but through this join and, where it is
    further inside, nobody comes to the end of that level but through it. What the others wrote is kept anyway.

    :raises Refused: it is not certain, so a join would wait for ever.
    """
    certain = True
    for place in way:
        if certain:
            _fill(level, place, behind, branch)
        check_joins(level)
        certain = certain and _unavoidable(level.spec, place, behind)
        inside = level.top_workflow.subprocesses
        owner = next((task for task in reversed(level.tasks.values()) if task.task_spec.name == place and task.id in inside), None)
        if owner is None:
            break
        level, behind, branch = inside[owner.id], '', []


def _fill(level: Any, place: str, behind: str, branch: list[str]) -> None:
    # What else is on its way there belongs to another round, and comes with siblings of its own.
    alone = [place, *getattr(level.spec.task_specs[place], 'boundaries', ())]
    for name, missing in uncovered(level.spec, dict.fromkeys(alone, ())).items():
        if _unavoidable(level.spec, name, behind):
            join = level.spec.task_specs[name]
            for source in (one for one in join._inputs if one in missing):
                kept = {'branch': branch} if branch else None
                came = Token(level, level.spec.task_specs[source], level.task_tree, TaskState.COMPLETED, urandom(16).hex(), kept)
                token(came, join)._set_state(TaskState.WAITING)


def _unavoidable(spec: Any, through: str, behind: str) -> bool:
    """Whether nobody comes to `behind` but through a place, left as drawn: not by an event attached to it. Where `behind`
    is '', no end of the level is meant, and what does not end the level is left out."""
    specs, todo = spec.task_specs, [*spec.begins, *spec.handlers]
    known, left = set(todo), set()                           # where one comes to; what one leaves as drawn
    while todo:
        name = todo.pop()
        place = specs[name]
        if isinstance(place, Parallel) and set(place._inputs) - left or not behind and not getattr(place, 'interrupts', True):
            continue                                         # a join is asked again when one more comes to it
        onward = [*getattr(place, 'boundaries', ())]
        if name != through:
            if name == behind or not behind and not place._outputs:
                return False
            left.add(name)
            onward += place._outputs
        todo += [one for one in onward if one not in known or isinstance(specs[one], Parallel) and one not in left]
        known.update(onward)
    return True
