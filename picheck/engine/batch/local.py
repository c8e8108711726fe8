"""Executors on this machine: this process, or several."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from typing import Any, TypeVar

from picheck.processes import end_with_parent

T = TypeVar("T")
#: Takes one line about a process that died; nothing is lost by it, so no report says it.
Say = Callable[[str], object]


class InlineExecutor(Executor):
    """Does the work at once, in this process."""

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Call the function and return its result as a future that is done."""
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - a future keeps what was raised
            future.set_exception(error)
        return future


class ProcessPools:
    """Opens a pool of processes, and another where one of them died."""

    def __init__(self, jobs: int, say: Say) -> None:
        self._jobs = jobs
        self._say = say
        self._is_first = True

    def __call__(self) -> Executor:
        """Open a pool; from the second on, say why there is another."""
        from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - a cold start pays

        if not self._is_first:
            self._say("a process died; what it was given is audited again")
        self._is_first = False
        return ProcessPoolExecutor(self._jobs, initializer=_begin_worker, initargs=(os.getpid(),))


def _begin_worker(parent: int) -> None:
    """Make a process a worker: it ends with its parent, and standard output is not its own.

    Ctrl-C is left to the parent: it keeps what was written and says where it stopped.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # not the handlers of the parent, which a fork inherits: they say where the run was stopped
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
    end_with_parent(parent)
    sys.stdout = sys.stderr
    with suppress(OSError):  # also for what is not written in Python
        os.dup2(2, 1)
