"""The score of one measurement set: pure arithmetic in integers, so that a tie is a tie."""

from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import Final, NamedTuple

from picheck.api import Rulebook, SetView
from picheck_pi.scoring.config import Bonus, Rounding, ScoringConfig, Step, read_config
from picheck_pi.scoring.reported import Reported, find_rate, read_reported


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


class Earned(NamedTuple):
    """Whole points; `is_tie` if exactly between two before, `is_minimum` if lifted to the least."""

    points: int
    is_tie: bool = False
    is_minimum: bool = False


class SlotPoints(NamedTuple):
    """What one slot earned, of how much; `rate` where it is scored by one."""

    slot: str
    maximum: int
    earned: Earned
    rate: tuple[int, int] | None = None


class BonusPoints(NamedTuple):
    """A bonus that was claimed: the measures that carry it, and those that lost it."""

    bonus: Bonus
    by: tuple[str, ...]
    lost: tuple[str, ...]

    @property
    def points(self) -> int:
        """The bonus, once, however many measures carry it."""
        return self.bonus.points if self.by else 0


class Score(NamedTuple):
    """The arithmetic of one set, whatever the audit says of it.

    `points` is what counts: base and bonus, but no more than the cap.
    """

    points: int
    base: int
    bonus: int
    slots: tuple[SlotPoints, ...]
    bonuses: tuple[BonusPoints, ...]
    maxima: Maxima
    reported: Reported


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
        # in the order of the year: what one step has moved may move on with a later one
        for step in self._config.steps:
            amount = maxima.get(step.source, 0)
            target = next((to for to in step.to if scored.issuperset(to)), None)
            if step.source not in excluded or not amount or target is None:
                continue
            shares = share_evenly(amount, target)
            for slot, points in shares:
                maxima[slot] += points
            # zero, and not gone: the table has a row for it
            maxima[step.source] = 0
            moves.append(Move(step, shares))
        return Maxima(maxima, tuple(moves))


class Scorer:
    """Scores sets by one year's scoring."""

    def __init__(self, config: ScoringConfig) -> None:
        self.config = config
        self._mover = Mover(config)
        self._needed = {o.id: o.needed for o in config.objectives if o.needed is not None}

    def score(self, view: SetView, lost: AbstractSet[str] = frozenset()) -> Score:
        """Return the score of a set; `lost` are bonus measures whose points the audit took."""
        reported = read_reported(view, self.config)
        maxima = self._mover.move(reported.scored, reported.excluded)
        slots = tuple(
            self._earn(view, slot, maximum, reported) for slot, maximum in maxima.points.items()
        )
        claimed = (_earn_bonus(view, bonus, lost) for bonus in self.config.bonuses)
        bonuses = tuple(bonus for bonus in claimed if bonus.by or bonus.lost)
        base = sum(slot.earned.points for slot in slots)
        extra = sum(bonus.points for bonus in bonuses)
        points = min(base + extra, self.config.category.cap)
        return Score(points, base, extra, slots, bonuses, maxima, reported)

    def _earn(self, view: SetView, slot: str, maximum: int, reported: Reported) -> SlotPoints:
        rate = None
        # first: an objective that keeps its points earns them though all of it is excluded
        if (needed := self._needed.get(slot)) is not None:
            is_earned = len(reported.counted[slot]) >= needed
        elif slot in reported.excluded:
            is_earned = False
        elif (rate := find_rate(view, slot)) is not None:
            return SlotPoints(slot, maximum, round_rate(*rate, maximum, self.config.rounding), rate)
        else:
            is_earned = view.answers.is_yes(slot)
        return SlotPoints(slot, maximum, Earned(maximum if is_earned else 0))


# By identity, because a rulebook cannot be hashed; it is kept beside its scorer, so that no other
# rulebook can get the same identity.
_SCORERS: Final[dict[int, tuple[Rulebook, Scorer]]] = {}
_MAX_SCORERS: Final = 64


def scorer_of(rulebook: Rulebook) -> Scorer:
    """Return the scorer of a year. Raises ValueError where its scoring cannot be used."""
    if id(rulebook) not in _SCORERS:
        if len(_SCORERS) >= _MAX_SCORERS:
            _SCORERS.clear()
        _SCORERS[id(rulebook)] = rulebook, Scorer(read_config(rulebook))
    return _SCORERS[id(rulebook)][1]


def share_evenly(amount: int, slots: tuple[str, ...]) -> tuple[tuple[str, int], ...]:
    """Share points out; what cannot be shared goes to the first ones, so that none is lost."""
    share, rest = divmod(amount, len(slots))
    return tuple((slot, share + (index < rest)) for index, slot in enumerate(slots))


def round_rate(numerator: int, denominator: int, maximum: int, rounding: Rounding) -> Earned:
    """Return the points of a rate: rounded, and at least the minimum once a patient counts.

    A numerator of 0, or a denominator of 0, earns nothing.
    """
    if numerator <= 0 or denominator <= 0 or maximum <= 0:
        return Earned(0)
    whole, rest = divmod(numerator * maximum, denominator * rounding.unit)
    # doubled, so that half a point is compared in whole numbers
    half = 2 * rest - denominator * rounding.unit
    points = rounding.unit * (whole + _goes_up(whole, half, rounding.tie.goes))
    least = min(rounding.minimum, maximum)
    return Earned(max(points, least), half == 0, points < least)


def _goes_up(whole: int, half: int, tie: str) -> bool:
    if half:
        return half > 0
    return tie == "up" or (tie == "even" and whole % 2 == 1)


def _earn_bonus(view: SetView, bonus: Bonus, lost: AbstractSet[str]) -> BonusPoints:
    """Return the bonus with the measures that say yes to it; none do where it is not claimed."""
    yes = [measure_id for measure_id in bonus.measures if view.answers.is_yes(measure_id)]
    return BonusPoints(
        bonus,
        tuple(measure_id for measure_id in yes if measure_id not in lost),
        tuple(measure_id for measure_id in yes if measure_id in lost),
    )
