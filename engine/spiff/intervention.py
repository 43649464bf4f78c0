"""What is done to a run from outside: a token is put elsewhere or renamed, a task is told since when it waits."""
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from engine.errors import Refused
from engine.spiff.event import Begin, Boundary
from engine.spiff.fit import family, uncovered
from engine.spiff.gateway import Join, Race
from engine.spiff.place import LIVE, drawn
from engine.spiff.run import Run
from engine.spiff.transfer import Spot


def remind(run: Run, opened: Mapping[UUID, str]) -> None:
    """Tell tasks whose due date counts from there when they began to wait."""
    for key in opened:
        task = run.tree.find(key.hex)
        if task is not None and task.task_spec.counts:
            task.internal_data.setdefault('since', opened[key])


def tokens(run: Run) -> dict[UUID, Spot]:
    """What can be put elsewhere: everything that stands somewhere by itself, not because of something else."""
    return {UUID(hex=task.id): _spot(run, task) for task in _standing(run)}


def targets(run: Run, token: UUID) -> list[Spot]:
    """Where a token can be put: what can be entered on its level, but for joins and its own place."""
    task = _found(run, token)
    home, level = run.library.home[task.workflow.spec.name], task.workflow.spec
    return [Spot(home, drawn(spec), spec.bpmn_name or drawn(spec)) for name, spec in level.task_specs.items()
            if drawn(spec) == name and spec is not task.task_spec and _enterable(spec)]


def put(run: Run, token: UUID, element: str) -> tuple[Spot, Spot]:
    """End a token where it stands, with everything in it, and let one begin at another element of the same level; then
    walk on. From where, to where.

    :raises Refused: there is no such token or element, or a join would wait for ever afterwards.
    :raises Broken: as of `Run.settle`.
    """
    target = next((spot for spot in targets(run, token) if spot.element == element), None)
    if target is None:
        raise Refused('不能移到“{element}”：只能移到同一层里能进入的步骤，不能移到边界事件、开始事件和汇合网关。', element=element)
    task = _found(run, token)
    level, source, branch = task.workflow, _spot(run, task), task.internal_data.get('branch')
    kept = {'from': [source.element]} | ({'branch': branch} if branch else {})
    for one in list(task.parent.children) if isinstance(task.parent.task_spec, Race) else [task]:
        level.end(one)
    queued = f'{element} [before]'
    name = queued if queued in level.spec.task_specs else element
    level.enter(level.task_tree, name, **kept)
    check_joins(level)
    run.settle()
    return source, target


def rename(run: Run, old: str, new: str) -> None:
    """What is done once for `old` is done for `new` from now on, wherever an element of a collection is `old`."""
    for task in run.tree.all_tasks():
        kept = task.internal_data
        _exchange(kept.get('local'), old, new)
        if 'elements' in kept:
            kept['elements'] = [new if one == old else one for one in kept['elements']]
    run.renamed(lambda known: _exchange(known, old, new))


def _exchange(known: dict[str, Any] | None, old: str, new: str) -> None:
    for name, value in (known or {}).items():
        if value == old:
            known[name] = new


def _standing(run: Run) -> Iterator[Any]:
    for level in run.tree.levels():
        yield from standing(level)


def standing(level: Any) -> Iterator[Any]:
    """The tokens of a level that stand somewhere by themselves, not because of something else."""
    for task in level.tasks.values():
        spec = task.task_spec
        if task._state & LIVE and family(spec) and not spec.repeated and not isinstance(spec, Boundary):
            yield task


def _found(run: Run, token: UUID) -> Any:
    task = next((task for task in _standing(run) if task.id == token.hex), None)
    if task is None:
        raise Refused('这一步已经不等在那里了，请刷新后再看。')
    return task


def _spot(run: Run, task: Any) -> Spot:
    spec = task.task_spec
    return Spot(run.library.home[task.workflow.spec.name], drawn(spec), spec.bpmn_name or drawn(spec))


def _enterable(spec: Any) -> bool:
    waits_for_others = isinstance(spec, Join) and len(spec._inputs) > 1
    return not isinstance(spec, (Begin, Boundary)) and not waits_for_others and not spec.repeated


def check_joins(level: Any) -> None:
    """:raises Refused: a join of this level would wait for ever."""
    standing: dict[str, list[str]] = {}
    for task in level.tasks.values():
        if task._state & LIVE:
            standing.setdefault(task.task_spec.name, []).append(task.parent.task_spec.name)
    stuck = next(iter(uncovered(level.spec, standing)), None)
    if stuck is not None:
        raise Refused('移过去以后，“{join}”这个汇合会永远等不到另一支。', join=level.spec.task_specs[stuck].bpmn_name or stuck)
