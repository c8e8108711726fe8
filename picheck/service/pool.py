"""Threads that audit, so that whoever listens for requests never waits for a rule."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import copy_context
from queue import SimpleQueue
from threading import Thread
from typing import Any, TypeVar

from picheck.engine.watchdog import RuleTimeout, ThreadWatchdog
from picheck.plugins.validation import describe_error
from picheck.service.problems import Problem

T = TypeVar("T")
_Job = tuple[Future[Any], Callable[[], Any]]


class AuditPool:
    """A fixed number of threads, begun with the first job.

    A job whose request is gone is not begun. One that never returns keeps its thread, and no
    other; the end of the process does not wait for it. A rule that takes longer than
    `rule_timeout` seconds is broken off, as in an audit of the command line.
    """

    def __init__(self, threads: int, rule_timeout: float) -> None:
        self._number = threads
        self._rule_timeout = rule_timeout
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._watchdog: ThreadWatchdog | None = None

    async def run(self, work: Callable[[], T]) -> T:
        """Do something in one of the threads; return what it returns, raise what it raises."""
        self._begin()
        future: Future[T] = Future()
        context = copy_context()  # who sent the request is known in the thread, too
        self._jobs.put((future, lambda: context.run(work)))
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """Let the threads end when what they do is done; a later job begins others."""
        with self._lock:
            if self._watchdog is None:
                return
            self._watchdog.close()
            self._watchdog = None
        for _ in range(self._number):
            self._jobs.put(None)

    def _begin(self) -> None:
        with self._lock:
            if self._watchdog is not None:
                return
            self._watchdog = watchdog = ThreadWatchdog(self._rule_timeout)
        for number in range(self._number):
            name = f"audit-{number}"
            Thread(target=self._serve, args=(watchdog,), name=name, daemon=True).start()

    def _serve(self, watchdog: ThreadWatchdog) -> None:
        with watchdog.watch():
            while (job := self._jobs.get()) is not None:
                _do(*job)
                del job  # else a document would be kept until the next one


def _do(future: Future[Any], work: Callable[[], Any]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        done = work()
    except Exception as error:  # noqa: BLE001 - it is raised where the work was asked for
        future.set_exception(error)
    except RuleTimeout as late:  # it reached a rule that had just returned
        future.set_exception(Problem(503, "tooSlow", f"a rule {late}; ask again"))
    except BaseException as end:  # noqa: BLE001 - a plugin's sys.exit() is not the end of the service
        future.set_exception(
            Problem(500, "pluginBroken", f"a plugin broke off: {describe_error(end)}")
        )
    else:
        future.set_result(done)
