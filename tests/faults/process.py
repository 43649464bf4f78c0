"""Processes of the tests: they begin together, and what they answer or how they die is told."""
import multiprocessing
import os
import traceback
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Engine

from engine import db

_fork = multiprocessing.get_context('fork')
DIED = 9


def crew(url: str, *jobs: Callable[[Engine], Any]) -> list[Any]:
    """What the jobs answer; each runs in a process of its own, on an engine of its own, all at the same time."""
    ready, answers = _fork.Barrier(len(jobs)), [_fork.Pipe(duplex=False) for _ in jobs]
    processes = [_fork.Process(target=_answer, args=(url, job, ready, sender))
                 for job, (_, sender) in zip(jobs, answers, strict=True)]
    for process in processes:
        process.start()
    found = [receiver.recv() for receiver, _ in answers]
    for process in processes:
        process.join()
    for receiver, sender in answers:
        receiver.close()
        sender.close()
    for failed in found:
        assert not isinstance(failed, Failure), failed
    return found


class Failure(str):
    """The traceback of a job that failed."""


def _answer(url: str, job: Callable[[Engine], Any], ready: Any, sender: Any) -> None:
    engine = db.connect(url)
    with engine.connect():
        pass
    ready.wait()
    try:
        answer = job(engine)
    except Exception:
        answer = Failure(traceback.format_exc())
    sender.send(answer)
    engine.dispose()
    os._exit(0)


def answers_of(lists: Iterable[Iterable[Any]]) -> list[Any]:
    """All answers of all processes."""
    return [one for each in lists for one in each]


def born(url: str, job: Callable[[Engine], Any]) -> Any:
    """A process that does a job and ends; whoever asked for it joins or kills it."""
    process = _fork.Process(target=_do, args=(url, job))
    process.start()
    return process


def _do(url: str, job: Callable[[Engine], Any]) -> None:
    engine = db.connect(url)
    try:
        job(engine)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)
