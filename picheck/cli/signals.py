"""Signals that ask a run to stop."""

from __future__ import annotations

import signal
from types import FrameType
from typing import Final

_STOPS: Final = ("SIGTERM", "SIGHUP")


class Stopped(KeyboardInterrupt):
    """A signal asked the run to stop; what was written is kept, as where a user stops it."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


def turn_signals_into_stops() -> None:
    """Raise Stopped where the process is asked to stop, unless the caller had that ignored."""
    for name in _STOPS:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, _stop)


def _stop(number: int, _frame: FrameType | None) -> None:
    raise Stopped(number)
