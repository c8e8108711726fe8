"""What a measurement set says of everything that is scored: reported, excluded, or missing."""

from collections.abc import Iterator
from typing import NamedTuple

from picheck.api import Counts, SetView
from picheck_pi.scoring.config import Objective, ScoringConfig


class Reported(NamedTuple):
    """What of the year's scoring is in play in one set.

    `scored` are the slots (a measure, or an objective that is scored as a whole) that earn
    points; `excluded` those whose points move. `counted` are the answers that speak for an
    objective scored as a whole, by objective id.
    """

    scored: frozenset[str]
    excluded: frozenset[str]
    counted: dict[str, tuple[str, ...]]


def read_reported(view: SetView, config: ScoringConfig) -> Reported:
    """Sort what the set says of everything that is scored."""
    scored: list[str] = []
    excluded: list[str] = []
    counted: dict[str, tuple[str, ...]] = {}
    for objective in config.objectives:
        if objective.needed is None:
            for measure_id in find_option(view, objective):
                (excluded if is_excluded(view, measure_id) else scored).append(measure_id)
            continue
        answers = tuple(_list_answers(view, objective))
        counted[objective.id] = answers
        has_enough = len(answers) >= objective.needed
        (excluded if has_enough and _are_exclusions(view, answers) else scored).append(objective.id)
    return Reported(frozenset(scored), frozenset(excluded), counted)


def is_excluded(view: SetView, measure_id: str) -> bool:
    """Whether an exclusion is claimed for a measure that is not reported beside it."""
    return not view.answers.is_reported(measure_id) and is_covered(view, measure_id)


def is_covered(view: SetView, measure_id: str) -> bool:
    """Whether a measure is reported, or one of its exclusions claimed."""
    return (
        view.answers.is_reported(measure_id)
        or view.answers.claimed_exclusion(measure_id) is not None
    )


def find_option(view: SetView, objective: Objective) -> tuple[str, ...]:
    """Return the option that the set chose: the first complete one, else the first begun one."""
    covered = [sum(is_covered(view, i) for i in option) for option in objective.options]
    options = list(zip(objective.options, covered, strict=True))
    complete = (option for option, count in options if count == len(option))
    begun = (option for option, count in options if count)
    return next(complete, None) or next(begun, objective.options[0])


def find_rate(view: SetView, measure_id: str) -> tuple[int, int] | None:
    """Return (numerator, denominator) of a rate, never above one; None for another answer."""
    if type(view.values.get(measure_id)) is not Counts:
        return None
    numerator, denominator = view.counts.pair(measure_id) or (0, 0)
    return min(numerator, denominator), denominator


def find_answer(view: SetView, measure_id: str) -> str | None:
    """Return the id that answers for a measure of an objective that is scored as a whole.

    The measure itself by a yes, or by any answer where it is suppressed; else its exclusion.
    """
    if view.answers.is_yes(measure_id):
        return measure_id
    exclusion = view.answers.claimed_exclusion(measure_id)
    is_suppressed = view.rulebook.measures[measure_id].is_suppressed
    if exclusion is None and is_suppressed and view.answers.has(measure_id):
        return measure_id
    return exclusion


def _list_answers(view: SetView, objective: Objective) -> Iterator[str]:
    """Yield the ids that speak for an objective, each with its second yes."""
    for measure_id in objective.options[0]:
        answer = find_answer(view, measure_id)
        if answer is not None:
            yield answer
        second = objective.second.get(measure_id)
        if second is not None and view.answers.is_yes(measure_id) and view.answers.is_yes(second):
            yield second


def _are_exclusions(view: SetView, answers: tuple[str, ...]) -> bool:
    """Whether none of the answers is one to a measure itself."""
    return all(view.rulebook.measures[answer].category == "exclusion" for answer in answers)
