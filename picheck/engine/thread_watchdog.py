"""A call of a rule that does not return is broken off in threads, too."""

from __future__ import annotations

import ctypes
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from picheck.engine.watchdog import INTERVAL, RuleTimeout, call_under_way


class ThreadWatchdog:
    """Looks after the rules that are called in some threads, where no timer can interrupt them.

    A call that takes longer than `seconds` is left with RuleTimeout at its next step in Python;
    0 switches this off. A call that waits in foreign code is left only when it comes back.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._interval = min(INTERVAL, seconds / 2) if seconds else INTERVAL
        self._lock = threading.Lock()
        self._calls: dict[int, tuple[FrameType | None, int]] = {}
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Look after the rules that this thread calls meanwhile."""
        if not self._seconds:
            yield
            return
        thread = threading.get_ident()
        with self._lock:
            self._calls[thread] = None, 0
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            with self._lock:
                del self._calls[thread]

    def close(self) -> None:
        """Look after nothing any more."""
        self._closed.set()

    def _watch(self) -> None:
        while not self._closed.wait(self._interval):
            frames = sys._current_frames()  # noqa: SLF001 - what it is for
            with self._lock:
                for thread in self._calls:
                    self._look(thread, call_under_way(frames.get(thread)))
            del frames  # else the frames of this moment live until the next

    def _look(self, thread: int, call: FrameType | None) -> None:
        """Count how often the same call was seen; break it off where it takes too long."""
        before, ticks = self._calls[thread]
        if call is None or call is not before:
            self._calls[thread] = call, 0
            return
        self._calls[thread] = call, ticks + 1
        if (ticks + 1) * self._interval >= self._seconds:
            raised = ctypes.py_object(_timeout_of(self._seconds))
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), raised)


def _timeout_of(seconds: float) -> type[RuleTimeout]:
    """Return a RuleTimeout that knows its message: another thread can only be sent a class."""

    def explain(self: RuleTimeout) -> None:
        RuleTimeout.__init__(self, f"did not return within {seconds:g} s")

    return type(RuleTimeout.__name__, (RuleTimeout,), {"__init__": explain})
