"""Calls of rules that do not return are broken off, in the main thread and in others."""

from __future__ import annotations

import ctypes
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import Final

from picheck.engine.results import bind
from picheck.engine.runner import RuleRunner
from picheck.plugins.deaths import note_run

#: What calls rules and uses their answers; each step of it is guarded there.
_CALLERS: Final[frozenset[CodeType]] = frozenset({RuleRunner._call.__code__, bind.__code__})  # noqa: SLF001
#: How often the calls are looked at, in seconds.
INTERVAL: Final = 1.0


# BaseException, so that `except Exception` in a rule does not catch it
class RuleTimeout(BaseException):
    """A call took too long."""


class CallClock:
    """Measures how long one call has been under way, by looking again and again.

    `interval` is the time between two looks, in seconds; `fault` says of a call that it is late.
    """

    def __init__(self, seconds: float) -> None:
        """Take the seconds that a call may last; 0 for any number, which is not watched."""
        # two looks at least within the time that a call may take
        self.interval = min(INTERVAL, seconds / 2) if seconds else INTERVAL
        self.fault = f"did not return within {seconds:g} s"
        self._seconds = seconds
        self._call: FrameType | None = None
        self._ticks = 0

    def is_late(self, call: FrameType | None) -> bool:
        """Take what is under way at this look; return whether it has taken too long."""
        if call is None or call is not self._call:
            # the frame is held on to, or a later call could be at its place in memory
            self._call, self._ticks = call, 0
            return False
        self._ticks += 1
        return self._ticks * self.interval >= self._seconds

    def forget(self) -> None:
        """Let go of the last call that was seen."""
        self._call = None


def call_under_way(frame: FrameType | None) -> FrameType | None:
    """Return the frame that a caller of rules waits for; None where there is none."""
    below = None
    while frame is not None and frame.f_code not in _CALLERS:
        below, frame = frame, frame.f_back
    return None if frame is None else below


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
            if self._thread is None or not self._thread.is_alive():  # as after a fork
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


class Watchdog:
    """Looks once a second which call of a rule is under way.

    A call that takes longer than `seconds` is left with RuleTimeout, again every second if it
    catches that; 0 switches this off. In the main thread of a process a timer interrupts it,
    where the system has interval timers and the program does not use them for something else.
    Anywhere else a thread looks, which cannot interrupt a call that waits in compiled code.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._clock = CallClock(seconds)

    @contextmanager
    def arm(self) -> Iterator[bool]:
        """Look after the rules that are called meanwhile.

        Yields whether calls in compiled code are out of reach, so that the time limit is weaker.
        """
        note_run(timeout=self._seconds)
        if not self._can_be_armed():
            with watch_this_thread(self._seconds):
                yield self._seconds > 0
            return
        signal.signal(signal.SIGALRM, self._look)
        signal.setitimer(signal.ITIMER_REAL, self._clock.interval, self._clock.interval)
        try:
            yield False
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            self._clock.forget()

    def _can_be_armed(self) -> bool:
        return (
            self._seconds > 0
            and hasattr(signal, "setitimer")
            and threading.current_thread() is threading.main_thread()
            and signal.getsignal(signal.SIGALRM) == signal.SIG_DFL
        )

    def _look(self, _number: int, frame: FrameType | None) -> None:
        """Raise RuleTimeout where the call that is under way takes too long."""
        if self._clock.is_late(call_under_way(frame)):
            raise RuleTimeout(self._clock.fault)
