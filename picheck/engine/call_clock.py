"""Which call of a rule is under way, and for how long."""

from __future__ import annotations

from types import CodeType, FrameType
from typing import Final

from picheck.engine.results import bind
from picheck.engine.runner import RuleRunner

#: What calls rules and uses their answers; each step of it is guarded there.
_CALLERS: Final[frozenset[CodeType]] = frozenset({RuleRunner._call.__code__, bind.__code__})  # noqa: SLF001
#: How often the calls are looked at, in seconds.
INTERVAL: Final = 1.0


class RuleTimeout(BaseException):
    """A call took too long."""


class CallClock:
    """Measures how long one call has been under way, by looking again and again.

    `interval` is the time between two looks, in seconds; `fault` says of a call that it is late.
    """

    def __init__(self, seconds: float) -> None:
        """Take the seconds that a call may last; 0 for any number, which is not watched."""
        self.interval = min(INTERVAL, seconds / 2) if seconds else INTERVAL
        self.fault = f"did not return within {seconds:g} s"
        self._seconds = seconds
        self._call: FrameType | None = None
        self._ticks = 0

    def is_late(self, call: FrameType | None) -> bool:
        """Take what is under way at this look; return whether it has taken too long."""
        if call is None or call is not self._call:
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
