"""The points of what is excluded move on, step by step, in the order of the year's scoring."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from picheck_pi.scoring.config import ScoringConfig, Step


class Move(NamedTuple):
    """Points that moved in one step, to one slot or shared among several."""

    step: Step
    shares: tuple[tuple[str, int], ...]

    @property
    def points(self) -> int:
        """All points that moved."""
        return sum(points for _, points in self.shares)


class Maxima(NamedTuple):
    """The maximum of each slot after all moves, and the moves."""

    points: dict[str, int]
    moves: tuple[Move, ...]

    def arrivals(self, slot: str) -> tuple[tuple[Move, int], ...]:
        """Return the moves that brought points to a slot, with how many."""
        return tuple((m, points) for m in self.moves for to, points in m.shares if to == slot)


class Mover:
    """Moves points by one year's steps; what was moved once is remembered."""

    def __init__(self, config: ScoringConfig) -> None:
        self._config = config
        self.move = lru_cache(maxsize=1024)(self._move)

    def _move(self, scored: frozenset[str], excluded: frozenset[str]) -> Maxima:
        """Return the maxima of what is scored after the points of what is excluded moved on."""
        in_play = scored | excluded
        maxima = {slot: most for slot, most in self._config.points.items() if slot in in_play}
        moves = []
        for step in self._config.steps:
            amount = maxima.get(step.source, 0)
            target = next((to for to in step.to if scored.issuperset(to)), None)
            if step.source not in excluded or not amount or target is None:
                continue
            shares = share_evenly(amount, target)
            for slot, points in shares:
                maxima[slot] += points
            maxima[step.source] = 0
            moves.append(Move(step, shares))
        return Maxima(maxima, tuple(moves))


def share_evenly(amount: int, slots: tuple[str, ...]) -> tuple[tuple[str, int], ...]:
    """Share points out; what cannot be shared goes to the first ones, so that none is lost."""
    share, rest = divmod(amount, len(slots))
    return tuple((slot, share + (index < rest)) for index, slot in enumerate(slots))
