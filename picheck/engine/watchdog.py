"""A call of a rule that does not return is broken off."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from picheck.engine.call_clock import CallClock, RuleTimeout, call_under_way
from picheck.engine.thread_watchdog import watch_this_thread
from picheck.plugins.deaths import note_run


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
    def arm(self) -> Iterator[None]:
        """Look after the rules that are called meanwhile."""
        note_run(timeout=self._seconds)
        if not self._can_be_armed():
            with watch_this_thread(self._seconds):
                yield
            return
        signal.signal(signal.SIGALRM, self._look)
        signal.setitimer(signal.ITIMER_REAL, self._clock.interval, self._clock.interval)
        try:
            yield
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
