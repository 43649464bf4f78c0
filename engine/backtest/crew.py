"""The hands that carry a backtest out: slice after slice, each kept when it is done, on as many processes as one likes.

Who is killed leaves nothing half done: the next hand goes on with the matters that are not there yet.
"""
import gc
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from datetime import timedelta
from functools import cache, lru_cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Engine, and_, func, or_, select, update

import engine as package
from engine import clock, db, deployment, simulation
from engine.backtest import past, setting, table
from engine.backtest.difference import compared
from engine.backtest.replay import Replay
from engine.backtest.stage import Scene, Stage
from engine.backtest.table import DONE, FAILED, RUNNING, UNFINISHED, WAITING, Backtest
from engine.errors import Broken, Refused, reason
from engine.history import Event

SLICE = 20                                  # matters that go on side by side, and are kept together
_STALE = timedelta(seconds=60)              # without a sign for so long, a program counts as killed
_NICE = 10

Slice = list[tuple[UUID, dict[str, Any] | None]]


def run(engine: Engine, backtest_id: int, processes: int = 0, said: Callable[[int, int], None] | None = None) -> str:
    """Carry a backtest out, or go on with it, until it is done or somebody stops it; its state then.

    `processes` 0: in this one. `said` hears how many of how many matters are done.
    """
    with db.writing(engine) as session:
        session.execute(update(Backtest).where(Backtest.id == backtest_id, Backtest.state.in_(UNFINISHED))
                        .values(state=RUNNING, beat_at=clock.utcnow()))
        backtest, ready = session.get(Backtest, backtest_id), table.done(session, backtest_id)
        left = [UUID(key) for key in backtest.chosen if key not in ready]
        total, count = len(backtest.chosen), len(backtest.chosen) - len(left)
        if backtest.state != RUNNING:
            return backtest.state
    slices = [left[at:at + SLICE] for at in range(0, len(left), SLICE)]
    try:
        for found in _each(engine, backtest_id, slices, processes):
            if not _kept(engine, backtest_id, found):
                break
            count += len(found)
            if said is not None:
                said(count, total)
    except Exception as error:                           # told on the page, never lost in a log
        return _ended(engine, backtest_id, FAILED, _why(error))
    return _ended(engine, backtest_id, DONE)


def _why(error: Exception) -> str:
    """Of ours what can be said again."""
    ours = isinstance(error, (Broken, Refused))
    return reason(error) if ours else f'{type(error).__name__}: {error}'[:1000]


def _each(engine: Engine, backtest_id: int, slices: Sequence[Sequence[UUID]], processes: int) -> Iterator[Slice]:
    """The slices as they become ready; one alone is not worth a process."""
    if not processes or len(slices) < 2:
        for keys in slices:
            yield played(engine, backtest_id, keys)
        return
    url, waiting = engine.url.render_as_string(hide_password=False), list(slices)
    with ProcessPoolExecutor(processes, get_context('spawn'), initializer=_beside, initargs=(os.getpid(),)) as pool:
        going: set[Future] = set()
        try:
            while waiting or going:
                while waiting and len(going) < processes + 1:
                    going.add(pool.submit(_apart, url, backtest_id, waiting.pop(0)))
                ready, going = wait(going, return_when=FIRST_COMPLETED)
                for one in ready:
                    yield one.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _kept(engine: Engine, backtest_id: int, found: Slice) -> bool:
    """Write a slice down; False: somebody has stopped the backtest meanwhile, and nothing is written."""
    with db.writing(engine) as session:
        backtest = session.get(Backtest, backtest_id, with_for_update=True, populate_existing=True)
        if backtest.state not in UNFINISHED:
            return False
        backtest.beat_at = clock.utcnow()
        table.keep(session, backtest_id, found)
        return True


def _ended(engine: Engine, backtest_id: int, state: str, fault: str = '') -> str:
    with db.writing(engine) as session:
        backtest = session.get(Backtest, backtest_id, with_for_update=True, populate_existing=True)
        if backtest.state in UNFINISHED:
            backtest.state, backtest.fault = state, fault
        return backtest.state


# -- one slice --------------------
def played(engine: Engine, backtest_id: int, keys: Sequence[UUID]) -> Slice:
    """Replay some matters and compare them; what came of each, None where history does not tell its beginning."""
    with db.reading(engine) as session:
        backtest = session.get(Backtest, backtest_id)
        scene, changes, values = _scene(engine, backtest_id)
        pasts = past.read(session, backtest.tenant, keys, backtest.until)
        with Stage(scene) as stage:
            outcomes = Replay(stage, pasts, changes, backtest.renamed).play(backtest.until)
            found = {one.past.matter_id: compared(one, backtest.until, stage.zone, values) for one in outcomes}
    return [(key, found.get(key)) for key in keys]


def _apart(url: str, backtest_id: int, keys: Sequence[UUID]) -> Slice:
    """`played` in a process of its own."""
    engine = _connected(url)
    _scene(engine, backtest_id)
    _settle()
    return played(engine, backtest_id, keys)


@cache
def _settle() -> None:
    """Leave what a process of the pool has read for good out of the garbage collector's rounds."""
    gc.collect()
    gc.freeze()


def _beside(parent: int) -> None:
    """A process of the pool steps back behind the work of the day, and ends when the program that began it is gone."""
    os.nice(_NICE)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)
    threading.Thread(target=watch, daemon=True).start()


@lru_cache(maxsize=1)
def _connected(url: str) -> Engine:
    return db.connect(url)


@lru_cache(maxsize=1)
def _scene(engine: Engine, backtest_id: int) -> tuple[Scene, list[setting.Change], dict[str, dict[str, Any]]]:
    """The government before the first of the matters began, made once per process; how its parameters changed since,
    and what they are called by in either version."""
    with db.reading(engine) as session:
        backtest = session.get(Backtest, backtest_id)
        begin = session.scalar(select(func.min(Event.at)).where(
            Event.chain.in_([key for key, _ in backtest.found]), Event.seq == 1)) or backtest.until
        changes = setting.changes(session, backtest.tenant, backtest.until)
        known = simulation.copied(session, backtest.tenant)
        ground = setting.as_of(session, known, changes, begin)
        scene = Scene(ground, table.unpack_files(backtest.files), begin)
        values = {side: setting.values(bundle, ground) for side, bundle in (
            ('old', deployment.read(known.files)), ('new', scene.bundle))}
    return scene, [change for change in changes if change.at >= begin], values


# -- the program that does it --------------------
class Foreman:
    """Sees to it that every backtest that waits is carried out, by a program of its own beside the worker."""

    def __init__(self) -> None:
        self._program: subprocess.Popen | None = None

    def __call__(self, engine: Engine) -> None:
        """Look once: begin the next that waits, or that lost its program, unless one is under way from here."""
        if self._program is not None and self._program.poll() is None:
            return
        with db.reading(engine) as session:
            key = session.scalar(select(Backtest.id).where(_lacking()).order_by(Backtest.id).limit(1))
        if key is not None and _claimed(engine, key):
            self._program = _begun(engine, key)


def _lacking() -> ColumnElement[bool]:
    """Whether a backtest has no program that carries it out."""
    return or_(Backtest.state == WAITING,
               and_(Backtest.state == RUNNING, Backtest.beat_at < clock.utcnow() - _STALE))


def _claimed(engine: Engine, backtest_id: int) -> bool:
    """Say that its program begins now; False: that of another worker does."""
    with db.writing(engine) as session:
        return session.execute(update(Backtest).where(Backtest.id == backtest_id, _lacking()).values(
            state=RUNNING, beat_at=clock.utcnow())).rowcount == 1


def _begun(engine: Engine, backtest_id: int) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, '-m', 'engine', 'backtest', '--json', '--resume', str(backtest_id)],
        cwd=Path(package.__file__).resolve().parent.parent, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        env={**os.environ, 'DATABASE_URL': engine.url.render_as_string(hide_password=False)})
