"""退回: a token goes back to an earlier place of its diagram; what runs beside it only because of what came between ends."""
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID

from engine.errors import Refused
from engine.spiff.gateway import Choice, Join, Race
from engine.spiff.intervention import standing
from engine.spiff.meeting import meet
from engine.spiff.place import Place, drawn
from engine.spiff.run import Run
from engine.spiff.scope import Sub

_BESIDE = ' [beside]'


def back(run: Run, task_id: UUID, element: str) -> None:
    """End a task and let a token begin at an earlier element: in the same sub-process, in one around it, or in one that
    stands there. What has been running beside it since the ways parted ends, too. A join behind which the task stood
    waits for this token only: the other branches had arrived and count as arrived. Then walk on. Rounds of one fork that
    are walked at the same time (behind an event that interrupts nothing) are not told apart.

    :raises Conflict: the task waits no more. :raises Refused: the element cannot be reached from there, stands on a branch
        beside, or a join would wait for ever, because it is not certain that the other branches had arrived (see `meet`).
    :raises Broken: as of `Run.settle`.
    """
    task, way = _found(run, run.ready(task_id), element)
    level, here, target = task.workflow, _position(task), way[0]
    branch = task.internal_data.get('branch', [])[:_depth(level.spec, target)]
    source = drawn(task.task_spec)
    if _beside(level.spec, here, target):
        raise Refused('不能退回到“{element}”：它在同时进行的另一支里。', element=element)
    ending = [task, *(one for one in standing(level) if one is not task and _between(level.spec, here, _position(one), target))]
    for one in ending:
        for each in list(one.parent.children) if isinstance(one.parent.task_spec, Race) else [one]:
            level.end(each)
    level.enter(level.task_tree, _queued(level.spec, target), **{'from': [source]}, **({'branch': branch} if branch else {}),
                **({'at': way[1:]} if len(way) > 1 else {}))
    meet(level, way, here, branch)
    run.settle()


def _found(run: Run, task: Any, element: str) -> tuple[Any, tuple[str, ...]]:
    """The token that ends on the level where the way to the element begins, and that way: places, outermost first."""
    home = run.library.home[task.workflow.spec.name]
    while task is not None and run.library.home[task.workflow.spec.name] == home:
        if task.task_spec.repeated:
            task = task.parent
        way = _way(task.workflow, element)
        if way:
            return task, way
        task = task.workflow.owner
    raise Refused('不能退回到“{element}”：从这一步到不了那里。', element=element)


def _way(level: Any, element: str) -> tuple[str, ...]:
    """How to an element from a level: its place, or the sub-processes in which it stands and its place in the last.

    None leads into one of several instances: an element's id does not say which, and when all are over their numbers and
    results are forgotten. One goes back to the whole activity, and all are asked again.
    """
    return _inward(level.spec, element, level.top_workflow.subprocess_specs)


def _inward(spec: Any, element: str, inside: Mapping[str, Any]) -> tuple[str, ...]:
    if element in spec.task_specs and drawn(spec.task_specs[element]) == element:
        return (element,)
    for name, one in spec.task_specs.items():
        if type(one) is Sub and not one.repeated and one.spec in inside:
            rest = _inward(inside[one.spec], element, inside)
            if rest:
                return name, *rest
    return ()


def _queued(spec: Any, name: str) -> str:
    return f'{name} [before]' if f'{name} [before]' in spec.task_specs else name


def _position(task: Any) -> str:
    """The place at which a token stands; at a join the flow by which it came."""
    spec = task.task_spec
    waits = isinstance(spec, Join) and len(spec._inputs) > 1
    return _flow(task.parent.task_spec.name, spec.name) if waits else spec.name


def _flow(source: str, target: str) -> str:
    return f'{source} > {target}'


def _between(spec: Any, here: str, there: str, target: str) -> bool:
    """Whether the ways to `here` and `there` parted behind `target`, so that going back there undoes both."""
    mine, others, known = _arms(spec, here), _arms(spec, there), _arms(spec, target)
    return any(fork in others and not others[fork] & ways and not known.get(fork, frozenset()) & ways
               for fork, ways in mine.items())


def _beside(spec: Any, here: str, target: str) -> bool:
    """Whether the ways to the two have parted and not met: a join behind them would miss this one."""
    mine, known = _arms(spec, here), _arms(spec, target)
    return any(fork in known and not known[fork] & ways for fork, ways in mine.items() if not fork.endswith(_BESIDE))


def _arms(spec: Any, name: str) -> dict[str, frozenset[int]]:
    """The forks behind which a place stands, with the numbers of the ways that lead to it before they meet again."""
    found = {}
    for fork, ways in _forks(spec).items():
        numbers = frozenset(number for number, places in enumerate(ways) if name in places)
        if numbers and len(numbers) < len(ways):
            found[fork] = numbers
    return found


def _depth(spec: Any, name: str) -> int:
    """On how many branches, one within the other, a token stands there."""
    return sum(not fork.endswith(_BESIDE) for fork in _arms(spec, name))


@lru_cache(maxsize=512)
def _forks(spec: Any) -> dict[str, tuple[frozenset[str], ...]]:
    """Where tokens part on a level: the places and flows of each way until it meets the others. Beside an activity runs what its
    boundary events lead to; its own way begins with itself."""
    found = {}
    for name, place in spec.task_specs.items():
        if not isinstance(place, Place) or isinstance(place, Race) or isinstance(place, Choice) and not place.parts:
            continue
        if len(place._outputs) > 1:
            found[name] = _ways(spec, name, place._outputs)
        if place.boundaries:
            own = _reach(spec, place._outputs, frozenset({name})) | {name, *(_flow(name, one) for one in place._outputs)}
            found[f'{name}{_BESIDE}'] = own, *(_reach(spec, [one], frozenset({name})) for one in place.boundaries)
    return found


def _ways(spec: Any, fork: str, outputs: list[str]) -> tuple[frozenset[str], ...]:
    wide = [_reach(spec, [output], frozenset({fork})) for output in outputs]
    met = frozenset(name for name, place in spec.task_specs.items() if isinstance(place, Join) and len(place._inputs) > 1
                    and sum(name in way for way in wide) > 1)
    return tuple(_reach(spec, [output], met | {fork}) | {_flow(fork, output)} for output in outputs)


def _reach(spec: Any, begin: list[str], stop: frozenset[str]) -> frozenset[str]:
    """Every place that a token can come to from these, not through those where it stops, with the flows that leave it."""
    found: set[str] = set()
    todo = [name for name in begin if name not in stop]
    while todo:
        name = todo.pop()
        if name not in found:
            onward = list(_after(spec, name))
            found |= {name, *(_flow(name, after) for after in onward)}
            todo += [after for after in onward if after not in stop]
    return frozenset(found)


def _after(spec: Any, name: str) -> Iterator[str]:
    place = spec.task_specs[name]
    yield from place._outputs
    yield from getattr(place, 'boundaries', ())
