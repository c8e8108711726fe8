"""How long rules take."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import NamedTuple, TypeVar

P = TypeVar("P")
T = TypeVar("T")


class Duration(NamedTuple):
    """How often a rule was called, and how many seconds that took in all."""

    calls: int = 0
    seconds: float = 0.0


class Stopwatch:
    """How long each rule took, by its code."""

    def __init__(self) -> None:
        self.durations: dict[str, Duration] = {}

    def time_calls(self, code: str, call: Callable[[P], T]) -> Callable[[P], T]:
        """Return the call with its time taken."""

        def run_timed(parts: P) -> T:
            begin = perf_counter()
            try:
                return call(parts)
            finally:
                self.add({code: Duration(1, perf_counter() - begin)})

        return run_timed

    def add(self, durations: dict[str, Duration]) -> None:
        """Add what was measured, here or in another process."""
        for code, (calls, seconds) in durations.items():
            known = self.durations.get(code, Duration())
            self.durations[code] = Duration(known.calls + calls, known.seconds + seconds)

    def take(self) -> dict[str, Duration]:
        """Return what was measured since this was last called."""
        taken, self.durations = self.durations, {}
        return taken
