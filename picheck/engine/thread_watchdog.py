"""A call of a rule that does not return is broken off in threads, too."""

from __future__ import annotations

import ctypes
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from picheck.engine.call_clock import CallClock, RuleTimeout, call_under_way


class _Watched(threading.local):
    """Whether the thread is being watched."""

    now = False


_THREAD: Final = _Watched()


@contextmanager
def watch_this_thread(seconds: float) -> Iterator[None]:
    """Look after the rules that this thread calls meanwhile, unless someone does already.

    A call may take `seconds`, 0 for any number.
    """
    if not seconds or _THREAD.now:
        yield
        return
    watchdog = ThreadWatchdog(seconds)
    try:
        with watchdog.watch():
            yield
    finally:
        watchdog.close()


class ThreadWatchdog:
    """Looks after the rules that are called in some threads, where no timer can interrupt them.

    A call that takes longer than `seconds` is left with RuleTimeout at its next step in Python;
    0 switches this off. A call that waits in foreign code is left only when it comes back.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._clocks: dict[int, CallClock] = {}
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Look after the rules that this thread calls meanwhile."""
        if not self._seconds:
            yield
            return
        thread = threading.get_ident()
        with self._lock:
            self._clocks[thread] = CallClock(self._seconds)
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)
                self._thread.start()
        _THREAD.now = True
        try:
            yield
        finally:
            _THREAD.now = False
            with self._lock:
                del self._clocks[thread]

    def close(self) -> None:
        """Look after nothing any more."""
        self._closed.set()

    def _watch(self) -> None:
        interval = CallClock(self._seconds).interval
        while not self._closed.wait(interval):
            frames = sys._current_frames()  # noqa: SLF001 - what it is for
            with self._lock:
                for thread, clock in self._clocks.items():
                    if clock.is_late(call_under_way(frames.get(thread))):
                        raised = ctypes.py_object(_timeout_of(clock.fault))
                        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), raised)
            del frames  # else the frames of this moment live until the next


def _timeout_of(fault: str) -> type[RuleTimeout]:
    """Return a RuleTimeout that knows its message: another thread can only be sent a class."""

    def explain(self: RuleTimeout) -> None:
        RuleTimeout.__init__(self, fault)

    return type(RuleTimeout.__name__, (RuleTimeout,), {"__init__": explain})
