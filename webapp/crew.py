"""The processes that answer pages: one Python process keeps one core busy, however many threads it has."""
import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from threading import Thread

_PAUSE_S = 1.0              # before one that has ended by itself is begun again
_fork = get_context('fork')     # what is read before the first of them is shared by all
_log = logging.getLogger('duban.web')


def keep(number: int, work: Callable[[], None]) -> None:
    """Do `work` in so many processes at once until told to stop (SIGTERM, Ctrl-C).

    One that ends by itself is begun again. All of them end with this process, even when it is killed.
    """
    if number == 1:
        work()
        return
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    crew = [_begun(work) for _ in range(number)]
    try:
        while True:
            wait([one.sentinel for one in crew])
            _log.warning('a process that answers pages has ended; another begins')
            time.sleep(_PAUSE_S)
            crew = [one if one.is_alive() else _begun(work) for one in crew]
    except KeyboardInterrupt:
        return
    finally:
        for one in crew:
            one.terminate()
        for one in crew:
            one.join()


def _begun(work: Callable[[], None]) -> BaseProcess:
    one = _fork.Process(target=_work, args=(work,))
    one.start()
    return one


def _work(work: Callable[[], None]) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    Thread(target=_end_with, args=(parent_process().sentinel,), daemon=True).start()
    work()


def _end_with(parent: int) -> None:
    wait([parent])
    os._exit(1)
