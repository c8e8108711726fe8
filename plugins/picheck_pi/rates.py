"""The rates of a measurement set: measures that are answered by a numerator and a denominator."""

from __future__ import annotations

from collections.abc import Mapping

from picheck.api import CountsByMeasure, Rulebook


def reported_rates(counts: CountsByMeasure, rulebook: Rulebook) -> list[str]:
    """Return the ids of the rates that are reported, whatever their numbers, sorted."""
    return list(counts)


def rate_pairs(counts: CountsByMeasure, rulebook: Rulebook) -> Mapping[str, tuple[int, int]]:
    """Return (numerator, denominator) of each rate whose counts are whole numbers >= 0, by id."""
    return counts.pairs
