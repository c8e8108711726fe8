"""The points of what is excluded move on, step by step, in the order of the tariff."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from picheck_pi.scoring.tariff import Step, Tariff


class Move(NamedTuple):
    """Points that moved in one step: from one slot, to one or several."""

    step: Step
    source: str
    shares: tuple[tuple[str, int], ...]

    @property
    def points(self) -> int:
        """All points that moved."""
        return sum(points for _, points in self.shares)


class Shares(NamedTuple):
    """The maxima after all moves, and the moves."""

    maxima: dict[str, int]
    moves: tuple[Move, ...]

    def arrived_at(self, slot: str) -> tuple[tuple[Move, int], ...]:
        """Return the moves that brought points to a slot, with how many."""
        return tuple((m, points) for m in self.moves for to, points in m.shares if to == slot)


class Mover:
    """Moves points under one tariff; what was moved once is remembered."""

    def __init__(self, tariff: Tariff) -> None:
        self._tariff = tariff
        self._points = tariff.points
        self.shares = lru_cache(maxsize=1024)(self._move)

    def _move(self, scored: frozenset[str], excluded: frozenset[str]) -> Shares:
        """Return the maxima of what is scored after the points of what is excluded moved on."""
        maxima = {slot: self._points[slot] for slot in self._points if slot in scored | excluded}
        moves = []
        for step in self._tariff.steps:
            amount = maxima.get(step.source, 0)
            target = next((to for to in step.to if scored.issuperset(to)), None)
            if step.source not in excluded or not amount or target is None:
                continue
            shares = evenly(amount, target)
            for slot, points in shares:
                maxima[slot] += points
            maxima[step.source] = 0
            moves.append(Move(step, step.source, shares))
        return Shares(maxima, tuple(moves))


def evenly(amount: int, slots: tuple[str, ...]) -> tuple[tuple[str, int], ...]:
    """Share points out; what cannot be shared goes to the first ones, so that none is lost."""
    share, rest = divmod(amount, len(slots))
    return tuple((slot, share + (place < rest)) for place, slot in enumerate(slots))
