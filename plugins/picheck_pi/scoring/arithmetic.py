"""The score of one measurement set: pure arithmetic over the year's tariff."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Final, NamedTuple

from picheck.api import Rulebook, SetView
from picheck_pi.scoring.moving import Mover, Shares
from picheck_pi.scoring.rounding import NOTHING, Rounded, points_for
from picheck_pi.scoring.standing import Standing, rate_of, standing_of
from picheck_pi.scoring.tariff import Bonus, Tariff, tariff_of

NONE_LOST: Final[frozenset[str]] = frozenset()


class Points(NamedTuple):
    """What one slot earned, of how much; `rate` where it is scored by one."""

    slot: str
    maximum: int
    earned: Rounded
    rate: tuple[int, int] | None


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
    slots: tuple[Points, ...]
    bonuses: tuple[BonusPoints, ...]
    shares: Shares
    standing: Standing


class Scorer:
    """Scores sets under one tariff."""

    def __init__(self, tariff: Tariff) -> None:
        self.tariff = tariff
        self._mover = Mover(tariff)
        self._needed = {o.id: o.needed for o in tariff.objectives if o.needed is not None}

    def score(self, view: SetView, lost: AbstractSet[str] = NONE_LOST) -> Score:
        """Return the score of a set; `lost` are bonus measures whose points the audit took."""
        standing = standing_of(view, self.tariff)
        shares = self._mover.shares(standing.scored, standing.excluded)
        slots = tuple(
            self._earn(view, slot, maximum, standing) for slot, maximum in shares.maxima.items()
        )
        bonuses = tuple(
            found for bonus in self.tariff.bonuses if (found := _bonus(view, bonus, lost))
        )
        base = sum(slot.earned.points for slot in slots)
        extra = sum(bonus.points for bonus in bonuses)
        points = min(base + extra, self.tariff.category.cap)
        return Score(points, base, extra, slots, bonuses, shares, standing)

    def _earn(self, view: SetView, slot: str, maximum: int, standing: Standing) -> Points:
        needed = self._needed.get(slot)
        if needed is not None:
            return Points(slot, maximum, _all(maximum, len(standing.counted[slot]) >= needed), None)
        if slot in standing.excluded:
            return Points(slot, maximum, NOTHING, None)
        rate = rate_of(view, slot)
        if rate is None:
            return Points(slot, maximum, _all(maximum, view.answers.is_yes(slot)), None)
        return Points(slot, maximum, points_for(*rate, maximum, self.tariff.rounding), rate)


# By identity, as the tariffs are; the rulebook is kept alive beside its scorer.
_KNOWN: Final[dict[int, tuple[Rulebook, Scorer]]] = {}
_MOST: Final = 64


def scorer_of(rulebook: Rulebook) -> Scorer:
    """Return the scorer of a year. Raises ValueError where its tariff cannot be used."""
    known = _KNOWN.get(id(rulebook))
    if known is not None:
        return known[1]
    if len(_KNOWN) >= _MOST:
        _KNOWN.clear()
    scorer = Scorer(tariff_of(rulebook))
    _KNOWN[id(rulebook)] = rulebook, scorer
    return scorer


def score_set(view: SetView, lost: AbstractSet[str] = NONE_LOST) -> Score:
    """Return the score of one set under its own rulebook."""
    return scorer_of(view.rulebook).score(view, lost)


def _all(maximum: int, is_earned: bool) -> Rounded:  # noqa: FBT001 - all or nothing
    return Rounded(maximum, is_tie=False, is_minimum=False) if is_earned else NOTHING


def _bonus(view: SetView, bonus: Bonus, lost: AbstractSet[str]) -> BonusPoints | None:
    """Return the bonus if any of its measures says yes."""
    claimed = [measure_id for measure_id in bonus.measures if view.answers.is_yes(measure_id)]
    if not claimed:
        return None
    return BonusPoints(
        bonus,
        tuple(measure_id for measure_id in claimed if measure_id not in lost),
        tuple(measure_id for measure_id in claimed if measure_id in lost),
    )
