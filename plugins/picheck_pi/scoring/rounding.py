"""A rate becomes whole points, in integers, so that a tie is a tie."""

from __future__ import annotations

from typing import NamedTuple

from picheck_pi.scoring.tariff import Rounding


class Rounded(NamedTuple):
    """Points after rounding; whether they stood exactly between two; whether they were lifted."""

    points: int
    is_tie: bool
    is_minimum: bool


NOTHING = Rounded(0, is_tie=False, is_minimum=False)


def points_for(numerator: int, denominator: int, maximum: int, rounding: Rounding) -> Rounded:
    """Return the points of a rate: rounded, and at least the minimum once a patient counts.

    A numerator of 0, or a denominator of 0, earns nothing.
    """
    if numerator <= 0 or denominator <= 0 or maximum <= 0:
        return NOTHING
    whole, rest = divmod(numerator * maximum, denominator * rounding.unit)
    half = 2 * rest - denominator * rounding.unit
    points = rounding.unit * (whole + _goes_up(whole, half, rounding.tie.goes))
    least = min(rounding.minimum, maximum)
    return Rounded(max(points, least), half == 0, points < least)


def _goes_up(whole: int, half: int, tie: str) -> bool:
    if half:
        return half > 0
    return tie == "up" or (tie == "even" and whole % 2 == 1)
