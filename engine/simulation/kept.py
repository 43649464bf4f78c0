"""A few runs that stay open between two looks at them, so that the next act need not do all those before it again."""
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from threading import Lock

from engine.errors import Refused
from engine.simulation.act import Act
from engine.simulation.run import Simulation

_MOST = 4

_open: OrderedDict[Hashable, Simulation] = OrderedDict()
_lock = Lock()


@contextmanager
def kept(key: Hashable, acts: Sequence[Act],
         make: Callable[[], Simulation]) -> Iterator[tuple[Simulation, Refused | None]]:
    """The run of this key after these acts; nobody else has it meanwhile. ``make`` begins one that has done nothing.

    The key must name everything that a run depends on besides its acts. Where an act can no longer be done (the files
    are others now), the run stands before it and the refusal says why.
    """
    with _lock:
        run = _open.pop(key, None)
    if run is not None and run.acts != list(acts[:len(run.acts)]):
        run.close()
        run = None
    run = run or make()
    try:
        yield run, _done(run, acts)
    except BaseException:
        run.close()
        raise
    _keep(key, run)


def _done(run: Simulation, acts: Sequence[Act]) -> Refused | None:
    try:
        for act in acts[len(run.acts):]:
            run.do(act)
    except Refused as refusal:
        return refusal
    return None


def _keep(key: Hashable, run: Simulation) -> None:
    with _lock:
        surplus = [_open.pop(key)] if key in _open else []
        _open[key] = run
        while len(_open) > _MOST:
            surplus.append(_open.popitem(last=False)[1])
    for one in surplus:
        one.close()
