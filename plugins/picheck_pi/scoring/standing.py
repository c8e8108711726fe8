"""How each scored thing of a measurement set stands: reported, excluded, or not there."""

from __future__ import annotations

from typing import NamedTuple

from picheck.api import Counts, SetView
from picheck_pi.scoring.tariff import Objective, Tariff


class Standing(NamedTuple):
    """What of the tariff is in play in one set.

    `scored` are the slots (a measure, or an objective that is scored as a whole) that earn
    points; `excluded` those whose points move. `counted` are the answers that speak for an
    objective scored as a whole, by objective id.
    """

    scored: frozenset[str]
    excluded: frozenset[str]
    counted: dict[str, tuple[str, ...]]


def standing_of(view: SetView, tariff: Tariff) -> Standing:
    """Sort what the set says of everything that is scored."""
    scored: list[str] = []
    excluded: list[str] = []
    counted: dict[str, tuple[str, ...]] = {}
    for objective in tariff.objectives:
        if objective.needed is None:
            for measure_id in option_of(view, objective):
                (excluded if is_excluded(view, measure_id) else scored).append(measure_id)
            continue
        answers = _answers(view, objective)
        counted[objective.id] = answers
        (excluded if _is_all_excluded(view, objective, answers) else scored).append(objective.id)
    return Standing(frozenset(scored), frozenset(excluded), counted)


def is_excluded(view: SetView, measure_id: str) -> bool:
    """Whether an exclusion is claimed for a measure that is not reported beside it."""
    return (
        not view.answers.is_reported(measure_id)
        and view.answers.claimed_exclusion(measure_id) is not None
    )


def stands(view: SetView, measure_id: str) -> bool:
    """Whether a measure is reported, or one of its exclusions claimed."""
    return (
        view.answers.is_reported(measure_id)
        or view.answers.claimed_exclusion(measure_id) is not None
    )


def option_of(view: SetView, objective: Objective) -> tuple[str, ...]:
    """Return the option that the set chose: the first complete one, else the first begun one."""
    options = objective.options
    if len(options) == 1:
        return options[0]
    begun = None
    for option in options:
        there = [measure_id for measure_id in option if stands(view, measure_id)]
        if len(there) == len(option):
            return option
        if there and begun is None:
            begun = option
    return begun or options[0]


def rate_of(view: SetView, measure_id: str) -> tuple[int, int] | None:
    """Return (numerator, denominator) of a rate, never above one; None for another answer."""
    if type(view.values.get(measure_id)) is not Counts:
        return None
    tally = view.counts.pair(measure_id)
    if tally is None:
        return 0, 0
    return (tally[1], tally[1]) if tally[0] > tally[1] else tally


def _answers(view: SetView, objective: Objective) -> tuple[str, ...]:
    """Return the ids that speak for an objective: yes, second yes, exclusion, suppressed answer."""
    found: list[str] = []
    for measure_id in objective.options[0]:
        if view.answers.is_yes(measure_id):
            found.append(measure_id)
            second = objective.second.get(measure_id)
            if second is not None and view.answers.is_yes(second):
                found.append(second)
        elif (exclusion := view.answers.claimed_exclusion(measure_id)) is not None:
            found.append(exclusion)
        elif view.answers.has(measure_id) and view.rulebook.measures[measure_id].is_suppressed:
            found.append(measure_id)
    return tuple(found)


def _is_all_excluded(view: SetView, objective: Objective, answers: tuple[str, ...]) -> bool:
    """Whether exclusions alone, and enough of them, speak for the objective."""
    if objective.needed is None or len(answers) < objective.needed:
        return False
    measures = view.rulebook.measures
    return all(measures[answer].category == "exclusion" for answer in answers)
