"""The words of a score: formulas with their numbers, and what each number rests on."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from picheck.api import Citation, Result, Rulebook, Scene
from picheck_pi.scoring.arithmetic import Points
from picheck_pi.scoring.tariff import Grounded, Tariff, cited


def number(value: Fraction | float, places: int = 2) -> int | float:
    """Return a number for a record: whole where it is whole."""
    value = Fraction(value)
    return int(value) if value.denominator == 1 else round(float(value), places)


def shown(value: float) -> str:
    """Write a number as people do: 25, 12.5, 23.75."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def exact_of(points: Points, unit: int = 1) -> Fraction:
    """Return a rate's points before rounding."""
    numerator, denominator = points.rate or (0, 0)
    return Fraction(numerator * points.maximum, denominator * unit) if denominator else Fraction(0)


def rate_formula(points: Points, tariff: Tariff) -> str:
    """Return the arithmetic of a rate: `49/115 x 10 = 4.26 -> 4`."""
    if points.rate is None:
        return ""
    numerator, denominator = points.rate
    if not denominator:
        return "0/0 has no rate: 0"
    exact = exact_of(points)
    sums = f"{numerator}/{denominator} x {points.maximum} = {float(exact):.2f}"
    if points.earned.is_minimum:
        return f"{sums} -> {points.earned.points} (never less, once one patient counts)"
    tie = f" (exactly half, rounded {tariff.rounding.tie.goes})" if points.earned.is_tie else ""
    return f"{sums} -> {points.earned.points}{tie}"


def ground(what: str, kind: str, on: Grounded, rulebook: Rulebook) -> dict[str, Any]:
    """Return what a number rests on."""
    return {
        "kind": kind,
        "what": what,
        "strength": on.strength,
        "weak": on.is_weak,
        "note": on.note,
        "citations": [citation_record(citation) for citation in cited(on.sources, rulebook)],
    }


def citation_record(citation: Citation) -> dict[str, Any]:
    """Return a citation as plain values."""
    return {
        "key": citation.key,
        "title": citation.title,
        "locator": citation.locator,
        "url": citation.url,
        "standing": citation.standing,
    }


def finding_record(result: Result, scene: Scene) -> dict[str, Any]:
    """Return what a reader must know of a finding."""
    rule = scene.rules[result.code, result.year]
    return {
        "code": result.code,
        "slug": rule.slug,
        "consequence": result.consequence,
        "severity": result.severity,
        "message": result.message,
        "remediation": result.remediation or rule.remediation,
        "document": result.document,
        "pointer": result.location.pointer,
        "line": result.location.line,
        "missingEvidence": list(result.missing_evidence),
    }


def note_on(result: Result, scene: Scene) -> str | None:
    """Return what the sources of a failure leave open: its own note, or the rule's."""
    return result.note or scene.rules[result.code, result.year].note


def joined(words: list[str]) -> str:
    """Join words: `a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1] if words else "")))


def heavy_words(heavy: Mapping[str, Any]) -> str:
    """Say that one rate carries most of the points."""
    return f"one rate, of {heavy['id']}, now carries {heavy['maximum']} of the {heavy['of']} points"


def weak_choice(record: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return what the weights without the category rest on, where that is weak."""
    choice = record["reweighted"]
    found = choice and choice["ground"]
    return [found] if found and found["weak"] else []
