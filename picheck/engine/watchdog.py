"""A call of a rule that does not return is broken off."""

from __future__ import annotations

import signal
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


class RuleTimeout(BaseException):
    """A call took too long."""


class Watchdog:
    """Looks once a second which call of a rule is under way.

    A call that takes longer than `seconds` is left with RuleTimeout, again every second if it
    catches that; 0 switches this off. It works in the main thread of a process, where the system
    has interval timers and the program does not use them for something else.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._interval = min(INTERVAL, seconds / 2) if seconds else INTERVAL
        self._call: FrameType | None = None
        self._ticks = 0

    @contextmanager
    def armed(self) -> Iterator[None]:
        """Look after the rules that are called meanwhile."""
        note_run(timeout=self._seconds)
        if not self._can_be_armed():
            yield
            return
        signal.signal(signal.SIGALRM, self._look)
        signal.setitimer(signal.ITIMER_REAL, self._interval, self._interval)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            self._call = None

    def _can_be_armed(self) -> bool:
        return (
            self._seconds > 0
            and hasattr(signal, "setitimer")
            and threading.current_thread() is threading.main_thread()
            and signal.getsignal(signal.SIGALRM) == signal.SIG_DFL
        )

    def _look(self, _number: int, frame: FrameType | None) -> None:
        """Count how often the same call was seen; raise RuleTimeout where it takes too long."""
        call = call_under_way(frame)
        if call is None or call is not self._call:
            self._call, self._ticks = call, 0
            return
        self._ticks += 1
        if self._ticks * self._interval >= self._seconds:
            raise RuleTimeout(f"did not return within {self._seconds:g} s")


def call_under_way(frame: FrameType | None) -> FrameType | None:
    """Return the frame that a caller of rules waits for; None where there is none."""
    below = None
    while frame is not None and frame.f_code not in _CALLERS:
        below, frame = frame, frame.f_back
    return None if frame is None else below
