"""The table of a score: one row a measure with its arithmetic, objective by objective."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

from picheck.api import Rulebook, SetView
from picheck_pi.scoring.arithmetic import Score, SlotPoints
from picheck_pi.scoring.config import Objective, ScoringConfig
from picheck_pi.scoring.format import join_words, to_number
from picheck_pi.scoring.reported import find_answer, find_option

#: What a row has of a rate and of moves where there are none.
_NO_RATE: Final[Mapping[str, Any]] = {
    "numerator": None,
    "denominator": None,
    "rate": None,
    "baseMaximum": None,
    "maximum": None,
    "exact": None,
    "points": None,
    "tie": False,
    "minimum": False,
    "movedIn": [],
}
_FORMULAS: Final = {
    "excluded": "exclusion claimed: counts as an answer",
    "no": "not a yes -> 0",
    "missing": "not reported -> 0",
}


def list_rows(score: Score, view: SetView, config: ScoringConfig) -> list[dict[str, Any]]:
    """Return the rows of all objectives; their maxima and points add up to the score's base."""
    slots = {points.slot: points for points in score.slots}
    rows: list[dict[str, Any]] = []
    for objective in config.objectives:
        if objective.needed is not None:
            rows += _share(score, slots[objective.id], view, objective)
            continue
        for measure_id in find_option(view, objective):
            rows.append(_row(score, slots[measure_id], view, objective, config))
    return rows


def sum_objectives(
    score: Score, rows: Sequence[dict[str, Any]], rulebook: Rulebook
) -> list[dict[str, Any]]:
    """Return each objective's maximum and points."""
    totals = {row["objective"]: [0, 0] for row in rows}
    for points in score.slots:
        measure = rulebook.measures.get(points.slot)
        total = totals[measure.objective if measure else points.slot]
        total[0] += points.maximum
        total[1] += points.earned.points
    return [
        {"id": name, "title": rulebook.objectives[name], "maximum": maximum, "points": points}
        for name, (maximum, points) in totals.items()
    ]


def _row(
    score: Score, points: SlotPoints, view: SetView, objective: Objective, config: ScoringConfig
) -> dict[str, Any]:
    """Return the row of a measure that is scored by itself."""
    earned = points.earned
    return {
        **_head(points.slot, view.rulebook, objective, _status(score, points, view)),
        **_NO_RATE,
        **_rate(points),
        "baseMaximum": config.points[points.slot],
        "maximum": points.maximum,
        "points": earned.points,
        "tie": earned.is_tie,
        "minimum": earned.is_minimum,
        "movedIn": [
            {"from": move.step.source, "points": share, "step": move.step.id}
            for move, share in score.maxima.arrivals(points.slot)
        ],
        "formula": _describe(score, points, view, config),
    }


def _rate(points: SlotPoints) -> dict[str, Any]:
    if points.rate is None:
        return {}
    numerator, denominator = points.rate
    return {
        "numerator": numerator,
        "denominator": denominator,
        "rate": round(numerator / denominator, 6) if denominator else None,
        "exact": to_number(_exact(points), 4),
    }


def _share(
    score: Score, points: SlotPoints, view: SetView, objective: Objective
) -> Iterator[dict[str, Any]]:
    """Yield the rows of an objective that is scored as a whole: its points, evenly shared."""
    measures, answers = view.rulebook.measures, score.reported.counted[objective.id]
    # answers beyond those that are needed earn nothing
    speaking = [a for a in answers if measures[a].category != "exclusion"][: objective.needed]
    names = speaking or [objective.id]
    rest = [answer for answer in answers if answer not in speaking]
    # only where all of them are asked for is one that was not answered missing
    if len(objective.options[0]) == objective.needed:
        rest += [m for m in objective.options[0] if find_answer(view, m) is None]
    share = Fraction(points.maximum, len(names))
    for name in (*names, *rest):
        maximum = share if name in names else Fraction(0)
        status = _shared_status(name, view, objective, answers)
        yield {
            **_head(name, view.rulebook, objective, status),
            **_NO_RATE,
            "maximum": to_number(maximum),
            "points": to_number(maximum if points.earned.points else 0),
            "formula": _describe_whole(score, points, objective, answers)
            if name == objective.id
            else _describe_share(points, status, len(answers), objective, len(names)),
        }


def _head(slot: str, rulebook: Rulebook, objective: Objective, status: str) -> dict[str, Any]:
    measure = rulebook.measures.get(slot)
    return {
        "id": slot,
        "title": measure.title if measure else rulebook.objectives[slot],
        "objective": objective.id,
        "status": status,
    }


def _status(score: Score, points: SlotPoints, view: SetView) -> str:
    if points.slot in score.reported.excluded:
        return "excluded"
    if points.rate is not None:
        return "rate"
    if view.answers.is_yes(points.slot):
        return "yes"
    return "no" if view.answers.has(points.slot) else "missing"


def _shared_status(name: str, view: SetView, objective: Objective, answers: tuple[str, ...]) -> str:
    if name == objective.id:
        return "excluded" if answers else "missing"
    if name not in answers:
        return "no" if view.answers.has(name) else "missing"
    if view.rulebook.measures[name].category == "exclusion":
        return "excluded"
    return "yes" if view.answers.is_yes(name) else "suppressed"


def _describe(score: Score, points: SlotPoints, view: SetView, config: ScoringConfig) -> str:
    """Say how a measure came by its points."""
    status = _status(score, points, view)
    if points.rate is not None:
        return _describe_rate(points, config)
    if status == "excluded":
        exclusion = view.answers.claimed_exclusion(points.slot)
        return f"excluded by {exclusion}{_describe_departure(score, points.slot)}"
    return _FORMULAS.get(status, f"yes -> {points.earned.points}")


def _describe_rate(points: SlotPoints, config: ScoringConfig) -> str:
    """Return the arithmetic of a rate: `49/115 x 10 = 4.26 -> 4`."""
    numerator, denominator = points.rate or (0, 0)
    if not denominator:
        return "0/0 has no rate: 0"
    exact = f"{numerator}/{denominator} x {points.maximum} = {float(_exact(points)):.2f}"
    formula, earned = f"{exact} -> {points.earned.points}", points.earned
    if earned.is_minimum:
        return f"{formula} (never less, once one patient counts)"
    return formula + (f" (exactly half, rounded {config.rounding.tie.goes})" * earned.is_tie)


def _exact(points: SlotPoints) -> Fraction:
    """Return a rate's points before rounding."""
    numerator, denominator = points.rate or (0, 0)
    return Fraction(numerator * points.maximum, denominator) if denominator else Fraction(0)


def _describe_departure(score: Score, slot: str) -> str:
    """Say where the points of what is excluded went."""
    return "".join(
        f"; its {move.points} points went to {join_words([to for to, _ in move.shares])}"
        for move in score.maxima.moves
        if move.step.source == slot
    )


def _describe_share(
    points: SlotPoints, status: str, counted: int, objective: Objective, shared_by: int
) -> str:
    """Say how one answer to an objective that is scored as a whole came by its share."""
    if status in _FORMULAS:
        return _FORMULAS[status]
    if not points.earned.points:
        return f"{counted} of {objective.needed} answered -> 0"
    if status == "suppressed":
        return "suppressed this year: any answer earns full credit"
    if shared_by > 1:
        return f"yes, one of {shared_by} sharing {points.maximum}"
    return f"yes -> all {points.maximum} of the objective"


def _describe_whole(
    score: Score, points: SlotPoints, objective: Objective, answers: tuple[str, ...]
) -> str:
    """Say how an objective to which no measure is answered came by its points."""
    if not answers:
        return "nothing reported -> 0"
    if departure := _describe_departure(score, objective.id):
        return f"excluded by {join_words(answers)}{departure}"
    if points.earned.points:
        return f"excluded by {join_words(answers)}; its points stay here -> {points.maximum}"
    return f"{len(answers)} of {objective.needed} answered -> 0"
