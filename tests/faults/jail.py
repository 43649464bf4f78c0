"""A child process with little memory and little time, which tries one thing after the other."""
import gc
import multiprocessing
import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

MEMORY = 512 * 2**20        # bytes that one try may take beyond what the child holds when it is born
SECONDS = 5                 # of processor time for one try: others may be busy on the same machine
_STUCK_S = 300              # of anybody's time: only a try that sleeps takes so long
_A_LIFE = 100               # tries of one child; what they leave behind in memory dies with it
_fork = multiprocessing.get_context('fork')


def failures(numbers: Iterable[int], attempt: Callable[[int], None]) -> dict[int, str]:
    """Those numbers whose attempt raised, took longer than `SECONDS` or more than `MEMORY`, with what it said."""
    left, failed = list(numbers), {}
    while left:
        answers, sender = _fork.Pipe(duplex=False)
        child = _fork.Process(target=_live, args=(left[:_A_LIFE], attempt, sender))
        child.start()
        sender.close()
        for number in left[:_A_LIFE]:
            said = _answer(child, answers)
            left.remove(number)
            if said:
                failed[number] = said
            if not child.is_alive() and not answers.poll():
                break
        child.join()
        answers.close()
    return failed


def _answer(child: Any, answers: Any) -> str:
    try:
        if answers.poll(_STUCK_S):
            return answers.recv()
        child.kill()
        said = f'stuck for {_STUCK_S} s'
    except EOFError:
        child.join()
        said = {-signal.SIGPROF: f'more than {SECONDS} s'}.get(child.exitcode, f'died with {child.exitcode}')
    child.join()
    return said


def _live(numbers: list[int], attempt: Callable[[int], None], answers: Any) -> None:
    _bound_memory()
    gc.freeze()
    for number in numbers:
        signal.setitimer(signal.ITIMER_PROF, SECONDS)           # its signal ends the process, whatever it is doing
        try:
            attempt(number)
            said = ''
        except MemoryError:
            said = 'out of memory'
        except Exception:
            said = traceback.format_exc(limit=-12)
        signal.setitimer(signal.ITIMER_PROF, 0)
        answers.send(said)
    answers.close()
    os._exit(0)


def _bound_memory() -> None:
    """Linux tells what a process has mapped; elsewhere only time is bounded."""
    if sys.platform == 'linux':
        mapped = int(Path('/proc/self/statm').read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (mapped + MEMORY, mapped + MEMORY))
