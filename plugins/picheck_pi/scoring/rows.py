"""The table of a score: one row a measure, objective by objective."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Final

from picheck.api import Rulebook, SetView
from picheck_pi.scoring.arithmetic import Points, Score
from picheck_pi.scoring.standing import option_of
from picheck_pi.scoring.tariff import Objective, Tariff
from picheck_pi.scoring.wording import exact_of, joined, number, rate_formula

_IN_WORDS: Final = {
    "excluded": "exclusion claimed: counts as an answer",
    "no": "not a yes -> 0",
    "missing": "not reported -> 0",
}


def rows(score: Score, view: SetView, tariff: Tariff) -> list[dict[str, Any]]:
    """Return the rows of all objectives; their maxima and points add up to the score's base."""
    slots = {points.slot: points for points in score.slots}
    found: list[dict[str, Any]] = []
    for objective in tariff.objectives:
        if objective.needed is None:
            found += [
                _row(score, slots[measure_id], view, objective, tariff)
                for measure_id in option_of(view, objective)
            ]
        else:
            found += _shared(score, slots[objective.id], view, objective)
    return found


def objectives(
    score: Score, found: list[dict[str, Any]], rulebook: Rulebook
) -> list[dict[str, Any]]:
    """Return each objective's maximum and points."""
    totals: dict[str, tuple[Fraction, Fraction]] = {}
    for points in score.slots:
        measure = rulebook.measures.get(points.slot)
        name = measure.objective if measure else points.slot
        maximum, earned = totals.get(name, (Fraction(0), Fraction(0)))
        totals[name] = maximum + points.maximum, earned + points.earned.points
    order = list(dict.fromkeys(row["objective"] for row in found))
    return [
        {
            "id": name,
            "title": rulebook.objectives[name],
            "maximum": number(totals[name][0]),
            "points": number(totals[name][1]),
        }
        for name in order
    ]


def _row(
    score: Score, points: Points, view: SetView, objective: Objective, tariff: Tariff
) -> dict[str, Any]:
    status = _status(score, points, view)
    row = _head(points.slot, view.rulebook, objective, status)
    numerator, denominator = points.rate or (None, None)
    row |= {
        "numerator": numerator,
        "denominator": denominator,
        "rate": round(numerator / denominator, 6)
        if numerator is not None and denominator
        else None,
        "baseMaximum": tariff.points[points.slot],
        "maximum": points.maximum,
        "exact": number(exact_of(points), 4) if points.rate else None,
        "points": points.earned.points,
        "tie": points.earned.is_tie,
        "minimum": points.earned.is_minimum,
        "movedIn": [
            {"from": move.source, "points": share, "step": move.step.id}
            for move, share in score.shares.arrived_at(points.slot)
        ],
    }
    row["formula"] = rate_formula(points, tariff) if points.rate else _told(score, points, view)
    return row


def _shared(
    score: Score, points: Points, view: SetView, objective: Objective
) -> Iterator[dict[str, Any]]:
    """Yield the rows of an objective that is scored as a whole: its points, evenly shared."""
    measures = view.rulebook.measures
    answers = score.standing.counted[objective.id]
    speaking = [a for a in answers if measures[a].category != "exclusion"][: objective.needed]
    missing = [m for m in objective.options[0] if not _is_answered(view, m)]
    rest = [a for a in answers if a not in speaking]
    if len(objective.options[0]) == objective.needed:
        rest += missing
    names = speaking or [objective.id]
    for name in (*names, *rest):
        share = Fraction(points.maximum, len(names)) if name in names else Fraction(0)
        earned = share if points.earned.points else Fraction(0)
        row = _head(name, view.rulebook, objective, _shared_status(name, view, objective, answers))
        yield row | {
            "numerator": None,
            "denominator": None,
            "rate": None,
            "baseMaximum": None,
            "maximum": number(share),
            "exact": None,
            "points": number(earned),
            "tie": False,
            "minimum": False,
            "movedIn": [],
            "formula": _whole_formula(score, points, objective, answers)
            if name == objective.id
            else _shared_formula(points, row["status"], len(answers), objective.needed, len(names)),
        }


def _head(slot: str, rulebook: Rulebook, objective: Objective, status: str) -> dict[str, Any]:
    measure = rulebook.measures.get(slot)
    return {
        "id": slot,
        "title": measure.title if measure else rulebook.objectives[slot],
        "objective": objective.id,
        "status": status,
    }


def _status(score: Score, points: Points, view: SetView) -> str:
    if points.slot in score.standing.excluded:
        return "excluded"
    if points.rate is not None:
        return "rate"
    if view.answers.is_yes(points.slot):
        return "yes"
    return "no" if view.answers.has(points.slot) else "missing"


def _told(score: Score, points: Points, view: SetView) -> str:
    """Say in words how a measure without a rate came by its points."""
    match _status(score, points, view):
        case "excluded":
            exclusion = view.answers.claimed_exclusion(points.slot)
            return f"excluded by {exclusion}{_gone(score, points.slot)}"
        case "yes":
            return f"yes -> {points.earned.points}"
        case "no":
            return "not a yes -> 0"
        case _:
            return "not reported -> 0"


def _gone(score: Score, slot: str) -> str:
    moved = [m for m in score.shares.moves if m.source == slot]
    return "".join(
        f"; its {move.points} points went to {joined([to for to, _ in move.shares])}"
        for move in moved
    )


def _is_answered(view: SetView, measure_id: str) -> bool:
    return (
        view.answers.is_yes(measure_id)
        or view.answers.claimed_exclusion(measure_id) is not None
        or (view.answers.has(measure_id) and view.rulebook.measures[measure_id].is_suppressed)
    )


def _shared_status(name: str, view: SetView, objective: Objective, answers: tuple[str, ...]) -> str:
    if name == objective.id:
        return "excluded" if answers else "missing"
    if name not in answers:
        return "no" if view.answers.has(name) else "missing"
    if view.rulebook.measures[name].category == "exclusion":
        return "excluded"
    return "yes" if view.answers.is_yes(name) else "suppressed"


def _shared_formula(
    points: Points, status: str, counted: int, needed: int | None, shared_by: int
) -> str:
    """Say how one answer to an objective that is scored as a whole came by its share."""
    fixed = _IN_WORDS.get(status)
    if fixed is not None:
        return fixed
    if not points.earned.points:
        return f"{counted} of {needed} answered -> 0"
    if status == "suppressed":
        return "suppressed this year: any answer earns full credit"
    if shared_by > 1:
        return f"yes, one of {shared_by} sharing {points.maximum}"
    return f"yes -> all {points.maximum} of the objective"


def _whole_formula(
    score: Score, points: Points, objective: Objective, answers: tuple[str, ...]
) -> str:
    if not answers:
        return "nothing reported -> 0"
    gone = _gone(score, objective.id)
    if gone:
        return f"excluded by {joined(list(answers))}{gone}"
    if points.earned.points:
        return f"excluded by {joined(list(answers))}; its points stay here -> {points.maximum}"
    return f"{len(answers)} of {objective.needed} answered -> 0"
